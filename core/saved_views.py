"""Views of lists that somebody saved: a name for conditions that are looked at again and again. They are the account's
own, hold no records, and come with it, so that they cost a list no query."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import is_valid_path
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST

from core.db import lock
from core.models import User
from core.text import refuse_control_characters, tidy

MOST = 8  # of one list: more are no help in finding
LONGEST_NAME, LONGEST_QUERY = 20, 1000


def save_view(user, path: str, name: str, query: str) -> None:
    """Remember the conditions of the list at this path by a name; one of the same name is replaced.

    Raises ValidationError with a sentence for the reader.
    """
    name = tidy(name)
    refuse_control_characters(name)
    if not name:
        raise ValidationError("请给视图起个名字")
    if len(name) > LONGEST_NAME:
        raise ValidationError(f"视图的名字最多 {LONGEST_NAME} 个字")
    if not query or len(query) > LONGEST_QUERY or not is_valid_path(path):
        raise ValidationError("这些条件不能存为视图")
    with transaction.atomic():
        account = lock(User.objects.filter(pk=user.pk)).get()
        views = [view for view in account.saved_views.get(path, []) if view[0] != name]
        if len(views) >= MOST:
            raise ValidationError(f"一个列表最多存 {MOST} 个视图，请先删去不用的")
        account.saved_views[path] = [*views, [name, query]]
        account.save(update_fields=["saved_views"])


def remove_view(user, path: str, name: str) -> None:
    """Forget a view."""
    with transaction.atomic():
        account = lock(User.objects.filter(pk=user.pk)).get()
        views = [view for view in account.saved_views.pop(path, []) if view[0] != name]
        if views:
            account.saved_views[path] = views
        account.save(update_fields=["saved_views"])


@require_POST
def view_save(request):
    """Save the view of a list, and show it."""
    path, query = request.POST.get("path", ""), request.POST.get("query", "")
    query = urlencode(sorted(QueryDict(query[: LONGEST_QUERY + 1]).items()))  # as a list tells its own
    try:
        save_view(request.user, path, request.POST.get("name", ""), query)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return _back(path, query)


@require_POST
def view_remove(request):
    """Forget the view of a list, and show the list without it."""
    path = request.POST.get("path", "")
    remove_view(request.user, path, request.POST.get("name", ""))
    return _back(path, "")


def _back(path, query):
    is_ours = is_valid_path(path) and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return redirect(f"{path}?{query}" if query else path) if is_ours else redirect("/")

"""Forms that save themselves: what was typed is kept until it is saved or thrown away, whatever happens between.

A form that wants this posts two fields of its own: `draft`, its name (its path and branch), and `typist`, the id of the
account it was drawn for. The page's script posts it here every few seconds. Without a script three accidents are caught
all the same: the session ended (what was posted waits in the anonymous session for that account to log in), the page
was open for too long (the answer to a stale CSRF token), and the record was thrown away meanwhile (the answer to that).
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from core.models import Draft

LARGEST = 400_000  # characters; a form whose text is longer is not kept
KEPT_DAYS = 60
_PLUMBING = {"csrfmiddlewaretoken", "draft", "typist", "then", "more", "take", "sure"}
_WAITING = "typed"


def keep(user, name: str, data: QueryDict) -> Draft | None:
    """Keep what was typed into the form of this name. None where it is too large to keep."""
    typed = _typed(data)
    if not name or len(name) > 200 or typed is None:
        return None
    return Draft.objects.update_or_create(
        user=user, form=name, defaults={"data": typed, "updated_at": timezone.now()}
    )[0]


def drop(user, name: str) -> None:
    """Forget the draft of a form: it was saved, or is not wanted."""
    Draft.objects.visible_to(user).filter(form=name).delete()


def found(request, name: str) -> Draft | None:
    """The draft of a form for whoever asks; what waited for a log-in becomes one."""
    waiting = request.session.get(_WAITING)
    if waiting and waiting["typist"] == str(request.user.pk):
        del request.session[_WAITING]
        keep(request.user, waiting["name"], posted(waiting["data"]))
    return Draft.objects.visible_to(request.user).filter(form=name).first()


def posted(data: dict[str, list[str]]) -> QueryDict:
    """Kept data as it was posted."""
    return QueryDict(urlencode(data, doseq=True), mutable=True)


def hold_for_login(request) -> None:
    """What an account posted after its session had ended waits in the anonymous session until it logs in again."""
    typed = _typed(request.POST) if request.method == "POST" and request.POST.get("draft") else None
    if typed is not None:
        request.session[_WAITING] = {
            "typist": request.POST.get("typist", ""),
            "name": request.POST["draft"][:200],
            "data": typed,
        }


def _typed(data) -> dict[str, list[str]] | None:
    typed = {name: values for name, values in data.lists() if name not in _PLUMBING}
    size = sum(len(value) for values in typed.values() for value in values)
    return typed if size <= LARGEST else None


def remove_old() -> int:
    """Drafts nobody came back to; returns how many."""
    before = timezone.now() - dt.timedelta(days=KEPT_DAYS)
    return Draft.objects.filter(updated_at__lt=before).delete()[0]

"""Between a request and a service: drafts, double clicks, two editors, and what is said when it is done."""

from __future__ import annotations

import functools
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core import drafts
from core.context import frame_of
from core.forms import report
from core.links import page_of_kind, record_url
from core.permissions import get_visible
from core.records import VersionConflict
from core.text import whole_number


def at_a_branch(view=None, *, where=lambda user: user.scope.edit):
    """A view that makes something new in one branch: called with the branch in view. Whoever may do so in several and
    looks at all of them is asked which; whoever may nowhere is refused.

    Arguments: where, the ids of the branches in which a user may: those the user edits unless a view says otherwise.
    """
    if view is None:
        return functools.partial(at_a_branch, where=where)

    @functools.wraps(view)
    def asked(request, *args, **kwargs):
        frame, allowed = frame_of(request), where(request.user)
        places = [place for place in frame.branches if place.pk in allowed]
        if frame.branch:
            places = [place for place in places if place == frame.branch]
        if not places:
            raise PermissionDenied
        if len(places) > 1:
            return render(request, "core/place_choice.html", {"places": places})
        return view(request, places[0], *args, **kwargs)

    return asked


def page(
    request,
    form_class,
    record,
    save,
    *,
    initial=None,
    template="core/record_form.html",
    keep=None,
    after="",
    **context,
) -> HttpResponse:
    """A page that writes a record, from empty form to saved.

    Arguments: form_class, a RecordForm; record, the one to edit, or a new one that knows its branch; save, the service,
    which is called with the form's values and `by`; initial, what a new form begins with; keep, the parameters of the
    address that make another form of it (`{"kind": "paper"}`); after, the page that follows, if not the record's own;
    context, what the template wants besides (`title`,
    `crumbs`).
    """
    name = draft_name(request, record.organisation, keep)
    draft = None
    if request.method == "POST":
        form = form_class(request.POST, instance=record)
        if "more" in request.POST:
            form = form.more(request.POST["more"])
        elif "take" in request.POST:
            form = form.take(request.POST["take"])
        elif form.is_valid() and not form.asks():
            try:
                saved = save(**form.values(), by=request.user)
            except VersionConflict as conflict:
                form = form.reconciled(conflict.record)
            except ValidationError as error:
                report(form, error)
            else:
                drafts.drop(request.user, name)
                return _saved(request, form, saved, _address(request.path, keep), after)
    else:
        form = form_class(instance=record, initial=initial)
        draft = drafts.found(request, name)
        if draft:
            form = form_class(drafts.posted(draft.data), instance=record).unchecked()
    return render(
        request,
        template,
        {
            "form": form,
            "record": record,
            "draft": draft,
            "draft_name": name,
            "cancel_url": back_to(request) or after or record_url(record) or page_of_kind(record, "list"),
            **context,
        },
    )


def draft_name(request, place, keep=None) -> str:
    """What the draft of a form is kept under: its address with its branch."""
    return _address(request.path, {**(keep or {}), "branch": place.code})


def _address(path, parameters) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path


def _saved(request, form, saved, again, after) -> HttpResponse:
    """Arguments: saved, a record, or several of one kind; again, where the next one is begun; after, see `page`."""
    several = saved if isinstance(saved, list) else [saved]
    record, more = several[0], f"等 {len(several)} 条" if len(several) > 1 else ""
    messages.success(request, f"已{'录入' if form.is_new else '保存'}“{form.name_of(record)[:60]}”{more}")
    if request.POST.get("then") == "another":
        return redirect(again)
    if request.POST.get("then") == "edit":
        return redirect(page_of_kind(record, "edit", record.pk))
    return redirect(back_to(request) or after or record_url(record))


def back_to(request) -> str:
    """Where whoever came with `?back=` returns to; only pages of our own."""
    back = request.GET.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


def copied_from(request, queryset, form_class) -> dict | None:
    """What a new form begins with if it was asked for as a copy (`?copy=<id>`). Raises Http404 for a record the user
    may not see."""
    asked = request.GET.get("copy", "")
    return form_class.copy_of(get_visible(queryset, request.user, pk=whole_number(asked))) if asked else None


def get_restorable(queryset, user, **lookup):
    """The one record in the trash that the user may bring back. Raises Http404 otherwise."""
    record = queryset.restorable_by(user).filter(**lookup).first()
    if record is None:
        raise Http404
    return record


def step(request, form, save, *, done, undo="", **context) -> HttpResponse:
    """A page that takes a record one step further: a transfer, an appointment, a return with its reason.

    Arguments: form, a StepForm; save, the service, which is called with the form's values and `by`; done, what is said
    then; undo, the page that takes it back by a POST; context, what the template wants (`title`, `sub`, `crumbs`,
    `hint`, `button`).
    """
    if form.is_valid():
        try:
            save(**form.cleaned_data, by=request.user)
        except VersionConflict:
            form.add_error(None, "这条记录刚才被别人改过，请返回看过新的内容再试")
        except ValidationError as error:
            report(form, error)
        else:
            messages.success(request, done, extra_tags=undo)
            return redirect(record_url(form.record))
    return render(request, "core/step_form.html", {"form": form, "record": form.record, **context})


def press(request, record, service, *, done, undo="", then="") -> HttpResponse:
    """One button that changes a record; where that may not be, its page says why.

    Arguments: service, which is called with the version seen and `by`; done, what is said then; undo, the page that
    takes it back by a POST; then, where that leads (the record's page if not given).
    """
    try:
        version = request.POST.get("version") or request.GET.get("version", "")
        service(record, by=request.user, version=whole_number(version))
    except VersionConflict:
        messages.error(request, "这条记录刚才被别人改过，请看过新的内容再试")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done, extra_tags=undo)
        return redirect(then or record_url(record))
    return redirect(record_url(record))


def trash(request, record, service) -> HttpResponse:
    """Put a record into the trash and offer to undo it; where that may not be, say why on its page."""
    return press(
        request,
        record,
        service,
        done=f"“{str(record)[:60]}”已移入回收站",
        undo=page_of_kind(record, "restore", record.pk),
        then=back_to(request) or page_of_kind(record, "list"),
    )


def restore(request, record, service) -> HttpResponse:
    """Bring a record back from the trash; where that may not be, say why."""
    try:
        service(record, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(reverse("core:trash"))
    messages.success(request, f"已恢复“{str(record)[:60]}”")
    return redirect(record_url(record))

"""The inbox: certificates that wait for review, one after the other, each compared with its picture."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branch import kinds, services
from branch.forms import ReviewForm
from branch.inbox import (
    NUMBERED,
    Queue,
    Stage,
    boxes_of,
    checks_of,
    effect_of,
    filled_in,
    hand_in_of,
    marked,
    proof_of,
    sheets_read,
    way_of,
)
from branch.marks import CHECK, Marks
from branch.models import Certification, Member
from core import drafts, editing
from core.context import frame_of
from core.dates import today
from core.forms import report
from core.permissions import get_editable
from core.records import VersionConflict
from core.text import tidy, whole_number


def _waiting(request):
    """What waits in the branches in view that the user edits."""
    return Certification.objects.editable_by(request.user).of(frame_of(request).places).waiting()


def _found(request, pk):
    found = Certification.objects.select_related(
        "member", "type", "organisation", "reviewed_by", "created_by", "hand_in", "renews"
    )
    return get_editable(found.prefetch_related("hand_in__files"), request.user, pk=pk)


@require_safe
def certification_inbox(request):
    """The queue, with the certificate that waits longest."""
    if not request.user.scope.edit:
        raise PermissionDenied
    first = _waiting(request).values_list("pk", flat=True).first()
    if first is None:
        return render(request, "branch/certification_inbox.html", {"queue": None})
    return _page(request, _found(request, first))


@require_http_methods(["GET", "POST"])
def certification_review(request, pk):
    """One certificate of the queue. A POST without a decision only looks: at another page, closer, at what the dates
    typed so far would change."""
    certification = _found(request, pk)
    decision = "return" if request.POST.get("reason") else request.POST.get("decision", "")
    if not certification.is_pending:
        if decision:
            return _decided_already(request, certification)
        return redirect("branch:certification_detail", pk)
    if decision == "return":
        return _return(request, certification)
    if decision == "accept":
        return _accept(request, certification)
    return _page(request, certification)


def _accept(request, certification):
    form = _form(request, certification)
    if form.is_valid():
        try:
            saved = services.verify_certification(certification, **form.values(), by=request.user)
        except VersionConflict as conflict:
            if not conflict.record.is_pending:
                return _decided_already(request, _found(request, certification.pk))
            form = form.reconciled(conflict.record)
        except ValidationError as error:
            report(form, error)
        else:
            return _decided(request, saved, "已核验")
    return _page(request, certification, form)


def _return(request, certification):
    """With one of the usual reasons, or one of one's own."""
    reason = tidy(request.POST.get("reason") or request.POST.get("own_reason", ""))
    version = whole_number(request.POST.get("version", ""))
    try:
        saved = services.return_certification(certification, reason, version=version, by=request.user)
    except VersionConflict as conflict:
        if not conflict.record.is_pending:
            return _decided_already(request, _found(request, certification.pk))
        wrong = "这份证书刚才被改过，请看过新的内容再退回"
    except ValidationError as error:
        wrong = " ".join(error.messages)
    else:
        return _decided(request, saved, "已退回")
    return _page(request, certification, _form(request, certification), wrong=wrong)


def _decided(request, saved, word):
    drafts.drop(request.user, _draft_name(saved))
    undo = undo_url(saved, saved.version, reverse("branch:certification_review", args=[saved.pk]))
    messages.success(request, f"{word}“{saved}”", extra_tags=undo)
    return _next(request, saved.pk)


def _decided_already(request, certification):
    """Somebody else was quicker: nothing is done twice."""
    who = certification.reviewed_by or "别人"
    told = "退回" if certification.status == Certification.Status.RETURNED else "核验"
    messages.warning(request, f"{who}刚才已{told}“{certification}”，您的决定没有再记")
    return _next(request, certification.pk)


def _next(request, pk):
    """What comes after one that was decided."""
    after = whole_number(request.POST.get("after", ""))
    ids = list(_waiting(request).values_list("pk", flat=True))
    if after in ids:
        return redirect("branch:certification_review", after)
    return redirect("branch:certification_inbox")


def undo_url(certification, version: int, back: str = "") -> str:
    """The page that takes a decision back by a POST, unless something else happened to the certification meanwhile.

    Arguments: version, the certification's once it was decided; back, the page that follows, if not its own.
    """
    query = {"version": version} | ({"back": back} if back else {})
    return reverse("branch:certification_reopen", args=[certification.pk], query=query)


@require_POST
def certification_reopen(request, pk):
    """Take a decision back: the certification waits again."""
    certification = get_editable(
        Certification.objects.select_related("member", "type", "organisation"), request.user, pk=pk
    )
    return editing.press(
        request,
        certification,
        services.reopen_certification,
        done=f"“{certification}”重新待审核",
        then=editing.back_to(request),
    )


# ---------------------------------------------------------------- the page
def _form(request, certification):
    """As it was posted, one field perhaps as somebody else saved it meanwhile."""
    if request.method != "POST":
        return ReviewForm(instance=certification, initial=filled_in(certification))
    form = ReviewForm(request.POST, instance=certification)
    return form.take(request.POST["take"]) if "take" in request.POST else form


def _page(request, certification, form=None, *, wrong=""):
    hand_in = hand_in_of(certification)
    read = hand_in.read if hand_in else {}
    marks = Marks(read)
    draft = drafts.found(request, _draft_name(certification)) if request.method == "GET" else None
    if draft:
        form = ReviewForm(drafts.posted(draft.data), instance=certification).unchecked()
    elif form is None:
        form = _form(request, certification)
        form = form.unchecked() if form.is_bound else form
    proof = proof_of(certification)
    shown = marked(read, {name: _text(form[name]) for name in form.fields if name != "renews"})
    name = marks.name if marks.name_differs else None
    boxes = boxes_of(shown, name, sheets_read(hand_in, proof))
    asked = request.POST.get("show") or request.POST.get("view", "")
    stage = Stage(proof, boxes, asked)
    for key, field in form.fields.items():
        if mark := shown.get(key):
            field.mark, field.crop = mark, boxes.get(key) if mark.state == CHECK else None
            form[key].help_text = escape(mark.hint)
        if key in NUMBERED:
            field.widget.attrs["data-key"] = NUMBERED[key]
    queue = Queue(_waiting(request), certification.pk)
    standing = Member.objects.with_standing_on(today()).get(pk=certification.member_id).standing
    context = {
        "queue": queue,
        "draft": draft,
        "draft_name": _draft_name(certification),
        "record": certification,
        "member": certification.member,
        "way": way_of(certification),
        "standing": Member.Category(standing).label,
        "form": form,
        "proof": proof,
        "stage": stage,
        "checks": checks_of(certification, proof, marks, request.user),
        "effect": effect_of(certification, _typed(form)),
        "after": queue.next_to(certification.pk),
        "reasons": kinds.RETURN_REASONS,
        "own_reason": request.POST.get("own_reason", ""),
        "wrong": wrong,
    }
    return render(request, "branch/certification_inbox.html", context)


def _draft_name(certification) -> str:
    """What is typed is kept under the page's address."""
    address = reverse("branch:certification_review", args=[certification.pk])
    return f"{address}?branch={certification.organisation.code}"


def _text(field) -> str:
    """What a field shows."""
    value = field.value()
    return str(field.field.prepare_value(value) or "") if value is not None else ""


def _typed(form) -> dict:
    """The type and dates as they stand in the form; what cannot be read is left out."""
    typed = {}
    for name in ("type_name", "passed_on", "valid_until"):
        try:
            typed[name] = form.fields[name].clean(_text(form[name]))
        except ValidationError:
            continue
    return typed

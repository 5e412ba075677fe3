"""What the page of every record shows beside its own facts."""

from __future__ import annotations

from core import counting
from core.checklists import Checklist
from core.context import frame_of
from core.dates import PartialDate, Window
from core.evidence import proof_of
from core.links import page_of_kind
from core.models import Change
from core.registry import papers_of, usages_of
from core.text import mask_phone

CHANGES = 30


def about(
    record,
    request,
    date: PartialDate | None = None,
    *,
    proof: Checklist | None = None,
    can_copy: bool = True,
) -> dict:
    """The context that templates/core/record.html wants: proof, figures, reports, history.

    Arguments: date, the record's decisive date: figures are those of its year (without one, of the window in view);
    proof, the checklist by which the record was marked, if it may have to be proven; can_copy, whether another one can
    be begun from it.
    Figures and history are for those who read the whole place, not for ordinary members.
    """
    window = frame_of(request).window
    if date is not None and date not in window:
        window = Window.year(date.first.year)
    reads = record.organisation_id in request.user.scope.read
    may_edit = record.organisation_id in request.user.scope.edit
    actions = _actions(record, request.user, can_copy)
    return {
        "record": record,
        **proof_of(record, request, bool(actions), proof),
        "counted": counting.counted_in(record, window) if record.in_reports and reads else [],
        "counted_window": window,
        "usages": usages_of(record, request.user),
        "papers": papers_of(record),
        "changes": _changes(record, may_edit) if reads else None,
        "reads_place": reads,
        "may_edit": may_edit,
        "actions": actions,
    }


def _changes(record, may_edit) -> list[Change]:
    """The history, latest first, with as much of private fields as the page itself shows."""
    changes = list(Change.objects.about(record)[:CHANGES])
    if not may_edit and record.masked:
        masked = {str(record._meta.get_field(name).verbose_name) for name in record.masked}
        for change in changes:
            for name in masked & set(change.changes):
                change.changes[name] = [mask_phone(text) for text in change.changes[name]]
    return changes


def _actions(record, user, can_copy) -> dict[str, str]:
    """The pages by which the user may change the record; those its kind has."""
    edit = page_of_kind(record, "edit", record.pk)
    if record.organisation_id not in user.scope.edit:
        may_correct = type(record).objects.correctable_by(user).filter(pk=record.pk).exists()
        return {"edit": edit} if may_correct else {}
    new = can_copy and page_of_kind(record, "new")
    return {
        "edit": edit,
        "copy": f"{new}?copy={record.pk}" if new else "",
        "trash": page_of_kind(record, "trash", record.pk),
    }

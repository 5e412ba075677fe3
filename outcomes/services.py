"""All writing of outcomes and the people who made them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from branch.services import replace_people
from core import dates, records
from core.db import lock
from core.links import record_url
from core.models import Change
from core.notices import notify
from core.text import tidy
from outcomes.models import Outcome

# What a member proposes is numbered apart: a number of the branch's own series might be meant for something else in a
# workbook, which would then overwrite the proposal.
_PROPOSALS = "申报"


def create_outcome(organisation, *, people=(), entry_key=None, by, **fields) -> Outcome:
    """Enter an outcome.

    Arguments: people, unsaved Contribution instances in order; without `code` the next number of the year is taken.
    Raises ValidationError.
    """
    if entered := records.already_entered(Outcome, organisation, entry_key):
        return entered
    outcome = Outcome(organisation=organisation, entry_key=entry_key)
    with transaction.atomic():
        records.assign(outcome, fields)
        if not outcome.code:
            outcome.code = _next_code(outcome)
        with records.creating(outcome, by=by):
            replace_people(outcome.contributions, people)
    return outcome


def _next_code(outcome) -> str:
    year = outcome.date.first.year if outcome.date else dates.today().year
    series = "" if outcome.is_accepted else _PROPOSALS
    return records.next_code(Outcome, outcome.organisation, year, series)


# ---------------------------------------------------------------- what members propose
def propose_outcome(organisation, *, people=(), entry_key=None, by, **fields) -> Outcome:
    """Enter an outcome as one of its makers: it counts nowhere until somebody who edits the branch accepts it.

    Raises ValidationError where `by` is not among the people.
    """
    _refuse_for_others(people, by)
    proposed = Outcome.Review.PROPOSED
    return create_outcome(organisation, people=people, entry_key=entry_key, review=proposed, by=by, **fields)


def correct_proposal(outcome, *, people=None, version=None, by, **fields) -> Outcome:
    """Change a proposal as its proposer: it waits again. Raises ValidationError once it is accepted,
    VersionConflict."""
    if people is not None:
        _refuse_for_others(people, by)
    with transaction.atomic():
        if lock(Outcome.objects.filter(pk=outcome.pk)).get().is_accepted:
            raise ValidationError("这项成果已经确认，不能再改；有错请告诉支部书记")
        afresh = {
            "review": Outcome.Review.PROPOSED,
            "return_reason": "",
            "reviewed_by": None,
            "reviewed_at": None,
        }
        return update_outcome(outcome, people=people, version=version, by=by, **afresh, **fields)


def _refuse_for_others(people, by):
    if not any(person.member and person.member.user_id == by.pk for person in people):
        raise ValidationError("只能提出自己参与的成果，请把自己写进名单")


def accept_outcome(outcome, *, version=None, by) -> Outcome:
    """Take a proposal over: from now on it counts. Raises VersionConflict."""
    return _review(outcome, Outcome.Review.ACCEPTED, "", version, by)


def return_outcome(outcome, reason: str, *, version=None, by) -> Outcome:
    """Give a proposal back with the reason, which its proposer reads. Raises ValidationError without one, or where it
    was accepted already."""
    if not tidy(reason):
        raise ValidationError({"reason": "请写明退回的原因"})
    return _review(outcome, Outcome.Review.RETURNED, reason, version, by)


def _review(outcome, review, reason, version, by):
    with records.editing(outcome, by=by, version=version, verb=Change.Verb.REVIEW) as current:
        if current.is_accepted:
            raise ValidationError("这项成果已经确认过了")
        current.review, current.return_reason = review, reason
        current.reviewed_by, current.reviewed_at = by, timezone.now()
        if current.is_accepted and current.code.startswith(_PROPOSALS):
            current.code = _next_code(current)
        if current.created_by_id and current.created_by_id != getattr(by, "pk", None):
            said = f"退回了：{reason}" if reason else "已确认，计入支部成果"
            notify(
                current.created_by_id,
                f"您提出的“{current.name[:60]}”{said}",
                organisation=current.organisation,
                url=record_url(current),
            )
    return current


# ---------------------------------------------------------------- changing, trash


def update_outcome(outcome, *, people=None, version=None, by, **fields) -> Outcome:
    """Change an outcome; people None leaves them. Raises ValidationError, VersionConflict."""
    with records.editing(outcome, by=by, version=version) as current:
        records.assign(current, fields)
        if people is not None:
            replace_people(current.contributions, people)
    return current


def trash_outcome(outcome, *, by, version=None) -> Outcome:
    """Put an outcome into the trash. Raises VersionConflict."""
    return records.trash(outcome, by=by, version=version)


def restore_outcome(outcome, *, by) -> Outcome:
    """Bring an outcome back. Raises ValidationError if its number was taken meanwhile."""
    return records.restore(outcome, by=by)

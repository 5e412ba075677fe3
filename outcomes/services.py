"""All writing of outcomes and the people who made them."""

from __future__ import annotations

from django.db import transaction

from branch.services import replace_people
from core import dates, records
from outcomes.models import Outcome


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
            year = outcome.date.first.year if outcome.date else dates.today().year
            outcome.code = records.next_code(Outcome, organisation, year)
        with records.creating(outcome, by=by):
            replace_people(outcome.contributions, people)
    return outcome


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

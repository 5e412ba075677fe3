"""All writing of targets: what the branch declared it would reach."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from core import records
from reports.models import Target


def create_target(organisation, *, entry_key=None, by, **fields) -> Target:
    """Declare the target of one figure (its key) for one year. Raises ValidationError where there is one already."""
    if entered := records.already_entered(Target, organisation, entry_key):
        return entered
    target = Target(organisation=organisation, entry_key=entry_key)
    records.assign(target, fields)
    _refuse_second(target)
    with records.creating(target, by=by):
        return target


def update_target(target, *, version=None, by, **fields) -> Target:
    """Change a target. Raises ValidationError, VersionConflict."""
    with records.editing(target, by=by, version=version) as current:
        records.assign(current, fields)
        _refuse_second(current)
    return current


def _refuse_second(target):
    others = Target.objects.live().of([target.organisation_id]).exclude(pk=target.pk)
    if others.filter(year=target.year, figure=target.figure).exists():
        raise ValidationError({"figure": f"{target.year} 年的这个指标已有目标，请到那里改"})


def set_target(organisation, year: int, figure: str, value, *, by, version=None) -> Target:
    """Declare or change the target of one figure (its key) for one year. Raises ValidationError, VersionConflict."""
    found = Target.objects.live().filter(organisation=organisation, year=year, figure=figure).first()
    if found is None:
        return create_target(organisation, year=year, figure=figure, value=value, by=by)
    return update_target(found, value=value, version=version, by=by)


def set_targets(organisation, year: int, goals: dict, *, by) -> int:
    """Set the targets of a year at once; returns how many were set, changed or taken back.

    Arguments: goals, {figure: (value, the version seen)}; value None takes the target back. Raises ValidationError,
    VersionConflict; then nothing is written.
    """
    changed = 0
    with transaction.atomic():
        of_year = Target.objects.live().of([organisation]).filter(year=year)
        there = {target.figure: target for target in of_year}
        for figure, (value, version) in goals.items():
            target = there.get(figure)
            if value is None and target:
                records.trash(target, by=by, version=version)
            elif value is None or (target and target.value == value):
                continue
            elif target:
                update_target(target, value=value, version=version, by=by)
            else:
                create_target(organisation, year=year, figure=figure, value=value, by=by)
            changed += 1
    return changed


def trash_target(target, *, by, version=None) -> Target:
    """Take a target back. Raises VersionConflict."""
    return records.trash(target, by=by, version=version)


def restore_target(target, *, by) -> Target:
    """Bring a target back. Raises ValidationError if its figure was given another meanwhile."""
    return records.restore(target, by=by)

"""All writing of targets: what the branch declared it would reach."""

from __future__ import annotations

from core import records
from reports.models import Target


def set_target(organisation, year: int, figure: str, value, *, by, version=None) -> Target:
    """Declare or change the target of one figure (its key) for one year. Raises ValidationError, VersionConflict."""
    found = Target.objects.live().filter(organisation=organisation, year=year, figure=figure).first()
    if found is None:
        target = Target(organisation=organisation, year=year, figure=figure, value=value)
        with records.creating(target, by=by):
            return target
    with records.editing(found, by=by, version=version) as current:
        current.value = value
    return current


def trash_target(target, *, by, version=None) -> Target:
    """Take a target back. Raises VersionConflict."""
    return records.trash(target, by=by, version=version)

"""An agreement's plan written as a whole: rows changed, added, moved and taken out in one go, or not at all."""

from __future__ import annotations

import copy
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from core import records
from core.db import lock
from core.models import Change
from partnerships.models import Agreement, PlanItem

# What a row of the table says; the rest of a plan row is left as it is.
FIELDS = (
    "number",
    "planned_on",
    "theme",
    "form",
    "place",
    "lead",
    "responsible",
    "participants",
    "expected_result",
    "result",
    "status",
)
_APART = 2_000_000_000  # no plan has such numbers: rows that change places wait there


def save_plan(agreement, rows, *, removed=(), by) -> Agreement:
    """Make an agreement's plan these rows.

    Each row that changed is told in its own history, one that did not is not touched. Rows with the same number: the
    one that was moved there stands first, and the others give way; a row without a number is the last. Rows that are
    neither here nor there, because somebody added them meanwhile, stay.

    Arguments: rows, PlanItem instances with FIELDS: unsaved ones are added, of saved ones `version` is what the editor
    saw; removed, those to put into the trash. Raises VersionConflict (of the agreement) if somebody else changed one of
    these rows, ValidationError with sentences that name the row; then nothing is written.
    """
    batch = uuid.uuid4()
    with transaction.atomic():
        agreement = lock(Agreement.objects.filter(pk=agreement.pk)).get()
        stored = {item.pk: item for item in lock(agreement.plan_items.live())}
        if any(_is_stale(row, stored) for row in rows) or any(
            row.pk in stored and stored[row.pk].version != row.version for row in removed
        ):
            raise records.VersionConflict(agreement)
        spoken_of = {row.pk for row in (*rows, *removed)}
        rows = [*rows, *(copy.copy(item) for pk, item in stored.items() if pk not in spoken_of)]
        _take_out([stored[row.pk] for row in removed if row.pk in stored], by)
        _number(rows, stored)
        changed = [found for row in rows if row.pk and (found := _changed(row, stored[row.pk]))]
        added = _added(agreement, [row for row in rows if not row.pk], by)
        try:
            _write(changed, added, by, batch)
        except IntegrityError as error:
            raise records.explained(error, PlanItem) from error
    return agreement


def _is_stale(row, stored) -> bool:
    if not row.pk:
        return False
    item = stored.get(row.pk)
    if item is None:
        return True
    return item.version != row.version and any(getattr(item, name) != getattr(row, name) for name in FIELDS)


def _take_out(items, by):
    """Into the trash, but for those that activities refer to."""
    live = Count("activities", filter=Q(activities__deleted_at__isnull=True))
    used = PlanItem.objects.filter(pk__in=[item.pk for item in items]).annotate(used=live).filter(used__gt=0)
    if told := [f"第 {item.number} 项“{item}”已有 {item.used} 场活动" for item in used.order_by("number")]:
        raise ValidationError(f"{'；'.join(told)}，不能删去。不办了可以标为“取消”")
    for item in items:
        records.trash(item, by=by)


def _number(rows, stored):
    def place(row):
        stays = row.pk in stored and stored[row.pk].number == row.number
        return row.number is None, row.number or 0, stays

    latest = 0
    for row in sorted(rows, key=place):
        row.number = latest = max(row.number or 0, latest + 1)


def _changed(row, item):
    """The stored row as edited, and what changed; None where nothing did."""
    before = records.values(item)
    item.old_number = item.number
    for name in FIELDS:
        setattr(item, name, getattr(row, name))
    _check(item)
    changes = records.difference(before, records.values(item))
    return (item, changes) if changes else None


def _added(agreement, rows, by):
    """The new rows, but for those that an earlier press of the same button added."""
    keys = [row.entry_key for row in rows if row.entry_key]
    entered = set(
        PlanItem.objects.of([agreement.organisation])
        .filter(entry_key__in=keys)
        .values_list("entry_key", flat=True)
    )
    added = [row for row in rows if row.entry_key not in entered or not row.entry_key]
    for row in added:
        row.agreement, row.organisation, row.created_by = agreement, agreement.organisation, by
        _check(row)
    return added


def _check(item):
    try:
        item.clean_fields(
            exclude={"agreement", "organisation", "created_by"}
        )  # known: no need to look them up
    except ValidationError as error:
        raise ValidationError([f"第 {item.number} 项：{said}" for said in error.messages]) from error


def _write(changed, added, by, batch):
    moved = [item.pk for item, _ in changed if item.number != item.old_number]
    PlanItem.objects.filter(pk__in=moved).update(number=_APART + F("pk"))
    for item, _ in changed:
        item.version += 1
        item.updated_at = timezone.now()
    PlanItem.objects.bulk_update([item for item, _ in changed], records.bulk_fields(PlanItem))
    PlanItem.objects.bulk_create(added)
    records.bulk_log(Change.Verb.UPDATE, changed, by=by, batch=batch)
    told = [(item, records.difference({}, records.values(item))) for item in added]
    records.bulk_log(Change.Verb.CREATE, told, by=by, batch=batch)

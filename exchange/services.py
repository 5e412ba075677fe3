"""What goes in and out in bulk. A workbook is read and compared in memory (exchange.workbook) and written here, in one
transaction, a few statements for each kind of record."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import records
from core.db import lock
from core.models import Change, Organisation
from exchange.workbook import form
from exchange.workbook.plan import Plan
from exchange.workbook.planning import Planner
from exchange.workbook.sheets import BY_MODEL, SHEETS

BATCH = 500


class Refused(Exception):
    """The file has faults, and nothing of it was written; `plan` says which."""

    def __init__(self, plan: Plan):
        self.plan = plan
        super().__init__(f"共 {len(plan.faults)} 处错误，没有写入任何内容")


class Outdated(Exception):
    """The branch changed since the preview; `plan` says what the file would do now."""

    def __init__(self, plan: Plan):
        self.plan = plan
        super().__init__("预览之后，支部的记录又有改动，请再看一遍预览")


def plan_import(organisation, data: bytes) -> Plan:
    """What a workbook would do to a branch: created, changed, refused. Writes nothing."""
    return Planner(organisation).read(data)


def import_workbook(organisation, data: bytes, *, expected: str | None = None, by) -> Plan:
    """Write a workbook to a branch, all or nothing. A second time it changes nothing, and logs nothing.

    Arguments: data, the file; expected, the digest of the plan that was previewed. Raises Refused for a file
    with faults, Outdated if the plan is no longer the expected one; then nothing is written.
    """
    with transaction.atomic():
        lock(Organisation.objects.filter(pk=organisation.pk)).get()  # one import at a time
        plan = Planner(organisation, locked=True).read(data)
        if expected is not None and plan.digest() != expected:
            raise Outdated(plan)
        if plan.faults:
            raise Refused(plan)
        try:
            with transaction.atomic():
                _write(plan, by)
        except IntegrityError as error:  # somebody entered the same record at this very moment
            raise Outdated(plan) from error
    return plan


def export_workbook(organisation, *, empty: bool = False) -> bytes:
    """All records of a branch as a workbook, or the form to fill in. The same records give the same bytes."""
    return form.render(Planner(organisation), empty=empty)


def export_records(organisation, records) -> bytes:
    """Some of a branch's records as the workbook's sheet of their kind, which can be filled on and imported again.

    Arguments: records, a QuerySet of a kind that has a sheet.
    """
    chosen = set(records.of([organisation]).values_list("pk", flat=True))
    return form.render(Planner(organisation), chosen={BY_MODEL[records.model].name: chosen})


def log_export(organisation, name: str = "台账", *, by) -> Change:
    """Note in the history that somebody took personal data of the branch out of the system. name: what of it."""
    return records.log(
        Change.Verb.EXPORT,
        by=by,
        organisation=organisation,
        model="exchange.workbook",
        object_id=None,
        object_name=f"{organisation.name}{name}（Excel）",
    )


# ---------------------------------------------------------------- writing
def _write(plan: Plan, by) -> None:
    batch, now = uuid.uuid4(), timezone.now()
    for sheet in SHEETS:
        created, changed = plan.created(sheet.name), plan.changed(sheet.name)
        if created or changed:
            _write_sheet(plan, sheet, created, changed, by, batch, now)


def _write_sheet(plan, sheet, created, changed, by, batch, now) -> None:
    before = {id(draft): records.values(draft.record, sheet.related(draft.stored)) for draft in changed}
    _create(sheet.model, [_put(plan, draft) for draft in created], by)
    for draft in changed:
        _put(plan, draft)
        draft.record.version += 1
        draft.record.updated_at = now
    _update(sheet.model, [draft.record for draft in changed])
    for model, (link, fields) in sheet.children.items():
        touched = [draft for draft in changed if any(draft.data[f] != draft.stored[f] for f in fields)]
        _replace(model, link, created, touched)
    entries = []
    for draft in (*created, *changed):
        after = records.values(draft.record, sheet.related(draft.data))
        entries.append((draft.record, records.difference(before.get(id(draft), {}), after)))
    records.bulk_log(Change.Verb.IMPORT, entries, by=by, organisation=plan.organisation, batch=batch)


def _put(plan, draft):
    draft.sheet.put(draft, plan.planner)
    draft.record.clean()
    return draft.record


def _create(model, instances, by) -> None:
    """Save new records; those that speak of other new ones of their kind (a renewed agreement) once these have keys."""
    own = [
        field for field in model._meta.concrete_fields if field.is_relation and field.related_model is model
    ]
    waiting = {}
    for instance in instances:
        instance.created_by = by
        for field in own:
            other = getattr(instance, field.name)
            if other is not None and other.pk is None:
                waiting.setdefault(field.name, []).append((instance, other))
                setattr(instance, field.name, None)
    model.objects.bulk_create(instances, batch_size=BATCH)
    for name, pairs in waiting.items():
        for instance, other in pairs:
            setattr(instance, name, other)
        model.objects.bulk_update([instance for instance, _ in pairs], [name], batch_size=BATCH)


def _update(model, instances) -> None:
    """Save changed records: INSERT … ON CONFLICT, which takes a tenth of the time of a bulk UPDATE with CASE."""
    model.objects.bulk_create(
        instances,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=records.bulk_fields(model),
    )


def _replace(model, link, created, changed) -> None:
    """Make what belongs to the records exactly what their data say, in order."""
    keys = [draft.record.pk for draft in changed]
    for start in range(0, len(keys), BATCH):
        model.objects.filter(**{f"{link}_id__in": keys[start : start + BATCH]}).delete()
    rows = []
    for draft in (*created, *changed):
        for position, row in enumerate(draft.sheet.rows_of(draft, model), start=1):
            setattr(row, link, draft.record)
            row.position = position
            rows.append(row)
    model.objects.bulk_create(rows, batch_size=BATCH)

"""How records are written: in one transaction, validated, with their history.

Every service of every app goes through these few functions; nothing else saves a record.
"""

from __future__ import annotations

import contextlib
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from core.db import lock
from core.models import Change, Record


class VersionConflict(Exception):
    """Somebody saved the record after this editor opened it; `record` is what stands now."""

    def __init__(self, record):
        self.record = record
        super().__init__("这条记录刚才被别人改过")


def log(verb, *, by, organisation, model, object_id, object_name, changes=None, batch=None) -> Change:
    """Add one line to the history, inside the caller's transaction.

    Arguments: verb, a Change.Verb; by, the account or None (a command); model, as `app.model`; changes,
    {Chinese field name: [before, after]}; batch, the UUID that joins the lines of one action.
    """
    return Change.objects.create(
        **_change(
            verb, by, organisation.pk if organisation else None, model, object_id, object_name, changes, batch
        )
    )


def log_record(verb, record, *, by, changes=None, batch=None) -> Change:
    """Add one line about a record to the history, inside the caller's transaction. Arguments as for `log`."""
    about = (record.organisation_id, record._meta.label_lower, record.pk, record)
    return Change.objects.create(**_change(verb, by, *about, changes, batch))


def _change(verb, by, organisation_id, model, object_id, object_name, changes, batch) -> dict:
    return {
        "at": timezone.now(),
        "organisation_id": organisation_id,
        "actor": by,
        "actor_name": str(by) if by else "系统",
        "verb": verb,
        "model": model,
        "object_id": object_id,
        "object_name": str(object_name)[:400],
        "changes": changes or {},
        "batch": batch or uuid.uuid4(),
    }


def values(record, related: dict[str, str] | None = None) -> dict[str, str]:
    """The record as text a person reads: {Chinese field name: value}, empty ones left out.

    Arguments: related, what stands in other tables (`record.related_values()` if not given).
    """
    found = {}
    halves = {f"{name}_{end}" for name in record.partial_dates for end in ("first", "last")}
    for field in record._meta.concrete_fields:
        if field.name in record.unlogged or field.name in halves:
            continue
        text = _as_text(record, field)
        if text:
            found[str(field.verbose_name)] = text
    for name, label in record.partial_dates.items():
        if date := getattr(record, name):
            found[label] = str(date)
    found.update(
        {
            label: text
            for label, text in (record.related_values() if related is None else related).items()
            if text
        }
    )
    return found


def _as_text(record, field) -> str:
    value = getattr(record, field.attname)
    if value is None or value == "" or value == {}:
        return ""
    if isinstance(value, bool):
        return "是" if value else ""
    if field.is_relation:
        return str(getattr(record, field.name))
    if field.choices:
        return str(getattr(record, f"get_{field.name}_display")())
    if isinstance(value, dict):
        return "；".join(f"{key}={item}" for key, item in value.items())
    return str(value)


def difference(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str]]:
    """What changed between two readings of a record: {field: [before, after]}."""
    return {
        name: [before.get(name, ""), after.get(name, "")]
        for name in (*after, *(name for name in before if name not in after))
        if before.get(name, "") != after.get(name, "")
    }


@contextlib.contextmanager
def creating(record: Record, *, by, verb=Change.Verb.CREATE, batch=None):
    """Validate and save a new record, yield it so that what belongs to it can be added, and log it.

    Raises ValidationError with sentences for the reader; then nothing is written. A record whose one-time
    `entry_key` was used before is not written again: `already_entered` says so beforehand.
    """
    with transaction.atomic():
        record.created_by = by
        save(record, force_insert=True)
        yield record
        after = values(record)
        log_record(verb, record, by=by, changes=difference({}, after), batch=batch)


def save(record: models.Model, **how) -> None:
    """Validate and write one row. Raises ValidationError with a sentence for each thing that is wrong."""
    # Where it belongs and who enters it are known: no need to look them up.
    _clean(record, exclude={"organisation", "created_by"})
    _write(record, **how)


def _clean(record, exclude=()):
    record.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)


def _links(record) -> dict[str, int | None]:
    """What the record points at, by field."""
    return {
        field.name: getattr(record, field.attname)
        for field in record._meta.concrete_fields
        if field.is_relation
    }


def _write(record, **how):
    """Constraints are left to the database, which enforces them anyway; only where it refuses are they asked one by
    one, for their sentences."""
    try:
        with transaction.atomic():
            record.save(**how)
    except IntegrityError as error:
        record.full_clean()
        raise explained(error, type(record)) from error


def already_entered(model, organisation, entry_key):
    """The record that an earlier press of the same button made, or None."""
    if not entry_key:
        return None
    return model.objects.filter(organisation=organisation, entry_key=entry_key).first()


@contextlib.contextmanager
def editing(record: Record, *, by, version: int | None = None, verb=Change.Verb.UPDATE, batch=None):
    """Lock a record, yield it as it stands now to be changed, then validate, save and log what changed.

    Arguments: version, the one the editor saw (None: no form was involved). Raises VersionConflict if it is
    no longer the current one, ValidationError with sentences for the reader; then nothing is written. Where nothing
    changed, nothing is logged.
    """
    with transaction.atomic():
        current = lock(type(record).objects.filter(pk=record.pk)).get()
        if version is not None and current.version != version:
            raise VersionConflict(current)
        before, links = values(current), _links(current)
        yield current
        now = _links(current)
        _clean(
            current, exclude={name for name in links if links[name] == now[name]}
        )  # each would be looked up
        after = values(current)
        changes = difference(before, after)
        if not changes:
            return
        current.version += 1
        _write(current)
        log_record(verb, current, by=by, changes=changes, batch=batch)


def assign(record, fields: dict) -> None:
    """Set several fields at once. Raises TypeError for a name the record does not have (none may silently vanish)."""
    for name, value in fields.items():
        if not hasattr(type(record), name):
            raise TypeError(f"{type(record).__name__} has no field {name!r}")
        setattr(record, name, value)


def trash(record: Record, *with_it: Record, by, version: int | None = None) -> Record:
    """Put a record into the trash, where it counts nowhere and can be brought back from.

    Arguments: with_it, what makes no sense without it and goes along. Raises VersionConflict.
    """
    with transaction.atomic():
        at, batch = timezone.now(), uuid.uuid4()
        moved = _move(record, at, Change.Verb.TRASH, by, version, batch)
        for part in with_it:
            _move(part, at, Change.Verb.TRASH, by, None, batch)
        return moved


def restore(record: Record, *candidates: Record, by) -> Record:
    """Bring a record back from the trash, and those of the candidates that went along with it.

    Raises ValidationError if its place was taken meanwhile.
    """
    with transaction.atomic():
        batch, went_at = uuid.uuid4(), record.deleted_at
        moved = _move(record, None, Change.Verb.RESTORE, by, None, batch)
        for part in candidates:
            if part.deleted_at == went_at:
                _move(part, None, Change.Verb.RESTORE, by, None, batch)
        return moved


def _move(record, deleted_at, verb, by, version, batch):
    current = lock(type(record).objects.filter(pk=record.pk)).get()
    if version is not None and current.version != version:
        raise VersionConflict(current)
    if (current.deleted_at is None) == (deleted_at is None):
        return current
    current.deleted_at = deleted_at
    current.validate_constraints()
    current.version += 1
    current.save(update_fields=["deleted_at", "version", "updated_at"])
    log_record(verb, current, by=by, batch=batch)
    return current


def refuse_if_used(record, uses: dict[str, int], instead: str = "请先改到别处，再移入回收站") -> None:
    """Raise ValidationError if live records still speak of this one.

    Arguments: uses, {what they are called: how many}; instead, what to do about it.
    """
    used = "、".join(f"{count} {word}" for word, count in uses.items() if count)
    if used:
        raise ValidationError(f"还有{used}用着“{record}”，{instead}")


def next_code(model, organisation, year: int, series: str = "") -> str:
    """The next free number of the year for records entered without one: 2024-017. Arguments: series, what stands before
    the year where there is more than one row of numbers."""
    prefix = f"{series}{year}-"
    used = (
        model.objects.live().of([organisation]).filter(code__startswith=prefix).values_list("code", flat=True)
    )
    numbers = [int(rest) for code in used if (rest := code[len(prefix) :]).isascii() and rest.isdigit()]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"


def replace_rows(related, rows: list) -> None:
    """Make the rows that belong to a record exactly these, in order: unsaved instances of the related manager's model.

    Their `position` is set from the order. Each is validated in memory; its constraints are left to the database, which
    would otherwise be asked several times a row. Rows that are there already are left alone. Raises ValidationError.
    """
    link = related.field.name
    links = {field.name for field in related.model._meta.concrete_fields if field.is_relation}
    for position, row in enumerate(rows, start=1):
        setattr(row, link, related.instance)
        row.position = position
        row.clean_fields(exclude=links)
        row.clean()
    columns = [field.attname for field in related.model._meta.concrete_fields if not field.primary_key]
    before = list(related.all())
    if [[getattr(row, name) for name in columns] for row in before] == [
        [getattr(row, name) for name in columns] for row in rows
    ]:
        return
    try:
        if before:
            related.all().delete()
        related.bulk_create(rows)
    except IntegrityError as error:
        raise explained(error, related.model) from error


def explained(error: IntegrityError, model: type[models.Model]) -> ValidationError:
    """The sentence of the constraint that the database refused a row for.

    PostgreSQL and SQLite name the constraint; SQLite names a plain unique one by its columns.
    """
    text = str(error)
    _, _, columns = text.partition("UNIQUE constraint failed: ")
    refused = {column.strip().rpartition(".")[2] for column in columns.split(",")}
    for constraint in model._meta.constraints:
        own = {model._meta.get_field(name).column for name in getattr(constraint, "fields", ())}
        if constraint.name in text or own == refused:
            return ValidationError(constraint.violation_error_message)
    return ValidationError("刚才有人保存了相同的记录，请刷新后再看")


def bulk_log(verb, entries, *, by, batch, organisation=None) -> None:
    """Add many lines to the history in one statement.

    Arguments: entries, (record, changes) pairs of saved records; organisation, the one they all belong to (None: each
    record's own).
    """
    Change.objects.bulk_create(
        [
            Change(
                **_change(
                    verb,
                    by,
                    organisation.pk if organisation else record.organisation_id,
                    record._meta.label_lower,
                    record.pk,
                    record,
                    changes,
                    batch,
                )
            )
            for record, changes in entries
        ],
        batch_size=500,
    )


def bulk_fields(model: type[models.Model]) -> list[str]:
    """The columns that a bulk update of a record may write."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key
        and field.name not in {"organisation", "created_at", "created_by", "entry_key"}
    ]

"""Rows as text that means the same on every database, and back: what a backup is made of.

A table becomes one JSON array a line, in the order of its columns, ids kept. Two tables are made anew by every
installation and have ids of their own there: content types and permissions. Whatever points to them is written by name.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

# Made anew by each installation, or good for a while only and nobody else's business.
LEFT_OUT = {
    "contenttypes.contenttype",
    "auth.permission",
    "sessions.session",
    "account.emailconfirmation",
}
_CHUNK = 1000
_TEXT = (models.CharField, models.TextField)
# How a value of a column is read back; whatever is not here stands in JSON as itself. DateTimeField is a DateField.
_READ = [
    (models.DateTimeField, dt.datetime.fromisoformat),
    (models.DateField, dt.date.fromisoformat),
    (models.TimeField, dt.time.fromisoformat),
    (models.DecimalField, Decimal),
    (models.UUIDField, uuid.UUID),
]


def _written(value):
    """The values JSON does not know. Raises TypeError for what we could not read back."""
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (Decimal, uuid.UUID)):
        return str(value)
    raise TypeError(f"no way to write {type(value).__name__}")


class Names:
    """The ids of content types and permissions here, and their names everywhere."""

    def __init__(self):
        types = {
            pk: f"{app}.{model}"
            for pk, app, model in ContentType.objects.values_list("pk", "app_label", "model")
        }
        rights = Permission.objects.values_list("pk", "content_type_id", "codename")
        self.name_of = {
            ContentType: types,
            Permission: {pk: f"{types[type_]}:{code}" for pk, type_, code in rights},
        }
        self.id_of = {
            model: {name: pk for pk, name in names.items()} for model, names in self.name_of.items()
        }


@dataclass(frozen=True)
class Table:
    """One table of a backup."""

    model: type[models.Model]

    @property
    def label(self) -> str:
        """Its name in the archive: `app.model`."""
        return self.model._meta.label_lower

    @property
    def fields(self) -> list[models.Field]:
        """Its columns, in order."""
        return self.model._meta.concrete_fields

    @property
    def columns(self) -> list[str]:
        """The names of its columns, in order."""
        return [field.attname for field in self.fields]

    def rows(self):
        """All its rows, those in the trash too: no manager of ours stands between."""
        return self.model._base_manager.order_by("pk")

    def strangers(self):
        """The rows that an empty installation does not have: all but the built-in ones of the vocabularies."""
        has_seeds = any(field.name == "is_builtin" for field in self.fields)
        return self.rows().filter(is_builtin=False) if has_seeds else self.rows()

    # ------------------------------------------------------------ out
    def lines(self, names: Names) -> Iterator[bytes]:
        """Its rows as lines of JSON."""
        by_name = {
            place: names.name_of[field.related_model]
            for place, field in enumerate(self.fields)
            if field.related_model in names.name_of
        }
        at_rest = _AT_REST.get(self.label)
        for row in self.rows().values_list(*self.columns).iterator(chunk_size=_CHUNK):
            row = list(row)
            for place, known in by_name.items():
                if row[place] is not None:
                    row[place] = known[row[place]]
            if at_rest:
                row = list(at_rest(dict(zip(self.columns, row, strict=True))).values())
            yield json.dumps(row, default=_written, separators=(",", ":")).encode() + b"\n"

    # ------------------------------------------------------------ in
    def insert(self, lines: Iterable[bytes], names: Names) -> int:
        """Write the rows back, many to a statement; returns how many. Raises ValueError for a line that is no row."""
        readers = [_reader(field, names) for field in self.fields]
        quote = connection.ops.quote_name
        columns = ", ".join(quote(field.column) for field in self.fields)
        one = f"({', '.join(['%s'] * len(readers))})"
        into = f"INSERT INTO {quote(self.model._meta.db_table)} ({columns}) VALUES "
        full = max(1, 900 // len(readers))  # SQLite may take no more than 999 parameters
        count, waiting = 0, []
        with connection.cursor() as cursor:

            def write():
                cursor.execute(
                    into + ", ".join([one] * len(waiting)), [value for row in waiting for value in row]
                )

            for line in lines:
                values = json.loads(line)
                waiting.append([read(value) for read, value in zip(readers, values, strict=True)])
                count += 1
                if len(waiting) == full:
                    write()
                    waiting.clear()
            if waiting:
                write()
        return count


def tables() -> list[Table]:
    """Every table a backup holds: ours, those of accounts, and the ones behind many-to-many fields."""
    return [
        Table(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    ]


def _reader(field: models.Field, names: Names):
    """How a value of the column becomes what the database driver takes."""
    if field.related_model in names.id_of:
        known = names.id_of[field.related_model]
        return lambda value: None if value is None else known[value]
    while field.is_relation:
        field = field.target_field
    if isinstance(field, _TEXT):
        return lambda value: value  # word for word; a field may tidy what is typed, and this was not typed
    parse = next((parse for kind, parse in _READ if isinstance(field, kind)), lambda value: value)
    return lambda value: None if value is None else field.get_db_prep_save(parse(value), connection)


def _compilation_at_rest(row: dict) -> dict:
    """A compilation under way is, in a backup, one that waits: whoever worked on it is not in there."""
    if row["status"] != "running":
        return row
    waiting = {"status": "queued", "step": "", "progress": 0, "attempts": 0, "error": ""}
    nobody = {"token": None, "lease_until": None, "hinted_at": None}
    return row | {name: value for name, value in (waiting | nobody).items() if name in row}


_AT_REST = {"reports.compilation": _compilation_at_rest}

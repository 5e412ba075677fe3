"""What all sheets have in common: columns, drafts of records, and how both are declared.

A sheet knows its records as plain data, {field: value}, in which other records stand as drafts; so what is stored and
what a file says can be compared before anything is written.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from core.text import match_key, pinyin, tidy
from exchange.workbook import cells
from exchange.workbook.links import Person
from outcomes.models import Contribution

EXTRA = "其他信息"

# The eight words that brackets after a name may hold, in every column of people.
CONTRIBUTION_ROLES = {str(role.label): role.value for role in Contribution.Role}
ROLE_WORDS = tuple(CONTRIBUTION_ROLES)


@dataclass(frozen=True)
class Column:
    """A column of a sheet, or a key of its 其他信息.

    late: refers to records of its own sheet, so it is read when all of them are known.
    """

    header: str
    field: str
    kind: cells.Kind
    required: bool = False
    note: str = ""
    late: bool = False


class Draft:
    """A record as it is to be: its model instance, its data, and the data it is stored with (None: new)."""

    def __init__(self, sheet, record, data, stored=None):
        self.sheet, self.record, self.data, self.stored = sheet, record, data, stored
        self.row = None

    @property
    def is_new(self) -> bool:
        """Whether the branch does not have it yet."""
        return self.stored is None

    @property
    def is_changed(self) -> bool:
        """Whether the branch has it, but not like this."""
        return self.stored is not None and self.data != self.stored

    @property
    def title(self) -> str:
        """What a preview calls it."""
        return self.sheet.title(self.data)


def choices(enumeration, unsaid=None):
    words = {str(choice.label): choice.value for choice in enumeration}
    return cells.Choice(words=lambda: words, unsaid=unsaid)


def line(model, field, width=12):
    return cells.Text(width=width, longest=model._meta.get_field(field).max_length)


def kind_words(model):
    return lambda: dict(model.objects.values_list("name", "code"))


class Sheet:
    """One sheet. Subclasses declare what is theirs; what is the same for all stands here."""

    name: str
    model: type
    columns: list[Column]
    keys: list[Column] = []
    identity: tuple[str, ...]
    identifying: str  # the header at which a row that stands twice is refused
    defaults: dict = {}
    children: dict = {}  # {model of what belongs to a record: (its foreign key, its fields of the data)}
    select: tuple[str, ...] = ()  # what the history calls a record by

    def __init__(self):
        self.keys = [
            *self.keys,
            Column("计入报告", "in_reports", cells.Flag(shown_as=False), note="否：不计入任何数字"),
        ]
        self.by_header = {column.header: column for column in (*self.columns, *self.keys)}
        own = {field.name for field in self.model._meta.get_fields()} | set(self.model.partial_dates)
        fields = [column.field for column in self.by_header.values()]
        self.plain = [field for field in fields if field in own and field not in self.virtual]

    virtual: frozenset[str] = frozenset()  # fields that the data hold otherwise than the record

    def blank(self, planner) -> dict:
        """The data of a record of which nothing is known yet."""
        return {**self._blank, "extra": {}}

    def _empty(self, field):
        if field in self.model.partial_dates:
            return None
        known = self.model._meta.get_field(field)
        return None if known.null or known.is_relation else known.get_default()

    @cached_property
    def _blank(self) -> dict:
        data = {field: self._empty(field) for field in self.plain}
        return {**data, "in_reports": True, "extra": {}, **self.defaults}

    def state(self, record, children: dict, planner) -> dict:
        """The data of a stored record. Arguments: children, {model: rows in order}."""
        data = {field: getattr(record, field) for field in self.plain}
        return {**data, "in_reports": record.in_reports, "extra": record.extra}

    def key(self, data: dict):
        """What identifies a record."""
        return tuple(data[field] for field in self.identity)

    def settle(self, given: dict, data: dict, row) -> dict:
        """The data with what a row gives. Arguments: given, {field: value} of the cells that are not empty."""
        return {**data, **given}

    def settle_pairs(self, pairs: dict[str, str], data: dict, row) -> None:
        """Keep the keys of 其他信息 that no field has; keys that are there with this text stay as they are."""
        data["extra"] = with_pairs(data["extra"], {_bare(key): value for key, value in pairs.items()})

    def exposed(self, data: dict) -> dict:
        """The data by the fields of columns and keys."""
        return data

    def pairs(self, data: dict) -> list[tuple[str, str]]:
        """The keys of 其他信息 that no field has, as they are written."""
        return [
            (self.spelled(key), text)
            for key, value in sorted(data["extra"].items())
            if (text := text_of_value(value))
        ]

    def spelled(self, key: str) -> str:
        """A key of `extra` as it is written: with its prefix where it could be taken for another's."""
        taken = not tidy(key) or key in self.by_header or key.startswith((f"{EXTRA}.", "专有信息."))
        return f"{EXTRA}.{key}" if taken else key

    def check(self, row, data: dict, planner) -> None:
        """Report what contradicts itself, at the later column; say what is strange but accepted."""

    def put(self, draft, planner) -> None:
        """Write the data to the model instance."""
        for field in self.plain:
            value = draft.data[field]
            setattr(draft.record, field, value.record if isinstance(value, Draft) else value)
        draft.record.in_reports, draft.record.extra = draft.data["in_reports"], draft.data["extra"]

    def rows_of(self, draft, model) -> list:
        """What belongs to a record, as unsaved instances in order, without its link."""
        return []

    def related(self, data: dict) -> dict[str, str]:
        """What belongs to a record as text, as `record.related_values()` says it."""
        return {}

    def order(self, data: dict):
        """The place of a record among its kind, whatever its id."""
        raise NotImplementedError

    def title(self, data: dict) -> str:
        """What a preview calls a record."""
        return data.get("name") or data.get("theme") or data.get("content", "")[:60]


def _bare(key: str) -> str:
    return key.removeprefix(f"{EXTRA}.")


def text_of_value(value) -> str:
    """A value of `extra` or `details` as text."""
    if value is None or value == "":
        return ""
    return tidy(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True))


def with_pairs(stored: dict, pairs: dict[str, str]) -> dict:
    changed = {
        key: value for key, value in pairs.items() if value and text_of_value(stored.get(key)) != value
    }
    return {**stored, **changed} if changed else stored


def natural(text: str) -> tuple:
    """A sort key in which 2 comes before 10, whatever the database's collation."""
    pieces, number = [], ""
    for character in f"{text}\0":
        if character.isascii() and character.isdigit():
            number += character
            continue
        if number:
            pieces.append((0, int(number), number))
            number = ""
        pieces.append((1, ord(character), character))
    return tuple(pieces)


def date_order(date) -> tuple:
    return (date.first, date.last) if date else ()


def name_pinyin(given: dict, data: dict) -> None:
    """Pinyin follows the name; what somebody wrote instead stands in `given` and wins."""
    name = given.get("name", data["name"])
    if not data["name_pinyin"] or name != data["name"]:
        data["name_pinyin"] = pinyin(name)


def stored_person(row, word, planner) -> Person:
    """A stored person; the name as it was typed, as long as it is still the member's."""
    member = planner.stored("党员", row.member_id)
    if member and match_key(row.name) != match_key(member.data["name"]):
        return Person(member, member.data["name"], word)
    return Person(member, row.name, word)

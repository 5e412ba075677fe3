"""What was read of a certificate, as a form takes it: what stands in each field at first, and how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.html import escape

from branch.reading.fields import DERIVED, Field, Reading

SURE, CHECK, DERIVED_MARK, MISSED, ABSENT = "sure", "check", "derived", "missed", "absent"
DOUBTFUL = {CHECK, MISSED}
# Fields of a certification's form → those of a reading.
FIELDS = {
    "type_name": "type",
    "direction": "direction",
    "level": "level",
    "number": "number",
    "passed_on": "passed_on",
    "valid_until": "valid_until",
}
_EVERYWHERE = ("type_name", "number", "passed_on")  # what stands on any certificate
_LABELS = {SURE: "识别清楚", CHECK: "请核对", DERIVED_MARK: "推算", MISSED: "没读到", ABSENT: ""}
_ICONS = {SURE: "check", CHECK: "alert", DERIVED_MARK: "info", MISSED: "alert", ABSENT: ""}


@dataclass(frozen=True)
class Mark:
    """How far one field can be trusted.

    state: sure, check (read, but something speaks against it), derived (not printed, 推算), missed (any certificate has
    it, and it was not read) or absent. value: what was read. hint: a sentence for whoever checks (it holds what stood
    on the paper: escape it). box: left, top, right, bottom in parts (0–1) of the picture, None if it is not printed;
    page: which picture, from 0.
    """

    state: str
    value: str = ""
    hint: str = ""
    box: tuple[float, float, float, float] | None = None
    page: int = 0

    @property
    def label(self) -> str:
        """The word beside the field; none for one that was not found."""
        return _LABELS[self.state]

    @property
    def icon(self) -> str:
        """The icon before the word."""
        return _ICONS[self.state]

    @property
    def box_text(self) -> str:
        """The box as four numbers with spaces between them, as a page's script reads it."""
        return " ".join(f"{edge:.4f}" for edge in self.box) if self.box else ""


class Marks:
    """What was read of one hand-in.

    initial: {field of a certification's form: text}, only of what was read; fields: {field of the form: Mark};
    name: the Mark of the name on the paper; name_differs: whether it is another one than the member's (None: no name
    was read).
    """

    def __init__(self, read: dict):
        """Arguments: read, HandIn.read; an empty one is a reading in which nothing was read."""
        self.reading = Reading.from_json(read)
        self.fields = {name: _mark(self.reading.fields[source]) for name, source in FIELDS.items()}
        if any(mark.value for mark in self.fields.values()):
            for name in _EVERYWHERE:
                if self.fields[name].state == ABSENT:
                    self.fields[name] = replace(self.fields[name], state=MISSED)
        self.name = _mark(self.reading.fields["name"])
        self.name_differs = self.reading.name_differs
        self.initial = {name: mark.value for name, mark in self.fields.items() if mark.value}

    @property
    def found(self) -> int:
        """How many fields of the form have a value."""
        return len(self.initial)

    @property
    def unreadable(self) -> list[int]:
        """The files, from 1, of which nothing could be read."""
        return [place + 1 for place in self.reading.unreadable]

    @property
    def to_check(self) -> int:
        """How many fields are to be checked, or filled in because they were not read."""
        return sum(mark.state in DOUBTFUL for mark in self.fields.values())

    def typed_in(self, form) -> list[str]:
        """The fields of a bound form in which something else stands than what was read."""
        if not form.is_bound:
            return []
        return [
            name
            for name, mark in self.fields.items()
            if form.data.get(form.add_prefix(name), "").strip() != mark.value
        ]

    def onto(self, form):
        """The form, its fields marked as components/field.html draws it: its own hint stands
        instead of the usual one. A field in which something else was typed than what was read has no mark: whoever
        typed it knows. Returns the form."""
        typed = self.typed_in(form)
        for name, mark in self.fields.items():
            if name not in form.fields or name in typed:
                continue
            form.fields[name].mark = mark
            if mark.hint or mark.value:
                form.fields[name].help_text = escape(mark.hint)
        return form


def _mark(field: Field) -> Mark:
    if not field.value:
        state = ABSENT
    elif not field.sure:
        state = CHECK
    else:
        state = DERIVED_MARK if field.source == DERIVED else SURE
    return Mark(state, field.value, field.hint, tuple(field.box) if field.box else None, field.page)

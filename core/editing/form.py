"""One record as a person types it: its fields in sections, the rows that belong to it, and the meeting of two editors.

A form checks what can be said of a single field (too long, no such date). Whether the record as a whole may stand is
decided by the service, once, for forms, workbook and API alike; `core.forms.report` puts its sentences beside the
fields.
"""

from __future__ import annotations

import copy
import hashlib
import re
import uuid
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Case, Value, When
from django.forms.utils import ErrorDict, ErrorList
from django.utils.choices import CallableChoiceIterator

from core import records
from core.dates import PartialDate
from core.forms import DayInput
from core.models import Change

# Fields of a form that are no business of the service's.
PLUMBING = {"entry_key", "version"}
_DATE_MARKS = re.compile(r"[年月./／．。-]+")


class PartialDateFormField(forms.CharField):
    """A date of which the day, or the month, may be unknown: 2024-06-01, 2024-06, 2024, also 2024年6月1日."""

    def __init__(self, label, *, required=False, help_text="不知道哪天可只填年月，如 2024-06", **kwargs):
        super().__init__(label=label, required=required, help_text=help_text, **kwargs)

    def widget_attrs(self, widget):
        """What the phone's keyboard and the browser's memory are told. (A validator of length would meet a date.)"""
        return super().widget_attrs(widget) | {"autocomplete": "off", "inputmode": "text", "maxlength": "40"}

    def prepare_value(self, value):
        """A PartialDate as it is typed."""
        return "" if value is None else str(value)

    def to_python(self, value):
        """A PartialDate or None. Raises ValidationError with a sentence for what is no date."""
        text = super().to_python(value)
        if not text:
            return None
        parts = [part for part in _DATE_MARKS.split(text.rstrip("日号 ")) if part]
        plain = "-".join(part.strip() for part in parts)
        # What does not begin with a year is no date, and told as it was typed.
        return PartialDate.parse(plain if re.match(r"\d{4}", plain) else text)

    def has_changed(self, initial, data):
        """Compared as text."""
        return self.prepare_value(initial) != (data or "").strip()


class InOrderField(forms.ModelMultipleChoiceField):
    """Several records whose order counts: the chosen ones stand first among the options, in their order, which is the
    order in which a browser posts them."""

    def offer(self, queryset, chosen) -> None:
        """Offer these. Arguments: chosen, the ids to begin with, in order."""
        places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(chosen)]
        order = [Case(*places, default=Value(len(places)))] if places else []
        self.queryset = queryset.order_by(
            *order, *(queryset.query.order_by or queryset.model._meta.ordering or ["pk"])
        )

    def clean(self, value):
        """The records in the order posted, each once."""
        found = {str(row.pk): row for row in super().clean(value)}
        return [found[pk] for pk in dict.fromkeys(str(item) for item in value or ()) if pk in found]


@dataclass(frozen=True)
class Section:
    """A group of fields under a heading. folded: closed until it holds something, or an error; quiet: only until an
    error."""

    title: str
    names: tuple[str, ...]
    folded: bool = False
    quiet: bool = False
    note: str = ""


@dataclass(frozen=True)
class Rows:
    """A kind of rows that belong to a record.

    form: a RowForm; title: their heading; one: what a row is called on the button that adds one; told_as: the name
    under which the history tells them (`related_values`); spare: empty rows to begin with; ordered: whether their order
    counts and can be changed; template: how they are drawn.
    """

    form: type[forms.Form]
    title: str
    one: str
    told_as: str
    spare: int = 1
    ordered: bool = False
    note: str = ""
    template: str = "components/rows.html"

    def formset(self, prefix, data, initial):
        """The rows as a formset, bound where there is data."""
        if data is not None and (seen := str(data.get(f"{prefix}-INITIAL_FORMS", ""))).isdecimal():
            # A row that somebody added meanwhile is not what this form's next row was before it was typed into.
            initial = initial[: int(seen)]
        made = forms.formset_factory(
            self.form,
            extra=self.spare,
            can_delete=True,
            can_order=self.ordered,
            max_num=500,
            absolute_max=600,
        )
        return made(data, prefix=prefix, initial=initial)


class RowForm(forms.Form):
    """One row. A subclass says which instance it stands for."""

    use_required_attribute = False
    marks_required = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _dress(field)

    def has_changed(self):
        """Whether something was typed: a place in the order alone is no row."""
        return not {"ORDER", "DELETE"}.issuperset(self.changed_data)

    def row(self) -> models.Model:
        """The unsaved instance."""
        raise NotImplementedError

    @classmethod
    def read(cls, row) -> dict:
        """The fields of an instance."""
        raise NotImplementedError


@dataclass(frozen=True)
class Conflict:
    """What somebody else made of a field meanwhile."""

    change: Change
    text: str


class RecordForm(forms.ModelForm):
    """One record. A subclass names the model and fields in Meta, and where they stand in `sections`.

    rows: what belongs to the record and is typed in rows, by the argument of the service that takes it. told_as: the
    names under which the history tells a field, where it is not the field's own verbose name. not_copied: what a copy
    begins without; drawn_elsewhere: fields that a template draws itself, outside the sections.
    """

    sections: ClassVar[tuple[Section, ...]] = ()
    rows: ClassVar[dict[str, Rows]] = {}
    told_as: ClassVar[dict[str, tuple[str, ...]]] = {}
    not_copied: ClassVar[tuple[str, ...]] = ("code",)
    drawn_elsewhere: ClassVar[tuple[str, ...]] = ()
    use_required_attribute = False  # the browser's own bubbles would stop a draft from being looked at
    marks_required = True  # most fields of a record may be left empty: the others are marked

    entry_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, instance, initial=None):
        self.is_new = instance.pk is None
        own = {"entry_key": uuid.uuid4()} if self.is_new else {"version": instance.version}
        dates = {name: getattr(instance, name) for name in instance.partial_dates}
        super().__init__(
            data if data is None else data.copy(),
            instance=instance,
            initial={**dates, **self.read(instance), **own, **(initial or {})},
        )
        self.label_suffix = ""
        self.choose(instance.organisation)
        for field in self.fields.values():
            _dress(field)
        self.conflicts: dict[str, Conflict] = {}
        self.adopted: list[str] = []
        self.doubted: dict[str, str] = {}
        self.sure = ""  # stands for the doubts that are shown; comes back when it is saved all the same
        self.formsets = self._formsets()

    # ---------------------------------------------------------------- what a subclass may say
    def read(self, record) -> dict:
        """What stands in other tables, by field: initial values that the model's own columns do not give."""
        return {}

    def read_rows(self, record, name) -> list:
        """The saved rows of a kind, in order; by default the related manager of that name."""
        return list(getattr(record, name).all()) if record.pk else []

    def choose(self, organisation) -> None:
        """Narrow choices to what the branch has."""

    def doubts(self, given) -> dict[str, str]:
        """What looks wrong in the values given but may be right, as sentences by field: asked about before it is
        saved."""
        return {}

    # ---------------------------------------------------------------- rows
    def _formsets(self):
        made = {}
        for name in self.rows:
            initial = self.initial.get(name)
            if initial is None:
                initial = self.saved_rows(name)
            made[name] = self.make_rows(name, self.data if self.is_bound else None, initial)
        return made

    def saved_rows(self, name) -> list[dict]:
        """The rows of a kind as they stand in the record, by field."""
        return [self.rows[name].form.read(row) for row in self.read_rows(self.instance, name)]

    def make_rows(self, name, data, initial):
        """The rows of a kind as a formset, which knows what its rows must."""
        return self.rows[name].formset(name, data, initial)

    @property
    def blocks(self):
        """The sections as the template draws them, those without a field left out."""
        named = {name for section in self.sections for name in section.names} | {*self.drawn_elsewhere}
        rest = tuple(name for name in self.fields if name not in named and not self[name].is_hidden)
        for section in [*self.sections, *([Section("", rest)] if rest else [])]:
            fields = [
                self[name] for name in section.names if name in self.fields and not self[name].is_hidden
            ]
            wrong = any(field.errors for field in fields)
            filled = not section.quiet and any(field.value() not in (None, "", [], False) for field in fields)
            if fields:
                yield {"section": section, "fields": fields, "is_open": wrong or filled}

    @property
    def row_blocks(self):
        """The kinds of rows as the template draws them."""
        return [
            {"name": name, "rows": rows, "formset": self.formsets[name], "conflict": self.conflicts.get(name)}
            for name, rows in self.rows.items()
        ]

    # ---------------------------------------------------------------- checking
    def _post_clean(self):
        """The service validates the whole record; see the head of this module."""

    def is_valid(self):
        """Whether each field, in the rows too, can be read."""
        return all([super().is_valid(), *(formset.is_valid() for formset in self.formsets.values())])

    def unchecked(self) -> RecordForm:
        """Itself, drawn without a word about errors: a draft is allowed to be unfinished."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        for formset in self.formsets.values():
            formset._errors, formset._non_form_errors = [], ErrorList()
            for form in formset.forms:
                form._errors, form.cleaned_data = ErrorDict(), {}
        return self

    def asks(self) -> bool:
        """Whether something looks wrong that was not shown yet. Then it is, and saving once more means: it is right."""
        doubted = self.doubts(self.values())
        shown = hashlib.sha256(repr(sorted(doubted.items())).encode()).hexdigest() if doubted else ""
        if self.data.get("sure", "") == shown or not doubted:
            return False
        self.sure, self.doubted = shown, doubted
        for name, sentence in doubted.items():
            self.fields[name].doubt = sentence
        return True

    def values(self) -> dict:
        """What the service is called with: fields, rows, and the version seen or the one-time key."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in PLUMBING}
        given |= {name: self._instances(name) for name in self.rows}
        own = "entry_key" if self.is_new else "version"
        return {**given, own: self.cleaned_data[own]}

    def _instances(self, name):
        formset = self.formsets[name]
        kept = [
            form
            for form in formset.forms
            if form.has_changed() or form.initial  # an untouched spare row is nothing
        ]
        kept = [form for form in kept if not form.cleaned_data.get("DELETE")]
        if self.rows[name].ordered:
            kept.sort(key=lambda form: form.cleaned_data.get("ORDER") or len(formset.forms) + 1)
        return [form.row() for form in kept]

    def name_of(self, record) -> str:
        """What a saved record is called when it is said that it is saved."""
        return str(record)

    # ---------------------------------------------------------------- buttons that save nothing
    def more(self, name: str) -> RecordForm:
        """Itself with one more empty row."""
        if name in self.rows:
            self.data[f"{name}-TOTAL_FORMS"] = str(self.formsets[name].total_form_count() + 1)
        return type(self)(self.data, instance=self.instance).unchecked()

    def take(self, name: str) -> RecordForm:
        """Itself with a field (or kind of rows) as it stands in the record."""
        if name in self.rows:
            for key in [key for key in self.data if key.startswith(f"{name}-")]:
                del self.data[key]
            saved = self.make_rows(name, None, self.saved_rows(name))
            for field in saved.management_form:
                self.data[field.html_name] = str(field.value())
            for form in saved.forms:
                for field in form:
                    self.data.setlist(field.html_name, as_posted(field.field, field.initial))
        elif name in self.fields:
            field = self.fields[name]
            value = self.get_initial_for_field(field, name)
            self.data.setlist(self.add_prefix(name), as_posted(field, value))
        return type(self)(self.data, instance=self.instance).unchecked()

    def keeping(self, posted, before: RecordForm) -> RecordForm:
        """Itself, but a field that was changed by hand keeps what was typed. Arguments: posted, the fields as they came
        back; before, the form as it was shown."""
        data = posted.copy()
        for name, field in self.fields.items():
            was = as_posted(before.fields[name], before.get_initial_for_field(before.fields[name], name))
            if data.getlist(name) == was and name != "entry_key":
                data.setlist(name, as_posted(field, self.get_initial_for_field(field, name)))
        return type(self)(data, instance=self.instance).unchecked()

    # ---------------------------------------------------------------- two editors
    def reconciled(self, current) -> RecordForm:
        """The form again after somebody else saved the record: a field only they changed is theirs, a field only this
        editor changed stays, of one that both changed both texts are shown. Who changed what is read off the history:
        what stood there before their first change is what this editor found."""
        seen = self.cleaned_data.get("version") or 0
        found, theirs = {}, {}
        for change in Change.objects.since(current, seen):
            for label, (before, _) in change.changes.items():
                found[label] = before
                theirs.setdefault(label, change)
        mine, stands = self.texts(current), records.values(current)
        self.data["version"] = str(current.version)
        form = type(self)(self.data, instance=current)
        adopted, conflicts = [], {}
        for name in [*self.fields, *self.rows]:
            labels = [label for label in self._labels(name) if label in found]
            if all(mine.get(label, "") == stands.get(label, "") for label in labels):
                continue
            if all(mine.get(label, "") == found[label] for label in labels):
                form = form.take(name)
                adopted.append(name)
            else:
                text = "；".join(stands[label] for label in labels if stands.get(label)) or "空"
                conflicts[name] = Conflict(theirs[labels[0]], text)
        form.unchecked()
        form.adopted = [self._title(name) for name in adopted]
        form.conflicts = conflicts
        for name, conflict in conflicts.items():
            if name in form.fields:
                form.fields[name].conflict = conflict
        return form

    def texts(self, record) -> dict[str, str]:
        """The record with what was typed, as the history would tell it."""
        typed, given = copy.copy(record), self.values()
        elsewhere = {*PLUMBING, *self.rows, *self.related_texts({})}
        for name, value in given.items():
            if name not in elsewhere and hasattr(type(record), name):
                setattr(typed, name, value)
        rows = {
            rows.told_as: "；".join(str(row) for row in given[name])
            for name, rows in self.rows.items()
            if rows.told_as
        }
        told = self.related_texts(given)
        told = {self._labels(name)[0] if name in self.fields else name: text for name, text in told.items()}
        return records.values(typed, {**record.related_values(), **rows, **told})

    def related_texts(self, given) -> dict[str, str]:
        """What stands in other tables, as the history tells it: {field, or name in the history: what was typed}. Asked
        with an empty dictionary it says which fields they are."""
        return {}

    def _labels(self, name) -> tuple[str, ...]:
        if name in self.told_as:
            return self.told_as[name]
        if name in self.rows:
            return (self.rows[name].told_as,)
        model = self._meta.model
        if name in model.partial_dates:
            return (model.partial_dates[name],)
        try:
            return (str(model._meta.get_field(name).verbose_name),)
        except FieldDoesNotExist:
            return (str(self.fields[name].label),)

    def _title(self, name) -> str:
        return self.rows[name].title if name in self.rows else str(self.fields[name].label)

    # ---------------------------------------------------------------- copying
    @classmethod
    def copy_of(cls, record) -> dict:
        """Initial values for a new record like this one."""
        form = cls(instance=record)
        left_out = {*cls.not_copied, *PLUMBING}
        given = {name: value for name, value in form.initial.items() if name not in left_out}
        return given | {name: form.saved_rows(name) for name in form.rows if name not in left_out}


class StepForm(forms.Form):
    """What one step in the life of a record asks for (a day, a reason), and the version it was asked about."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, record, initial=None):
        super().__init__(data, initial={"version": record.version, **(initial or {})})
        self.record = record


def _dress(field) -> None:
    """What every field of a record looks like, whichever model it is of: the phone's own pickers for times and numbers,
    text that grows, no row of hyphens where nothing is chosen yet."""
    widget = field.widget
    if isinstance(widget, forms.Textarea):
        widget.attrs |= {"rows": 3}
        widget.attrs.pop("cols", None)
    elif isinstance(widget, forms.TimeInput):
        widget.input_type = "time"
        widget.format = "%H:%M"
    elif isinstance(widget, forms.Select) and not widget.allow_multiple_selected:
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = field.empty_label and ("请选择" if field.required else "未选")
        elif not isinstance(
            widget.choices, CallableChoiceIterator
        ):  # those are asked for when they are drawn
            widget.choices = [
                (value, "请选择" if not value and field.required else label if value else "未选")
                for value, label in widget.choices
            ]
    if isinstance(field, (forms.IntegerField, forms.DecimalField)):
        widget.attrs.setdefault(
            "inputmode", "decimal" if isinstance(field, forms.DecimalField) else "numeric"
        )


def as_posted(field, value) -> list[str]:
    """What the browser would have posted for a value."""
    if callable(value):
        value = value()
    value = field.prepare_value(value)
    if isinstance(value, bool):
        return ["on"] if value else []
    if isinstance(value, (list, tuple, models.QuerySet)):
        return [str(item) for item in value]
    shown = field.widget.format_value(value)
    if isinstance(shown, list):
        return [str(item) for item in shown if item is not None]
    return ["" if shown is None else str(shown)]


def date_widgets(model) -> dict[str, forms.Widget]:
    """The browser's calendar for each of a model's whole dates."""
    return {
        field.name: DayInput()
        for field in model._meta.concrete_fields
        if type(field) is models.DateField and field.editable
    }

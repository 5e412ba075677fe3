"""Model fields that the whole product shares."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q

from core import text as core_text
from core.dates import PartialDate


def new_key() -> str:
    """What makes an address unlike any other; migrations name this function."""
    return secrets.token_urlsafe(16)


class LineField(models.CharField):
    """One line of text: stored in NFC and trimmed, without control characters, empty rather than null."""

    default_validators = [core_text.refuse_control_characters]

    def __init__(self, *args, max_length=100, **kwargs):
        if kwargs.get("blank"):
            kwargs.setdefault("default", "")
        super().__init__(*args, max_length=max_length, **kwargs)

    def to_python(self, value):
        """Tidy what was typed before it is validated."""
        value = super().to_python(value)
        return core_text.tidy(value) if value else value


class PinyinField(models.CharField):
    """How another column of text is read (`shu zi zhu lao`), so that it can be looked for by its sound: follows from
    that column whenever the record is written, is never typed."""

    def __init__(self, verbose_name="拼音", *, source, **kwargs):
        self.source = source
        super().__init__(
            verbose_name, **{"max_length": 200, "blank": True, "default": "", "editable": False, **kwargs}
        )

    def deconstruct(self):
        """For migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, record, add):
        """Called by Django before each write, a bulk one too."""
        value = core_text.pinyin(getattr(record, self.source) or "")
        setattr(record, self.attname, value)
        return value

    @staticmethod
    def fill(app: str, name: str, field: str):
        """For the migration that adds one: a function that writes it for the rows that are there."""

        def forwards(apps, schema_editor):
            model = apps.get_model(app, name)
            source, batch = model._meta.get_field(field).source, []
            for row in model.objects.only("pk", source).iterator(chunk_size=500):
                setattr(row, field, core_text.pinyin(getattr(row, source)))
                batch.append(row)
            model.objects.bulk_update(batch, [field], batch_size=500)

        return forwards


class ProseField(models.TextField):
    """Text of several lines, never null."""

    default_validators = [core_text.refuse_control_characters]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("blank", True)
        if kwargs["blank"]:
            kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        """Tidy what was typed before it is validated."""
        value = super().to_python(value)
        return core_text.tidy(value) if value else value


class _PartialDateAttribute(property):
    """The Python side of a PartialDateField: reads and writes its two columns as one PartialDate."""

    def __init__(self, name):
        self.first, self.last = f"{name}_first", f"{name}_last"
        super().__init__(self._get, self._set)

    def _get(self, record):
        first, last = getattr(record, self.first), getattr(record, self.last)
        return PartialDate(first, last) if first and last else None

    def _set(self, record, value):
        if isinstance(value, str):
            value = PartialDate.parse(value) if value.strip() else None
        setattr(record, self.first, value.first if value else None)
        setattr(record, self.last, value.last if value else None)


class PartialDateField:
    """A date of which the day, or the month, may be unknown: two date columns, `<name>_first` and
    `<name>_last` (the first and last possible day), read and written together as `<name>`."""

    def __init__(self, verbose_name, *, db_index=False, help_text=""):
        self.verbose_name, self.db_index, self.help_text = verbose_name, db_index, help_text

    def contribute_to_class(self, cls, name, private_only=False):
        """Called by Django's model metaclass: add the two columns and the attribute that joins them."""
        for end, word in (("first", "（最早）"), ("last", "（最晚）")):
            column = models.DateField(
                f"{self.verbose_name}{word}", null=True, blank=True, editable=False, db_index=self.db_index
            )
            cls.add_to_class(f"{name}_{end}", column)
        setattr(cls, name, _PartialDateAttribute(name))
        cls.partial_dates = {**getattr(cls, "partial_dates", {}), name: self.verbose_name}


def partial_date_constraints(label: str, *names: str) -> list[models.CheckConstraint]:
    """The two columns of each partial date are both empty, or in order.

    Arguments: label, the constraint's prefix (`<app>_<model>`); names, the partial dates.
    """
    return [
        models.CheckConstraint(
            condition=Q(**{f"{name}_first__isnull": True, f"{name}_last__isnull": True})
            | Q(
                **{
                    f"{name}_first__isnull": False,
                    f"{name}_last__isnull": False,
                    f"{name}_first__lte": F(f"{name}_last"),
                }
            ),
            name=f"{label}_{name}_in_order",
            violation_error_message="日期的两端不一致",
        )
        for name in names
    ]


def not_before_constraint(label: str, start: str, end: str, message: str) -> models.CheckConstraint:
    """An end is never certainly before its beginning (both partial dates, either may be unknown)."""
    return models.CheckConstraint(
        condition=Q(**{f"{start}_first__isnull": True})
        | Q(**{f"{end}_last__isnull": True})
        | Q(**{f"{end}_last__gte": F(f"{start}_first")}),
        name=f"{label}_{end}_not_before_{start}",
        violation_error_message=message,
    )

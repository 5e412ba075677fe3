"""Templates of reports by name: a school's own wording where there is one, else the built-in one."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from reports.drafting.template import Template, builtin_names, builtin_text, read
from reports.models import ReportTemplate


def template_names() -> list[str]:
    """The names of all templates there are."""
    return sorted({*builtin_names(), *ReportTemplate.objects.values_list("name", flat=True)})


def template_text(name: str) -> str:
    """The text of a template. Raises ValidationError if there is none of this name."""
    own = ReportTemplate.objects.filter(name=name).values_list("text", flat=True).first()
    if own is not None:
        return own
    try:
        return builtin_text(name)
    except KeyError:
        raise ValidationError(f"没有名为“{name}”的报告模板，现有：{'、'.join(template_names())}") from None


def template_named(name: str) -> Template:
    """A template, read. Raises ValidationError if there is none of this name, or it cannot be read."""
    return read(template_text(name))

"""Templates of reports by name: a school's own wording where there is one, else the built-in one.

All writing of templates is here too: they belong to the installation, not to a branch.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from core.db import lock
from core.models import Change
from core.records import VersionConflict, log
from reports import figures
from reports.drafting.facts import Facts, keys_of
from reports.drafting.records import FIELDS, OUTCOME_FIELDS
from reports.drafting.template import Template, builtin_names, builtin_text, read
from reports.figures.compute import find
from reports.models import ReportTemplate

YEARLY = "yearly"


# ---------------------------------------------------------------- reading
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


def check_template(text: str) -> Template:
    """Read a template and see that all it speaks of exists. Raises ValidationError, a sentence a fault."""
    template = read(text)
    faults = []
    for name in (name for pattern in template.patterns for name in pattern.placeholders):
        if not Facts.knows(name):
            faults.append(f"没有“{{{name}}}”这一项")
        for key in keys_of(name):
            try:
                find(key)
            except figures.UnknownFigure:
                faults.append(f"“{{{name}}}”里的“{key}”不是指标")
    for record, pattern in template.records.items():
        known = FIELDS.get(record, OUTCOME_FIELDS)
        unknown = [name for name in pattern.placeholders if name not in known]
        if unknown:
            faults.append(f"记录“{record}”没有“{'”“'.join(unknown)}”，可写：{'、'.join(sorted(known))}")
    if faults:
        raise ValidationError(list(dict.fromkeys(faults)))
    return template


# ---------------------------------------------------------------- writing
def save_template(name: str, text: str, *, by, version: int) -> ReportTemplate:
    """Put a school's own wording in place of the built-in one. version: of the own wording the editor saw, 0 if there
    was none. Raises ValidationError for a faulty text, VersionConflict if somebody was faster."""
    text = text.replace("\r\n", "\n").strip() + "\n"
    check_template(text)
    with transaction.atomic():
        own = lock(ReportTemplate.objects.filter(name=name)).first() or ReportTemplate(name=name, version=0)
        if own.version != version:
            raise VersionConflict(own)
        before = own.text or builtin_text(name)
        if text == before:
            return own
        own.text, own.version = text, version + 1
        own.full_clean()
        own.save()
        _log(own, by, before, text)
    return own


def reset_template(name: str, *, by) -> None:
    """Take a school's own wording back: the built-in one stands again. Twice is once."""
    with transaction.atomic():
        if own := lock(ReportTemplate.objects.filter(name=name)).first():
            _log(own, by, own.text, builtin_text(name))
            own.delete()


def _log(own, by, before, after):
    changed = sorted({*before.splitlines()} ^ {*after.splitlines()}, key=len, reverse=True)
    log(
        Change.Verb.UPDATE,
        by=by,
        organisation=None,
        model=own._meta.label_lower,
        object_id=own.pk,
        object_name=f"报告模板 {own.name}",
        changes={"模板": ["", f"改动{len(changed)}行"]},
    )

"""Templates by name, those of reports and that of meeting records: a school's own wording where there is one, else the
built-in one.

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
from reports.minutes import template as minutes
from reports.models import ReportTemplate

YEARLY = "yearly"
MINUTES = "minutes"  # the record of a meeting; no report is made by it
_NAMES = {YEARLY: "报告模板", MINUTES: "会议记录模板"}


# ---------------------------------------------------------------- reading
def template_names() -> list[str]:
    """The names of all templates of reports there are."""
    own = ReportTemplate.objects.exclude(name=MINUTES).values_list("name", flat=True)
    return sorted({*builtin_names(), *own})


def builtin(name: str) -> str:
    """The text of a built-in template, of whichever sort. Raises KeyError if there is none of this name."""
    return minutes.builtin_text() if name == MINUTES else builtin_text(name)


def own_text(name: str) -> str | None:
    """A school's own wording, if it has one."""
    return ReportTemplate.objects.filter(name=name).values_list("text", flat=True).first()


def minutes_text() -> str:
    """The template of meeting records."""
    return own_text(MINUTES) or builtin(MINUTES)


def template_text(name: str) -> str:
    """The text of a template of reports. Raises ValidationError if there is none of this name."""
    own = own_text(name) if name != MINUTES else None
    if own is not None:
        return own
    try:
        return builtin_text(name)
    except KeyError:
        raise ValidationError(f"没有名为“{name}”的报告模板，现有：{'、'.join(template_names())}") from None


def template_named(name: str) -> Template:
    """A template, read. Raises ValidationError if there is none of this name, or it cannot be read."""
    return read(template_text(name))


def check(name: str, text: str) -> None:
    """See that a template of either sort can be read. Raises ValidationError, a sentence a fault."""
    minutes.read(text) if name == MINUTES else check_template(text)


def check_template(text: str) -> Template:
    """Read a template of reports and see that all it speaks of exists. Raises ValidationError, a sentence a fault."""
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
    check(name, text)
    with transaction.atomic():
        own = lock(ReportTemplate.objects.filter(name=name)).first() or ReportTemplate(name=name, version=0)
        if own.version != version:
            raise VersionConflict(own)
        before = own.text or builtin(name)
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
            _log(own, by, own.text, builtin(name))
            own.delete()


def _log(own, by, before, after):
    changed = sorted({*before.splitlines()} ^ {*after.splitlines()}, key=len, reverse=True)
    log(
        Change.Verb.UPDATE,
        by=by,
        organisation=None,
        model=own._meta.label_lower,
        object_id=own.pk,
        object_name=f"{_NAMES.get(own.name, _NAMES[YEARLY])} {own.name}",
        changes={"模板": ["", f"改动{len(changed)}行"]},
    )

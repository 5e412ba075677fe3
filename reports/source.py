"""What `reports` tells the apps to its left: the records behind a figure, and the figures a record counts in."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from core.counting import Behind, Counted, Supposed
from core.dates import Window
from reports.figures import UnknownFigure, compute_each
from reports.figures.compute import find, ratio_text, records_behind
from reports.figures.families import FAMILIES, Vocabulary
from reports.figures.tally import tally
from reports.links import figure_url

# The list that shows a figure's records, by the beginning of its key; the first that fits.
_LISTS = [
    ("outcomes.book.contributors", "branch:member_list"),
    ("outcomes.", "outcomes:outcome_list"),
    ("partnerships.joint_activities", "activities:activity_list"),
    ("partnerships.partners", "partnerships:partner_list"),
    ("partnerships.agreements", "partnerships:agreement_list"),
    ("partnerships.plan_items", "partnerships:planitem_list"),
    ("members.", "branch:member_list"),
    ("certifications.", "branch:member_list"),
    ("", "activities:activity_list"),
]


def records_url(key: str, window: Window, branch: str | None = None) -> str:
    """The list of exactly the records behind a figure. Arguments: branch, the code of the one to look at; "" for all
    of a committee's, None for the one in view."""
    page = next(name for beginning, name in _LISTS if key.startswith(beginning))
    query = {"figure": key, "window": str(window)}
    if branch is not None:
        query["branch"] = branch
    return f"{reverse(page)}?{urlencode(query)}"


def behind(key: str, organisations, window: Window) -> Behind | None:
    """The records behind a figure; None if there is no such figure."""
    try:
        family, question = find(key)
    except UnknownFigure:
        return None
    rows = records_behind(family, question, organisations, window)
    return Behind(key, question.label, rows, figure_url(key, window))


def counted_in(record, window: Window) -> list[Counted]:
    """The figures of the record's branch over the window in which the record counts, in report order."""
    arms = [(family, rows) for family in FAMILIES if (rows := _rows_of(record, family, window)) is not None]
    told = [(family, groups) for (family, _), groups in zip(arms, tally(arms), strict=True) if groups]
    vocabulary = Vocabulary(
        group["type__name"] for _, groups in told for group in groups if "type__name" in group
    )
    return [
        Counted(question.key, question.label, amount, records_url(question.key, window))
        for family, groups in told
        for question in family.questions(vocabulary)
        if (amount := _amount(question, groups))
    ]


def supposed(key: str, organisation: int, also) -> list[Supposed]:
    """A ratio on each day, as it is and as it would be if some more counted: {day: their ids}."""
    windows = {Window(day, day): more for day, more in also.items()}
    family, question = find(key)
    found = []
    for window, figures in compute_each([organisation], windows, [key, question.ratio_to]).items():
        figures, more = figures[organisation], set(windows[window])
        if more:
            behind = records_behind(family, question, [organisation], window).filter(pk__in=more)
            more -= set(behind.values_list("pk", flat=True))
        # Of a type that nobody has a record of yet there is no figure.
        numerator = figures[key].numerator if key in figures else 0
        denominator = figures[question.ratio_to].value
        now, then = (ratio_text(number, denominator) for number in (numerator, numerator + len(more)))
        found.append(Supposed(now, then))
    return found


def _rows_of(record, family, window) -> QuerySet | None:
    """The family's rows that are the record, or stand for it; None if none can be."""
    rows = family.rows(window, [record.organisation_id])
    if rows.model is type(record):
        return rows.filter(pk=record.pk)
    return rows.filter(**{family.unit: record.pk}) if family.listed is type(record) else None


def _amount(question, groups) -> str:
    """What the groups of one record's rows add to a figure, in words; "" if nothing."""
    groups = [group for group in groups if question.asks_of(group)]
    if question.sums:
        added = sum(group[f"sum_{question.sums}"] for group in groups)
        return f"{added:,} {question.unit}" if added else ""
    if not groups:
        return ""
    return "计入分子" if question.ratio_to else f"1 {question.unit}"

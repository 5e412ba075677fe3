"""What `reports` tells the apps to its left: the records behind a figure, and the figures a record counts in."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from core.counting import Behind, Counted
from core.dates import Window
from reports.figures import UnknownFigure
from reports.figures.compute import find, records_behind
from reports.figures.families import FAMILIES, Vocabulary
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
    found, types = [], set()
    for family in FAMILIES:
        rows = family.rows(window, [record.organisation_id])
        if rows.model is type(record):
            rows = rows.filter(pk=record.pk)
        elif family.listed is type(record):
            rows = rows.filter(**{family.unit: record.pk})
        else:
            continue
        rows = list(rows.order_by().values("pk", *family.dimensions, *family.sums))
        types |= {row["type__name"] for row in rows if "type__name" in row}
        found.append((family, rows))
    vocabulary = Vocabulary(types) if any(rows for _, rows in found) else None
    return [
        Counted(question.key, question.label, amount, records_url(question.key, window))
        for family, rows in found
        if rows
        for question in family.questions(vocabulary)
        if (amount := _amount(question, rows))
    ]


def _amount(question, rows) -> str:
    """What the rows of one record add to a figure, in words; "" if nothing."""
    rows = [row for row in rows if all(row[column] == value for column, value in question.where.items())]
    if question.sums:
        added = sum(row[question.sums] or 0 for row in rows)
        return f"{added:,} {question.unit}" if added else ""
    if not rows:
        return ""
    return "计入分子" if question.ratio_to else f"1 {question.unit}"

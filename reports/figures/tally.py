"""The one query behind all figures: the rows of any families, over any windows, counted and summed by dimension.

Each arm of a UNION is one family's rows over one window. A union needs like columns, so every arm has as many texts,
flags and sums as the widest of them, those it lacks filled with a constant.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.db.models import Count, QuerySet, Sum, Value

from reports.figures.families import Family

_NO_TEXT = Value("", output_field=models.CharField())
_NO_FLAG = Value(False, output_field=models.BooleanField())
_NO_SUM = Value(Decimal(0), output_field=models.DecimalField())


def tally(arms: Iterable[tuple[Family, QuerySet]]) -> list[list[dict]]:
    """For each arm, a family and rows of it, its groups: {organisation, each dimension, units, sum_… of each sum}."""
    arms = list(arms)
    found: list[list[dict]] = [[] for _ in arms]
    widths = [
        max((len(getattr(family, name)) for family, _ in arms), default=0)
        for name in ("texts", "flags", "sums")
    ]
    queries = [_arm(number, family, rows, *widths) for number, (family, rows) in enumerate(arms)]
    if queries:
        for number, *cells in queries[0].union(*queries[1:], all=True):
            found[number].append(_group(arms[number][0], cells, *widths[:2]))
    return found


def _arm(number: int, family: Family, rows: QuerySet, texts: int, flags: int, sums: int) -> QuerySet:
    counted = (
        rows.order_by()
        .values(family.organisation, *family.dimensions)
        .annotate(
            units=Count(family.unit, distinct=family.unit != "pk"),
            **{f"sum_{column}": Sum(column) for column in family.sums},
        )
    )
    return counted.values_list(
        Value(number),
        family.organisation,
        "units",
        *_filled(family.texts, texts, _NO_TEXT),
        *_filled(family.flags, flags, _NO_FLAG),
        *_filled([f"sum_{column}" for column in family.sums], sums, _NO_SUM),
    )


def _filled(columns, width: int, nothing: Value) -> list:
    return [*columns, *[nothing] * (width - len(columns))]


def _group(family: Family, cells: list, texts: int, flags: int) -> dict:
    organisation, units, *cells = cells
    numbers = zip(family.sums, cells[texts + flags :], strict=False)
    return {
        "organisation": organisation,
        "units": units,
        **dict(zip(family.texts, cells[:texts], strict=False)),
        **dict(zip(family.flags, cells[texts : texts + flags], strict=False)),
        **{f"sum_{column}": number or 0 for column, number in numbers},
    }

"""Activities as pictures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from django.db.models import Count
from django.db.models.functions import TruncMonth

from core.charts import Columns, Series, Value
from core.dates import Window

MOST_MONTHS = 24  # beyond, columns and their names get too thin to read


def count_by_month(activities) -> dict[dt.date, int]:
    """How many of the activities began in each month, by its first day. One query."""
    months = activities.order_by().annotate(month=TruncMonth("starts_on")).values_list("month")
    return dict(months.annotate(number=Count("pk")))


def by_month(
    counts: Mapping[dt.date, int], window: Window, url: Callable[[dt.date], str] = lambda month: ""
) -> Columns | None:
    """The activities held in each month of a window; None where it has too many.

    Arguments: counts, by the first day of the month; url, the list of a month's activities.
    """
    months = window.months
    if len(months) > MOST_MONTHS:
        return None
    years = len({month.year for month in months}) > 1
    return Columns(
        f"{window.in_words}各月已举办活动",
        "月份",
        tuple(f"{month.year}年{month.month}月" for month in months),
        (
            Series(
                "已举办", tuple(Value(counts.get(month, 0), _link(counts, month, url)) for month in months)
            ),
        ),
        "场",
        short=tuple(
            f"{month.month}月\n{month.year}" if years and (month.month == 1 or not at) else f"{month.month}月"
            for at, month in enumerate(months)
        ),
    )


def _link(counts, month, url):
    return url(month) if counts.get(month) else ""

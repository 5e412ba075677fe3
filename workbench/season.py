"""When members are asked about a year: from 10 December on, for the material of the yearly report is collected then, to
the end of January, when the report is due."""

from __future__ import annotations

import datetime as dt

_OPENS = (12, 10)
_JANUARY = dt.timedelta(days=31)


def year_in_season(day: dt.date) -> int | None:
    """The year that members are asked about on this day; None outside the season."""
    if day.month == 1:
        return day.year - 1
    return day.year if (day.month, day.day) >= _OPENS else None


def deadline(year: int, day: dt.date) -> dt.date | None:
    """By when an answer about the year is wanted: before the year is out, else by the end of January. None later on,
    when only what is asked for again is wanted."""
    last = dt.date(year, 12, 31)
    return next((end for end in (last, last + _JANUARY) if day <= end), None)

"""The year's activities as a picture: one square a day, drawn here so that page, print and phone show the same."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from core.dates import Window

_STEP = 13.4
_ROOM = 26  # between the names of two months


@dataclass(frozen=True)
class Square:
    """One day. css: n0–n3 by how many, fut for days to come, is-today."""

    x: float
    y: float
    css: str
    title: str


@dataclass(frozen=True)
class Month:
    """The squares of one month, which lead to it. x: where its name stands; name: "" where there is no room for it."""

    first: dt.date
    x: float
    name: str
    label: str
    squares: list[Square]


@dataclass(frozen=True)
class Heat:
    """The picture: its months, its width, the busiest months in words."""

    months: list[Month]
    width: float
    busiest: str


def heat(days: Counter[dt.date], window: Window, today: dt.date) -> Heat | None:
    """The picture of a window of at most 54 weeks (None for a longer one)."""
    monday = window.start - dt.timedelta(days=window.start.weekday())
    weeks = (window.end - monday).days // 7 + 1
    if weeks > 54:
        return None
    per_month = Counter()
    for day, number in days.items():
        per_month[(day.year, day.month)] += number
    months, named_at = [], -_ROOM
    for offset in range((window.end - window.start).days + 1):
        day = window.start + dt.timedelta(days=offset)
        x = round(26 + (day - monday).days // 7 * _STEP, 1)
        if day.day == 1 or day == window.start:
            name = f"{day.month}月" if x - named_at > _ROOM else ""
            named_at = x if name else named_at
            label = f"{day.year}年{day.month}月，{per_month[(day.year, day.month)]} 次"
            months.append(Month(day.replace(day=1), x, name, label, []))
        number = days[day]
        css = "fut" if day > today and not number else f"n{min(number, 3)}"
        css += " is-today" if day == today else ""
        title = f"{day.month}月{day.day}日 {number} 次" if number else ""
        months[-1].squares.append(Square(x, round(22 + day.weekday() * _STEP, 1), css, title))
    most = max(per_month.values(), default=0)
    named = "、".join(f"{month} 月" for (_, month), number in sorted(per_month.items()) if number == most)
    busiest = (
        f"最忙：{named}{'各' if list(per_month.values()).count(most) > 1 else ''} {most} 次" if most else ""
    )
    return Heat(months, round(26 + weeks * _STEP, 1), busiest)

"""What lists and record pages ask about figures, though the apps they belong to know none.

`reports` stands to the right of the records it counts, so it comes here in `AppConfig.ready()` and says how to answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from django.db.models import QuerySet

from core.dates import Window


@dataclass(frozen=True)
class Behind:
    """The records behind one figure. label: what the figure is called; rows: of the model that its list shows; url:
    the page that says how it is counted."""

    key: str
    label: str
    rows: QuerySet
    url: str


@dataclass(frozen=True)
class Counted:
    """One figure in which a record counts. amount: what it adds, with the unit; url: all records of that figure."""

    key: str
    label: str
    amount: str
    url: str


@dataclass(frozen=True)
class Supposed:
    """A ratio on a day, as it is and as it would be, both as they are printed: 15/17(88.2%)."""

    now: str
    then: str


class Source(Protocol):
    """What `reports` provides."""

    def behind(self, key: str, organisations, window: Window) -> Behind | None:
        """The records behind a figure; None if there is no such figure."""

    def counted_in(self, record, window: Window) -> list[Counted]:
        """The figures of the record's branch over the window in which the record counts."""

    def supposed(
        self, key: str, organisation: int, also: Mapping[dt.date, Collection[int]]
    ) -> list[Supposed]:
        """A ratio on each of some days, if some more of what its numerator counts counted too."""


_sources: list[Source] = []


def provide(source: Source) -> None:
    """Register the source (a second one replaces the first)."""
    _sources[:] = [source]


def behind(key: str, organisations, window: Window) -> Behind | None:
    """The records behind a figure; None if there is no such figure."""
    return _sources[0].behind(key, organisations, window) if _sources else None


def counted_in(record, window: Window) -> list[Counted]:
    """The figures over the window in which a record counts."""
    return _sources[0].counted_in(record, window) if _sources else []


def supposed(key: str, organisation: int, also: Mapping[dt.date, Collection[int]]) -> list[Supposed]:
    """A ratio of a branch on each of some days, as it is and as it would be if these counted too (once, if they do
    already).

    Arguments: organisation, its id; also, {day: ids of what the numerator counts}.
    """
    return _sources[0].supposed(key, organisation, also) if _sources else []


def ratio_text(numerator: int, denominator: int) -> str:
    """A ratio with both its parts: `16/17(94.1%)`, one decimal, rounded half up; `0/0` with nothing to divide by."""
    if not denominator:
        return f"{numerator}/{denominator}"
    percent = (Decimal(numerator) * 100 / Decimal(denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{numerator}/{denominator}({percent}%)"

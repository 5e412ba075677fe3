"""What lists and record pages ask about figures, though the apps they belong to know none.

`reports` stands to the right of the records it counts, so it comes here in `AppConfig.ready()` and says how to answer.
"""

from __future__ import annotations

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


class Source(Protocol):
    """What `reports` provides."""

    def behind(self, key: str, organisations, window: Window) -> Behind | None:
        """The records behind a figure; None if there is no such figure."""

    def counted_in(self, record, window: Window) -> list[Counted]:
        """The figures of the record's branch over the window in which the record counts."""


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


def ratio_text(numerator: int, denominator: int) -> str:
    """A ratio with both its parts: `16/17(94.1%)`, one decimal, rounded half up; `0/0` with nothing to divide by."""
    if not denominator:
        return f"{numerator}/{denominator}"
    percent = (Decimal(numerator) * 100 / Decimal(denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{numerator}/{denominator}({percent}%)"

"""What a chart says, before anybody draws it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

_OURS = re.compile(r"(/(?!/)|\?|#|https?://)")


def _check_url(url: str) -> None:
    if url and not _OURS.match(url):
        raise ValueError(f"not an address of a page: {url[:60]!r}")


@dataclass(frozen=True)
class Value:
    """One number of a chart. amount: counts and sums, never below zero; url: the records behind it, on a page.

    Raises ValueError for what is no amount and for an address that is none of ours (`javascript:`).
    """

    amount: int | Decimal | float
    url: str = ""

    def __post_init__(self):
        if not math.isfinite(self.amount) or self.amount < 0:
            raise ValueError(f"no amount for a bar: {self.amount}")
        _check_url(self.url)

    @property
    def text(self) -> str:
        """As it is printed: 1,086 · 12.5."""
        if isinstance(self.amount, int):
            return f"{self.amount:,}"
        text = f"{self.amount:,.2f}"
        return text.rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Series:
    """What is drawn alike: a year, a level. values: one for each category, in the same order."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class _Grid:
    """title: what the picture shows, said to those who do not see it; of: what the categories are (任务线);
    categories and series: read in the order given; unit: of every number. Raises ValueError where they do not fit."""

    title: str
    of: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""

    def __post_init__(self):
        if any(len(series.values) != len(self.categories) for series in self.series):
            raise ValueError(f"{self.title}: a series needs one value for each category")

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw: no number but zero."""
        return not any(value.amount for series in self.series for value in series.values)


@dataclass(frozen=True)
class Bars(_Grid):
    """Upright bars side by side, such as last year and this year: at most six series, the last is the strongest."""

    def __post_init__(self):
        super().__post_init__()
        if len(self.series) > 6:
            raise ValueError(f"{self.title}: more than six bars side by side cannot be told apart")


@dataclass(frozen=True)
class Columns(_Grid):
    """One series over time. short: what stands under each column; a line end in it begins a second line."""

    short: tuple[str, ...] = ()

    def __post_init__(self):
        super().__post_init__()
        if len(self.series) > 1 or len(self.short) not in (0, len(self.categories)):
            raise ValueError(f"{self.title}: one series, and one short name for each column")


@dataclass(frozen=True)
class Stacked(_Grid):
    """Lying bars cut into segments that add up, such as levels, the highest first. rest: the name of the series of
    what has none (未定级), drawn as an open box; wholes: the records of each whole bar, on a page."""

    rest: str = ""
    wholes: tuple[str, ...] = ()

    def __post_init__(self):
        super().__post_init__()
        if len(self.wholes) not in (0, len(self.categories)):
            raise ValueError(f"{self.title}: one address for each category")

    @property
    def used(self) -> list[Series]:
        """The series that any row has something of; the others are neither drawn nor explained."""
        return [series for series in self.series if any(value.amount for value in series.values)]

    @property
    def sums(self) -> tuple[Value, ...]:
        """What each row adds up to."""
        wholes = self.wholes or [""] * len(self.categories)
        return tuple(
            Value(sum(series.values[at].amount for series in self.series), wholes[at])
            for at in range(len(self.categories))
        )


@dataclass(frozen=True)
class Goal:
    """One target. actual, target: as they are printed; rate: how much of it is reached, 1 for all, None if unknown."""

    label: str
    actual: str
    target: str
    rate: Decimal | float | None
    unit: str = ""
    url: str = ""

    def __post_init__(self):
        _check_url(self.url)

    @property
    def is_met(self) -> bool:
        """Whether it is reached."""
        return self.rate is not None and self.rate >= 1

    @property
    def percent(self) -> str:
        """83.3%, 125.0%; — if unknown."""
        return "—" if self.rate is None else f"{self.rate * 100:.1f}%"

    @property
    def state(self) -> str:
        """In a word."""
        return "已达成" if self.is_met else "未达成"


@dataclass(frozen=True)
class Progress:
    """How far targets are reached; drawn in `ordered`."""

    title: str
    goals: tuple[Goal, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is no target."""
        return not self.goals

    @property
    def ordered(self) -> list[Goal]:
        """Those not reached first, the farthest before; those reached in the order given."""
        return sorted(self.goals, key=lambda goal: (goal.is_met, 0 if goal.is_met else goal.rate or 0))


Chart = Bars | Columns | Stacked | Progress


# ---------------------------------------------------------------- in rows and in words
@dataclass(frozen=True)
class Cell:
    """A cell of a chart's table."""

    text: str
    url: str = ""


def rows_of(chart: Chart) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """The table of a chart: heads and rows, the sum last where the parts add up. The numbers are the chart's own."""
    if isinstance(chart, Progress):
        heads = ("指标", "完成", "目标", "完成率", "状态")
        return heads, [
            (
                Cell(goal.label),
                Cell(_with_unit(goal.actual, goal.unit), goal.url),
                Cell(_with_unit(goal.target, goal.unit)),
                Cell(goal.percent),
                Cell(goal.state),
            )
            for goal in chart.ordered
        ]
    with_sums = isinstance(chart, Stacked)
    shown = chart.used if with_sums else chart.series
    heads = (chart.of, *(series.name for series in shown), *(["合计"] if with_sums else []))
    rows = [
        (
            Cell(category),
            *(Cell(series.values[at].text, series.values[at].url) for series in shown),
            *([Cell(chart.sums[at].text, chart.sums[at].url)] if with_sums else []),
        )
        for at, category in enumerate(chart.categories)
    ]
    if not isinstance(chart, Bars):  # bars may overlap (an activity serves several task lines)
        totals = [sum(value.amount for value in series.values) for series in shown]
        totals += [sum(totals)] if with_sums else []
        rows.append((Cell("合计"), *(Cell(Value(total).text) for total in totals)))
    return heads, rows


def in_words(chart: Chart) -> str:
    """The text alternative: every number that is not zero."""
    if isinstance(chart, Progress):
        return "；".join(
            f"{goal.label}{_with_unit(goal.actual, goal.unit)}，目标{goal.target}，{goal.state}"
            for goal in chart.ordered
        )
    told = []
    for series in chart.series:
        parts = [
            f"{category}{value.text}{chart.unit}"
            for category, value in zip(chart.categories, series.values, strict=True)
            if value.amount
        ]
        if parts:
            told.append(f"{series.name}：{'，'.join(parts)}")
    return "；".join(told)


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if unit else text

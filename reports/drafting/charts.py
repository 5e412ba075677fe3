"""The charts of a report, from its frozen figures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from core.charts import Bars, Chart, Columns, Goal, Progress, Series, Stacked, Value
from reports.drafting.facts import HEADINGS, Facts, goal_of, goal_text
from reports.drafting.words import LEVELS

_LONGEST = 24  # months in one chart


def draw(which: str, facts: Facts) -> tuple[str, Chart | None, str]:
    """A chart: its caption, the chart (None where there is nothing to show), the table that holds its numbers."""
    caption, chart, table = _CHARTS[which](facts)
    return caption, (None if chart is None or chart.is_empty else chart), table


def _lines(facts):
    """Activities by task line, beside last year's."""
    before = facts.material["last_year"]
    keys = [f"activities.line:{line}" for line in HEADINGS]
    this = Series(facts.short_label, tuple(Value(facts.value(key)) for key in keys))
    last = Series("上年" if facts.is_year else "上年同期", tuple(Value(_before(before, key)) for key in keys))
    caption = "各任务线活动场次及与上年比较" if facts.is_year else "各任务线活动场次及与上年同期比较"
    series = (last, this) if any(value.amount for value in last.values) else (this,)
    return caption, Bars(caption, "任务线", tuple(HEADINGS.values()), series, "场"), "指标"


def _before(before, key) -> int:
    return int(before[key]["value"]) if key in before else 0


def _levels(facts):
    """Results by kind and level."""
    kinds = [
        key
        for key, figure in facts.figures.items()
        if key.startswith("outcomes.")
        and ":" not in key
        and any(facts.value(f"{key}:{level}") for level in LEVELS)
    ]
    series = [
        Series(word, tuple(Value(facts.value(f"{key}:{level}")) for key in kinds))
        for level, word in LEVELS.items()
    ]
    levelled = [sum(part.values[at].amount for part in series) for at in range(len(kinds))]
    rest = tuple(Value(facts.value(key) - levelled[at]) for at, key in enumerate(kinds))
    series = [
        part for part in (*series, Series("未定级", rest)) if any(value.amount for value in part.values)
    ]
    names = tuple(facts.figures[key]["label"] for key in kinds)
    caption = "成果分类分级情况"
    return caption, Stacked(caption, "类型", names, tuple(series), rest="未定级"), "成果"


def _months(facts):
    """Activities by month."""
    months, day = [], facts.start.replace(day=1)
    while day <= facts.end:
        months.append(day)
        day = (day + dt.timedelta(days=32)).replace(day=1)
    if not 1 < len(months) <= _LONGEST:
        return "", None, ""
    held = dict.fromkeys(months, 0)
    for row in facts.material["activities"]:
        held[dt.date.fromisoformat(row["date"]).replace(day=1)] += 1
    one_year = months[0].year == months[-1].year
    names = tuple(f"{month.month}月" if one_year else f"{month.year}年{month.month}月" for month in months)
    short = tuple(
        f"{month.month}月" if one_year or (at and month.month > 1) else f"{month.month}月\n{month.year}"
        for at, month in enumerate(months)
    )
    caption = "各月活动场次"
    values = tuple(Value(held[month]) for month in months)
    return caption, Columns(caption, "月份", names, (Series("活动", values),), "场", short=short), "活动"


def _targets(facts):
    """How far the declared targets are reached."""
    goals = []
    for key, target in facts.material["targets"].items():
        if figure := facts.figures.get(key):
            goal = goal_of(figure, target)
            rate = Decimal(str(figure["value"] or 0)) / goal if goal else None
            goals.append(
                Goal(figure["label"], figure["display"], goal_text(figure, target), rate, figure["unit"])
            )
    caption = "指标完成进度"
    return caption, Progress(caption, tuple(goals)), "指标"


_CHARTS = {"任务线": _lines, "级别": _levels, "月份": _months, "目标": _targets}
NAMES = tuple(_CHARTS)

"""The pictures of a report, and the same ones on the home page: from figures alone, so that they cannot disagree."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal

from activities.charts import by_month
from activities.models import TaskLine
from core.charts import Bars, Chart, Goal, Progress, Series, Stacked, Value
from core.dates import Window
from outcomes.charts import by_level
from outcomes.models import Level
from reports.freezing import Frozen
from reports.goals import goal_text, rate_of

WIDTH = 567  # 150 mm in units of 1/96 inch

_KIND = re.compile(r"outcomes\.([^.:]+)")  # the figure of a kind; what follows a dot or colon is a part of it

Numbers = Mapping[str, int]


def year_on_year(
    now: Numbers, before: Numbers, window: Window, url: Callable[[str, Window], str] = lambda key, window: ""
) -> Bars:
    """The activities of each task line, beside those of the window a year before.

    Arguments: now, before: figure → number (a key that is missing is zero); url, the records behind a figure.
    """
    keys = [f"activities.line:{line.value}" for line in TaskLine]
    return Bars(
        f"{window.in_words}各任务线活动与上年比较",
        "任务线",
        tuple(line.label for line in TaskLine),
        tuple(
            Series(
                about.label,
                tuple(
                    Value(numbers.get(key, 0), url(key, about) if numbers.get(key) else "") for key in keys
                ),
            )
            for numbers, about in ((before, window.previous()), (now, window))
        ),
        "场",
    )


def levels(
    now: Numbers,
    labels: Mapping[str, str],
    window: Window,
    url: Callable[[str, str | None], str] = lambda kind, level: "",
) -> Stacked:
    """The levels of the results of each kind that has levels at all.

    Arguments: labels, figure → what it is called, in the order to draw; url, the records of a kind at a level, as
    outcomes.charts.by_level asks for it.
    """
    kinds = [(match[1], label) for key, label in labels.items() if (match := _KIND.fullmatch(key))]
    counts = {}
    for kind, _ in kinds:
        parts = {level.value: now.get(f"outcomes.{kind}:{level.value}", 0) for level in Level}
        if any(parts.values()):
            parts[""] = now.get(f"outcomes.{kind}", 0) - sum(parts.values())
            counts |= {(kind, level): number for level, number in parts.items()}
    return by_level(counts, kinds, f"{window.in_words}各类成果的级别", url)


def of_report(frozen: Frozen) -> dict[str, Chart]:
    """The charts of a frozen report: lines, months, levels, targets; those with nothing to draw are left out."""
    figures = {figure["key"]: figure for figure in frozen.figures["figures"]}
    window = Window(*(dt.date.fromisoformat(frozen.figures["window"][end]) for end in ("start", "end")))
    now = {key: figure["value"] for key, figure in figures.items() if isinstance(figure["value"], int)}
    before = {
        key: int(last["value"])
        for key, last in frozen.material["last_year"].items()
        if key.startswith("activities.line:")
    }
    held = Counter(
        dt.date.fromisoformat(activity["date"]).replace(day=1) for activity in frozen.material["activities"]
    )
    labels = {key: figure["label"] for key, figure in figures.items()}
    charts = {
        "lines": year_on_year(now, before, window),
        "months": by_month(held, window),
        "levels": levels(now, labels, window),
        "targets": _targets(figures, frozen.material["targets"], window),
    }
    return {name: chart for name, chart in charts.items() if chart and not chart.is_empty}


def _targets(figures, targets, window) -> Progress:
    goals = []
    for key, figure in figures.items():
        if target := targets.get(key):
            rate = rate_of(figure, target)
            goals.append(
                Goal(
                    figure["label"],
                    figure["display"],
                    goal_text(figure, target),
                    Decimal(1) if rate is None else rate,
                    figure["unit"],
                )
            )
    return Progress(f"{window.in_words}目标完成情况", tuple(goals))

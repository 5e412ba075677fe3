"""Figures as the home page shows them: cards with what they are made of, targets, the whole list by task line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from activities.models import TaskLine
from core import charts
from core.dates import Window
from outcomes.models import Level
from reports.figures import Figure
from reports.source import records_url

Figures = Mapping[str, Figure]

_CARDS = [
    ("members.total", "党员"),
    ("", ""),  # the certification held by most
    ("outreach.person_times", "服务人次"),
    ("outcomes.competition_award", "竞赛获奖"),
    ("outcomes.paper", "学术论文"),
    ("outcomes.party_paper", "党建论文"),
    ("outcomes.vertical_project", "纵向课题"),
    ("outcomes.teaching_reform_project", "教改课题"),
    ("outcomes.patent:invention", "发明专利授权"),
    ("outcomes.patent:utility_model", "实用新型授权"),
    ("outcomes.software_copyright", "软件著作权"),
    ("outcomes.book.contributors", "参编教材"),
]
_SHORT = {
    Level.INTERNATIONAL: "国际",
    Level.NATIONAL: "国",
    Level.PROVINCIAL: "省",
    Level.MUNICIPAL: "市",
    Level.UNIVERSITY: "校",
    Level.COLLEGE: "院",
}


@dataclass(frozen=True)
class Card:
    """One figure as a card."""

    label: str
    value: str
    unit: str
    note: str
    url: str


def cards(now: Figures, before: Figures, window: Window) -> list[Card]:
    """The twelve cards of home."""
    ratios = [figure for key, figure in now.items() if key.startswith("certifications.ratio:")]
    certification = max(ratios, key=lambda figure: figure.numerator, default=None)
    made = []
    for key, label in _CARDS:
        if key:
            figure = now[key]
            made.append(
                Card(label, figure.display, figure.unit, _note(figure, now, before), records_url(key, window))
            )
        elif certification:
            name = certification.key.partition(":")[2]
            percent = certification.display.partition("(")[2].rstrip(")") or "—"
            made.append(
                Card(
                    f"{name} 持证",
                    f"{certification.numerator}",
                    f"/{certification.denominator}",
                    f"{percent} · 至{window.as_of.month}月{window.as_of.day}日",
                    records_url(certification.key, window),
                )
            )
    return made


def _note(figure: Figure, now: Figures, before: Figures) -> str:
    """What a figure is made of, else how it compares with the window before."""
    if figure.key == "members.total":
        return f"正式 {now['members.full'].display} · 预备 {now['members.probationary'].display}"
    if figure.key == "outreach.person_times":
        measured, estimated = (now[f"{figure.key}:{part}"].display for part in ("measured", "estimated"))
        return f"实测 {measured} · 估计 {estimated}"
    if figure.key == "outcomes.patent:invention":
        applied = now["outcomes.patent:applied"]
        if applied.value:
            return f"受理、公开 {applied.display} 件不计入"
    if ":" not in figure.key:
        levels = [
            f"{word} {part.display}"
            for level, word in _SHORT.items()
            if (part := now.get(f"{figure.key}:{level.value}")) and part.value
        ]
        if len(levels) > 1:
            return " · ".join(levels)
    last = before.get(figure.key)
    if last is None or not isinstance(figure.value, int):
        return ""
    change = figure.value - last.value
    return f"较上年 {change:+,}" if change else "与上年持平"


# ---------------------------------------------------------------- targets
@dataclass(frozen=True)
class Progress:
    """One target against its figure. part: hundredths for the bar; rate: how much is reached, 1 for all, None where
    there is no such figure."""

    target: object
    label: str
    actual: str
    goal: str
    unit: str
    part: float
    is_met: bool
    url: str
    rate: Decimal | None = None


def progress(targets, now: Figures, window: Window) -> list[Progress]:
    """Targets with their figures, those not reached first, the farthest of them before."""
    found = []
    for target in targets:
        figure = now.get(target.figure)
        if figure is None:
            found.append(Progress(target, target.figure, "—", f"{target.value:g}", "", 0, False, ""))
            continue
        value = Decimal(figure.value or 0)
        goal = target.value
        # A share may be declared as 0.9 or as 90.
        share = goal / 100 if figure.is_ratio and goal > 1 else goal
        rate = value / share if share else Decimal(1)
        part = float(min(rate * 100, 100))
        words = (
            (f"{value * 100:.1f}%", f"{(share * 100).normalize():f}%")
            if figure.is_ratio
            else (figure.display, f"{goal.normalize():,f}")
        )
        found.append(
            Progress(
                target,
                figure.label,
                *words,
                figure.unit,
                part,
                value >= share,
                records_url(figure.key, window),
                rate,
            )
        )
    return sorted(found, key=lambda item: (item.is_met, item.part if not item.is_met else 0))


def progress_chart(found: list[Progress], window: Window) -> charts.Progress:
    """The same as a picture."""
    goals = (
        charts.Goal(item.label, item.actual, item.goal, item.rate, item.unit, item.url) for item in found
    )
    return charts.Progress(f"{window.label}目标进度", tuple(goals))


# ---------------------------------------------------------------- all of them
def by_line(now: Figures, before: Figures, window: Window) -> list[tuple[str, list]]:
    """Every figure there is, by task line: (line, [(figure, the value before, url)]); zeros that need not be are left
    out."""
    groups: dict[str, list] = {"": []} | {line.value: [] for line in TaskLine}
    for key, figure in now.items():
        if figure.is_zero and ":" in key:
            continue
        groups[figure.line or ""].append(
            (figure, before[key].display if key in before else "", records_url(key, window))
        )
    names = {"": "全部活动"} | {line.value: line.label for line in TaskLine}
    return [(names[line], rows) for line, rows in groups.items() if rows]

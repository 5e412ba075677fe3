"""How each chart looks: no grid, no ticks, every number where it is; light beside dark, so that it holds in grey.

One unit is a CSS pixel on a page and 1/96 inch on paper; text is 12 (9 pt), numbers on bars 11.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.charts import canvas
from core.charts.canvas import INK, PAPER, RULE, TEXT, TEXT_2, TEXT_3, TRACK, Element, sheet, width_of, wrap
from core.charts.model import Bars, Chart, Columns, Progress, Stacked, Value, in_words

SIZE, SMALL, LEADING = 12, 11, 15
_PLOT = 132  # height of the highest bar
_BAR = 34  # width of the widest bar
_HEAD = 30  # legend
_LEAST = 1.5  # of a bar that is not zero, so that one of a thousand is still seen


@dataclass(frozen=True)
class _Paint:
    """How a series is filled. Every shape has an edge of at least 3 : 1 on white, whatever its fill."""

    fill: str
    edge: str
    ink: str  # of the number on it
    dashed: bool = False

    def on(self, group: Element, x, y, width, height) -> None:
        """A bar. The edge is drawn inside, so that its size is the number's."""
        inset = min(0.5, width / 2, height / 2)
        group.add(
            "rect",
            x=x + inset,
            y=y + inset,
            width=max(width - 2 * inset, 0.1),
            height=max(height - 2 * inset, 0.1),
            fill=self.fill,
            stroke=self.edge,
            stroke_width=1,
            stroke_dasharray="2 2" if self.dashed else None,
        )


_EARLIER = _Paint(INK[5], INK[2], TEXT)
_STRONG = _Paint(INK[2], INK[2], PAPER)
_STEPS = [
    _Paint(INK[0], INK[0], PAPER),
    _Paint(INK[2], INK[2], PAPER),
    _Paint(INK[3], INK[2], TEXT),
    _Paint(INK[4], INK[2], TEXT),
    _Paint(INK[5], INK[2], TEXT),
    _Paint(INK[6], INK[2], TEXT),
]
_OPEN = _Paint(PAPER, RULE, TEXT, dashed=True)


def svg(chart: Chart, *, width: float = 560) -> str | None:
    """The chart as SVG text, `width` units wide and as high as it needs; None if there is nothing to draw.

    Arguments: width, at least 240; 567 is 150 mm of a report. Drawn wider or narrower, text keeps its size.
    """
    if chart.is_empty:
        return None
    return _DRAW[type(chart)](chart, max(width, 240))


# ---------------------------------------------------------------- upright bars
def _bars(chart: Bars, width: float) -> str:
    number = len(chart.series)
    paints = [_EARLIER, _STRONG] if number == 2 else _STEPS[number - 1 :: -1] if number > 2 else [_STRONG]
    labels = [wrap(name, width / len(chart.categories) - 4, SIZE, 3) for name in chart.categories]
    return _upright(chart, width, paints, labels)


def _columns(chart: Columns, width: float) -> str:
    labels = [name.split("\n") for name in chart.short or chart.categories]
    firsts = [lines[0] for lines in labels]
    endings = {first[-1:] for first in firsts}
    if len(endings) == 1 and max(width_of(first, SIZE) for first in firsts) + 4 > width / len(labels):
        # 1月 2 3 … : where there is no room, the first says what they all are.
        labels = [labels[0], *([lines[0][:-1], *lines[1:]] for lines in labels[1:])]
    widest = max(width_of(lines[0], SIZE) for lines in labels[1:] or labels) + 2
    step = math.ceil(widest * len(labels) / width)
    labels = [lines if at % step == 0 else [""] for at, lines in enumerate(labels)]
    return _upright(chart, width, [_STRONG], labels)


def _upright(chart, width, paints, labels) -> str:
    band = width / len(chart.categories)
    number = len(chart.series)
    pitch = min(_BAR, band * 0.82 / number)
    # One number above its bar may reach into the gap; side by side they may not touch.
    room = band - 1 if number == 1 else pitch
    longest = max(width_of(value.text, SMALL) for series in chart.series for value in series.values)
    turned = longest > room
    head = 8 + (longest + 6 if turned else 16) + (_HEAD if number > 1 or chart.unit else 0)
    base = head + _PLOT
    height = base + 10 + LEADING * max(len(lines) for lines in labels)
    root = _root(chart, width, height)
    if number > 1 or chart.unit:
        names = [(series.name, paint) for series, paint in zip(chart.series, paints, strict=True)]
        _legend(root, width, names if number > 1 else [], chart.unit)
    highest = max(value.amount for series in chart.series for value in series.values)
    for at, category in enumerate(chart.categories):
        middle = band * (at + 0.5)
        left = middle - pitch * number / 2
        for place, (series, paint) in enumerate(zip(chart.series, paints, strict=True)):
            value = series.values[at]
            group = root.link(value.url, _says(category, series.name if number > 1 else "", value, chart))
            # All of the band can be pressed, a small bar too.
            span = band / number
            group.add(
                "rect",
                x=band * at + place * span,
                y=head - 16,
                width=span,
                height=height - head + 16,
                fill="none",
                pointer_events="all",
            )
            tall = max(float(value.amount / highest) * _PLOT, _LEAST) if value.amount else 0
            x = left + place * pitch
            if tall:
                paint.on(group, x + 1, base - tall, pitch - 2, tall)
            ink = TEXT if value.amount else TEXT_3
            if turned:
                group.text(x + pitch / 2 + 4, base - tall - 5, value.text, size=SMALL, fill=ink, turned=True)
            else:
                group.text(x + pitch / 2, base - tall - 5, value.text, size=SMALL, fill=ink, anchor="middle")
        half = max(width_of(line, SIZE) for line in labels[at]) / 2
        inside = max(half, min(middle, width - half))  # the name of a thin column may be wider than it
        root.lines(inside, base + 16, labels[at], size=SIZE, leading=LEADING, fill=TEXT_2, anchor="middle")
    root.add("line", x1=0, x2=width, y1=base, y2=base, stroke=RULE, stroke_width=1)
    return canvas.markup(root)


# ---------------------------------------------------------------- lying bars in segments
def _stacked(chart: Stacked, width: float) -> str:
    used = chart.used
    steps = iter(_STEPS)
    # A level keeps its step whether or not others are there, so that two pictures can be compared.
    all_paints = [_OPEN if series.name == chart.rest else next(steps, _STEPS[-1]) for series in chart.series]
    paints = {series.name: paint for series, paint in zip(chart.series, all_paints, strict=True)}
    label_room = min(max(width_of(name, SIZE) for name in chart.categories), width * 0.28)
    sums = chart.sums
    sum_room = max(width_of(value.text, SIZE) for value in sums) + 10
    left = label_room + 10
    room = width - left - sum_room
    highest = max(value.amount for value in sums)
    scale = (room - _LEAST * len(used)) / float(highest)
    names = [wrap(name, label_room, SIZE, 2) for name in chart.categories]
    heights = [max(28, 8 + LEADING * len(lines)) for lines in names]
    legend = [(series.name, paints[series.name]) for series in used]
    legend_height = _legend(None, width, legend, chart.unit)
    root = _root(chart, width, legend_height + sum(heights) + 2)
    _legend(root, width, legend, chart.unit)
    y = legend_height
    for at, high in enumerate(heights):
        middle = y + high / 2
        first = middle + 4.5 - LEADING * (len(names[at]) - 1) / 2
        whole = root.link(sums[at].url, _says(chart.categories[at], "", sums[at], chart))
        whole.add("rect", x=0, y=y, width=width, height=high, fill="none", pointer_events="all")
        whole.lines(left - 10, first, names[at], size=SIZE, leading=LEADING, fill=TEXT_2, anchor="end")
        x = left
        for series in used:
            value = series.values[at]
            if not value.amount:
                continue
            wide = max(float(value.amount) * scale, _LEAST)
            paint = paints[series.name]
            group = root.link(value.url, _says(chart.categories[at], series.name, value, chart))
            shared = 0 if x == left else 1  # neighbours share an edge
            paint.on(group, x - shared, middle - 9, wide + shared, 18)
            if width_of(value.text, SMALL) + 4 <= wide:
                group.text(x + wide / 2, middle + 4, value.text, size=SMALL, fill=paint.ink, anchor="middle")
            x += wide
        whole.text(x + 7, middle + 4.5, sums[at].text, size=SIZE, bold=True)
        y += high
    root.add("line", x1=left, x2=left, y1=legend_height, y2=y, stroke=RULE, stroke_width=1)
    return canvas.markup(root)


# ---------------------------------------------------------------- progress
def _progress(chart: Progress, width: float) -> str:
    goals = chart.ordered
    told = [f"{goal.actual} / {goal.target}{' ' + goal.unit if goal.unit else ''}" for goal in goals]
    is_narrow = width < 400
    value_room = max(width_of(text, SIZE) for text in told)
    state_room = width_of("100.0% 未达成", SMALL) + 4
    label_room = width - value_room - 12 if is_narrow else min(
        max(width_of(goal.label, SIZE) for goal in goals), width * 0.3
    )  # fmt: skip
    names = [wrap(goal.label, label_room, SIZE, 2) for goal in goals]
    extra = 18 if is_narrow else 0
    heights = [max(28, 12 + LEADING * len(lines)) + extra for lines in names]
    root = _root(chart, width, sum(heights))
    bar_x = 0 if is_narrow else label_room + 12
    bar_width = width - bar_x - state_room - (12 if is_narrow else value_room + 28)
    y = 0.0
    for goal, text, lines, high in zip(goals, told, names, heights, strict=True):
        group = root.link(goal.url, f"{goal.label} {text}，{goal.percent}，{goal.state}")
        group.add("rect", x=0, y=y, width=width, height=high, fill="none", pointer_events="all")
        middle = y + (high - 12 if is_narrow else high / 2)
        first = y + 16 if is_narrow else middle + 4.5 - LEADING * (len(lines) - 1) / 2
        group.lines(0, first, lines, size=SIZE, leading=LEADING, fill=TEXT)
        colour = INK[2] if goal.is_met else canvas.WARN
        group.add("rect", x=bar_x, y=middle - 4, width=bar_width, height=8, rx=2, fill=TRACK)
        part = min(float(goal.rate or 0), 1) * bar_width
        if part:
            group.add("rect", x=bar_x, y=middle - 4, width=max(part, _LEAST), height=8, rx=2, fill=colour)
        group.text(
            width if is_narrow else width - state_room - 16,
            first if is_narrow else middle + 4.5,
            text,
            size=SIZE,
            anchor="end",
        )
        ink = TEXT_3 if goal.is_met else canvas.WARN_TEXT
        group.text(width, middle + 4, f"{goal.percent} {goal.state}", size=SMALL, fill=ink, anchor="end")
        y += high
    return canvas.markup(root)


# ---------------------------------------------------------------- shared
def _root(chart, width, height) -> Element:
    if isinstance(chart, Progress):
        urls = [goal.url for goal in chart.goals]
    else:
        urls = [value.url for series in chart.series for value in series.values]
        urls += chart.wholes if isinstance(chart, Stacked) else ()
    return sheet(width, height, chart.title, in_words(chart), is_linked=any(urls))


def _legend(root: Element | None, width, names, unit) -> float:
    """Names with their fill in rows from the left, the unit at the right. Returns the height; draws if given a root."""
    unit_text = f"单位：{unit}" if unit else ""
    if root and unit_text:
        root.text(width, 14, unit_text, size=SMALL, fill=TEXT_3, anchor="end")
    end = width - (width_of(unit_text, SMALL) + 12 if unit_text else 0)
    x, y = 0.0, 0.0
    for name, paint in names:
        wide = 18 + width_of(name, SIZE)
        if x and x + wide > end:
            x, y = 0.0, y + 20
        if root:
            paint.on(root, x, y + 4, 12, 12)
            root.text(x + 18, y + 14, name, size=SIZE, fill=TEXT_2)
        x += wide + 14
    return y + _HEAD


def _says(category: str, series: str, value: Value, chart) -> str:
    name = f"{category} {series}" if series else category
    return f"{name}：{value.text}{' ' + chart.unit if chart.unit else ''}"


_DRAW = {Bars: _bars, Columns: _columns, Stacked: _stacked, Progress: _progress}

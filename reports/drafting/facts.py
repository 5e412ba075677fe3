"""The facts a report is drafted from: the numbers of a frozen report, its window in words, and the placeholders of a
template that speak of them."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import ValidationError

from core.dates import Window
from reports.document import Figure, Span, Spans
from reports.drafting.patterns import joined
from reports.drafting.words import LEVELS, chinese_day
from reports.freezing import Frozen
from reports.goals import goal_of, goal_text

HEADINGS = {
    "joint_building": "党建联建",
    "education_service": "教育服务",
    "technology_empowerment": "科技赋能",
    "practice_education": "实践育人",
    "branch_life": "支部建设",
}


class Facts:
    """A frozen report, asked by key."""

    def __init__(self, frozen: Frozen):
        self.frozen = frozen
        self.figures = {figure["key"]: figure for figure in frozen.figures["figures"]}
        self.material = frozen.material
        self.branch, window = frozen.figures["branch"]["name"], frozen.figures["window"]
        self.start, self.end = dt.date.fromisoformat(window["start"]), dt.date.fromisoformat(window["end"])
        self.window = Window(self.start, self.end)
        self.is_year = self.window == Window.year(self.start.year)
        # Dates inside the year go without it; a window over several years names it.
        self.year = self.start.year if self.start.year == self.end.year else None
        # In the order of the figures: a database may store the keys of JSON in another than they came.
        self.targets = {
            key: self.material["targets"][key] for key in self.figures if key in self.material["targets"]
        }
        self.nothing = "本年度无记录。" if self.is_year else "本统计区间无记录。"
        self.short_label = f"{self.start.year}年" if self.is_year else "本期"

    def day(self, day: dt.date) -> str:
        """A day, without its year where the window is of one."""
        return chinese_day(str(day), self.year)

    def activities(self, line: str) -> list[dict]:
        """The activities that serve a task line."""
        return [row for row in self.material["activities"] if line in row["lines"]]

    def declared(self, key: str, target: str) -> str:
        """A target with its label: 学术论文8篇. Its figure need not be one of this year."""
        asked = self.material["labels"][key]
        label = asked["label"].removesuffix(asked["unit"]) or asked["label"]  # 服务600人次
        return f"{label}{goal_in_prose(asked, target)}"

    def value(self, key: str):
        """The number of a figure; 0 where it was left out."""
        figure = self.figures.get(key)
        return figure["value"] if figure and figure["value"] else 0

    def unit(self, key: str) -> str:
        """The unit of a figure; empty where it was left out."""
        return self.figures[key]["unit"] if key in self.figures else ""

    def count(self, key: str) -> Spans:
        """A figure with its unit, without commas: 10篇; money as money_text says it. Zero: nothing."""
        figure = self.figures.get(key)
        if not figure or is_zero(figure):
            return ()
        return (Figure(key, in_prose(figure), number_of(figure)),)

    # ------------------------------------------------------------ placeholders
    def answer(self, name: str) -> Spans:
        """The spans of a placeholder; none if there is nothing to tell. Raises ValidationError for an unknown one."""
        if name in self._words:
            return tuple(part for part in (self._words[name],) if part)
        function, colon, rest = name.partition(":")
        if colon and function in _FUNCTIONS:
            return _FUNCTIONS[function](self, *rest.split())
        if name in _PLAIN:
            return _PLAIN[name](self)
        if "." not in name:
            raise ValidationError(f"没有“{{{name}}}”这一项")
        return self.count(name)

    @staticmethod
    def knows(name: str) -> bool:
        """Whether a template may say this: a figure, a word, or a function of figures."""
        return "." in name or name in _PLAIN or name in WORDS or name.partition(":")[0] in _FUNCTIONS

    @staticmethod
    def words_of_title(branch: str, window: Window) -> dict[str, str]:
        """What a title can say before anything is frozen."""
        return {"支部": branch, "统计期全称": window.in_words}

    @functools.cached_property
    def _words(self) -> dict[str, str]:
        return {
            **self.words_of_title(self.branch, self.window),
            "统计期": f"{self.start.year}年"
            if self.is_year
            else f"{chinese_day(str(self.start))}至{self.day(self.end)}",
            "全年": "全年" if self.is_year else "",
            "统计开始": chinese_day(str(self.start)),
            "统计结束": self.day(self.end),
            "统计时点": self.day(self.end),
            "统计时点全称": chinese_day(str(self.end)),
        }

    def split(self, whole: str, *parts: str) -> Spans:
        """其中国家级29项、省部级16项: the parts of a figure that adds up to it, `key=word` each; what is left over is
        未定级 where levels are split. A split of one part that is the whole is said without 其中."""
        told, left = [], self.value(whole)
        for part in parts:
            key, _, word = part.partition("=")
            if number := self.value(key):
                told.append((word, Figure(key, f"{number}{self.unit(key)}", number), number))
                left -= number
        if not told:
            return ()
        if left > 0:
            told.append(("未定级", f"{left}{self.unit(whole)}", left))
        if len(told) == 1:
            return (f"{'均' if told[0][2] > 1 else ''}为{told[0][0]}",)
        return joined(["其中", *_series((word, number) for word, number, _ in told)])

    def levels(self, key: str) -> Spans:
        """The split by level."""
        return self.split(key, *(f"{key}:{level}={word}" for level, word in LEVELS.items()))

    def kinds(self, key: str) -> Spans:
        """The split by kind: the figures whose keys begin with this one, by the word in their labels' brackets."""
        found = [
            f"{name}={figure['label'].partition('（')[2].removesuffix('）')}"
            for name, figure in self.figures.items()
            if name.startswith(f"{key}:")
        ]
        return self.split(key, *found)

    def series(self, *parts: str) -> Spans:
        """学术论文10篇、党建论文3篇: figures with a word before each, `word=key`, or the figure's own label.

        A first part that is neither is the verb before all.
        """
        verb = parts[0] if parts and "." not in parts[0] else ""
        found = []
        for part in parts[bool(verb) :]:
            word, _, key = part.rpartition("=")
            if number := self.count(key):
                found.append((word or self.figures[key]["label"], number[0]))
        return joined([verb, *_series(found)]) if found else ()

    def change(self, key: str) -> Spans:
        """Year on year, where last year has a figure: 较上年增加3篇."""
        before = self.material["last_year"].get(key)
        if not before or not self.value(key):
            return ()
        difference = int(self.value(key)) - int(before["value"])
        if not difference:
            return ("与上年持平" if self.is_year else "与上年同期持平",)
        than = "较上年" if self.is_year else "较上年同期"
        return (f"{than}{'增加' if difference > 0 else '减少'}{abs(difference)}{self.unit(key)}",)

    def counting(self) -> Spans:
        """How people served were counted; estimates are said to be estimates."""
        measured, estimated = (
            self.count("outreach.person_times:measured"),
            self.count("outreach.person_times:estimated"),
        )
        if measured and estimated:
            return joined(["其中签到、名单和主办方证明计数", *measured, "，估计", *estimated])
        if measured:
            return ("均有签到、名单或主办方证明",)
        return ("均为估计数",) if estimated else ()

    def ratios(self) -> Spans:
        """HCIP为16/17(94.1%), widest held first."""
        found = [
            (figure["numerator"], key)
            for key, figure in self.figures.items()
            if key.startswith("certifications.ratio:") and figure["numerator"]
        ]
        return joined(
            _series(
                (f"{key.partition(':')[2]}为", self.count(key)[0])
                for _, key in sorted(found, key=lambda part: (-part[0], part[1]))
            )
        )


WORDS = ("支部", "统计期全称", "统计期", "全年", "统计开始", "统计结束", "统计时点", "统计时点全称")
_FUNCTIONS = {
    "其中": Facts.split,
    "级别": Facts.levels,
    "分类": Facts.kinds,
    "列举": Facts.series,
    "比上年": Facts.change,
}
_PLAIN = {"计数方式": Facts.counting, "持证率": Facts.ratios}


def keys_of(name: str) -> list[str]:
    """The figures a placeholder names, for the check of a template."""
    function, colon, rest = name.partition(":")
    words = rest.split() if colon and function in _FUNCTIONS else [name]
    words = [part for word in words for part in word.split("=")]
    return [word for word in words if "." in word]


def _series(parts: Iterable[tuple[str, Span]]) -> list[Span]:
    found: list[Span] = []
    for word, number in parts:
        found += ["、" if found else "", word, number]
    return found


def money_text(amount: Decimal) -> str:
    """An amount in 万元 with at most two decimals, in 元 where that would round it."""
    wan = amount / 10000
    return (
        f"{wan.normalize():f}万元"
        if wan and wan == round(wan, 2)
        else f"{amount:.2f}元".replace(".00元", "元")
    )


def in_prose(figure) -> str:
    """A frozen figure with its unit, without commas: 1120人次, 21.5万元, 16/17(94.1%)."""
    if figure["denominator"] is not None:
        return figure["display"]
    if isinstance(figure["value"], str):
        return money_text(Decimal(figure["value"]))
    return f"{figure['value']}{figure['unit']}"


def goal_in_prose(figure, target: str) -> str:
    """A target with its unit, without commas: 1200人次, 20万元, 90%."""
    if figure["denominator"] is None and figure["unit"] == "元":
        return money_text(goal_of(figure, target))
    return f"{goal_text(figure, target).replace(',', '')}{figure['unit']}"


def is_zero(figure) -> bool:
    """Whether a frozen figure has nothing to tell."""
    number = figure["numerator"] if figure["denominator"] is not None else figure["value"]
    return not Decimal(str(number or 0))


def number_of(figure) -> int | Decimal | None:
    """The number of a frozen figure for a cell; None for a ratio."""
    if figure["denominator"] is not None:
        return None
    return Decimal(figure["value"]) if isinstance(figure["value"], str) else figure["value"]

"""The facts a report is drafted from: the numbers of a frozen report as phrases, its window in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from reports.drafting.words import LEVELS, chinese_day, listing
from reports.freezing import Frozen

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
        self.figures = {figure["key"]: figure for figure in frozen.figures["figures"]}
        self.material = frozen.material
        self.branch, window = frozen.figures["branch"]["name"], frozen.figures["window"]
        self.start, self.end = dt.date.fromisoformat(window["start"]), dt.date.fromisoformat(window["end"])
        self.label = window["label"]
        whole = (dt.date(self.start.year, 1, 1), dt.date(self.start.year, 12, 31))
        self.is_year = (self.start, self.end) == whole
        # Dates inside the year go without it; a window over several years names it.
        self.year = self.start.year if self.start.year == self.end.year else None
        self.nothing = "本年度无记录。" if self.is_year else "本统计区间无记录。"

    def day(self, day: dt.date) -> str:
        """A day, without its year where the window is of one."""
        return chinese_day(str(day), self.year)

    def activities(self, line: str) -> list[dict]:
        """The activities that serve a task line."""
        return [row for row in self.material["activities"] if line in row["lines"]]

    def value(self, key: str):
        """The number of a figure; 0 where it was left out."""
        figure = self.figures.get(key)
        return figure["value"] if figure and figure["value"] else 0

    def count(self, key: str, words: str = "{}") -> str:
        """A figure with its unit inside a phrase, without commas: `发表学术论文{}` → 发表学术论文10篇. Zero: empty."""
        value = self.value(key)
        return words.format(f"{value}{self.figures[key]['unit']}") if value else ""

    def money(self, key: str, words: str) -> str:
        """An amount in 万元 with at most two decimals, in 元 where that would round it. Zero: empty."""
        amount = Decimal(str(self.value(key) or 0))
        if not amount:
            return ""
        wan = amount / 10000
        if wan == round(wan, 2):
            return words.format(f"{wan.normalize():f}万元")
        return words.format(f"{amount:.2f}元")

    def split(self, keys: dict[str, str], whole: str = "", rest: str = "") -> str:
        """`其中国家级29项、省部级16项`: the parts of a figure that adds up to it.

        Arguments: keys, {key: word}; whole, the figure split; rest, what the remainder is called. A split of
        one part that is the whole is said without 其中.
        """
        parts = [
            (word, self.value(key), self.figures[key]["unit"])
            for key, word in keys.items()
            if self.value(key)
        ]
        left = self.value(whole) - sum(value for _, value, _ in parts)
        if left > 0 and rest and parts:
            parts.append((rest, left, self.figures[whole]["unit"]))
        if len(parts) == 1 and parts[0][1] == self.value(whole):
            return f"{'均' if parts[0][1] > 1 else ''}为{parts[0][0]}"
        told = listing(f"{word}{value}{unit}" for word, value, unit in parts)
        return f"其中{told}" if told else ""

    def levels(self, kind: str) -> str:
        """The split by level."""
        keys = {f"outcomes.{kind}:{level}": word for level, word in LEVELS.items()}
        return self.split(keys, f"outcomes.{kind}", "未定级")

    def change(self, key: str) -> str:
        """Year on year, where last year has a figure: 较上年增加3篇."""
        before = self.material["last_year"].get(key)
        if not before or not self.value(key):
            return ""
        difference = int(self.value(key)) - int(before["value"])
        if not difference:
            return "与上年持平" if self.is_year else "与上年同期持平"
        than = "较上年" if self.is_year else "较上年同期"
        return f"{than}{'增加' if difference > 0 else '减少'}{abs(difference)}{self.figures[key]['unit']}"


def is_zero(figure) -> bool:
    """Whether a frozen figure has nothing to tell."""
    number = figure["numerator"] if figure["denominator"] is not None else figure["value"]
    return not Decimal(str(number or 0))


def goal_of(figure, target: str) -> Decimal:
    """A target as a number of the figure; a share may be declared as 0.9 or as 90."""
    goal = Decimal(target)
    return goal / 100 if figure["denominator"] is not None and goal > 1 else goal


def is_reached(figure, target: str) -> bool:
    """Whether the figure is what was declared, or more."""
    return Decimal(str(figure["value"] or 0)) >= goal_of(figure, target)


def goal_text(figure, target: str) -> str:
    """A target as it is printed: 1,000 or 90%."""
    goal = goal_of(figure, target)
    return f"{(goal * 100).normalize():f}%" if figure["denominator"] is not None else f"{goal.normalize():,f}"


def rate_text(figure, target: str) -> str:
    """How much of a target was reached: 83.3%."""
    goal = goal_of(figure, target)
    return f"{Decimal(str(figure['value'] or 0)) * 100 / goal:.1f}%" if goal else "—"

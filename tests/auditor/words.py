"""Dates, numbers and amounts in words, once more and apart from the product."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

LEVELS = {
    "international": ("国际级", "国际"),
    "national": ("国家级", "国家级"),
    "provincial": ("省部级", "省部级"),
    "municipal": ("市厅级", "市厅级"),
    "university": ("校级", "校级"),
    "college": ("院级", "院级"),
}
LINES = {
    "joint_building": "党建联建",
    "education_service": "教育服务",
    "technology_empowerment": "科技赋能",
    "practice_education": "实践育人",
    "branch_life": "支部建设",
}
AMOUNT = r"(\d+(?:\.\d{1,2})?)(万元|元)"


def day(iso: str, year: int | None = None) -> str:
    """4月18日 inside the year, 2024年4月18日 outside of it."""
    number, month, date = map(int, iso.split("-"))
    return ("" if number == year else f"{number}年") + f"{month}月{date}日"


def date(span: dict | None, year: int | None = None) -> str:
    """A date as far as it is known, in words."""
    if not span:
        return ""
    text = short(span)
    if text.count("-") == 2:
        return day(text, year)
    number, _, month = text.partition("-")
    if not month:
        return f"{number}年"
    return ("" if int(number) == year else f"{number}年") + f"{int(month)}月"


def short(span: dict | None) -> str:
    """A date as far as it is known, as a table has it: 2024-04-18, 2024-04, 2024."""
    if not span:
        return ""
    first, last = dt.date.fromisoformat(span["first"]), dt.date.fromisoformat(span["last"])
    if first == last:
        return span["first"]
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%Y-%m}"
    assert (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    return f"{first:%Y}"


def amount(number: str, unit: str) -> Decimal:
    """An amount in 元."""
    return Decimal(number) * (10_000 if unit == "万元" else 1)


def percent(part: Decimal, whole: Decimal) -> str:
    """83.3%, rounded half up."""
    return f"{(part * 100 / whole).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def number(figure: dict) -> Decimal:
    """The number of a figure of figures.json; the share for a ratio."""
    return Decimal(str(figure["value"] or 0))


def is_zero(figure: dict) -> bool:
    """Whether there is nothing to tell."""
    return not (figure["numerator"] if figure["denominator"] is not None else number(figure))


def in_quotes(name: str) -> str:
    """A name in quotation marks: those inside become single ones."""
    return "“" + name.replace("“", "‘").replace("”", "’") + "”"


def in_book_marks(name: str) -> str:
    """A title in book marks, unless it has its own."""
    return name if name.startswith("《") else f"《{name}》"


def patent_number(text: str) -> str:
    """ZL 2022 1 0031748.2 for whatever way it was typed; what is none stays."""
    match = re.fullmatch(r"(?i)(ZL|CN)?\s*(\d{4})\s*(\d)\s*(\d{7})\s*\.?\s*([0-9X])", text.strip())
    if not match:
        return text
    head, year, kind, serial, check = match.groups()
    return f"{head.upper() + ' ' if head else ''}{year} {kind} {serial}.{check.upper()}"

"""Words: dates, names and lists as official Chinese writes them; single records told in a clause."""

from __future__ import annotations

import datetime as dt

LEVELS = {
    "international": "国际级",
    "national": "国家级",
    "provincial": "省部级",
    "municipal": "市厅级",
    "university": "校级",
    "college": "院级",
}


def chinese_day(day: str, year: int | None = None) -> str:
    """4月18日 within the year given, else 2024年4月18日."""
    date = dt.date.fromisoformat(day)
    text = f"{date.month}月{date.day}日"
    return text if date.year == year else f"{date.year}年{text}"


def chinese_date(date: dict | None, year: int | None = None) -> str:
    """A partial date as far as it is known: 2024年3月; without the year given: 3月."""
    if not date:
        return ""
    first, last = dt.date.fromisoformat(date["first"]), dt.date.fromisoformat(date["last"])
    if first == last:
        return chinese_day(date["first"], year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.month}月" if first.year == year else f"{first.year}年{first.month}月"
    return f"{first.year}年"


def short_date(date: dict | None) -> str:
    """A partial date in a table: 2024-03-01, 2024-03, 2024."""
    if not date:
        return ""
    if date["first"] == date["last"]:
        return date["first"]
    return date["first"][:7] if date["first"][:7] == date["last"][:7] else date["first"][:4]


def listing(parts) -> str:
    return "、".join(part for part in parts if part)


def inside_quotes(text: str) -> str:
    """A text that is to stand in quotation marks: its own are made single."""
    return text.replace("“", "‘").replace("”", "’")


def quoted(name: str) -> str:
    """A name in quotation marks, those inside it made single."""
    return f"“{inside_quotes(name)}”"


def titled(name: str) -> str:
    """A name in book marks, unless it brings its own."""
    return name if name.startswith("《") else f"《{name}》"


def numeral(number: int) -> str:
    """一, 十, 十二: for 1 to 99."""
    digits = "一二三四五六七八九"
    ten, one = divmod(number, 10)
    return (digits[ten - 1] if ten > 1 else "") + ("十" if ten else "") + (digits[one - 1] if one else "")

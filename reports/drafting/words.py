"""Words: dates, names and lists as official Chinese writes them; single records told in a clause."""

from __future__ import annotations

import datetime as dt
import re

LEVELS = {
    "international": "国际级",
    "national": "国家级",
    "provincial": "省部级",
    "municipal": "市厅级",
    "university": "校级",
    "college": "院级",
}
# Kinds that already end like a happening take no 活动: 专题讲座, not 专题讲座活动.
_COMPLETE = ("讲座", "培训", "活动", "党课", "会", "沙龙", "调研")


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


def sentence(*parts: str, after: str = "") -> str:
    """Clauses joined by commas and closed; empty ones are left out.

    Arguments: after, what is said of the first number at the end; behind a split it says that it speaks of the whole.
    """
    told = [part for part in parts if part]
    if not told:
        return ""
    text = "，".join(told)
    if after:
        text += f"；合计{after}" if len(told) > 1 else f"，{after}"
    return f"{text}。"


def quoted(name: str) -> str:
    """A name in quotation marks, those inside it made single."""
    return f"“{name.replace('“', '‘').replace('”', '’')}”"


def titled(name: str) -> str:
    """A name in book marks, unless it brings its own."""
    return name if name.startswith("《") else f"《{name}》"


def bracketed(text: str) -> str:
    """In brackets, if there is anything."""
    return f"（{text}）" if text else ""


def more(total: int, told: int, unit: str, where: str) -> str:
    """What was not told stands in an appendix."""
    return f"其余{total - told}{unit}见{where}。" if total > told else ""


# ---------------------------------------------------------------- single records
def event(row: dict, year: int | None) -> str:
    """An activity as a sentence: when, where, with whom, what, how many."""
    place = f"在{row['place']}" if row["place"] else ""
    partners = f"与{listing(row['partners'])}联合" if row["partners"] else ""
    served = (
        f"服务{row['person_times']}人次{'' if row['is_measured'] else '（估计）'}"
        if row["person_times"]
        else ""
    )
    return sentence(
        chinese_day(row["date"], year),
        f"{place}{partners}开展{_what(row)}",
        f"支部党员{row['members']}名参加" if row["members"] else "",
        served,
    )


def _what(row) -> str:
    """“数字技能进社区”主题党日活动; a theme that says itself what it is, or brings quotation marks, as it stands."""
    theme, kind = row["theme"], row["kind_name"]
    if "“" in theme:
        return theme
    if row["kind"] == "other":
        kind = "活动"
    elif not kind.endswith(_COMPLETE):
        kind += "活动"
    return f"“{theme}”" if kind.removesuffix("活动") in theme else f"“{theme}”{kind}"


def agreement(row: dict, year: int | None) -> str:
    """An agreement signed: when, with whom, what for, and what it promises."""
    ends = row["expires_on"]
    term = f"（{chinese_date(row['signed_on'])}—{chinese_date(ends)}）" if ends else ""
    promised = listing(
        (f"{part['name']}{part['promised']}{part['unit']}" if part["promised"] else part["name"])
        + (f"（已兑现{part['delivered']}{part['unit']}）" if part["delivered"] else "")
        for part in row["commitments"]
    )
    return sentence(
        chinese_date(row["signed_on"], year),
        f"与{listing(row['partners'])}签订{titled(row['name'])}{term}",
        f"约定{promised}" if promised else "",
    )


def quote(row: dict, year: int | None, *, another: bool) -> str:
    """What somebody said, with the day it was said. another: of the same standing as the one before."""
    who = f"{'另' if another else '参加活动的'}一位{row['identity'] or '群众'}"
    said = row["content"].strip().removesuffix("。")
    day = f"（{chinese_day(row['received_on'], year)}反馈）" if row["received_on"] else ""
    return f"{who}表示：“{said}。”{day}"


def outcome(row: dict, year: int | None) -> str:
    """A result as a clause without an end."""
    return _OUTCOMES.get(row["kind"], _any_outcome)(row, year)


def _by(row) -> str:
    return listing(re.sub(r"\((.+?)\)$", "", maker) for maker in row["makers"])


def _paper(row, year):
    indexing = f"{row['indexing']}收录" if row["indexing"] not in ("", "普刊") else ""
    authors = f"作者：{_by(row)}" if row["makers"] else ""
    about = "；".join(part for part in (indexing, authors) if part)
    venue = f"发表于{titled(row['venue'])}" if row["venue"] else "发表"
    return f"论文{titled(row['name'])}{venue}{bracketed(about)}"


def _patent(row, year):
    return f"{row['word']}{quoted(row['name'])}{bracketed(row['number'])}获授权"


def _project(row, year):
    about = listing([LEVELS.get(row["level"], ""), row["venue"], row["number"]])
    return f"{row['word']}{quoted(row['name'])}{bracketed(about)}{row['status']}"


def _award(row, year):
    prize = f"{LEVELS.get(row['level'], '')}{row['grade']}"
    return f"{quoted(row['name'])}获{prize or '奖'}{bracketed(row['venue'])}"


def _book(row, year):
    printed = dt.date.fromisoformat(row["date"]["first"])
    day = (
        f"{printed.year}年{printed.month}月"
        if row["date"]["first"][:7] == row["date"]["last"][:7]
        else f"{printed.year}年"
    )
    return (
        f"{row['word']}{titled(row['name'])}出版（{'，'.join(part for part in (row['venue'], day) if part)}）"
    )


def _honour(row, year):
    level = LEVELS.get(row["level"], "")
    return f"{chinese_date(row['date'], year)}获{level}荣誉{quoted(row['name'])}{bracketed(row['venue'])}"


def _any_outcome(row, year):
    level = LEVELS.get(row["level"], "")
    return f"{level}{row['word']}{quoted(row['name'])}{bracketed(row['venue'])}"


_OUTCOMES = {
    "paper": _paper,
    "party_paper": _paper,
    "patent": _patent,
    "vertical_project": _project,
    "teaching_reform_project": _project,
    "competition_award": _award,
    "book": _book,
    "honour": _honour,
}

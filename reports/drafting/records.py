"""The fields of single records, for the patterns that tell them (`记录 …` in a template)."""

from __future__ import annotations

import re

from reports.drafting.words import LEVELS, chinese_date, chinese_day, inside_quotes, listing, quoted, titled

# Kinds that already end like a happening take no 活动: 专题讲座, not 专题讲座活动.
_COMPLETE = ("讲座", "培训", "活动", "党课", "会", "沙龙", "调研")


def activity_fields(row: dict, year: int | None) -> dict[str, str]:
    """An activity: when, where, with whom, what, how many."""
    return {
        "日期": chinese_day(row["date"], year),
        "地点": re.sub(r"\s+", "", row["place"]),
        "联建单位": listing(row["partners"]),
        "内容": _what(row),
        "参加党员": f"{row['members']}名" if row["members"] else "",
        "服务人次": f"{row['person_times']}人次" if row["person_times"] else "",
        "估计": "估计" if row["person_times"] and not row["is_measured"] else "",
    }


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


def agreement_fields(row: dict, year: int | None) -> dict[str, str]:
    """An agreement signed: when, with whom, what for, and what it promises."""
    ends = row["expires_on"]
    return {
        "签署日期": chinese_date(row["signed_on"], year),
        "联建单位": listing(row["partners"]),
        **_name(row["name"]),
        "期限": f"{chinese_date(row['signed_on'])}—{chinese_date(ends)}" if ends else "",
        "承诺": listing(
            (f"{part['name']}{part['promised']}{part['unit']}" if part["promised"] else part["name"])
            + (f"（已兑现{part['delivered']}{part['unit']}）" if part["delivered"] else "")
            for part in row["commitments"]
        ),
    }


def quote_fields(row: dict, year: int | None, *, another: bool) -> dict[str, str]:
    """What somebody said, with the day. another: of the same standing as the one before."""
    return {
        "身份": f"{'另' if another else '参加活动的'}一位{row['identity'] or '群众'}",
        "内容": _spoken(row["content"]),
        "日期": chinese_day(row["received_on"], year) if row["received_on"] else "",
    }


def _spoken(words: str) -> str:
    """What somebody said, as it stands in quotation marks: in one line, its own quotation marks single, ended."""
    words = re.sub(r"(?<=[，。；：！？、…])\s*\n\s*", "", words.strip())
    words = re.sub(r"\s*\n\s*", "，", words)
    return inside_quotes(words if words.endswith(("。", "！", "？", "…")) else f"{words}。")


def programme_fields(row: dict, _year) -> dict[str, str]:
    """The branch's place in the programme."""
    return {
        "级别": row["level"],
        "文号": row["document_number"],
        "开始": chinese_day(row["starts_on"]),
        "结束": chinese_day(row["ends_on"]),
    }


def outcome_fields(row: dict, year: int | None) -> dict[str, str]:
    """A result of any kind."""
    level, venue = LEVELS.get(row["level"], ""), row["venue"]
    printed = f"{row['date']['first'][:4]}年"
    if row["date"]["first"][:7] == row["date"]["last"][:7]:
        printed += f"{int(row['date']['first'][5:7])}月"
    return {
        **_name(row["name"]),
        "类型": row["word"],
        "级别": level,
        "日期": chinese_date(row["date"], year),
        "状态": row["status"],
        "单位": venue,
        "刊物": venue,
        "《刊物》": titled(venue) if venue else "",
        "年期": _issue(row),
        "编号": row["number"],
        "专利号": patent_number(row["number"]),
        "收录": indexing(row),
        "作者": authors(row),
        "说明": "；".join(
            part for part in (indexing(row), f"作者：{authors(row)}" if row["makers"] else "") if part
        ),
        "级别、单位、编号": listing([level, venue, row["number"]]),
        "奖项": f"{level}{row['grade']}" or "奖",
        "出版": "，".join(part for part in (row["details"].get("出版社") or venue, printed) if part),
    }


def _name(name: str) -> dict[str, str]:
    return {"名称": name, "《名称》": titled(name), "“名称”": quoted(name)}


def _issue(row) -> str:
    """2024年第3期, as far as it is known."""
    issue = str(row["details"].get("期", "")).strip()
    if not issue:
        return ""
    issue = issue if issue.endswith("期") else f"第{issue}期"
    return f"{row['date']['first'][:4]}年{issue}"


def indexing(row: dict) -> str:
    """EI收录; ordinary journals are not mentioned."""
    return f"{row['indexing']}收录" if row["indexing"] not in ("", "普刊") else ""


def authors(row: dict) -> str:
    """The makers in order, the corresponding author with a star."""
    return listing(f"{maker['name']}{'*' if maker['role'] == '通讯' else ''}" for maker in row["makers"])


def patent_number(number: str) -> str:
    """A patent number as it is printed: ZL 2022 1 0123456.7. Whatever is none stays as it is."""
    found = re.fullmatch(
        r"(ZL|CN)?\s*(\d{4})\s*(\d)\s*(\d{7})\s*\.?\s*([0-9X])", number.strip(), re.IGNORECASE
    )
    if not found:
        return number
    prefix, *parts, check = found.groups()
    return f"{f'{prefix.upper()} ' if prefix else ''}{' '.join(parts)}.{check.upper()}"


# What the patterns of a template may speak of; any other name is a kind of result. (A test holds it to the code.)
OUTCOME_FIELDS = frozenset(
    [
        "名称",
        "《名称》",
        "“名称”",
        "类型",
        "级别",
        "日期",
        "状态",
        "单位",
        "刊物",
        "《刊物》",
        "年期",
        "编号",
        "专利号",
        "收录",
        "作者",
        "说明",
        "级别、单位、编号",
        "奖项",
        "出版",
    ]
)
FIELDS = {
    "项目": frozenset(["级别", "文号", "开始", "结束"]),
    "已获荣誉": frozenset(["荣誉"]),
    "活动": frozenset(["日期", "地点", "联建单位", "内容", "参加党员", "服务人次", "估计"]),
    "协议": frozenset(["签署日期", "联建单位", "名称", "《名称》", "“名称”", "期限", "承诺"]),
    "反馈": frozenset(["身份", "内容", "日期"]),
    "见图": frozenset(["图名", "图", "附件"]),
    "其余": frozenset(["附件"]),
    "未达目标": frozenset(["指标", "目标", "完成"]),
    "未完成计划": frozenset(["项目", "附件"]),
    "会议不足": frozenset(["会议", "时段"]),
    "协议到期": frozenset(["签署日期", "联建单位", "名称", "《名称》", "“名称”", "期限", "承诺", "到期日期"]),
    "证书到期": frozenset(["证书", "附件"]),
    "没有不足": frozenset(),
    "下年目标": frozenset(["年度", "目标"]),
    "下年计划": frozenset(["年度", "项目"]),
}

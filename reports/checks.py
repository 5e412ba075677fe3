"""报告体检: what a reader of the report may doubt, found before it goes out. Pure: over the frozen report and its text.

A finding is a hint to look, with the record or figure that mends it; none of them stops a compile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from reports.document import Document, Evidence, Finding, Table, Text
from reports.drafting.facts import Facts
from reports.drafting.words import quoted
from reports.freezing import Frozen

FAULT, DOUBT, HINT = "fault", "doubt", "hint"
LEVELS = {FAULT: "必须改", DOUBT: "待看", HINT: "提示"}  # the gravest first
_LISTED = 20  # findings of one sort, told one by one; the rest are counted
_PERCENT = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d+)?)[%％]")
# Praise that says nothing: the fact behind it is asked for.
_EMPTY_PHRASES = (
    "取得显著成效",
    "成效显著",
    "得到一致好评",
    "广受好评",
    "不断提升",
    "圆满成功",
    "反响热烈",
    "深受欢迎",
)
_SHORTEST_ALIAS = 3
_LONGEST_NAME = 30


def check(
    frozen: Frozen, document: Document, unprintable: dict[str, list[str]] | None = None
) -> list[Finding]:
    """All findings, faults first.

    Arguments: unprintable, the characters no font of the PDF has, each with where it stands.
    """
    facts = Facts(frozen)
    found = [
        *_empty_sections(facts, document),
        *_ratios(facts),
        *_aliases(facts),
        *_undated(facts),
        *_attendance(facts),
        *_without_consent(document.evidence),
        *_lacking_proof(document.evidence),
        *_estimates(facts),
        *_phrases(facts),
        *_unprintable(unprintable or {}),
    ]
    order = list(LEVELS)
    return sorted(found, key=lambda finding: order.index(finding.level))


def _empty_sections(facts, document):
    heading = ""
    for block in document.blocks:
        if isinstance(block, Text) and block.role == "heading1":
            heading = block.text.partition("、")[2]
        elif isinstance(block, Text) and block.role == "body" and block.text == facts.nothing:
            where = f"“{heading}”一节" if heading else "开头"
            yield Finding(DOUBT, f"{where}没有记录，报告里写的是“{facts.nothing.removesuffix('。')}”。")
        elif isinstance(block, Table) or getattr(block, "role", "") == "appendix":
            return


def _texts(facts) -> Iterable[tuple[str, str, str]]:
    """What people typed into the records told: record, name, text."""
    for row in facts.material["activities"]:
        for text in (row["theme"], row["summary"]):
            yield f"activity:{row['id']}", row["theme"], text
    for row in facts.material["agreements"]:
        for text in (row["name"], row["promises"]):
            yield f"agreement:{row['id']}", row["name"], text
    for row in facts.material["outcomes"]:
        for text in (row["name"], row["venue"], row["note"]):
            yield f"outcome:{row['id']}", row["name"], text
    for row in facts.material["quotes"]:
        yield f"activity:{row['activity']}", "反馈", row["content"]


def possible_ratio(percent: str, whole: int) -> bool:
    """Whether some whole number of `whole` gives this percentage, rounded half up to the digits it is written with
    (rule: domain, counting rule 3)."""
    wanted = Decimal(percent)
    step = Decimal(1).scaleb(wanted.as_tuple().exponent)
    return any(
        (Decimal(part) * 100 / whole).quantize(step, ROUND_HALF_UP) == wanted for part in range(whole + 1)
    )


def _named(name: str) -> str:
    """A name in quotation marks, not too long for a sentence."""
    return quoted(name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…")


def _ratios(facts):
    """A typed percentage of the members that no number of them gives."""
    whole = facts.value("members.total")
    if not whole:
        return
    for record, name, text in _texts(facts):
        for percent in _PERCENT.findall(text):
            about_members = "党员" in text or "支部" in text
            if about_members and Decimal(percent) <= 100 and not possible_ratio(percent, whole):
                yield Finding(
                    FAULT,
                    f"{_named(name)}里写的“{percent}%”，{whole}名党员得不出来；请核对，或改用报告里的持证率。",
                    record=record,
                )


def _aliases(facts):
    """A partner written by another name than its own."""
    aliases = {
        alias: name
        for alias, name in sorted(facts.material["aliases"].items())
        if len(alias) >= _SHORTEST_ALIAS
    }
    for record, name, text in _texts(facts):
        for alias, canonical in aliases.items():
            if alias in text and canonical not in text:
                sentence = f"{_named(name)}里的“{alias}”不是规范名称，应为“{canonical}”。"
                yield Finding(DOUBT, sentence, record=record)


def _undated(facts):
    rows = facts.material["undated"]
    for row in rows[:_LISTED]:
        sentence = f"{row['kind_name']}{_named(row['name'])}没有日期，未计入任何年度。"
        yield Finding(DOUBT, sentence, record=f"outcome:{row['id']}")
    if len(rows) > _LISTED:
        yield Finding(DOUBT, f"另有{len(rows) - _LISTED}项成果没有日期。")


def _attendance(facts):
    """Meetings at which somebody was missing of whom no list says why."""
    rows = [row for row in facts.material["activities"] if row.get("attendance_doubt")]
    for row in rows[:_LISTED]:
        sentence = f"{_named(row['theme'])}{row['attendance_doubt']}"
        yield Finding(DOUBT, sentence, record=f"activity:{row['id']}")
    if len(rows) > _LISTED:
        yield Finding(DOUBT, f"另有{len(rows) - _LISTED}次活动的请假、缺席名单不全。")


def _lacking_proof(evidence: list[Evidence]):
    lacking = [item for item in evidence if item.lacks]
    for item in lacking[:_LISTED]:
        fault = f"还缺{item.lacks}" if item.files else "没有佐证材料"
        yield Finding(DOUBT, f"佐证{item.number}{_named(item.title)}{fault}。", record=item.record)
    if len(lacking) > _LISTED:
        yield Finding(DOUBT, f"另有{len(lacking) - _LISTED}条记录佐证不全，见佐证包里的缺失清单。")


def _without_consent(evidence: list[Evidence]):
    """Photos of children that are left out of the report and of its evidence pack."""
    left_out = [(item, len(item.files) - len(item.shown)) for item in evidence if item.shown != item.files]
    for item, count in left_out[:_LISTED]:
        yield Finding(
            DOUBT,
            f"佐证{item.number}{_named(item.title)}有{count}个文件里有未成年人、还没有取得监护人同意，没有放进报告和佐证包；"
            "取得同意后请在这条记录的佐证里勾选。",
            record=item.record,
        )
    if len(left_out) > _LISTED:
        yield Finding(DOUBT, f"另有{len(left_out) - _LISTED}条记录的照片因未取得监护人同意没有放入。")


def _estimates(facts):
    key = "outreach.person_times:estimated"
    if number := facts.value(key):
        yield Finding(HINT, f"服务人次里有{number}人次是估计的。", figure=key)


def _phrases(facts):
    for record, name, text in _texts(facts):
        for phrase in _EMPTY_PHRASES:
            if phrase in text:
                sentence = f"{_named(name)}里写了“{phrase}”，请补上它背后的事实。"
                yield Finding(HINT, sentence, record=record)


def _unprintable(characters):
    for character, places in characters.items():
        code = f"U+{ord(character[0]):04X}"
        yield Finding(
            DOUBT,
            f"“{character}”（{code}，见“{places[0][:20]}”）在 PDF 的字体里没有，印作“〓”；Word 文稿不受影响。",
        )

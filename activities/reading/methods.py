"""How people were counted: 签到, 有名单, 主办方提供, 估计."""

from __future__ import annotations

import re

from activities.reading.line import AFTER, BEFORE, Line, one_of

_NOT = r"(?<![没未无忘免非])(?<!没有)"
_DONE = r"(?:[已都均全在有齐附存收交留做开备待见另了好过后上档查案群里附件表]|为准|为证|完毕)"  # 名单在群里, 签到表已收
_BY = "(?:那边|已经?|给|来)?"

_HOST = one_of(
    "社区 村委?会? 学校 小学 中学 学院 企业 公司 银行 农商行 街道 园区 软件园 科协 局 馆 单位 [对校甲]方"
)
_ORGANISER = "(?:主办|承办|合作|接待|组织)方"
_GIVES = "(?:提供|出具|开具?|出|反馈|报来?|统计)"
_PROVEN = "|".join(
    (
        rf"{_ORGANISER}{_BY}(?:{_GIVES}|证明|数据)了?的?(?:参加|参会)?(?:人数|证明|数据|统计)?(?!的?名)",
        rf"{_HOST}{_BY}{_GIVES}了?的?(?:参加|参会)?(?:人数|证明|数据|统计|回执)",
        rf"(?:{_HOST}|{_ORGANISER}|证明){_BY}盖了?(?:公)?章",
        rf"{_NOT}(?:开具?|出具|提供|附|有|拿|给)[了好有]?(?:参加|参会|活动|盖章|书面|人数)?证明",
        rf"证明{_DONE}+",
    )
)
_SIGNED = "|".join(
    (
        rf"{_NOT}(?:扫码)?签[了过]?[到道](?:[表册簿单本]|记录){_DONE}*",
        rf"{_NOT}签(?:[了过]到|[到道]了){_DONE}*",
        rf"{_NOT}扫码签到?{_DONE}*",
        rf"{_NOT}签[名字][表册簿]{_DONE}*",
        rf"{_NOT}(?:现场|全员)?签[到道]{_DONE}*(?={AFTER})",
    )
)
_LIST = "(?:报名|参会|参加|学员|人员|参训|听课)?(?:名单|花?名册|报名表)"
_LISTED = "|".join(
    (
        rf"{_NOT}{_LIST}(?!已?公示|已?确定|已?通过){_DONE}+",
        rf"{_NOT}(?:有|附|按|凭|见|留了?|存了?|给了?|依){_LIST}(?={AFTER}|{_DONE})",
    )
)
# Words that say so anywhere, and words that do only where they stand alone: 讨论发展对象名单 is no way of counting.
_METHODS = [
    ("host_proof", _PROVEN, "证明 盖章 盖了章 已盖章"),
    ("sign_in", _SIGNED, "签名 签字 扫码 扫码登记 打卡"),
    ("roster", _LISTED, f"{_LIST}"),
    ("estimate", "目测|粗略(?:统计|估计|估算)", "估计 估算 预估 估的 大概 约数"),
]
_BEFORE = (
    r"(?:计数方式|统计方式|计数|方式)?[:为]?\s*"
    r"(?:按|以|有|附|凭|见|扫码|现场|实际|纸质|参会|均|已|都|人数|全员|全部|用|是){0,2}"
)
_AFTER = r"(?:表|册|簿|单|统计|人数|为准|在案|计数|的|了)*"


def take_method(line: Line) -> str:
    """Take the way of counting out of the line; "" if it says none."""
    for method, anywhere, alone in _METHODS:
        standing = rf"{BEFORE}{_BEFORE}{one_of(alone)}{_AFTER}{AFTER}"
        if match := re.search(anywhere, line.words) or re.search(standing, line.words):
            line.take(match.span())
            return method
    return ""

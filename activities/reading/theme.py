"""The theme: the words no rule took, joined as they were written; without any, the kind and the partner."""

from __future__ import annotations

import re

from activities.reading.line import SHIELDED, STOPS, TAKEN, Line, Span, one_of

LONGEST = 300

# 组织学生…, 组织生活会: the word is needed.
_NOT_HOLDING = one_of("生活 委员 建设 部 关系 发展 学生 党员 教师 老师 师生 居民 群众 全体 青年 支部")
_HOLDING = rf"办(?=[^公法理好学])|召开|开展|举行|举办|组织(?!{_NOT_HOLDING})|进行"
# What says nothing where it begins or ends a part, and what says nothing at all.
_LEADING = re.compile(
    rf"^(?:[\s)）/]|我们(?!的)|[我本]支部(?=召|开|举|组|进|在)|召?开了|{_HOLDING}|了(?![解不])|的(?!士))+"
)
_TRAILING = re.compile(rf"(?:[\s(（/]|(?<![党目])的|(?<=[^中])共计?|{_HOLDING})+$")
_EMPTY = re.compile(
    rf"(?:[\s{STOPS}:：()（）/\-—~与及和在到赴于由了的共有计等并一起同地点约参加参与活动完成已为请开办]|{_HOLDING}|我们|[我本]?支部|时间|日期|"
    r"主题|内容|类型|人员|联合|携手|共同|合作|出席|到会)*"
)
# These say something about the meeting, not what it was about.
_ASIDE = re.compile(
    r"第?[\d零一二两三四五六七八九十百]+[次期场届讲课]|(?:请假|缺席|列席|病假|事假|缺勤).*"
    r"|[\d零一二两三四五六七八九十百千万.:/\-年月日号人次名点时分]+"
    r"|\d+个?(?:小时|学时|课时|分钟|组|户|家|场|班)"
)
# A blank behind Latin letters is only typing: HCIP-AI 培训 is one part.
_PART = re.compile(rf"(?:[^\s{STOPS}:{TAKEN}]|(?<=[a-z])\s(?=[^\sa-z{STOPS}:{TAKEN}]))+")


def find_rest(line: Line, partners: list[Span], kind: list[Span]) -> str:
    """The words no rule took, as typed, without the parts that hold nothing but what is understood elsewhere (the name
    of the kind, a partner) and words that join."""
    free = line.words.replace(SHIELDED, "\x02")
    known = {at for span in [*partners, *kind] for at in range(*span)}
    names = "|".join(sorted({re.escape(line.text[slice(*span)]) for span in partners}, key=len, reverse=True))
    rest, end = "", 0
    for part in _PART.finditer(free):
        if _EMPTY.fullmatch("".join("" if at in known else free[at] for at in range(*part.span()))):
            continue
        words = _trimmed(line.text[slice(*part.span())], names)
        if words:
            gap = slice(end, part.start())
            rest += _between(line.text[gap], free[gap]) + words if rest else words
            end = part.end()
    return rest


def _trimmed(words: str, partners: str) -> str:
    """A part without what joined it to words that were taken, and without 与某单位联合举办."""
    if partners:
        words = re.sub(
            rf"^(?:[与和同在到]|联合|携手)?(?:{partners})(?:一起|共同|联合|合作)?(?:{_HOLDING})", "", words
        )
    words = _TRAILING.sub("", _LEADING.sub("", words))
    for opening, closing in ("（）", "()"):
        if words.count(opening) < words.count(closing):
            words = words.removesuffix(closing)
        elif words.count(opening) > words.count(closing):
            words = words.removeprefix(opening)
    return words


def _between(typed: str, free: str) -> str:
    """What stands between two parts: the first mark, else a blank, else nothing."""
    marks = [char for char, state in zip(typed, free, strict=True) if state in f"{STOPS}:"]
    return marks[0] if marks else " " if re.search(r"\s", free) else ""


def make_theme(rest: str, kind_name: str, partners: list[str], *, is_aside: bool) -> str:
    """What remains; else what is known. is_aside: the rest goes with the kind rather than without it."""
    theme = rest
    if not rest or is_aside or _ASIDE.fullmatch(rest):
        aside = [*dict.fromkeys(partners), *filter(None, [rest])]
        theme = f"{kind_name}（{'，'.join(aside)}）" if aside else kind_name
    return theme[:LONGEST]


def says_little(rest: str, members: list[str]) -> bool:
    """Whether the words are too few to be a theme, or only names: 北京, 沈明远与周若兰."""
    names = "|".join(re.escape(name) for name in members) or "(?!)"
    return len(rest) <= 2 or bool(re.fullmatch(rf"(?:{names}|[\s、，与和]|同志)+", rest))

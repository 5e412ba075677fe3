"""Times of the day: 上午九点半, 14:00—16:30, 下午2点到4点, 晚7点; 下午 alone names no clock time."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from activities.reading.line import AFTER, TAKEN, TO, Line
from activities.reading.numerals import CHINESE, SMALL, number

_PART = r"凌晨|清晨|早晨|早上|清早|上午|中午|午间|正午|下午(?!茶)|午后|傍晚|晚上|晚间|夜间|夜里|当晚"
# 早 and 晚 alone only behind a day or before an hour: 今晚, 晚7点.
_PART = rf"{_PART}|(?<={TAKEN})[早晚夜](?![会餐宴报])|[早晚](?=\s*(?:\d|[{CHINESE}]{{1,3}}点))"
_LATER = {"下", "傍", "晚", "夜", "当"}  # the first character of a part of the day after noon
# 三点要求 is not three o'clock, 时代 no hour.
_NO_POINTS = (
    r"(?!意见|要求|建议|体会|希望|启示|思考|感悟|共识|认识|看法|内容|安排|问题|收获|经验|措施|做法|滴|赞|名)"
)
_NO_HOUR = r"(?![代间期候常光刻段政事尚空])"


def _moment(which: str) -> str:
    """14:00, 2点半, 九点一刻, 14时30分; named groups end in `which`."""
    minutes = rf"半|整|[一三]刻|(?:[0-5]?\d|[{CHINESE}]{{1,3}})分|[0-5]\d(?![\d人名位余多个])"
    return (
        rf"(?P<part{which}>{_PART})?\s*(?:(?<![\d:])(?P<hour{which}>\d{{1,2}}):(?P<minute{which}>[0-5]\d)(?::[0-5]\d)?(?![\d:])"
        rf"|(?<![\d{CHINESE}])(?P<spoken{which}>{SMALL})\s?(?P<mark{which}>点钟?{_NO_POINTS}|时{_NO_HOUR})(?P<rest{which}>{minutes})?)"
    )


# 2-4点: the first hour without its mark.
_RANGE = re.compile(rf"{_moment('1')}{TO}{_moment('2')}", re.ASCII)
_SHORT_RANGE = re.compile(
    rf"(?P<part1>{_PART})?\s*(?<![\d{CHINESE}:.\-])(?P<spoken1>{SMALL}){TO}{_moment('2')}", re.ASCII
)
_SINGLE = re.compile(_moment("1"), re.ASCII)
_PART_ALONE = re.compile(_PART)
_ENDS_A_TIME = re.compile(rf"{AFTER}|钟|[开在到召举于去组参]")


@dataclass(frozen=True)
class Clock:
    """guessed: an hour of which the half of the day had to be guessed, or a part of the day without an hour."""

    start: dt.time | None = None
    end: dt.time | None = None
    guessed: bool = False
    doubts: tuple[str, ...] = ()


def find_clock(line: Line) -> Clock | None:
    """Take the time of the day out of the line; None if the line says none."""
    for pattern in (_RANGE, _SHORT_RANGE, _SINGLE):
        for match in pattern.finditer(line.numbers):
            parts = match.groupdict()
            # 昨天下午 支委会 2点半: the part of the day may stand elsewhere.
            elsewhere = None if parts["part1"] or parts.get("part2") else _PART_ALONE.search(line.words)
            clock = _read(parts | ({"part1": elsewhere[0]} if elsewhere else {}), match, line)
            if clock:
                line.take(match.span())
                if elsewhere:
                    line.take(elsewhere.span())
                return clock
    if alone := _PART_ALONE.search(line.words):
        line.take(alone.span())
        return Clock(guessed=True)
    return None


def _read(parts: dict[str, str | None], match: re.Match, line: Line) -> Clock | None:
    if not parts.get("part1") and _may_be_points(parts, match, line):
        return None
    part1 = parts.get("part1") or ("" if parts.get("part2") is None else parts["part2"])
    start = _time(parts, "1", part1)
    if start is None:
        return None
    if "part2" not in parts:
        return Clock(start, guessed=_is_guess(parts, "1", part1))
    end = _time(parts, "2", parts["part2"] or part1)
    if end is None:
        return None
    if end < start and end.hour < 12:  # 上午10点到1点
        end = end.replace(hour=end.hour + 12)
    if end < start and parts["part2"] and not parts["part1"]:  # 10点到下午2点: the part is that of the end
        start = _time(parts, "1", "")
    if end < start:
        return Clock(start, doubts=(f"“{match[0].strip()}”结束早于开始，没有记结束时刻",))
    return Clock(start, end, guessed=_is_guess(parts, "1", part1))


def _may_be_points(parts, match, line) -> bool:
    """两点 in words needs a sign that it is a time: a minute, a range, or the end of a word."""
    spoken = parts.get("spoken1")
    if not spoken or spoken.isdigit() or parts.get("rest1") or "part2" in parts:
        return False
    return spoken == "一" or not _ENDS_A_TIME.match(line.words, match.end())


def _time(parts, which: str, part: str) -> dt.time | None:
    spoken = parts.get(f"spoken{which}")
    hour = number(spoken) if spoken else int(parts[f"hour{which}"])
    if spoken:
        minute = _minutes(parts.get(f"rest{which}") or "")
    else:
        minute = int(parts[f"minute{which}"])
    if hour is None or minute is None:
        return None
    if (part[:1] in _LATER and hour < 12) or (part == "中午" and hour < 4) or _is_guess(parts, which, part):
        hour += 12
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def _is_guess(parts, which: str, part: str) -> bool:
    """2点半 without 上午 or 下午 is meant in the afternoon; 02:30 is what it says."""
    words = parts.get(f"spoken{which}") or parts.get(f"hour{which}")
    return not part and not words.startswith("0") and 1 <= (number(words) or 0) <= 6


def _minutes(words: str) -> int | None:
    fixed = {"": 0, "整": 0, "半": 30, "一刻": 15, "三刻": 45}
    return fixed[words] if words in fixed else number(words.removesuffix("分"))

"""Days: 昨天, 上周五, 20号, 11月20日至22日, 11.20-22, 2024-11, 国庆节.

Each rule is a pattern and what it means. All mentions of a line are gathered first, then the best is chosen, because
a line may name days that are not its own: 昨天 学习11月5日讲话精神.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from activities.reading.line import STOPS, TAKEN, TO, Line, Span, one_of
from activities.reading.numerals import CHINESE, SMALL, number
from core.dates import EARLIEST_YEAR, LATEST_YEAR

# A number before one of these is a count, an hour, a size or a room, not the day of a month.
_NOT_A_DAY = (
    r"(?!\d|:|\.\d|\s?(?:人(?![工民才生文类脸机大社物])"
    r"|[名位余多几来个次场期岁年级班点时分百千万亿元%室楼层节组户份台版g]"
    r"|小时|课时|学时|号楼|号会|号教))"
)
# 3号楼, 1号会议室, 三日游: no day either.
_NUMBERED = (
    "(?!人(?![工民才生文类脸机大社物])|楼|会议|教|实训|机房|[门线厅馆院桥店码展文路]|车间|报告|图书"
    "|[游捐谈内间制程])"
)
_YEAR = rf"(?:(?P<year>\d{{4}}|\d{{2}}|[一二][{CHINESE}]{{3}}|今|去|前|明)年\s*)?"
_WEEKDAY = r"(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天]|[1-7](?![\d次节点]))(?![年期报刊])"
_WEEK = r"(?P<week>上上个?|上个?|上一|本|这个?|这一|下下个?|下个?|下一)"
_MONTH = r"(?P<which>上上个?|上个?|本|这个?|当|下个?)月"
_PART = r"(?P<part>初|上旬|中旬|中(?![心央国学小午])|下旬|底|末)"
_NOT_INSIDE = r"(?<![\d.\-/a-z第到])(?<![a-z] )"
_TAIL = (
    rf"(?:(?:{TO}|(?P<next>[、和]))(?:(?P<year2>\d{{4}})年)?(?:(?P<month2>{SMALL})月)?\s?"
    rf"(?P<day2>{SMALL})(?:日|号{_NUMBERED}|(?(next)(?!)|{_NOT_A_DAY})))?"
)
_OFFSETS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "刚": 0, "明": 1, "后": 2, "大后": 3}
_WEEKS = {"上上": -2, "上": -1, "本": 0, "这": 0, "当": 0, "下": 1, "下下": 2}
_FESTIVALS = {
    "元旦": (1, 1), "学雷锋": (3, 5), "三八妇女": (3, 8), "三八": (3, 8), "妇女节": (3, 8), "植树节": (3, 12),
    "五一劳动": (5, 1), "五一": (5, 1), "劳动节": (5, 1), "五四青年": (5, 4), "五四": (5, 4), "青年节": (5, 4),
    "六一儿童": (6, 1), "六一": (6, 1), "儿童节": (6, 1), "七一建党": (7, 1), "七一": (7, 1), "建党节": (7, 1),
    "八一建军": (8, 1), "八一": (8, 1), "建军节": (8, 1), "教师节": (9, 10), "烈士纪念日": (9, 30),
    "国庆": (10, 1), "宪法日": (12, 4), "公祭日": (12, 13),
}  # fmt: skip
_MOVING = r"春节|元宵节?|清明节?|端午节?|中秋节?|重阳节?|除夕"  # by the moon or the sun: no fixed day
_NOT_A_FESTIVAL = "(?!大道|广场|中学|小学|运动|精神|讲话|勋章|口号|期间|文艺|红旗|[路街村厂班级前后奖会])"
# Words around a day that belongs to a text, to a matter talked about, or is a deadline.
_CITING = re.compile(
    one_of(
        """学习 传达 贯彻 落实 根据 按照 重温 纪念 庆 迎 截至 截止 讨论 研究 部署 筹备 商量 商议 布置 审议 通报 公布
        盘点 回顾"""
    )
    + rf"(?:(?!支部|我们|[于在])[^\s{STOPS}:{TAKEN}]){{0,6}}$"
)
_AGENDA = re.compile(r"(?:议题|议程)[^。;；]*$")
# 、下周三主题党日安排: a matter on a list, not what took place.
_MATTER = re.compile(
    rf"[^\s{STOPS}:{TAKEN}]{{1,12}}?(?:安排|方案|计划|筹备|事宜|工作|的事)(?=$|[\s{STOPS}等和及])"
)
_LISTED = re.compile(
    r"[:、]\s?$|" + one_of("讨论 研究 部署 商量 布置 审议 总结 通报 汇报") + "[^。;；]*[，,]\\s?$"
)
# 11月党费, 11月份工作总结: the month of a matter.
_PERIOD = re.compile("份?的?(?:工作|党费|党建|总结|计划|考核|任务|情况|报表|台账|经费)")
_CITED = re.compile(one_of("(?:重要)?(?:会议精神|讲话|精神|文件|通知) 下发 印发 之?前(?!后) 以前 起 截止"))


_A_MONTH = dt.timedelta(days=31)


class NoSuchDay(ValueError):
    """Written like a day, but the calendar has none."""


@dataclass(frozen=True)
class Days:
    """The days a line names. vague: only the month, the week or a festival was named, so it is a guess."""

    start: dt.date
    end: dt.date | None = None
    vague: bool = False
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Calendar:
    """What a day without a year hangs on: today, and whether the line speaks of a plan or of people who came."""

    today: dt.date
    planned: bool
    held: bool

    def nearest(self, month: int, day: int) -> dt.date:
        """Of a day without a year the most recent; of a plan the next, unless it was due within the last month. What
        is not said to be held may also be a few weeks ahead."""
        if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2024, month)[1]:
            raise NoSuchDay
        years = range(
            self.today.year - 8, self.today.year + 9
        )  # 29 February comes every fourth or eighth year
        all_days = [dt.date(year, month, day) for year in years if _exists(year, month, day)]
        past = [one for one in all_days if one <= self.today][-1]
        ahead = next(one for one in all_days if one > self.today)
        if self.planned:
            return ahead if self.today - past > _A_MONTH else past
        return ahead if not self.held and ahead - self.today <= _A_MONTH < self.today - past else past

    def in_nearest_month(self, day: int) -> dt.date:
        """20号: in this month or the last that has it; of a plan, in this or the next. 28号 said on the 20th is ahead,
        said on the 2nd behind, unless people came."""
        if not 1 <= day <= 31:
            raise NoSuchDay
        days_ahead = day - self.today.day
        if not self.held and 0 < days_ahead <= 15 and _exists(*self.month(0), day):
            return self.today.replace(day=day)
        months = range(3) if self.planned else range(0, -3, -1)
        for year, month in (self.month(step) for step in months):
            if _exists(year, month, day):
                found = dt.date(year, month, day)
                if (found >= self.today) if self.planned else (found <= self.today):
                    return found
        raise NoSuchDay

    def month(self, step: int) -> tuple[int, int]:
        """The year and month so many months from this one."""
        months = self.today.year * 12 + self.today.month - 1 + step
        return months // 12, months % 12 + 1

    def year(self, words: str) -> int:
        """2024, 24, 二零二四, 今, 去, 前, 明."""
        steps = {"今": 0, "去": -1, "前": -2, "明": 1}
        if words in steps:
            return self.today.year + steps[words]
        value = number(words)
        if value is None:
            raise NoSuchDay
        return value + 2000 if value < 100 else value

    def weekday(self, week: int | None, words: str) -> dt.date:
        """上周五; 周五 alone is the most recent one, of a plan the next."""
        which = "一二三四五六日".index(words.replace("天", "日")) if not words.isdigit() else int(words) - 1
        monday = self.today - dt.timedelta(days=self.today.weekday())
        day = monday + dt.timedelta(days=which)
        if week is not None:
            return day + dt.timedelta(weeks=week)
        if self.planned:
            return day if day >= self.today else day + dt.timedelta(weeks=1)
        return day if day <= self.today else day - dt.timedelta(weeks=1)


# ---------------------------------------------------------------- the rules


def _written(match: re.Match, when: Calendar) -> Days:
    """With a month and a day, perhaps a year, perhaps a last day."""
    parts = match.groupdict()
    month, day = number(parts["month"]), number(parts["day"])
    if parts.get("year"):
        start = _day(when.year(parts["year"]), month, day)
    else:
        start = when.nearest(month or 0, day or 0)
    return Days(start, _last(start, parts))


def _last(start: dt.date, parts: dict[str, str | None]) -> dt.date | None:
    """The last day of a range, which names only what differs from the first."""
    if not parts.get("day2"):
        return None
    month = number(parts["month2"]) if parts.get("month2") else start.month
    year = number(parts["year2"]) if parts.get("year2") else start.year + (month < start.month)
    end = _day(year, month, number(parts["day2"]))
    if end < start:
        raise NoSuchDay
    is_apart = parts.get("next") and end - start > dt.timedelta(days=1)  # 7日、21日 is no stretch of days
    return end if end > start and not is_apart else None


def _day_alone(match: re.Match, when: Calendar) -> Days:
    start = when.in_nearest_month(number(match["day"]) or 0)
    return Days(start, _last(start, match.groupdict()))


def _of_a_month(match: re.Match, when: Calendar) -> Days:
    """上个月15号."""
    start = _day(*when.month(_WEEKS[match["which"].removesuffix("个")]), number(match["day"]))
    return Days(start, _last(start, match.groupdict()))


def _near_today(match: re.Match, when: Calendar) -> Days:
    return Days(when.today + dt.timedelta(days=_OFFSETS[match["near"] or "今"]))


def _some_time_ago(match: re.Match, when: Calendar) -> Days:
    """3天前, 两周后."""
    many = number(match["many"]) or 0
    days = many if match["unit"] in "天日" else many * 7
    if not 0 < days <= 366:
        raise NoSuchDay
    return Days(when.today + dt.timedelta(days=days if match["side"] == "后" else -days))


def _weekday(match: re.Match, when: Calendar) -> Days:
    week = _WEEKS[re.sub("[个一]$", "", match["week"])] if match["week"] else None
    start = when.weekday(week, match["weekday"])
    if not match["weekday2"]:
        return Days(start)
    end = start + dt.timedelta(days=(when.weekday(0, match["weekday2"]) - start).days % 7)
    is_apart = match["next"] and end - start > dt.timedelta(days=1)
    return Days(start, end if end > start and not is_apart else None)


def _weekend(match: re.Match, when: Calendar) -> Days:
    start = when.weekday(_WEEKS[re.sub("[个一]$", "", match["week"])], "六")
    return Days(start, vague=True, doubts=(f"“{match[0]}”没有写周六还是周日，先记作周六",))


def _some_week(match: re.Match, when: Calendar) -> Days:
    day = when.today + dt.timedelta(weeks=_WEEKS[re.sub("[个一]$", "", match["week"])])
    return Days(day, vague=True, doubts=(f"“{match[0]}”没有写星期几，先记作{_in_words(day)}",))


def _festival(match: re.Match, when: Calendar) -> Days:
    month, day = _FESTIVALS[match["festival"]]
    return Days(_day(when.year(match["year"]), month, day) if match["year"] else when.nearest(month, day))


def _some_month(match: re.Match, when: Calendar) -> Days:
    """11月, 2024-11, 11月底: the day is a guess, and the line is told so."""
    parts = match.groupdict()
    if not parts.get("month"):
        year, month = when.month(_WEEKS[(parts["which"] or "本").removesuffix("个")])
    elif parts.get("year"):
        year, month = when.year(parts["year"]), number(parts["month"])
    else:
        month = number(parts["month"])
        year = when.nearest(month or 0, 1).year
    first = _day(year, month, 1)
    last = calendar.monthrange(first.year, first.month)[1]
    part = parts.get("part") or parts.get("end")
    days = {"底": last, "末": last, "中": 15, "中旬": 11, "下旬": 21}
    start = first.replace(day=days.get(part, 1))
    return Days(start, vague=True, doubts=(f"“{match[0].strip()}”没有写到哪一天，先记作{_in_words(start)}",))


@dataclass(frozen=True)
class Rule:
    """A pattern and what it means.

    strict: a day that does not exist is worth a sentence. relative: told from today, so never the date of a document.
    vague: good only where nothing better is said, and taken only where it stands alone (11月份工作总结 is a theme).
    """

    pattern: re.Pattern
    meaning: Callable[[re.Match, Calendar], Days]
    strict: bool = False
    relative: bool = False
    vague: bool = False


def _rule(pattern: str, meaning, **how) -> Rule:
    return Rule(re.compile(pattern, re.ASCII | re.IGNORECASE), meaning, **how)


# The fuller form first: where one rule has found a day, the next ones look no more.
_RULES = [
    # 2024-11-20, 2024.11.20, 24/11/20, 2024-11-20至2024-11-22
    _rule(
        rf"{_NOT_INSIDE}(?P<year>\d{{4}}|2\d)(?P<dot>[-./])(?P<month>\d{{1,2}})(?P=dot)(?P<day>\d{{1,2}})日?(?!\d)"
        rf"(?:{TO}(?:(?:(?P<year2>\d{{4}})(?P=dot))?(?P<month2>\d{{1,2}})(?P=dot))?(?P<day2>\d{{1,2}})日?{_NOT_A_DAY})?",
        _written,
        strict=True,
    ),
    # 20241120
    _rule(
        r"(?<![\da-z])(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\d)",
        _written,
        strict=True,
    ),
    # 2024年11月20日至22日, 十一月二十日, 11月20
    _rule(
        rf"(?<![\d{CHINESE}第]){_YEAR}(?P<month>{SMALL})\s*月(?:份)?\s*"
        rf"(?P<day>{SMALL})(?:\s?日|\s?号{_NUMBERED}|(?={TO}\d)|{_NOT_A_DAY}){_TAIL}",
        _written,
        strict=True,
    ),
    # 上个月15号
    _rule(rf"{_MONTH}的?\s*(?P<day>{SMALL})(?:日|号){_TAIL}", _of_a_month, strict=True),
    # 11-20, 11/20, 11.20-22, 11.30-12.2
    _rule(
        rf"{_NOT_INSIDE}(?P<month>1[0-2]|0?[1-9])(?P<dot>[-./])(?P<day>[123]\d|0?[1-9])日?"
        rf"(?:{TO}(?:(?P<month2>1[0-2]|0?[1-9])(?P=dot))?(?P<day2>[123]\d|0?[1-9])日?{_NOT_A_DAY}"
        rf"|{_NOT_A_DAY}(?![-/]\d))",
        _written,
        strict=True,
    ),
    # 3天前, 两周后
    _rule(
        rf"(?<![\d{CHINESE}])(?P<many>\d{{1,3}}|[{CHINESE}]{{1,3}})\s*个?"
        r"(?P<unit>天|日|周|星期|礼拜)[之以]?(?P<side>前|后)",
        _some_time_ago,
        relative=True,
    ),
    # 昨天, 今晚, 刚才
    _rule(
        r"(?P<near>大前|大后|前|昨|今|明|后)(?:天(?![津才])|日(?!头条|之星)|(?=[早晚夜](?![会餐宴])))|刚[才刚]",
        _near_today,
        relative=True,
    ),
    # 上周五, 周日, 周一至周三
    _rule(
        rf"(?<![每第{CHINESE}]){_WEEK}?{_WEEKDAY}"
        rf"(?:(?:{TO}[上下本这]?(?:周|星期|礼拜)|至|(?P<next>[、和])(?:周|星期|礼拜))(?P<weekday2>[一二三四五六日天]))?",
        _weekday,
        relative=True,
    ),
    # 20号, 20-22日
    _rule(
        rf"(?<![\d{CHINESE}月第.\-/a-z楼室])(?P<day>{SMALL})(?:(?:日|号)?{TO}(?P<day2>{SMALL}))?(?:日|号){_NUMBERED}",
        _day_alone,
    ),
    # 上周末
    _rule(rf"{_WEEK}周末", _weekend, relative=True),
    # 国庆节, 七一
    _rule(
        r"(?:(?P<year>\d{4}|[今去前明])年)?"
        rf"(?P<festival>{'|'.join(sorted(_FESTIVALS, key=len, reverse=True))})节?+(?:当天)?+{_NOT_A_FESTIVAL}",
        _festival,
        vague=True,
    ),
    # 11月, 2024年11月底; 2024-11; 上个月初, 月底; 上周
    _rule(
        rf"(?<![\d{CHINESE}第]){_YEAR}(?P<month>{SMALL})\s*月(?!\s*\d)份?{_PART}?", _some_month, vague=True
    ),
    _rule(
        rf"{_NOT_INSIDE}(?P<year>\d{{4}})[-./](?P<month>1[0-2]|0?[1-9])(?![\d.\-/])", _some_month, vague=True
    ),
    _rule(rf"{_MONTH}份?{_PART}?|月(?P<end>底|末|初)", _some_month, vague=True),
    _rule(rf"{_WEEK}(?:周|星期|礼拜)(?![一二三四五六日天末\d])", _some_week, vague=True),
]


# People came, or it is told as over; 应到17人 is said before.
_HELD = re.compile(
    rf"\d\s?(?:多|余|来)?(?:人|名|位)|[{CHINESE}](?:多|余|来)?[人名位]|实到|签到|已|了(?=$|[\s{STOPS}])|[开办来做讲]了"
)


def _is_held(line: Line) -> bool:
    return bool(_HELD.search(re.sub(r"应到\D{0,4}\d+人?", "", line.plain)))


def find_days(line: Line, today: dt.date, *, planned: bool) -> tuple[Days | None, list[str]]:
    """Take the days of the activity out of the line; also what is doubtful about them, in sentences."""
    when = Calendar(today, planned, held=_is_held(line))
    mentions, doubts = _mentions(line, when)
    if not mentions:
        moving = re.search(_MOVING, line.words)
        return None, doubts + ([f"“{moving[0]}”每年日子不同，请选日期"] if moving else [])
    # The clearest, of these the first.
    best_rule, best_span, best = min(mentions, key=lambda mention: (mention[0].vague, mention[1]))
    for rule, span, days in mentions:
        if days.start == best.start and (not rule.vague or line.stands_alone(span)):
            line.take(span)
    if not best_rule.relative:
        doubts += _check_weekday(line, best_span[1], best.start)
    return best, [*doubts, *best.doubts]


def _mentions(line: Line, when: Calendar) -> tuple[list[tuple[Rule, Span, Days]], list[str]]:
    """Every place where the line names days of its own, and sentences about days that do not exist."""
    mentions, doubts = [], []
    for rule in _RULES:
        for match in rule.pattern.finditer(line.numbers):
            span = (match.start(), match.end())
            if any(start < span[1] and span[0] < end for _, (start, end), _ in mentions):
                continue
            if _is_cited(line, span) or (rule.vague and _PERIOD.match(line.words, span[1])):
                line.shield(span)
                continue
            try:
                days = rule.meaning(match, when)
            except (NoSuchDay, OverflowError):
                line.shield(span)
                if rule.strict:
                    doubts.append(f"“{match[0].strip()}”这一天不存在，没有当作日期")
                continue
            mentions.append((rule, span, days))
    return mentions, doubts


def _is_cited(line: Line, span: Span) -> bool:
    """Whether it is the date of a document, a matter or a deadline: 学习11月5日讲话, 12月1日前."""
    before = line.words[: span[0]]
    matter = _LISTED.search(before) and _MATTER.match(line.words, span[1])
    return bool(
        matter or _CITING.search(before) or _AGENDA.search(before) or _CITED.match(line.words, span[1])
    )


_WEEKDAY_AFTER = re.compile(r"\s*(\(?)\s*[上下本这]?(?:周|星期|礼拜)([一二三四五六日天])(?(1)\s*\))")


def _check_weekday(line: Line, end: int, day: dt.date) -> list[str]:
    """11月20日（周五）: the day of the week is taken with the date, and compared with the calendar."""
    match = _WEEKDAY_AFTER.match(line.words, end)
    if not match:
        return []
    line.take(match.span())
    written, real = match[2].replace("天", "日"), "一二三四五六日"[day.weekday()]
    return [] if written == real else [f"{_in_words(day)}是星期{real}，不是星期{written}"]


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _day(year: int, month: int | None, day: int | None) -> dt.date:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR or not _exists(year, month or 0, day or 0):
        raise NoSuchDay
    return dt.date(year, month, day)


def _in_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

"""Where: 在营角上社区开展…, 地点：党员之家, 会议室318, 图书馆报告厅, 腾讯会议."""

from __future__ import annotations

import re
from dataclasses import dataclass

from activities.reading.line import AFTER, BEFORE, SHIELDED, STOPS, TAKEN, Line, Span, one_of

LONGEST = 120

# What rooms and houses are called: they need no preposition.
_ROOM = one_of(
    """会议室 报告厅 学术厅 多功能厅 演播厅 教室 礼堂 活动室 会客室 接待室 谈话室 机房 阅览室 自习室 实验室
    实训室 研讨室 培训室 办公室 大厅 路演厅 党员之家 教工之家 活动中心 服务中心 党群中心 孵化中心 服务站
    体育馆 图书馆 科技馆 博物馆 纪念馆 文化馆 展览馆 少年宫 运动场 操场 食堂 文化广场 广场 党校 党建馆
    展厅 创业园 软件园 产业园 科技园 书院 书吧 敬老院 养老院 福利院"""
)
_ROOM_NUMBER = r"(?:[a-z]?\d{1,4}(?:-\d{1,4})?(?:号|室|房间|房)?)"
_FLOOR = r"(?:[a-z]|\d{1,2}|[一二三四五六七八九十]{1,2})(?:号?楼|座|栋|层)"
# What other places end in: they need a preposition or a label, or, some of them, to stand alone.
_SITE = one_of(
    """社区 村 镇 乡 街道 小区 学校 中学 小学 幼儿园 大学 学院 校区 校园 中心 楼 馆 室 基地 园区 公园 园 站
    医院 院 厂 车间 剧院 影院 体育场 路 门口 现场 超市 酒店 宾馆 旧址 故居 陵园 景区 工作室 课堂 大棚 部队
    营区"""
)
_OTHER_SITE = one_of("厅 公司 企业 集团 银行 支行 营业部 所 局 机关 一线 市 区 县 家 行 之家 党支部 党委")
_ENDING = f"(?:{_ROOM}|{_SITE}|{_OTHER_SITE})"
_ONLINE = one_of("线上 腾讯会议 钉钉 视频会议 企业微信 网络直播 直播间 zoom 云端")
_TOWARDS = one_of("来到 前往 走进 深入 在 赴 到 去 于")
# What goes on after a place and cannot be a part of its name.
_DONE_THERE = one_of(
    """开展 举行 举办 召开 开 办(?!公) 进行 组织 参加 参观 走访 调研 学习 讨论 参与 慰问 为 给 做 作 讲 听 看 与 和 同
    联合 签 培训 座谈 宣讲 指导 服务 志愿 主题党日 主讲 主持 的"""
)
# The same, and what may well be a part of a name that stands alone: 营角上社区.
_GOING_ON = f"(?:{_DONE_THERE}|[上里内])"
# 在 and 到 that are a part of another word: 感到, 存在.
_NOT_TOWARDS = re.compile(r"[做得签收感直报听看谈遇受达走正存参旨实应不现]$")
_INSIDE = rf"[^\s{STOPS}{TAKEN}{SHIELDED}:()]"
_NO_COUNT = r"(?![\d人名位])"
_ROOMS = re.compile(
    rf"{_INSIDE}{{0,12}}?(?:\s?{_ROOM_NUMBER}\s?)?{_ROOM}(?:{_INSIDE}{{0,2}}{_ROOM})?(?:\s?{_ROOM_NUMBER}{_NO_COUNT})?"
    rf"|(?:{_FLOOR}|{_INSIDE}{{1,6}}[楼座栋馆])\s?\d{{2,4}}(?:室|房间)?{_NO_COUNT}|\d{{3,4}}室",
    re.ASCII,
)
# Where such words begin: behind what is no part of a name.
_ACTIVITY = "活动(?!室|中心)"
_BREAK = re.compile(rf"{_GOING_ON}|{_TOWARDS}|{_ACTIVITY}")
_NO_PLACE = re.compile(rf"{_DONE_THERE}|{_TOWARDS}|{_ACTIVITY}|进|走|建设|研究|[所家个]学校|[下返回]乡")

# Numbers that belong to a name: 第10次, 2024级, 5G, 318会议室, 会议室318, 3号楼, HCIP-5, 123-456-789.
_NUMBERS_IN_NAMES = re.compile(
    r"第\s?[\d零一二两三四五六七八九十百]+\s?[次期届场讲课轮批季站党支个章条号]?"
    r"|(?<![\d:])\d+(?:级|年级|班|届|期|g(?!\w)|号楼|号线|号会议室|楼|层|室|会议室|教室|机房|报告厅|实验室)"
    r"|(?<=[在到于])\d{3,4}(?=[开召举组])"
    r"|(?<![\d:])\d{3,4}\s(?:室|会议室|教室|机房|报告厅|实验室)"
    rf"|(?:{_ROOM}|[楼室厅座栋教])(?:\s?[a-z]?\d{{3,4}}|[a-z]?\d{{2}})(?:-\d{{1,4}})?"
    r"(?![\d:点时月年./-]|\s*[人名位余多])"
    r"|[a-z][a-z+#.]*[-_]?\d[\w.]*(?![\d人名位])"
    r"|\d{3}[- ]\d{3}[- ]\d{3,4}",
    re.ASCII,
)


@dataclass(frozen=True)
class Around:
    """What a place must be told from: places the branch has been to, and where the line names partners and kinds."""

    places: list[str]
    partners: list[Span]
    kinds: list[Span]


# The place itself, and all that is understood with it: a preposition, a label.
Found = tuple[Span, Span] | None


def shield_names(line: Line, places: list[str]) -> None:
    """Keep the rules of numbers off the numbers that belong to names, and off the names of places."""
    spellings = [_spelling(place) for place in places if len(place) > 2]
    for pattern in (_NUMBERS_IN_NAMES, *spellings, _room_numbers(places)):
        for match in re.finditer(pattern, line.plain):
            line.shield(match.span())


def _spelling(place: str) -> str:
    """A place with or without blanks in it."""
    return r"\s?".join(re.escape(char) for char in re.sub(r"\s", "", place).lower())


def _room_numbers(places: list[str]) -> str:
    """The number alone of a room the branch has been to, and any right behind a meeting: 支委会318."""
    known = {number for place in places for number in re.findall(r"[a-z]?\d{3,4}", place.lower(), re.ASCII)}
    alone = "|".join(rf"(?<![\w.:/-]){number}|(?<=[在于到会课日]){number}" for number in sorted(known))
    return rf"(?:{alone or '(?!)'}|(?<=[会课日])\d{{3}})室?(?=$|[\s{STOPS}{TAKEN}{SHIELDED}开召举])"


def _as_known(words: str, places: list[str]) -> str:
    """The name under which the branch knows the place: 会议室318 also for 318会议室, and for 318 where it has one."""
    number = re.fullmatch(r"([a-z]?\d{3,4})室?", words.lower(), re.ASCII)
    if number:
        same = [place for place in places if re.search(rf"(?<!\d){number[1]}(?!\d)", place.lower())]
    else:
        same = [place for place in places if _key(place) == _key(words)]
    return same[0] if len(same) == 1 else words


def _key(place: str) -> tuple[str, str]:
    """The words and the number of a place, whatever their order."""
    plain = re.sub(r"\s|号|(?<=会议)室", "", place.lower())
    return re.sub(r"\d", "", plain), re.sub(r"\D", "", plain)


def find_place(line: Line, around: Around) -> str:
    """Take the place out of the line; "" if it names none."""
    rules = (_labelled, _been_to, _at_a_partner_s, _towards, _room, _by_number, _standing_alone, _online)
    for rule in rules:
        found = rule(line, around)
        if found:
            (start, end), taken = found
            words = line.text[start:end].strip()
            if 1 < len(words) <= LONGEST:
                line.take(taken)
                return _as_known(words, around.places)
    return ""


def _labelled(line: Line, around: Around) -> Found:
    """地点：党员之家."""
    room = rf"(?:\s{_ROOM_NUMBER}(?={AFTER}))?"
    match = re.search(rf"(?:活动)?(?:地点|地址|场地)\s?[:为是在]?\s?({_INSIDE}+{room})", line.words)
    return (match.span(1), match.span()) if match else None


def _at_a_partner_s(line: Line, around: Around) -> Found:
    """在营角上社区…, with the room there."""
    for start, end in around.partners:
        before = re.search(rf"{_TOWARDS}\s?$", line.words[:start])
        if before and line.is_free((start, end)):
            room = re.match(
                rf"(?:{_INSIDE}{{0,12}}?{_ROOM}(?:\s?{_ROOM_NUMBER})?|总部|总行|大楼|本部|园区|基地)(?={AFTER}|{_GOING_ON})",
                line.words[end:],
            )
            end += room.end() if room else 0
            return (start, end), (before.start(), end)
    return None


def _been_to(line: Line, around: Around) -> Found:
    """A place the branch has been to."""
    for place in around.places:
        match = re.search(rf"(?:{_TOWARDS}\s?)?({_spelling(place)})", line.words) if len(place) > 2 else None
        if match:
            return match.span(1), match.span()
    return None


def _by_number(line: Line, around: Around) -> Found:
    """A room by its number alone."""
    match = re.search(rf"(?:{_TOWARDS}\s?)?({_room_numbers(around.places)})", line.words)
    return (match.span(1), match.span()) if match else None


def _towards(line: Line, around: Around) -> Found:
    """到阳光小学…: a place by its ending; 在318开…: by its number; 在党旗下举行…: by the verb of holding behind it."""
    rooms = rf"(?:\s?{_ROOM_NUMBER}{_ENDING}?|\s?{_FLOOR}{_INSIDE}{{0,6}}?)?"
    by_ending = (
        rf"{_TOWARDS}\s?((?![线位会场党职校期]){_INSIDE}{{1,24}}?{_ENDING}{rooms})(?={AFTER}|{_GOING_ON})"
    )
    by_number = rf"(?<!\d)[在到于](?!(?:19|20)\d\d)(\d{{3,4}})(?={AFTER}|{_GOING_ON})"
    by_verb = rf"[在于]((?![线党职]){_INSIDE}{{2,16}}?)(?=举行|举办|召开)"
    for pattern in (by_ending, by_number, by_verb):
        for match in re.finditer(pattern, line.words):
            if not _NOT_TOWARDS.search(line.words[: match.start()]):
                return match.span(1), match.span()
    return None


def _room(line: Line, around: Around) -> Found:
    """实训楼318会议室, 会议室318, 党员之家: with the words in front, back to a verb, a kind or a partner."""
    for match in _ROOMS.finditer(line.words):
        start, end = match.span()
        if any(left < end <= right for left, right in [*around.kinds, *around.partners]):
            continue  # a partner's name alone is no place: 云帆软件园企业员工培训
        begins = [start + found.end() for found in _BREAK.finditer(match[0])]
        begins += [right for left, right in around.kinds if start < right]
        if not any(left <= start for left, _ in around.partners):  # 营角上社区服务中心 is one place
            begins += [left for left, right in around.partners if start < left]
        start = max((begin for begin in begins if begin < end), default=start)
        if re.search(rf"{_ROOM}|\d", line.words[start:end]):
            # 参观博物馆: the place is also what was done, and stays in the theme.
            is_object = re.search("(?:参观|走访|考察|调研|慰问|瞻仰|走进)$", line.words[:start])
            return (start, end), (0, 0) if is_object else (start, end)
    return None


def _standing_alone(line: Line, around: Around) -> Found:
    """A part of the line that is a place by its ending: 讲座 阳光小学."""
    for match in re.finditer(rf"{BEFORE}{_INSIDE}{{1,14}}?{_SITE}(?:\s?{_ROOM_NUMBER})?{AFTER}", line.words):
        start, end = match.span()
        named = any(left < end and start < right for left, right in [*around.kinds, *around.partners])
        if not named and not _NO_PLACE.search(match[0]):
            return (start, end), (start, end)
    return None


def _online(line: Line, around: Around) -> Found:
    """线上, 腾讯会议: taken where it stands alone; 线上党课 keeps the word."""
    number = r"(?:\s?\d{3}[- ]\d{3}[- ]\d{3,4})?"
    match = re.search(
        rf"(?:通过|在|用|以)?({_ONLINE})(?!线下){number}(?:形式|方式|平台)?", line.words, re.ASCII
    )
    if not match:
        return None
    held = re.match("召开|举行|开展|举办", line.words[match.end() :])
    return match.span(1), match.span() if held or line.stands_alone(match.span()) else (0, 0)


# 云帆软件园企业员工: people of a partner, or what it did.
_ITS_PEOPLE = re.compile(
    one_of(
        """的 企业 员工 职工 干部 党员 教师 老师 学生 师生 居民 群众 代表 负责人 书记 主任 领导 同志 党[委支总组] 支部
        一行 主办 承办 提供 出具 盖章 来 约 邀"""
    )
)


def place_of_partner(line: Line, span: Span) -> str:
    """A partner that is a place, too, not only named as 与…, 联合…: 营角上社区 主题党日."""
    ending = one_of("社区 村 镇 街道 小区 学校 中学 小学 幼儿园 学院 园区 中心 馆 园 敬老院 养老院 医院 基地")
    if re.search(rf"{one_of('与 和 同 跟 联合 携手 邀请 为 给 请')}\s?$", line.plain[: span[0]]):
        return ""
    if _ITS_PEOPLE.match(line.plain, span[1]):
        return ""
    words = line.plain[slice(*span)]
    return words if re.search(f"{ending}$", words) else ""

"""How many people: 32人次, 16名党员, 听众约120人, 实到15/17, 人数：32; and how they were counted.

人次 are person-times served. Members are those present. Other people with a name (学生, 居民) are persons served. Bare
人 are those present at a meeting of branch life, and persons served at anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from activities.reading.line import AFTER, BEFORE, HAN, STOPS, TAKEN, Line, Span, one_of
from activities.reading.methods import take_method
from activities.reading.numerals import NUMBER, number

LARGEST = 1_000_000

_MEMBERS = (
    "(?:全体|正式|预备|学生|教师|青年|支部|到会|参会|教工|老)?党员(?:同志|教师|干部)?"
    "|支委会?委员|支委|委员|同志|全体"
)
_AUDIENCE = (
    one_of(
        """社区 村 中小 小 大 (?<!其)中 高中 初中 本科 留 老年 企业 银行 青年 基层 乡镇 现场 在校 参训 参加 本校
        周边 辖区 女"""
    )
    + "?"
    + one_of(
        rf"""听众 观众 学生 学员 同学 居民 村民 群众 老人 老年人 市民 家长 师生 员工 教职工 职工 干部 小朋友 小孩子?
        儿童 孩子 青少年 少年 教师 (?<![{HAN}])老师 读者 新生 毕业生 研究生 本科生 游客 企业家 代表 用户 农户
        患者 官兵 客户 亲子 青年 妇女 公众 网友 人员 嘉宾 队员 娃 大妈 大爷 阿姨"""
    )
    + "(?:代表|朋友|们)?"
)
# Not served, and not members of the meeting: left in the words.
_HELPERS = re.compile(
    rf"[^\s{STOPS}]{{0,4}}?"
    + one_of(
        """志愿者 专家 讲师 主讲 教授 博士 工作人员 带队 评委 指导教师 指导老师 选手 积极分子 发展对象 申请人
        候选人 [教老]师(?:指导|带队|授课)"""
    )
)
_ABOUT = (
    "(?:大约|大概|大致|约莫|目测|(?<![签预邀])约|将近|接近|(?<!附)近|超过|超|(?<![通经])过|逾|上(?=[百千万])"
    "|差不多|估计|不到|少说|至少|起码|不下|不少于)(?:有|来了|是)?"
)
_MORE = r"(?P<more>[余多来几])?"
# Not units: 人工智能, 一人一策, 人机, 名师, 名校, 位于, 三个党员活动室.
_UNIT = (
    r"(?P<unit>人\s?次"
    r"|[个号]?人(?![工民才生文类脸机物力口行组赛制团份格间气心像均际]|小组|大[代常会]|社[局厅部]|居环|家(?![长属])|一[^起同共])"
    r"|名(?![字称单额次著词义医]|师(?!生)|校(?!友)|企)|位(?![置于数次移])|个)"
)
_AROUND = r"(?P<around>\s?(?:左右|上下|以上|出头|开外|吧))?"
_COME = r"(?:参加|参与|到场|到会|参会|与会|出席|听讲|听课|听会|受益|在场|到位)(?:了|学习|活动|培训|会议)?"
_CAME = rf"(?:{_COME}|都?(?<![签报达])[来到](?:了|(?=\d)))"
_ALL_CAME = r"(?:全部?|全员|都|均)(?:到齐|到会|到场|参加|出席|到|来|在)了?"
_BEHIND = rf"(?:{_COME}|{_ALL_CAME}|[来到]了?(?={AFTER})|来听|听)"
_SERVED = r"(?<!志愿)(?<!志愿者)(?<!社区)服务|覆盖|惠及|受益|辐射|吸引"  # 志愿服务 is a kind
_TOTAL = r"共计|合计|总计|累计|一共|总共|共有|共"
_NEAR = rf"[^\s{STOPS}{TAKEN}\d]{{0,4}}?"  # 大二, 信息学院
_PEOPLE = re.compile(
    rf"(?P<about>{_ABOUT})?(?:(?:(?P<served>(?:{_SERVED})(?:了|人群|对象)?)|(?P<total>{_TOTAL})|(?P<came>{_CAME})的?"
    rf"|(?P<members>{_MEMBERS})|(?P<audience>{_AUDIENCE})|(?P<label>人数|人次))\s?[:有达为是]?\s?){{0,5}}"
    rf"(?P<about2>{_ABOUT})?\s?(?P<number>{NUMBER})\s?{_MORE}\s?{_UNIT}{_AROUND}"
    rf"(?:(?P<members2>{_NEAR}(?:{_MEMBERS}))|(?P<audience2>{_NEAR}{_AUDIENCE})(?={AFTER}|{_BEHIND}))?"
    rf"(?P<came2>\s?{_BEHIND})?",
    re.ASCII,
)
_AUDIENCE_AFTER = re.compile(rf"{_NEAR}{_AUDIENCE}")
# 人数：32, 服务人次 86: the unit stands in front; 学员35, 签到16: it is not said.
_LABELLED = re.compile(
    rf"(?P<served>(?:{_SERVED}))?(?P<members>参会|到会|出席|党员)?(?:参加|参与)?(?:的)?(?P<unit>人次|人数)\s*[:为是有]?\s*"
    rf"(?P<about>{_ABOUT})?\s*(?P<number>{NUMBER})\s*{_MORE}(?:人次|人)?{_AROUND}",
    re.ASCII,
)
_UNITLESS = re.compile(
    rf"(?:(?P<members>{_MEMBERS})|(?P<audience>{_AUDIENCE})|{_COME}|(?<=签到)):?(?P<unit>)(?P<about>{_ABOUT})?"
    rf"(?P<number>\d{{1,4}}){_MORE}{_AROUND}(?=$|[\s{STOPS})])",
    re.ASCII,
)
# 小孩二十多, 估计二百: a rough number needs no unit, but to stand alone.
_ROUGH = re.compile(
    rf"(?:(?P<members>{_MEMBERS})|(?P<audience>{_AUDIENCE})|{_CAME}|(?={_ABOUT})|{BEFORE}(?=\S+个)):?(?P<unit>)"
    rf"(?P<about>{_ABOUT})?(?P<number>{NUMBER})(?:(?P<more>[余多来几])个?|(?(about)个?|(?!)))(?P<around>吧)?(?={AFTER})",
    re.ASCII,
)
# 应到17人, 实到15人; 应17实15; 应到17到了15; 实到15/17; 16/17到会; 17人应到; 17人到了15人.
_WHO = r"(?:党员|人数|委员|支委|同志)*\s*[:为]?\s*"
_ONE = r"\s*[人名位]?(?:党员|委员|支委|同志)?"
_SO_MANY = rf"{NUMBER}(?![\d月日号点年:.])"
_OWED = r"应(?:到会?|参会|参加|出席|(?=\d{1,3}\D{0,3}实))"
_PRESENT = r"(?:实(?:际)?(?:到会?|参会|参加|出席)|实(?=\d))"
_ROLLS = [
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"{_OWED}{_WHO}(?P<expected>{_SO_MANY}){_ONE}(?:[\s,，、]*[到来]了?(?P<present>{_SO_MANY}){_ONE})?",
        rf"{_PRESENT}{_WHO}(?P<present>{_SO_MANY})(?:/(?P<expected>{NUMBER}))?{_ONE}(?:参加|到会)?",
        rf"(?:到会|出席|参会|参加|到){_WHO}(?P<present>{NUMBER})/(?P<expected>{NUMBER}){_ONE}",
        rf"(?P<present>{NUMBER})/(?P<expected>{NUMBER})\s*(?:(?:人\s*)?(?:实到|到会|{_ALL_CAME})|人?出席(?={AFTER})|人(?={AFTER}))",
        rf"(?P<expected>{NUMBER})[人名个]{_ONE}(?:[中里]?[\s,，]?(?:[到来]了|到会|实到)|中有)(?P<present>{NUMBER})[人名个]{_ONE}(?!获奖|通过)",
    )
]
# The same with the number in front: 17人应到, 15人实到. Whichever begins first tells how the line is written.
_ROLLS_BEHIND = [
    re.compile(rf"(?P<expected>{NUMBER}){_ONE}应(?:到会?|参会|参加|出席)", re.ASCII),
    re.compile(rf"(?P<present>{NUMBER}){_ONE}实(?:到会?|参会|参加|出席)", re.ASCII),
]
_BARE_ROLL = re.compile(
    rf"{BEFORE}(\d{{1,3}})/(\d{{1,3}})(?={AFTER})(?!/)", re.ASCII
)  # 15/17, which is no day
_ALL_PRESENT = re.compile(rf"全勤|{_ALL_CAME}|无人?(?:缺席|请假)|一个(?:都)?[不没](?:少|缺|落)")
# Behind or before these a number tells of other people than those who came: it stays in the words.
_OTHERS = re.compile(
    r"(?:发展|接收|吸收|确定|培养|转正|表彰|评选|评定|评出|评为|推荐|推选|选举|选出|奖励|招募|录取|缺席|缺勤|请假|病假|事假|列席|获奖|"
    r"考取|通过|取得|迟到|候选|差额|报名|邀请|讨论|研究|审议|批准)(?:新|学生|教师|预备|优秀|合格|发展|对象|为|了|出|候选人|支委|积极分子|先进|困难|的)"
    r"{0,2}$"
    rf"|(?:优秀|合格|其中[^{STOPS}\s]{{0,4}}|[前每第]|积极分子|(?<!服务)对象|志愿者|每[天日场次期组班])$"
)
_OTHERS_AFTER = re.compile(
    rf"[^\s{STOPS}{TAKEN}\d]{{0,6}}?"
    + one_of(
        "请假 缺席 列席 缺勤 病假 事假 出差 未到 [没未]来 没到 外出 获奖(?!\\d) 当选 候选 转正 旁听 入党 迟到"
    )
)
_DONE_WITH = re.compile("(?:慰问|看望|走访|帮扶|关爱|培训|组织|面向|接待|[给为对教])$")
_ALONG = re.compile("(?:带着?|带领|率领?|组织)[^\\s\\d]{0,4}$")
_VISITED = re.compile(r"(?:慰问|看望|走访|探望|帮扶|关爱)了?(?:困难|生活困难|离退休)?$")  # 慰问老党员3名
_VAGUE = re.compile(r"(?<![一二三四五六七八九十\d])(?:好?几|数)[十百千]+(?:号|多|余|来|个|名|位)*人次?")


@dataclass
class Counts:
    """What the line says about people. people: bare 人, whose meaning hangs on the kind of the activity."""

    person_times: int | None = None
    persons: int | None = None
    present: int | None = None
    expected: int | None = None
    people: int | None = None
    is_roll: bool = False  # people were counted as 实到
    method: str = ""
    guessed: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """One number of people in the line."""

    span: Span
    target: str
    number: int
    is_total: bool
    is_named: bool
    is_estimate: bool
    is_along: bool  # brought along by those who came: 带着12名学生


def find_roll(line: Line) -> Counts:
    """Take 应到 and 实到 out of the line: they are read as they are, whatever the kind, and before the days, because
    5/5 is one."""
    counts = Counts()
    ahead, behind = ([pattern.search(line.numbers) for pattern in way] for way in (_ROLLS, _ROLLS_BEHIND))
    is_behind = min((match.start() for match in behind if match), default=LARGEST) < min(
        (match.start() for match in ahead if match), default=LARGEST
    )
    for pattern in (*_ROLLS_BEHIND, *_ROLLS) if is_behind else (*_ROLLS, *_ROLLS_BEHIND):
        for match in pattern.finditer(line.numbers):
            said = {name: number(words) for name, words in match.groupdict().items() if words}
            present, expected = said.get("present"), said.get("expected")
            if any(value is None or value > LARGEST for value in said.values()):
                continue
            if present and expected and present > expected:  # of no meeting more come than should
                continue
            for name, value in said.items():
                setattr(counts, name, value)
            line.take(match.span())
    if counts.expected is None:  # 实到26人 of a lecture are its listeners
        counts.people, counts.present = counts.present, None
        counts.is_roll = bool(counts.people)
    return counts


def find_counts(line: Line, counts: Counts) -> Counts:
    """Take the numbers of people and the way of counting out of the line, beside its roll."""
    for match in re.finditer(r"有表决权[^，,。;；]*", line.numbers):
        line.shield(match.span())
    for match in _VAGUE.finditer(line.numbers):
        counts.doubts.append(f"“{match[0]}”没有写确切数，请填人数")
        line.shield(match.span())
    bare = None if counts.expected or counts.is_roll else _BARE_ROLL.search(line.numbers)
    if bare and 0 < int(bare[1]) <= int(bare[2]):
        counts.present, counts.expected = int(bare[1]), int(bare[2])
        line.take(bare.span())
    groups: list[Group] = []
    for pattern in (_PEOPLE, _LABELLED, _UNITLESS, _ROUGH):
        for match in pattern.finditer(line.numbers):
            if not any(group.span[0] < match.end() and match.start() < group.span[1] for group in groups):
                groups += [group] if (group := _group(match, line, counts)) else []
    if any(group.target in ("person_times", "persons") and not group.is_along for group in groups):
        groups = [group for group in groups if not group.is_along]  # those served are others
    for target in ("person_times", "persons", "present", "people"):
        if getattr(counts, target) is None:
            _settle(target, [group for group in groups if group.target == target], line, counts)
    all_present = _ALL_PRESENT.search(line.words)
    if all_present and counts.expected and counts.present is None and counts.people is None:
        counts.present = counts.expected
        counts.guessed.add("present")
        line.take(all_present.span())
    method = take_method(line)
    counts.method = counts.method or method  # a rounded number is an estimate, whatever lists there are
    return counts


def _group(match: re.Match, line: Line, counts: Counts) -> Group | None:
    """What one number of people means; None if it is of others, or too large to be true."""
    parts = match.groupdict()
    start, end = match.start(), match.end()
    start += len(match[0]) - len(match[0].lstrip())
    came = parts.get("came") or parts.get("came2")
    # 慰问老人12人: what is done with them needs the word; 居民12人 does not.
    before = line.words[:start]
    who = "members" if parts.get("members") else "audience"
    if parts.get(who) and match.start(who) == start and _DONE_WITH.search(before):
        start = match.end(who)
    value = number(parts["number"])
    ends_there = came and re.match(AFTER, line.words[end:])  # 研究发展党员五人参加 counts those who came
    behind = match.end("unit")
    of_others = any(_OTHERS.search(words) for words in (before, line.words[:start]))
    of_others = of_others or _OTHERS_AFTER.match(line.words, behind)
    if not value or (of_others and not ends_there):
        return None
    if of_others:
        start = match.start("number")
    if not (parts.get("members2") or parts.get("audience2")) and _HELPERS.match(line.words, end):
        return None
    members = parts.get("members") or parts.get("members2")
    audience = parts.get("audience") or parts.get("audience2")
    if not parts.get("came2"):  # 12人参加服务居民: others than the 12
        audience = audience or _AUDIENCE_AFTER.match(line.words, behind)
    if parts["unit"] == "个" and not (came or members or audience or parts["around"]):
        return None
    # A bare 百人 is a way of speaking (百人计划); 近百人, 百余人 are numbers.
    is_estimate = any(parts.get(name) for name in ("about", "about2", "more", "around"))
    if parts["number"] in "百千万亿" and not is_estimate:
        return None
    if value > LARGEST:
        counts.doubts.append(f"“{match[0].strip()}”太多，没有记作人数")
        line.shield(match.span())
        return None
    if parts.get("members") and _VISITED.search(before):
        return None
    if "人次" in (re.sub(r"\s", "", parts["unit"]), parts.get("label")):
        target = "person_times"
    elif audience or parts.get("served"):
        target = "persons"
    else:
        target = "present" if members else "people"
    is_named = bool(members or audience)
    is_along = bool(_ALONG.search(line.words[:start]))
    return Group((start, end), target, value, bool(parts.get("total")), is_named, is_estimate, is_along)


def _settle(target: str, groups: list[Group], line: Line, counts: Counts) -> None:
    """One number for the target: a total said so; else named groups added up (学生30人、家长20人); else the first."""
    totals = [group for group in groups if group.is_total]
    named = [group for group in groups if group.is_named]
    chosen = totals[:1] or (named if len(named) > 1 else groups[:1])
    if not chosen:
        return
    setattr(counts, target, sum(group.number for group in chosen))
    if len(chosen) > 1:
        counts.guessed.add(target)
    if any(group.is_estimate for group in chosen):
        counts.method = "estimate"
    for group in chosen:
        line.take(group.span)

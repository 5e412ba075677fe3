"""How many people: 32人次, 16名党员, 听众约120人, 实到15/17, 人数：32; and how they were counted.

人次 are person-times served. Members are those present. Other people with a name (学生, 居民) are persons served. Bare
人 are those present at a meeting of branch life, and persons served at anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from activities.reading.line import AFTER, BEFORE, HAN, STOPS, TAKEN, Line, Span, one_of
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
        rf"""听众 观众 学生 学员 同学 居民 村民 群众 老人 老年人 市民 家长 师生 员工 教职工 职工 干部 小朋友
        儿童 孩子 青少年 少年 教师 (?<![{HAN}])老师 读者 新生 毕业生 研究生 本科生 游客 企业家 代表 用户 农户
        患者 官兵 客户 亲子 青年 妇女 公众 网友 人员 嘉宾"""
    )
    + "(?:代表|朋友|们)?"
)
# Not served, and not members of the meeting: left in the words.
_HELPERS = re.compile(
    r"\S{0,4}?"
    + one_of(
        "志愿者 专家 讲师 主讲 教授 博士 工作人员 带队 评委 指导教师 指导老师 选手 获奖 [教老]师(?:指导|带队|授课)"
    )
)
_ABOUT = (
    "(?P<about>大约|大概|(?<![签预邀])约|将近|接近|(?<!附)近|超过|超|(?<![通经])过|逾|上(?=[百千万])"
    "|差不多|估计|不到)?"
)
_MORE = r"(?P<more>[余多来几])?"
# Not units: 人工智能, 一人一策, 人机, 名师, 名校, 位于.
_UNIT = (
    r"(?P<unit>人\s?次"
    r"|人(?![工民才生文类脸机物力口行组赛制团份格间气心像均际]|小组|大[代常会]|社[局厅部]|居环|家(?![长属])|一[^起同共])"
    rf"|个(?={_MEMBERS}|{_AUDIENCE})"
    r"|名(?![字称单额次著词义医]|师(?!生)|校(?!友)|企)|位(?![置于数次移]))"
)
_AROUND = r"(?P<around>\s?(?:左右|上下|以上))?"
_VERB = r"(?:全部|全体|均|都)?(?:参加|参与|到场|到会|参会|与会|出席|听讲|听课|受益|在场)(?:了|学习|活动|培训|会议)?"
_SERVED = r"(?<!志愿)(?<!志愿者)(?<!社区)服务|覆盖|惠及|受益|辐射|吸引"  # 志愿服务 is a kind
_TOTAL = r"共计|合计|总计|累计|一共|共有|共"
_NEAR = rf"[^\s{STOPS}{TAKEN}\d]{{0,4}}?"  # 大二, 信息学院
_PEOPLE = re.compile(
    rf"(?:(?:(?P<served>(?:{_SERVED})(?:了|人群)?)|(?P<total>{_TOTAL})|{_VERB}的?|(?P<members>{_MEMBERS})|(?P<audience>{_AUDIENCE})"
    rf"|(?P<label>人数|人次))\s?[:有达为是]?\s?){{0,5}}"
    rf"{_ABOUT}\s?(?P<number>{NUMBER})\s?{_MORE}\s?个?\s?{_UNIT}{_AROUND}"
    rf"(?:(?P<members2>{_NEAR}(?:{_MEMBERS}))|(?P<audience2>{_NEAR}{_AUDIENCE})(?={AFTER}|{_VERB}))?"
    rf"(?P<came>\s?{_VERB})?",
    re.ASCII,
)
_AUDIENCE_AFTER = re.compile(rf"{_NEAR}{_AUDIENCE}")
# 人数：32, 服务人次 86: the unit stands in front.
_LABELLED = re.compile(
    rf"(?P<served>(?:{_SERVED}))?(?P<members>参会|到会|出席|党员)?(?:参加|参与)?(?:的)?(?P<unit>人次|人数)\s*[:为是有]?\s*{_ABOUT}\s*"
    rf"(?P<number>{NUMBER})\s*{_MORE}(?:人次|人)?{_AROUND}",
    re.ASCII,
)
# 应到17人, 实到15人; 实到15/17.
_ROLL = re.compile(
    rf"(?P<roll>应到会?|应参会|应参加|应出席|实到会?|实际到会|实参会|实参加|实出席|实际出席|实际参加)(?:党员|人数|委员|支委)*\s*[:为]?\s*(?P<number>{NUMBER})"
    rf"(?:/(?P<of>{NUMBER}))?\s*[人名位]?(?:党员)?(?:参加|到会)?",
    re.ASCII,
)
# The same with the number in front: 17人应到, 15人实到.
_ROLL_BEHIND = re.compile(rf"(?P<number>{NUMBER})\s?[人名位]?(?P<of>)(?P<roll>应到|实到)会?", re.ASCII)
# Behind these a number tells of other people than those who came: it stays in the words.
_OTHERS = re.compile(
    r"(?:发展|接收|吸收|确定|培养|转正|表彰|评选|评定|评出|评为|推荐|推选|选举|选出|奖励|招募|录取|缺席|缺勤|请假|病假|事假|列席|获奖|"
    r"考取|通过|取得|迟到|候选|差额)(?:新|学生|教师|预备|优秀|合格|发展|对象|为|了|出|候选人|支委|积极分子|先进|困难){0,2}$"
    rf"|(?:优秀|合格|其中[^{STOPS}\s]{{0,4}}|[前每第]|积极分子|对象|志愿者)$"
)
_DONE_WITH = re.compile("(?:慰问|看望|走访|帮扶|关爱|培训|组织|面向|接待|[给为对教])$")
_VISITED = re.compile(r"(?:慰问|看望|走访|帮扶|关爱)(?:困难|生活困难|离退休)?$")  # 慰问老党员3名
_METHODS = [
    ("host_proof", r"主办方?(?:提供|出具|统计)?的?(?:证明|统计|数据)?|对方证明|证明"),
    ("sign_in", r"签到"),
    ("roster", r"名单|花名册"),
    ("estimate", r"估计|估算|预估"),
]
_METHOD_BEFORE = (
    r"(?:计数方式|统计方式|计数)?[:为]?\s*(?:按|以|有|附|凭|见|扫码|现场|实际|纸质|参会|均|已){0,2}"
)
_METHOD_AFTER = r"(?:表|册|簿|单|统计|人数|为准|在案|计数)*"


@dataclass
class Counts:
    """What the line says about people. people: bare 人, whose meaning hangs on the kind of the activity."""

    person_times: int | None = None
    persons: int | None = None
    present: int | None = None
    expected: int | None = None
    people: int | None = None
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


def find_counts(line: Line) -> Counts:
    """Take the numbers of people and the way of counting out of the line."""
    counts = Counts()
    for match in re.finditer(r"有表决权[^，,。;；]*", line.numbers):
        line.shield(match.span())
    _take_roll(line, counts)
    groups = [group for match in _PEOPLE.finditer(line.numbers) if (group := _group(match, line, counts))]
    for match in _LABELLED.finditer(line.numbers):
        if not any(group.span[0] < match.end() and match.start() < group.span[1] for group in groups):
            groups += [group] if (group := _group(match, line, counts)) else []
    for target in ("person_times", "persons", "present", "people"):
        if getattr(counts, target) is None:
            _settle(target, [group for group in groups if group.target == target], line, counts)
    method = _take_method(line)
    counts.method = counts.method or method  # a rounded number is an estimate, whatever lists there are
    return counts


def _take_roll(line: Line, counts: Counts) -> None:
    """应到 and 实到: read as they are, whatever the kind."""
    # The one way of writing or the other: whichever begins first.
    ways = [list(pattern.finditer(line.numbers)) for pattern in (_ROLL, _ROLL_BEHIND)]
    for match in min(filter(None, ways), key=lambda matches: matches[0].start(), default=[]):
        values = {"expected" if match["roll"].startswith("应") else "present": number(match["number"])}
        if match["of"]:
            values["expected"] = number(match["of"])
        if all(value is not None and value <= LARGEST for value in values.values()):
            for field_name, value in values.items():
                setattr(counts, field_name, value)
            line.take(match.span())


def _group(match: re.Match, line: Line, counts: Counts) -> Group | None:
    """What one number of people means; None if it is of others, or too large to be true."""
    parts = match.groupdict()
    start, end = match.start(), match.end()
    start += len(match[0]) - len(match[0].lstrip())
    # 慰问老人12人: what is done with them needs the word; 居民12人 does not.
    behind = line.words[:start]
    who = "members" if parts.get("members") else "audience"
    if parts.get(who) and match.start(who) == start and _DONE_WITH.search(behind):
        start = match.end(who)
    value = number(parts["number"])
    if not value or (
        not parts.get("came") and (_OTHERS.search(behind) or _OTHERS.search(line.words[:start]))
    ):
        return None
    if not (parts.get("members2") or parts.get("audience2")) and _HELPERS.match(line.words, end):
        return None
    # A bare 百人 is a way of speaking (百人计划); 近百人, 百余人 are numbers.
    is_estimate = any(parts.get(name) for name in ("about", "more", "around"))
    if parts["number"] in "百千万亿" and not is_estimate:
        return None
    if value > LARGEST:
        counts.doubts.append(f"“{match[0].strip()}”太多，没有记作人数")
        line.shield(match.span())
        return None
    if parts.get("members") and _VISITED.search(behind):
        return None
    members = parts.get("members") or parts.get("members2")
    audience = parts.get("audience") or parts.get("audience2") or _AUDIENCE_AFTER.match(line.words, end)
    if "人次" in (re.sub(r"\s", "", parts["unit"]), parts.get("label")):
        target = "person_times"
    elif audience or parts.get("served"):
        target = "persons"
    else:
        target = "present" if members else "people"
    is_named = bool(members or audience)
    return Group((start, end), target, value, bool(parts.get("total")), is_named, is_estimate)


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


def _take_method(line: Line) -> str:
    """签到, 名单 and the like, where they stand alone: 讨论发展对象名单 is no way of counting."""
    for method, words in _METHODS:
        pattern = f"{BEFORE}{_METHOD_BEFORE}(?:{words}){_METHOD_AFTER}{AFTER}"
        if match := re.search(pattern, line.words):
            line.take(match.span())
            return method
    return ""

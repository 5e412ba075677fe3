"""What kind of activity the words name, and the task lines that follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from activities.reading.line import STOPS, TAKEN, Line, Span, one_of

OTHER, JOINT = "other", "joint_event"

_GAP = rf"[^\s{STOPS}{TAKEN}]{{0,10}}?"


def _words(names: str, telling: str = "", hints: str = "") -> tuple[str, str, str]:
    """Other names of the kind itself (alone, they need not stay in the theme); words that mean it; words that only hint
    at it, used where nothing clearer is said. … stands for a few characters."""
    return tuple(one_of(words.replace("…", _GAP)) if words else "" for words in (names, telling, hints))


_PLACES_OF = "(?![室楼馆站队岗]|中心|基地|教室|学校|机构)"  # 培训中心 is a place, no training
_RED = "(?:纪念馆|旧址|故居|陵园|红色|党史)"
_CONTEST = "(?:竞赛|大赛|比赛|杯)"
_COMPANY = "(?:企业|公司|集团|园区|软件园|产业园|工厂|车间|厂)"
_WORDS: dict[str, tuple[str, str, str]] = {
    "members_meeting": _words("(?:支部)?党员大会 支部大会 全体党员大?会议?", "支部党员会议?", "支部会议?"),
    "committee_meeting": _words(
        "支部委员会(?:会议)? 支委会(?:会议)? 支委会议", "支委扩大会议? 支委(?:碰头|例)会", "支委"
    ),
    "group_meeting": _words("党小组会议?", "党小组(?:学习|活动|例会)", "党小组 小组会"),
    "party_lecture": _words("[讲上]党课 党课", "(?:专题|联合|微|示范)党课"),
    "themed_party_day": _words(
        "主题党日(?:活动)? 党日活动 党日",
        "联合主题党日",
        f"入党誓词 政治生日 (?:参观|瞻仰|走进)…{_RED} {_RED}…(?:参观|瞻仰|研学) 党员…参观",
    ),
    "organisational_life_meeting": _words("组织生活会", "专题组织生活会 民主生活会"),
    "member_appraisal": _words("民主评议(?:党员)? 党员民主评议 评议党员", hints="党员评议"),
    "heart_to_heart_talk": _words("谈心谈话 谈心", hints="谈话"),
    "lecture": _words(
        "(?:专题)?讲[座坐] (?:专题)?报告会",
        "(?:专题|科普)报告 宣讲会?",
        "主讲 讲授 分享会 讲课 授课 [给为]…讲 [给为]…上…课",
    ),
    "training": _words(
        f"(?:技能)?培训[班会]?{_PLACES_OF}", "研修班?", f"集训 实训{_PLACES_OF} 工作坊 辅导 教学(?![楼区])"
    ),
    "science_outreach": _words(
        "科普(?:推广|活动)?(?![馆日]|基地|教育基地|中心)",
        "科普…进(?:校园|社区|乡村|课堂|企业)",
        "进校园 进社区 进乡村 进课堂 科技周 科普日 科技活动周 开放日",
    ),
    "academic_exchange": _words(
        "学术(?:交流|会议|报告|研讨)会?", "(?:学术)?研讨会? 学术…(?:年会|论坛|沙龙)", "论坛 年会"
    ),
    "salon": _words("(?:周末)?沙龙"),
    "contest_coaching": _words(
        "竞赛指导 竞赛辅导 指导竞赛 指导(?:学生)?(?:参加)?竞赛",
        f"赛前(?:指导|辅导|培训|集训) (?:指导|辅导)…(?:{_CONTEST}|参赛|备赛) {_CONTEST}…(?:指导|辅导|集训|培训) 备赛",
        "竞赛 大赛 比赛 参赛 备战 蓝桥杯 挑战杯",
    ),
    "joint_event": _words(
        "联建(?:共建)?(?:活动)? 共建(?:活动)?",
        "签约(?:仪式)? 签[订署]…协议 续签 结对 联学联建 联合(?:宣讲|攻关) 揭牌",
        "座谈会? 联合 联学 对接 交流会",
    ),
    "company_visit": _words(
        "企业交流 走访企业 参观企业 企业走访 访企",
        f"(?:走访|参观|考察|访问|走进|赴|到访)…{_COMPANY}(?:走访|参观|考察|交流)?",
        "访企拓岗 走访 参观",
    ),
    "volunteering": _words(
        f"志愿者?(?:服务|活动)(?:活动)?{_PLACES_OF} 社区服务{_PLACES_OF}",
        "走访慰问 义务(?:劳动|维修|植树|讲解) 义诊 义工 无偿献血",
        """志愿 助老 慰问 义务 献血 帮扶 支教 下乡 植树 服务(?:群众|居民|老人) 便民 清扫 扫雪 文明劝导
        [帮教给]…(?:老人|老年人|居民|群众|大爷|大妈)""",
    ),
    "field_study": _words("(?:实地)?(?:调研|调查研究)", "(?:专题|走访)调研", "考察 摸底 问卷"),
}
_LINES = {
    "lecture": ["education_service"],
    "training": ["education_service"],
    "science_outreach": ["education_service"],
    "salon": ["education_service"],
    "volunteering": ["education_service"],
    "academic_exchange": ["technology_empowerment"],
    "company_visit": ["technology_empowerment"],
    "field_study": ["technology_empowerment"],
    "contest_coaching": ["practice_education"],
    "joint_event": ["joint_building"],
}
# Task lines the words name themselves.
_LINE_WORDS = {
    "joint_building": r"党建联建|联建|共建|联学",
    "education_service": r"教育服务",
    "technology_empowerment": r"科技赋能",
    "practice_education": r"实践育人",
    "branch_life": r"支部建设",
}
LINE_ORDER = list(_LINE_WORDS)

# A kind that is being discussed, or its plan, is not what took place: 支委会研究主题党日方案.
_ABOUT = re.compile(
    one_of("讨论 研究 审议 部署 传达 通报 布置 筹备 准备 商量 总结 汇报 关于 安排 审定 制定 学习 听取 策划")
    + rf"[^{STOPS}\s{TAKEN}]{{0,12}}$"
)
_ITS_PLAN = re.compile(
    "(?:活动)?" + one_of("方案 安排 计划 通知 材料 总结 制度 方法 技巧 心得 筹备 会?前 议程 精神 记录 工作")
)
_QUOTED = re.compile(r"《[^》]*》|“[^”]*”|\"[^\"]*\"|「[^」]*」|『[^』]*』|‘[^’]*’")
# Spoken names of kinds that slips of the keyboard are measured by, beside the kinds' own.
SPOKEN_NAMES = (
    "支委会", "支部大会", "党员大会", "党小组会", "党日活动", "支部委员会", "民主评议", "联建共建", "学术报告",
    "报告会", "座谈会", "社区服务", "党课", "沙龙", "培训", "科普",
)  # fmt: skip
_CLEAR, _TELLING, _HINT = range(3)


@dataclass(frozen=True)
class KindWord:
    """A word of the line that names or hints at a kind. is_name: just another name of the kind."""

    code: str
    span: Span
    strength: int

    @property
    def is_name(self) -> bool:
        """Whether the word says no more than the kind does."""
        return self.strength == _CLEAR

    @property
    def is_clear(self) -> bool:
        """Whether the word says the kind rather than hints at it."""
        return self.strength != _HINT


def quoted(text: str) -> Iterable[Span]:
    """The stretches between quotation marks, marks included."""
    return (match.span() for match in _QUOTED.finditer(text))


def find_kind_words(line: Line, kinds: list[tuple[str, str, bool]]) -> list[KindWord]:
    """Every word of the whole line that speaks of a kind the school has, also where other rules have read it."""
    found = []
    for code, name, _ in kinds:
        if code == OTHER:
            continue
        names, telling, hints = _WORDS.get(code, ("", "", ""))
        names = "|".join(filter(None, [re.escape(name.lower()), names]))
        for strength, pattern in enumerate((names, telling, hints)):
            if pattern:
                found += [
                    KindWord(code, match.span(), strength) for match in re.finditer(pattern, line.plain)
                ]
    return [word for word in found if not any(_outdoes(other, word) for other in found)]


def _outdoes(other: KindWord, word: KindWord) -> bool:
    """A word says nothing inside a longer one that is as clear (党小组 in 党小组会); nor, being a name, just before
    another name: 科普讲座 is a lecture."""
    if other.code == word.code and other.span == word.span:
        return False
    around = other.span[0] <= word.span[0] and word.span[1] <= other.span[1] and other.span != word.span
    return (around and other.strength <= word.strength) or (
        other.is_name and word.is_name and word.span[1] == other.span[0] and word.code != other.code
    )


# The committee or the group, named as those who did something else: 支委会组织主题党日, 支部委员会和陆知行谈心谈话.
_DOES = re.compile(
    one_of(
        r"""成员 班子 委员 同志 \s?[和与同跟对向给为赴去] 前往 组织 带领 开展 走访 慰问 联合 邀请
        到(?![会场齐了\d])"""
    )
)


def _is_doer(line: Line, word: KindWord) -> bool:
    return word.code in ("committee_meeting", "group_meeting") and bool(_DOES.match(line.plain, word.span[1]))


def choose_kind(line: Line, words: list[KindWord], kinds: list[tuple[str, str, bool]]) -> KindWord | None:
    """The word that tells the kind.

    Clear words before hints, what took place before what was talked about, branch life before other kinds,
    what was done before with whom, a word that stands alone before a part of a longer one, the first before the next.
    """
    branch_life = {code for code, _, is_branch_life in kinds if is_branch_life}
    in_quotes = list(quoted(line.plain))

    def rank(word: KindWord):
        start, end = word.span
        return (
            any(left < start and end < right for left, right in in_quotes),
            word.strength == _HINT,
            _is_doer(line, word),
            bool(_ABOUT.search(line.plain[:start]) or _ITS_PLAN.match(line.plain, end)),
            word.code not in branch_life,
            word.code == JOINT,  # 共建 沙龙
            not line.stands_alone(word.span),
            start,
            -end,
        )

    return min(words, key=rank, default=None)


def task_lines(kind: str, is_branch_life: bool, usual: dict[str, list[str]], has_service: bool) -> list[str]:
    """The lines the branch usually gives the kind, else those it mostly serves."""
    if usual.get(kind):
        return list(usual[kind])
    if is_branch_life:
        return ["branch_life"]
    return _LINES.get(kind, ["education_service" if has_service else "branch_life"])


def named_lines(line: Line) -> list[str]:
    """The task lines the words name themselves."""
    return [code for code, words in _LINE_WORDS.items() if re.search(words, line.plain)]

"""What an outcome of each kind is asked for, and what each field is then called: form, page and workbook read it here.

A field is a column of Outcome, or what only some kinds have, kept in Outcome.details under its Chinese name.
"""

from __future__ import annotations

from dataclasses import dataclass

# The kinds as they are offered for a new outcome: (heading, codes). What a school adds stands below.
GROUPS = [
    ("论文著作", ["paper", "party_paper", "book"]),
    ("知识产权", ["patent", "technology_transfer", "software_copyright"]),
    ("课题", ["vertical_project", "horizontal_project", "teaching_reform_project"]),
    ("竞赛与学生", ["competition_award", "student_project"]),
    ("荣誉与平台", ["honour", "platform"]),
    ("调研与宣传", ["advisory_report", "publicity"]),
]


@dataclass(frozen=True)
class Asked:
    """One field of a kind.

    label: what it is called for this kind (its own name if not given); hint: a word below it; words: what is usual, to
    choose from; is_detail: kept in `details`; aside: stands folded, as it is seldom filled in; seldom: shown only where
    it holds something, as there is a better place.
    """

    name: str
    label: str = ""
    hint: str = ""
    words: tuple[str, ...] = ()
    is_detail: bool = False
    aside: bool = False
    seldom: bool = False

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"detail_{self.name}" if self.is_detail else self.name


def _detail(name, hint="", words=(), label="", **more):
    return Asked(name, label, hint, words, is_detail=True, **more)


_NAME = Asked("name")
_STATUS = Asked("status", "状态")
_ROLE = Asked("role", "本支部的角色", words=("主持", "参与"))
_PERIOD = _detail("起止时间", "如 2024-04—2026-12")
_INDEXES = ("SCI 一区", "SCI 二区", "SCI 三区", "SCI 四区", "SSCI", "EI", "CSCD", "CSSCI", "北大核心", "普刊")
_GRADES = ("特等奖", "一等奖", "二等奖", "三等奖", "优秀奖", "金奖", "银奖", "铜奖")


def _paper(*more):
    return [
        Asked("name", "题目"),
        Asked("venue", "期刊或会议", "会议论文写论文集或会议的全称"),
        Asked("status", "状态", "录用的先记下，发表后改状态、填日期，才计数"),
        Asked("date", "发表日期"),
        Asked("indexing", "收录", words=_INDEXES),
        _detail("卷"),
        _detail("期"),
        _detail("页码", "如 34-39"),
        Asked("doi", "DOI", "如 10.1000/xyz123"),
        *more,
        _detail("通讯作者", "已在作者里选了“通讯”的不用再填", aside=True),
        _detail("ISSN", aside=True),
        _detail("CN", label="CN 刊号", aside=True),
    ]


def _project(venue, number, contract, received, *more):
    return [
        Asked("name", "课题名称"),
        _STATUS,
        Asked("date", "立项日期"),
        _ROLE,
        *more,
        Asked("venue", venue),
        Asked("number", number),
        _PERIOD,
        Asked("contract_amount", contract, "元"),
        Asked("received_amount", received, "元；与前一项分开，不相加"),
    ]


_SOURCE = _detail("来源", "如 国家自然科学基金、省教育厅科技计划")

# Kind → its fields in order. `level` and what all kinds have alike stand in COMMON.
FIELDS = {
    "paper": _paper(_detail("分区", "如 中科院二区", aside=True)),
    "party_paper": _paper(),
    "patent": [
        Asked("name", "专利名称"),
        Asked("subtype", "专利类型"),
        Asked("status", "法律状态", "授权后才计入专利；受理、公开另计为申请"),
        Asked("date", "授权日期", "还没授权的填申请日或公开日"),
        Asked("number", "专利号", "如 ZL202310123456.X；年份、类型、校验位会核对"),
        _detail("申请号"),
        _detail("申请日", "如 2023-05-08", aside=True),
        _detail("公开日", aside=True),
        _detail("专利权人", "几个用顿号隔开", aside=True),
    ],
    "technology_transfer": [
        Asked("name", "转化项目"),
        Asked("date", "签订日期"),
        Asked("venue", "受让或被许可方"),
        _detail("专利号", "转化的专利，几个用顿号隔开"),
        _detail("转化方式", words=("转让", "许可", "作价入股")),
        _detail("受让方", seldom=True),
        Asked("contract_amount", "合同金额", "元"),
        Asked("received_amount", "到账金额", "元；与合同金额分开，不相加"),
    ],
    "software_copyright": [
        Asked("name", "软件名称"),
        Asked("number", "登记号", "如 2024SR0310274"),
        Asked("date", "登记日期", "证书上的登记或发证日期"),
        _detail("版本号", "如 V1.0"),
        _detail("开发完成日", aside=True),
        Asked("venue", "发证机构", words=("中国版权保护中心",), aside=True),
    ],
    "vertical_project": _project("下达单位", "项目编号", "批准经费", "到账经费", _SOURCE),
    "horizontal_project": _project(
        "委托单位",
        "合同编号",
        "合同金额",
        "到账金额",
        _detail("委托单位", seldom=True),
        _detail("合同编号", seldom=True),
    ),
    "teaching_reform_project": _project("下达单位", "项目编号", "批准经费", "到账经费", _SOURCE),
    "book": [
        Asked("name", "书名"),
        Asked("subtype", "教材或专著"),
        Asked("date", "出版日期"),
        Asked("number", "ISBN", "13 位，校验位会核对"),
        _detail("ISBN", seldom=True),
        Asked("venue", "出版社"),
        _detail("出版社", seldom=True),
        _detail("版次", "如 第2版", aside=True),
        _detail("丛书", aside=True),
        Asked("role", "本支部的角色", words=("主编", "副主编", "参编")),
    ],
    "platform": [
        Asked("name", "平台名称"),
        Asked("date", "批准日期"),
        Asked("venue", "批准单位"),
        _detail("批准文号"),
        Asked("role", "本支部的角色", words=("牵头", "参与")),
    ],
    "competition_award": [
        Asked("name", "赛事与作品", "如 全国大学生云计算应用大赛（云平台搭建一队）"),
        Asked("grade", "等次", words=_GRADES),
        Asked("date", "获奖日期"),
        Asked("venue", "主办单位"),
        _detail("届次", "如 第九届"),
        _detail("赛道", aside=True),
        _detail("学生", "几个人用顿号隔开"),
        _detail("指导教师", "本支部的在“指导教师”里逐个填，其他人可写在这里", label="其他指导教师"),
    ],
    "student_project": [
        Asked("name", "项目名称"),
        _STATUS,
        Asked("date", "立项日期"),
        _detail("学生", "几个人用顿号隔开"),
        Asked("venue", "立项单位"),
        Asked("number", "项目编号"),
        _PERIOD,
    ],
    "honour": [
        Asked("name", "荣誉名称"),
        Asked("status", "状态", "培育创建的另计，验收通过或授予后才算获得"),
        Asked("date", "授予日期", "培育创建的填立项日期"),
        Asked("venue", "授予单位"),
        _detail("授予文号"),
    ],
    "advisory_report": [
        Asked("name", "报告题目"),
        Asked("date", "完成或报送日期"),
        _detail("报送对象"),
        _detail("采纳证明", "如 已出具，附证明"),
        Asked("venue", "采纳单位"),
    ],
    "publicity": [
        Asked("name", "标题"),
        Asked("date", "发布日期"),
        Asked("venue", "媒体或网站"),
        _detail("栏目", "如 工作动态、创新探索、建设成果"),
        _detail("网址", "https://…"),
    ],
}
# What a kind that a school added is asked for.
OWN_KIND = [
    _NAME,
    _STATUS,
    Asked("date"),
    Asked("venue", "授予、批准或发表单位"),
    Asked("number"),
    Asked("grade"),
    Asked("role", "本支部的角色"),
]
# What every kind has alike, below its own fields.
LEVEL = [Asked("level"), Asked("level_basis", hint="按什么定的级，如 证书落款为教育部；各校口径不同时备查")]
LAST = [Asked("note"), Asked("code"), Asked("in_reports")]
# Columns that a kind may not have, but an imported record may hold all the same.
SOMETIMES = [
    Asked(name, aside=True)
    for name in (
        "status",
        "venue",
        "number",
        "doi",
        "indexing",
        "grade",
        "role",
        "contract_amount",
        "received_amount",
    )
]
# Kind → what its makers are called.
PEOPLE = {
    "paper": "作者",
    "party_paper": "作者",
    "patent": "发明人",
    "technology_transfer": "完成人",
    "vertical_project": "课题组成员",
    "horizontal_project": "课题组成员",
    "teaching_reform_project": "课题组成员",
    "book": "编者",
    "competition_award": "指导教师",
    "student_project": "指导教师",
    "honour": "获得者",
    "publicity": "作者",
    "advisory_report": "作者",
}

# Kind → the names it keeps in `details`.
DETAILS = {kind: [asked.name for asked in fields if asked.is_detail] for kind, fields in FIELDS.items()}


def fields_of(kind: str, holds: set[str], details: dict) -> list[Asked]:
    """The fields an outcome of this kind shows, those of LEVEL and LAST left aside: its kind's own, and whatever else
    it holds, so that nothing is kept out of sight.

    Arguments: holds, the columns of the outcome that are not empty; details, its own.
    """
    own = FIELDS.get(kind, OWN_KIND)
    shown = [
        asked
        for asked in own
        if not asked.seldom or (details.get(asked.name) if asked.is_detail else asked.name in holds)
    ]
    known = {asked.key for asked in own}
    rest = [asked for asked in SOMETIMES if asked.name in holds]
    rest += [_detail(name, aside=True) for name, value in details.items() if value not in ("", None)]
    return [*shown, *(asked for asked in rest if asked.key not in known)]

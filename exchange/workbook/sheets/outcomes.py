"""The sheets of outcomes and targets."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from exchange.workbook import cells, links
from exchange.workbook.sheets.base import (
    CONTRIBUTION_ROLES,
    EXTRA,
    ROLE_WORDS,
    Column,
    Sheet,
    choices,
    line,
    natural,
    stored_person,
    text_of_value,
    with_pairs,
)
from outcomes.fields import DETAILS
from outcomes.kinds import SUBTYPES
from outcomes.models import Contribution, Level, Outcome, OutcomeKind, told_details
from outcomes.rules import check_patent_number, doubts_of
from reports.models import Target


def _outcome_words():
    split = {kind for kind, _ in SUBTYPES.values()}
    words = {kind.name: (kind.code, "") for kind in OutcomeKind.objects.all() if kind.code not in split}
    words |= {word: (kind, subtype) for subtype, (kind, word) in SUBTYPES.items()}
    return words


class OutcomeSheet(Sheet):
    """成果."""

    name, model = "成果", Outcome
    identity, identifying = ("code",), "编号"
    virtual = frozenset({"contributions"})
    select = ("kind",)
    children = {Contribution: ("outcome", ["contributions"])}
    columns = [
        Column("编号", "code", line(Outcome, "code"), True),
        Column("类型", "sort", cells.Choice(width=14, words=_outcome_words), True),
        Column("名称", "name", line(Outcome, "name", 40), True),
        Column("级别", "level", choices(Level)),
        Column("日期", "date", cells.Date(), note="发表、授权、获奖、批准的日期；没有日期不计入任何年度"),
        Column("状态", "status", choices(Outcome.Status), note="论文：录用、已发表；专利：受理、公开、授权、失效；"
               "课题：立项、在研、结题；荣誉：培育创建、验收通过、授予"),
        Column("发表刊物或授予单位", "venue", line(Outcome, "venue", 28)),
        Column("号码", "number", line(Outcome, "number", 22), note="专利号、登记号、项目编号、ISBN"),
        Column("收录", "indexing", line(Outcome, "indexing")),
        Column("等次", "grade", line(Outcome, "grade")),
        Column("角色", "role", line(Outcome, "role")),
        Column("合同金额", "contract_amount", cells.Amount(), note="元，最多两位小数"),
        Column("到账金额", "received_amount", cells.Amount(), note="元，最多两位小数"),
        Column(
            "完成人",
            "contributions",
            links.People(width=28, roles=ROLE_WORDS, repeats=True),
            note="按顺序，用“、”隔开；张三(主持)；重名写 张三#1001",
        ),
        Column("备注", "note", cells.Text(width=28)),
    ]  # fmt: skip
    keys = [
        Column("DOI", "doi", line(Outcome, "doi")),
        Column("级别依据", "level_basis", line(Outcome, "level_basis")),
        Column(
            "确认",
            "review",
            choices(Outcome.Review, unsaid=Outcome.Review.ACCEPTED.value),
            note="党员自己提出的成果：待确认、已退回；不写就是已确认。确认后才计数",
        ),
        Column("退回原因", "return_reason", line(Outcome, "return_reason")),
    ]

    def blank(self, planner):
        """No people."""
        return {**super().blank(planner), "contributions": (), "details": {}}

    def state(self, record, children, planner):
        """With people."""
        people = (
            stored_person(row, str(row.get_role_display()) if row.role else "", planner)
            for row in children[Contribution]
        )
        return {
            **super().state(record, children, planner),
            "sort": (record.kind_id, record.subtype),
            "contributions": tuple(people),
            "details": record.details,
        }

    def settle_pairs(self, pairs, data, row):
        """What is the kind's own goes to `details`."""
        own = DETAILS.get(data["sort"][0], []) if data.get("sort") else []
        details = {
            key.removeprefix("专有信息."): value
            for key, value in pairs.items()
            if key in own or key.startswith("专有信息.")
        }
        rest = {
            key: value for key, value in pairs.items() if key not in own and not key.startswith("专有信息.")
        }
        data["details"] = with_pairs(data["details"], details)
        super().settle_pairs(rest, data, row)

    def pairs(self, data):
        """What is the kind's own first."""
        own = DETAILS.get(data["sort"][0], [])
        in_order = sorted(data["details"].items(), key=lambda pair: (pair[0] not in own, pair[0]))
        details = [
            (key if key in own and key not in self.by_header else f"专有信息.{key}", text)
            for key, value in in_order
            if (text := text_of_value(value))
        ]
        extra = [(f"{EXTRA}.{key}" if key in own else key, value) for key, value in super().pairs(data)]
        return [*details, *extra]

    def check(self, row, data, planner):
        """States belong to kinds; a patent's number tells its type and holds a check digit; other numbers may look
        strange."""
        kind = planner.kind(OutcomeKind, data["sort"][0])
        allowed = Outcome.STATES[kind.states]
        if data["status"] and data["status"] not in allowed:
            words = "、".join(str(state.label) for state in allowed)
            said = Outcome.Status(data["status"]).label
            word = SUBTYPES[data["sort"][1]][1] if data["sort"][1] else kind.name
            row.fault(
                "状态", f"{word}的状态{'只能是' + words if words else '应空着'}，不能是“{said}”", "类型"
            )
        if kind.code == "patent":
            try:
                check_patent_number(data["number"], data["sort"][1])
            except ValidationError as error:
                row.fault("号码", error.messages[0], "类型")

        headers = {"doi": "DOI", "number": "号码"}
        for field, sentence in doubts_of(kind.code, doi=data["doi"], number=data["number"]).items():
            row.remind(headers[field], sentence)

    def put(self, draft, planner):
        """Kind and subtype."""
        super().put(draft, planner)
        kind, draft.record.subtype = draft.data["sort"]
        draft.record.kind = planner.kind(OutcomeKind, kind)
        draft.record.details = draft.data["details"]

    def rows_of(self, draft, model):
        """People in order."""
        return [
            Contribution(
                member=person.member and person.member.record,
                name=person.name,
                role=CONTRIBUTION_ROLES.get(person.word, ""),
            )
            for person in draft.data["contributions"]
        ]

    def related(self, data):
        """People and details."""
        return {
            **told_details(data["sort"][0], data["details"]),
            "完成人": "、".join(
                f"{person.name}({person.word})" if person.word else person.name
                for person in data["contributions"]
            ),
        }

    def order(self, data):
        """By code."""
        return natural(data["code"])


class TargetSheet(Sheet):
    """目标."""

    name, model = "目标", Target
    identity, identifying = ("year", "figure"), "年度"
    columns = [
        Column("年度", "year", cells.Year(width=8), True),
        Column(
            "指标",
            "figure",
            links.FigureKey(width=36, longest=120),
            True,
            "指标的代码或名称，例如 outcomes.paper",
        ),
        Column("目标值", "value", cells.Amount(decimals=4), True, "比例写小数，例如 0.9"),
    ]

    def title(self, data):
        """Which figure in which year."""
        return f"{data['year']} {data['figure']}"

    def order(self, data):
        """By year and figure."""
        return data["year"], data["figure"]

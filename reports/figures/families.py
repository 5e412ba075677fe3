"""The families of figures: one QuerySet each, and the figures that its rows fall into.

A family's rows are told apart by a few columns (`dimensions`: `texts`, then `flags`); each figure of the family is a
set of values of these columns (`where`) and one way to become a number: the units counted, or a column summed. SQL and
Python read the same declaration, so a value and its drill-down are one rule. What the figures mean: interfaces
"Readings"; docs/figures.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Lower, Replace, Upper

from activities.kinds import BRANCH_LIFE
from activities.models import Activity, ActivityKind, ActivityPartner, TaskLine, plan_items_done
from branch.models import Certification, Member
from core.dates import Window
from outcomes.kinds import SUBTYPES
from outcomes.models import Contribution, Level, Outcome, OutcomeKind
from partnerships.models import Agreement, AgreementParty, Partner, PartnerKind, PlanItem


@dataclass(frozen=True)
class Question:
    """One figure of a family: which of its rows, and what to make of them.

    where: dimension → value; none: every row. sums: the column added up (None: units are counted). ratio_to: the key of
    the denominator, on the as-of date. always: present even when zero.
    """

    key: str
    label: str
    unit: str
    line: str | None = None
    where: dict = field(default_factory=dict)
    sums: str | None = None
    money: bool = False
    ratio_to: str | None = None
    always: bool = False

    def asks_of(self, row: dict) -> bool:
        """Whether a row, or a group of rows, is one of those it counts."""
        return all(row[column] == value for column, value in self.where.items())


@dataclass(frozen=True)
class Family:
    """Rows of records, and the questions asked of them.

    rows: the reportable records of the organisations that any of the questions may count; unit: the column that
    is counted, each value once; listed: the model the unit identifies; title, date: its columns for a list
    (date: the stem of a partial date, or a day); identity: by what two branches' records are known to be the same
    thing (empty: by nothing).
    """

    name: str
    listed: type[models.Model]
    rows: Callable[[Window, Iterable[int]], QuerySet]
    questions: Callable[[Vocabulary], list[Question]]
    texts: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    unit: str = "pk"
    title: str = "name"
    date: str | None = None
    organisation: str = "organisation_id"
    identity: Combinable | None = None

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The columns that tell the rows apart."""
        return self.texts + self.flags

    def narrowed_to(self, questions: list[Question]) -> Family:
        """The family with only those columns that the questions look at: the rest need not be worked out."""
        columns = {column for question in questions for column in (*question.where, question.sums)}
        kept = {
            name: tuple(column for column in getattr(self, name) if column in columns)
            for name in ("texts", "flags", "sums")
        }
        return replace(self, **kept)


class Vocabulary:
    """The kinds (rows that a school may add to) and certification types for which figures exist."""

    def __init__(self, types: Iterable[str] = ()):
        self.types = sorted(set(types))

    @cached_property
    def kinds(self) -> dict[str, list[tuple]]:
        """The kinds of activities, partners and outcomes: one query, and none where no question needs them."""
        none = Value("", output_field=models.CharField())
        words = _words(ActivityKind, "activity", none, none).union(
            _words(PartnerKind, "partner", none, none),
            _words(OutcomeKind, "outcome", "unit", "line"),
            all=True,
        )
        kinds: dict[str, list[tuple]] = {"activity": [], "partner": [], "outcome": []}
        for family, _, *word in words.order_by("position", "code"):
            kinds[family].append(tuple(word))
        return kinds


def _words(model, family, *columns):
    name = Value(family, output_field=models.CharField())
    return model.objects.order_by().values_list(name, "position", "code", "name", *columns)


# ---------------------------------------------------------------- members and certifications


def _members(window, organisations):
    return Member.objects.reportable().of(organisations).on(window.as_of).with_standing_on(window.as_of)


def _member_questions(_):
    line = TaskLine.BRANCH_LIFE.value
    return [
        Question("members.total", "党员", "名", line, always=True),
        Question("members.full", "正式党员", "名", line, {"standing": "full"}, always=True),
        Question("members.probationary", "预备党员", "名", line, {"standing": "probationary"}, always=True),
    ]


def _holders(window, organisations):
    return Certification.objects.reportable().of(organisations).held_on(window.as_of, organisations)


def _holder_questions(vocabulary):
    line = TaskLine.TECHNOLOGY_EMPOWERMENT.value
    questions = []
    for name in vocabulary.types:
        where = {"type__name": name}
        questions += [
            Question(f"certifications.holders:{name}", f"{name} 持证党员", "名", line, where),
            Question(
                f"certifications.ratio:{name}",
                f"{name} 持证率",
                "",
                line,
                where,
                ratio_to="members.total",
                always=True,
            ),
        ]
    return questions


# ---------------------------------------------------------------- activities and outreach


def _activities(window, organisations):
    return Activity.objects.reportable().of(organisations).held_in(window).with_service()


def _activity_questions(vocabulary):
    service, joint, life = (
        TaskLine.EDUCATION_SERVICE.value,
        TaskLine.JOINT_BUILDING.value,
        TaskLine.BRANCH_LIFE.value,
    )
    names = {code: name for code, name, *_ in vocabulary.kinds["activity"]}
    return [
        Question("activities.total", "活动", "场", always=True),
        *(
            Question(f"activities.kind:{code}", f"活动：{name}", "场", where={"kind_id": code})
            for code, name in names.items()
        ),
        *(
            Question(
                f"activities.line:{line.value}", f"任务线：{line.label}", "场", line.value, {line.value: True}
            )
            for line in TaskLine
        ),
        *(
            Question(f"branch_life.{code}", names[code], "次", life, {"kind_id": code}, always=True)
            for code in BRANCH_LIFE
            if code in names
        ),
        Question("outreach.sessions", "服务活动", "场", service, {"serves_people": True}, always=True),
        Question("outreach.person_times", "服务人次", "人次", service, sums="person_times", always=True),
        Question(
            "outreach.person_times:measured",
            "服务人次（签到、名单、证明）",
            "人次",
            service,
            {"is_measured_count": True},
            sums="person_times",
        ),
        Question(
            "outreach.person_times:estimated",
            "服务人次（估计）",
            "人次",
            service,
            {"is_measured_count": False},
            sums="person_times",
        ),
        Question("outreach.persons", "服务人数（未去重）", "人", service, sums="persons", always=True),
        Question(
            "partnerships.joint_activities", "联建活动场次", "场", joint, {"is_joint": True}, always=True
        ),
    ]


# ---------------------------------------------------------------- partnerships


def _partners(window, organisations):
    """Partners with whom an activity was held in the window, named by it or party to its agreement. (An agreement
    that may not count leads to nobody: figures are made of what counts and of nothing else.)"""
    held = Activity.objects.reportable().of(organisations).held_in(window)
    agreements = Agreement.objects.reportable().filter(pk__in=held.values("agreement_id"))
    named = ActivityPartner.objects.filter(activity__in=held)
    party = AgreementParty.objects.filter(agreement__in=agreements)
    return (
        Partner.objects.reportable()
        .of(organisations)
        .filter(Q(pk__in=named.values("partner_id")) | Q(pk__in=party.values("partner_id")))
    )


def _partner_questions(vocabulary):
    line = TaskLine.JOINT_BUILDING.value
    return [
        Question("partnerships.partners", "联建单位", "家", line, always=True),
        *(
            Question(f"partnerships.partners:{code}", f"联建单位（{name}）", "家", line, {"kind_id": code})
            for code, name, *_ in vocabulary.kinds["partner"]
        ),
    ]


def _one(key, label, unit, line):
    return lambda _: [Question(key, label, unit, line.value, always=True)]


def _plan_items(window, organisations):
    rows = PlanItem.objects.reportable().of(organisations).within(window, "planned_on")
    done = plan_items_done(PlanItem.objects.filter(pk=OuterRef("pk")), window.as_of)
    return rows.annotate(is_done=Exists(done))


def _plan_questions(_):
    line = TaskLine.JOINT_BUILDING.value
    return [
        Question("partnerships.plan_items", "联建计划", "项", line, always=True),
        Question("partnerships.plan_items:done", "联建计划（完成）", "项", line, {"is_done": True}),
        Question(
            "partnerships.plan_items:cancelled", "联建计划（取消）", "项", line, {"status": "cancelled"}
        ),
    ]


# ---------------------------------------------------------------- outcomes

COUNTED = {"standing": "counted"}


def _outcomes(window, organisations):
    return Outcome.objects.reportable().of(organisations).within(window).with_standing()


def _outcome_questions(vocabulary):
    questions = []
    for code, name, unit, line in vocabulary.kinds["outcome"]:
        where = {"kind_id": code, **COUNTED}
        questions.append(
            Question(
                f"outcomes.{code}", "专利授权" if code == "patent" else name, unit, line, where, always=True
            )
        )
        questions += [
            Question(f"outcomes.{code}:{subtype}", f"{word}授权", unit, line, {**where, "subtype": subtype})
            for subtype, (kind, word) in SUBTYPES.items()
            if kind == code == "patent"
        ]
        if code == "patent":
            applied = {"kind_id": code, "standing": "applied"}
            questions.append(
                Question("outcomes.patent:applied", "专利申请（受理、公开）", unit, line, applied)
            )
        if code == "honour":
            cultivation = {"kind_id": code, "standing": "cultivation"}
            questions.append(
                Question("outcomes.honour:cultivation", "荣誉（培育创建）", unit, line, cultivation)
            )
        questions += [
            Question(
                f"outcomes.{code}:{level.value}",
                f"{name}（{level.label}）",
                unit,
                line,
                {**where, "level": level.value},
            )
            for level in Level
        ]
    questions += [
        Question(
            f"outcomes.funds:{key}",
            label,
            "元",
            TaskLine.TECHNOLOGY_EMPOWERMENT.value,
            {"kind_id": kind, **COUNTED},
            sums=column,
            money=True,
        )
        for key, label, kind, column in (
            ("vertical", "纵向课题经费", "vertical_project", "contract_amount"),
            ("horizontal_contract", "横向课题合同金额", "horizontal_project", "contract_amount"),
            ("horizontal_received", "横向课题到账金额", "horizontal_project", "received_amount"),
            ("transfer_received", "专利转化到账金额", "technology_transfer", "received_amount"),
        )
    ]
    return questions


def _contributors(window, organisations):
    """The places of members in the counted books; members on some day of the window."""
    books = Outcome.objects.reportable().of(organisations).counted_in(window).filter(kind="book")
    members = Member.objects.reportable().of(organisations).during(window)
    return Contribution.objects.filter(outcome__in=books, member__in=members)


# Two branches hold the same result if its DOI or its patent number says so.
SAME_OUTCOME = Case(
    When(~Q(doi=""), then=Concat(Value("doi:"), Lower("doi"))),
    When(
        Q(kind__states="patent") & ~Q(number=""),
        then=Concat(Value("patent:"), Replace(Upper("number"), Value(" "), Value(""))),
    ),
    default=Value(""),
    output_field=models.CharField(),
)

# In report order.
FAMILIES = [
    Family("members", Member, _members, _member_questions, ("standing",)),
    Family(
        "certifications",
        Member,
        _holders,
        _holder_questions,
        ("type__name",),
        unit="member_id",
        title="member__name",
    ),
    Family(
        "activities",
        Activity,
        _activities,
        _activity_questions,
        texts=("kind_id",),
        flags=(*(line.value for line in TaskLine), "is_joint", "is_measured_count", "serves_people"),
        sums=("person_times", "persons"),
        title="theme",
        date="starts_on",
    ),
    Family(
        "partners", Partner, _partners, _partner_questions, ("kind_id",), date="since", identity=F("name_key")
    ),
    Family(
        "agreements_signed",
        Agreement,
        lambda window, organisations: Agreement.objects.reportable().of(organisations).signed_in(window),
        _one("partnerships.agreements_signed", "新签联建协议", "份", TaskLine.JOINT_BUILDING),
        date="signed_on",
    ),
    Family(
        "agreements_in_force",
        Agreement,
        lambda window, organisations: (
            Agreement.objects.reportable().of(organisations).in_force_on(window.as_of)
        ),
        _one("partnerships.agreements_in_force", "有效联建协议", "份", TaskLine.JOINT_BUILDING),
        date="signed_on",
    ),
    Family(
        "plan_items",
        PlanItem,
        _plan_items,
        _plan_questions,
        texts=("status",),
        flags=("is_done",),
        title="theme",
        date="planned_on",
    ),
    Family(
        "outcomes",
        Outcome,
        _outcomes,
        _outcome_questions,
        texts=("kind_id", "subtype", "level", "standing"),
        sums=("contract_amount", "received_amount"),
        date="date",
        identity=SAME_OUTCOME,
    ),
    Family(
        "book_contributors",
        Member,
        _contributors,
        _one("outcomes.book.contributors", "参编教材专著的党员", "名", TaskLine.PRACTICE_EDUCATION),
        unit="member_id",
        title="member__name",
        organisation="outcome__organisation_id",
    ),
]

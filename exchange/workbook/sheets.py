"""The nine sheets, declared once for both directions: which column (or key of 其他信息) holds which field of a record.

A sheet knows its records as plain data, {field: value}, in which other records stand as drafts; so what is stored and
what a file says can be compared before anything is written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import ValidationError

from activities.models import (
    Activity,
    ActivityKind,
    ActivityPartner,
    Feedback,
    Participation,
    TaskLine,
)
from branch.models import Certification, Member, Post
from core.text import match_key, pinyin, tidy
from exchange.workbook import cells
from exchange.workbook.cells import Person
from outcomes.kinds import DETAILS, SUBTYPES
from outcomes.models import Contribution, Level, Outcome, OutcomeKind
from outcomes.rules import check_patent_number
from partnerships.models import (
    Agreement,
    AgreementParty,
    Commitment,
    Partner,
    PartnerAlias,
    PartnerKind,
    PlanItem,
)
from reports.models import Target

EXTRA = "其他信息"


@dataclass(frozen=True)
class Column:
    """A column of a sheet, or a key of its 其他信息.

    late: refers to records of its own sheet, so it is read when all of them are known.
    """

    header: str
    field: str
    kind: cells.Kind
    required: bool = False
    note: str = ""
    late: bool = False


class Draft:
    """A record as it is to be: its model instance, its data, and the data it is stored with (None: new)."""

    def __init__(self, sheet, record, data, stored=None):
        self.sheet, self.record, self.data, self.stored = sheet, record, data, stored
        self.row = None

    @property
    def is_new(self) -> bool:
        """Whether the branch does not have it yet."""
        return self.stored is None

    @property
    def is_changed(self) -> bool:
        """Whether the branch has it, but not like this."""
        return self.stored is not None and self.data != self.stored

    @property
    def title(self) -> str:
        """What a preview calls it."""
        return self.sheet.title(self.data)


def _choices(enumeration):
    words = {str(choice.label): choice.value for choice in enumeration}
    return cells.Choice(words=lambda: words)


def _line(model, field, width=12):
    return cells.Text(width=width, longest=model._meta.get_field(field).max_length)


def _kind_words(model):
    return lambda: dict(model.objects.values_list("name", "code"))


class Sheet:
    """One sheet. Subclasses declare what is theirs; what is the same for all stands here."""

    name: str
    model: type
    columns: list[Column]
    keys: list[Column] = []
    identity: tuple[str, ...]
    identifying: str  # the header at which a row that stands twice is refused
    defaults: dict = {}
    children: dict = {}  # {model of what belongs to a record: (its foreign key, its fields of the data)}
    select: tuple[str, ...] = ()  # what the history calls a record by

    def __init__(self):
        self.keys = [
            *self.keys,
            Column("计入报告", "in_reports", cells.Flag(shown_as=False), note="否：不计入任何数字"),
        ]
        self.by_header = {column.header: column for column in (*self.columns, *self.keys)}
        own = {field.name for field in self.model._meta.get_fields()} | set(self.model.partial_dates)
        fields = [column.field for column in self.by_header.values()]
        self.plain = [field for field in fields if field in own and field not in self.virtual]

    virtual: frozenset[str] = frozenset()  # fields that the data hold otherwise than the record

    def blank(self, planner) -> dict:
        """The data of a record of which nothing is known yet."""
        return {**self._blank, "extra": {}}

    def _empty(self, field):
        if field in self.model.partial_dates:
            return None
        known = self.model._meta.get_field(field)
        return None if known.null or known.is_relation else known.get_default()

    @cached_property
    def _blank(self) -> dict:
        data = {field: self._empty(field) for field in self.plain}
        return {**data, "in_reports": True, "extra": {}, **self.defaults}

    def state(self, record, children: dict, planner) -> dict:
        """The data of a stored record. Arguments: children, {model: rows in order}."""
        data = {field: getattr(record, field) for field in self.plain}
        return {**data, "in_reports": record.in_reports, "extra": record.extra}

    def key(self, data: dict):
        """What identifies a record."""
        return tuple(data[field] for field in self.identity)

    def settle(self, given: dict, data: dict, row) -> dict:
        """The data with what a row gives. Arguments: given, {field: value} of the cells that are not empty."""
        return {**data, **given}

    def settle_pairs(self, pairs: dict[str, str], data: dict, row) -> None:
        """Keep the keys of 其他信息 that no field has; keys that are there with this text stay as they are."""
        data["extra"] = _with_pairs(data["extra"], {_bare(key): value for key, value in pairs.items()})

    def exposed(self, data: dict) -> dict:
        """The data by the fields of columns and keys."""
        return data

    def pairs(self, data: dict) -> list[tuple[str, str]]:
        """The keys of 其他信息 that no field has, as they are written."""
        return [
            (self.spelled(key), text)
            for key, value in sorted(data["extra"].items())
            if (text := _text(value))
        ]

    def spelled(self, key: str) -> str:
        """A key of `extra` as it is written: with its prefix where it could be taken for another's."""
        taken = not tidy(key) or key in self.by_header or key.startswith((f"{EXTRA}.", "专有信息."))
        return f"{EXTRA}.{key}" if taken else key

    def check(self, row, data: dict, planner) -> None:
        """Report what contradicts itself, at the later column; say what is strange but accepted."""

    def put(self, draft, planner) -> None:
        """Write the data to the model instance."""
        for field in self.plain:
            value = draft.data[field]
            setattr(draft.record, field, value.record if isinstance(value, Draft) else value)
        draft.record.in_reports, draft.record.extra = draft.data["in_reports"], draft.data["extra"]

    def rows_of(self, draft, model) -> list:
        """What belongs to a record, as unsaved instances in order, without its link."""
        return []

    def related(self, data: dict) -> dict[str, str]:
        """What belongs to a record as text, as `record.related_values()` says it."""
        return {}

    def order(self, data: dict):
        """The place of a record among its kind, whatever its id."""
        raise NotImplementedError

    def title(self, data: dict) -> str:
        """What a preview calls a record."""
        return data.get("name") or data.get("theme") or data.get("content", "")[:60]


def _bare(key: str) -> str:
    return key.removeprefix(f"{EXTRA}.")


def _text(value) -> str:
    """A value of `extra` or `details` as text."""
    if value is None or value == "":
        return ""
    return tidy(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True))


def _with_pairs(stored: dict, pairs: dict[str, str]) -> dict:
    changed = {key: value for key, value in pairs.items() if value and _text(stored.get(key)) != value}
    return {**stored, **changed} if changed else stored


def natural(text: str) -> tuple:
    """A sort key in which 2 comes before 10, whatever the database's collation."""
    pieces, number = [], ""
    for character in f"{text}\0":
        if character.isascii() and character.isdigit():
            number += character
            continue
        if number:
            pieces.append((0, int(number), number))
            number = ""
        pieces.append((1, ord(character), character))
    return tuple(pieces)


def _date_order(date) -> tuple:
    return (date.first, date.last) if date else ()


def _name_pinyin(given: dict, data: dict) -> None:
    """Pinyin follows the name; what somebody wrote instead stands in `given` and wins."""
    name = given.get("name", data["name"])
    if not data["name_pinyin"] or name != data["name"]:
        data["name_pinyin"] = pinyin(name)


# ---------------------------------------------------------------- members and certifications
class MemberSheet(Sheet):
    """党员."""

    name, model = "党员", Member
    identity, identifying = ("staff_number",), "工号"
    virtual = frozenset({"posts"})
    children = {Post: ("member", ["posts"])}
    select = ("user",)
    columns = [
        Column("工号", "staff_number", _line(Member, "staff_number"), True, "唯一标识一名党员，不填身份证号"),
        Column("姓名", "name", cells.Name(longest=60, longest_key=120), True),
        Column("性别", "gender", _choices(Member.Gender)),
        Column("民族", "ethnicity", _line(Member, "ethnicity")),
        Column("出生年月", "born", cells.Date()),
        Column("人员类别", "category", _choices(Member.Category), True),
        Column("入党日期", "joined_party", cells.Date()),
        Column("转正日期", "full_member_since", cells.Date()),
        Column("学历", "education", _line(Member, "education")),
        Column("学位", "degree", _line(Member, "degree")),
        Column("职称", "academic_title", _line(Member, "academic_title")),
        Column("职务", "duty", _line(Member, "duty", 16)),
        Column("党内职务", "post_names", cells.Names(width=16, longest=40), note="多个用“、”隔开，例如 书记"),
        Column("党小组", "group", _line(Member, "group")),
        Column("电话", "phone", _line(Member, "phone", 16)),
        Column("邮箱", "email", _line(Member, "email", 22)),
        Column("转入日期", "transferred_in", cells.Date()),
        Column("转出日期", "transferred_out", cells.Date(), note="从这一天起不再计入本支部"),
    ]
    keys = [
        Column("拼音", "name_pinyin", _line(Member, "name_pinyin"), note="与自动注音不同时填写"),
        Column("任职", "post_terms", cells.Terms(), note="职务|任职日期|免职日期，可写多个"),
    ]

    def blank(self, planner):
        """No posts."""
        return {**super().blank(planner), "posts": ()}

    def state(self, record, children, planner):
        """With posts."""
        posts = tuple((post.name, post.starts_on, post.ends_on) for post in children[Post])
        return {**super().state(record, children, planner), "posts": posts}

    def settle(self, given, data, row):
        """Posts are the names of their column; dates come from 任职, else stay."""
        data = dict(data)
        names, terms = given.pop("post_names", None), given.pop("post_terms", None)
        _name_pinyin(given, data)
        if names is not None or terms is not None:
            data["posts"] = self._posts(names, list(terms or ()), list(data["posts"]), row)
        return {**data, **given}

    def _posts(self, names, terms, stored, row):
        if names is None:
            names = [name for name, _, _ in stored]
            names += _beyond([name for name, _, _ in terms], names)
        posts = []
        for name in names:
            found = next((term for term in (*terms, *stored) if term[0] == name), (name, None, None))
            (terms if found in terms else stored if found in stored else [found]).remove(found)
            posts.append(found)
        if terms:
            row.fault("任职", f"“党内职务”里没有“{terms[0][0]}”")
        return tuple(posts)

    def exposed(self, data):
        """Names of posts in their column, dates in 任职, pinyin only where it says something."""
        return {
            **data,
            "post_names": tuple(name for name, _, _ in data["posts"]),
            "post_terms": tuple(post for post in data["posts"] if post[1] or post[2]),
            "name_pinyin": "" if data["name_pinyin"] == pinyin(data["name"]) else data["name_pinyin"],
        }

    def check(self, row, data, planner):
        """Leaving before coming is refused, full membership before joining is not."""
        begins, ends = data["transferred_in"], data["transferred_out"]
        if begins and ends and ends.certainly_before(begins):
            row.fault("转出日期", f"转出日期 {ends} 早于转入日期 {begins}", "转入日期")
        joined, full = data["joined_party"], data["full_member_since"]
        if joined and full and full.certainly_before(joined):
            row.remind("转正日期", f"转正日期 {full} 早于入党日期 {joined}")

    def rows_of(self, draft, model):
        """Posts."""
        return [Post(name=name, starts_on=start, ends_on=end) for name, start, end in draft.data["posts"]]

    def related(self, data):
        """Posts."""
        return {"党内职务": "；".join(str(Post(name=n, starts_on=s, ends_on=e)) for n, s, e in data["posts"])}

    def order(self, data):
        """By staff number."""
        return natural(data["staff_number"])


def _beyond(names: list, known: list) -> list:
    """The names that stand more often than among the known ones."""
    known, beyond = list(known), []
    for name in names:
        if name in known:
            known.remove(name)
        else:
            beyond.append(name)
    return beyond


class CertificationSheet(Sheet):
    """认证."""

    name, model = "认证", Certification
    identity, identifying = ("member", "type_name", "direction", "passed_on"), "工号"
    defaults = {"status": Certification.Status.PENDING.value}
    select = ("type", "member")
    columns = [
        Column("工号", "member", cells.Reference(to="member"), True),
        Column("认证类型", "type_name", cells.Text(longest=60), True, "例如 HCIP；新的类型会自动建立"),
        Column("方向", "direction", _line(Certification, "direction", 20)),
        Column("证书编号", "number", _line(Certification, "number", 20)),
        Column("通过日期", "passed_on", cells.Date(), True),
        Column("有效期至", "valid_until", cells.Date(), note="空着表示长期有效"),
        Column("状态", "status", _choices(Certification.Status), note="空着表示待审核；只有已核验的计入数字"),
    ]
    keys = [
        Column("等级", "level", _line(Certification, "level")),
        Column("退回原因", "return_reason", _line(Certification, "return_reason")),
    ]

    def state(self, record, children, planner):
        """With the member's draft and the type's name."""
        data = super().state(record, children, planner)
        return {**data, "member": planner.stored("党员", record.member_id), "type_name": record.type.name}

    def check(self, row, data, planner):
        """An expiry before the exam is strange, but stands on some certificates."""
        passed, until = data["passed_on"], data["valid_until"]
        if until and until.certainly_before(passed):
            row.remind("有效期至", f"有效期至 {until} 早于通过日期 {passed}")

    def title(self, data):
        """Who has what."""
        return f"{data['member'].data['name']} {data['type_name']} {data['direction']}".strip()

    def put(self, draft, planner):
        """The type is a row."""
        super().put(draft, planner)
        draft.record.type = planner.certification_type(draft.data["type_name"])

    def order(self, data):
        """By member, type, date."""
        return (
            natural(data["member"].data["staff_number"]),
            data["type_name"],
            _date_order(data["passed_on"]),
            data["direction"],
        )


# ---------------------------------------------------------------- partnerships
class PartnerSheet(Sheet):
    """联建单位."""

    name, model = "联建单位", Partner
    identity, identifying = ("name",), "名称"
    virtual = frozenset({"aliases"})
    children = {PartnerAlias: ("partner", ["aliases"])}
    select = ("kind", "merged_into")
    columns = [
        Column("名称", "name", cells.Name(width=28, longest=300), True, "正式名称，全支部统一使用"),
        Column("别名", "aliases", cells.Names(width=24), note="曾用名、简称，多个用“、”隔开"),
        Column("类型", "kind_id", cells.Choice(words=_kind_words(PartnerKind)), True),
        Column("对方党组织", "party_organisation", _line(Partner, "party_organisation", 28)),
        Column("联系人", "contact", _line(Partner, "contact")),
        Column("联系电话", "phone", _line(Partner, "phone", 16)),
        Column("建立日期", "since", cells.Date()),
    ]
    keys = [
        Column("拼音", "name_pinyin", _line(Partner, "name_pinyin"), note="与自动注音不同时填写"),
        Column("备注", "note", cells.Text()),
        Column("已并入", "merged_into", cells.Reference(to="partner"), late=True),
    ]

    def blank(self, planner):
        """No aliases."""
        return {**super().blank(planner), "kind_id": None, "aliases": ()}

    def key(self, data):
        """Names are compared by their key."""
        return (match_key(data["name"]),)

    def state(self, record, children, planner):
        """With aliases."""
        return {
            **super().state(record, children, planner),
            "kind_id": record.kind_id,
            "aliases": tuple(alias.name for alias in children[PartnerAlias]),
            "merged_into": planner.stored("联建单位", record.merged_into_id),
        }

    def settle(self, given, data, row):
        """Pinyin follows the name."""
        data = dict(data)
        _name_pinyin(given, data)
        return {**data, **given}

    def exposed(self, data):
        """Pinyin only where it says something."""
        said = "" if data["name_pinyin"] == pinyin(data["name"]) else data["name_pinyin"]
        return {**data, "name_pinyin": said}

    def check(self, row, data, planner):
        """A name or alias belongs to one partner, once."""
        seen = {match_key(data["name"])}
        for alias in data["aliases"]:
            if match_key(alias) in seen:
                row.fault("别名", f"“{alias}”与名称或另一个别名重复")
            seen.add(match_key(alias))
        if data["merged_into"] is row.draft:
            row.fault("已并入", "不能并入自己")

    def put(self, draft, planner):
        """Kind by its code."""
        merged = draft.record.merged_into if draft.data["merged_into"] is None else None
        super().put(draft, planner)
        if merged is not None:  # into a partner in the trash, of which a file cannot speak
            draft.record.merged_into = merged
        draft.record.kind = planner.kind(PartnerKind, draft.data["kind_id"])

    def rows_of(self, draft, model):
        """Aliases."""
        rows = [PartnerAlias(name=name) for name in draft.data["aliases"]]
        for row in rows:
            row.clean()
        return rows

    def related(self, data):
        """Aliases."""
        return {"别名": "；".join(data["aliases"])}

    def order(self, data):
        """By pinyin, then by name."""
        return data["name_pinyin"], match_key(data["name"]), data["name"]


class AgreementSheet(Sheet):
    """联建协议."""

    name, model = "联建协议", Agreement
    identity, identifying = ("code",), "编号"
    virtual = frozenset({"parties", "commitments"})
    children = {AgreementParty: ("agreement", ["parties"]), Commitment: ("agreement", ["commitments"])}
    select = ("renews",)
    columns = [
        Column("编号", "code", _line(Agreement, "code"), True),
        Column("联建单位", "parties", cells.Partners(width=28), True, "名称或别名，多个用“、”隔开"),
        Column("名称", "name", _line(Agreement, "name", 32), True),
        Column("签署日期", "signed_on", cells.Date()),
        Column("到期日期", "expires_on", cells.Date()),
        Column("状态", "status", _choices(Agreement.Status), True),
        Column("内容", "content", cells.Text(width=32)),
        Column("承诺事项", "promises", cells.Text(width=32)),
    ]
    keys = [
        Column("目的", "purpose", cells.Text()),
        Column("我方职责", "own_duties", cells.Text()),
        Column("对方职责", "partner_duties", cells.Text()),
        Column("联络人", "liaison", _line(Agreement, "liaison")),
        Column("续签自", "renews", cells.Reference(to="agreement"), note="原协议的编号", late=True),
        Column("承诺", "commitments", cells.Commitments(), note="承诺|承诺数|单位|兑现数，可写多个"),
    ]

    def blank(self, planner):
        """No parties."""
        return {**super().blank(planner), "parties": (), "commitments": ()}

    def state(self, record, children, planner):
        """With parties and commitments."""
        return {
            **super().state(record, children, planner),
            "renews": planner.stored("联建协议", record.renews_id),
            "parties": planner.stored_all("联建单位", [row.partner_id for row in children[AgreementParty]]),
            "commitments": tuple(
                (row.name, row.promised, row.unit, row.delivered) for row in children[Commitment]
            ),
        }

    def check(self, row, data, planner):
        """Expiry before signing is refused."""
        signed, expires = data["signed_on"], data["expires_on"]
        if signed and expires and expires.certainly_before(signed):
            row.fault("到期日期", f"到期日期 {expires} 早于签署日期 {signed}", "签署日期")
        if data["renews"] is row.draft:
            row.fault("续签自", "不能续签自己")

    def put(self, draft, planner):
        """An agreement in the trash, of which a file cannot speak, stays the one renewed."""
        renews = draft.record.renews if draft.data["renews"] is None else None
        super().put(draft, planner)
        if renews is not None:
            draft.record.renews = renews

    def rows_of(self, draft, model):
        """Parties or commitments."""
        if model is AgreementParty:
            return [AgreementParty(partner=partner.record) for partner in draft.data["parties"]]
        return [
            Commitment(name=name, promised=promised, unit=unit, delivered=delivered)
            for name, promised, unit, delivered in draft.data["commitments"]
        ]

    def related(self, data):
        """Parties and commitments."""
        promised = [Commitment(name=n, promised=p, unit=u) for n, p, u, _ in data["commitments"]]
        return {
            "联建单位": "；".join(partner.data["name"] for partner in data["parties"]),
            "承诺": "；".join(map(str, promised)),
        }

    def order(self, data):
        """By code."""
        return natural(data["code"])


class PlanItemSheet(Sheet):
    """联建计划."""

    name, model = "联建计划", PlanItem
    identity, identifying = ("agreement", "number"), "序号"
    defaults = {"status": PlanItem.Status.PLANNED.value}
    select = ("agreement",)
    columns = [
        Column("协议编号", "agreement", cells.Reference(to="agreement"), True),
        Column("序号", "number", cells.Count(width=8), True),
        Column("计划时间", "planned_on", cells.Date()),
        Column("主题", "theme", _line(PlanItem, "theme", 32), True),
        Column("形式", "form", _line(PlanItem, "form")),
        Column("地点", "place", _line(PlanItem, "place", 20)),
        Column("牵头方", "lead", _line(PlanItem, "lead", 20)),
        Column("责任人", "responsible", _line(PlanItem, "responsible")),
        Column("预期成果", "expected_result", cells.Text(width=28)),
        Column("状态", "status", _choices(PlanItem.Status), note="空着表示计划"),
    ]
    keys = [Column("参加人员", "participants", _line(PlanItem, "participants"))]

    def state(self, record, children, planner):
        """With the agreement's draft."""
        agreement = planner.stored("联建协议", record.agreement_id)
        return {**super().state(record, children, planner), "agreement": agreement}

    def order(self, data):
        """By agreement and number."""
        return natural(data["agreement"].data["code"]), data["number"]


# ---------------------------------------------------------------- activities
_CONTRIBUTION_ROLES = {str(role.label): role.value for role in Contribution.Role}
ROLE_WORDS = tuple(_CONTRIBUTION_ROLES)

_PEOPLE = [
    ("主持人", "host", False),
    ("记录人", "recorder", False),
    ("主讲人", "speaker", False),
    ("参加党员", "present", True),
    ("请假党员", "on_leave", True),
    ("缺席党员", "absent", True),
]
_PEOPLE_FIELDS = [field for _, field, _ in _PEOPLE]
_ROLE_FIELDS = [*_PEOPLE_FIELDS, "observer"]


def _people(header: str) -> Column:
    field, members_only = next((field, only) for known, field, only in _PEOPLE if known == header)
    width = 40 if field == "present" else 16
    kind = cells.People(width=width, members_only=members_only, roles=ROLE_WORDS)
    note = "本支部党员，" if members_only else ""
    return Column(header, field, kind, note=f"{note}多人用“、”隔开；重名写 姓名#工号")


def _count(header: str, field: str) -> Column:
    return Column(header, field, cells.Count())


class ActivitySheet(Sheet):
    """活动."""

    name, model = "活动", Activity
    identity, identifying = ("code",), "编号"
    defaults = {"status": Activity.Status.PLANNED.value}
    virtual = frozenset({"partners"})
    select = ("kind", "agreement", "plan_item")
    children = {ActivityPartner: ("activity", ["partners"]), Participation: ("activity", _ROLE_FIELDS)}
    columns = [
        Column("编号", "code", _line(Activity, "code"), True),
        Column("类型", "kind_id", cells.Choice(words=_kind_words(ActivityKind)), True),
        Column(
            "任务线",
            "lines",
            cells.Choices(width=16, words=lambda: {str(line.label): line.value for line in TaskLine}),
            True,
            "一条或多条，用“、”隔开",
        ),
        Column("主题", "theme", _line(Activity, "theme", 32), True),
        Column("开始时间", "starts", cells.Moment(width=18), True, "2024-06-01 14:30；不知道时刻只写日期"),
        Column("结束时间", "ends", cells.Moment(width=18)),
        Column("地点", "place", _line(Activity, "place", 20)),
        _people("主持人"),
        _people("记录人"),
        Column("联建单位", "partners", cells.Partners(width=24), note="名称或别名，多个用“、”隔开"),
        Column("协议编号", "agreement", cells.Reference(to="agreement")),
        Column("计划序号", "plan_number", cells.Count(width=10), note="属于“协议编号”那份协议"),
        _people("主讲人"),
        _people("参加党员"),
        _people("请假党员"),
        _people("缺席党员"),
        Column("服务人次", "person_times", cells.Count(width=10), note="同一人来两次算两次"),
        Column("服务人数", "persons", cells.Count(width=10), note="一场活动内不重复的人"),
        Column("计数方式", "count_method", _choices(Activity.CountMethod), note="空着按估计统计"),
        Column("状态", "status", _choices(Activity.Status), note="空着表示计划，不计入已举办"),
        Column("摘要", "summary", cells.Text(width=40)),
    ]
    keys = [
        Column("列席", "observer", cells.Observers(), note="姓名|说明，可写多个"),
        Column(
            "说明",
            "remarks",
            cells.Remarks(columns=tuple((header, field) for header, field, _ in _PEOPLE)),
            note="栏目|姓名|说明，例如 请假党员|张三|出差，可写多个",
        ),
        _count("应到", "expected"),
        _count("实到", "present_count"),
        _count("有表决权应到", "voters_expected"),
        _count("有表决权实到", "voters_present"),
        _count("赞成", "votes_for"),
        _count("反对", "votes_against"),
        _count("弃权", "votes_abstaining"),
        Column("议题", "agenda", cells.Text()),
        Column("发言", "speeches", cells.Text()),
        Column("决议", "resolution", cells.Text()),
    ]

    def __init__(self):
        super().__init__()
        self.plain = [field for field in self.plain if field not in _ROLE_FIELDS]

    def blank(self, planner):
        """Nobody, nowhere."""
        return {
            **super().blank(planner),
            **dict.fromkeys(_ROLE_FIELDS, ()),
            "kind_id": None,
            "lines": (),
            "partners": (),
            "plan_item": None,
            "present_count": None,
            "starts": None,
            "ends": None,
        }

    def state(self, record, children, planner):
        """With people and partners."""
        people = {field: [] for field in _ROLE_FIELDS}
        for row in children[Participation]:
            people[row.role].append(_stored_person(row, row.remark, planner))
        return {
            **super().state(record, children, planner),
            **{field: tuple(persons) for field, persons in people.items()},
            "kind_id": record.kind_id,
            "lines": tuple(line.value for line in record.lines),
            "partners": planner.stored_all("联建单位", [row.partner_id for row in children[ActivityPartner]]),
            "agreement": planner.stored("联建协议", record.agreement_id),
            "plan_item": planner.stored("联建计划", record.plan_item_id),
            "present_count": record.present,
            "starts": (record.starts_on, record.starts_at),
            "ends": (record.ends_on, record.ends_at) if record.ends_on else None,
        }

    def settle(self, given, data, row):
        """Who stays keeps the remark (a role in brackets is the cell's to give), 说明 gives new ones; a plan row
        belongs to the agreement."""
        remarks, number = given.pop("remarks", ()), given.pop("plan_number", None)
        for field in _PEOPLE_FIELDS:
            if field in given:
                kept = defaultdict(list)  # of two strangers of one name, each keeps the own remark
                for person in data[field]:
                    kept[person.identity].append("" if person.word in ROLE_WORDS else person.word)
                given[field] = tuple(
                    Person(person.member, person.name, person.word or _first(kept[person.identity]))
                    for person in given[field]
                )
        data = {**data, **given}
        self._remark(remarks, data, row)
        if number is not None:
            if data["agreement"] is None:
                row.fault("计划序号", "填写计划序号时要有协议编号")
            else:
                data["plan_item"] = row.look_up("计划序号", "plan_item", (data["agreement"], number))
        elif data["plan_item"] and data["plan_item"].data["agreement"] is not data["agreement"]:
            row.fault("计划序号", "已有的计划序号属于另一份协议，换了协议编号要重填计划序号", "协议编号")
        return data

    def _remark(self, remarks, data, row):
        taken = set()
        for field, wanted, remark in remarks:
            people = data[field]
            place = next(
                (
                    place
                    for place, person in enumerate(people)
                    if person.identity == wanted.identity
                    and (field, place) not in taken
                    and person.word not in ROLE_WORDS
                ),
                None,
            )
            if place is None:
                row.fault("说明", f"“{wanted.name}”不在所说的那一栏里")
                continue
            taken.add((field, place))
            person = Person(people[place].member, people[place].name, remark or people[place].word)
            data[field] = (*people[:place], person, *people[place + 1 :])

    def exposed(self, data):
        """Remarks that are no role words stand in 说明; where two strangers have one name, for each an own one."""
        remarks = []
        for field in _PEOPLE_FIELDS:
            people = [person for person in data[field] if person.word not in ROLE_WORDS]
            told = {person.identity for person in people if person.word}
            remarks += [(field, person, person.word) for person in people if person.identity in told]
        plan = data["plan_item"]
        return {**data, "remarks": remarks, "plan_number": plan.data["number"] if plan else None}

    def check(self, row, data, planner):
        """Ends before it starts, the same member present and away, more persons than person-times."""
        starts, ends = data["starts"], data["ends"]
        if (
            starts
            and ends
            and (
                ends[0] < starts[0]
                or (
                    ends[0] == starts[0]
                    and ends[1] is not None
                    and starts[1] is not None
                    and ends[1] < starts[1]
                )
            )
        ):
            row.fault("结束时间", "结束时间早于开始时间", "开始时间")
        where = {}
        for header, field, members_only in _PEOPLE:
            for person in data[field] if members_only else ():
                if person.member in where:
                    before = where[person.member]
                    row.fault(header, f"{person.name}同时在“{before}”和“{header}”里", before)
                where.setdefault(person.member, header)
        persons, times = data["persons"], data["person_times"]
        if persons is not None and times is not None and persons > times:
            row.remind("服务人数", f"服务人数 {persons} 大于服务人次 {times}")

    def put(self, draft, planner):
        """Lines, times and links."""
        super().put(draft, planner)
        record, data = draft.record, draft.data
        record.lines = data["lines"]
        record.kind = planner.kind(ActivityKind, data["kind_id"])
        record.plan_item = data["plan_item"].record if data["plan_item"] else None
        record.present = data["present_count"]
        record.starts_on, record.starts_at = data["starts"]
        record.ends_on, record.ends_at = data["ends"] or (None, None)

    def rows_of(self, draft, model):
        """Partners or people, people in order within each role."""
        if model is ActivityPartner:
            return [ActivityPartner(partner=partner.record) for partner in draft.data["partners"]]
        return [
            Participation(
                role=field,
                member=person.member and person.member.record,
                name=person.name,
                remark=person.word,
            )
            for field in _ROLE_FIELDS
            for person in draft.data[field]
        ]

    def related(self, data):
        """Partners and people."""
        people = {
            str(Participation.Role(field).label): "；".join(
                f"{person.name}（{person.word}）" if person.word else person.name for person in data[field]
            )
            for field in sorted(_ROLE_FIELDS)
        }
        return {"联建单位": "；".join(partner.data["name"] for partner in data["partners"]), **people}

    def order(self, data):
        """By code."""
        return natural(data["code"])


def _stored_person(row, word, planner) -> Person:
    """A stored person; the name as it was typed, as long as it is still the member's."""
    member = planner.stored("党员", row.member_id)
    if member and match_key(row.name) != match_key(member.data["name"]):
        return Person(member, member.data["name"], word)
    return Person(member, row.name, word)


def _first(words: list[str]) -> str:
    return words.pop(0) if words else ""


class FeedbackSheet(Sheet):
    """反馈."""

    name, model = "反馈", Feedback
    identity, identifying = ("activity", "identity", "content"), "活动编号"
    select = ("activity",)
    columns = [
        Column("活动编号", "activity", cells.Reference(to="activity"), True),
        Column("身份", "identity", _line(Feedback, "identity"), note="例如 学生家长"),
        Column("内容", "content", cells.Text(width=60), True),
        Column("同意引用", "may_quote", cells.Flag(), note="空着表示否；同意的才会写进报告"),
    ]
    keys = [Column("反馈日期", "received_on", cells.Day())]

    def state(self, record, children, planner):
        """With the activity's draft."""
        activity = planner.stored("活动", record.activity_id)
        return {**super().state(record, children, planner), "activity": activity}

    def order(self, data):
        """By activity, then by what was said."""
        return natural(data["activity"].data["code"]), data["identity"], data["content"]


# ---------------------------------------------------------------- outcomes and targets
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
        Column("编号", "code", _line(Outcome, "code"), True),
        Column("类型", "sort", cells.Choice(width=14, words=_outcome_words), True),
        Column("名称", "name", _line(Outcome, "name", 40), True),
        Column("级别", "level", _choices(Level)),
        Column("日期", "date", cells.Date(), note="发表、授权、获奖、批准的日期；没有日期不计入任何年度"),
        Column("状态", "status", _choices(Outcome.Status), note="论文：录用、已发表；专利：受理、公开、授权、失效；"
               "课题：立项、在研、结题；荣誉：培育创建、验收通过、授予"),
        Column("发表刊物或授予单位", "venue", _line(Outcome, "venue", 28)),
        Column("号码", "number", _line(Outcome, "number", 22), note="专利号、登记号、项目编号、ISBN"),
        Column("收录", "indexing", _line(Outcome, "indexing")),
        Column("等次", "grade", _line(Outcome, "grade")),
        Column("角色", "role", _line(Outcome, "role")),
        Column("合同金额", "contract_amount", cells.Amount(), note="元，最多两位小数"),
        Column("到账金额", "received_amount", cells.Amount(), note="元，最多两位小数"),
        Column(
            "完成人",
            "contributions",
            cells.People(width=28, roles=ROLE_WORDS, repeats=True),
            note="按顺序，用“、”隔开；张三(主持)；重名写 张三#1001",
        ),
        Column("备注", "note", cells.Text(width=28)),
    ]  # fmt: skip
    keys = [
        Column("DOI", "doi", _line(Outcome, "doi")),
        Column("级别依据", "level_basis", _line(Outcome, "level_basis")),
    ]

    def blank(self, planner):
        """No people."""
        return {**super().blank(planner), "contributions": (), "details": {}}

    def state(self, record, children, planner):
        """With people."""
        people = (
            _stored_person(row, str(row.get_role_display()) if row.role else "", planner)
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
        data["details"] = _with_pairs(data["details"], details)
        super().settle_pairs(rest, data, row)

    def pairs(self, data):
        """What is the kind's own first."""
        own = DETAILS.get(data["sort"][0], [])
        in_order = sorted(data["details"].items(), key=lambda pair: (pair[0] not in own, pair[0]))
        details = [
            (key if key in own and key not in self.by_header else f"专有信息.{key}", text)
            for key, value in in_order
            if (text := _text(value))
        ]
        extra = [(f"{EXTRA}.{key}" if key in own else key, value) for key, value in super().pairs(data)]
        return [*details, *extra]

    def check(self, row, data, planner):
        """States belong to kinds; a patent's number tells its type and holds a check digit."""
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
                role=_CONTRIBUTION_ROLES.get(person.word, ""),
            )
            for person in draft.data["contributions"]
        ]

    def related(self, data):
        """People."""
        return {
            "完成人": "、".join(
                f"{person.name}({person.word})" if person.word else person.name
                for person in data["contributions"]
            )
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
            cells.FigureKey(width=36, longest=120),
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


SHEETS: list[Sheet] = [
    MemberSheet(),
    CertificationSheet(),
    PartnerSheet(),
    AgreementSheet(),
    PlanItemSheet(),
    ActivitySheet(),
    OutcomeSheet(),
    FeedbackSheet(),
    TargetSheet(),
]
BY_NAME = {sheet.name: sheet for sheet in SHEETS}

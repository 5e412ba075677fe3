"""The sheets of activities and feedback."""

from __future__ import annotations

from collections import defaultdict

from activities.models import Activity, ActivityKind, ActivityPartner, Feedback, Participation, TaskLine
from exchange.workbook import cells, links
from exchange.workbook.links import Person
from exchange.workbook.sheets.base import (
    ROLE_WORDS,
    Column,
    Sheet,
    choices,
    kind_words,
    line,
    natural,
    stored_person,
)

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
    kind = links.People(width=width, members_only=members_only, roles=ROLE_WORDS)
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
        Column("编号", "code", line(Activity, "code"), True),
        Column("类型", "kind_id", cells.Choice(words=kind_words(ActivityKind)), True),
        Column(
            "任务线",
            "lines",
            cells.Choices(width=16, words=lambda: {str(line.label): line.value for line in TaskLine}),
            True,
            "一条或多条，用“、”隔开",
        ),
        Column("主题", "theme", line(Activity, "theme", 32), True),
        Column("开始时间", "starts", cells.Moment(width=18), True, "2024-06-01 14:30；不知道时刻只写日期"),
        Column("结束时间", "ends", cells.Moment(width=18)),
        Column("地点", "place", line(Activity, "place", 20)),
        _people("主持人"),
        _people("记录人"),
        Column("联建单位", "partners", links.Partners(width=24), note="名称或别名，多个用“、”隔开"),
        Column("协议编号", "agreement", links.Reference(to="agreement")),
        Column("计划序号", "plan_number", cells.Count(width=10), note="属于“协议编号”那份协议"),
        _people("主讲人"),
        _people("参加党员"),
        _people("请假党员"),
        _people("缺席党员"),
        Column("服务人次", "person_times", cells.Count(width=10), note="同一人来两次算两次"),
        Column("服务人数", "persons", cells.Count(width=10), note="一场活动内不重复的人"),
        Column("计数方式", "count_method", choices(Activity.CountMethod), note="空着按估计统计"),
        Column("状态", "status", choices(Activity.Status), note="空着表示计划，不计入已举办"),
        Column("摘要", "summary", cells.Text(width=40)),
    ]
    keys = [
        Column("列席", "observer", links.Observers(), note="姓名|说明，可写多个"),
        Column(
            "说明",
            "remarks",
            links.Remarks(columns=tuple((header, field) for header, field, _ in _PEOPLE)),
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
            people[row.role].append(stored_person(row, row.remark, planner))
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
                given[field] = _with_kept_remarks(given[field], data[field])
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


def _with_kept_remarks(people, stored) -> tuple[Person, ...]:
    """The people of a cell with the remarks they have already; of two strangers of one name each keeps the own."""
    kept = defaultdict(list)
    for person in stored:
        kept[person.identity].append("" if person.word in ROLE_WORDS else person.word)
    found = []
    for person in people:
        words = kept[person.identity]
        word = words.pop(0) if words else ""
        found.append(Person(person.member, person.name, person.word or word))
    return tuple(found)


class FeedbackSheet(Sheet):
    """反馈."""

    name, model = "反馈", Feedback
    identity, identifying = ("activity", "identity", "content"), "活动编号"
    select = ("activity",)
    columns = [
        Column("活动编号", "activity", links.Reference(to="activity"), True),
        Column("身份", "identity", line(Feedback, "identity"), note="例如 学生家长"),
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

"""What the record of a meeting (会议记录) says, and what an inspector would doubt in it.

A number is the one that was minuted; where none was, it follows from the names, but only as far as these are complete.
Nothing is made up: what is not known is left empty, and the printed record says 未记.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from activities.models import Activity, Participation
from branch.models import Member
from core.dates import PartialDate
from core.files import attachments_of
from core.models import Attachment

_Role = Participation.Role
People = dict[str, list[Participation]]

# All that a printed record can tell, in the order in which a record usually tells it.
FIELDS = (
    *("支部", "类型", "会议名称", "编号", "日期", "时间", "地点", "主持人", "记录人", "主讲人", "联建单位"),
    *("应到", "实到", "有表决权应到", "有表决权实到", "出席", "请假人数", "请假", "缺席人数", "缺席"),
    *("列席人数", "列席", "摘要", "议题", "发言", "决议", "表决", "附件"),
)


# ---------------------------------------------------------------- attendance
@dataclass(frozen=True)
class Attendance:
    """How many were there; None where it is not known. on_leave, absent, observers: as named."""

    expected: int | None
    present: int | None
    on_leave: int = 0
    absent: int = 0
    observers: int = 0

    @property
    def is_known(self) -> bool:
        """Whether anything at all is."""
        return any((self.expected is not None, self.present is not None, self.on_leave, self.absent))

    @property
    def unnamed(self) -> int:
        """How many stayed away without being on a list: what inspectors find most often."""
        if self.expected is None or self.present is None:
            return 0
        return max(self.expected - self.present - self.on_leave - self.absent, 0)

    @property
    def doubt(self) -> str:
        """What is missing, as a sentence; "" if nothing is."""
        if not self.unnamed:
            return ""
        numbers = f"应到{self.expected}人、实到{self.present}人"
        if self.on_leave or self.absent:
            return f"{numbers}，请假、缺席名单还少{self.unnamed}人。"
        return f"{numbers}，没有请假、缺席人员名单。"


def by_role(participations: Iterable[Participation]) -> People:
    """Who took part, role by role, in order."""
    people: People = {role.value: [] for role in _Role}
    for person in participations:
        people[person.role].append(person)
    return people


def attendance(activity: Activity, people: People) -> Attendance:
    """The numbers of an activity, 应到 only from names if these are all who were there."""
    named, away = len(people[_Role.PRESENT]), len(people[_Role.ON_LEAVE]) + len(people[_Role.ABSENT])
    present = activity.present if activity.present is not None else named or None
    expected = activity.expected
    if expected is None and named and named == present:
        expected = named + away
    return Attendance(
        expected,
        present,
        len(people[_Role.ON_LEAVE]),
        len(people[_Role.ABSENT]),
        len(people[_Role.OBSERVER]),
    )


# ---------------------------------------------------------------- the record
@dataclass(frozen=True)
class Minutes:
    """values: text by name of FIELDS, "" where nothing is known; doubts: sentences."""

    values: dict[str, str]
    doubts: tuple[str, ...] = ()


def minutes_of(activity: Activity) -> Minutes:
    """The record of a meeting. The number of queries does not depend on how many took part."""
    people = by_role(activity.participations.select_related("member"))
    full = Member.objects.with_standing_on(activity.starts_on).filter(
        standing=Member.Category.FULL, participations__activity=activity
    )
    partners = [link.partner.name for link in activity.partner_links.select_related("partner")]
    return facts(activity, people, set(full.values_list("pk", flat=True)), partners, attachments_of(activity))


def facts(
    activity: Activity, people: People, voters: set[int], partners: Iterable[str], files: Iterable[Attachment]
) -> Minutes:
    """The same without a question to the database. voters: full members that day; probationary ones have no vote."""
    count = attendance(activity, people)
    voters_expected, voters_present = _voters(activity, people, voters, count)
    is_complete = count.expected is not None and count.present is not None and not count.unnamed
    values = {
        "支部": activity.organisation.name,
        "类型": activity.kind.name,
        "会议名称": activity.theme,
        "编号": activity.code,
        "日期": _day(activity.starts_on),
        "时间": _time(activity),
        "地点": activity.place,
        "主持人": _names(people[_Role.HOST]),
        "记录人": _names(people[_Role.RECORDER]),
        "主讲人": _names(people[_Role.SPEAKER]),
        "联建单位": "、".join(partners),
        "应到": _number(count.expected),
        "实到": _number(count.present),
        "有表决权应到": _number(voters_expected),
        "有表决权实到": _number(voters_present),
        "出席": _names(people[_Role.PRESENT]),
        "请假人数": _away_number(count.on_leave, is_complete),
        "请假": _away(people[_Role.ON_LEAVE], is_complete),
        "缺席人数": _away_number(count.absent, is_complete),
        "缺席": _away(people[_Role.ABSENT], is_complete),
        "列席人数": _number(count.observers or None),
        "列席": _names(people[_Role.OBSERVER]),
        "摘要": activity.summary,
        "议题": activity.agenda,
        "发言": activity.speeches,
        "决议": activity.resolution,
        "表决": _vote(activity),
        "附件": _files(files),
    }
    without_reason = [
        person.name for person in people[_Role.ON_LEAVE] + people[_Role.ABSENT] if not person.remark
    ]
    doubts = (
        count.doubt,
        f"没有写请假或缺席的原因：{'、'.join(without_reason)}。" if without_reason else "",
        _vote_doubt(activity, voters_present, count.present),
    )
    return Minutes(values, tuple(filter(None, doubts)))


def _voters(activity, people, voters, count):
    """有表决权应到 and 实到: as minuted, else of the names, if these are all who were there or expected."""

    def of(minuted, number, named):
        if minuted is not None or not people[_Role.PRESENT] or len(named) != number:
            return minuted
        return sum(person.member_id in voters for person in named)

    came = people[_Role.PRESENT]
    everybody = [*came, *people[_Role.ON_LEAVE], *people[_Role.ABSENT]]
    return (
        of(activity.voters_expected, count.expected, everybody),
        of(activity.voters_present, count.present, came),
    )


def _vote(activity) -> str:
    counted = (
        ("赞成", activity.votes_for),
        ("反对", activity.votes_against),
        ("弃权", activity.votes_abstaining),
    )
    return "，".join(f"{word}{number}票" for word, number in counted if number is not None)


def _vote_doubt(activity, voters_present, present) -> str:
    votes = sum(filter(None, (activity.votes_for, activity.votes_against, activity.votes_abstaining)))
    word, most = ("有表决权实到", voters_present) if voters_present is not None else ("实到", present)
    if most is None or votes <= most:
        return ""
    return f"赞成、反对、弃权共{votes}票，多于{word}的{most}人。"


def _names(people) -> str:
    return "、".join(map(str, people))


def _away(people, is_complete) -> str:
    """Names with reasons; 无 only where the numbers say that nobody is missing from the lists."""
    if not people:
        return "无" if is_complete else ""
    return "、".join(f"{person.name}（{person.remark or '原因未记'}）" for person in people)


def _away_number(number, is_complete) -> str:
    return str(number) if number or is_complete else ""


def _number(number) -> str:
    return "" if number is None else str(number)


def _day(day) -> str:
    return PartialDate.of_day(day).chinese


def _time(activity) -> str:
    """2024年9月21日14:30—16:00."""
    begins = f"{activity.starts_at:%H:%M}" if activity.starts_at else ""
    ends = f"{activity.ends_at:%H:%M}" if activity.ends_at else ""
    if activity.ends_on and activity.ends_on != activity.starts_on:
        ends = _day(activity.ends_on) + ends
    return _day(activity.starts_on) + begins + (f"—{ends}" if ends else "")


def _files(files) -> str:
    """A line a file; photos are counted, their names say nothing."""
    lines, photos = [], 0
    for file in files:
        if file.kind == Attachment.Kind.PHOTO:
            photos += 1
        else:
            lines.append(f"{file.get_kind_display()}：{file.name}")
    return "\n".join([*lines, *([f"照片{photos}张"] if photos else [])])

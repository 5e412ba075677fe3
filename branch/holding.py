"""Who holds which certificates on a day, and on the days to come: asked as the figures ask (`held_on`)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, IntegerField, Value
from django.urls import reverse

from branch.models import Certification, CertificationType, Member
from core.counting import ratio_text
from core.dates import Window


@dataclass(frozen=True)
class Share:
    """So many of the members on a day hold a type of certificate. branch: the code of the only branch they are of, ""
    where they are of all that are in view."""

    type: CertificationType
    day: dt.date
    holders: int
    members: int
    branch: str = ""

    @property
    def display(self) -> str:
        """As the figure prints it: 16/17(94.1%)."""
        return ratio_text(self.holders, self.members)

    @property
    def url(self) -> str:
        """The holders, as the list behind the figure shows them."""
        query = {
            "figure": f"certifications.holders:{self.type}",
            "window": Window(dt.date(self.day.year, 1, 1), self.day),
        }
        query |= {"branch": self.branch} if self.branch else {}
        return reverse("branch:member_list", query=query)


# ---------------------------------------------------------------- the map
@dataclass(frozen=True)
class Mark:
    """A certificate in a cell of the map."""

    certification: Certification
    standing: Certification.Standing


@dataclass(frozen=True)
class Row:
    """A member, and by type the certificates passed by the day, the best first."""

    member: Member
    cells: list[tuple[CertificationType, list[Mark]]]

    @property
    def is_bare(self) -> bool:
        """Whether the member has none at all."""
        return not any(marks for _, marks in self.cells)


@dataclass(frozen=True)
class Map:
    """Members × certification types on a day. shares: by type, of all members in it."""

    types: list[CertificationType]
    rows: list[Row]
    shares: list[Share]


def map_on(day: dt.date, places: Collection[int], user) -> Map:
    """The map of these branches, as far as the user may see it: an ordinary member sees the own row. Two queries."""
    members = Member.objects.reportable().of(places).visible_to(user).on(day)
    certifications = (
        Certification.objects.reportable()
        .of(places)
        .visible_to(user)
        .of_members_on(day, places)
        .with_standing_on(day)
        .select_related("type")
        .order_by("-passed_on_first", "pk")
    )
    members = list(members.select_related("organisation").order_by("name_pinyin", "pk"))
    order = list(Certification.Standing)
    cells, types, holders = defaultdict(list), set(), defaultdict(set)
    for certification in certifications:
        types.add(certification.type)
        cells[certification.member_id, certification.type].append(
            Mark(certification, certification.standing_on(day))
        )
        if certification.is_held:
            holders[certification.type].add(certification.member_id)
    for marks in cells.values():
        marks.sort(key=lambda mark: order.index(mark.standing))
    columns = sorted(types, key=lambda kind: (kind.position, kind.name))
    rows = [Row(member, [(kind, cells.get((member.pk, kind), [])) for kind in columns]) for member in members]
    shares = [Share(kind, day, len(holders[kind]), len(members)) for kind in columns]
    return Map(columns, rows, shares)


# ---------------------------------------------------------------- several branches, several days
def _counted(days: Iterable[dt.date], places) -> tuple[dict, dict]:
    """Members by (day, branch), and holders' ids by (day, branch, type). Two queries, however many days."""
    days = list(days)
    members, holders = [], []
    for place, day in enumerate(days):
        at = {"on_day": Value(place, IntegerField())}
        there = Member.objects.reportable().of(places).on(day).order_by()
        members.append(there.annotate(**at).values("on_day", "organisation_id").annotate(number=Count("pk")))
        held = Certification.objects.reportable().of(places).held_on(day, places).order_by()
        holders.append(
            held.annotate(**at).values_list("on_day", "organisation_id", "type_id", "member_id").distinct()
        )
    many = {
        (days[place], branch): number
        for place, branch, number in members[0]
        .union(*members[1:], all=True)
        .values_list("on_day", "organisation_id", "number")
    }
    held_by: dict[tuple, set[int]] = defaultdict(set)
    for place, branch, kind, member in holders[0].union(*holders[1:], all=True):
        held_by[days[place], branch, kind].add(member)
    return many, held_by


def shares_of_branches(day: dt.date, branches) -> tuple[list[CertificationType], list[tuple]]:
    """The types that somebody in these branches holds on the day, and (branch, shares by type) in the branches' order.
    Three queries."""
    members, holders = _counted([day], [branch.pk for branch in branches])
    types = list(CertificationType.objects.filter(pk__in={kind for _, _, kind in holders}))

    def share(branch, kind):
        held = holders.get((day, branch.pk, kind.pk), ())
        return Share(kind, day, len(held), members.get((day, branch.pk), 0), branch.code)

    return types, [(branch, [share(branch, kind) for kind in types]) for branch in branches]


# ---------------------------------------------------------------- what is to come
@dataclass(frozen=True)
class Loss:
    """A holder who will be none any more. end: the last day of the certificate, None where the member leaves before;
    renewal_waiting: the id of a renewal that waits for review."""

    certification: Certification
    end: dt.date | None
    renewal_waiting: int | None


@dataclass(frozen=True)
class Later:
    """How a type will stand on a day to come if nothing is done, and whom it loses since the day before in the row."""

    share: Share
    losses: list[Loss] = field(default_factory=list)


@dataclass(frozen=True)
class Outlook:
    """A type today, and on the days to come."""

    type: CertificationType
    now: Share
    later: list[Later]


def report_days(today: dt.date) -> list[dt.date]:
    """The as-of dates of this year's and of next year's report, as far as they are to come."""
    days = [dt.date(year, 12, 31) for year in (today.year, today.year + 1)]
    return [day for day in days if day > today]


def outlook(today: dt.date, places: Collection[int]) -> list[Outlook]:
    """What every type held today will have come to by `report_days`. For those who read these branches. Three
    queries."""
    days = [today, *report_days(today)]
    members, held_by = _counted(days, places)
    many = {day: sum(number for (on, _), number in members.items() if on == day) for day in days}
    holders: dict[tuple, set[int]] = defaultdict(set)
    for (day, _, kind), found in held_by.items():
        holders[day, kind] |= found
    held = (
        Certification.objects.reportable()
        .of(places)
        .held_on(today, places)
        .with_renewal(today)
        .select_related("type", "member", "organisation")
        .order_by("valid_until_last", "pk")
    )
    by_type: dict[CertificationType, dict[int, Certification]] = defaultdict(dict)
    for certification in held:  # of several of a type the one that ends last
        by_type[certification.type][certification.member_id] = certification
    found = []
    for kind in sorted(by_type, key=lambda kind: (kind.position, kind.name)):
        later = []
        for before, day in itertools.pairwise(days):
            lost = holders[before, kind.pk] - holders[day, kind.pk]
            losses = [_loss(certification, day) for pk, certification in by_type[kind].items() if pk in lost]
            losses.sort(key=lambda loss: (loss.end or day, loss.certification.pk))
            later.append(Later(Share(kind, day, len(holders[day, kind.pk]), many[day]), losses))
        found.append(Outlook(kind, Share(kind, today, len(holders[today, kind.pk]), many[today]), later))
    return found


def outlook_of(key: str, today: dt.date, places: Collection[int]) -> Outlook | None:
    """The outlook of the type that a figure or a target counts the holders of; None for any other figure, and where
    nobody holds it."""
    name, _, kind = key.partition(":")
    if not name.startswith("certifications."):
        return None
    return next((row for row in outlook(today, places) if str(row.type) == kind), None)


def _loss(certification, day) -> Loss:
    last = certification.valid_until_last
    ends = last is not None and last < day
    return Loss(certification, last if ends else None, certification.renewal_waiting if ends else None)

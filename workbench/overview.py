"""A committee's home: branches × key figures with their sums, and what is missing; in the order of the tree, never a
ranking."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count

from activities.duty import Meeting, Row, duty, in_words
from activities.models import Activity, ActivityKind
from branch.models import Certification
from core.checklists import checklists
from core.dates import today
from core.models import Appointment
from outcomes.models import Outcome
from reports.figures import Totals, compute, repeated
from reports.models import Compilation
from reports.source import records_url
from reports.standing import yearly_states

BRANCHES = 40  # a page of the table
_COLUMNS = {
    "members.total": "党员",
    "partnerships.agreements_in_force": "协议",
    "activities.total": "活动",
    "outcomes.paper": "论文",
    "outcomes.competition_award": "竞赛奖",
    "outreach.person_times": "服务人次",
}
_LACKING = {
    "report": ("年报未编译", "warn"),
    "meetings": ("组织生活有缺", "bad"),
    "proof": ("缺佐证", "warn"),
    "review": ("待审核", ""),
}
_ESTIMATED = "outreach.person_times:estimated"


@dataclass(frozen=True)
class View:
    """Some of the branches, those that lack something: its name in the address, its word, their number."""

    code: str
    label: str
    tone: str
    number: int


def overview(frame, page: str | None, lacking: str | None = None) -> dict:
    """The context of workbench/overview.html.

    Arguments: page, which one of the table, as the address says it; lacking, the view of the branches in it: report,
    meetings, proof or review; all of them for any other.
    """
    window, day = frame.window, today()
    places = [branch.pk for branch in frame.branches_read]
    answers = compute(places, window, [*_COLUMNS, _ESTIMATED])
    total = Totals(answers.values())
    bare, pending = _lacking_proof(places, window), _waiting(places)
    months, secretaries = _months(places, window, day), _secretaries(places)
    # Each with the records of all branches: an address that ends in `branch=`, for the code of one.
    columns = [(key, label, records_url(key, window, "")) for key, label in _COLUMNS.items()]
    sums = [(label, total[key], url) for key, label, url in columns] if places else []
    notes = _notes(total, repeated(places, window, _COLUMNS), len(places)) if places else []
    reports = yearly_states(places, window)
    compiled = {place for place, (_, is_done, _) in reports.items() if is_done}
    lacks = {
        "report": [pk for pk in places if pk not in compiled],
        "meetings": [pk for pk, row in months.items() if row.missed],
        "proof": [pk for pk in places if bare[pk]],
        "review": [pk for pk in places if pending[pk]],
    }
    lacking = lacking if lacking in lacks else ""
    chosen = [branch for branch in frame.branches_read if not lacking or branch.pk in lacks[lacking]]
    shown = Paginator(chosen, BRANCHES).get_page(page)
    return {
        "columns": list(_COLUMNS.values()),
        "summary": f"{frame.place_name} · {len(places)} 个支部 · {window.label} · 只汇总支部已有的记录，不另要材料",
        "months_name": next((row.name for row in months.values()), ""),
        "page": shown,
        "rows": [
            {
                "branch": branch,
                "secretary": "、".join(secretaries.get(branch.pk, ())),
                "months": months.get(branch.pk),
                "months_words": _in_words(months[branch.pk]) if months else "",
                "cells": [
                    (label, answers[branch.pk][key], f"{in_all}{branch.code}")
                    for key, label, in_all in columns
                ],
                "bare": bare[branch.pk],
                "pending": pending[branch.pk],
                "report": _report(reports.get(branch.pk)),
            }
            for branch in shown
        ],
        "views": [View("", "全部", "", len(places))]
        + [
            View(code, *_LACKING[code], len(found))
            for code, found in lacks.items()
            if found or code == lacking
        ],
        "lacking": lacking,
        "places": len(places),
        "compiled": len(compiled),
        "sums": sums,
        "strip": [(*cell, note) for cell, note in zip(sums, notes, strict=True)],
        "bare": bare.total(),
        "pending": pending.total(),
        "missed": sum(len(row.missed) for row in months.values()),
    }


def _report(state) -> tuple[str, str, int | None]:
    """A branch's yearly report in a word, with the tone of its badge and its id."""
    pk, is_done, status = state or (None, False, "")
    if status in Compilation.UNFINISHED:
        return "编译中", "ink", pk
    if is_done:
        return "已编译", "ok", pk
    return ("编译失败", "bad", pk) if status == Compilation.Status.FAILED else ("未编译", "outline", pk)


def _notes(sums, extra, number) -> list[str]:
    """What each sum over several branches is made of."""
    notes = dict.fromkeys(_COLUMNS, f"{number} 个支部之和")
    notes |= {key: f"去重后 {sums[key].value - many:,}" for key, many in extra.items()}
    notes["outreach.person_times"] = f"其中估计 {sums[_ESTIMATED].display}"
    return list(notes.values())


def _in_words(months: Row) -> str:
    """A branch's strip of months in words."""
    missed = f"，缺 {in_words(months.missed)}" if months.missed else ""
    return f"{months.name}：完成 {months.done} 个月{missed}"


def _lacking_proof(places, window) -> Counter:
    """Of how many activities held and outcomes of the window some proof is missing, by branch."""
    of_activities, of_outcomes = checklists(Activity, Outcome)
    held = Activity.objects.live().of(places).held_in(window).filter(of_activities.lacks)
    outcomes = Outcome.objects.live().accepted().of(places).within(window).filter(of_outcomes.lacks)
    return _by_branch(held) + _by_branch(outcomes)


def _waiting(places) -> Counter:
    """How many certificates wait for review, by branch."""
    return _by_branch(Certification.objects.live().of(places).filter(status=Certification.Status.PENDING))


def _by_branch(records) -> Counter:
    return Counter(dict(records.order_by().values_list("organisation").annotate(number=Count("pk"))))


def _secretaries(places) -> dict[int, list[str]]:
    """The names of today's secretaries, by branch."""
    found: dict[int, list[str]] = {}
    role = Appointment.Role.SECRETARY
    held = Appointment.objects.current().filter(organisation__in=places, role=role)
    for appointment in held.select_related("user"):
        found.setdefault(appointment.organisation_id, []).append(str(appointment.user))
    return found


def _months(places, window, day) -> dict[int, Row]:
    """The first kind of meeting with a monthly minimum, month by month, for each branch."""
    monthly = ActivityKind.objects.in_use().filter(is_branch_life=True, minimum__gt=0, period="month").first()
    if monthly is None or len(window.months) > 12:
        return {}
    held = Activity.objects.reportable().of(places).begun_in(window).filter(kind=monthly)
    meetings: dict[int, list[Meeting]] = {pk: [] for pk in places}
    for place, start, status in held.exclude(status=Activity.Status.CANCELLED).values_list(
        "organisation", "starts_on", "status"
    ):
        meetings[place].append(Meeting(monthly.code, start, status == Activity.Status.HELD))
    kind = (monthly.code, monthly.name, monthly.minimum, monthly.period)
    return {place: duty([kind], found, window, day)[0] for place, found in meetings.items()}

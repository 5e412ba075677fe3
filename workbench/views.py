"""Home: what is missing, where the targets stand, the year's figures. The own page of a member. Targets."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from activities.duty import Meeting, duty, kinds_asked
from activities.models import Activity, ActivityKind
from branch.models import Certification, Member
from core.context import frame_of
from core.dates import Window, today
from core.links import url_of
from core.listing import Listing, Sort, without_proof
from core.models import Appointment, Change
from core.pages import about
from core.permissions import get_visible
from outcomes.models import Outcome
from reports import charts as pictures
from reports.figures import Totals, compute, compute_each, repeated
from reports.models import Target
from reports.source import records_url
from workbench import figures as shown
from workbench.due import due_list
from workbench.forms import TargetFilter
from workbench.heat import heat

_LATEST = 6


# ---------------------------------------------------------------- home
@require_safe
def home(request):
    """Home of a branch; of a committee that looks at all its branches; an ordinary member is sent to the own page."""
    frame = frame_of(request)
    if not request.user.scope.read:
        if not request.user.scope.belong:
            return render(request, "workbench/alone.html")
        return redirect(reverse("workbench:mine", query=request.GET))
    moved_to = _open_usefully(request, frame)
    context = {"moved_from": moved_to and Window.year(today().year), "today": today()}
    if frame.branch or len(frame.branches) == 1:
        return render(request, "workbench/home.html", {**context, **_branch_home(frame)})
    return render(request, "workbench/overview.html", {**context, **_overview(frame)})


def _open_usefully(request, frame) -> Window | None:
    """Nobody chose a window and this year has no activity yet: open the latest year that has one, and remember it, so
    that the lists show the same. Returns the window moved to."""
    if request.session.get("window") or request.GET.get("window"):
        return None
    held = Activity.objects.reportable().of(frame.places).held().filter(starts_on__lte=frame.window.end)
    latest = held.order_by("-starts_on").values_list("starts_on", flat=True).first()
    if latest is None or latest >= frame.window.start:
        return None
    frame.window = Window.year(latest.year)
    request.session["window"] = str(frame.window)
    return frame.window


def _branch_home(frame) -> dict:
    window, day = frame.window, today()
    places = sorted(frame.places)
    now, before = _now_and_before(places, window)
    meetings, days = _what_was_held(places, window)
    rows = duty(kinds_asked(places, window), meetings, window, day)
    targets = Target.objects.live().of(places).filter(year=window.start.year).order_by("pk")
    progress = shown.progress(targets, now, window)
    waiting = due_list(rows, places, window, day)
    return {
        "figures": now,
        "cards": shown.cards(now, before, window),
        "all_figures": shown.by_line(now, before, window),
        "before": window.previous(),
        "duty": rows,
        "months": window.months,
        "due": waiting,
        "progress": progress,
        "met": sum(item.is_met for item in progress),
        "heat": heat(days, window, day),
        "held": now["activities.total"],
        **_charts(now, before, window, progress),
        "latest": _latest(frame.user, places),
        "may_import": frame.branch is not None and frame.branch.pk in frame.user.scope.edit,
    }


def _now_and_before(places, window) -> list[Totals]:
    """The figures of the window and of the one before it, of all places together."""
    windows = [window, window.previous()]
    answers = compute_each(places, windows)
    return [Totals(answers[each].values()) for each in windows]


def _what_was_held(places, window):
    """Meetings of branch life, held and planned; and how many activities were held on each day."""
    meetings, days = [], Counter()
    rows = Activity.objects.reportable().of(places).begun_in(window).exclude(status=Activity.Status.CANCELLED)
    for pk, kind, day, status, is_life in rows.values_list(
        "pk", "kind_id", "starts_on", "status", "kind__is_branch_life"
    ):
        held = status == Activity.Status.HELD
        if held:
            days[day] += 1
        if is_life:
            meetings.append(Meeting(kind, day, held, pk))
    return meetings, days


def _charts(now, before, window, progress):
    """The pictures of home, from the figures that stand beside them; each bar leads to its records."""
    numbers, last = (
        {key: figure.value for key, figure in figures.items() if isinstance(figure.value, int)}
        for figures in (now, before)
    )
    labels = {key: figure.label for key, figure in now.items()}

    def records(kind, level):
        if level:
            return records_url(f"outcomes.{kind}:{level}", window)
        # No figure holds what has no level; the list behind the kind's figure can be asked for it.
        return records_url(f"outcomes.{kind}", window) + ("" if level is None else "&level=none")

    return {
        "lines_chart": pictures.year_on_year(numbers, last, window, records_url),
        "levels_chart": pictures.levels(numbers, labels, window, records),
        "targets_chart": shown.progress_chart(progress, window),
    }


def _latest(user, places):
    """The records changed last, each once, with its page."""
    verb = Change.Verb
    changes = (
        Change.objects.visible_to(user)
        .filter(
            organisation_id__in=places,
            verb__in=[verb.CREATE, verb.UPDATE, verb.REVIEW, verb.RESTORE, verb.IMPORT],
        )
        .exclude(object_id=None)
        .exclude(model="reports.target")  # targets have a card of their own
        .order_by("-pk")[: 5 * _LATEST]
    )
    found = {(change.model, change.object_id): change for change in reversed(changes)}
    latest = sorted(found.values(), key=lambda change: -change.pk)[:_LATEST]
    return [(change, url_of(change.model, change.object_id)) for change in latest]


# ---------------------------------------------------------------- a committee's view
_COLUMNS = [
    ("members.total", "党员"),
    ("partnerships.agreements_in_force", "协议"),
    ("activities.total", "活动"),
    ("outcomes.paper", "论文"),
    ("outcomes.competition_award", "竞赛奖"),
    ("outreach.person_times", "服务人次"),
]


def _overview(frame) -> dict:
    """Branches × key figures with their sums, and what is missing, in the order of the tree; never a ranking."""
    window, day = frame.window, today()
    places = [branch.pk for branch in frame.branches]
    answers = compute(places, window)
    sums = Totals(answers.values())
    extra = repeated(places, window) if len(places) > 1 else {}
    bare, pending = _without_proof(places, window), _waiting(places)
    months = _months(places, window, day)
    secretaries = _secretaries(places)
    rows = [
        {
            "branch": branch,
            "secretary": "、".join(secretaries.get(branch.pk, ())),
            "months": months.get(branch.pk),
            "cells": [
                (label, answers[branch.pk][key], records_url(key, window, branch.code))
                for key, label in _COLUMNS
            ],
            "bare": bare.get(branch.pk, 0),
            "pending": pending.get(branch.pk, 0),
        }
        for branch in frame.branches
    ]
    return {
        "columns": [label for _, label in _COLUMNS],
        "summary": f"{frame.place_name} · {len(places)} 个支部 · {window.label} · 只汇总支部已有的记录，不另要材料",
        "has_months": bool(months),
        "months_name": next((row.name for row in months.values()), ""),
        "rows": rows,
        "sums": [(label, sums[key], records_url(key, window, "")) for key, label in _COLUMNS if sums],
        "bare": sum(bare.values()),
        "pending": sum(pending.values()),
        "missed": sum(len(row.missed) for row in months.values() if row),
        "strip": [
            (label, sums[key], records_url(key, window, ""), _rolled_up(key, sums, extra, len(places)))
            for key, label in _COLUMNS
            if sums
        ],
        "all_figures": shown.by_line(sums, {}, window),
    }


def _rolled_up(key, sums, extra, number) -> str:
    """What the sum over several branches is made of."""
    if key == "outreach.person_times":
        return f"其中估计 {sums['outreach.person_times:estimated'].display}"
    if key in extra:
        return f"去重后 {sums[key].value - extra[key]:,}"
    return f"{number} 个支部之和"


def _without_proof(places, window) -> Counter:
    """How many activities held and outcomes of the window have no file, by branch."""
    found = Counter()
    for records, model in (
        (Activity.objects.live().of(places).held_in(window), Activity),
        (Outcome.objects.live().of(places).within(window), Outcome),
    ):
        rows = records.filter(without_proof(model)).order_by().values_list("organisation")
        found.update(dict(rows.annotate(number=Count("pk"))))
    return found


def _waiting(places) -> dict:
    """How many certificates wait for review, by branch."""
    pending = Certification.objects.live().of(places).filter(status=Certification.Status.PENDING)
    return dict(pending.order_by().values_list("organisation").annotate(number=Count("pk")))


def _secretaries(places) -> dict:
    """The names of today's secretaries, by branch."""
    found: dict[int, list[str]] = {}
    role = Appointment.Role.SECRETARY
    for held in (
        Appointment.objects.current().filter(organisation__in=places, role=role).select_related("user")
    ):
        found.setdefault(held.organisation_id, []).append(str(held.user))
    return found


def _months(places, window, day) -> dict:
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


# ---------------------------------------------------------------- the own page
@require_safe
def mine(request):
    """What the ledger holds about the person behind the account."""
    frame = frame_of(request)
    moved_to = _open_usefully(request, frame)
    window = frame.window
    members = list(Member.objects.live().filter(user=request.user).select_related("organisation"))
    certifications = list(
        Certification.objects.live()
        .filter(member__in=members)
        .select_related("type", "member")
        .order_by("-passed_on_first", "-pk")
    )
    outcomes = (
        Outcome.objects.live()
        .filter(contributions__member__in=members)
        .distinct()
        .within(window)
        .select_related("kind")
        .order_by("-date_first", "-pk")
    )
    activities = (
        Activity.objects.live()
        .filter(
            participations__member__in=members,
            participations__role__in=["host", "recorder", "speaker", "present"],
        )
        .begun_in(window)
        .distinct()
        .select_related("kind")
        .order_by("-starts_on", "-pk")
    )
    status = Certification.Status
    return render(
        request,
        "workbench/mine.html",
        {
            "moved_from": moved_to and Window.year(today().year),
            "members": members,
            "returned": [item for item in certifications if item.status == status.RETURNED],
            "pending": [item for item in certifications if item.status == status.PENDING],
            "certifications": certifications,
            "outcomes": outcomes,
            "activities": activities,
            "day": today(),
        },
    )


# ---------------------------------------------------------------- targets
@require_safe
def target_list(request):
    """What was declared for each year, with where it stands."""
    listing = Listing(
        request,
        Target.objects.visible_to(request.user),
        filters=TargetFilter,
        sorts=[Sort("entry", "录入先后", "id")],
        in_window=lambda targets, window: targets.filter(year=window.start.year),
        dress=lambda targets: targets.select_related("organisation"),
    )
    answers = _answers(listing.rows)
    for target in listing.rows:
        target.progress = _progress_of(target, answers)
    return render(request, "workbench/target_list.html", {"list": listing})


def _answers(targets):
    """The figures of the branches and years the targets speak of."""
    places = sorted({target.organisation_id for target in targets})
    return compute_each(places, {Window.year(target.year) for target in targets})


def _progress_of(target, answers):
    window = Window.year(target.year)
    return shown.progress([target], answers[window][target.organisation_id], window)[0]


@require_safe
def target_detail(request, pk):
    """One target."""
    target = get_visible(Target.objects.select_related("organisation"), request.user, pk=pk)
    return render(
        request,
        "workbench/target_detail.html",
        {**about(target, request), "progress": _progress_of(target, _answers([target]))},
    )

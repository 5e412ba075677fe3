"""Home: what is missing, where the targets stand, the year's figures. The own page of a member. Targets."""

from __future__ import annotations

from collections import Counter

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from activities.models import Activity, ActivityKind, TaskLine
from branch.models import Certification, Member
from core.context import frame_of
from core.dates import Window, today
from core.links import url_of
from core.listing import Listing, Sort
from core.models import Change
from core.pages import about
from core.permissions import get_visible
from outcomes.models import Outcome
from reports.figures import compute
from reports.models import Target
from reports.source import records_url
from workbench import figures as shown
from workbench.due import due_list
from workbench.duty import Meeting, duty, months_of
from workbench.forms import TargetFilter
from workbench.heat import heat

_LATEST = 6


# ---------------------------------------------------------------- home
@require_safe
def home(request):
    """Home of a branch; of a committee that looks at all its branches; an ordinary member is sent to the own page."""
    frame = frame_of(request)
    if not request.user.scope.read:
        return (
            redirect("workbench:mine")
            if request.user.scope.belong
            else render(request, "workbench/alone.html")
        )
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
    now = shown.totals(compute(places, window))
    before = shown.totals(compute(places, window.previous()))
    meetings, days = _what_was_held(places, window)
    rows = _duty_rows(places, meetings, window, day)
    targets = Target.objects.live().of(places).filter(year=window.start.year).order_by("pk")
    progress = shown.progress(targets, now, window)
    waiting = due_list(rows, places, window, day)
    return {
        "cards": shown.cards(now, before, window),
        "all_figures": shown.by_line(now, before, window),
        "before": window.previous(),
        "duty": rows,
        "months": months_of(window),
        "due": waiting,
        "progress": progress,
        "met": sum(item.is_met for item in progress),
        "heat": heat(days, window, day),
        "held": now["activities.total"],
        "lines": _lines(now, window),
        "latest": _latest(frame.user, places),
    }


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


def _duty_rows(places, meetings, window, day):
    """The kinds with a minimum; group meetings only where the branch has groups; a window of up to a year."""
    if len(months_of(window)) > 12:
        return []
    kinds = ActivityKind.objects.in_use().filter(is_branch_life=True, minimum__gt=0)
    kinds = list(kinds.exclude(period="").values_list("code", "name", "minimum", "period"))
    has_groups = Member.objects.live().of(places).exclude(group="").exists()
    return duty([kind for kind in kinds if has_groups or kind[0] != "group_meeting"], meetings, window, day)


def _lines(now, window):
    figures = [(line, now[f"activities.line:{line.value}"]) for line in TaskLine]
    most = max(figure.value for _, figure in figures) or 1
    return [
        (line, figure, round(figure.value / most * 100), records_url(figure.key, window))
        for line, figure in figures
    ]


def _latest(user, places):
    """The latest changes of records, each with its page."""
    verb = Change.Verb
    changes = (
        Change.objects.visible_to(user)
        .filter(
            organisation_id__in=places,
            verb__in=[verb.CREATE, verb.UPDATE, verb.REVIEW, verb.RESTORE, verb.IMPORT, verb.ATTACH],
        )
        .exclude(object_id=None)
        .exclude(model="reports.target")  # targets have a card of their own
        .order_by("-pk")[:_LATEST]
    )
    return [(change, url_of(change.model, change.object_id)) for change in changes]


# ---------------------------------------------------------------- a committee's view
_COLUMNS = [
    ("members.total", "党员"),
    ("partnerships.agreements_in_force", "有效协议"),
    ("activities.total", "活动"),
    ("branch_life.committee_meeting", "支委会"),
    ("branch_life.themed_party_day", "主题党日"),
    ("outcomes.paper", "论文"),
    ("outcomes.competition_award", "竞赛奖"),
    ("outreach.person_times", "服务人次"),
]


def _overview(frame) -> dict:
    """Branches × key figures with their sums, in the order of the tree."""
    window = frame.window
    answers = compute([branch.pk for branch in frame.branches], window)
    sums = shown.totals(answers) if answers else {}
    rows = [
        (
            branch,
            [
                (label, answers[branch.pk][key], records_url(key, window, branch.code))
                for key, label in _COLUMNS
            ],
        )
        for branch in frame.branches
    ]
    return {
        "columns": [label for _, label in _COLUMNS],
        "rows": rows,
        "sums": [(label, sums[key], records_url(key, window, "")) for key, label in _COLUMNS] if sums else [],
        "all_figures": shown.by_line(sums, {}, window),
    }


# ---------------------------------------------------------------- the own page
@require_safe
def mine(request):
    """What the ledger holds about the person behind the account."""
    window = frame_of(request).window
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
    by_year: dict[int, set[int]] = {}
    for target in targets:
        by_year.setdefault(target.year, set()).add(target.organisation_id)
    return {year: compute(sorted(places), Window.year(year)) for year, places in by_year.items()}


def _progress_of(target, answers):
    figures = answers[target.year][target.organisation_id]
    return shown.progress([target], figures, Window.year(target.year))[0]


@require_safe
def target_detail(request, pk):
    """One target."""
    target = get_visible(Target.objects.select_related("organisation"), request.user, pk=pk)
    return render(
        request,
        "workbench/target_detail.html",
        {**about(target, request), "progress": _progress_of(target, _answers([target]))},
    )

"""Home: what is missing, where the targets stand, the year's figures; all figures."""

from __future__ import annotations

from collections import Counter

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from activities.duty import Meeting, duty, kinds_asked
from activities.models import Activity
from core.context import frame_of
from core.dates import Window, today
from core.links import url_of
from core.models import Change
from reports import charts as pictures
from reports.figures import Totals, compute_each
from reports.models import Target
from reports.source import records_url
from workbench import figures as shown
from workbench.due import cell_url, due_list
from workbench.heat import heat
from workbench.overview import overview

_LATEST = 6
# Not among the records changed last: targets have a card of their own, what members say of the year a list.
_HAVE_A_PLACE = ["reports.target", "workbench.yearanswer"]


# ---------------------------------------------------------------- home
@require_safe
def home(request):
    """Home of a branch; of a committee that looks at all its branches. Where one is only an ordinary member, the own
    page instead."""
    frame = frame_of(request)
    if not (request.user.scope.read or request.user.scope.belong):
        return render(request, "workbench/alone.html")
    if not request.user.scope.read or (frame.branch and frame.branch not in frame.branches_read):
        return redirect(reverse("workbench:mine", query=request.GET))
    moved_to = open_usefully(request, frame)
    context = {"moved_from": moved_to and Window.year(today().year), "today": today()}
    if frame.branch or len(frame.branches) == 1:
        return render(request, "workbench/home.html", {**context, **_branch_home(frame)})
    table = overview(frame, request.GET.get("page"), request.GET.get("lacking"))
    return render(request, "workbench/overview.html", {**context, **table})


def open_usefully(request, frame) -> Window | None:
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
    waiting = due_list(frame.user, rows, places, window, day)
    edits = frame.user.scope.edit.issuperset(places)
    return {
        "figures": now,
        "cards": shown.cards(now, before, window),
        "all_figures": shown.by_line(now, before, window),
        "before": window.previous(),
        "duty": [(row, [(cell, cell_url(row, cell, window, edits)) for cell in row.cells]) for row in rows],
        "months": window.months,
        "due": waiting,
        "progress": progress,
        "met": sum(item.is_met for item in progress),
        "heat": heat(days, window, day),
        "held": now["activities.total"],
        **_charts(now, before, window, progress),
        "latest": _latest(frame.user, places),
        "edits": edits,
    }


def _now_and_before(places, window) -> list[Totals]:
    """The figures of the window and of the one before it, of all places together."""
    windows = [window, window.previous()]
    answers = compute_each(places, windows)
    return [Totals(answers[each].values()) for each in windows]


def _what_was_held(places, window):
    """Meetings of branch life, held, planned, or cancelled with the reason; and how many activities were held on each
    day."""
    meetings, days = [], Counter()
    status = Activity.Status
    rows = (
        Activity.objects.reportable().of(places).begun_in(window).exclude(status=status.CANCELLED, summary="")
    )
    columns = ("pk", "kind_id", "starts_on", "status", "kind__is_branch_life")
    for pk, kind, day, state, is_life in rows.values_list(*columns):
        held = state == status.HELD
        if held:
            days[day] += 1
        if is_life:
            meetings.append(Meeting(kind, day, held, pk, state == status.CANCELLED))
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
        .exclude(model__in=_HAVE_A_PLACE)
        .order_by("-pk")[: 5 * _LATEST]
    )
    found = {(change.model, change.object_id): change for change in reversed(changes)}
    latest = sorted(found.values(), key=lambda change: -change.pk)[:_LATEST]
    return [(change, url_of(change.model, change.object_id)) for change in latest]


# ---------------------------------------------------------------- all figures
@require_safe
def figure_table(request):
    """Every figure of the places in view whose records the user reads, beside those of the window before."""
    frame = frame_of(request)
    places = frame.places & request.user.scope.read
    if not places:
        raise Http404
    now, before = _now_and_before(sorted(places), frame.window)
    context = {
        "all_figures": shown.by_line(now, before, frame.window),
        "before": frame.window.previous(),
        "crumbs": [("工作台", reverse("workbench:home")), ("全部数字", "")],
    }
    return render(request, "workbench/figure_table.html", context)

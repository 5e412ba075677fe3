"""Targets: what was declared for each year, with where it stands."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branch.holding import outlook_of
from core import editing
from core.context import frame_of
from core.dates import Window, today
from core.forms import report
from core.listing import Listing, Sort, show
from core.pages import about
from core.permissions import get_editable, get_visible
from core.records import VersionConflict
from reports import targets as services
from reports.figures import compute_each
from reports.figures.definitions import definition
from reports.models import Target
from workbench import figures as shown
from workbench.filters import TargetFilter
from workbench.forms import TargetForm, YearForm


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
    return show(request, "workbench/target_list.html", listing)


def _answers(targets):
    """The figures of the branches and years the targets speak of."""
    places = sorted({target.organisation_id for target in targets})
    windows = {Window.year(target.year) for target in targets}
    return compute_each(places, windows, {target.figure for target in targets})


def _progress_of(target, answers):
    window = Window.year(target.year)
    return shown.progress([target], answers[window][target.organisation_id], window)[0]


@require_safe
def target_detail(request, pk):
    """One target."""
    target = get_visible(Target.objects.select_related("organisation"), request.user, pk=pk)
    context = about(target, request)
    context |= {"progress": _progress_of(target, _answers([target])), "definition": definition(target.figure)}
    context["forecast"] = outlook_of(target.figure, today(), [target.organisation_id])
    return render(request, "workbench/target_detail.html", context)


# ---------------------------------------------------------------- one
@require_http_methods(["GET", "POST"])
@editing.at_a_branch
def target_new(request, place):
    """Declare a target."""
    copied = editing.copied_from(request, Target.objects, TargetForm)
    start = {"year": frame_of(request).window.start.year, "figure": request.GET.get("figure", "")}
    return editing.page(
        request,
        TargetForm,
        Target(organisation=place),
        partial(services.create_target, place),
        initial=start if copied is None else {**copied, "year": start["year"]},
        title="添目标",
        sub="完成数随记录自动更新，不用另填",
    )


def _target_to_edit(request, pk):
    return get_editable(Target.objects.select_related("organisation"), request.user, pk=pk)


@require_http_methods(["GET", "POST"])
def target_edit(request, pk):
    """Change a target."""
    target = _target_to_edit(request, pk)
    return editing.page(
        request, TargetForm, target, partial(services.update_target, target), title="编辑目标"
    )


@require_POST
def target_trash(request, pk):
    """Take a target back."""
    return editing.trash(request, _target_to_edit(request, pk), services.trash_target)


@require_POST
def target_restore(request, pk):
    """Bring a target back."""
    target = editing.get_restorable(Target.objects, request.user, pk=pk)
    return editing.restore(request, target, services.restore_target)


# ---------------------------------------------------------------- a year's at once
@require_http_methods(["GET", "POST"])
@editing.at_a_branch
def target_year(request, place):
    """The targets of the year in view as one table, beside those of the year before."""
    year = frame_of(request).window.start.year
    form = YearForm(request.POST or None, rows=_rows(place, year))
    if "copy" in request.POST:
        form = form.with_last_year()
    elif form.is_valid():
        try:
            number = services.set_targets(place, year, form.goals, by=request.user)
        except VersionConflict:
            form = YearForm(form.data, rows=_rows(place, year)).seen_anew()
            form.add_error(None, "有目标刚才被别人改过，还没有保存；核对“现在”一栏，再保存一次")
        except ValidationError as error:
            report(form, error)
        else:
            messages.success(request, f"已保存 {year} 年的目标，改动 {number} 项" if number else "没有改动")
            return redirect(reverse("workbench:target_list", query={"window": str(year)}))
    context = {"form": form, "year": year, "place": place, "can_copy": any(row["last"] for row in form.rows)}
    return render(request, "workbench/target_year.html", context)


def _rows(place, year) -> list[dict]:
    """The figures that have a target this year, or had one the year before, in the order they were declared."""
    found = Target.objects.live().of([place]).filter(year__in=[year, year - 1]).order_by("year", "pk")
    targets: dict[int, dict[str, Target]] = {year: {}, year - 1: {}}
    for target in found:
        targets[target.year][target.figure] = target
    keys = list(dict.fromkeys([*targets[year], *targets[year - 1]]))
    windows = [Window.year(year), Window.year(year - 1)]
    answers = compute_each([place.pk], windows, keys)
    now, before = (answers[window][place.pk] for window in windows)
    return [
        {
            "key": key,
            "label": now[key].label if key in now else key,
            "unit": now[key].unit if key in now else "",
            "definition": definition(key),
            "target": targets[year].get(key),
            "last": targets[year - 1].get(key),
            "actual": now[key].display if key in now else "—",
            "last_actual": before[key].display if key in before else "—",
        }
        for key in keys
    ]

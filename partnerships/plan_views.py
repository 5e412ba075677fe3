"""Pages of plan rows: each by itself, all of an agreement as one table, all of the branch as a list."""

from __future__ import annotations

from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, prefetch_related_objects
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import editing
from core.dates import today
from core.links import page_of_kind
from core.listing import UNKNOWN_FIRST, Listing, Sort, Tab, first_or, show
from core.models import Attachment
from core.pages import about
from core.permissions import get_editable, get_visible
from partnerships import services
from partnerships.filters import PlanItemFilter, late
from partnerships.forms import CancelForm, PlanItemForm
from partnerships.models import Agreement, PlanItem
from partnerships.plan import save_plan
from partnerships.plan_form import PlanForm
from partnerships.standing import plan_of, plan_words, tell, way_of, with_activities

# Activities stand to the right; here they are known as what points at a plan row.
_Activity = PlanItem._meta.get_field("activities").related_model


# ---------------------------------------------------------------- plan table
@require_safe
def planitem_list(request):
    """The plan table over all agreements: the plan on the left, what came of it on the right."""
    day = today()
    listing = Listing(
        request,
        PlanItem.objects.visible_to(request.user),
        filters=PlanItemFilter,
        sorts=[
            Sort("date", "计划时间", first_or("planned_on", UNKNOWN_FIRST), descending=False),
            Sort("entry", "录入先后", "id"),
        ],
        in_window=lambda found, window: found.within(window, "planned_on"),
        tabs=[
            Tab("全部"),
            Tab("已过期", {"open": "late"}, late(day), "bad"),
            Tab("取消", {"status": "cancelled"}, Q(status=PlanItem.Status.CANCELLED)),
        ],
        dress=lambda found: with_activities(found.select_related("agreement", "organisation")),
    )
    for item in listing.rows:
        tell(item, day)
        may_log = item.organisation_id in request.user.scope.edit and not item.what_came
        item.log_url = _log_url(item) if may_log else ""
    return show(request, "partnerships/planitem_list.html", listing)


def _log_url(item) -> str:
    """Where an activity is entered that carries out a plan row; "" while there is no such page."""
    new = page_of_kind(_Activity, "new")
    return f"{new}?plan_item={item.pk}" if new else ""


@require_safe
def planitem_detail(request, pk):
    """One row of the plan and what came of it: activities, their proof, the result."""
    found = with_activities(PlanItem.objects.select_related("organisation", "agreement"))
    item = get_visible(found, request.user, pk=pk)
    tell(item, today())
    context = about(item, request, item.planned_on)
    context |= {
        "proofs": _proofs(item.what_came),
        "log_url": _log_url(item) if context["may_edit"] else "",
    }
    return render(request, "partnerships/planitem_detail.html", context)


def _proofs(activities):
    """The files of several activities, in one query."""
    return (
        Attachment.objects.filter(
            content_type=ContentType.objects.get_for_model(_Activity),
            object_id__in=[activity.pk for activity in activities],
            deleted_at__isnull=True,
        )
        .select_related("blob")
        .order_by("object_id", "position", "pk")
    )


# ---------------------------------------------------------------- writing
@require_http_methods(["GET", "POST"])
@editing.at_a_branch
def planitem_new(request, place):
    """Enter a plan row; with `?agreement=<id>` of that agreement, with `?copy=<id>` one like another."""
    initial = editing.copied_from(request, PlanItem.objects, PlanItemForm)
    return editing.page(
        request,
        PlanItemForm,
        PlanItem(organisation=place),
        services.create_plan_item,
        initial=initial or {"agreement": request.GET.get("agreement")},
        title="添一项计划",
    )


def _item_to_edit(request, pk):
    found = PlanItem.objects.select_related("organisation", "agreement")
    return get_editable(found, request.user, pk=pk)


@require_http_methods(["GET", "POST"])
def planitem_edit(request, pk):
    """Change a plan row."""
    item = _item_to_edit(request, pk)
    return editing.page(
        request,
        PlanItemForm,
        item,
        partial(services.update_plan_item, item),
        title=f"编辑：第 {item.number} 项 {item}",
    )


@require_POST
def planitem_trash(request, pk):
    """Put a plan row into the trash."""
    return editing.trash(request, _item_to_edit(request, pk), services.trash_plan_item)


@require_POST
def planitem_restore(request, pk):
    """Bring a plan row back."""
    found = PlanItem.objects.select_related("agreement")
    item = editing.get_restorable(found, request.user, pk=pk)
    return editing.restore(request, item, services.restore_plan_item)


@require_POST
def planitem_status(request, pk, status):
    """One press marks a plan row; another one takes it back."""
    if status not in PlanItem.Status.values:
        raise Http404
    item = _item_to_edit(request, pk)
    return editing.press(
        request,
        item,
        partial(services.update_plan_item, status=status),
        done=f"第 {item.number} 项标为“{PlanItem.Status(status).label}”",
        undo=reverse("partnerships:planitem_status", args=[pk, item.status]),
    )


@require_http_methods(["GET", "POST"])
def planitem_cancel(request, pk):
    """A plan row that will not be held, and why."""
    item = _item_to_edit(request, pk)
    return editing.step(
        request,
        CancelForm(request.POST or None, record=item),
        partial(services.cancel_plan_item, item),
        done=f"第 {item.number} 项已标为“取消”",
        title="取消这一项",
        sub=str(item),
        button="标为取消",
    )


# ---------------------------------------------------------------- the plan of one agreement
def _plan_pages(agreement) -> dict[str, str]:
    table = reverse("partnerships:plan_table", args=[agreement.pk])
    edit, new = reverse("partnerships:plan_edit", args=[agreement.pk]), reverse("partnerships:planitem_new")
    return {
        "edit": f"{edit}?back={table}",
        "add": f"{new}?agreement={agreement.pk}&back={table}",
        "print": reverse("partnerships:plan_print", args=[agreement.pk]),
    }


def _whole_plan(request, pk):
    """The agreement, its rows, and of them those of the year asked for."""
    agreement = get_visible(Agreement.objects.select_related("organisation"), request.user, pk=pk)
    plan = plan_of(agreement, today())
    year = request.GET.get("year", "")
    years = sorted({str(item.planned_on_first.year) for item in plan if item.planned_on})
    shown = [item for item in plan if not item.planned_on or str(item.planned_on_first.year) == year]
    return {
        "agreement": agreement,
        "plan": shown if year in years else plan,
        "years": years if len(years) > 1 else [],
        "year": year if year in years else "",
    }


@require_safe
def plan_table(request, pk):
    """The plan of one agreement: on the left of the rule what was planned, on the right what became of it."""
    context = _whole_plan(request, pk)
    agreement, day = context["agreement"], today()
    may_edit = agreement.organisation_id in request.user.scope.edit
    for item in context["plan"]:
        item.log_url = _log_url(item) if may_edit and not item.what_came else ""
    context |= way_of(agreement, day)
    prefetch_related_objects(context["partners"], "aliases")
    context |= {
        "plan_words": plan_words(context["plan"]),
        "done": sum(item.state == "done" for item in context["plan"]),
        "beyond": agreement.activities.reportable().held().filter(plan_item__isnull=True).count(),
        "pages": _plan_pages(agreement),
        "may_edit": may_edit,
    }
    return render(request, "partnerships/plan_table.html", context)


@require_safe
def plan_print(request, pk):
    """The plan in its familiar form, to be printed on A4 across."""
    context = _whole_plan(request, pk)
    return render(request, "partnerships/plan_print.html", context | way_of(context["agreement"], today()))


@require_http_methods(["GET", "POST"])
def plan_edit(request, pk):
    """The whole plan as one table to be changed and saved together."""
    agreement = get_editable(Agreement.objects.select_related("organisation"), request.user, pk=pk)
    return editing.page(
        request,
        PlanForm,
        agreement,
        partial(save_plan, agreement),
        template="partnerships/plan_edit.html",
        title="编辑计划表",
        sub=str(agreement),
    )

"""Pages of activities and feedback."""

from __future__ import annotations

from functools import partial

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import services
from activities.charts import by_month, count_by_month
from activities.filters import GROUPS, ActivityFilter, FeedbackFilter
from activities.forms import ActivityForm, AttendanceForm, FeedbackForm, FeedbackRowsForm, start_of
from activities.minutes import attendance, by_role
from activities.models import Activity, Feedback, Participation, TaskLine
from core import editing
from core.checklists import checklist
from core.dates import PartialDate
from core.links import record_url
from core.listing import Listing, Sort, Tab, show
from core.pages import about
from core.permissions import get_editable, get_visible

MEASURED = Q(count_method__in=Activity.MEASURED)


def _dressed(proof, activities):
    """With all that a row of the list shows."""
    came = (
        Participation.objects.filter(activity=OuterRef("pk"), role=Participation.Role.PRESENT)
        .order_by()
        .values("activity")
        .annotate(number=Count("pk"))
    )
    return (
        proof.marked(activities)
        .annotate(
            members_present=Coalesce(
                Subquery(came.values("number")), F("present"), output_field=IntegerField()
            )
        )
        .select_related("kind", "organisation")
        .prefetch_related("partners")
    )


@require_safe
def activity_list(request):
    """Activities, newest first; the total row is over the whole list."""
    held, proof = Q(status=Activity.Status.HELD), checklist(Activity)
    tabs = [
        Tab("全部"),
        Tab("组织生活", {"group": "branch_life"}, GROUPS["branch_life"]),
        *(
            Tab(line.label, {"line": line.value, "status": "held"}, Q(**{line.value: True}) & held)
            for line in TaskLine
            if line != TaskLine.BRANCH_LIFE
        ),
        Tab("缺佐证", {"proof": "missing", "status": "held"}, proof.lacks & held, "warn"),
        Tab("计划中", {"status": "planned"}, Q(status=Activity.Status.PLANNED)),
    ]
    listing = Listing(
        request,
        Activity.objects.visible_to(request.user),
        filters=ActivityFilter,
        sorts=[Sort("date", "日期", "starts_on"), Sort("entry", "录入先后", "id")],
        in_window=lambda activities, window: activities.begun_in(window),
        tabs=tabs,
        totals={
            "person_times": Sum("person_times"),
            "persons": Sum("persons"),
            "measured": Sum("person_times", filter=MEASURED),
            "held": Count("pk", filter=held),
            "planned": Count("pk", filter=Q(status=Activity.Status.PLANNED)),
        },
        dress=partial(_dressed, proof),
    )
    estimated = listing.totals.get("person_times", 0) - listing.totals.get("measured", 0)
    summary = (
        f"已举办 {listing.totals.get('held', 0):,} 次，另有计划 {listing.totals.get('planned', 0):,} 次"
        if listing.windowed and not listing.active and not listing.is_many
        else "计划不算成果：只有已举办的活动进报告"
    )
    return show(
        request,
        "activities/activity_list.html",
        listing,
        estimated=estimated,
        summary=summary,
        chart=_by_month(listing),
    )


def _by_month(listing):
    """The list as a picture: what of it was held, month by month of its window."""
    if not (listing.windowed or listing.figure) or listing.is_many:
        return None
    return by_month(
        count_by_month(listing.shown.held()),
        listing.window,
        lambda month: listing.address(month=f"{month:%Y-%m}", status=Activity.Status.HELD.value),
    )


@require_safe
def activity_detail(request, pk):
    """One activity: facts, attendance, people served, proof, feedback, figures, history."""
    activities = Activity.objects.select_related("kind", "organisation", "agreement", "plan_item")
    proof = checklist(Activity)
    activity = get_visible(proof.marked(activities), request.user, pk=pk)
    people = by_role(activity.participations.select_related("member"))
    feedback = list(activity.feedback.visible_to(request.user).order_by("-may_quote", "pk")[:50])
    return render(
        request,
        "activities/activity_detail.html",
        {
            **about(activity, request, PartialDate.of_day(activity.starts_on), proof=proof),
            "people": people,
            "tally": _tally(count := attendance(activity, people)),
            "attendance_doubt": count.doubt,
            "partners": activity.partners.all(),
            "feedback": feedback,
        },
    )


def _tally(count):
    """Attendance in numbers, if anything is known of it."""
    if not count.is_known:
        return []
    return [
        ("应到", count.expected),
        ("实到", count.present),
        ("请假", count.on_leave),
        ("缺席", count.absent),
        ("列席", count.observers),
    ]


@require_http_methods(["GET", "POST"])
@editing.at_a_branch
def activity_new(request, place):
    """Enter an activity; with `?copy=<id>` one like an earlier one."""
    initial = editing.copied_from(request, Activity.objects, ActivityForm) or start_of(place, request.GET)
    return editing.page(
        request,
        ActivityForm,
        Activity(organisation=place),
        partial(services.create_activity, place),
        initial=initial,
        title="记一场活动",
        crumbs=[("活动", reverse("activities:activity_list")), ("新的", "")],
    )


@require_http_methods(["GET", "POST"])
def activity_edit(request, pk):
    """Change an activity."""
    activities = Activity.objects.select_related("organisation")
    activity = get_editable(activities, request.user, pk=pk)
    return editing.page(
        request,
        ActivityForm,
        activity,
        partial(services.update_activity, activity),
        title="编辑活动",
        crumbs=_crumbs(activity, "编辑"),
    )


@require_http_methods(["GET", "POST"])
def activity_attendance(request, pk):
    """Who was there."""
    activity = get_editable(Activity.objects.select_related("organisation"), request.user, pk=pk)
    return editing.page(
        request,
        AttendanceForm,
        activity,
        partial(services.update_activity, activity),
        title="点名",
        crumbs=_crumbs(activity, "点名"),
    )


def _crumbs(activity, here):
    name = f"{activity.starts_on:%Y-%m-%d} {str(activity)[:40]}"
    return [("活动", reverse("activities:activity_list")), (name, record_url(activity)), (here, "")]


@require_POST
def activity_trash(request, pk):
    """Put an activity into the trash."""
    return editing.trash(
        request, get_editable(Activity.objects, request.user, pk=pk), services.trash_activity
    )


@require_POST
def activity_restore(request, pk):
    """Bring an activity back."""
    activity = editing.get_restorable(Activity.objects, request.user, pk=pk)
    return editing.restore(request, activity, services.restore_activity)


@require_safe
def feedback_list(request):
    """What people said, the latest first."""
    listing = Listing(
        request,
        Feedback.objects.visible_to(request.user).filter(activity__deleted_at__isnull=True),
        filters=FeedbackFilter,
        sorts=[Sort("entry", "录入先后", "id")],
        in_window=lambda feedback, window: feedback.filter(
            activity__starts_on__gte=window.start, activity__starts_on__lte=window.end
        ),
        tabs=[Tab("全部"), Tab("同意引用", {"quote": "yes"}, Q(may_quote=True))],
        dress=lambda feedback: feedback.select_related("activity", "organisation"),
    )
    return show(request, "activities/feedback_list.html", listing)


@require_safe
def feedback_detail(request, pk):
    """One piece of feedback with its activity and history."""
    feedback = get_visible(Feedback.objects.select_related("activity", "organisation"), request.user, pk=pk)
    return render(
        request,
        "activities/feedback_detail.html",
        about(feedback, request, PartialDate.of_day(feedback.activity.starts_on)),
    )


@require_http_methods(["GET", "POST"])
def feedback_new(request, pk):
    """Enter what was said about an activity."""
    activity = get_editable(Activity.objects.select_related("organisation"), request.user, pk=pk)
    page = reverse("activities:activity_detail", args=[pk])
    return editing.page(
        request,
        FeedbackRowsForm,
        Feedback(organisation=activity.organisation, activity=activity),
        partial(services.add_feedback_rows, activity),
        after=f"{page}#feedback",
        title="添反馈",
        sub=f"{activity} · {activity.starts_on:%Y-%m-%d}",
        crumbs=[("活动", reverse("activities:activity_list")), (activity.theme, page), ("反馈", "")],
    )


def _feedback_to_edit(request, pk):
    found = Feedback.objects.select_related("organisation", "activity")
    return get_editable(found, request.user, pk=pk)


@require_http_methods(["GET", "POST"])
def feedback_edit(request, pk):
    """Change feedback, its consent above all."""
    feedback = _feedback_to_edit(request, pk)
    return editing.page(
        request,
        FeedbackForm,
        feedback,
        partial(services.update_feedback, feedback),
        title="编辑反馈",
        sub=str(feedback.activity),
    )


@require_POST
def feedback_trash(request, pk):
    """Put feedback into the trash."""
    return editing.trash(request, _feedback_to_edit(request, pk), services.trash_feedback)


@require_POST
def feedback_restore(request, pk):
    """Bring feedback back."""
    found = Feedback.objects.select_related("activity")
    feedback = editing.get_restorable(found, request.user, pk=pk)
    return editing.restore(request, feedback, services.restore_feedback)

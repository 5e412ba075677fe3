"""The month: which activities, plan rows and ends of agreements and certificates lie on which day.

What has no day of its own (2024-11) stands apart, in the month in which it falls due at the latest.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.models import Activity, plan_items_done
from branch.models import Certification
from core.context import frame_of
from core.dates import EARLIEST_YEAR, LATEST_YEAR, PartialDate, Window, today
from core.links import record_url
from core.navigation import NEW_ACTIVITY, offered
from partnerships.models import Agreement, PlanItem
from workbench.heat import heat

MOST = 300  # of one kind in a month: more nobody reads, they only make the page heavy
_SHOWN = 4  # on one day of the grid; the rest opens in place


@dataclass(frozen=True)
class Mark:
    """One thing in the calendar. state: held, planned, cancelled, done, late, ends; word: what it is, said before the
    title; note: what else a list says of it."""

    state: str
    word: str
    title: str
    url: str
    branch: str
    time: str = ""
    note: str = ""


@dataclass
class Day:
    """One day of the grid; also those of the months before and after that fill its weeks."""

    date: dt.date
    is_inside: bool
    is_today: bool
    marks: list[Mark] = field(default_factory=list)

    @property
    def shown(self) -> list[Mark]:
        """What is seen at once; never is a single one hidden."""
        return self.marks if len(self.marks) <= _SHOWN + 1 else self.marks[:_SHOWN]

    @property
    def folded(self) -> list[Mark]:
        """What opens in place."""
        return self.marks[len(self.shown) :]


@require_safe
def calendar_month(request):
    """The month asked for, `?month=2024-11`, of the branches in view; with the heat map of its year."""
    frame, day = frame_of(request), today()
    month = asked_month(request.GET.get("month", ""), frame.window, day)
    days, undated, is_cut = month_of(request.user, frame.places, month, day)
    year = Window.year(month.year)
    held = held_by_day(request.user, frame.places, year)
    edits = request.user.scope.edit & frame.places
    return render(
        request,
        "workbench/calendar.html",
        {
            "month": month,
            "days": days,
            "is_empty": not undated and not any(one.marks for one in days),
            "undated": undated,
            "is_cut": is_cut,
            "most": MOST,
            "this_month": day.replace(day=1),
            "before": _moved(month, -1),
            "after": _moved(month, 1),
            "year_before": _moved(month, -12),
            "year_after": _moved(month, 12),
            "new_page": offered(NEW_ACTIVITY) if edits else None,
            "many_places": len(frame.places) > 1,
            "reads": bool(frame.places & request.user.scope.read),
            "heat": heat(held, year, day),
            "heat_total": held.total(),
            "heat_label": year.label,
        },
    )


def asked_month(text: str, window: Window, day: dt.date) -> dt.date:
    """The first day of the month a text names; of what cannot be read, the month of the window nearest to today."""
    try:
        date = PartialDate.parse(text)
        if date.precision == "month":
            return date.first
    except ValidationError:
        pass
    return min(max(day, window.start), window.end).replace(day=1)


def _moved(month: dt.date, by: int) -> dt.date | None:
    """So many months on; None where the ledger's years end."""
    number = month.year * 12 + month.month - 1 + by
    return dt.date(number // 12, number % 12 + 1, 1) if EARLIEST_YEAR <= number // 12 <= LATEST_YEAR else None


def held_by_day(user, places, window: Window) -> Counter[dt.date]:
    """How many activities that count were held on each day of the window."""
    held = Activity.objects.visible_to(user).reportable().of(places).held_in(window)
    return Counter(dict(held.order_by().values_list("starts_on").annotate(number=Count("pk"))))


def month_of(user, places, month: dt.date, day: dt.date) -> tuple[list[Day], list[tuple[str, Mark]], bool]:
    """The days of the month in whole weeks from Monday, what has no day (with its date in words), and whether a
    kind fills all the room there is."""
    date = PartialDate.of_month(month.year, month.month)
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    days = [Day(each, date.first <= each <= date.last, each == day) for week in weeks for each in week]
    by_date = {one.date: one for one in days if one.is_inside}
    undated, is_cut = [], False
    # Plans and ends belong to those who read the whole place; ordinary members see activities.
    reads = places & user.scope.read
    kinds = [(_activities, places), *((kind, reads) for kind in (_plan, _agreements, _certificates) if reads)]
    for kind, where in kinds:
        found = list(kind(user, where, date, day))
        is_cut |= len({mark.url for _, mark in found}) == MOST
        for when, mark in found:
            if when.precision != "day":
                undated.append((when.chinese, mark))
            elif when.first in by_date:
                by_date[when.first].marks.append(mark)
    return days, undated, is_cut


def _activities(user, places, month, day):
    """Each activity on each of its days."""
    found = (
        Activity.objects.visible_to(user)
        .of(places)
        .filter(
            Q(starts_on__range=(month.first, month.last))
            | Q(starts_on__lt=month.first, ends_on__gte=month.first)
        )
        .select_related("kind", "organisation")
        .order_by("starts_on", "starts_at", "pk")
    )
    words = {"held": "", "planned": "计划", "cancelled": "取消"}
    for activity in found[:MOST]:
        last = activity.ends_on or activity.starts_on
        for offset in range((last - activity.starts_on).days + 1):
            each = activity.starts_on + dt.timedelta(days=offset)
            if not month.first <= each <= month.last:
                continue
            mark = Mark(
                state=activity.status,
                word=words[activity.status],
                title=activity.theme,
                url=record_url(activity),
                time=f"{activity.starts_at:%H:%M}" if activity.starts_at and not offset else "",
                note=f"{activity.kind}，第 {offset + 1} 天" if offset else str(activity.kind),
                branch=str(activity.organisation),
            )
            yield PartialDate.of_day(each), mark


def _plan(user, places, month, day):
    found = PlanItem.objects.visible_to(user).of(places).filter(_due(month, "planned_on"))
    done = set(plan_items_done(found, day).values_list("pk", flat=True))
    found = found.select_related("agreement", "organisation").order_by("planned_on_first", "number", "pk")
    for item in found[:MOST]:
        if item.pk in done:
            state, word = "done", "联建计划，已完成"
        elif item.status == PlanItem.Status.CANCELLED:
            state, word = "cancelled", "联建计划，取消"
        elif item.planned_on_last < day:
            state, word = "late", "联建计划，已过期"
        else:
            state, word = "planned", "联建计划"
        yield (
            item.planned_on,
            Mark(
                state=state,
                word=word,
                title=item.theme,
                url=record_url(item),
                note=f"{item.agreement}第 {item.number} 项",
                branch=str(item.organisation),
            ),
        )


def _agreements(user, places, month, day):
    found = (
        Agreement.objects.visible_to(user)
        .of(places)
        .filter(_due(month, "expires_on"), status__in=Agreement.SIGNED)
        .select_related("organisation")
        .order_by("expires_on_first", "pk")
    )
    for item in found[:MOST]:
        yield (
            item.expires_on,
            Mark(
                state="ends",
                word="协议到期",
                title=item.name,
                url=record_url(item),
                note=item.get_status_display(),
                branch=str(item.organisation),
            ),
        )


def _certificates(user, places, month, day):
    found = (
        Certification.objects.visible_to(user)
        .of(places)
        .filter(_due(month, "valid_until"), status=Certification.Status.VERIFIED)
        .select_related("member", "type", "organisation")
        .order_by("valid_until_first", "pk")
    )
    for item in found[:MOST]:
        yield (
            item.valid_until,
            Mark(
                state="ends",
                word="证书到期",
                title=str(item),
                url=record_url(item),
                branch=str(item.organisation),
            ),
        )


def _due(month: PartialDate, column: str) -> Q:
    """Falling due in the month: the last day it may be lies in it."""
    return Q(**{f"{column}_last__range": (month.first, month.last)})

"""The calendar as a file that calendar programs subscribe to (RFC 5545), and the page where its address is made.

Whoever has the address reads it without logging in, so it holds what a poster on the wall would: what, when, where. No
summary, no names of those who took part, no telephone, no certificate.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, F, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from activities.models import Activity
from core.dates import Window, today
from core.links import record_url
from core.models import Organisation
from partnerships.models import Agreement, PlanItem
from workbench.models import CalendarFeed
from workbench.services import end_calendar_feed, note_feed_read, renew_calendar_feed

MOST = 1000  # of one kind, half of them ahead and half behind, the nearest first
_YEAR = dt.timedelta(days=366)
_HERE = ZoneInfo(settings.TIME_ZONE)


@dataclass(frozen=True)
class Event:
    """One entry of the file. start and end: dates for whole days (the end is the last of them), else local times."""

    uid: str
    title: str
    status: str
    start: dt.date | dt.datetime
    end: dt.date | dt.datetime | None
    place: str
    note: str
    url: str
    changed: dt.datetime


# ---------------------------------------------------------------- pages
@never_cache
@require_http_methods(["GET", "POST"])
def calendar_feed(request):
    """One's own address: make it, copy it, change it, switch it off."""
    match request.POST.get("do"):
        case "renew":
            renew_calendar_feed(by=request.user)
            messages.success(request, "订阅地址已生成")
            return redirect("workbench:calendar_feed")
        case "end":
            end_calendar_feed(by=request.user)
            messages.success(request, "订阅已停用，原地址打不开了")
            return redirect("workbench:calendar_feed")
    feed = CalendarFeed.objects.filter(user=request.user).first()
    scope = request.user.scope
    context = {"feed": feed, "most": MOST, "reads": bool(scope.read), "sees": bool(scope.read | scope.belong)}
    return render(request, "workbench/calendar_feed.html", context)


@login_not_required
@require_safe
def calendar_ics(request, token):
    """The file. What its owner may see now is in it: without an account that works and a role that runs there is none.

    `private, no-cache`: the program that fetched it may keep it and asks each time whether it still holds; no cache in
    between keeps it at all. Unchanged, the answer is a 304 without a body.
    """
    feed = CalendarFeed.objects.of_token(token)
    branches = Organisation.objects.branches().visible_to(feed.user)[:2] if feed else []
    if not branches:
        raise Http404
    day, is_one = today(), len(branches) == 1
    name, events = (
        f"{branches[0]}台账" if is_one else "支部台账",
        events_of(feed.user, day, names_branch=not is_one),
    )
    digest = hashlib.sha256(repr((name, events)).encode()).hexdigest()
    etag = f'"{digest[:32]}"'
    note_feed_read(feed, day)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(written(name, events), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


# ---------------------------------------------------------------- what is in it
def events_of(user, day: dt.date, *, names_branch: bool) -> list[Event]:
    """What the user may see of the twelve months before the day and after it. names_branch: whether each says whose
    it is."""
    window = Window(day - _YEAR, day + _YEAR)
    found = [*_activities(user, window, day), *_plan(user, window, day), *_agreements(user, window, day)]
    host = urlsplit(settings.PUBLIC_URL).hostname
    return [
        Event(
            uid=f"{record._meta.model_name}-{record.pk}@{host}",
            title=title,
            status=status,
            start=start,
            end=end,
            place=getattr(record, "place", ""),
            note="\n".join([note, str(record.organisation)] if names_branch else [note]),
            url=f"{settings.PUBLIC_URL}{record_url(record)}",
            changed=record.updated_at,
        )
        for record, title, status, start, end, note in found
    ]


def _nearest(found, column: str, day: dt.date) -> list:
    """At most MOST of the records."""
    ahead = found.filter(**{f"{column}__gte": day}).order_by(column, "pk")
    behind = found.filter(**{f"{column}__lt": day}).order_by(f"-{column}", "-pk")
    return [*ahead[: MOST // 2], *behind[: MOST // 2]]


def _activities(user, window, day):
    found = Activity.objects.visible_to(user).begun_in(window).select_related("kind", "organisation")
    says = {
        Activity.Status.HELD: ("", "CONFIRMED"),
        Activity.Status.PLANNED: ("（计划）", "TENTATIVE"),
        Activity.Status.CANCELLED: ("（取消）", "CANCELLED"),
    }
    for activity in _nearest(found, "starts_on", day):
        word, status = says[activity.status]
        yield activity, f"{word}{activity.theme}", status, *_when(activity), str(activity.kind)


def _when(activity) -> tuple:
    """Begin and end as the file says them. Whole days where no clock is known, or none for the end of several days:
    inventing one would be worse. An end at the very beginning is none."""
    start, last = activity.starts_on, activity.ends_on or activity.starts_on
    if activity.starts_at is None or (last != start and activity.ends_at is None):
        return start, last
    begin = dt.datetime.combine(start, activity.starts_at, _HERE)
    end = activity.ends_at and dt.datetime.combine(last, activity.ends_at, _HERE)
    return begin, end if end and end > begin else None


def _plan(user, window, day):
    """Plan rows with a day, as long as no activity stands for them."""
    came = Activity.objects.live().filter(plan_item=OuterRef("pk")).exclude(status=Activity.Status.CANCELLED)
    found = (
        PlanItem.objects.visible_to(user)
        .within(window, "planned_on")
        .filter(~Exists(came), Q(planned_on_first=F("planned_on_last")))
        .exclude(status=PlanItem.Status.DONE)
        .select_related("agreement", "organisation")
    )
    for item in _nearest(found, "planned_on_first", day):
        is_cancelled = item.status == PlanItem.Status.CANCELLED
        word, status = ("取消", "CANCELLED") if is_cancelled else ("计划", "TENTATIVE")
        first = item.planned_on.first
        yield (
            item,
            f"（联建{word}）{item.theme}",
            status,
            first,
            first,
            f"{item.agreement}第 {item.number} 项",
        )


def _agreements(user, window, day):
    found = (
        Agreement.objects.visible_to(user)
        .within(window, "expires_on")
        .filter(status__in=Agreement.SIGNED, expires_on_first=F("expires_on_last"))
        .select_related("organisation")
    )
    for item in _nearest(found, "expires_on_first", day):
        last = item.expires_on.last
        yield item, f"（协议到期）{item.name}", "CONFIRMED", last, last, item.get_status_display()


# ---------------------------------------------------------------- as a file
def written(name: str, events: list[Event]) -> bytes:
    """The events as RFC 5545 wants them: the same bytes for the same events."""
    file = icalendar.Calendar()
    file.add("version", "2.0")
    file.add("prodid", "-//Branch Ledger//Calendar//ZH")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.calendar_name = name
    file.refresh_interval = dt.timedelta(hours=6)
    for event in events:
        file.add_component(_component(event))
    file.add_missing_timezones()
    return file.to_ical()


def _component(event: Event) -> icalendar.Event:
    found = icalendar.Event()
    found.add("uid", event.uid)
    found.add("summary", event.title)
    found.add("dtstart", event.start)
    if not isinstance(event.start, dt.datetime):
        found.add("dtend", event.end + dt.timedelta(days=1))  # exclusive, there
        found.add("transp", "TRANSPARENT")  # nobody is busy all day
    elif event.end:
        found.add("dtend", event.end)
    found.add("status", event.status)
    if event.place:
        found.add("location", event.place)
    found.add("description", event.note)
    found.add("url", event.url)
    # There is no other version of it than the stored one, so both are the time it was last changed.
    for name in ("dtstamp", "last-modified"):
        found.add(name, event.changed.astimezone(dt.UTC))
    return found

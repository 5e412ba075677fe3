"""证书地图: members × certification types on a day."""

from __future__ import annotations

import datetime as dt

from django.shortcuts import render
from django.views.decorators.http import require_safe

from branch.holding import map_on, report_days, shares_of_branches
from branch.models import EXPIRING_DAYS
from core.context import frame_of
from core.dates import EARLIEST_YEAR, LATEST_YEAR, today

_WIDE = 8  # more types than this do not stand side by side


@require_safe
def certification_map(request):
    """Who holds what on a day (`?on=2026-12-31`, today if none is given); of a committee's branches their shares."""
    frame, now = frame_of(request), today()
    day = _day(request.GET.get("on", "")) or now
    offered = dict.fromkeys([now, *report_days(now), frame.window.as_of])
    context = {
        "day": day,
        "expiring_days": EXPIRING_DAYS,
        "days": [(offer, _word(offer, now), offer == day) for offer in offered],
    }
    read = [branch for branch in frame.branches_read if branch.pk in frame.places]
    if len(read) > 1:
        types, branches = shares_of_branches(day, read)
        context |= {"types": types, "branches": branches}
        return render(request, "branch/certification_branches.html", context)
    places = [branch.pk for branch in read] or frame.places
    found = map_on(day, places, request.user)
    context |= {"map": found, "reads": bool(read), "is_wide": len(found.types) > _WIDE}
    return render(request, "branch/certification_map.html", context)


def _day(text: str) -> dt.date | None:
    """A day as the browser's calendar gives it; None for anything else."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST_YEAR <= day.year <= LATEST_YEAR else None


def _word(day, now) -> str:
    if day == now:
        return "今天"
    return f"{day.year} 年末" if (day.month, day.day) == (12, 31) else f"{day:%Y-%m-%d}"

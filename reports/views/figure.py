"""The page behind each figure: the number as the records answer it now, how it is counted, and every record."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from branch.holding import outlook_of
from core.context import frame_of
from core.dates import today
from core.links import record_url
from core.models import Organisation
from reports import figures
from reports.figures.compute import find
from reports.figures.definitions import definition
from reports.links import figure_url
from reports.source import records_url

RECORDS = 50  # a page of the records behind a figure


@require_safe
def figure(request, key):
    """One figure: the number, how it is counted, and every record it is made of."""
    place, branches = _place(request)
    window = frame_of(request).window
    try:
        family, question = find(key)
    except figures.UnknownFigure:
        raise Http404 from None
    ids = [branch.pk for branch in branches]
    answers = figures.compute(ids, window, [key])
    by_branch = [(branch, answers[branch.pk][key]) for branch in branches if key in answers[branch.pk]]
    number = figures.total([answer for _, answer in by_branch]) if by_branch else None
    order = {None: "pk", "starts_on": "starts_on"}.get(family.date, f"{family.date}_first")
    rows = figures.drill_down(key, ids, window).select_related("organisation").order_by(order, "pk")
    page = Paginator(rows, RECORDS).get_page(request.GET.get("page"))
    day = {None: None, "starts_on": "starts_on"}.get(family.date, family.date)
    records = [
        {
            "title": record.title,
            "url": record_url(record),
            "branch": record.organisation,
            "date": str(getattr(record, day) or "—") if day else "",
            "amount": getattr(record, question.sums) if question.sums else 1,
        }
        for record in page
    ]
    return render(
        request,
        "reports/figure.html",
        {
            "figure": number,
            "question": question,
            "definition": definition(key),
            "list_url": records_url(key, window, place.code if place.is_branch else ""),
            "window": window,
            "place": place,
            "by_branch": [(branch, answer, figure_url(key, window, branch)) for branch, answer in by_branch]
            if len(branches) > 1
            else [],
            "distinct": number.value - figures.repeated(ids, window, [key]).get(key, 0)
            if number and isinstance(number.value, int) and len(branches) > 1
            else None,
            "forecast": outlook_of(key, today(), ids),
            "is_dated": bool(day),
            "records": records,
            "page": page,
            "summed": bool(question.sums),
            "crumbs": [("报告", reverse("reports:report_list")), (window.label, ""), ("数字", "")],
        },
    )


def _place(request) -> tuple[Organisation, list[Organisation]]:
    """The place `?branch=` names, or the one in view, with the branches under it that the user reads. Raises
    Http404 where there is none."""
    readable = Organisation.objects.branches().filter(pk__in=request.user.scope.read).order_by("path")
    code = request.GET.get("branch", "")
    if code:  # a place of which one reads only a part has no number that one could be shown
        places = Organisation.objects.visible_to(request.user)
        place = next((place for place in places if place.code == code), None)
        branches = [branch for branch in readable if place and branch.path.startswith(place.path)]
    else:
        frame = frame_of(request)
        branches = [branch for branch in readable if branch.pk in frame.places]
        place = frame.branch
    if not branches:
        raise Http404
    return place or branches[0], branches

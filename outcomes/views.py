"""Pages of outcomes."""

from __future__ import annotations

from django.db.models import Count, Q, Sum
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.listing import UNKNOWN_FIRST, Listing, Sort, Tab, first_or, with_proof_count
from core.pages import about
from core.permissions import get_visible
from outcomes.charts import by_level, count_by_level
from outcomes.forms import OutcomeFilter
from outcomes.models import Outcome, OutcomeKind


@require_safe
def outcome_list(request):
    """Outcomes of all kinds, those without a date first, then the latest; a tab for each kind there is."""
    kinds = list(OutcomeKind.objects.all())
    undated = request.GET.get("date") == "missing"
    listing = Listing(
        request,
        Outcome.objects.visible_to(request.user),
        filters=OutcomeFilter,
        sorts=[Sort("date", "日期", first_or("date", UNKNOWN_FIRST)), Sort("entry", "录入先后", "id")],
        # What has no date lies in no year: asked for it, the window does not matter.
        in_window=None if undated else lambda outcomes, window: outcomes.within(window),
        tabs=[
            Tab("全部"),
            *(Tab(kind.name, {"kind": kind.code}, Q(kind=kind.code)) for kind in kinds),
        ],
        totals={
            "national": Count("pk", filter=Q(level="national")),
            "provincial": Count("pk", filter=Q(level="provincial")),
            "contract": Sum("contract_amount"),
            "received": Sum("received_amount"),
        },
        dress=lambda outcomes: (
            with_proof_count(outcomes)
            .select_related("kind", "organisation")
            .prefetch_related("contributions")
        ),
    )
    # Sums of money only where they mean something: within one kind, or behind a figure.
    has_money = listing.totals.get("contract") or listing.totals.get("received")
    money = bool(has_money and (listing.figure or "kind" in listing.active))
    return render(
        request,
        "outcomes/outcome_list.html",
        {"list": listing, "money": money, "chart": _by_level(listing, kinds)},
    )


def _by_level(listing, kinds):
    """The list as a picture: its kinds with their levels."""
    if listing.is_many:
        return None
    return by_level(
        count_by_level(listing.shown),
        [(kind.code, kind.name) for kind in kinds],
        "成果的类型与级别",
        lambda kind, level: listing.address(
            kind=kind, **({} if level is None else {"level": level or "none"})
        ),
    )


@require_safe
def outcome_detail(request, pk):
    """One outcome: facts of its kind, the people in order, proof, figures, history."""
    outcome = get_visible(Outcome.objects.select_related("kind", "organisation"), request.user, pk=pk)
    context = about(outcome, request, outcome.date, wants_proof=True)
    context |= {"contributions": outcome.contributions.select_related("member")}
    return render(request, "outcomes/outcome_detail.html", context)

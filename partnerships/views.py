"""Pages of partners, agreements and the plan table."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.dates import today
from core.listing import UNKNOWN_FIRST, Listing, Sort, Tab, first_or, with_proof_count, without_proof
from core.pages import about
from core.permissions import get_visible
from core.text import mask_phone
from partnerships.filters import AgreementFilter, PartnerFilter, PlanItemFilter, expiring, late, overrun
from partnerships.models import Agreement, AgreementParty, Partner, PlanItem

# Activities stand to the right; here they are known as what points at a plan row.
_Activity = PlanItem._meta.get_field("activities").related_model


# ---------------------------------------------------------------- partners
def _with_uses(partners):
    """With the number of agreements, and of activities held (named, or through an agreement)."""
    agreements = Agreement.objects.live().filter(parties__partner=OuterRef("pk")).order_by()
    return (
        partners.annotate(agreement_count=_number(agreements.values("parties__partner")))
        .select_related("kind", "organisation")
        .prefetch_related("aliases")
    )


def _number(grouped):
    return Coalesce(Subquery(grouped.annotate(number=Count("pk")).values("number")), Value(0))


@require_safe
def partner_list(request):
    """Partners by name, with their aliases."""
    listing = Listing(
        request,
        Partner.objects.visible_to(request.user).filter(merged_into__isnull=True),
        filters=PartnerFilter,
        sorts=[Sort("name", "名称", "name_pinyin", descending=False)],
        dress=_with_uses,
    )
    for partner in listing.rows:
        partner.shown_phone = _phone_for(partner, request.user)
    return render(request, "partnerships/partner_list.html", {"list": listing})


def _phone_for(partner, user) -> str:
    return partner.phone if partner.organisation_id in user.scope.edit else mask_phone(partner.phone)


@require_safe
def partner_detail(request, pk):
    """One partner: names, agreements, latest activities together."""
    partner = get_visible(Partner.objects.select_related("kind", "organisation"), request.user, pk=pk)
    party = AgreementParty.objects.filter(agreement=OuterRef("agreement"), partner=partner)
    activities = (
        _Activity.objects.visible_to(request.user)
        .filter(Q(partner_links__partner=partner) | Q(Exists(party)))
        .select_related("kind")
        .order_by("-starts_on", "-pk")
        .distinct()[:10]
    )
    context = about(partner, request)
    context |= {
        "aliases": list(partner.aliases.all()),
        "agreements": partner.agreements.live().order_by("-signed_on_first", "-pk"),
        "activities": activities,
        "phone": _phone_for(partner, request.user),
    }
    return render(request, "partnerships/partner_detail.html", context)


# ---------------------------------------------------------------- agreements
@require_safe
def agreement_list(request):
    """Agreements: those not signed yet first, then the latest signed."""
    day, status = today(), Agreement.Status
    listing = Listing(
        request,
        Agreement.objects.visible_to(request.user),
        filters=AgreementFilter,
        sorts=[
            Sort("date", "签署日期", first_or("signed_on", UNKNOWN_FIRST)),
            Sort("entry", "录入先后", "id"),
        ],
        tabs=[
            Tab("全部"),
            Tab("执行中", {"status": "in_force"}, Q(status=status.IN_FORCE)),
            Tab("即将到期", {"ends": "expiring"}, expiring(day), "warn"),
            Tab("已过期未处理", {"ends": "overrun"}, overrun(day), "bad"),
            Tab("缺佐证", {"proof": "missing"}, Q(without_proof(Agreement)), "warn"),
        ],
        dress=lambda found: (
            with_proof_count(found)
            .annotate(
                plan_count=_number(
                    PlanItem.objects.live().filter(agreement=OuterRef("pk")).order_by().values("agreement")
                )
            )
            .select_related("organisation")
            .prefetch_related("partners")
        ),
    )
    return render(request, "partnerships/agreement_list.html", {"list": listing, "day": day})


_STEPS = [
    ("洽谈", {"negotiating"}),
    ("起草", {"drafting"}),
    ("已签署", {"signed"}),
    ("执行中", {"in_force"}),
    ("到期或续签", {"expired", "renewed", "terminated"}),
]


def _steps(agreement):
    """The way of an agreement: (word, past | now | "")."""
    here = next(place for place, (_, states) in enumerate(_STEPS) if agreement.status in states)
    last = agreement.get_status_display() if here == len(_STEPS) - 1 else _STEPS[-1][0]
    words = [word for word, _ in _STEPS[:-1]] + [last]
    return [
        (word, "past" if place < here else "now" if place == here else "") for place, word in enumerate(words)
    ]


def _with_activities(plan_items):
    activities = with_proof_count(_Activity.objects.reportable()).order_by("starts_on", "pk")
    return plan_items.prefetch_related(Prefetch("activities", activities, to_attr="what_came"))


def tell(item: PlanItem, day: dt.date) -> None:
    """Set on a plan row what a table says of it: `state` (done, cancelled, late, planned) and `state_words`.

    Done: marked 完成, or an activity linked to it was held by the day, even under 取消.
    """
    held = any(activity.status == "held" and activity.starts_on <= day for activity in item.what_came)
    if item.status == PlanItem.Status.DONE or held:
        item.state, item.state_words = "done", "完成"
    elif item.status == PlanItem.Status.CANCELLED:
        item.state, item.state_words = "cancelled", "已取消"
    elif item.planned_on_last and item.planned_on_last < day:
        days = (day - item.planned_on_last).days
        item.state, item.state_words = "late", f"过期 {days} 天" if days < 366 else "已过期"
    else:
        item.state, item.state_words = "planned", "计划中"


@require_safe
def agreement_detail(request, pk):
    """One agreement: its way, what was promised and delivered, its plan table."""
    found = Agreement.objects.select_related("organisation", "renews")
    agreement = get_visible(found, request.user, pk=pk)
    day = today()
    plan = list(_with_activities(agreement.plan_items.live()).order_by("number", "pk"))
    for item in plan:
        tell(item, day)
    context = about(agreement, request, agreement.signed_on, wants_proof=agreement.status in Agreement.SIGNED)
    context |= {
        "steps": _steps(agreement),
        "partners": list(agreement.partners.all()),
        "commitments": agreement.commitments.all(),
        "plan": plan,
        "period": _period(agreement),
        "plan_words": _plan_words(plan),
        "days_left": (agreement.expires_on_last - day).days if agreement.expires_on_last else None,
        "is_running": agreement.status in {"signed", "in_force"},
    }
    return render(request, "partnerships/agreement_detail.html", context)


def _period(agreement) -> str:
    start, end = agreement.signed_on, agreement.expires_on
    if not start and not end:
        return "还没有签署"
    return f"{start.chinese if start else '未签署'}至{end.chinese if end else '未定'}"


def _plan_words(plan) -> str:
    states = [item.state for item in plan]
    words = {"done": "完成", "late": "已过期", "planned": "计划中", "cancelled": "取消"}
    told = " · ".join(f"{word} {states.count(state)}" for state, word in words.items() if state in states)
    return f"{len(plan)} 项：{told}" if plan else ""


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
        dress=lambda found: _with_activities(found.select_related("agreement", "organisation")),
    )
    for item in listing.rows:
        tell(item, day)
    return render(request, "partnerships/planitem_list.html", {"list": listing})


@require_safe
def planitem_detail(request, pk):
    """One row of the plan and what came of it."""
    found = _with_activities(PlanItem.objects.select_related("organisation", "agreement"))
    item = get_visible(found, request.user, pk=pk)
    tell(item, today())
    return render(request, "partnerships/planitem_detail.html", about(item, request, item.planned_on))

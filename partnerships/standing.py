"""How an agreement and its plan stand on a day: what their pages say of them. Reads; knows no request."""

from __future__ import annotations

import datetime as dt

from django.db.models import Prefetch
from django.urls import reverse

from core.checklists import Checklist, checklist
from partnerships.models import Agreement, PlanItem

OPEN_ROWS = 5  # of a plan, on the agreement's own page
# Activities stand to the right; here they are known as what points at a plan row.
ACTIVITY = PlanItem._meta.get_field("activities").related_model


# ---------------------------------------------------------------- plan rows
def with_activities(plan_items, proof: Checklist | None = None):
    """Each with `what_came`: the activities linked to it, with their proof. Arguments: proof, the checklist of
    activities, where it is known already."""
    proof = proof or checklist(ACTIVITY)
    activities = proof.marked(ACTIVITY.objects.reportable()).order_by("starts_on", "pk")
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


def plan_of(agreement, day: dt.date, proof: Checklist | None = None) -> list[PlanItem]:
    """The rows of an agreement's plan in order, each told. proof: as for `with_activities`."""
    plan = list(with_activities(agreement.plan_items.live(), proof).order_by("number", "pk"))
    for item in plan:
        tell(item, day)
    return plan


def plan_words(plan) -> str:
    """How a plan stands, in one line."""
    states = [item.state for item in plan]
    words = {"done": "完成", "late": "已过期", "planned": "计划中", "cancelled": "取消"}
    told = " · ".join(f"{word} {states.count(state)}" for state, word in words.items() if state in states)
    return f"{len(plan)} 项：{told}" if plan else ""


# ---------------------------------------------------------------- agreements
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


def steps_from(agreement, day: dt.date) -> list[dict]:
    """What an agreement's page offers next: label, url, and whether a press is all (else a page asks for more).
    Wants an agreement `with_renewal()`."""
    status, found = Agreement.Status, []

    def press(to, label):
        url = reverse("partnerships:agreement_status", args=[agreement.pk, to.value])
        found.append({"label": label, "url": url, "is_press": True})

    def ask(page, label):
        found.append({"label": label, "url": reverse(f"partnerships:agreement_{page}", args=[agreement.pk])})

    now = agreement.status
    if now == status.NEGOTIATING:
        press(status.DRAFTING, "开始起草")
    if now in {status.NEGOTIATING, status.DRAFTING}:
        ask("sign", "签署")
    if now == status.SIGNED:
        press(status.IN_FORCE, "开始执行")
    if now in {status.SIGNED, status.IN_FORCE} and agreement.expires_on and agreement.expires_on_last < day:
        press(status.EXPIRED, "已到期")
    if now in {status.SIGNED, status.IN_FORCE, status.EXPIRED} and not agreement.later_id:
        ask("renew", "续签")
    if now in {status.SIGNED, status.IN_FORCE}:
        ask("end", "提前终止")
    return found


def way_of(agreement, day: dt.date) -> dict:
    """The head of an agreement's pages: how far it is, until when it runs, what was promised and delivered."""
    return {
        "steps": _steps(agreement),
        "partners": list(agreement.partners.all()),
        "commitments": list(agreement.commitments.all()),
        "period": _period(agreement),
        "days_left": (agreement.expires_on_last - day).days if agreement.expires_on_last else None,
        "is_running": agreement.status in {"signed", "in_force"},
    }


def _period(agreement) -> str:
    start, end = agreement.signed_on, agreement.expires_on
    if not start and not end:
        return "还没有签署"
    return f"{start.chinese if start else '未签署'}至{end.chinese if end else '未定'}"

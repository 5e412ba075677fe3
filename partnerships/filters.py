"""Conditions by which partners, agreements and plan rows are listed; pages and API share them."""

from __future__ import annotations

import datetime as dt

import django_filters
from django.db.models import Exists, OuterRef, Q

from core.checklists import checklist
from core.dates import today
from core.listing import RecordFilter, RecordNumber
from partnerships.models import (
    Agreement,
    AgreementParty,
    Partner,
    PartnerAlias,
    PartnerKind,
    PlanItem,
    idle_since,
)

EXPIRING_DAYS = 60
IDLE_DAYS = 90


class PartnerFilter(RecordFilter):
    """Partners by kind, latest contact, text (names, aliases, pinyin)."""

    search = ("name_key", "party_organisation")
    pinyin = ("name_pinyin",)

    kind = django_filters.ModelChoiceFilter(label="类型", queryset=PartnerKind.objects.all())
    contact = django_filters.ChoiceFilter(
        label="往来", choices=[("idle", f"{IDLE_DAYS} 天无往来")], method="by_contact"
    )

    class Meta:
        model = Partner
        fields: list[str] = []

    def by_contact(self, queryset, name, value):
        """With whom nothing was held of late."""
        return queryset.filter(idle(today()))

    def find(self, queryset, name, value):
        """Also by an alias."""
        alias = PartnerAlias.objects.filter(partner=OuterRef("pk"), name__icontains=value)
        found = super().find(queryset, name, value).values("pk")
        return queryset.filter(Q(pk__in=found) | Exists(alias))


def idle(day: dt.date) -> Q:
    """Partners with whom nothing was held in the weeks before the day."""
    return idle_since(day - dt.timedelta(days=IDLE_DAYS))


def expiring(day: dt.date) -> Q:
    """Agreements under way that end within the next weeks."""
    return Q(
        status__in=[Agreement.Status.SIGNED, Agreement.Status.IN_FORCE],
        expires_on_last__gte=day,
        expires_on_last__lte=day + dt.timedelta(days=EXPIRING_DAYS),
    )


def overrun(day: dt.date) -> Q:
    """Agreements that are called under way although their end has passed."""
    return Q(
        status__in=[Agreement.Status.SIGNED, Agreement.Status.IN_FORCE],
        expires_on_last__lt=day,
    )


class AgreementFilter(RecordFilter):
    """Agreements by state, partner, end, proof, text."""

    search = ("name", "code")
    pinyin = ("name_pinyin",)

    status = django_filters.ChoiceFilter(label="状态", choices=Agreement.Status.choices)
    ends = django_filters.ChoiceFilter(
        label="到期",
        choices=[("expiring", f"{EXPIRING_DAYS} 天内到期"), ("overrun", "已过期未处理")],
        method="by_end",
    )
    proof = django_filters.ChoiceFilter(label="佐证", choices=[("missing", "缺佐证")], method="by_proof")
    partner = RecordNumber(label="联建单位编号", method="with_partner")

    class Meta:
        model = Agreement
        fields: list[str] = []

    def by_end(self, queryset, name, value):
        """By what today means for the agreement."""
        return queryset.filter((expiring if value == "expiring" else overrun)(today()))

    def by_proof(self, queryset, name, value):
        """Something of its proof is missing."""
        return queryset.filter(checklist(Agreement).lacks)

    def with_partner(self, queryset, name, value):
        """To which the partner is a party."""
        return queryset.filter(Exists(AgreementParty.objects.filter(agreement=OuterRef("pk"), partner=value)))


class PlanItemFilter(RecordFilter):
    """Plan rows by state, agreement, text."""

    search = ("theme", "responsible", "place")

    status = django_filters.ChoiceFilter(label="状态", choices=PlanItem.Status.choices)
    open = django_filters.ChoiceFilter(label="落实", choices=[("late", "已过期")], method="by_lateness")
    agreement = RecordNumber(label="协议编号")

    class Meta:
        model = PlanItem
        fields: list[str] = []

    def by_lateness(self, queryset, name, value):
        """Due before today, neither done nor cancelled."""
        return queryset.filter(late(today()))


def late(day: dt.date) -> Q:
    """Plan rows due before the day that are neither done (marked, or by an activity held) nor cancelled."""
    activities = PlanItem._meta.get_field("activities").related_model
    held = activities.objects.reportable().held().filter(plan_item=OuterRef("pk"), starts_on__lte=day)
    return Q(status=PlanItem.Status.PLANNED, planned_on_last__lt=day) & ~Exists(held)

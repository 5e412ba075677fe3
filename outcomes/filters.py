"""Conditions by which outcomes are listed; pages and API share them."""

from __future__ import annotations

import django_filters
from django.db.models import Q

from core.checklists import checklist
from core.listing import RecordFilter
from outcomes.kinds import SUBTYPES
from outcomes.models import Level, Outcome, OutcomeKind


class OutcomeFilter(RecordFilter):
    """Outcomes by kind, subtype, level, state, date, proof, text (also the makers' names)."""

    search = ("name", "code", "number", "venue")
    pinyin = ("name_pinyin",)

    kind = django_filters.ModelChoiceFilter(label="类型", queryset=OutcomeKind.objects.all())
    subtype = django_filters.ChoiceFilter(
        label="子类型", choices=[(code, word) for code, (_, word) in SUBTYPES.items()]
    )
    level = django_filters.ChoiceFilter(
        label="级别", choices=[*Level.choices, ("none", "未定级")], method="of_level"
    )
    status = django_filters.ChoiceFilter(label="状态", choices=Outcome.Status.choices)
    review = django_filters.ChoiceFilter(label="确认", choices=Outcome.Review.choices)
    date = django_filters.ChoiceFilter(label="日期", choices=[("missing", "未填日期")], method="by_date")
    proof = django_filters.ChoiceFilter(label="佐证", choices=[("missing", "缺佐证")], method="by_proof")

    class Meta:
        model = Outcome
        fields: list[str] = []

    def find(self, queryset, name, value):
        """Also by a maker's name."""
        found = super().find(queryset, name, value).values("pk")
        made = Outcome.objects.filter(contributions__name__icontains=value).values("pk")
        return queryset.filter(Q(pk__in=found) | Q(pk__in=made))

    def of_level(self, queryset, name, value):
        """Of the level, or of none yet."""
        return queryset.filter(level="" if value == "none" else value)

    def by_date(self, queryset, name, value):
        """Without a date: in no year, and so in no figure."""
        return queryset.filter(date_first__isnull=True)

    def by_proof(self, queryset, name, value):
        """Something of its proof is missing."""
        return queryset.filter(checklist(Outcome).lacks)

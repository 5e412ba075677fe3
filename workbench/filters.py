"""Conditions by which targets are listed; page and API share them."""

from __future__ import annotations

import django_filters

from core.listing import RecordFilter
from reports.models import Target


class TargetFilter(RecordFilter):
    """Targets by year and key."""

    search = ("figure",)

    year = django_filters.NumberFilter(label="年度", min_value=1900, max_value=2100)

    class Meta:
        model = Target
        fields: list[str] = []

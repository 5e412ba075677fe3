"""Conditions by which targets are listed (page and API share them), and downloads."""

from __future__ import annotations

import datetime as dt

import django_filters
from django.db.models import Q
from django.utils import timezone

from core.listing import RecordFilter
from core.models import Change, User
from reports.models import Target


class TargetFilter(RecordFilter):
    """Targets by year and key."""

    search = ("figure",)

    year = django_filters.NumberFilter(label="年度", min_value=1900, max_value=2100)

    class Meta:
        model = Target
        fields: list[str] = []


_VERB = Change.Verb
_KINDS = {
    "file": ("佐证文件", Q(verb=_VERB.DOWNLOAD) & ~Q(model="reports.report")),
    "report": ("报告", Q(model="reports.report")),
    "minutes": ("会议记录", Q(verb=_VERB.EXPORT, model="activities.activity")),
    "workbook": ("台账 Excel", Q(model="exchange.workbook")),
}
_DAYS = (7, 30, 90, 365)


class OwnDownloadFilter(RecordFilter):
    """Downloads by kind, days, text."""

    search = ("actor_name", "object_name")

    kind = django_filters.ChoiceFilter(
        label="内容", choices=[(code, word) for code, (word, _) in _KINDS.items()], method="of_kind"
    )
    days = django_filters.ChoiceFilter(
        label="时间", choices=[(str(days), f"最近 {days} 天") for days in _DAYS], method="of_days"
    )

    class Meta:
        model = Change
        fields: list[str] = []

    def of_kind(self, queryset, name, value):
        """What was taken."""
        return queryset.filter(_KINDS[value][1])

    def of_days(self, queryset, name, value):
        """In the days up to now."""
        return queryset.filter(at__gte=timezone.now() - dt.timedelta(days=int(value)))


class DownloadFilter(OwnDownloadFilter):
    """And by person."""

    actor = django_filters.ModelChoiceFilter(
        label="谁",
        queryset=lambda request: User.objects.filter(
            pk__in=Change.objects.visible_to(request.user).downloads().values("actor_id")
        ).order_by("name", "pk"),
    )

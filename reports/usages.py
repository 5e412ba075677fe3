"""What `reports` tells the pages of other apps: in which reports a record was counted."""

from __future__ import annotations

from django.urls import reverse

from core.permissions import scope_of
from core.registry import Usage
from reports.models import ReportUse


def report_usages(record, user) -> list[Usage]:
    """The reports whose newest finished compilation counts the record, newest window first (one query)."""
    uses = ReportUse.objects.filter(
        model=record._meta.label_lower,
        object_id=record.pk,
        report__deleted_at__isnull=True,
        report__organisation_id__in=scope_of(user).read,
    )
    return [
        Usage(
            str(use.report),
            reverse("reports:report_detail", args=[use.report_id]),
            "、".join(use.figures.values()),
        )
        for use in uses.select_related("report").order_by("-report__window_start", "-report_id")
    ]

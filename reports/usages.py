"""What `reports` tells other apps: in which reports a record was counted, and which files a compilation names."""

from __future__ import annotations

import json
import re

from django.urls import reverse

from core.permissions import scope_of
from core.registry import Usage
from reports.models import Compilation, ReportUse


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


def compiled_files(digests: set[str]) -> set[str]:
    """Which of these files, by SHA-256, a compilation produced, shows, or was made of."""
    named: set[str] = set()
    kept = Compilation.objects.order_by("pk").values_list("files", "summary", "material")
    for row in kept.iterator(chunk_size=20):
        named |= digests.intersection(re.findall(r"\b[0-9a-f]{64}\b", json.dumps(row)))
    return named

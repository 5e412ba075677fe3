"""What `reports` offers to print on the page of a record."""

from __future__ import annotations

from django.urls import reverse

from activities.models import Activity
from core.registry import Paper
from reports.minutes import NAME


def papers(record) -> list[Paper]:
    """The record of a meeting: for branch life, and for whatever was minuted. What was cancelled was no meeting."""
    if not isinstance(record, Activity) or record.status == Activity.Status.CANCELLED:
        return []
    if not (record.kind.is_branch_life or record.agenda or record.resolution):
        return []
    return [Paper(NAME, reverse("reports:activity_minutes", args=[record.pk]))]

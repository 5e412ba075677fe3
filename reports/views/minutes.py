"""The record of a meeting, to be printed or taken along as a Word file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from activities.minutes import minutes_of
from activities.models import Activity
from core.models import Change
from core.permissions import get_visible
from core.records import log_record
from reports import minutes, templates
from reports.evidence_names import LONGEST_NAME, safe_name
from reports.render import word
from reports.render.page import NOWHERE, page_of

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _drafted(activity):
    told = minutes_of(activity)
    return told, minutes.draft(templates.minutes_text(), told.values, str(activity.starts_on))


def _activity(request, pk):
    return get_visible(Activity.objects.select_related("kind", "organisation"), request.user, pk=pk)


@require_safe
def activity_minutes(request, pk):
    """The record as a page of A4."""
    activity = _activity(request, pk)
    told, document = _drafted(activity)
    context = {"activity": activity, "doubts": told.doubts, "page": page_of(document, NOWHERE)}
    return render(request, "reports/activity_minutes.html", context)


@require_safe
def activity_minutes_word(request, pk):
    """The record as a Word file. It holds names and reasons for leave, so each one is in the history."""
    activity = _activity(request, pk)
    _, document = _drafted(activity)
    name = f"{minutes.NAME} {activity.starts_on} {activity.theme}"
    response = HttpResponse(word.render_document(document), content_type=_WORD)
    response["Content-Disposition"] = content_disposition_header(
        True, f"{safe_name(name, LONGEST_NAME - 5)}.docx"
    )
    if request.method == "GET":
        log_record(
            Change.Verb.EXPORT, activity, by=request.user, changes={"文件": ["", f"{minutes.NAME}（Word）"]}
        )
    return response

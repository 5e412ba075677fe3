"""The list of reports: of one branch, or of all branches of a committee as one table that compiles and exports them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.context import frame_of
from reports import services
from reports.evidence_names import safe_name
from reports.exporting import export_of
from reports.forms import ReportForm
from reports.models import Report
from reports.progress import findings_in_words
from reports.standing import standings
from reports.views.files import cannot_download, files_of


@never_cache
@require_safe
def report_list(request):
    """The window's reports, one row a branch the user reads, and the reports of other windows below. htmx gets the
    table alone, which asks again by itself while anything is under way."""
    frame = frame_of(request)
    context = _table(request, _branches(request))
    if request.htmx:
        response = render(request, "reports/report_list.html#standing", context)
    else:
        others = _reports(request).exclude(window_start=frame.window.start, window_end=frame.window.end)
        others = [_row(request, standing) for standing in standings(others)]
        response = render(request, "reports/report_list.html", {**context, "others": others})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _branches(request):
    """The branches in view whose records the user reads."""
    frame, scope = frame_of(request), request.user.scope
    return [branch for branch in frame.branches if branch.pk in scope.read and branch.pk in frame.places]


def _reports(request):
    reports = Report.objects.visible_to(request.user).of(_branches(request)).select_related("organisation")
    return reports.order_by("-window_start", "-window_end", "organisation__path")


def _of_window(request):
    """How the reports of the window in view stand."""
    window = frame_of(request).window
    reports = _reports(request).filter(window_start=window.start, window_end=window.end)
    return standings(reports.filter(template="yearly"), window)


def _table(request, branches):
    frame, edit = frame_of(request), request.user.scope.edit
    rows = {standing.report.organisation_id: standing for standing in _of_window(request)}
    rows = [_row(request, rows.get(branch.pk), branch) for branch in branches]
    wanting = [row for row in rows if row["is_wanting"] and row["branch"].pk in edit]
    query = {"window": str(frame.window)} | ({"branch": frame.branch.code} if frame.branch else {})
    return {
        "rows": rows,
        "query": urlencode(query),
        "is_committee": len(branches) > 1,
        "is_live": any(row["standing"] and row["standing"].is_unfinished for row in rows),
        "finished": sum(1 for row in rows if row["standing"] and row["standing"].done),
        "running": sum(1 for row in rows if row["standing"] and row["standing"].is_unfinished),
        "wanting": len(wanting),
        "cannot_download": cannot_download(request),
    }


def _row(request, standing, branch=None):
    branch = branch or standing.report.organisation
    done = standing and standing.done
    return {
        "branch": branch,
        "standing": standing,
        "is_wanting": standing is None or standing.is_wanting,
        "may_compile": branch.pk in request.user.scope.edit,
        "files": files_of(done) if done else [],
        "changed": len(standing.changed) if standing and standing.changed is not None else None,
        "findings": findings_in_words(done.summary["findings"])
        if done and "findings" in done.summary
        else "",
    }


@require_POST
def report_new(request):
    """Make sure that the branch has its report over the window, compile it, and go there."""
    form = ReportForm(request.user, request.POST)
    if not form.is_valid():
        for error in (error for errors in form.errors.values() for error in errors):
            messages.error(request, error)
        return redirect("reports:report_list")
    try:
        report = services.ensure_report(
            form.cleaned_data["branch"], form.cleaned_data["window"], by=request.user
        )
        services.request_compilation(report, by=request.user)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect("reports:report_list")
    return redirect("reports:report_detail", report.pk)


@require_POST
def report_missing(request):
    """Compile the report of every branch in view that has none, or one that is out of date."""
    branches = [branch for branch in frame_of(request).branches if branch.pk in frame_of(request).places]
    branches = [branch for branch in branches if branch.pk in request.user.scope.edit]
    if not branches:
        raise PermissionDenied
    made = services.request_missing(branches, frame_of(request).window, by=request.user)
    if made:
        messages.success(request, f"已开始编译 {len(made)} 个支部的报告，可以离开本页，编好了会通知您")
    else:
        messages.info(request, "没有缺少的：各支部的报告都是最新的，或正在编译")
    return redirect(f"{reverse('reports:report_list')}?{request.GET.urlencode()}")


@require_safe
def report_export(request):
    """The newest files of every branch in view as one ZIP, sent while it is written; each report's history says so."""
    branches = _branches(request)
    if not branches:
        raise Http404
    frame, found = frame_of(request), _of_window(request)
    place = frame.branch.name if frame.branch else frame.place_name
    name = f"{safe_name(f'{place}{frame.window.label}报告', 76)}.zip"
    content = ()
    if request.method == "GET":
        services.log_export([standing.report for standing in found if standing.done], by=request.user)
        content = export_of(branches, found)
    response = StreamingHttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Accel-Buffering"] = "no"
    return response

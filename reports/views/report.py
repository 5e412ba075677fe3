"""The page of one report: the button, its progress, the files, the check, the versions."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from core.downloads import send_blob
from core.models import Blob, Change
from core.permissions import get_editable, get_visible
from core.records import log_record
from reports import figures, services
from reports.checks import LEVELS
from reports.drafting import HEADINGS
from reports.exporting import file_name
from reports.links import figure_url, reference_url
from reports.models import Compilation, Report
from reports.progress import changed_since, findings_in_words, records_of, step_names
from reports.views.files import cannot_download, files_of

VERSIONS = 20  # shown on a report's page


@never_cache
@require_safe
def report_detail(request, pk):
    """The report: what is under way, the newest files, what the check found, its figures, its versions."""
    report = get_visible(Report.objects.select_related("organisation"), request.user, pk=pk)
    done = list(report.compilations.done().light().select_related("requested_by")[: VERSIONS + 1])
    count = report.compilations.done().count()
    newest = done[0] if done else None
    frozen = services.frozen_of(newest) if newest else None
    live = figures.compute([report.organisation_id], report.window)[report.organisation_id] if done else {}
    return render(
        request,
        "reports/report_detail.html",
        {
            **_job(request, report),
            "versions": _versions(done, count),
            "newest_number": count,
            "newest_done": newest,
            "downloads": files_of(newest) if newest else [],
            "cannot_download": cannot_download(request),
            "finding_groups": findings_of(services.findings_of(newest), report) if newest else [],
            "groups": _groups(frozen.figures, report) if frozen else [],
            "differences": differences_of(frozen.figures, live, report) if frozen else [],
            "record_count": len(records_of(frozen.figures)) if frozen else 0,
            "crumbs": [("报告", reverse("reports:report_list")), (report.window.label, "")],
        },
    )


def _versions(done, count):
    """The newest versions with how many figures each changed against the one before it (None: not known)."""
    rows = []
    for place, version in enumerate(done[:VERSIONS]):
        before = done[place + 1] if place + 1 < len(done) else None
        known = before and "displays" in before.summary and "displays" in version.summary
        rows.append(
            {
                "number": count - place,
                "compilation": version,
                "changed": len(changed_since(before.summary["displays"], version.summary["displays"]))
                if known
                else None,
                "findings": version.summary.get("findings"),
                "finding_count": sum(version.summary.get("findings", {}).values()),
                "in_words": findings_in_words(version.summary.get("findings", {})),
                "files": files_of(version),
            }
        )
    return rows


def _groups(frozen, report):
    """The frozen figures by task line, each with the address of its page; those that are zero are left out."""
    groups: dict[str | None, list] = {None: [], **{line: [] for line in HEADINGS}}
    for figure in frozen["figures"]:
        if figure["records"]:
            url = figure_url(figure["key"], report.window, report.organisation)
            groups[figure["line"]].append({**figure, "url": url})
    return [(HEADINGS.get(line, "综合"), rows) for line, rows in groups.items() if rows]


def differences_of(frozen, live, report):
    """Figures that the records now answer differently than when they were frozen."""
    then = {figure["key"]: figure for figure in frozen["figures"]}
    keys = [*then, *(key for key, figure in live.items() if key not in then and not figure.is_zero)]
    found = []
    for key in keys:
        before = then[key]["display"] if key in then else "0"
        now = live[key].display if key in live else "0"
        if before != now:
            label = then[key]["label"] if key in then else live[key].label
            url = figure_url(key, report.window, report.organisation)
            found.append({"key": key, "label": label, "before": before, "now": now, "url": url})
    return found


def findings_of(found, report):
    """Findings of a version by level (level, its word, findings), each with the page that mends it."""
    return [
        (
            level,
            word,
            [
                {"text": finding.text, "url": url, "is_record": bool(finding.record)}
                for finding in found
                if finding.level == level
                for url in [_mended_at(finding, report)]
            ],
        )
        for level, word in LEVELS.items()
        if any(finding.level == level for finding in found)
    ]


def _mended_at(finding, report) -> str:
    if finding.record and (url := reference_url(finding.record)):
        return url
    return figure_url(finding.figure, report.window, report.organisation) if finding.figure else ""


# ---------------------------------------------------------------- the job
def _job(request, report):
    newest = report.compilations.light().select_related("requested_by").first()
    steps = _steps(newest) if newest else []
    return {
        "report": report,
        "job": newest,
        "job_number": report.compilations.done().count() + 1 if newest and newest.is_unfinished else None,
        "may_compile": report.organisation_id in request.user.scope.edit,
        "max_attempts": services.MAX_ATTEMPTS,
        "steps": steps,
    }


def _steps(compilation):
    """The steps of a compile in order: what each did and when, or that it is under way or still to come."""
    finished = {step["name"]: step for step in compilation.summary.get("steps", [])}
    is_done, rows = compilation.status == Compilation.Status.DONE, []
    for name in step_names():
        step = finished.get(name, {"said": "", "at": ""})
        state = "now" if name == compilation.step else "done" if name in finished or is_done else "todo"
        rows.append({"name": name, "state": state, "said": step["said"], "at": step["at"]})
    return rows


def _answer(request, report):
    """The changed fragment for htmx, the page for everybody else."""
    if request.htmx:
        return render(request, "reports/report_detail.html#job", _job(request, report))
    return redirect("reports:report_detail", report.pk)


@require_POST
def report_compile(request, pk):
    """The button."""
    report = get_editable(Report.objects.select_related("organisation"), request.user, pk=pk)
    services.request_compilation(report, by=request.user)
    return _answer(request, report)


@require_POST
def report_cancel(request, pk):
    """Stop what is under way."""
    report = get_editable(Report.objects.select_related("organisation"), request.user, pk=pk)
    running = report.compilations.unfinished().first()
    if running is None or not services.cancel_compilation(running, by=request.user):
        messages.info(request, "编译已经结束，没有可取消的")
    return _answer(request, report)


@never_cache
@require_GET
def report_job(request, pk):
    """How far it is: the fragment that asks again by itself until the compile has ended; then the page is
    drawn anew."""
    report = get_visible(Report.objects.select_related("organisation"), request.user, pk=pk)
    if not request.htmx:
        return redirect("reports:report_detail", report.pk)
    context = _job(request, report)
    if not (context["job"] and context["job"].is_unfinished):
        return HttpResponse(headers={"HX-Refresh": "true"})
    response = render(request, "reports/report_detail.html#job", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def compilation_download(request, pk, name):
    """One file of a finished compilation; each download is in the history."""
    done = Compilation.objects.done().light().select_related("report__organisation")
    compilation = get_visible(done, request.user, pk=pk)
    if name not in compilation.files:
        raise Http404
    report = compilation.report
    blob = Blob.objects.filter(sha256=compilation.files[name]["sha256"]).first()
    if blob is None:
        raise Http404
    response = send_blob(request, blob, file_name(report, name))
    if request.method == "GET":
        log_record(Change.Verb.DOWNLOAD, report, by=request.user, changes={"文件": ["", name]})
    return response

"""Pages of reports: the button, its progress, the files, and the page behind each figure."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from core.context import frame_of
from core.downloads import send_blob
from core.links import record_url
from core.models import Blob, Change, Organisation
from core.permissions import get_editable, get_visible
from core.records import log_record
from reports import figures, services
from reports.drafting import HEADINGS
from reports.figures.compute import find
from reports.figures.definitions import definition
from reports.forms import ReportForm
from reports.links import figure_url
from reports.models import Compilation, Report
from reports.render import OUTPUTS
from reports.source import records_url

VERSIONS = 20  # shown on a report's page
RECORDS = 50  # a page of the records behind a figure


# ---------------------------------------------------------------- reports
@require_safe
def report_list(request):
    """The window's reports, one row a branch the user reads, and the reports of other windows below."""
    frame = frame_of(request)
    scope = request.user.scope
    branches = [branch for branch in frame.branches if branch.pk in scope.read and branch.pk in frame.places]
    newest = Compilation.objects.light().order_by("-pk")
    reports = list(
        Report.objects.visible_to(request.user)
        .filter(organisation__in=branches)
        .select_related("organisation")
        .prefetch_related(Prefetch("compilations", newest))
        .order_by("-window_start", "-window_end", "organisation__path")
    )
    rows = {report.organisation_id: _row(report) for report in reports if report.window == frame.window}
    return render(
        request,
        "reports/report_list.html",
        {
            "rows": [
                {"branch": branch, "may_compile": branch.pk in scope.edit, **rows.get(branch.pk, {})}
                for branch in branches
            ],
            "others": [_row(report) for report in reports if report.window != frame.window],
        },
    )


def _row(report):
    compilations = list(report.compilations.all())
    done = [compilation for compilation in compilations if compilation.status == Compilation.Status.DONE]
    return {
        "report": report,
        "newest": compilations[0] if compilations else None,
        "done": done[0] if done else None,
        "versions": len(done),
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


@never_cache
@require_safe
def report_detail(request, pk):
    """The report: what is under way, the newest files, its figures, its versions."""
    report = get_visible(Report.objects.select_related("organisation"), request.user, pk=pk)
    context = _job(request, report)
    done = list(report.compilations.done().light().select_related("requested_by")[:VERSIONS])
    count = report.compilations.done().count()
    versions = [(count - place, compilation) for place, compilation in enumerate(done)]
    frozen = report.compilations.done().values_list("figures", flat=True).first() if done else None
    live = figures.compute([report.organisation_id], report.window)[report.organisation_id] if done else {}
    return render(
        request,
        "reports/report_detail.html",
        {
            **context,
            "versions": versions,
            "newest_number": count,
            "newest_done": done[0] if done else None,
            "downloads": _downloads(done[0]) if done else [],
            "groups": _groups(frozen, report) if frozen else [],
            "differences": _differences(frozen, live, report) if frozen else [],
            "record_count": len(_records(frozen)) if frozen else 0,
            "crumbs": [("报告", reverse("reports:report_list")), (report.window.label, "")],
        },
    )


def _downloads(compilation):
    return [
        {
            "name": output.name,
            "label": output.label,
            "note": output.note,
            "type": Path(output.name).suffix[1:].upper(),
            "size": compilation.files[output.name]["size"],
            "url": reverse("reports:compilation_download", args=[compilation.pk, output.name]),
        }
        for output in OUTPUTS
        if output.name in compilation.files
    ]


def _groups(frozen, report):
    """The frozen figures by task line, each with the address of its page; those that are zero are left out."""
    groups: dict[str | None, list] = {None: [], **{line: [] for line in HEADINGS}}
    for figure in frozen["figures"]:
        if figure["records"]:
            url = figure_url(figure["key"], report.window, report.organisation)
            groups[figure["line"]].append({**figure, "url": url})
    return [(HEADINGS.get(line, "综合"), rows) for line, rows in groups.items() if rows]


def _differences(frozen, live, report):
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
            found.append({"label": label, "before": before, "now": now, "url": url})
    return found


def _records(frozen):
    return {(record["type"], record["id"]) for figure in frozen["figures"] for record in figure["records"]}


# ---------------------------------------------------------------- the job
def _job(request, report):
    newest = report.compilations.light().select_related("requested_by").first()
    return {
        "report": report,
        "job": newest,
        "may_compile": report.organisation_id in request.user.scope.edit,
        "max_attempts": services.MAX_ATTEMPTS,
        "steps": _steps(newest) if newest else [],
    }


def _steps(compilation):
    """The steps of a compile, each done, now or todo."""
    names = [services.FREEZING, *(output.step for output in OUTPUTS), "发布"]
    if compilation.status == Compilation.Status.DONE:
        return [(name, "done") for name in names]
    here = names.index(compilation.step) if compilation.step in names else -1
    return [
        (name, "done" if place < here else "now" if place == here else "todo")
        for place, name in enumerate(names)
    ]


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
    response = send_blob(blob, f"{report.title_text}{Path(name).suffix}")
    if request.method == "GET":
        log_record(Change.Verb.DOWNLOAD, report, by=request.user, changes={"文件": ["", name]})
    return response


# ---------------------------------------------------------------- figures
@require_safe
def figure(request, key):
    """One figure: the number, how it is counted, and every record it is made of."""
    place, branches = _place(request)
    window = frame_of(request).window
    try:
        family, question = find(key)
    except figures.UnknownFigure:
        raise Http404 from None
    ids = [branch.pk for branch in branches]
    answers = figures.compute(ids, window)
    by_branch = [(branch, answers[branch.pk][key]) for branch in branches if key in answers[branch.pk]]
    number = figures.total([answer for _, answer in by_branch]) if by_branch else None
    order = {None: "pk", "starts_on": "starts_on"}.get(family.date, f"{family.date}_first")
    rows = figures.drill_down(key, ids, window).select_related("organisation").order_by(order, "pk")
    page = Paginator(rows, RECORDS).get_page(request.GET.get("page"))
    day = {None: None, "starts_on": "starts_on"}.get(family.date, family.date)
    records = [
        {
            "title": record.title,
            "url": record_url(record),
            "branch": record.organisation,
            "date": str(getattr(record, day) or "—") if day else "",
            "amount": getattr(record, question.sums) if question.sums else 1,
        }
        for record in page
    ]
    return render(
        request,
        "reports/figure.html",
        {
            "figure": number,
            "question": question,
            "definition": definition(key),
            "list_url": records_url(key, window, place.code if place.is_branch else ""),
            "window": window,
            "place": place,
            "by_branch": [(branch, answer, figure_url(key, window, branch)) for branch, answer in by_branch]
            if len(branches) > 1
            else [],
            "distinct": number.value - figures.repeated(ids, window).get(key, 0)
            if number and isinstance(number.value, int) and len(branches) > 1
            else None,
            "is_dated": bool(day),
            "records": records,
            "page": page,
            "summed": bool(question.sums),
            "crumbs": [("报告", reverse("reports:report_list")), (window.label, ""), ("数字", "")],
        },
    )


def _place(request) -> tuple[Organisation, list[Organisation]]:
    """The place `?branch=` names, or the one in view, with the branches under it that the user reads. Raises
    Http404 where there is none."""
    readable = Organisation.objects.branches().filter(pk__in=request.user.scope.read).order_by("path")
    code = request.GET.get("branch", "")
    if code:  # a place of which one reads only a part has no number that one could be shown
        places = Organisation.objects.visible_to(request.user)
        place = next((place for place in places if place.code == code), None)
        branches = [branch for branch in readable if place and branch.path.startswith(place.path)]
    else:
        frame = frame_of(request)
        branches = [branch for branch in readable if branch.pk in frame.places]
        place = frame.branch
    if not branches:
        raise Http404
    return place or branches[0], branches

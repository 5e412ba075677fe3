"""A compiled report as a page, drawn from what was frozen; each figure opens what it was made of."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core.downloads import send_picture
from core.images import MEDIA_TYPES
from core.links import record_url
from core.models import Attachment, Blob
from core.permissions import get_visible
from reports import figures, services
from reports.figures.compute import find
from reports.figures.definitions import definition
from reports.links import figure_url, reference_url
from reports.models import Compilation
from reports.progress import findings_in_words
from reports.render.page import Links, page_of
from reports.source import records_url
from reports.tracing import Tracer, kinds_of
from reports.views.report import differences_of, findings_of

FEW = 12  # records in the panel beside the text
MANY = 50  # records on a page of their own
_PROVED = {"activity", "agreement", "outcome"}


def _compilation(request, pk):
    """A finished compilation of a report the user may read. Raises Http404."""
    done = Compilation.objects.done().select_related("report__organisation")
    return get_visible(done, request.user, pk=pk)


def _number_of(compilation) -> int:
    """Which version of its report it is."""
    return compilation.report.compilations.done().filter(pk__lte=compilation.pk).count()


# ---------------------------------------------------------------- the report
@require_safe
def compilation_preview(request, pk):
    """The report as a page: white sheet, outline, and beside it what the check found."""
    compilation = _compilation(request, pk)
    report, document = compilation.report, services.document_of(compilation)
    known = {figure["key"] for figure in compilation.figures["figures"]}
    shown = _shown(compilation)
    changed = _changed(compilation)
    links = Links(
        lambda key: reverse("reports:compilation_figure", args=[pk, key]) if key in known else "",
        lambda sha256: reverse("reports:compilation_photo", args=[pk, sha256]) if sha256 in shown else "",
        changed=frozenset(item["key"] for item in changed),
    )
    return render(
        request,
        "reports/preview.html",
        {
            "compilation": compilation,
            "report": report,
            "badge_text": f"第 {_number_of(compilation)} 版",
            "page": page_of(document, links),
            "figure_count": sum(1 for figure in compilation.figures["figures"] if figure["records"]),
            "differences": changed,
            "finding_groups": findings_of(services.findings_of(compilation), report),
            "finding_words": findings_in_words(compilation.summary.get("findings", {})),
        },
    )


def _shown(compilation) -> set[str]:
    """The photos of the text that are there and are pictures."""
    wanted = compilation.summary.get("photos", [])
    stored = Blob.objects.filter(sha256__in=wanted, media_type__in=MEDIA_TYPES)
    return set(stored.values_list("sha256", flat=True))


def _changed(compilation):
    """What the records answer differently today."""
    report = compilation.report
    live = figures.compute([report.organisation_id], report.window)[report.organisation_id]
    return differences_of(compilation.figures, live, report)


@require_safe
def compilation_photo(request, pk, sha256):
    """A photo of the report's text, for whoever may read the report."""
    done = Compilation.objects.done().light()
    compilation = get_visible(done, request.user, pk=pk)
    if sha256 not in compilation.summary.get("photos", []):
        raise Http404
    blob = Blob.objects.filter(sha256=sha256).first()
    if blob is None:
        raise Http404
    return send_picture(blob, sha256[:12], "page")


# ---------------------------------------------------------------- one figure of it
@require_safe
def compilation_figure(request, pk, key):
    """One figure of a compiled report: the number as frozen, how it is counted, the records it was made of, their
    files, and what the records answer differently today. htmx gets it as a panel, everybody else as a page."""
    compilation = _compilation(request, pk)
    report = compilation.report
    try:
        find(key)
    except figures.UnknownFigure:
        raise Http404 from None
    frozen = {figure["key"]: figure for figure in compilation.figures["figures"]}
    if key not in frozen:
        raise Http404  # neither printed nor counted in this version
    figure, document = frozen[key], services.document_of(compilation)
    place = [report.organisation_id]
    live = figures.compute(place, report.window)[report.organisation_id].get(key)
    rows = figures.drill_down(key, place, report.window)
    then = {record["id"] for record in figure["records"]}
    today = set(rows.values_list("pk", flat=True))
    listed = list(rows.exclude(pk__in=then).order_by("pk")[:FEW])
    page = Paginator(figure["records"], FEW if request.htmx else MANY).get_page(request.GET.get("page"))
    tracer = Tracer(document, compilation.material, compilation.figures["as_of"])
    proofs = tracer.evidence_of(figure)
    context = {
        "compilation": compilation,
        "report": report,
        "number": _number_of(compilation),
        "figure": figure,
        "definition": definition(key),
        "window": report.window,
        "live": live,
        "is_changed": live is not None and live.display != figure["display"],
        "live_url": figure_url(key, report.window, report.organisation),
        "list_url": records_url(key, report.window, report.organisation.code),
        "parts": [
            {**part, "url": reverse("reports:compilation_figure", args=[pk, part["key"]])}
            for part in frozen.values()
            if part["key"].startswith(f"{key}:")
        ],
        "is_panel": bool(request.htmx),
        "page": page,
        "more": page.paginator.count - page.end_index(),
        "records": [_record(record, proofs, today) for record in page],
        "gone": len(then - today),
        "added": len(today - then),
        "added_records": [{"title": record.title, "url": record_url(record)} for record in listed],
        "url": reverse("reports:compilation_figure", args=[pk, key]),
        "preview_url": reverse("reports:compilation_preview", args=[pk]),
        **_files(report, page, proofs),
        "crumbs": [
            ("报告", reverse("reports:report_list")),
            (report.window.label, reverse("reports:report_detail", args=[report.pk])),
            ("预览", reverse("reports:compilation_preview", args=[pk])),
            ("数字", ""),
        ],
    }
    name = "reports/compiled_figure.html"
    response = render(request, f"{name}#panel" if request.htmx else name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _record(record, proofs, today):
    items = proofs.get(record["id"], [])
    return {
        **record,
        "url": reference_url(f"{record['type']}:{record['id']}"),
        "marks": [item.number for item in items],
        "is_gone": record["id"] not in today,
    }


def _files(report, page, proofs):
    """The proof of all the records in numbers, and of those on this page file by file, with its address where the
    record still has it."""
    items = list({item.number: item for found in proofs.values() for item in found}.values())
    here = {item.number: item for record in page for item in proofs.get(record["id"], [])}
    digests = {file.sha256 for item in here.values() for file in item.files}
    urls = {
        (label, object_id, sha256): reverse("core:attachment_download", args=[attachment])
        for attachment, label, object_id, sha256 in Attachment.objects.filter(
            organisation=report.organisation_id, deleted_at__isnull=True, blob__sha256__in=digests
        ).values_list("pk", "content_type__model", "object_id", "blob__sha256")
    }
    return {
        "file_count": sum(len(item.files) for item in items),
        "kinds": kinds_of(items),
        "bare": _bare(page.paginator.object_list, proofs),
        "proofs": [
            {
                "number": item.number,
                "title": item.title,
                "files": [
                    {
                        "name": file.name,
                        "kind": file.kind,
                        "url": urls.get((*_parts(item.record), file.sha256)),
                    }
                    for file in item.files
                ],
            }
            for item in here.values()
        ],
    }


def _bare(records, proofs):
    """How many of the records should have proof and have none; members and partners need none of their own."""
    return sum(
        1
        for record in records
        if record["type"] in _PROVED and not any(item.files for item in proofs.get(record["id"], []))
    )


def _parts(reference):
    """A record as an attachment knows it: model and id."""
    word, _, pk = reference.partition(":")
    return word.replace("_", ""), int(pk)

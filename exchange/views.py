"""Upload a workbook, look at what it would do, confirm; download the filled workbook or the empty form."""

from __future__ import annotations

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.context import frame_of
from core.models import Organisation
from core.permissions import get_editable
from exchange import services, uploads
from exchange.forms import UploadForm
from exchange.preview import preview_of
from exchange.workbook.sheets import BY_MODEL

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
def workbook_import(request):
    """Choose a file; the preview follows."""
    branches = Organisation.objects.branches().editable_by(request.user)
    if not branches:
        raise PermissionDenied
    frame = frame_of(request)
    chosen = frame.branch if frame.branch in branches else branches[0]
    form = UploadForm(
        request.POST or None, request.FILES or None, branches=branches, initial={"branch": chosen.code}
    )
    if form.is_valid():
        file, branch = form.cleaned_data["file"], form.cleaned_data["branch"]
        token = uploads.keep(file.read(), file.name, organisation=branch, user=request.user)
        return redirect("exchange:preview", token)
    return render(request, "exchange/workbook_import.html", {"form": form, "branches": branches})


@require_http_methods(["GET", "POST"])
def workbook_preview(request, token):
    """What the kept file would do now; POST with the digest of what was seen writes it."""
    try:
        upload = uploads.find(token, user=request.user)
    except BadSignature as error:
        raise Http404 from error
    except uploads.Gone:
        messages.warning(request, "预览已过期或文件已导入，请重新上传")
        return redirect("exchange:import")
    branch = get_editable(Organisation.objects.branches(), request.user, pk=upload.organisation_id)
    plan = None
    if request.method == "POST":
        if "give_up" in request.POST:
            uploads.remove(upload)
            messages.info(request, "已放弃导入，上传的文件已删除")
            return redirect("exchange:import")
        try:
            done = services.import_workbook(
                branch, upload.data, expected=request.POST.get("expected", ""), by=request.user
            )
        except services.Refused as error:
            plan = error.plan
        except services.Outdated as error:
            messages.warning(request, str(error))
            return redirect("exchange:preview", token)
        else:
            uploads.remove(upload)
            counts = done.counts()
            created, changed = sum(line[1] for line in counts), sum(line[2] for line in counts)
            messages.success(request, f"已导入到{branch}：新增 {created} 条，修改 {changed} 条")
            return redirect("exchange:import")
    plan = plan or services.plan_import(branch, upload.data)
    context = {"upload": upload, "branch": branch, "preview": preview_of(plan), "digest": plan.digest()}
    return render(request, "exchange/workbook_preview.html", context)


@require_safe
def workbook_export(request, code):
    """All records of a branch as a workbook; the history says who took them."""
    branch = get_editable(Organisation.objects.branches(), request.user, code=code)
    data = services.export_workbook(branch)
    services.log_export(branch, by=request.user)
    return _download(data, f"{branch.name}台账.xlsx")


@require_safe
def workbook_form(request, code):
    """The empty form, with drop-downs and notes."""
    branch = get_editable(Organisation.objects.branches(), request.user, code=code)
    return _download(services.export_workbook(branch, empty=True), "台账空表.xlsx")


def export_list(request, listing):
    """The records of a list (`core.listing.show`) as the workbook's sheet of their kind; the history says so."""
    branch, records = listing.frame.branch, listing.shown
    data = services.export_records(branch, records)
    name = f"{BY_MODEL[records.model].name}{listing.count}条"
    services.log_export(branch, name, by=request.user)
    return _download(data, f"{branch.name}{name}.xlsx")


def _download(data: bytes, name: str) -> FileResponse:
    return FileResponse(io.BytesIO(data), as_attachment=True, filename=name, content_type=_EXCEL)

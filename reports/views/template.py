"""The page on which the admin of the installation edits the wording of reports."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.records import VersionConflict
from reports import templates
from reports.forms import TemplateForm
from reports.models import ReportTemplate


def _admins_only(request):
    if not request.user.scope.administers_root:
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def template_edit(request):
    """The wording of the yearly report."""
    _admins_only(request)
    own = ReportTemplate.objects.filter(name=templates.YEARLY).first()
    current = own.text if own else templates.template_text(templates.YEARLY)
    stands = {"text": current, "version": own.version if own else 0}
    form = TemplateForm(request.POST or None, initial=stands)
    conflict = False
    if request.method == "POST" and form.is_valid():
        try:
            templates.save_template(templates.YEARLY, **form.cleaned_data, by=request.user)
        except VersionConflict:
            conflict = True
            form.data = form.data.copy()
            form.data["version"] = stands["version"]  # having seen the other, the next one counts
        else:
            messages.success(request, "模板已保存，从下一次编译起生效")
            return redirect("reports:template_edit")
    context = {"form": form, "is_own": stands["version"], "conflict": conflict, "current": current}
    return render(request, "reports/template_edit.html", context)


@require_POST
def template_reset(request):
    """Back to the built-in wording."""
    _admins_only(request)
    templates.reset_template(templates.YEARLY, by=request.user)
    messages.success(request, "已恢复内置模板")
    return redirect("reports:template_edit")

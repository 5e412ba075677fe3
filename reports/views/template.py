"""The pages on which the admin of the installation edits the wording of reports and of meeting records."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.dates import today
from core.permissions import admins_only
from core.records import VersionConflict
from reports import minutes, templates
from reports.forms import MinutesTemplateForm, TemplateForm
from reports.minutes.sample import SAMPLE
from reports.models import ReportTemplate
from reports.render.page import NOWHERE, page_of

_FORMS = {templates.YEARLY: TemplateForm, templates.MINUTES: MinutesTemplateForm}
_PAGES = {templates.YEARLY: "reports:template_edit", templates.MINUTES: "reports:minutes_template_edit"}
_SAVED = {
    templates.YEARLY: "模板已保存，从下一次编译起生效",
    templates.MINUTES: "模板已保存，以后打开的会议记录都照它印",
}


@require_http_methods(["GET", "HEAD", "POST"])
def template_edit(request):
    """The wording of the yearly report."""
    return _edit(request, templates.YEARLY)


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_template_edit(request):
    """The wording of meeting records, with an invented one to look at."""
    return _edit(request, templates.MINUTES)


@require_POST
def template_reset(request):
    """Back to the built-in wording of the yearly report."""
    return _reset(request, templates.YEARLY)


@require_POST
def minutes_template_reset(request):
    """Back to the built-in wording of meeting records."""
    return _reset(request, templates.MINUTES)


def _edit(request, name):
    admins_only(request.user)
    own = ReportTemplate.objects.filter(name=name).first()
    current = own.text if own else templates.builtin(name)
    stands = {"text": current, "version": own.version if own else 0}
    form = _FORMS[name](request.POST or None, initial=stands)
    conflict, shown = False, current
    if request.method == "POST" and form.is_valid():
        shown = form.cleaned_data["text"]
        if "preview" not in request.POST:
            try:
                templates.save_template(name, **form.cleaned_data, by=request.user)
            except VersionConflict:
                conflict = True
                form.data = form.data.copy()
                form.data["version"] = stands["version"]  # having seen the other, the next one counts
            else:
                messages.success(request, _SAVED[name])
                return redirect(_PAGES[name])
    context = {
        "form": form,
        "name": name,
        "is_own": stands["version"],
        "conflict": conflict,
        "current": current,
        "sample": _sample(shown) if name == templates.MINUTES and not form.errors else None,
    }
    return render(request, "reports/template_edit.html", context)


def _sample(text):
    return page_of(minutes.draft(text, SAMPLE, str(today())), NOWHERE, is_part=True)


def _reset(request, name):
    admins_only(request.user)
    templates.reset_template(name, by=request.user)
    messages.success(request, "已恢复内置模板")
    return redirect(_PAGES[name])

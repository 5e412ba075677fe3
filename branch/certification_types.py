"""The types of certificates and how long they hold: the whole installation's, kept by its admin."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from branch import services
from branch.forms import CertificationTypeForm
from branch.models import CertificationType
from core.forms import report
from core.models import Change
from core.permissions import admins_only
from core.records import VersionConflict

_CHANGES = 20


@require_safe
def certification_types(request):
    """All types, in the order in which tables show them."""
    admins_only(request.user)
    live = Q(certifications__deleted_at__isnull=True)
    types = CertificationType.objects.order_by("position", "name").annotate(
        number=Count("certifications", filter=live),
        without_end=Count("certifications", filter=live & Q(certifications__valid_until_last__isnull=True)),
    )
    return render(request, "branch/certification_types.html", {"types": types})


@require_http_methods(["GET", "POST"])
def certification_type(request, pk):
    """Say how long certificates of a type hold, and who issues them."""
    admins_only(request.user)
    kind = get_object_or_404(CertificationType, pk=pk)
    form = CertificationTypeForm(request.POST or None, kind=kind)
    if form.is_valid():
        try:
            services.update_certification_type(kind, **form.cleaned_data, by=request.user)
        except VersionConflict:
            form = CertificationTypeForm(request.POST, kind=kind, seen=True)
            form.add_error(None, "刚才有人改过这个类型，请看过下面的修改记录再保存")
        except ValidationError as error:
            report(form, error)
        else:
            messages.success(request, f"已保存“{kind}”，以后登记的证书照此推算")
            return redirect("branch:certification_types")
    changes = Change.objects.about(kind)[:_CHANGES]
    return render(request, "branch/certification_type.html", {"form": form, "kind": kind, "changes": changes})

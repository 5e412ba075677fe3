"""Who looked at files, downloaded or exported what holds personal data, read off the history: of the places one reads,
and of oneself."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.models import Participation
from branch.models import Certification, Member
from core.links import url_of
from core.listing import Listing, Sort
from core.models import Change
from outcomes.models import Contribution
from workbench.filters import DownloadFilter, OwnDownloadFilter

# Files that hold all members at once.
_OF_ALL = ["exchange.workbook", "reports.report"]


def _listing(request, records, filters, **how):
    listing = Listing(
        request,
        records,
        filters=filters,
        sorts=[Sort("entry", "时间", "id")],
        dress=lambda changes: changes.select_related("organisation"),
        **how,
    )
    for change in listing.rows:
        change.file = change.changes.get("文件", ["", ""])[1]
        change.url = url_of(change.model, change.object_id)
        change.is_mine = change.actor_id == request.user.pk
    return listing


@require_safe
def download_list(request):
    """Every download and export of the places whose records the user reads, the latest first."""
    if not request.user.scope.read:
        raise PermissionDenied
    listing = _listing(request, Change.objects.visible_to(request.user).downloads(), DownloadFilter)
    return render(request, "workbench/download_list.html", {"list": listing})


@require_safe
def own_downloads(request):
    """Who took what of the person behind the account: own certificates, outcomes and activities with their files, and
    what holds all members of a branch."""
    listing = _listing(request, _about(request.user), OwnDownloadFilter, everywhere=True)
    return render(request, "workbench/download_list.html", {"list": listing, "own": True})


def _about(user):
    members = Member.objects.live().filter(user=user)
    own = {
        "branch.member": members.values("pk"),
        "branch.certification": Certification.objects.filter(member__in=members).values("pk"),
        "outcomes.outcome": Contribution.objects.filter(member__in=members).values("outcome_id"),
        "activities.activity": Participation.objects.filter(member__in=members).values("activity_id"),
    }
    about = Q(model__in=_OF_ALL)
    for model, ids in own.items():
        about |= Q(model=model, object_id__in=ids)
    return Change.objects.downloads().of(members.values("organisation_id")).filter(about)

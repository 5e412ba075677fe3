"""我的台账: what the ledger holds about the person behind the account, what waits, and whether the year is complete."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from activities.models import Activity, Participation
from branch.models import Certification, Member
from core.context import frame_of
from core.dates import Window, today
from outcomes.models import Contribution, Outcome
from workbench.answers import question
from workbench.models import YearAnswer
from workbench.views import open_usefully

# Whoever asked for leave or was absent did not take part.
_TOOK_PART = [
    Participation.Role.HOST,
    Participation.Role.RECORDER,
    Participation.Role.SPEAKER,
    Participation.Role.PRESENT,
]


@require_safe
def mine(request):
    """Everything recorded of one's own, in every branch one is a member of; secretaries are members too."""
    frame = frame_of(request)
    moved_to = open_usefully(request, frame)
    window, year = frame.window, frame.window.start.year
    of_the_year = Member.objects.during(Window.year(year)).filter(pk=OuterRef("pk"))
    members = list(
        Member.objects.live()
        .filter(user=request.user)
        .annotate(is_asked=Exists(of_the_year))
        .select_related("organisation")
        .prefetch_related("posts")
        .order_by("organisation__path", "pk")
    )
    context = {"moved_from": moved_to and Window.year(today().year), "members": members}
    if members:
        context |= _records(members, window)
        context |= _proposals(request.user)
        context |= {
            "year": year,
            "is_whole_year": window == Window.year(year),
            "questions": _questions([member for member in members if member.is_asked], year),
            "hand_in_url": _new_url(request.user, members, "branch:hand_in_own"),
            "propose_url": _new_url(request.user, members, "outcomes:outcome_new"),
        }
    return render(request, "workbench/mine.html", context)


def _records(members, window) -> dict:
    """Certifications of every year, for they hold on; activities and outcomes of the window."""
    status = Certification.Status
    certifications = list(
        Certification.objects.live()
        .filter(member__in=members)
        .select_related("type", "member__organisation", "reviewed_by")
        .order_by("-passed_on_first", "-pk")
    )
    outcomes = Outcome.objects.live().accepted()
    shares: dict[int, Contribution] = {}
    for share in (
        Contribution.objects.filter(member__in=members, outcome__in=outcomes.within(window))
        .select_related("outcome__kind", "outcome__organisation")
        .order_by("-outcome__date_first", "-outcome_id", "position")
    ):
        shares.setdefault(share.outcome_id, share)
    took_part = Participation.objects.filter(activity=OuterRef("pk"), member__in=members, role__in=_TOOK_PART)
    activities = (
        Activity.objects.live()
        .begun_in(window)
        .filter(Exists(took_part))
        .select_related("kind", "organisation")
        .order_by("-starts_on", "-pk")
    )
    return {
        "returned": [item for item in certifications if item.status == status.RETURNED],
        "pending": [item for item in certifications if item.status == status.PENDING],
        "certifications": certifications,
        "shares": list(shares.values()),
        "activities": list(activities),
        "day": today(),
    }


def _proposals(user) -> dict:
    """Outcomes that the person proposed and the branch has not accepted, of every year."""
    review = Outcome.Review
    found = (
        Outcome.objects.proposed_by(user)
        .select_related("kind", "organisation", "reviewed_by")
        .order_by("-pk")
    )
    return {
        "proposed": [item for item in found if item.review == review.PROPOSED],
        "given_back": [item for item in found if item.review == review.RETURNED],
    }


def _questions(members, year) -> list[dict]:
    """What each membership is asked about the year, as workbench/_answer.html wants it."""
    if year > today().year:
        return []
    answers = {
        answer.member_id: answer
        for answer in YearAnswer.objects.filter(member__in=members, year=year).select_related(
            "answered_by", "settled_by"
        )
    }
    return [question(member, year, answers.get(member.pk)) for member in members]


def _new_url(user, members, page) -> str:
    """Where the person hands in a certificate, or proposes an outcome; "" for whoever has no role in a branch of theirs
    any more."""
    reached = user.scope.edit | user.scope.belong
    member = next((member for member in members if member.organisation_id in reached), None)
    if member is None:
        return ""
    return reverse(page, query={"branch": member.organisation.code, "member": member.pk})

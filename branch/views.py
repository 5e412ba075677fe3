"""Pages of members, certifications and programmes."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from branch.forms import (
    AccountChoiceForm,
    CertificationFilter,
    MemberFilter,
    NameFilter,
    ProgrammeFilter,
    expired,
    expiring,
)
from branch.models import Certification, Member, Programme
from branch.services import bind_account
from core.context import frame_of
from core.dates import today
from core.forms import report
from core.listing import Listing, Sort, Tab, with_proof_count, without_proof
from core.pages import about
from core.permissions import get_editable, get_visible
from core.records import VersionConflict
from core.text import mask_phone


def _posts_on(member, day):
    """The names of the posts a member holds on the day."""
    return [
        post.name
        for post in member.posts.all()
        if (not post.starts_on or post.starts_on.first <= day)
        and (not post.ends_on or post.ends_on.last >= day)
    ]


def phone_for(record, user) -> str:
    """A phone number as this user may see it: whole for editors of the branch, else its last four digits."""
    return record.phone if record.organisation_id in user.scope.edit else mask_phone(record.phone)


@require_safe
def member_list(request):
    """Members on the last day of the window; an ordinary member sees the names of the own branch only."""
    scope, day = request.user.scope, frame_of(request).window.as_of
    reads = bool(scope.read)
    standing = Member.objects.with_standing_on(day)
    listing = Listing(
        request,
        Member.objects.named_to(request.user),
        filters=MemberFilter if reads else NameFilter,
        sorts=[Sort("name", "姓名", "name_pinyin", descending=False)],
        in_window=lambda members, window: members.on(window.as_of),
        window_word="时点",
        window_text=lambda window: f"{window.as_of:%Y-%m-%d}",
        tabs=[
            Tab("全部"),
            *(
                Tab(
                    category.label,
                    {"standing": category.value},
                    Q(pk__in=standing.filter(standing=category.value).values("pk")),
                )
                for category in Member.Category
            ),
        ]
        if reads
        else [],
        dress=lambda members: (
            members.with_standing_on(day).select_related("organisation").prefetch_related("posts")
        ),
    )
    for member in listing.rows:
        member.posts_held = _posts_on(member, day)
        member.shown_phone = phone_for(member, request.user)
        member.is_open = member.organisation_id in scope.read or member.user_id == request.user.pk
    return render(request, "branch/member_list.html", {"list": listing, "reads": reads, "day": day})


@require_safe
def member_detail(request, pk):
    """One member: what the ledger holds about the person."""
    day = frame_of(request).window.as_of
    members = Member.objects.with_standing_on(day).select_related("organisation", "user")
    member = get_visible(members, request.user, pk=pk)
    certifications = (
        member.certifications.visible_to(request.user)
        .select_related("type")
        .order_by("-passed_on_first", "pk")
    )
    context = about(member, request)
    context |= {
        "posts": member.posts.all(),
        "certifications": certifications,
        "phone": phone_for(member, request.user),
        "standing": Member.Category(member.standing).label,
        "day": day,
    }
    return render(request, "branch/member_detail.html", context)


@require_http_methods(["GET", "POST"])
def member_account(request, pk):
    """Say which account is this member's, so that the person sees the own record."""
    member = get_editable(Member.objects.select_related("organisation"), request.user, pk=pk)
    form = AccountChoiceForm(request.POST or None, member=member)
    if form.is_valid():
        try:
            bind_account(member, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            report(form, error)
        except VersionConflict:
            form.add_error(None, "这名党员的资料刚才被别人改过，请返回后再试")
        else:
            messages.success(request, "已保存对应的账号")
            return redirect("branch:member_detail", pk)
    return render(request, "branch/member_account.html", {"form": form, "member": member})


@require_safe
def certification_list(request):
    """Certifications, the latest passed first; an ordinary member sees the own ones."""
    day, status = today(), Certification.Status
    listing = Listing(
        request,
        Certification.objects.visible_to(request.user),
        filters=CertificationFilter,
        sorts=[Sort("date", "通过日期", "passed_on_first"), Sort("entry", "录入先后", "id")],
        tabs=[
            Tab("全部"),
            Tab("待审核", {"status": "pending"}, Q(status=status.PENDING), "warn"),
            Tab("已核验", {"status": "verified"}, Q(status=status.VERIFIED)),
            Tab("已退回", {"status": "returned"}, Q(status=status.RETURNED)),
            Tab("即将到期", {"validity": "expiring"}, expiring(day), "warn"),
            Tab("已过期", {"validity": "expired"}, expired(day), "bad"),
            Tab("缺佐证", {"proof": "missing"}, Q(without_proof(Certification)), "warn"),
        ],
        dress=lambda found: with_proof_count(found).select_related("member", "type", "organisation"),
    )
    return render(request, "branch/certification_list.html", {"list": listing, "day": day})


@require_safe
def certification_detail(request, pk):
    """One certification with its proof and what it counts in."""
    found = Certification.objects.select_related("member", "type", "organisation", "reviewed_by")
    certification = get_visible(found, request.user, pk=pk)
    return render(
        request,
        "branch/certification_detail.html",
        {**about(certification, request, wants_proof=True), "day": today()},
    )


@require_safe
def programme_list(request):
    """The branch's places in the programme, the latest cycle first."""
    listing = Listing(
        request,
        Programme.objects.visible_to(request.user),
        filters=ProgrammeFilter,
        sorts=[Sort("start", "周期开始", "starts_on")],
        dress=lambda found: found.select_related("organisation"),
    )
    return render(request, "branch/programme_list.html", {"list": listing, "day": today()})


@require_safe
def programme_detail(request, pk):
    """One cycle of the programme."""
    programme = get_visible(Programme.objects.select_related("organisation"), request.user, pk=pk)
    return render(request, "branch/programme_detail.html", {**about(programme, request), "day": today()})

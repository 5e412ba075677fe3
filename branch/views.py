"""Pages of members, certifications and programmes."""

from __future__ import annotations

from functools import partial

from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branch import services
from branch.filters import (
    CertificationFilter,
    MemberFilter,
    NameFilter,
    ProgrammeFilter,
    expired,
    expiring,
    without_end,
)
from branch.forms import (
    AccountChoiceForm,
    AppointForm,
    CertificationForm,
    MemberForm,
    OwnCertificationForm,
    ProgrammeForm,
    ReturnForm,
    TransferOutForm,
)
from branch.holding import outlook, report_days
from branch.inbox_pages import undo_url
from branch.models import Certification, Member, Post, Programme
from branch.people import may_bring_own_to
from core import editing
from core.checklists import checklist
from core.context import frame_of
from core.dates import today
from core.listing import Listing, Sort, Tab, show
from core.pages import about
from core.permissions import get_correctable, get_editable, get_visible, phone_for


def _posts_on(member, day):
    """The names of the posts a member holds on the day."""
    return [
        post.name
        for post in member.posts.all()
        if (not post.starts_on or post.starts_on.first <= day)
        and (not post.ends_on or post.ends_on.last >= day)
    ]


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
    return show(request, "branch/member_list.html", listing, reads=reads, day=day)


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
    context = about(member, request, can_copy=False)
    context |= {
        "posts": member.posts.all(),
        "certifications": certifications,
        "phone": phone_for(member, request.user),
        "standing": Member.Category(member.standing).label,
        "day": day,
        "today": today(),
    }
    return render(request, "branch/member_detail.html", context)


@require_http_methods(["GET", "POST"])
@editing.at_a_branch
def member_new(request, place):
    """Enter a member."""
    return editing.page(
        request,
        MemberForm,
        Member(organisation=place),
        partial(services.create_member, place),
        title="登记党员",
    )


def _member_to_edit(request, pk):
    return get_editable(Member.objects.select_related("organisation"), request.user, pk=pk)


@require_http_methods(["GET", "POST"])
def member_edit(request, pk):
    """Change a member."""
    member = _member_to_edit(request, pk)
    return editing.page(
        request, MemberForm, member, partial(services.update_member, member), title=f"编辑：{member}"
    )


@require_POST
def member_trash(request, pk):
    """Put a member entered by mistake into the trash."""
    return editing.trash(request, _member_to_edit(request, pk), services.trash_member)


@require_POST
def member_restore(request, pk):
    """Bring a member back."""
    member = editing.get_restorable(Member.objects, request.user, pk=pk)
    return editing.restore(request, member, services.restore_member)


def _member_step(request, form, service, **words):
    member = form.record
    crumbs = [
        ("党员", reverse("branch:member_list")),
        (member.name, reverse("branch:member_detail", args=[member.pk])),
    ]
    return editing.step(request, form, partial(service, member), crumbs=crumbs, **words)


@require_http_methods(["GET", "POST"])
def member_account(request, pk):
    """Say which account is this member's, so that the person sees the own record."""
    return _member_step(
        request,
        AccountChoiceForm(request.POST or None, record=_member_to_edit(request, pk)),
        services.bind_account,
        title="对应账号",
        sub="本人登录后，能看到自己的台账，自己交证书",
        hint="这里只列本支部的账号；还没有的，先在“设置”里开通。",
        done="已保存对应的账号",
    )


@require_http_methods(["GET", "POST"])
def member_transfer_out(request, pk):
    """Say when a member left the branch."""
    member = _member_to_edit(request, pk)
    return _member_step(
        request,
        TransferOutForm(request.POST or None, record=member),
        services.transfer_out,
        title="转出",
        sub=f"{member.name}从这一天起不再计入支部，以前的年度照样算数",
        hint="还在任的党内职务同时结束。登录账号的角色另在“设置”里结束。",
        button="确定转出",
        done=f"{member.name}已转出",
    )


@require_http_methods(["GET", "POST"])
def member_appoint(request, pk):
    """Give a member a Party post; whoever held it until then holds it no longer."""
    member = _member_to_edit(request, pk)
    held = [f"{post.name} {post.member.name}" for post in Post.objects.held_in(member.organisation)]
    return _member_step(
        request,
        AppointForm(request.POST or None, record=member),
        services.appoint,
        title="任命",
        sub=f"{member.name}担任一项党内职务；原来担任的人到前一天为止",
        hint=f"{'现任：' + '、'.join(held) + '。' if held else ''}两个人同任一职的，请在“编辑”里直接添党内职务。"
        "能不能编辑台账由“设置”里的角色决定，与党内职务无关。",
        button="任命",
        done="已任命",
    )


@require_safe
def certification_list(request):
    """Certifications, the latest passed first; an ordinary member sees the own ones."""
    day, status, proof = today(), Certification.Status, checklist(Certification)
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
            Tab("没填有效期", {"validity": "without_end"}, without_end(), "warn"),
            Tab("缺佐证", {"proof": "missing"}, proof.lacks, "warn"),
        ],
        dress=lambda found: proof.marked(found).select_related("member", "type", "organisation"),
    )
    is_whole = not (listing.active or listing.figure or listing.first_url)
    places = frame_of(request).places & request.user.scope.read if is_whole else ()
    return show(
        request,
        "branch/certification_list.html",
        listing,
        day=day,
        may_hand_in=bool(may_bring_own_to(request.user)),
        outlook=outlook(day, places) if places else [],
        report_days=report_days(day),
    )


@require_safe
def certification_detail(request, pk):
    """One certification with its proof and what it counts in."""
    found = Certification.objects.select_related(
        "member", "type", "organisation", "reviewed_by", "renews__type"
    )
    proof = checklist(Certification)
    certification = get_visible(proof.marked(found), request.user, pk=pk)
    renewed = certification.renews
    context = {
        **about(certification, request, proof=proof),
        "day": today(),
        "renewed": renewed if renewed and not renewed.deleted_at else None,
        "renewals": certification.renewals.live().select_related("type").order_by("passed_on_first", "pk"),
    }
    return render(request, "branch/certification_detail.html", context)


@require_http_methods(["GET", "POST"])
@editing.at_a_branch(where=may_bring_own_to)
def certification_new(request, place):
    """Enter a certificate of a member's (`?member=<id>`, `?copy=<id>`); whoever edits nothing hands in the own one."""
    if place.pk not in request.user.scope.edit:
        return redirect(reverse("branch:hand_in_own", query={"branch": place.code}))
    found = Certification.objects.select_related("type", "organisation")
    copied = editing.copied_from(request, found, CertificationForm)
    start = {"member": request.GET.get("member", "")}
    return editing.page(
        request,
        CertificationForm,
        Certification(organisation=place),
        services.hand_in_certification,
        initial=start if copied is None else copied,
        title="登记认证",
        sub="保存后待支部审核，核验后才计数",
    )


@require_http_methods(["GET", "POST"])
def certification_edit(request, pk):
    """Change a certification; its holder may until it is verified."""
    found = Certification.objects.select_related("member", "type", "organisation")
    certification = get_correctable(found, request.user, pk=pk)
    if certification.organisation_id in request.user.scope.edit:
        form, service = CertificationForm, services.update_certification
    else:
        form, service = OwnCertificationForm, services.correct_certification
    return editing.page(
        request,
        form,
        certification,
        partial(service, certification),
        title=f"编辑：{certification}",
        sub=f"已退回：{certification.return_reason}" if certification.return_reason else "",
    )


def _certification_to_edit(request, pk):
    found = Certification.objects.select_related("member", "type", "organisation")
    return get_editable(found, request.user, pk=pk)


@require_POST
def certification_verify(request, pk):
    """Accept a certification after comparing it with its proof."""
    certification = _certification_to_edit(request, pk)
    return editing.press(
        request,
        certification,
        services.verify_certification,
        done=f"已核验“{certification}”",
        undo=undo_url(certification, certification.version + 1),
    )


@require_http_methods(["GET", "POST"])
def certification_return(request, pk):
    """Give a certification back with the reason."""
    certification = _certification_to_edit(request, pk)
    return editing.step(
        request,
        ReturnForm(request.POST or None, record=certification),
        partial(services.return_certification, certification),
        title="退回认证",
        sub=str(certification),
        crumbs=[
            ("认证", reverse("branch:certification_list")),
            (str(certification), reverse("branch:certification_detail", args=[pk])),
        ],
        button="退回",
        done=f"已退回“{certification}”",
        undo=undo_url(certification, certification.version + 1),
    )


@require_POST
def certification_trash(request, pk):
    """Put a certification into the trash."""
    return editing.trash(request, _certification_to_edit(request, pk), services.trash_certification)


@require_POST
def certification_restore(request, pk):
    """Bring a certification back."""
    found = Certification.objects.select_related("member", "type")
    certification = editing.get_restorable(found, request.user, pk=pk)
    return editing.restore(request, certification, services.restore_certification)


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
    return show(request, "branch/programme_list.html", listing, day=today())


@require_safe
def programme_detail(request, pk):
    """One cycle of the programme."""
    programme = get_visible(Programme.objects.select_related("organisation"), request.user, pk=pk)
    context = about(programme, request, can_copy=False)
    return render(request, "branch/programme_detail.html", {**context, "day": today()})


@require_http_methods(["GET", "POST"])
@editing.at_a_branch
def programme_new(request, place):
    """Enter the branch's place in the programme."""
    return editing.page(
        request,
        ProgrammeForm,
        Programme(organisation=place),
        partial(services.create_programme, place),
        title="登记强国行项目",
    )


@require_http_methods(["GET", "POST"])
def programme_edit(request, pk):
    """Change the programme."""
    programme = get_editable(Programme.objects.select_related("organisation"), request.user, pk=pk)
    return editing.page(
        request,
        ProgrammeForm,
        programme,
        partial(services.update_programme, programme),
        title=f"编辑：{programme}",
    )


@require_POST
def programme_trash(request, pk):
    """Put the programme into the trash."""
    return editing.trash(
        request, get_editable(Programme.objects, request.user, pk=pk), services.trash_programme
    )


@require_POST
def programme_restore(request, pk):
    """Bring the programme back."""
    programme = editing.get_restorable(Programme.objects, request.user, pk=pk)
    return editing.restore(request, programme, services.restore_programme)

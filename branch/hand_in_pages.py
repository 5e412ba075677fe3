"""Pages of handing in a certificate: by a link without an account, or signed in for oneself.

Whoever may use a page of one hand-in holds its one-time key in the session that the link (or the own page) opened; its
address alone opens nothing. Each request asks anew whether the link still holds and the member is still one.
"""

from __future__ import annotations

import functools
import uuid
from dataclasses import dataclass

import segno
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branch import handing_in
from branch.forms import HandInForm, HandInLinkForm, PublicHandInForm
from branch.marks import FIELDS, Marks
from branch.models import Certification, HandIn, HandInLink, Member
from branch.people import own_memberships
from core import editing
from core.dates import today
from core.downloads import send_picture
from core.forms import report
from core.permissions import get_editable
from core.pictures import SIZES
from core.text import whole_number

_KEPT = 40  # hand-ins one session may have begun; the oldest is forgotten


class _Over(Exception):
    """There is nothing to hand in here (404), or not any more (410)."""

    def __init__(self, status=404):
        self.status = status
        super().__init__()


class _LogIn(Exception):
    """It is somebody's own, and nobody is logged in any more."""


@dataclass(frozen=True)
class _Desk:
    """One hand-in, and who stands before it: member, whose certificate it is; link, by which they came (None: signed
    in); hand_in, None until the first file is there."""

    key: uuid.UUID
    member: Member
    link: HandInLink | None
    hand_in: HandIn | None


def _secret(view):
    """A page that its address or its session alone opens: no account, no cache, no search engine. Where there is
    nothing to hand in (any more) it says what to do."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            response = view(request, *args, **kwargs)
        except _LogIn:
            if request.method == "POST":  # comes back once they are
                request.session["hand_in_typed"] = {name: request.POST.get(name, "") for name in FIELDS}
            response = redirect_to_login(reverse("branch:hand_in", args=[kwargs["key"]]))
        except _Over as over:
            response = _over(request, over.status)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return login_not_required(never_cache(guarded))


def _over(request, status):
    if _by_script(request):
        return JsonResponse({"error": "链接已失效，请让支部书记再给一个"}, status=status)
    return render(request, "branch/hand_in_over.html", status=status)


def _by_script(request) -> bool:
    return request.headers.get("Accept") == "application/json"


# ---------------------------------------------------------------- the way in
@_secret
@require_safe
def hand_in_link(request, token):
    """Where a link leads: to one's own page at once, or to the names of the branch to choose from (`?member=`). It only
    opens a page: looking uses no link up, and an address that is guessed tells nothing."""
    link = HandInLink.objects.of_token(token)
    if link is None and not _may_guess(request):
        return render(request, "429.html", status=429)
    link = link and HandInLink.objects.open().select_related("organisation").filter(pk=link.pk).first()
    if link is None:
        response = _over(request, 410)
    else:
        members = _here(link)
        chosen = link.member_id or whole_number(request.GET.get("member", ""))
        member = members.filter(pk=chosen).first() if chosen else None
        if member:
            response = redirect("branch:hand_in", _opened(request, member, link))
        else:
            context = {"link": link, "members": _told_apart(members)}
            response = render(request, "branch/hand_in_choose.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _may_guess(request) -> bool:
    """Addresses that never were are asked for now and then, by who copied half of one."""
    return bool(ratelimit.consume(request, app="allauth.account", action="hand_in_unknown", limit_get=True))


def _here(link):
    """Whose certificates the link takes."""
    members = Member.objects.live().of([link.organisation_id]).on(today())
    return members.order_by("name_pinyin", "pk").select_related("organisation")


def _told_apart(members) -> list[tuple[int, str]]:
    """The names to choose from; two of one name are told apart by the last two characters of the staff number."""
    found = list(members)
    names = [member.name for member in found]
    return [
        (
            member.pk,
            f"{member.name}（工号尾号 {member.staff_number[-2:]}）"
            if names.count(member.name) > 1
            else member.name,
        )
        for member in found
    ]


def _own_branches(user):
    """The branches in which the user is a member."""
    return set(own_memberships(user).values_list("organisation_id", flat=True))


@require_safe
@editing.at_a_branch(where=_own_branches)
def hand_in_own(request, place):
    """One's own certificate, signed in."""
    member = own_memberships(request.user).get(organisation=place)
    return redirect("branch:hand_in", _opened(request, member, None))


def _opened(request, member, link) -> uuid.UUID:
    """A fresh key, held by this session."""
    key, held = uuid.uuid4(), request.session.get("hand_ins", {})
    held = dict(list(held.items())[1 - _KEPT :])
    request.session["hand_ins"] = held | {str(key): [member.pk, link.pk if link else None]}
    return key


def _desk(request, key) -> _Desk:
    """Raises _Over, _LogIn."""
    found = (
        HandIn.objects.filter(key=key).select_related("certification__type").prefetch_related("files__blob")
    )
    hand_in = found.first()
    held = request.session.get("hand_ins", {}).get(str(key))
    if held is None and hand_in and hand_in.link_id is None:
        held = [hand_in.member_id, None]  # one's own is found again after the session ended
        if not request.user.is_authenticated:
            raise _LogIn
    if held is None:
        raise _Over
    member_pk, link_pk = held
    link = None
    if link_pk is None:
        members = own_memberships(request.user).select_related("organisation")
    else:
        links = HandInLink.objects if hand_in and hand_in.sent_at else HandInLink.objects.open()
        link = links.filter(pk=link_pk).first()
        if link is None:
            raise _Over(410)
        members = _here(link)
    member = members.filter(pk=member_pk).first()
    if member is None:
        raise _Over
    return _Desk(key, member, link, hand_in)


def _by(desk, request):
    """The account that hands in: by a link nobody says who it is, whoever is signed in on that phone."""
    return None if desk.link else request.user


# ---------------------------------------------------------------- one hand-in
@_secret
@require_http_methods(["GET", "POST"])
def hand_in(request, key):
    """The page: photograph, what was read of it, send. Its buttons work without a script: one that adds or removes a
    page of the certificate, or looks whether it is read, draws the form anew, and what was typed by hand stays."""
    desk = _desk(request, key)
    if desk.hand_in and desk.hand_in.sent_at:
        return render(request, "branch/hand_in_sent.html", {"desk": desk})
    marks = Marks(desk.hand_in.read if desk.hand_in else {})
    kept = request.session.pop("hand_in_typed", None) if request.method == "GET" else None
    form, problems = _form(desk, marks, request.POST or kept), []
    if kept:
        form.unchecked()
    if {"upload", "remove", "look"} & request.POST.keys():
        shown, posted = _form(desk, marks), request.POST.copy()
        for name in marks.initial:  # what was left empty was left to the reading
            posted[name] = posted.get(name) or marks.initial[name]
        problems = _changed(request, desk)
        desk = _desk(request, key)
        marks = Marks(desk.hand_in.read if desk.hand_in else {})
        form = _form(desk, marks).keeping(posted, shown)
        if not (problems or marks.typed_in(form)):
            return redirect("branch:hand_in", key)
    elif request.POST and form.is_valid() and not form.asks() and _sent(request, desk, form):
        return redirect("branch:hand_in", key)
    files = [*desk.hand_in.files.all()] if desk.hand_in else []
    before = handing_in.handed_in_before(desk.member, [file.blob_id for file in files]) if files else None
    context = {
        "desk": desk,
        "form": marks.onto(form),
        "marks": marks,
        "typed": marks.typed_in(form),
        "files": files,
        "problems": problems,
        "state": desk.hand_in.reading if files else "",
        "before": before,
    }
    return render(request, "branch/hand_in.html", context)


def _form(desk, marks, data=None):
    form_class = PublicHandInForm if desk.link else HandInForm
    certification = Certification(organisation=desk.member.organisation, member=desk.member)
    return form_class(data, instance=certification, initial=marks.initial)


def _sent(request, desk, form) -> bool:
    """Whether it is with the branch now; where it is not, the form says why."""
    if desk.hand_in is None:
        form.add_error(None, "请先拍下证书，再交给支部")
        return False
    given = {name: value for name, value in form.values().items() if name != "entry_key"}
    try:
        handing_in.send(desk.hand_in, **given, by=_by(desk, request))
    except ValidationError as error:
        report(form, error)
        return False
    return True


def _changed(request, desk) -> list[str]:
    """Add the files that were posted, or remove a page; why something was refused."""
    if "upload" in request.POST:
        return _added(request, desk)
    pk = whole_number(request.POST.get("remove", ""))
    if desk.hand_in and pk is not None:
        try:
            handing_in.remove_file(desk.hand_in, pk)
        except ValidationError as error:
            return error.messages
    return []


def _added(request, desk) -> list[str]:
    files, refused = request.FILES.getlist("files"), []
    if not files:
        refused.append("请先拍照或选择文件")
    for file in files:
        try:
            target = handing_in.begin(desk.key, desk.member, link=desk.link, by=_by(desk, request))
            handing_in.add_file(target, file, file.name)
        except ValidationError as error:
            refused.append(f"“{file.name}”没有添加：{'；'.join(error.messages)}")
    return refused


@_secret
@require_POST
def hand_in_files(request, key):
    """Where our script sends files, one a request: nothing to note of it, or (422) why it was refused."""
    refused = _added(request, _desk(request, key))
    return JsonResponse({"error": refused[0]} if refused else {"notes": []}, status=422 if refused else 200)


@_secret
@require_safe
def hand_in_picture(request, key, pk):
    """The picture of a page that is not sent yet, for whoever brought it; ?size=thumb (the default) or page."""
    desk, size = _desk(request, key), request.GET.get("size", "thumb")
    if desk.hand_in is None or desk.hand_in.sent_at or size not in SIZES:
        raise Http404
    file = get_object_or_404(desk.hand_in.files.select_related("blob"), pk=pk)
    return send_picture(file.blob, file.name, size)


@_secret
@require_POST
def hand_in_another(request, key):
    """再来一张: a new one of the same member, as long as the link holds."""
    desk = _desk(request, key)
    if desk.link and not HandInLink.objects.open().filter(pk=desk.link.pk).exists():
        raise _Over(410)
    return redirect("branch:hand_in", _opened(request, desk.member, desk.link))


# ---------------------------------------------------------------- the secretary's links
@require_http_methods(["GET", "POST"])
@editing.at_a_branch
def hand_in_links(request, place):
    """收证书的二维码: make a link, see which are open and who came by them."""
    form = HandInLinkForm(request.POST or None, organisation=place, initial=_asked(request))
    if form.is_valid():
        try:
            link = handing_in.make_link(place, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            report(form, error)
        else:
            return redirect("branch:hand_in_qr", link.pk)
    links = HandInLink.objects.filter(organisation=place).select_related(
        "organisation", "member", "created_by"
    )
    sent = HandIn.objects.filter(link__organisation=place, sent_at__isnull=False).select_related("member")
    uses: dict[int, list[HandIn]] = {}
    for one in sent.order_by("-sent_at")[:200]:
        uses.setdefault(one.link_id, []).append(one)
    is_open = set(links.open().values_list("pk", flat=True))
    found = list(links.order_by("-pk")[:50])
    for link in found:
        link.is_open, link.uses = link.pk in is_open, uses.get(link.pk, [])
    return render(request, "branch/hand_in_links.html", {"form": form, "links": found, "place": place})


def _asked(request) -> dict:
    """What the form begins with: `?member=<id>`."""
    return {"member": request.GET.get("member", "")}


def _link(request, pk):
    links = HandInLink.objects.select_related("organisation", "member__organisation")
    return get_editable(links, request.user, pk=pk)


@never_cache
@require_safe
def hand_in_qr(request, pk):
    """The QR code, to be projected or printed, and the address, to be sent."""
    link = _link(request, pk)
    is_open = HandInLink.objects.open().filter(pk=pk).exists()
    code = segno.make(link.url, error="m").svg_inline(omitsize=True, border=2) if is_open else ""
    context = {"link": link, "code": mark_safe(code), "is_open": is_open}
    response = render(request, "branch/hand_in_qr.html", context)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_POST
def hand_in_revoke(request, pk):
    """Nothing can be handed in by it any more."""
    link = _link(request, pk)
    handing_in.revoke_link(link, by=request.user)
    messages.success(request, f"{link}已作废")
    return redirect(reverse("branch:hand_in_links", query={"branch": link.organisation.code}))

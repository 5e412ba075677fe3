"""Pages that belong to no domain: the way in, settings, accounts."""

import sys
from contextlib import suppress
from http import HTTPStatus

from allauth.account.utils import perform_login
from allauth.account.views import login as allauth_login
from django.conf import settings as site
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection
from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import accounts, drafts, trash
from core.context import frame_of
from core.dates import today
from core.files import disk_is_full
from core.forms import AccountForm, EndRoleForm, OrganisationForm, PasswordForm, RoleForm, WelcomeForm, report
from core.listing import Sort, keyset
from core.models import Appointment, Change, Notice, Organisation
from core.navigation import CALENDAR_FEED, CERTIFICATION_TYPES, DATA, DOWNLOADS, TEMPLATE, offered
from core.notices import mark_read
from core.organisations import create_organisation
from core.permissions import InTrash, get_visible
from core.styleguide import samples
from core.tasks import WORKER_SEEN

DISK_IS_FULL = "服务器磁盘空间不足，没有保存；请联系管理员清理后再试"
_ACCOUNTS_A_PAGE = 50
_CHUNK = 1 << 16


@login_not_required
@never_cache
@require_safe
def healthz(request):
    """Whether the database answers (else 503), and whether a worker was seen in the last minute.

    The worker's mark comes through scheduler, broker and worker, so it stands for all three. Without it pages
    still work, so it is told and does not fail the check.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        worker = cache.get(WORKER_SEEN) is not None
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": False}, status=503)
    return JsonResponse({"status": "ok", "database": True, "worker": worker})


# ---------------------------------------------------------------- the way in
@login_not_required
def login(request):
    """The log-in page; before there is any account, the first-run page."""
    if accounts.nobody_yet():
        return redirect("core:welcome")
    return allauth_login(request)


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def welcome(request):
    """First run: makes the first branch and its secretary, once. Afterwards there is no such page."""
    if not accounts.nobody_yet():
        raise Http404
    form = WelcomeForm(request.POST or None)
    if form.is_valid():
        fields = {name: value for name, value in form.cleaned_data.items() if name != "again"}
        try:
            user = accounts.first_run(**fields)
        except ValidationError as error:
            report(form, error)
        else:
            if user is None:
                raise Http404
            return perform_login(request, user, redirect_url="/")
    return render(request, "core/welcome.html", {"form": form})


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def password_link(request, uid, token):
    """Where an invitation or reset link leads: sets the password and logs in. Looking does not use the link up."""
    user = accounts.account_of_link(uid, token)
    if user is None:
        return render(request, "core/link_expired.html", status=410)
    form = PasswordForm(request.POST or None, user=user)
    if form.is_valid():
        user = accounts.set_password(user, form.cleaned_data["password"], by=user)
        if request.user.is_authenticated:
            logout(request)
        return perform_login(request, user, redirect_url="/")
    return render(request, "core/password_link.html", {"form": form, "account": user})


def csrf_failure(request, reason=""):
    """A form that was open for too long, or through a log-in elsewhere. What was typed comes back for another look;
    only what our own page posted (a stranger's page cannot even plant a draft)."""
    own = request.headers.get("Origin", "") == f"{request.scheme}://{request.get_host()}"
    if not (own and request.POST.get("draft")):
        return render(request, "403_csrf.html", status=403)
    if not request.user.is_authenticated:
        drafts.hold_for_login(request)
    elif request.POST.get("typist") == str(request.user.pk):
        drafts.keep(request.user, request.POST["draft"], request.POST)
    messages.warning(request, "页面打开太久，还没有保存。您填的内容都在，请看过再保存")
    return redirect(request.get_full_path())


def not_found(request, exception):
    """No such page; of a record that was thrown away while somebody wrote on it, that, and what was typed is kept."""
    in_trash = isinstance(exception, InTrash)
    is_own = in_trash and request.POST.get("typist") == str(request.user.pk)
    is_kept = is_own and drafts.keep(request.user, request.POST.get("draft", ""), request.POST)
    return render(request, "404.html", {"in_trash": in_trash, "is_kept": is_kept}, status=404)


def server_error(request):
    """What nobody foresaw; of a full disk, that. It asks for nothing that may be what failed."""
    full = disk_is_full(sys.exc_info()[1])
    with suppress(Exception):  # a browser that is still sending hears no answer
        while request.read(_CHUNK):
            pass
    status = HTTPStatus.INSUFFICIENT_STORAGE if full else HTTPStatus.INTERNAL_SERVER_ERROR
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(
            {"error": DISK_IS_FULL if full else "系统出了点问题，没有保存，请稍后再试"}, status=status
        )
    page = loader.get_template("500.html").render({"disk_is_full": full and DISK_IS_FULL})
    return HttpResponse(page, status=status)


# ---------------------------------------------------------------- what was typed and thrown away
@require_POST
def draft(request):
    """Where a form saves itself (204), and where a draft is thrown away (back to the empty form)."""
    name = request.POST.get("draft", "")
    if request.POST.get("typist") != str(request.user.pk):
        return HttpResponse(status=409)  # somebody else logged in meanwhile: not their text
    if "drop" not in request.POST:
        return HttpResponse(status=204 if drafts.keep(request.user, name, request.POST) else 413)
    drafts.drop(request.user, name)
    return redirect(name if url_has_allowed_host_and_scheme(name, allowed_hosts=None) else "/")


@require_safe
def trash_list(request):
    """What is in the trash of the places one edits, the last thrown away first."""
    if not request.user.scope.edit:
        raise PermissionDenied
    return render(request, "core/trash.html", {"thrown": trash.thrown_away(frame_of(request), request.user)})


# ---------------------------------------------------------------- notices
@require_http_methods(["GET", "POST"])
def notice_list(request):
    """One's own notices, the newest first; the button marks all as read."""
    notices = Notice.objects.visible_to(request.user)
    if request.method == "POST":
        mark_read(notices)
        return redirect("core:notice_list")
    cursor = request.GET.get("cursor", "")
    rows, following = keyset(notices, Sort("entry", "先后", "id"), cursor)
    context = {"notices": rows, "cursor": cursor, "following": following}
    return render(request, "core/notice_list.html", context)


@require_safe
def notice_open(request, pk):
    """Where a notice leads; it counts as read from then on."""
    notice = get_visible(Notice.objects, request.user, pk=pk)
    mark_read(Notice.objects.filter(pk=pk))
    return redirect(notice.url or "core:notice_list")


# ---------------------------------------------------------------- settings
@require_safe
def settings(request):
    """One's own account, and what one looks after."""
    scope = request.user.scope
    places = list(Organisation.objects.visible_to(request.user).order_by("path"))
    top = min((place.depth for place in places), default=0)
    for place in places:
        place.indent = place.depth - top
    context = {
        "places": places,
        "appointments": frame_of(request).appointments,
        "has_second_factor": request.user.authenticator_set.filter(type="totp").exists(),
        "administers": bool(scope.administer),
        "edits": bool(scope.edit),
        "feed_page": offered(CALENDAR_FEED),
        "data_page": offered(DATA) if scope.edit else None,
        "sets_rules": scope.administers_root,
        "template_page": offered(TEMPLATE) if scope.administers_root else None,
        "downloads_page": offered(DOWNLOADS) if scope.read else None,
        "types_page": offered(CERTIFICATION_TYPES) if scope.administers_root else None,
        "may_add_places": any(not place.is_branch and place.pk in scope.administer for place in places),
    }
    return render(request, "core/settings.html", context)


@require_safe
def styleguide(request):
    """Every piece of the design system, for whoever builds or judges a page."""
    return render(request, "core/styleguide.html", samples())


@require_http_methods(["GET", "POST"])
def organisation_new(request):
    """Add a branch or a committee below one's own committee."""
    if not Organisation.objects.administered_by(request.user).exclude(kind=Organisation.Kind.BRANCH).exists():
        raise Http404
    form = OrganisationForm(request.POST or None, user=request.user)
    if form.is_valid():
        try:
            place = create_organisation(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            report(form, error)
        else:
            messages.success(request, f"已新建{place.get_kind_display()}“{place}”")
            return redirect("core:settings")
    return render(request, "core/organisation_new.html", {"form": form})


# ---------------------------------------------------------------- accounts of the places one looks after
@require_safe
def account_list(request):
    """Accounts with a role in one's places, by user name."""
    if not request.user.scope.administer:
        raise Http404
    found = accounts.administered_accounts(request.user)
    words, after = (request.GET.get(name, "").replace("\0", "").strip() for name in ("q", "after"))
    if words:
        found = found.filter(Q(name__icontains=words) | Q(username__icontains=words))
    if after:
        found = found.filter(username__gt=after)
    roles = Prefetch(
        "appointments", Appointment.objects.current().select_related("organisation"), to_attr="current"
    )
    page = list(found.order_by("username").prefetch_related(roles)[: _ACCOUNTS_A_PAGE + 1])
    more = len(page) > _ACCOUNTS_A_PAGE
    context = {
        "accounts": page[:_ACCOUNTS_A_PAGE],
        "q": words,
        "after": after,
        "next_after": page[_ACCOUNTS_A_PAGE - 1].username if more else "",
    }
    return render(request, "core/account_list.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def account_new(request):
    """Make an account; its invitation link is on the page that follows."""
    if not request.user.scope.administer:
        raise Http404
    form = AccountForm(request.POST or None, user=request.user)
    if form.is_valid():
        try:
            account = accounts.create_account(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            report(form, error)
        except PermissionDenied:
            form.add_error("role", "您不能授予这个角色，请联系上级管理员")
        else:
            return _account_page(request, account, link=accounts.invitation_link(account, by=request.user))
    return render(request, "core/account_new.html", {"form": form})


@never_cache
@require_safe
def account_detail(request, pk):
    """One account: its roles, and what one may do for it."""
    return _account_page(request, _administered(request, pk))


@never_cache
@require_POST
def account_link(request, pk):
    """Make a one-time link and show it, once, to be handed over."""
    account = _administered(request, pk)
    try:
        link = accounts.reset_link(account, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("core:account", pk)
    return _account_page(request, account, link=link)


@require_POST
def account_active(request, pk):
    """Disable an account, or enable it again."""
    account, active = _administered(request, pk), request.POST.get("active") == "1"
    try:
        accounts.set_active(account, active, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, "账号已启用" if active else "账号已停用")
    return redirect("core:account", pk)


@require_POST
def account_second_factor(request, pk):
    """Take off the second factor of somebody who lost it."""
    accounts.remove_second_factor(_administered(request, pk), by=request.user)
    messages.success(request, "两步验证已解除，本人登录后可以重新开启")
    return redirect("core:account", pk)


@require_http_methods(["GET", "POST"])
def role_new(request, pk):
    """Give an account one more role."""
    account = _administered(request, pk)
    form = RoleForm(request.POST or None, user=request.user)
    if form.is_valid():
        try:
            accounts.grant_role(account, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            report(form, error)
        except PermissionDenied:
            form.add_error("role", "您不能授予这个角色，请联系上级管理员")
        else:
            messages.success(request, "已授予角色")
            return redirect("core:account", pk)
    return render(request, "core/role_new.html", {"form": form, "account": account})


@require_http_methods(["GET", "POST"])
def role_end(request, pk, role_pk):
    """End a role on a day."""
    account = _administered(request, pk)
    appointment = get_object_or_404(
        account.appointments.filter(organisation_id__in=request.user.scope.administer), pk=role_pk
    )
    form = EndRoleForm(request.POST or None)
    if form.is_valid():
        try:
            accounts.end_role(appointment, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            report(form, error)
        else:
            messages.success(request, "已设定结束日期")
            return redirect("core:account", pk)
    return render(
        request, "core/role_end.html", {"form": form, "account": account, "appointment": appointment}
    )


def _administered(request, pk):
    """An account one looks after. Raises Http404 for any other."""
    return get_object_or_404(accounts.administered_accounts(request.user), pk=pk)


def _account_page(request, account, link=""):
    user = request.user
    appointments = list(account.appointments.select_related("organisation").order_by("-starts_on", "-pk"))
    day = today()
    for appointment in appointments:
        appointment.is_over = appointment.ends_on is not None and appointment.ends_on < day
        appointment.may_end = (
            not appointment.is_over
            and appointment.organisation_id in user.scope.administer
            and appointment.role in accounts.grantable_roles(user, appointment.organisation)
        )
    context = {
        "account": account,
        "link": link,
        "link_days": site.PASSWORD_RESET_TIMEOUT // 86400,
        "appointments": appointments,
        "may_manage": accounts.may_manage(user, account),
        "waits": not account.has_usable_password(),
        "has_second_factor": account.authenticator_set.filter(type="totp").exists(),
        "changes": Change.objects.filter(
            model="core.user", object_id=account.pk, organisation_id__in=user.scope.read
        ).order_by("-pk")[:20],
    }
    return render(request, "core/account_detail.html", context)

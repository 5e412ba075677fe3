"""Writing accounts and roles: who gets in, as what, since when.

Nobody gives away, or takes over, more than they hold: a secretary looks after the members and committee members of
the own branch, a committee's admin after all roles in its subtree. `by` is the account that acts, or None for the
operator's commands on the server.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from core.dates import today
from core.db import lock, lock_table
from core.models import Appointment, Change, Organisation, User
from core.organisations import create_organisation
from core.records import log

Role = Appointment.Role

_BRANCH_ROLES = [Role.SECRETARY, Role.COMMITTEE_MEMBER, Role.MEMBER, Role.AUDITOR]
_COMMITTEE_ROLES = [Role.ADMIN, Role.AUDITOR]
_SECRETARY_GRANTS = [Role.COMMITTEE_MEMBER, Role.MEMBER]


# ---------------------------------------------------------------- who may
def grantable_roles(user, organisation: Organisation) -> list[str]:
    """The roles this account may give, and take away, at this place; user None (a command): all that it can have."""
    roles = list(_BRANCH_ROLES if organisation.is_branch else _COMMITTEE_ROLES)
    if organisation.is_root() and organisation.is_branch:
        roles.append(Role.ADMIN)  # the installation of a single branch
    if user is None or organisation.pk in user.scope.command:
        return roles
    if organisation.pk in user.scope.administer:
        return [role for role in roles if role in _SECRETARY_GRANTS]
    return []


def administered_accounts(user):
    """Accounts that have, or had, a role in a place the user administers."""
    here = Appointment.objects.filter(user=OuterRef("pk"), organisation_id__in=user.scope.administer)
    return User.objects.filter(Exists(here))


def may_manage(user, account: User) -> bool:
    """Whether the user may make links for the account, disable it or take off its second factor.

    Whoever can do that could become the account, so every role it holds or will hold must be one that the user could
    give. Never one's own account: its password is changed with the old one.
    """
    if account == user or account.is_superuser:
        return False
    appointments = list(account.appointments.select_related("organisation"))
    if not any(appointment.organisation_id in user.scope.administer for appointment in appointments):
        return False
    day = today()
    return all(
        appointment.role in grantable_roles(user, appointment.organisation)
        for appointment in appointments
        if appointment.ends_on is None or appointment.ends_on >= day
    )


def _require(user, account) -> None:
    if user is not None and not may_manage(user, account):
        raise PermissionDenied


# ---------------------------------------------------------------- accounts
def create_account(
    username: str, name: str, role: str, organisation: Organisation, *, password: str | None = None, by
):
    """A new account with its first role, from today. Without a password it waits for its invitation link.

    Raises PermissionDenied if `by` may not give this role here, ValidationError with sentences for the reader.
    """
    user = User(username=User.normalize_username(username), name=name)
    with transaction.atomic():
        user.clean_fields(exclude=["password"])
        if User.objects.filter(username__iexact=user.username).exists():
            raise ValidationError({"username": "这个用户名已经有人用了"})
        if password is None:
            user.set_unusable_password()
        else:
            try:
                validate_password(password, user)
            except ValidationError as error:
                raise ValidationError({"password": error.messages}) from error
            user.set_password(password)
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise ValidationError({"username": "这个用户名已经有人用了"}) from error
        _log(
            Change.Verb.CREATE,
            user,
            organisation,
            by,
            {"用户名": ["", user.username], "姓名": ["", user.name]},
        )
        grant_role(user, organisation, role, today(), by=by)
    return user


def rename_account(user: User, name: str, *, by) -> User:
    """Correct the name of an account. One's own only as the installation's admin: the history speaks by names."""
    if user != by or not by.scope.administers_root:
        _require(by, user)
    with transaction.atomic():
        account = lock(User.objects.filter(pk=user.pk)).get()
        before, account.name = account.name, name
        account.clean_fields(exclude=["password"])
        if account.name != before:
            account.save(update_fields=["name"])
            note(account, {"姓名": [before, account.name]}, by=by)
    return account


def set_active(user: User, active: bool, *, by) -> User:
    """Disable an account (it is thrown out at its next click) or enable it again."""
    _require(by, user)
    with transaction.atomic():
        account = lock(User.objects.filter(pk=user.pk)).get()
        if account.is_active != active:
            if not active:
                _refuse_losing_last_admin(account)
            account.is_active = active
            account.save(update_fields=["is_active"])
            words = ["停用", "启用"] if active else ["启用", "停用"]
            note(account, {"状态": words}, by=by)
    return account


def disable_account(user: User, *, by) -> User:
    """Nobody can log in with it any more; its history stays."""
    return set_active(user, False, by=by)


def remove_second_factor(user: User, *, by) -> None:
    """For somebody who lost the phone with the codes: the password alone is asked for until it is set up again."""
    _require(by, user)
    with transaction.atomic():
        removed, _ = user.authenticator_set.all().delete()
        if removed:
            note(user, {"两步验证": ["已开启", "已解除"]}, by=by)


# ---------------------------------------------------------------- passwords and links
def set_password(user: User, password: str, *, by) -> User:
    """Set a password; all sessions of the account but the caller's end. `by` is the account itself (with a link or the
    old password) or None. Raises ValidationError if the password is too weak."""
    if by is not None and by != user:
        raise PermissionDenied
    validate_password(password, user)
    with transaction.atomic():
        account = lock(User.objects.filter(pk=user.pk)).get()
        first = not account.has_usable_password()
        account.set_password(password)
        account.save(update_fields=["password"])
        note(account, {"密码": ["", "已设置"] if first else ["原密码", "新密码"]}, by=by)
    return account


def invitation_link(user: User, *, by) -> str:
    """The one-time link with which a new account sets its first password: works once, for PASSWORD_RESET_TIMEOUT.
    Raises ValidationError if the account has a password already."""
    if user.has_usable_password():
        raise ValidationError("这个账号已经设过密码，请改用重设密码链接")
    return _link(user, by, "邀请链接")


def reset_link(user: User, *, by) -> str:
    """The one-time link with which an account sets a new password; the old one works until then."""
    return _link(user, by, "重设密码链接" if user.has_usable_password() else "邀请链接")


def _link(user, by, what) -> str:
    _require(by, user)
    if not user.is_active:
        raise ValidationError("账号已停用，请先启用")
    note(user, {what: ["", "已生成"]}, by=by)
    uid = urlsafe_base64_encode(str(user.pk).encode())
    path = reverse("core:password_link", args=[uid, default_token_generator.make_token(user)])
    return f"{settings.PUBLIC_URL}{path}"


def account_of_link(uid: str, token: str) -> User | None:
    """The account a link is for; None if it was used, has run out or was never made."""
    try:
        user = User.objects.filter(is_active=True, pk=int(force_str(urlsafe_base64_decode(uid)))).first()
    except (ValueError, OverflowError):
        return None
    return user if user and default_token_generator.check_token(user, token) else None


# ---------------------------------------------------------------- roles
def grant_role(
    user: User, organisation: Organisation, role: str, starts_on: dt.date | None, *, by
) -> Appointment:
    """Give a role from a day on.

    Raises PermissionDenied if `by` may not give it here or does not look after the account, ValidationError if the
    place has no such role or the account already holds it.
    """
    if role not in grantable_roles(None, organisation):
        raise ValidationError({"role": f"{organisation.get_kind_display()}没有这种角色"})
    if by is not None:
        known = not user.appointments.exists() or administered_accounts(by).filter(pk=user.pk).exists()
        if not known or role not in grantable_roles(by, organisation):
            raise PermissionDenied
    appointment = Appointment(user=user, organisation=organisation, role=role, starts_on=starts_on)
    with transaction.atomic():
        appointment.full_clean()
        try:
            with transaction.atomic():
                appointment.save(force_insert=True)
        except IntegrityError as error:
            raise ValidationError("这个账号在这里已有同样的角色") from error
        since = f"{starts_on}起" if starts_on else ""
        _log(
            Change.Verb.GRANT, user, organisation, by, {appointment.get_role_display(): ["", since or "授予"]}
        )
    return appointment


def end_role(appointment: Appointment, ends_on: dt.date, *, by) -> Appointment:
    """End a role; `ends_on` is the last day it holds. Raises PermissionDenied if `by` could not have given it,
    ValidationError if it ends before it began or is the last one that administers the installation."""
    if by is not None and appointment.role not in grantable_roles(by, appointment.organisation):
        raise PermissionDenied
    with transaction.atomic():
        held = lock(Appointment.objects.filter(pk=appointment.pk)).get()
        before = held.ends_on
        held.ends_on = ends_on
        held.full_clean()
        if _is_root_admin(held):
            _refuse_losing_last_admin(held.user)
        held.save(update_fields=["ends_on"])
        _log(
            Change.Verb.REVOKE,
            held.user,
            held.organisation,
            by,
            {held.get_role_display(): [f"至{before}" if before else "在任", f"至{ends_on}"]},
        )
    return held


def _is_root_admin(appointment) -> bool:
    return appointment.role == Role.ADMIN and appointment.organisation.is_root()


def _refuse_losing_last_admin(user) -> None:
    """An installation without an admin could only be mended at the command line."""
    admins = Appointment.objects.current().filter(
        Q(ends_on__isnull=True), role=Role.ADMIN, organisation__depth=1, user__is_active=True
    )
    if admins.filter(user=user).exists() and not lock(admins.exclude(user=user)).exists():
        raise ValidationError("这是最后一位管理员，请先指定另一位")


# ---------------------------------------------------------------- first run
def nobody_yet() -> bool:
    """Whether the installation has no account at all."""
    return not User.objects.exists()


def first_run(
    *, branch_code, branch_name, username, name, password, committee_name="", by=None
) -> User | None:
    """The first branch, the committee above it if named, and its secretary, who is also the installation's admin.

    Returns None, having done nothing, if an account exists: of two submissions at one moment one wins.
    Raises ValidationError with sentences for the reader.
    """
    with transaction.atomic():
        lock_table(User)
        if not nobody_yet():
            return None
        committee = None
        if committee_name:
            committee = create_organisation(
                "committee", committee_name, Organisation.Kind.COLLEGE_COMMITTEE, by=by
            )
        branch = create_organisation(branch_code, branch_name, Organisation.Kind.BRANCH, committee, by=by)
        user = create_account(username, name, Role.SECRETARY, branch, password=password, by=by)
        grant_role(user, committee or branch, Role.ADMIN, today(), by=by)
    return user


# ---------------------------------------------------------------- history
def _home_of(user) -> Organisation | None:
    """The place in whose history a change of the account stands: that of its first current role."""
    held = (
        Appointment.objects.current().filter(user=user).select_related("organisation").order_by("pk").first()
    )
    return held.organisation if held else None


def note(user, changes, *, by) -> None:
    """One line about an account in the history of its home, inside the caller's transaction."""
    _log(Change.Verb.UPDATE, user, _home_of(user), by, changes)


def _log(verb, user, organisation, by, changes) -> None:
    log(
        verb,
        by=by,
        organisation=organisation,
        model="core.user",
        object_id=user.pk,
        object_name=f"{user.name}（{user.username}）",
        changes=changes,
    )

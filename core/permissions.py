"""Who may see and edit what. Pages, API, downloads, exports, search and figures all start here.

Not yours gives 404 (it might as well not exist), yours to read only gives 403.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404

from core.text import mask_phone


class InTrash(Http404):
    """The record is in the trash, of which only those who may bring it back are told."""


@dataclass(frozen=True)
class Scope:
    """The ids of the organisations one account reaches, resolved once.

    read: sees every record; edit: changes them; administer: looks after accounts and settings; command: does so as
    an admin, who may give every role there; belong: reads what an ordinary member of the branch may.
    """

    user_id: int | None
    read: frozenset[int] = frozenset()
    edit: frozenset[int] = frozenset()
    administer: frozenset[int] = frozenset()
    command: frozenset[int] = frozenset()
    belong: frozenset[int] = frozenset()
    administers_root: bool = False


NOBODY = Scope(None)


def scope_of(user) -> Scope:
    """The scope of a user, anonymous ones included."""
    return user.scope if user.is_authenticated else NOBODY


def phone_for(record, user) -> str:
    """A phone number as this user may see it: whole for editors of the branch, else its last four digits."""
    return record.phone if record.organisation_id in scope_of(user).edit else mask_phone(record.phone)


def admins_only(user) -> None:
    """What holds for the whole installation is its admin's. Raises Http404 for anybody else."""
    if not scope_of(user).administers_root:
        raise Http404


def get_visible(queryset, user, **lookup):
    """The one record the user may see. Raises Http404 otherwise."""
    record = queryset.visible_to(user).filter(**lookup).first()
    if record is None:
        raise Http404
    return record


def get_editable(queryset, user, **lookup):
    """The one record the user may edit. Raises Http404 if it is not theirs to see, PermissionDenied if it is
    theirs only to read, InTrash if somebody threw it away meanwhile and they may bring it back."""
    return _get(queryset.editable_by(user), queryset, user, lookup)


def get_correctable(queryset, user, **lookup):
    """The one record whose words the user may change, as an editor or as its holder. Raises as `get_editable`."""
    return _get(queryset.correctable_by(user), queryset, user, lookup)


def _get(allowed, queryset, user, lookup):
    record = allowed.filter(**lookup).first()
    if record is None:
        has_trash = hasattr(queryset, "restorable_by")  # records do; places and answers do not
        if has_trash and queryset.restorable_by(user).filter(**lookup).exists():
            raise InTrash
        get_visible(queryset, user, **lookup)
        raise PermissionDenied
    return record

"""Who may see and edit what. Pages, API, downloads, exports, search and figures all start here.

Not yours gives 404 (it might as well not exist), yours to read only gives 403.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404

_EDITORS = {"secretary", "committee_member"}


@dataclass(frozen=True)
class Scope:
    """The ids of the organisations one account reaches, resolved once.

    read: sees every record; edit: changes them; administer: looks after accounts and settings;
    belong: reads what an ordinary member of the branch may.
    """

    user_id: int | None
    read: frozenset[int] = frozenset()
    edit: frozenset[int] = frozenset()
    administer: frozenset[int] = frozenset()
    belong: frozenset[int] = frozenset()
    administers_root: bool = False

    @classmethod
    def of(cls, user) -> Scope:
        """The scope of an account today (two queries; none for an anonymous or disabled one)."""
        from core.models import Appointment, Organisation

        if not user.is_authenticated or not user.is_active:
            return cls(None)
        read, edit, administer, belong, roots = set(), set(), set(), set(), {}
        held = Appointment.objects.current().filter(user=user).select_related("organisation")
        for appointment in held:
            place, role = appointment.organisation, appointment.role
            if role in _EDITORS:
                edit.add(place.pk)
            elif role == "member":
                belong.add(place.pk)
            else:
                roots[place.path] = roots.get(place.path, False) or role == "admin"
            if role == "secretary":
                administer.add(place.pk)
        if roots:
            for pk, path in Organisation.objects.values_list("pk", "path"):
                above = [is_admin for root, is_admin in roots.items() if path.startswith(root)]
                if above:
                    read.add(pk)
                if any(above):
                    edit.add(pk)
                    administer.add(pk)
        root_admin = any(is_admin and len(path) == Organisation.steplen for path, is_admin in roots.items())
        return cls(
            user.pk,
            read=frozenset(read | edit),
            edit=frozenset(edit),
            administer=frozenset(administer),
            belong=frozenset(belong),
            administers_root=root_admin,
        )


NOBODY = Scope(None)


def scope_of(user) -> Scope:
    """The scope of a user, anonymous ones included."""
    return user.scope if user.is_authenticated else NOBODY


def get_visible(queryset, user, **lookup):
    """The one record the user may see. Raises Http404 otherwise."""
    record = queryset.visible_to(user).filter(**lookup).first()
    if record is None:
        raise Http404
    return record


def get_editable(queryset, user, **lookup):
    """The one record the user may edit. Raises Http404 if it is not theirs to see, PermissionDenied if it is
    theirs only to read."""
    record = queryset.editable_by(user).filter(**lookup).first()
    if record is None:
        get_visible(queryset, user, **lookup)
        raise PermissionDenied
    return record

"""Writing the tree of organisations."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from core.db import lock
from core.models import Change, Organisation
from core.records import difference, log

_KIND = Organisation.Kind
# What may stand under what; a branch has nothing below it. At the top anything may stand: one school is one
# installation, and a single branch may run one of its own.
KINDS_UNDER = {
    None: set(_KIND),
    _KIND.UNIVERSITY_COMMITTEE: {_KIND.COLLEGE_COMMITTEE, _KIND.GENERAL_BRANCH, _KIND.BRANCH},
    _KIND.COLLEGE_COMMITTEE: {_KIND.GENERAL_BRANCH, _KIND.BRANCH},
    _KIND.GENERAL_BRANCH: {_KIND.BRANCH},
    _KIND.BRANCH: set(),
}


def create_organisation(
    code: str, name: str, kind: str, parent: Organisation | None = None, *, short_name="", by
):
    """Add a place to the tree.

    Arguments: kind, an Organisation.Kind; parent, the place above or None for the top; by, the account, or None for the
    operator's command. Raises PermissionDenied if `by` may not (a committee's admin adds below the committee, the
    installation's admin also at the top), ValidationError with sentences for the reader.
    """
    if by and not (by.scope.administers_root if parent is None else parent.pk in by.scope.command):
        raise PermissionDenied
    place = Organisation(code=code, name=name, short_name=short_name, kind=kind)
    with transaction.atomic():
        list(lock(Organisation.objects.order_by("path")))  # a new place takes the next free path
        place.clean_fields(exclude=["path", "depth", "numchild"])
        if kind not in KINDS_UNDER[parent.kind if parent else None]:
            raise ValidationError(
                {"kind": f"{parent.get_kind_display()}下面不能设{place.get_kind_display()}"}
            )
        place.validate_unique(exclude=["path"])
        try:
            with transaction.atomic():
                if parent:
                    parent.refresh_from_db()
                    Organisation.objects.add_child(parent, instance=place)
                else:
                    Organisation.objects.add_root(instance=place)
        except IntegrityError as error:
            raise ValidationError("刚才有人新建了组织，请再试一次") from error
        after = {"代码": code, "全称": name, "简称": short_name, "类型": place.get_kind_display()}
        log(
            Change.Verb.CREATE,
            by=by,
            organisation=place,
            model="core.organisation",
            object_id=place.pk,
            object_name=place.name,
            changes=difference({}, {label: text for label, text in after.items() if text}),
        )
    return place

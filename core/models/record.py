"""What every record of a branch has in common."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from core import dates
from core.fields import LineField
from core.models.people import Organisation, User
from core.models.proofs import Lacks
from core.permissions import scope_of


def reportable_through(path: str) -> Q:
    """The condition of `reportable()` on a record at the other end of a foreign key."""
    return Q(**{f"{path}__deleted_at__isnull": True, f"{path}__in_reports": True})


class RecordQuerySet(models.QuerySet):
    """The questions that can be asked of any kind of record."""

    # Whether ordinary members of the branch may read all of these records.
    members_may_read = False

    def live(self):
        """Not in the trash. (No manager hides the trash: a dump would lose it.)"""
        return self.filter(deleted_at__isnull=True)

    def trashed(self):
        """In the trash."""
        return self.filter(deleted_at__isnull=False)

    def reportable(self):
        """Live and not marked "not for reports": all that may count."""
        return self.live().filter(in_reports=True)

    def of(self, organisations):
        """Of these organisations: ids or instances."""
        return self.filter(organisation__in=organisations)

    def own(self, user) -> Q:
        """Which records are the user's own, beyond what the user's place allows; none unless a kind says so."""
        return Q(pk__in=())

    def own_unsettled(self, user) -> Q:
        """Which of their own records an ordinary member may still change, beyond what the place allows; none unless a
        kind says so."""
        return Q(pk__in=())

    def visible_to(self, user):
        """Live records the user may read."""
        scope = scope_of(user)
        places = scope.read | scope.belong if self.members_may_read else scope.read
        allowed = Q(organisation_id__in=places)
        if scope.user_id:
            allowed |= self.own(user)
        return self.live().filter(allowed)

    def editable_by(self, user):
        """Live records the user may change."""
        return self.live().filter(organisation_id__in=scope_of(user).edit)

    def correctable_by(self, user):
        """Live records whose words the user may change: those of `editable_by`, and one's own as long as the branch has
        not settled them. To review one, or to throw it away, is for `editable_by` alone."""
        scope = scope_of(user)
        allowed = Q(organisation_id__in=scope.edit)
        if scope.user_id:
            allowed |= self.own_unsettled(user)
        return self.live().filter(allowed)

    def restorable_by(self, user):
        """Records in the trash that the user may bring back."""
        return self.trashed().filter(organisation_id__in=scope_of(user).edit)

    def within(self, window: dates.Window, date: str = "date"):
        """Records whose partial date lies wholly in the window (no date: in none)."""
        return self.filter(**{f"{date}_first__gte": window.start, f"{date}_last__lte": window.end})


class Record(models.Model):
    """One fact of a branch: entered once, with its proof."""

    organisation = models.ForeignKey(
        Organisation, verbose_name="支部", on_delete=models.PROTECT, related_name="+", editable=False
    )
    in_reports = models.BooleanField("计入报告", default=True)
    extra = models.JSONField("其他信息", default=dict, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    entry_key = models.UUIDField("一次性提交号", null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField("移入回收站的时间", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    created_by = models.ForeignKey(
        User,
        verbose_name="录入人",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    attachments = GenericRelation("core.Attachment")

    objects = RecordQuerySet.as_manager()

    # Fields of which the history says nothing: they are the history, or follow from others.
    unlogged = frozenset(
        {"id", "organisation", "version", "entry_key", "deleted_at", "created_at", "created_by", "updated_at"}
    )
    # Fields of which whoever may only read sees the last digits, in the history too.
    masked: frozenset[str] = frozenset()
    # Which records of this kind have to be proven at all; None where the kind knows no such thing.
    to_be_proven: Q | None = None
    # Which of these may go into a report once all of their proof is there.
    is_tellable = Q(in_reports=True)
    # The columns on which it may depend what proves a record (core/checklists.py): its kind, and a state of it.
    proof_sort = ""
    proof_state = ""
    # Whether a picture of it is a photo, rather than one of the paper that proves it.
    is_photographed = False
    partial_dates: dict[str, str] = {}

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "entry_key"],
                name="%(app_label)s_%(class)s_one_entry",
                violation_error_message="这一条刚才已经提交过了",
            ),
        ]

    @property
    def title(self) -> str:
        """What a list, a report or a search calls this record."""
        return str(self)

    def clean_fields(self, exclude=None):
        """As Django does, and no whole date outside the years that people live in (partial dates refuse them too)."""
        super().clean_fields(exclude=exclude)
        wrong = {}
        for field in self._meta.concrete_fields:
            day = getattr(self, field.attname) if type(field) is models.DateField else None
            if day and not dates.EARLIEST_YEAR <= day.year <= dates.LATEST_YEAR:
                wrong[field.name] = f"年份 {day.year} 不在 {dates.EARLIEST_YEAR}—{dates.LATEST_YEAR} 之间"
        if wrong:
            raise ValidationError(wrong)

    @property
    def lacks(self) -> Lacks:
        """The proof that is missing. Wants `lacking`, as `Checklist.marked` annotates it."""
        return Lacks.read(self.lacking)

    def related_values(self) -> dict[str, str]:
        """What belongs to the record but stands in other tables, as text by its Chinese name, for the history."""
        return {}


class CodedRecord(Record):
    """A record with a number of its own (编号), unique among the branch's live records of its kind."""

    code = LineField("编号", max_length=60)

    class Meta(Record.Meta):
        abstract = True
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "code"],
                condition=Q(deleted_at__isnull=True),
                name="%(app_label)s_%(class)s_one_code",
                violation_error_message="这个编号已经用过了",
            ),
        ]

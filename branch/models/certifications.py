"""Certifications, their types, and the reminders of their ends."""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.utils import timezone

from branch.models.members import Member
from core.dates import PartialDate, today
from core.fields import LineField, PartialDateField, partial_date_constraints
from core.models import Record, RecordQuerySet, User
from core.text import match_key

_SEPARATORS = re.compile(r"[-–—_/·.]")

REMINDED_DAYS = (90, 30, 7)  # so many days before its end a certification is spoken of, each time once
EXPIRING_DAYS = REMINDED_DAYS[0]


class CertificationTypeQuerySet(models.QuerySet):
    """Questions about certification types."""

    def known_to(self, organisations):
        """Built-in ones and those these organisations have a record of: what others wrote is nobody's business."""
        own = Certification.objects.live().of(organisations)
        return self.filter(Q(is_builtin=True) | Q(pk__in=own.values("type_id")))


class CertificationType(models.Model):
    """What a certificate certifies, by the name people write in a cell (HCIP): the name is its frozen code."""

    name = LineField("认证类型", max_length=60, unique=True)
    issuer = LineField("发证机构", max_length=80, blank=True)
    validity_months = models.PositiveSmallIntegerField("有效期（月）", null=True, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=1000)
    is_builtin = models.BooleanField("内置", default=False, editable=False)

    objects = CertificationTypeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "认证类型"
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


def in_force_on(day: dt.date) -> Q:
    """Verified, passed by the day and not expired on it: passed_on counts from its first possible day, valid_until
    through its last; without valid_until a certification does not expire."""
    return Q(
        Q(valid_until_last__gte=day) | Q(valid_until_last__isnull=True),
        status=Certification.Status.VERIFIED,
        passed_on_first__lte=day,
    )


class CertificationQuerySet(RecordQuerySet):
    """Questions about certifications."""

    def own(self, user):
        """Those of the member this account belongs to."""
        return Q(member__user_id=user.pk)

    def own_unsettled(self, user):
        """One's own, until they are verified."""
        return self.own(user) & ~Q(status=Certification.Status.VERIFIED)

    def waiting(self):
        """Handed in and not yet reviewed, those that wait longest first."""
        return self.live().filter(status=Certification.Status.PENDING).order_by("submitted_at", "pk")

    def renewable_by(self, certifications):
        """What some certifications may renew: verified ones of the same members, the latest passed first. Which of them
        belongs to which is for `Certification.renewable_of` to say."""
        members = {certification.member_id for certification in certifications}
        found = self.live().filter(member__in=members, status=Certification.Status.VERIFIED)
        return found.select_related("type").order_by("-passed_on_first", "-pk")

    def of_members_on(self, day: dt.date, organisations):
        """Passed by the day, whatever became of them, of members of these organisations on the day."""
        members = Member.objects.reportable().of(organisations).on(day)
        return self.filter(passed_on_first__lte=day, member__in=members)

    def held_on(self, day: dt.date, organisations):
        """Those of `of_members_on` that are in force on the day: what makes a holder."""
        return self.of_members_on(day, organisations).filter(in_force_on(day))

    def with_renewal(self, day: dt.date):
        """Annotate what has taken their place by the day: `is_renewed`, whether it was verified; `renewal_waiting`, the
        id of one that waits for review. A renewal says so (`renews`), or is a later one of the same member, type and
        direction."""
        same = Q(
            member=OuterRef("member"),
            type=OuterRef("type"),
            direction=OuterRef("direction"),
            passed_on_first__gt=OuterRef("passed_on_first"),
        )
        later = Certification.objects.live().filter(Q(renews=OuterRef("pk")) | same, passed_on_first__lte=day)
        waiting = later.filter(status=Certification.Status.PENDING).order_by("pk")
        return self.annotate(
            is_renewed=Exists(later.filter(status=Certification.Status.VERIFIED)),
            renewal_waiting=Subquery(waiting.values("pk")[:1]),
        )

    def with_standing_on(self, day: dt.date):
        """Annotate what `standing_on` wants to know, and `is_held`, whether they are in force on the day."""
        held = ExpressionWrapper(in_force_on(day), output_field=BooleanField())
        return self.with_renewal(day).annotate(is_held=held)


class Certification(Record):
    """A certificate that a member has handed in."""

    class Status(models.TextChoices):
        PENDING = "pending", "待审核"
        VERIFIED = "verified", "已核验"
        RETURNED = "returned", "已退回"

    to_be_proven = Q()
    is_tellable = Q(in_reports=True, status=Status.VERIFIED)

    class Standing(models.TextChoices):
        """What a certification is worth on a day, the best first."""

        HELD = "held", "已核验"
        EXPIRING = "expiring", "即将到期"
        PENDING = "pending", "待审核"
        RETURNED = "returned", "已退回"
        EXPIRED = "expired", "已过期"
        RENEWED = "renewed", "已换证"

    member = models.ForeignKey(
        Member, verbose_name="党员", on_delete=models.PROTECT, related_name="certifications"
    )
    type = models.ForeignKey(
        CertificationType, verbose_name="认证类型", on_delete=models.PROTECT, related_name="certifications"
    )
    direction = LineField("方向", max_length=80, blank=True)
    level = LineField("等级", max_length=40, blank=True)
    number = LineField("证书编号", max_length=80, blank=True)
    passed_on = PartialDateField("通过日期")
    valid_until = PartialDateField("有效期至")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.PENDING)
    return_reason = LineField("退回原因", max_length=200, blank=True)
    submitted_at = models.DateTimeField("交审时间", default=timezone.now)
    renews = models.ForeignKey(
        "self",
        verbose_name="换证前的认证",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="renewals",
    )
    reviewed_by = models.ForeignKey(
        User, verbose_name="审核人", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)

    objects = CertificationQuerySet.as_manager()
    unlogged = Record.unlogged | {
        "submitted_at",
        "reviewed_by",
        "reviewed_at",
    }  # the line of the history itself says who and when

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "认证"
        indexes = [
            models.Index(fields=["organisation", "type", "status"], name="branch_certification_by_type"),
            models.Index(
                fields=["organisation", "-passed_on_first", "-id"], name="branch_certification_by_date"
            ),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["member", "type", "direction", "passed_on_first", "passed_on_last"],
                condition=Q(deleted_at__isnull=True),
                name="branch_certification_once",
                violation_error_message="这名党员已有同类型、同方向、同一天通过的认证",
            ),
            models.CheckConstraint(
                condition=Q(passed_on_first__isnull=False),
                name="branch_certification_has_date",
                violation_error_message="请填写通过日期",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "verified", "returned"]),
                name="branch_certification_known_status",
                violation_error_message="没有这种审核状态",
            ),
            *partial_date_constraints("branch_certification", "passed_on", "valid_until"),
        ]

    def __str__(self):
        return f"{self.member} {self.name}"

    @property
    def name(self) -> str:
        """Type and direction as one: HCIP-Cloud Service."""
        return f"{self.type}-{self.direction}" if self.direction else str(self.type)

    def clean(self):
        """A chain of renewals is one member's and does not run in a circle."""
        before, seen = self.renews, {self.pk}
        while before is not None:
            if before.member_id != self.member_id:
                raise ValidationError({"renews": "换证前的认证不是同一名党员的"})
            if before.pk in seen:
                raise ValidationError({"renews": "换证前的认证已经在这份之后"})
            seen.add(before.pk)
            before = before.renews

    @property
    def name_with_end(self) -> str:
        """What tells two of the same kind apart: HCIP-Datacom（2025-11-25 到期）."""
        return f"{self.name}（{f'{self.valid_until} 到期' if self.valid_until else '长期有效'}）"

    @property
    def is_pending(self) -> bool:
        """Whether it waits for review."""
        return self.status == self.Status.PENDING

    @property
    def days_waiting(self) -> int:
        """For how many days it has waited for review."""
        return max((today() - timezone.localdate(self.submitted_at)).days, 0)

    def renewable_of(self, verified) -> list[Certification]:
        """Those that this one may renew: of the same member and type, passed before it; those of the same direction,
        however it is written, first. Arguments: verified, of `renewable_by`."""
        found = [
            one
            for one in verified
            if one.pk != self.pk
            and (one.member_id, one.type_id) == (self.member_id, self.type_id)
            and one.passed_on.first < self.passed_on.first
        ]
        return sorted(found, key=lambda one: not self.is_of_direction(one))

    def is_of_direction(self, other) -> bool:
        """Whether two directions are one: Cloud Service, Cloud-Service."""
        one, two = (_SEPARATORS.sub("", match_key(some.direction)).casefold() for some in (self, other))
        return one == two

    def covers(self, day: dt.date) -> bool:
        """Whether it is passed by a day and not expired on it, as `held_on` counts it."""
        return self.passed_on.first <= day and (self.valid_until is None or day <= self.valid_until.last)

    @property
    def is_verified(self) -> bool:
        """Whether it counts, and only the branch may change it."""
        return self.status == self.Status.VERIFIED

    def standing_on(self, day: dt.date) -> Standing:
        """What it is worth on a day by which it was passed; asked of rows of `with_standing_on(day)`."""
        if not self.is_verified:
            return self.Standing(self.status)
        if self.is_renewed:
            return self.Standing.RENEWED
        if not self.is_held:
            return self.Standing.EXPIRED
        last = self.valid_until_last
        soon = last is not None and last <= day + dt.timedelta(days=EXPIRING_DAYS)
        return self.Standing.EXPIRING if soon else self.Standing.HELD

    @property
    def usual_end(self) -> PartialDate | None:
        """The last day on which a certificate of this type usually holds: what stands where the paper says nothing."""
        if not (self.passed_on and self.type.validity_months):
            return None
        end = self.passed_on.months_later(self.type.validity_months)
        return PartialDate.of_day(end.last - dt.timedelta(days=1)) if end.precision == "day" else end

    @property
    def ends_as_usual(self) -> bool:
        """Whether its end is the one that its type usually has, printed or worked out."""
        return bool(self.valid_until) and self.valid_until == self.usual_end


class ExpiryReminder(models.Model):
    """That the end of a certification was told, so many days before: each time once, again if the end changes."""

    certification = models.ForeignKey(
        Certification, verbose_name="认证", on_delete=models.CASCADE, related_name="reminders"
    )
    valid_until = models.DateField("有效期至")
    days = models.PositiveSmallIntegerField("提前天数")
    sent_at = models.DateTimeField("提醒时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "到期提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["certification", "valid_until", "days"], name="branch_expiryreminder_once"
            )
        ]

    def __str__(self):
        return f"{self.certification} {self.days} 天前"

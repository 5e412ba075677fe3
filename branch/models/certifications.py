"""Certifications, their types, and the reminders of their ends."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from branch.models.members import Member
from core.dates import PartialDate
from core.fields import LineField, PartialDateField, partial_date_constraints
from core.models import Record, RecordQuerySet, User


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


class CertificationQuerySet(RecordQuerySet):
    """Questions about certifications."""

    def own(self, user):
        """Those of the member this account belongs to."""
        return Q(member__user_id=user.pk)

    def own_unsettled(self, user):
        """One's own, until they are verified."""
        return self.own(user) & ~Q(status=Certification.Status.VERIFIED)

    def held_on(self, day: dt.date, organisations):
        """Verified ones, passed by the day and not expired on it, of members of these organisations on the day.

        passed_on counts from its first possible day, valid_until through its last; without valid_until a certification
        does not expire.
        """
        members = Member.objects.reportable().of(organisations).on(day)
        return self.filter(
            Q(valid_until_last__gte=day) | Q(valid_until_last__isnull=True),
            status=Certification.Status.VERIFIED,
            passed_on_first__lte=day,
            member__in=members,
        )


class Certification(Record):
    """A certificate that a member has handed in."""

    class Status(models.TextChoices):
        PENDING = "pending", "待审核"
        VERIFIED = "verified", "已核验"
        RETURNED = "returned", "已退回"

    to_be_proven = Q()
    is_tellable = Q(in_reports=True, status=Status.VERIFIED)

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

    @property
    def is_verified(self) -> bool:
        """Whether it counts, and only the branch may change it."""
        return self.status == self.Status.VERIFIED

    @property
    def usual_end(self) -> PartialDate | None:
        """The last day on which a certificate of this type usually holds: a hint for whoever reads the paper."""
        if not (self.passed_on and self.type.validity_months):
            return None
        end = self.passed_on.months_later(self.type.validity_months)
        return PartialDate.of_day(end.last - dt.timedelta(days=1)) if end.precision == "day" else end


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

"""Partners with one canonical name each, agreements with what they promise, and the plan table."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from core.fields import (
    LineField,
    PartialDateField,
    PinyinField,
    ProseField,
    not_before_constraint,
    partial_date_constraints,
)
from core.models import CodedRecord, Kind, Record, RecordQuerySet
from core.text import match_key, pinyin


class PartnerKind(Kind):
    """What a partner is: 机关, 企业, 银行 …"""

    class Meta(Kind.Meta):
        verbose_name = verbose_name_plural = "联建单位类型"


def _held_with_the_partner(by: dt.date):
    # Activities stand to the right; here they are known as what points at a partner.
    activities = Partner._meta.get_field("activities").related_model
    party = AgreementParty.objects.filter(agreement=OuterRef("agreement"), partner=OuterRef(OuterRef("pk")))
    return (
        activities.objects.live()
        .held()
        .filter(Q(partner_links__partner=OuterRef("pk")) | Q(Exists(party)), starts_on__lte=by)
    )


def idle_since(day: dt.date) -> Q:
    """The condition of `PartnerQuerySet.idle_since`. A partner is known since 建立日期, else since it was entered."""
    known = Q(since_last__lt=day) | Q(since_last__isnull=True, created_at__date__lt=day)
    held = _held_with_the_partner(dt.date.max).filter(starts_on__gte=day)
    return Q(merged_into__isnull=True) & known & ~Exists(held)


class PartnerQuerySet(RecordQuerySet):
    """Questions about partners."""

    def called(self, name: str):
        """Partners whose canonical name or alias is this, however it is typed."""
        key = match_key(name)
        return self.filter(Q(name_key=key) | Q(aliases__name_key=key)).distinct()

    def with_last_contact(self, day: dt.date):
        """Annotate `last_contact`: when the latest activity with it began that was held by the day, whether it is named
        there or is a party to the activity's agreement."""
        held = _held_with_the_partner(day).order_by("-starts_on").values("starts_on")
        return self.annotate(last_contact=Subquery(held[:1]))

    def idle_since(self, day: dt.date):
        """Partners known before the day, with whom nothing was held from it on."""
        return self.filter(idle_since(day))


class Partner(Record):
    """A unit the branch builds with: one canonical name and any number of aliases."""

    name = LineField("名称", max_length=300)
    name_key = models.CharField("名称比对键", max_length=400, editable=False, blank=True)
    name_pinyin = LineField("拼音", max_length=200, blank=True)
    kind = models.ForeignKey(
        PartnerKind, verbose_name="类型", on_delete=models.PROTECT, related_name="partners"
    )
    party_organisation = LineField("对方党组织", max_length=120, blank=True)
    contact = LineField("联系人", max_length=60, blank=True)
    phone = LineField("联系电话", max_length=40, blank=True)
    since = PartialDateField("建立日期")
    note = ProseField("备注")
    merged_into = models.ForeignKey(
        "self", verbose_name="已并入", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )

    objects = PartnerQuerySet.as_manager()
    unlogged = Record.unlogged | {"name_key"}
    masked = frozenset({"phone"})

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "联建单位"
        indexes = [
            models.Index(fields=["organisation", "name_pinyin", "id"], name="partnerships_partner_by_name")
        ]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "name_key"],
                condition=Q(deleted_at__isnull=True),
                name="partnerships_partner_one_name",
                violation_error_message="已有同名的联建单位",
            ),
            *partial_date_constraints("partnerships_partner", "since"),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Derive what is derived from the name."""
        self.name_key = match_key(self.name or "")
        self.name_pinyin = self.name_pinyin or pinyin(self.name or "")

    def related_values(self):
        """Aliases belong to the partner."""
        return {"别名": "；".join(alias.name for alias in self.aliases.all())}


class PartnerAlias(models.Model):
    """Another name under which the same partner was written."""

    partner = models.ForeignKey(
        Partner, verbose_name="联建单位", on_delete=models.CASCADE, related_name="aliases"
    )
    name = LineField("别名", max_length=300)
    name_key = models.CharField("别名比对键", max_length=400, editable=False, blank=True, db_index=True)
    position = models.PositiveSmallIntegerField("顺序", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "别名"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "name_key"],
                name="partnerships_partneralias_once",
                violation_error_message="这个别名已经有了",
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Derive what is derived from the name."""
        self.name_key = match_key(self.name or "")


class AgreementQuerySet(RecordQuerySet):
    """Questions about agreements."""

    def signed(self):
        """Signed at some time: a state from 已签署 on, and a date of signing."""
        return self.filter(status__in=Agreement.SIGNED, signed_on_first__isnull=False)

    def signed_in(self, window):
        """Signed within the window."""
        return self.signed().within(window, "signed_on")

    def with_renewal(self):
        """Annotate `later_id` and `later_name`: the agreement that goes on with this one, if there is one."""
        later = Agreement.objects.live().filter(renews=OuterRef("pk")).order_by("pk")
        return self.annotate(
            later_id=Subquery(later.values("pk")[:1]), later_name=Subquery(later.values("name")[:1])
        )

    def in_force_on(self, day: dt.date):
        """Signed by the day and not ended before it, whatever became of them since. Without an end they are open,
        but an agreement that is 到期 or 终止 without an end was never in force on a day we could name."""
        return self.signed().filter(
            Q(expires_on_last__gte=day)
            | Q(expires_on_last__isnull=True)
            & ~Q(status__in=[Agreement.Status.EXPIRED, Agreement.Status.TERMINATED]),
            signed_on_first__lte=day,
        )


class Agreement(CodedRecord):
    """A joint-building agreement (联建协议) between the branch and one or more partners."""

    class Status(models.TextChoices):
        NEGOTIATING = "negotiating", "洽谈"
        DRAFTING = "drafting", "起草"
        SIGNED = "signed", "已签署"
        IN_FORCE = "in_force", "执行中"
        EXPIRED = "expired", "到期"
        RENEWED = "renewed", "续签"
        TERMINATED = "terminated", "终止"

    SIGNED = [Status.SIGNED, Status.IN_FORCE, Status.EXPIRED, Status.RENEWED, Status.TERMINATED]

    to_be_proven = Q(status__in=SIGNED)

    name = LineField("名称", max_length=300)
    name_pinyin = PinyinField(source="name")
    partners = models.ManyToManyField(
        Partner, verbose_name="联建单位", through="AgreementParty", related_name="agreements"
    )
    signed_on = PartialDateField("签署日期")
    expires_on = PartialDateField("到期日期")
    status = models.CharField("状态", max_length=12, choices=Status.choices)
    content = ProseField("内容")
    promises = ProseField("承诺事项")
    purpose = ProseField("目的")
    own_duties = ProseField("我方职责")
    partner_duties = ProseField("对方职责")
    liaison = LineField("联络人", max_length=60, blank=True)
    renews = models.ForeignKey(
        "self",
        verbose_name="续签自",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="renewals",
    )

    objects = AgreementQuerySet.as_manager()
    unlogged = CodedRecord.unlogged | {"name_pinyin"}

    class Meta(CodedRecord.Meta):
        verbose_name = verbose_name_plural = "联建协议"
        indexes = [
            models.Index(
                fields=["organisation", "-signed_on_first", "-id"], name="partnerships_agreement_by_date"
            )
        ]
        constraints = [
            *CodedRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "negotiating",
                        "drafting",
                        "signed",
                        "in_force",
                        "expired",
                        "renewed",
                        "terminated",
                    ]
                ),
                name="partnerships_agreement_known_status",
                violation_error_message="没有这种协议状态",
            ),
            *partial_date_constraints("partnerships_agreement", "signed_on", "expires_on"),
            not_before_constraint(
                "partnerships_agreement", "signed_on", "expires_on", "到期日期早于签署日期"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def term_in_months(self) -> int:
        """For how long it was made. Wants both dates."""
        start, after = self.signed_on.first, self.expires_on.last + dt.timedelta(days=1)
        return max((after.year - start.year) * 12 + after.month - start.month, 1)

    def related_values(self):
        """Parties and commitments belong to the agreement."""
        return {
            "联建单位": "；".join(party.partner.name for party in self.parties.select_related("partner")),
            "承诺": "；".join(str(commitment) for commitment in self.commitments.all()),
        }


class AgreementParty(models.Model):
    """A partner's place in an agreement, in order."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "协议方"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "partner"], name="partnerships_agreementparty_once")
        ]

    def __str__(self):
        return str(self.partner_id)


class Commitment(models.Model):
    """One thing an agreement promises, with how many of it."""

    agreement = models.ForeignKey(
        Agreement, verbose_name="联建协议", on_delete=models.CASCADE, related_name="commitments"
    )
    name = LineField("承诺", max_length=120)
    promised = models.PositiveIntegerField("承诺数", null=True, blank=True)
    unit = LineField("单位", max_length=10, blank=True)
    delivered = models.PositiveIntegerField("兑现数", null=True, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "承诺"
        ordering = ["position", "id"]

    def __str__(self):
        promised = "" if self.promised is None else f"{self.promised}{self.unit}"
        delivered = "" if self.delivered is None else f"（兑现 {self.delivered}）"
        return f"{self.name}{promised}{delivered}"


class PlanItemQuerySet(RecordQuerySet):
    """Questions about plan rows. (Whether a row is done depends on activities: `activities.models`.)"""


class PlanItem(Record):
    """One row of the joint plan (联学联建计划表). A plan is never a result."""

    class Status(models.TextChoices):
        PLANNED = "planned", "计划"
        DONE = "done", "完成"
        CANCELLED = "cancelled", "取消"

    agreement = models.ForeignKey(
        Agreement, verbose_name="联建协议", on_delete=models.PROTECT, related_name="plan_items"
    )
    number = models.PositiveIntegerField("序号")
    planned_on = PartialDateField("计划时间")
    theme = LineField("主题", max_length=300)
    form = LineField("形式", max_length=60, blank=True)
    place = LineField("地点", max_length=120, blank=True)
    lead = LineField("牵头方", max_length=120, blank=True)
    responsible = LineField("责任人", max_length=120, blank=True)
    participants = LineField("参加人员", max_length=200, blank=True)
    expected_result = ProseField("预期成果")
    result = ProseField("完成情况")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.PLANNED)

    objects = PlanItemQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "联建计划"
        indexes = [
            models.Index(
                fields=["organisation", "planned_on_first", "id"], name="partnerships_planitem_by_date"
            )
        ]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["agreement", "number"],
                condition=Q(deleted_at__isnull=True),
                name="partnerships_planitem_one_number",
                violation_error_message="这份协议的计划里已有这个序号",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "done", "cancelled"]),
                name="partnerships_planitem_known_status",
                violation_error_message="没有这种计划状态",
            ),
            *partial_date_constraints("partnerships_planitem", "planned_on"),
        ]

    def __str__(self):
        return self.theme

"""Activities: planned and held, who took part, how many people were served and how that was counted."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from branch.models import Member
from core.dates import Window
from core.fields import LineField, PinyinField, ProseField
from core.models import CodedRecord, Kind, Record, RecordQuerySet, reportable_through
from partnerships.models import Agreement, AgreementParty, Partner, PlanItem


class TaskLine(models.TextChoices):
    """The four task lines of the programme in their official order, and ordinary branch life."""

    JOINT_BUILDING = "joint_building", "党建联建"
    EDUCATION_SERVICE = "education_service", "教育服务"
    TECHNOLOGY_EMPOWERMENT = "technology_empowerment", "科技赋能"
    PRACTICE_EDUCATION = "practice_education", "实践育人"
    BRANCH_LIFE = "branch_life", "支部建设"


class ActivityKind(Kind):
    """What an activity is; kinds of branch life have a minimum per period."""

    class Period(models.TextChoices):
        MONTH = "month", "每月"
        QUARTER = "quarter", "每季度"
        YEAR = "year", "每年"

    is_branch_life = models.BooleanField("组织生活", default=False)
    minimum = models.PositiveSmallIntegerField("最低次数", default=0)
    period = models.CharField("周期", max_length=8, choices=Period.choices, blank=True)

    class Meta(Kind.Meta):
        verbose_name = verbose_name_plural = "活动类型"


class ActivityQuerySet(RecordQuerySet):
    """Questions about activities."""

    members_may_read = True

    def held(self):
        """Really held; a plan never counts."""
        return self.filter(status=Activity.Status.HELD)

    def held_in(self, window: Window):
        """Held, and begun within the window."""
        return self.held().begun_in(window)

    def begun_in(self, window: Window):
        """Begun within the window, in any state."""
        return self.filter(starts_on__gte=window.start, starts_on__lte=window.end)

    def on_line(self, line: str):
        """Serving the task line; an activity may serve several."""
        return self.filter(**{TaskLine(line).value: True})

    def with_service(self):
        """Annotate `serves_people` (it records people served: outreach), `is_measured_count` (they were counted, not
        estimated; no method counts as estimated) and `is_joint` (with a partner that counts, named directly or
        through an agreement that counts)."""
        # Joined rather than `partner__in=…`: SQLite would search that list anew for each activity.
        named = ActivityPartner.objects.filter(reportable_through("partner"), activity=OuterRef("pk"))
        party = AgreementParty.objects.filter(
            reportable_through("partner"), reportable_through("agreement"), agreement=OuterRef("agreement")
        )
        return self.annotate(
            serves_people=_whether(Q(person_times__gt=0) | Q(persons__gt=0)),
            is_measured_count=_whether(Q(count_method__in=Activity.MEASURED)),
            is_joint=_whether(Exists(named) | Exists(party)),
        )


def _whether(condition):
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=models.BooleanField())


class Activity(CodedRecord):
    """One activity. Its counts are columns: 人次 (person-times) and 人数 (distinct persons) are two figures."""

    class Status(models.TextChoices):
        PLANNED = "planned", "计划"
        HELD = "held", "已举办"
        CANCELLED = "cancelled", "取消"

    class CountMethod(models.TextChoices):
        SIGN_IN = "sign_in", "签到"
        ROSTER = "roster", "名单"
        HOST_PROOF = "host_proof", "主办方证明"
        ESTIMATE = "estimate", "估计"

    MEASURED = [CountMethod.SIGN_IN, CountMethod.ROSTER, CountMethod.HOST_PROOF]

    to_be_proven = Q(status=Status.HELD)
    proof_sort = "kind_id"
    proof_state = "count_method"  # people counted are proven by what they were counted by
    is_photographed = True

    kind = models.ForeignKey(
        ActivityKind, verbose_name="类型", on_delete=models.PROTECT, related_name="activities"
    )
    joint_building = models.BooleanField("党建联建", default=False)
    education_service = models.BooleanField("教育服务", default=False)
    technology_empowerment = models.BooleanField("科技赋能", default=False)
    practice_education = models.BooleanField("实践育人", default=False)
    branch_life = models.BooleanField("支部建设", default=False)
    theme = LineField("主题", max_length=300)
    theme_pinyin = PinyinField(source="theme")
    starts_on = models.DateField("开始日期")
    starts_at = models.TimeField("开始时刻", null=True, blank=True)
    ends_on = models.DateField("结束日期", null=True, blank=True)
    ends_at = models.TimeField("结束时刻", null=True, blank=True)
    place = LineField("地点", max_length=120, blank=True)
    partners = models.ManyToManyField(
        Partner, verbose_name="联建单位", through="ActivityPartner", related_name="activities"
    )
    agreement = models.ForeignKey(
        Agreement,
        verbose_name="协议",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
    )
    plan_item = models.ForeignKey(
        PlanItem,
        verbose_name="计划",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
    )
    person_times = models.PositiveIntegerField("服务人次", null=True, blank=True)
    persons = models.PositiveIntegerField("服务人数", null=True, blank=True)
    count_method = models.CharField("计数方式", max_length=12, choices=CountMethod.choices, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.PLANNED)
    summary = ProseField("摘要")
    # The record of a meeting (会议记录); 应到 and 实到 may differ from the names known.
    expected = models.PositiveIntegerField("应到", null=True, blank=True)
    present = models.PositiveIntegerField("实到", null=True, blank=True)
    voters_expected = models.PositiveIntegerField("有表决权应到", null=True, blank=True)
    voters_present = models.PositiveIntegerField("有表决权实到", null=True, blank=True)
    agenda = ProseField("议题")
    speeches = ProseField("发言")
    resolution = ProseField("决议")
    votes_for = models.PositiveIntegerField("赞成", null=True, blank=True)
    votes_against = models.PositiveIntegerField("反对", null=True, blank=True)
    votes_abstaining = models.PositiveIntegerField("弃权", null=True, blank=True)

    objects = ActivityQuerySet.as_manager()
    unlogged = CodedRecord.unlogged | {"theme_pinyin"}

    class Meta(CodedRecord.Meta):
        verbose_name = verbose_name_plural = "活动"
        indexes = [
            models.Index(fields=["organisation", "-starts_on", "-id"], name="activities_activity_by_date"),
        ]
        constraints = [
            *CodedRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(joint_building=True)
                | Q(education_service=True)
                | Q(technology_empowerment=True)
                | Q(practice_education=True)
                | Q(branch_life=True),
                name="activities_activity_has_line",
                violation_error_message="请至少选一条任务线",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "held", "cancelled"]),
                name="activities_activity_known_status",
                violation_error_message="没有这种活动状态",
            ),
            models.CheckConstraint(
                condition=Q(count_method__in=["", "sign_in", "roster", "host_proof", "estimate"]),
                name="activities_activity_known_method",
                violation_error_message="没有这种计数方式",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(ends_on__gt=F("starts_on"))
                | Q(ends_on=F("starts_on"))
                & (Q(ends_at__isnull=True) | Q(starts_at__isnull=True) | Q(ends_at__gte=F("starts_at"))),
                name="activities_activity_ends_after_start",
                violation_error_message="结束时间早于开始时间",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_on__isnull=False),
                name="activities_activity_end_has_day",
                violation_error_message="结束时刻要有结束日期",
            ),
            models.CheckConstraint(
                condition=Q(plan_item__isnull=True) | Q(agreement__isnull=False),
                name="activities_activity_plan_has_agreement",
                violation_error_message="填写计划序号时要有协议编号",
            ),
        ]

    def __str__(self):
        return self.theme

    @property
    def lines(self) -> list[TaskLine]:
        """The task lines it serves, in official order."""
        return [line for line in TaskLine if getattr(self, line.value)]

    @lines.setter
    def lines(self, chosen):
        chosen = {TaskLine(line) for line in chosen}
        for line in TaskLine:
            setattr(self, line.value, line in chosen)

    @property
    def is_measured(self) -> bool:
        """Whether its people were counted rather than estimated; no method counts as estimated."""
        return self.count_method in self.MEASURED

    def related_values(self):
        """Partners and people belong to the activity."""
        people: dict[str, list[str]] = {}
        for participation in self.participations.select_related("member"):
            people.setdefault(participation.get_role_display(), []).append(str(participation))
        return {
            "联建单位": "；".join(link.partner.name for link in self.partner_links.select_related("partner")),
            **{role: "；".join(names) for role, names in people.items()},
        }


class ActivityPartner(models.Model):
    """A partner's place in an activity, in order."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="partner_links")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "活动联建单位"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "partner"], name="activities_activitypartner_once")
        ]

    def __str__(self):
        return str(self.partner_id)


class Participation(models.Model):
    """A person's part in an activity: a member, or for some roles anybody by name."""

    class Role(models.TextChoices):
        HOST = "host", "主持人"
        RECORDER = "recorder", "记录人"
        SPEAKER = "speaker", "主讲人"
        PRESENT = "present", "参加党员"
        ON_LEAVE = "on_leave", "请假党员"
        ABSENT = "absent", "缺席党员"
        OBSERVER = "observer", "列席"

    MEMBERS_ONLY = [Role.PRESENT, Role.ON_LEAVE, Role.ABSENT]

    activity = models.ForeignKey(
        Activity, verbose_name="活动", on_delete=models.CASCADE, related_name="participations"
    )
    role = models.CharField("身份", max_length=10, choices=Role.choices)
    member = models.ForeignKey(
        Member,
        verbose_name="党员",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
    )
    name = LineField("姓名", max_length=120)
    remark = LineField("说明", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "参加情况"
        ordering = ["role", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    role__in=["host", "recorder", "speaker", "present", "on_leave", "absent", "observer"]
                ),
                name="activities_participation_known_role",
                violation_error_message="没有这种身份",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["present", "on_leave", "absent"]) | Q(member__isnull=False),
                name="activities_participation_members_only",
                violation_error_message="参加、请假、缺席只能是本支部党员",
            ),
            models.UniqueConstraint(
                fields=["activity", "role", "member"],
                name="activities_participation_once",
                violation_error_message="同一名党员在同一栏里出现了两次",
            ),
        ]

    def __str__(self):
        return f"{self.name}（{self.remark}）" if self.remark else self.name


class FeedbackQuerySet(RecordQuerySet):
    """Questions about feedback."""

    members_may_read = True

    def quotable(self):
        """With consent to be quoted."""
        return self.filter(may_quote=True)


class Feedback(Record):
    """What somebody said about an activity; quoted only with consent."""

    activity = models.ForeignKey(
        Activity, verbose_name="活动", on_delete=models.PROTECT, related_name="feedback"
    )
    identity = LineField("身份", max_length=60, blank=True)
    content = ProseField("内容", blank=False)
    content_key = models.CharField("内容比对键", max_length=64, editable=False, blank=True)
    may_quote = models.BooleanField("同意引用", default=False)
    received_on = models.DateField("反馈日期", null=True, blank=True)

    objects = FeedbackQuerySet.as_manager()
    unlogged = Record.unlogged | {"content_key"}

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "反馈"
        indexes = [models.Index(fields=["organisation", "-id"], name="activities_feedback_by_entry")]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["activity", "content_key"],
                condition=Q(deleted_at__isnull=True),
                name="activities_feedback_once",
                violation_error_message="这条反馈已经录过了",
            ),
        ]

    def __str__(self):
        return self.content[:60]

    def clean(self):
        """The digest stands for identity and content in the constraint: an index cannot hold long texts."""
        self.content_key = hashlib.sha256(f"{self.identity}\0{self.content}".encode()).hexdigest()


def plan_items_done(plan_items, as_of: dt.date):
    """The plan rows that are done: marked 完成, or linked to an activity held and begun by the as-of date,
    even before the window, even under 取消."""
    held = Activity.objects.reportable().held().filter(plan_item=OuterRef("pk"), starts_on__lte=as_of)
    return plan_items.filter(Q(status=PlanItem.Status.DONE) | Exists(held))

"""Members with dated membership, the posts they hold, and the programme."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, CharField, F, Q, Value, When

from core.dates import Window
from core.fields import LineField, PartialDateField, not_before_constraint, partial_date_constraints
from core.models import Record, RecordQuerySet, User
from core.permissions import scope_of
from core.text import match_key, pinyin


class MemberQuerySet(RecordQuerySet):
    """Questions about members. Membership runs from 转入, else 入党, else always, up to but not including 转出."""

    def own(self, user):
        """The member this account belongs to."""
        return Q(user_id=user.pk)

    def of_account(self, user):
        """The user's own memberships, in branches where the user has a role today."""
        return self.live().filter(self.own(user), organisation_id__in=scope_of(user).belong)

    def named_to(self, user):
        """Members whose names the user may see: those of the user's own branches too."""
        return self.live().filter(organisation_id__in=user.scope.read | user.scope.belong)

    def joined_by(self, day: dt.date):
        """Members whose membership has begun on the day (a partial date begins on its first possible day)."""
        return self.filter(
            Q(transferred_in_first__lte=day)
            | Q(transferred_in_first__isnull=True)
            & (Q(joined_party_first__lte=day) | Q(joined_party_first__isnull=True))
        )

    def not_left_by(self, day: dt.date):
        """Members who have not left before or on the day (a partial date ends on its last possible day)."""
        return self.filter(Q(transferred_out_last__gt=day) | Q(transferred_out_last__isnull=True))

    def on(self, day: dt.date):
        """Members of the branch on the day."""
        return self.joined_by(day).not_left_by(day)

    def during(self, window: Window):
        """Members on some day of the window."""
        return self.joined_by(window.end).not_left_by(window.start).exclude(_left_before_joining())

    def with_standing_on(self, day: dt.date):
        """Annotate `standing`: full or probationary on the day. 转正日期 decides where given, else 人员类别."""
        full, probationary = Member.Category.FULL, Member.Category.PROBATIONARY
        return self.annotate(
            standing=Case(
                When(full_member_since_first__lte=day, then=Value(full.value)),
                When(full_member_since_first__isnull=False, then=Value(probationary.value)),
                default=F("category"),
                output_field=CharField(),
            )
        )


def _left_before_joining() -> Q:
    """Members on no day at all: transferred out on the very day they came (a move on one day counts once)."""
    return Q(transferred_out_last__lte=F("transferred_in_first")) | Q(
        transferred_in_first__isnull=True, transferred_out_last__lte=F("joined_party_first")
    )


class Member(Record):
    """A Party member of a branch. Identified by the staff number (工号); never by an ID-card number."""

    class Category(models.TextChoices):
        FULL = "full", "正式党员"
        PROBATIONARY = "probationary", "预备党员"

    class Gender(models.TextChoices):
        MALE = "male", "男"
        FEMALE = "female", "女"

    staff_number = LineField("工号", max_length=30)
    name = LineField("姓名", max_length=60)
    name_key = models.CharField("姓名比对键", max_length=120, editable=False, blank=True, db_index=True)
    name_pinyin = LineField("拼音", max_length=200, blank=True)
    gender = models.CharField("性别", max_length=6, choices=Gender.choices, blank=True)
    ethnicity = LineField("民族", max_length=20, blank=True)
    born = PartialDateField("出生年月")
    category = models.CharField("人员类别", max_length=12, choices=Category.choices)
    joined_party = PartialDateField("入党日期")
    full_member_since = PartialDateField("转正日期")
    education = LineField("学历", max_length=40, blank=True)
    degree = LineField("学位", max_length=40, blank=True)
    academic_title = LineField("职称", max_length=40, blank=True)
    duty = LineField("职务", max_length=60, blank=True)
    group = LineField("党小组", max_length=40, blank=True)
    phone = LineField("电话", max_length=40, blank=True)
    email = LineField("邮箱", max_length=120, blank=True)
    transferred_in = PartialDateField("转入日期")
    transferred_out = PartialDateField("转出日期")
    user = models.ForeignKey(
        User,
        verbose_name="账号",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
    )

    objects = MemberQuerySet.as_manager()
    unlogged = Record.unlogged | {"name_key"}
    masked = frozenset({"phone"})

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "党员"
        indexes = [models.Index(fields=["organisation", "name_pinyin", "id"], name="branch_member_by_pinyin")]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "staff_number"],
                condition=Q(deleted_at__isnull=True),
                name="branch_member_one_staff_number",
                violation_error_message="支部里已有这个工号的党员",
            ),
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=Q(deleted_at__isnull=True),
                name="branch_member_one_account",
                violation_error_message="这个账号已经对应支部里的另一名党员",
            ),
            models.CheckConstraint(
                condition=Q(category__in=["full", "probationary"]),
                name="branch_member_known_category",
                violation_error_message="人员类别只能是正式党员或预备党员",
            ),
            models.CheckConstraint(
                condition=Q(gender__in=["", "male", "female"]),
                name="branch_member_known_gender",
                violation_error_message="性别只能是男或女",
            ),
            *partial_date_constraints(
                "branch_member",
                "born",
                "joined_party",
                "full_member_since",
                "transferred_in",
                "transferred_out",
            ),
            not_before_constraint(
                "branch_member", "transferred_in", "transferred_out", "转出日期早于转入日期"
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Derive what is derived from the name."""
        self.name_key = match_key(self.name or "")
        self.name_pinyin = self.name_pinyin or pinyin(self.name or "")

    def related_values(self):
        """Posts belong to the member."""
        return {"党内职务": "；".join(str(post) for post in self.posts.all())}


class PostQuerySet(models.QuerySet):
    """Questions about posts."""

    def held_in(self, organisation):
        """Posts in the branch that have no end yet."""
        live = Member.objects.live().of([organisation])
        return self.filter(member__in=live, ends_on_first__isnull=True).select_related("member")


class Post(models.Model):
    """A Party post (党内职务) with its dates: not a role in the system."""

    member = models.ForeignKey(Member, verbose_name="党员", on_delete=models.CASCADE, related_name="posts")
    name = LineField("党内职务", max_length=40)
    starts_on = PartialDateField("任职日期")
    ends_on = PartialDateField("免职日期")
    position = models.PositiveSmallIntegerField("顺序", default=1)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党内职务"
        ordering = ["position", "id"]
        constraints = [
            *partial_date_constraints("branch_post", "starts_on", "ends_on"),
            not_before_constraint("branch_post", "starts_on", "ends_on", "免职日期早于任职日期"),
        ]

    def clean(self):
        """As the constraint says, but beside the date."""
        if self.starts_on and self.ends_on and self.ends_on.certainly_before(self.starts_on):
            raise ValidationError({"ends_on": "免职日期早于任职日期"})

    def __str__(self):
        if not (self.starts_on or self.ends_on):
            return self.name
        return f"{self.name}（{self.starts_on or ''}—{self.ends_on or ''}）"


class Programme(Record):
    """The branch's place in the “强国行” programme: a cycle of three years, at a national or provincial level."""

    class Level(models.TextChoices):
        NATIONAL = "national", "国家级"
        PROVINCIAL = "provincial", "省级"

    name = LineField("项目名称", max_length=120)
    level = models.CharField("级别", max_length=12, choices=Level.choices)
    document_number = LineField("立项文号", max_length=80, blank=True)
    starts_on = models.DateField("周期开始")
    ends_on = models.DateField("周期结束")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "强国行项目"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="branch_programme_ends_after_start",
                violation_error_message="周期结束早于周期开始",
            ),
            models.CheckConstraint(
                condition=Q(level__in=["national", "provincial"]),
                name="branch_programme_known_level",
                violation_error_message="级别只能是国家级或省级",
            ),
        ]

    def __str__(self):
        return self.name

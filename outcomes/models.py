"""Outcomes: one table for every kind, with the people who made them in order."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Q, Value, When

from activities.models import TaskLine
from branch.models import Member
from core.fields import LineField, PartialDateField, PinyinField, ProseField, partial_date_constraints
from core.models import CodedRecord, Kind, RecordQuerySet, User
from core.permissions import scope_of
from outcomes.fields import DETAILS
from outcomes.kinds import SUBTYPES
from outcomes.rules import check_patent_number, is_same_doi, is_same_number


class Level(models.TextChoices):
    """The level of a result, highest first."""

    INTERNATIONAL = "international", "国际"
    NATIONAL = "national", "国家级"
    PROVINCIAL = "provincial", "省部级"
    MUNICIPAL = "municipal", "市厅级"
    UNIVERSITY = "university", "校级"
    COLLEGE = "college", "院级"


class OutcomeKind(Kind):
    """What an outcome is; which list of states it has; how it is counted and where it is told."""

    class States(models.TextChoices):
        NONE = "", "无"
        PAPER = "paper", "论文：录用、已发表"
        PATENT = "patent", "专利：受理、公开、授权、失效"
        PROJECT = "project", "课题：立项、在研、结题"
        HONOUR = "honour", "荣誉：培育创建、验收通过、授予"

    unit = LineField("单位", max_length=10, default="项")
    states = models.CharField("状态表", max_length=10, choices=States.choices, blank=True, default="")
    line = models.CharField(
        "任务线", max_length=30, choices=TaskLine.choices, default=TaskLine.TECHNOLOGY_EMPOWERMENT
    )

    class Meta(Kind.Meta):
        verbose_name = verbose_name_plural = "成果类型"


class OutcomeQuerySet(RecordQuerySet):
    """Questions about outcomes."""

    def own(self, user):
        """Those of which the account's member is one of the makers, and what the account proposed."""
        mine = Contribution.objects.filter(member__user_id=user.pk)
        return Q(pk__in=mine.values("outcome_id")) | self.own_unsettled(user)

    def proposed_by(self, user):
        """What the user, as a member, proposed to the branch and the branch has not accepted yet."""
        return self.live().filter(self.own_unsettled(user))

    def own_unsettled(self, user):
        """One's own proposals, until they are accepted."""
        open_states = [Outcome.Review.PROPOSED, Outcome.Review.RETURNED]
        return Q(created_by_id=user.pk, organisation_id__in=scope_of(user).belong, review__in=open_states)

    def accepted(self):
        """Those the branch stands by: not what members propose."""
        return self.filter(review=Outcome.Review.ACCEPTED)

    def reportable(self):
        """As of every record; and what a member proposed counts nowhere until the branch has accepted it."""
        return super().reportable().accepted()

    def same_as(self, kind: str, *, doi: str, number: str) -> dict[str, Outcome]:
        """Those that seem to be one thing with an outcome of these numbers, by the field that says so: the same DOI, or
        the same number within one kind (of a patent, a certificate, a project, a book)."""
        numbered = Q(kind=kind) & ~Q(number="") if number else Q(pk__in=())
        named = ~Q(doi="") if doi else Q(pk__in=())
        found: dict[str, Outcome] = {}
        for other in self.filter(numbered | named).only("name", "kind_id", "doi", "number").order_by("pk"):
            if is_same_doi(doi, other.doi):
                found.setdefault("doi", other)
            elif other.kind_id == kind and is_same_number(number, other.number):
                found.setdefault("number", other)
        return found

    def with_standing(self):
        """Annotate `standing`, what a result has come to, whatever its date.

        counted: papers once published; patents once granted (and a lapsed one whose number begins with ZL was granted
        once); honours in any state but 培育创建; every other kind in any state. applied: patents filed or disclosed.
        cultivation: honours under 培育创建. Empty: nothing yet, or no more.
        """
        status = Outcome.Status
        zl = (
            Q(number__istartswith="ZL") | Q(number__istartswith="ＺＬ") | Q(number__startswith="ｚｌ")
        )  # as typed
        granted = Q(status=status.GRANTED) | Q(zl, status=status.LAPSED)
        pending = Q(status__in=[status.FILED, status.DISCLOSED])
        cultivating = Q(status=status.CULTIVATING)
        return self.annotate(
            standing=Case(
                When(kind__states="paper", then=_if(Q(status=status.PUBLISHED), "counted")),
                When(kind__states="patent", then=_if(granted, "counted", _if(pending, "applied"))),
                When(kind__states="honour", then=_if(cultivating, "cultivation", Value("counted"))),
                default=Value("counted"),
            )
        )

    def counted_in(self, window):
        """Those that count, with a decisive date that lies wholly in the window."""
        return self.within(window).with_standing().filter(standing="counted")


def _if(condition, standing, otherwise=None):
    return Case(
        When(condition, then=Value(standing)), default=otherwise or Value(""), output_field=models.CharField()
    )


class Outcome(CodedRecord):
    """One result. `date` is its decisive date: published, granted, awarded, approved."""

    class Status(models.TextChoices):
        ACCEPTED = "accepted", "录用"
        PUBLISHED = "published", "已发表"
        FILED = "filed", "受理"
        DISCLOSED = "disclosed", "公开"
        GRANTED = "granted", "授权"
        LAPSED = "lapsed", "失效"
        APPROVED = "approved", "立项"
        ONGOING = "ongoing", "在研"
        COMPLETED = "completed", "结题"
        CULTIVATING = "cultivating", "培育创建"
        PASSED = "passed", "验收通过"
        AWARDED = "awarded", "授予"

    # Which states belong to which list of OutcomeKind.States.
    STATES = {
        "": [],
        "paper": [Status.ACCEPTED, Status.PUBLISHED],
        "patent": [Status.FILED, Status.DISCLOSED, Status.GRANTED, Status.LAPSED],
        "project": [Status.APPROVED, Status.ONGOING, Status.COMPLETED],
        "honour": [Status.CULTIVATING, Status.PASSED, Status.AWARDED],
    }

    class Review(models.TextChoices):
        """Whether the branch stands by it. Only what a member proposes has to be accepted."""

        ACCEPTED = "accepted", "已确认"
        PROPOSED = "proposed", "待确认"
        RETURNED = "returned", "已退回"

    to_be_proven = Q()
    is_tellable = Q(in_reports=True, review=Review.ACCEPTED, date_first__isnull=False)
    proof_sort = "kind_id"
    proof_state = "status"

    kind = models.ForeignKey(
        OutcomeKind, verbose_name="类型", on_delete=models.PROTECT, related_name="outcomes"
    )
    subtype = models.CharField(
        "子类型",
        max_length=20,
        choices=[(code, name) for code, (_, name) in SUBTYPES.items()],
        blank=True,
        default="",
    )
    name = LineField("名称", max_length=300)
    name_pinyin = PinyinField(source="name")
    level = models.CharField("级别", max_length=14, choices=Level.choices, blank=True, default="")
    level_basis = LineField("级别依据", max_length=200, blank=True)
    date = PartialDateField("日期")
    status = models.CharField("状态", max_length=12, choices=Status.choices, blank=True, default="")
    venue = LineField("发表刊物或授予单位", max_length=300, blank=True)
    number = LineField("号码", max_length=120, blank=True)
    doi = LineField("DOI", max_length=200, blank=True)
    indexing = LineField("收录", max_length=120, blank=True)
    grade = LineField("等次", max_length=60, blank=True)
    role = LineField("角色", max_length=60, blank=True)
    contract_amount = models.DecimalField("合同金额", max_digits=14, decimal_places=2, null=True, blank=True)
    received_amount = models.DecimalField("到账金额", max_digits=14, decimal_places=2, null=True, blank=True)
    note = ProseField("备注")
    details = models.JSONField("专有信息", default=dict, blank=True)
    review = models.CharField("确认", max_length=10, choices=Review.choices, default=Review.ACCEPTED)
    return_reason = LineField("退回原因", max_length=200, blank=True)
    reviewed_by = models.ForeignKey(
        User, verbose_name="确认人", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField("确认时间", null=True, blank=True)

    # details: see related_values
    unlogged = CodedRecord.unlogged | {"name_pinyin", "details", "reviewed_by", "reviewed_at"}
    objects = OutcomeQuerySet.as_manager()

    class Meta(CodedRecord.Meta):
        verbose_name = verbose_name_plural = "成果"
        indexes = [
            models.Index(fields=["organisation", "-date_first", "-id"], name="outcomes_outcome_by_date"),
            models.Index(fields=["organisation", "kind"], name="outcomes_outcome_by_kind"),
        ]
        constraints = [
            *CodedRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    level__in=[
                        "",
                        "international",
                        "national",
                        "provincial",
                        "municipal",
                        "university",
                        "college",
                    ]
                ),
                name="outcomes_outcome_known_level",
                violation_error_message="没有这种级别",
            ),
            models.CheckConstraint(
                condition=Q(kind="patent", subtype__in=["invention", "utility_model", "design"])
                | Q(kind="book", subtype__in=["textbook", "monograph"])
                | ~Q(kind__in=["patent", "book"]) & Q(subtype=""),
                name="outcomes_outcome_subtype_of_kind",
                violation_error_message="子类型与类型不符",
            ),
            models.CheckConstraint(
                condition=(Q(contract_amount__isnull=True) | Q(contract_amount__gte=0))
                & (Q(received_amount__isnull=True) | Q(received_amount__gte=0)),
                name="outcomes_outcome_amounts_not_negative",
                violation_error_message="金额不能是负数",
            ),
            models.CheckConstraint(
                condition=Q(review__in=["accepted", "proposed", "returned"]),
                name="outcomes_outcome_known_review",
                violation_error_message="没有这种确认状态",
            ),
            *partial_date_constraints("outcomes_outcome", "date"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_accepted(self) -> bool:
        """Whether the branch stands by it, so that it may count."""
        return self.review == self.Review.ACCEPTED

    @property
    def kind_name(self) -> str:
        """The word people use: 发明专利 rather than 专利."""
        return self.get_subtype_display() if self.subtype else self.kind.name

    def clean(self):
        """States and patent numbers agree with the kind."""
        allowed = self.STATES[self.kind.states]
        if self.status and self.status not in allowed:
            words = "、".join(state.label for state in allowed) or "空"
            raise ValidationError(
                {"status": f"{self.kind_name}的状态只能是{words}，不能是“{self.get_status_display()}”"}
            )
        if self.kind_id == "patent":
            check_patent_number(self.number, self.subtype)

    def related_values(self):
        """The makers belong to the outcome; each of its details is told under its own name."""
        makers = "、".join(str(contribution) for contribution in self.contributions.all())
        return {"完成人": makers, **told_details(self.kind_id, self.details)}


def told_details(kind: str, details: dict) -> dict[str, str]:
    """What only some kinds have, as the history tells it. A name that the kind does not know may be any other's."""
    own = DETAILS.get(kind, ())
    return {name if name in own else f"专有信息.{name}": str(value) for name, value in details.items()}


class Contribution(models.Model):
    """A person's part in an outcome, in order: each member's credit is separate, the outcome counts once."""

    class Role(models.TextChoices):
        LEADER = "leader", "主持"
        PARTICIPANT = "participant", "参与"
        HEAD = "head", "牵头"
        CORRESPONDING = "corresponding", "通讯"
        CHIEF_EDITOR = "chief_editor", "主编"
        DEPUTY_EDITOR = "deputy_editor", "副主编"
        CONTRIBUTING_EDITOR = "contributing_editor", "参编"
        ADVISER = "adviser", "指导"

    outcome = models.ForeignKey(
        Outcome, verbose_name="成果", on_delete=models.CASCADE, related_name="contributions"
    )
    position = models.PositiveSmallIntegerField("顺序")
    member = models.ForeignKey(
        Member,
        verbose_name="党员",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
    )
    name = LineField("姓名", max_length=120)
    role = models.CharField("角色", max_length=20, choices=Role.choices, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "完成人"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["outcome", "position"], name="outcomes_contribution_one_place"),
            models.CheckConstraint(
                condition=Q(
                    role__in=[
                        "",
                        "leader",
                        "participant",
                        "head",
                        "corresponding",
                        "chief_editor",
                        "deputy_editor",
                        "contributing_editor",
                        "adviser",
                    ]
                ),
                name="outcomes_contribution_known_role",
                violation_error_message="没有这种角色",
            ),
        ]

    def __str__(self):
        return f"{self.name}({self.get_role_display()})" if self.role else self.name

"""Accounts, the organisation tree, and who may do what where since when."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from core.dates import today
from core.fields import LineField
from core.permissions import NOBODY, Scope, scope_of

code_validator = RegexValidator(r"^[a-z0-9][a-z0-9-]{0,49}\Z", "代码只能用小写字母、数字和连字符")


class User(AbstractUser):
    """An account. A person without one is still a member; an account without appointments sees nothing."""

    first_name = None
    last_name = None
    name = LineField("姓名", max_length=60)
    saved_views = models.JSONField("保存的视图", default=dict, blank=True, editable=False)  # core.saved_views

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def __str__(self):
        return self.name or self.username

    def get_full_name(self) -> str:
        """The person's name, as Django asks for it."""
        return str(self)

    get_short_name = get_full_name

    @cached_property
    def unread(self) -> int:
        """How many notices wait. The account of a request brings it along (core.backends)."""
        return self.notices.unread().count()

    @cached_property
    def roles(self) -> list[Appointment]:
        """The roles held today, with their places. Like `places` and `scope` resolved once per request, as a request
        loads its user anew."""
        return list(self.appointments.current().select_related("organisation"))

    @cached_property
    def places(self) -> list[Organisation]:
        """Every place the roles reach, in the order of the tree. A query only for roles over a subtree: any other role
        brings its place along."""
        reached = {held.organisation_id: held.organisation for held in self.roles}
        below = Q()
        for held in self.roles:
            if held.is_over_subtree:
                below |= Q(path__startswith=held.organisation.path)
        if below:
            reached |= {place.pk: place for place in Organisation.objects.filter(below)}
        return sorted(reached.values(), key=lambda place: place.path)

    @cached_property
    def scope(self) -> Scope:
        """What this account may see and edit today."""
        if not self.is_active:
            return NOBODY
        read, edit, administer, command, belong = set(), set(), set(), set(), set()
        roots: dict[str, bool] = {}
        for held in self.roles:
            place, role = held.organisation_id, held.role
            if held.is_over_subtree:
                path = held.organisation.path
                roots[path] = roots.get(path, False) or role == Appointment.Role.ADMIN
            elif role == Appointment.Role.MEMBER:
                belong.add(place)
            else:
                edit.add(place)
            if role == Appointment.Role.SECRETARY:
                administer.add(place)
        for place in self.places if roots else ():
            above = [is_admin for root, is_admin in roots.items() if place.path.startswith(root)]
            if above:
                read.add(place.pk)
            if any(above):
                command.add(place.pk)
        return Scope(
            self.pk,
            read=frozenset(read | edit | command),
            edit=frozenset(edit | command),
            administer=frozenset(administer | command),
            command=frozenset(command),
            belong=frozenset(belong),
            administers_root=any(
                is_admin and len(path) == Organisation.steplen for path, is_admin in roots.items()
            ),
        )


class OrganisationQuerySet(MP_NodeQuerySet):
    """Questions about places in the tree."""

    def branches(self):
        """Party branches: the places that keep records."""
        return self.filter(kind=Organisation.Kind.BRANCH)

    def visible_to(self, user):
        """Places the user reads, or belongs to as a member."""
        return self.filter(pk__in=scope_of(user).read | scope_of(user).belong)

    def editable_by(self, user):
        """Places whose records the user may edit."""
        return self.filter(pk__in=scope_of(user).edit)

    def administered_by(self, user):
        """Places whose accounts and settings the user looks after."""
        return self.filter(pk__in=scope_of(user).administer)


class OrganisationManager(MP_NodeManager.from_queryset(OrganisationQuerySet)):
    """Treebeard's manager, answering our questions."""

    def get_queryset(self):
        """Treebeard would answer with its own QuerySet class."""
        return OrganisationQuerySet(self.model, using=self._db).order_by("path")


class Organisation(MP_Node):
    """A place in the tree: university committee → college committee or general branch → branch."""

    class Kind(models.TextChoices):
        UNIVERSITY_COMMITTEE = "university_committee", "学校党委"
        COLLEGE_COMMITTEE = "college_committee", "学院党委"
        GENERAL_BRANCH = "general_branch", "党总支"
        BRANCH = "branch", "党支部"

    node_order_by = None

    code = models.CharField("代码", max_length=50, unique=True, validators=[code_validator])
    name = LineField("全称", max_length=100)
    short_name = LineField("简称", max_length=40, blank=True)
    kind = models.CharField("类型", max_length=24, choices=Kind.choices)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = OrganisationManager()

    class Meta:
        verbose_name = verbose_name_plural = "组织"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["university_committee", "college_committee", "general_branch", "branch"]
                ),
                name="core_organisation_known_kind",
                violation_error_message="没有这种组织类型",
            ),
        ]

    def __str__(self):
        return self.short_name or self.name

    @property
    def is_branch(self) -> bool:
        """Whether this place keeps records of its own."""
        return self.kind == self.Kind.BRANCH


class AppointmentQuerySet(models.QuerySet):
    """Questions about roles."""

    def current(self, day: dt.date | None = None):
        """Roles held on the day (today if none is given); both ends are inclusive."""
        day = day or today()
        return self.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=day)).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        )


class Appointment(models.Model):
    """A role in the system, at one place, with its dates. A Party post is another thing (branch.Post)."""

    class Role(models.TextChoices):
        SECRETARY = "secretary", "支部书记"
        COMMITTEE_MEMBER = "committee_member", "支部委员"
        MEMBER = "member", "党员"
        ADMIN = "admin", "党委管理员"
        AUDITOR = "auditor", "查阅人"

    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.CASCADE, related_name="appointments")
    organisation = models.ForeignKey(
        Organisation, verbose_name="组织", on_delete=models.PROTECT, related_name="appointments"
    )
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    starts_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("结束日期", null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "角色"
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["secretary", "committee_member", "member", "admin", "auditor"]),
                name="core_appointment_known_role",
                violation_error_message="没有这种角色",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="core_appointment_ends_after_start",
                violation_error_message="结束日期早于开始日期",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ends_on__isnull=True),
                name="core_appointment_one_open",
                violation_error_message="这个账号在这里已有同样的角色",
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"

    @property
    def is_over_subtree(self) -> bool:
        """Whether the role reaches all places under its own as well."""
        return self.role in (self.Role.ADMIN, self.Role.AUDITOR)

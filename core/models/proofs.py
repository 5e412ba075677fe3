"""What a record must be proven by: rules of the installation, which a school edits."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from core.models.files import Attachment

WORDS = {**dict(Attachment.Kind.choices), "": "佐证"}  # as pages say what is missing; "": any file
MOST = 20  # pieces of one kind that a rule may ask for


class ProofRule(models.Model):
    """What one kind of record is asked for, in every case or in some; core/checklists.py says what follows from it."""

    class Demand(models.TextChoices):
        REQUIRED = "required", "必备"
        WISHED = "wished", "建议"
        NONE = "none", "不要求"

    ANY = ""  # any file at all: for records of which nothing more definite is required

    record = models.CharField("记录", max_length=60)  # a Record, as history names it: activities.activity
    sort = models.CharField("类型", max_length=40, blank=True)  # "": every kind of activity …
    state = models.CharField("情形", max_length=20, blank=True)  # "": whatever its state
    kind = models.CharField(
        "佐证", max_length=20, choices=[(ANY, "任意一种"), *Attachment.Kind.choices], blank=True
    )
    demand = models.CharField("要求", max_length=10, choices=Demand.choices, default=Demand.REQUIRED)
    minimum = models.PositiveSmallIntegerField("至少几件", default=1)
    is_builtin = models.BooleanField("内置", default=False, editable=False)
    position = models.PositiveSmallIntegerField("顺序", default=1000, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "佐证要求"
        ordering = ["record", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "sort", "state", "kind"],
                name="core_proofrule_once",
                violation_error_message="这种情况对这种佐证已有要求，请直接修改那一条",
            ),
            models.CheckConstraint(
                condition=models.Q(demand__in=["required", "wished", "none"]),
                name="core_proofrule_known_demand",
                violation_error_message="没有这种要求",
            ),
            models.CheckConstraint(
                condition=models.Q(minimum__gte=1, minimum__lte=MOST),
                name="core_proofrule_plausible_minimum",
                violation_error_message=f"件数要在 1—{MOST} 之间",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def weight(self) -> int:
        """How definite it is: of two rules about the same kind of evidence the more definite one decides."""
        return 2 * bool(self.sort) + bool(self.state)


def pieces(kind: str, number: int) -> str:
    """Evidence in words, with its number where there is more than one: 签到表, 照片 3 张."""
    unit = "张" if kind == Attachment.Kind.PHOTO else "件"
    return WORDS[kind] + (f" {number} {unit}" if number > 1 else "")


@dataclass(frozen=True)
class Lack:
    """Evidence that is missing. kind: an Attachment.Kind, "" for any file; number: how many pieces."""

    kind: str
    number: int

    def __str__(self):
        return pieces(self.kind, self.number)


class Lacks(tuple):
    """All that is missing of a record, in the order of the rules; false where nothing is."""

    @classmethod
    def read(cls, text: str | None) -> Lacks:
        """From the annotation `lacking`: "notice:1 photo:2 "."""
        pairs = (pair.rpartition(":") for pair in (text or "").split(" ") if pair)
        return cls(Lack(kind, int(number)) for kind, _, number in pairs)

    @property
    def number(self) -> int:
        """How many pieces are missing."""
        return sum(lack.number for lack in self)

    @property
    def names(self) -> str:
        """What is missing: 签到表、通知."""
        return "、".join(map(str, self))

    def __str__(self):
        return f"缺 {self.number} 件：{self.names}" if self else ""

"""What the workbench keeps of its own: the addresses under which calendars are subscribed to, and what members say of
their year."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from branch.models import Member
from core.fields import ProseField, new_key
from core.models import Organisation, User
from core.permissions import scope_of

# The address holds the key and our signature of it: a copy of the database alone opens no calendar, and a made-up
# address is refused without asking the database. The full stop is in neither part.
_SIGNER = {"salt": "workbench.calendar", "sep": "."}


class CalendarFeedQuerySet(models.QuerySet):
    """Questions about calendar feeds."""

    def of_token(self, token: str) -> CalendarFeed | None:
        """The feed an address is for; None if it was renewed, switched off or never made."""
        try:
            key = Signer(**_SIGNER).unsign(token)
        except BadSignature:
            return None
        return self.filter(key=key).select_related("user").first()


class CalendarFeed(models.Model):
    """The secret address of one account's calendar. Whoever has it reads dates and titles without logging in; what
    it shows follows from the roles the account holds when it is read."""

    user = models.OneToOneField(
        User, verbose_name="账号", on_delete=models.CASCADE, related_name="calendar_feed"
    )
    key = models.CharField("地址密钥", max_length=32, unique=True, default=new_key, editable=False)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    read_on = models.DateField("最近读取", null=True, blank=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"

    def __str__(self):
        return f"{self.user}的日历订阅"

    @property
    def token(self) -> str:
        """What `of_token` knows the feed by."""
        return Signer(**_SIGNER).sign(self.key)

    @property
    def url(self) -> str:
        """The whole address, to be pasted into a calendar program."""
        return f"{settings.PUBLIC_URL}{reverse('workbench:calendar_ics', args=[self.token])}"


# ---------------------------------------------------------------- the yearly confirmation
class YearAnswerQuerySet(models.QuerySet):
    """Questions about answers."""

    def of(self, organisations):
        """Of these organisations: ids or instances."""
        return self.filter(organisation__in=organisations)

    def visible_to(self, user):
        """Those in places the user reads."""
        return self.filter(organisation_id__in=scope_of(user).read)

    def editable_by(self, user):
        """Those the user may settle."""
        return self.filter(organisation_id__in=scope_of(user).edit)

    def to_mend(self):
        """Something is missing, and the branch has not said that it is seen to."""
        missing = YearAnswer.Answer.MISSING
        return self.filter(answer=missing, settled_at__isnull=True, member__deleted_at__isnull=True)


class YearAnswer(models.Model):
    """What a member says of the year: whether the ledger holds all of it. One a member and year, the last word counts;
    the words before stand in the history."""

    class Answer(models.TextChoices):
        NOTHING_MISSING = "nothing_missing", "没有遗漏"
        MISSING = "missing", "有遗漏"
        NOTHING_TO_REPORT = "nothing_to_report", "本年没有"

    organisation = models.ForeignKey(
        Organisation, verbose_name="支部", on_delete=models.PROTECT, related_name="+", editable=False
    )
    member = models.ForeignKey(
        Member, verbose_name="党员", on_delete=models.PROTECT, related_name="year_answers", editable=False
    )
    year = models.PositiveSmallIntegerField("年度")
    answer = models.CharField("答复", max_length=20, choices=Answer.choices)
    note = ProseField("少了什么")
    answered_at = models.DateTimeField("答复时间")
    answered_by = models.ForeignKey(
        User, verbose_name="登记人", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_on_behalf = models.BooleanField("代为登记", default=False)
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settled_by = models.ForeignKey(
        User, verbose_name="处理人", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField("版本", default=0, editable=False)

    objects = YearAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度确认"
        constraints = [
            models.UniqueConstraint(
                fields=["member", "year"],
                name="workbench_yearanswer_one_a_year",
                violation_error_message="刚才已经答复过了，请刷新后再看",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["nothing_missing", "missing", "nothing_to_report"]),
                name="workbench_yearanswer_known_answer",
                violation_error_message="没有这种答复",
            ),
            models.CheckConstraint(
                condition=Q(answer="missing", note__gt="") | ~Q(answer="missing") & Q(note=""),
                name="workbench_yearanswer_missing_says_what",
                violation_error_message="有遗漏才写少了什么，并且一定要写",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(answer="missing"),
                name="workbench_yearanswer_only_missing_is_settled",
                violation_error_message="没有遗漏，不用处理",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1900, year__lte=2100),
                name="workbench_yearanswer_plausible_year",
                violation_error_message="年度要在 1900—2100 之间",
            ),
        ]

    def __str__(self):
        word = "（代为登记）" if self.is_on_behalf else ""
        return f"{self.member} {self.year} 年度：{self.get_answer_display()}{word}"

    @property
    def is_to_mend(self) -> bool:
        """As `to_mend` asks."""
        return self.answer == self.Answer.MISSING and self.settled_at is None


def has_answered(year: int) -> Exists:
    """A condition on members: there is an answer for the year."""
    return Exists(YearAnswer.objects.filter(member=OuterRef("pk"), year=year))


def has_note_to_mend(year: int) -> Exists:
    """A condition on members: something of the year is missing and not seen to."""
    return Exists(YearAnswer.objects.to_mend().filter(member=OuterRef("pk"), year=year))

"""Conditions by which members, certifications and programmes are listed; pages and API share them."""

from __future__ import annotations

import datetime as dt

import django_filters
from django.db.models import Q

from branch.models import EXPIRING_DAYS, Certification, CertificationType, Member, Programme
from core.checklists import checklist
from core.dates import today
from core.listing import RecordFilter


class NameFilter(RecordFilter):
    """What an ordinary member may look colleagues up by: the name."""

    search = ("name_key",)
    pinyin = ("name_pinyin",)

    class Meta:
        model = Member
        fields: list[str] = []


class MemberFilter(NameFilter):
    """Members by standing, group, text. `standing` is that of the day the list speaks of."""

    search = ("name_key", "staff_number", "academic_title", "duty")

    standing = django_filters.ChoiceFilter(
        label="人员类别", choices=Member.Category.choices, method="of_standing"
    )
    group = django_filters.CharFilter(label="党小组")

    def of_standing(self, queryset, name, value):
        """Full or probationary on the last day of the window in view (today where there is no window)."""
        day = self.request.frame.window.as_of if hasattr(self.request, "frame") else today()
        return queryset.with_standing_on(day).filter(standing=value)


def expiring(day: dt.date) -> Q:
    """Verified certificates that end within the next weeks."""
    return Q(
        status=Certification.Status.VERIFIED,
        valid_until_last__gte=day,
        valid_until_last__lte=day + dt.timedelta(days=EXPIRING_DAYS),
    )


def expired(day: dt.date) -> Q:
    """Verified certificates that have ended."""
    return Q(status=Certification.Status.VERIFIED, valid_until_last__lt=day)


def without_end() -> Q:
    """Without an end though certificates of their type usually have one: entered before ends were worked out, by an
    empty cell of a workbook, or because the paper says so."""
    return Q(valid_until_last__isnull=True, type__validity_months__isnull=False)


class CertificationFilter(RecordFilter):
    """Certifications by type, state, validity, proof, text."""

    search = ("member__name_key", "direction", "number", "type__name")
    pinyin = ("member__name_pinyin",)

    type = django_filters.ModelChoiceFilter(
        label="认证类型",
        queryset=lambda request: CertificationType.objects.known_to(
            request.user.scope.read | request.user.scope.belong
        ),
    )
    status = django_filters.ChoiceFilter(label="状态", choices=Certification.Status.choices)
    validity = django_filters.ChoiceFilter(
        label="有效期",
        choices=[
            ("expiring", f"{EXPIRING_DAYS} 天内到期"),
            ("expired", "已过期"),
            ("without_end", "没有填有效期至"),
        ],
        method="by_validity",
    )
    proof = django_filters.ChoiceFilter(label="佐证", choices=[("missing", "缺佐证")], method="by_proof")

    class Meta:
        model = Certification
        fields: list[str] = []

    def by_validity(self, queryset, name, value):
        """By what today means for the certificate."""
        if value == "without_end":
            return queryset.filter(without_end())
        return queryset.filter((expiring if value == "expiring" else expired)(today()))

    def by_proof(self, queryset, name, value):
        """Something of its proof is missing."""
        return queryset.filter(checklist(Certification).lacks)


class ProgrammeFilter(RecordFilter):
    """Programmes by level and text."""

    search = ("name", "document_number")

    level = django_filters.ChoiceFilter(label="级别", choices=Programme.Level.choices)

    class Meta:
        model = Programme
        fields: list[str] = []

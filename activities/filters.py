"""Conditions by which activities and feedback are listed; pages and API share them."""

from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, Q

from activities.models import Activity, ActivityKind, ActivityPartner, Feedback, TaskLine
from core.checklists import checklist
from core.listing import Month, RecordFilter, RecordNumber
from partnerships.models import AgreementParty


class ActivityFilter(RecordFilter):
    """Activities by month, kind, task line, state, method of counting, partner, proof, text."""

    search = ("theme", "place", "code")
    pinyin = ("theme_pinyin",)

    month = Month(label="月份", field_name="starts_on")
    kind = django_filters.ModelChoiceFilter(label="类型", queryset=ActivityKind.objects.all())
    line = django_filters.ChoiceFilter(label="任务线", choices=TaskLine.choices, method="on_line")
    status = django_filters.ChoiceFilter(label="状态", choices=Activity.Status.choices)
    count_method = django_filters.ChoiceFilter(label="计数方式", choices=Activity.CountMethod.choices)
    group = django_filters.ChoiceFilter(
        label="范围", choices=[("branch_life", "组织生活"), ("service", "有服务对象")], method="in_group"
    )
    proof = django_filters.ChoiceFilter(label="佐证", choices=[("missing", "缺佐证")], method="by_proof")
    partner = RecordNumber(label="联建单位编号", method="with_partner")

    class Meta:
        model = Activity
        fields: list[str] = []

    def on_line(self, queryset, name, value):
        """Serving the task line."""
        return queryset.on_line(value)

    def in_group(self, queryset, name, value):
        """Meetings of branch life, or outreach."""
        return queryset.filter(GROUPS[value])

    def by_proof(self, queryset, name, value):
        """Something of its proof is missing."""
        return queryset.filter(checklist(Activity).lacks)

    def with_partner(self, queryset, name, value):
        """With the partner, named by the activity or party to its agreement."""
        named = ActivityPartner.objects.filter(activity=OuterRef("pk"), partner=value)
        party = AgreementParty.objects.filter(agreement=OuterRef("agreement"), partner=value)
        return queryset.filter(Q(Exists(named)) | Q(Exists(party)))


GROUPS = {
    "branch_life": Q(kind__is_branch_life=True),
    "service": Q(person_times__gt=0) | Q(persons__gt=0),
}


class FeedbackFilter(RecordFilter):
    """Feedback by consent, activity, text."""

    search = ("content", "identity")

    quote = django_filters.ChoiceFilter(
        label="引用", choices=[("yes", "同意引用"), ("no", "未同意引用")], method="by_consent"
    )
    activity = RecordNumber(label="活动编号")

    class Meta:
        model = Feedback
        fields: list[str] = []

    def by_consent(self, queryset, name, value):
        """With or without consent to be quoted."""
        return queryset.filter(may_quote=value == "yes")

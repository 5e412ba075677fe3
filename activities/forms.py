"""Conditions by which activities and feedback are listed (pages and API share them), and the forms that write them."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q

from activities.models import Activity, ActivityKind, ActivityPartner, Feedback, TaskLine
from core.editing import InOrderField, RecordForm, Section
from core.editing.form import date_widgets
from core.listing import Month, RecordFilter, RecordNumber, without_proof
from partnerships.models import Agreement, AgreementParty, Partner, PlanItem


class ActivityFilter(RecordFilter):
    """Activities by month, kind, task line, state, method of counting, partner, proof, text."""

    search = ("theme", "place", "code")

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
        """Without any file."""
        return queryset.filter(without_proof(Activity))

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


# ---------------------------------------------------------------- writing
class ActivityForm(RecordForm):
    """An activity, as it is entered in full."""

    sections = (
        Section(
            "基本情况",
            ("theme", "kind", "status", "lines", "starts_on", "starts_at", "ends_on", "ends_at", "place"),
        ),
        Section("联建", ("partners", "agreement", "plan_item")),
        Section("服务对象", ("person_times", "persons", "count_method")),
        Section("摘要", ("summary",)),
        Section(
            "会议记录",
            (
                "expected",
                "present",
                "voters_expected",
                "voters_present",
                "agenda",
                "speeches",
                "resolution",
                "votes_for",
                "votes_against",
                "votes_abstaining",
            ),
            folded=True,
        ),
        Section("编号与统计", ("code", "in_reports"), folded=True, quiet=True),
    )
    told_as = {"lines": tuple(line.label for line in TaskLine)}
    not_copied = ("code", "starts_on", "ends_on", "plan_item", "summary", "person_times", "persons")

    lines = forms.MultipleChoiceField(
        label="任务线",
        choices=TaskLine.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
    )
    partners = InOrderField(label="联建单位", queryset=Partner.objects.none(), required=False)

    class Meta:
        model = Activity
        fields = [
            "theme",
            "kind",
            "status",
            "starts_on",
            "starts_at",
            "ends_on",
            "ends_at",
            "place",
            "agreement",
            "plan_item",
            "person_times",
            "persons",
            "count_method",
            "summary",
            "expected",
            "present",
            "voters_expected",
            "voters_present",
            "agenda",
            "speeches",
            "resolution",
            "votes_for",
            "votes_against",
            "votes_abstaining",
            "code",
            "in_reports",
        ]
        widgets = date_widgets(Activity)

    def read(self, activity):
        """Task lines and partners."""
        partners = activity.partner_links.values_list("partner", flat=True) if activity.pk else ()
        return {"lines": [line.value for line in activity.lines], "partners": list(partners)}

    def choose(self, organisation):
        """Partners, agreements and plan rows of the branch."""
        own = {"organisation": organisation}
        partners = Partner.objects.live().filter(**own).order_by("name_pinyin", "pk")
        self.fields["partners"].offer(partners, self.initial["partners"])
        self.fields["agreement"].queryset = Agreement.objects.live().filter(**own)
        self.fields["plan_item"].queryset = PlanItem.objects.live().filter(**own)
        self.fields["code"].required = False

    def related_texts(self, given):
        """Partners, in order."""
        return {"partners": "；".join(partner.name for partner in given.get("partners", ()))}

"""The forms that write activities. (Conditions of lists: activities/filters.py.)"""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from activities.kinds import IDENTITIES, KIND_OF_PLAN_FORM
from activities.models import Activity, ActivityKind, Feedback, Participation, TaskLine
from branch.models import Member
from branch.people import PeopleField, Roster
from core.dates import today
from core.editing import InOrderField, RecordForm, RowForm, Rows, Section, date_widgets
from core.forms import SuggestInput
from core.text import whole_number
from partnerships.models import Agreement, Partner, PlanItem

_ROLE = Participation.Role
# Roles that are typed as names: form field → role.
NAMED = {
    "host": _ROLE.HOST,
    "recorder": _ROLE.RECORDER,
    "speakers": _ROLE.SPEAKER,
    "observers": _ROLE.OBSERVER,
}


class RollRow(RowForm):
    """Whether one member came."""

    members: dict[int, Member]  # the members of the branch, set by the form that knows them

    member = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label="出席",
        choices=[
            (_ROLE.PRESENT.value, "参加"),
            (_ROLE.ON_LEAVE.value, "请假"),
            (_ROLE.ABSENT.value, "缺席"),
            ("", "不列"),
        ],
        initial=_ROLE.PRESENT.value,
        required=False,
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(
        label="原因",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "原因，例如：外出授课"}),
    )

    def clean_member(self):
        """One of the branch's."""
        member = self.members.get(self.cleaned_data["member"])
        if member is None:
            raise ValidationError("这不是本支部的党员")
        return member

    @property
    def person(self):
        """The member the row is about, for the template."""
        return self.members.get(int(self["member"].value() or 0))

    def row(self):
        """The member's part, or None for whoever is not on the list."""
        typed = self.cleaned_data
        if not typed["state"]:
            return None
        return Participation(
            role=typed["state"], member=typed["member"], name=typed["member"].name, remark=typed["remark"]
        )

    @classmethod
    def read(cls, row):
        """A member, what is noted of them, if anything, and whether there was a roll call: who is not on its list did
        not belong there; without one everybody is taken to have come."""
        member, noted, called = row
        if noted is None:
            return {"member": member.pk, "state": "" if called else _ROLE.PRESENT.value, "remark": ""}
        return {"member": member.pk, "state": noted.role, "remark": noted.remark}


class _Facts(RecordForm):
    """What an activity serves and with whom: task lines and partners."""

    told_as = {"lines": tuple(line.label for line in TaskLine)}

    lines = forms.MultipleChoiceField(
        label="任务线", choices=TaskLine.choices, widget=forms.CheckboxSelectMultiple
    )
    partners = InOrderField(label="联建单位", queryset=Partner.objects.none(), required=False)

    def read(self, activity):
        """Task lines and partners."""
        partners = activity.partner_links.values_list("partner", flat=True) if activity.pk else ()
        lines = [line.value for line in activity.lines]
        return {**super().read(activity), "lines": lines, "partners": list(partners)}

    def choose(self, organisation):
        """Partners of the branch."""
        super().choose(organisation)
        partners = Partner.objects.live().of([organisation]).order_by("name_pinyin", "pk")
        self.fields["partners"].offer(partners, self.initial["partners"])

    def related_texts(self, given):
        """Partners, in order."""
        partners = "；".join(partner.name for partner in given.get("partners", ()))
        return {**super().related_texts(given), "partners": partners}


class AttendanceForm(RecordForm):
    """Who was there: by name, with the reasons of those who were not."""

    sections = (
        Section("到会", ("host", "recorder", "speakers", "observers")),
        Section("人数", ("expected", "present", "voters_expected", "voters_present"), folded=True),
    )
    rows = {"attendance": Rows(RollRow, "点名", "人", told_as="", spare=0, template="activities/_roll.html")}
    drawn_elsewhere = ("roll",)
    told_as = {
        "attendance": tuple(str(_ROLE(role).label) for role in Participation.MEMBERS_ONLY),
        **{name: (str(role.label),) for name, role in NAMED.items()},
    }

    host = PeopleField("主持人", one=True)
    recorder = PeopleField("记录人", one=True)
    speakers = PeopleField("主讲人")
    observers = PeopleField("列席", help_text="几个人用顿号隔开，单位写在括号里：王五（校党委）")
    roll = forms.BooleanField(label="点名", required=False, help_text="不点名也可以只填人数")

    class Meta:
        model = Activity
        fields = ["expected", "present", "voters_expected", "voters_present"]

    # ---------------------------------------------------------------- what is there
    def read(self, activity):
        """People by role."""
        people = self._people(activity)
        named = {name: people.get(role, []) for name, role in NAMED.items()}
        called = any(people.get(role) for role in Participation.MEMBERS_ONLY)
        return {**super().read(activity), **named, "roll": called}

    def _people(self, activity):
        if not hasattr(self, "_found"):
            self._found: dict[str, list[Participation]] = {}
            for person in activity.participations.select_related("member") if activity.pk else ():
                self._found.setdefault(person.role, []).append(person)
        return self._found

    def _noted(self, activity) -> dict[int, Participation]:
        people = self._people(activity)
        return {
            person.member_id: person for role in Participation.MEMBERS_ONLY for person in people.get(role, ())
        }

    def read_rows(self, activity, name):
        """Every member of the branch on the day, and whoever is noted though not a member then."""
        noted = self._noted(activity)
        return [(member, noted.get(member.pk), bool(noted)) for member in self._eligible]

    def choose(self, organisation):
        """The members of the branch."""
        super().choose(organisation)
        roster = Roster(organisation)
        for name in NAMED:
            self.fields[name].roster = roster
        activity = self.instance
        day = activity.starts_on or today()
        of_the_day = set(Member.objects.on(day).of([organisation]).values_list("pk", flat=True))
        noted = self._noted(activity).keys()
        self._members = {member.pk: member for member in roster.members}
        self._eligible = [member for member in roster.members if member.pk in of_the_day | noted]

    def _formsets(self):
        made = super()._formsets()
        for form in made["attendance"].forms:
            form.members = self._members
        return made

    def take(self, name):
        """The list and whether there is one go together."""
        form = super().take(name)
        return form.take("roll") if name == "attendance" else form

    # ---------------------------------------------------------------- what was typed
    def values(self):
        """As the service takes it: one list of people, in order within each role."""
        given = super().values()
        roll = given.pop("attendance")
        people = [row for row in roll if row] if given.pop("roll") else []
        for name, role in NAMED.items():
            people += [
                Participation(role=role, member=person.member, name=person.name, remark=person.remark)
                for person in given.pop(name)
            ]
        return {**given, "people": people}

    def related_texts(self, given):
        """People by role, as the activity tells them."""
        people = {str(role.label): [] for role in _ROLE}
        for person in given.get("people", ()):
            people[str(_ROLE(person.role).label)].append(str(person))
        told = {role: "；".join(names) for role, names in people.items()}
        return {**super().related_texts(given), **told}


class ActivityForm(AttendanceForm, _Facts):
    """An activity, as it is entered in full."""

    sections = (
        Section(
            "基本情况",
            ("theme", "kind", "status", "lines", "starts_on", "starts_at", "ends_on", "ends_at", "place"),
        ),
        Section("服务对象", ("person_times", "persons", "count_method"), note="人次按次累计，人数不重复"),
        Section("联建", ("partners", "agreement", "plan_item"), folded=True),
        Section("摘要", ("summary",)),
        Section("人员", ("host", "recorder", "speakers", "observers")),
        Section(
            "会议记录",
            (
                "agenda",
                "speeches",
                "resolution",
                "votes_for",
                "votes_against",
                "votes_abstaining",
                "expected",
                "present",
                "voters_expected",
                "voters_present",
            ),
            folded=True,
            note="应到、实到不填时按点名算",
        ),
        Section("编号与统计", ("code", "in_reports"), folded=True, quiet=True),
    )
    told_as = {**AttendanceForm.told_as, **_Facts.told_as}
    not_copied = (
        "code",
        "starts_on",
        "ends_on",
        "plan_item",
        "summary",
        "person_times",
        "persons",
        "expected",
        "present",
        "voters_expected",
        "voters_present",
        "speeches",
        "resolution",
        "votes_for",
        "votes_against",
        "votes_abstaining",
    )

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
            *AttendanceForm.Meta.fields,
            "agenda",
            "speeches",
            "resolution",
            "votes_for",
            "votes_against",
            "votes_abstaining",
            "code",
            "in_reports",
        ]
        help_texts = {"summary": "取消的，写明没有开的原因"}
        widgets = date_widgets(Activity)

    def choose(self, organisation):
        """Agreements and plan rows of the branch besides."""
        super().choose(organisation)
        own = {"organisation": organisation}
        self.fields["agreement"].queryset = Agreement.objects.live().filter(**own).order_by("-pk")
        self.fields["plan_item"].queryset = (
            PlanItem.objects.live().filter(**own).select_related("agreement").order_by("agreement", "number")
        )
        self.fields["code"].required = False
        self.fields["code"].help_text = "不填自动编号"

    @classmethod
    def copy_of(cls, activity):
        """As every copy; whoever was on the list last time is taken to have come."""
        given = super().copy_of(activity)
        for row in given["attendance"]:
            row |= {"state": row["state"] and _ROLE.PRESENT.value, "remark": ""}
        return given


class QuickForm(_Facts):
    """记一笔: what one line says, to be seen before it is saved."""

    sections = (
        Section("", ("theme", "kind", "lines", "starts_on", "status", "place", "partners")),
        Section("人数", ("person_times", "persons", "count_method", "present", "expected")),
        Section("时刻与结束日期", ("starts_at", "ends_on", "ends_at"), folded=True),
    )

    class Meta:
        model = Activity
        fields = [
            "theme",
            "kind",
            "starts_on",
            "place",
            "person_times",
            "persons",
            "count_method",
            "present",
            "expected",
            "starts_at",
            "ends_on",
            "ends_at",
            "status",
        ]
        widgets = date_widgets(Activity)


# ---------------------------------------------------------------- feedback
class FeedbackRow(RowForm):
    """What one person said."""

    content = forms.CharField(label="内容", widget=forms.Textarea)
    identity = forms.CharField(label="身份", max_length=60, required=False, widget=SuggestInput(IDENTITIES))
    may_quote = forms.BooleanField(label="同意引用", required=False)

    def row(self):
        """The unsaved feedback."""
        return Feedback(**{name: self.cleaned_data[name] for name in ("identity", "content", "may_quote")})


class FeedbackRowsForm(RecordForm):
    """What was said about an activity, several at once."""

    rows = {
        "said": Rows(
            FeedbackRow,
            "反馈",
            "一条",
            told_as="",
            spare=3,
            note="本人同意引用的才会写进报告",
        )
    }

    class Meta:
        model = Feedback
        fields = ["received_on"]
        widgets = date_widgets(Feedback)

    def read_rows(self, feedback, name):
        """None: these are new."""
        return []


class FeedbackForm(RecordForm):
    """One piece of feedback."""

    sections = (
        Section(
            "反馈", ("content", "identity", "received_on", "may_quote"), note="只有本人同意引用的会写进报告"
        ),
        Section("统计", ("in_reports",), folded=True, quiet=True),
    )

    class Meta:
        model = Feedback
        fields = ["content", "identity", "received_on", "may_quote", "in_reports"]
        widgets = {**date_widgets(Feedback), "identity": SuggestInput(IDENTITIES)}


def start_of(place, query) -> dict:
    """What a new activity begins with, from the address: `?kind=<code>`, `?starts_on=`, `?theme=`, `?plan_item=<id>`,
    `?status=cancelled` for one that was not held.

    Arguments: place, the branch; query, the parameters. What cannot be read is as if it were not there.
    """
    was_held = query.get("status") != Activity.Status.CANCELLED
    start: dict = {"status": Activity.Status.HELD if was_held else Activity.Status.CANCELLED}
    kind = ActivityKind.objects.filter(code=query.get("kind", "")).first()
    asked = whole_number(query.get("plan_item", ""))
    planned = PlanItem.objects.live().of([place]).select_related("agreement")
    item = planned.filter(pk=asked).first() if asked else None
    if item:
        partners = item.agreement.parties.values_list("partner", flat=True)
        start |= {
            "theme": item.theme,
            "place": item.place,
            "plan_item": item.pk,
            "agreement": item.agreement_id,
            "partners": list(partners),
            "lines": [TaskLine.JOINT_BUILDING.value],
        }
        kind = kind or ActivityKind.objects.filter(code=KIND_OF_PLAN_FORM.get(item.form, "")).first()
    if kind:
        start |= {"kind": kind.pk, "roll": kind.is_branch_life and was_held}
        if kind.is_branch_life:
            start["lines"] = [*start.get("lines", []), TaskLine.BRANCH_LIFE.value]
    start |= {name: query[name] for name in ("starts_on", "theme") if query.get(name)}
    return start

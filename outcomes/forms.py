"""The forms that write outcomes. What each kind is asked for stands in outcomes/fields.py. (Conditions of lists:
outcomes/filters.py.)"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from branch.people import PersonField, Roster
from core.editing import PartialDateFormField, RecordForm, RowForm, Rows, Section, StepForm
from core.forms import SuggestInput
from core.links import record_url
from core.text import refuse_control_characters, tidy
from outcomes.fields import DETAILS, LAST, LEVEL, PEOPLE, SOMETIMES, fields_of
from outcomes.kinds import SUBTYPES
from outcomes.models import Contribution, Outcome, OutcomeKind, told_details
from outcomes.rules import doubts_of

_DETAIL = "detail_"
_LONGEST_DETAIL = 32_767  # what a workbook's cell holds
_COLUMNS = {asked.name for asked in SOMETIMES}
_ALIKE = {asked.name for asked in (*LEVEL, *LAST)}
_ROLE_WORDS = {str(role.label): role.value for role in Contribution.Role}
RETURN_REASONS = ["缺佐证", "日期与证书不一致", "不是本支部的成果", "这项成果已经登记过"]


class MakerRow(RowForm):
    """One of those who made it."""

    person = PersonField(label="姓名", max_length=120)
    role = forms.ChoiceField(label="角色", choices=[("", ""), *Contribution.Role.choices], required=False)

    def clean(self):
        """What stands in brackets behind a member is a role, or has no place."""
        typed = super().clean()
        person = typed.get("person")
        if person and person.member and person.remark:
            if typed.get("role") or person.remark not in _ROLE_WORDS:
                self.add_error("person", ValidationError("括号里的话没有地方存，角色请在旁边选"))
            else:
                typed["role"] = _ROLE_WORDS[person.remark]
        return typed

    def row(self):
        """The unsaved contribution. Brackets belong to the name of whoever is no member."""
        person, role = self.cleaned_data["person"], self.cleaned_data["role"]
        name = person.name if person.member else tidy(self["person"].value()).rstrip("#＃")
        return Contribution(member=person.member, name=name, role=role)

    @classmethod
    def read(cls, contribution):
        """As saved."""
        return {"person": contribution, "role": contribution.role}


class OutcomeForm(RecordForm):
    """An outcome of any kind: the kind decides which fields there are and what they are called. Choosing another kind
    draws the form anew, with what was typed."""

    rows = {"people": Rows(MakerRow, "完成人", "一人", told_as="", spare=2, ordered=True)}
    drawn_elsewhere = ("kind",)
    not_copied = (
        "code",
        "number",
        "doi",
        "contract_amount",
        "received_amount",
        "detail_页码",
        "detail_申请号",
    )
    withheld: tuple[str, ...] = ()  # fields that whoever fills in this form has no say about

    kind = forms.CharField(label="类型", widget=forms.Select(attrs={"data-reshapes": "kind"}))
    date = PartialDateFormField("日期")

    class Meta:
        model = Outcome
        fields = ["name", "subtype", "level", "level_basis", *sorted(_COLUMNS), "note", "code", "in_reports"]

    # ---------------------------------------------------------------- what is there
    def read(self, outcome):
        """The kind, and each detail by its name."""
        details = {f"{_DETAIL}{name}": str(value) for name, value in outcome.details.items()}
        return {**super().read(outcome), "kind": outcome.kind_id, **details}

    def read_rows(self, outcome, name):
        """The makers in order."""
        return list(outcome.contributions.select_related("member")) if outcome.pk else []

    def choose(self, organisation):
        """The fields of the kind; the members of the branch."""
        super().choose(organisation)
        self.roster = Roster(organisation)
        self.fields["kind"].widget.choices = lambda: [(kind.code, kind.name) for kind in self.kinds.values()]
        chosen = self.data.get("kind") if self.is_bound else self.initial["kind"]
        self.kind = self._kind_of(chosen) or self.instance.kind
        asked = fields_of(self.kind.code, self._held(), self._details_held())
        self._ask(asked)
        self._narrow()
        title = PEOPLE.get(self.kind.code, "完成人")
        self.rows = {
            "people": replace(
                self.rows["people"], title=title, note="按署名顺序；党员从列表里选，其他人直接写"
            )
        }
        self.told_as = {"people": ("完成人",), **{key: (told,) for key, told in self._told.items()}}
        main = [one.key for one in asked if not one.aside]
        aside = [one.key for one in asked if one.aside]
        self.sections = (
            Section(self.kind.name, tuple(main)),
            Section("更多", tuple(aside), folded=True),
            Section("级别与备注", (*(one.key for one in LEVEL), "note")),
            Section("编号与统计", ("code", "in_reports"), folded=True, quiet=True),
        )

    @cached_property
    def kinds(self):
        """Those offered, and the one it is of already. Asked only where there is a choice to be drawn, or taken."""
        found = OutcomeKind.objects.all()
        return {kind.code: kind for kind in found if kind.is_active or kind.code == self.instance.kind_id}

    def _kind_of(self, code):
        return self.instance.kind if code == self.instance.kind_id else self.kinds.get(code)

    def _held(self):
        """The columns that hold something, saved or typed."""
        return {
            name
            for name in _COLUMNS
            if self.initial.get(name) not in (None, "") or (self.data.get(name, "") if self.is_bound else "")
        }

    def _details_held(self):
        """The details saved or typed. What is typed under a name that no kind knows is not ours."""
        known = {name for names in DETAILS.values() for name in names}
        found = {
            key.removeprefix(_DETAIL): value
            for key, value in self.initial.items()
            if key.startswith(_DETAIL) and value
        }
        for name in known if self.is_bound else ():
            if typed := self.data.get(f"{_DETAIL}{name}", ""):
                found.setdefault(name, typed)
        return found

    def _ask(self, asked):
        """Exactly these fields, called as the kind calls them."""
        wanted = {"kind", "entry_key", "version", *_ALIKE} - {*self.withheld}
        wanted |= {one.key for one in asked}
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        details = [one for one in asked if one.is_detail]
        self._told = {}
        for one in details:
            self.fields[one.key] = forms.CharField(
                label=one.name,
                required=False,
                max_length=_LONGEST_DETAIL,
                validators=[refuse_control_characters],
            )
            self._told[one.key] = next(iter(told_details(self.kind.code, {one.name: ""})))
        for one in (*asked, *LEVEL, *LAST):
            if field := self.fields.get(one.key):
                field.label = one.label or field.label
                field.help_text = one.hint or field.help_text
                if one.words:
                    field.widget = SuggestInput(one.words, attrs=field.widget.attrs)
        self.fields["name"].wide = True

    def _narrow(self):
        """Only the states and types of the kind."""
        states = Outcome.STATES[self.kind.states]
        if "status" in self.fields:
            self.fields["status"].choices = [("", ""), *((state.value, state.label) for state in states)]
            if not states:
                del self.fields["status"]
        if "subtype" in self.fields:
            own = [(code, word) for code, (kind, word) in SUBTYPES.items() if kind == self.kind.code]
            self.fields["subtype"].choices = [("", ""), *own]
            self.fields["subtype"].required = True
        if "code" in self.fields:
            self.fields["code"].required = False
            self.fields["code"].help_text = "不填自动编号"

    def make_rows(self, name, data, initial):
        """Each row knows the members of the branch."""
        formset = super().make_rows(name, data, initial)
        add_fields = formset.add_fields

        def with_roster(form, index):
            add_fields(form, index)
            form.fields["person"].roster = self.roster

        formset.add_fields = with_roster  # a row is made when it is looked at, the empty one too
        return formset

    # ---------------------------------------------------------------- what was typed
    def clean_kind(self):
        """The kind itself."""
        kind = self._kind_of(self.cleaned_data["kind"])
        if kind is None:
            raise ValidationError("没有这种类型")
        return kind

    def values(self):
        """As the service takes it: details as one dictionary, and nothing of a kind that it is no longer."""
        given = super().values()
        details = dict(self.instance.details)
        for key in [key for key in given if key.startswith(_DETAIL)]:
            details[key.removeprefix(_DETAIL)] = tidy(given.pop(key))
        given["details"] = {name: value for name, value in details.items() if value != ""}
        if not Outcome.STATES[self.kind.states]:
            given["status"] = ""
        given.setdefault("subtype", "")
        return given

    def related_texts(self, given):
        """Makers and details, as the outcome tells them."""
        details = given.get("details", {})
        texts = {key: str(details.get(key.removeprefix(_DETAIL), "")) for key in self._told}
        return {
            **super().related_texts(given),
            "完成人": "、".join(str(person) for person in given.get("people", ())),
            **texts,
        }

    def doubts(self, given):
        """Numbers that look strange, and others of the branch that have the same."""
        numbers = {name: given.get(name) or getattr(self.instance, name) for name in ("doi", "number")}
        found = doubts_of(self.kind.code, **numbers)
        others = Outcome.objects.live().of([self.instance.organisation]).exclude(pk=self.instance.pk)
        for name, other in others.same_as(self.kind.code, **numbers).items():
            label = self.fields[name].label if name in self.fields else ""
            found[name] = format_html(
                '{}支部里已有同一个{}的“<a href="{}" target="_blank">{}</a>”，重复登记会多算一次',
                f"{found[name]}；" if name in found else "",
                label,
                record_url(other),
                other.name,
            )
        return {name: text for name, text in found.items() if name in self.changed_data}


class ProposalForm(OutcomeForm):
    """An outcome as one of its makers proposes it: number and place in reports are the branch's to say."""

    withheld = ("code", "in_reports")


class ReturnForm(StepForm):
    """Why a proposal is given back."""

    reason = forms.CharField(
        label="退回原因",
        max_length=200,
        widget=SuggestInput(RETURN_REASONS),
        help_text="本人会看到，改好后再提",
    )

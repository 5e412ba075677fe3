"""The forms that write partners, agreements and plan rows. (Conditions of lists: partnerships/filters.py; a plan as a
table: partnerships/plan_form.py.)"""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from core.editing import (
    InOrderField,
    PartialDateFormField,
    RecordForm,
    RowForm,
    Rows,
    Section,
    StepForm,
)
from core.forms import SuggestInput
from core.text import match_key, split_names
from partnerships.kinds import COMMITMENTS, PLAN_FORMS
from partnerships.models import Agreement, Commitment, Partner, PlanItem
from partnerships.near import near


# ---------------------------------------------------------------- partners
class NamesField(forms.CharField):
    """Several names with 、 between them, as a list."""

    def clean(self, value):
        """The names. Raises ValidationError for one that is too long."""
        names = split_names(super().clean(value))
        if any(len(name) > 300 for name in names):
            raise ValidationError("名称至多 300 个字")
        return names

    def prepare_value(self, value):
        """As typed."""
        return value if isinstance(value, str) else "、".join(value or ())


class PartnerForm(RecordForm):
    """A partner. A name that is near another partner's is asked about once: the same unit written differently would
    count twice."""

    sections = (
        Section("单位", ("name", "kind", "aliases", "party_organisation", "since")),
        Section("联系", ("contact", "phone"), note="只有能编辑的人看得到完整号码"),
        Section("备注", ("note",), folded=True),
        Section("拼音与统计", ("name_pinyin", "in_reports"), folded=True, quiet=True),
    )
    told_as = {"aliases": ("别名",)}
    not_copied = ("name", "aliases", "name_pinyin")
    drawn_elsewhere = ("distinct",)

    aliases = NamesField(
        label="别名",
        required=False,
        max_length=2000,
        help_text="曾用名、简称，几个用顿号隔开；写哪个名字都归到这一家",
    )
    since = PartialDateFormField("建立日期", help_text="从哪天起联建；不知道哪天可只填年月")
    # The ids of the partners that are near and were said to be others.
    distinct = forms.CharField(required=False)

    class Meta:
        model = Partner
        fields = [
            "name",
            "kind",
            "party_organisation",
            "contact",
            "phone",
            "note",
            "name_pinyin",
            "in_reports",
        ]
        labels = {"note": "备注"}
        widgets = {"phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})}
        help_texts = {
            "name": "规范的全称，以公章为准；报告里只写这一个名字",
            "party_organisation": "如 中共澄湖区望江社区委员会",
            "name_pinyin": "排序和查找用，不填自动生成",
        }

    def read(self, partner):
        """Names other than the name."""
        return {"aliases": [alias.name for alias in partner.aliases.all()] if partner.pk else []}

    @property
    def similar(self) -> list[Partner]:
        """The partners that what was typed is near to, while nobody has said that it is another one."""
        return getattr(self, "_similar", [])

    @property
    def similar_ids(self) -> str:
        """They, as `distinct` is posted."""
        return ",".join(str(partner.pk) for partner in self.similar)

    def clean(self):
        """Ask about names that are near those of others."""
        typed = super().clean()
        found = self._near(self.typed_names())
        said = set(typed.get("distinct", "").split(","))
        if any(str(partner.pk) not in said for partner in found):
            self._similar = found
            names = "、".join(f"“{partner}”" for partner in found)
            self.add_error("distinct", f"已有相近的单位：{names}，是同一家吗？")
        return typed

    def typed_names(self) -> list[str]:
        """The name and the aliases, as far as they can be read."""
        name, aliases = self.cleaned_data.get("name"), self.cleaned_data.get("aliases", ())
        return [*([name] if name else []), *aliases]

    def _near(self, names):
        own = {self.instance.name_key, *(match_key(name) for name in self.initial["aliases"])}
        new = [name for name in names if match_key(name) not in own]
        if not new:
            return []
        others = Partner.objects.live().of([self.instance.organisation]).exclude(pk=self.instance.pk)
        known = {
            partner: [partner.name, *(alias.name for alias in partner.aliases.all())]
            for partner in others.order_by("name_pinyin", "pk").prefetch_related("aliases")
        }
        found = {partner for name in new for partner in near(name, known)}
        return [partner for partner in known if partner in found]

    def values(self):
        """Without the answer to a question of the form's own."""
        given = super().values()
        del given["distinct"]
        return given

    def related_texts(self, given):
        """Aliases."""
        return {"aliases": "；".join(given.get("aliases", ()))}


class MergeForm(StepForm):
    """Which partner goes on under its name."""

    into = forms.ModelChoiceField(
        label="并到哪一家",
        queryset=Partner.objects.none(),
        empty_label="请选择",
        widget=forms.Select(attrs={"data-search": True}),
    )

    def __init__(self, data=None, *, record, initial=None):
        super().__init__(data, record=record, initial=initial)
        others = Partner.objects.live().of([record.organisation]).exclude(pk=record.pk)
        self.fields["into"].queryset = others.order_by("name_pinyin", "pk")


# ---------------------------------------------------------------- agreements
class CommitmentRow(RowForm):
    """One thing promised, and how much of it was delivered."""

    name = forms.CharField(label="承诺", max_length=120, widget=SuggestInput(COMMITMENTS))
    promised = forms.IntegerField(label="承诺数", min_value=0, max_value=999_999, required=False)
    unit = forms.CharField(
        label="单位", max_length=10, required=False, widget=SuggestInput(["期", "场", "个", "项"])
    )
    delivered = forms.IntegerField(label="兑现数", min_value=0, max_value=999_999, required=False)

    def row(self):
        """The unsaved commitment."""
        names = ("name", "promised", "unit", "delivered")
        return Commitment(**{name: self.cleaned_data[name] for name in names})

    @classmethod
    def read(cls, row):
        """As saved."""
        return {
            "name": row.name,
            "promised": row.promised,
            "unit": row.unit,
            "delivered": row.delivered,
        }


class AgreementForm(RecordForm):
    """An agreement with its parties and what they promise."""

    sections = (
        Section("协议", ("name", "partners", "status", "signed_on", "expires_on", "liaison", "content")),
        Section("目的与职责", ("purpose", "own_duties", "partner_duties", "promises"), folded=True),
        Section("编号与统计", ("code", "in_reports"), folded=True, quiet=True),
    )
    rows = {
        "commitments": Rows(
            CommitmentRow,
            "承诺与兑现",
            "一项承诺",
            told_as="承诺",
            note="协议写明数量的才填，兑现多少随时可改",
        )
    }
    not_copied = ("code", "signed_on", "expires_on", "status")

    partners = InOrderField(label="联建单位", queryset=Partner.objects.none())
    signed_on = PartialDateFormField("签署日期", help_text="不知道哪天可只填年月；签署后才计数")
    expires_on = PartialDateFormField("到期日期", help_text="没有写期限的不填；终止的填执行的最后一天")

    class Meta:
        model = Agreement
        fields = [
            "name",
            "status",
            "liaison",
            "content",
            "purpose",
            "own_duties",
            "partner_duties",
            "promises",
            "code",
            "in_reports",
        ]
        labels = {"promises": "承诺事项（文字）"}
        help_texts = {"liaison": "我方联络人", "code": "不填自动编号"}

    def read(self, agreement):
        """The parties, in order."""
        parties = agreement.parties.values_list("partner", flat=True) if agreement.pk else ()
        return {"partners": list(parties)}

    def choose(self, organisation):
        """The partners of the branch."""
        partners = Partner.objects.live().of([organisation]).order_by("name_pinyin", "pk")
        self.fields["partners"].offer(partners, self.initial["partners"])
        self.fields["code"].required = False

    def related_texts(self, given):
        """The parties."""
        return {"partners": "；".join(partner.name for partner in given.get("partners", ()))}

    @classmethod
    def copy_of(cls, agreement):
        """What is promised is promised anew."""
        given = super().copy_of(agreement)
        for row in given["commitments"]:
            row["delivered"] = None
        return given

    @classmethod
    def renewal_of(cls, agreement) -> dict:
        """What the agreement begins with that goes on with this one: the same, for as long again."""
        begun, ends = agreement.signed_on, agreement.expires_on
        given = cls.copy_of(agreement) | {"status": Agreement.Status.DRAFTING}
        if begun and ends:
            months = agreement.term_in_months
            given |= {"signed_on": begun.months_later(months), "expires_on": ends.months_later(months)}
        return given


class SignForm(StepForm):
    """When an agreement was signed, and until when it holds."""

    signed_on = PartialDateFormField("签署日期", required=True)
    expires_on = PartialDateFormField("到期日期", help_text="没有写期限的不填")


class EndForm(StepForm):
    """The last day of an agreement that ends early."""

    expires_on = PartialDateFormField("执行的最后一天", required=True, help_text="到这一天为止算有效")


class DeliveryForm(StepForm):
    """How much of each commitment has been delivered, in their order."""

    def __init__(self, data=None, *, record, commitments=None):
        super().__init__(data, record=record)
        self.names = []
        commitments = record.commitments.all() if commitments is None else commitments
        for place, commitment in enumerate(commitments, start=1):
            promised = f"（承诺 {commitment.promised} {commitment.unit}）" if commitment.promised else ""
            field = forms.IntegerField(
                label=f"{commitment.name}{promised}",
                min_value=0,
                max_value=999_999,
                required=False,
                initial=commitment.delivered,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            self.fields[f"delivered_{place}"] = field
            self.names.append(f"delivered_{place}")

    def clean(self):
        """As the service takes it."""
        typed = super().clean()
        numbers = [typed.pop(name, None) for name in self.names]
        return typed | {"delivered": numbers}


# ---------------------------------------------------------------- plan rows
class _AgreementField(forms.ModelChoiceField):
    def label_from_instance(self, agreement):
        return f"{agreement.code} {agreement.name}"


class PlanItemForm(RecordForm):
    """One row of a plan."""

    sections = (
        Section("计划", ("agreement", "theme", "planned_on", "form", "place", "lead", "responsible")),
        Section("参加与成果", ("participants", "expected_result", "status", "result")),
        Section("序号与统计", ("number", "in_reports"), folded=True, quiet=True),
    )
    not_copied = ("number", "status", "result", "planned_on")

    planned_on = PartialDateFormField("计划时间", help_text="不知道哪天可只填年月，如 2026-03")

    class Meta:
        model = PlanItem
        fields = [
            "agreement",
            "theme",
            "form",
            "place",
            "lead",
            "responsible",
            "participants",
            "expected_result",
            "status",
            "result",
            "number",
            "in_reports",
        ]
        field_classes = {"agreement": _AgreementField}
        widgets = {"form": SuggestInput(PLAN_FORMS), "lead": SuggestInput()}
        help_texts = {
            "number": "不填排在最后",
            "result": "办成了写成果，取消的写原因",
            "lead": "我方、双方，或单位名称",
        }

    def choose(self, organisation):
        """The agreements of the branch; a row stays with the agreement it was written for."""
        self.fields["number"].required = False
        self.fields["lead"].widget.suggestions = leads(organisation)
        if not self.is_new:
            del self.fields["agreement"]
            return
        agreements = Agreement.objects.live().of([organisation])
        self.fields["agreement"].queryset = agreements.order_by("-signed_on_first", "-pk")


def leads(organisation) -> list[str]:
    """Who may take the lead."""
    partners = Partner.objects.live().of([organisation]).order_by("name_pinyin", "pk")
    return ["我方", "双方", *partners.values_list("name", flat=True)]


class CancelForm(StepForm):
    """Why a plan row will not be held."""

    reason = forms.CharField(
        label="原因", max_length=300, required=False, help_text="写在“完成情况”里，如：双方商定不办"
    )

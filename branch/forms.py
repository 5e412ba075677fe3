"""The forms that write members, certifications and programmes. (Conditions of lists: branch/filters.py.)"""

from __future__ import annotations

from django import forms
from django.db.models import Exists, OuterRef

from branch import kinds, services
from branch.handing_in import LIFETIMES, same_number
from branch.models import Certification, CertificationType, Member, Post, Programme
from core.dates import today
from core.editing import (
    PartialDateFormField,
    RecordForm,
    RowForm,
    Rows,
    Section,
    StepForm,
    date_widgets,
)
from core.forms import DayInput, SuggestInput
from core.models import Appointment, User
from core.text import match_key


# ---------------------------------------------------------------- members
class PostRow(RowForm):
    """One Party post with its dates."""

    name = forms.CharField(label="党内职务", max_length=40, widget=SuggestInput(kinds.POSTS))
    starts_on = PartialDateFormField("任职日期", help_text="")
    ends_on = PartialDateFormField("免职日期", help_text="")

    def clean(self):
        """What the post itself would refuse, beside the date."""
        typed = super().clean()
        if not self.errors:
            self.row().clean()
        return typed

    def row(self):
        """The unsaved post."""
        return Post(**{name: self.cleaned_data[name] for name in ("name", "starts_on", "ends_on")})

    @classmethod
    def read(cls, post):
        """As saved."""
        return {"name": post.name, "starts_on": post.starts_on, "ends_on": post.ends_on}


class MemberForm(RecordForm):
    """A member: what the ledger holds about a person."""

    sections = (
        Section(
            "基本情况", ("name", "is_another", "staff_number", "category", "gender", "ethnicity", "born")
        ),
        Section("党籍", ("joined_party", "full_member_since", "group", "transferred_in", "transferred_out")),
        Section("学历与岗位", ("education", "degree", "academic_title", "duty")),
        Section("联系方式", ("phone", "email"), note="只有能编辑的人看得到完整号码"),
        Section("拼音与统计", ("name_pinyin", "in_reports"), folded=True, quiet=True),
    )
    rows = {
        "posts": Rows(
            PostRow,
            "党内职务",
            "职务",
            told_as="党内职务",
            note="在任的不填免职日期；换届时在党员页面点“任命”",
        )
    }

    is_another = forms.BooleanField(
        label="是同名的另一个人", required=False, widget=forms.HiddenInput
    )  # asked only where there is somebody of that name
    born = PartialDateFormField("出生年月", help_text="如 1980-05")
    joined_party = PartialDateFormField("入党日期", help_text="预备期从这一天算起；不知道哪天可只填年月")
    full_member_since = PartialDateFormField("转正日期")
    transferred_in = PartialDateFormField("转入日期", help_text="从外支部转入才填；从这天起算本支部党员")
    transferred_out = PartialDateFormField(
        "转出日期", help_text="离开支部的日子；从这天起不算，以前的年度照算"
    )

    class Meta:
        model = Member
        fields = [
            "name",
            "staff_number",
            "category",
            "gender",
            "ethnicity",
            "group",
            "education",
            "degree",
            "academic_title",
            "duty",
            "phone",
            "email",
            "name_pinyin",
            "in_reports",
        ]
        widgets = {
            "education": SuggestInput(kinds.EDUCATIONS),
            "degree": SuggestInput(kinds.DEGREES),
            "academic_title": SuggestInput(kinds.TITLES),
            "group": SuggestInput(),
            "phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
            "email": forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
        }
        help_texts = {
            "name_pinyin": "排序和查找用，不填自动生成；曾、单、仇、解等姓请核对，如 zeng li",
        }

    def choose(self, organisation):
        """The groups that the branch has."""
        groups = Member.objects.live().of([organisation]).exclude(group="").order_by("group")
        self.fields["group"].widget.suggestions = groups.values_list("group", flat=True).distinct()

    def clean(self):
        """Ask about a name that the branch has already: two members may share one, one member entered twice may not."""
        typed = super().clean()
        key = match_key(typed.get("name") or "")
        if key and key != self.instance.name_key and not typed["is_another"]:
            namesakes = Member.objects.live().of([self.instance.organisation]).filter(name_key=key)
            # Who has this very number is refused by the service, with the name.
            others = namesakes.exclude(pk=self.instance.pk).exclude(
                staff_number=typed.get("staff_number", "")
            )
            if who := "、".join(f"{member.name}（工号 {member.staff_number}）" for member in others):
                self.fields["is_another"].widget = forms.CheckboxInput()
                self.add_error("is_another", f"支部里已有{who}。同一个人不用再录；确是另一个人，勾选后再保存")
        return typed

    def values(self):
        """Without the answer to a question of the form's own."""
        given = super().values()
        del given["is_another"]
        return given


class _AccountField(forms.ModelChoiceField):
    def label_from_instance(self, user):
        return f"{user.name}（{user.username}）"


class AccountChoiceForm(StepForm):
    """Which account is a member's: those with a role in the branch that are nobody else's there."""

    user = _AccountField(label="账号", queryset=User.objects.none(), required=False, empty_label="不对应账号")

    def __init__(self, data=None, *, record):
        super().__init__(data, record=record, initial={"user": record.user_id})
        here = Appointment.objects.current().filter(organisation=record.organisation, user=OuterRef("pk"))
        taken = Member.objects.live().filter(organisation=record.organisation, user=OuterRef("pk"))
        free = ~Exists(taken.exclude(pk=record.pk))
        self.fields["user"].queryset = User.objects.filter(Exists(here), free).order_by("username")


class TransferOutForm(StepForm):
    """The day a member left."""

    day = PartialDateFormField("转出日期", required=True)


class AppointForm(StepForm):
    """A post, and the day from which it is held."""

    name = forms.CharField(label="党内职务", max_length=40, widget=SuggestInput(kinds.POSTS))
    starts_on = forms.DateField(label="任职日期", widget=DayInput)


# ---------------------------------------------------------------- certifications
class _MemberField(forms.ModelChoiceField):
    def label_from_instance(self, member):
        return f"{member.name}（{member.staff_number}）"


PAPER = ("type_name", "direction", "level", "number", "passed_on", "valid_until", "open_ended")


class CertificationForm(RecordForm):
    """A certificate, as those who keep the branch's ledger enter it."""

    sections = (
        Section("证书", ("member", *PAPER)),
        Section("统计", ("in_reports",), folded=True, quiet=True),
    )
    told_as = {"type_name": ("认证类型",), "open_ended": ("有效期至",)}
    not_copied = ("member", "number")

    type_name = forms.CharField(
        label="认证类型",
        max_length=60,
        widget=SuggestInput(),
        help_text="从列表里选，没有的直接写，如 HCIP、软考高级",
    )
    passed_on = PartialDateFormField("通过日期", required=True)
    valid_until = PartialDateFormField("有效期至")
    open_ended = forms.BooleanField(
        label="证书上没有期限，长期有效", required=False, help_text="勾选后有效期至不填"
    )

    class Meta:
        model = Certification
        fields = ["member", "direction", "level", "number", "in_reports"]
        field_classes = {"member": _MemberField}
        widgets = {
            "direction": SuggestInput(),
            "level": SuggestInput(),
        }
        help_texts = {"direction": "如 Cloud Service", "level": "证书上写了才填"}

    def read(self, certification):
        """The type, by its name; what has no end so far keeps having none."""
        return {
            "type_name": certification.type.name if certification.type_id else "",
            "open_ended": bool(certification.pk and not certification.valid_until),
        }

    def clean(self):
        """A date typed where the box was ticked before is the later word."""
        typed = super().clean()
        if typed.get("valid_until") and self.initial.get("open_ended"):
            typed["open_ended"] = False
        return typed

    def choose(self, organisation):
        """The members of the branch; the words that it used before."""
        if "member" in self.fields:
            members = Member.objects.live().of([organisation]).select_related("organisation")
            self.fields["member"].queryset = members.order_by("name_pinyin", "pk")
        types = list(CertificationType.objects.known_to([organisation]))
        used = Certification.objects.live().of([organisation]).order_by("direction", "level")
        pairs = list(used.values_list("direction", "level").distinct())
        words = {
            "type_name": [kind.name for kind in types],
            "direction": sorted({direction for direction, _ in pairs if direction}),
            "level": sorted({level for _, level in pairs if level}),
        }
        for name, suggestions in words.items():
            self.fields[name].widget.suggestions = suggestions
        self.fields["valid_until"].help_text = self._validity(types)

    def _validity(self, types):
        """Until when a certificate holds on which no end is printed."""
        certification = self.instance
        if certification.pk and certification.usual_end:
            kind = certification.type
            usual = f"按 {kind} 的 {kind.validity_months} 个月推算为 {certification.usual_end}"
        else:
            by_months: dict[int, list[str]] = {}
            for kind in types:
                if kind.validity_months:
                    by_months.setdefault(kind.validity_months, []).append(kind.name)
            spans = (f"{'、'.join(names)} {months} 个月" for months, names in by_months.items())
            usual = "；".join(spans)
            usual = f"按类型推算：{usual}；其他类型按长期有效" if usual else "按长期有效"
        return f"照证书填。证书上没印的不填，{usual}"

    def related_texts(self, given):
        """The type, by its name."""
        return {"type_name": given.get("type_name", "")}


class OwnCertificationForm(CertificationForm):
    """A certificate, as its holder hands it in."""

    sections = (Section("证书", PAPER),)
    not_copied = ("number",)

    class Meta(CertificationForm.Meta):
        fields = ["direction", "level", "number"]


class _RenewedField(forms.ModelChoiceField):
    def label_from_instance(self, certification):
        return certification.name_with_end


class ReviewForm(CertificationForm):
    """A certificate that is compared with its picture: what is wrong is put right before it is accepted."""

    sections = (
        Section(
            "证书",
            ("type_name", "direction", "number", "passed_on", "valid_until", "open_ended", "level", "renews"),
        ),
    )

    type_name = forms.CharField(label="1 · 认证类型", max_length=60, widget=SuggestInput())
    passed_on = PartialDateFormField("3 · 通过日期", required=True, help_text="")
    valid_until = PartialDateFormField("4 · 有效期至", help_text="")
    renews = _RenewedField(
        label="换的是哪一份（换证）",
        queryset=Certification.objects.none(),
        required=False,
    )

    class Meta(CertificationForm.Meta):
        fields = ["direction", "level", "number", "renews"]
        field_classes = {}
        labels = {"number": "2 · 证书编号"}
        help_texts = {}

    def __init__(self, data=None, *, instance, initial=None):
        super().__init__(data, instance=instance, initial=initial)
        for name in ("number", "renews"):
            if name in self.fields:
                self.fields[name].wide = True
        if "renews" in self.fields:
            self.fields["renews"].empty_label = "不是换证，是新的认证"
        if instance.valid_until:
            self.fields["valid_until"].help_text = ""

    def read(self, certification):
        """The certificate of which this is the renewal, the likely one to begin with."""
        verified = Certification.objects.renewable_by([certification])
        self.renewable = certification.renewable_of(verified)
        likely = next((one.pk for one in self.renewable if certification.is_of_direction(one)), None)
        return {**super().read(certification), "renews": certification.renews_id or likely}

    def choose(self, organisation):
        """What it may renew; where there is nothing, nobody is asked."""
        super().choose(organisation)
        offered = {one.pk for one in self.renewable} | {self.instance.renews_id} - {None}
        if offered:
            self.fields["renews"].queryset = (
                self.instance.member.certifications.live().filter(pk__in=offered).select_related("type")
            )
        else:
            del self.fields["renews"]


class HandInForm(OwnCertificationForm):
    """A certificate, as its holder hands it in with its picture."""

    marks_required = False

    def doubts(self, given):
        """Whether the member has handed in one of this number already: a renewed one may keep it."""
        if found := same_number(self.instance.member, given.get("number") or ""):
            which = f"{found.name}，{found.get_status_display()}"
            return {"number": f"这个编号的证书已经交过（{which}）。确实是另一张，就再按一次“交给支部审核”"}
        return {}


class PublicHandInForm(HandInForm):
    """The same by a link, for who knows whom: it tells nothing that the branch has."""

    def choose(self, organisation):
        """The built-in types only."""
        known = CertificationType.objects.filter(is_builtin=True)
        self.fields["type_name"].widget.suggestions = [kind.name for kind in known]
        self.fields["valid_until"].help_text = "证书上没印的不填，按认证类型推算"


class HandInLinkForm(forms.Form):
    """A link for handing in: for whom, and how long it holds."""

    member = _MemberField(
        label="给谁用",
        queryset=Member.objects.none(),
        required=False,
        empty_label="全支部，各人自己选名字",
        help_text="只给一名党员的链接，交一张就失效",
    )
    lifetime = forms.ChoiceField(
        label="有效时间", choices=[(key, words) for key, (words, _) in LIFETIMES.items()], initial="day"
    )

    def __init__(self, data=None, *, organisation, initial=None):
        super().__init__(data, initial=initial)
        members = Member.objects.live().of([organisation]).on(today())
        self.fields["member"].queryset = members.order_by("name_pinyin", "pk")


class ReturnForm(StepForm):
    """Why a certification is given back."""

    reason = forms.CharField(
        label="退回原因",
        max_length=200,
        widget=SuggestInput(kinds.RETURN_REASONS),
        help_text="本人会看到，改好后再交",
    )


class CertificationTypeForm(forms.Form):
    """Who issues certificates of a type, and how long they hold."""

    issuer = forms.CharField(label="发证机构", max_length=80, required=False)
    validity_months = forms.IntegerField(
        label="有效期（月）",
        required=False,
        min_value=1,
        max_value=600,
        help_text="3 年写 36。证书上没印有效期时按它推算；长期有效的类型不填",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, kind, seen=False):
        newest = services.newest_change(kind)
        if seen:  # having seen what the other changed, the next press counts
            data = data.copy()
            data["version"] = newest
        stands = {"issuer": kind.issuer, "validity_months": kind.validity_months, "version": newest}
        super().__init__(data, initial=stands)


# ---------------------------------------------------------------- the programme
class ProgrammeForm(RecordForm):
    """The branch's place in the programme."""

    sections = (
        Section(
            "立项", ("name", "level", "document_number", "starts_on", "ends_on"), note="一个周期一般三年"
        ),
        Section("统计", ("in_reports",), folded=True, quiet=True),
    )

    class Meta:
        model = Programme
        fields = ["name", "level", "document_number", "starts_on", "ends_on", "in_reports"]
        widgets = date_widgets(Programme)
        help_texts = {"document_number": "如 教思政厅函〔2024〕15号"}

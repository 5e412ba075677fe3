"""How forms look, and the forms of accounts."""

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.renderers import TemplatesSetting

from core import accounts
from core.dates import today
from core.models import Appointment, Organisation

_PASSWORD_HINT = "至少 10 位，不能全是数字，不要用姓名或常见密码"


class Renderer(TemplatesSetting):
    """Fields drawn by our own templates: label above, error and hint below, all tied to the control."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


def report(form, error: ValidationError) -> None:
    """Show what a service refused: beside the field it is about, else on top of the form."""
    problems = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, messages in problems.items():
        for message in messages:
            form.add_error(name if name in form.fields else _beside(form, message), message)


def _beside(form, message) -> str | None:
    """The field that the sentence of a model's constraint belongs to: of those its condition names the last one that
    the form has (of a beginning and an end, the end); None where it is about several at once."""
    model = getattr(getattr(form, "_meta", None), "model", None)
    for constraint in model._meta.constraints if model else ():
        if constraint.violation_error_message != message:
            continue
        if unique := [name for name in getattr(constraint, "fields", ()) if name != "organisation"]:
            return unique[0] if len(unique) == 1 and unique[0] in form.fields else None
        named = [name.removesuffix("_first").removesuffix("_last") for name in _named(constraint.condition)]
        return next((name for name in reversed(named) if name in form.fields), None)
    return None


def _named(condition):
    for child in condition.children:
        if isinstance(child, tuple):
            yield child[0].partition("__")[0]
        else:
            yield from _named(child)


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class SuggestInput(forms.TextInput):
    """A line of text with words to choose from; anything else can be typed."""

    template_name = "components/suggest.html"

    def __init__(self, suggestions=(), attrs=None):
        super().__init__(attrs)
        self.suggestions = suggestions

    def get_context(self, name, value, attrs):
        """The words, and the list they stand in."""
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["suggestions"] = self.suggestions
        if widget["suggestions"]:
            widget["attrs"] |= {"list": f"{widget['attrs']['id']}_words", "autocomplete": "off"}
        return context


class HintedSelect(forms.Select):
    """A long choice of which each option has a word of its own below the field, once it is chosen. Arguments: hints,
    {value: word}."""

    def __init__(self, hints=None, attrs=None):
        super().__init__({"data-search": True, **(attrs or {})})
        self.hints = hints or {}

    def create_option(self, name, value, *args, **kwargs):
        """With its word, for the page's script."""
        option = super().create_option(name, value, *args, **kwargs)
        if hint := self.hints.get(value):
            option["attrs"]["data-hint"] = hint
        return option


class _Plain:
    """allauth's forms repeat each label as a placeholder; ours stand above the field."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if "code" in self.fields:
            self.fields["code"].label = "验证码"


class LoginForm(_Plain, account_forms.LoginForm):
    """User name and password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {
            "autofocus": True,
            "autocapitalize": "none",
            "spellcheck": "false",
        }


class ConfirmPasswordForm(_Plain, account_forms.ReauthenticateForm):
    """The password once more, before something that matters."""


class ChangePasswordForm(_Plain, account_forms.ChangePasswordForm):
    """The old password, and the new one twice."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _PASSWORD_HINT


class CodeForm(_Plain, mfa_forms.AuthenticateForm):
    """The second factor at log-in."""


class ConfirmCodeForm(_Plain, mfa_forms.ReauthenticateForm):
    """The second factor once more, before something that matters."""


class ActivateCodesForm(_Plain, totp_forms.ActivateTOTPForm):
    """The first code, which proves that the phone has the key."""


class PasswordForm(forms.Form):
    """A new password, twice. The account it is for decides how weak is too weak."""

    password = forms.CharField(
        label="密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_PASSWORD_HINT,
    )
    again = forms.CharField(
        label="再输一遍", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        """Refuse a weak one."""
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self):
        """Refuse two different ones."""
        fields = super().clean()
        if fields.get("password") and fields.get("again") and fields["password"] != fields["again"]:
            self.add_error("again", "两次输入的密码不一样")
        return fields


class WelcomeForm(PasswordForm):
    """The first branch and its secretary."""

    branch_name = forms.CharField(
        label="支部全称", max_length=100, help_text="例如：信息工程学院教师第一党支部"
    )
    committee_name = forms.CharField(
        label="上级党组织",
        max_length=100,
        required=False,
        help_text="学院党委或党总支的全称；只管一个支部可以不填",
    )
    branch_code = forms.CharField(
        label="支部代码",
        max_length=50,
        initial="branch",
        help_text="命令行和导出文件用它指代支部，只用小写字母、数字和连字符，以后不变",
    )
    name = forms.CharField(label="书记姓名", max_length=60)
    username = forms.CharField(
        label="用户名",
        max_length=150,
        help_text="登录时用，可以用工号",
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    field_order = ["branch_name", "committee_name", "branch_code", "name", "username", "password", "again"]


class RoleForm(forms.Form):
    """A role at a place. What the user may not give is not offered (and refused by the service)."""

    organisation = forms.ModelChoiceField(
        label="组织", queryset=Organisation.objects.none(), empty_label=None
    )
    role = forms.ChoiceField(label="角色")
    starts_on = forms.DateField(label="开始日期", initial=today, widget=DayInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        places = Organisation.objects.administered_by(user).order_by("path")
        roles = {role for place in places for role in accounts.grantable_roles(user, place)}
        self.fields["organisation"].queryset = places
        self.fields["role"].choices = [choice for choice in Appointment.Role.choices if choice[0] in roles]
        self.initial.setdefault("role", Appointment.Role.MEMBER)
        self.initial.setdefault("organisation", next((place for place in places if place.is_branch), None))


class AccountForm(RoleForm):
    """A new account with its first role."""

    name = forms.CharField(label="姓名", max_length=60)
    username = forms.CharField(
        label="用户名", max_length=150, help_text="登录时用，可以用工号；只用字母、数字和 @ . + - _"
    )
    starts_on = None

    field_order = ["name", "username", "organisation", "role"]


class EndRoleForm(forms.Form):
    """The last day of a role."""

    ends_on = forms.DateField(label="最后一天", initial=today, widget=DayInput)


class OrganisationForm(forms.ModelForm):
    """A new place below one's own."""

    parent = forms.ModelChoiceField(label="上级组织", queryset=Organisation.objects.none(), empty_label=None)

    class Meta:
        model = Organisation
        fields = ["name", "short_name", "code", "kind"]
        help_texts = {"code": "命令行和导出文件用它，只用小写字母、数字和连字符，以后不变"}

    field_order = ["parent", "kind", "name", "short_name", "code"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        above = Organisation.objects.administered_by(user).exclude(kind=Organisation.Kind.BRANCH)
        self.fields["parent"].queryset = above.order_by("path")

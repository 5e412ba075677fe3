"""Forms of reports."""

from django import forms
from django.core.exceptions import ValidationError

from core.dates import Window
from core.models import Organisation
from reports.templates import MINUTES, YEARLY, check


class TemplateForm(forms.Form):
    """The wording of a report."""

    name = YEARLY
    text = forms.CharField(label="模板", widget=forms.Textarea(attrs={"rows": 40, "spellcheck": "false"}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """A template that can be read, and speaks of what exists."""
        check(self.name, self.cleaned_data["text"])
        return self.cleaned_data["text"]


class MinutesTemplateForm(TemplateForm):
    """The wording of meeting records."""

    name = MINUTES


class ReportForm(forms.Form):
    """Which branch, over which window."""

    branch = forms.ModelChoiceField(Organisation.objects.none(), to_field_name="code", label="支部")
    window = forms.CharField(label="统计区间", max_length=30)

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = Organisation.objects.branches().editable_by(user)

    def clean_window(self) -> Window:
        """A window as Window.parse reads it."""
        try:
            return Window.parse(self.cleaned_data["window"])
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from error

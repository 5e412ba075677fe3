"""The form of the import page."""

from __future__ import annotations

from django import forms
from django.conf import settings

from core.models import Organisation


class UploadForm(forms.Form):
    """A workbook, and the branch it is for."""

    branch = forms.ModelChoiceField(
        label="导入到", queryset=Organisation.objects.none(), to_field_name="code", empty_label=None
    )
    file = forms.FileField(
        label="工作簿",
        help_text="只收 .xlsx。先看预览，确认后才写入。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"empty": "这是一个空文件", "required": "请选择文件"},
    )

    def __init__(self, *args, branches, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches

    def clean_file(self):
        """Size and extension; the contents are looked at by the preview."""
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_MB * 2**20:
            raise forms.ValidationError(f"文件超过 {settings.UPLOAD_MAX_MB} MB")
        if not file.name.lower().endswith(".xlsx"):
            raise forms.ValidationError("只收 .xlsx 工作簿；.xls、.xlsm、CSV 请用 Excel 或 WPS 另存为 .xlsx")
        return file

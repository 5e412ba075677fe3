"""How files come to a record: added on its page, described, thrown away and brought back.

Whoever may change a record's words may do so to its files: its editors, and its holder until the branch has settled it.
"""

from __future__ import annotations

from pathlib import PurePath

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.checklists import Checklist, checklist
from core.editing import PartialDateFormField
from core.files import (
    EDITABLE,
    attach,
    attached_to,
    attachments_of,
    detach,
    edit_attachment,
    move_attachment,
    reattach,
)
from core.forms import report
from core.images import MEDIA_TYPES
from core.intake import PICTURES
from core.links import record_url
from core.models import Attachment, ProofRule, Record
from core.permissions import get_correctable

_ACCEPTED = "image/*,.heic,.heif,.pdf,.docx,.xlsx,.pptx"
# What files are named after, in the order in which it is looked for.
_NAMED = {
    "签到": Attachment.Kind.SIGN_IN_SHEET,
    "通知": Attachment.Kind.NOTICE,
    "协议": Attachment.Kind.AGREEMENT,
    "检索": Attachment.Kind.INDEXING_PROOF,
    "封面": Attachment.Kind.COVER,
    "目录": Attachment.Kind.CONTENTS,
    "证书": Attachment.Kind.CERTIFICATE,
    "证明": Attachment.Kind.HOST_PROOF,
}


def usual_kind(record, name: str) -> str:
    """The Attachment.Kind of a file of which nobody said it: by its name, else what the record has to be proven by,
    else a picture is a photo (of what can be photographed, in any case)."""
    for word, kind in _NAMED.items():
        if word in name:
            return kind
    if record.to_be_proven is not None and not record.is_photographed:
        for rule in checklist(type(record)).asked_of(record):
            if rule.kind and rule.demand == ProofRule.Demand.REQUIRED:
                return rule.kind
    is_picture = PurePath(name).suffix.lower() in PICTURES
    return Attachment.Kind.PHOTO if is_picture else Attachment.Kind.OTHER


def add_url(page: str, kind: str) -> str:
    """The page of a record with the form for evidence of this kind open. Arguments: page, its address."""
    return f"{page}?add={kind}#proof"


def proof_of(record, request, may_edit: bool, proof: Checklist | None = None) -> dict:
    """What the page of a record shows of its proof: the checklist and the files; for whoever may change them also those
    in the trash, and the form for more, which `?add=<kind>` opens with the kind chosen.

    Arguments: proof, the checklist by which the record was `marked`; None for one that need not be proven.
    """
    attached = list(attached_to(record))
    there = [attachment for attachment in attached if attachment.deleted_at is None]
    adding = request.GET.get("add") if may_edit else None
    form = NewEvidenceForm(initial={"kind": adding if adding in Attachment.Kind.values else ""})
    return {
        **(_checked(record, proof, [attachment.kind for attachment in there]) if proof else {}),
        "attachments": [_drawn(attachment, may_edit) for attachment in there],
        "trashed_files": [attachment for attachment in attached if attachment.deleted_at and may_edit],
        "evidence_url": reverse("core:evidence_add", args=[record._meta.label_lower, record.pk]),
        "evidence_form": form if may_edit else None,
        "is_adding": adding is not None,
    }


def _checked(record, proof, kinds) -> dict:
    """The checklist of a record, and what is missing; nothing of one that need not be proven (yet)."""
    if record.lacking is None:
        return {}
    return {
        "wants_proof": True,
        "lacks": record.lacks,
        "is_ready": record.may_be_told and not record.lacks,
        "checks": proof.items_of(record, kinds),
    }


def _drawn(attachment, may_edit) -> dict:
    url = reverse("core:attachment_download", args=[attachment.pk])
    picture = reverse("core:attachment_picture", args=[attachment.pk], query={"size": "thumb"})
    # Only photos as pictures: of anything else a list would show what is personal.
    is_photo = attachment.kind == Attachment.Kind.PHOTO and attachment.blob.media_type in MEDIA_TYPES
    return {
        "name": attachment.name,
        "caption": attachment.caption,
        "kind": attachment.kind,
        "kind_name": attachment.get_kind_display(),
        "size": attachment.blob.size,
        "url": url,
        "thumb_url": picture if is_photo else "",
        "edit_url": reverse("core:attachment_edit", args=[attachment.pk]) if may_edit else "",
        "lacks_consent": attachment.lacks_consent,
    }


# ---------------------------------------------------------------- forms
class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Several files at once. What is wrong with one of them is for `attach` to say, so that the others are kept."""

    def clean(self, data, initial=None):
        """A list of uploads."""
        return [super(_FilesField, self).clean(file, initial) for file in data or [None]]


class EvidenceForm(forms.ModelForm):
    """What is said about a file."""

    kind = forms.ChoiceField(label="种类", choices=Attachment.Kind.choices)
    taken_on = PartialDateFormField("佐证日期", help_text="拍摄或出具的日期，不知道哪天可只填年月")

    class Meta:
        model = Attachment
        fields = EDITABLE

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["taken_on"] = self.instance.taken_on

    def _post_clean(self):
        """Nothing is written into the instance: the service does that, and says what may not be."""


class NewEvidenceForm(EvidenceForm):
    """Files, and what is said about all of them."""

    files = _FilesField(
        label="文件",
        allow_empty_file=True,
        help_text="照片、PDF 或 Office 文件，可一次选多个",
        widget=_Files(attrs={"accept": _ACCEPTED, "multiple": True}),
        error_messages={"required": "请选择文件"},
    )
    kind = forms.ChoiceField(
        label="种类", choices=[("", "按文件自动判断"), *Attachment.Kind.choices], required=False
    )

    field_order = ["files", *EDITABLE]


# ---------------------------------------------------------------- views
@require_http_methods(["GET", "POST"])
def evidence_add(request, label, pk):
    """Add files to a record. Each is refused or kept by itself.

    A browser with our script sends one file a request and is answered in JSON: what is worth knowing of it, or (422)
    why it was refused. Arguments: label, the record's model as history keeps it.
    """
    record = get_correctable(_model(label).objects, request.user, pk=pk)
    form = NewEvidenceForm(request.POST or None, request.FILES or None)
    by_script = request.headers.get("Accept") == "application/json"
    if not form.is_valid():
        if by_script:
            return JsonResponse({"error": _sentence(form)}, status=422)
        context = {"form": form, "record": record, "evidence_url": request.path}
        return render(request, "core/evidence_add.html", context)
    said = dict(form.cleaned_data)
    files, kind = said.pop("files"), said.pop("kind")
    added, refused, notes = 0, [], []
    for file in files:
        try:
            kind_of_file = kind or usual_kind(record, file.name)
            attachment = attach(record, file, kind_of_file, file.name, **said, by=request.user)
        except ValidationError as error:
            refused.append(f"“{file.name}”没有添加：{'；'.join(error.messages)}")
        else:
            added += 1
            notes += [f"“{attachment.name}”也是“{other}”的佐证" for other in _also(attachment, request.user)]
    if by_script:
        if refused:
            return JsonResponse({"error": refused[0]}, status=422)
        return JsonResponse({"notes": notes})
    if added:
        messages.success(request, f"已添加 {added} 个文件")
    for sentence in notes:
        messages.info(request, sentence)
    for sentence in refused:
        messages.error(request, sentence)
    return redirect(_proof(record))


@require_http_methods(["GET", "POST"])
def attachment_edit(request, pk):
    """Say something else about a file."""
    attachment, record = _own(request, pk, deleted_at__isnull=True)
    form = EvidenceForm(request.POST or None, instance=attachment)
    if form.is_valid():
        try:
            edit_attachment(attachment, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            report(form, error)
        else:
            messages.success(request, f"已保存“{attachment.name}”")
            return redirect(_proof(record))
    row = list(attachments_of(record).values_list("pk", flat=True))
    context = {
        "form": form,
        "record": record,
        "attachment": attachment,
        "place": row.index(attachment.pk) + 1,
        "files": len(row),
    }
    return render(request, "core/attachment_edit.html", context)


@require_POST
def attachment_move(request, pk):
    """Put a file further to the front or back among those of its record."""
    attachment, _ = _own(request, pk, deleted_at__isnull=True)
    move_attachment(attachment, 1 if request.POST.get("to") == "back" else -1, by=request.user)
    return redirect("core:attachment_edit", attachment.pk)


@require_POST
def attachment_trash(request, pk):
    """Put a file into the trash, and offer to undo it."""
    attachment, record = _own(request, pk, deleted_at__isnull=True)
    detach(attachment, by=request.user)
    undo = reverse("core:attachment_restore", args=[attachment.pk])
    messages.success(request, f"“{attachment.name}”已移入回收站", extra_tags=undo)
    return redirect(_proof(record))


@require_POST
def attachment_restore(request, pk):
    """Bring a file back from the trash; where that may not be, say why."""
    attachment, record = _own(request, pk, deleted_at__isnull=False)
    try:
        reattach(attachment, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"已恢复“{attachment.name}”")
    return redirect(_proof(record))


def _model(label):
    """The kind of record an address speaks of. Raises Http404 for what is none."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        raise Http404 from None
    if not issubclass(model, Record):
        raise Http404
    return model


def _own(request, pk, **lookup):
    """An attachment and its record, for whoever may change the record. Raises as `get_correctable`."""
    found = Attachment.objects.filter(**lookup).select_related("blob", "content_type")
    attachment = get_object_or_404(found, pk=pk)
    model = attachment.content_type.model_class()
    return attachment, get_correctable(model.objects, request.user, pk=attachment.object_id)


def _also(attachment, user) -> list:
    """The other records of the branch that the same file proves, as far as the user may see them."""
    others = Attachment.objects.filter(
        blob=attachment.blob_id, organisation=attachment.organisation_id, deleted_at__isnull=True
    ).exclude(pk=attachment.pk)
    found = []
    for other in others.select_related("content_type").order_by("pk")[:5]:
        found += other.content_type.model_class().objects.visible_to(user).filter(pk=other.object_id)
    return found


def _proof(record) -> str:
    return f"{record_url(record)}#proof"


def _sentence(form) -> str:
    """All that is wrong with a form, in a line."""
    return "；".join(
        f"{form.fields[name].label}：{' '.join(errors)}" if name in form.fields else " ".join(errors)
        for name, errors in form.errors.items()
    )

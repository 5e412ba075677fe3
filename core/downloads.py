"""How files leave: always through the permission of what they belong to, never as a page of ours.

Pictures are shown as copies without place and device (core/pictures.py). The original is for whoever keeps the records.
"""

from __future__ import annotations

import logging
import re
from pathlib import PurePath

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from core.files import blob_path, open_blob
from core.images import MEDIA_TYPES
from core.models import Attachment, Change
from core.permissions import get_visible, scope_of
from core.pictures import MEDIA_TYPE, SIZES, NoPicture, copy_of
from core.records import log_record
from core.text import whole_number

logger = logging.getLogger(__name__)
# What a browser may show; everything else is saved. Not PDF: viewers do not start in a sandbox.
SHOWN = {"image/jpeg", "image/png", "image/gif", "image/webp"}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z", re.ASCII)
_CHUNK = 1 << 16


def send_blob(request, blob, name: str) -> HttpResponse:
    """The bytes of a blob, or the one range of them that was asked for, under a name, which may be Chinese.

    Where nginx stands in front (X_ACCEL_PREFIX), it sends the file itself. Raises Http404 if the bytes are gone (and
    says so in the log).
    """
    if settings.X_ACCEL_PREFIX:
        response = _sent_by_nginx(blob_path(blob.sha256), blob.media_type)
    else:
        try:
            file = open_blob(blob)
        except FileNotFoundError:
            logger.error("the bytes of blob %s are missing", blob.sha256)
            raise Http404("文件不在了") from None
        response = _whole_or_range(request, file, blob)
        response["Accept-Ranges"] = "bytes"
    return _guarded(response, blob.media_type not in SHOWN, name)


def send_picture(blob, name: str, size: str, page: int = 1) -> HttpResponse:
    """The copy of a picture or of a page of a PDF (core/pictures.py), shown by the browser.

    Raises Http404 if there is none.
    """
    try:
        path = copy_of(blob, size, page)
    except NoPicture:
        raise Http404("这个文件没有图片") from None
    if settings.X_ACCEL_PREFIX:
        response = _sent_by_nginx(path, MEDIA_TYPE)
    else:
        response = FileResponse(path.open("rb"), content_type=MEDIA_TYPE)
    return _guarded(response, False, f"{PurePath(name).stem}.jpg")


def _sent_by_nginx(path, media_type):
    response = HttpResponse(content_type=media_type)
    response["X-Accel-Redirect"] = (
        f"{settings.X_ACCEL_PREFIX}{path.relative_to(settings.MEDIA_ROOT).as_posix()}"
    )
    return response


def _whole_or_range(request, file, blob):
    """RFC 9110, 14.2: one range gives 206 or 416; several, or what is none, give the whole file."""
    asked = _RANGE.match(request.headers.get("Range", ""))
    if not asked or asked[0] == "bytes=-" or (asked[1] and asked[2] and int(asked[2]) < int(asked[1])):
        response = FileResponse(file, content_type=blob.media_type)
        response["Content-Length"] = blob.size
        return response
    if asked[1]:
        start, end = int(asked[1]), min(int(asked[2] or blob.size), blob.size - 1)
    else:  # the last bytes
        start, end = max(blob.size - int(asked[2]), 0), blob.size - 1
    if start > end:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{blob.size}"})
    response = StreamingHttpResponse(_Part(file, start, end), status=206, content_type=blob.media_type)
    response["Content-Range"] = f"bytes {start}-{end}/{blob.size}"
    response["Content-Length"] = end - start + 1
    return response


class _Part:
    """The bytes of a file from `start` to `end`, both included; it is closed with the response, read or not."""

    def __init__(self, file, start, end):
        self.file, self.start, self.end, self.close = file, start, end, file.close

    def __iter__(self):
        self.file.seek(self.start)
        left = self.end - self.start + 1
        while left and (chunk := self.file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _guarded(response, as_attachment, name):
    """It is somebody's upload: no sniffing, a sandbox."""
    response["Content-Disposition"] = content_disposition_header(as_attachment, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
def attachment_download(request, pk):
    """One attachment, for whoever may see its record. Photos apart, each download is in the history: sign-in sheets
    and certificates hold personal data. A picture says in its metadata where it was taken: whoever does not keep the
    branch's records gets its copy, unless the upload was their own."""
    attachment, record = _seen(request.user, pk)
    is_theirs = attachment.organisation_id in scope_of(request.user).edit
    if attachment.blob.media_type in MEDIA_TYPES and not (
        is_theirs or attachment.created_by_id == request.user.pk
    ):
        response = send_picture(attachment.blob, attachment.name, "page")
    else:
        response = send_blob(request, attachment.blob, attachment.name)
    _note(request, attachment, record)
    return response


@require_safe
def attachment_picture(request, pk):
    """The picture of an attachment, for whoever may see its record; ?size=thumb (the default) or page, ?page= of a PDF.

    What is large enough to read is in the history as a download is, a thumb in a list is not."""
    attachment, record = _seen(request.user, pk)
    size, page = request.GET.get("size", "thumb"), whole_number(request.GET.get("page", "1"))
    if size not in SIZES or page is None:
        raise Http404
    response = send_picture(attachment.blob, attachment.name, size, page)
    if size == "page":
        _note(request, attachment, record)
    return response


def _seen(user, pk):
    """A live attachment and its record, which the user may see. Raises Http404 otherwise."""
    live = Attachment.objects.filter(deleted_at__isnull=True).select_related("blob", "content_type")
    attachment = get_object_or_404(live, pk=pk)
    return attachment, get_visible(
        attachment.content_type.model_class().objects, user, pk=attachment.object_id
    )


def _note(request, attachment, record):
    if attachment.kind != Attachment.Kind.PHOTO and request.method == "GET":
        log_record(Change.Verb.DOWNLOAD, record, by=request.user, changes={"文件": ["", attachment.name]})

"""How files leave: always through the permission of what they belong to, never as a page of ours."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from core.files import open_blob
from core.models import Attachment, Change
from core.permissions import get_visible
from core.records import log_record

logger = logging.getLogger(__name__)
# What a browser may show; everything else is saved. Not PDF: viewers do not start in a sandbox.
SHOWN = {"image/jpeg", "image/png", "image/gif", "image/webp"}


def send_blob(blob, name: str) -> HttpResponse:
    """The bytes of a blob under a name, which may be Chinese.

    They are somebody's upload: no sniffing, a sandbox, no cache shared with others. Where nginx stands in front
    (X_ACCEL_PREFIX), it sends the file itself. Raises Http404 if the bytes are gone (and says so in the log).
    """
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(content_type=blob.media_type)
        response["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX}{blob.sha256[:2]}/{blob.sha256}"
    else:
        try:
            response = FileResponse(open_blob(blob), content_type=blob.media_type)
        except FileNotFoundError:
            logger.error("the bytes of blob %s are missing", blob.sha256)
            raise Http404("文件不在了") from None
        response["Content-Length"] = blob.size
    response["Content-Disposition"] = content_disposition_header(blob.media_type not in SHOWN, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
def attachment_download(request, pk):
    """One attachment, for whoever may see its record. Photos apart, each download is in the history: sign-in sheets
    and certificates hold personal data."""
    live = Attachment.objects.filter(deleted_at__isnull=True).select_related("blob", "content_type")
    attachment = get_object_or_404(live, pk=pk)
    record = get_visible(attachment.content_type.model_class().objects, request.user, pk=attachment.object_id)
    response = send_blob(attachment.blob, attachment.name)
    if attachment.kind != Attachment.Kind.PHOTO and request.method == "GET":
        log_record(Change.Verb.DOWNLOAD, record, by=request.user, changes={"文件": ["", attachment.name]})
    return response

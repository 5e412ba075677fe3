"""Pictures of stored files for the pages: small copies made anew, upright and with nothing of the original but what is
seen: no place, no device, no comment, no bytes behind the end.

They lie in MEDIA_ROOT/copies, are made when first asked for, and may be deleted at any time; no backup holds them.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from core.files import COPIES, blob_path, incoming_directory, open_blob
from core.images import MEDIA_TYPES, UNREADABLE, open_picture, upright, upright_size
from core.models import Blob
from core.pdfs import UnreadablePdf, page_of, pages_of

MEDIA_TYPE = "image/jpeg"
SIZES = {"thumb": 480, "page": 2000}  # the longer side, in pixels
PICTURED = MEDIA_TYPES | {"application/pdf"}
_QUALITY = 85
_REMEMBERED = 2000  # measures of pages, in each process
_MEASURED: dict[tuple[str, int], Looked] = {}


class NoPicture(Exception):
    """There is no picture of this file: not of its type, no such page, damaged, or its bytes are gone."""


def copy_of(blob: Blob, size: str, page: int = 1) -> Path:
    """The JPEG copy of a picture or of a page of a PDF (from 1), made if it is not there. size: a key of SIZES.

    Raises NoPicture; OSError if it cannot be written (disk full …).
    """
    if blob.media_type not in PICTURED:
        raise NoPicture
    is_pdf = blob.media_type == "application/pdf"
    if not is_pdf and page != 1:
        raise NoPicture
    path = _path(blob.sha256, f"{size}-{page}")
    if not path.exists():
        try:
            with open_blob(blob) as file:
                image = _drawn(file, is_pdf, page, SIZES[size])
        except (UnreadablePdf, *UNREADABLE) as error:
            raise NoPicture from error
        _write(image, path)
    return path


@dataclass(frozen=True)
class Looked:
    """A file that was looked at: width and height in pixels as it is shown, of the copy where the file is a PDF; how
    many pages it has."""

    width: int
    height: int
    pages: int


def look_at(blob: Blob, page: int = 1) -> Looked:
    """Open the picture of a file, or of one of a PDF's pages, as whoever is to see it will: a file that passes can be
    shown. Raises NoPicture, OSError."""
    copy_of(blob, "page", page)
    if not blob_path(blob.sha256).exists():
        raise NoPicture
    try:
        return _measured(blob, page)
    except (UnreadablePdf, *UNREADABLE) as error:
        raise NoPicture from error


def _measured(blob, page) -> Looked:
    """Files are named by their content: what was measured once holds."""
    known = (blob.sha256, page)
    if known not in _MEASURED:
        with open_blob(blob) as file:
            if blob.media_type == "application/pdf":
                with open_picture(copy_of(blob, "page", page)) as image:
                    looked = Looked(*image.size, pages_of(file))
            else:
                with open_picture(file) as image:
                    looked = Looked(*upright_size(image), 1)
        if len(_MEASURED) >= _REMEMBERED:
            _MEASURED.clear()
        _MEASURED[known] = looked
    return _MEASURED[known]


def _path(sha256, what) -> Path:
    return Path(settings.MEDIA_ROOT) / COPIES / sha256[:2] / f"{sha256}-{what}.jpg"


def _drawn(file, is_pdf, page, side):
    if is_pdf:
        return page_of(file, page, side, side)
    with open_picture(file) as image:
        return upright(image, side, side)


def _write(image, path) -> None:
    """Under another name first: two who ask at once both find a whole picture."""
    half = incoming_directory() / uuid.uuid4().hex
    try:
        image.save(half, "JPEG", quality=_QUALITY)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)

"""Files → Reading."""

from __future__ import annotations

from branch.reading.fields import Known, Reading, find_fields
from branch.reading.layouts import LAYOUTS, Layout
from branch.reading.recognise import PAGES, UnreadableFile, recognise

__all__ = ["UnreadableFile", "read"]


def read(files: list[bytes], known: Known, layouts: tuple[Layout, ...] = LAYOUTS) -> Reading:
    """Read a certificate.

    Arguments: files, the bytes of its pictures (JPEG, PNG, WebP, HEIC) or PDF files, in order; known, what the branch
    knows; layouts, issuers' layouts, the first that fits is used. Raises UnreadableFile for a file that is none of
    these or is broken. Only the first PAGES pages are read.
    """
    pages = []
    for data in files:
        if len(pages) < PAGES:
            pages += recognise(data)
    return find_fields(pages[:PAGES], known, layouts)

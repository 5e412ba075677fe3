"""Files → Reading."""

from __future__ import annotations

from branch.reading.fields import Known, Reading, find_fields
from branch.reading.layouts import LAYOUTS, Layout
from branch.reading.recognise import PAGES, Page, UnreadableFile, recognise

__all__ = ["UnreadableFile", "read"]


def read(files: list[bytes], known: Known, layouts: tuple[Layout, ...] = LAYOUTS) -> Reading:
    """Read a certificate.

    Arguments: files, the bytes of its pictures (JPEG, PNG, WebP, HEIC) or PDF files, in order; known, what the branch
    knows; layouts, issuers' layouts, the first that fits is used. A file that cannot be read is passed over and told
    (`Reading.unreadable`); raises UnreadableFile if none can. Only the first PAGES pages are read.
    """
    pages, unreadable = [], []
    for number, data in enumerate(files):
        if len(pages) < PAGES:
            try:
                pages += recognise(data)
            except UnreadableFile:
                unreadable.append(number)
                pages.append(Page([], []))  # so that the pages behind it keep their numbers
    if files and len(unreadable) == len(files):
        raise UnreadableFile(f"none of {len(files)} files can be read")
    reading = find_fields(pages[:PAGES], known, layouts)
    reading.unreadable = unreadable
    return reading

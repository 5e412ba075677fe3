"""The report as a Word file, laid out after GB/T 9704-2012.

A4, margins 37/35/28/26 mm, 22 lines of 28 characters: body 三号 仿宋_GB2312 on a fixed pitch of 28 pt. Fonts are named
and not shipped. Every run names its East Asian font and says so (hint), or “”—… would take the Latin one.
The bytes depend on nothing but the frozen report and its files: no clock, fixed times in the ZIP, the branch as author.

The XML is written as text and not through a library: see docs/decisions.md.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from reports.document import Block, Document, FactTable, NewPage, Photos, Picture, Table, Text
from reports.render.word.inline import Inline
from reports.render.word.package import Package
from reports.render.word.pictures import Pictures
from reports.render.word.styles import LANDSCAPE, ROLES, STYLES, UPRIGHT
from reports.render.word.tables import fact_table, table
from reports.render.word.xml import MAIN

_AIR = 160  # between a table and the text below it, twips


def write(compiled, stream: BinaryIO) -> None:
    """Write the Word file of a compiled report into a binary stream."""
    _write(compiled.document, stream, compiled.open_file, compiled.fonts, compiled.tick)


def render_document(
    document: Document, open_file: Callable[[str], BinaryIO] | None = None, fonts: Path | None = None
) -> bytes:
    """The Word file of a drafted report. Without open_file its photos, without fonts its charts are missing."""
    saved = io.BytesIO()
    _write(document, saved, open_file, fonts, lambda: None)
    return saved.getvalue()


def _write(document, stream, open_file, fonts, tick):
    package, inline = Package(stream, document), Inline(document)
    body = Body(inline, Pictures(package, inline, open_file, fonts))
    for block in document.blocks:
        tick()
        body.add(block)
    package.close(body.parts())


class Body:
    """The body of a document, block by block."""

    def __init__(self, inline: Inline, pictures: Pictures):
        self._inline, self._pictures = inline, pictures
        # As UTF-8: a character beyond 16 bits would make a string of a thousand rows four times as large.
        self._parts: list[bytes] = []
        self._paper = UPRIGHT
        self._next: NewPage | None = None  # a new page that has not begun

    def add(self, block: Block) -> None:
        """Add a block."""
        if isinstance(block, NewPage):
            self._next = block
            return
        new_page = self._turn()
        if isinstance(block, Text):
            self._paragraph(block, new_page)
            return
        if new_page:
            self._append(_gap("<w:pageBreakBefore/>"))
        elif self._ends_in_table():
            self._append(_gap())  # or the two would become one
        width = self._paper.text_width
        match block:
            case Table():
                for part in table(block, width, self._inline):
                    self._append(part)
            case FactTable():
                self._append(fact_table(block, width, self._inline))
            case Photos():
                self._append(self._pictures.photos(block, width))
            case Picture():
                self._append(self._pictures.chart(block, width))

    def parts(self) -> Iterator[bytes]:
        """All of the document's XML, ended by the section that the last page belongs to."""
        yield f"<w:document {MAIN}><w:body>".encode()
        yield from self._parts
        last = "" if self._parts and not self._ends_in_table() else _gap()
        yield f"{last}{self._paper.section()}</w:body></w:document>".encode()

    def _paragraph(self, block, new_page):
        style = STYLES[ROLES[block.role]]
        runs = self._inline.anchor(block.anchor, self._inline.runs(block.spans, style.font, raised=True))
        properties = "<w:pageBreakBefore/>" if new_page else ""
        if self._ends_in_table() and not (new_page or style.before):
            properties = f'<w:spacing w:before="{_AIR}"/>'
        self._append(f'<w:p><w:pPr><w:pStyle w:val="{style.id}"/>{properties}</w:pPr>{runs}</w:p>')

    def _append(self, xml):
        self._parts.append(xml.encode())

    def _turn(self) -> bool:
        """Begin the section of a new page, if it lies another way; returns whether the next paragraph is to begin a
        page by itself."""
        if self._next is None:
            return False
        paper, self._next = LANDSCAPE if self._next.landscape else UPRIGHT, None
        if not self._parts or paper is self._paper:
            self._paper = paper
            return bool(self._parts)
        if self._ends_in_table():
            self._append(_gap())
        # The last paragraph of a section holds the section's properties.
        head, tag, tail = self._parts[-1].rpartition(b"</w:pPr>")
        self._parts[-1] = head + self._paper.section().encode() + tag + tail
        self._paper = paper
        return False

    def _ends_in_table(self):
        return bool(self._parts) and self._parts[-1].endswith(b"</w:tbl>")


def _gap(properties=""):
    """A paragraph that is not seen: between tables, and where a table may not be the last thing."""
    return f'<w:p><w:pPr><w:pStyle w:val="Gap"/>{properties}</w:pPr></w:p>'

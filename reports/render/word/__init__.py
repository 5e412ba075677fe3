"""The report as a Word file, laid out after GB/T 9704-2012.

A4, margins 37/35/28/26 mm, 22 lines of 28 characters: body 三号 仿宋_GB2312 on a fixed pitch of 28 pt. Fonts are named
and not shipped. Every run names its East Asian font and says so (hint), or “”—… would take the Latin one.
The bytes depend on nothing but the frozen report and its files: no clock, fixed times in the ZIP, the branch as author.

The XML is written as text and not through a library: see docs/decisions.md.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from reports.document import Document, NewPage, Photos, Picture, Table, Text
from reports.render.word.inline import Inline
from reports.render.word.package import Package
from reports.render.word.pictures import Pictures
from reports.render.word.styles import LANDSCAPE, ROLES, STYLES, UPRIGHT
from reports.render.word.tables import table
from reports.render.word.xml import MAIN


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
    package.close(f"<w:document {MAIN}><w:body>{body.xml()}</w:body></w:document>")


class Body:
    """The body of a document, block by block."""

    def __init__(self, inline: Inline, pictures: Pictures):
        self._inline, self._pictures = inline, pictures
        self._parts: list[str] = []  # paragraphs and tables
        self._paper = UPRIGHT
        self._next: NewPage | None = None  # a new page that has not begun

    def add(self, block) -> None:
        """Add a block."""
        if isinstance(block, NewPage):
            self._next = block
            return
        new_page = self._turn()
        match block:
            case Text():
                style = STYLES[ROLES[block.role]]
                runs = self._inline.runs(block.spans, style.font, raised=True)
                breaks = "<w:pageBreakBefore/>" if new_page else ""
                runs = self._inline.anchor(block.anchor, runs)
                self._parts.append(f'<w:p><w:pPr><w:pStyle w:val="{style.id}"/>{breaks}</w:pPr>{runs}</w:p>')
                return
            case Table():
                xml = table(block, self._paper.text_width, self._inline)
            case Photos():
                xml = self._pictures.photos(block, self._paper.text_width)
            case Picture():
                xml = self._pictures.chart(block, self._paper.text_width)
        if new_page:
            self._parts.append(_gap("<w:pageBreakBefore/>"))
        elif self._ends_in_table():
            self._parts.append(_gap())  # or the two would become one
        self._parts.append(xml)

    def xml(self) -> str:
        """All of it, ended by the section that the last page belongs to."""
        if not self._parts or self._ends_in_table():
            self._parts.append(_gap())
        return "".join(self._parts) + self._paper.section()

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
            self._parts.append(_gap())
        # The last paragraph of a section holds the section's properties.
        head, tag, tail = self._parts[-1].rpartition("</w:pPr>")
        self._parts[-1] = f"{head}{self._paper.section()}{tag}{tail}"
        self._paper = paper
        return False

    def _ends_in_table(self):
        return bool(self._parts) and self._parts[-1].endswith("</w:tbl>")


def _gap(properties=""):
    """A paragraph that is not seen: between tables, and where a table may not be the last thing."""
    return f'<w:p><w:pPr><w:pStyle w:val="Gap"/>{properties}</w:pPr></w:p>'

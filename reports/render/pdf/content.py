"""A drafted report as data for report.typ: sections of blocks, every text made printable, every link with its end.

A link to nothing, or to what stands twice, would stop the typesetter: where links lead is settled here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core import charts
from core.charts.model import in_words
from reports.document import (
    Column,
    Document,
    Group,
    Mark,
    NewPage,
    PageOf,
    Photo,
    Photos,
    Picture,
    See,
    Table,
    Text,
    cell_text,
)
from reports.render import photos
from reports.render.characters import BREAK, printable, visible
from reports.render.fonts import Fonts
from reports.render.pictures import readable

UPRIGHT, LANDSCAPE = 442.2, 637.8  # points; width of the text
BODY, CELL, CAPTION, TITLE = 16, 10.5, 12, 22
_PADDING = 8.5  # of a cell, both sides, and its rule
# The largest photo, alone and one of two; the frame of one that is missing. As in the Word file.
_MM = 72 / 25.4
_ALONE, _BESIDE, _FRAME = (110 * _MM, 80 * _MM), (74 * _MM, 70 * _MM), (74 * _MM, 14 * _MM)
_CHART_WIDTH = 150 * _MM
_LONGEST, _LONGEST_ALT = 500, 5000  # characters; a string in a PDF has its limits
_WORD = 24  # letters; a longer one, such as an address, is broken
_HEAD = 4  # characters; a head as short stays on one line
_PITCH = 28
_TALL = 20  # lines; a row of more may be broken across pages
_LONG = re.compile("[!-~\u00a1-\u024f]{2,}")
_LEVELS = {"heading1": 1, "heading2": 2, "appendix_title": 1}
_STOPS = "，。、；：！？）”’》〉」』】…"
# What a mark stays with: the word before it, with the signs behind that word, and the signs that follow.
_BEFORE = re.compile(rf"(?:[!-~]{{1,20}}|[^\s\u200b])[{_STOPS}]{{0,3}}\Z")
_AFTER = re.compile(rf"[{_STOPS}]{{1,3}}")
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_EMPTY = "本图无数据"


def data_of(document: Document, fonts: Fonts, open_file, directory: Path, tick: Callable[[], None]) -> dict:
    """What report.typ reads. Pictures are written into `directory` and named in it."""
    return _Writer(document, fonts, open_file, directory, tick).data()


@dataclass
class _Writer:
    document: Document
    fonts: Fonts
    open_file: Callable
    directory: Path
    tick: Callable[[], None]
    named: set[str] = field(default_factory=set)  # labels given out
    ends: set[str] = field(default_factory=set)  # labels that links lead to
    files: int = 0
    width: float = UPRIGHT
    level: int = 0  # of the heading before

    def data(self) -> dict:
        """The whole document."""
        document = self.document
        self.anchors = {anchor for block in document.blocks for anchor in _anchors(block)}
        self.mentioned = {span.number for line in _lines(document) for span in line if isinstance(span, Mark)}
        self.indexed = {number for row in _rows(document) if (number := _index_row(row))}
        sections = self._sections()
        return {
            "title": visible(document.title).strip()[:_LONGEST] or "—",
            "author": visible(document.author)[:_LONGEST],
            "day": [int(part) for part in document.day.split("-")],
            "fonts": {
                role: {"families": face.families, "weight": face.weight}
                for role, face in self.fonts.roles.items()
            },
            "sections": sections,
            "ends": sorted(self.ends),
        }

    def _sections(self) -> list[dict]:
        sections = [{"landscape": False, "blocks": []}]
        self.width = UPRIGHT
        for block in self.document.blocks:
            self.tick()
            if isinstance(block, NewPage):
                sections.append({"landscape": block.landscape, "blocks": []})
                self.width = LANDSCAPE if block.landscape else UPRIGHT
                continue
            blocks = sections[-1]["blocks"]
            made = _BLOCKS[type(block)](self, block)
            before = blocks[-1] if blocks else {}
            if made.get("role") == before.get("role") == "meta":
                before["spans"] += ["\n", *made["spans"]]
            elif made.get("role") == "appendix_title" and before.get("role") == "appendix":
                # The number and the title of an appendix are one heading.
                anchor = before["anchor"] or made["anchor"]
                blocks[-1] = made | {"kind": "appendix", "number": before["spans"], "anchor": anchor}
            else:
                blocks.append(made)
        return [section for section in sections if section["blocks"]]

    # -- inside a line
    def words(self, text: str, size: float, width: float) -> str:
        """A text as it is printed in a line of a width; a word longer than it may be broken anywhere."""

        def broken(match):
            word = match[0]
            return BREAK.join(word) if self.fonts.width_of(word, size) > width else word

        return _LONG.sub(broken, printable(text, self.fonts))

    def spans(self, spans, size: float, width: float, *, raised: bool) -> list:
        """A row of spans. raised: whether marks are small and in brackets."""
        made = []
        for span in spans:
            if isinstance(span, Mark):
                mark = self._mark(span, raised)
                if raised and made and isinstance(made[-1], str) and (found := _BEFORE.search(made[-1])):
                    made[-1], mark["before"] = made[-1][: found.start()], found[0]
                made.append(mark)
            elif isinstance(span, PageOf):
                made.append({"kind": "page", "to": self._to_mark(span.number)})
            elif isinstance(span, See):
                to = self._end(span.anchor, span.anchor in self.anchors)
                made.append(
                    {"kind": "see", "text": self.words(span.text, size, width), "to": to, "label": None}
                )
            else:
                words = self.words(str(span), size, width)
                if raised and made and _is_mark(made[-1]) and (found := _AFTER.match(words)):
                    made[-1]["after"], words = found[0], words[found.end() :]
                made.append(words)
        return made

    def _mark(self, mark: Mark, raised: bool) -> dict:
        label = self._name(f"mark-{mark.number}")
        to = self._end(f"index-{mark.number}", mark.number in self.indexed)
        text = printable(f"（{mark}）" if raised else mark.number, self.fonts)
        return {
            "kind": "mark" if raised else "plain",
            "text": text,
            "to": to,
            "label": label,
            "before": "",
            "after": "",
        }

    def _name(self, name: str) -> str | None:
        """A label, the first time it is asked for."""
        if not name or name in self.named:
            return None
        self.named.add(name)
        return name

    def _to_mark(self, number: str) -> str | None:
        """The first mention of an evidence number, if there is one."""
        return self._end(f"mark-{number}", number in self.mentioned)

    def _end(self, name: str, is_there: bool) -> str | None:
        """The label a link leads to, if that is in the document."""
        if not is_there:
            return None
        self.ends.add(name)
        return name

    # -- blocks
    def _text(self, block: Text) -> dict:
        role = block.role
        if role in _LEVELS and not 0 < len(visible(block.text).strip()) <= _LONGEST:
            role = "body"  # no entry of an outline
        spans = self.spans(block.spans, TITLE if "title" in role else BODY, self.width, raised=True)
        made = {"kind": "text", "role": role, "spans": spans, "anchor": self._name(block.anchor)}
        if role in _LEVELS:
            # An outline may not begin below its first level.
            self.level = made["level"] = min(_LEVELS[role], self.level + 1)
        return made

    def _table(self, block: Table) -> dict:
        widths = self._widths(block)
        rows = []
        for row in block.rows:
            self.tick()
            if isinstance(row, Group):
                rows.append({"kind": "group", "text": self.words(row.text, CELL, self.width - _PADDING)})
                continue
            texts = [cell_text(cell) for cell in row]
            lines = max(
                self.fonts.width_of(text, CELL) / width + text.count("\n")
                for text, width in zip(texts, widths, strict=True)
            )
            cells = [
                self._cell(cell, width, _index_row(row)) for cell, width in zip(row, widths, strict=True)
            ]
            rows.append({"kind": "cells", "cells": cells, "breakable": lines > _TALL})
        return {
            "kind": "table",
            "heads": [
                self.words(c.head, CELL, width) for c, width in zip(block.columns, widths, strict=True)
            ],
            "widths": [width + _PADDING for width in widths],
            "aligns": ["right" if c.is_number else "left" for c in block.columns],
            "rows": rows,
        }

    def _widths(self, block: Table) -> list[float]:
        """Room for text in each column: its share, but enough for a short head, for its words, and for all of a number
        or date; if there is not enough for that, its share."""
        room = self.width - _PADDING * len(block.columns)
        shares = [max(column.share, 1) for column in block.columns]
        rows = [row for row in block.rows if not isinstance(row, Group)]
        needed = [
            self._needed(column, {cell_text(row[at]) for row in rows})
            for at, column in enumerate(block.columns)
        ]
        tight: set[int] = set()
        while True:
            loose = sum(share for at, share in enumerate(shares) if at not in tight)
            rest = room - sum(needed[at] for at in tight)
            if rest < room / 3:
                return [room * share / sum(shares) for share in shares]
            widths = [needed[at] if at in tight else rest * share / loose for at, share in enumerate(shares)]
            if not (more := {at for at, width in enumerate(widths) if needed[at] > width}):
                return widths
            tight |= more

    def _needed(self, column: Column, texts: set[str]) -> float:
        """The least room for a column in which nothing is broken that should not be."""
        if not (column.is_number or column.kind == "date"):
            texts = {word for text in texts for word in _LONG.findall(text) if len(word) <= _WORD}
        if len(column.head) <= _HEAD:
            texts |= {column.head}
        return max((self.fonts.width_of(text, CELL) for text in texts), default=0) + 0.5

    def _cell(self, cell, width: float, index: str | None):
        if isinstance(cell, Mark) and cell.number == index:
            # The row of the index itself: the number leads back to where it is first mentioned.
            text = printable(cell.number, self.fonts)
            label = self._name(f"index-{index}")
            return [{"kind": "plain", "text": text, "to": self._to_mark(index), "label": label}]
        if isinstance(cell, (Mark, PageOf, See)):
            cell = (cell,)
        if isinstance(cell, tuple) and cell:
            return self.spans(cell, CELL, width, raised=False)
        return self.words(cell_text(cell), CELL, width)

    def _photos(self, block: Photos) -> dict:
        box = _ALONE if len(block.photos) == 1 else _BESIDE
        return {"kind": "pictures", "pictures": [self._photo(photo, box) for photo in block.photos]}

    def _photo(self, photo: Photo, box: tuple[float, float]) -> dict:
        self.tick()
        scaled = photos.scaled(self.open_file, photo.sha256, *box)
        if scaled is None:
            return self._picture(photo, None, *_FRAME, photos.MISSING)
        return self._picture(photo, self._file(scaled.content, "jpg"), scaled.width, scaled.height)

    def _chart(self, block: Picture) -> dict:
        drawn = charts.svg(block.chart, width=_CHART_WIDTH / 72 * 96)
        if drawn is None:
            return {
                "kind": "pictures",
                "pictures": [self._picture(block, None, _CHART_WIDTH, _PITCH, _EMPTY)],
            }
        file = self._file(readable(drawn, self.fonts).encode(), "svg")
        height = _CHART_WIDTH * _height_of(drawn)
        said = visible(in_words(block.chart))
        return {"kind": "pictures", "pictures": [self._picture(block, file, _CHART_WIDTH, height, said)]}

    def _picture(self, picture: Photo | Picture, file, width, height, said="") -> dict:
        """A picture with what stands below it. file: None for a frame; said: what is in the frame, or what a chart says
        to those who do not see it."""
        return {
            "file": file,
            "width": width,
            "height": height,
            "said": said,
            "alt": (visible(picture.title) + (f"：{said}" if said else ""))[:_LONGEST_ALT],
            "title": self.words(picture.title, CAPTION, width),
            "anchor": self._name(f"figure-{picture.number}"),
        }

    def _file(self, content: bytes, ending: str) -> str:
        self.files += 1
        name = f"picture-{self.files}.{ending}"
        (self.directory / name).write_bytes(content)
        return name


_BLOCKS = {Text: _Writer._text, Table: _Writer._table, Photos: _Writer._photos, Picture: _Writer._chart}


def _is_mark(made) -> bool:
    return isinstance(made, dict) and made["kind"] == "mark"


# ---------------------------------------------------------------- charts
def _height_of(svg: str) -> float:
    """How high a chart is, as a share of its width."""
    width, height = map(float, _VIEW.search(svg).groups())
    return height / width


# ---------------------------------------------------------------- what is in a document
def _rows(document):
    for table in document.tables:
        yield from (row for row in table.rows if not isinstance(row, Group))


def _lines(document):
    """Rows of spans in which evidence numbers may be mentioned."""
    for block in document.blocks:
        if isinstance(block, Text):
            yield block.spans
        elif isinstance(block, Table):
            for row in block.rows:
                if isinstance(row, Group):
                    continue
                index = _index_row(row)
                for cell in row:
                    spans = cell if isinstance(cell, tuple) else (cell,)
                    yield tuple(
                        span for span in spans if not (isinstance(span, Mark) and span.number == index)
                    )


def _index_row(row) -> str | None:
    """The evidence number whose row in the index this is: one with its number and its page."""
    paged = {cell.number for cell in row if isinstance(cell, PageOf)}
    return next((cell.number for cell in row if isinstance(cell, Mark) and cell.number in paged), None)


def _anchors(block) -> list[str]:
    """What references may lead to in a block."""
    if isinstance(block, Text):
        return [block.anchor] if block.anchor else []
    if isinstance(block, Photos):
        return [f"figure-{photo.number}" for photo in block.photos]
    if isinstance(block, Picture):
        return [f"figure-{block.number}"]
    return []

"""Spans → runs, with the bookmarks that lead from an evidence mark to the index and from the index to its page."""

from __future__ import annotations

import re

from reports.document import (
    NOTHING,
    Cell,
    Document,
    Group,
    Mark,
    PageOf,
    Photos,
    Picture,
    See,
    Spans,
    Table,
    Text,
    cell_text,
)
from reports.render.word.styles import MARK_STYLE
from reports.render.word.xml import field, link, run


def is_index(table: Table) -> bool:
    """Whether a table is the index of evidence: it says on which page a number is mentioned."""
    return any(
        isinstance(span, PageOf)
        for row in table.rows
        if not isinstance(row, Group)
        for cell in row
        for span in spans_of(cell)
    )


def spans_of(cell: Cell) -> Spans:
    """A cell as spans."""
    if isinstance(cell, tuple):
        return cell
    return (cell,) if isinstance(cell, Mark | PageOf) else (cell_text(cell),)


class Inline:
    """Writes the spans of one document, in order. A reference whose target is not in the document is plain text."""

    def __init__(self, document: Document):
        self._anchors, self._indexed, self._mentioned = set(), set(), set()
        self._named, self._count = set(), 0
        for block in document.blocks:
            match block:
                case Text():
                    self._anchors.add(block.anchor)
                    self._mentioned |= _marks(block.spans)
                case Photos():
                    self._anchors |= {f"figure-{photo.number}" for photo in block.photos}
                case Picture():
                    self._anchors.add(f"figure-{block.number}")
                case Table():
                    into = self._indexed if is_index(block) else self._mentioned
                    for row in block.rows:
                        if not isinstance(row, Group):
                            into |= {number for cell in row for number in _marks(spans_of(cell))}

    def runs(self, spans: Spans, font: str, *, raised: bool) -> str:
        """A line. raised: marks as （佐证2-03） above the line, as in text; else 2-03, as in tables."""
        return "".join(self._run(span, font, raised) for span in spans)

    def index_runs(self, spans: Spans, font: str) -> str:
        """A cell of the index: its mark is what the marks of the text lead to."""
        return "".join(
            self.bookmark("evidence", span.number, run(span.number, font))
            if isinstance(span, Mark)
            else self._run(span, font, raised=False)
            for span in spans
        )

    def bookmark(self, kind: str, key: str, runs: str) -> str:
        """Runs with a bookmark around them, the first time it is asked for."""
        name = _name(kind, key)
        if name in self._named:
            return runs
        self._named.add(name)
        self._count = number = self._count + 1
        return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{runs}<w:bookmarkEnd w:id="{number}"/>'

    def anchor(self, key: str, runs: str) -> str:
        """Runs that references to an anchor lead to."""
        return self.bookmark("anchor", key, runs) if key else runs

    def _run(self, span, font, raised):
        match span:
            case Mark():
                shown = run(f"（{span}）", font, MARK_STYLE) if raised else run(span.number, font)
                if span.number in self._indexed:
                    shown = link(_name("evidence", span.number), shown)
                return self.bookmark("mention", span.number, shown)
            case PageOf():
                if span.number in self._mentioned:
                    return field(f"PAGEREF {_name('mention', span.number)} \\h", NOTHING, font)
                return run(NOTHING, font)
            case See():
                shown = run(span.text, font)
                return link(_name("anchor", span.anchor), shown) if span.anchor in self._anchors else shown
            case _:
                return run(str(span), font)


def _marks(spans):
    return {span.number for span in spans if isinstance(span, Mark)}


def _name(kind, key):
    """The name of a bookmark: letters, digits and _, 40 at most; one that begins with _ is not shown to the user."""
    return re.sub(r"\W", "_", f"_{kind}_{key}")[:40]

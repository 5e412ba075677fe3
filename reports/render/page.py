"""A drafted report as a page: HTML of its blocks, and the outline beside it. Pure, like every renderer.

Every figure is a link to what it is made of, every evidence number one to its row in the index.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core.charts import svg
from reports.document import (
    NOTHING,
    Document,
    FactTable,
    Figure,
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

_CHARTS = {"wide": 567, "narrow": 300}  # as on paper, and as a phone can read it
_TAGS = {
    "title": ("h1", ""),
    "meta": ("p", "doc-sub"),
    "heading1": ("h2", ""),
    "heading2": ("h3", ""),
    "body": ("p", ""),
    "signature": ("p", "signature"),
    "appendix": ("h2", "appendix"),
    "appendix_title": ("p", "appendix-title"),
    "caption": ("p", "caption"),
    "note": ("p", "note"),
}


@dataclass(frozen=True)
class Links:
    """Where things lead: the key of a figure, the SHA-256 of a photo → an address, "" for nowhere; changed: keys of
    figures that the records answer differently today."""

    figure: Callable[[str], str]
    photo: Callable[[str], str]
    changed: frozenset[str] = frozenset()


NOWHERE = Links(lambda key: "", lambda sha256: "")


@dataclass(frozen=True)
class Heading:
    """A line of the outline."""

    text: str
    anchor: str


@dataclass
class Page:
    """body: the HTML; outline: its sections and appendices in order."""

    body: SafeString = ""
    outline: list[Heading] = field(default_factory=list)


def page_of(document: Document, links: Links, *, is_part: bool = False) -> Page:
    """The whole report as HTML. is_part: it is shown inside a page that has a title of its own."""
    return _Writer(document, links, is_part).page()


class _Writer:
    def __init__(self, document, links, is_part):
        self.document, self.links, self.is_part = document, links, is_part
        self.index = _index_of(document)
        self.written: set[str] = set()  # ids, each once
        self.outline: list[Heading] = []

    def page(self) -> Page:
        parts = [self._block(block, place) for place, block in enumerate(self.document.blocks)]
        return Page(mark_safe("\n".join(parts)), self.outline)

    # ---------------------------------------------------------------- blocks
    def _block(self, block, place) -> str:
        match block:
            case Text():
                return self._text(block, place)
            case Table():
                return self._table(block, place)
            case FactTable():
                return self._fact_table(block)
            case NewPage():
                return f'<hr class="new-page{" is-landscape" if block.landscape else ""}">'
            case Photos():
                return f'<div class="photos">{"".join(map(self._photo, block.photos))}</div>'
            case Picture():
                return self._picture(block)

    def _text(self, block, place):
        tag, css = ("p", "doc-title") if self.is_part and block.role == "title" else _TAGS[block.role]
        anchor = block.anchor
        if block.role in ("heading1", "heading2", "appendix"):
            number = re.sub(r"\D", "", block.text) if block.role == "appendix" else ""
            anchor = anchor or (f"appendix-{number}" if number else f"part-{place}")
            if block.role != "heading2":
                self._outline(block, place, anchor)
        css = f' class="{css}"' if css else ""
        return f"<{tag}{css}{self._id(anchor)}>{self._line(block.spans)}</{tag}>"

    def _outline(self, block, place, anchor):
        text = block.text
        after = self.document.blocks[place + 1 : place + 2]
        if block.role == "appendix" and after and isinstance(after[0], Text):
            text = f"{text}　{after[0].text}"
        self.outline.append(Heading(text, anchor))

    def _photo(self, photo: Photo):
        url, title = escape(self.links.photo(photo.sha256)), escape(photo.title)
        picture = (
            f'<a href="{url}"><img src="{url}" alt="{escape(photo.caption)}" loading="lazy"></a>'
            if url
            else '<span class="no-picture">这张照片的文件不在，或浏览器不能显示</span>'
        )
        anchor = self._id(f"figure-{photo.number}")
        return f"<figure{anchor}>{picture}<figcaption>{title}</figcaption></figure>"

    def _picture(self, block: Picture):
        drawn = "".join(
            f'<div class="chart-{name}">{svg(block.chart, width=width) or ""}</div>'
            for name, width in _CHARTS.items()
        )
        return (
            f'<figure class="chart chart-half"{self._id(f"figure-{block.number}")}>{drawn}'
            f"<figcaption>{escape(block.title)}</figcaption></figure>"
        )

    # ---------------------------------------------------------------- tables
    def _table(self, block: Table, place):
        columns = [(at, column) for at, column in enumerate(block.columns) if not column.paged]
        head = "".join(
            f'<th scope="col"{_number(column)}>{escape(column.head)}</th>' for _, column in columns
        )
        rows = "".join(self._row(row, columns, place, at) for at, row in enumerate(block.rows))
        wide = " is-wide" if len(columns) > 6 else ""
        return (
            f'<div class="doc-scroll" role="region" tabindex="0" aria-label="表：{escape(block.name)}">'
            f'<table class="doc-table{wide}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        )

    def _fact_table(self, block: FactTable):
        rows = []
        for row in block.rows:
            span = ' colspan="3"' if len(row) == 1 else ""
            cells = (
                f'<th scope="row">{escape(label)}</th><td{span}>{self._line(spans)}</td>'
                for label, spans in row
            )
            rows.append(f"<tr>{''.join(cells)}</tr>")
        columns = '<col class="is-label"><col>' * 2
        return (
            f'<table class="fact-table" aria-label="{escape(block.name)}"><colgroup>{columns}</colgroup>'
            f"<tbody>{''.join(rows)}</tbody></table>"
        )

    def _row(self, row, columns, place, at):
        if isinstance(row, Group):
            return f'<tr class="group"><th colspan="{len(columns)}" scope="rowgroup">{escape(row.text)}</th></tr>'
        anchor = ""
        if self.index.get(number := _leading_mark(row)) == (place, at):
            anchor = self._id(f"evidence-{number}")
        cells = (f"<td{_number(column)}>{self._cell(row[number])}</td>" for number, column in columns)
        return f"<tr{anchor}>{''.join(cells)}</tr>"

    def _cell(self, cell) -> str:
        if isinstance(cell, (Figure, Mark)):
            return self._span(cell, in_table=True)
        if isinstance(cell, tuple):
            return "".join(self._span(span, in_table=True) for span in cell) or NOTHING
        return escape(cell_text(cell))

    # ---------------------------------------------------------------- inside a line
    def _line(self, spans) -> str:
        return "".join(map(self._span, spans))

    def _span(self, span, in_table=False) -> str:
        match span:
            case Figure():
                return self._figure(span, in_table)
            case Mark():
                return self._mark(span, in_table)
            case PageOf():
                return ""
            case See():
                return f'<a href="#{escape(span.anchor)}">{escape(span.text)}</a>'
        return escape(span).replace("\n", "<br>")

    def _figure(self, span, in_table):
        url, text = escape(self.links.figure(span.key)), escape(span.text)
        if not url:
            return text
        css = "fig" + " in-table" * in_table + " is-changed" * (span.key in self.links.changed)
        return f'<a class="{css}" href="{url}" hx-get="{url}">{text}</a>'

    def _mark(self, span, in_table):
        number = escape(span.number)
        if span.number in self.index:
            text = f'<a href="#evidence-{number}" aria-label="佐证{number}">{number}</a>'
        else:
            text = number
        return text if in_table else f'<sup class="mark">{text}</sup>'

    def _id(self, anchor) -> str:
        if not anchor or anchor in self.written:
            return ""
        self.written.add(anchor)
        return f' id="{escape(anchor)}"'


def _index_of(document) -> dict[str, tuple[int, int]]:
    """Where the row of each evidence number is: the last row of a table that begins with it (block, row)."""
    return {
        number: (place, at)
        for place, block in enumerate(document.blocks)
        if isinstance(block, Table)
        for at, row in enumerate(block.rows)
        if (number := _leading_mark(row))
    }


def _leading_mark(row) -> str:
    """The evidence number in a row's first cell, "" if it has none there."""
    first = row[0] if isinstance(row, tuple) and row else None
    return first.number if isinstance(first, Mark) else ""


def _number(column) -> str:
    return ' class="num"' if column.is_number else ""

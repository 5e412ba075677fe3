"""Tables: written as text, row by row; a library that builds each cell as an object takes half a minute for a year of
a thousand activities.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import pairwise

from reports.document import Column, FactTable, Group, Mark, PageOf, Table, cell_text
from reports.render.word.inline import Inline, is_index, spans_of
from reports.render.word.styles import CAPTION, CELL_MARGIN, FANG_SONG, GRID_TABLE, HEI, TABLE
from reports.render.word.xml import run, text

_ALIGN = {"text": "left", "number": "right", "money": "right", "percent": "right", "date": "center"}
_SPLIT_FROM = 24  # lines; a row higher than that may be split over pages
_WIDEST_WORD = 0.3  # of a table: a longer word than that is broken after all
_WORD = re.compile(r"[!-~]+")  # what is not broken inside a line


def table(block: Table, width: int, inline: Inline) -> Iterator[str]:
    """A table as wide as the page's text (twips), in parts that are one after the other."""
    widths = column_widths(block, width)
    runs = inline.index_runs if is_index(block) else partial(inline.runs, raised=False)
    grid = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in widths)
    yield (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{GRID_TABLE}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" '
        'w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{text(block.name)}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )
    yield _head(block.columns, widths)
    starts = [
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="TableText"/><w:jc w:val="{_ALIGN[column.kind]}"/></w:pPr>'
        for wide, column in zip(widths, block.columns, strict=True)
    ]
    for row in block.rows:
        if isinstance(row, Group):
            yield _group(row, sum(widths), len(widths))
            continue
        cells = "".join(
            f"{start}{runs(spans_of(cell), FANG_SONG)}</w:p></w:tc>"
            for start, cell in zip(starts, row, strict=True)
        )
        yield f"<w:tr><w:trPr>{_whole(row, widths)}</w:trPr>{cells}</w:tr>"
    yield "</w:tbl>"


def fact_table(block: FactTable, width: int, inline: Inline) -> str:
    """A form: its labels as wide as the longest; the only pair of a row takes all of it. Rows may be split."""
    longest = max((len(label) for row in block.rows for label, _ in row), default=0)
    label = min(round(longest * CAPTION * 20) + 2 * CELL_MARGIN + 60, width // 4)
    half = width // 2
    widths = (label, half - label, label, width - half - label)

    def cell(wide, span, aligned, runs):
        over = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{over}<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
            f'<w:pStyle w:val="FactText"/><w:jc w:val="{aligned}"/></w:pPr>{runs}</w:p></w:tc>'
        )

    def pair(head, spans, over):
        filled = inline.runs(spans, FANG_SONG, raised=False)
        return cell(label, 1, "center", run(head, HEI)) + cell(
            sum(widths[1 : over + 1]), over, "left", filled
        )

    rows = "".join(
        f"<w:tr>{''.join(pair(head, spans, 3 if len(row) == 1 else 1) for head, spans in row)}</w:tr>"
        for row in block.rows
    )
    grid = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{GRID_TABLE}"/><w:tblW w:w="{width}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0680" w:firstRow="0" w:lastRow="0" '
        'w:firstColumn="1" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{text(block.name)}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )


def _head(columns, widths):
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
        f'<w:pStyle w:val="TableText"/><w:keepNext/><w:jc w:val="center"/></w:pPr>{run(column.head, HEI)}</w:p></w:tc>'
        for wide, column in zip(widths, columns, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _group(group, width, columns):
    """A subheading stays with what it heads."""
    return (
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
        f'<w:gridSpan w:val="{columns}"/><w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>'
        '<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText"/><w:keepNext/></w:pPr>'
        f"{run(group.text, HEI)}</w:p></w:tc></w:tr>"
    )


def _whole(row, widths):
    """That a row is not split over pages, unless it is so high that it could not help it."""
    lines = max(
        breadth(cell_text(cell)) // max(wide - 2 * CELL_MARGIN, 1) + cell_text(cell).count("\n") + 1
        for cell, wide in zip(row, widths, strict=True)
    )
    return "" if lines >= _SPLIT_FROM else "<w:cantSplit/>"


# ---------------------------------------------------------------- widths
def column_widths(block: Table, width: int) -> list[int]:
    """The widths of the columns in twips, by their shares; but a number, a date, an evidence number and a word that
    cannot be broken get the room they need, as long as there is any."""
    needs = [min(need, round(width * _WIDEST_WORD)) for need in _needs(block)]
    total = sum(column.share for column in block.columns)
    shares = [width * column.share / total for column in block.columns]
    if sum(needs) >= width:
        wide = [need * width / sum(needs) for need in needs]
    else:
        # What the narrow lack is taken from the others, each in proportion to what it has to spare.
        lack = sum(max(need - share, 0) for need, share in zip(needs, shares, strict=True))
        spare = sum(max(share - need, 0) for need, share in zip(needs, shares, strict=True))
        wide = [
            need if share <= need else share - (share - need) * lack / spare
            for need, share in zip(needs, shares, strict=True)
        ]
    edges = [round(sum(wide[:number])) for number in range(len(wide) + 1)]
    return [after - before for before, after in pairwise(edges)]


def _needs(block):
    """The least width of each column."""
    margins = 2 * CELL_MARGIN + 30
    needs = [_need_of_head(column.head) + margins for column in block.columns]
    for row in block.rows:
        if isinstance(row, Group):
            continue
        for place, (cell, column) in enumerate(zip(row, block.columns, strict=True)):
            needs[place] = max(needs[place], _need(cell, column) + margins)
    return needs


def _need(cell, column: Column):
    if isinstance(cell, PageOf):
        return breadth("000")
    words = cell_text(cell)
    if column.kind == "text" and not isinstance(cell, Mark):
        return _longest_word(words)
    return breadth(words)


def _need_of_head(head):
    """A head of up to four characters stays in one line, a longer one in two."""
    words = breadth(head)
    return max(
        _longest_word(head), words if len(head) <= 4 else round(words * ((len(head) + 1) // 2) / len(head))
    )


def _longest_word(words):
    return max((breadth(word) for word in _WORD.findall(words)), default=0)


def breadth(words: str) -> int:
    """How wide a text is in a table, in twips, a little generously: the fonts are not here."""
    return round(sum(map(_em, words)) * TABLE * 20)


@lru_cache(maxsize=4096)
def _em(character):
    if character in "MW@%":
        return 0.95
    if character.isascii():
        return 0.74 if character.isupper() else 0.5
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.6

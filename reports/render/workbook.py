"""Workbooks that renderers write: one list a sheet, typed cells, a frozen head with filters, set up for A4.

Nothing is a formula, whatever a text begins with. The same content gives the same bytes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

import xlsxwriter

from reports.document import NOTHING, Column

LONGEST_TEXT = 32_767  # UTF-16 units of a cell
LONGEST_SHEET_NAME = 31
MOST_LINKS = 65_000  # of a sheet; Excel gives up at 65,530
_DIGITS = 15  # Excel keeps no more of a number
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")  # in XML 1.0, which makes \r a \n
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_DAY = re.compile(r"(?:19|[2-9]\d)\d\d-\d\d-\d\d", re.ASCII)  # Excel's days begin with 1900
_A4 = 9
_LINE, _HEAD, _TALLEST = 15, 24, 12  # points of a row; the most lines a row is made tall for
_NARROW, _WIDE = 6, 46  # columns of half-width characters
_FILTER_BUTTON = 3
_FONT = {"font_name": "宋体", "font_size": 11}
_RED, _WHITE, _GRID = "#9B1C1C", "#FFFFFF", "#D9D4CC"
_BOX = {"border": 1, "border_color": _GRID}
_TOP = {"valign": "top", "text_wrap": True}
_LEADS = {"font_color": "#1F4E79", "underline": 1}
WHOLE, MONEY, AS_TEXT, _DATE = "#,##0", "#,##0.00", "@", "yyyy-mm-dd"


class Entry(NamedTuple):
    """A cell. value: what it holds; target: the place a click leads to, such as `'佐证'!A12`; pattern: Excel's number
    format, where the kind of value does not say it."""

    value: str | int | Decimal | None
    target: str = ""
    pattern: str = ""


def legal(text: str) -> str:
    """A text without the characters that XML cannot hold, line ends as \\n, cut at what a cell can."""
    if _ILLEGAL.search(text):
        text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 > LONGEST_TEXT and len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        text = text.encode("utf-16-le")[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
    return text


def width_of(text: str) -> int:
    """How many columns the longest line takes; a Chinese character takes two."""
    return max(len(line.encode("gb18030")) for line in text.split("\n"))


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of this width."""
    if 2 * len(text) < width and "\n" not in text:
        return 1
    return sum(-(-len(line.encode("gb18030")) // max(width - 1, 1)) or 1 for line in text.split("\n"))


class Book:
    """A workbook in the making. First claim the names of its sheets, then write these in order, then take its bytes."""

    def __init__(self, *, title: str, author: str, day: str):
        """Arguments: day, `2024-12-31`: when its properties say it was made."""
        # Not constant_memory: it would write texts inline, and rows could not get their height or their links.
        self._bytes = io.BytesIO()  # written into a file, a full disk would not be told as OSError
        self._book = xlsxwriter.Workbook(
            self._bytes,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        created = dt.datetime.combine(dt.date.fromisoformat(day), dt.time())
        self._book.set_properties({"title": legal(title), "author": legal(author), "created": created})
        self._names: set[str] = {"history"}  # Excel keeps this one for itself
        look = self._book.add_format
        self._title = look(
            {
                **_FONT,
                "font_size": 16,
                "bold": True,
                "font_color": _RED,
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        self._heading = look({**_FONT, "font_size": 12, "bold": True, "top": 1, "top_color": _GRID})
        self._head = look(
            {**_FONT, **_BOX, "bold": True, "font_color": _WHITE, "bg_color": _RED, "valign": "vcenter"}
        )
        self._text, self._link = look({**_FONT, **_TOP}), look({**_FONT, **_TOP, **_LEADS})
        self._cells: dict[tuple, object] = {}

    def claim(self, name: str) -> str:
        """A name for a sheet, made legal and unlike all claimed before."""
        name = _NOT_IN_SHEET_NAME.sub("_", legal(name).replace("\n", " ")).strip(" '") or "表"
        stem, count, mark = name, 1, ""
        while True:
            name = f"{_units(stem, LONGEST_SHEET_NAME - len(mark)).rstrip(chr(39))}{mark}"
            if name.casefold() not in self._names:
                break
            count += 1
            mark = f"({count})"
        self._names.add(name.casefold())
        return name

    def finish(self) -> bytes:
        """Its bytes. The first sheet is the one that opens."""
        self._book.close()
        return self._bytes.getvalue()

    # ---------------------------------------------------------------- a list
    def fill(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence],
        *,
        title: str,
        landscape: bool = True,
        clipped: Collection[int] = (),
    ) -> None:
        """Add a sheet with a list.

        Arguments: rows, of Entry, text, numbers or None; title, printed above each page; clipped, columns of one line:
        what is longer ends at the next cell. A column is as wide as what it holds, up to 46 or its share.
        """
        sheet = self._book.add_worksheet(name)
        rows = [[_entry(cell) for cell in row] for row in rows]
        widths = [self._width(place, column, rows) for place, column in enumerate(columns)]
        for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, legal(column.head), self._head)
        sheet.set_row(0, _HEAD)
        links = 0
        for line, row in enumerate(rows, start=1):
            lines = 1
            for place, (entry, column, width) in enumerate(zip(row, columns, widths, strict=True)):
                has_link = bool(entry.target) and links < MOST_LINKS
                links += has_link
                self._write(sheet, line, place, entry, column, has_link, place in clipped)
                if isinstance(entry.value, str) and place not in clipped:
                    lines = max(lines, lines_of(entry.value, width))
            if lines > 1:  # Excel would find the height by itself, LibreOffice would not
                sheet.set_row(line, _LINE * min(lines, _TALLEST) + 3)
        sheet.freeze_panes(1, 0)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
            # Numbers of things are texts on purpose.
            sheet.ignore_errors(
                {"number_stored_as_text": xlsxwriter.utility.xl_range(0, 0, len(rows), len(columns) - 1)}
            )
        sheet.repeat_rows(0)
        self._page(sheet, landscape, title)

    def _width(self, place, column, rows):
        widest = width_of(legal(column.head)) + _FILTER_BUTTON
        for row in rows:
            text = _shown(row[place])
            if 2 * len(text) + 2 > widest:  # else it cannot be wider
                widest = max(widest, width_of(text) + 2)
        return min(max(widest, _NARROW), max(_WIDE, column.share))

    def _write(self, sheet, line, place, entry, column, has_link, is_clipped):
        value, pattern = entry.value, entry.pattern
        day = _day(value) if column.kind == "date" else None
        is_text = isinstance(value, str) and not day
        if day:
            pattern = _DATE
        elif is_text:
            pattern = AS_TEXT
        elif not pattern:
            pattern = MONEY if isinstance(value, Decimal) else WHOLE
        style = self._cell(pattern, column.is_number, has_link, is_text and not is_clipped)
        if has_link:
            sheet.write_url(line, place, f"internal:{entry.target}", style, "")
        if day:
            sheet.write_datetime(line, place, day, style)
        elif is_text:
            sheet.write_string(line, place, value, style)
        else:
            sheet.write_number(line, place, value, style)

    # ---------------------------------------------------------------- a page of text
    def tell(
        self, name: str, lines: Iterable[tuple[Entry | str, str]], *, title: str, widths=(24, 80)
    ) -> None:
        """Add a sheet with lines of two cells; a left cell without a right one is a heading. widths: of the two."""
        sheet = self._book.add_worksheet(name)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.hide_gridlines(2)
        sheet.merge_range(0, 0, 0, 1, "", self._title)
        sheet.write_string(0, 0, legal(title), self._title)
        sheet.set_row(
            0, 2 * _LINE * lines_of(title, sum(widths) * 11 // 16)
        )  # in letters of 16 points, not 11
        for line, (left, right) in enumerate(lines, start=1):
            if not left and not right:
                continue
            left = left if isinstance(left, Entry) else Entry(legal(left))
            if right == "":
                for place, text in enumerate((left.value, "")):
                    sheet.write_string(line, place, text, self._heading)
                continue
            style = self._link if left.target else self._text
            if left.target:
                sheet.write_url(line, 0, f"internal:{left.target}", style, "")
            sheet.write_string(line, 0, left.value, style)
            text = legal(right)
            sheet.write_string(line, 1, text, self._text)
            sheet.set_row(line, _LINE * min(lines_of(text, widths[1]), _TALLEST) + 3)
        self._page(sheet, False, "")

    # ---------------------------------------------------------------- looks
    def _page(self, sheet, landscape, title):
        sheet.set_paper(_A4)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.6, right=0.6, top=0.9, bottom=0.8)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C— 第 &P 页 —")
        if title := " ".join(legal(title).split()):
            sheet.set_header("&C" + _units(title, 120).replace("&", "&&"))

    def _cell(self, pattern, right, link, wrap):
        """The format of a cell of a list."""
        key = pattern, right, link, wrap
        if key not in self._cells:
            # The gap keeps a number off the text beside it.
            side = {"align": "right", "indent": 1} if right else {"align": "left"}
            self._cells[key] = self._book.add_format(
                {
                    **_FONT,
                    **_BOX,
                    **_TOP,
                    **side,
                    **(_LEADS if link else {}),
                    "num_format": pattern,
                    "text_wrap": wrap,
                }
            )
        return self._cells[key]


def place_of(sheet: str, line: int) -> str:
    """A row of a sheet as the target of a link. line: from 0, as the head is."""
    return f"'{sheet.replace(chr(39), chr(39) * 2)}'!A{line + 1}"


def _entry(cell) -> Entry:
    """A cell ready to be written: legal text, no number with more digits than Excel keeps, a dash for nothing."""
    entry = cell if isinstance(cell, Entry) else Entry(cell)
    value = entry.value
    if value is None or isinstance(value, str):
        return Entry(legal(value or "") or NOTHING, entry.target)
    if len(str(value).replace(".", "").lstrip("-0")) > _DIGITS:
        return Entry(f"{value:,.2f}" if isinstance(value, Decimal) else f"{value:,}", entry.target)
    return entry


def _shown(entry: Entry) -> str:
    """About as it is shown, for the width of its column."""
    if isinstance(entry.value, str):
        return entry.value
    plain = f"{entry.value:,.2f}" if isinstance(entry.value, Decimal) else f"{entry.value:,}"
    return plain + "　" * (entry.pattern.count('"') // 2)


def _day(value) -> dt.date | None:
    """The day of a text such as 2024-06-01; None where the day is not known."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        with contextlib.suppress(ValueError):  # no such day: it stays the text it is
            return dt.date.fromisoformat(value)
    return None


def _units(text: str, limit: int) -> str:
    """The beginning of a text, cut at `limit` UTF-16 units."""
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")

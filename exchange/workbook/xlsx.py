"""Read an .xlsx file cell by cell, exactly as it stands, and refuse what is not a plain workbook.

Why not openpyxl for the cells: it takes the same text for `_x000D_` written by Excel for a line end and typed by
somebody, does not say in its read-only mode which cells are merged, does not know the date formats of Chinese Excel
(ids 27–36 and 50–58), and reads no "strict" workbooks. What a serial number or a format code means it is still asked.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.cell import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

UNPACKED_LIMIT = 50 * 2**20

_TOO_LARGE = f"文件解压后超过 {UNPACKED_LIMIT // 2**20} MB，请拆分或删去多余内容后再导入"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_MACRO_PARTS = re.compile(r"vbaproject|xl/macrosheets/|xl/dialogsheets/", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
# Formats that Excel stores by number alone, as Chinese Excel shows them: dates with a day, and year with month.
_DAY_FORMATS = {14, 15, 16, 22, 28, 29, 30, 31, 51, 53, 54, 58}
_MONTH_FORMATS = {17, 27, 36, 50, 52, 57}
_TIME_FORMATS = {18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56}


class NotAWorkbook(Exception):
    """The file as a whole is refused; the text is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not empty.

    kind: text, number, date, time, boolean, formula or error; value: str, float, datetime, time, bool; shows_day: for a
    date, whether its number format shows the day.
    """

    kind: str
    value: object
    shows_day: bool = True


@dataclass
class Worksheet:
    """A sheet: {row number: {column number: Cell}}, both from 1, empty cells and rows left out."""

    name: str
    is_hidden: bool
    part: str | None = None
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)


def address(column: int, row: int) -> str:
    """The name of a cell: (5, 3) is E3."""
    return f"{get_column_letter(column)}{row}"


def read(data: bytes, wanted) -> list[Worksheet]:
    """The worksheets of a file in order; only those whose names are wanted have their cells read.

    Raises NotAWorkbook for whatever is not an .xlsx workbook without macros, too large, damaged or unsafe.
    """
    if len(data) > UNPACKED_LIMIT:
        raise NotAWorkbook(_TOO_LARGE)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise NotAWorkbook("这是旧版 .xls 或加了密码的文件，请去掉密码，另存为 .xlsx 后再导入")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Book(archive).sheets(set(wanted))
    except DefusedXmlException as error:
        raise NotAWorkbook("文件里有实体声明（DOCTYPE、ENTITY），为安全起见不予读取") from error
    except zipfile.BadZipFile as error:
        raise NotAWorkbook("这不是 .xlsx 工作簿（可能是 CSV 或其他文件改了扩展名），或文件已损坏") from error
    except (ParseError, KeyError, ValueError, IndexError, EOFError, RuntimeError, NotImplementedError,
            OverflowError, zlib.error) as error:  # fmt: skip
        raise NotAWorkbook("文件已损坏，或不是 Excel 工作簿，请用 Excel 或 WPS 打开后另存为 .xlsx") from error


class _Book:
    def __init__(self, archive: zipfile.ZipFile):
        self.archive = archive
        entries = archive.infolist()
        # zipfile never unpacks more of an entry than the directory declares, so the declared sizes are a true limit.
        if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
            raise NotAWorkbook(_TOO_LARGE)
        self.names = {entry.filename for entry in entries}
        if "[Content_Types].xml" not in self.names:
            raise NotAWorkbook("这不是 .xlsx 工作簿（可能是其他文件改了扩展名）")
        types = archive.read("[Content_Types].xml").lower()
        if b"macroenabled" in types or any(_MACRO_PARTS.search(name) for name in self.names):
            raise NotAWorkbook("文件含有宏，请另存为不含宏的 .xlsx 后再导入")
        if b"binary.main" in types:
            raise NotAWorkbook("这是 .xlsb 文件，请另存为 .xlsx 后再导入")
        for name in self.names:
            if name.lower().endswith((".xml", ".rels", ".vml")) and _DECLARATION.search(archive.read(name)):
                raise NotAWorkbook("文件里有实体声明（DOCTYPE、ENTITY），为安全起见不予读取")

    def sheets(self, wanted: set[str]) -> list[Worksheet]:
        roots = [part for part, kind in self._relations("").values() if kind.endswith("/officeDocument")]
        main = roots[0] if roots else ""
        if main not in self.names:
            raise NotAWorkbook("这不是 Excel 工作簿（可能是其他文件改了扩展名）")
        parts = self._relations(main)
        self.epoch = CALENDAR_WINDOWS_1900
        found, strings, styles = [], [], []
        for _, element in self._elements(main, "workbookPr", "sheet"):
            name = _local(element.tag)
            if name == "workbookPr" and element.get("date1904") in ("1", "true"):
                self.epoch = CALENDAR_MAC_1904
            elif name == "sheet":
                relation = next((value for key, value in element.items() if _local(key) == "id"), "")
                hidden = element.get("state", "visible") != "visible"
                found.append(Worksheet(element.get("name", ""), hidden, parts.get(relation, (None, ""))[0]))
        if not found:
            raise NotAWorkbook("这不是 Excel 工作簿（可能是其他文件改了扩展名）")
        for part, kind in parts.values():
            if kind.endswith("/sharedStrings"):
                strings = self._strings(part)
            elif kind.endswith("/styles"):
                styles = self._styles(part)
        for sheet in found:
            if sheet.name in wanted and sheet.part:
                self._cells(sheet, strings, styles)
        return found

    # ---------------------------------------------------------------- parts
    def _elements(self, part: str, *names: str):
        """Each element of these local names, complete; forgotten afterwards, so that memory stays small."""
        with self.archive.open(part) as stream:
            depth = 0
            for event, element in iterparse(stream, ("start", "end"), forbid_dtd=True):
                wanted = _local(element.tag) in names
                if event == "start":
                    depth += wanted
                    continue
                if wanted:
                    depth -= 1
                    yield depth, element
                if not depth:
                    element.clear()

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """{relation id: (part, type)} of one part."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self.names:
            return {}
        return {
            element.get("Id", ""): (
                posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))[1:],
                element.get("Type", ""),
            )
            for _, element in self._elements(relations, "Relationship")
            if element.get("TargetMode") != "External"
        }

    def _strings(self, part: str) -> list[str]:
        return [_text(element) for _, element in self._elements(part, "si")]

    def _styles(self, part: str) -> list[str]:
        """For each cell style: '' or what its number format makes of a number: day, month or time."""
        formats, styles = {}, []
        for _, element in self._elements(part, "numFmts", "cellXfs"):
            for child in element:
                if _local(child.tag) == "numFmt":
                    formats[child.get("numFmtId")] = child.get("formatCode", "")
                elif _local(child.tag) == "xf":
                    styles.append(child.get("numFmtId", "0"))
        return [_meaning(number, formats.get(number)) for number in styles]

    def _cells(self, sheet: Worksheet, strings: list[str], styles: list[str]) -> None:
        row_number = 0
        for _, element in self._elements(sheet.part, "row", "mergeCell"):
            if _local(element.tag) == "mergeCell":
                sheet.merged.append(element.get("ref", ""))
                continue
            row_number = int(element.get("r") or row_number + 1)
            row, column = {}, 0
            for child in element:
                if _local(child.tag) != "c":
                    continue
                place = _REFERENCE.fullmatch(child.get("r") or "")
                column = column_index_from_string(place[1]) if place else column + 1
                cell = self._cell(child, strings, styles)
                if cell is not None:
                    row[column] = cell
            if row:
                sheet.rows[row_number] = row

    def _cell(self, element, strings, styles) -> Cell | None:
        kind, raw, inline, formula = element.get("t", "n"), None, None, False
        for child in element:
            name = _local(child.tag)
            if name == "v":
                raw = child.text
            elif name == "is":
                inline = _text(child)
            elif name == "f":
                formula = True
        if formula:
            return Cell("formula", raw or "")
        if kind == "inlineStr":
            return _text_cell(inline)
        if raw is None:
            return None
        if kind == "s":
            return _text_cell(strings[int(raw)])
        if kind == "str":
            return _text_cell(_unescape(raw))
        if kind == "b":
            return Cell("boolean", raw.strip() == "1")
        if kind == "e":
            return Cell("error", raw)
        if kind == "d":
            return Cell("date", dt.datetime.fromisoformat(raw.rstrip("Z")))
        if not raw.strip():
            return None
        number = float(raw)
        style = int(element.get("s") or 0)
        meaning = styles[style] if style < len(styles) else ""
        if not meaning:
            return Cell("number", number)
        if number < 1 or meaning == "time":
            return Cell("time", number)
        try:
            moment = from_excel(number, self.epoch)
        except (ValueError, OverflowError):
            return Cell("number", number)
        return Cell("date", moment, meaning == "day")


def _meaning(number: str, code: str | None) -> str:
    """What a number format makes of a number: '' (a number), day, month (a date without its day) or time."""
    if code is None:
        identifier = int(number)
        for meaning, known in (("day", _DAY_FORMATS), ("month", _MONTH_FORMATS), ("time", _TIME_FORMATS)):
            if identifier in known:
                return meaning
        code = BUILTIN_FORMATS.get(identifier, "General")
    if code == "General" or not is_date_format(code):
        return ""
    if _ELAPSED.search(code):
        return "time"
    letters = _NOT_FORMAT.sub("", code.split(";")[0]).lower()
    if "d" in letters:
        return "day"
    if "y" in letters or "e" in letters or ("m" in letters and not re.search("[hs]", letters)):
        return "month"
    return "time"


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _text(element) -> str:
    """The text of a string item: plain or rich, without the phonetic guide."""
    pieces = []
    for child in element:
        name = _local(child.tag)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces.extend(part.text or "" for part in child if _local(part.tag) == "t")
    return _unescape("".join(pieces))


def _unescape(text: str) -> str:
    """`_x000D_` is how Excel writes a character that XML cannot hold; `_x005F_` is an underscore before such a text."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _text_cell(text: str | None) -> Cell | None:
    return Cell("text", text) if text and text.strip() else None

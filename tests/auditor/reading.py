"""The files of a report read back as a stranger reads them: nothing of ours is imported."""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field

import openpyxl
import pypdfium2
from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DESCRIPTION = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_FORMAT = re.compile(r'(?:"([^"]*)")?(#,##0(?:\.00)?|0|@|General|yyyy-mm-dd)(?:"([^"]*)")?')
MISSING_SIGN = "〓"


@dataclass(frozen=True)
class Line:
    """A paragraph. style: its Word style, by id."""

    style: str
    text: str


@dataclass
class Grid:
    """A table. rows: cells as text, the head first; a subheading is a row of one cell."""

    rows: list[list[str]] = field(default_factory=list)

    @property
    def head(self) -> list[str]:
        """The first row."""
        return self.rows[0]

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.rows[0])


# ---------------------------------------------------------------- Word
def read_word(content: bytes) -> list[Line | Grid]:
    """The body of a Word file in order. What is not seen is left out; photos side by side give their captions."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body = etree.fromstring(package.read("word/document.xml"))[0]
    found: list[Line | Grid] = []
    for element in body:
        if element.tag == f"{_W}tbl":
            style = element.find(f"{_W}tblPr/{_W}tblStyle").get(f"{_W}val")
            if style == "TableGrid":
                found.append(
                    Grid([[_text(cell) for cell in row.iter(f"{_W}tc")] for row in element.iter(f"{_W}tr")])
                )
            else:
                found += [_line(paragraph) for paragraph in element.iter(f"{_W}p")]
        elif element.tag == f"{_W}p":
            found.append(_line(element))
    return [part for part in found if isinstance(part, Grid) or part.text]


def _line(paragraph) -> Line:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return Line(style.get(f"{_W}val") if style is not None else "", _text(paragraph))


def _text(element) -> str:
    said = []
    for part in element.iter(f"{_W}t", f"{_W}br", f"{_W}tab"):
        said.append(part.text or "" if part.tag == f"{_W}t" else "\n" if part.tag == f"{_W}br" else "\t")
    return "".join(said)


def pictures_of(content: bytes) -> list[str]:
    """What the pictures of a Word file are called for those who do not see them."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body = etree.fromstring(package.read("word/document.xml"))
    return [element.get("descr") for element in body.iter(_DESCRIPTION)]


# ---------------------------------------------------------------- PDF
def read_pdf(content: bytes) -> list[str]:
    """The pages of a PDF file as bare text; each without its page number. Raises AssertionError where that is wrong."""
    pages = []
    with pypdfium2.PdfDocument(content) as pdf:
        for number, page in enumerate(pdf, start=1):
            text = page.get_textpage().get_text_range().replace("\ufffe", "-")
            # Cells of a table may look like one, too.
            found = [*re.finditer(rf"—\s*{number}\s*—", text)]
            assert found, f"page {number} does not say its number"
            pages.append(bare(text[: found[-1].start()] + text[found[-1].end() :]))
    return pages


def bare(text: str) -> str:
    """A text without white space and what nobody sees, full and half width alike."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc", "Mn"))


# ---------------------------------------------------------------- Excel
@dataclass(frozen=True)
class Cell:
    """A cell as it is shown, and the sheet and row a click leads to."""

    text: str
    value: object = None
    target: str = ""


def read_excel(content: bytes) -> dict[str, list[list[Cell]]]:
    """The sheets of a workbook in order."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheets = {}
    for sheet in book.worksheets:
        sheets[sheet.title] = [[_cell(cell) for cell in row] for row in sheet.iter_rows()]
    return sheets


def _cell(cell) -> Cell:
    target = cell.hyperlink.location if cell.hyperlink else ""
    return Cell(_shown(cell.value, cell.number_format), cell.value, target or "")


def _shown(value, pattern) -> str:
    """A value as Excel shows it. Raises AssertionError for a number format that is none of the few in use."""
    if value is None:
        return ""
    if isinstance(value, str):
        assert pattern in ("@", "General"), f"text {value!r} as {pattern}"
        return value
    if isinstance(value, dt.datetime):
        assert pattern == "yyyy-mm-dd", pattern
        return f"{value:%Y-%m-%d}"
    match = _FORMAT.fullmatch(pattern)
    assert match, f"{value} as {pattern}"
    before, digits, after = match.groups()
    shown = {"#,##0": f"{value:,.0f}", "#,##0.00": f"{value:,.2f}", "0": f"{value:.0f}"}[digits]
    return f"{before or ''}{shown}{after or ''}"


# ---------------------------------------------------------------- evidence pack
@dataclass
class Pack:
    """An evidence pack. folders: evidence number → names of its files; missing: the lines of the list of what is not
    there, by number; sums: path → SHA-256 as the manifest says; texts."""

    folders: dict[str, list[str]]
    missing: dict[str, str]
    names: list[str]


def read_pack(content: bytes) -> Pack:
    """The names in an evidence pack and its list of what is missing."""
    folders: dict[str, list[str]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        names = pack.namelist()
        for name in names:
            if name.count("/") == 2:
                _, folder, file = name.split("/")
                folders.setdefault(folder.partition("_")[0], []).append(file)
        listed = pack.read("缺失清单.txt").decode("utf-8-sig")
    missing = {match[1]: match[0] for match in re.finditer(r"^(\d+-\d{2,})　.*$", listed, re.MULTILINE)}
    return Pack(folders, missing, names)

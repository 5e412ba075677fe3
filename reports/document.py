"""What a report consists of before it becomes Word, PDF, Excel or a page: blocks in order, and its evidence.

Every renderer walks the same document, so all files say the same. Text is a row of spans, so that a renderer knows
which characters are a figure of the report and which are the mark of an evidence number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

NOTHING = "—"  # what an empty cell of a table shows


# ---------------------------------------------------------------- inside a line
@dataclass(frozen=True)
class Figure:
    """A number of the report. key: the figure it is; text: as it is printed; value: the number itself (money as
    Decimal), None for a ratio."""

    key: str
    text: str
    value: int | Decimal | None = None

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class Mark:
    """An evidence number behind what it proves: 2-03. Raised in text, plain in a table; leads to the index."""

    number: str

    def __str__(self):
        return f"佐证{self.number}"


@dataclass(frozen=True)
class PageOf:
    """The page on which an evidence number is first mentioned: for renderers that have pages."""

    number: str

    def __str__(self):
        return ""


@dataclass(frozen=True)
class See:
    """A reference to a picture or an appendix: 图2, 附件4. anchor: `figure-2`, `appendix-4`."""

    text: str
    anchor: str

    def __str__(self):
        return self.text


Span = str | Figure | Mark | PageOf | See
Spans = tuple[Span, ...]


def plain(spans: Spans) -> str:
    """A line as it is read, evidence marks in brackets."""
    return "".join(f"（{span}）" if isinstance(span, Mark) else str(span) for span in spans)


# ---------------------------------------------------------------- blocks
@dataclass(frozen=True)
class Text:
    """A paragraph; a line end in it stays one. role: title, meta, heading1, heading2, body, signature, appendix (its
    number), appendix_title, caption (of a table) or note. anchor: what references to it name, if anything does."""

    role: str
    spans: Spans
    anchor: str = ""

    @property
    def text(self) -> str:
        """As it is read."""
        return plain(self.spans)


@dataclass(frozen=True)
class Column:
    """A column of a table. share: of the width; kind: text, number, money, percent or date; paged: only for
    renderers that have pages."""

    head: str
    share: int
    kind: str = "text"
    paged: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is set flush right."""
        return self.kind in ("number", "money", "percent")


Cell = str | int | Decimal | Spans | Figure | Mark | PageOf | None


@dataclass(frozen=True)
class Group:
    """A subheading over the whole width of a table."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table with a repeated head. name: of its sheet in a workbook; rows: cells by column, or a Group."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...] | Group, ...]


@dataclass(frozen=True)
class FactTable:
    """A table without heads, as forms have it: labels, each with what is filled in, one or two a row. name: what it
    holds. For the Word file and the page; no PDF has one."""

    name: str
    rows: tuple[tuple[tuple[str, Spans], ...], ...]


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a new page, upright or landscape."""

    landscape: bool = False


@dataclass(frozen=True)
class Photo:
    """A photo of the evidence, by the SHA-256 of its file. number: 图2; caption: what it shows, when and where."""

    sha256: str
    number: int
    caption: str

    @property
    def title(self) -> str:
        """What stands below it."""
        return f"图{self.number} {self.caption}"


@dataclass(frozen=True)
class Photos:
    """One photo, or two side by side."""

    photos: tuple[Photo, ...]


@dataclass(frozen=True)
class Picture:
    """A chart. chart: as core.charts draws it; table: the appendix that holds its numbers."""

    number: int
    caption: str
    chart: object
    table: str = ""

    @property
    def title(self) -> str:
        """What stands below it."""
        return f"图{self.number} {self.caption}"


Block = Text | Table | FactTable | NewPage | Photos | Picture


# ---------------------------------------------------------------- evidence
@dataclass(frozen=True)
class File:
    """A file of the evidence. path: its place in the evidence pack; lacks_consent: children are on it whose guardians
    did not agree, so that it goes nowhere."""

    sha256: str
    size: int
    media_type: str
    kind: str
    name: str
    caption: str
    path: str
    lacks_consent: bool = False


@dataclass(frozen=True)
class Evidence:
    """One record of the index of evidence. record: `activity:12`; number: 2-03; section: its number and heading; files:
    in order, none if there is no proof; lacks: what of its proof is missing, in words."""

    record: str
    number: str
    section: int
    heading: str
    title: str
    date: str
    files: tuple[File, ...]
    lacks: str = ""

    @property
    def shown(self) -> tuple[File, ...]:
        """The files that may be passed on."""
        return tuple(file for file in self.files if not file.lacks_consent)

    @property
    def folder(self) -> str:
        """Its folder in the evidence pack."""
        return self.files[0].path.rpartition("/")[0] if self.files else ""


@dataclass(frozen=True)
class Finding:
    """A doubt of the check before export. level: fault, doubt or hint; text: a sentence. What mends it: record
    (`activity:12`), or figure (its key), if any."""

    level: str
    text: str
    record: str = ""
    figure: str = ""


@dataclass
class Document:
    """A whole report. author and day go into the files' properties; numbers: record → evidence number,
    those of earlier compilations included."""

    title: str
    author: str
    day: str
    blocks: list[Block] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)

    def add(self, role: str, *spans: Span, anchor: str = "") -> None:
        """Add a paragraph, unless there is nothing in it."""
        spans = tuple(span for span in spans if span != "")
        if spans:
            self.blocks.append(Text(role, spans, anchor))

    @property
    def tables(self) -> list[Table]:
        """Its tables in order."""
        return [block for block in self.blocks if isinstance(block, Table)]


def cell_text(cell: Cell) -> str:
    """A cell as paper shows it: thousands with comma, two decimals for money, a dash for nothing."""
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, Decimal):
        return f"{cell:,.2f}"
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, Mark):
        return cell.number
    if isinstance(cell, tuple):
        return "".join(span.number if isinstance(span, Mark) else str(span) for span in cell) or NOTHING
    return str(cell)

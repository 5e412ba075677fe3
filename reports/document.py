"""What a report consists of, before it becomes Word or anything else: blocks in order."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """A paragraph; a line end in it stays one. role: title, meta, heading1, heading2, body, appendix (its number),
    appendix_title, caption or note."""

    role: str
    text: str


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, its share of the width, whether it holds numbers."""

    head: str
    share: int
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a repeated head. A row of one cell only is a subheading over the whole width."""

    columns: list[Column]
    rows: list[list[str]]


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a new page, upright or landscape."""

    landscape: bool = False


@dataclass
class Document:
    """A whole report. author and day go into the file's properties."""

    title: str
    author: str
    day: str
    blocks: list = field(default_factory=list)

    def add(self, role: str, text: str) -> None:
        """Add a paragraph, unless there is nothing in it."""
        if text:
            self.blocks.append(Text(role, text))

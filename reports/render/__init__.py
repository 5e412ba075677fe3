"""Renderers: a compiled report → one file. Pure: no database, no network, no clock.

The same frozen report, files and fonts give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reports.document import Document
from reports.freezing import Frozen
from reports.render import evidence, excel, pdf, word


@dataclass(frozen=True)
class Compiled:
    """A frozen report and the text drafted from it: all that a renderer gets.

    open_file: the bytes of a stored file by its SHA-256, as a binary stream; raises FileNotFoundError. fonts: the
    directory of the fonts of PDF files. tick: to be called now and then during long work; may raise to stop it.
    """

    frozen: Frozen
    document: Document
    open_file: Callable[[str], BinaryIO]
    fonts: Path
    tick: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Output:
    """One file of a compiled report: its name, how a page calls it, its media type, and what writes it into an open
    binary file."""

    name: str
    label: str
    note: str
    media_type: str
    write: Callable[[Compiled, BinaryIO], None]

    @property
    def step(self) -> str:
        """What the page says while it is being made."""
        return f"生成{' ' if self.label[0].isascii() else ''}{self.label}"


# The keys of figures.json in the order of reading; a database may give them back in another.
_ORDER = [
    *("schema", "branch", "window", "as_of", "compiled_at", "digest", "figures"),
    *("code", "name", "committee", "start", "end"),
    *("key", "label", "unit", "line", "value", "display", "numerator", "denominator", "records"),
    *("type", "id", "title", "date"),
]


def _in_order(value):
    if isinstance(value, dict):
        return {key: _in_order(value[key]) for key in sorted(value, key=_ORDER.index)}
    return [_in_order(item) for item in value] if isinstance(value, list) else value


def figures_json(compiled: Compiled, stream: BinaryIO) -> None:
    """figures.json: the figures with their records, for other programs."""
    body = json.dumps(_in_order(compiled.frozen.figures), ensure_ascii=False, indent=1, allow_nan=False)
    stream.write(body.encode() + b"\n")


OUTPUTS = [
    Output(
        "report.docx",
        "Word 文稿",
        "公文版式，可继续修改",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        word.write,
    ),
    Output("report.pdf", "PDF 定稿", "字体已嵌入，适合报送和打印", "application/pdf", pdf.write),
    Output(
        "report.xlsx",
        "数字对照表",
        "每个数字的记录与佐证编号",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        excel.write,
    ),
    Output("evidence.zip", "佐证包", "目录与报告章节一致", "application/zip", evidence.write),
    Output("figures.json", "数字快照", "供其他系统读取", "application/json", figures_json),
]

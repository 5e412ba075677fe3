"""Renderers: a frozen report → the bytes of one file. Pure: no database, no network, no clock.

The same frozen report gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from reports.freezing import Frozen
from reports.render import word


@dataclass(frozen=True)
class Output:
    """One file of a compiled report: its name, how a page calls it, its media type, and what makes it."""

    name: str
    label: str
    note: str
    media_type: str
    render: Callable[[Frozen], bytes]

    @property
    def step(self) -> str:
        """What the page says while it is being made."""
        return f"生成{' ' if self.label[0].isascii() else ''}{self.label}"


def figures_json(frozen: Frozen) -> bytes:
    """figures.json: the figures with their records, for other programs."""
    return (json.dumps(frozen.figures, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


OUTPUTS = [
    Output(
        "report.docx",
        "Word 文稿",
        "公文版式，可继续修改",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        word.render,
    ),
    Output("figures.json", "数字快照", "供其他系统读取", "application/json", figures_json),
]

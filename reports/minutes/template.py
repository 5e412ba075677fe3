"""The template of meeting records as text, read into lines; its sentences are patterns, as in reports.

The built-in text, which explains its own form, lies beside this file.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError

from activities.minutes import FIELDS
from reports.drafting.patterns import Pattern, parse

_BUILTIN = Path(__file__).with_name("builtin.txt")
_PARAGRAPHS = {"标题：": "title", "副题：": "meta", "- ": "body", "落款：": "signature"}
_LONGEST_LABEL = 12  # characters


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a role as reports.document.Text knows it."""

    role: str
    pattern: Pattern


@dataclass(frozen=True)
class Heading:
    """A heading, printed if anything stands under it."""

    text: str


@dataclass(frozen=True)
class Item:
    """A label of the table and what is filled in. half: it leaves half of its row to its neighbour."""

    label: str
    pattern: Pattern
    half: bool


Line = Paragraph | Heading | Item


@functools.cache
def builtin_text() -> str:
    """The built-in template."""
    return _BUILTIN.read_text("utf-8")


@functools.lru_cache(maxsize=8)
def read(text: str) -> tuple[Line, ...]:
    """Read a template. Raises ValidationError with a sentence for each faulty line."""
    lines, faults = [], []
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not line or line.startswith("//"):
            continue
        try:
            lines.append(_read_line(line))
        except ValidationError as error:
            faults.append(f"第 {number} 行：{'；'.join(error.messages)}")
    if sum(isinstance(line, Paragraph) and line.role == "title" for line in lines) != 1 and not faults:
        faults.append("“标题：”要有一行，也只能有一行")
    if faults:
        raise ValidationError(faults)
    return tuple(lines)


def _read_line(line) -> Line:
    for start, role in _PARAGRAPHS.items():
        if line.startswith(start):
            return Paragraph(role, _pattern(line.removeprefix(start)))
    if match := re.fullmatch(r"【(.+)】", line):
        return Heading(match[1])
    if match := re.fullmatch(r"项 ([^：]+?)(（半行）)?：(.+)", line):
        if len(match[1]) > _LONGEST_LABEL:
            raise ValidationError(f"“{match[1]}”太长，项的名称最多 {_LONGEST_LABEL} 个字")
        return Item(match[1], _pattern(match[3]), bool(match[2]))
    raise ValidationError(f"看不懂“{line[:20]}”")


def _pattern(words) -> Pattern:
    if not words.strip():
        raise ValidationError("“：”后面是空的")
    pattern = parse(words)
    unknown = [name for name in pattern.placeholders if name not in FIELDS]
    if unknown:
        raise ValidationError(f"没有“{{{unknown[0]}}}”这一项，可写：{'、'.join(FIELDS)}")
    return pattern

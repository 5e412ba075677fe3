"""Charts as PNG, for what takes no SVG (Word). Pure: the fonts are given, the system's are never looked at."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from core.charts.canvas import FONT

_VIEW = re.compile(r'viewBox="0 0 [\d.]+ [\d.]+"')
_MARKUP = re.compile(r"<[^>]*>")
MISSING = "〓"  # what a character prints as that the font does not have


class PictureError(RuntimeError):
    """A picture cannot be drawn as it should be."""


def png_of(svg: str, *, fonts: Path, width_mm: float, dpi: int = 300) -> bytes:
    """An SVG of core.charts as PNG, `width_mm` wide, its height in proportion; the same SVG and fonts give the same
    bytes. Raises PictureError where the charts' font is not in the directory `fonts`, and for what is no SVG."""
    if not _VIEW.search(svg):
        raise PictureError("no SVG with a viewBox")
    source = (
        f"#set page(width: {width_mm}mm, height: auto, margin: 0pt, fill: white)\n"
        f'#set text(font: "{FONT}", fallback: false)\n'
        f'#image(bytes({_quoted(printable(svg, fonts))}), format: "svg", width: 100%)\n'
    )
    compiler = typst.Compiler(source.encode(), ignore_system_fonts=True, font_paths=[str(fonts)])
    try:
        png, warnings = compiler.compile_with_warnings(format="png", ppi=dpi)
    except typst.TypstError as error:
        raise PictureError(str(error)) from error
    if warnings:
        raise PictureError("; ".join(str(warning) for warning in warnings))
    return png


def printable(svg: str, fonts: Path) -> str:
    """The SVG with each character that the charts' font lacks shown as 〓: paper has no other font to fall back on.
    For PNG and PDF. Raises PictureError where the font is not in the directory."""
    known = _characters(str(fonts))
    said = set(_MARKUP.sub("", svg)) - {"\n", "\t", "\r"}
    lacking = (character for character in said if ord(character) not in known)
    return svg.translate({ord(character): _instead(character) for character in lacking})


def _instead(character: str) -> str:
    """Nothing for what nobody sees (joiners, selectors), else the sign for a missing character."""
    return "" if unicodedata.category(character) in ("Cf", "Mn") else MISSING


@lru_cache(maxsize=2)
def _characters(fonts: str) -> frozenset[int]:
    """What every weight of the charts' font has."""
    found = []
    for path in sorted(Path(fonts).glob("*.[to]tf")):
        with TTFont(path, lazy=True) as font:
            if FONT in {font["name"].getDebugName(1), font["name"].getDebugName(16)}:
                found.append(frozenset(font.getBestCmap()))
    if not found:
        raise PictureError(f"{FONT} is not in {fonts}")
    return frozenset.intersection(*found)


def _quoted(text: str) -> str:
    """A string of typst's language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

"""Charts for paper: in a font of the directory given, and as PNG for what takes no SVG (Word). Pure: the system's fonts
are never looked at."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

import typst

from core.charts.canvas import FONT
from reports.render.characters import printable
from reports.render.fonts import Fonts, load

_VIEW = re.compile(r'viewBox="0 0 [\d.]+ [\d.]+"')
_BETWEEN_TAGS = re.compile("(?<=>)[^<>]+(?=<)")


class PictureError(RuntimeError):
    """A picture cannot be drawn as it should be."""


def readable(svg: str, fonts: Fonts) -> str:
    """A chart in the font of headings, of which alone its text is made: a picture has no second font to fall back on,
    so what that font lacks is 〓."""
    name = fonts.roles["hei"].families[0]
    alone = fonts.only(name)
    svg = svg.replace(f'font-family="{FONT}"', f'font-family="{escape(name)}"', 1)
    return _BETWEEN_TAGS.sub(lambda match: printable(match[0], alone), svg)


def png_of(svg: str, *, fonts: Path, width_mm: float, dpi: int = 300) -> bytes:
    """An SVG of core.charts as PNG, `width_mm` wide, its height in proportion; the same SVG and fonts give the same
    bytes. Raises ValidationError where no font in the directory `fonts` can print Chinese, PictureError for what is no
    SVG."""
    if not _VIEW.search(svg):
        raise PictureError("no SVG with a viewBox")
    known = load(fonts)
    source = (
        f"#set page(width: {width_mm}mm, height: auto, margin: 0pt, fill: white)\n"
        f"#set text(font: {_quoted(known.roles['hei'].families[0])}, fallback: false)\n"
        f'#image(bytes({_quoted(readable(svg, known))}), format: "svg", width: 100%)\n'
    )
    only = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)])
    compiler = typst.Compiler(source.encode(), font_paths=only)
    try:
        png, warnings = compiler.compile_with_warnings(format="png", ppi=dpi)
    except typst.TypstError as error:
        raise PictureError(str(error)) from error
    if warnings:
        raise PictureError("; ".join(str(warning) for warning in warnings))
    return png


def _quoted(text: str) -> str:
    """A string of typst's language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

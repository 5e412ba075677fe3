"""Pictures: photos two a row, charts over the whole width, and a framed line for what is missing."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from core.charts import svg
from reports.document import Photo, Photos, Picture
from reports.render.photos import MISSING, scaled
from reports.render.pictures import png_of
from reports.render.word.inline import Inline
from reports.render.word.package import Package
from reports.render.word.styles import BARE_TABLE, FANG_SONG, MM
from reports.render.word.xml import run, text

CHART_DPI = 300
_ALONE, _BESIDE = (110, 80), (74, 70)  # the largest width and height of a photo, mm
_CHART = 156  # the widest chart, mm: the text of an upright page
_POINTS, _EMU = 72 / 25.4, 36000  # in a millimetre
MISSING_CHART = "图表未能生成"


@dataclass(frozen=True)
class Sized:
    """A picture in the package: the id of its relationship, and its size in print in mm."""

    key: str
    width: float
    height: float


class Pictures:
    """Writes the pictures of one document. open_file: a stored file by its SHA-256, raises FileNotFoundError; fonts:
    the directory of the charts' fonts."""

    def __init__(
        self,
        package: Package,
        inline: Inline,
        open_file: Callable[[str], BinaryIO] | None,
        fonts: Path | None,
    ):
        self._package, self._inline, self._open, self._fonts = package, inline, open_file, fonts
        self._sized: dict[tuple, Sized | None] = {}
        self._drawn = 0

    def photos(self, block: Photos, width: int) -> str:
        """Photos side by side in a table without lines, each with its caption below it, never apart from it."""
        box = _ALONE if len(block.photos) == 1 else _BESIDE
        cells = [(self._photo(photo, box), self._caption(photo)) for photo in block.photos]
        if len(cells) == 1:
            return "".join(cells[0])
        wide = width // len(cells)
        properties = f'<w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:vAlign w:val="{{}}"/></w:tcPr>'
        grid = f'<w:gridCol w:w="{wide}"/>'
        rows = "".join(
            "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
            + "".join(f"<w:tc>{properties.format(align)}{cell}</w:tc>" for cell in row)
            + "</w:tr>"
            for align, row in zip(("bottom", "top"), zip(*cells, strict=True), strict=True)
        )
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{BARE_TABLE}"/><w:tblW w:w="{wide * len(cells)}" w:type="dxa"/>'
            '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{grid * len(cells)}</w:tblGrid>{rows}</w:tbl>"
        )

    def chart(self, block: Picture, width: int) -> str:
        """A chart over the width of the text, its caption below."""
        width_mm = min(width / MM, _CHART)
        png = chart_png(block.chart, width_mm, self._fonts)
        if png is None:
            return _missing(MISSING_CHART) + self._caption(block)
        with Image.open(io.BytesIO(png)) as image:
            height = width_mm * image.height / image.width
        sized = Sized(self._package.add_picture(png, "png"), width_mm, height)
        return self._line(sized, block.title) + self._caption(block)

    def _photo(self, photo: Photo, box):
        if (photo.sha256, box) not in self._sized:
            self._sized[photo.sha256, box] = self._shrunk(photo.sha256, box)
        sized = self._sized[photo.sha256, box]
        return self._line(sized, photo.title) if sized else _missing(MISSING)

    def _shrunk(self, sha256, box) -> Sized | None:
        """A photo put into the package at its size in print; None if it is gone or unreadable."""
        if self._open is None:
            return None
        photo = scaled(self._open, sha256, *(side * _POINTS for side in box))
        if photo is None:
            return None
        key = self._package.add_picture(photo.content, "jpeg")
        return Sized(key, photo.width / _POINTS, photo.height / _POINTS)

    def _line(self, sized, title):
        self._drawn += 1
        extent = f'cx="{round(sized.width * _EMU)}" cy="{round(sized.height * _EMU)}"'
        about = f'id="{self._drawn}" name="图片 {self._drawn}" descr="{text(title)}"'
        drawing = "http://schemas.openxmlformats.org/drawingml/2006"
        return (
            '<w:p><w:pPr><w:pStyle w:val="PictureLine"/></w:pPr><w:r><w:drawing>'
            f'<wp:inline xmlns:wp="{drawing}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
            f"<wp:extent {extent}/><wp:docPr {about}/><wp:cNvGraphicFramePr>"
            f'<a:graphicFrameLocks xmlns:a="{drawing}/main" noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            f'<a:graphic xmlns:a="{drawing}/main"><a:graphicData uri="{drawing}/picture">'
            f'<pic:pic xmlns:pic="{drawing}/picture"><pic:nvPicPr><pic:cNvPr {about}/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="{sized.key}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
            "</wp:inline></w:drawing></w:r></w:p>"
        )

    def _caption(self, block: Photo | Picture):
        named = self._inline.anchor(f"figure-{block.number}", run(block.title, FANG_SONG))
        return f'<w:p><w:pPr><w:pStyle w:val="Caption"/></w:pPr>{named}</w:p>'


def _missing(words):
    return f'<w:p><w:pPr><w:pStyle w:val="Missing"/></w:pPr>{run(words, FANG_SONG)}</w:p>'


def chart_png(chart, width: float, fonts: Path | None) -> bytes | None:
    """A chart as PNG, 300 dpi at a width in mm; None if there is nothing to draw, or no fonts to draw it with. Raises
    ValidationError where none of the fonts can print Chinese."""
    drawn = svg(chart, width=width / 25.4 * 96)  # CSS pixels
    return png_of(drawn, fonts=fonts, width_mm=width, dpi=CHART_DPI) if drawn and fonts else None

"""Photos of a report, small enough for print: upright, at most 220 dpi, and nothing in the file but the picture (no
place, no device). One is decoded at a time.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps

DPI = 220
MISSING = "照片文件缺失"  # what stands in the place of a photo whose file is gone or is no picture
_QUALITY = 85
_ORIENTATION = 0x0112  # the EXIF tag; 5 to 8 lie on their side
# What Pillow raises for files that are no pictures, or damaged ones.
_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError)


@dataclass(frozen=True)
class Scaled:
    """A photo as a JPEG file, and how large it is printed, in points."""

    content: bytes
    width: float
    height: float


def scaled(open_file: Callable[[str], BinaryIO], sha256: str, width: float, height: float) -> Scaled | None:
    """A stored photo, made to fit into `width` × `height` points; None if its file is gone or is no picture."""
    try:
        with open_file(sha256) as file, Image.open(file) as image:
            image = _upright(image, width, height)
    except _UNREADABLE:
        return None
    share = min(width / image.width, height / image.height, 1)  # a small one is not blown up beyond 72 dpi
    content = io.BytesIO()
    image.save(content, "JPEG", quality=_QUALITY)
    return Scaled(content.getvalue(), image.width * share, image.height * share)


def _upright(image, width, height):
    """Turned as its EXIF says, with no more pixels than print needs; what is transparent on white."""
    box = [round(side / 72 * DPI) for side in (width, height)]
    lies = image.getexif().get(_ORIENTATION) in (5, 6, 7, 8)
    # A JPEG is decoded at a fraction of its size.
    image.thumbnail(box[::-1] if lies else box, reducing_gap=2.0)
    image = ImageOps.exif_transpose(image)
    # On a new one, for the old has comments and profiles that would be written along.
    plain = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        plain.paste(image, mask=image)
    else:
        plain.paste(image.convert("RGB"))
    return plain

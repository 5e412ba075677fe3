"""Photos of a report, small enough for print: upright, at most 220 dpi, and nothing in the file but the picture (no
place, no device). One is decoded at a time.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from core.images import UNREADABLE, open_picture, upright

DPI = 220
MISSING = "照片文件缺失"  # what stands in the place of a photo whose file is gone or is no picture
_QUALITY = 85


@dataclass(frozen=True)
class Scaled:
    """A photo as a JPEG file, and how large it is printed, in points."""

    content: bytes
    width: float
    height: float


def scaled(open_file: Callable[[str], BinaryIO], sha256: str, width: float, height: float) -> Scaled | None:
    """A stored photo, made to fit into `width` × `height` points; None if its file is gone or is no picture."""
    try:
        with open_file(sha256) as file, open_picture(file) as image:
            image = upright(image, *(round(side / 72 * DPI) for side in (width, height)))
    except UNREADABLE:
        return None
    share = min(width / image.width, height / image.height, 1)  # a small one is not blown up beyond 72 dpi
    content = io.BytesIO()
    image.save(content, "JPEG", quality=_QUALITY)
    return Scaled(content.getvalue(), image.width * share, image.height * share)

"""Pictures decoded with care: bounded before they are decoded, turned upright, and nothing kept but the pixels.

No database, no settings: the intake, the copies on the pages and the renderers of reports all decode here.
"""

from __future__ import annotations

import struct
import threading

import pypdfium2
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

MAX_PIXELS = 60_000_000  # 180 MB once decoded; phones make 12 to 50 million
FORMATS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with a second picture behind it, as many phones write it
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
MEDIA_TYPES = frozenset(FORMATS.values())
# What Pillow raises for files that are no pictures, or damaged ones.
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, struct.error, pypdfium2.PdfiumError)
_ORIENTATION = 0x0112  # the EXIF tag; 5 to 8 lie on their side
_PDFIUM = threading.Lock()  # it is not made for threads

register_heif_opener()
Image.MAX_IMAGE_PIXELS = (
    MAX_PIXELS  # of what somebody else opens: beyond twice as many Pillow raises an error
)


class TooManyPixels(ValueError):
    """A picture of more than MAX_PIXELS; nothing of it was decoded."""


def open_picture(file):
    """A picture of one of FORMATS, its head read and nothing decoded. Raises TooManyPixels or one of UNREADABLE."""
    try:
        image = Image.open(file, formats=("JPEG", "PNG", "WEBP", "HEIF"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):  # Pillow's own limit
        raise TooManyPixels from None
    if image.width * image.height > MAX_PIXELS:
        raise TooManyPixels
    return image


def upright(image, width: int, height: int):
    """A new RGB picture of at most `width` × `height` pixels, turned as the EXIF says; what is transparent on white.

    Raises one of UNREADABLE.
    """
    lies = image.getexif().get(_ORIENTATION) in (5, 6, 7, 8)
    # A JPEG is decoded at a fraction of its size.
    image.thumbnail((height, width) if lies else (width, height), reducing_gap=2.0)
    image = ImageOps.exif_transpose(image)
    # On a new one, for the old has comments and profiles that would be written along.
    plain = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        plain.paste(image, mask=image)
    else:
        plain.paste(image.convert("RGB"))
    return plain


def pdf_page(file, number: int, width: int, height: int):
    """Page `number` (from 1) of a PDF as a picture of at most `width` × `height` pixels.

    Raises IndexError if there is no such page, or one of UNREADABLE.
    """
    with _PDFIUM:
        document = pypdfium2.PdfDocument(file)
        try:
            if not 1 <= number <= len(document):
                raise IndexError(number)
            page = document[number - 1]
            scale = min(width / page.get_width(), height / page.get_height())
            return page.render(scale=scale).to_pil().convert("RGB")
        finally:
            document.close()

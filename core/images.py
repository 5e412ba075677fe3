"""Pictures decoded with care: bounded before they are decoded, turned upright, and nothing kept but the pixels.

No database, no settings: the intake, the copies on the pages and the renderers of reports all decode here.
"""

from __future__ import annotations

import contextlib
import io
import struct
import threading

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from core.metadata import SCAN, NotParsed, segments

MAX_PIXELS = 60_000_000  # some 200 MB to decode, HEIC 430; phones make 12 to 50 million
MAX_PIXELS_OF = {"WEBP": 24_000_000}  # its decoder takes 16 bytes a pixel
FORMATS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with a second picture behind it, as many phones write it
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
MEDIA_TYPES = frozenset(FORMATS.values())
# What Pillow raises for files that are no pictures, or damaged ones.
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, struct.error)
_MOST_SCANS = 100  # a few bytes can ask for one of the whole surface; cameras write ten
_DECODING = (
    threading.Lock()
)  # one at a time in a process: its memory is that of the largest, not of all together
_ORIENTATION = 0x0112  # the EXIF tag; 5 to 8 lie on their side

register_heif_opener()
Image.MAX_IMAGE_PIXELS = (
    MAX_PIXELS  # of what somebody else opens: beyond twice as many Pillow raises an error
)


class TooManyPixels(ValueError):
    """A picture of more pixels than are decoded: `most`. Nothing of it was."""

    def __init__(self, most: int = MAX_PIXELS):
        super().__init__(most)
        self.most = most


def open_picture(file):
    """A picture of one of FORMATS, its head read and nothing decoded. Raises TooManyPixels or one of UNREADABLE."""
    try:
        image = Image.open(file, formats=("JPEG", "PNG", "WEBP", "HEIF"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):  # Pillow's own limit
        raise TooManyPixels from None
    most = MAX_PIXELS_OF.get(image.format, MAX_PIXELS)
    if image.width * image.height > most:
        raise TooManyPixels(most)
    return image


def read_whole(file) -> str:
    """The media type of a picture (a binary stream) whose data were read to their end.

    Raises TooManyPixels or one of UNREADABLE.
    """
    with open_picture(file) as image:
        if image.format in ("JPEG", "MPO") and _scans(file) > _MOST_SCANS:
            raise ValueError("more scans than any camera writes")
        image.draft(None, (image.width // 8, image.height // 8))  # a JPEG: all of its data, few of its pixels
        with _DECODING:
            image.load()
        return FORMATS[image.format]


def _scans(file) -> int:
    """How often the whole surface of a JPEG is gone over, as far as it can be followed."""
    count = 0
    with contextlib.suppress(NotParsed):
        for mark, _, _ in segments(file):
            count += mark == SCAN
    return count


def upright(image, width: int, height: int):
    """A new RGB picture of at most `width` × `height` pixels, turned as the EXIF says; what is transparent on white.

    Raises one of UNREADABLE.
    """
    with _DECODING:  # a JPEG at a fraction of its size
        lies = image.getexif().get(_ORIENTATION) in (5, 6, 7, 8)
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


def as_jpeg(file) -> bytes:
    """A picture (a binary stream) as a JPEG of the same size, upright, with its colours and nothing else of what it
    says. Raises one of UNREADABLE."""
    with open_picture(file) as image:
        with _DECODING:
            image.load()
        plain = ImageOps.exif_transpose(image).convert("RGB")
        buffer = io.BytesIO()
        plain.info.clear()
        plain.save(buffer, "JPEG", quality=92, icc_profile=image.info.get("icc_profile"), exif=b"")
    return buffer.getvalue()


def upright_size(image) -> tuple[int, int]:
    """Width and height of an opened picture as `upright` turns it; nothing is decoded."""
    lies = image.getexif().get(_ORIENTATION) in (5, 6, 7, 8)
    return (image.height, image.width) if lies else image.size

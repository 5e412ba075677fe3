"""Pictures without what they say beside themselves: place, device, time, owner, comments, the small picture inside, the
film behind. Their pixels are taken over byte for byte.

What stays: the picture's own data, its colours (ICC and the like), and which way up it is. No database, no settings.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

CLEANED = ("image/jpeg", "image/png", "image/webp")  # what `parts` knows; HEIC is none of them
_CHUNK = 1 << 20
_ORIENTATION = 0x0112
_UPRIGHT = 1
# In the data of a scan FF stands before 00, before FF, or before the mark of a restart; anything else ends it.
_MARK = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
SCAN, _END, _EXIF, _ADOBE = 0xDA, 0xD9, 0xE1, 0xEE
_DATA = {*range(0xC0, 0xD0), _END, SCAN, 0xDB, 0xDC, 0xDD}  # frames, tables, scans
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"pHYs"),
    *(b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP"),
}
_WEBP_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"}
_WEBP_SAYS_EXIF, _WEBP_SAYS_XMP = 0x08, 0x04


class NotParsed(ValueError):
    """A file that is not built as its kind is."""


@dataclass(frozen=True)
class Part:
    """Bytes of the cleaned file: `fresh`, or those of the original from `start` up to `end`."""

    start: int = 0
    end: int = 0
    fresh: bytes = b""


def parts(file, media_type: str) -> list[Part]:
    """What a picture (a binary stream that can seek, of one of CLEANED) is without what it says beside itself.

    Raises NotParsed for what is not built as its kind is.
    """
    file.seek(0)
    try:
        return {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}[media_type](file)
    except (struct.error, IndexError) as error:
        raise NotParsed(str(error)) from error


def written(file, pieces: list[Part]) -> Iterator[bytes]:
    """The bytes of the parts of a file, in chunks."""
    for piece in pieces:
        if piece.fresh:
            yield piece.fresh
        file.seek(piece.start)
        left = piece.end - piece.start
        while left:
            chunk = file.read(min(_CHUNK, left))
            if not chunk:
                raise NotParsed("shorter than it was")
            left -= len(chunk)
            yield chunk


# ---------------------------------------------------------------- JPEG
def _jpeg(file) -> list[Part]:
    if file.read(2) != b"\xff\xd8":
        raise NotParsed("no JPEG")
    kept, orientation = [], _UPRIGHT
    for mark, start, end in segments(file):
        if mark == _EXIF:
            file.seek(start + 4)
            content = file.read(end - start - 4)
            if content.startswith(b"Exif\0\0"):
                orientation = _orientation(content[6:])
        elif _is_kept(file, mark, start):
            kept.append(Part(start, end))
    head = b"\xff\xd8"
    if orientation != _UPRIGHT:
        exif = b"Exif\0\0" + _exif(orientation)
        head += b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    return [Part(fresh=head), *kept]


def segments(file) -> Iterator[tuple[int, int, int]]:
    """The segments of a JPEG behind its first two bytes up to its end: mark, where it starts, where it ends. A scan is
    one with its data. Raises NotParsed."""
    at, mark = 2, 0
    while mark != _END:
        file.seek(at)
        head = file.read(2)
        while head == b"\xff\xff":  # any number of them may stand before a mark
            at += 1
            head = head[1:] + file.read(1)
        if len(head) < 2 or head[0] != 0xFF:
            raise NotParsed("no mark of a segment")
        mark, end = head[1], at + 2
        if mark != _END:
            (length,) = struct.unpack(">H", file.read(2))
            end = at + 2 + length
        if mark == SCAN:
            end = _end_of_scan(file, end)
        yield mark, at, end
        at = end


def _end_of_scan(file, at: int) -> int:
    file.seek(at)
    rest = b""
    while chunk := file.read(_CHUNK):
        if found := _MARK.search(rest + chunk):
            return at - len(rest) + found.start()
        at, rest = at + len(chunk), chunk[-1:]
    raise NotParsed("no end of the picture")


def _is_kept(file, mark, start) -> bool:
    file.seek(start + 2)
    content = file.read(16)
    match mark:
        case _ if mark in _DATA:
            return True
        case 0xE0:  # one that is longer holds a small picture
            return content.startswith(b"\x00\x10JFIF\0")
        case 0xE2:  # the same mark serves for more pictures behind this one
            return content.startswith(b"ICC_PROFILE\0", 2)
        case _:
            return mark == _ADOBE


# ---------------------------------------------------------------- PNG
def _png(file) -> list[Part]:
    if file.read(8) != _PNG:
        raise NotParsed("no PNG")
    size = file.seek(0, os.SEEK_END)
    kept, orientation, at, name = [], _UPRIGHT, 8, b""
    while name != b"IEND":
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        end = at + 12 + length
        if end > size:
            raise NotParsed("no end of the picture")
        if name == b"eXIf":
            orientation = _orientation(file.read(length))
        elif name in _PNG_KEPT:
            kept.append(Part(at, end))
        at = end
    if orientation != _UPRIGHT:
        exif = b"eXIf" + _exif(orientation)
        chunk = struct.pack(">I", len(exif) - 4) + exif + struct.pack(">I", zlib.crc32(exif))
        kept.insert(1, Part(fresh=chunk))  # behind the head
    return [Part(0, 8), *kept]


# ---------------------------------------------------------------- WebP
def _webp(file) -> list[Part]:
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise NotParsed("no WebP")
    size = 8 + struct.unpack("<I", head[4:8])[0]
    there = file.seek(0, os.SEEK_END)
    kept, orientation, at = [], _UPRIGHT, 12
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        end = at + 8 + length + length % 2
        if end > there:
            raise NotParsed("no end of the picture")
        if name == b"EXIF":
            orientation = _orientation(file.read(length).removeprefix(b"Exif\0\0"))
        elif name in _WEBP_KEPT:
            kept.append((name, Part(at, end)))
        at = end
    exif = b""
    if orientation != _UPRIGHT and kept and kept[0][0] == b"VP8X":
        content = _exif(orientation)
        exif = struct.pack("<4sI", b"EXIF", len(content)) + content
    pieces = [_said(file, part, bool(exif)) if name == b"VP8X" else part for name, part in kept]
    length = 4 + len(exif) + sum(part.end - part.start + len(part.fresh) for part in pieces)
    return [Part(fresh=b"RIFF" + struct.pack("<I", length) + b"WEBP"), *pieces, Part(fresh=exif)]


def _said(file, part, has_exif) -> Part:
    """The head of a WebP, which says what else is in the file."""
    file.seek(part.start)
    head = bytearray(file.read(part.end - part.start))
    head[8] = head[8] & ~(_WEBP_SAYS_EXIF | _WEBP_SAYS_XMP) | (_WEBP_SAYS_EXIF if has_exif else 0)
    return Part(fresh=bytes(head))


# ---------------------------------------------------------------- which way up
def _orientation(exif: bytes) -> int:
    """What an EXIF block says of it; upright if it says nothing that can be understood."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if not order or len(exif) < 14:
        return _UPRIGHT
    (at,) = struct.unpack_from(order + "I", exif, 4)
    if at + 2 > len(exif):
        return _UPRIGHT
    (count,) = struct.unpack_from(order + "H", exif, at)
    for place in range(at + 2, min(at + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind, number, value = struct.unpack_from(order + "HHIH", exif, place)
        if tag == _ORIENTATION:
            return value if kind == 3 and number == 1 and 1 <= value <= 8 else _UPRIGHT
    return _UPRIGHT


def _exif(orientation: int) -> bytes:
    """An EXIF block that says which way up, and nothing else."""
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)

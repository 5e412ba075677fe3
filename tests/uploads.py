"""Files as people upload them, honest and hostile; each small enough to be made by the test that needs it."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

_OFFICE = "application/vnd.openxmlformats-officedocument"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DOCX_MAIN = f"{_OFFICE}.wordprocessingml.document.main+xml"
GPS, ORIENTATION = 0x8825, 0x0112


def photo(form="JPEG", size=(64, 48), colour="steelblue", *, exif=None) -> bytes:
    """A picture of one colour; exif: tag → value."""
    image, buffer = Image.new("RGB", size, colour), io.BytesIO()
    tags = Image.Exif()
    for tag, value in (exif or {}).items():
        tags[tag] = value
    image.save(buffer, form, exif=tags)
    return buffer.getvalue()


def phone_photo(form="JPEG") -> bytes:
    """A picture that lies on its side, its left half red, with the place and the device in its EXIF."""
    image, buffer = Image.new("RGB", (80, 40), "red"), io.BytesIO()
    image.paste("blue", (40, 0, 80, 40))
    if form == "HEIF":  # turns its pixels itself; what EXIF says beside that must not turn them twice
        image = image.transpose(Image.Transpose.ROTATE_270)
    tags = Image.Exif()
    tags[0x010F], tags[ORIENTATION] = "SecretPhone", 6
    tags.get_ifd(GPS).update({1: "N", 2: (30.0, 15.0, 7.0), 3: "E", 4: (120.0, 10.0, 3.0)})
    image.save(buffer, form, exif=tags)
    return buffer.getvalue()


def huge_png(side=50_000) -> bytes:
    """The head of a PNG of side × side pixels, which would be gigabytes once decoded."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress(b"\0" * 10**6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(pages=1, *, change=None, encryption=None) -> bytes:
    """A PDF of empty pages; change: called with the pikepdf.Pdf before it is written."""
    document, buffer = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 300))
    if change:
        change(document)
    document.save(buffer, encryption=encryption or False)
    return buffer.getvalue()


def docx(*, main=DOCX_MAIN, links=(), more=()) -> bytes:
    """A Word file with a line of text. links: (type, target, mode) of its relations; more: (name, content)."""
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}" TargetMode="{mode}"/>'
        for number, (kind, target, mode) in enumerate(links, start=2)
    )
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )
    parts = [
        ("[Content_Types].xml", types),
        ("word/document.xml", "<document/>"),
        ("word/_rels/document.xml.rels", f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>'),
        *more,
    ]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return buffer.getvalue()


def link(kind: str) -> str:
    """The type of a relation of an Office file."""
    return f"{_LINK}/{kind}"

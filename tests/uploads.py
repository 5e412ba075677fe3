"""Files as people upload them, honest and hostile; each small enough to be made by the test that needs it."""

import functools
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


def jpeg_of_scans(count: int, size=(64, 48)) -> bytes:
    """A progressive JPEG whose last scan comes so many times more."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "tan").save(buffer, "JPEG", progressive=True)
    content = buffer.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2] * count + content[-2:]


def pdf(pages=1, *, change=None, encryption=None) -> bytes:
    """A PDF of empty pages; change: called with the pikepdf.Pdf before it is written."""
    document, buffer = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 300))
    if change:
        change(document)
    # Without a time in it: the same call gives the same bytes.
    document.save(buffer, encryption=encryption or False, deterministic_id=not encryption)
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


# ---------------------------------------------------------------- PDF files that take all they can get
def raw_pdf(objects: list[bytes], *, root: int = 1) -> bytes:
    """A PDF file of these objects, the first with number 1, as no library would write it."""
    written, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    index = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        root,
        len(written),
    )
    return bytes(written) + head + index + tail


@functools.cache
def packed(megabytes: int, *, times: int = 1) -> bytes:
    """So many megabytes of blanks, deflated; more times, deflated again."""
    packer = zlib.compressobj(1)
    content = b"".join(packer.compress(b" " * 2**20) for _ in range(megabytes)) + packer.flush()
    for _ in range(times - 1):
        content = zlib.compress(content, 9)
    return content


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream of a PDF file."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def drawn_pdf(*more: bytes, page: bytes = b"", box: bytes = b"0 0 200 300") -> bytes:
    """A PDF file with one page, whose entries are `page`; `more`: objects from number 4."""
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[%s]%s>>" % (box, page),
            *more,
        ]
    )


def _many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    pages = [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * count
    return raw_pdf(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids), *pages]
    )


def _forms_in_forms(depth: int, width: int) -> bytes:
    """Each form draws the next one `width` times: width ** depth pictures in a few hundred bytes."""
    forms = []
    for number in range(5, 5 + depth):
        last = number == 4 + depth
        content = b"0 0 9 9 re f" if last else b"/F Do " * width
        uses = b"" if last else b"/Resources<</XObject<</F %d 0 R>>>>" % (number + 1)
        forms.append(stream(content, b"/Type/XObject/Subtype/Form/BBox[0 0 200 300]" + uses))
    page = b"/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>"
    return drawn_pdf(stream(b"/F Do"), *forms, page=page)


def _picture(entries: bytes, content: bytes) -> bytes:
    page = b"/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>"
    head = b"/Type/XObject/Subtype/Image/Filter/FlateDecode" + entries
    return drawn_pdf(stream(b"200 0 0 300 0 0 cm /I Do"), stream(content, head), page=page)


# What is made, and the words of the sentence it is refused with; none: it is taken and does no harm.
PDF_BOMBS = {
    "a page of a thousand kilometres": (lambda: drawn_pdf(box=b"0 0 3000000000 3000000000"), None),
    "a page without a surface": (lambda: drawn_pdf(box=b"0 0 0 0"), None),
    "gigabytes of content": (
        lambda: drawn_pdf(stream(packed(700), b"/Filter/FlateDecode"), page=b"/Contents 4 0 R"),
        "太多",
    ),
    "content packed three times": (
        lambda: drawn_pdf(
            stream(packed(700, times=3), b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"),
            page=b"/Contents 4 0 R",
        ),
        "太多",
    ),
    "gigabytes of objects": (
        lambda: raw_pdf(
            [
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Count 0/Kids[]>>",
                stream(packed(700), b"/Type/ObjStm/N 9/First 99/Filter/FlateDecode"),
            ]
        ),
        "打不开|太多",
    ),
    "a picture of a terapixel": (
        lambda: _picture(
            b"/Width 1000000/Height 1000000/ColorSpace/DeviceRGB/BitsPerComponent 8", packed(64)
        ),
        None,
    ),
    "forms in forms": (lambda: _forms_in_forms(12, 12), "太多"),
    "a picture drawn a million times": (
        lambda: drawn_pdf(
            stream(zlib.compress(b"0 0 200 300 re f " * 10**6), b"/Filter/FlateDecode"),
            page=b"/Contents 4 0 R",
        ),
        "太多",
    ),
    "a loop of pages": (
        lambda: raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>"]),
        "打不开",
    ),
    "arrays in arrays": (lambda: drawn_pdf(b"[" * 10**6 + b"]" * 10**6), None),
    "a hundred thousand pages": (lambda: _many_pages(100_000), "100000 页|太多"),
}

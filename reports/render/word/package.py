"""The ZIP of a Word file: its parts, their types and relationships, and the pictures as they come.

No clock: times are fixed, so the same parts give the same bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from functools import partial
from itertools import product
from typing import BinaryIO

from reports.document import Document
from reports.render.word.styles import font_table_part, footer_part, settings_part, styles_part, theme_part
from reports.render.word.xml import text

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TIME = (1980, 1, 1, 0, 0, 0)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# relationship's id → type of relationship, name, content type, content
_PARTS = {
    "styles": ("styles", "styles.xml", f"{_TYPE}.styles+xml", styles_part),
    "settings": ("settings", "settings.xml", f"{_TYPE}.settings+xml", settings_part),
    "fonts": ("fontTable", "fontTable.xml", f"{_TYPE}.fontTable+xml", font_table_part),
    "theme": (
        "theme",
        "theme/theme1.xml",
        "application/vnd.openxmlformats-officedocument.theme+xml",
        theme_part,
    ),
} | {
    f"{side}{'-turned' if landscape else ''}": (
        "footer",
        f"footer{number}.xml",
        f"{_TYPE}.footer+xml",
        partial(footer_part, even=side == "even", landscape=landscape),
    )
    for number, (side, landscape) in enumerate(product(("odd", "even"), (False, True)), 1)
}


class Package:
    """A Word file being written into a binary stream. Pictures go in at once, the document when it is complete."""

    def __init__(self, stream: BinaryIO, document: Document):
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)
        self._pictures: list[str] = []
        self._write("[Content_Types].xml", _content_types())
        self._write("_rels/.rels", _relationships({
            "document": (f"{_OFFICE}/officeDocument", "word/document.xml"),
            "properties": (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        }))  # fmt: skip
        self._write("docProps/core.xml", _properties(document))
        for _, name, _, content in _PARTS.values():
            self._write(f"word/{name}", content())

    def add_picture(self, content: bytes, ending: str) -> str:
        """Add a picture (ending: jpeg or png); returns the id of its relationship."""
        name = f"media/image{len(self._pictures) + 1}.{ending}"
        self._pictures.append(name)
        self._write(f"word/{name}", content, zipfile.ZIP_STORED)  # is compressed already
        return f"image{len(self._pictures)}"

    def close(self, document: Iterable[bytes]) -> None:
        """Write the document, part by part, and end the file."""
        related = {key: (f"{_OFFICE}/{kind}", name) for key, (kind, name, _, _) in _PARTS.items()}
        for number, name in enumerate(self._pictures, 1):
            related[f"image{number}"] = (f"{_OFFICE}/image", name)
        self._write("word/_rels/document.xml.rels", _relationships(related))
        with self._zip.open(_entry("word/document.xml"), "w") as file:
            file.write(_HEAD.encode())
            file.writelines(document)
        self._zip.close()

    def _write(self, name, content, compression=zipfile.ZIP_DEFLATED):
        content = _HEAD + content if isinstance(content, str) else content
        self._zip.writestr(_entry(name, compression), content)


def _entry(name, compression=zipfile.ZIP_DEFLATED):
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type, entry.create_system, entry.external_attr = compression, 3, 0o600 << 16
    return entry


def _content_types():
    parts = {f"/word/{name}": kind for _, name, kind, _ in _PARTS.values()}
    parts["/word/document.xml"] = f"{_TYPE}.document.main+xml"
    parts["/docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="png" ContentType="image/png"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts.items())
        + "</Types>"
    )


def _relationships(targets):
    listed = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _properties(document):
    """Written by the branch, on the last day of the report's window."""
    author, day = text(document.author), f"{document.day}T00:00:00Z"
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{text(document.title)}</dc:title><dc:creator>{author}</dc:creator>"
        f"<cp:lastModifiedBy>{author}</cp:lastModifiedBy><cp:revision>1</cp:revision>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{day}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{day}</dcterms:modified>'
        "<dc:language>zh-CN</dc:language></cp:coreProperties>"
    )

"""The small words of WordprocessingML: namespaces, text, fonts, runs, fields, bookmarks."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.sax.saxutils import escape

MAIN = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
LATIN = "Times New Roman"
# What XML 1.0 cannot hold at all, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """As the text of an element, or as an attribute in double quotes."""
    return escape(_ILLEGAL.sub("", value), {'"': "&quot;"})


def attributes(values: dict) -> str:
    """Attributes of the main namespace."""
    return " ".join(f'w:{name}="{value}"' for name, value in values.items())


@lru_cache(maxsize=32)
def fonts(east_asian: str) -> str:
    """The fonts of a run or style. The hint makes “”—…· take the East Asian font, too."""
    names = {"ascii": LATIN, "hAnsi": LATIN, "eastAsia": east_asian, "cs": LATIN}
    return f'<w:rFonts w:hint="eastAsia" {attributes(names)}/>'


def run(value: str, font: str, style: str = "") -> str:
    """A run of text; a line end in it becomes a line break. style: a character style."""
    shown = f'<w:rStyle w:val="{style}"/>' if style else ""
    lines = text(value.replace("\t", " ")).split("\n")
    inside = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' if line else "" for line in lines)
    return f"<w:r><w:rPr>{shown}{fonts(font)}</w:rPr>{inside}</w:r>"


def field(code: str, shown: str, font: str) -> str:
    """A field that is to be filled when the file is opened (dirty), and what it shows until then.

    LibreOffice fills it at once. Word is known to ask first, and to stop asking once the file has been saved.
    """
    properties = f"<w:rPr>{fonts(font)}</w:rPr>"
    return (
        f'<w:r>{properties}<w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
        f'<w:r>{properties}<w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r>{properties}<w:fldChar w:fldCharType="separate"/></w:r>'
        f"{run(shown, font)}"
        f'<w:r>{properties}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def link(bookmark: str, runs: str) -> str:
    """Runs that lead to a bookmark."""
    return f'<w:hyperlink w:anchor="{bookmark}" w:history="1">{runs}</w:hyperlink>'

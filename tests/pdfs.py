"""Writing PDF files in tests, and reading them again."""

import io
import re
from dataclasses import replace

import pikepdf
import pypdfium2

from reports.document import (
    Document,
)
from reports.render import pdf
from tests.documents import Files, sample

MM = 72 / 25.4
LEFT, RIGHT = 28 * MM, (210 - 26) * MM


def written(compiled) -> bytes:
    """The PDF file of a report."""
    buffer = io.BytesIO()
    pdf.write(compiled, buffer)
    return buffer.getvalue()


def report_of(*blocks, files=None, title="报告") -> bytes:
    """The PDF file of a few blocks."""
    document = Document(title, "教师第一党支部", "2024-12-31", blocks=list(blocks))
    files = Files() if files is None else files
    return written(replace(sample(), document=document, open_file=files.open))


def lines_of(page) -> list[tuple[float, float, float, str]]:
    """The lines of a page from above: baseline, left and right end of the ink's boxes, text; blanks left out."""
    text = page.get_textpage()
    found: dict[int, list] = {}
    for at in range(text.count_chars()):
        character = text.get_text_range(at, 1)
        if character.strip():
            left, _, right, _ = text.get_charbox(at, loose=True)
            origin = _origin(text, at)
            found.setdefault(round(origin * 2), []).append((left, right, character))
    lines = []
    for place, characters in sorted(found.items(), reverse=True):
        characters.sort()
        said = "".join(character for *_, character in characters)
        lines.append((place / 2, characters[0][0], characters[-1][1], said))
    return lines


def _origin(text, at) -> float:
    x, y = pypdfium2.raw.c_double(), pypdfium2.raw.c_double()
    pypdfium2.raw.FPDFText_GetCharOrigin(text, at, x, y)
    return y.value


def flat(content: bytes) -> str:
    """All text of a file without blanks."""
    return re.sub(
        r"\s", "", "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(content))
    )


def links_of(content: bytes) -> list[tuple[int, int]]:
    """The pages from which and to which links lead, both from 1."""
    with pikepdf.open(io.BytesIO(content)) as file:
        places = {page.objgen: number for number, page in enumerate(file.pages, 1)}
        found = []
        for number, page in enumerate(file.pages, 1):
            for note in page.get("/Annots", []):
                target = note.get("/Dest", note.get("/A", {}).get("/D") if "/A" in note else None)
                if isinstance(target, (pikepdf.String, pikepdf.Name)):
                    target = _named(file, target)
                found.append((number, places[target[0].objgen]))
        return found


def _named(file, name):
    found = pikepdf.NameTree(file.Root.Names.Dests)[str(name)]
    return found["/D"] if isinstance(found, pikepdf.Dictionary) else found


def images_of(content: bytes) -> list[tuple[pypdfium2.PdfImage, tuple]]:
    return [
        (thing, thing.get_bounds())
        for page in pypdfium2.PdfDocument(content)
        for thing in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
    ]

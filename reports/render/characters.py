"""What of a text can be printed, and how the rest is.

Nothing a record holds may break a report: a character that no font has prints as 〓, as does a combining mark that no
font has together with its letter. What is invisible anyhow goes. Text passes here once, on its way to the typesetter.
"""

from __future__ import annotations

import re
import unicodedata

from reports.document import Document, Group, Photos, Picture, Table, Text, cell_text
from reports.render.fonts import GETA, Fonts

# A zero width space, which no text keeps, says where a long word may be broken.
BREAK = "\u200b"
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_OBJECT = "\ufffc"  # the typesetter's own sign for what is not text
# Format characters that are seen: they stand before numbers, as in Arabic.
_SEEN = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# Invisible, though no format characters: variation selectors, fillers, joiners.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_PLAIN = re.compile("[ -~\u3000-\u303f\u4e00-\u9fa5\uff01-\uff5d“”‘’—…·\n]*")


def visible(text: str) -> str:
    """A text without what cannot be seen: line ends are \\n, blanks are plain, no control or format characters."""
    if _PLAIN.fullmatch(text):
        return text
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)))
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character in "\n\u3000":
        return character
    category = unicodedata.category(character)
    if category == "Zs" or character == "\t":
        return " "
    if category in ("Cc", "Cf") and character not in _SEEN:
        return ""
    return GETA if category == "Cs" else character  # half of a pair: no file can hold it


def is_meaningless(character: str) -> bool:
    """Whether a character says nothing without its font or program: unassigned, private (an archival file may not hold
    it), or the typesetter's own sign."""
    return unicodedata.category(character) in ("Cn", "Co") or character == _OBJECT


def printable(text: str, fonts: Fonts) -> str:
    """A text as it is printed: what no font has is 〓."""
    text = visible(text)
    if _PLAIN.fullmatch(text) and fonts.characters.issuperset(map(ord, text.replace("\n", ""))):
        return text
    return "".join(piece if is_printed else GETA for piece, is_printed in _pieces(text, fonts))


def unprintable_in(text: str, fonts: Fonts) -> list[str]:
    """The characters of a text that print as 〓, each once, in order."""
    pieces = _pieces(visible(text), fonts)
    return list(dict.fromkeys(piece for piece, is_printed in pieces if not is_printed))


def unprintable(document: Document, fonts: Fonts) -> dict[str, list[str]]:
    """The characters of a document that print as 〓, with the lines in which they are: what the check reports.

    Keys in the order in which they are met; a line is the text of a paragraph, a cell or a caption.
    """
    found: dict[str, list[str]] = {}
    for line in _lines(document):
        for character in unprintable_in(line, fonts):
            lines = found.setdefault(character, [])
            if line not in lines:
                lines.append(line)
    return found


def _lines(document: Document):
    for block in document.blocks:
        if isinstance(block, Text):
            yield block.text
        elif isinstance(block, Table):
            yield from (column.head for column in block.columns)
            for row in block.rows:
                yield from [row.text] if isinstance(row, Group) else map(cell_text, row)
        elif isinstance(block, Photos):
            yield from (photo.title for photo in block.photos)
        elif isinstance(block, Picture):
            yield block.title


def _pieces(text: str, fonts: Fonts):
    """Characters, a letter together with its combining marks where one font has them all; and whether it prints."""
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.category(text[end])[0] == "M":
            end += 1
        cluster = text[at:end]
        if len(cluster) > 1 and _has_whole(cluster, fonts):
            yield cluster, True
        else:
            for character in cluster:
                yield character, _prints(character, fonts)
        at = end


def _prints(character: str, fonts: Fonts) -> bool:
    if character == "\n":
        return True
    if is_meaningless(character) or unicodedata.category(character)[0] == "M":  # a mark on nothing
        return False
    return ord(character) in fonts.characters


def _has_whole(cluster: str, fonts: Fonts) -> bool:
    # Upon a blank or a line end a mark has nothing to stand on.
    if cluster[0].isspace() or unicodedata.category(cluster[0])[0] == "M" or is_meaningless(cluster[0]):
        return False
    return any(family.characters.issuperset(map(ord, cluster)) for family in fonts.families)

"""The names of folders and files in an evidence pack: readable, and accepted by Windows, macOS, Linux and WeChat.

A name is measured as Windows measures it, in UTF-16 code units: 𠮷 counts twice.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 80  # of one folder or file, in UTF-16 code units
LONGEST_PATH = 180  # leaves 80 of Windows' 260 for the folder it is unpacked into
_LONGEST_BYTES = 255  # of a name in UTF-8, on ext4 and APFS
_SECTION, _RECORD, _FILE = 38, 76, 64  # with the two strokes between them: LONGEST_PATH
_ENDING = 10  # of a file, with its dot: .docx, .markdown
_OTHER = "其他"  # a kind that says less than the file's own name

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?= *(?:\.|$))", re.IGNORECASE)
# Control, format (bidi, zero-width, tags), surrogate, private use.
_UNSEEN = {"Cc", "Cf", "Cs", "Co"}
# Seen by nobody though not of these: combining joiner, fillers, Mongolian and other variation selectors, braille blank.
_BLANKS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e0fff]"
)


def safe_name(text: str, limit: int = LONGEST_NAME) -> str:
    """A text as the name of one folder or file; never empty.

    NFC; what file systems refuse becomes _; nothing invisible, no blank or dot at the ends, no name of a device; cut
    to `limit` UTF-16 code units and 255 bytes. A safe name stays as it is.
    """
    text = unicodedata.normalize("NFC", re.sub(r"\s+", " ", text))
    text = _BLANKS.sub("", "".join(sign for sign in text if unicodedata.category(sign) not in _UNSEEN))
    text = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", text))
    text = _trimmed(_cut(_trimmed(re.sub(" +", " ", text)), limit))
    if _DEVICE.match(text):
        text = _trimmed(_cut(f"_{text}", limit))
    return text or "_"


def unused_name(text: str, taken: set[str], limit: int = LONGEST_NAME) -> str:
    """A safe name that no other in `taken` equals, also where letter case does not count; taken then holds it too.

    The second of a name gets (2) before its ending: 照片(2).jpg.
    """
    name = safe_name(text, limit)
    stem, ending = _split(name)
    count = 1
    while _folded(name) in taken:
        count += 1
        mark = f"({count}){ending}"
        name = _trimmed(_cut(stem, limit - len(mark))) + mark
    taken.add(_folded(name))
    return name


def path_of(number: str, section: int, heading: str, title: str, position: int, kind: str, name: str) -> str:
    """The place of a file in the pack: `2_教育服务/2-03_信息素养周末沙龙第一期/2-03-1_签到表.jpg`.

    Arguments: number, the evidence number of its record; section and heading of the report; title of the record;
    position of the file in the record, from 1; kind in Chinese; name of the file as uploaded, for the ending.
    At most 180 UTF-16 code units. Two files differ where number or position do, so long as a section has one heading.
    """
    stem, ending = _split(name)
    called = kind if kind and kind != _OTHER else stem or _OTHER
    file = _trimmed(_cut(safe_name(f"{number}-{position}_{called}"), _FILE - len(ending))) + ending
    return "/".join(
        (safe_name(f"{section}_{heading}", _SECTION), safe_name(f"{number}_{title}", _RECORD), file)
    )


def is_safe_path(path: str) -> bool:
    """Whether a path consists of safe names only, and is short enough to be unpacked anywhere."""
    return len(path.encode("utf-16-le", "replace")) <= 2 * LONGEST_PATH and all(
        part == safe_name(part) for part in path.split("/")
    )


def _split(name):
    """Stem and ending of a file's name; an ending is plain letters and digits, in small letters."""
    stem, dot, ending = name.rpartition(".")
    ending = f"{dot}{ending.strip().lower()}"
    if stem.strip() and len(ending) <= _ENDING and re.fullmatch(r"\.[a-z0-9]+", ending):
        return stem, ending
    return name, ""


def _trimmed(text):
    return text.strip(" .")


def _cut(text, limit):
    """The beginning of a text, cut at `limit` UTF-16 code units and 255 bytes, never inside a character."""
    text = text.encode("utf-16-le")[: 2 * max(limit, 0)].decode("utf-16-le", "ignore")
    return text.encode()[:_LONGEST_BYTES].decode(errors="ignore")


def _folded(name):
    """As a file system that ignores case compares names."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())

"""The fonts of PDF files: which are there, what each is for, and which characters they have.

Only the directory FONT_DIR is looked at, never the system's fonts. Roles go by the names of families and files: the
school's own 小标宋, 仿宋, 黑体, 楷体 and 宋体 if they are there, else a free serif for text and titles and a free sans
for headings. What a role's font lacks, any other font of the directory may print; what none has prints as 〓.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
from dataclasses import dataclass, replace
from pathlib import Path

import typst
from django.core.exceptions import ValidationError
from fontTools.ttLib import TTFont, TTLibError

GETA = "〓"  # what a character prints as that no font has
LATIN_END = 0x250  # Latin letters stand before it
_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
_PROBE = set(
    map(ord, "支部党员活动佐证附件一二三图页0123456789—（）“”，。、：；·" + GETA)
)  # a usable font has them all

# role → patterns of names, the first that is found wins; for heavy roles the boldest face of a general font is used.
_SERIF = (r"noto ?serif", r"source ?han ?serif|思源宋体", r"serif|song|宋|ming")
_SANS = (r"noto ?sans(?! ?mono)", r"source ?han ?sans|思源黑体", r"sans|hei|黑")
_ROLES = {
    "title": ((r"小标宋|xiao ?biao ?song|fzxbs",), _SERIF, 700),
    "body": ((r"仿宋|fang ?song|simfang",), _SERIF, 400),
    "hei": ((r"黑体|sim ?hei",), _SANS, 400),
    "kai": ((r"楷|kai",), _SERIF, 400),
    "song": ((r"宋体(?!\S*仿)|simsun|nsimsun",), _SERIF, 400),
}


@dataclass(frozen=True)
class Family:
    """A family of faces. names: of the family and its files, lower case; characters: the code points that each of its
    upright faces has, so that it does not matter which weight is asked for; advances: the widths of Latin letters in
    the widest face, as shares of the size."""

    name: str
    names: str
    characters: frozenset[int]
    advances: dict[int, float]


@dataclass(frozen=True)
class Role:
    """What a kind of text is set in: families in order, and the weight."""

    families: tuple[str, ...]
    weight: int


@dataclass(frozen=True)
class Fonts:
    """The fonts of a directory. families: that can print anything; characters: code points that some family has."""

    families: tuple[Family, ...]
    roles: dict[str, Role]
    characters: frozenset[int]

    def only(self, name: str) -> Fonts:
        """One family alone, and its characters one by one: for the text of a drawing, which has nothing to fall back on
        and cannot put a mark upon a letter."""
        characters = next(family.characters for family in self.families if family.name == name)
        return replace(self, families=(), characters=characters)

    def width_of(self, text: str, size: float) -> float:
        """How wide a text set in the body's font is in the longest of its lines, in the unit of `size`; rather too wide
        than too narrow."""
        return size * max(sum(map(self._advance, line)) for line in text.split("\n"))

    def _advance(self, character: str) -> float:
        return self._latin.get(ord(character), 1)

    @functools.cached_property
    def _latin(self) -> dict[int, float]:
        name = self.roles["body"].families[0]
        return next(family.advances for family in self.families if family.name == name)


def load(directory: Path) -> Fonts:
    """The fonts of a directory, read once a process as long as its files do not change.

    Raises ValidationError if no font in it can print Chinese.
    """
    return _load(Path(directory), fonts_in(directory))


def fonts_digest(directory: Path) -> dict[str, str]:
    """The font files of a directory by name, with their SHA-256; read once a process as long as they do not change."""
    return dict(_digest(Path(directory), fonts_in(directory)))


def fonts_in(directory: Path) -> tuple[tuple[str, int, int], ...]:
    """The font files of a directory by name, with time of change and size: what a cache of them depends on. Empty if
    there is no such directory."""
    directory = Path(directory)
    found = sorted(
        path for path in directory.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file()
    )
    about = [(path.relative_to(directory).as_posix(), path.stat()) for path in found]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in about)


@functools.lru_cache(maxsize=4)
def _digest(directory: Path, files) -> tuple[tuple[str, str], ...]:
    digests = []
    for name, *_ in files:
        with open(directory / name, "rb") as file:
            digests.append((name, hashlib.file_digest(file, "sha256").hexdigest()))
    return tuple(digests)


@functools.lru_cache(maxsize=2)
def _load(directory: Path, files) -> Fonts:
    loaded = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(directory)]
    )
    families = _families(loaded.fonts())
    usable = [family for family in families if family.characters >= _PROBE]
    if not usable:
        raise ValidationError(_unusable(directory))
    roles = {}
    for role, (own, general, weight) in _ROLES.items():
        if family := _first(usable, own):
            weight = 400
        else:
            family = _first(usable, general) or usable[0]
        # What it lacks is looked for in the others, first in those for Chinese.
        others = [other.name for other in (*usable, *families)]
        roles[role] = Role(tuple(dict.fromkeys([family.name, *others])), weight)
    characters = frozenset().union(*(family.characters for family in families))
    return Fonts(families, roles, characters)


def _families(fonts: list[typst.FontInfo]) -> tuple[Family, ...]:
    """Families by name, not in the order of the directory: the same choice everywhere."""
    upright = sorted((font for font in fonts if font.style == "normal"), key=lambda font: font.family)
    families = []
    for name, faces in itertools.groupby(upright, key=lambda font: font.family):
        names, characters, advances = zip(*map(_read, faces), strict=True)
        common = frozenset.intersection(*characters)
        widest = {code: max(widths[code] for widths in advances) for code in common & advances[0].keys()}
        families.append(Family(name, " ".join([name.lower(), *names]), common, widest))
    return tuple(family for family in families if family.characters)


def _unusable(directory) -> str:
    return f"FONT_DIR 里没有可用的中文字体，PDF 不能生成；请把字体文件（TTF 或 OTF）放进 {directory}"


def _first(families, patterns) -> Family | None:
    """The first family that is called as one of the patterns says, those in front before those behind."""
    return next(
        (family for pattern in patterns for family in families if re.search(pattern, family.names)), None
    )


def _read(font: typst.FontInfo) -> tuple[str, frozenset[int], dict[int, float]]:
    """What a face is called, in all languages; the characters it has, and how wide the Latin ones are. No characters if
    its tables cannot be read."""
    name = Path(font.path).stem
    try:
        with TTFont(font.path, fontNumber=font.index, lazy=True) as file:
            names = [
                record.toUnicode(errors="replace")
                for record in file["name"].names
                if record.nameID in (1, 4, 16)
            ]
            empty = file.getGlyphOrder()[0]
            glyphs = {code: glyph for code, glyph in (file.getBestCmap() or {}).items() if glyph != empty}
            em, metrics = file["head"].unitsPerEm, file["hmtx"].metrics
            advances = {code: metrics[glyph][0] / em for code, glyph in glyphs.items() if code < LATIN_END}
    except (TTLibError, KeyError, ValueError, AssertionError, OSError):
        return name.lower(), frozenset(), {}
    return " ".join([name, *sorted(set(names))]).lower(), frozenset(glyphs), advances

"""SVG in small pieces. Everything said on a chart is escaped here, by the standard library's own writer."""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree

FONT = "Noto Sans SC"  # in PDF and PNG; on a page app.css names the page's own
# Tokens of static/app.css (a test holds them together). Data is ink blue; amber says "not reached", with the word.
TEXT, TEXT_2, TEXT_3 = "#1d1b18", "#57524b", "#6d675f"
RULE, TRACK, PAPER = "#918b81", "#efede8", "#ffffff"
INK = ("#1f4167", "#2a5382", "#41699a", "#8eabc9", "#bfd0e2", "#dfe8f1", "#f0f4f8")
WARN, WARN_TEXT = "#c26a00", "#8a4700"

# What XML cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in the units of `size`: a Chinese character is as wide as high."""
    return size * sum(_share(character) for character in text)


def _share(character: str) -> float:
    if unicodedata.combining(character) or character in "\u200b\u200d\ufe0f":
        return 0
    if unicodedata.east_asian_width(character) in "WFA":
        return 1
    if character in ".,:;'|il ":
        return 0.32
    return 0.68 if character.isupper() or character in "%@mw—" else 0.57


def wrap(text: str, width: float, size: float, lines: int = 2) -> list[str]:
    """A text cut into lines of about one length, none wider than `width`; what does not fit into so many is shortened
    to “…”."""
    found = _cut(text, width, size)
    if 1 < len(found) <= lines:
        even = _cut(text, width_of(text, size) / len(found) + size / 2, size)
        return even if len(even) == len(found) else found
    if len(found) <= lines:
        return found
    last = found[lines - 1]
    while last and width_of(last + "…", size) > width:
        last = last[:-1]
    return [*found[: lines - 1], last + "…"]


def _cut(text: str, width: float, size: float) -> list[str]:
    found, line = [], ""
    for character in text:
        if line and width_of(line + character, size) > width:
            found.append(line)
            line = ""
        line += character
    return [*found, line]


class Element:
    """One element and what is in it: `parent.add("rect", x=1)`."""

    def __init__(self, node: ElementTree.Element):
        self.node = node

    def add(self, name: str, text: str = "", **attributes) -> Element:
        """Append an element. Attributes: `_` reads `-`; None is left out; numbers are rounded to a tenth."""
        node = ElementTree.SubElement(self.node, name, _written(attributes))
        node.text = _clean(text) or None
        return Element(node)

    def text(self, x, y, text, *, size=12, fill=TEXT, anchor="start", bold=False, turned=False) -> None:
        """A line of text on its baseline. anchor: start, middle or end; turned: read from below."""
        if not text:
            return
        self.add(
            "text",
            text,
            x=x,
            y=y,
            font_size=size,
            fill=fill,
            text_anchor=None if anchor == "start" else anchor,
            font_weight="700" if bold else None,
            transform=f"rotate(-90 {_number(x)} {_number(y)})" if turned else None,
        )

    def lines(self, x, y, texts, *, size=12, leading=15, **how) -> None:
        """Several lines, the first on the baseline given."""
        for at, text in enumerate(texts):
            self.text(x, y + at * leading, text, size=size, **how)

    def link(self, url: str, says: str) -> Element:
        """What is pressed together, with what it says on hover and to those who do not see it; a group where there is
        nowhere to go."""
        group = self.add("a", href=url, aria_label=says) if url else self.add("g")
        group.add("title", says)
        return group


def sheet(width: float, height: float, title: str, description: str, *, is_linked: bool) -> Element:
    """The root. Without links it is one image; with them a group, for what is inside an image cannot be reached."""
    root = Element(
        ElementTree.Element(
            "svg",
            _written(
                {
                    "xmlns": "http://www.w3.org/2000/svg",
                    "class": "chart-svg",
                    "viewBox": f"0 0 {_number(width)} {_number(height)}",
                    "width": width,
                    "height": height,
                    "role": "group" if is_linked else "img",
                    "aria_label": title,
                    "font_family": FONT,
                }
            ),
        )
    )
    root.add("title", title)
    root.add("desc", description)
    return root


def markup(root: Element) -> str:
    """The SVG as text."""
    return ElementTree.tostring(root.node, encoding="unicode")


def _written(attributes: dict) -> dict[str, str]:
    return {
        name.replace("_", "-"): _clean(value) if isinstance(value, str) else _number(value)
        for name, value in attributes.items()
        if value is not None
    }


def _number(value: float) -> str:
    return f"{round(float(value), 1):g}" if abs(value) < 1e5 else f"{value:.0f}"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)

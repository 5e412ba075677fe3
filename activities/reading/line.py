"""One line of words, out of which the rules take their spans.

A character belongs to one rule at most: what a rule takes, no later rule sees. A character may also be shielded: it
stays in the line, but no rule of numbers (days, clock, counts) looks at it. A quotation is closed to every rule. A slip
of the keyboard may be mended before any rule looks.
"""

from __future__ import annotations

import re
import unicodedata

TAKEN, SHIELDED = "\x00", "\x01"
STOPS = "，,、。;；|!！?？…"  # what parts of a line are separated by, beside blanks
_ENDS = rf"\s{STOPS}:()/{TAKEN}{SHIELDED}"
BEFORE, AFTER = rf"(?<![^{_ENDS}])", rf"(?=$|[{_ENDS}])"  # where a word may begin and end
HAN = "\u4e00-\u9fff"
TO = r"\s*(?:至|到|[-—–~]{1,2})\s*"  # between the ends of a range

_HALF_WIDTH = {ord(c): unicodedata.normalize("NFKC", c) for c in "：～－．（）／　"}
_HALF_WIDTH |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}
_HALF_WIDTH |= {ord("−"): "-", ord("‐"): "-", ord("‑"): "-", ord("―"): "—", ord("〇"): "零", ord("週"): "周"}
_UNSEEN = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")

Span = tuple[int, int]


def one_of(words: str) -> str:
    """A pattern for any of these words, which are separated by blanks; the first that fits wins."""
    return f"(?:{'|'.join(words.split())})"


class Line:
    """The line as typed (`text`), and the same, character by character, in the form the rules look at."""

    def __init__(self, text: str):
        text = _CONTROL.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", text)))
        self.text = re.sub(r"\s+", " ", text).strip()
        self.plain = "".join(_plain(char) for char in self.text)
        self._free = list(self.plain)
        self._shielded: set[int] = set()
        self._closed: set[int] = set()

    @property
    def words(self) -> str:
        """What is still free; quotations are closed to all rules."""
        return "".join(SHIELDED if at in self._closed else char for at, char in enumerate(self._free))

    @property
    def numbers(self) -> str:
        """What is still free for the rules of numbers."""
        hidden = self._shielded | self._closed
        return "".join(SHIELDED if at in hidden else char for at, char in enumerate(self._free))

    def mend(self, start: int, meant: str) -> None:
        """Let the rules see what was meant; what was typed stays the text."""
        self.plain = self.plain[:start] + meant + self.plain[start + len(meant) :]
        self._free[start : start + len(meant)] = meant

    def take(self, span: Span) -> None:
        """These characters are understood."""
        for at in range(*span):
            self._free[at] = TAKEN

    def shield(self, span: Span) -> None:
        """These characters are neither a day, nor a time, nor a count."""
        self._shielded.update(range(*span))

    def close(self, span: Span) -> None:
        """These characters are a quotation: no rule takes anything of it."""
        self._closed.update(range(*span))

    def is_free(self, span: Span) -> bool:
        """Whether no rule has taken any of it."""
        return TAKEN not in self._free[slice(*span)]

    def stands_alone(self, span: Span) -> bool:
        """Whether the words are free and stand between separators, ends of the line or taken words."""
        start, end = span
        return self.is_free(span) and all(
            not 0 <= at < len(self._free) or re.match(f"[{_ENDS}]", self._free[at]) for at in (start - 1, end)
        )


def _plain(char: str) -> str:
    half = _HALF_WIDTH.get(ord(char), char)
    lower = half.lower()
    return lower if len(lower) == 1 else half

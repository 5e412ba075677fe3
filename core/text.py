"""Text as people type it in China: half and full width, invisible characters, several kinds of dots."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from pypinyin import Style, lazy_pinyin

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_ALIKE = str.maketrans({"•": "·", "・": "·", "‧": "·", "∙": "·", "【": "[", "】": "]", "〔": "[", "〕": "]"})
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SEPARATORS = re.compile(r"[;；、]")


def tidy(text: str) -> str:
    """Text as it is stored: NFC, line ends as \\n, trimmed."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def match_key(text: str) -> str:
    """The form in which names are compared: NFKC, no white space or invisible characters, one kind of dot
    and of brackets. Two names with the same key are the same name."""
    text = unicodedata.normalize("NFKC", text).translate(_ZERO_WIDTH)
    return _SPACE.sub("", unicodedata.normalize("NFKC", text.translate(_ALIKE)))


def refuse_control_characters(text: str) -> None:
    """A validator: NUL and its like are refused (PostgreSQL cannot store NUL, Word and Excel none of them)."""
    if _CONTROL.search(text):
        raise ValidationError("含有看不见的控制字符，请删去后重新输入", code="control_character")


def split_names(text: str) -> list[str]:
    """Several names in one cell or field, separated by `;`, `；` or `、`; empty parts are dropped."""
    return [part for part in (tidy(piece) for piece in _SEPARATORS.split(text)) if part]


def whole_number(text: str) -> int | None:
    """A record's id or version as an address or a hidden field holds it; None for what cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def pinyin(text: str) -> str:
    """A sort and search key such as `zhang san`; people correct it where a name is read differently."""
    return " ".join(lazy_pinyin(text, style=Style.NORMAL, errors="default")).lower()[:200]


def mask_phone(phone: str) -> str:
    """A phone number of which only the last four digits are shown."""
    return f"{'*' * (len(phone) - 4)}{phone[-4:]}" if len(phone) > 4 else phone

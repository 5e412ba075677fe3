"""Several values in one cell: lists of names, people with staff numbers and roles, and 其他信息 (`键=值;…`).

A backslash takes the special meaning from the character after it, so every text survives: `甲\\、乙` is one name.
Nobody has to know this to fill in a form; an export writes it where it is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from core.text import match_key, split_names, tidy

_LIST = ";；、"
_PEOPLE = _LIST + "#＃()（）"
_PAIRS = ";；\n"
_EQUALS = "=＝"
_PARTS = "|｜"
_MARKS = re.compile(r"[\\#＃)）]")

Tokens = list[tuple[str, bool]]  # (character, whether it has its special meaning)


def _tokens(text: str, special: str) -> Tokens:
    """Arguments: special, the characters that a backslash makes ordinary (for a line end it is written `\\n`)."""
    after = {**dict(zip(special, special, strict=True)), "\\": "\\"}
    if after.pop("\n", None):
        after["n"] = "\n"
    found, position = [], 0
    while position < len(text):
        character, position = text[position], position + 1
        if character == "\\" and text[position : position + 1] in after:
            found.append((after[text[position]], False))
            position += 1
        else:
            found.append((character, True))
    return found


def _escape(text: str, special: str) -> str:
    """As `_tokens` reads it, without special meanings."""
    return "".join(
        ("\\n" if character == "\n" else f"\\{character}") if character in special or character == "\\" else character
        for character in text
    )  # fmt: skip


def _split(tokens: Tokens, separators: str, most: int = -1) -> list[Tokens]:
    pieces: list[Tokens] = [[]]
    for token in tokens:
        if token[1] and token[0] in separators and (most < 0 or len(pieces) <= most):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def _plain(tokens: Tokens) -> str:
    return tidy("".join(character for character, _ in tokens))


def _last(tokens: Tokens, characters: str) -> int:
    """Where one of the characters stands last with its meaning; -1 if nowhere."""
    return max((i for i, (c, special) in enumerate(tokens) if special and c in characters), default=-1)


# ---------------------------------------------------------------- lists
def split_list(text: str) -> list[str]:
    """The names of a cell, separated by `;`, `；` or `、`; empty parts are dropped."""
    if "\\" not in text:
        return split_names(text)
    return [name for piece in _split(_tokens(text, _LIST), _LIST) if (name := _plain(piece))]


def join_list(names) -> str:
    """As `split_list` reads it."""
    return "、".join(_escape(name, _LIST) for name in names)


# ---------------------------------------------------------------- people
@dataclass(frozen=True)
class PersonText:
    """A person as written: `姓名#工号(角色)`. number: None if none is written, '' for `姓名#`, which says that this is
    nobody of the branch although a member has the same name."""

    name: str
    number: str | None = None
    role: str = ""


def split_people(text: str, roles) -> list[PersonText]:
    """The people of a cell in order. Arguments: roles, the words that brackets at the end may hold; other brackets
    belong to the name. Raises ValidationError for a number without a name."""
    if not _MARKS.search(text):  # names alone, as nearly always
        return [PersonText(name) for name in split_names(text)]
    return [_person(piece, roles) for piece in _split(_tokens(text, _PEOPLE), _LIST) if _plain(piece)]


def _person(tokens: Tokens, roles) -> PersonText:
    while tokens[-1][0].isspace():
        tokens = tokens[:-1]
    role, number = "", None
    if tokens[-1][1] and tokens[-1][0] in ")）":
        opening = _last(tokens, "(（")
        word = match_key("".join(c for c, _ in tokens[opening + 1 : -1]))
        if opening > 0 and word in roles:
            role, tokens = word, tokens[:opening]
    at = _last(tokens, "#＃")
    if at >= 0:
        number, tokens = _plain(tokens[at + 1 :]), tokens[:at]
    name = _plain(tokens)
    if not name:
        raise ValidationError("缺少姓名，请写成 姓名#工号")
    return PersonText(name, number, role)


def join_people(people, roles) -> str:
    """As `split_people` reads it."""
    shown = []
    for person in people:
        for special in (
            _LIST + "#＃",
            _PEOPLE,
        ):  # brackets are escaped only where they would be read as a role
            text = _escape(person.name, special)
            if person.number is not None:
                text += f"#{_escape(person.number, _PEOPLE)}"
            if person.role:
                text += f"({person.role})"
            if _person(_tokens(text, _PEOPLE), roles) == person:
                break
        shown.append(text)
    return "、".join(shown)


# ---------------------------------------------------------------- 其他信息
def split_pairs(text: str) -> list[tuple[str, str]]:
    """The pairs of 其他信息, in order; a line end separates like `;`. Raises ValidationError for a part without `=`."""
    pairs = []
    for piece in _split(_tokens(text, _PAIRS + _EQUALS), _PAIRS):
        if not _plain(piece):
            continue
        key, *value = _split(piece, _EQUALS, most=1)
        if not value or not _plain(key):
            raise ValidationError(f"“{_plain(piece)[:30]}”不是 键=值（值里的分号请写成 \\;）")
        pairs.append((_plain(key), _plain(value[0])))
    return pairs


def join_pairs(pairs) -> str:
    """As `split_pairs` reads it."""
    return ";".join(
        f"{_escape(tidy(key), _PAIRS + _EQUALS)}={_escape(tidy(value), _PAIRS)}" for key, value in pairs
    )


def split_parts(text: str, count: int) -> list[str]:
    """The parts of one value that has several: `书记|2021-03|2024-06`; missing ones are empty.

    Raises ValidationError if there are more than `count`.
    """
    parts = [_plain(piece) for piece in _split(_tokens(text, _PARTS), _PARTS)]
    if len(parts) > count:
        raise ValidationError(f"“{text[:40]}”里的竖线太多（竖线本身请写成 \\|）")
    return parts + [""] * (count - len(parts))


def join_parts(parts) -> str:
    """As `split_parts` reads it; empty parts at the end are left out."""
    parts = list(parts)
    while parts and not parts[-1]:
        parts.pop()
    return "|".join(_escape(part, _PARTS) for part in parts)

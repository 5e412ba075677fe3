"""Names that are probably the same unit's: 澄湖农商银行科技部党支部 and 澄湖农商银行技术部.

It only ever asks. A name that is near another one may well be a unit of its own; the person who types knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from core.text import match_key

_BEFORE = ("中国共产党", "中共")
# What comes and goes at the end of a unit's name, the longer first.
_AFTER = sorted(
    [
        *(
            "支部委员会",
            "总支部委员会",
            "党总支部",
            "党总支",
            "联合党支部",
            "党支部",
            "机关党委",
            "党委",
            "党组",
        ),
        *("委员会", "总支", "支部", "党员"),
        *("股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "集团公司", "分公司", "公司", "集团"),
        *("支行", "分行", "总行", "营业部"),
    ],
    key=len,
    reverse=True,
)
# Written one way or the other.
_ALSO_WRITTEN = (("科学技术", "科技"), ("科协", "科技协会"), ("技术部", "科技部"))
_NUMBERS = re.compile(r"[0-9一二三四五六七八九十]+")
_LEAST = 2  # characters of a name that say anything


def near(name: str, known: Mapping[object, Iterable[str]]) -> list:
    """Whose names are near this one: the keys of `known`, in its order.

    Near: the same once 党支部, 有限公司, 支行 … are left off; one within the other; or, in long names of the same kind
    of unit, a character or two apart. Names told apart by a number (第一社区, 第二社区) are not near.
    """
    stem = _stem(name)
    return [key for key, names in known.items() if any(_alike(stem, _stem(other)) for other in names)]


def _stem(name: str) -> str:
    """The name without what comes and goes around it; never empty unless the name is."""
    stem = match_key(name).casefold()
    for prefix in _BEFORE:
        if stem.startswith(prefix) and len(stem) > len(prefix):
            stem = stem.removeprefix(prefix)
    shorter = stem
    while shorter:
        stem = shorter
        suffix = next((suffix for suffix in _AFTER if stem.endswith(suffix)), None)
        if suffix is None:
            break
        shorter = stem.removesuffix(suffix)
    for written, also in _ALSO_WRITTEN:
        stem = stem.replace(written, also)
    return stem


def _alike(one: str, other: str) -> bool:
    if one == other:
        return bool(one)
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < _LEAST or _NUMBERS.findall(one) != _NUMBERS.findall(other):
        return False
    if shorter in longer:
        return len(shorter) * 2 >= len(longer)
    # 科技局 and 科技协会 of one district are two units: what a unit is stands at the end.
    apart = 2 if len(shorter) >= 8 else 1 if len(shorter) >= 5 else 0
    return one[-1] == other[-1] and _distance(one, other, apart) <= apart


def _distance(one: str, other: str, enough: int) -> int:
    """How many characters must be added, left out or exchanged; beyond `enough` only that it is more."""
    if abs(len(one) - len(other)) > enough:
        return enough + 1
    row = list(range(len(other) + 1))
    for place, character in enumerate(one, start=1):
        before, row[0] = row[0], place
        for at, facing in enumerate(other, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (character != facing))
    return row[-1]

"""Slips of the keyboard: 主题当日, 望江设区 and 组织生话会 are read as the words that were meant.

Most slips are the choice of a wrong character of the same sound, so a stretch that sounds like a known word, and is at
least half written like it, is that word. The theme keeps what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from activities.reading.line import HAN, Line
from core.text import pinyin

# A name so long is known with any one character wrong inside it.
_LONG = 5


def mend(line: Line, names: Iterable[str], kinds: Iterable[str]) -> None:
    """Let the rules see the names meant by stretches of the line that only sound like them; of kinds, whose names are
    no one else's, also those with one wrong character inside."""
    kinds = list(kinds)
    words = {name for name in (*names, *kinds) if _is_han(name)}
    by_sound = {tuple(map(_sound, word)): word for word in sorted(words)}
    by_sound |= {tuple(pinyin(word).split()): word for word in sorted(words)}  # 行 of 银行
    sounds = [_sound(char) for char in line.plain]
    for length in sorted({len(word) for word in words}, reverse=True):
        for start in range(len(sounds) - length + 1):
            written = line.plain[start : start + length]
            meant = by_sound.get(tuple(sounds[start : start + length]))
            if meant and written not in words and 2 * _same(written, meant) >= length:
                line.mend(start, meant)
    for name in kinds:
        if len(name) < _LONG:
            continue
        for start in range(len(sounds) - len(name) + 1):
            written = line.plain[start : start + len(name)]
            ends = written[0] == name[0] and written[-1] == name[-1]
            if ends and written not in words and _same(written, name) == len(name) - 1 and _is_han(written):
                line.mend(start, name)


def _same(written: str, meant: str) -> int:
    return sum(one == other for one, other in zip(written, meant, strict=True))


def _is_han(words: str) -> bool:
    return all(HAN[0] <= char <= HAN[-1] for char in words)


@lru_cache(maxsize=4096)
def _sound(char: str) -> str:
    return pinyin(char)

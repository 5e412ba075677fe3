"""Whole numbers as people write them: 32, 1,200, 1.2万, 三十二, 一百零五, 二零二四."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

CHINESE = "".join(_DIGITS) + "".join(_UNITS)
# Longest first; never a part of a longer number, or of a decimal.
NUMBER = (
    rf"(?:(?<![\d.{CHINESE}])"
    rf"(?:(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+(?:\.\d+)?)[百千万亿]?|[{CHINESE}]+))"
)
SMALL = rf"(?:\d{{1,2}}|[{CHINESE}]{{1,3}})"  # a month, a day, an hour


def number(words: str) -> int | None:
    """The number these words say; None if they say none, or no whole one."""
    if match := re.fullmatch(r"(\d[\d,]*(?:\.\d+)?)([百千万亿]?)", words, re.ASCII):
        value = Decimal(match[1].replace(",", "")) * _UNITS.get(match[2], 1)
        return int(value) if value == value.to_integral_value() else None
    if not words or not all(word in CHINESE for word in words):
        return None
    if all(word in _DIGITS for word in words):  # 二零二四: digit by digit
        return int("".join(str(_DIGITS[word]) for word in words))
    return _with_units(words)


def _with_units(words: str) -> int | None:
    """三十二, 一百零五, 一万二千, also 两百五: a last digit without a unit belongs to the next smaller one."""
    total = section = 0
    digit, last_unit, after_zero = None, 1, False
    for word in words:
        if word in _DIGITS:
            if digit is not None:  # 三二十
                return None
            digit, after_zero = _DIGITS[word] or None, after_zero or word == "零"
        elif _UNITS[word] < 10_000:
            section += (digit or 1) * _UNITS[word]
            digit, last_unit, after_zero = None, _UNITS[word], False
        else:
            total = (total + section + (digit or 0) or 1) * _UNITS[word]
            section, digit, last_unit, after_zero = 0, None, _UNITS[word], False
    if digit is not None:
        section += digit if after_zero or last_unit <= 10 else digit * last_unit // 10
    return total + section

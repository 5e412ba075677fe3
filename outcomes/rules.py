"""Rules that hold for an outcome wherever it comes from: a form, a workbook, the API."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

from outcomes.kinds import PATENT_TYPE_DIGITS, SUBTYPES

# ZL, then 4-digit year, type digit, 7-digit serial, ".", check digit; blanks and dots are written in many ways.
_PATENT_NUMBER = re.compile(r"(?:ZL|CN)?((?:19|20)\d{2})(\d)(\d{7})\.?([0-9X])", re.ASCII)


def patent_check_digit(twelve: str) -> str:
    """The check digit of a patent application number's first twelve digits: weights 2–9 and again from 2, the sum
    modulo 11, 10 written X (国家知识产权局, ZC 0006-2003)."""
    total = sum(
        int(digit) * weight
        for digit, weight in zip(twelve, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True)
    )
    return "0123456789X"[total % 11]


def check_patent_number(number: str, subtype: str) -> None:
    """Raise ValidationError on `number` if it is a patent number with a wrong check digit, or of another type.

    Text that does not have the shape of a Chinese patent number (a foreign one, an old nine-digit one) is not judged.
    """
    match = _PATENT_NUMBER.fullmatch(re.sub(r"[\s.]", "", unicodedata.normalize("NFKC", number).upper()))
    if not match:
        return
    year, type_digit, serial, check = match.groups()
    of_digit = PATENT_TYPE_DIGITS.get(type_digit)
    if of_digit is None:
        raise ValidationError({"number": f"专利号的第 5 位是 {type_digit}，应为 1、2、3、8 或 9"})
    if of_digit != subtype:
        raise ValidationError(
            {"number": f"专利号的第 5 位是 {type_digit}，表示{SUBTYPES[of_digit][1]}，与类型不符"}
        )
    if check != (right := patent_check_digit(year + type_digit + serial)):
        raise ValidationError({"number": f"专利号的校验位应为 {right}，请核对"})

"""Rules that hold for an outcome wherever it comes from: a form, a workbook, the API."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

from outcomes.citations import bare_doi
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


# ---------------------------------------------------------------- what looks wrong but may be right
_DOI = re.compile(r"10\.\d{4,9}(\.\d+)*/\S+", re.ASCII)
_REGISTRATION = re.compile(r"(?:19|20)\d{2}SR\d{6,7}", re.ASCII)


def doubts_of(kind: str, *, doi: str, number: str) -> dict[str, str]:
    """What is strange about an outcome's numbers, as sentences by field: no reason to refuse it, for such things are
    printed too. Nothing is looked up anywhere."""
    found = {"doi": _strange_doi(doi)}
    if kind == "book":
        found["number"] = _strange_isbn(number)
    elif kind == "software_copyright":
        found["number"] = _strange_registration(number)
    return {field: sentence for field, sentence in found.items() if sentence}


def _plain(number: str) -> str:
    """A number without what is written in many ways: width, case, blanks, hyphens, dots."""
    return re.sub(r"[\s.·‐-―-]", "", unicodedata.normalize("NFKC", number).upper())


def _strange_doi(doi: str) -> str:
    if not doi or _DOI.fullmatch(bare_doi(doi)):
        return ""
    return "不像 DOI：一般是 10. 开头，中间有一道斜线，如 10.1000/xyz123"


def _strange_isbn(number: str) -> str:
    digits = _plain(number).removeprefix("ISBN").lstrip(":")
    if not digits:
        return ""
    if re.fullmatch(r"97[89]\d{10}", digits, re.ASCII):
        total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:12]))
        right = str(-total % 10)
    elif re.fullmatch(r"\d{9}[\dX]", digits, re.ASCII):
        total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
        right = "0123456789X"[-total % 11]
    else:
        return "不像 ISBN：一般是 978 或 979 开头的 13 位数字，老书是 10 位"
    return "" if digits[-1] == right else f"ISBN 的校验位应为 {right}，请对照书上核对"


def _strange_registration(number: str) -> str:
    if not number or _REGISTRATION.fullmatch(_plain(number)):
        return ""
    if "软著登字" in number:
        return "“软著登字”是证书号；登记号在证书下方，如 2024SR0310274"
    return "不像登记号：一般是年份、SR 和 7 位数字，如 2024SR0310274"


def is_same_number(one: str, other: str) -> bool:
    """Whether two numbers (of patents, certificates, books, projects) are the same, however they are written."""
    plain = [re.sub(r"^(ISBN:?|ZL|CN)", "", _plain(number)) for number in (one, other)]
    return bool(plain[0]) and plain[0] == plain[1]


def is_same_doi(one: str, other: str) -> bool:
    """Whether two DOIs are the same."""
    return bool(one) and bare_doi(one).casefold() == bare_doi(other).casefold()

"""What a cell may hold: each kind of value reads a cell and shows itself in one.

`read` raises ValidationError with a sentence for the reader; `show` gives what is written: text, a number, or None for
an empty cell. What one writes the other reads back.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError

from core.dates import EARLIEST_YEAR, LATEST_YEAR, PartialDate
from core.text import match_key, refuse_control_characters, tidy
from exchange.workbook.text import join_list, split_list
from exchange.workbook.xlsx import Cell

_LARGEST_COUNT = 2_147_483_647  # PositiveIntegerField
_MOMENT = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[ T]+(\d{1,2}:\d{2})(:\d{2})?(?:\.(\d{1,6}))?)?", re.ASCII)
_DIGITS = re.compile(r"\d+(\.\d+)?", re.ASCII)


def text_of(cell: Cell) -> str:
    """A cell as text: a whole number is its digits (a staff number that Excel made a number)."""
    if cell.kind == "text":
        text = tidy(cell.value)
        refuse_control_characters(text)
        return text
    if cell.kind == "number":
        if abs(cell.value) >= 1e15:
            raise ValidationError(
                "Excel 只能记住 15 位数字，末尾几位已经丢失，请把单元格设为“文本”后重新输入"
            )
        return _digits(cell.value)
    if cell.kind in ("date", "time"):
        raise ValidationError("Excel 把它变成了日期或时间，请把单元格设为“文本”后重新输入")
    raise ValidationError("这里要填文字，不能是 TRUE 或 FALSE")


def _digits(number: float) -> str:
    """A number as Excel shows it: fifteen digits, no exponent."""
    return format(Decimal(f"{number:.15g}"), "f")


def _number(cell: Cell, word: str) -> Decimal:
    if cell.kind == "number":
        return Decimal(f"{cell.value:.15g}")
    if cell.kind == "text":
        text = unicodedata.normalize("NFKC", cell.value).strip()
        if _DIGITS.fullmatch(text):
            return Decimal(text)
        if re.fullmatch(r"-\d+(\.\d+)?", text, re.ASCII):
            raise ValidationError(f"{word}不能是负数")
        raise ValidationError(f"“{tidy(cell.value)[:40]}”不是{word}，请只填数字")
    raise ValidationError(f"这里要填{word}")


@dataclass(frozen=True)
class Kind:
    """One kind of value. `planner` answers for references to other records; most kinds do not ask it."""

    width: int = 12
    is_text: bool = True

    def read(self, cell: Cell, planner):
        """The value of a cell."""
        raise NotImplementedError

    def show(self, value, planner):
        """What is written for a value."""
        return value or None


@dataclass(frozen=True)
class Text(Kind):
    """Text of at most so many characters (None: any)."""

    longest: int | None = None

    def read(self, cell, planner):
        """Tidied, without control characters."""
        text = text_of(cell)
        if self.longest and len(text) > self.longest:
            raise ValidationError(f"最多 {self.longest} 个字，现有 {len(text)} 个")
        return text


@dataclass(frozen=True)
class Name(Text):
    """A name that is compared by its key, which has a length of its own."""

    longest_key: int = 400

    def read(self, cell, planner):
        """As text; refused if only its key is too long."""
        text = super().read(cell, planner)
        if len(match_key(text)) > self.longest_key:
            raise ValidationError("名称里的特殊字符太多，请改用普通文字")
        return text


@dataclass(frozen=True)
class Choice(Kind):
    """One word of a closed vocabulary. words: () → {word: value}, asked once by each planner; unsaid: the value that is
    never written, as it goes without saying."""

    words: Callable[[], dict] = dict
    unsaid: str | None = None

    def read(self, cell, planner):
        """The value of the word, compared without white space and width."""
        return self._value(text_of(cell), planner)

    def _value(self, text, planner):
        words = planner.words(self)
        found = words.get(text)
        if found is None:
            found = {match_key(word): value for word, value in words.items()}.get(match_key(text))
        if found is None:
            raise ValidationError(f"没有“{text[:40]}”，只能填：{'、'.join(words)}")
        return found

    def show(self, value, planner):
        """The word."""
        if value == self.unsaid:
            return None
        return next((word for word, known in planner.words(self).items() if known == value), None)


@dataclass(frozen=True)
class Choices(Choice):
    """One or more words of a closed vocabulary, kept in its order."""

    def read(self, cell, planner):
        """The values, each once."""
        chosen = [
            super(Choices, self).read(Cell("text", word), planner) for word in split_list(text_of(cell))
        ]
        return tuple(value for value in self.words().values() if value in chosen)

    def show(self, value, planner):
        """The words."""
        return "、".join(word for word, known in planner.words(self).items() if known in value) or None


@dataclass(frozen=True)
class Flag(Kind):
    """是 or 否. shown_as: which of them is written at all (None: both)."""

    shown_as: bool | None = None

    def read(self, cell, planner):
        """A truth value."""
        if cell.kind == "boolean":
            return cell.value
        text = text_of(cell)
        if text not in ("是", "否"):
            raise ValidationError(f"没有“{text[:40]}”，只能填：是、否")
        return text == "是"

    def show(self, value, planner):
        """是 or 否."""
        return None if self.shown_as not in (None, value) else "是" if value else "否"


@dataclass(frozen=True)
class Date(Kind):
    """A date of which the day, or the month, may be unknown."""

    def read(self, cell, planner):
        """Text, a true date (a month where the format shows no day), or a bare year."""
        if cell.kind == "text":
            return PartialDate.parse(unicodedata.normalize("NFKC", cell.value))
        if cell.kind == "date":
            if cell.value.time() != dt.time():
                raise ValidationError("这里只填日期，不填时间")
            day = _plausible(cell.value.date())
            return PartialDate.of_day(day) if cell.shows_day else PartialDate.of_month(day.year, day.month)
        if cell.kind == "number":
            if cell.value == int(cell.value) and EARLIEST_YEAR <= cell.value <= LATEST_YEAR:
                return PartialDate.of_year(int(cell.value))
            raise ValidationError(f"数字 {_digits(cell.value)} 不是日期，请写成 2024-06-01、2024-06 或 2024")
        raise ValidationError("这里要填日期，例如 2024-06-01、2024-06 或 2024")

    def show(self, value, planner):
        """As it is read."""
        return str(value) if value else None


def _plausible(day: dt.date) -> dt.date:
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise ValidationError(f"年份 {day.year} 不在 {EARLIEST_YEAR}—{LATEST_YEAR} 之间")
    return day


def _full_day(text: str) -> dt.date:
    date = PartialDate.parse(text)
    if date.precision != "day":
        raise ValidationError(f"“{text.strip()}”要写到日，例如 2024-06-01 或 2024-06-01 14:30")
    return date.first


@dataclass(frozen=True)
class Day(Kind):
    """A day of which everything is known."""

    def read(self, cell, planner):
        """Text or a true date."""
        date = Date().read(cell, planner)
        return _full_day(str(date))

    def show(self, value, planner):
        """As it is read."""
        return str(value) if value else None


@dataclass(frozen=True)
class Moment(Kind):
    """A day with its time, or without where it is unknown: (date, time or None)."""

    def read(self, cell, planner):
        """`2024-06-01 14:30`, `2024-06-01`, or a true date; its time is known if it is not exactly midnight."""
        if cell.kind == "date":
            moment = cell.value
            day = _plausible(moment.date())
            if not cell.shows_day:
                raise ValidationError(f"“{day:%Y-%m}”要写到日，例如 2024-06-01 或 2024-06-01 14:30")
            return day, moment.time().replace(microsecond=0) if moment.time() != dt.time() else None
        if cell.kind == "number":
            return _full_day(str(Date().read(cell, planner))), None
        if cell.kind != "text":
            raise ValidationError("这里要填日期和时间，例如 2024-06-01 14:30")
        text = unicodedata.normalize("NFKC", cell.value).strip()
        match = _MOMENT.fullmatch(text)
        if not match:
            try:
                PartialDate.parse(text)
            except ValidationError as error:
                if "这一天不存在" in error.message:
                    raise
                raise ValidationError(
                    f"“{text[:40]}”不是时间，请写成 2024-06-01 14:30 或 2024-06-01"
                ) from error
            return _full_day(text), None
        day, clock, seconds, fraction = match.groups()
        date = _full_day(day)
        if not clock:
            return date, None
        try:
            hour, minute = map(int, clock.split(":"))
            return date, dt.time(
                hour, minute, int((seconds or ":0")[1:]), int((fraction or "0").ljust(6, "0"))
            )
        except ValueError as error:
            raise ValidationError(f"“{text}”这个时刻不存在") from error

    def show(self, value, planner):
        """As it is read."""
        if not value or not value[0]:
            return None
        day, time = value
        if time is None:
            return str(day)
        return f"{day} {time.isoformat() if time.second or time.microsecond else time.isoformat('minutes')}"


@dataclass(frozen=True)
class Count(Kind):
    """A whole number, 0 or more."""

    is_text: bool = False
    largest: int = _LARGEST_COUNT

    def read(self, cell, planner):
        """A number, or digits."""
        number = _number(cell, "整数")
        if number < 0:
            raise ValidationError("整数不能是负数")
        if number != number.to_integral_value():
            raise ValidationError(f"{_trimmed(number)} 不是整数")
        if number > self.largest:
            raise ValidationError(f"数字太大，最大 {self.largest}")
        return int(number)

    def show(self, value, planner):
        """The number; zero is a number too."""
        return value


@dataclass(frozen=True)
class Year(Count):
    """A year."""

    def read(self, cell, planner):
        """A whole number from 1900 to 2100."""
        year = super().read(cell, planner)
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise ValidationError(f"年份 {year} 不在 {EARLIEST_YEAR}—{LATEST_YEAR} 之间")
        return year


@dataclass(frozen=True)
class Amount(Kind):
    """A number, 0 or more, with so many decimals at most."""

    is_text: bool = False
    decimals: int = 2
    digits: int = 14

    def read(self, cell, planner):
        """A number, or digits."""
        number = _number(cell, "数字")
        if number < 0:
            raise ValidationError("数字不能是负数")
        try:
            rounded = number.quantize(Decimal(1).scaleb(-self.decimals))
        except InvalidOperation as error:
            raise ValidationError("数字太大") from error
        if rounded != number:
            raise ValidationError(f"{_trimmed(number)} 的小数超过 {self.decimals} 位")
        if number >= Decimal(10) ** (self.digits - self.decimals):
            raise ValidationError("数字太大")
        return rounded

    def show(self, value, planner):
        """The number; zero is a number too."""
        return value


def _trimmed(number: Decimal) -> str:
    return format(number.normalize(), "f")


@dataclass(frozen=True)
class Names(Kind):
    """Several names of at most so many characters each, each once."""

    longest: int = 300

    def read(self, cell, planner):
        """The names in order."""
        names = split_list(text_of(cell))
        for name in names:
            if len(name) > self.longest or len(match_key(name)) > 400:
                raise ValidationError(f"“{name[:20]}…”太长，最多 {self.longest} 个字")
        return tuple(names)

    def show(self, value, planner):
        """As it is read."""
        return join_list(value) or None

"""Dates as people know them: some without a day, some without a month; and the windows reports cover.

A partial date stands for all its days (2024-06 is the thirty days of June). It lies in a window only if all
of them do; as a beginning it counts from its first day, as an end through its last.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

EARLIEST_YEAR = 1900
LATEST_YEAR = 2100

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


@dataclass(frozen=True, order=True)
class PartialDate:
    """A year, a month or a day, held as the first and last day it may be."""

    first: dt.date
    last: dt.date

    @classmethod
    def of_day(cls, day: dt.date) -> PartialDate:
        """The date of which everything is known."""
        return cls(day, day)

    @classmethod
    def of_month(cls, year: int, month: int) -> PartialDate:
        """A month of which the day is unknown."""
        return cls(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))

    @classmethod
    def of_year(cls, year: int) -> PartialDate:
        """A year of which month and day are unknown."""
        return cls(dt.date(year, 1, 1), dt.date(year, 12, 31))

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read `2024-06-01`, `2024-06` or `2024`.

        Raises ValidationError, with a sentence for the reader, for anything else, for a day that does not
        exist and for years outside 1900–2100.
        """
        match = _PARTIAL.fullmatch(text.strip())
        if not match:
            raise ValidationError(f"“{text.strip()[:40]}”不是日期，请写成 2024-06-01、2024-06 或 2024")
        year, month, day = (int(part) if part else None for part in match.groups())
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise ValidationError(f"年份 {year} 不在 {EARLIEST_YEAR}—{LATEST_YEAR} 之间")
        try:
            if day:
                return cls.of_day(dt.date(year, month, day))
            if day is None and month:
                return cls.of_month(year, month)
            if day is None and month is None:
                return cls.of_year(year)
        except (ValueError, IndexError):
            pass
        raise ValidationError(f"“{text.strip()}”这一天不存在")

    @property
    def precision(self) -> str:
        """'day', 'month' or 'year'."""
        if self.first == self.last:
            return "day"
        return "month" if (self.first.year, self.first.month) == (self.last.year, self.last.month) else "year"

    def __str__(self) -> str:
        """As it is written in a workbook cell and in a form: 2024-06-01, 2024-06, 2024."""
        return {"day": f"{self.first:%Y-%m-%d}", "month": f"{self.first:%Y-%m}", "year": f"{self.first:%Y}"}[
            self.precision
        ]

    @property
    def chinese(self) -> str:
        """As it is read: 2024年6月1日, 2024年6月, 2024年."""
        day = self.first
        return {
            "day": f"{day.year}年{day.month}月{day.day}日",
            "month": f"{day.year}年{day.month}月",
            "year": f"{day.year}年",
        }[self.precision]

    def months_later(self, months: int) -> PartialDate:
        """So many months later, known as exactly (a year moves by whole years; 31 January becomes 28 February)."""
        if self.precision == "year":
            return self.of_year(self.first.year + months // 12)
        year, month = divmod(self.first.year * 12 + self.first.month - 1 + months, 12)
        end = self.of_month(year, month + 1)
        if self.precision == "month":
            return end
        return self.of_day(dt.date(year, month + 1, min(self.first.day, end.last.day)))

    def certainly_before(self, other: PartialDate) -> bool:
        """Whether every day this may be comes before every day the other may be."""
        return self.last < other.first


@dataclass(frozen=True)
class Window:
    """The days a report covers, both ends included; its as-of date is its last day."""

    start: dt.date
    end: dt.date
    label: str = ""

    def __post_init__(self):
        if self.end < self.start:
            raise ValidationError("统计区间的结束日期早于开始日期")
        if not self.label:
            object.__setattr__(self, "label", self._natural_label())

    @classmethod
    def year(cls, year: int) -> Window:
        """The calendar year."""
        return cls(dt.date(year, 1, 1), dt.date(year, 12, 31))

    @classmethod
    def academic_year(cls, first: int) -> Window:
        """1 September of the year given to 31 August of the next."""
        return cls(dt.date(first, 9, 1), dt.date(first + 1, 8, 31))

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read `2024`, `2024-2025` (academic year) or `2024-01-01..2024-12-31`.

        Raises ValidationError with a sentence for the reader.
        """
        text = text.strip()
        if match := re.fullmatch(r"(\d{4})-(\d{4})", text, re.ASCII):
            first, second = int(match[1]), int(match[2])
            if second == first + 1 and EARLIEST_YEAR <= first < LATEST_YEAR:
                return cls.academic_year(first)
        if ".." in text:
            start, _, end = text.partition("..")
            days = [PartialDate.parse(start), PartialDate.parse(end)]
            if any(day.precision != "day" for day in days):
                raise ValidationError("统计区间的两端都要写到日，例如 2024-01-01..2024-12-31")
            return cls(days[0].first, days[1].first)
        date = PartialDate.parse(text)
        if date.precision != "year":
            raise ValidationError("统计区间请写成 2024、2024-2025 或 2024-01-01..2024-12-31")
        return cls(date.first, date.last)

    @property
    def as_of(self) -> dt.date:
        """The day on which members, holders and agreements in force are counted."""
        return self.end

    @property
    def months(self) -> list[dt.date]:
        """The months it touches, each by its first day."""
        first = self.start.year * 12 + self.start.month - 1
        last = self.end.year * 12 + self.end.month - 1
        return [dt.date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]

    def __contains__(self, date: PartialDate | dt.date | None) -> bool:
        if date is None:
            return False
        if isinstance(date, dt.date):
            date = PartialDate.of_day(date)
        return self.start <= date.first and date.last <= self.end

    def previous(self) -> Window:
        """The window of the year before, for year-on-year comparison."""
        if self == Window.year(self.start.year):
            return Window.year(self.start.year - 1)
        return Window(_year_earlier(self.start), _year_earlier(self.end))

    @property
    def in_words(self) -> str:
        """As it is read in a title: 2024年度, 2023—2024学年, 2024年3月1日至6月30日."""
        text = str(self)
        if ".." not in text:
            return f"{text.replace('-', '—')}{'学年' if '-' in text else '年度'}"
        start, end = (PartialDate.of_day(day).chinese for day in (self.start, self.end))
        same_year = self.start.year == self.end.year
        return f"{start}至{end.removeprefix(f'{self.end.year}年') if same_year else end}"

    def __str__(self) -> str:
        """As `parse` reads it."""
        if (self.start, self.end) == (dt.date(self.start.year, 1, 1), dt.date(self.start.year, 12, 31)):
            return str(self.start.year)
        if (self.start, self.end) == (dt.date(self.start.year, 9, 1), dt.date(self.start.year + 1, 8, 31)):
            return f"{self.start.year}-{self.end.year}"
        return f"{self.start:%Y-%m-%d}..{self.end:%Y-%m-%d}"

    def _natural_label(self) -> str:
        text = str(self)
        if len(text) == 4:
            return f"{text}年度"
        if len(text) == 9:
            return f"{text}学年"
        return f"{self.start:%Y-%m-%d}至{self.end:%Y-%m-%d}"


def _year_earlier(day: dt.date) -> dt.date:
    if (day + dt.timedelta(days=1)).day == 1:  # the last day of a month stays the last day of the month
        return dt.date(day.year - 1, day.month, calendar.monthrange(day.year - 1, day.month)[1])
    return day.replace(year=day.year - 1)


def today() -> dt.date:
    """Today in Asia/Shanghai, the only place the product lives in."""
    from django.utils import timezone

    return timezone.localdate()

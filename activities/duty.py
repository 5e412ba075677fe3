"""Branch life against its minimums, month by month."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, Q

from activities.models import ActivityKind
from branch.models import Member
from core.dates import Window

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Meeting:
    """One meeting of branch life: its kind's code, its day, whether it was held; else it is planned, or, if `why_not`,
    it was cancelled and its summary says why."""

    kind: str
    day: dt.date
    held: bool
    pk: int = 0
    why_not: bool = False


@dataclass(frozen=True)
class Cell:
    """One period of one kind. state: done, miss (over, too few), soon (under way, too few), plan (too few, but
    planned), none (yet to come). months: how many columns it spans; reason: of a missed period, the cancelled meeting
    that says why."""

    state: str
    start: dt.date
    end: dt.date
    months: int
    meetings: tuple[Meeting, ...] = ()
    reason: Meeting | None = None

    @property
    def words(self) -> str:
        """What stands in the cell."""
        if self.state == "miss":
            return "缺"
        if self.state == "soon":
            return "待"
        if self.state == "none":
            return ""
        day = self.meetings[-1].day
        text = str(day.day) if self.months == 1 else f"{day.month}月{day.day}日"
        return text if len(self.meetings) == 1 else f"{len(self.meetings)} 次"

    @property
    def short(self) -> str:
        """The same where there is little room: 11-29."""
        return f"{self.meetings[-1].day:%m-%d}" if len(self.meetings) == 1 else ""

    @property
    def title(self) -> str:
        """The same in full."""
        if self.reason:
            return "没有开，原因已写明"
        if self.state in ("done", "plan"):
            days = "、".join(f"{meeting.day.month}月{meeting.day.day}日" for meeting in self.meetings)
            return f"{'已开' if self.state == 'done' else '已计划'}：{days}"
        return {"miss": "没有记录", "soon": "本期待开", "none": "还没到"}[self.state]


@dataclass(frozen=True)
class Row:
    """One kind over the window. done of periods: how many periods are fulfilled."""

    code: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def done(self) -> int:
        """Periods with enough meetings."""
        return sum(cell.state == "done" for cell in self.cells)

    @property
    def missed(self) -> list[Cell]:
        """Periods that are over with too few."""
        return [cell for cell in self.cells if cell.state == "miss"]

    @property
    def unexplained(self) -> list[Cell]:
        """Those of them for which no reason is written down."""
        return [cell for cell in self.missed if not cell.reason]

    @property
    def last_held(self) -> Meeting | None:
        """The latest meeting held, if there is one."""
        held = (meeting for cell in reversed(self.cells) for meeting in reversed(cell.meetings))
        return next((meeting for meeting in held if meeting.held), None)

    @property
    def due(self) -> list[Cell]:
        """Periods under way with too few and none planned."""
        return [cell for cell in self.cells if cell.state == "soon"]


def kinds_asked(organisations, window: Window) -> list[tuple[str, str, int, str]]:
    """The kinds of branch life with a minimum, as `duty` takes them: group meetings only where there are groups, none
    for a window of more than a year."""
    if len(window.months) > 12:
        return []
    grouped = Member.objects.live().of(organisations).exclude(group="")
    kinds = ActivityKind.objects.in_use().filter(
        ~Q(code="group_meeting") | Exists(grouped), is_branch_life=True, minimum__gt=0
    )
    return list(kinds.exclude(period="").values_list("code", "name", "minimum", "period"))


def in_words(cells: list[Cell]) -> str:
    """Periods of one kind in words: 2月、5—7月; 1—3月、7—9月; 本期 for a yearly one. A quarter that the window cuts is
    told by the months that are left of it."""
    if max(cell.months for cell in cells) > 3:
        return "本期"
    if any(cell.months > 1 for cell in cells):  # quarters: one by one
        return "、".join(_months(cell.start, cell.end) for cell in cells)
    runs: list[list[dt.date]] = []
    for cell in cells:
        first = cell.start.replace(day=1)
        if runs and (runs[-1][-1] + dt.timedelta(days=32)).replace(day=1) == first:
            runs[-1].append(first)
        else:
            runs.append([first])
    return "、".join(_months(run[0], run[-1]) for run in runs)


def _months(first: dt.date, last: dt.date) -> str:
    """2月, 5—7月, 2023年9月—2024年8月."""
    if first.year != last.year:
        return f"{first.year}年{first.month}月—{last.year}年{last.month}月"
    return f"{first.month}月" if first.month == last.month else f"{first.month}—{last.month}月"


def _month_end(first: dt.date) -> dt.date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _periods(months: list[dt.date], length: int):
    """The months gathered into calendar months, calendar quarters, or the whole window for a yearly minimum."""
    if length == 12:
        return [months]
    periods: dict[tuple, list[dt.date]] = {}
    for month in months:
        periods.setdefault((month.year, (month.month - 1) // length), []).append(month)
    return list(periods.values())


def duty(
    kinds: Iterable[tuple[str, str, int, str]], meetings: Iterable[Meeting], window: Window, today: dt.date
):
    """The rows of the table.

    Arguments: kinds, (code, name, minimum, period: month | quarter | year) of those with a minimum. A yearly minimum
    is asked of the window as a whole.
    """
    by_kind: dict[str, list[Meeting]] = {}
    for meeting in sorted(meetings, key=lambda meeting: meeting.day):
        by_kind.setdefault(meeting.kind, []).append(meeting)
    months = window.months
    rows = []
    for code, name, minimum, period in kinds:
        cells = []
        for part in _periods(months, _MONTHS[period]):
            start, end = max(part[0], window.start), min(_month_end(part[-1]), window.end)
            inside = [meeting for meeting in by_kind.get(code, []) if start <= meeting.day <= end]
            cells.append(_cell(inside, minimum, start, end, len(part), today))
        rows.append(Row(code, name, tuple(cells)))
    return rows


def _cell(inside, minimum, start, end, months, today):
    held = tuple(meeting for meeting in inside if meeting.held and meeting.day <= today)
    planned = tuple(m for m in inside if not (m.held or m.why_not) and m.day >= today)
    if len(held) >= minimum:
        return Cell("done", start, end, months, held)
    if end < today:
        reason = next((meeting for meeting in inside if meeting.why_not), None)
        return Cell("miss", start, end, months, held, reason)
    if len(held) + len(planned) >= minimum:
        return Cell("plan", start, end, months, planned)
    return Cell("soon" if start <= today else "none", start, end, months)

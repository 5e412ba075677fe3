"""Writing what the workbench keeps of its own."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branch.models import Member
from core import records
from core.accounts import note
from core.dates import EARLIEST_YEAR, Window, today
from core.db import lock
from core.models import Change, User
from core.notices import notify
from core.text import tidy
from workbench.models import CalendarFeed, YearAnswer, has_answered


def renew_calendar_feed(*, by: User) -> CalendarFeed:
    """A new address for one's own calendar; the one before, if there was one, opens nothing from now on."""
    with transaction.atomic():
        lock(User.objects.filter(pk=by.pk)).get()  # a double click makes one address, not an error
        ended, _ = CalendarFeed.objects.filter(user=by).delete()
        feed = CalendarFeed(user=by)
        feed.full_clean()
        feed.save(force_insert=True)
        note(by, {"日历订阅": ["原地址", "新地址"] if ended else ["", "已生成"]}, by=by)
    return feed


def end_calendar_feed(*, by: User) -> None:
    """Switch one's own calendar off: its address opens nothing from now on."""
    with transaction.atomic():
        ended, _ = CalendarFeed.objects.filter(user=by).delete()
        if ended:
            note(by, {"日历订阅": ["已生成", "已停用"]}, by=by)


def note_feed_read(feed: CalendarFeed, day: dt.date) -> None:
    """Remember the last day somebody read it, so that its owner sees whether it is still in use. Written once a day:
    programs ask every few minutes."""
    if feed.read_on != day:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_on=day)


# ---------------------------------------------------------------- the yearly confirmation
def answer_year(member, year: int, answer: str, note: str = "", *, version=None, by) -> YearAnswer:
    """Write down what a member says of a year; whoever is not the member does so on the member's behalf, which the
    answer and the history tell.

    Arguments: answer, a YearAnswer.Answer; note, what is missing, wanted with that answer and dropped with the others;
    version, of the answer that was seen (0: there was none). The same answer once more changes nothing, unless what was
    missing was settled meanwhile. Raises ValidationError, VersionConflict.
    """
    is_missing = answer == YearAnswer.Answer.MISSING
    note = tidy(note) if is_missing else ""
    if is_missing and not note:
        raise ValidationError({"note": "请写明少了什么"})
    _refuse_impossible(year)
    with transaction.atomic():
        lock(Member.objects.filter(pk=member.pk)).get()  # a double click makes one answer, not an error
        if not Member.objects.live().during(Window.year(year)).filter(pk=member.pk).exists():
            raise ValidationError(f"{member}在 {year} 年不是本支部的党员")
        row = YearAnswer.objects.filter(member=member, year=year).first()
        row = row or YearAnswer(organisation=member.organisation, member=member, year=year)
        before, said = _told(row), (row.answer, row.note, row.is_on_behalf, row.settled_at)
        is_on_behalf = by.pk != member.user_id
        if said == (answer, note, is_on_behalf, None):
            return row
        if version is not None and version != row.version:
            raise records.VersionConflict(row)
        row.answer, row.note, row.is_on_behalf = answer, note, is_on_behalf
        row.answered_at, row.answered_by = timezone.now(), by
        row.settled_at = row.settled_by = None
        return _keep(row, before, by)


def settle_missing(answer: YearAnswer, *, version=None, by) -> YearAnswer:
    """Say that what a member missed is seen to, and tell the member, who looks once more. Raises ValidationError if
    nothing is missing (any more), VersionConflict."""
    with transaction.atomic():
        row = lock(YearAnswer.objects.filter(pk=answer.pk)).get()
        if version is not None and version != row.version:
            raise records.VersionConflict(row)
        if not row.is_to_mend:
            raise ValidationError("这一条没有要处理的遗漏")
        before = _told(row)
        row.settled_at, row.settled_by = timezone.now(), by
        _keep(row, before, by)
        if row.member.user_id and row.member.user_id != by.pk:
            text = f"您说 {row.year} 年度少的，支部已处理，请再看一看"
            notify(row.member.user_id, text, organisation=row.organisation, url=_own_page(row.year))
    return row


def ask_for_answers(branch, year: int, *, by) -> list[Member]:
    """Send a notice to each member with an account who has not answered about the year, at most one a day; returns
    those members. Raises ValidationError for a year that is not there yet."""
    _refuse_impossible(year)
    asked = list(
        Member.objects.live()
        .of([branch])
        .during(Window.year(year))
        .filter(~has_answered(year), user__isnull=False)
        .exclude(user=by)
        .order_by("name_pinyin", "pk")
    )
    with transaction.atomic():
        for member in asked:
            notify(
                member.user_id,
                f"请看一看 {year} 年度的台账有没有遗漏，点一下确认",
                organisation=branch,
                url=_own_page(year),
                key=f"{asking_key(year)}{branch.pk}:{today()}",
            )
    return asked


def _refuse_impossible(year: int) -> None:
    """Nobody can say anything of a year that is not there yet."""
    if not EARLIEST_YEAR <= year <= today().year:
        raise ValidationError(f"{year} 年还没有到" if year > EARLIEST_YEAR else f"没有 {year} 年度")


def asking_key(year: int) -> str:
    """How the keys of notices begin that ask about the year."""
    return f"year-answer:{year}:"


def _own_page(year: int) -> str:
    return reverse("workbench:mine", query={"window": year})


def _keep(row: YearAnswer, before: dict[str, str], by) -> YearAnswer:
    """Write an answer down with its line of history."""
    verb = Change.Verb.UPDATE if row.pk else Change.Verb.CREATE
    row.version += 1
    records.save(row)
    records.log_record(verb, row, by=by, changes=records.difference(before, _told(row)))
    return row


def _told(row: YearAnswer) -> dict[str, str]:
    """An answer as the history tells it."""
    told = {
        "答复": row.get_answer_display(),
        "少了什么": row.note,
        "代为登记": "是" if row.is_on_behalf else "",
        "处理": "已处理" if row.settled_at else "",
    }
    return {label: text for label, text in told.items() if text}

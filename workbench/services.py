"""Writing what the workbench keeps of its own."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core.accounts import note
from core.db import lock
from core.models import User
from workbench.models import CalendarFeed


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

"""Certificates that wait to be read: asking, claiming, reading, bringing back what was lost.

The row of a hand-in is the truth, a message only says that some row waits. Whoever reads one holds a lease, whose end
is also the token by which the result is written: a reader that was thought dead writes nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
import time

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from branch.models import CertificationType, HandIn
from branch.reading import Known, UnreadableFile, is_available, load_layouts, read
from core.files import open_blob

LEASE = dt.timedelta(minutes=2)  # many times what the slowest picture took
MAX_ATTEMPTS = 3
AT_A_TIME = 300  # seconds one message may keep the reader; below the limits of a task
TASK = "branch.tasks.read_certificates"

logger = logging.getLogger(__name__)
_Reading = HandIn.Reading


# ---------------------------------------------------------------- asking
def ask_reading(hand_in: HandIn) -> HandIn:
    """Have the files of a hand-in read, anew if they were read before; where nothing can read them it is said at once
    (`reading` none). Returns the hand-in as it is now."""
    can = is_available() and hand_in.files.exists()
    with transaction.atomic():
        HandIn.objects.filter(pk=hand_in.pk).update(
            reading=_Reading.WAITING if can else _Reading.NONE, read={}, attempts=0, claimed_until=None
        )
        if can:
            transaction.on_commit(hint)
    hand_in.refresh_from_db(fields=["reading", "read", "attempts", "claimed_until"])
    return hand_in


def hint(expires: int | None = None) -> None:
    """Tell the reader that something waits; the message is worthless after `expires` seconds. A broker that does not
    answer is no error: the sweep tells it again."""
    try:
        current_app.send_task(TASK, retry=False, expires=expires)
    except Exception as error:  # each broker has errors of its own
        logger.warning("no message, certificates wait for the sweep: %r", error)


def sweep(now: dt.datetime | None = None) -> None:
    """Give up what was tried often enough, and hint once if anything waits that nobody reads. Idempotent."""
    free = _free(now or timezone.now())
    if not is_available():  # no longer
        free.update(reading=_Reading.NONE, claimed_until=None)
        return
    free.filter(attempts__gte=MAX_ATTEMPTS).update(reading=_Reading.FAILED, claimed_until=None)
    if free.exists():
        hint(expires=10)


def _free(now):
    """Those that wait and that nobody holds."""
    unheld = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    return HandIn.objects.filter(unheld, reading=_Reading.WAITING)


# ---------------------------------------------------------------- reading
def read_waiting() -> None:
    """Read what waits, the oldest first, until nothing does; what is left after a while the sweep brings back."""
    until = time.monotonic() + AT_A_TIME
    while time.monotonic() < until and (hand_in := claim()):
        _perform(hand_in)


def claim() -> HandIn | None:
    """Take the oldest hand-in that waits; None if there is none."""
    while True:
        now = timezone.now()
        waiting = _free(now).filter(attempts__lt=MAX_ATTEMPTS)
        pk = waiting.order_by("created_at", "pk").values_list("pk", flat=True).first()
        if pk is None:
            return None
        until = now + LEASE
        if waiting.filter(pk=pk).update(claimed_until=until, attempts=F("attempts") + 1):
            hand_in = HandIn.objects.select_related("member").get(pk=pk)
            hand_in.claimed_until = until
            return hand_in


def _perform(hand_in: HandIn) -> None:
    """Read a hand-in we hold: done, failed, or left for another attempt."""
    held = HandIn.objects.filter(pk=hand_in.pk, reading=_Reading.WAITING, claimed_until=hand_in.claimed_until)
    try:
        files = []
        for file in hand_in.files.select_related("blob"):
            try:
                with open_blob(file.blob) as stream:
                    files.append(stream.read())
            except FileNotFoundError:
                files.append(b"")  # unreadable, as one that is no picture
        layouts = load_layouts(settings.DATA_DIR / "certificate_layouts.toml")
        reading = read(files, known_to(hand_in), layouts)
        changes = {"reading": _Reading.DONE, "read": reading.to_json()}
    except UnreadableFile as error:  # another attempt would see the same
        logger.warning("hand-in %s cannot be read: %s", hand_in.pk, error)
        changes = {"reading": _Reading.FAILED}
    except Exception:
        logger.exception("hand-in %s: attempt %s failed", hand_in.pk, hand_in.attempts)
        changes = {"reading": _Reading.FAILED} if hand_in.attempts >= MAX_ATTEMPTS else {}
    if not held.update(**changes, claimed_until=None):
        logger.warning("hand-in %s: lease lost, result thrown away", hand_in.pk)


def known_to(hand_in: HandIn) -> Known:
    """What the branch of a hand-in knows."""
    member = hand_in.member
    return Known(
        member=member.name if member else "",
        member_pinyin=member.name_pinyin if member else "",
        today=timezone.localdate(),
        types=tuple(CertificationType.objects.known_to([hand_in.organisation_id])),
    )

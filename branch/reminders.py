"""Telling holder and secretaries that a certificate ends: so many days before (REMINDED_DAYS), each time once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from branch.models import EXPIRING_DAYS, REMINDED_DAYS, Certification, ExpiryReminder, Member, in_force_on
from core.dates import today as this_day
from core.db import lock
from core.links import record_url
from core.models import Appointment
from core.notices import notify


def remind(today: dt.date | None = None) -> int:
    """Tell of every certificate whose next stage has come and was not told. Returns of how many.

    As often as one likes, in several workers at once: `ExpiryReminder` is written in the transaction of the notices.
    After days without a worker only the nearest stage is told; an end that was changed is told anew.
    """
    today = today or this_day()
    return sum(_remind_of(pk, today) for pk in ending(today).order_by("pk").values_list("pk", flat=True))


def ending(today: dt.date):
    """The certificates to be spoken of: in force, near their end, not renewed, of members who are still there."""
    members = Member.objects.live().on(today)
    near = {"valid_until_last__lte": today + dt.timedelta(days=EXPIRING_DAYS), "member__in": members}
    return (
        Certification.objects.live().with_renewal(today).filter(in_force_on(today), is_renewed=False, **near)
    )


@transaction.atomic
def _remind_of(pk, today) -> bool:
    # Asked again under a lock: it may have been renewed, changed or thrown away since.
    certification = lock(ending(today).filter(pk=pk)).first()
    if certification is None:
        return False
    end = certification.valid_until_last
    left = (end - today).days
    stage = min(days for days in REMINDED_DAYS if left <= days)
    _, is_new = ExpiryReminder.objects.get_or_create(certification=certification, valid_until=end, days=stage)
    if is_new:
        _tell(certification, left, key=f"expiry:{pk}:{end}:{stage}")
    return is_new


def _tell(certification, left, key):
    """The holder, if there is an account, and the branch's secretaries; who is both, as the holder."""
    when = f"还有 {left} 天到期" if left else "今天到期"
    what = f"{certification.name} 证书{when}（{certification.valid_until.chinese}）"
    waits = certification.renewal_waiting and "新证书已交，等待审核"
    secretaries = Appointment.objects.current().filter(
        organisation=certification.organisation_id, role=Appointment.Role.SECRETARY
    )
    text = f"{certification.member}的 {what}，{waits or '请提醒本人换证'}"
    texts = dict.fromkeys(secretaries.values_list("user_id", flat=True), text)
    if certification.member.user_id:
        texts[certification.member.user_id] = f"您的 {what}，{waits or '换了新证请及时交上来'}"
    for user_id, text in sorted(texts.items()):
        notify(
            user_id,
            text,
            organisation=certification.organisation,
            url=record_url(certification),
            key=key,
        )

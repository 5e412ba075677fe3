"""What the workbench keeps of its own: the addresses under which calendars are subscribed to."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.urls import reverse

from core.models import User

# The address holds the key and our signature of it: a copy of the database alone opens no calendar, and a made-up
# address is refused without asking the database. The full stop is in neither part.
_SIGNER = {"salt": "workbench.calendar", "sep": "."}


def new_key() -> str:
    """What makes an address unlike any other; migrations name this function."""
    return secrets.token_urlsafe(16)


class CalendarFeedQuerySet(models.QuerySet):
    """Questions about calendar feeds."""

    def of_token(self, token: str) -> CalendarFeed | None:
        """The feed an address is for; None if it was renewed, switched off or never made."""
        try:
            key = Signer(**_SIGNER).unsign(token)
        except BadSignature:
            return None
        return self.filter(key=key).select_related("user").first()


class CalendarFeed(models.Model):
    """The secret address of one account's calendar. Whoever has it reads dates and titles without logging in; what
    it shows follows from the roles the account holds when it is read."""

    user = models.OneToOneField(
        User, verbose_name="账号", on_delete=models.CASCADE, related_name="calendar_feed"
    )
    key = models.CharField("地址密钥", max_length=32, unique=True, default=new_key, editable=False)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    read_on = models.DateField("最近读取", null=True, blank=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"

    def __str__(self):
        return f"{self.user}的日历订阅"

    @property
    def token(self) -> str:
        """What `of_token` knows the feed by."""
        return Signer(**_SIGNER).sign(self.key)

    @property
    def url(self) -> str:
        """The whole address, to be pasted into a calendar program."""
        return f"{settings.PUBLIC_URL}{reverse('workbench:calendar_ics', args=[self.token])}"

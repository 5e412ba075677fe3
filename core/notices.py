"""Telling one account something, and noting that it was read."""

from __future__ import annotations

from django.utils import timezone

from core.models import Notice


def notify(user_id: int, text: str, *, organisation, url: str = "", key: str = "") -> None:
    """Tell one account something, inside the caller's transaction.

    Arguments: url, the page where it can be seen to; key, for what is told only once however often it happens.
    """
    words = {"organisation": organisation, "text": text[:200], "url": url}
    if key:
        Notice.objects.get_or_create(user_id=user_id, key=key, defaults=words)
    else:
        Notice.objects.create(user_id=user_id, **words)


def mark_read(notices) -> None:
    """These have been seen. Arguments: notices, a QuerySet of the reader's own."""
    notices.unread().update(read_at=timezone.now())

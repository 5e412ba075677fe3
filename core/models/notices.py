"""Short messages to one account."""

from __future__ import annotations

from django.db import models

from core.fields import LineField
from core.models.people import Organisation, User


class NoticeQuerySet(models.QuerySet):
    """Questions about notices."""

    def visible_to(self, user):
        """The user's own."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def unread(self):
        """Not yet seen."""
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """Something the product tells one person, with the page where it can be seen to."""

    user = models.ForeignKey(User, verbose_name="收件人", on_delete=models.CASCADE, related_name="notices")
    organisation = models.ForeignKey(
        Organisation, verbose_name="支部", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    text = LineField("内容", max_length=200)
    url = LineField("页面", max_length=200, blank=True)
    key = LineField("去重键", max_length=120, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        indexes = [models.Index(fields=["user", "-id"], name="core_notice_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], condition=~models.Q(key=""), name="core_notice_once"
            ),
        ]

    def __str__(self):
        return self.text

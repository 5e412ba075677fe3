"""What somebody has typed into a form and not saved yet."""

from __future__ import annotations

from django.db import models

from core.models.people import User


class DraftQuerySet(models.QuerySet):
    """Questions about drafts."""

    def visible_to(self, user):
        """The user's own."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class Draft(models.Model):
    """One form as it was left: at most one for each person and form. `data` is what would have been posted."""

    user = models.ForeignKey(User, verbose_name="填写人", on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField("表单", max_length=200)
    data = models.JSONField("内容")
    updated_at = models.DateTimeField("保存时间")

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "草稿"
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="core_draft_one_a_form")]

    def __str__(self):
        return self.form

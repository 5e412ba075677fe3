"""Vocabularies that a school may add to: kinds are rows, the built-in ones are seeded from each app's kinds.py."""

from django.core.validators import RegexValidator
from django.db import models

from core.fields import LineField


class KindQuerySet(models.QuerySet):
    """Questions about a vocabulary."""

    def in_use(self):
        """Kinds offered for new records, in their order."""
        return self.filter(is_active=True)


class Kind(models.Model):
    """One word of a vocabulary. Its code is frozen: figure keys and workbooks depend on it; its name is not."""

    code = models.CharField(
        "代码",
        max_length=40,
        primary_key=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*\Z", "代码只能用小写字母、数字和下划线")],
    )
    name = LineField("名称", max_length=40, unique=True)
    position = models.PositiveSmallIntegerField("顺序", default=1000)
    is_builtin = models.BooleanField("内置", default=False, editable=False)
    is_active = models.BooleanField("可选", default=True)

    objects = KindQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self):
        return self.name

"""What was done, by whom, when: append-only, sealed into a hash chain."""

from __future__ import annotations

from django.db import models

from core.fields import LineField
from core.models.people import Organisation, User
from core.permissions import scope_of


class ChangeQuerySet(models.QuerySet):
    """Questions about the history."""

    def visible_to(self, user):
        """Changes in places whose records the user reads."""
        return self.filter(organisation_id__in=scope_of(user).read)

    def of(self, organisations):
        """In these organisations: ids or instances."""
        return self.filter(organisation__in=organisations)

    def downloads(self):
        """Files looked at or downloaded, and exports: who took what out of the system."""
        return self.filter(verb__in=[Change.Verb.DOWNLOAD, Change.Verb.EXPORT])

    def about(self, record):
        """The history of one record, newest first."""
        return self.filter(model=record._meta.label_lower, object_id=record.pk).order_by("-pk")

    def since(self, record, version: int):
        """What others did to a record since somebody saw it in this version, newest first: each raised it by one."""
        return self.about(record).filter(verb__in=Change.VERSIONED)[: max(record.version - version, 0)]


class Seal(models.Model):
    """One link of the chain: the digest of a batch of changes and of the link before."""

    count = models.PositiveIntegerField("条数")
    digest = models.CharField("摘要", max_length=64, unique=True)
    previous = models.CharField("上一个摘要", max_length=64, unique=True, blank=True)
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = verbose_name_plural = "封存"

    def __str__(self):
        return self.digest[:12]


class Change(models.Model):
    """One thing done to one record, or one export: outlives the record and the account it speaks of.

    `changes` maps a field to [before, after], both as text a person can read.
    """

    class Verb(models.TextChoices):
        CREATE = "create", "录入"
        UPDATE = "update", "修改"
        TRASH = "trash", "移入回收站"
        RESTORE = "restore", "恢复"
        REVIEW = "review", "审核"
        IMPORT = "import", "导入"
        EXPORT = "export", "导出"
        DOWNLOAD = "download", "下载"
        COMPILE = "compile", "编译报告"
        ATTACH = "attach", "添加佐证"
        EVIDENCE = "evidence", "更改佐证"
        GRANT = "grant", "授予角色"
        REVOKE = "revoke", "撤销角色"

    # What raises the version of a record.
    VERSIONED = [Verb.UPDATE, Verb.IMPORT, Verb.REVIEW, Verb.TRASH, Verb.RESTORE]

    at = models.DateTimeField("时间")
    organisation = models.ForeignKey(
        Organisation, verbose_name="组织", on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor = models.ForeignKey(
        User, verbose_name="操作人", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    actor_name = LineField("操作人姓名", max_length=80)
    verb = models.CharField("动作", max_length=12, choices=Verb.choices)
    model = models.CharField("记录类型", max_length=60)
    object_id = models.BigIntegerField("记录号", null=True)
    object_name = models.CharField("记录名称", max_length=400)
    changes = models.JSONField("改动", default=dict)
    batch = models.UUIDField("批次", db_index=True)
    seal = models.ForeignKey(
        Seal, verbose_name="封存", on_delete=models.PROTECT, null=True, related_name="changes"
    )

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "修改记录"
        indexes = [
            models.Index(fields=["model", "object_id", "-id"], name="core_change_of_record"),
            models.Index(fields=["organisation", "-id"], name="core_change_of_place"),
            models.Index(fields=["id"], condition=models.Q(seal__isnull=True), name="core_change_unsealed"),
        ]

    def __str__(self):
        return f"{self.actor_name} {self.get_verb_display()} {self.object_name}"

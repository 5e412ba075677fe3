"""Files, stored once by their content, and what they prove."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import RegexValidator
from django.db import models

from core.fields import LineField, PartialDateField, partial_date_constraints
from core.models.people import Organisation, User


class Blob(models.Model):
    """The bytes of one file, named by their SHA-256; the same bytes are stored once."""

    sha256 = models.CharField(
        "SHA-256", max_length=64, unique=True, validators=[RegexValidator(r"^[0-9a-f]{64}\Z")]
    )
    size = models.PositiveBigIntegerField("字节数")
    media_type = models.CharField("类型", max_length=80)
    created_at = models.DateTimeField("存入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件"

    def __str__(self):
        return self.sha256[:12]


class Attachment(models.Model):
    """A file as the proof of one record. Who may see the record may see the file, and nobody else."""

    class Kind(models.TextChoices):
        PHOTO = "photo", "照片"
        SIGN_IN_SHEET = "sign_in_sheet", "签到表"
        NOTICE = "notice", "通知"
        AGREEMENT = "agreement", "协议"
        CERTIFICATE = "certificate", "证书"
        COVER = "cover", "封面"
        CONTENTS = "contents", "目录"
        INDEXING_PROOF = "indexing_proof", "检索证明"
        HOST_PROOF = "host_proof", "主办方证明"
        OTHER = "other", "其他"

    organisation = models.ForeignKey(
        Organisation, verbose_name="支部", on_delete=models.PROTECT, related_name="+"
    )
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("content_type", "object_id")
    blob = models.ForeignKey(Blob, verbose_name="文件", on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField("种类", max_length=20, choices=Kind.choices, default=Kind.OTHER)
    name = LineField("文件名", max_length=160)
    caption = LineField("说明", max_length=200, blank=True)
    taken_on = PartialDateField("佐证日期")
    place = LineField("拍摄地点", max_length=120, blank=True)
    shows_minors = models.BooleanField("有未成年人", default=False)
    has_consent = models.BooleanField("已取得监护人同意", default=False)
    position = models.PositiveSmallIntegerField("顺序", default=1)
    deleted_at = models.DateTimeField("移入回收站的时间", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    created_by = models.ForeignKey(
        User, verbose_name="上传人", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        indexes = [models.Index(fields=["content_type", "object_id"], name="core_attachment_of_record")]
        constraints = [
            *partial_date_constraints("core_attachment", "taken_on"),
            models.UniqueConstraint(
                fields=["content_type", "object_id", "blob"],
                condition=models.Q(deleted_at__isnull=True),
                name="core_attachment_one_file",
                violation_error_message="这份文件已经在这条记录下了",
            ),
        ]

    def __str__(self):
        return self.caption or self.name

    @property
    def lacks_consent(self) -> bool:
        """Children are on it, and nobody has noted that their guardians agreed: it is not to be shown around."""
        return self.shows_minors and not self.has_consent

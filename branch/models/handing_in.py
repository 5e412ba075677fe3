"""Certificates on their way in: the links by which they come without an account, and what was photographed but not
sent yet."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from branch.models.certifications import Certification
from branch.models.members import Member
from core.dates import today
from core.fields import LineField, new_key
from core.models import Blob, Organisation, User
from core.permissions import scope_of

_SIGNER = {"salt": "branch.hand_in_link"}


class HandInLinkQuerySet(models.QuerySet):
    """Questions about links."""

    def visible_to(self, user):
        """Those of places the user reads."""
        return self.filter(organisation_id__in=scope_of(user).read)

    def editable_by(self, user):
        """Those the user may revoke."""
        return self.filter(organisation_id__in=scope_of(user).edit)

    def open(self):
        """Those by which something can be handed in now."""
        here = Member.objects.live().on(today())
        return self.filter(
            Q(member__isnull=True) | Q(member__in=here, used_at__isnull=True),
            expires_at__gt=timezone.now(),
            revoked_at__isnull=True,
        )

    def of_token(self, token: str) -> HandInLink | None:
        """The link that an address stands for, open or not; None if there never was one."""
        try:
            key = Signer(**_SIGNER).unsign(token)
        except BadSignature:
            return None
        return self.filter(key=key).first()


class HandInLink(models.Model):
    """An address under which certificates are handed in without an account: by one member, or by whoever of the branch
    chooses the own name. The address is its key, signed; it ends by its day, by being revoked, and a member's by being
    used once."""

    organisation = models.ForeignKey(
        Organisation, verbose_name="支部", on_delete=models.PROTECT, related_name="+"
    )
    member = models.ForeignKey(
        Member, verbose_name="党员", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    key = models.CharField("地址密钥", max_length=32, unique=True, default=new_key, editable=False)
    expires_at = models.DateTimeField("失效时间")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)
    used_at = models.DateTimeField("最近使用", null=True, blank=True)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    created_by = models.ForeignKey(
        User, verbose_name="生成人", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = HandInLinkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "交证书链接"

    def __str__(self):
        return f"{self.member or self.organisation}的交证书链接"

    @property
    def token(self) -> str:
        """What `of_token` knows the link by."""
        return Signer(**_SIGNER).sign(self.key)

    @property
    def path(self) -> str:
        """Its page."""
        return reverse("branch:hand_in_link", args=[self.token])

    @property
    def url(self) -> str:
        """The whole address, as it is sent and as its QR code holds it."""
        return f"{settings.PUBLIC_URL}{self.path}"


class HandIn(models.Model):
    """One certificate being handed in: its files, what was read of them, and the certification it became."""

    class Reading(models.TextChoices):
        NONE = "none", "不识别"
        WAITING = "waiting", "等待识别"
        DONE = "done", "已识别"
        FAILED = "failed", "识别失败"

    key = models.UUIDField("一次性编号", unique=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, verbose_name="支部", on_delete=models.PROTECT, related_name="+"
    )
    member = models.ForeignKey(
        Member, verbose_name="党员", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(
        HandInLink, verbose_name="链接", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(
        User, verbose_name="上交人", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField("开始时间", auto_now_add=True)
    sent_at = models.DateTimeField("上交时间", null=True, blank=True)
    certification = models.OneToOneField(
        Certification,
        verbose_name="认证",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="hand_in",
    )
    reading = models.CharField("识别", max_length=10, choices=Reading.choices, default=Reading.NONE)
    read = models.JSONField("识别结果", default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField("识别次数", default=0)
    claimed_until = models.DateTimeField("识别占用至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "证书上交"
        indexes = [models.Index(fields=["reading", "claimed_until"], name="branch_handin_to_read")]

    def __str__(self):
        return f"{self.member or self.organisation}上交的证书"


class HandInFile(models.Model):
    """A page or picture of a certificate that is being handed in."""

    hand_in = models.ForeignKey(
        HandIn, verbose_name="证书上交", on_delete=models.CASCADE, related_name="files"
    )
    blob = models.ForeignKey(Blob, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    name = LineField("文件名", max_length=160)
    position = models.PositiveSmallIntegerField("顺序", default=1)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "上交的文件"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hand_in", "blob"],
                name="branch_handinfile_one_file",
                violation_error_message="这张照片已经在上面了",
            )
        ]

    def __str__(self):
        return self.name

"""Targets, reports, and their compilations: figures frozen at one moment."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.dates import Window
from core.fields import LineField, ProseField
from core.models import Record, User
from core.permissions import scope_of


class Target(Record):
    """What the branch declared it would reach in a year, for one figure."""

    year = models.PositiveSmallIntegerField("年度")
    figure = LineField("指标", max_length=120)
    value = models.DecimalField("目标值", max_digits=14, decimal_places=4)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "目标"
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "year", "figure"],
                condition=Q(deleted_at__isnull=True),
                name="reports_target_once",
                violation_error_message="这一年的这个指标已有目标",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1900, year__lte=2100),
                name="reports_target_plausible_year",
                violation_error_message="年度要在 1900—2100 之间",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="reports_target_not_negative",
                violation_error_message="目标值不能是负数",
            ),
        ]

    def __str__(self):
        return f"{self.year} {self.figure}"


class Report(Record):
    """A report of one branch over one window."""

    title_text = LineField("标题", max_length=200)
    window_start = models.DateField("统计开始")
    window_end = models.DateField("统计结束")
    template = LineField("模板", max_length=40, default="yearly")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "报告"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(window_end__gte=F("window_start")),
                name="reports_report_window_in_order",
                violation_error_message="统计结束早于统计开始",
            ),
            models.UniqueConstraint(
                fields=["organisation", "window_start", "window_end", "template"],
                condition=Q(deleted_at__isnull=True),
                name="reports_report_one_per_window",
                violation_error_message="这个统计区间的报告已经有了",
            ),
        ]

    def __str__(self):
        return self.title_text

    @property
    def window(self) -> Window:
        """The days it covers."""
        return Window(self.window_start, self.window_end)


class ReportTemplate(models.Model):
    """A school's own wording of a report, in place of the built-in one of the same name (reports/drafting)."""

    name = LineField("代码", max_length=40, unique=True)
    text = ProseField("模板", blank=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "报告模板"

    def __str__(self):
        return self.name


class Section(models.Model):
    """A section of a report: its words, with tokens where figures stand."""

    report = models.ForeignKey(Report, verbose_name="报告", on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField("顺序")
    line = models.CharField("任务线", max_length=30, blank=True)
    heading = LineField("标题", max_length=100)
    body = ProseField("正文")

    class Meta:
        verbose_name = verbose_name_plural = "章节"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "position"], name="reports_section_one_place")
        ]

    def __str__(self):
        return self.heading


class CompilationQuerySet(models.QuerySet):
    """Questions about compilations."""

    def visible_to(self, user):
        """Of reports the user may read."""
        return self.filter(report__organisation_id__in=scope_of(user).read, report__deleted_at__isnull=True)

    def editable_by(self, user):
        """Of reports the user may compile."""
        return self.filter(report__organisation_id__in=scope_of(user).edit, report__deleted_at__isnull=True)

    def unfinished(self):
        """Waiting or under way."""
        return self.filter(status__in=Compilation.UNFINISHED)

    def done(self):
        """Finished, with files."""
        return self.filter(status=Compilation.Status.DONE)

    def lapsed(self, now):
        """Under way according to the row, but whoever claimed it has let the lease run out."""
        return self.filter(status=Compilation.Status.RUNNING, lease_until__lt=now)

    def light(self):
        """Without the large columns."""
        return self.defer("figures", "material", "numbers", "findings")


class Compilation(models.Model):
    """One press of the button: the job row and, once done, the frozen figures and files. The row is the truth,
    a message in the broker only a hint."""

    class Status(models.TextChoices):
        QUEUED = "queued", "等待中"
        RUNNING = "running", "编译中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"
        CANCELLED = "cancelled", "已取消"

    UNFINISHED = (Status.QUEUED, Status.RUNNING)

    report = models.ForeignKey(
        Report, verbose_name="报告", on_delete=models.CASCADE, related_name="compilations"
    )
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.QUEUED)
    requested_by = models.ForeignKey(
        User, verbose_name="请求人", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField("请求时间", auto_now_add=True)
    hinted_at = models.DateTimeField("上次通知后台的时间", null=True, blank=True)
    token = models.UUIDField("租约号", null=True, blank=True)
    lease_until = models.DateTimeField("租约到期", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    step = LineField("步骤", max_length=40, blank=True)
    progress = models.PositiveSmallIntegerField("进度", default=0)
    error = LineField("失败原因", max_length=300, blank=True)
    compiled_at = models.DateTimeField("编译时间", null=True, blank=True)
    # figures.json as it was written, and what else the text tells; large, so lists leave both out (`.light()`).
    figures = models.JSONField("定格数据", null=True, blank=True)
    material = models.JSONField("定格材料", null=True, blank=True)
    digest = models.CharField("校验码", max_length=64, blank=True)
    # Record → evidence number, those of earlier compilations included: none is given out twice.
    numbers = models.JSONField("佐证编号", default=dict, blank=True)
    # What the check before export doubted, as reports.document.Finding.
    findings = models.JSONField("体检", default=list, blank=True)
    # Each finished step in words, and once done what lists show without the large columns: see reports/progress.py.
    summary = models.JSONField("小结", default=dict, blank=True)
    # {file name: {"sha256": …, "size": …}}; the bytes lie in the blob store.
    files = models.JSONField("文件", default=dict, blank=True)

    objects = CompilationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "编译"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(status__in=["queued", "running"]),
                name="reports_compilation_one_at_a_time",
                violation_error_message="这份报告正在编译",
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="reports_compilation_progress_is_percent"
            ),
        ]

    def __str__(self):
        return f"{self.report} 第 {self.pk} 次编译"

    @property
    def is_unfinished(self) -> bool:
        """Whether it waits or is under way."""
        return self.status in self.UNFINISHED


class ReportUse(models.Model):
    """That a record was counted in a report: as of the report's newest finished compilation, with the figures it is
    in ({key: label}). One row a record and report, so that a record's page asks one indexed question."""

    report = models.ForeignKey(Report, verbose_name="报告", on_delete=models.CASCADE, related_name="uses")
    model = models.CharField("记录类型", max_length=60)
    object_id = models.BigIntegerField("记录号")
    figures = models.JSONField("指标", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "报告所用记录"
        indexes = [models.Index(fields=["model", "object_id"], name="reports_use_of_record")]
        constraints = [
            models.UniqueConstraint(fields=["report", "model", "object_id"], name="reports_use_once")
        ]

    def __str__(self):
        return f"{self.model} {self.object_id}"

"""All writing of reports and their compilations.

The job row is the truth. Whoever works on a compilation holds its token and a lease; every write of theirs is one
conditional UPDATE on that token, so a worker that was thought dead can change nothing when it comes back.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import functools
import logging
import uuid

from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from core import records
from core.dates import Window
from core.db import through_restart
from core.files import open_file, store_written
from core.models import Change, Notice
from reports.checks import check
from reports.drafting import draft, title_of
from reports.freezing import Frozen, freeze
from reports.models import Compilation, Report, ReportUse
from reports.render import OUTPUTS, Compiled
from reports.templates import template_named, template_text

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=60)  # renewed at every step; a worker silent for longer is taken for dead
RENEW_AFTER = dt.timedelta(seconds=5)  # within a step
HINT_AGAIN = dt.timedelta(seconds=20)
MAX_ATTEMPTS = 3
TASK = "reports.tasks.compile_report"
FREEZING = "定格数据"

# figures.json calls a record by a short word.
MODELS = {
    "member": "branch.member",
    "activity": "activities.activity",
    "partner": "partnerships.partner",
    "agreement": "partnerships.agreement",
    "plan_item": "partnerships.planitem",
    "outcome": "outcomes.outcome",
}

_Status = Compilation.Status


class LeaseLost(Exception):
    """The compilation was given to another worker, or cancelled: what this one made is thrown away."""


# ---------------------------------------------------------------- reports
def ensure_report(organisation, window: Window, *, template: str = "yearly", by) -> Report:
    """The branch's report over a window: the one there is, else a new one.

    Raises ValidationError for an unknown template, or where the organisation is no branch.
    """
    wording = template_named(template)
    if not organisation.is_branch:
        raise ValidationError("只有党支部有自己的报告")
    with transaction.atomic():
        wanted = {"window_start": window.start, "window_end": window.end, "template": template}
        live = Report.objects.live().of([organisation]).filter(**wanted)
        if found := live.first():
            return found
        report = Report(
            organisation=organisation,
            title_text=title_of(organisation.name, window.label, wording),
            **wanted,
        )
        try:
            with records.creating(report, by=by):
                return report
        except ValidationError:
            if found := live.first():  # somebody else made it at this very moment
                return found
            raise


# ---------------------------------------------------------------- from the button to the queue
def request_compilation(report: Report, *, by) -> Compilation:
    """Ask for a compilation; one that waits or is under way is returned instead (a double press makes one)."""
    with transaction.atomic():
        unfinished = report.compilations.unfinished()
        if running := unfinished.first():
            return running
        try:
            with transaction.atomic():
                compilation = Compilation.objects.create(report=report, requested_by=by, step="等待后台")
        except IntegrityError:  # the other press was faster
            return unfinished.get()
        records.log_record(Change.Verb.COMPILE, report, by=by)
        transaction.on_commit(functools.partial(hint, compilation.pk))
        return compilation


def hint(compilation_id: int) -> None:
    """Tell the workers that a compilation waits. A broker that does not answer, or refuses (its disk or memory is
    full), is no error: the sweep tells them again."""
    Compilation.objects.filter(pk=compilation_id).update(hinted_at=timezone.now())
    try:
        current_app.send_task(TASK, args=[compilation_id], retry=False)
    except Exception as error:  # each broker has errors of its own, and none of them is the reader's
        logger.warning("no message, compilation %s waits for the sweep: %r", compilation_id, error)


def sweep(now: dt.datetime | None = None) -> None:
    """Bring back compilations whose worker fell silent, and hint again at those that still wait. Idempotent."""
    now = now or timezone.now()
    lapsed = Compilation.objects.lapsed(now)
    lapsed.filter(attempts__gte=MAX_ATTEMPTS).update(
        status=_Status.FAILED,
        token=None,
        error=f"后台程序在编译中途退出了 {MAX_ATTEMPTS} 次，已停止；请重试，仍不行请联系管理员",
    )
    lapsed.update(status=_Status.QUEUED, token=None, hinted_at=None, step="后台中断，等待重来", progress=0)
    unheard = Q(hinted_at__isnull=True) | Q(hinted_at__lt=now - HINT_AGAIN)
    for pk in (
        Compilation.objects.filter(unheard, status=_Status.QUEUED).order_by("pk").values_list("pk", flat=True)
    ):
        hint(pk)


def cancel_compilation(compilation: Compilation, *, by) -> bool:
    """Stop a compilation that waits or is under way. False if it had finished before."""
    with transaction.atomic():
        unfinished = Compilation.objects.unfinished().filter(pk=compilation.pk)
        if not unfinished.update(status=_Status.CANCELLED, token=None, lease_until=None, step="已取消"):
            return False
        report = compilation.report
        records.log_record(
            Change.Verb.COMPILE,
            report,
            by=by,
            changes={"编译": [_Status.RUNNING.label, _Status.CANCELLED.label]},
        )
        return True


# ---------------------------------------------------------------- the work
def claim(compilation_id: int) -> Compilation | None:
    """Take a waiting compilation; None if somebody else has it, or there is nothing to do any more."""
    token = uuid.uuid4()
    waiting = Compilation.objects.filter(pk=compilation_id, status=_Status.QUEUED, attempts__lt=MAX_ATTEMPTS)
    if not waiting.update(
        status=_Status.RUNNING,
        token=token,
        lease_until=timezone.now() + LEASE,
        attempts=F("attempts") + 1,
        step=FREEZING,
        progress=5,
        error="",
    ):
        return None
    return Compilation.objects.select_related("report__organisation", "requested_by").get(
        pk=compilation_id, token=token
    )


def perform(compilation_id: int) -> None:
    """Claim a compilation and see it through: done, tried again, or failed with a sentence."""
    compilation = claim(compilation_id)
    if compilation is None:
        return
    try:
        report = compilation.report
        compiled_at = timezone.localtime()
        frozen = through_restart(_frozen)(report.organisation, report.window, report.template, compiled_at)
        compiled = compiled_of(frozen, functools.partial(_tick, compilation))
        files = {}
        for number, output in enumerate(OUTPUTS):
            _renew(compilation, output.step, 20 + 70 * number // len(OUTPUTS))
            blob = store_written(functools.partial(output.write, compiled), output.media_type)
            files[output.name] = {"sha256": blob.sha256, "size": blob.size}
        _renew(compilation, "发布", 95)
        _publish(compilation, compiled, files, compiled_at)
    except LeaseLost:
        logger.warning("compilation %s: lease lost, result thrown away", compilation.pk)
    except Exception as error:  # whatever it is, the row must not stay under way for ever
        logger.exception("compilation %s: attempt %s failed", compilation.pk, compilation.attempts)
        _give_up(compilation, error)


def _held(compilation):
    """The row, as long as it is ours."""
    return Compilation.objects.filter(pk=compilation.pk, status=_Status.RUNNING, token=compilation.token)


@through_restart
def _renew(compilation, step, progress):
    """Begin a step, with a fresh lease. Raises LeaseLost."""
    compilation.step, compilation.progress = step, progress
    compilation.lease_until = timezone.now() + LEASE
    if not _held(compilation).update(lease_until=compilation.lease_until, step=step, progress=progress):
        raise LeaseLost


def _tick(compilation):
    """For long steps to call as often as they like: renews the lease when it is RENEW_AFTER old. Raises LeaseLost."""
    if timezone.now() + LEASE - compilation.lease_until >= RENEW_AFTER:
        _renew(compilation, compilation.step, compilation.progress)


@through_restart
def _publish(compilation, compiled, files, compiled_at):
    report, frozen = compilation.report, compiled.frozen
    with transaction.atomic():
        if not _held(compilation).update(
            status=_Status.DONE,
            token=None,
            lease_until=None,
            step="完成",
            progress=100,
            compiled_at=compiled_at,
            figures=frozen.figures,
            material=frozen.material,
            digest=frozen.figures["digest"],
            numbers=compiled.document.numbers,
            findings=[dataclasses.asdict(finding) for finding in compiled.document.findings],
            files=files,
        ):
            raise LeaseLost
        report.uses.all().delete()
        ReportUse.objects.bulk_create(_uses(report, frozen.figures), batch_size=1000)
        if by := compilation.requested_by:
            Notice.objects.get_or_create(
                user=by,
                key=f"compiled:{compilation.pk}",
                defaults={
                    "organisation": report.organisation,
                    "text": f"{report} 已编译完成"[:200],
                    "url": reverse("reports:report_detail", args=[report.pk]),
                },
            )


def _uses(report, figures):
    """One row a record: the figures it is counted in."""
    keys: dict[tuple, dict[str, str]] = {}
    for figure in figures["figures"]:
        for record in figure["records"]:
            keys.setdefault((MODELS[record["type"]], record["id"]), {})[figure["key"]] = figure["label"]
    return [
        ReportUse(report=report, model=model, object_id=object_id, figures=found)
        for (model, object_id), found in keys.items()
    ]


@through_restart
def _give_up(compilation, error):
    """Try again later, or fail for good after the last attempt."""
    if compilation.attempts < MAX_ATTEMPTS:
        with transaction.atomic():
            if _held(compilation).update(
                status=_Status.QUEUED, token=None, lease_until=None, step="出错，等待重试", progress=0
            ):
                transaction.on_commit(functools.partial(hint, compilation.pk))
        return
    _held(compilation).update(
        status=_Status.FAILED, token=None, lease_until=None, error=sentence_for(error, compilation)
    )


def sentence_for(error: Exception, compilation=None) -> str:
    """Why it failed, for the secretary; the trace is in the log."""
    if _disk_is_full(error):
        return "服务器磁盘空间不足，文件没有写成；请联系管理员清理后重试"
    if isinstance(error, SoftTimeLimitExceeded):
        return "编译用时超过上限，已停止；请稍后重试，仍不行请联系管理员"
    if isinstance(error, ValidationError):
        return "；".join(error.messages)[:300]
    number = f"（编译号 {compilation.pk}）" if compilation else ""
    return f"生成文件时出错，试了 {MAX_ATTEMPTS} 次都没有成功；请重试，仍不行请联系管理员{number}"


def _disk_is_full(error) -> bool:
    """The disk, a quota or a limit on the size of files; of our files, or of the database's."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    # SQLite's words, and PostgreSQL's code for disk_full.
    return isinstance(error, DatabaseError) and (
        "disk is full" in str(error) or getattr(error.__cause__, "pgcode", "") == "53100"
    )


def compiled_of(frozen: Frozen, tick=lambda: None) -> Compiled:
    """What the renderers get of a frozen report: its text, its files, the fonts. tick: see Compiled."""
    document = draft(frozen)
    document.findings = check(frozen, document)
    return Compiled(frozen, document, open_file, settings.FONT_DIR, tick)


def compile_now(organisation, window: Window, *, template: str = "yearly") -> Compiled:
    """Compile at once, without a job row and without writing anything: what OUTPUTS write into files.

    Raises ValidationError for an unknown template or a place that is no branch.
    """
    if not organisation.is_branch:
        raise ValidationError(f"“{organisation.name}”不是党支部，没有自己的报告")
    return compiled_of(_frozen(organisation, window, template, timezone.localtime()))


def _frozen(organisation, window, template, compiled_at) -> Frozen:
    wording = {"name": template, "text": template_text(template)}
    return freeze(organisation, window, template=wording, fonts={}, compiled_at=compiled_at)

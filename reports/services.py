"""All writing of reports and their compilations.

The job row is the truth. Whoever works on a compilation holds its token and a lease; every write of theirs is one
conditional UPDATE on that token, so a worker that was thought dead can change nothing when it comes back.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import logging
import uuid

from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from core import records
from core.dates import Window
from core.db import lock, through_restart
from core.files import disk_is_full, open_file, store_written
from core.models import Change
from core.notices import notify
from reports import progress
from reports.checks import check
from reports.document import Document, Finding
from reports.drafting import draft, title_of
from reports.freezing import Frozen, freeze
from reports.links import MODELS
from reports.models import Compilation, Report, ReportUse
from reports.render import OUTPUTS, Compiled
from reports.render.characters import unprintable
from reports.render.fonts import fonts_digest, load
from reports.standing import standings
from reports.templates import template_named, template_text

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=60)  # renewed at every step; a worker silent for longer is taken for dead
RENEW_AFTER = dt.timedelta(seconds=5)  # within a step
HINT_AGAIN = dt.timedelta(seconds=20)
MAX_ATTEMPTS = 3
TASK = "reports.tasks.compile_report"

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
            title_text=title_of(organisation.name, window, wording),
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
    for lost in lapsed.filter(attempts__gte=MAX_ATTEMPTS).light().select_related("report__organisation"):
        with transaction.atomic():
            if lapsed.filter(pk=lost.pk, token=lost.token).update(
                status=_Status.FAILED,
                token=None,
                error=f"后台程序在编译中途退出了 {MAX_ATTEMPTS} 次，已停止；请重试，仍不行请联系管理员",
            ):
                _notify(lost, "failed", "没有编成，原因写在报告页")
    lapsed.update(status=_Status.QUEUED, token=None, hinted_at=None, step="后台中断，等待重来", progress=0)
    unheard = Q(hinted_at__isnull=True) | Q(hinted_at__lt=now - HINT_AGAIN)
    for pk in (
        Compilation.objects.filter(unheard, status=_Status.QUEUED).order_by("pk").values_list("pk", flat=True)
    ):
        hint(pk)


def request_missing(organisations, window: Window, *, by, template: str = "yearly") -> list[Compilation]:
    """Ask for a compilation of each branch that has no finished report over the window, or one whose figures the
    records answer differently by now. Returns the compilations asked for; branches with one under way are left alone,
    so a double press makes one each.

    Arguments: organisations, branches that `by` may edit. Raises ValidationError as `ensure_report`.
    """
    branches = {branch.pk: branch for branch in organisations}
    wanted = {"window_start": window.start, "window_end": window.end, "template": template}
    there = Report.objects.live().of(branches).filter(**wanted)
    known = {report.organisation_id: report for report in there}
    known |= {
        pk: ensure_report(branch, window, template=template, by=by)
        for pk, branch in branches.items()
        if pk not in known
    }
    wanting = [standing.report for standing in standings(known.values(), window) if standing.is_wanting]
    with transaction.atomic():
        list(lock(Report.objects.filter(pk__in=[report.pk for report in wanting]).order_by("pk")))
        unfinished = Compilation.objects.unfinished().filter(report__in=wanting)
        before = list(unfinished.values_list("pk", flat=True))
        Compilation.objects.bulk_create(
            [Compilation(report=report, requested_by=by, step="等待后台") for report in wanting],
            ignore_conflicts=True,  # with the job of another press
        )
        made = list(unfinished.exclude(pk__in=before).select_related("report").order_by("pk"))
        records.bulk_log(Change.Verb.COMPILE, [(job.report, {}) for job in made], by=by, batch=uuid.uuid4())
        for job in made:
            transaction.on_commit(functools.partial(hint, job.pk))
        return made


def log_export(reports, *, by) -> None:
    """Note in the history of each report that its files left in one ZIP."""
    entries = [(report, {"文件": ["", "全部导出"]}) for report in reports]
    records.bulk_log(Change.Verb.EXPORT, entries, by=by, batch=uuid.uuid4())


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
        step=progress.FREEZING,
        progress=5,
        summary={},
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
        _said(compilation, progress.frozen_in_words(frozen))
        _renew(compilation, progress.DRAFTING, 15)
        compiled = compiled_of(frozen, functools.partial(_tick, compilation))
        document = compiled.document
        _said(compilation, progress.findings_in_words(progress.finding_counts(document)))
        files = {}
        for number, output in enumerate(OUTPUTS):
            _renew(compilation, output.step, 20 + 70 * number // len(OUTPUTS))
            blob = store_written(functools.partial(output.write, compiled), output.media_type)
            files[output.name] = {"sha256": blob.sha256, "size": blob.size}
            _said(compilation, progress.file_in_words(output.name, blob.size, document))
        _renew(compilation, progress.PUBLISHING, 95)
        compilation.summary |= progress.summary_of(frozen, document)
        _publish(compilation, compiled, files, compiled_at)
    except LeaseLost:
        logger.warning("compilation %s: lease lost, result thrown away", compilation.pk)
    except Exception as error:  # whatever it is, the row must not stay under way for ever
        logger.exception("compilation %s: attempt %s failed", compilation.pk, compilation.attempts)
        _give_up(compilation, error)


def _held(compilation):
    """The row, as long as it is ours."""
    return Compilation.objects.filter(pk=compilation.pk, status=_Status.RUNNING, token=compilation.token)


def _said(compilation, text):
    """Note what the step under way did; the next `_renew` or `_publish` writes it."""
    steps = compilation.summary.setdefault("steps", [])
    steps.append(progress.said(compilation.step, text, timezone.localtime()))


@through_restart
def _renew(compilation, step, percent):
    """Begin a step, with a fresh lease. Raises LeaseLost."""
    compilation.step, compilation.progress = step, percent
    compilation.lease_until = timezone.now() + LEASE
    if not _held(compilation).update(
        lease_until=compilation.lease_until, step=step, progress=percent, summary=compilation.summary
    ):
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
            summary=compilation.summary,
            files=files,
        ):
            raise LeaseLost
        report.uses.all().delete()
        ReportUse.objects.bulk_create(_uses(report, frozen.figures), batch_size=1000)
        _notify(compilation, "compiled", "已编译完成")


def _notify(compilation, what, words):
    """Tell who pressed the button, once."""
    report = compilation.report
    if compilation.requested_by_id:
        notify(
            compilation.requested_by_id,
            f"{str(report)[: 200 - len(words) - 1]} {words}",
            organisation=report.organisation,
            url=reverse("reports:report_detail", args=[report.pk]),
            key=f"{what}:{compilation.pk}",
        )


def _uses(report, body):
    """One row a record: the figures it is counted in."""
    keys: dict[tuple, dict[str, str]] = {}
    for figure in body["figures"]:
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
    with transaction.atomic():
        if _held(compilation).update(
            status=_Status.FAILED, token=None, lease_until=None, error=sentence_for(error, compilation)
        ):
            _notify(compilation, "failed", "没有编成，原因写在报告页")


def sentence_for(error: Exception, compilation=None) -> str:
    """Why it failed, for the secretary; the trace is in the log."""
    if disk_is_full(error):
        return "服务器磁盘空间不足，文件没有写成；请联系管理员清理后重试"
    if isinstance(error, SoftTimeLimitExceeded):
        return "编译用时超过上限，已停止；请稍后重试，仍不行请联系管理员"
    if isinstance(error, ValidationError):
        return "；".join(error.messages)[:300]
    number = f"（编译号 {compilation.pk}）" if compilation else ""
    return f"生成文件时出错，试了 {MAX_ATTEMPTS} 次都没有成功；请重试，仍不行请联系管理员{number}"


def compiled_of(frozen: Frozen, tick=lambda: None) -> Compiled:
    """What the renderers get of a frozen report: its text, its files, the fonts. tick: see Compiled."""
    document = draft(frozen)
    document.findings = check(frozen, document, unprintable(document, load(settings.FONT_DIR)))
    return Compiled(frozen, document, open_file, settings.FONT_DIR, tick)


def frozen_of(compilation: Compilation) -> Frozen:
    """What a finished compilation was made from."""
    return Frozen(compilation.figures, compilation.material)


def document_of(compilation: Compilation) -> Document:
    """The text of a finished compilation, drafted anew from what it froze: the same as in its files."""
    return draft(frozen_of(compilation))


def findings_of(compilation: Compilation) -> list[Finding]:
    """What the check before export found in a finished compilation."""
    return [Finding(**finding) for finding in compilation.findings]


def compile_now(organisation, window: Window, *, template: str = "yearly") -> Compiled:
    """Compile at once, without a job row and without writing anything: what OUTPUTS write into files.

    Raises ValidationError for an unknown template or a place that is no branch.
    """
    if not organisation.is_branch:
        raise ValidationError(f"“{organisation.name}”不是党支部，没有自己的报告")
    return compiled_of(_frozen(organisation, window, template, timezone.localtime()))


def _frozen(organisation, window, template, compiled_at) -> Frozen:
    wording = {"name": template, "text": template_text(template)}
    return freeze(
        organisation, window, template=wording, fonts=fonts_digest(settings.FONT_DIR), compiled_at=compiled_at
    )

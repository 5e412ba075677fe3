"""The lease of a compile under way, its progress, and what is said when it fails."""

import dataclasses
import datetime as dt
import errno
import itertools

import pytest
from django.db import OperationalError

from core.dates import Window
from reports import services
from reports.models import Compilation
from reports.render import OUTPUTS
from tests import factories as make


@pytest.fixture
def compilation(transactional_db, data_dir):
    """A compilation that waits."""
    report = services.ensure_report(make.OrganisationFactory(), Window.year(2024), by=None)
    return services.request_compilation(report, by=None)


def _row():
    return Compilation.objects.get()


def test_each_file_is_a_step_forward(compilation, monkeypatch):
    seen = []

    def watched(output):
        def write(compiled, stream):
            seen.append((_row().step, _row().progress))
            output.write(compiled, stream)

        return dataclasses.replace(output, write=write)

    monkeypatch.setattr(services, "OUTPUTS", [watched(output) for output in OUTPUTS])
    services.perform(compilation.pk)
    assert [step for step, _ in seen] == [output.step for output in OUTPUTS]
    progress = [5, *(progress for _, progress in seen), 95]
    assert all(before < after for before, after in itertools.pairwise(progress))
    assert (_row().step, _row().progress) == ("完成", 100)


def test_a_long_step_renews_the_lease_by_ticking(compilation, django_assert_num_queries):
    held = services.claim(compilation.pk)
    services._renew(held, "生成", 20)
    with django_assert_num_queries(0):  # ticks cost nothing while the lease is fresh
        for _ in range(1000):
            services._tick(held)
    old = held.lease_until = held.lease_until - services.RENEW_AFTER
    services._tick(held)
    row = _row()
    assert row.lease_until > old + services.RENEW_AFTER - dt.timedelta(seconds=1)
    assert (row.step, row.progress) == ("生成", 20)


def test_a_long_step_is_stopped_by_its_next_tick_once_cancelled(compilation):
    held = services.claim(compilation.pk)
    services.cancel_compilation(compilation, by=None)
    held.lease_until -= services.RENEW_AFTER
    with pytest.raises(services.LeaseLost):
        services._tick(held)


def _from_postgres():
    error = OperationalError("could not extend file")
    error.__cause__ = type("DiskFull", (Exception,), {"pgcode": "53100"})()
    return error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "服务器磁盘空间不足"),
        (OSError(errno.EDQUOT, "Quota exceeded"), "服务器磁盘空间不足"),
        (OSError(errno.EFBIG, "File too large"), "服务器磁盘空间不足"),
        (OperationalError("database or disk is full"), "服务器磁盘空间不足"),
        (_from_postgres(), "服务器磁盘空间不足"),
        (OSError(errno.EIO, "Input/output error"), "生成文件时出错"),
        (OperationalError("database is locked"), "生成文件时出错"),
    ],
)
def test_a_full_disk_is_called_so(error, sentence):
    assert services.sentence_for(error).startswith(sentence)

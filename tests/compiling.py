"""A real broker, real workers and a report to compile, for the tests that kill them.

Redis where it answers, else the file broker; whichever database the run is on.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from django.urls import reverse

from core.dates import Window
from reports import services
from reports.models import Compilation, ReportUse
from tests import factories as make
from tests.cast import make_cast

ROOT = Path(settings.BASE_DIR)
PATIENCE = 90  # seconds; a worker starts in three, on a busy machine in thirty


def wait_until(happened, what: str):
    """Ask until it is so; fails after PATIENCE with what was waited for."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := happened()):
        assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
        time.sleep(0.05)
    return answer


# ---------------------------------------------------------------- broker and worker
@pytest.fixture
def broker(tmp_path):
    """A broker of this test's own, which the test's process and its workers share; yields its settings."""
    if settings.REDIS_URL:
        conf = {
            "broker_url": settings.REDIS_URL,
            "broker_transport": None,
            "broker_transport_options": {
                "global_keyprefix": f"test-{uuid.uuid4().hex}-",
                "visibility_timeout": 900,
            },
        }
    else:
        conf = {
            "broker_url": "directory://localhost/",
            "broker_transport": "core.broker:Transport",
            "broker_transport_options": {"folder": str(tmp_path / "broker"), "polling_interval": 0.1},
        }
    before = {name: getattr(current_app.conf, name) for name in conf}
    _use(conf)
    yield conf
    _use(before)
    if settings.REDIS_URL:
        _each_key(conf, lambda client, key: client.delete(key))


def _use(conf):
    """Connections to the broker before are forgotten: Celery keeps them by pool."""
    current_app.pool.force_close_all()
    current_app._pool = current_app.amqp._producer_pool = None
    current_app.conf.update(conf)


def _each_key(conf, do):
    import redis

    with redis.Redis.from_url(conf["broker_url"]) as client:
        for key in client.scan_iter(conf["broker_transport_options"]["global_keyprefix"] + "*"):
            do(client, key)


def empty(conf):
    """Lose every message, as a broker does that is restarted without its data."""
    if settings.REDIS_URL:
        _each_key(conf, lambda client, key: client.delete(key))
    else:
        for message in Path(conf["broker_transport_options"]["folder"]).iterdir():
            message.unlink()


def database_url() -> str:
    """Where the test's own database is, as the environment says it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    host = connection.settings_dict
    login = host["USER"] + (f":{host['PASSWORD']}" if host["PASSWORD"] else "")
    return f"postgres://{login}@{host['HOST'] or '127.0.0.1'}:{host['PORT'] or 5432}/{name}"


@pytest.fixture
def start_worker(broker, data_dir, tmp_path, transactional_db):
    """start_worker(processes=2, **env): a Celery worker in a group of its own, on the test's database and broker."""
    started = []

    def start(processes=2, **env):
        log = open(tmp_path / f"worker-{len(started)}.log", "wb")  # noqa: SIM115 (closed with the worker)
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "tests.worker", "worker", "-c", str(processes)),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            cwd=ROOT,
            env=os.environ
            | {
                "DATABASE_URL": database_url(),
                "DATA_DIR": str(settings.DATA_DIR),
                "MEDIA_ROOT": str(settings.MEDIA_ROOT),
                "SECRET_KEY": settings.SECRET_KEY,
                "TEST_BROKER": json.dumps(broker),
                "DJANGO_SETTINGS_MODULE": "config.settings",
            }
            | env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        started.append((process, log))
        return process

    yield start
    for process, log in started:
        kill(process)
        log.close()


def kill(process):
    """End the worker and all its children without a chance to clean up."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


# ---------------------------------------------------------------- what is compiled
@pytest.fixture
def cast(transactional_db, data_dir):
    """The cast, with something to report of North."""
    cast = make_cast()
    for number in range(3):
        make.OutcomeFactory(organisation=cast.north, name=f"论文{number}")
    cast.report = services.ensure_report(cast.north, Window.year(2024), by=cast.alice)
    return cast


@pytest.fixture
def press(client, cast):
    """press(): alice presses the button of North's report."""
    client.force_login(cast.alice)
    return lambda: client.post(reverse("reports:report_compile", args=[cast.report.pk]))


def the_row():
    """The only compilation there is."""
    return Compilation.objects.get()


def has(**fields):
    """A question for wait_until: is there a compilation like this?"""
    return lambda: Compilation.objects.filter(**fields).first()


def check_done(attempts=1):
    """One result, whole."""
    row = the_row()
    assert (row.status, row.attempts, row.token) == ("done", attempts, None)
    [paper] = [figure for figure in row.figures["figures"] if figure["key"] == "outcomes.paper"]
    assert (paper["value"], len(paper["records"])) == (3, 3)
    assert ReportUse.objects.filter(model="outcomes.outcome").count() == 3
    return row


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(line) for line in listed.stdout.split()]

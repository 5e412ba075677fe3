"""The compile with a real broker and a real worker: press, done; kill, sweep, done; deliveries, double clicks, an empty
broker.

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
from django.utils import timezone
from playwright.sync_api import expect

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
            "broker_transport_options": {
                "global_keyprefix": f"test-{uuid.uuid4().hex}-",
                "visibility_timeout": 900,
            },
        }
    else:
        folder = tmp_path / "broker"
        for name in ("messages", "control"):
            (folder / name).mkdir(parents=True)
        conf = {
            "broker_url": "filesystem://",
            "broker_transport_options": {
                "data_folder_in": str(folder / "messages"),
                "data_folder_out": str(folder / "messages"),
                "control_folder": str(folder / "control"),
                "polling_interval": 0.1,
            },
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
        for message in Path(conf["broker_transport_options"]["data_folder_in"]).iterdir():
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


# ---------------------------------------------------------------- tests
def test_a_press_ends_with_a_report(press, start_worker):
    start_worker()
    press()
    wait_until(has(status="done"), "the compilation to be done")
    check_done()


def test_a_double_click_and_five_deliveries_make_one_report(press, start_worker):
    press()
    press()
    for _ in range(5):
        services.hint(the_row().pk)
    start_worker()
    wait_until(has(status="done"), "the compilation to be done")
    # A second compilation is the proof that the worker is through with the deliveries before it.
    press()
    wait_until(lambda: Compilation.objects.filter(status="done").count() == 2, "the second compilation")
    assert [row.attempts for row in Compilation.objects.all()] == [1, 1]


def test_a_worker_killed_in_mid_compile_costs_nothing_but_time(press, start_worker, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    worker = start_worker(TEST_GATE=str(gate))
    press()
    wait_until(has(status="running", step="生成闸门"), "the worker to be at the gate")
    kill(worker)
    assert the_row().status == "running"
    start_worker()
    services.sweep()  # the lease has not run out yet
    assert the_row().status == "running"
    services.sweep(timezone.now() + services.LEASE * 1.1)
    wait_until(has(status="done"), "the second worker to finish")
    check_done(attempts=2)


def test_a_child_killed_in_mid_compile_costs_nothing_but_time(press, start_worker, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    worker = start_worker(processes=1, TEST_GATE=str(gate))
    press()
    wait_until(has(status="running", step="生成闸门"), "the worker to be at the gate")
    [child] = children(worker.pid)
    os.kill(child, signal.SIGKILL)
    services.sweep(timezone.now() + services.LEASE * 1.1)
    wait_until(has(status="running", step="生成闸门", attempts=2), "another child to be at the gate")
    with open(gate, "wb") as opened:
        opened.write("开".encode())
    wait_until(has(status="done"), "the compilation to be done")
    assert "gate.txt" in check_done(attempts=2).files


def test_a_message_that_was_lost_is_sent_again(press, broker, start_worker):
    press()
    empty(broker)
    start_worker()
    services.sweep()  # hinted a moment ago: too early to hint again
    services.sweep(timezone.now() + services.HINT_AGAIN * 1.1)
    wait_until(has(status="done"), "the compilation to be done")
    check_done()


def test_a_renderer_that_always_fails_ends_with_a_sentence(press, start_worker):
    start_worker(TEST_BROKEN="1")
    press()
    wait_until(has(status="failed"), "the compilation to fail")
    row = the_row()
    assert row.attempts == services.MAX_ATTEMPTS
    assert row.error.startswith("生成文件时出错，试了 3 次都没有成功")
    assert (row.figures, ReportUse.objects.count()) == (None, 0)


def test_a_cancelled_compile_leaves_nothing(press, cast, start_worker, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    start_worker(TEST_GATE=str(gate))
    press()
    wait_until(has(status="running", step="生成闸门"), "the worker to be at the gate")
    assert services.cancel_compilation(the_row(), by=cast.alice)
    with open(gate, "wb") as opened:
        opened.write("开".encode())
    press()  # the next one is proof that the worker is through with the first
    wait_until(has(status="running", step="生成闸门"), "the worker to be at the gate again")
    with open(gate, "wb") as opened:
        opened.write("开".encode())
    wait_until(has(status="done"), "the second compilation")
    assert [row.status for row in Compilation.objects.order_by("pk")] == ["cancelled", "done"]


def test_a_record_edited_in_mid_compile_is_in_the_next_one(press, cast, start_worker, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    start_worker(TEST_GATE=str(gate))
    press()
    wait_until(has(status="running", step="生成闸门"), "the worker to be at the gate")
    make.OutcomeFactory(organisation=cast.north)
    with open(gate, "wb") as opened:
        opened.write("开".encode())
    wait_until(has(status="done"), "the compilation to be done")
    check_done()


def test_the_page_follows_the_compile_and_stops_asking(cast, start_worker, tmp_path, browse):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    start_worker(TEST_GATE=str(gate))
    page = browse(cast.alice)
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(reverse("reports:report_detail", args=[cast.report.pk]))
    page.get_by_role("button", name="编译报告").click()
    page.get_by_text("编译中").wait_for()
    with open(gate, "wb") as opened:
        opened.write("开".encode())
    page.get_by_text("第 1 版下载").wait_for()
    expect(page.locator("[hx-trigger]")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_text("Word 文稿").click()
    assert download.value.suggested_filename == f"{cast.report.title_text}.docx"


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(line) for line in listed.stdout.split()]

"""A broker, real workers and a report to compile, for the tests that kill them.

The fixtures are known to every test through conftest.py; the functions are imported.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from django.urls import reverse

from core.dates import Window
from core.files import blob_path
from core.integrity import verify_files
from core.models import Notice
from reports import services
from reports.models import Compilation, Report, ReportUse
from tests import factories as make
from tests.cast import make_cast
from tests.servers import RedisServer, end_group, wait_until

ROOT = Path(settings.BASE_DIR)


# ---------------------------------------------------------------- broker
@pytest.fixture
def redis_server(tmp_path):
    """A Redis of this test's own."""
    if not RedisServer.is_installed():
        pytest.skip("no redis-server on PATH")
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def broker(request, tmp_path):
    """What the test's process and its workers share as a broker; yields its settings.

    The one this run is on, unless a test asks for "files", "redis" or "own redis" by
    `@pytest.mark.parametrize("broker", …, indirect=True)`.
    """
    kind = getattr(request, "param", "redis" if settings.REDIS_URL else "files")
    if kind == "files":
        conf = {
            "broker_url": "directory://localhost/",
            "broker_transport_options": {"folder": str(tmp_path / "broker"), "polling_interval": 0.1},
        }
    else:
        own = kind == "own redis" or not settings.REDIS_URL
        conf = {
            "broker_url": request.getfixturevalue("redis_server").url if own else settings.REDIS_URL,
            "broker_transport_options": {
                "global_keyprefix": f"test-{uuid.uuid4().hex}-",
                "visibility_timeout": 900,
            },
        }
    before = {name: getattr(current_app.conf, name) for name in conf}
    _use(conf)
    yield conf
    _use(before)
    if kind == "redis":
        empty(conf)


def _use(conf):
    """Connections to the broker before are forgotten: Celery keeps them by pool."""
    current_app.pool.force_close_all()
    current_app._pool = current_app.amqp._producer_pool = None
    current_app.conf.update(conf)


def empty(conf):
    """Lose every message, as a broker does that is restarted without its data."""
    options = conf["broker_transport_options"]
    if "folder" in options:
        for message in Path(options["folder"]).iterdir():
            message.unlink()
        return
    import redis

    with redis.Redis.from_url(conf["broker_url"]) as client:
        for key in client.scan_iter(options["global_keyprefix"] + "*"):
            client.delete(key)


# ---------------------------------------------------------------- workers
def database_url() -> str:
    """Where the test's own database is, as the environment says it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    host = connection.settings_dict
    login = host["USER"] + (f":{host['PASSWORD']}" if host["PASSWORD"] else "")
    return f"postgres://{login}@{host['HOST'] or '127.0.0.1'}:{host['PORT'] or 5432}/{name}"


@pytest.fixture
def start_worker(broker, data_dir, tmp_path):
    """start_worker(processes=2, queue="", **env): a Celery worker in a group of its own, on the test's database and
    broker. What else the environment may say stands in tests/worker.py."""
    started, logs = [], tmp_path / "workers"
    logs.mkdir()

    def start(processes=2, queue="", **env):
        with open(logs / f"{len(started)}.log", "wb") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "tests.worker", "worker", "-c", str(processes)),
                    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
                    *(("-Q", queue) if queue else ()),
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
        started.append(process)
        return process

    yield start
    for process in started:
        end_group(process)
    for log in sorted(logs.iterdir()):  # pytest shows it where a test fails
        print(f"--- worker {log.stem}\n{log.read_text('utf-8', 'replace')}")


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(line) for line in listed.stdout.split()]


class Gate:
    """A FIFO at which the compile of a worker started with `TEST_GATE=gate.path` waits."""

    STEP = "生成闸门"

    def __init__(self, path: Path):
        self.path = str(path)
        os.mkfifo(path)

    def wait(self, **fields):
        """Until a compilation like this has come to the gate."""
        return wait_until(has(status="running", step=self.STEP, **fields), "a compile to be at the gate")

    def open(self):
        """Let the compile through that waits there."""
        with open(self.path, "wb") as opened:
            opened.write("开".encode())


@pytest.fixture
def gate(tmp_path):
    """A closed gate."""
    return Gate(tmp_path / "gate")


# ---------------------------------------------------------------- what is compiled
@pytest.fixture
def reporting(transactional_db, data_dir):
    """The cast, with something to report of North."""
    cast = make_cast()
    for number in range(3):
        make.OutcomeFactory(organisation=cast.north, name=f"论文{number}")
    cast.report = services.ensure_report(cast.north, Window.year(2024), by=cast.alice)
    return cast


@pytest.fixture
def press(client, reporting):
    """press(): alice presses the button of North's report."""
    client.force_login(reporting.alice)

    def press():
        answer = client.post(reverse("reports:report_compile", args=[reporting.report.pk]))
        assert answer.status_code == 302

    return press


def press_over_http(live_server, client, report):
    """The same press by somebody who is signed in, as one real request; returns its status."""
    page = reverse("reports:report_detail", args=[report.pk])
    assert client.get(page).status_code == 200
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    link = http.client.HTTPConnection(urlsplit(live_server.url).netloc, timeout=60)
    link.request(
        "POST",
        reverse("reports:report_compile", args=[report.pk]),
        headers={
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies[settings.CSRF_COOKIE_NAME],
        },
    )
    status = link.getresponse().status
    link.close()
    return status


def the_row():
    """The only compilation there is."""
    return Compilation.objects.get()


def has(**fields):
    """A question for wait_until: is there a compilation like this?"""
    return lambda: Compilation.objects.filter(**fields).first()


def late():
    """A moment at which every lease of now has run out, and everybody who waits may be told again."""
    from django.utils import timezone

    return timezone.now() + max(services.LEASE, services.HINT_AGAIN) * 1.1


def done(count=1):
    """Wait until so many compilations are done."""
    wait_until(lambda: Compilation.objects.filter(status="done").count() == count, f"{count} done")


def check_one_report(attempts=1, papers=3):
    """One result, whole: figures of one moment, nothing doubled, every file there byte for byte, nothing half."""
    row = the_row()
    assert (row.status, row.attempts, row.token, row.progress) == ("done", attempts, None, 100)
    [paper] = [figure for figure in row.figures["figures"] if figure["key"] == "outcomes.paper"]
    assert (paper["value"], len(paper["records"])) == (papers, papers)
    assert ReportUse.objects.filter(model="outcomes.outcome").count() == papers
    assert Notice.objects.filter(key=f"compiled:{row.pk}").count() == 1
    assert json.loads(blob_path(row.files["figures.json"]["sha256"]).read_text("utf-8")) == row.figures
    check_files()
    return row


def check_files():
    """Whatever the database speaks of is there, and nobody left anything half written."""
    assert verify_files().faults == []
    assert half_written() == []


def half_written() -> list[Path]:
    """Files that somebody is writing, or was."""
    return sorted((settings.MEDIA_ROOT / "incoming").glob("*"))


def signal_group(process, number: signal.Signals):
    """Send a signal to a worker and all its children."""
    os.killpg(process.pid, number)


# ---------------------------------------------------------------- in another installation
def elsewhere(env, function, *numbers):
    """Run a function of this module in the installation that the environment names."""
    call = f"{function.__name__}{numbers}"
    code = f"import django; django.setup(); from tests import compiling; compiling.{call}"
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=env | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
    )


def make_a_report():
    """Something to report of a branch."""
    branch = make.OrganisationFactory()
    for number in range(3):
        make.OutcomeFactory(organisation=branch, name=f"论文{number}")
    services.ensure_report(branch, Window.year(2024), by=None)


def ask_for_it():
    """Press the button of the only report there is."""
    services.request_compilation(Report.objects.get(), by=make.UserFactory())

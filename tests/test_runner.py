"""`manage.py up` with real processes, and the supervisor behind it."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings

from tests.compiling import ask_for_it, check_one_report, children, elsewhere, make_a_report

ROOT = Path(settings.BASE_DIR)
MANAGE = [sys.executable, str(ROOT / "manage.py")]
DATABASE, REDIS = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
# The same stack on what the environment gives, or embedded with either broker.
BROKERS = ["configured"] if DATABASE and REDIS else ["private redis", "files"]


# ---------------------------------------------------------------- helpers
def until(question, seconds=120, pause=0.05):
    """Ask until the answer is true; returns it."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, f"still not so after {seconds} s: {question}"
        time.sleep(pause)
    return answer


def processes(mark: str) -> set[int]:
    """The processes that carry the mark in their environment."""
    if not Path("/proc/self/environ").exists():  # macOS
        listing = subprocess.run(
            ["ps", "-Eww", "-o", "pid=,command="], capture_output=True, text=True, check=True
        )
        return {int(line.split()[0]) for line in listing.stdout.splitlines() if mark in line}
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark.encode() in path.read_bytes():
                found.add(int(path.parent.name))
    return found


class Running:
    """A command under way, in a process group of its own, whose output is kept in a file."""

    def __init__(self, command, env, directory):
        self.mark = uuid.uuid4().hex
        self.log = directory / f"{self.mark}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                env=env | {"LEDGER_MARK": self.mark},
                stdout=log,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,
            )

    @property
    def output(self):
        return self.log.read_text()

    def says(self, pattern):
        """Wait for a line of output; returns the match."""
        return until(lambda: re.search(pattern, self.output) or self._gone())

    def _gone(self):
        assert self.process.poll() is None, self.output

    def others(self):
        """Every process of it but the first."""
        return processes(self.mark) - {self.process.pid}

    def end(self, number=signal.SIGINT, seconds=120):
        """Send the signal, wait for the end; returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def clean(self):
        for pid in processes(self.mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def start(tmp_path):
    """start(command, env): run it until the end of the test at the latest."""
    running = []

    def _start(command, env):
        running.append(Running(command, env, tmp_path))
        return running[-1]

    yield _start
    for one in running:
        one.clean()


@pytest.fixture(scope="module")
def static_root(tmp_path_factory):
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def environment(tmp_path, static_root):
    """The environment of an installation of this test's own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
    for name in (
        "SECRET_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "MEDIA_ROOT",
        "PUBLIC_URL",
        "EMAIL_URL",
        "FONT_DIR",
    ):
        env[name] = ""
    env |= {"DATA_DIR": str(tmp_path / "data"), "STATIC_ROOT": str(static_root), "DEBUG": "0", "DEMO": "0"}
    return env | {"WEB_WORKERS": "1", "WORKER_CONCURRENCY": "1"}


@pytest.fixture
def database():
    """A PostgreSQL database of this test's own."""
    import psycopg2

    name = f"ledger_up_{uuid.uuid4().hex[:12]}"
    server = psycopg2.connect(urlunsplit(urlsplit(DATABASE)._replace(path="/postgres")))
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(DATABASE)._replace(path=f"/{name}"))
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The data of a new installation, made once and copied."""
    return tmp_path_factory.mktemp("prepared") / "data"


@pytest.fixture
def embedded(environment, prepared):
    """The environment of a prepared embedded installation, with the broker the machine offers."""
    if not prepared.exists():
        prepare(environment)
        shutil.copytree(environment["DATA_DIR"], prepared)
    else:
        shutil.copytree(prepared, environment["DATA_DIR"])
    return environment


@pytest.fixture(params=BROKERS)
def installation(request, tmp_path):
    """The environment of a prepared installation, with each kind of broker."""
    if request.param == "configured":
        env = request.getfixturevalue("environment")
        env |= {
            "DATABASE_URL": request.getfixturevalue("database"),
            "REDIS_URL": REDIS,
            "SECRET_KEY": "x" * 50,
        }
        prepare(env)
        return env
    env = request.getfixturevalue("embedded")
    if request.param == "files":
        env["PATH"] = str(tmp_path)  # nothing is there
    elif not shutil.which("redis-server"):
        pytest.skip("no redis-server on PATH")
    return env


def prepare(env):
    subprocess.run([*MANAGE, "prepare"], env=env, cwd=ROOT, check=True)


def command_line(pid):
    return subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
    ).stdout


def workers(stack):
    """The process groups of its workers, the reader of certificates aside."""
    lines = {pid: command_line(pid) for pid in stack.others()}
    return {
        os.getpgid(pid)
        for pid, line in lines.items()
        if "celery" in line and " worker" in line and "-Q ocr" not in line
    }


def health(address):
    with urllib.request.urlopen(f"{address}/healthz", timeout=60) as answer:
        return json.load(answer)


def up(start, env, port=0):
    """Start the stack; returns it and its address, once a worker was seen."""
    stack = start([*MANAGE, "up", "--port", str(port)], env)
    address = stack.says(r"(http://127\.0\.0\.1:\d+)/").group(1)
    until(lambda: health(address)["worker"])
    return stack, address


# ---------------------------------------------------------------- the stack
def test_up_serves_works_and_stops_without_a_trace(start, installation):
    stack, address = up(start, installation)
    assert health(address) == {"status": "ok", "database": True, "worker": True}
    assert len(stack.others()) >= 6  # guard, web and its process, worker and its process, scheduler

    command = [*MANAGE, "up", "--port", "0"]
    again = subprocess.run(command, env=installation, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert again.returncode == 1
    assert f"已在运行（进程 {stack.process.pid}）" in again.stderr

    directories = {
        path for pid in stack.others() for path in re.findall(r"/tmp/ledger-[^/ ]+", command_line(pid))
    }
    assert stack.end() == 0, stack.output
    assert stack.others() == set()
    assert not [path for path in directories if Path(path).exists()]
    with pytest.raises(urllib.error.URLError):
        health(address)


def test_up_starts_at_once_after_being_killed(start, embedded):
    stack, address = up(start, embedded)
    assert stack.end(signal.SIGKILL) == -signal.SIGKILL
    again, _ = up(start, embedded, port=urlsplit(address).port)
    assert stack.others() == set()
    assert again.end(signal.SIGTERM) == 0


def test_up_restarts_a_worker_that_was_killed(start, embedded):
    stack, _ = up(start, embedded)
    killed = next(group for group in workers(stack))
    os.kill(killed, signal.SIGKILL)
    stack.says(r"worker 意外退出（signal 9），1 秒后重启")
    assert len(until(lambda: workers(stack) - {killed})) == 1
    assert stack.end() == 0


def test_up_takes_up_a_compile_that_was_broken_off(start, embedded, tmp_path):
    env = embedded | {"PATH": str(tmp_path)}  # no redis-server is there
    stack, _ = up(start, env)
    elsewhere(env, make_a_report)
    [worker] = workers(stack)
    with contextlib.closing(
        sqlite3.connect(f"{env['DATA_DIR']}/ledger.sqlite3", isolation_level=None)
    ) as database:

        def row():
            return database.execute("SELECT status, attempts FROM reports_compilation").fetchone()

        asking = threading.Thread(target=elsewhere, args=[env, ask_for_it])
        asking.start()
        compiling = children(worker)
        until(lambda: row() not in (None, ("queued", 0)), pause=0)
        for pid in compiling:
            os.kill(pid, signal.SIGSTOP)
        asking.join()
        assert row() == ("running", 1)
        everybody = stack.others()
        stack.process.send_signal(signal.SIGINT)
        until(lambda: len(stack.others()) < len(everybody))
        assert stack.end() == 0, stack.output  # who presses Ctrl-C twice does not wait
        assert row() == ("running", 1)
        database.execute("UPDATE reports_compilation SET lease_until = '2020-01-01'")  # a minute later
        again, _ = up(start, env)
        until(lambda: row() == ("done", 2))
        assert again.end() == 0
    elsewhere(env, check_one_report, 2)


def test_up_says_what_is_not_set_up(environment):
    refused = subprocess.run([*MANAGE, "up"], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "请先运行 make run 或 manage.py prepare" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_up_says_that_the_port_is_taken(embedded):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [*MANAGE, "up", "--port", str(port)]
        refused = subprocess.run(command, env=embedded, cwd=ROOT, capture_output=True, text=True)
    assert refused.returncode == 1
    assert f"不能在 127.0.0.1:{port} 上监听" in refused.stderr


# ---------------------------------------------------------------- the supervisor
SUPERVISE = """
import os, pathlib, sys, tempfile
from core import runner
from core.runner import Program, Supervisor, only_one
runner.PAUSE = 0.01
temporary = pathlib.Path(tempfile.mkdtemp(prefix="ledger-test-"))
with only_one(temporary / "lock") as lock:
    trouble = Supervisor([{programs}], env=dict(os.environ), lock=lock, temporary=temporary).run()
print("end", trouble)
sys.exit(bool(trouble))
"""
STUBBORN = "trap '' TERM; sleep 1000 & echo ready; wait; wait"


def supervise(start, programs):
    return start([sys.executable, "-c", SUPERVISE.format(programs=programs)], dict(os.environ))


def test_supervisor_gives_up_on_what_cannot_live_and_stops_the_rest(start):
    running = supervise(
        start, 'Program("good", ["sleep", "1000"]), Program("bad", ["sh", "-c", "echo no; exit 3"])'
    )
    assert running.process.wait(120) == 1
    assert running.output.count("bad | no") == 5
    assert "bad 连续 5 次启动失败（exit code 3）" in running.output
    assert running.others() == set()


def test_supervisor_kills_a_program_that_does_not_finish_and_its_children(start):
    running = supervise(start, f'Program("mule", ["sh", "-c", {STUBBORN!r}], grace=0.2)')
    running.says("mule | ready")
    assert running.end() == 0
    assert running.others() == set()


def test_supervisor_leaves_no_child_of_a_program_that_finished(start):
    parting = "sleep 1000 & trap 'exit 0' TERM; echo ready; wait"
    running = supervise(start, f'Program("parent", ["sh", "-c", {parting!r}], grace=1000)')
    running.says("parent | ready")
    assert running.end() == 0
    assert running.others() == set()


def test_supervisor_kills_at_the_second_signal(start):
    running = supervise(start, f'Program("mule", ["sh", "-c", {STUBBORN!r}], grace=1000)')
    running.says("mule | ready")
    running.process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.process.wait(0.5)
    assert running.process.poll() is None  # it waits for the program
    assert running.end() == 0
    assert running.others() == set()


def test_supervisor_prefixes_whole_lines_and_keeps_the_last_one(start):
    script = r"printf '\344\270'; sleep 0.1; printf '\255文\nlast'; exit 1"  # a character in two pieces
    running = supervise(start, f'Program("talk", ["sh", "-c", {script!r}])')
    assert running.process.wait(120) == 1
    assert "  talk | 中文\n" in running.output
    assert "  talk | last\n" in running.output

"""A whole school at once: 100 branches ask for their report while people go on reading pages.

The real thing: gunicorn with the product's settings, a worker with two processes, one reader after the other on every
kind of page that an admin opens. Bounded: it ends when the last report is done, or after PATIENCE.
"""

from __future__ import annotations

import datetime as dt
import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.test import Client

from activities.models import Activity
from benchmarks import Measure, program, worker
from benchmarks.bench_figures import make_branches
from core.dates import Window
from core.models import Appointment, Organisation, User
from outcomes.models import Outcome
from reports import services
from reports.models import Compilation

BRANCHES, PATIENCE = 100, 600
ACTIVITIES, OUTCOMES = 60, 60  # a branch-year as it usually is
YEAR = Window.year(2024)
PAGES = [
    *("/?window=2024", "/activities/?window=2024", "/outcomes/?window=2024", "/members/"),
    "/reports/?window=2024",
]


def run() -> Iterator[Measure]:
    """All reports requested at one moment; the time until the last is done, and what readers felt meanwhile."""
    branches = list(Organisation.objects.filter(pk__in=make_branches(BRANCHES)))
    for branch in branches:
        _fill(branch)
    admin = User.objects.create(username="reader", name="读者")
    Appointment.objects.create(
        user=admin, organisation=branches[0].get_parent(), role="admin", starts_on=dt.date(2020, 1, 1)
    )
    reports = [services.ensure_report(branch, YEAR, by=None) for branch in branches]
    with _server() as port, worker(2):
        _read(admin, port, for_seconds=4)  # both web processes have seen every page
        quiet = _read(admin, port, for_seconds=6)
        begun = time.perf_counter()
        for report in reports:
            services.request_compilation(report, by=None)
        stop = threading.Event()
        felt: list[float] = []
        reader = threading.Thread(target=_read_until, args=(admin, port, stop, felt))
        reader.start()
        while time.perf_counter() - begun < PATIENCE and Compilation.objects.unfinished().exists():
            time.sleep(0.25)
        took = time.perf_counter() - begun
        stop.set()
        reader.join()
    done = Compilation.objects.done().count()
    assert done == BRANCHES, f"{done} of {BRANCHES} done"
    yield Measure(
        "100 reports at once, two worker processes",
        took,
        "s",
        note=f"{done} done, {took / done:.2f} s a report",
    )
    yield Measure(
        "  pages meanwhile, p95",
        _p95(felt) * 1000,
        "ms",
        at_most=300,
        bare=_p95(quiet) * 1000,
        note=f"{len(felt)} pages, median {statistics.median(felt) * 1000:.0f} ms; “to bare” is without compiles",
    )


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18]


def _fill(branch) -> None:
    """An ordinary year."""
    day = lambda number, of: dt.date(2024, 1, 1) + dt.timedelta(days=number * 365 // of)  # noqa: E731
    Activity.objects.bulk_create(
        Activity(
            organisation=branch, code=str(n), theme=f"活动{n}", kind_id="salon", starts_on=day(n, ACTIVITIES),
            education_service=True, status="held", person_times=n, count_method="sign_in",
        )
        for n in range(ACTIVITIES)
    )  # fmt: skip
    Outcome.objects.bulk_create(
        Outcome(
            organisation=branch, code=str(n), name=f"论文{n}", kind_id="paper", status="published",
            date_first=day(n, OUTCOMES), date_last=day(n, OUTCOMES), venue="学报",
        )
        for n in range(OUTCOMES)
    )  # fmt: skip


# ---------------------------------------------------------------- readers
def _read(user, port, *, for_seconds: float) -> list[float]:
    stop, felt = threading.Event(), []
    threading.Timer(for_seconds, stop.set).start()
    _read_until(user, port, stop, felt)
    return felt


def _read_until(user, port, stop, felt) -> None:
    """One page after the other, a tenth of a second apart; each must be the page and no error."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    number = 0
    while not stop.wait(0.1):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        begun = time.perf_counter()
        link.request("GET", PAGES[number % len(PAGES)], headers={"Cookie": cookie})
        answer = link.getresponse()
        body = answer.read()
        felt.append(time.perf_counter() - begun)
        link.close()
        assert (answer.status, b"</html>" in body) == (200, True), PAGES[number % len(PAGES)]
        number += 1


# ---------------------------------------------------------------- the stack
@contextmanager
def _server():
    """gunicorn as the product starts it; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "ALLOWED_HOSTS": "127.0.0.1"}
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], env=env, check=True)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
    with program(command, env):
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, "the web server did not start"
                time.sleep(0.1)
        yield port

"""The compile while the servers it needs are restarted: a Redis and a PostgreSQL of the test's own, killed and started
again on the same port."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from core.dates import Window
from reports import progress, services
from reports.models import Compilation
from tests.compiling import (
    ask_for_it,
    check_files,
    check_one_report,
    done,
    elsewhere,
    late,
    make_a_report,
    the_row,
)
from tests.servers import PostgresServer, wait_until

ROOT = Path(settings.BASE_DIR)


# ---------------------------------------------------------------- broker
@pytest.mark.parametrize("broker", ["own redis"], indirect=True)
def test_a_redis_restarted_without_its_data_loses_nothing(press, reporting, start_worker, redis_server, gate):
    worker = start_worker(TEST_GATE=gate.path)
    press()
    under_way = gate.wait()
    redis_server.kill()
    other = services.ensure_report(reporting.south, Window.year(2024), by=None)
    waiting = services.request_compilation(other, by=None)  # nobody hears of it
    redis_server.start()
    gate.open()
    done(1)  # without its broker
    services.sweep(late())
    gate.wait(pk=waiting.pk)  # the same worker found its way back
    gate.open()
    done(2)
    assert {row.pk: row.attempts for row in Compilation.objects.all()} == {under_way.pk: 1, waiting.pk: 1}
    assert worker.poll() is None
    check_files()


@pytest.mark.parametrize("broker", ["own redis"], indirect=True)
def test_a_redis_that_refuses_costs_no_press(press, start_worker, redis_server):
    """Its memory is full; it refuses in the same way where its disk is."""
    redis_server.command("CONFIG", "SET", "maxmemory", "1")
    press()
    assert the_row().status == "queued"
    redis_server.command("CONFIG", "SET", "maxmemory", "0")
    start_worker()
    services.sweep(late())
    done()
    check_one_report()


# ---------------------------------------------------------------- database
@pytest.fixture
def postgres():
    """A PostgreSQL of this test's own."""
    if not PostgresServer.programs():
        pytest.skip("no initdb on PATH or in /usr/lib/postgresql")
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.mark.parametrize("broker", ["files"], indirect=True)
def test_a_database_restarted_in_mid_compile_costs_no_attempt(postgres, broker, start_worker, gate):
    """Once while figures are read, once while a file is written; the worker outlives both."""
    folder = Path(broker["broker_transport_options"]["folder"])
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": postgres.url,
        "DATA_DIR": str(folder.parent),  # where the settings put a broker of files
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "SECRET_KEY": settings.SECRET_KEY,
        "REDIS_URL": "",
    }

    def state():
        return postgres.ask("SELECT status, attempts, step FROM reports_compilation")[0]

    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=env, check=True)
    elsewhere(env, make_a_report)
    worker = start_worker(processes=1, DATABASE_URL=postgres.url, TEST_GATE=gate.path)

    lock = psycopg2.connect(postgres.url)
    lock.cursor().execute("LOCK TABLE outcomes_outcome")
    elsewhere(env, ask_for_it)
    wait_until(
        lambda: postgres.ask("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"),
        "the worker to read what is locked",
    )
    assert state() == ("running", 1, progress.FREEZING)
    postgres.stop()
    lock.close()
    postgres.start()
    wait_until(lambda: state() == ("running", 1, gate.STEP), "the worker to be at the gate")
    postgres.stop()
    gate.open()
    postgres.start()
    wait_until(lambda: state()[0] == "done", "the compilation to be done")
    elsewhere(env, check_one_report)
    assert worker.poll() is None

"""Run every benchmark on every database and print a table; exit 1 if a promise is not kept."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

HERE = Path(__file__).resolve().parent
POSTGRES = (
    os.environ.get("TEST_POSTGRES_URL")
    or os.environ.get("DATABASE_URL")
    or "postgres://postgres@127.0.0.1:5432"
)
# A database of this process's own: several checkouts may share one server.
SCRATCH = f"ledger_bench_{os.getpid()}"


def main(word: str) -> int:
    """Measure on each database in a process of its own, since settings are read once."""
    failed = measure("SQLite", "", word)
    try:
        server = _server()
    except Exception as error:
        print(f"not run: PostgreSQL did not answer ({str(error).splitlines()[0]})")
        return 1 if os.environ.get("CI") == "true" else failed
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {SCRATCH}")
        try:
            failed |= measure("PostgreSQL", urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{SCRATCH}")), word)
        finally:
            cursor.execute(f"DROP DATABASE {SCRATCH}")
    server.close()
    return failed


def _server():
    import psycopg2

    server = psycopg2.connect(urlunsplit(urlsplit(POSTGRES)._replace(path="/postgres")), connect_timeout=3)
    server.autocommit = True
    return server


def measure(name: str, url: str, word: str) -> int:
    """Run the benchmarks in a child with this database; returns its exit code."""
    load, cores = os.getloadavg()[0], os.cpu_count()
    busy = " (busy: times below are those of a waiting process)" if load > cores else ""
    print(f"\n=== {name} · {cores} cores, load {load:.1f}{busy}", flush=True)
    with tempfile.TemporaryDirectory(prefix="ledger-bench-") as directory:
        env = os.environ | {
            "DATABASE_URL": url,
            "DATA_DIR": directory,
            "MEDIA_ROOT": "",
            "REDIS_URL": "",
            "DEBUG": "0",
            "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        command = [sys.executable, "-m", "benchmarks", "--here", word]
        return subprocess.run(command, cwd=HERE.parent, env=env, check=False).returncode


def run_here(word: str) -> int:
    """Run the benchmarks on the database of the environment, which is ours to fill."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    kept = True
    rows = [("benchmark", "measured", "promise", "to bare SQL", "")]
    for path in sorted(HERE.glob("bench_*.py")):
        if word not in path.stem:
            continue
        for found in importlib.import_module(f"benchmarks.{path.stem}").run():
            kept &= found.kept
            value = f"{found.value:,.1f}".removesuffix(".0") + f" {found.unit}"
            mark = "" if found.kept else "✗ "
            rows.append((found.name, mark + value, found.promise, found.ratio, found.note))
        call_command("flush", interactive=False, verbosity=0)
    _print(rows)
    return int(not kept and connection.vendor == "postgresql")


def _print(rows) -> None:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """Columns in a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["--here"]:
        sys.exit(run_here(arguments[1] if arguments[1:] else ""))
    sys.exit(main(arguments[0] if arguments else ""))

"""`make test`: the suite on SQLite, and where PostgreSQL and Redis answer once more on them, but for the tests marked
`pure`, which ask neither, and those in a browser: what a page does there it does on any database. The walks through all
jobs (`both`) are taken on either.

What could not be run is said at the end; with CI=true that is a failure. Arguments go to pytest.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import redis

ROOT = Path(__file__).resolve().parent.parent
# Several checkouts on one machine share the servers and must not meet there.
OWN = hashlib.sha256(str(ROOT).encode()).hexdigest()
POSTGRES = (
    os.environ.get("TEST_POSTGRES_URL")
    or os.environ.get("DATABASE_URL")
    or "postgres://postgres@127.0.0.1:5432"
)
REDIS = os.environ.get("TEST_REDIS_URL") or os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379"
PROGRAMS = {  # what a fresh machine may lack, and what then goes untested
    "redis-server": "the embedded stack with a private Redis",
    "soffice": "Word files as LibreOffice shows them",
    "pdftotext": "the text of PDF files",
}


def postgres() -> str | None:
    """The address of a database of our own, if the server answers."""
    address = urlunsplit(urlsplit(POSTGRES)._replace(path=f"/ledger_{OWN[:8]}"))
    try:
        psycopg2.connect(urlunsplit(urlsplit(POSTGRES)._replace(path="/postgres")), connect_timeout=3).close()
    except psycopg2.OperationalError:
        return None
    return address


def redis_url() -> str | None:
    """The address of a Redis database, if the server answers."""
    address = urlunsplit(urlsplit(REDIS)._replace(path=f"/{int(OWN, 16) % 12 + 4}"))
    try:
        client = redis.Redis.from_url(address, socket_connect_timeout=3)
        client.ping()
        client.close()
    except redis.RedisError:
        return None
    return address


def run(title: str, environment: dict[str, str], *arguments: str) -> str:
    """Run the suite once; returns a line that says how it went. arguments: for pytest, before those of the command."""
    print(f"\n=== {title}", flush=True)
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    workers = os.environ.get("TEST_PROCESSES") or str(min(os.cpu_count() or 1, 4))
    begun = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        workers,
        "--dist",
        "worksteal",
        *arguments,
        *sys.argv[1:],
    ]
    code = subprocess.run(command, cwd=ROOT, env=env | environment, check=False).returncode
    took = round(time.monotonic() - begun)
    return f"{'passed' if code == 0 else 'FAILED'}  {title} ({took} s)"


def main() -> int:
    sys.path.insert(0, str(ROOT))
    from tests.chromium import chromium_path
    from tests.servers import PostgresServer

    results = [run("SQLite, embedded", {})]
    missing = [f"{name} is not on PATH: {what}" for name, what in PROGRAMS.items() if not shutil.which(name)]
    if not chromium_path():
        missing.append("no Chromium on PATH or in CHROMIUM: pages in a browser")
    if not PostgresServer.programs():
        missing.append("initdb is neither on PATH nor in /usr/lib/postgresql: a database that is restarted")
    database, broker = postgres(), redis_url()
    if database and broker:
        server = {"DATABASE_URL": database, "REDIS_URL": broker}
        results.append(run("PostgreSQL and Redis", server, "-m", "not pure and (not browser or both)"))
    else:
        silent = " and ".join(
            name for name, found in (("PostgreSQL", database), ("Redis", broker)) if not found
        )
        missing.append(f"{silent} did not answer: everything once more on PostgreSQL and Redis")
    print("\n=== make test")
    for line in results:
        print(line)
    for line in missing:
        print(f"not run: {line}")
    strict = os.environ.get("CI") == "true"
    if missing and strict:
        print("FAILED  with CI=true nothing may be left out")
    return int(any(line.startswith("FAILED") for line in results) or bool(missing and strict))


if __name__ == "__main__":
    sys.exit(main())

"""Whole installations for tests that need several at once: each with a database and a DATA_DIR of its own, worked on
by processes of their own. The functions below the class are what those processes do."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import quote

import psycopg2
from django.conf import settings
from django.db import connection

ROOT = Path(settings.BASE_DIR)


def databases() -> list[str]:
    """The kinds of database an installation can be made on in this run."""
    return ["sqlite", "postgresql"] if "postgresql" in settings.DATABASES["default"]["ENGINE"] else ["sqlite"]


class Installation:
    """An empty, migrated installation. `with` removes its database."""

    def __init__(self, kind: str, directory: Path):
        self.name = f"ledger_test_{uuid.uuid4().hex[:12]}" if kind == "postgresql" else ""
        url = ""
        if self.name:
            told = connection.settings_dict
            account = f"{quote(told['USER'])}:{quote(told['PASSWORD'])}"
            url = f"postgres://{account}@{told['HOST']}:{told['PORT'] or 5432}/{self.name}"
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": url,
            "DATA_DIR": str(directory),
            "MEDIA_ROOT": "",
            "REDIS_URL": "",
            "SECRET_KEY": "only-for-tests-" + "x" * 40,
        }
        self.files = directory / "files"

    def __enter__(self):
        if self.name:
            self._on_the_server(f"CREATE DATABASE {self.name}")
        self.manage("migrate", "--verbosity=0")
        return self

    def __exit__(self, *error):
        if self.name:
            self._on_the_server(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _on_the_server(self, statement: str):
        told = connection.settings_dict
        server = psycopg2.connect(
            dbname="postgres",
            user=told["USER"],
            password=told["PASSWORD"],
            host=told["HOST"],
            port=told["PORT"] or 5432,
        )
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(statement)
        server.close()

    def manage(self, *arguments, code: int = 0) -> str:
        """Run a command of manage.py; returns what it said, and insists on its exit code."""
        return self._run([sys.executable, "manage.py", *map(str, arguments)], code)

    def do(self, function, *arguments) -> str:
        """Run a function of a test module in this installation; returns what it printed."""
        return self._run(self._call(function, arguments), 0)

    def start(self, function, *arguments) -> subprocess.Popen:
        """The same without waiting, with pipes to and from it."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen(self._call(function, arguments), cwd=ROOT, env=self.env, **pipes)

    def _call(self, function, arguments):
        script = (
            "import django; django.setup(); import importlib, json, sys;"
            "getattr(importlib.import_module(sys.argv[1]), sys.argv[2])(*json.loads(sys.argv[3]))"
        )
        return [sys.executable, "-c", script, function.__module__, function.__name__, json.dumps(arguments)]

    def _run(self, command, code):
        done = subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

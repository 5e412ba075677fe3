"""Servers of a test's own, which it may kill: Redis and PostgreSQL on a free port of 127.0.0.1."""

import contextlib
import math
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psycopg2
import redis

PATIENCE = 90  # seconds; a worker starts in three, on a busy machine in thirty


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_until(happened, what: str, seconds: float = PATIENCE):
    """Ask until the answer is true; returns it. Fails with what was waited for."""
    deadline = time.monotonic() + seconds
    while not (answer := happened()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return answer


class BreakingLine:
    """What stands between a browser and a server: it breaks once more than `most` bytes went up by one connection, and
    carries nothing until `mend`. `url` is the server's address through it."""

    def __init__(self, upstream: tuple[str, int], *, most: int):
        self.upstream, self.most, self.broken, self.is_whole = upstream, most, 0, True
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def mend(self):
        """From now on it holds."""
        self.most, self.is_whole = math.inf, True

    def close(self):
        """Nobody else gets through."""
        self.listener.close()

    def _listen(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _ = self.listener.accept()
                if not self.is_whole:
                    near.close()
                    continue
                far = socket.create_connection(self.upstream)
                for ends in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source, sink, is_up):
        carried = 0
        with contextlib.suppress(OSError), source, sink:
            while self.is_whole and (data := source.recv(1 << 14)):
                carried += len(data)
                if is_up and carried > self.most:
                    self.broken += 1
                    self.is_whole = False
                    break
                sink.sendall(data)
            for end in (source, sink):
                end.shutdown(socket.SHUT_RDWR)


class RedisServer:
    """A Redis that keeps nothing when it dies."""

    def __init__(self, directory: Path):
        self.directory, self.port = directory, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = None

    @staticmethod
    def is_installed() -> bool:
        return bool(shutil.which("redis-server"))

    def start(self):
        """Returns once it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        with open(self.directory / "redis.log", "ab") as log:
            self.process = subprocess.Popen(command, cwd=self.directory, stdout=log, stderr=log)
        wait_until(self.answers, "Redis to answer")

    def answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def command(self, *words: str):
        """Say something to it, as redis-cli would."""
        with redis.Redis(port=self.port) as client:
            client.execute_command(*words)

    def kill(self):
        """End it at once; twice is once."""
        self.process.kill()
        self.process.wait()


class PostgresServer:
    """A cluster of its own, run by an account that is not root."""

    def __init__(self):
        # Not below pytest's directory, which only its owner may enter.
        self.directory = Path(tempfile.mkdtemp(prefix="ledger-postgres-", dir="/tmp"))
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self.account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self.account:
            os.chown(self.directory, self.account.pw_uid, self.account.pw_gid)
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    @staticmethod
    def programs() -> Path | None:
        """Where initdb and pg_ctl are; Debian keeps them off the PATH."""
        if found := shutil.which("initdb"):
            return Path(found).parent
        versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3])
        return versions[-1].parent if versions else None

    def start(self):
        """Returns once it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.directory} -c fsync=off"
        self._run("pg_ctl", "start", "--wait", "-o", options, "-l", str(self.directory / "log"))

    def stop(self):
        """Break it off: connections are cut, nothing is written down; the next start recovers from its log."""
        self._run("pg_ctl", "stop", "--mode=immediate")

    def remove(self):
        if (self.directory / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def ask(self, question: str):
        """The rows of a query, on a connection of its own."""
        with psycopg2.connect(self.url) as link, link.cursor() as cursor:
            cursor.execute(question)
            rows = cursor.fetchall()
        link.close()
        return rows

    def _run(self, program, *arguments):
        account = {"user": self.account.pw_uid, "group": self.account.pw_gid} if self.account else {}
        # Not captured by a pipe: the server would inherit it, and reading would never end.
        with open(self.directory / "commands.log", "ab") as log:
            subprocess.run(
                [str(self.programs() / program), *arguments, "-D", str(self.directory / "data")],
                check=True,
                cwd=self.directory,
                stdout=log,
                stderr=log,
                timeout=PATIENCE,
                **account,
            )


def end_group(process):
    """End a process that leads a group, and the whole group, without a chance to clean up."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)

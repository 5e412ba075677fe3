"""`manage.py up`: the whole stack for one branch on one machine."""

import importlib.util
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.runner import AlreadyRunning, Program, Supervisor, only_one

# Ours alone: no port, nothing kept. Its warnings are about sizes and kept data we do not have.
REDIS = """
port 0
unixsocket {path}
unixsocketperm 700
dir {directory}
logfile {directory}/redis.log
save ""
appendonly no
"""


class Command(BaseCommand):
    help = "Serve web, worker and scheduler until Ctrl-C (SQLite and a private broker unless configured otherwise)."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--host", default=settings.HOST, help="address to listen on (HOST)")
        parser.add_argument(
            "--port", type=int, default=settings.PORT, help="port to listen on (PORT); 0: any free one"
        )

    def handle(self, *, host, port, **options):
        try:
            with only_one(settings.DATA_DIR / "up.lock") as lock:
                self._refuse_half_set_up()
                trouble = self._serve(host, port, lock)
        except AlreadyRunning as running:
            raise CommandError(
                f"{settings.DATA_DIR} 已在运行（进程 {running.pid}），不能再启动一份"
            ) from None
        if trouble:
            raise CommandError(trouble)
        self.stdout.write("已全部停止。")

    def _refuse_half_set_up(self):
        """Clear sentences for what would otherwise be an error page."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("数据库还不是这个版本的样子；请先运行 make run 或 manage.py prepare")
        if not settings.DEBUG and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
            raise CommandError("页面文件还没有准备好；请先运行 make run 或 manage.py prepare")
        connection.close()

    def _serve(self, host, port, lock):
        listener = self._listen(host, port)
        host, port = listener.getsockname()[:2]
        # Short: the path of a unix socket may have some hundred characters only.
        temporary = Path(tempfile.mkdtemp(prefix="ledger-", dir="/tmp"))
        try:
            programs, env = self._programs(listener.fileno(), temporary)
            env |= {"HOST": host, "PORT": str(port)}
            shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
            self.stdout.write(f"支部台账  http://{shown}:{port}/   （按 Ctrl-C 停止）")
            self.stdout.flush()
            return Supervisor(programs, env=env, lock=lock, temporary=temporary).run()
        finally:
            listener.close()
            shutil.rmtree(temporary, ignore_errors=True)

    def _listen(self, host, port):
        """The web server gets the open socket: whoever comes while it restarts waits instead of being refused."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except OSError as error:
            listener.close()
            raise CommandError(
                f"不能在 {host}:{port} 上监听（{error.strerror}）；换一个端口再试，如 PORT={port + 1}"
            ) from None
        return listener

    def _programs(self, listener, temporary):
        """The programs of the stack and the environment they share."""
        python, quiet = sys.executable, ["--quiet", "-A", "config"]
        env = os.environ | {"PYTHONUNBUFFERED": "1"}
        programs = []
        if not settings.REDIS_URL:
            # What an earlier run left in the file broker are hints about jobs that the sweep finds anyway.
            shutil.rmtree(settings.BROKER_DIR, ignore_errors=True)
            if redis := shutil.which("redis-server"):
                path = temporary / "redis"
                env["REDIS_URL"] = f"redis+socket://{path}"
                (temporary / "redis.conf").write_text(REDIS.format(directory=temporary, path=path))
                programs.append(Program("redis", [redis, str(temporary / "redis.conf")], order=9))
            self.stdout.write("队列：" + ("自带的 redis-server" if redis else "文件（没有 redis-server）"))
        web = [python, "-m", "gunicorn", "--config", "python:config.gunicorn", "--bind", f"fd://{listener}"]
        worker = [python, "-m", "celery", *quiet, "worker", "--without-gossip", "--without-mingle"]
        return [
            *programs,
            Program("web", [*web, "config.wsgi"], inherit=(listener,)),
            Program("beat", [python, "-m", "celery", *quiet, "beat", "--pidfile="], order=1),
            Program("worker", worker, grace=30, order=2),
            *self._reader(worker),
        ], env

    def _reader(self, worker):
        """One process for certificates, where what it needs is installed: it takes some 800 MB once it has work."""
        if all(importlib.util.find_spec(name) for name in settings.OCR_LIBRARIES):
            yield Program("ocr", [*worker, "-Q", "ocr", "-c", "1", "-n", "ocr@%h"], grace=30, order=2)

"""Keeping a few programs running together: start, prefix what they say, restart what dies, stop all cleanly.

One thread and one loop: everything that happens (a line of output, the end of a program, a signal) arrives on a
selector, so nothing polls. Each program leads a process group of its own; a Ctrl-C in the terminal therefore reaches
only the supervisor, which then asks each to finish, and kills what does not.

A small guard process knows all groups. If the supervisor dies without a chance to clean up (kill -9), the guard kills
them, removes the temporary directories and only then lets go of the lock, so that the next start finds a clean place.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

QUICK = 30  # seconds; who dies sooner after a start is counted as failing
ATTEMPTS = 5  # quick deaths in a row before we give up
PAUSE = 1.0  # seconds before the first restart; doubled after each
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AlreadyRunning(Exception):
    """Another supervisor holds the lock; `pid` says which."""

    def __init__(self, pid: int):
        super().__init__(pid)
        self.pid = pid


@dataclass
class Program:
    """One program to keep running. `grace`: seconds it may take to finish; `order`: the lowest is stopped first."""

    name: str
    argv: list[str]
    grace: float = 15
    order: int = 0
    inherit: tuple[int, ...] = ()
    process: subprocess.Popen | None = field(default=None, init=False)
    started: float = field(default=0, init=False)
    failures: int = field(default=0, init=False)
    restart_at: float | None = field(default=None, init=False)


# ---------------------------------------------------------------- one supervisor a directory
@contextlib.contextmanager
def only_one(path: Path, patience: float = 10) -> Iterator[int]:
    """Hold the lock of a directory; yields its file descriptor. Raises AlreadyRunning.

    The lock of a supervisor that was killed is held by its guard for the moment that needs to clean up: we wait.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                holder = int(os.pread(handle, 20, 0) or 0)
                if _alive(holder) or time.monotonic() > deadline:
                    raise AlreadyRunning(holder) from None
                time.sleep(0.05)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield handle
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def kill_group(group: int) -> None:
    """End every process of the group at once; none is left is fine too."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


# ---------------------------------------------------------------- the guard
def guard(lines) -> None:
    """Read `start GROUP`, `end GROUP`, `remove PATH` until the supervisor is gone; then clean up what is left."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    groups, paths = set(), []
    for line in lines:
        verb, _, rest = line.rstrip("\n").partition(" ")
        if verb == "start":
            groups.add(int(rest))
        elif verb == "end":
            groups.discard(int(rest))
        else:
            paths.append(rest)
    for group in groups:
        kill_group(group)
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)


# ---------------------------------------------------------------- the supervisor
class Supervisor:
    """Runs the programs until a signal, or until one of them cannot be kept alive."""

    def __init__(self, programs: list[Program], *, env: dict[str, str], lock: int, temporary: Path):
        self.programs = programs
        self.env = env
        self.lock = lock
        self.temporary = temporary
        self.selector = selectors.DefaultSelector()
        self.stopping = False
        self.trouble = ""

    def run(self) -> str:
        """Blocks until everything has stopped. Returns what went wrong, or an empty text after a wanted stop."""
        with self._signals(), self._guard():
            try:
                for program in self.programs:
                    self._start(program)
                while not self.stopping:
                    self._wait(self._next_restart())
                    self._restart_due()
            finally:
                self._stop_all()
        return self.trouble

    # -- programs
    def _start(self, program: Program) -> None:
        program.restart_at = None
        program.started = time.monotonic()
        program.process = subprocess.Popen(
            program.argv,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=program.inherit,
        )
        self._tell_guard(f"start {program.process.pid}")
        os.set_blocking(program.process.stdout.fileno(), False)
        self.selector.register(program.process.stdout, selectors.EVENT_READ, [program, b""])

    def _reap(self) -> None:
        """See which programs have ended, and decide what becomes of them."""
        for program in self.programs:
            if program.process is None or (code := program.process.poll()) is None:
                continue
            self._ended(program)
            if self.stopping:
                continue
            lived = time.monotonic() - program.started
            program.failures = program.failures + 1 if lived < QUICK else 1
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            if program.failures >= ATTEMPTS:
                self.trouble = (
                    f"{program.name} 连续 {ATTEMPTS} 次启动失败（{how}），已全部停止；原因见上面它的输出"
                )
                self.stopping = True
                return
            delay = PAUSE * 2 ** (program.failures - 1)
            program.restart_at = time.monotonic() + delay
            self._say(f"{program.name} 意外退出（{how}），{delay:g} 秒后重启")

    def _ended(self, program: Program) -> None:
        """Clear away what is left of a program whose first process has ended."""
        kill_group(program.process.pid)
        for key in list(self.selector.get_map().values()):
            if key.data and key.data[0] is program:
                self._read(key, last=True)
        self._tell_guard(f"end {program.process.pid}")
        program.process = None

    def _next_restart(self) -> float | None:
        due = [program.restart_at for program in self.programs if program.restart_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _restart_due(self) -> None:
        for program in self.programs:
            if (
                not self.stopping
                and program.restart_at is not None
                and program.restart_at <= time.monotonic()
            ):
                self._start(program)

    def _stop_all(self) -> None:
        """Ask, in order, each to finish what it is doing; kill who takes too long, or all at a second signal."""
        self.stopping = True
        self.asked_again = False
        for program in sorted(self.programs, key=lambda program: program.order):
            if program.process is None:
                continue
            with contextlib.suppress(ProcessLookupError):
                program.process.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + program.grace
            while program.process is not None:
                left = deadline - time.monotonic()
                if left <= 0 or self.asked_again:
                    kill_group(program.process.pid)
                    program.process.wait()
                    self._reap()
                else:
                    self._wait(left)

    # -- events
    def _wait(self, timeout: float | None) -> None:
        """Handle what happens next: output, the end of a program, a signal."""
        for key, _ in self.selector.select(timeout):
            if key.data:
                self._read(key)
            else:
                for number in os.read(key.fd, 512):
                    if number in STOPPING:
                        self.asked_again = self.stopping
                        self.stopping = True
        self._reap()

    def _read(self, key, last: bool = False) -> None:
        program, kept = key.data
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(key.fd, 65536):
                kept += chunk
            last = True  # end of file
        *lines, kept = kept.split(b"\n")
        if last and kept:
            lines.append(kept)
        for line in lines:
            self._say(line.decode(errors="replace"), program.name)
        key.data[1] = kept
        if last:
            self.selector.unregister(key.fileobj)
            key.fileobj.close()

    @contextlib.contextmanager
    def _signals(self):
        """Signals become bytes on a pipe; the end of a child is one of them."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        numbers = (*STOPPING, signal.SIGCHLD)
        before = {number: signal.signal(number, lambda *_: None) for number in numbers}
        wakeup = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self.selector.register(reading, selectors.EVENT_READ, None)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            self.selector.close()
            os.close(reading)
            os.close(writing)

    # -- guard and voice
    @contextlib.contextmanager
    def _guard(self):
        self.guard = subprocess.Popen(
            [sys.executable, str(Path(__file__)), "guard"],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=(self.lock,),
            text=True,
        )
        self._tell_guard(f"remove {self.temporary}")
        try:
            yield
        finally:
            self.guard.stdin.close()
            self.guard.wait()

    def _tell_guard(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.guard.stdin.write(line + "\n")
            self.guard.stdin.flush()

    def _say(self, text: str, name: str = "up") -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone
            print(f"{name:>6} | {text}", flush=True)


if __name__ == "__main__" and sys.argv[1:] == ["guard"]:
    guard(sys.stdin)

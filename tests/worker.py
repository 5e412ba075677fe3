"""The product's queue for a real worker started by a test: `celery -A tests.worker worker`.

The broker comes from TEST_BROKER, as JSON: the address and options of this test alone. Further:

TEST_GATE: one more file to a report, whose renderer waits until somebody writes to that FIFO: a compile that is under
way for as long as a test needs it to be. Half of the file is written before the wait.
TEST_BROKEN: one more file, whose renderer raises an error (`error`), ends its process (`child`) or its worker with all
children (`worker`).
TEST_FULL: the path of a plan, lines of a file's name and a size: the next time this file is written, the disk is full
after so many bytes; there is room again once the failure was logged. The kernel refuses the write, by a limit on the
size of files, so it says EFBIG where a full disk says ENOSPC.
"""

import dataclasses
import json
import logging
import os
import resource
import signal
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.celery import app

app.conf.update(json.loads(os.environ["TEST_BROKER"]))


@app.on_after_finalize.connect
def change_renderers(sender, **kwargs):
    """Plug the extra renderers in once Django is ready."""
    from reports.render import OUTPUTS, Output

    if "TEST_GATE" in os.environ:
        OUTPUTS.append(Output("gate.txt", "闸门", "", "text/plain", wait_at_gate))
    if "TEST_BROKEN" in os.environ:
        OUTPUTS.append(Output("broken.txt", "坏文件", "", "text/plain", fail))
    if "TEST_FULL" in os.environ:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        logging.getLogger("reports.services").addHandler(Room())
        OUTPUTS[:] = [dataclasses.replace(output, write=limited(output)) for output in OUTPUTS]


def wait_at_gate(compiled, stream) -> None:
    """Opening a FIFO to read blocks until somebody opens it to write."""
    stream.write("半".encode())
    stream.flush()
    with open(os.environ["TEST_GATE"], "rb") as gate:
        stream.write(gate.read())


def fail(compiled, stream) -> None:
    """What a renderer must never do."""
    stream.write("半".encode())
    stream.flush()
    match os.environ["TEST_BROKEN"]:
        case "child":
            os.kill(os.getpid(), signal.SIGKILL)
        case "worker":
            os.killpg(os.getpgrp(), signal.SIGKILL)
    raise ValueError("this renderer is broken")


def limited(output):
    """The output's own writer, on a disk that is full after what the plan says."""

    def write(compiled, stream):
        plan = Path(os.environ["TEST_FULL"])
        line, _, rest = plan.read_text("utf-8").partition("\n")
        name, _, size = line.partition(" ")
        if name == output.name:
            plan.write_text(rest, "utf-8")
            limit_files(int(size))
        output.write(compiled, stream)

    return write


def limit_files(size: int) -> None:
    """No file of this process may grow beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


class Room(logging.Handler):
    """Makes room on the disk once something was logged."""

    def emit(self, record):
        limit_files(resource.RLIM_INFINITY)

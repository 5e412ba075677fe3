"""The product's queue for a real worker started by a test: `celery -A tests.worker worker`.

The broker comes from TEST_BROKER, as JSON: the address and options of this test alone. With TEST_GATE set there is one
more file to a report, whose renderer waits until somebody writes to that FIFO: a compile that is under way for as long
as a test needs it to be. With TEST_BROKEN set, there is one that fails.
"""

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.celery import app

app.conf.update(json.loads(os.environ["TEST_BROKER"]))


@app.on_after_finalize.connect
def add_renderer(sender, **kwargs):
    """Plug the extra renderer in once Django is ready."""
    from reports.render import OUTPUTS, Output

    if "TEST_GATE" in os.environ:
        OUTPUTS.append(Output("gate.txt", "闸门", "", "text/plain", wait_at_gate))
    if "TEST_BROKEN" in os.environ:
        OUTPUTS.append(Output("broken.txt", "坏文件", "", "text/plain", fail))


def wait_at_gate(compiled, stream) -> None:
    """Opening a FIFO to read blocks until somebody opens it to write."""
    with open(os.environ["TEST_GATE"], "rb") as gate:
        stream.write(gate.read())


def fail(compiled, stream) -> None:
    """What a renderer must never do."""
    raise ValueError("this renderer is broken")

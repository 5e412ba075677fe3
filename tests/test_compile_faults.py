import os, signal
from tests.compiling import *
from tests.compiling import children

import pytest
@pytest.mark.parametrize("n", range(3))
def test_idle(press, start_worker, n):
    worker = start_worker(processes=2)
    press()
    wait_until(has(status="done"), "first")
    for _ in range(2):
        kids = children(worker.pid)
        for child in kids:
            os.kill(child, signal.SIGKILL)
        wait_until(lambda: len(set(children(worker.pid)) - set(kids)) == 2, "replacement")
    press()
    wait_until(lambda: Compilation.objects.filter(status="done").count() == 2, "the second")

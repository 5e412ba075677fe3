"""The compile when something dies: children, workers, brokers, databases, disks. Real processes, really killed.

Asked for each time: one report, nothing lost, nothing doubled, nothing half written, figures of one moment; or a
sentence why there is none.
"""

import os
import signal
import threading

import pytest
from django.db import connection, transaction

from core.tasks import remove_half_written_files
from reports import services
from reports.models import Compilation
from tests import factories as make
from tests.compiling import (
    check_files,
    check_one_report,
    children,
    done,
    half_written,
    has,
    late,
    signal_group,
    the_row,
)
from tests.servers import end_group, wait_until

both_brokers = pytest.mark.parametrize("broker", ["files", "redis"], indirect=True)


def clean_up_after_the_dead():
    """What the scheduler does, an hour later."""
    for path in half_written():
        os.utime(path, (0, 0))
    remove_half_written_files()


# ---------------------------------------------------------------- workers and their children
@both_brokers
def test_a_child_killed_in_mid_compile_costs_nothing_but_time(press, start_worker, gate):
    worker = start_worker(processes=2, TEST_GATE=gate.path)
    press()
    gate.wait()
    for child in children(worker.pid):  # the one that compiles, and the one that waits for work
        os.kill(child, signal.SIGKILL)
    services.sweep(late())
    gate.wait(attempts=2)
    gate.open()
    done()
    assert len(half_written()) == 1  # the dead child's
    clean_up_after_the_dead()
    assert "gate.txt" in check_one_report(attempts=2).files


@both_brokers
def test_children_killed_while_they_wait_for_work_cost_nothing(press, start_worker):
    worker = start_worker()
    press()
    done()
    for _ in range(2):
        killed = children(worker.pid)
        for child in killed:
            os.kill(child, signal.SIGKILL)
        wait_until(lambda killed=killed: len({*children(worker.pid)} - {*killed}) == 2, "two new children")
    press()
    done(2)


def test_a_worker_killed_in_mid_compile_costs_nothing_but_time(press, start_worker, gate):
    worker = start_worker(TEST_GATE=gate.path)
    press()
    gate.wait()
    end_group(worker)
    start_worker()
    services.sweep()  # the lease has not run out yet
    assert the_row().status == "running"
    services.sweep(late())
    done()
    clean_up_after_the_dead()
    check_one_report(attempts=2)


def test_a_worker_that_slept_through_its_lease_changes_nothing(press, start_worker, gate):
    sleeper = start_worker(processes=1, TEST_GATE=gate.path)
    press()
    gate.wait()
    signal_group(sleeper, signal.SIGSTOP)
    other = start_worker()
    services.sweep(late())
    done()
    before = the_row()
    end_group(other)
    signal_group(sleeper, signal.SIGCONT)
    gate.open()
    press()  # only the sleeper can take this one: proof that it is through with the first
    gate.wait()
    assert (Compilation.objects.get(pk=before.pk).__dict__ | {"_state": 0}) == before.__dict__ | {"_state": 0}
    gate.open()
    done(2)
    check_files()


@pytest.mark.parametrize("victim", ["child", "worker"])
def test_a_compile_that_kills_each_time_ends_with_a_sentence(press, start_worker, victim):
    worker = start_worker(processes=1, TEST_BROKEN=victim)
    press()
    for attempt in range(1, services.MAX_ATTEMPTS + 1):
        wait_until(has(status="running", step="生成坏文件", attempts=attempt), f"attempt {attempt}")
        if victim == "worker":
            worker.wait(60)
            if attempt < services.MAX_ATTEMPTS:
                worker = start_worker(processes=1, TEST_BROKEN=victim)
        services.sweep(late())
    row = the_row()
    assert (row.status, row.token) == ("failed", None)
    assert row.error == "后台程序在编译中途退出了 3 次，已停止；请重试，仍不行请联系管理员"
    services.sweep(late())
    assert the_row().status == "failed"
    clean_up_after_the_dead()
    check_files()


# ---------------------------------------------------------------- a full disk
def test_a_disk_full_at_each_write_leaves_nothing_half_and_says_so(press, start_worker, tmp_path):
    plan = tmp_path / "plan"
    plan.write_text("")
    start_worker(processes=1, TEST_FULL=str(plan))
    press()
    done()
    sizes = {name: file["size"] for name, file in check_one_report().files.items()}
    writes = [(name, at) for name, size in sizes.items() for at in (0, size // 2, size - 1)]
    # Three attempts a press: each begins, breaks off at the next place, and leaves nothing.
    for number in range(0, len(writes), services.MAX_ATTEMPTS):
        plan.write_text("".join(f"{name} {at}\n" for name, at in writes[number : number + 3]))
        press()
        wait_until(lambda: Compilation.objects.latest("pk").status not in ("queued", "running"), "an end")
        row = Compilation.objects.latest("pk")
        assert (row.status, row.attempts) == ("failed", services.MAX_ATTEMPTS)
        assert row.error == "服务器磁盘空间不足，文件没有写成；请联系管理员清理后重试"
        assert (row.figures, row.files) == (None, {})
        check_files()
    press()
    done(2)
    check_files()


# ---------------------------------------------------------------- figures of one moment
def test_figures_are_of_one_moment_while_others_write(press, reporting, start_worker):
    """Whoever writes adds a paper and an activity at once: no report may have more of the one than of the other."""
    start_worker(processes=1)
    over, troubles, written = threading.Event(), [], []

    def write():
        try:
            while not over.wait(0.01) and len(written) < 300:
                with transaction.atomic():
                    make.OutcomeFactory(organisation=reporting.north)
                    make.ActivityFactory(organisation=reporting.north)
                written.append(1)
        except Exception as error:
            troubles.append(error)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for count in (1, 2):
            wait_until(lambda count=count: len(written) > 5 * count or troubles, "somebody to write")
            press()
            done(count)
    finally:
        over.set()
        writer.join(60)
    assert troubles == []
    for row in Compilation.objects.all():
        values = {figure["key"]: figure["value"] for figure in row.figures["figures"]}
        assert 0 < values["activities.total"] <= len(written)
        assert values["outcomes.paper"] == values["activities.total"] + 3

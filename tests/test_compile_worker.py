"""The compile with a real broker and a real worker: press, done; kill, sweep, done; deliveries, double clicks, an empty
broker.

Redis where it answers, else the file broker; whichever database the run is on.
"""

import os
import signal

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from reports import services
from reports.models import Compilation, ReportUse
from tests import factories as make
from tests.compiling import *  # noqa: F403


# ---------------------------------------------------------------- tests
def test_a_press_ends_with_a_report(press, start_worker):
    start_worker()
    press()
    wait_until(has(status="done"), "the compilation to be done")
    check_done()


def test_a_double_click_and_five_deliveries_make_one_report(press, start_worker):
    press()
    press()
    for _ in range(5):
        services.hint(the_row().pk)
    start_worker()
    wait_until(has(status="done"), "the compilation to be done")
    # A second compilation is the proof that the worker is through with the deliveries before it.
    press()
    wait_until(lambda: Compilation.objects.filter(status="done").count() == 2, "the second compilation")
    assert [row.attempts for row in Compilation.objects.all()] == [1, 1]


def test_a_worker_killed_in_mid_compile_costs_nothing_but_time(press, start_worker, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    worker = start_worker(TEST_GATE=str(gate))
    press()
    wait_until(has(status="running", step="生成闸门"), "the worker to be at the gate")
    kill(worker)
    assert the_row().status == "running"
    start_worker()
    services.sweep()  # the lease has not run out yet
    assert the_row().status == "running"
    services.sweep(timezone.now() + services.LEASE * 1.1)
    wait_until(has(status="done"), "the second worker to finish")
    check_done(attempts=2)


def test_a_child_killed_in_mid_compile_costs_nothing_but_time(press, start_worker, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    worker = start_worker(processes=1, TEST_GATE=str(gate))
    press()
    wait_until(has(status="running", step="生成闸门"), "the worker to be at the gate")
    [child] = children(worker.pid)
    os.kill(child, signal.SIGKILL)
    services.sweep(timezone.now() + services.LEASE * 1.1)
    wait_until(has(status="running", step="生成闸门", attempts=2), "another child to be at the gate")
    with open(gate, "wb") as opened:
        opened.write("开".encode())
    wait_until(has(status="done"), "the compilation to be done")
    assert "gate.txt" in check_done(attempts=2).files


def test_a_message_that_was_lost_is_sent_again(press, broker, start_worker):
    press()
    empty(broker)
    start_worker()
    services.sweep()  # hinted a moment ago: too early to hint again
    services.sweep(timezone.now() + services.HINT_AGAIN * 1.1)
    wait_until(has(status="done"), "the compilation to be done")
    check_done()


def test_a_renderer_that_always_fails_ends_with_a_sentence(press, start_worker):
    start_worker(TEST_BROKEN="1")
    press()
    wait_until(has(status="failed"), "the compilation to fail")
    row = the_row()
    assert row.attempts == services.MAX_ATTEMPTS
    assert row.error.startswith("生成文件时出错，试了 3 次都没有成功")
    assert (row.figures, ReportUse.objects.count()) == (None, 0)


def test_a_cancelled_compile_leaves_nothing(press, cast, start_worker, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    start_worker(TEST_GATE=str(gate))
    press()
    wait_until(has(status="running", step="生成闸门"), "the worker to be at the gate")
    assert services.cancel_compilation(the_row(), by=cast.alice)
    with open(gate, "wb") as opened:
        opened.write("开".encode())
    press()  # the next one is proof that the worker is through with the first
    wait_until(has(status="running", step="生成闸门"), "the worker to be at the gate again")
    with open(gate, "wb") as opened:
        opened.write("开".encode())
    wait_until(has(status="done"), "the second compilation")
    assert [row.status for row in Compilation.objects.order_by("pk")] == ["cancelled", "done"]


def test_a_record_edited_in_mid_compile_is_in_the_next_one(press, cast, start_worker, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    start_worker(TEST_GATE=str(gate))
    press()
    wait_until(has(status="running", step="生成闸门"), "the worker to be at the gate")
    make.OutcomeFactory(organisation=cast.north)
    with open(gate, "wb") as opened:
        opened.write("开".encode())
    wait_until(has(status="done"), "the compilation to be done")
    check_done()


def test_the_page_follows_the_compile_and_stops_asking(cast, start_worker, tmp_path, browse):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    start_worker(TEST_GATE=str(gate))
    page = browse(cast.alice)
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(reverse("reports:report_detail", args=[cast.report.pk]))
    page.get_by_role("button", name="编译报告").click()
    page.get_by_text("编译中").wait_for()
    with open(gate, "wb") as opened:
        opened.write("开".encode())
    page.get_by_text("第 1 版下载").wait_for()
    expect(page.locator("[hx-trigger]")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_text("Word 文稿").click()
    assert download.value.suggested_filename == f"{cast.report.title_text}.docx"

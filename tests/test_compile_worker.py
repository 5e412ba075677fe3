"""The compile with a real broker and a real worker: press and done, deliveries and double clicks, cancelling, the page.

What goes wrong on the way is in test_compile_faults.py.
"""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from core.models import Change
from reports import services
from reports.models import Compilation
from tests import factories as make
from tests.compiling import (
    check_files,
    check_one_report,
    done,
    empty,
    has,
    late,
    press_over_http,
    the_row,
)
from tests.servers import PATIENCE, wait_until


def test_a_press_ends_with_a_report(press, start_worker):
    start_worker()
    press()
    done()
    check_one_report()


def test_five_deliveries_and_two_workers_make_one_report(press, start_worker):
    start_worker()
    start_worker()
    press()
    for _ in range(5):
        services.hint(the_row().pk)
    done()
    check_one_report()
    # Two more compilations are the proof that the workers are through with the deliveries before them.
    for count in (2, 3):
        press()
        done(count)
    assert [row.attempts for row in Compilation.objects.all()] == [1, 1, 1]
    check_files()


def test_clicks_at_the_same_moment_make_one_report(reporting, start_worker, live_server):
    start_worker()
    together, statuses = threading.Barrier(4), []

    def click():
        try:
            client = Client()
            client.force_login(reporting.alice)
            together.wait(30)
            statuses.append(press_over_http(live_server, client, reporting.report))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses == [302] * 4
    done()
    check_one_report()
    assert Change.objects.about(reporting.report).filter(verb=Change.Verb.COMPILE).count() == 1


@pytest.mark.parametrize("broker", ["files", "redis"], indirect=True)
def test_a_message_that_was_lost_is_sent_again(press, broker, start_worker):
    press()
    empty(broker)
    start_worker()
    services.sweep()  # hinted a moment ago: too early to hint again
    services.sweep(late())
    done()
    check_one_report()


def test_a_renderer_that_always_fails_ends_with_a_sentence(press, start_worker):
    start_worker(TEST_BROKEN="error")
    press()
    wait_until(has(status="failed"), "the compilation to fail")
    row = the_row()
    assert row.attempts == services.MAX_ATTEMPTS
    assert row.error.startswith("生成文件时出错，试了 3 次都没有成功")
    assert row.figures is None
    check_files()


def test_a_cancelled_compile_leaves_nothing(press, reporting, start_worker, gate):
    start_worker(TEST_GATE=gate.path)
    press()
    gate.wait()
    assert services.cancel_compilation(the_row(), by=reporting.alice)
    gate.open()
    press()  # the next one is proof that the worker is through with the first
    gate.wait()
    gate.open()
    done()
    assert [row.status for row in Compilation.objects.order_by("pk")] == ["cancelled", "done"]
    check_files()


def test_a_record_edited_in_mid_compile_is_in_the_next_one(press, reporting, start_worker, gate):
    start_worker(TEST_GATE=gate.path)
    press()
    gate.wait()
    make.OutcomeFactory(organisation=reporting.north)
    gate.open()
    done()
    check_one_report(papers=3)


def test_the_page_follows_the_compile_and_stops_asking(reporting, start_worker, gate, browse):
    start_worker(TEST_GATE=gate.path)
    page = browse(reporting.alice)
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(reverse("reports:report_detail", args=[reporting.report.pk]))
    page.get_by_role("button", name="编译报告").dblclick()
    page.get_by_text("编译中").wait_for()
    gate.open()
    page.get_by_text("第 1 版下载").wait_for()
    expect(page.locator("[hx-trigger^=every]")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Word 文稿").click()
    assert download.value.suggested_filename == f"{reporting.report.title_text}.docx"
    assert Compilation.objects.count() == 1

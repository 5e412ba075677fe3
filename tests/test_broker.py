"""The broker that is a directory; that it lets nobody starve is in test_compile_faults.py."""

import resource
import threading
from queue import Empty

import pytest
from django.urls import reverse
from kombu import Connection

from reports.models import Compilation


@pytest.fixture
def connect(tmp_path):
    """connect(): one more connection to the broker of this test."""
    opened = []

    def connect():
        options = {"folder": str(tmp_path / "broker"), "polling_interval": 0.01}
        opened.append(Connection("directory://localhost/", transport_options=options))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


def test_messages_come_in_their_order_and_once(connect, tmp_path):
    sender, receiver = connect().SimpleQueue("work"), connect().SimpleQueue("work")
    for number in range(12):
        sender.put(number)
    assert len(receiver) == 12
    assert [receiver.get(timeout=5).payload for _ in range(12)] == [*range(12)]
    with pytest.raises(Empty):
        receiver.get(block=False)
    assert list((tmp_path / "broker").iterdir()) == []


def test_of_several_who_take_each_message_is_for_one(connect):
    sender = connect().SimpleQueue("work")
    for number in range(200):
        sender.put(number)
    taken = []

    def take(queue):
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                return
            message.ack()
            taken.append(message.payload)

    threads = [threading.Thread(target=take, args=[connect().SimpleQueue("work")]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == [*range(200)]


def test_queues_do_not_meet_and_can_be_emptied(connect):
    one, other = connect().SimpleQueue("work"), connect().SimpleQueue("more.work")
    one.put("for one")
    other.put("for the other")
    assert (len(one), len(other)) == (1, 1)
    assert other.clear() == 1
    assert one.get(timeout=5).payload == "for one"


def test_a_full_disk_leaves_no_half_of_a_message(connect, tmp_path):
    queue = connect().SimpleQueue("work")
    queue.put("whole")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            queue.put("half" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(list((tmp_path / "broker").iterdir())) == 1
    assert queue.get(timeout=5).payload == "whole"


@pytest.mark.parametrize("broker", ["files"], indirect=True)
def test_a_broker_that_cannot_write_costs_no_press(broker, tmp_path, reporting, client):
    (tmp_path / "broker").write_text("in the way of the directory")
    client.force_login(reporting.alice)
    answer = client.post(reverse("reports:report_compile", args=[reporting.report.pk]))
    assert answer.status_code == 302
    assert Compilation.objects.get().status == "queued"

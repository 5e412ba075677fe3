"""Certificates that end are spoken of 90, 30 and 7 days before, once each, to holder and secretaries."""

import datetime as dt
import threading

import pytest
from django.conf import settings
from django.db import connections

from branch import services
from branch.models import ExpiryReminder
from branch.reminders import remind
from branch.tasks import remind_of_expiry
from core.dates import today
from core.links import record_url
from core.models import Notice
from tests.cast import make_cast
from tests.factories import AppointmentFactory, CertificationFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db
END = dt.date(2026, 12, 31)


def before(days):
    return END - dt.timedelta(days=days)


def told():
    """What was said, to whom, since the last time one asked."""
    found = [
        (notice.user.username, notice.text) for notice in Notice.objects.select_related("user").order_by("pk")
    ]
    Notice.objects.all().delete()
    return sorted(found)


@pytest.fixture
def ending(cast):
    """A certificate of bob's."""
    return CertificationFactory(
        member=cast.bob_member, direction="Datacom", passed_on="2024-01-01", valid_until=str(END)
    )


def test_holder_and_secretary_are_told_at_each_stage_once(cast, ending):
    assert remind(before(91)) == 0
    assert remind(before(90)) == 1
    assert told() == [
        ("alice", "鲍勃的 HCIP-Datacom 证书还有 90 天到期（2026年12月31日），请提醒本人换证"),
        ("bob", "您的 HCIP-Datacom 证书还有 90 天到期（2026年12月31日），换了新证请及时交上来"),
    ]
    for days in (90, 89, 31):
        assert remind(before(days)) == 0
    for days, words in ((30, "还有 30 天"), (7, "还有 7 天")):
        assert (remind(before(days)), remind(before(days)), remind(before(days - 1))) == (1, 0, 0)
        assert {words in text for _, text in told()} == {True}
    assert (remind(END), remind(END + dt.timedelta(days=1))) == (0, 0)
    assert told() == []
    assert sorted(ExpiryReminder.objects.values_list("days", flat=True)) == [7, 30, 90]


def test_a_notice_leads_to_the_certificate(cast, ending, sign_in):
    remind(before(90))
    assert set(Notice.objects.values_list("url", flat=True)) == {record_url(ending)}
    for person in (cast.alice, cast.bob):
        assert sign_in(person).get(record_url(ending)).status_code == 200


@pytest.mark.parametrize(("days", "words"), [(29, "还有 29 天"), (5, "还有 5 天"), (0, "今天到期")])
def test_after_days_without_a_worker_only_the_nearest_stage_is_told(cast, ending, days, words):
    assert remind(before(days)) == 1
    assert [words in text for _, text in told()] == [True, True]
    assert remind(before(days)) == 0


def test_an_end_that_is_only_a_month_counts_through_its_last_day(cast):
    CertificationFactory(member=cast.bob_member, valid_until="2026-12")
    assert remind(before(91)) == 0
    assert remind(before(90)) == 1
    assert "（2026年12月）" in told()[0][1]


def test_a_changed_end_is_told_anew(cast, ending):
    remind(before(90))
    services.update_certification(ending, valid_until="2027-01-05", by=None)
    told()
    assert remind(before(85)) == 1
    assert "2027年1月5日" in told()[0][1]


def renewed(certification, **fields):
    return CertificationFactory(
        member=certification.member, direction="Datacom", passed_on="2026-09-01", valid_until="2029", **fields
    )


def test_a_verified_renewal_ends_it_and_a_waiting_one_is_spoken_of(cast, ending):
    new = renewed(ending, status="pending")
    assert remind(before(90)) == 1
    assert "新证书已交，等待审核" in told()[0][1]
    services.verify_certification(new, by=None)
    told()
    assert remind(before(30)) == 0


def test_a_renewal_that_says_so_may_be_of_another_direction(cast, ending):
    CertificationFactory(member=cast.bob_member, direction="Cloud", passed_on="2026-09-01")
    assert remind(before(90)) == 1  # another direction is another certificate
    CertificationFactory(member=cast.bob_member, direction="AI", passed_on="2026-09-02", renews=ending)
    assert remind(before(30)) == 0


@pytest.mark.parametrize("status", ["pending", "returned"])
def test_what_is_not_verified_is_not_spoken_of(cast, ending, status):
    type(ending).objects.update(status=status)
    assert remind(before(90)) == 0


def test_neither_is_what_lies_in_the_trash_nor_whose_member_left(cast, ending):
    services.trash_certification(ending, by=None)
    assert remind(before(90)) == 0
    services.restore_certification(ending, by=None)
    services.transfer_out(cast.bob_member, "2026-10-01", by=None)
    assert remind(before(90)) == 0
    assert remind(dt.date(2026, 9, 30)) == 0  # not near yet
    services.update_member(cast.bob_member, transferred_out="2026-12-01", by=None)
    assert remind(before(90)) == 1  # still here


def test_secretaries_of_this_branch_today_and_nobody_else(cast, ending):
    second = UserFactory(username="anne")
    AppointmentFactory(user=second, organisation=cast.north)
    AppointmentFactory(user=UserFactory(username="ben"), organisation=cast.north, role="committee_member")
    own = CertificationFactory(member=cast.alice_member, valid_until=str(END))
    without_account = CertificationFactory(
        member=MemberFactory(organisation=cast.north), valid_until=str(END)
    )
    remind(before(90))
    by_text = {}
    for notice in Notice.objects.select_related("user"):
        by_text.setdefault(notice.url, set()).add((notice.user.username, notice.text.startswith("您的")))
    assert by_text[record_url(ending)] == {("alice", False), ("anne", False), ("bob", True)}
    assert by_text[record_url(own)] == {("alice", True), ("anne", False)}
    assert by_text[record_url(without_account)] == {("alice", False), ("anne", False)}


def test_every_day_at_seven(cast):
    CertificationFactory(member=cast.bob_member, valid_until=str(today() + dt.timedelta(days=30)))
    remind_of_expiry()
    assert len(told()) == 2
    entry = settings.CELERY_BEAT_SCHEDULE["certificates that end"]
    assert entry["task"] == remind_of_expiry.name
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({7}, {0})


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_tell_it_once():
    cast = make_cast()
    CertificationFactory.create_batch(5, member=cast.bob_member, valid_until=str(END))
    start, counts, errors = threading.Barrier(4), [], []

    def work():
        try:
            start.wait()
            counts.append(remind(before(30)))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not errors
    assert sum(counts) == 5
    assert Notice.objects.count() == 10

"""记一笔 as a page: what it shows, what it saves, and that it saves nothing it did not show."""

import datetime as dt

import pytest

from activities.models import Activity
from core.dates import today
from tests import factories
from tests.test_editing import as_shown

pytestmark = pytest.mark.django_db
LOG = "/activities/log/"


@pytest.fixture
def alice(cast, sign_in):
    factories.PartnerFactory(organisation=cast.north, name="营角上社区党委")
    return sign_in(cast.alice)


def shown_for(client, line):
    """The page after a line was read, as the browser would post it back."""
    answer = client.post(LOG, {"line": line, "read": "1"})
    assert not Activity.objects.exists()
    return as_shown(answer) | {"line": line, "shown": answer.context["line"]}


def test_one_line_is_shown_as_fields_and_then_saved(alice, cast):
    seen = shown_for(alice, "昨天下午 营角上社区 主题党日 32人次 签到")
    answer = alice.post(LOG, seen)
    activity = Activity.objects.get()
    assert answer.url == f"/activities/{activity.pk}/"
    assert (activity.kind_id, activity.person_times, activity.count_method) == (
        "themed_party_day",
        32,
        "sign_in",
    )
    assert activity.starts_on == today() - dt.timedelta(days=1)
    assert [partner.name for partner in activity.partners.all()] == ["营角上社区党委"]


def test_a_line_that_was_not_shown_is_not_saved(alice):
    seen = shown_for(alice, "今天 党课 15人")
    answer = alice.post(LOG, seen | {"line": "今天 支委会 5人"})
    assert answer.status_code == 200
    assert not Activity.objects.exists()
    assert answer.context["form"]["kind"].value() == "committee_meeting"
    assert alice.post(LOG, {"line": "今天 支委会 5人"}).status_code == 200
    assert not Activity.objects.exists()


def test_what_was_changed_by_hand_outlives_more_words(alice):
    seen = shown_for(alice, "今天 党课")
    answer = alice.post(LOG, seen | {"place": "自己写的地点", "line": "昨天 党课"})
    form = answer.context["form"]
    assert form["place"].value() == "自己写的地点"
    assert form["starts_on"].value() == str(today() - dt.timedelta(days=1))


def test_what_is_saved_is_what_was_shown_and_not_what_the_line_says(alice):
    seen = shown_for(alice, "今天 党课 15人次")
    alice.post(LOG, seen | {"person_times": "16"})
    assert Activity.objects.get().person_times == 16


def test_pressed_twice_it_makes_one(alice):
    seen = shown_for(alice, "今天 党课 15人次")
    alice.post(LOG, seen)
    alice.post(LOG, seen)
    assert Activity.objects.count() == 1


def test_it_leads_on_to_the_full_form(alice):
    seen = shown_for(alice, "今天 党课 15人次")
    answer = alice.post(LOG, seen | {"then": "edit"})
    assert answer.url == f"/activities/{Activity.objects.get().pk}/edit/"


def test_a_doubt_is_told(alice):
    answer = alice.post(LOG, {"line": "2月30日 党课", "read": "1"})
    assert answer.context["reading"].doubts[0] in answer.text


@pytest.mark.parametrize("line", ["", "\0", "字" * 5000, "<script>alert(1)</script>", "🎉", "32人次" * 50])
def test_any_line_gives_a_page(alice, line):
    answer = alice.post(LOG, {"line": line, "read": "1"})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_the_script_gets_the_fields_alone(alice):
    answer = alice.post(LOG, {"line": "今天 党课"}, headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div id="read">')
    assert not Activity.objects.exists()


def test_the_last_of_each_kind_can_be_copied(alice, cast):
    for number, kind in enumerate(["party_lecture", "party_lecture", "lecture"], start=1):
        factories.ActivityFactory(
            organisation=cast.north, kind_id=kind, theme=f"第{number}场", starts_on=dt.date(2024, 5, number)
        )
    assert [item.theme for item in alice.get(LOG).context["lasts"]()] == ["第3场", "第2场"]


def test_a_line_typed_after_the_session_ended_is_there_again(cast, client):
    posted = {"line": "今天 党课 15人次", "draft": f"{LOG}?branch=north", "typist": cast.alice.pk}
    assert client.post(LOG, posted).url.startswith("/accounts/login/")
    cast.alice.set_password("a-good-password-1")
    cast.alice.save()
    login = {"login": "alice", "password": "a-good-password-1", "next": LOG}
    assert client.post("/accounts/login/", login, follow=True).context["line"] == "今天 党课 15人次"

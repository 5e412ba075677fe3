"""The calendar: the month as a page, the heat map that leads to it, and the file that calendar programs read."""

import datetime as dt
import re
import sys
from types import ModuleType
from urllib.parse import urlsplit

import icalendar
import pytest
from django.core.signing import Signer
from django.urls import include, path
from playwright.sync_api import expect

from core.accounts import end_role, set_active
from core.dates import Window, today
from core.links import record_url
from core.models import Appointment, Change
from tests import factories as make
from tests.pages import faults_of
from workbench import calendar as pages
from workbench import feed as feeds
from workbench.calendar import asked_month
from workbench.models import CalendarFeed
from workbench.services import end_calendar_feed, renew_calendar_feed

NOVEMBER = "/calendar/?month=2024-11"


@pytest.fixture
def month(cast):
    """November 2024 in North, with one of everything a calendar shows; South has an activity too."""
    north = {"organisation": cast.north}
    agreement = make.AgreementFactory(**north, name="校社协议", expires_on="2024-11-30")
    done = make.PlanItemFactory(agreement=agreement, theme="已办的计划", planned_on="2024-11-11")
    make.ActivityFactory(
        **north, theme="办了计划", starts_on=dt.date(2024, 11, 12), plan_item=done, agreement=agreement
    )
    make.ActivityFactory(
        **north,
        theme="量子讲座",
        starts_on=dt.date(2024, 11, 15),
        starts_at=dt.time(14, 30),
        kind_id="lecture",
    )
    make.ActivityFactory(**north, theme="年终座谈", starts_on=dt.date(2024, 11, 20), status="planned")
    make.ActivityFactory(**north, theme="旧机回收", starts_on=dt.date(2024, 11, 9), status="cancelled")
    make.ActivityFactory(
        **north, theme="跨月调研", starts_on=dt.date(2024, 10, 30), ends_on=dt.date(2024, 11, 2)
    )
    make.PlanItemFactory(agreement=agreement, theme="逾期的计划", planned_on="2024-11-08")
    make.PlanItemFactory(agreement=agreement, theme="只有月份的计划", planned_on="2024-11")
    make.PlanItemFactory(agreement=agreement, theme="只有年份的计划", planned_on="2024")
    make.CertificationFactory(member=cast.bob_member, direction="云", valid_until="2024-11-17")
    make.CertificationFactory(
        member=cast.bob_member, direction="退", valid_until="2024-11-18", status="returned"
    )
    make.ActivityFactory(organisation=cast.south, theme="南楼活动", starts_on=dt.date(2024, 11, 15))
    return agreement


def marks(answer):
    """{(day or words, title): mark} of a page."""
    context = answer.context
    found = {(day.date.day, mark.title): mark for day in context["days"] for mark in day.marks}
    return found | {(when, mark.title): mark for when, mark in context["undated"]}


# ---------------------------------------------------------------- the month
def test_a_month_shows_what_lies_on_which_day(cast, month, sign_in):
    answer = sign_in(cast.alice).get(NOVEMBER)
    found = {key: (mark.state, mark.word) for key, mark in marks(answer).items()}
    assert found == {
        (1, "跨月调研"): ("held", ""),
        (2, "跨月调研"): ("held", ""),
        (8, "逾期的计划"): ("late", "联建计划，已过期"),
        (9, "旧机回收"): ("cancelled", "取消"),
        (11, "已办的计划"): ("done", "联建计划，已完成"),
        (12, "办了计划"): ("held", ""),
        (15, "量子讲座"): ("held", ""),
        (17, "鲍勃 HCIP-云"): ("ends", "证书到期"),
        (20, "年终座谈"): ("planned", "计划"),
        (30, "校社协议"): ("ends", "协议到期"),
        ("2024年11月", "只有月份的计划"): ("late", "联建计划，已过期"),
    }
    days = answer.context["days"]
    assert [days[0].date, days[-1].date] == [dt.date(2024, 10, 28), dt.date(2024, 12, 1)]
    assert [day.date.weekday() for day in days[::7]] == [0] * 5
    text = answer.content.decode()
    assert "14:30" in text
    assert "南楼" not in text


def test_every_mark_leads_to_its_record(cast, month, sign_in):
    client = sign_in(cast.alice)
    found = marks(client.get(NOVEMBER))
    assert found[30, "校社协议"].url == record_url(month)
    assert {client.get(mark.url).status_code for mark in found.values()} == {200}


def test_a_year_without_a_month_falls_due_in_december(cast, month, sign_in):
    december = sign_in(cast.alice).get("/calendar/?month=2024-12")
    assert [(when, mark.title) for when, mark in december.context["undated"]] == [
        ("2024年", "只有年份的计划")
    ]


def test_a_plan_is_never_drawn_like_something_held(cast, month, sign_in):
    text = sign_in(cast.alice).get(NOVEMBER).content.decode()
    planned = re.search(r'<a class="mark ([a-z]+)"[^>]*>(?:(?!</a>).)*年终座谈', text)
    assert planned[1] == "planned"
    assert '<span class="mark-word">计划</span>' in planned[0]


def test_an_ordinary_member_sees_activities_only(cast, month, sign_in):
    answer = sign_in(cast.bob).get(NOVEMBER)
    assert {mark.state for mark in marks(answer).values()} == {"held", "planned", "cancelled"}
    text = answer.content.decode()
    for word in ("校社协议", "逾期的计划", "只有月份的计划", "HCIP"):
        assert word not in text


def test_a_committee_sees_all_branches_each_by_its_name(cast, month, sign_in):
    client = sign_in(cast.diana)
    text = client.get(NOVEMBER).content.decode()
    assert "南楼活动" in text
    assert "南楼教师党支部</span>" in text
    one = marks(client.get(NOVEMBER + "&branch=south"))
    assert {title for _, title in one} == {"南楼活动"}


@pytest.mark.parametrize("person", ["charlie", "grace"])
def test_others_see_nothing_of_it(cast, month, sign_in, person):
    answer = sign_in(getattr(cast, person)).get(NOVEMBER)
    assert {title for _, title in marks(answer)} <= {"南楼活动"}


def test_what_is_in_the_trash_is_not_in_the_calendar(cast, sign_in):
    make.ActivityFactory(
        organisation=cast.north,
        starts_on=dt.date(2024, 11, 4),
        deleted_at=dt.datetime(2024, 11, 5, tzinfo=dt.UTC),
    )
    answer = sign_in(cast.alice).get(NOVEMBER)
    assert marks(answer) == {}
    assert "这个月没有安排" in answer.content.decode()


def test_a_crowded_day_folds_and_a_crowded_month_says_so(cast, sign_in, monkeypatch):
    for _ in range(7):
        make.ActivityFactory(organisation=cast.north, starts_on=dt.date(2024, 11, 4))
    client = sign_in(cast.alice)
    answer = client.get(NOVEMBER)
    (day,) = [day for day in answer.context["days"] if day.marks]
    assert (len(day.shown), len(day.folded)) == (4, 3)
    assert "另有 3 项" in answer.content.decode()
    assert "没有列全" not in answer.content.decode()
    monkeypatch.setattr(pages, "MOST", 5)
    answer = client.get(NOVEMBER)
    assert len(marks(answer)) == 5
    assert "没有列全" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "window", "first"),
    [
        ("2024-02", "2024", (2024, 2)),
        ("2024-13", "2026", (2026, 11)),
        ("2024", "2026", (2026, 11)),
        ("2024-02-03", "2026", (2026, 11)),
        ("", "2024", (2024, 12)),
        ("", "2028", (2028, 1)),
    ],
)
def test_the_month_is_the_one_asked_for_or_the_nearest_of_the_window(text, window, first):
    assert asked_month(text, Window.parse(window), dt.date(2026, 11, 26)) == dt.date(*first, 1)


def test_one_can_go_on_from_month_to_month_until_the_ledgers_years_end(cast, sign_in):
    client = sign_in(cast.alice)
    assert "?month=2025-01" in client.get("/calendar/?month=2024-12").content.decode()
    for edge, beyond in (("1900-01", "1899"), ("2100-12", "2101")):
        answer = client.get(f"/calendar/?month={edge}")
        assert answer.status_code == 200
        assert beyond not in answer.content.decode()


def with_page_of_new_activities():
    """The site map as it is with a page at /activities/new/."""
    site = ModuleType("site_with_new_activities")
    site.urlpatterns = [path("activities/new/", lambda request: None), path("", include("config.urls"))]
    return site


@pytest.mark.parametrize(
    ("person", "offered"), [("alice", True), ("diana", True), ("bob", False), ("frank", False)]
)
def test_a_day_offers_a_new_activity_to_those_who_edit_once_there_is_such_a_page(
    cast, sign_in, settings, monkeypatch, person, offered
):
    site = with_page_of_new_activities()
    monkeypatch.setitem(sys.modules, site.__name__, site)
    settings.ROOT_URLCONF = site.__name__
    text = sign_in(getattr(cast, person)).get(NOVEMBER).content.decode()
    assert ("/activities/new/?starts_on=2024-11-15" in text) == offered


def test_a_month_costs_the_same_queries_however_full(cast, sign_in, django_assert_num_queries):
    client, made = sign_in(cast.diana), 0
    client.get(NOVEMBER)
    for rows in (1, 3, 30):
        for _ in range(rows - made):
            agreement = make.AgreementFactory(organisation=cast.north, expires_on="2024-11-30")
            make.PlanItemFactory(agreement=agreement, planned_on="2024-11-02")
            make.ActivityFactory(organisation=cast.south, starts_on=dt.date(2024, 11, 30))
            make.CertificationFactory(member=cast.bob_member, valid_until="2024-11")
        made = rows
        with django_assert_num_queries(10):
            answer = client.get(NOVEMBER)
        shown = [mark for day in answer.context["days"] for mark in day.marks]
        assert len(shown) + len(answer.context["undated"]) == 4 * rows


# ---------------------------------------------------------------- ways to it
def test_home_list_and_heat_map_lead_to_the_calendar(cast, month, sign_in):
    client = sign_in(cast.alice)
    for address in ("/?window=2024", NOVEMBER):
        text = client.get(address).content.decode()
        assert 'href="/calendar/?month=2024-11" aria-label="2024年11月，2 次"' in text, address
    assert 'href="/calendar/"' in client.get("/activities/?window=2024").content.decode()
    assert 'href="/calendar/feed/"' in client.get("/settings/").content.decode()


def test_the_heat_map_counts_what_counts(cast, month, sign_in):
    make.ActivityFactory(organisation=cast.north, starts_on=dt.date(2024, 11, 15), in_reports=False)
    assert sign_in(cast.alice).get(NOVEMBER).context["heat_total"] == 3  # and one of October
    assert sign_in(cast.diana).get(NOVEMBER).context["heat_total"] == 4


# ---------------------------------------------------------------- the address
def address_of(user) -> str:
    return urlsplit(renew_calendar_feed(by=user).url).path


def read(client, address):
    """The file, read back by the library."""
    answer = client.get(address)
    assert answer.status_code == 200
    return icalendar.Calendar.from_ical(answer.content)


def events(file):
    """{title: event}."""
    return {str(event["summary"]): event for event in file.events}


def test_an_address_is_made_shown_renewed_and_switched_off(cast, sign_in, client):
    page = sign_in(cast.bob)
    assert "生成订阅地址" in page.get("/calendar/feed/").content.decode()
    page.post("/calendar/feed/", {"do": "renew"})
    first = CalendarFeed.objects.get(user=cast.bob)
    assert first.url in page.get("/calendar/feed/").content.decode()
    page.post("/calendar/feed/", {"do": "renew"})
    second = CalendarFeed.objects.get(user=cast.bob)
    client.logout()
    assert client.get(urlsplit(first.url).path).status_code == 404
    assert client.get(urlsplit(second.url).path).status_code == 200
    sign_in(cast.bob).post("/calendar/feed/", {"do": "end"})
    client.logout()
    assert client.get(urlsplit(second.url).path).status_code == 404
    told = Change.objects.filter(model="core.user", object_id=cast.bob.pk).order_by("pk")
    assert [change.changes for change in told] == [
        {"日历订阅": ["", "已生成"]},
        {"日历订阅": ["原地址", "新地址"]},
        {"日历订阅": ["已生成", "已停用"]},
    ]
    assert {change.organisation for change in told} == {cast.north}


def test_ending_what_is_not_there_does_nothing(cast):
    end_calendar_feed(by=cast.bob)
    assert not Change.objects.filter(model="core.user").exists()


def test_the_page_shows_ones_own_address_only_and_says_what_is_in_it(cast, sign_in):
    theirs = renew_calendar_feed(by=cast.alice)
    for person in ("bob", "charlie", "diana"):
        assert theirs.token not in sign_in(getattr(cast, person)).get("/calendar/feed/").content.decode()
    text = sign_in(cast.alice).get("/calendar/feed/").content.decode()
    assert "没有参加人员、电话" in text
    assert "不用登录就能看到其中的日期和标题" in text


def test_a_stolen_database_opens_no_calendar(cast, client):
    feed = renew_calendar_feed(by=cast.alice)
    forged = [
        feed.key,
        Signer(salt="other", sep=".").sign(feed.key),
        f"{feed.key}.",
        f"x{feed.token}",
        "\0",
        "é",
    ]
    for token in forged:
        assert client.get(f"/calendar/{token}.ics").status_code == 404, token
    assert client.get(f"/calendar/{feed.token}.ics").status_code == 200


def test_an_address_made_up_asks_nothing_of_the_database(db, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/calendar/abc.def.ics").status_code == 404


def test_an_account_that_is_disabled_or_has_no_role_left_has_no_calendar(cast, client):
    make.ActivityFactory(organisation=cast.north, starts_on=today())
    alice, bob = address_of(cast.alice), address_of(cast.bob)
    assert client.get(bob).status_code == client.get(alice).status_code == 200
    set_active(cast.bob, False, by=cast.alice)
    assert client.get(bob).status_code == 404
    set_active(cast.bob, True, by=cast.alice)
    assert client.get(bob).status_code == 200
    role = Appointment.objects.get(user=cast.alice)
    end_role(role, today(), by=None)
    assert client.get(alice).status_code == 200  # its last day
    Appointment.objects.filter(pk=role.pk).update(ends_on=today() - dt.timedelta(days=1))
    assert client.get(alice).status_code == 404
    assert client.get(address_of(cast.grace)).status_code == 404


def test_a_role_that_changes_changes_the_calendar(cast, client):
    make.ActivityFactory(organisation=cast.north, theme="北楼的", starts_on=today())
    make.ActivityFactory(organisation=cast.south, theme="南楼的", starts_on=today())
    address = address_of(cast.charlie)
    assert set(events(read(client, address))) == {"南楼的"}
    Appointment.objects.filter(user=cast.charlie).update(organisation=cast.north)
    assert set(events(read(client, address))) == {"北楼的"}


def test_the_owner_sees_when_it_was_last_read(cast, sign_in, client):
    feed = renew_calendar_feed(by=cast.alice)
    page = sign_in(cast.alice)
    assert "还没有被读取过" in page.get("/calendar/feed/").content.decode()
    client.get(urlsplit(feed.url).path)
    feed.refresh_from_db()
    assert feed.read_on == today()
    assert "最近一次被读取" in page.get("/calendar/feed/").content.decode()


# ---------------------------------------------------------------- the file
HOSTILE = [
    '一，二；三,四;五\\六:“七”"八"',
    "BEGIN:VEVENT",
    "很长的主题" * 60,
    "😀" * 150,
    "END:VCALENDAR\u2028X-EVIL:1",
    "a\x85b",
]


@pytest.mark.parametrize(
    "theme", [*HOSTILE, "第一行\r\nATTENDEE:mailto:x@y.cn\r\nEND:VEVENT", "回车\r换行\n完"]
)
def test_a_title_comes_back_as_it_was_and_is_one_line(cast, client, theme):
    # Written past validation, which refuses line breaks: the file must hold even so.
    activity = make.ActivityFactory(
        organisation=cast.north, theme=theme, starts_on=today(), place=theme[:120]
    )
    answer = client.get(address_of(cast.alice))
    file = icalendar.Calendar.from_ical(answer.content)
    (event,) = file.events
    assert str(event["summary"]).splitlines() == theme.splitlines()
    assert str(event["location"]).splitlines() == theme[:120].splitlines()
    assert str(event["url"]).endswith(record_url(activity))
    assert "attendee" not in event
    lines = answer.content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    answer.content.decode("utf-8")
    for line in lines:
        line.decode("utf-8")  # no character is cut in two


def test_times_are_told_as_they_are_known(cast, client):
    day, hour = today(), dt.time
    north = {"organisation": cast.north, "starts_on": day}
    make.ActivityFactory(**north, theme="整天")
    make.ActivityFactory(**north, theme="三天", ends_on=day + dt.timedelta(days=2))
    make.ActivityFactory(**north, theme="有钟点", starts_at=hour(14, 30), ends_on=day, ends_at=hour(16))
    make.ActivityFactory(**north, theme="没有结束", starts_at=hour(9))
    make.ActivityFactory(**north, theme="起止相同", starts_at=hour(9), ends_on=day, ends_at=hour(9))
    make.ActivityFactory(
        **north, theme="几天没有结束钟点", starts_at=hour(9), ends_on=day + dt.timedelta(days=1)
    )
    file = read(client, address_of(cast.alice))
    found = {
        title: (event.decoded("dtstart"), event.decoded("dtend") if "dtend" in event else None)
        for title, event in events(file).items()
    }

    def at(*clock):
        return dt.datetime.combine(day, hour(*clock), dt.timezone(dt.timedelta(hours=8)))

    assert found == {
        "整天": (day, day + dt.timedelta(days=1)),
        "三天": (day, day + dt.timedelta(days=3)),
        "有钟点": (at(14, 30), at(16)),
        "没有结束": (at(9), None),
        "起止相同": (at(9), None),
        "几天没有结束钟点": (day, day + dt.timedelta(days=2)),
    }
    assert events(file)["有钟点"]["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert [str(zone["tzid"]) for zone in file.timezones] == ["Asia/Shanghai"]


def test_states_plans_and_ends_are_told_apart(cast, client):
    day = today() + dt.timedelta(days=10)
    north = {"organisation": cast.north, "starts_on": day}
    agreement = make.AgreementFactory(organisation=cast.north, name="校社协议", expires_on=str(day))
    make.AgreementFactory(organisation=cast.north, name="还在谈", expires_on=str(day), status="negotiating")
    came = make.PlanItemFactory(agreement=agreement, theme="已有活动", planned_on=str(day))
    make.ActivityFactory(**north, theme="办了", agreement=agreement, plan_item=came)
    make.ActivityFactory(**north, theme="要办", status="planned")
    make.ActivityFactory(**north, theme="不办", status="cancelled")
    set_day = make.PlanItemFactory(agreement=agreement, theme="定了日子", planned_on=str(day))
    make.ActivityFactory(**north, theme="没办成", status="cancelled", agreement=agreement, plan_item=set_day)
    make.PlanItemFactory(agreement=agreement, theme="只有月份", planned_on=f"{day:%Y-%m}")
    make.PlanItemFactory(agreement=agreement, theme="做完了", planned_on=str(day), status="done")
    make.CertificationFactory(member=cast.bob_member, valid_until=str(day))
    found = events(read(client, address_of(cast.alice)))
    assert {title: str(event["status"]) for title, event in found.items()} == {
        "办了": "CONFIRMED",
        "（计划）要办": "TENTATIVE",
        "（取消）不办": "CANCELLED",
        "（取消）没办成": "CANCELLED",
        "（联建计划）定了日子": "TENTATIVE",
        "（协议到期）校社协议": "CONFIRMED",
    }
    assert set(events(read(client, address_of(cast.bob)))) == {
        "办了",
        "（计划）要办",
        "（取消）不办",
        "（取消）没办成",
    }


def test_no_name_and_no_number_of_a_person_is_in_it(cast, client):
    member = make.MemberFactory(
        organisation=cast.north, name="欧阳某", phone="13900005678", staff_number="7788"
    )
    partner = make.PartnerFactory(organisation=cast.north, contact="诸葛某", phone="13800001234")
    activity = make.ActivityFactory(
        organisation=cast.north,
        starts_on=today(),
        partners=[partner],
        summary="摘要里的字",
        speeches="发言里的字",
    )
    make.ParticipationFactory(activity=activity, member=member)
    make.CertificationFactory(member=member, valid_until=str(today()))
    raw = client.get(address_of(cast.diana)).content
    text = raw.replace(b"\r\n ", b"").decode()
    assert activity.theme in text
    for word in (
        "欧阳某",
        "5678",
        "7788",
        "诸葛某",
        "1234",
        "里的字",
        "HCIP",
        "戴娜",
        "ATTENDEE",
        "ORGANIZER",
    ):
        assert word not in text, word


def test_entries_keep_their_names_and_tell_when_they_changed(cast, client, settings):
    settings.PUBLIC_URL = "https://ledger.example.edu.cn"
    activity = make.ActivityFactory(organisation=cast.north, starts_on=today())
    address = address_of(cast.alice)
    (before,) = read(client, address).events
    type(activity).objects.filter(pk=activity.pk).update(
        theme="改了名",
        starts_on=today() + dt.timedelta(days=1),
        updated_at=dt.datetime(2099, 1, 1, tzinfo=dt.UTC),
    )
    (after,) = read(client, address).events
    assert str(before["uid"]) == str(after["uid"]) == f"activity-{activity.pk}@ledger.example.edu.cn"
    assert (
        after.decoded("last-modified") == after.decoded("dtstamp") == dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    )
    assert str(after["url"]) == f"https://ledger.example.edu.cn/activities/{activity.pk}/"


def test_a_committee_reads_whose_each_is_and_a_branch_its_own_name(cast, client):
    make.ActivityFactory(organisation=cast.north, theme="讲座", starts_on=today())
    wide = read(client, address_of(cast.diana))
    assert str(wide.calendar_name) == "支部台账"
    assert "北楼教师党支部" in str(events(wide)["讲座"]["description"])
    own = read(client, address_of(cast.bob))
    assert str(own.calendar_name) == "北楼教师党支部台账"
    assert "北楼" not in str(events(own)["讲座"]["description"])


def test_it_holds_a_year_back_and_a_year_ahead_and_no_more_than_it_may(cast, client, monkeypatch):
    for days in (-400, -300, 0, 300, 400):
        make.ActivityFactory(
            organisation=cast.north,
            theme=f"{days}",
            starts_on=today() + dt.timedelta(days=days),
            status="held",
        )
    address = address_of(cast.alice)
    assert set(events(read(client, address))) == {"-300", "0", "300"}
    monkeypatch.setattr(feeds, "MOST", 2)
    assert set(events(read(client, address))) == {"-300", "0"}  # one behind, one ahead


def test_unchanged_it_is_not_sent_again(cast, client):
    activity = make.ActivityFactory(organisation=cast.north, starts_on=today())
    address = address_of(cast.alice)
    first = client.get(address)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "private, no-cache"
    type(activity).objects.filter(pk=activity.pk).update(theme="改了名")
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert client.head(address).status_code == 200


def test_the_file_costs_the_same_queries_however_long(cast, client, django_assert_num_queries):
    address, made = address_of(cast.diana), 0
    client.get(address)
    for rows in (1, 3, 30):
        for _ in range(rows - made):
            agreement = make.AgreementFactory(organisation=cast.north, expires_on=str(today()))
            make.PlanItemFactory(agreement=agreement, planned_on=str(today()))
            make.ActivityFactory(organisation=cast.south, starts_on=today())
        made = rows
        with django_assert_num_queries(10):
            assert len(read(client, address).events) == 3 * rows


# ---------------------------------------------------------------- in the browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [True, False])
def test_the_month_is_a_grid_and_on_the_phone_a_list_of_its_days(cast, month, browse, phone):
    page = browse(cast.alice, phone=phone)
    page.goto(NOVEMBER)
    assert faults_of(page) == []
    assert page.locator(".month > .day:visible").count() == (10 if phone else 35)
    expect(page.get_by_role("link", name="量子讲座")).to_be_visible()
    page.get_by_role("link", name="10月", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2024年10月")
    page.get_by_role("link", name="2024年11月，2 次").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2024年11月")


@pytest.mark.django_db(transaction=True)
def test_an_address_is_made_without_javascript(cast, browse):
    page = browse(cast.bob, phone=True, javascript=False)
    page.goto("/calendar/feed/")
    page.get_by_role("button", name="生成订阅地址").click()
    address = page.get_by_label("订阅地址", exact=True).input_value()
    assert address == CalendarFeed.objects.get(user=cast.bob).url
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_role("button", name="生成订阅地址")).to_be_visible()

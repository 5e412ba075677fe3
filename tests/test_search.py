"""Global search: what is found, by whom, how, and in a browser."""

import datetime as dt

import pytest
from django.apps import apps
from django.utils.http import urlencode
from playwright.sync_api import expect

from activities.models import Activity
from activities.services import trash_activity, update_activity
from core.fields import PinyinField
from core.models import Change
from outcomes.models import Outcome
from partnerships.models import Agreement
from tests import factories as make
from tests.pages import faults_of
from workbench.search import SHOWN, SUBJECTS

pytestmark = pytest.mark.django_db


def found(client, text, **headers):
    """What the page lists for the text: {kind: [titles]}."""
    answer = client.get("/search/", {"q": text}, headers=headers)
    assert answer.status_code == 200
    return {
        finding.subject.label: [line.title for line in finding.records]
        for finding in answer.context["findings"]
    }


@pytest.fixture
def records(cast):
    """One of each kind at North whose name holds 澄湖, and the same at South."""
    for place, member in ((cast.north, cast.bob_member), (cast.south, cast.charlie_member)):
        activity = make.ActivityFactory(organisation=place, theme="澄湖社区数字助老")
        agreement = make.AgreementFactory(organisation=place, name="澄湖联建协议")
        make.PartnerFactory(
            organisation=place, name="澄湖农商银行", name_pinyin="cheng hu nong shang yin hang"
        )
        make.PlanItemFactory(organisation=place, agreement=agreement, theme="澄湖主题党日")
        make.OutcomeFactory(organisation=place, name="澄湖水质调研报告")
        make.CertificationFactory(organisation=place, member=member, number="澄湖-001")
        make.FeedbackFactory(organisation=place, activity=activity, content="澄湖的课很好")
        make.ProgrammeFactory(organisation=place, name="澄湖强国行")
    make.MemberFactory(organisation=cast.north, name="澄湖生", name_pinyin="cheng hu sheng")
    return cast


def test_each_kind_is_found_once_and_only_where_one_may_read(records, client):
    client.force_login(records.alice)
    at_north = found(client, "澄湖")
    assert list(at_north) == [subject.label for subject in SUBJECTS]
    assert {len(titles) for titles in at_north.values()} == {1}
    client.force_login(records.diana)  # the college's committee
    both = found(client, "澄湖")
    assert {label: len(titles) for label, titles in both.items()} == {
        label: 1 if label == "党员" else 2 for label in at_north
    }


def test_an_ordinary_member_finds_what_members_may_read(records, client):
    client.force_login(records.bob)
    mine = found(client, "澄湖")
    assert "党员" not in mine
    assert len(mine["活动"]) == 1
    assert len(mine["认证"]) == 1  # the own one


def test_what_is_in_the_trash_is_not_found(records, client):
    activity = Activity.objects.get(organisation=records.north)
    trash_activity(activity, by=records.alice)
    client.force_login(records.alice)
    assert "活动" not in found(client, "澄湖")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("szzl", "活动"),
        ("shuzizhulao", "活动"),
        ("chsz", "成果"),
        ("ljxy", "联建协议"),
        ("chns", "联建单位"),
        ("chs", "党员"),
        ("数字助老", "活动"),
        ("  澄湖-001 ", "认证"),
    ],
)
def test_chinese_numbers_and_pinyin_are_understood(records, client, text, label):
    client.force_login(records.alice)
    assert label in found(client, text)


def test_pinyin_follows_the_name(records, client):
    activity = Activity.objects.get(organisation=records.north)
    update_activity(activity, theme="量子科普", by=records.alice)
    client.force_login(records.alice)
    assert "活动" not in found(client, "szzl")
    assert found(client, "lzkp")["活动"] == ["量子科普"]


def test_pinyin_is_written_by_bulk_writes_too(cast):
    Outcome.objects.bulk_create(
        [make.OutcomeFactory.build(organisation=cast.north, kind_id="honour", name="优秀教师")]
    )
    assert Outcome.objects.get().name_pinyin == "you xiu jiao shi"


def test_what_was_there_before_the_column_is_found_too(records, client):
    Agreement.objects.update(name_pinyin="")
    PinyinField.fill("partnerships", "agreement", "name_pinyin")(apps, None)
    client.force_login(records.alice)
    assert found(client, "ljxy") == {"联建协议": ["澄湖联建协议"]}


def test_the_history_says_nothing_of_pinyin(records):
    activity = Activity.objects.get(organisation=records.north)
    update_activity(activity, theme="量子科普", by=records.alice)
    assert list(Change.objects.about(activity).first().changes) == ["主题"]


@pytest.mark.parametrize(
    "text", ["", "   ", "%", "_", "\\", "\0", "'; --", "(((", "龘" * 5000, "<b>", "a" * 300]
)
def test_any_text_may_be_asked(records, client, text):
    client.force_login(records.alice)
    assert found(client, text) == {}


def test_more_leads_to_the_list_with_the_same_question(cast, client):
    for year in range(2010, 2010 + SHOWN + 2):
        make.ActivityFactory(organisation=cast.north, theme=f"社区讲座 {year}", starts_on=dt.date(year, 5, 1))
    client.force_login(cast.alice)
    [finding] = client.get("/search/", {"q": "社区讲座"}).context["findings"]
    assert [line.title for line in finding.records][:2] == ["社区讲座 2017", "社区讲座 2016"]
    assert len(finding.records) == SHOWN
    assert finding.more_url == f"/activities/?{urlencode({'q': '社区讲座', 'all': 1})}"
    assert client.get(finding.more_url).context["list"].count == SHOWN + 2


def test_a_glimpse_is_a_part_and_never_taken_for_the_page(records, client):
    client.force_login(records.alice)
    answer = client.get("/search/", {"q": "澄湖"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_a_search_costs_one_query_a_kind(cast, client, django_assert_num_queries, number):
    for _ in range(number):
        activity = make.ActivityFactory(organisation=cast.north, theme="澄湖讲座")
        make.PartnerFactory(organisation=cast.north)
        make.OutcomeFactory(organisation=cast.north, name="澄湖报告")
        make.FeedbackFactory(organisation=cast.north, activity=activity, content="澄湖真好")
    client.force_login(cast.alice)
    client.get("/search/", {"q": "澄湖"})
    with django_assert_num_queries(12):
        client.get("/search/", {"q": "澄湖"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [False, True])
def test_found_by_the_keyboard_while_typing(cast, browse, phone):
    activity = make.ActivityFactory(organisation=cast.north, theme="数字助老进社区")
    page = browse(cast.alice, phone=phone)
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("szzl")
    line = page.locator("#glimpse").get_by_role("link", name="数字助老进社区")
    expect(line).to_be_visible()
    if not phone:  # there the results cover the page, and what is half covered is called too small
        assert faults_of(page) == []
    page.keyboard.press("Escape")
    expect(line).to_have_count(0)
    expect(page.locator("#global-search")).to_be_focused()
    page.keyboard.type("j")
    expect(line).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(line).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("数字助老进社区")
    assert page.url.endswith(f"/activities/{activity.pk}/")
    page.wait_for_load_state()  # the script knows Ctrl-K
    page.keyboard.press("Control+k")
    page.keyboard.type("没有这样的记录")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("没有找到")
    assert faults_of(page) == []

"""我的台账: one's own records in every branch, what waits and why, and the question about the year."""

import pytest
from playwright.sync_api import expect

from branch.services import return_certification
from core.dates import today
from tests import factories as make
from tests.pages import faults_of, tab_to
from workbench.models import YearAnswer
from workbench.services import answer_year, settle_missing

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(cast):
    """Bob's member, with a record of each kind, one of them of another year, and colleagues' records beside them."""
    member, north = cast.bob_member, cast.north
    make.PostFactory(member=member, name="组织委员")
    returned = make.CertificationFactory(member=member, direction="数据库")
    return_certification(returned, "右下角公章没拍全", by=cast.alice)
    make.CertificationFactory(member=member, direction="网络", status="pending")
    for theme, role, day in (
        ("参加的", "present", "2024-06-01"),
        ("主持的", "host", "2024-06-02"),
        ("请假的", "on_leave", "2024-06-03"),
        ("去年的", "present", "2023-06-01"),
    ):
        activity = make.ActivityFactory(organisation=north, theme=theme, starts_on=day)
        make.ParticipationFactory(activity=activity, member=member, role=role)
    make.OutcomeFactory(organisation=north, name="鲍勃的论文", makers=["外单位", member])
    make.OutcomeFactory(organisation=north, name="艾丽的论文", makers=[cast.alice_member])
    return member


def said(client, url="/me/?window=2024"):
    page = client.get(url)
    assert page.status_code == 200
    return page.content.decode()


# ---------------------------------------------------------------- what is there
def test_own_records_of_the_year_are_there_and_nobody_elses(cast, bob, sign_in):
    page = sign_in(cast.bob).get("/me/?window=2024")
    assert [activity.theme for activity in page.context["activities"]] == ["主持的", "参加的"]
    assert [str(share.outcome) for share in page.context["shares"]] == ["鲍勃的论文"]
    text = page.content.decode()
    for words in ("退回：右下角公章没拍全", "艾丽 · ", "重交", "等支部审核", "第 2 完成人", "组织委员"):
        assert words in text, words
    assert "艾丽的论文" not in text


def test_two_memberships_stand_together_and_each_is_asked(cast, bob, sign_in):
    make.AppointmentFactory(user=cast.bob, organisation=cast.south, role="member")
    second = make.MemberFactory(organisation=cast.south, name="鲍勃", user=cast.bob)
    make.OutcomeFactory(organisation=cast.south, name="在南楼写的", makers=[second])
    page = sign_in(cast.bob).get("/me/?window=2024")
    assert [item["member"] for item in page.context["questions"]] == [bob, second]
    assert {str(share.outcome) for share in page.context["shares"]} == {"鲍勃的论文", "在南楼写的"}


def test_only_members_of_the_year_are_asked_and_only_about_calendar_years(cast, bob, sign_in):
    client = sign_in(cast.bob)
    for window, asked in (("2024", 1), ("2009", 0), (str(today().year + 1), 0)):
        assert len(client.get(f"/me/?window={window}").context["questions"]) == asked, window
    text = said(client, "/me/?window=2023-2024")
    assert "年度确认按日历年度" in text
    assert "没有遗漏，确认" not in text


def test_the_secretary_has_an_own_page_too_and_a_way_to_it(cast, sign_in):
    client = sign_in(cast.alice)
    assert 'href="/me/"' in said(client, "/?window=2024")
    assert "核对 2024 年度记录" in said(client)


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("diana", "到“党员与认证”打开自己的名字"),
        ("frank", "没有自己的台账"),
        ("grace", "现在不在任何支部"),
        ("nobody", "请支部书记在“党员与认证”里打开您的名字"),
    ],
)
def test_without_a_member_the_page_says_what_to_do(cast, sign_in, person, words):
    cast.nobody = make.AppointmentFactory(organisation=cast.north, role="member").user
    assert words in said(sign_in(getattr(cast, person)))


def test_what_was_answered_stands_there_with_what_became_of_it(cast, bob, sign_in):
    client = sign_in(cast.bob)
    answer = answer_year(bob, 2024, "missing", "一次讲座", by=cast.bob)
    text = said(client)
    assert "等支部处理" in text
    assert "改一改" in text
    settle_missing(answer, by=cast.alice)
    text = said(client)
    assert "艾丽已处理，请再看一看" in text
    assert "改一改" not in text  # the question is asked openly again
    answer_year(bob, 2024, "nothing_to_report", by=cast.alice)
    assert "艾丽代为登记" in said(client)


# ---------------------------------------------------------------- in the browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("javascript", [True, False])
def test_the_year_is_confirmed_by_the_keyboard_on_a_phone(cast, bob, browse, javascript):
    page = browse(cast.bob, phone=True, javascript=javascript)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/me/?window=2024")
    confirm = page.get_by_role("button", name="没有遗漏，确认")
    less = page.locator("summary", has_text="少了什么？")
    choices = [confirm, page.get_by_role("button", name="本年没有"), less]
    assert all(choice.bounding_box()["height"] >= 44 for choice in choices)
    tab_to(page, less)
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("少了什么"))
    page.keyboard.type("一次讲座")
    tab_to(page, page.get_by_role("button", name="告诉支部"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("等支部处理")).to_be_visible()
    tab_to(page, page.locator("summary", has_text="改一改"))
    page.keyboard.press("Enter")
    tab_to(page, confirm)
    page.keyboard.press("Space")
    expect(page.locator(".banner.ok")).to_contain_text("没有遗漏")
    assert YearAnswer.objects.get().answer == "nothing_missing"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [True, False])
def test_pages_read_well(cast, bob, browse, phone):
    make.NoticeFactory(user=cast.bob)
    make.YearAnswerFactory(member=bob, answer="missing", note="没有断点的一长串" * 20)
    lonely = make.AppointmentFactory(organisation=cast.north, role="member").user
    for person, paths in (
        (cast.bob, ["/me/?window=2024", "/notices/", f"/members/{bob.pk}/confirmations/2024/"]),
        (
            cast.alice,
            ["/members/confirmations/?window=2024", f"/members/{bob.pk}/confirmations/2024/", "/notices/"],
        ),
        (cast.diana, ["/members/confirmations/?window=2024", "/me/"]),
        (lonely, ["/me/"]),
    ):
        page = browse(person, phone=phone)
        for path in paths:
            page.goto(path)
            assert faults_of(page) == [], (str(person), path)

"""Outcomes, feedback and targets entered in a real browser: by the keyboard alone, on both sizes, and without
JavaScript."""

import pytest
from playwright.sync_api import expect

from activities.models import Feedback
from outcomes import services
from outcomes.models import Contribution, Outcome
from reports.models import Target
from reports.targets import set_target
from tests import factories
from tests.pages import faults_of
from tests.test_branch_forms_browser import tab_to, type_into

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("phone", [True, False])
def test_a_paper_is_entered_and_changed_by_the_keyboard_alone(cast, browse, phone):
    page = browse(cast.alice, phone=phone)
    page.goto("/outcomes/new/")
    assert faults_of(page) == []
    tab_to(page, "学术论文")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="登记学术论文")).to_be_visible()
    type_into(page, 题目="小样本缺陷检测", 期刊或会议="智能制造学报")
    tab_to(page, "状态")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    type_into(page, 发表日期="2024年5月", DOI="doi 一二三")
    type_into(page, 姓名="鲍勃")
    type_into(page, 姓名="王砚秋")
    tab_to(page, "角色")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".form-doubt")).to_contain_text("不像 DOI")
    assert faults_of(page) == []
    assert not Outcome.objects.exists()
    page.keyboard.press("Control+Enter")
    tab_to(page, "DOI")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="小样本缺陷检测", level=1, exact=True)).to_be_visible()
    outcome = Outcome.objects.get()
    assert (outcome.status, str(outcome.date), outcome.doi) == ("published", "2024-05", "doi 一二三")
    assert [str(maker) for maker in outcome.contributions.all()] == ["鲍勃", "王砚秋(主持)"]
    tab_to(page, "编辑")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="编辑：小样本缺陷检测")).to_be_visible()
    first = page.locator("[data-row]").first.get_by_role("button", name="下移")
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-row] input[name$=ORDER]").first).to_have_value("1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="小样本缺陷检测", level=1, exact=True)).to_be_visible()
    assert [str(maker) for maker in outcome.contributions.all()] == ["王砚秋(主持)", "鲍勃"]


def test_choosing_another_kind_draws_its_fields_at_once(cast, browse):
    page = browse(cast.alice)
    page.goto("/outcomes/new/?kind=paper")
    page.get_by_label("题目").fill("一种装置")
    page.get_by_label("类型").select_option("patent")
    expect(page.get_by_label("专利名称")).to_have_value("一种装置")
    expect(page.get_by_label("专利类型")).to_be_visible()


def test_a_proposal_goes_its_way_without_javascript(cast, browse):
    member = browse(cast.bob, phone=True, javascript=False)
    member.goto("/me/")
    member.get_by_role("link", name="提出成果").click()
    member.get_by_role("link", name="荣誉").click()
    member.get_by_label("荣誉名称").fill("优秀教师")
    member.get_by_role("button", name="添一人").click()
    expect(member.get_by_label("荣誉名称")).to_have_value("优秀教师")
    expect(member.get_by_label("姓名")).to_have_count(4)
    member.get_by_role("button", name="保存", exact=False).last.click()
    expect(member.locator(".page-header")).to_contain_text("待确认")
    outcome = Outcome.objects.get()
    assert (outcome.review, outcome.contributions.get().member) == ("proposed", cast.bob_member)
    secretary = browse(cast.alice, javascript=False)
    secretary.goto("/?window=2024")
    secretary.get_by_role("link", name="1 项成果待确认", exact=True).click()
    secretary.get_by_role("link", name="优秀教师").click()
    secretary.get_by_role("link", name="退回").click()
    secretary.get_by_label("退回原因").fill("请填授予单位")
    secretary.get_by_role("button", name="退回").click()
    expect(secretary.locator(".banner.bad")).to_contain_text("请填授予单位")
    member.reload()
    member.get_by_role("link", name="改好再提").click()
    member.get_by_label("授予单位").fill("学校党委")
    member.get_by_role("button", name="保存", exact=False).last.click()
    expect(member.locator(".page-header")).to_contain_text("待确认")
    secretary.reload()
    secretary.get_by_role("button", name="确认").click()
    expect(secretary.locator(".page-header")).not_to_contain_text("待确认")
    outcome.refresh_from_db()
    assert (outcome.review, outcome.venue) == ("accepted", "学校党委")


def test_makers_are_put_in_order_without_javascript(cast, browse):
    outcome = services.create_outcome(
        cast.north,
        kind_id="book",
        subtype="textbook",
        name="云计算",
        people=[Contribution(name="甲"), Contribution(name="乙")],
        by=cast.alice,
    )
    page = browse(cast.alice, javascript=False)
    page.goto(f"/outcomes/{outcome.pk}/edit/")
    for place, number in enumerate(["2", "1"]):
        page.get_by_label("顺序").nth(place).fill(number)
    page.get_by_label("类型").select_option("platform")
    page.get_by_role("button", name="换成这一类").click()
    expect(page.get_by_label("平台名称")).to_have_value("云计算")
    page.get_by_role("button", name="保存", exact=False).last.click()
    expect(page.locator(".page-header")).to_contain_text("云计算")
    outcome.refresh_from_db()
    assert (outcome.kind_id, [maker.name for maker in outcome.contributions.all()]) == (
        "platform",
        ["乙", "甲"],
    )


def test_feedback_and_targets_are_entered_by_keyboard_and_read_well(cast, browse):
    activity = factories.ActivityFactory(organisation=cast.north)
    set_target(cast.north, 2023, "activities.total", 20, by=None)
    page = browse(cast.alice)
    page.goto(f"/activities/{activity.pk}/")
    tab_to(page, "添反馈")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="添反馈")).to_be_visible()
    type_into(page, 内容="孩子听得入神", 身份="家长")
    tab_to(page, "同意引用")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#feedback")).to_contain_text("孩子听得入神")
    assert Feedback.objects.get().may_quote
    page.goto("/targets/new/?window=2024")
    figure = page.locator("#id_figure-ts-control")
    figure.focus()
    page.keyboard.type("学术论文")
    # The list follows a moment later.
    expect(page.locator(".ts-dropdown .active")).to_contain_text("学术论文")
    page.keyboard.press("Enter")
    expect(page.locator("#id_figure_helptext")).to_contain_text("已发表的学术论文")
    type_into(page, 目标值="10")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="学术论文", level=1)).to_be_visible()
    page.goto("/targets/edit/?window=2024")
    tab_to(page, "空着的照抄上年")
    page.keyboard.press("Enter")
    expect(page.get_by_label("活动的目标值")).to_have_value("20")
    tab_to(page, "保存")
    page.keyboard.press("Enter")
    expect(page.locator(".snack")).to_contain_text("改动 1 项")
    found = {target.figure: target.value for target in Target.objects.filter(year=2024)}
    assert found == {"outcomes.paper": 10, "activities.total": 20}


@pytest.mark.parametrize("phone", [True, False])
def test_the_pages_read_well(cast, browse, phone):
    activity = factories.ActivityFactory(organisation=cast.north)
    feedback = factories.FeedbackFactory(activity=activity)
    target = set_target(cast.north, 2024, "outreach.person_times", 20, by=None)
    waiting = services.propose_outcome(
        cast.north,
        kind_id="paper",
        name="很长的题目" * 30,
        people=[Contribution(member=cast.bob_member)],
        details={"卷": "9" * 60},
        by=cast.bob,
    )
    page = browse(cast.alice, phone=phone)
    for path in (
        "/outcomes/new/?kind=competition_award",
        f"/outcomes/{waiting.pk}/",
        f"/outcomes/{waiting.pk}/edit/",
        f"/outcomes/{waiting.pk}/return/",
        "/outcomes/?all=1",
        f"/activities/{activity.pk}/feedback/new/",
        f"/activities/feedback/{feedback.pk}/",
        f"/activities/feedback/{feedback.pk}/edit/",
        "/targets/?window=2024",
        "/targets/new/",
        "/targets/edit/?window=2024",
        f"/targets/{target.pk}/",
        f"/targets/{target.pk}/edit/",
    ):
        page.goto(path)
        assert faults_of(page) == [], path
    own = browse(cast.bob, phone=phone)
    for path in ("/me/", f"/outcomes/{waiting.pk}/", f"/outcomes/{waiting.pk}/edit/", "/outcomes/new/"):
        own.goto(path)
        assert faults_of(own) == [], path

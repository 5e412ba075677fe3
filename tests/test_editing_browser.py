"""Writing in a real browser: by keyboard alone, on the phone, without a script, and with the form saving itself."""

import pytest
from playwright.sync_api import expect

from activities.models import Activity
from core.models import Draft
from tests import factories
from tests.pages import faults_of, has_focus, tab_to
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def go_to(page, label):
    """Press Tab until the field (or button) of that name has the focus."""
    wanted = page.get_by_role("main").get_by_label(label, exact=True).first
    if not wanted.count():
        wanted = page.get_by_role("button", name=label).last
    if not has_focus(wanted):
        tab_to(page, wanted, most=120)


@pytest.mark.parametrize("phone", [True, False])
def test_one_line_and_one_press(cast, browse, phone):
    factories.PartnerFactory(organisation=cast.north, name="营角上社区党委")
    page = browse(cast.alice, phone=phone)
    page.goto("/activities/")
    if phone:
        page.goto("/activities/log/")
    else:
        page.keyboard.press("n")
    expect(page.locator("#line")).to_be_focused()
    page.keyboard.type("昨天下午 营角上社区 主题党日 32人次")
    expect(page.get_by_label("服务人次")).to_have_value("32")
    expect(page.get_by_label("类型")).to_have_value("themed_party_day")
    assert faults_of(page) == []
    page.keyboard.press("Enter")
    expect(page.locator(".snacks")).to_contain_text("已录入")
    activity = Activity.objects.get()
    assert (activity.person_times, activity.partners.get().name) == (32, "营角上社区党委")


@pytest.mark.parametrize("phone", [True, False])
def test_an_activity_is_entered_by_keyboard_alone(cast, browse, phone):
    page = browse(cast.alice, phone=phone)
    page.goto("/activities/new/?kind=themed_party_day&starts_on=2024-09-21")
    assert faults_of(page) == []
    go_to(page, "主题 必填")
    page.keyboard.type("数字助老进社区")
    go_to(page, "服务人次")
    page.keyboard.type("86")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("数字助老进社区")
    assert faults_of(page) == []
    activity = Activity.objects.get()
    assert activity.participations.filter(role="present").count() == 2
    page.get_by_role("link", name="编辑").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("编辑活动")
    go_to(page, "服务人次")
    page.keyboard.press("Control+a")
    page.keyboard.type("90")
    page.keyboard.press("Enter")
    expect(page.locator(".history")).to_contain_text("把服务人次从 86 改为 90")


def test_a_form_saves_itself_and_is_there_on_another_device(cast, browse):
    page = browse(cast.alice)
    page.goto("/activities/new/")
    page.get_by_label("主题 必填").fill("写到一半的活动")
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿已存")
    phone = browse(cast.alice, phone=True)
    phone.goto("/activities/new/")
    expect(phone.get_by_label("主题 必填")).to_have_value("写到一半的活动")
    assert faults_of(phone) == []
    phone.get_by_role("button", name="不要草稿").click()
    expect(phone.get_by_label("主题 必填")).to_have_value("")
    assert not Draft.objects.exists()


def test_leaving_the_page_at_once_saves_the_draft_too(cast, browse):
    page = browse(cast.alice)
    page.goto("/activities/new/")
    page.get_by_label("主题 必填").type("刚写就走")
    page.goto("/activities/")
    wait_until(Draft.objects.exists, "the draft that was sent while the page was left")
    page.goto("/activities/new/")
    expect(page.get_by_label("主题 必填")).to_have_value("刚写就走")


def test_everything_works_without_a_script(cast, browse):
    page = browse(cast.alice, javascript=False)
    page.goto("/activities/log/")
    page.get_by_label("一句话").fill("9月21日 党课 15人次")
    page.get_by_role("button", name="记下", exact=True).click()
    expect(page.get_by_label("服务人次")).to_have_value("15")
    assert not Activity.objects.exists()
    page.get_by_role("button", name="记下", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    activity = Activity.objects.get()
    page.goto(f"/activities/{activity.pk}/attendance/")
    page.get_by_label("点名").check()
    page.get_by_role("group", name="鲍勃").get_by_label("请假").check()
    page.get_by_label("鲍勃没来的原因").fill("外出授课")
    page.get_by_role("button", name="保存").last.click()
    expect(page.locator(".person.away")).to_contain_text("请假：外出授课")
    page.get_by_text("更多操作").or_(page.locator("summary[aria-label=更多操作]")).first.click()
    page.get_by_role("button", name="移入回收站").click()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".snacks")).to_contain_text("已恢复")

"""The pages as a browser shows them: both sizes, no sideways scrolling, no dead links, nothing on the console."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from core.links import record_url
from tests import factories as make
from tests.cast import cast, sign_in  # noqa: F401
from tests.pages import faults_of
from tests.test_pages import LISTS, one_of_each


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [True, False])
def test_every_page_reads_well(cast, browse, phone):  # noqa: F811
    records = one_of_each(cast.north, cast.alice_member)
    make.OutcomeFactory(organisation=cast.north, name="很长的名称" * 30, date=None)
    make.MemberFactory(organisation=cast.north, name="买买提·吐尔逊·阿卜杜拉")
    urls = [
        "/?window=2024",
        *(f"{reverse(name)}?all=1" for name in LISTS),
        "/activities/?window=2024&line=joint_building&status=held&q=主题",
        *(record_url(record) for record in records),
        "/me/",
        "/calendar/?month=2024-06",
        "/calendar/feed/",
    ]
    page = browse(cast.alice, phone=phone)
    said = []
    page.on("console", lambda message: said.append(message.text))
    for url in urls:
        assert page.goto(url).status == 200, url
        assert faults_of(page) == [], url
    overview = browse(cast.diana, phone=phone)
    overview.goto("/?window=2024")
    assert faults_of(overview) == []
    own = browse(cast.bob, phone=phone)
    for url in ("/", "/members/", record_url(records[3])):
        own.goto(url)
        assert faults_of(own) == [], url
    assert said == []


@pytest.mark.django_db(transaction=True)
def test_filters_work_without_javascript(cast, browse):  # noqa: F811
    make.ActivityFactory(organisation=cast.north, theme="量子计算讲座", kind_id="lecture")
    make.ActivityFactory(organisation=cast.north, theme="数字助老")
    page = browse(cast.alice, javascript=False)
    page.goto("/activities/?window=2024")
    page.get_by_label("在列表中查找").fill("量子")
    page.get_by_label("在列表中查找").press("Enter")
    expect(page.locator(".list-cards tbody tr")).to_have_count(1)
    page.get_by_text("更多条件").click()
    page.get_by_label("类型").select_option(label="专题讲座")
    page.get_by_role("button", name="按条件查看").click()
    expect(page.locator(".filter.is-on")).to_have_count(3)
    page.locator(".filter.is-on", has_text="查找").click()
    expect(page.locator(".filter.is-on")).to_have_count(2)
    page.locator(".filter.is-on", has_text="类型").click()
    expect(page.locator(".list-cards tbody tr")).to_have_count(2)


@pytest.mark.django_db(transaction=True)
def test_home_takes_a_line_without_javascript(cast, browse):  # noqa: F811
    page = browse(cast.alice, javascript=False)
    page.goto("/?window=2024")
    page.get_by_label("记一笔", exact=True).fill("昨天 支委会，讨论年度总结")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_label("主题", exact=False).first).to_have_value("讨论年度总结")
    expect(page.locator("#line")).to_have_value("昨天 支委会，讨论年度总结")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [True, False])
def test_home_folds_its_charts_on_the_phone(cast, browse, phone):  # noqa: F811
    make.ActivityFactory(organisation=cast.north)
    page = browse(cast.alice, phone=phone)
    page.goto("/?window=2024")
    for fold in page.locator("[data-phone-fold]").all():
        expect(fold).to_have_js_property("open", not phone)
    if phone:
        page.locator("summary", has_text="任务线活动").click()
    expect(page.get_by_text("一次活动可属几条任务线")).to_be_visible()

"""The table of jobs of the product, walked from the home page by the keyboard alone: the secretary's at the desk and on
the phone, the member's on the phone and at the desk. No address is typed after the first."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from activities.models import Activity
from branch.models import Certification
from core.dates import today
from reports.models import Compilation
from tests import factories as make
from tests.pages import faults_of, tab_to
from tests.uploads import photo
from workbench.models import YearAnswer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]
SIZES = pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desk", "phone"])


def at(browse, user, size):
    """Home of a user in a window of this size, a phone's below 600 px."""
    page = browse(user, phone=size[0] < 600)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto("/")
    return page


def press(page, target):
    """Reach a control with Tab, past all of a list if it stands behind it, and press it."""
    tab_to(page, target, most=150)
    page.keyboard.press("Enter")


def arrived(page, heading):
    """Wait for the page of this heading."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def navigate(page, name, heading):
    """To a page of the navigation: the rail's on the desk; the bar's, or its 更多, on the phone."""
    link = (
        page.get_by_role("navigation")
        .get_by_role("link", name=re.compile(f"^{name}"))
        .locator("visible=true")
    )
    if not link.count():
        press(page, page.get_by_role("navigation").locator("summary", has_text="更多"))
    press(page, link.first)
    arrived(page, heading)


def check(page):
    assert faults_of(page) == [], page.url


@SIZES
def test_what_the_secretary_does_in_a_year(reporting, start_worker, browse, size):
    cast = reporting
    start_worker()
    partner = make.PartnerFactory(organisation=cast.north, name="营角上社区党委", since="2023")
    make.ActivityFactory(
        organisation=cast.north, kind_id="party_lecture", theme="春季党课", starts_on="2024-03-08"
    )
    page = at(browse, cast.alice, size)
    check(page)

    # An activity, right after it happened: one line and one press.
    navigate(page, "活动", "活动")
    navigate(page, "记一笔", "记一笔")
    expect(page.locator("#line")).to_be_focused()
    page.keyboard.type("昨天下午 营角上社区 主题党日 32人次")
    expect(page.get_by_label("服务人次")).to_have_value("32")
    check(page)
    page.keyboard.press("Enter")
    expect(page.locator(".snacks")).to_contain_text("已录入")
    logged = Activity.objects.latest("pk")
    assert (logged.person_times, logged.starts_on, logged.partners.get()) == (
        32,
        today() - dt.timedelta(days=1),
        partner,
    )

    # The rest follows: who was there, one tapped away.
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check(page)

    # Last time's entry, copied.
    navigate(page, "记一笔", "记一笔")
    press(page, page.get_by_label("照抄“春季党课”"))
    expect(page.get_by_label("主题 必填")).to_have_value("春季党课")
    check(page)
    tab_to(page, page.get_by_label("日期 必填"))
    page.keyboard.type("06072024")  # month, day, year, as this browser writes dates
    page.keyboard.press("Control+Enter")
    expect(page.locator(".snacks")).to_contain_text("已录入")
    assert Activity.objects.filter(theme="春季党课").count() == 2

    # What is missing, from home: a thing that waits is mended with one press.
    waiting = Certification.objects.create(
        organisation=cast.north, member=cast.bob_member, type=make.CertificationTypeFactory(name="HCIA"),
        passed_on_first="2024-03-01", passed_on_last="2024-03-01",
    )  # fmt: skip
    navigate(page, "工作台", "工作台")
    check(page)
    press(page, page.get_by_role("link", name=re.compile("^审核：1 份证书")))
    expect(page.get_by_role("heading", level=1)).to_have_text("待审核证书")
    check(page)
    press(page, page.get_by_role("button", name="核验通过"))
    expect(page.get_by_text("都审完了")).to_be_visible()
    waiting.refresh_from_db()
    assert waiting.is_verified

    # The yearly report: one press, a draft with live figures, the files.
    navigate(page, "报告", "报告")
    press(page, page.get_by_role("button", name="编译报告"))
    page.get_by_text("第 1 版下载").wait_for()
    check(page)
    assert Compilation.objects.get().status == "done"
    press(page, page.get_by_role("link", name="Word 文稿"))


@SIZES
def test_what_a_member_does_in_a_year(cast, browse, size, data_dir):
    page = at(browse, cast.bob, size)
    check(page)

    # A certificate handed in.
    navigate(page, "我的台账", "我的台账")
    press(page, page.get_by_role("link", name="交证书").first)
    arrived(page, "交证书")
    check(page)
    tab_to(page, page.get_by_label("从相册或文件里选"))
    page.get_by_label("从相册或文件里选").set_input_files(
        {"name": "证书.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    expect(page.locator(".shot")).to_have_count(1)
    check(page)
    tab_to(page, page.get_by_label("认证类型"))
    page.keyboard.type("HCIP")
    tab_to(page, page.get_by_label("通过日期"))
    page.keyboard.type("2024年6月18日")
    press(page, page.get_by_role("button", name="交给支部审核"))
    expect(page.get_by_role("heading", name="已交给支部，等待审核")).to_be_visible()
    check(page)
    press(page, page.get_by_role("link", name="回到我的台账"))
    assert Certification.objects.get().member == cast.bob_member

    # The own record: what waits, and the year confirmed.
    arrived(page, "我的台账")
    expect(page.get_by_role("main")).to_contain_text("HCIP")
    check(page)
    press(page, page.get_by_role("button", name="没有遗漏，确认"))
    expect(page.locator(".banner.ok")).to_contain_text("没有遗漏")
    assert YearAnswer.objects.get().answer == "nothing_missing"

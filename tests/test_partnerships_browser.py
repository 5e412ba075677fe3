"""Partners, agreements and plans in a real browser: by the keyboard alone, on both sizes, without JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from core.dates import today
from partnerships import services
from partnerships.models import Agreement, Partner
from tests import factories as make
from tests.pages import faults_of
from tests.test_branch_forms_browser import tab_to, type_into

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agreement(cast):
    partner = services.create_partner(
        cast.north, name="澄湖农商银行科技部党支部", kind_id="bank", aliases=["农商行"], by=cast.alice
    )
    agreement = make.AgreementFactory(organisation=cast.north, partners=[partner], expires_on="2025-01")
    make.CommitmentFactory(agreement=agreement, delivered=1)
    item = make.PlanItemFactory(agreement=agreement, number=1, theme="走进银行机房", planned_on="2024-03")
    make.PlanItemFactory(agreement=agreement, number=2, theme="很长的主题" * 12, lead="牵头的单位" * 6)
    make.PlanItemFactory(agreement=agreement, number=3, planned_on=str(today().year + 1))
    make.ActivityFactory(organisation=cast.north, agreement=agreement, plan_item=item)
    return agreement


@pytest.mark.parametrize("phone", [True, False])
def test_an_agreement_is_entered_and_changed_by_the_keyboard_alone(cast, browse, phone):
    make.PartnerFactory(organisation=cast.north, name="望江社区党委")
    page = browse(cast.alice, phone=phone)
    page.goto("/partnerships/agreements/new/")
    type_into(page, 名称="校社党建联建协议")
    page.keyboard.press("Tab")  # the partners, a field one types into
    page.keyboard.type("望江")
    expect(page.locator(".ts-dropdown .option")).to_have_count(1)
    page.keyboard.press("Enter")
    tab_to(page, "状态")
    for _ in range(4):  # 洽谈, 起草, 已签署, 执行中
        page.keyboard.press("ArrowDown")
    type_into(page, 签署日期="2024年3月", 到期日期="2026-02", 承诺="周末沙龙", 承诺数="6", 单位="期")
    tab_to(page, "添一项承诺")
    page.keyboard.press("Enter")
    page.keyboard.type("主题党日")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="校社党建联建协议", level=1)).to_be_visible()
    agreement = Agreement.objects.get()
    assert [str(row) for row in agreement.commitments.all()] == ["周末沙龙6期", "主题党日"]
    assert (agreement.status, str(agreement.signed_on)) == ("in_force", "2024-03")
    tab_to(page, "填兑现数")
    page.keyboard.press("Enter")
    type_into(page, 周末沙龙="4")
    page.keyboard.press("Enter")
    expect(page.locator(".promise").first).to_contain_text("4 / 承诺 6 期")
    tab_to(page, "编辑")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="编辑：校社党建联建协议")).to_be_visible()
    type_into(page, 联络人="韩振东")
    page.keyboard.press("Enter")
    expect(page.locator(".history")).to_contain_text("韩振东")


@pytest.mark.parametrize("phone", [True, False])
def test_a_plan_is_written_as_a_table_by_the_keyboard_alone(cast, browse, phone, agreement):
    page = browse(cast.alice, phone=phone)
    page.goto(reverse("partnerships:plan_table", args=[agreement.pk]))
    tab_to(page, "编辑计划表")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="编辑计划表")).to_be_visible()
    type_into(page, 序号="3")  # the first row goes third
    tab_to(page, "添一项")
    page.keyboard.press("Enter")
    expect(page.locator(".plan-edit tbody tr")).to_have_count(5)
    page.keyboard.press("Tab")  # from 序号, which has the focus
    page.keyboard.type("2024年9月")
    page.keyboard.press("Tab")
    page.keyboard.type("金融安全党课")
    tab_to(page, "从 Excel 粘贴")
    page.keyboard.press("Enter")
    tab_to(page, "从 Excel 粘贴")
    page.keyboard.insert_text("时间\t主题\n2024-10\t座谈")
    tab_to(page, "列到表里")
    page.keyboard.press("Enter")
    expect(page.locator(".banner.ok")).to_contain_text("认出 1 项")
    assert faults_of(page) == []
    tab_to(page, "保存")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="联学联建计划表")).to_be_visible()
    plan = agreement.plan_items.order_by("number").values_list("number", "theme")
    assert [theme[:6] for _, theme in plan][1:] == [
        "走进银行机房",
        "第" + plan[2][1][1:6],
        "金融安全党课",
        "座谈",
    ]


def test_a_near_name_and_a_plan_without_javascript(cast, browse, agreement):
    page = browse(cast.alice, javascript=False)
    page.goto("/partnerships/new/")
    page.get_by_label("名称").fill("澄湖农商银行技术部")
    page.get_by_label("类型").select_option(label="银行")
    page.get_by_label("联系人").fill("秦叔平")
    page.get_by_role("button", name="保存").last.click()
    expect(page.locator(".banner.warn")).to_contain_text("是同一家吗")
    page.get_by_role("button", name="就用已有的").click()
    expect(page.get_by_role("heading", name="澄湖农商银行科技部党支部", level=1)).to_be_visible()
    partner = Partner.objects.get()
    assert [alias.name for alias in partner.aliases.all()] == ["农商行", "澄湖农商银行技术部"]
    assert partner.contact == "秦叔平"
    page.goto(reverse("partnerships:plan_edit", args=[agreement.pk]))
    page.get_by_role("button", name="添一项").click()
    expect(page.locator(".plan-edit tbody tr")).to_have_count(5)
    page.locator(".plan-edit tbody tr").last.get_by_label("主题").fill("金融安全党课")
    page.locator(".plan-edit tbody tr").nth(1).get_by_label("删去").check()
    page.get_by_role("button", name="保存").last.click()
    expect(page.locator(".plan-edit")).to_have_count(0)
    assert list(agreement.plan_items.live().order_by("number").values_list("number", flat=True)) == [1, 3, 4]
    page.goto(reverse("partnerships:agreement_detail", args=[agreement.pk]))
    page.get_by_role("button", name="已到期").click()
    expect(page.locator(".stepper .now")).to_have_text("到期")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".stepper .now")).to_have_text("执行中")


@pytest.mark.parametrize("phone", [True, False])
def test_every_page_reads_well(cast, browse, phone, agreement):
    partner, item = agreement.partners.get(), agreement.plan_items.get(number=1)
    other = make.PartnerFactory(organisation=cast.north)
    page = browse(cast.alice, phone=phone)
    at, within = f"/partnerships/{partner.pk}/", f"/partnerships/agreements/{agreement.pk}/"
    row = f"/partnerships/plan/{item.pk}/"
    for path in (
        "/partnerships/",
        "/partnerships/new/",
        at,
        f"{at}edit/",
        f"{at}merge/",
        f"{at}merge/?into={other.pk}",
        f"/partnerships/agreements/new/?partner={partner.pk}",
        within,
        f"{within}edit/",
        f"{within}sign/",
        f"{within}end/",
        f"{within}renew/",
        f"{within}delivery/",
        f"{within}plan/",
        f"{within}plan/?year=2024",
        f"{within}plan/edit/",
        f"{within}plan/print/",
        f"/partnerships/plan/new/?agreement={agreement.pk}",
        row,
        f"{row}edit/",
        f"{row}cancel/",
    ):
        assert page.goto(path).status == 200, path
        assert faults_of(page) == [], path

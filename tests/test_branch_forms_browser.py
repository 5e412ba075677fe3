"""Members and certificates entered in a real browser: by the keyboard alone, on both sizes, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from branch import services
from branch.models import Certification, Member
from tests.pages import faults_of, tab_until
from tests.uploads import photo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("data_dir")]
_FOCUSED = """() => {
  const at = document.activeElement;
  return (at.labels?.[0] ?? at).textContent.replace(/必填/, "").trim();
}"""


def tab_to(page, name):
    """Press Tab until the control of this name has the focus."""
    tab_until(page, lambda: page.evaluate(_FOCUSED).startswith(name), name, most=150)


def type_into(page, **values):
    """Type into fields, in the order in which Tab meets them."""
    for name, text in values.items():
        tab_to(page, name)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)


@pytest.mark.parametrize("phone", [True, False])
def test_a_member_is_entered_and_changed_by_the_keyboard_alone(cast, browse, phone):
    page = browse(cast.alice, phone=phone)
    page.goto("/members/new/")
    assert faults_of(page) == []
    type_into(page, 姓名="曾小明", 工号="20240001")
    tab_to(page, "人员类别")
    page.keyboard.press("ArrowDown")
    type_into(page, 入党日期="2010年7月", 电话="13800001234", 党内职务="组织委员", 任职日期="2023-06")
    tab_to(page, "添职务")
    page.keyboard.press("Enter")
    page.keyboard.type("宣传委员")
    tab_to(page, "保存，再记一条")
    tab_to(page, "保存")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="曾小明", level=1, exact=True)).to_be_visible()
    member = Member.objects.get(staff_number="20240001")
    assert (member.category, str(member.joined_party)) == ("full", "2010-07")
    assert [str(post) for post in member.posts.all()] == ["组织委员（2023-06—）", "宣传委员"]
    tab_to(page, "编辑")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="编辑：曾小明")).to_be_visible()
    tab_to(page, "拼音与统计")
    page.keyboard.press("Enter")
    type_into(page, 拼音="zeng xiao ming")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="曾小明", level=1, exact=True)).to_be_visible()
    member.refresh_from_db()
    assert member.name_pinyin == "zeng xiao ming"


def test_a_certificate_goes_its_way_without_javascript(cast, browse):
    holder = browse(cast.bob, phone=True, javascript=False)
    holder.goto("/certifications/")
    holder.get_by_role("link", name="交证书").first.click()
    holder.get_by_label("照片或 PDF").set_input_files(
        {"name": "证书.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    holder.get_by_role("button", name="上传").click()
    holder.get_by_label("认证类型").fill("HCIP")
    holder.get_by_role("button", name="交给支部审核").click()
    expect(holder.locator(".form-error")).to_have_count(1)
    expect(holder.get_by_label("认证类型")).to_have_value("HCIP")
    holder.get_by_label("通过日期").fill("2024年6月18日")
    holder.get_by_role("button", name="交给支部审核").click()
    expect(holder.get_by_role("heading", name="已交给支部，等待审核")).to_be_visible()
    certification = Certification.objects.get()
    assert (certification.member, str(certification.passed_on)) == (cast.bob_member, "2024-06-18")
    secretary = browse(cast.alice, javascript=False)
    secretary.goto(f"/certifications/{certification.pk}/")
    secretary.get_by_role("link", name="退回").click()
    secretary.get_by_label("退回原因").fill("照片不清楚，请重拍")
    secretary.get_by_role("button", name="退回").click()
    expect(secretary.locator(".banner.bad")).to_contain_text("照片不清楚")
    holder.goto(f"/certifications/{certification.pk}/")
    holder.get_by_role("link", name="改好再交").click()
    holder.get_by_label("证书编号").fill("HW-002")
    holder.get_by_role("button", name="保存", exact=False).last.click()
    expect(holder.locator(".page-header")).to_contain_text("待审核")
    secretary.reload()
    secretary.get_by_role("button", name="核验通过").click()
    expect(secretary.locator(".page-header")).to_contain_text("已核验")
    certification.refresh_from_db()
    assert (certification.number, certification.is_verified) == ("HW-002", True)


@pytest.mark.parametrize("phone", [True, False])
def test_forms_and_steps_read_well(cast, browse, phone):
    waiting = services.hand_in_certification(cast.bob_member, "HCIP", passed_on="2024", by=cast.bob)
    programme = services.create_programme(
        cast.north,
        name="强国行",
        level="national",
        starts_on="2024-10-01",
        ends_on="2027-09-30",
        by=cast.alice,
    )
    page = browse(cast.alice, phone=phone)
    member = f"/members/{cast.bob_member.pk}/"
    for path in (
        member,
        f"{member}edit/",
        f"{member}appoint/",
        f"{member}transfer-out/",
        "/certifications/new/",
        f"/certifications/{waiting.pk}/",
        f"/certifications/{waiting.pk}/edit/",
        f"/certifications/{waiting.pk}/return/",
        "/programmes/new/",
        f"/programmes/{programme.pk}/",
    ):
        page.goto(path)
        assert faults_of(page) == [], path

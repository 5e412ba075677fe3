"""The inbox in a real browser: by keyboard alone, by touch, and without a script."""

import pytest
from playwright.sync_api import expect

from branch.models import Certification
from branch.reading.fields import Field
from tests import factories, uploads
from tests.pages import faults_of
from tests.test_inbox import hand_in, held, page_of
from tests.test_marks import reading

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("data_dir")]
PAPER, OTHER = (uploads.photo(size=(800, 560), colour=colour) for colour in ("beige", "ivory"))
NUMBER = Field("CLS-2024-0638172", False, box=(0.1, 0.6, 0.4, 0.63), hint="照片这里不清楚，请核对")


@pytest.fixture
def three(cast):
    """Three that wait: a renewal, one whose number was read otherwise, one without a name on it."""
    held(cast.bob_member, direction="Cloud Service", passed_on="2021-12-12", valid_until="2024-12-28")
    tang = factories.MemberFactory(organisation=cast.north, name="唐婉宁", academic_title="讲师")
    return [
        hand_in(cast.bob_member, read=reading(), waited=3, files=(PAPER, uploads.pdf(2))),
        hand_in(tang, read=reading(number=NUMBER), waited=2, number="CLS-2O24-0638170", files=(OTHER,)),
        hand_in(cast.alice_member, direction="Datacom", number="HW-3", waited=1, files=()),
    ]


def _chosen(page, certification):
    """The page has come on which this one is looked at."""
    expect(page.locator(".queue .is-here")).to_have_attribute("href", page_of(certification))
    page.wait_for_load_state()  # keys are heard once the page's script has run


def _state(certification):
    certification.refresh_from_db()
    return certification.status


def test_three_certificates_by_keyboard_alone(three, cast, browse):
    first, second, third = three
    page, pictures = browse(cast.alice), []
    page.on("request", lambda request: pictures.append(request.url) if "/picture/" in request.url else None)
    page.goto("/certifications/inbox/")
    _chosen(page, first)
    doc = page.locator("[data-doc]")
    expect(doc.locator("[data-box=type_name]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    loaded = len(pictures)
    assert faults_of(page) == []

    # Looking: to a field, nearer, turned; the picture is not loaded again.
    whole = doc.get_attribute("viewBox")
    page.keyboard.press("1")
    expect(page.get_by_label("1 · 认证类型")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(doc).not_to_have_attribute("viewBox", whole)
    page.keyboard.press("z")
    expect(doc).to_have_attribute("viewBox", whole)
    page.keyboard.press("o")
    expect(doc.locator("> g")).to_have_attribute("transform", "translate(700 0) rotate(90)")
    for _ in range(3):
        turned = doc.locator("> g").get_attribute("transform")
        page.keyboard.press("o")
        expect(doc.locator("> g")).not_to_have_attribute("transform", turned)
    assert len(pictures) == loaded
    page.keyboard.press("2")
    page.keyboard.press("Enter")  # decides nothing
    page.keyboard.press("Alt+z")
    expect(page.locator(".stage-bar")).to_contain_text("PDF · 第 1 页，共 2 页")
    page.keyboard.press("Escape")

    # All keys, and back.
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    assert faults_of(page) == []
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_hidden()

    # Forth, back, and accepted as it is: the next one follows.
    page.keyboard.press("j")
    _chosen(page, second)
    page.keyboard.press("k")
    _chosen(page, first)
    expect(page.locator("[data-part=effect]")).to_contain_text("支部 HCIP 持证")
    page.keyboard.press("a")
    _chosen(page, second)
    expect(page.locator(".snack")).to_contain_text("已核验“鲍勃 HCIP-Cloud Service”")
    assert _state(first) == "verified"
    assert first.renews is not None

    # The second is put right where the picture says so. No key decides anything while one types.
    page.keyboard.press("2")
    number = page.get_by_label("2 · 证书编号")
    expect(number).to_be_focused()
    expect(page.locator(".field.is-check .crop")).to_be_visible()
    page.keyboard.type("ajkruz?")
    expect(number).to_have_value("ajkruz?")
    page.keyboard.press("Control+a")
    page.keyboard.type("CLS-2024-0638172")
    page.keyboard.press("Control+Enter")
    _chosen(page, third)
    assert (_state(second), second.number) == ("verified", "CLS-2024-0638172")

    # The third has no picture: returned with a usual reason, by its number.
    expect(page.locator(".verdicts .is-bad")).to_contain_text("没有佐证，只有填写的内容")
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="照片不清楚，请重拍")).to_be_focused()
    assert faults_of(page) == []
    page.keyboard.press("4")
    expect(page.get_by_text("都审完了")).to_be_visible()
    assert (_state(third), third.return_reason) == ("returned", "缺页，请补齐")
    assert faults_of(page) == []


def test_a_decision_is_taken_back_by_keyboard(three, cast, browse):
    first, second, _ = three
    page = browse(cast.alice)
    page.goto("/certifications/inbox/")
    _chosen(page, first)
    page.keyboard.press("r")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    _chosen(page, second)
    assert (_state(first), first.return_reason) == ("returned", "证书编号看不清，请拍清楚编号")
    page.keyboard.press("u")
    _chosen(page, first)
    assert _state(first) == "pending"
    page.keyboard.press("r")
    page.get_by_label("别的原因").focus()
    page.keyboard.type("章不清楚")
    page.keyboard.press("Control+Enter")  # here it returns
    _chosen(page, second)
    assert (_state(first), first.return_reason) == ("returned", "章不清楚")


def test_the_panel_follows_what_is_typed_and_typed_words_survive(three, cast, browse):
    first = three[0]
    page = browse(cast.alice)
    page.goto("/certifications/inbox/")
    page.get_by_label("4 · 有效期至").fill("2025-01-01")
    page.get_by_label("3 · 通过日期").focus()
    expect(page.locator("[data-part=effect]")).to_contain_text("今天不在有效期内")
    page.get_by_role("button", name="下一页").click()
    expect(page.locator(".stage-bar")).to_contain_text("PDF · 第 1 页，共 2 页")
    expect(page.get_by_label("4 · 有效期至")).to_have_value("2025-01-01")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("j")
    _chosen(page, three[1])
    page.keyboard.press("k")
    _chosen(page, first)
    expect(page.get_by_label("4 · 有效期至")).to_have_value("2025-01-01")
    assert Certification.objects.get(pk=first.pk).valid_until_last.year == 2027


def test_on_the_phone_by_touch(three, cast, browse):
    first, second, third = three
    page = browse(cast.alice, phone=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/certifications/inbox/")
    _chosen(page, first)
    assert faults_of(page) == []
    page.get_by_role("button", name="旋转").tap()
    expect(page.locator("[data-doc] > g")).to_have_attribute("transform", "translate(700 0) rotate(90)")
    page.get_by_role("button", name="核验通过").tap()
    _chosen(page, second)
    page.get_by_role("button", name="撤销").tap()
    _chosen(page, first)
    assert _state(first) == "pending"
    page.locator(".return > summary").tap()
    assert faults_of(page) == []
    page.get_by_role("button", name="照片不清楚，请重拍").tap()
    _chosen(page, second)
    assert (_state(first), first.return_reason) == ("returned", "照片不清楚，请重拍")
    page.locator(".queue a", has_text="Datacom").tap()
    _chosen(page, third)
    page.set_viewport_size({"width": 360, "height": 740})
    assert faults_of(page) == []


@pytest.mark.parametrize("phone", [False, True])
def test_everything_works_without_a_script(three, cast, browse, phone):
    first, second, third = three
    page = browse(cast.alice, javascript=False, phone=phone)
    page.goto("/certifications/inbox/")
    page.get_by_label("2 · 证书编号").fill("HW-9")
    page.get_by_role("button", name="旋转").click()
    expect(page.locator("[data-doc] > g")).to_have_attribute("transform", "translate(700 0) rotate(90)")
    page.get_by_role("button", name="放大").click()
    expect(page.get_by_role("button", name="看全图")).to_be_visible()
    page.get_by_role("button", name="下一页").click()
    expect(page.locator(".stage-bar")).to_contain_text("PDF · 第 1 页，共 2 页")
    page.get_by_role("button", name="核验通过").click()
    _chosen(page, second)
    assert (_state(first), first.number) == ("verified", "HW-9")
    page.locator(".return > summary").click()
    page.get_by_label("别的原因").fill("章不清楚")
    page.get_by_role("button", name="退回", exact=True).click()
    _chosen(page, third)
    assert (_state(second), second.return_reason) == ("returned", "章不清楚")
    page.get_by_role("button", name="撤销").click()
    _chosen(page, second)
    assert _state(second) == "pending"

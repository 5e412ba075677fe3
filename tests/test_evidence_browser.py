"""Files in a real browser: chosen, dropped, pasted, refused and tried again; and all of it without a script."""

import pytest
from playwright.sync_api import expect

from core.files import attachments_of
from tests import factories, uploads
from tests.documents import picture
from tests.pages import faults_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("data_dir")]

PDF = uploads.pdf()

# What the operating system does when somebody drops or pastes files: the event with them.
_BRING = """([kind, files]) => {
  const carried = new DataTransfer();
  for (const [name, bytes] of files)
    carried.items.add(new File([new Uint8Array(bytes)], name, { type: "application/pdf" }));
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true });
  document.querySelector("h1").dispatchEvent(event);
}"""


def _file(name, content=PDF):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def _opened(page, activity):
    page.goto(f"/activities/{activity.pk}/")
    page.locator(".evidence-new > summary").click()
    return page


@pytest.fixture
def activity(cast):
    return factories.ActivityFactory(organisation=cast.north, theme="数字助老进社区")


@pytest.mark.parametrize("phone", [True, False])
def test_many_files_one_refused_and_tried_again(activity, cast, browse, phone):
    page = _opened(browse(cast.alice, phone=phone), activity)
    assert faults_of(page) == []
    page.get_by_label("文件").set_input_files(
        [_file("现场.png", picture("blue", (300, 200))), _file("空.pdf", b""), _file("通知.pdf")]
    )
    page.get_by_label("有未成年人").check()
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.locator(".sending .done")).to_have_count(2)
    expect(page.locator(".sending .failed")).to_contain_text("“空.pdf”没有添加：这个文件是空的")
    expect(page.locator(".thumb")).to_have_count(2)
    expect(page.locator("#proof .card-header")).to_contain_text("2 个文件")
    expect(page.locator(".thumb .badge").first).to_have_text("未取得监护人同意")
    assert faults_of(page) == []
    page.get_by_role("button", name="重试 空.pdf").click()
    expect(page.locator(".sending .failed")).to_be_visible()
    assert [(file.name, file.kind) for file in attachments_of(activity)] == [
        ("现场.png", "photo"),
        ("通知.pdf", "notice"),
    ]


def test_what_the_network_lost_is_sent_again_and_the_rest_is_not(activity, cast, browse):
    page = _opened(browse(cast.alice), activity)
    page.context.set_offline(True)
    page.get_by_label("文件").set_input_files([_file("通知.pdf")])
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.locator(".sending .failed")).to_have_text("网络不通，没有传上")
    page.context.set_offline(False)
    page.get_by_role("button", name="重试 通知.pdf").click()
    expect(page.locator(".sending .done")).to_have_text("已添加")
    assert attachments_of(activity).count() == 1


def test_files_are_dropped_and_pasted_anywhere_on_the_page(activity, cast, browse):
    page = browse(cast.alice)
    page.goto(f"/activities/{activity.pk}/")
    one, two, three = (list(uploads.pdf(pages)) for pages in (1, 2, 3))
    page.evaluate(_BRING, ["drop", [["通知.pdf", one], ["b.pdf", two]]])
    expect(page.locator(".sending .done")).to_have_count(2)
    page.evaluate(_BRING, ["paste", [["签到表.pdf", three]]])
    expect(page.locator(".sending .done")).to_have_count(3)
    assert [file.kind for file in attachments_of(activity)] == ["notice", "other", "sign_in_sheet"]


@pytest.mark.parametrize("phone", [True, False])
def test_everything_works_without_a_script(activity, cast, browse, phone):
    page = _opened(browse(cast.alice, phone=phone, javascript=False), activity)
    page.get_by_label("文件").set_input_files([_file("通知.pdf"), _file("空.pdf", b"")])
    page.get_by_label("说明").fill("活动通知")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.locator(".snacks")).to_contain_text("已添加 1 个文件")
    expect(page.locator(".snacks")).to_contain_text("“空.pdf”没有添加：这个文件是空的")
    page.get_by_role("link", name="修改“通知.pdf”").click()
    page.get_by_label("种类").select_option("照片")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".thumb small")).to_contain_text("照片")
    page.get_by_role("link", name="修改“通知.pdf”").click()
    page.get_by_role("button", name="移入回收站").click()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".snacks")).to_contain_text("已恢复“通知.pdf”")
    expect(page.locator(".thumb")).to_have_count(1)


@pytest.mark.parametrize("phone", [True, False])
def test_the_page_of_a_file_is_without_fault(activity, cast, browse, phone):
    file = factories.AttachmentFactory(record=activity)
    page = browse(cast.alice, phone=phone)
    page.goto(f"/files/{file.pk}/edit/")
    assert faults_of(page) == []


def test_what_is_missing_is_mended_with_a_press_and_a_file(cast, browse):
    """From home over the record to 可入报告, on the phone; the trash gives back what was thrown away."""
    activity = factories.ActivityFactory(
        organisation=cast.north, theme="数字助老进社区", person_times=30, count_method="sign_in"
    )
    factories.AttachmentFactory(record=activity, kind="photo")
    page = browse(cast.alice, phone=True)
    page.goto("/?window=2024")
    line = page.locator("li, .entry").filter(has_text="1 场活动缺佐证").last
    expect(line).to_contain_text("补 签到表")
    line.get_by_role("link", name="补充").click()
    expect(page.get_by_label("种类")).to_have_value("sign_in_sheet")
    chip = page.locator(".page-heading [data-proof]")
    expect(chip).to_have_text("缺 1 件：签到表")
    assert faults_of(page) == []
    with page.expect_file_chooser() as chooser:
        page.locator("#proof").get_by_role("link", name="补签到表").click()
    chooser.value.set_files(_file("IMG_1.png", picture("white", (300, 200))))
    expect(page.locator(".sending .done")).to_have_text("已添加")
    expect(chip).to_have_text("可入报告")
    expect(page.locator("#proof .check").filter(has_text="签到表")).not_to_have_class("check no")
    expect(page.get_by_label("种类")).to_have_value("")
    assert faults_of(page) == []
    page.get_by_role("link", name="修改“IMG_1.png”").click()
    page.get_by_role("button", name="移入回收站").click()
    expect(chip).to_have_text("缺 1 件：签到表")
    page.get_by_text("已删除的文件（1）").click()
    assert faults_of(page) == []
    page.get_by_role("button", name="恢复“IMG_1.png”").click()
    expect(chip).to_have_text("可入报告")

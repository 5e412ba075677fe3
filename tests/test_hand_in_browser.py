"""Handing in on a phone, in WeChat's browser: three taps and no typing; a connection that breaks; no script at all."""

import io
import random

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from branch import handing_in, reader
from branch.models import Certification, HandIn, HandInFile
from core.files import attachments_of
from tests import factories, uploads
from tests.certificates import draw, invent
from tests.pages import faults_of
from tests.servers import BreakingLine, wait_until
from tests.test_certificate_reading import needs_ocr
from tests.test_marks import reading

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("data_dir")]
WECHAT = {
    "viewport": {"width": 390, "height": 844},
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.44 NetType/WIFI Language/zh_CN",
}


@pytest.fixture
def link(cast):
    return handing_in.make_link(cast.north, lifetime="day", by=cast.alice)


def certificate_of(member):
    """A photo of a certificate with this name, and what is printed on it."""
    chance = random.Random(11)
    printed, _ = invent(chance, "chinese")
    printed |= {"name": member.name, "valid_until": "", "number": "CLS-2024-0638172"}
    photo = io.BytesIO()
    draw(printed, "chinese", chance).save(photo, "JPEG")
    return printed, {"name": "IMG_0001.JPG", "mimeType": "image/jpeg", "buffer": photo.getvalue()}


def noise(name, kilobytes):
    """A picture that is about so large."""
    side = int((kilobytes * 1024 / 3) ** 0.5)
    image, buffer = (
        Image.frombytes("RGB", (side, side), random.Random(name).randbytes(side * side * 3)),
        io.BytesIO(),
    )
    image.save(buffer, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


@needs_ocr
def test_three_taps_and_no_typing(cast, browse, link):
    printed, photo = certificate_of(cast.bob_member)
    page, taps = browse(phone=True, **WECHAT), []

    def tap(locator):
        taps.append(locator)
        locator.tap()

    page.goto(link.path)  # scanned
    assert faults_of(page) == []
    tap(page.get_by_role("link", name="鲍勃"))
    expect(page.get_by_text("把证书放平")).to_be_visible()
    assert faults_of(page) == []
    with page.expect_file_chooser() as chooser:
        tap(page.locator(".shoot-from").first)
    chooser.value.set_files([photo])
    expect(page.locator(".shot img")).to_have_js_property("complete", True)
    wait_until(lambda: HandIn.objects.filter(reading="waiting").exists(), "the photo to wait for its reader")
    expect(page.get_by_text("正在识别")).to_be_visible()
    reader.read_waiting()
    expect(page.get_by_text("照片清楚，已读出 6 项")).to_be_visible()
    expect(page.get_by_text("识别清楚")).to_have_count(5)
    expect(page.get_by_text("证书上没读到，按")).to_be_visible()
    assert faults_of(page) == []
    tap(page.get_by_role("button", name="交给支部审核"))
    expect(page.get_by_role("heading", name="已交给支部，等待审核")).to_be_visible()
    assert faults_of(page) == []
    assert len(taps) == 3
    certification = Certification.objects.get()
    assert (certification.member, certification.name) == (
        cast.bob_member,
        f"{printed['type']}-{printed['direction']}",
    )
    assert (certification.number, str(certification.passed_on)) == (printed["number"], printed["passed_on"])
    assert [file.name for file in attachments_of(certification)] == ["IMG_0001.JPG"]


def test_what_was_typed_stays_when_the_reading_comes(cast, browse, link, monkeypatch):
    monkeypatch.setattr(reader, "is_available", lambda: True)
    page = browse(phone=True, **WECHAT)
    page.goto(f"{link.path}?member={cast.bob_member.pk}")
    page.locator(".shoot-from input").last.set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": uploads.photo()}
    )
    expect(page.get_by_text("正在识别")).to_be_visible()
    page.get_by_label("证书编号").fill("我写的")
    page.get_by_label("认证类型").fill("HCIA")
    page.get_by_role("button", name="交给支部审核").tap()  # the date is missing
    expect(page.get_by_label("证书编号")).to_have_value("我写的")
    HandIn.objects.update(reading="done", read=reading())
    expect(page.get_by_label("通过日期")).to_have_value("2024-12-11")
    expect(page.get_by_label("证书编号")).to_have_value("我写的")
    expect(page.get_by_label("认证类型")).to_have_value("HCIA")
    expect(page.get_by_text("推算", exact=True)).to_be_visible()
    page.get_by_label("通过日期").fill("2024-12-12")
    expect(page.locator(".field", has=page.get_by_label("通过日期")).locator(".conf")).to_have_count(0)


def test_a_broken_connection_sends_the_unfinished_file_again_and_no_other(cast, browse, link, live_server):
    line = BreakingLine((live_server.thread.host, live_server.thread.port), most=200_000)
    page, finished = browse(phone=True, base_url=line.url, **WECHAT), []
    page.on("response", lambda answer: answer.url.endswith("/files/") and finished.append(answer.status))
    page.goto(f"{link.path}?member={cast.bob_member.pk}")
    page.locator(".shoot-from input").last.set_input_files([noise("一.png", 20), noise("二.png", 900)])
    expect(page.locator(".sending .failed")).to_have_text("网络断了，自动重试…")
    assert (line.broken, HandInFile.objects.get().name) == (1, "一.png")
    line.mend()
    expect(page.locator(".shot")).to_have_count(2)
    expect(page.locator(".sending li")).to_have_count(0)
    line.close()
    assert finished == [200, 200]
    assert [file.name for file in HandInFile.objects.order_by("position")] == ["一.png", "二.png"]


def test_everything_works_without_a_script(cast, browse, link, monkeypatch):
    monkeypatch.setattr(reader, "is_available", lambda: True)  # and nobody reads: the test says what was read
    page = browse(phone=True, javascript=False, **WECHAT)
    page.goto(link.path)
    page.get_by_role("link", name="鲍勃").tap()
    files = [
        {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": uploads.photo(colour=n)}
        for n in ("red", "blue")
    ]
    page.get_by_label("照片或 PDF").set_input_files(files)
    page.get_by_role("button", name="上传").tap()
    expect(page.locator(".shot")).to_have_count(2)
    page.get_by_role("button", name="移除第 2 页").tap()
    expect(page.locator(".shot")).to_have_count(1)
    page.get_by_label("方向").fill("我写的")
    HandIn.objects.update(reading="done", read=reading())
    page.get_by_role("button", name="看结果").tap()
    expect(page.get_by_text("请核对", exact=True)).to_be_visible()
    page.get_by_role("button", name="交给支部审核").tap()
    expect(page.get_by_role("heading", name="已交给支部，等待审核")).to_be_visible()
    page.get_by_role("button", name="再来一张").tap()
    expect(page.get_by_text("把证书放平")).to_be_visible()
    certification = Certification.objects.get()
    assert (certification.number, certification.direction) == ("CLS-2024-0638172", "我写的")


@pytest.mark.parametrize("phone", [True, False])
def test_the_secretarys_pages_and_the_closed_ones_are_without_fault(cast, browse, link, phone):
    factories.HandInFactory(member=cast.bob_member, link=link, sent_at=timezone.now())
    page = browse(cast.alice, phone=phone)
    page.goto("/certifications/")
    page.get_by_role("link", name="收证书的二维码").first.click()
    expect(page.get_by_text("鲍勃交了一张")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_label("给谁用").select_option(label=f"鲍勃（{cast.bob_member.staff_number}）")
    page.get_by_role("button", name="生成二维码").click()
    expect(page.get_by_role("img", name="交证书的二维码")).to_be_visible()
    assert faults_of(page) == []
    page.goto("/hand-in/link/nonsense/")
    assert faults_of(page) == []
    page.goto("/hand-in/links/")
    page.get_by_role("button", name="作废：鲍勃的交证书链接").click()
    expect(page.locator(".snacks")).to_contain_text("鲍勃的交证书链接已作废")

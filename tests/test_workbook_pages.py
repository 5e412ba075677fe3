"""The pages: upload, preview, confirm; downloads; and who may."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import expect

from branch.models import Member
from branch.services import update_member
from core.models import Change
from exchange import uploads
from exchange.services import import_workbook
from exchange.tasks import remove_old_uploads
from tests.pages import faults_of
from tests.test_workbook_faults import counts
from tests.workbooks import build, cells, small

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
PAGE = "/settings/import/"


@pytest.fixture(autouse=True)
def _numbers_of_their_own(cast):
    """The members of the cast are nobody of the workbook."""
    for member in Member.objects.all():
        Member.objects.filter(pk=member.pk).update(staff_number=f"C{member.pk}")


def upload(client, data, branch="north", name="台账.xlsx"):
    return client.post(PAGE, {"branch": branch, "file": SimpleUploadedFile(name, data)})


def digest(response):
    return response.context["digest"]


def test_addresses_are_those_of_the_interface():
    assert reverse("exchange:import") == PAGE
    assert reverse("exchange:export", args=["north"]) == "/settings/export/north/ledger.xlsx"


def test_upload_preview_confirm(cast, sign_in):
    client, before = sign_in(cast.alice), counts()
    preview = client.get(upload(client, build()).url)
    page = preview.content.decode()
    assert "还没有写入" in page
    assert "新增 13 条" in page
    assert counts() == before
    done = client.post(preview.request["PATH_INFO"], {"expected": digest(preview)}, follow=True)
    assert "已导入到" in done.content.decode()
    assert Member.objects.filter(organisation=cast.north, staff_number="1001").count() == 1
    change = Change.objects.filter(verb="import").first()
    assert change.actor == cast.alice
    assert change.organisation == cast.north
    assert not list(uploads._folder().glob("*"))
    again = client.post(preview.request["PATH_INFO"], {"expected": digest(preview)}, follow=True)
    assert "预览已过期或文件已导入" in again.content.decode()


def test_preview_says_what_changes_and_what_is_strange(cast, sign_in):
    import_workbook(cast.north, build(), by=None)
    rows = small()
    rows["联建协议"][0]["名称"] = "新的共建协议"
    rows["认证"][0]["有效期至"] = "2023"
    client = sign_in(cast.alice)
    page = client.get(upload(client, build(rows)).url).content.decode()
    assert "共建协议" in page
    assert "新的共建协议" in page
    assert "有效期至 2023 早于通过日期 2024-03-05" in page
    assert "新增 0 条，修改 2 条" in page


def test_faults_are_listed_and_cannot_be_confirmed(cast, sign_in):
    rows = small()
    rows["认证"][0]["通过日期"] = "2023-02-29"
    client, before = sign_in(cast.alice), counts()
    preview = client.get(upload(client, build(rows)).url)
    page = preview.content.decode()
    assert "认证!E2" in page
    assert "这一天不存在" in page
    assert "确认导入" not in page
    refused = client.post(preview.request["PATH_INFO"], {"expected": digest(preview)})
    assert "这一天不存在" in refused.content.decode()
    assert counts() == before


def test_confirmation_of_an_outdated_preview_is_refused(cast, sign_in):
    import_workbook(cast.north, build(), by=None)
    rows = small()
    rows["党员"][0]["电话"] = "13800000000"
    client = sign_in(cast.alice)
    preview = client.get(upload(client, build(rows)).url)
    update_member(Member.objects.get(staff_number="1001"), phone="13911111111", by=cast.alice)
    shown = client.post(preview.request["PATH_INFO"], {"expected": digest(preview)}, follow=True)
    assert "请再看一遍预览" in shown.content.decode()
    assert "13911111111" in shown.content.decode()
    assert Member.objects.get(staff_number="1001").phone == "13911111111"
    client.post(preview.request["PATH_INFO"], {"expected": digest(shown)})
    assert Member.objects.get(staff_number="1001").phone == "13800000000"


def test_a_preview_is_its_own_user_s(cast, sign_in):
    url = upload(sign_in(cast.alice), build()).url
    assert sign_in(cast.diana).get(url).status_code == 404
    assert sign_in(cast.charlie).post(url, {"expected": ""}).status_code == 404
    assert sign_in(cast.alice).get(url[:-3] + "x/").status_code == 404


def test_a_preview_lasts_an_hour(cast, sign_in, monkeypatch):
    client = sign_in(cast.alice)
    url = upload(client, build()).url
    monkeypatch.setattr(uploads, "LIFETIME", -1)
    assert "预览已过期" in client.get(url, follow=True).content.decode()
    upload(client, build())  # and the next upload removes the files left over
    assert len(list(uploads._folder().glob("*"))) == 1


def test_uploads_nobody_confirmed_are_removed(cast, sign_in, monkeypatch):
    upload(sign_in(cast.alice), build())
    remove_old_uploads()
    assert len(list(uploads._folder().glob("*"))) == 1
    monkeypatch.setattr(uploads, "LIFETIME", -1)
    remove_old_uploads()
    assert not list(uploads._folder().glob("*"))


def test_a_file_changed_on_the_disk_is_not_imported(cast, sign_in):
    client = sign_in(cast.alice)
    url = upload(client, build()).url
    (kept,) = uploads._folder().glob("*")
    kept.write_bytes(build({}))
    assert "预览已过期" in client.get(url, follow=True).content.decode()


def test_giving_up_removes_the_file(cast, sign_in):
    client = sign_in(cast.alice)
    url = upload(client, build()).url
    client.post(url, {"give_up": "1"})
    assert not list(uploads._folder().glob("*"))


def test_other_branches_cannot_be_chosen(cast, sign_in):
    response = upload(sign_in(cast.alice), build(), branch="south")
    assert response.status_code == 200
    assert response.context["form"].errors["branch"]
    assert upload(sign_in(cast.diana), build(), branch="south").status_code == 302


@pytest.mark.parametrize(
    ("name", "said"), [("台账.xlsm", "只收 .xlsx"), ("台账.csv", "只收 .xlsx"), ("台账.xls", "只收 .xlsx")]
)
def test_upload_refuses_other_files(cast, sign_in, name, said):
    response = upload(sign_in(cast.alice), b"a,b", name=name)
    assert said in response.content.decode()


@pytest.mark.parametrize(
    ("person", "status"),
    [("alice", 200), ("diana", 200), ("bob", 403), ("frank", 403), ("grace", 403), ("eve", 302)],
)
def test_who_may_import(cast, sign_in, person, status):
    assert sign_in(getattr(cast, person)).get(PAGE).status_code == status


@pytest.mark.parametrize("page", ["ledger.xlsx", "form.xlsx"])
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("alice", 200),
        ("diana", 200),
        ("bob", 403),
        ("frank", 403),
        ("charlie", 404),
        ("grace", 404),
        ("eve", 302),
    ],
)
def test_who_may_export(cast, sign_in, page, person, status):
    assert sign_in(getattr(cast, person)).get(f"/settings/export/north/{page}").status_code == status


def test_export_is_logged_and_the_empty_form_is_not(cast, sign_in):
    import_workbook(cast.north, build(), by=None)
    client = sign_in(cast.alice)
    response = client.get("/settings/export/north/ledger.xlsx")
    data = b"".join(response.streaming_content)
    assert cells(data)["联建单位"]["A2"] == "第一银行科技部党支部"
    assert "filename*=utf-8''" in response["Content-Disposition"]
    line = Change.objects.get(verb="export")
    assert (line.actor, line.organisation) == (cast.alice, cast.north)
    form = b"".join(client.get("/settings/export/north/form.xlsx").streaming_content)
    assert io.BytesIO(form).getvalue()[:2] == b"PK"
    assert not any(
        value for sheet in cells(form).values() for cell, value in sheet.items() if cell[-1] != "1"
    )
    assert Change.objects.filter(verb="export").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [False, True])
def test_pages_in_a_browser(cast, browse, phone, tmp_path):
    import_workbook(cast.north, build(), by=None)
    rows = small()
    rows["联建协议"][0]["名称"] = "新的共建协议"
    rows["认证"][0]["有效期至"] = "2023"
    rows["反馈"].append({"活动编号": "2024-001", "内容": "下次还来"})
    (tmp_path / "台账.xlsx").write_bytes(build(rows))
    page = browse(cast.alice, phone=phone)
    page.goto(PAGE)
    assert not faults_of(page)
    page.set_input_files("input[type=file]", str(tmp_path / "台账.xlsx"))
    page.get_by_role("button", name="上传并预览").click()
    page.get_by_text("还没有写入").wait_for()
    assert not faults_of(page)
    page.get_by_text("反馈：新增").click()
    expect(page.get_by_text("下次还来")).to_be_visible()
    page.get_by_role("button", name="确认导入").click()
    page.get_by_text("已导入到").wait_for()

"""Files come to a record: several at once, each kept or refused by itself, described, thrown away and brought back."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from core.dates import Window
from core.evidence import usual_kind
from core.files import attach, attachments_of, edit_attachment
from core.models import Attachment, Change
from reports.document import Photos
from reports.render import OUTPUTS
from reports.services import compile_now
from tests import factories, uploads
from tests.documents import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]


def _address(record):
    return reverse("core:evidence_add", args=[record._meta.label_lower, record.pk])


def _pdf(name="通知.pdf", pages=1):
    return SimpleUploadedFile(name, uploads.pdf(pages))


def _said(answer):
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def activity(cast):
    return factories.ActivityFactory(organisation=cast.north, theme="数字助老进社区")


@pytest.fixture
def proof(activity, cast):
    return attach(activity, io.BytesIO(_pdf().read()), "notice", "通知.pdf", by=cast.alice)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("IMG_1.JPG", "photo"),
        ("活动签到表.jpg", "sign_in_sheet"),
        ("开会通知.pdf", "notice"),
        ("a.pdf", "other"),
    ],
)
def test_the_kind_follows_from_the_name(activity, name, kind):
    assert usual_kind(activity, name) == kind


def test_a_certification_is_proved_by_its_certificate(cast):
    certification = factories.CertificationFactory(member=cast.bob_member)
    assert usual_kind(certification, "IMG_1.JPG") == "certificate"


def test_several_files_at_once_with_what_is_said_of_them(activity, cast, sign_in):
    photo = SimpleUploadedFile("a.jpg", picture("blue", (300, 200)))
    said = {"taken_on": "2024-06", "caption": "现场", "place": "社区", "shows_minors": "on"}
    sign_in(cast.alice).post(_address(activity), {"files": [photo, _pdf()], **said})
    first, second = attachments_of(activity)
    assert (first.kind, second.kind) == ("photo", "notice")
    assert (str(first.taken_on), first.caption, first.place) == ("2024-06", "现场", "社区")
    assert first.lacks_consent
    assert first.created_by == cast.alice
    assert Change.objects.about(activity).filter(verb="attach").count() == 2


def test_a_file_that_is_refused_keeps_none_of_the_others_away(activity, proof, cast, sign_in):
    files = [SimpleUploadedFile("空.pdf", b""), _pdf("又一次.pdf"), _pdf("新.pdf", 2)]
    answer = sign_in(cast.alice).post(_address(activity), {"files": files}, follow=True)
    assert [file.name for file in attachments_of(activity)] == ["通知.pdf", "新.pdf"]
    assert _said(answer) == [
        "已添加 1 个文件",
        "“空.pdf”没有添加：这个文件是空的，请换一份有内容的文件",
        "“又一次.pdf”没有添加：这份文件已经在这条记录下了",
    ]


def test_without_a_file_or_with_a_wrong_date_the_form_comes_back(activity, cast, sign_in):
    client = sign_in(cast.alice)
    assert "请选择文件" in client.post(_address(activity), {"caption": "现场"}).content.decode()
    answer = client.post(_address(activity), {"files": [_pdf()], "taken_on": "去年"})
    assert answer.context["form"].errors["taken_on"]
    assert not attachments_of(activity).exists()


def test_a_script_is_answered_in_json(activity, cast, sign_in):
    client, asks = sign_in(cast.alice), {"Accept": "application/json"}
    answer = client.post(_address(activity), {"files": [_pdf()]}, headers=asks)
    assert (answer.status_code, answer.json()) == (200, {"notes": []})
    answer = client.post(_address(activity), {"files": [_pdf()]}, headers=asks)
    assert (answer.status_code, answer.json()) == (
        422,
        {"error": "“通知.pdf”没有添加：这份文件已经在这条记录下了"},
    )


def test_the_same_file_elsewhere_is_said(proof, cast, sign_in):
    other = factories.OutcomeFactory(organisation=cast.north)
    answer = sign_in(cast.alice).post(_address(other), {"files": [_pdf()]}, follow=True)
    assert f"“通知.pdf”也是“{proof.record}”的佐证" in _said(answer)
    assert attachments_of(other).get().blob == proof.blob


def test_the_files_of_another_branch_are_not_spoken_of(proof, cast, sign_in):
    other = factories.ActivityFactory(organisation=cast.south)
    answer = sign_in(cast.charlie).post(_address(other), {"files": [_pdf()]}, follow=True)
    assert _said(answer) == ["已添加 1 个文件"]


def test_a_member_adds_to_the_own_certification_until_it_is_verified(cast, sign_in):
    certification = factories.CertificationFactory(member=cast.bob_member, status="pending")
    client = sign_in(cast.bob)
    client.post(_address(certification), {"files": [_pdf("证书.pdf")]})
    mine = attachments_of(certification).get()
    assert "evidence-form" in client.get(reverse("branch:certification_detail", args=[certification.pk])).text
    assert client.get(reverse("core:attachment_edit", args=[mine.pk])).status_code == 200
    type(certification).objects.update(status="verified")
    assert client.post(_address(certification), {"files": [_pdf("二.pdf", 3)]}).status_code == 403
    assert client.post(reverse("core:attachment_trash", args=[mine.pk])).status_code == 403


@pytest.mark.parametrize("label", ["core.user", "nothing", "no.model", "core.attachment"])
def test_only_records_have_files(cast, sign_in, label):
    assert sign_in(cast.alice).get(f"/evidence/{label}/1/").status_code == 404


def test_what_is_said_of_a_file_is_changed_with_its_history(activity, proof, cast, sign_in):
    address = reverse("core:attachment_edit", args=[proof.pk])
    sign_in(cast.alice).post(address, {"kind": "photo", "taken_on": "2024-06-01", "shows_minors": "on"})
    proof.refresh_from_db()
    assert (proof.kind, str(proof.taken_on), proof.lacks_consent) == ("photo", "2024-06-01", True)
    change = Change.objects.about(activity).first()
    assert (change.verb, change.changes) == (
        "evidence",
        {
            "“通知.pdf”的种类": ["通知", "照片"],
            "“通知.pdf”的佐证日期": ["", "2024-06-01"],
            "“通知.pdf”的有未成年人": ["", "是"],
        },
    )
    page = sign_in(cast.alice).get(reverse("activities:activity_detail", args=[activity.pk]))
    assert "未取得监护人同意" in page.text


def test_nothing_changed_is_nothing_told(activity, proof, cast):
    before = Change.objects.count()
    edit_attachment(proof, kind="notice", by=cast.alice)
    assert Change.objects.count() == before


def test_a_file_goes_into_the_trash_and_comes_back(activity, proof, cast, sign_in):
    client = sign_in(cast.alice)
    answer = client.post(reverse("core:attachment_trash", args=[proof.pk]), follow=True)
    assert reverse("core:attachment_restore", args=[proof.pk]) in answer.text
    assert not attachments_of(activity).exists()
    client.post(reverse("core:attachment_restore", args=[proof.pk]))
    assert attachments_of(activity).get() == proof


def test_files_do_not_stand_between_two_editors(activity, proof, cast, sign_in):
    """They leave the version of the record alone, so they are none of what another editor has to be shown."""
    sign_in(cast.alice).post(reverse("core:attachment_trash", args=[proof.pk]))
    assert (
        not Change.objects.about(activity).filter(verb__in=Change.VERSIONED).exclude(verb="create").exists()
    )
    assert Attachment.objects.get().deleted_at


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "content", "said", "shown"),
    [
        ("现场.heic", uploads.phone_photo("HEIF"), {}, True),
        ("现场.jpg", uploads.photo(), {"shows_minors": True, "has_consent": True}, True),
        ("现场.jpg", uploads.photo(), {"shows_minors": True}, False),
    ],
    ids=["of a phone", "of children", "of children without consent"],
)
def test_photos_in_a_report(cast, name, content, said, shown):
    activity = factories.ActivityFactory(
        organisation=cast.north, kind_id="lecture", lines=["education_service"], starts_on="2024-05-06"
    )
    attach(activity, io.BytesIO(content), "photo", name, by=cast.alice, **said)
    compiled = compile_now(cast.north, Window.year(2024))
    assert any(isinstance(block, Photos) for block in compiled.document.blocks) == shown
    [finding] = [one for one in compiled.document.findings if "监护人" in one.text] or [None]
    assert (finding is None) == shown
    files = {output.name: io.BytesIO() for output in OUTPUTS}
    for output in OUTPUTS:
        output.write(compiled, files[output.name])
    with zipfile.ZipFile(files["evidence.zip"]) as pack:
        packed = [pack.read(path) for path in pack.namelist() if path.endswith("照片.jpg")]
    sheet = openpyxl.load_workbook(files["report.xlsx"])["佐证"]
    told = [cell.value for row in sheet.iter_rows() for cell in row]
    if shown:
        assert [Image.open(io.BytesIO(one)).format for one in packed] == ["JPEG"]
        assert not Image.open(io.BytesIO(packed[0])).getexif()
    else:
        assert (packed, finding.level, finding.record) == ([], "doubt", f"activity:{activity.pk}")
        assert any("未取得监护人同意" in str(word) for word in told)

"""Handing in certificates: by a link without an account or signed in; what is said, what is refused, what is left."""

import datetime as dt
import io
import threading
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from branch import handing_in, services
from branch.models import Certification, HandIn, HandInFile, HandInLink
from core.files import attach, attachments_of
from core.models import Blob, Change, Notice
from core.unclaimed import UNCLAIMED, remove_unclaimed
from tests import factories, uploads
from tests.test_editing import as_shown
from tests.test_marks import reading

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
TYPED = {"type_name": "HCIP", "number": "CLS-1", "passed_on": "2024-12-11"}
JSON = {"Accept": "application/json"}


def picture(colour="steelblue", name="IMG_0001.JPG"):
    return SimpleUploadedFile(name, uploads.photo(colour=colour))


@pytest.fixture
def link(cast):
    """For whoever of North chooses the own name."""
    return handing_in.make_link(cast.north, lifetime="day", by=cast.alice)


@pytest.fixture
def bobs_link(cast):
    return handing_in.make_link(cast.north, member=cast.bob_member, lifetime="hour", by=cast.alice)


def open_page(client, link, member=None):
    """The address of a new hand-in, as whoever opens the link and chooses a name comes to it."""
    answer = client.get(link.path, {"member": member.pk} if member else {})
    assert answer.status_code == 302, answer.text
    return answer.url


def upload(client, page, *files, headers=JSON):
    return client.post(f"{page}files/", {"files": list(files)}, headers=headers)


# ---------------------------------------------------------------- the links
def test_a_link_shows_the_names_of_todays_members_and_nothing_else_of_them(cast, client, link):
    member = cast.bob_member
    factories.MemberFactory(organisation=cast.north, name="已转出", transferred_out="2020-01-01")
    answer = client.get(link.path)
    assert "鲍勃" in answer.text
    assert "艾丽" in answer.text
    for hidden in ("查理", "已转出", member.staff_number, member.phone or "无", "工号"):
        assert hidden not in answer.text or not hidden
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]


def test_two_of_one_name_are_told_apart(cast, client, link):
    for number in ("10071", "10082"):
        factories.MemberFactory(organisation=cast.north, name="张三", staff_number=number)
    text = client.get(link.path).text
    assert "张三（工号尾号 71）" in text
    assert "10082" not in text


def test_an_address_that_is_not_or_no_longer_one_says_what_to_do_and_no_more(cast, client, link, bobs_link):
    never = HandInLink(organisation=cast.north)
    expired = handing_in.make_link(cast.north, lifetime="hour", by=cast.alice)
    HandInLink.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    handing_in.revoke_link(link, by=cast.alice)
    HandInLink.objects.filter(pk=bobs_link.pk).update(used_at=timezone.now())
    gone = handing_in.make_link(cast.north, member=cast.alice_member, lifetime="hour", by=cast.alice)
    services.transfer_out(cast.alice_member, "2020-01-01", by=cast.alice)
    pages = [one.path for one in (never, expired, link, bobs_link, gone)]
    for page in [*pages, f"/hand-in/link/{link.key}/", f"/hand-in/link/{link.key}:x/"]:
        answer = client.get(page)
        assert answer.status_code == 410
        assert "请让支部书记再给一个链接" in answer.text
        assert "北楼" not in answer.text
        assert "艾丽" not in answer.text
    assert not HandIn.objects.exists()


def test_whoever_guesses_is_slowed_down(client):
    met = {client.get(f"/hand-in/link/{number}/").status_code for number in range(31)}
    assert met == {410, 429}


def test_the_secretary_makes_shows_and_revokes_links(cast, sign_in):
    alice = sign_in(cast.alice)
    answer = alice.post("/hand-in/links/", {"member": cast.bob_member.pk, "lifetime": "week"})
    link = HandInLink.objects.get()
    assert (link.member, link.created_by) == (cast.bob_member, cast.alice)
    assert dt.timedelta(days=6) < link.expires_at - timezone.now() < dt.timedelta(days=8)
    shown = alice.get(answer.url)
    assert link.url in shown.text
    assert "<svg" in shown.text
    assert (shown["Referrer-Policy"], "no-store" in shown["Cache-Control"]) == ("no-referrer", True)
    hand_in = factories.HandInFactory(member=cast.bob_member, link=link, sent_at=timezone.now())
    assert f"{hand_in.member.name}交了一张" in alice.get("/hand-in/links/").text
    alice.post(f"/hand-in/links/{link.pk}/revoke/")
    assert link.token not in alice.get(answer.url).text
    told = Change.objects.filter(model="branch.handinlink").order_by("pk")
    assert [change.changes for change in told] == [
        {"有效时间": ["", "7 天"]},
        {"状态": ["有效", "已作废"]},
    ]


def test_no_link_for_another_branchs_member(cast, sign_in):
    answer = sign_in(cast.alice).post(
        "/hand-in/links/", {"member": cast.charlie_member.pk, "lifetime": "day"}
    )
    assert answer.status_code == 200
    assert not HandInLink.objects.exists()


# ---------------------------------------------------------------- without an account
def test_a_certificate_is_photographed_looked_at_and_sent(cast, client, bobs_link):
    page = open_page(client, bobs_link)
    assert "鲍勃" in client.get(page).text
    assert not HandIn.objects.exists()  # looking makes nothing
    assert upload(client, page, picture()).json() == {"notes": []}
    file = HandInFile.objects.get()
    shown = client.get(f"{page}files/{file.pk}/picture/")
    assert shown.getvalue().startswith(b"\xff\xd8")
    assert shown["Content-Type"] == "image/jpeg"
    assert "no-store" in shown["Cache-Control"]
    assert client.post(page, TYPED).url == page
    certification = Certification.objects.get()
    assert (certification.member, certification.status, certification.number) == (
        cast.bob_member,
        "pending",
        "CLS-1",
    )
    assert [(one.name, one.kind, one.blob) for one in attachments_of(certification)] == [
        ("IMG_0001.JPG", "certificate", file.blob)
    ]
    assert "已交给支部，等待审核" in client.get(page).text
    bobs_link.refresh_from_db()
    assert bobs_link.used_at
    assert client.get(bobs_link.path).status_code == 410
    assert client.post(f"{page}another/").status_code == 410
    told = {notice.user: notice for notice in Notice.objects.all()}
    assert set(told) == {cast.alice}
    assert told[cast.alice].text == "鲍勃交来证书：HCIP，等待审核"
    assert "自称鲍勃的人" in str([change.changes for change in Change.objects.about(certification)])


def test_pressed_twice_it_is_one(cast, client, link):
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture())
    hand_in = HandIn.objects.get()
    for _ in range(2):
        certification = handing_in.send(hand_in, type_name="HCIP", passed_on="2024-12-11", by=None)
    client.post(page, TYPED)
    assert Certification.objects.get() == certification
    assert (Notice.objects.count(), attachments_of(certification).count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_pressed_by_two_at_one_moment_it_is_one(cast, client, bobs_link):
    page = open_page(client, bobs_link)
    upload(client, page, picture())
    barrier, made = threading.Barrier(2), []

    def press():
        hand_in = HandIn.objects.get()
        barrier.wait()
        made.append(handing_in.send(hand_in, type_name="HCIP", passed_on="2024-12-11", by=None).pk)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [Certification.objects.get().pk] * 2
    assert Notice.objects.count() == 1


def test_the_branch_link_holds_for_another_one(cast, client, link):
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture())
    client.post(page, TYPED)
    following = client.post(f"{page}another/").url
    assert following != page
    upload(client, following, picture("tomato"))
    client.post(following, TYPED | {"type_name": "HCIA", "number": "CLS-2"})
    assert Certification.objects.count() == 2


def test_nobody_else_opens_what_somebody_began(cast, client, link, sign_in):
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture())
    picture_page = f"{page}files/{HandInFile.objects.get().pk}/picture/"
    assert client.get(picture_page).getvalue()
    stranger = type(client)()
    open_page(stranger, link, cast.alice_member)  # has the same link
    stranger_too = sign_in(cast.bob)  # even the member, signed in on another phone: it may not be theirs
    for other in (stranger, type(client)(), stranger_too):
        assert other.get(page).status_code == 404
        assert other.get(picture_page).status_code == 404
        assert upload(other, page, picture()).status_code == 404
        assert other.post(page, TYPED).status_code == 404
    assert not Certification.objects.exists()


def test_what_is_revoked_or_over_meanwhile_is_not_sent(cast, client, link):
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture())
    handing_in.revoke_link(link, by=cast.alice)
    answer = upload(client, page, picture("tomato"))
    assert (answer.status_code, answer.json()) == (410, {"error": "链接已失效，请让支部书记再给一个"})
    assert client.get(page).status_code == 410
    assert client.post(page, TYPED).status_code == 410
    assert not Certification.objects.exists()


def test_a_member_cannot_be_chosen_across_branches(cast, client, link):
    answer = client.get(link.path, {"member": cast.charlie_member.pk})
    assert answer.status_code == 200
    assert "查理" not in answer.text


def test_without_a_script_several_files_go_at_once_and_come_back_marked(cast, client, link):
    page = open_page(client, link, cast.bob_member)
    typed = {"upload": "1", "number": "我写的"}
    answer = client.post(page, typed | {"files": [picture(), picture("tomato", "第二页.png")]})
    assert 'value="我写的"' in answer.text
    answer = client.post(page, typed | {"files": [SimpleUploadedFile("坏.jpg", b"x")]})
    assert "“坏.jpg”没有添加：这张图片打不开" in answer.text
    HandIn.objects.update(reading="done", read=reading())
    text = client.get(page).text
    assert text.count("<figure") == 2
    assert 'value="CLS-2024-0638172"' in text
    assert "标“请核对”“没读到”的请对照证书" in text
    answer = client.post(page, {"type_name": "HCIP", "passed_on": "哪天"})
    assert 'value="哪天"' in answer.text  # nothing typed is lost
    assert "交给支部审核" in answer.text


def test_a_page_is_taken_away_again(cast, client, link):
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture())
    upload(client, page, picture("tomato"))
    HandIn.objects.update(reading="done", read=reading())
    posted = as_shown(client.get(page)) | {"number": "我写的", "remove": HandInFile.objects.first().pk}
    answer = client.post(page, posted)
    assert 'value="我写的"' in answer.text
    assert 'value="Cloud Service"' not in answer.text  # that was read of the page that is gone
    assert HandInFile.objects.count() == 1
    client.post(page, {"remove": HandInFile.objects.get().pk})
    answer = client.post(page, TYPED)
    assert "请先拍下证书" in answer.text
    assert 'value="CLS-1"' in answer.text
    assert not Certification.objects.exists()


def test_the_same_file_again_is_the_same_page(cast, client, link):
    page = open_page(client, link, cast.bob_member)
    for _ in range(2):  # as a phone does that lost the answer
        assert upload(client, page, picture()).status_code == 200
    assert HandInFile.objects.count() == 1


def test_another_name_on_the_paper_is_said(cast, client, link):
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture())
    read = reading()
    read["name_differs"] = True
    read["fields"]["name"]["hint"] = "证书上是“<b>唐婉宁</b>”，不是鲍勃，请核对"
    HandIn.objects.update(reading="done", read=read)
    text = client.get(page).text
    assert "姓名不一样" in text
    assert "&lt;b&gt;唐婉宁" in text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("IMG_0001.HEIC", uploads.phone_photo("HEIF")),
        ("IMG_0002.jpg", uploads.phone_photo("HEIF")),  # as some phones rename it
        ("证书.WEBP", uploads.photo("WEBP")),
        ("扫描件.PDF", uploads.pdf(3)),
        ("截图.png", uploads.photo("PNG")),
    ],
)
def test_what_phones_take_comes_back_as_a_picture_without_place_and_device(cast, client, link, name, data):
    page = open_page(client, link, cast.bob_member)
    assert upload(client, page, SimpleUploadedFile(name, data)).status_code == 200
    shown = client.get(f"{page}files/{HandInFile.objects.get().pk}/picture/").getvalue()
    assert shown.startswith(b"\xff\xd8")
    assert b"SecretPhone" not in shown


# ---------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("证书.svg", b"<svg onload='alert(1)'/>", "请上传证书的照片"),
        ("证书.docx", b"PK", "请上传证书的照片"),
        ("证书.html", b"<html>", "请上传证书的照片"),
        ("证书.jpg", b"<html><script>alert(1)</script>", "这张图片打不开"),
        ("证书.jpg", b"", "这个文件是空的"),
        ("证书.png", uploads.huge_png(), "图片的像素太多"),
        ("../../证书.pdf", b"%PDF-1.7 broken", "这份 PDF 打不开"),
        ("证书\0.pdf", b"MZ", "内容却不是 PDF"),
    ],
)
def test_a_hostile_file_is_refused_in_a_sentence_and_leaves_nothing(cast, client, link, name, data, sentence):
    page = open_page(client, link, cast.bob_member)
    answer = upload(client, page, SimpleUploadedFile(name, data))
    assert answer.status_code == 422
    assert sentence in answer.json()["error"]
    assert not HandInFile.objects.exists()
    assert not Blob.objects.exists()


def test_a_stranger_with_a_link_fills_no_disk(cast, client, link, monkeypatch):
    page = open_page(client, link, cast.bob_member)
    monkeypatch.setattr(handing_in, "MAX_FILES", 2)
    for colour in ("red", "green"):
        assert upload(client, page, picture(colour)).status_code == 200
    assert "一张证书最多 2 个文件" in upload(client, page, picture("blue")).json()["error"]
    monkeypatch.setattr(handing_in, "PUBLIC_MAX_MB", 0)
    assert "文件超过 0 MB" in upload(client, page, picture("white")).json()["error"]
    monkeypatch.undo()
    monkeypatch.setattr(handing_in, "LINK_MB_A_DAY", 4)  # also of what was refused or removed
    page = open_page(client, link, cast.alice_member)
    assert upload(client, page, picture("white")).status_code == 200
    client.post(page, {"remove": HandInFile.objects.last().pk})
    assert handing_in.TOO_MUCH in upload(client, page, picture("gold")).json()["error"]
    monkeypatch.setattr(handing_in, "LINK_SENT_A_DAY", 0)
    assert handing_in.TOO_MUCH in client.post(page, TYPED).text
    assert not Certification.objects.exists()


def test_nothing_is_added_to_what_was_sent(cast, client, link):
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture())
    file = HandInFile.objects.get()
    client.post(page, TYPED)
    assert "已经交了" in upload(client, page, picture("tomato")).json()["error"]
    client.post(page, {"remove": file.pk})
    assert HandInFile.objects.get() == file
    assert client.get(f"{page}files/{file.pk}/picture/").status_code == 404


def test_what_is_never_sent_is_removed_with_its_files(cast, client, link, data_dir):
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture())
    later = timezone.now() + handing_in.UNSENT + dt.timedelta(minutes=1)
    assert handing_in.remove_unsent(now=timezone.now() + dt.timedelta(days=1)) == 0
    assert handing_in.remove_unsent(now=later) == 1
    assert remove_unclaimed(now=later + UNCLAIMED)[0] == 1
    assert not Blob.objects.exists()
    assert not HandIn.objects.exists()


# ---------------------------------------------------------------- handed in before
def handed_in(member, colour="steelblue", by=None, **fields):
    """A certification with a picture as its proof."""
    fields = {"number": "CLS-1", "passed_on": "2024-12-11"} | fields
    certification = services.hand_in_certification(member, "HCIP", by=by, **fields)
    attach(certification, io.BytesIO(uploads.photo(colour=colour)), "certificate", "旧.jpg", by=by)
    return certification


def test_the_same_file_is_said_to_its_holder_only(cast, client, link):
    handed_in(cast.bob_member)
    for member, said in ((cast.bob_member, True), (cast.alice_member, False)):
        page = open_page(client, link, member)
        upload(client, page, picture())
        assert ("这张证书已经交过" in client.get(page).text) is said
    client.post(page, TYPED | {"number": ""})
    assert "与鲍勃的认证文件或编号相同" in Notice.objects.get(user=cast.alice).text


def test_the_same_number_is_asked_about_once(cast, client, link):
    handed_in(cast.bob_member)
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture("tomato"))
    again = TYPED | {"passed_on": "2027-12-01", "number": "cls-1"}
    answer = client.post(page, again)
    assert "这个编号的证书已经交过（HCIP，待审核）" in answer.text
    assert Certification.objects.count() == 1
    sure = answer.context["form"].sure
    client.post(page, again | {"sure": sure})
    assert Certification.objects.count() == 2


def test_a_returned_certificate_is_handed_in_again(cast, client, link):
    certification = handed_in(cast.bob_member)
    services.return_certification(certification, "照片不清楚，请重拍", by=cast.alice)
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture("tomato"))
    assert client.post(page, TYPED).status_code == 302
    found = Certification.objects.get()
    assert (found.pk, found.status, found.return_reason) == (certification.pk, "pending", "")
    assert attachments_of(found).count() == 2
    services.return_certification(found, "还是不清楚", by=cast.alice)
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture("gold"))
    assert client.post(page, TYPED).status_code == 302
    assert (Certification.objects.get().status, attachments_of(found).count()) == ("pending", 3)


# ---------------------------------------------------------------- signed in
def test_signed_in_one_hands_in_the_own(cast, sign_in):
    bob = sign_in(cast.bob)
    page = bob.get("/certifications/new/", follow=True).redirect_chain[-1][0]
    upload(bob, page, picture())
    client = sign_in(cast.eve)
    assert client.get(page).url.startswith("/accounts/login/")
    assert client.post(page, TYPED).url.startswith("/accounts/login/")
    client.force_login(cast.bob)  # a new session: it is still there, and what was typed too
    answer = client.get(page)
    assert "工号" in answer.text
    assert 'value="CLS-1"' in answer.text
    client.post(page, as_shown(answer))
    certification = Certification.objects.get()
    assert (certification.member, certification.created_by) == (cast.bob_member, cast.bob)
    assert Notice.objects.get().user == cast.alice
    assert sign_in(cast.charlie).get(page).status_code == 404


def test_a_secretary_hands_in_the_own_and_is_not_told_of_it(cast, sign_in):
    alice = sign_in(cast.alice)
    page = alice.get("/hand-in/").url
    upload(alice, page, picture())
    alice.post(page, TYPED)
    assert Certification.objects.get().member == cast.alice_member
    assert not Notice.objects.exists()


def test_a_role_that_ended_ends_it(cast, sign_in):
    bob = sign_in(cast.bob)
    page = bob.get("/hand-in/").url
    cast.bob.appointments.update(ends_on=dt.date(2020, 1, 1))
    assert bob.get(page).status_code == 404
    assert upload(bob, page, picture()).status_code == 404


def test_the_pages_cost_the_same_with_ten_files_and_many_members(
    cast, client, link, sign_in, django_assert_num_queries
):
    page = open_page(client, link, cast.bob_member)
    upload(client, page, picture())
    for more in (0, 8):
        hand_in = HandIn.objects.get()
        for _ in range(more):
            factories.HandInFileFactory(hand_in=hand_in)
            factories.MemberFactory(organisation=cast.north)
        client.get(page)
        with django_assert_num_queries(8):
            client.get(page)
        with django_assert_num_queries(4):
            client.get(link.path)
    alice = sign_in(cast.alice)
    for more in (1, 10):
        for _ in range(more):
            link = factories.HandInLinkFactory(organisation=cast.north)
            factories.HandInFactory(member=cast.bob_member, link=link, sent_at=timezone.now())
        alice.get(reverse("branch:hand_in_links"))
        with django_assert_num_queries(7):
            alice.get(reverse("branch:hand_in_links"))


def test_a_key_that_nobody_was_given_opens_nothing(cast, sign_in):
    for person in (cast.bob, cast.alice, cast.eve):
        assert sign_in(person).get(reverse("branch:hand_in", args=[uuid.uuid4()])).status_code == 404

"""The inbox of certificates: what waits and for how long, what speaks against it, what accepting it changes, decisions
and how they are taken back, chains of renewals."""

import datetime as dt
import io
import threading

import pikepdf
import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from branch import services
from branch.inbox import Stage, boxes_of, effect_of, marked, proof_of, sheets_read
from branch.models import Certification, CertificationType
from core.dates import Window, today
from core.files import attach, blob_path, store_file
from core.models import Change, Notice
from core.records import VersionConflict
from reports.figures import compute
from tests import factories, uploads
from tests.test_editing import as_shown
from tests.test_marks import reading

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
INBOX = "/certifications/inbox/"
DAY = dt.timedelta(days=1)
PHOTO = uploads.photo()


def page_of(certification, name="review"):
    return reverse(f"branch:certification_{name}", args=[certification.pk])


def hand_in(member, *, read=None, files=(PHOTO,), waited=0, by=None, **fields):
    """A certificate that waits, with its files and what was read of them."""
    fields = {"number": "CLS-2024-0638172", "passed_on": "2024-12-11", "valid_until": "2027-12-10"} | fields
    fields = {"direction": "Cloud Service"} | fields
    certification = services.hand_in_certification(member, fields.pop("type", "HCIP"), by=by, **fields)
    way = factories.HandInFactory(
        member=member,
        certification=certification,
        reading="none" if read is None else "done",
        read=read or {},
    )
    for number, content in enumerate(files):
        name = f"证书{number}.{'pdf' if content.startswith(b'%PDF') else 'jpg'}"
        blob = attach(certification, io.BytesIO(content), "certificate", name, by=by).blob
        factories.HandInFileFactory(hand_in=way, blob=blob, position=number + 1)
    since = timezone.now() - waited * DAY
    Certification.objects.filter(pk=certification.pk).update(submitted_at=since)
    certification.refresh_from_db()
    return certification


def held(member, **fields):
    """A certificate that was verified long ago."""
    return factories.CertificationFactory(member=member, **fields)


@pytest.fixture
def alice(cast, sign_in):
    return sign_in(cast.alice)


@pytest.fixture
def waiting(cast):
    return hand_in(cast.bob_member, read=reading())


def checks(client, certification):
    """What is said of it: {sentence: tone}."""
    return {check.text: check.tone for check in client.get(page_of(certification)).context["checks"]}


# ---------------------------------------------------------------- the queue
def test_what_waits_longest_comes_first_and_says_for_how_long(alice, cast):
    new = hand_in(cast.alice_member, waited=0)
    old = hand_in(cast.bob_member, waited=3)
    held(cast.bob_member)
    answer = alice.get(INBOX)
    assert [card.pk for card in answer.context["queue"].cards] == [old.pk, new.pk]
    assert answer.context["record"] == old
    assert "已等 3 天" in answer.text
    assert page_of(new) in answer.text
    assert "已等 3 天" in alice.get("/certifications/").text
    assert "已等 3 天" in alice.get(page_of(old, "detail")).text


def test_its_holder_reads_how_long_it_waits(cast, sign_in):
    mine = hand_in(cast.bob_member, waited=2)
    assert "已等 2 天" in sign_in(cast.bob).get(page_of(mine, "detail")).text


def test_cards_tell_doubts_and_renewals(alice, cast):
    held(cast.bob_member, direction="Cloud-Service", passed_on="2021-12-12")
    hand_in(cast.bob_member, read=reading(), number="CLS-2024-0638173")
    (card,) = alice.get(INBOX).context["queue"].cards
    assert (card.doubts, card.is_renewal) == (1, True)  # the number is filled in otherwise than it was read


def test_whoever_edits_several_branches_has_them_all_in_one_queue(cast, sign_in):
    one, two = hand_in(cast.bob_member, waited=1), hand_in(cast.charlie_member)
    client = sign_in(cast.diana)
    assert [card.pk for card in client.get(INBOX).context["queue"].cards] == [one.pk, two.pk]
    assert "南楼教师党支部" in client.get(INBOX).text
    assert [card.pk for card in client.get(f"{INBOX}?branch=south").context["queue"].cards] == [two.pk]


def test_an_empty_inbox_says_so(alice):
    assert "都审完了" in alice.get(INBOX).text


def test_a_long_queue_shows_the_cards_around_the_chosen_one(alice, cast):
    for number in range(60):
        factories.CertificationFactory(
            member=cast.bob_member,
            status="pending",
            submitted_at=timezone.now() - (60 - number) * DAY,
        )
    ids = list(Certification.objects.waiting().values_list("pk", flat=True))
    queue = alice.get(reverse("branch:certification_review", args=[ids[50]])).context["queue"]
    assert (queue.number, len(queue.cards), queue.earlier, queue.later) == (60, 40, 20, 0)
    assert (queue.before, queue.after) == (ids[49], ids[51])


def test_what_was_decided_leads_to_its_page(alice, cast):
    assert alice.get(page_of(held(cast.bob_member))).url.startswith("/certifications/")


# ---------------------------------------------------------------- deciding
def test_accepting_saves_what_was_put_right_and_goes_on(alice, cast, waiting):
    following = hand_in(cast.alice_member)
    shown = as_shown(alice.get(page_of(waiting)))
    posted = shown | {"number": "CLS-2024-0638179", "decision": "accept", "after": following.pk}
    answer = alice.post(page_of(waiting), posted, follow=True)
    assert answer.redirect_chain[-1][0] == page_of(following)
    assert "已核验“鲍勃 HCIP-Cloud Service”" in answer.text
    waiting.refresh_from_db()
    assert (waiting.status, waiting.number, waiting.reviewed_by) == (
        "verified",
        "CLS-2024-0638179",
        cast.alice,
    )
    told = Change.objects.about(waiting).filter(verb="review").get()
    assert told.changes["证书编号"] == ["CLS-2024-0638172", "CLS-2024-0638179"]
    assert told.changes["状态"] == ["待审核", "已核验"]
    assert Notice.objects.get(user=cast.bob).text == "HCIP-Cloud Service 已核验"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"passed_on": "昨天"}, "不是日期"),
        ({"type_name": "软考高级", "passed_on": ""}, "必填"),
        # as another one of the same member: refused only when it is written
        ({"direction": "Datacom"}, "这名党员已有同类型、同方向、同一天通过的认证"),
    ],
)
def test_what_cannot_be_accepted_is_told_and_nothing_is_verified(alice, cast, waiting, typed, said):
    held(cast.bob_member, direction="Datacom", passed_on="2024-12-11")
    shown = as_shown(alice.get(page_of(waiting)))
    answer = alice.post(page_of(waiting), shown | typed | {"number": "改过的", "decision": "accept"})
    assert said in answer.text
    assert 'value="改过的"' in answer.text
    waiting.refresh_from_db()
    assert (waiting.status, waiting.number) == ("pending", "CLS-2024-0638172")
    assert not Change.objects.about(waiting).filter(verb="review").exists()


def test_a_new_type_is_not_kept_where_nothing_is_accepted(cast, waiting):
    other = held(cast.bob_member, type=factories.CertificationTypeFactory(name="软考高级"), direction="")
    with pytest.raises(services.ValidationError):
        services.verify_certification(
            waiting, type_name="软考中级", renews=held(cast.alice_member), by=cast.alice
        )
    assert not CertificationType.objects.filter(name="软考中级").exists()
    saved = services.verify_certification(waiting, type_name="软考中级", by=cast.alice)
    assert (str(saved.type), str(other.type)) == ("软考中级", "软考高级")


@pytest.mark.parametrize(
    "how", [{"reason": "缺页，请补齐"}, {"decision": "return", "own_reason": "缺页，请补齐"}]
)
def test_it_is_returned_with_a_usual_reason_or_ones_own(alice, cast, waiting, how):
    posted = as_shown(alice.get(page_of(waiting))) | how
    assert "都审完了" in alice.post(page_of(waiting), posted, follow=True).text
    waiting.refresh_from_db()
    assert (waiting.status, waiting.return_reason) == ("returned", "缺页，请补齐")
    assert Notice.objects.get(user=cast.bob).text == "HCIP-Cloud Service 已退回：缺页，请补齐"


def test_nothing_is_returned_without_a_reason_and_what_was_typed_stays(alice, waiting):
    posted = as_shown(alice.get(page_of(waiting))) | {"number": "改过的", "decision": "return"}
    answer = alice.post(page_of(waiting), posted)
    assert "请写明退回的原因" in answer.text
    assert 'value="改过的"' in answer.text
    waiting.refresh_from_db()
    assert waiting.status == "pending"


def test_what_is_typed_is_kept_until_it_is_decided(alice, cast, waiting):
    shown = as_shown(alice.get(page_of(waiting)))
    draft = {"draft": f"{page_of(waiting)}?branch=north", "typist": cast.alice.pk}
    assert alice.post("/drafts/", shown | draft | {"number": "写到一半"}).status_code == 204
    assert 'value="写到一半"' in alice.get(INBOX).text
    alice.post(page_of(waiting), shown | {"reason": "缺页，请补齐"})
    services.reopen_certification(waiting, by=cast.alice)
    assert "写到一半" not in alice.get(INBOX).text


# ---------------------------------------------------------------- two reviewers
@pytest.mark.parametrize("second", [{"decision": "accept"}, {"reason": "缺页，请补齐"}])
def test_the_second_of_two_reviewers_is_told_who_decided_what(alice, cast, waiting, second):
    shown = as_shown(alice.get(page_of(waiting)))
    services.return_certification(waiting, "照片不清楚，请重拍", by=cast.diana)
    answer = alice.post(page_of(waiting), shown | second, follow=True)
    assert "戴娜刚才已退回“鲍勃 HCIP-Cloud Service”，您的决定没有再记" in answer.text
    waiting.refresh_from_db()
    assert (waiting.status, waiting.return_reason) == ("returned", "照片不清楚，请重拍")


def test_what_its_holder_changed_meanwhile_is_seen_before_it_is_accepted(alice, cast, waiting):
    shown = as_shown(alice.get(page_of(waiting)))
    services.correct_certification(waiting, number="CLS-2024-0000001", by=cast.bob)
    answer = alice.post(page_of(waiting), shown | {"number": "CLS-9", "decision": "accept"})
    assert "这份证书刚才也被改过，还没有核验" in answer.text
    assert "鲍勃存的是：CLS-2024-0000001" in answer.text
    taken = alice.post(page_of(waiting), as_shown(answer) | {"take": "number"})
    assert 'value="CLS-2024-0000001"' in taken.text
    alice.post(page_of(waiting), as_shown(taken) | {"decision": "accept"})
    waiting.refresh_from_db()
    assert (waiting.status, waiting.number) == ("verified", "CLS-2024-0000001")


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_one_moment_make_one(cast):
    certification = hand_in(cast.bob_member)
    barrier, met, trouble = threading.Barrier(2), [], []

    def decide(service, by, *arguments):
        try:
            barrier.wait(timeout=20)
            service(certification, *arguments, version=certification.version, by=by)
            met.append("done")
        except VersionConflict as conflict:
            met.append(conflict.record.status)
        except Exception as error:  # reported below, in the main thread
            trouble.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=[services.verify_certification, cast.alice]),
        threading.Thread(target=decide, args=[services.return_certification, cast.diana, "缺页"]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not trouble
    certification.refresh_from_db()
    assert sorted(met) == sorted(["done", certification.status])
    assert certification.status in ("verified", "returned")
    assert Change.objects.about(certification).filter(verb="review").count() == 1


# ---------------------------------------------------------------- taking it back
def test_a_decision_is_taken_back_by_the_snack(alice, cast, waiting):
    since = waiting.submitted_at
    posted = as_shown(alice.get(page_of(waiting))) | {"reason": "缺页，请补齐"}
    told = alice.post(page_of(waiting), posted, follow=True)
    undo = next(iter(told.context["messages"])).extra_tags
    answer = alice.post(undo, follow=True)
    assert answer.redirect_chain[-1][0] == page_of(waiting)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.return_reason, waiting.reviewed_by) == ("pending", "", None)
    assert waiting.submitted_at == since  # at its old place
    assert Change.objects.about(waiting).first().changes["状态"] == ["已退回", "待审核"]
    assert Notice.objects.filter(user=cast.bob).last().text == "HCIP-Cloud Service 的审核已撤回，重新待审核"


def test_a_decision_is_taken_back_on_the_page_of_the_certification(alice, cast):
    decided = held(cast.bob_member)
    reopen = page_of(decided, "reopen")
    assert reopen in alice.get(page_of(decided, "detail")).text
    alice.post(reopen, {"version": decided.version})
    decided.refresh_from_db()
    assert decided.status == "pending"
    assert "不用撤回" in alice.post(reopen, {"version": decided.version}, follow=True).text


def test_what_is_decided_on_the_page_of_the_certification_can_be_taken_back_at_once(alice, cast):
    for press, data in (("verify", {}), ("return", {"reason": "缺页，请补齐"})):
        certification = hand_in(cast.bob_member, direction=press)
        data |= {"version": certification.version}
        told = alice.post(page_of(certification, press), data, follow=True)
        (message,) = told.context["messages"]
        answer = alice.post(message.extra_tags, follow=True)
        assert answer.redirect_chain[-1][0] == page_of(certification, "detail")
        certification.refresh_from_db()
        assert certification.status == "pending"


def test_who_only_looks_is_not_told_of_a_decision_that_was_not_made(alice, cast, waiting):
    shown = as_shown(alice.get(page_of(waiting)))
    services.verify_certification(waiting, by=cast.diana)
    answer = alice.post(page_of(waiting), shown | {"show": "1:90:"}, follow=True)
    assert answer.redirect_chain[-1][0] == page_of(waiting, "detail")
    assert "没有再记" not in answer.text


def test_what_happened_since_is_not_taken_back(alice, cast, waiting):
    alice.post(page_of(waiting), as_shown(alice.get(page_of(waiting))) | {"reason": "缺页，请补齐"})
    undo = f"{page_of(waiting, 'reopen')}?version={waiting.version + 1}"
    waiting.refresh_from_db()
    services.verify_certification(waiting, by=cast.diana)
    assert "刚才被别人改过" in alice.post(undo, follow=True).text
    waiting.refresh_from_db()
    assert waiting.status == "verified"


def test_what_is_put_right_after_a_return_waits_from_then_on(cast):
    certification = hand_in(cast.bob_member, waited=9)
    services.correct_certification(certification, level="工程师", by=cast.bob)
    certification.refresh_from_db()
    assert certification.days_waiting == 9
    services.return_certification(certification, "缺页", by=cast.alice)
    services.correct_certification(certification, level="高级工程师", by=cast.bob)
    certification.refresh_from_db()
    assert (certification.status, certification.days_waiting) == ("pending", 0)


# ---------------------------------------------------------------- what speaks against it
def test_all_well_is_said_quietly(alice, waiting):
    assert set(checks(alice, waiting).items()) == {
        ("文件检查通过", ""), ("姓名与本人一致", ""), ("没有重复的编号", "")
    }  # fmt: skip


def test_no_proof_no_picture_and_a_broken_file(alice, cast):
    assert checks(alice, hand_in(cast.bob_member, files=()))["没有佐证，只有填写的内容"] == "bad"
    certification = hand_in(cast.alice_member, files=(uploads.photo(), uploads.pdf()))
    attach(certification, io.BytesIO(uploads.docx()), "other", "说明.docx", by=None)
    attachments = list(certification.attachments.order_by("position"))
    blob_path(attachments[0].blob.sha256).write_bytes(uploads.photo()[:200])
    blob_path(attachments[1].blob.sha256).unlink()
    said = checks(alice, certification)
    broken = "“{}”打不开：已损坏，或加了打开密码。可退回，请本人重交"
    assert said[broken.format("证书0.jpg")] == said[broken.format("证书1.pdf")] == "bad"
    assert said["“说明.docx”不是照片，"] == "info"
    assert "文件检查通过" not in said


def test_a_file_that_is_gone_since_it_was_looked_at_is_told(alice, waiting):
    assert "文件检查通过" in checks(alice, waiting)
    blob_path(waiting.attachments.get().blob.sha256).unlink()
    assert "文件检查通过" not in checks(alice, waiting)


def test_a_photo_that_lies_on_its_side_is_measured_upright(cast):
    for form, files in (("JPEG", uploads.phone_photo()), ("HEIF", uploads.phone_photo("HEIF"))):
        certification = hand_in(cast.bob_member, direction=form, files=(files,))
        (sheet,) = proof_of(certification).sheets
        assert (sheet.looked.width, sheet.looked.height, sheet.height) == (40, 80, 2000)


def test_a_file_that_only_a_password_opens_is_told(alice, cast):
    certification = hand_in(cast.bob_member, files=())
    locked = uploads.pdf(encryption=pikepdf.Encryption(user="secret", owner="secret"))
    blob = store_file(locked, "application/pdf")  # as it came in before such files were refused
    factories.AttachmentFactory(record=certification, blob=blob, kind="certificate", name="锁.pdf")
    page = alice.get(page_of(certification))
    assert "“锁.pdf”打不开：已损坏，或加了打开密码" in page.text
    assert "这些文件不能在这里看" in page.text


def test_who_handed_it_in_is_told(alice, cast):
    assert "本人交的" in alice.get(page_of(hand_in(cast.bob_member, by=cast.bob))).text
    assert "戴娜录入" in alice.get(page_of(hand_in(cast.alice_member, by=cast.diana))).text
    by_link = hand_in(cast.bob_member, direction="Datacom")
    by_link.hand_in.link = factories.HandInLinkFactory(organisation=cast.north)
    by_link.hand_in.save()
    assert "用链接交的" in alice.get(page_of(by_link)).text


def test_the_same_file_and_number_elsewhere_are_told_with_links(alice, cast):
    mine = hand_in(cast.bob_member)
    other = hand_in(cast.alice_member, number="cls-2024-0638172")
    page = alice.get(page_of(mine))
    assert {check.text: check.tone for check in page.context["checks"]} == {
        "同一份文件也是别的记录的佐证：": "warn",
        "证书编号相同：": "warn",
    }
    assert page.text.count(page_of(other, "detail")) == 2


def test_of_another_branch_nothing_is_told(alice, cast, sign_in):
    mine, other = hand_in(cast.bob_member), hand_in(cast.charlie_member)
    assert set(checks(alice, mine)) == {"文件检查通过", "没有重复的编号"}
    assert page_of(other, "detail") in sign_in(cast.diana).get(page_of(mine)).text


def test_anothers_name_and_what_is_no_certificate(alice, cast):
    read = reading() | {"name_differs": True}
    read["fields"]["name"]["value"] = "林<b>若溪"
    page = alice.get(page_of(hand_in(cast.bob_member, read=read)))
    assert "证书上的姓名是“林&lt;b&gt;若溪”，不是鲍勃" in page.text
    nothing = {"layout": "", "name_differs": None, "fields": {}}
    other = hand_in(cast.alice_member, read=nothing, files=(uploads.photo(colour="red"),))
    other.hand_in.reading = "done"
    other.hand_in.save()
    said = checks(alice, other)
    assert said["照片里没有读到认证名称、编号和日期，可能不是认证证书"] == "warn"


@pytest.mark.parametrize(
    ("state", "said"), [("waiting", "照片还在识别，可以先自己对照"), ("failed", "照片没能识别，请自己对照")]
)
def test_how_far_the_reading_is(alice, waiting, state, said):
    waiting.hand_in.reading, waiting.hand_in.read = state, {}
    waiting.hand_in.save()
    assert said in checks(alice, waiting)


def test_an_end_before_the_beginning_is_told(alice, cast):
    said = checks(alice, hand_in(cast.bob_member, passed_on="2024-12-11", valid_until="2024-12"))
    assert "有效期至早于通过日期" not in said
    said = checks(alice, hand_in(cast.alice_member, passed_on="2024-12-11", valid_until="2024-11"))
    assert said["有效期至早于通过日期，请对照照片"] == "warn"


def test_what_has_expired_already_is_told(alice, cast):
    past = hand_in(cast.bob_member, valid_until="2024-12-31")
    assert checks(alice, past)["有效期至 2024-12-31，已经过期，核验后也不计入今天的数字"] == "warn"


# ---------------------------------------------------------------- what was read, on its place
def test_fields_are_compared_with_what_was_read():
    filled = {"type_name": "HCIP", "direction": "Cloud Service", "number": "CLS-2024-0638172"}
    marks = marked(reading(), filled | {"passed_on": "2024-12-12", "valid_until": ""})
    assert {name: mark.state for name, mark in marks.items()} == {
        "type_name": "sure",
        "direction": "sure",
        "number": "check",
        "passed_on": "check",
    }
    assert marks["passed_on"].hint == "照片上读作“2024-12-11”，与填写的不同，请核对"


def test_what_was_left_empty_is_filled_in_as_it_was_read(alice, cast):
    certification = hand_in(cast.bob_member, read=reading(), number="", valid_until=None, open_ended=True)
    form = alice.get(page_of(certification)).context["form"]
    assert form["number"].value() == "CLS-2024-0638172"
    assert form.fields["number"].mark.state == "check"
    assert not form["valid_until"].value()  # derived: no end means that it does not expire


def test_boxes_lie_on_the_pages_that_were_read(cast):
    read = reading()
    certification = hand_in(
        cast.bob_member, read=read, files=(uploads.photo(size=(400, 200)), uploads.pdf(3))
    )
    proof = proof_of(certification)
    assert [(sheet.number, sheet.page, sheet.height) for sheet in proof.sheets] == [
        (1, 1, 500), (2, 1, 1499), (3, 2, 1499), (4, 3, 1499)
    ]  # fmt: skip
    boxes = boxes_of(
        marked(read, {"number": "CLS-2024-0638172"}), None, sheets_read(certification.hand_in, proof)
    )
    stage = Stage(proof, boxes, "2:0:number")
    assert (stage.sheet.number, list(stage.boxes), stage.zoom) == (2, ["number"], "number")
    assert stage.zooms["number"] == "2:0:"
    assert boxes["type_name"].sheet.number == 1
    assert Stage(proof, boxes).zooms["number"] == "2:0:number"
    assert (stage.earlier, stage.later) == ("1:0:", "3:0:")
    # The first file is no longer a proof: what was read of it stands nowhere, the rest where it stood.
    certification.attachments.filter(name="证书0.jpg").update(deleted_at=timezone.now())
    proof = proof_of(certification)
    boxes = boxes_of(
        marked(read, {"number": "CLS-2024-0638172"}), None, sheets_read(certification.hand_in, proof)
    )
    assert {name: box.sheet.page for name, box in boxes.items()} == {"number": 1}


@pytest.mark.parametrize(
    ("turn", "transform", "whole"),
    [
        (0, "", "0 0 1000 500"),
        (90, "translate(500 0) rotate(90)", "0 0 500 1000"),
        (180, "translate(1000 500) rotate(180)", "0 0 1000 500"),
        (270, "translate(0 1000) rotate(270)", "0 0 500 1000"),
    ],
)
def test_a_picture_is_turned_and_zoomed_to_what_stays_on_it(cast, turn, transform, whole):
    certification = hand_in(cast.bob_member, read=reading(), files=(uploads.photo(size=(400, 200)),))
    proof = proof_of(certification)
    boxes = boxes_of(marked(reading(), {}) | {}, None, sheets_read(certification.hand_in, proof))
    stage = Stage(proof, boxes, f"1:{turn}:")
    assert (stage.transform, stage.view_box) == (transform, whole)
    for zoom in ("type_name", "in"):
        x, y, width, height = map(float, Stage(proof, boxes, f"1:{turn}:{zoom}").view_box.split())
        outer = list(map(float, whole.split()))
        assert x >= 0
        assert y >= 0
        assert x + width <= outer[2] + 0.1
        assert y + height <= outer[3] + 0.1
        assert width / height == pytest.approx(outer[2] / outer[3], rel=0.01)
        if zoom != "in":  # the middle of the box is seen
            box = boxes[zoom]
            middle = Stage(proof, boxes, f"1:{turn}:")._turned(
                (box.left + box.right) / 2, (box.top + box.bottom) / 2
            )
            assert x <= middle[0] <= x + width
            assert y <= middle[1] <= y + height


@pytest.mark.parametrize("asked", ["", "9:45:nothing", "::", "x", "1:90", "2:0:number:more"])
def test_whatever_is_asked_for_something_is_shown(alice, waiting, asked):
    answer = alice.post(page_of(waiting), {"show": asked})
    assert answer.status_code == 200
    assert "data-doc" in answer.text


def test_looking_keeps_what_was_typed_and_decides_nothing(alice, waiting):
    posted = as_shown(alice.get(page_of(waiting))) | {"number": "写到一半", "show": "1:90:type_name"}
    answer = alice.post(page_of(waiting), posted)
    assert 'value="写到一半"' in answer.text
    assert "rotate(90)" in answer.text
    waiting.refresh_from_db()
    assert (waiting.status, waiting.number) == ("pending", "CLS-2024-0638172")


# ---------------------------------------------------------------- what accepting it changes
def ratio(cast, day):
    figures = compute([cast.north.pk], Window(day, day), ["certifications.ratio:HCIP"])[cast.north.pk]
    return figures["certifications.ratio:HCIP"].display


def dates(start, end):
    return {"passed_on": str(today() + start * DAY), "valid_until": str(today() + end * DAY)}


@pytest.mark.parametrize(
    ("before", "new", "own", "now", "then", "note"),
    [
        # held, and renewed in time: the ratio stays, and says what happens otherwise
        (
            dates(-1000, 10),
            dates(-5, 1000),
            True,
            "1/2(50.0%)",
            "1/2(50.0%)",
            "不核验，{later}起为 0/2(0.0%)",
        ),
        # the old one ended while the new one waits: no gap once it is verified
        (dates(-1000, -5), dates(-9, 1000), False, "0/2(0.0%)", "1/2(50.0%)", "不留空档"),
        (dates(-1000, -9), dates(-5, 1000), False, "0/2(0.0%)", "1/2(50.0%)", "中间这段不算持证"),
        (None, dates(-5, 1000), False, "0/2(0.0%)", "1/2(50.0%)", ""),
        (None, dates(-50, -5), False, "0/2(0.0%)", "0/2(0.0%)", "今天不在有效期内"),
        (None, dates(5, 1000), False, "0/2(0.0%)", "0/2(0.0%)", "今天不在有效期内"),
        # a second one that ends earlier changes nothing
        (dates(-1000, 1000), dates(-5, 10), True, "1/2(50.0%)", "1/2(50.0%)", ""),
    ],
)
def test_what_the_panel_promises_is_what_accepting_brings(cast, before, new, own, now, then, note):
    if before:
        held(cast.bob_member, direction="Cloud", **before)
    certification = hand_in(cast.bob_member, **new)
    effect = effect_of(certification)
    assert (effect.ratio_now, effect.ratio_then) == (now, then) == (ratio(cast, today()), then)
    assert bool(effect.own_now) == own
    later = today() + 11 * DAY
    year = f"{later.year}年" if later.year != today().year else ""
    assert note.format(later=f"{year}{later.month}月{later.day}日") in effect.note
    if "不核验" in note:
        assert ratio(cast, later) == "0/2(0.0%)"
    services.verify_certification(certification, by=cast.alice)
    assert ratio(cast, today()) == then
    if "不核验" in note:
        assert ratio(cast, later) == "1/2(50.0%)"
    if "不留空档" in note:  # the days in between count, too: paperwork makes no gap
        assert ratio(cast, today() - 3 * DAY) == "1/2(50.0%)"


def test_whoever_left_or_is_not_for_reports_changes_no_figure(cast):
    gone = factories.MemberFactory(organisation=cast.north, transferred_out=str(today() - DAY))
    effect = effect_of(hand_in(gone, **dates(-5, 100)))
    assert (effect.ratio_now, effect.ratio_then) == ("0/2(0.0%)", "0/2(0.0%)")
    assert "今天不在册" in effect.note
    hidden = hand_in(cast.bob_member, in_reports=False, **dates(-5, 100))
    effect = effect_of(hidden)
    assert (effect.ratio_then, "不计入报告" in effect.note) == ("0/2(0.0%)", True)


def test_the_panel_follows_what_is_typed(alice, cast):
    certification = hand_in(cast.bob_member, **dates(-5, 100))
    typed = as_shown(alice.get(page_of(certification))) | {"type_name": "软考高级"}
    effect = alice.post(page_of(certification), typed).context["effect"]
    assert (effect.kind, effect.ratio_now, effect.ratio_then) == ("软考高级", "0/2(0.0%)", "1/2(50.0%)")
    typed |= {"type_name": "HCIP", "valid_until": str(today() - DAY)}
    effect = alice.post(page_of(certification), typed).context["effect"]
    assert effect.ratio_then == "0/2(0.0%)"
    assert alice.post(page_of(certification), typed | {"passed_on": "昨天"}).status_code == 200


def test_covers_is_what_held_on_counts(cast):
    for start, end in ((-2, None), (-2, -1), (0, 0), (1, 5), (-5, 5)):
        until = None if end is None else str(today() + end * DAY)
        held(cast.bob_member, passed_on=str(today() + start * DAY), valid_until=until)
    held(cast.bob_member, passed_on=f"{today():%Y-%m}", valid_until=f"{today():%Y}")
    counted = Certification.objects.held_on(today(), [cast.north.pk])
    assert {one.pk for one in Certification.objects.all() if one.covers(today())} == {
        one.pk for one in counted
    }


# ---------------------------------------------------------------- renewals
def test_the_earlier_certificate_is_offered_as_the_one_renewed(alice, cast):
    old = held(cast.bob_member, direction="Cloud-Service", passed_on="2021-12-12", valid_until="2024-12-11")
    held(cast.bob_member, direction="Datacom", passed_on="2022-01-01")
    held(cast.alice_member, direction="Cloud Service", passed_on="2021-01-01")
    new = hand_in(cast.bob_member)
    form = alice.get(page_of(new)).context["form"]
    assert form["renews"].value() == old.pk
    assert len(form.fields["renews"].choices) == 3
    alice.post(page_of(new), as_shown(alice.get(page_of(new))) | {"decision": "accept"})
    new.refresh_from_db()
    assert new.renews == old
    assert "换证前" in alice.get(page_of(new, "detail")).text
    later = alice.get(page_of(old, "detail")).text
    assert "已换为" in later
    assert page_of(new, "detail") in later


def test_it_may_be_no_renewal(alice, cast):
    held(cast.bob_member, direction="Cloud Service", passed_on="2021-12-12")
    new = hand_in(cast.bob_member)
    alice.post(page_of(new), as_shown(alice.get(page_of(new))) | {"renews": "", "decision": "accept"})
    new.refresh_from_db()
    assert (new.status, new.renews) == ("verified", None)


def test_nobody_is_asked_where_there_is_nothing_to_renew(alice, waiting):
    assert "renews" not in alice.get(page_of(waiting)).context["form"].fields


def test_a_chain_is_one_members_and_no_circle(cast):
    first, second = held(cast.bob_member, passed_on="2018"), held(cast.bob_member, passed_on="2021")
    second = services.update_certification(second, renews=first, by=cast.alice)
    with pytest.raises(services.ValidationError, match="已经在这份之后"):
        services.update_certification(first, renews=second, by=cast.alice)
    with pytest.raises(services.ValidationError, match="不是同一名党员"):
        services.update_certification(first, renews=held(cast.alice_member), by=cast.alice)


def test_what_lies_in_the_trash_is_no_part_of_a_chain(alice, cast):
    old = held(cast.bob_member, passed_on="2021")
    new = held(cast.bob_member, renews=old)
    services.trash_certification(old, by=cast.alice)
    assert "换证前" not in alice.get(page_of(new, "detail")).text
    services.restore_certification(old, by=cast.alice)
    services.trash_certification(new, by=cast.alice)
    assert "已换为" not in alice.get(page_of(old, "detail")).text


def test_a_renewal_by_another_direction_ends_the_reminder(cast, alice):
    old = held(cast.bob_member, direction="Cloud", **dates(-1000, 10))
    assert "的 HCIP-Cloud 证书" in alice.get("/").text
    held(cast.bob_member, direction="Datacom", renews=old, **dates(-5, 1000))
    assert "的 HCIP-Cloud 证书" not in alice.get("/").text


# ---------------------------------------------------------------- who may
def test_an_auditor_is_led_to_the_list_and_the_secretary_to_the_inbox(cast, waiting, sign_in):
    assert f'href="{INBOX}"' in sign_in(cast.alice).get("/").text
    page = sign_in(cast.frank).get("/?branch=north").text
    assert f'href="{INBOX}"' not in page
    assert "/certifications/?status=pending" in page


def test_the_api_tells_how_long_it_waits_and_what_it_renews(alice, cast):
    old = held(cast.bob_member, passed_on="2021")
    new = held(cast.bob_member, renews=old)
    told = alice.get(f"/api/v1/certifications/{new.pk}/").json()
    assert told["renews"] == old.pk
    assert told["submitted_at"]


# ---------------------------------------------------------------- cost
def test_the_inbox_costs_the_same_with_1_3_and_30_waiting(cast, sign_in, subtests, django_assert_num_queries):
    client, first = sign_in(cast.alice), hand_in(cast.bob_member, read=reading(), waited=99)
    held(cast.bob_member, direction="Cloud Service", **dates(-1000, 10))
    for more in (1, 2, 27):
        for _ in range(more):
            member = factories.MemberFactory(organisation=cast.north)
            held(member, direction="Cloud Service", passed_on="2020")
            hand_in(member, read=reading())
            file = uploads.photo(colour=(more, more, more))
            attach(
                first, io.BytesIO(file + bytes([first.attachments.count()])), "certificate", "页.jpg", by=None
            )
        for address, count in ((INBOX, 27), (page_of(first), 26)):
            client.get(address)
            with subtests.test(address, waiting=more), django_assert_num_queries(count):
                assert client.get(address).context["queue"].number >= more
        following = Certification.objects.waiting().last()
        shown = as_shown(client.get(page_of(following))) | {"decision": "accept"}
        with subtests.test("accepting", waiting=more), django_assert_num_queries(27):
            assert client.post(page_of(following), shown).status_code == 302
        services.reopen_certification(following, by=cast.alice)

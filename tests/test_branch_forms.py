"""Members, certifications and programmes, written through their pages."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from branch import services
from branch.models import Certification, Member, Post, Programme
from core.dates import PartialDate
from core.links import record_url as page_of_record
from core.models import Change, Notice
from partnerships.services import create_partner, update_partner
from tests import factories
from tests.test_editing import as_shown

pytestmark = pytest.mark.django_db
NEW_MEMBER, NEW_CERTIFICATION, NEW_PROGRAMME = "/members/new/", "/certifications/new/", "/programmes/new/"


def person(*posts, **changes):
    """What the browser posts for a member. Arguments: posts, (name, from, until)."""
    rows = {"posts-TOTAL_FORMS": str(len(posts) + 1), "posts-INITIAL_FORMS": "0"}
    for place, (name, starts_on, ends_on) in enumerate(posts):
        rows |= {f"posts-{place}-name": name, f"posts-{place}-starts_on": starts_on}
        rows |= {f"posts-{place}-ends_on": ends_on}
    return {
        "name": "曾小明",
        "staff_number": "20240001",
        "category": "probationary",
        "joined_party": "2024年6月",
        "in_reports": "on",
        "entry_key": str(uuid.uuid4()),
        **rows,
    } | changes


def certificate(**changes):
    return {
        "type_name": "HCIP",
        "direction": "Cloud Service",
        "number": "HW-001",
        "passed_on": "2024-06-18",
        "in_reports": "on",
        "entry_key": str(uuid.uuid4()),
    } | changes


def programme(**changes):
    return {
        "name": "强国行专项行动",
        "level": "national",
        "starts_on": "2024-10-01",
        "ends_on": "2027-09-30",
        "in_reports": "on",
        "entry_key": str(uuid.uuid4()),
    } | changes


def page_of(record, page):
    return reverse(f"branch:{record._meta.model_name}_{page}", args=[record.pk])


def posts_of(member):
    return [str(post) for post in member.posts.all()]


@pytest.fixture
def alice(cast, sign_in):
    return sign_in(cast.alice)


@pytest.fixture
def bob(cast, sign_in):
    return sign_in(cast.bob)


@pytest.fixture
def own(cast):
    """A certification of bob's that waits for review."""
    return services.hand_in_certification(cast.bob_member, "HCIP", passed_on="2024-03-01", by=cast.bob)


# ---------------------------------------------------------------- members
def test_a_member_is_entered_with_posts(alice, cast):
    answer = alice.post(NEW_MEMBER, person(("宣传委员", "2024-06", ""), ("组织委员", "2021", "2024-05")))
    member = Member.objects.get(staff_number="20240001")
    assert answer.url == page_of(member, "detail")
    assert (member.organisation, str(member.joined_party)) == (cast.north, "2024-06")
    assert posts_of(member) == ["宣传委员（2024-06—）", "组织委员（2021—2024-05）"]
    change = Change.objects.about(member).get()
    assert change.actor == cast.alice
    assert change.changes["党内职务"] == ["", "宣传委员（2024-06—）；组织委员（2021—2024-05）"]


def test_pinyin_is_made_and_can_be_put_right(alice):
    alice.post(NEW_MEMBER, person())
    member = Member.objects.get(staff_number="20240001")
    assert member.name_pinyin == "ceng xiao ming"
    edit = page_of(member, "edit")
    alice.post(edit, as_shown(alice.get(edit)) | {"name_pinyin": "zeng xiao ming"})
    alice.post(edit, as_shown(alice.get(edit)) | {"phone": "13800001234"})
    member.refresh_from_db()
    assert (member.name_pinyin, member.phone) == ("zeng xiao ming", "13800001234")
    alice.post(edit, as_shown(alice.get(edit)) | {"name": "李小明"})
    member.refresh_from_db()
    assert member.name_pinyin == "li xiao ming"  # that of the old name would be wrong
    alice.post(edit, as_shown(alice.get(edit)) | {"name": "单小明", "name_pinyin": "shan xiao ming"})
    member.refresh_from_db()
    assert member.name_pinyin == "shan xiao ming"


def test_rows_of_posts_are_changed_added_and_taken_away(alice, cast):
    alice.post(NEW_MEMBER, person(("宣传委员", "2024-06", ""), ("组织委员", "2021", "2024-05")))
    member = Member.objects.get(staff_number="20240001")
    edit = page_of(member, "edit")
    shown = as_shown(alice.get(edit))
    more = alice.post(edit, shown | {"more": "posts"})
    assert len(more.context["form"].formsets["posts"].forms) == 4
    assert posts_of(member) == ["宣传委员（2024-06—）", "组织委员（2021—2024-05）"]
    alice.post(
        edit, shown | {"posts-0-ends_on": "2025-01-01", "posts-1-DELETE": "on", "posts-2-name": "书记"}
    )
    assert posts_of(member) == ["宣传委员（2024-06—2025-01-01）", "书记"]


def test_a_post_that_ends_before_it_begins_is_told_beside_its_date(alice):
    answer = alice.post(NEW_MEMBER, person(("书记", "2024-06", "2023")))
    row = answer.context["form"].formsets["posts"].forms[0]
    assert row.errors == {"ends_on": ["免职日期早于任职日期"]}
    assert not Post.objects.exists()


def test_a_taken_staff_number_says_whose_it_is(alice, cast):
    number = cast.bob_member.staff_number
    answer = alice.post(NEW_MEMBER, person(staff_number=f" {number} "))
    assert answer.context["form"].errors["staff_number"] == ["支部里已有这个工号的党员：鲍勃"]
    services.transfer_out(cast.bob_member, "2024-08-31", by=cast.alice)
    answer = alice.post(NEW_MEMBER, person(staff_number=number))
    assert "鲍勃（2024-08-31 转出）" in answer.text
    edit = page_of(cast.alice_member, "edit")
    answer = alice.post(edit, as_shown(alice.get(edit)) | {"staff_number": number})
    assert "鲍勃" in answer.context["form"].errors["staff_number"][0]


def test_a_name_the_branch_has_already_is_asked_about_once(alice, cast):
    data = person(name="鲍 勃", phone="13800001234")
    answer = alice.post(NEW_MEMBER, data)
    assert f"支部里已有鲍勃（工号 {cast.bob_member.staff_number}）" in answer.text
    assert 'type="checkbox" name="is_another"' in answer.text
    assert 'value="13800001234"' in answer.text
    assert not Member.objects.filter(staff_number="20240001").exists()
    alice.post(NEW_MEMBER, data | {"is_another": "on"})
    assert Member.objects.get(staff_number="20240001").name == "鲍 勃"
    edit = page_of(cast.bob_member, "edit")
    assert alice.post(edit, as_shown(alice.get(edit)) | {"duty": "系主任"}).status_code == 302


def test_what_ends_before_it_begins_is_told_beside_the_end(alice):
    answer = alice.post(NEW_MEMBER, person(transferred_in="2024-09", transferred_out="2023"))
    assert answer.context["form"].errors == {"transferred_out": ["转出日期早于转入日期"]}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "字" * 5000}, "name"),
        ({"name": "曾\x00明"}, "name"),
        ({"duty": "系\x07主任"}, "duty"),
        ({"joined_party": "1899-12-31"}, "joined_party"),
        ({"full_member_since": "2999"}, "full_member_since"),
        ({"born": "1980-13"}, "born"),
        ({"category": "群众"}, "category"),
    ],
)
def test_what_cannot_be_a_member_is_told_beside_its_field(alice, typed, field):
    answer = alice.post(NEW_MEMBER, person(**typed))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert 'value="20240001"' in answer.text
    assert not Member.objects.filter(staff_number="20240001").exists()


def test_markup_emoji_and_rare_characters_stay_as_typed(alice):
    alice.post(NEW_MEMBER, person(name="𠮷镕堃", duty="<b>主任</b> 🎉"))
    member = Member.objects.get(staff_number="20240001")
    assert (member.name, member.duty) == ("𠮷镕堃", "<b>主任</b> 🎉")
    assert "&lt;b&gt;主任&lt;/b&gt; 🎉" in alice.get(page_of(member, "detail")).text


def test_two_editors_of_one_member(alice, cast):
    alice.post(NEW_MEMBER, person(("宣传委员", "2024-06", "")))
    member = Member.objects.get(staff_number="20240001")
    edit = page_of(member, "edit")
    mine = as_shown(alice.get(edit))
    services.update_member(member, posts=[Post(name="书记")], duty="系主任", by=cast.diana)
    answer = alice.post(edit, mine | {"phone": "13800001234"})
    assert answer.context["form"].adopted == ["职务", "党内职务"]
    alice.post(edit, as_shown(answer))
    member.refresh_from_db()
    assert (posts_of(member), member.duty, member.phone) == (["书记"], "系主任", "13800001234")


def test_two_editors_of_the_same_posts_see_both(alice, cast):
    alice.post(NEW_MEMBER, person(("宣传委员", "2024-06", "")))
    member = Member.objects.get(staff_number="20240001")
    edit = page_of(member, "edit")
    mine = as_shown(alice.get(edit)) | {"posts-0-name": "组织委员"}
    services.update_member(member, posts=[Post(name="书记")], by=cast.diana)
    answer = alice.post(edit, mine)
    assert answer.context["form"].conflicts["posts"].text == "书记"
    taken = alice.post(edit, as_shown(answer) | {"take": "posts"})
    assert taken.context["form"].formsets["posts"].forms[0]["name"].value() == "书记"
    alice.post(edit, as_shown(answer))
    assert posts_of(member) == ["组织委员（2024-06—）"]


# ---------------------------------------------------------------- coming, going, posts
def test_who_is_transferred_out_stays_in_the_past_and_holds_no_post(alice, cast):
    services.appoint(cast.bob_member, "组织委员", dt.date(2023, 1, 1), by=cast.alice)
    url = page_of(cast.bob_member, "transfer_out")
    assert list(alice.post(url, as_step(alice.get(url))).context["form"].errors) == ["day"]
    alice.post(url, as_step(alice.get(url)) | {"day": "2024-09"})
    cast.bob_member.refresh_from_db()
    assert str(cast.bob_member.transferred_out) == "2024-09"
    assert posts_of(cast.bob_member) == ["组织委员（2023-01-01—2024-09）"]
    assert "鲍勃" in alice.get("/members/?window=2023").text
    assert "鲍勃" not in alice.get("/members/?window=2024").context["list"].rows


def as_step(answer):
    """The form of a step as the browser would post it back."""
    return {field.html_name: field.value() for field in answer.context["form"] if field.value() is not None}


def test_a_new_secretary_follows_the_old_one(alice, cast):
    first = page_of(cast.bob_member, "appoint")
    alice.post(first, as_step(alice.get(first)) | {"name": "书记", "starts_on": "2021-09-01"})
    second = page_of(cast.alice_member, "appoint")
    assert "现任：书记 鲍勃。" in alice.get(second).text
    alice.post(second, as_step(alice.get(second)) | {"name": "书记", "starts_on": "2024-09-01"})
    assert posts_of(cast.bob_member) == ["书记（2021-09-01—2024-08-31）"]
    assert posts_of(cast.alice_member) == ["书记（2024-09-01—）"]
    assert Change.objects.about(cast.bob_member).first().actor == cast.alice


@pytest.mark.parametrize(
    ("who", "day", "field", "said"),
    [
        ("bob_member", "2024-09-01", "name", "鲍勃现在就任书记"),
        ("alice_member", "2021-09-01", "starts_on", "鲍勃从 2021-09-01 起任书记"),
    ],
)
def test_an_appointment_that_cannot_be_is_told_beside_its_field(alice, cast, who, day, field, said):
    services.update_member(cast.bob_member, posts=[Post(name="书记", starts_on="2021-09-01")], by=cast.alice)
    url = page_of(getattr(cast, who), "appoint")
    answer = alice.post(url, as_step(alice.get(url)) | {"name": "书记", "starts_on": day})
    assert said in answer.context["form"].errors[field][0]
    assert Post.objects.count() == 1


def test_a_step_is_not_taken_on_what_was_not_seen(alice, cast):
    url = page_of(cast.bob_member, "transfer_out")
    seen = as_step(alice.get(url))
    services.update_member(cast.bob_member, duty="系主任", by=cast.diana)
    assert "刚才被别人改过" in alice.post(url, seen | {"day": "2024-09"}).text
    cast.bob_member.refresh_from_db()
    assert cast.bob_member.transferred_out is None


def test_a_member_in_use_is_not_thrown_away_but_transferred_out(alice, cast):
    factories.OutcomeFactory(organisation=cast.north, makers=[cast.bob_member])
    answer = alice.post(page_of(cast.bob_member, "trash"), {"version": "1"}, follow=True)
    assert "还有1 项成果用着“鲍勃”" in answer.text
    assert "请办“转出”" in answer.text
    assert page_of(cast.bob_member, "transfer_out") in answer.text
    cast.bob_member.refresh_from_db()
    assert cast.bob_member.deleted_at is None


def test_a_member_entered_by_mistake_comes_back_with_the_certifications(alice, cast, own):
    answer = alice.post(page_of(cast.bob_member, "trash"), {"version": "1"}, follow=True)
    assert "“鲍勃”已移入回收站" in answer.text
    assert not Certification.objects.live().exists()
    alice.post(page_of(cast.bob_member, "restore"))
    assert Certification.objects.live().get() == own
    assert Member.objects.live().filter(pk=cast.bob_member.pk).exists()


def test_whoever_only_reads_sees_no_whole_number_and_no_button(cast, sign_in):
    services.update_member(cast.bob_member, phone="13800001234", by=cast.alice)
    read = sign_in(cast.frank).get(page_of(cast.bob_member, "detail")).text
    assert "*******1234" in read
    assert "13800001234" not in read
    assert page_of(cast.bob_member, "edit") not in read
    assert NEW_MEMBER not in sign_in(cast.frank).get("/members/").text
    assert NEW_MEMBER in sign_in(cast.alice).get("/members/").text


# ---------------------------------------------------------------- certifications
def test_the_secretary_enters_a_certificate_of_a_type_not_known_yet(alice, cast):
    answer = alice.post(NEW_CERTIFICATION, certificate(member=cast.bob_member.pk, type_name="软考 高级"))
    certification = Certification.objects.get()
    assert answer.url == page_of(certification, "detail")
    assert (certification.type.name, certification.status) == ("软考 高级", "pending")
    assert (certification.member, certification.organisation) == (cast.bob_member, cast.north)
    assert "软考 高级" in alice.get(NEW_CERTIFICATION).text
    assert certification.valid_until is None


def test_without_a_printed_end_the_usual_one_of_the_type_is_filled_in(alice, cast):
    hint = alice.get(NEW_CERTIFICATION).context["form"]["valid_until"].help_text
    assert "证书上没印的不填，按类型推算：HCIA、HCIP、HCIE 36 个月；其他类型按长期有效" in hint
    answer = alice.post(NEW_CERTIFICATION, certificate(member=cast.bob_member.pk, passed_on="2024-03-01"))
    certification = Certification.objects.get()
    assert str(certification.valid_until) == "2027-02-28"
    assert "与 HCIP 的 36 个月推算一致，以证书为准" in alice.get(answer.url).text
    edit = page_of(certification, "edit")
    assert "按 HCIP 的 36 个月推算为 2027-02-28" in alice.get(edit).context["form"]["valid_until"].help_text


@pytest.mark.parametrize(
    ("passed_on", "end"), [("2024-03", "2027-03"), ("2024", "2027"), ("2024-02-29", "2027-02-27")]
)
def test_the_usual_end_is_known_as_exactly_as_the_exam(cast, passed_on, end):
    made = services.hand_in_certification(cast.bob_member, "HCIP", passed_on=passed_on, by=cast.bob)
    assert str(made.valid_until) == end


@pytest.mark.parametrize(
    ("typed", "end"),
    [({"valid_until": "2026-01-31"}, "2026-01-31"), ({"open_ended": "on"}, ""), ({"type_name": "软考"}, "")],
)
def test_what_the_paper_says_of_its_end_holds(alice, cast, typed, end):
    alice.post(NEW_CERTIFICATION, certificate(member=cast.bob_member.pk, **typed))
    assert str(Certification.objects.get().valid_until or "") == end


def test_an_end_and_no_end_at_once_are_told(alice, cast):
    data = certificate(member=cast.bob_member.pk, valid_until="2026-01-31", open_ended="on")
    assert "填了有效期至，就不是长期有效" in alice.post(NEW_CERTIFICATION, data).text
    assert not Certification.objects.exists()


def test_what_had_no_end_before_keeps_having_none_until_somebody_types_one(alice, cast):
    old = factories.CertificationFactory(member=cast.bob_member, passed_on="2024-03-01")
    edit, page = page_of(old, "edit"), page_of(old, "detail")
    assert "按通过日期到 2027-02-28；证书上印了期限的，请补上" in alice.get(page).text
    shown = as_shown(alice.get(edit))
    assert shown["open_ended"]
    alice.post(edit, shown | {"number": "HW-9"})
    old.refresh_from_db()
    assert (old.number, old.valid_until) == ("HW-9", None)
    services.verify_certification(old, by=cast.alice)
    old.refresh_from_db()
    assert old.valid_until is None
    alice.post(edit, as_shown(alice.get(edit)) | {"valid_until": "2027-01-31"})
    old.refresh_from_db()
    assert str(old.valid_until) == "2027-01-31"


def test_an_end_that_is_taken_off_is_worked_out_anew(alice, own):
    services.update_certification(own, valid_until="2030-01-01", by=None)
    edit = page_of(own, "edit")
    alice.post(edit, as_shown(alice.get(edit)) | {"valid_until": ""})
    own.refresh_from_db()
    assert str(own.valid_until) == "2027-02-28"


def test_a_certificate_begun_from_a_member_or_another_one(alice, cast, own):
    form = alice.get(f"{NEW_CERTIFICATION}?member={cast.bob_member.pk}").context["form"]
    assert form["member"].value() == str(cast.bob_member.pk)
    form = alice.get(f"{NEW_CERTIFICATION}?copy={own.pk}").context["form"]
    assert (form["type_name"].value(), form["passed_on"].value()) == ("HCIP", "2024-03-01")
    assert not form["member"].value()


def test_the_same_certificate_twice_is_told(alice, cast, own):
    data = certificate(member=cast.bob_member.pk, direction="", passed_on="2024-03-01")
    assert "这名党员已有同类型、同方向、同一天通过的认证" in alice.post(NEW_CERTIFICATION, data).text
    assert Certification.objects.count() == 1


def test_a_member_of_another_branch_is_no_choice(alice, cast):
    answer = alice.post(NEW_CERTIFICATION, certificate(member=cast.charlie_member.pk))
    assert list(answer.context["form"].errors) == ["member"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"number": "字" * 5000}, "number"),
        ({"type_name": "HC\x00IP"}, "type_name"),
        ({"type_name": "字" * 61}, "type_name"),
        ({"type_name": ""}, "type_name"),
        ({"passed_on": ""}, "passed_on"),
        ({"passed_on": "1899"}, "passed_on"),
        ({"valid_until": "2999-01-01"}, "valid_until"),
    ],
)
def test_what_cannot_be_a_certificate_is_told_beside_its_field(alice, cast, typed, field):
    answer = alice.post(NEW_CERTIFICATION, certificate(member=cast.bob_member.pk, **typed))
    assert list(answer.context["form"].errors) == [field]
    assert not Certification.objects.exists()


def test_a_certificate_is_verified_by_one_press(alice, cast, own):
    page = alice.get(page_of(own, "detail")).text
    assert page_of(own, "verify") in page
    answer = alice.post(page_of(own, "verify"), {"version": own.version}, follow=True)
    assert "已核验“鲍勃 HCIP”" in answer.text
    own.refresh_from_db()
    assert (own.status, own.reviewed_by) == ("verified", cast.alice)
    assert Notice.objects.get(user=cast.bob).text == "HCIP 已核验"
    assert Change.objects.about(own).first().verb == Change.Verb.REVIEW
    stale = alice.post(page_of(own, "verify"), {"version": 1}, follow=True)
    assert "刚才被别人改过" in stale.text


def test_a_certificate_is_returned_with_a_reason_only(alice, cast, own):
    url = page_of(own, "return")
    answer = alice.post(url, as_step(alice.get(url)) | {"reason": "  "})
    assert list(answer.context["form"].errors) == ["reason"]
    alice.post(url, as_step(alice.get(url)) | {"reason": "照片不清楚，请重拍"})
    own.refresh_from_db()
    assert (own.status, own.return_reason) == ("returned", "照片不清楚，请重拍")
    assert "照片不清楚" in Notice.objects.get(user=cast.bob).text


def test_a_certificate_goes_into_the_trash_and_comes_back(alice, own):
    alice.post(page_of(own, "trash"), {"version": own.version})
    own.refresh_from_db()
    assert own.deleted_at
    alice.post(page_of(own, "restore"))
    own.refresh_from_db()
    assert own.deleted_at is None


def test_a_certificate_of_a_thrown_away_member_stays_in_the_trash(alice, cast, own):
    services.trash_member(cast.bob_member, by=cast.alice)
    answer = alice.post(page_of(own, "restore"), follow=True)
    assert "请先恢复党员" in answer.text


# ---------------------------------------------------------------- one's own
def test_a_member_hands_in_the_own_certificate(bob, cast):
    assert NEW_CERTIFICATION in bob.get("/certifications/").text
    page = bob.post(NEW_CERTIFICATION, certificate(member=cast.alice_member.pk), follow=True)
    assert page.redirect_chain[0][0] == "/hand-in/?branch=north"
    assert "鲍勃" in page.text  # of nobody else, whatever was posted (tests/test_hand_in.py)
    assert not Certification.objects.exists()


def test_what_its_holder_changes_waits_for_review_again(bob, cast, own):
    services.return_certification(own, "编号看不清", by=cast.alice)
    page = bob.get(page_of(own, "detail")).text
    assert "改好再交" in page
    assert page_of(own, "verify") not in page
    edit = page_of(own, "edit")
    bob.post(edit, as_shown(bob.get(edit)) | {"number": "HW-002"})
    own.refresh_from_db()
    assert (own.status, own.return_reason, own.number) == ("pending", "", "HW-002")
    told = Change.objects.about(own).first()
    assert (told.actor, told.changes["状态"]) == (cast.bob, ["已退回", "待审核"])


def test_its_holder_changes_nothing_once_it_is_verified(bob, cast, own):
    edit = page_of(own, "edit")
    shown = as_shown(bob.get(edit))
    services.verify_certification(own, by=cast.alice)
    assert bob.post(edit, shown | {"number": "HW-002"}).status_code == 403
    assert edit not in bob.get(page_of(own, "detail")).text
    with pytest.raises(services.ValidationError, match="已经核验"):
        services.correct_certification(own, number="HW-002", by=cast.bob)


def test_its_holder_neither_reviews_nor_throws_away(bob, own):
    for page in ("verify", "return", "trash"):
        assert bob.post(page_of(own, page), {"version": 1, "reason": "我自己"}).status_code == 403
    own.refresh_from_db()
    assert (own.status, own.deleted_at) == ("pending", None)


def test_nobody_changes_a_colleagues_certificate(cast, sign_in, own):
    other = factories.AppointmentFactory(organisation=cast.north, role="member").user
    factories.MemberFactory(organisation=cast.north, user=other)
    client = sign_in(other)
    assert client.get(page_of(own, "edit")).status_code == 404
    assert client.post(page_of(own, "edit"), {"number": "HW"}).status_code == 404


def test_an_account_that_is_nobody_has_nothing_to_hand_in(cast, sign_in):
    other = factories.AppointmentFactory(organisation=cast.north, role="member").user
    client = sign_in(other)
    assert client.get(NEW_CERTIFICATION).status_code == 403
    assert NEW_CERTIFICATION not in client.get("/certifications/").text


def test_a_member_of_two_branches_is_asked_for_which(bob, cast):
    factories.AppointmentFactory(user=cast.bob, organisation=cast.south, role="member")
    there = factories.MemberFactory(organisation=cast.south, user=cast.bob)
    assert "记在哪个支部" in bob.get(NEW_CERTIFICATION).text
    page = bob.get(f"{NEW_CERTIFICATION}?branch=south", follow=True)
    assert page.context["desk"].member == there


# ---------------------------------------------------------------- the programme
def test_the_programme_is_entered_changed_thrown_away_and_brought_back(alice, cast):
    alice.post(NEW_PROGRAMME, programme())
    entered = Programme.objects.get()
    assert entered.organisation == cast.north
    edit = page_of(entered, "edit")
    alice.post(edit, as_shown(alice.get(edit)) | {"level": "provincial"})
    entered.refresh_from_db()
    assert entered.level == "provincial"
    alice.post(page_of(entered, "trash"), {"version": entered.version})
    assert not Programme.objects.live().exists()
    alice.post(page_of(entered, "restore"))
    assert Programme.objects.live().get() == entered


def test_a_cycle_that_ends_before_it_begins_is_told_beside_its_end(alice):
    answer = alice.post(NEW_PROGRAMME, programme(ends_on="2024-09-30"))
    assert answer.context["form"].errors == {"ends_on": ["周期结束早于周期开始"]}
    assert not Programme.objects.exists()


def test_whoever_opens_an_empty_list_is_led_to_the_form(alice):
    for page, new in (("/certifications/", NEW_CERTIFICATION), ("/programmes/", NEW_PROGRAMME)):
        assert alice.get(f"{page}?all=1").text.count(f'href="{new}"') == 2, page


# ---------------------------------------------------------------- what stands beside it
def test_a_partners_number_is_masked_in_its_history_too(cast, sign_in):
    partner = create_partner(
        cast.north, name="望江社区", kind_id="community", phone="13800005678", by=cast.alice
    )
    update_partner(partner, phone="13800009999", by=cast.alice)
    page = page_of_record(partner)
    assert "13800005678" in sign_in(cast.alice).get(page).text
    read = sign_in(cast.frank).get(page).text
    assert "1380000" not in read
    assert ("*******5678" in read, read.count("*******9999")) == (True, 2)


@pytest.mark.parametrize(
    ("date", "months", "later"),
    [
        ("2024-06-18", 36, "2027-06-18"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2024-12", 1, "2025-01"),
        ("2024", 36, "2027"),
    ],
)
def test_a_date_moves_by_months_and_is_known_as_exactly(date, months, later):
    assert str(PartialDate.parse(date).months_later(months)) == later

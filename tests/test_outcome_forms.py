"""Outcomes, written through their pages: fields by kind, makers in order, doubts, and what members propose."""

import json
import uuid

import pytest
from django.urls import reverse

from core.dates import Window
from core.models import Change, Notice
from outcomes import services
from outcomes.fields import FIELDS
from outcomes.models import Contribution, Outcome, OutcomeKind
from reports.figures import compute
from tests import factories
from tests.documents import material_of
from tests.test_editing import as_shown

pytestmark = pytest.mark.django_db
NEW = "/outcomes/new/"


def people(*rows, initial=0):
    """The rows of makers as the browser posts them: (name, role) or (name, role, more)."""
    posted = {"people-TOTAL_FORMS": str(len(rows) + 1), "people-INITIAL_FORMS": str(initial)}
    for place, (name, role, *more) in enumerate(rows):
        posted |= {f"people-{place}-person": name, f"people-{place}-role": role}
        for extra in more:
            posted |= {f"people-{place}-{key}": value for key, value in extra.items()}
    return posted


def typed(*makers, kind="paper", **changes):
    """What the browser posts for an outcome."""
    return {
        "kind": kind,
        "name": "小样本缺陷检测",
        "date": "2024-05",
        "level": "",
        "in_reports": "on",
        "entry_key": str(uuid.uuid4()),
        **people(*makers),
    } | changes


def page_of(outcome, page):
    return reverse(f"outcomes:outcome_{page}", args=[outcome.pk])


def new(kind):
    return f"{NEW}?kind={kind}"


@pytest.fixture
def alice(cast, sign_in):
    return sign_in(cast.alice)


@pytest.fixture
def paper(cast):
    return services.create_outcome(
        cast.north,
        kind_id="paper",
        name="小样本缺陷检测",
        status="published",
        date="2024-05",
        venue="智能制造学报",
        details={"卷": "9", "期": "4"},
        people=[Contribution(member=cast.bob_member), Contribution(name="王砚秋", role="corresponding")],
        by=cast.alice,
    )


@pytest.fixture
def proposal(cast):
    return services.propose_outcome(
        cast.north,
        kind_id="paper",
        name="我的论文",
        status="published",
        date="2024-05",
        people=[Contribution(member=cast.bob_member)],
        by=cast.bob,
    )


def makers_of(outcome):
    return [(str(maker), maker.member and maker.member.name) for maker in outcome.contributions.all()]


# ---------------------------------------------------------------- which kind
def test_first_the_kind_is_asked_in_groups(alice):
    text = alice.get(NEW).text
    for words in ("论文著作", "知识产权", "课题", "竞赛与学生", "荣誉与平台", "调研与宣传"):
        assert words in text
    for kind in OutcomeKind.objects.all():
        assert f"?kind={kind.code}" in text


def test_a_kind_of_the_schools_own_stands_below_and_has_the_common_fields(alice):
    OutcomeKind.objects.create(code="teaching_case", name="教学案例")
    assert "教学案例" in alice.get(NEW).text
    answer = alice.post(new("teaching_case"), typed(("鲍勃", ""), kind="teaching_case", venue="教育部"))
    outcome = Outcome.objects.get()
    assert answer.url == page_of(outcome, "detail")
    assert (outcome.kind_id, outcome.venue) == ("teaching_case", "教育部")


def test_a_kind_that_is_no_longer_offered_cannot_be_begun(alice, paper):
    OutcomeKind.objects.filter(code="paper").update(is_active=False)
    assert "先选类型" in alice.get(new("paper")).text
    assert alice.get(page_of(paper, "edit")).context["form"]["kind"].value() == "paper"


@pytest.mark.parametrize("kind", FIELDS)
def test_every_kind_shows_its_fields_by_its_own_words(alice, kind):
    form = alice.get(new(kind)).context["form"]
    shown = {name for block in form.blocks for name in block["section"].names if name in form.fields}
    assert shown == {*form.fields} - {"kind", "entry_key", "version"}
    for asked in FIELDS[kind]:
        if not asked.seldom:
            assert form.fields[asked.key].label == (asked.label or form.fields[asked.key].label)


@pytest.mark.parametrize(
    ("kind", "more", "columns", "details"),
    [
        (
            "paper",
            {
                "status": "published",
                "indexing": "EI",
                "doi": "10.1000/x1",
                "detail_卷": "9",
                "detail_ISSN": "1000-1",
            },
            {"status": "published", "indexing": "EI", "doi": "10.1000/x1"},
            {"卷": "9", "ISSN": "1000-1"},
        ),
        (
            "patent",
            {"subtype": "design", "status": "filed", "detail_申请日": "2023-05-08"},
            {"subtype": "design", "status": "filed"},
            {"申请日": "2023-05-08"},
        ),
        (
            "horizontal_project",
            {
                "venue": "某银行",
                "contract_amount": "180000",
                "received_amount": "90000.5",
                "detail_起止时间": "2024—2025",
            },
            {"venue": "某银行", "contract_amount": 180000, "received_amount": 90000.5},
            {"起止时间": "2024—2025"},
        ),
        (
            "competition_award",
            {
                "grade": "一等奖",
                "detail_学生": "宋佳禾、尹航",
                "level": "national",
                "level_basis": "落款为教育部",
            },
            {"grade": "一等奖", "level": "national", "level_basis": "落款为教育部"},
            {"学生": "宋佳禾、尹航"},
        ),
        ("honour", {"status": "cultivating", "venue": "省委教育工委"}, {"status": "cultivating"}, {}),
        ("book", {"subtype": "textbook", "number": "978-7-302-51118-2"}, {"number": "978-7-302-51118-2"}, {}),
    ],
)
def test_an_outcome_of_a_kind_is_entered(alice, cast, kind, more, columns, details):
    answer = alice.post(new(kind), typed(("鲍勃", ""), kind=kind, **more))
    outcome = Outcome.objects.get()
    assert answer.url == page_of(outcome, "detail")
    assert {name: getattr(outcome, name) for name in columns} == columns
    assert (outcome.details, outcome.code, outcome.review) == (details, "2024-001", "accepted")
    text = alice.get(answer.url).text
    for value in details.values():
        assert value in text


def test_what_is_saved_can_be_followed_by_another_of_the_kind(alice):
    assert alice.post(new("honour"), typed(kind="honour", then="another")).url == new("honour")


# ---------------------------------------------------------------- makers
def test_makers_are_members_by_name_or_others_as_typed(alice, cast):
    alice.post(
        new("paper"),
        typed(
            ("鲍勃", "leader"), ("Smith, J.", ""), ("王五（某大学）", "corresponding"), ("艾丽（通讯）", "")
        ),
    )
    assert makers_of(Outcome.objects.get()) == [
        ("鲍勃(主持)", "鲍勃"),
        ("Smith, J.", None),
        ("王五（某大学）(通讯)", None),
        ("艾丽(通讯)", "艾丽"),
    ]


def test_makers_are_put_in_the_order_of_their_numbers(alice, paper):
    edit = page_of(paper, "edit")
    shown = as_shown(alice.get(edit))
    assert (shown["people-0-ORDER"], shown["people-1-ORDER"]) == ("1", "2")
    alice.post(edit, shown | {"people-0-ORDER": "2", "people-1-ORDER": "1", "people-2-ORDER": "3"})
    assert [name for name, _ in makers_of(paper)] == ["王砚秋(通讯)", "鲍勃"]
    alice.post(edit, as_shown(alice.get(edit)) | {"people-0-DELETE": "on", "people-2-person": "艾丽"})
    assert [name for name, _ in makers_of(paper)] == ["鲍勃", "艾丽"]


def test_a_stranger_of_a_members_name_stays_a_stranger(alice, cast):
    alice.post(new("paper"), typed(("鲍勃#", ""), ("艾丽", "")))
    outcome = Outcome.objects.get()
    assert makers_of(outcome) == [("鲍勃", None), ("艾丽", "艾丽")]
    edit = page_of(outcome, "edit")
    alice.post(edit, as_shown(alice.get(edit)) | {"venue": "学报"})
    assert makers_of(outcome) == [("鲍勃", None), ("艾丽", "艾丽")]
    assert "完成人" not in Change.objects.about(outcome).first().changes


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("鲍勃、艾丽", "这里只写一个人"),
        ("鲍勃#9999", "没有工号 9999 的鲍勃"),
        ("鲍勃（某大学）", "括号里的话没有地方存"),
        ("字" * 121, "120"),
    ],
)
def test_names_that_cannot_be_right_are_told(alice, name, said):
    answer = alice.post(new("paper"), typed((name, "")))
    assert said in answer.text
    assert name[:100] in answer.text
    assert not Outcome.objects.exists()


# ---------------------------------------------------------------- changing
def test_details_are_changed_one_by_one_and_told_by_name(alice, paper):
    edit = page_of(paper, "edit")
    alice.post(edit, as_shown(alice.get(edit)) | {"detail_期": "5", "detail_卷": "", "detail_页码": "1-9"})
    paper.refresh_from_db()
    assert paper.details == {"期": "5", "页码": "1-9"}
    assert Change.objects.about(paper).first().changes == {
        "期": ["4", "5"],
        "卷": ["9", ""],
        "页码": ["", "1-9"],
    }


def test_what_the_kind_does_not_ask_for_is_shown_where_it_holds_something_and_kept(alice, cast):
    outcome = services.create_outcome(
        cast.north,
        kind_id="honour",
        name="先进",
        number="证第 5 号",
        details={"颁奖人": "某某"},
        by=cast.alice,
    )
    edit = page_of(outcome, "edit")
    shown = as_shown(alice.get(edit))
    assert (shown["number"], shown["detail_颁奖人"]) == ("证第 5 号", "某某")
    alice.post(edit, shown | {"venue": "学校党委"})
    outcome.refresh_from_db()
    assert (outcome.number, outcome.details, outcome.venue) == ("证第 5 号", {"颁奖人": "某某"}, "学校党委")
    page = alice.get(page_of(outcome, "detail")).text
    assert "证第 5 号" in page
    assert "颁奖人" in page


def test_another_kind_keeps_what_was_typed(alice, paper):
    edit = page_of(paper, "edit")
    shown = as_shown(alice.get(edit)) | {"kind": "party_paper"}
    drawn = alice.post(edit, shown | {"more": "kind"})
    form = drawn.context["form"]
    assert (form["venue"].value(), form["detail_卷"].value(), form["status"].value()) == (
        "智能制造学报",
        "9",
        "published",
    )
    paper.refresh_from_db()
    assert paper.kind_id == "paper"  # nothing is saved by looking
    alice.post(edit, as_shown(drawn))
    paper.refresh_from_db()
    assert (paper.kind_id, paper.details, paper.status) == (
        "party_paper",
        {"卷": "9", "期": "4"},
        "published",
    )


def test_a_kind_without_states_or_types_leaves_none_behind(alice, cast):
    outcome = services.create_outcome(
        cast.north, kind_id="patent", subtype="design", name="外观", status="granted", by=cast.alice
    )
    edit = page_of(outcome, "edit")
    drawn = alice.post(edit, as_shown(alice.get(edit)) | {"kind": "software_copyright", "more": "kind"})
    alice.post(edit, as_shown(drawn))
    outcome.refresh_from_db()
    assert (outcome.kind_id, outcome.subtype, outcome.status) == ("software_copyright", "", "")


def test_two_editors_of_details_and_makers_both_get_their_way(alice, cast, paper):
    edit = page_of(paper, "edit")
    mine = as_shown(alice.get(edit))
    services.update_outcome(
        paper,
        details={**paper.details, "期": "6"},
        people=[Contribution(member=cast.alice_member), Contribution(name="王砚秋")],
        by=cast.diana,
    )
    answer = alice.post(edit, mine | {"detail_卷": "10"})
    form = answer.context["form"]
    assert not form.conflicts
    assert set(form.adopted) == {"期", "作者"}
    alice.post(edit, as_shown(answer))
    paper.refresh_from_db()
    assert paper.details == {"卷": "10", "期": "6"}
    assert makers_of(paper) == [("艾丽", "艾丽"), ("王砚秋", None)]


def test_makers_that_both_changed_are_shown_twice(alice, cast, paper):
    edit = page_of(paper, "edit")
    mine = as_shown(alice.get(edit))
    services.update_outcome(paper, people=[Contribution(name="黛安加的")], by=cast.diana)
    answer = alice.post(edit, mine | {"people-2-person": "艾丽"})
    assert "黛安加的" in answer.text
    assert set(answer.context["form"].conflicts) == {"people"}
    taken = alice.post(edit, as_shown(answer) | {"take": "people"})
    alice.post(edit, as_shown(taken))
    assert makers_of(paper) == [("黛安加的", None)]


def test_a_copy_begins_with_all_but_the_numbers(alice, paper):
    services.update_outcome(paper, doi="10.1000/x1", by=None)
    form = alice.get(f"{NEW}?copy={paper.pk}").context["form"]
    assert (form["venue"].value(), form["detail_卷"].value()) == ("智能制造学报", "9")
    assert not form["doi"].value()
    assert [row["person"].value() for row in form.formsets["people"]][:2] == ["鲍勃", "王砚秋"]
    alice.post(f"{NEW}?copy={paper.pk}", as_shown(alice.get(f"{NEW}?copy={paper.pk}")) | {"name": "另一篇"})
    assert makers_of(Outcome.objects.get(name="另一篇")) == makers_of(paper)


def test_only_what_one_sees_can_be_copied(cast, sign_in, paper):
    assert sign_in(cast.charlie).get(f"{NEW}?copy={paper.pk}").status_code == 404


# ---------------------------------------------------------------- hostile input
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "字" * 5000}, "name"),
        ({"name": ""}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"detail_卷": "a\x00b"}, "detail_卷"),
        ({"detail_卷": "a\x1fb"}, "detail_卷"),
        ({"date": "1899"}, "date"),
        ({"date": "2999-01-01"}, "date"),
        ({"date": "六月"}, "date"),
        ({"kind": "nonsense"}, "kind"),
        ({"status": "granted"}, "status"),
    ],
)
def test_what_cannot_be_saved_is_told_beside_its_field(alice, changes, field):
    answer = alice.post(new("paper"), typed(("鲍勃", ""), **{"venue": "望江学报"} | changes))
    assert answer.status_code == 200
    assert answer.context["form"].errors[field]
    assert 'value="望江学报"' in answer.text
    assert 'value="鲍勃"' in answer.text
    assert not Outcome.objects.exists()


def test_markup_emoji_and_rare_characters_come_back_as_typed(alice):
    name = "<b>𠮷镕堃</b> 🎉 & “引号”"
    alice.post(new("paper"), typed(("<i>王</i>", ""), name=name, detail_卷="<u>9</u>"))
    outcome = Outcome.objects.get()
    assert (outcome.name, outcome.details["卷"]) == (name, "<u>9</u>")
    page = alice.get(page_of(outcome, "detail")).text
    assert "<b>𠮷" not in page
    assert "<u>9" not in page
    assert "<i>王" not in page


def test_a_detail_that_no_kind_knows_is_not_taken(alice):
    alice.post(new("paper"), typed(detail_黑客="x"))
    assert Outcome.objects.get().details == {}


# ---------------------------------------------------------------- checks and doubts
@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("ZL202310123456.3", "校验位应为"),
        ("ZL202320123456.3", "表示实用新型专利，与类型不符"),
        ("ZL202340123456.3", "应为 1、2、3、8 或 9"),
    ],
)
def test_a_patent_number_that_cannot_be_right_is_refused(alice, number, said):
    answer = alice.post(
        new("patent"), typed(kind="patent", subtype="invention", status="granted", number=number)
    )
    assert said in answer.context["form"].errors["number"][0]
    assert not Outcome.objects.exists()


@pytest.mark.parametrize(
    ("kind", "field", "value", "said"),
    [
        ("paper", "doi", "11.1000/abc", "不像 DOI"),
        ("book", "number", "978-7-302-51118-8", "ISBN 的校验位应为 2"),
        ("book", "number", "7-302-05118-0", "ISBN 的校验位应为"),
        ("book", "number", "书号一", "不像 ISBN"),
        ("software_copyright", "number", "软著登字第1234567号", "是证书号"),
        ("software_copyright", "number", "2024-0310274", "不像登记号"),
    ],
)
def test_a_strange_number_is_asked_about_once_and_then_kept(alice, kind, field, value, said):
    more = {"subtype": "textbook"} if kind == "book" else {}
    answer = alice.post(new(kind), typed(kind=kind, **{field: value}, **more))
    assert said in answer.text
    assert "还没有保存" in answer.text
    assert not Outcome.objects.exists()
    alice.post(new(kind), as_shown(answer))
    outcome = Outcome.objects.get()
    assert getattr(outcome, field) == value
    edit = page_of(outcome, "edit")
    assert (
        alice.post(edit, as_shown(alice.get(edit)) | {"note": "备注"}).status_code == 302
    )  # not asked again


@pytest.mark.parametrize(
    "value", ["10.1000/xyz123", "https://doi.org/10.1000/xyz123", "DOI: 10.1000/xyz123", ""]
)
def test_a_doi_is_known_however_it_is_written(alice, value):
    assert alice.post(new("paper"), typed(doi=value)).status_code == 302


def test_saying_yes_to_one_doubt_is_not_a_yes_to_another(alice):
    answer = alice.post(new("paper"), typed(doi="x1"))
    services_seen = as_shown(answer)
    factories.OutcomeFactory(
        organisation=answer.wsgi_request.user.roles[0].organisation, doi="x2", name="旧论文"
    )
    again = alice.post(new("paper"), services_seen | {"doi": "x2"})
    assert again.status_code == 200
    assert "旧论文" in again.text


@pytest.mark.parametrize(
    ("kind", "stored", "posted"),
    [
        ("paper", {"doi": "10.1000/ABC"}, {"doi": "https://doi.org/10.1000/abc"}),
        (
            "patent",
            {"number": "ZL 2023 1 0123456.X", "subtype": "design"},
            {"number": "２０２３１０１２３４５６X", "subtype": "design"},
        ),
        ("software_copyright", {"number": "2024SR0310274"}, {"number": "2024sr0310274"}),
    ],
)
def test_the_same_thing_twice_is_asked_about_with_a_link(alice, cast, kind, stored, posted):
    if kind == "patent":  # the type digit of a design patent is 3
        stored = {**stored, "number": "CN 30 123"}
        posted = {**posted, "number": "cn30123"}
    old = services.create_outcome(cast.north, kind_id=kind, name="先登记的", by=cast.alice, **stored)
    factories.OutcomeFactory(organisation=cast.south, name="别的支部的", **stored, kind_id=kind, status="")
    answer = alice.post(new(kind), typed(kind=kind, **posted))
    assert page_of(old, "detail") in answer.text
    assert "先登记的" in answer.text
    assert "别的支部的" not in answer.text
    alice.post(new(kind), as_shown(answer))
    assert Outcome.objects.filter(organisation=cast.north).count() == 2


# ---------------------------------------------------------------- trash
def test_an_outcome_goes_into_the_trash_and_back(alice, paper):
    alice.post(page_of(paper, "trash"), {"version": paper.version})
    paper.refresh_from_db()
    assert paper.deleted_at
    alice.post(page_of(paper, "restore"))
    paper.refresh_from_db()
    assert paper.deleted_at is None


# ---------------------------------------------------------------- what members propose
def test_a_member_proposes_an_outcome_of_their_own(cast, sign_in):
    bob = sign_in(cast.bob)
    shown = as_shown(bob.get(new("paper")))
    assert shown["people-0-person"] == "鲍勃"
    assert "code" not in shown
    answer = bob.post(
        new("paper"), shown | {"name": "我的论文", "status": "published", "date": "2024-05", "code": "X-1"}
    )
    outcome = Outcome.objects.get()
    assert answer.url == page_of(outcome, "detail")
    assert (outcome.review, outcome.created_by, outcome.code) == ("proposed", cast.bob, "申报2024-001")
    assert "待确认" in bob.get(answer.url).text
    assert not Outcome.objects.reportable().exists()


def test_a_member_cannot_propose_what_others_made(cast, sign_in):
    bob = sign_in(cast.bob)
    answer = bob.post(new("paper"), typed(("艾丽", "")))
    assert "只能提出自己参与的成果" in answer.text
    assert not Outcome.objects.exists()


def test_a_member_cannot_say_that_it_is_accepted(cast, sign_in):
    bob = sign_in(cast.bob)
    bob.post(new("paper"), typed(("鲍勃", ""), review="accepted", code="2024-001", status="published"))
    outcome = Outcome.objects.get()
    assert (outcome.review, outcome.code) == ("proposed", "申报2024-001")
    assert bob.post(page_of(outcome, "accept")).status_code == 403
    assert bob.post(page_of(outcome, "return"), {"reason": "x", "version": 1}).status_code == 403
    assert bob.post(page_of(outcome, "trash")).status_code == 403


def test_a_proposal_is_accepted_and_counts(cast, sign_in, proposal):
    def papers():
        return compute([cast.north.pk], Window.year(2024))[cast.north.pk]["outcomes.paper"].value

    assert papers() == 0
    alice = sign_in(cast.alice)
    assert "鲍勃 提出" in alice.get(page_of(proposal, "detail")).text
    alice.post(page_of(proposal, "accept"), {"version": proposal.version})
    proposal.refresh_from_db()
    assert (proposal.review, proposal.code, papers()) == ("accepted", "2024-001", 1)
    change = Change.objects.about(proposal).first()
    assert (change.verb, change.actor, change.changes["确认"]) == ("review", cast.alice, ["待确认", "已确认"])
    notice = Notice.objects.get(user=cast.bob)
    assert "我的论文" in notice.text
    assert notice.url == page_of(proposal, "detail")
    assert "已确认" in notice.text


def test_a_proposal_is_returned_with_a_reason_and_handed_in_again(cast, sign_in, proposal):
    alice = sign_in(cast.alice)
    returning = page_of(proposal, "return")
    seen = {"version": proposal.version}
    assert "必填" in alice.post(returning, seen | {"reason": " "}).text
    alice.post(returning, seen | {"reason": "缺佐证"})
    proposal.refresh_from_db()
    assert (proposal.review, proposal.return_reason) == ("returned", "缺佐证")
    assert "缺佐证" in Notice.objects.get(user=cast.bob).text
    bob = sign_in(cast.bob)
    assert "缺佐证" in bob.get(page_of(proposal, "detail")).text
    edit = page_of(proposal, "edit")
    bob.post(edit, as_shown(bob.get(edit)) | {"venue": "学报"})
    proposal.refresh_from_db()
    assert (proposal.review, proposal.return_reason, proposal.venue) == ("proposed", "", "学报")
    assert not Outcome.objects.reportable().exists()


def test_an_accepted_proposal_is_no_longer_the_members_to_change(cast, sign_in, proposal):
    services.accept_outcome(proposal, by=cast.alice)
    bob = sign_in(cast.bob)
    assert bob.get(page_of(proposal, "detail")).status_code == 200
    assert bob.get(page_of(proposal, "edit")).status_code == 403
    with pytest.raises(Exception, match="已经确认"):
        services.correct_proposal(proposal, name="改", by=cast.bob)
    alice = sign_in(cast.alice)
    assert "已经确认过了" in alice.post(page_of(proposal, "accept"), follow=True).text


def test_a_proposal_changed_meanwhile_is_not_accepted_unseen(cast, sign_in, proposal):
    seen = proposal.version
    services.correct_proposal(proposal, venue="学报", by=cast.bob)
    alice = sign_in(cast.alice)
    alice.post(page_of(proposal, "accept"), {"version": seen})
    proposal.refresh_from_db()
    assert proposal.review == "proposed"


def test_the_secretary_may_change_a_proposal_before_accepting_it(alice, proposal):
    edit = page_of(proposal, "edit")
    alice.post(edit, as_shown(alice.get(edit)) | {"indexing": "EI"})
    proposal.refresh_from_db()
    assert (proposal.indexing, proposal.review) == ("EI", "proposed")


def test_a_former_member_keeps_nothing_to_change(cast, sign_in, proposal):
    cast.bob.appointments.all().delete()
    bob = sign_in(cast.bob)
    assert bob.get(page_of(proposal, "edit")).status_code in (403, 404)
    assert bob.get(NEW).status_code == 403


def test_lists_show_what_waits_and_leave_it_out_of_their_sums(alice, cast, proposal):
    services.create_outcome(
        cast.north,
        kind_id="paper",
        name="算数的",
        status="published",
        date="2024-06",
        level="national",
        by=None,
    )
    services.update_outcome(proposal, level="national", by=None)
    answer = alice.get("/outcomes/?window=2024")
    assert answer.context["list"].totals["national"] == 1
    assert "其中 1 项未经确认，不计数" in answer.text
    assert "待确认" in [tab["label"] for tab in answer.context["list"].tabs]
    waiting = alice.get("/outcomes/?window=2024&review=proposed")
    assert [row.name for row in waiting.context["list"].rows] == ["我的论文"]
    behind = alice.get("/outcomes/?window=2024&figure=outcomes.paper")
    assert [row.name for row in behind.context["list"].rows] == ["算数的"]
    (row,) = alice.get("/api/v1/outcomes/?window=2024&review=proposed").json()["results"]
    assert (row["name"], row["review"]) == ("我的论文", "proposed")


def test_no_report_tells_of_a_proposal(cast, proposal):
    services.create_outcome(
        cast.north, kind_id="honour", name="没填日期的", review="proposed", status="awarded", by=None
    )
    told = json.dumps(material_of(cast.north, Window.year(2024)), ensure_ascii=False, default=str)
    assert "我的论文" not in told
    assert "没填日期的" not in told
    services.accept_outcome(proposal, by=cast.alice)
    assert "我的论文" in json.dumps(
        material_of(cast.north, Window.year(2024)), ensure_ascii=False, default=str
    )


def test_home_says_that_something_waits_to_be_accepted(alice, proposal):
    assert "1 项成果待确认" in alice.get("/?window=2024").text


def test_the_own_page_says_what_became_of_it(cast, sign_in, proposal):
    bob = sign_in(cast.bob)
    page = bob.get("/me/?window=2023").text
    assert "等支部审核" in page
    assert "我的论文" in page
    services.return_outcome(proposal, "缺佐证", by=cast.alice)
    page = bob.get("/me/?window=2023").text
    assert "待您处理" in page
    assert "缺佐证" in page

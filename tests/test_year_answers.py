"""What members say of their year: who may, what the history tells, what the secretary sees, what waits on home."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from core.dates import Window, today
from core.models import Change, Notice
from core.records import VersionConflict
from tests.factories import MemberFactory, UserFactory, YearAnswerFactory
from workbench.due import due_list
from workbench.models import YearAnswer
from workbench.season import deadline, year_in_season
from workbench.services import answer_year, ask_for_answers, settle_missing

pytestmark = pytest.mark.django_db

NOTHING, MISSING, NONE = YearAnswer.Answer
LIST = "/members/confirmations/?window=2024"


def page_of(member, year=2024):
    return f"/members/{member.pk}/confirmations/{year}/"


def dues(cast, day, window=2024):
    """The titles of what waits for North on a day."""
    return [due.title for due in due_list(cast.alice, [], [cast.north.pk], Window.year(window), day)]


# ---------------------------------------------------------------- services
def test_the_last_word_counts_and_the_words_before_stand_in_the_history(cast):
    bob = cast.bob_member
    first = answer_year(bob, 2024, MISSING, "  一次讲座\n没有记 ", by=cast.bob)
    assert (first.note, first.is_on_behalf, first.version) == ("一次讲座\n没有记", False, 1)
    answer_year(bob, 2024, NOTHING, "写了也不留", by=cast.bob)
    only = YearAnswer.objects.get(member=bob)
    assert (only.answer, only.note, only.answered_by, only.version) == (NOTHING, "", cast.bob, 2)
    newest, oldest = Change.objects.about(only)
    assert oldest.verb == "create"
    assert newest.changes == {"答复": ["有遗漏", "没有遗漏"], "少了什么": ["一次讲座\n没有记", ""]}
    assert newest.organisation == cast.north


def test_the_same_answer_twice_is_one_answer(cast):
    for _ in range(2):
        answer_year(cast.bob_member, 2024, NONE, by=cast.bob)
        answer_year(cast.bob_member, 2024, NONE, version=0, by=cast.bob)  # a double click
    assert YearAnswer.objects.get().version == 1
    assert Change.objects.filter(model="workbench.yearanswer").count() == 1


def test_on_behalf_is_told_until_the_member_answers_in_person(cast):
    answer = answer_year(cast.bob_member, 2024, NOTHING, by=cast.alice)
    assert answer.is_on_behalf
    assert Change.objects.about(answer).get().object_name == "鲍勃 2024 年度：没有遗漏（代为登记）"
    answer = answer_year(cast.bob_member, 2024, NOTHING, by=cast.bob)
    assert not answer.is_on_behalf
    assert Change.objects.about(answer).first().changes == {"代为登记": ["是", ""]}
    assert not answer_year(cast.alice_member, 2024, NOTHING, by=cast.alice).is_on_behalf


@pytest.mark.parametrize(
    ("year", "answer", "note", "said"),
    [
        (2024, MISSING, " \n ", "请写明少了什么"),
        (2024, "perhaps", "", "perhaps"),
        (2101, NOTHING, "", "还没有到"),
        (0, NOTHING, "", "没有 0 年度"),
        (2009, NOTHING, "", "不是本支部的党员"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(cast, year, answer, note, said):
    with pytest.raises(ValidationError, match=said):
        answer_year(cast.bob_member, year, answer, note, by=cast.bob)
    assert not YearAnswer.objects.exists()


def test_an_answer_changed_meanwhile_is_not_overwritten_unseen(cast):
    answer_year(cast.bob_member, 2024, MISSING, "一次讲座", by=cast.bob)
    with pytest.raises(VersionConflict):
        answer_year(cast.bob_member, 2024, NOTHING, version=0, by=cast.alice)
    assert YearAnswer.objects.get().answer == MISSING


def test_settling_tells_the_member_who_may_miss_the_same_again(cast):
    answer = answer_year(cast.bob_member, 2024, MISSING, "一次讲座", by=cast.bob)
    settled = settle_missing(answer, version=1, by=cast.alice)
    assert (settled.settled_by, settled.is_to_mend) == (cast.alice, False)
    assert Change.objects.about(answer).first().changes == {"处理": ["", "已处理"]}
    notice = Notice.objects.get()
    assert (notice.user, notice.url, notice.organisation) == (cast.bob, "/me/?window=2024", cast.north)
    with pytest.raises(ValidationError, match="没有要处理的"):
        settle_missing(answer, by=cast.alice)
    assert answer_year(cast.bob_member, 2024, MISSING, "一次讲座", by=cast.bob).is_to_mend


def test_a_note_that_changed_meanwhile_is_not_settled_unseen(cast):
    answer = answer_year(cast.bob_member, 2024, MISSING, "一次讲座", by=cast.bob)
    answer_year(cast.bob_member, 2024, MISSING, "一次讲座，一篇论文", by=cast.bob)
    with pytest.raises(VersionConflict):
        settle_missing(answer, version=1, by=cast.alice)
    assert YearAnswer.objects.get().is_to_mend


def test_asking_sends_one_notice_a_day_to_those_who_can_read_it(cast):
    MemberFactory(organisation=cast.north, name="没有账号")
    left = MemberFactory(organisation=cast.north, transferred_out="2023-05", user=UserFactory())
    assert ask_for_answers(cast.north, 2024, by=cast.alice) == [cast.bob_member]
    ask_for_answers(cast.north, 2024, by=cast.alice)
    assert [notice.user for notice in Notice.objects.all()] == [cast.bob]
    assert not Notice.objects.filter(user=left.user).exists()
    answer_year(cast.bob_member, 2024, NOTHING, by=cast.bob)
    assert ask_for_answers(cast.north, 2024, by=cast.alice) == []
    with pytest.raises(ValidationError, match="还没有到"):
        ask_for_answers(cast.north, today().year + 1, by=cast.alice)


# ---------------------------------------------------------------- the season, and what waits on home
@pytest.mark.pure
@pytest.mark.parametrize(
    ("day", "year", "last"),
    [
        (dt.date(2024, 12, 9), None, dt.date(2024, 12, 31)),
        (dt.date(2024, 12, 10), 2024, dt.date(2024, 12, 31)),
        (dt.date(2025, 1, 1), 2024, dt.date(2025, 1, 31)),
        (dt.date(2025, 1, 31), 2024, dt.date(2025, 1, 31)),
        (dt.date(2025, 2, 1), None, None),
    ],
)
def test_the_season_lasts_from_10_december_to_the_end_of_january(day, year, last):
    assert (year_in_season(day), deadline(2024, day)) == (year, last)


def test_home_says_that_some_have_not_answered_in_the_season_or_once_asked(cast):
    line, june = "还有 2 人没有确认 2024 年度", dt.date(2025, 6, 1)
    assert line in dues(cast, dt.date(2024, 12, 10), window=2023)
    assert line in dues(cast, dt.date(2025, 1, 31))
    assert line not in dues(cast, june)
    ask_for_answers(cast.north, 2024, by=cast.alice)
    assert line in dues(cast, june)
    assert line not in dues(cast, june, window=2023)
    for member in (cast.alice_member, cast.bob_member):
        answer_year(member, 2024, NOTHING, by=cast.alice)
    assert not [title for title in dues(cast, june) if "没有确认" in title]


def test_what_is_missing_waits_until_it_is_settled(cast):
    june = dt.date(2025, 6, 1)
    answer = answer_year(cast.bob_member, 2024, MISSING, "一次讲座", by=cast.bob)
    YearAnswerFactory(member=cast.charlie_member, answer=MISSING, note="南楼的")
    assert dues(cast, june, window=2025) == ["鲍勃说 2024 年度有遗漏"]
    settle_missing(answer, by=cast.alice)
    assert dues(cast, june, window=2025) == []


def test_more_notes_than_fit_are_one_line(cast):
    for number in range(5):
        member = MemberFactory(organisation=cast.north)
        YearAnswerFactory(member=member, answer=MISSING, note=f"第 {number} 件")
    titles = dues(cast, dt.date(2025, 6, 1))
    assert len(titles) == 4
    assert titles[-1] == "还有别人说的遗漏没有处理"


def test_answers_do_not_push_records_out_of_the_latest(cast, sign_in):
    answer_year(cast.bob_member, 2024, NOTHING, by=cast.bob)
    assert sign_in(cast.alice).get("/?window=2024").context["latest"] == []


# ---------------------------------------------------------------- who may
def test_each_answers_for_oneself_and_editors_for_anybody_of_the_branch(cast, sign_in):
    bob, alice = cast.bob_member, cast.alice_member
    for person, member, status in (
        (cast.bob, bob, 302),
        (cast.bob, alice, 404),
        (cast.bob, cast.charlie_member, 404),
        (cast.charlie, bob, 404),
        (cast.grace, bob, 404),
        (cast.frank, bob, 403),
        (cast.alice, bob, 302),
        (cast.diana, bob, 302),
    ):
        YearAnswer.objects.all().delete()
        client = sign_in(person)
        answer = client.post(page_of(member), {"answer": NOTHING, "version": "0"})
        assert answer.status_code == status, (person, member)
        assert YearAnswer.objects.exists() == (status == 302), (person, member)


def test_only_editors_settle_and_ask(cast, sign_in):
    answer = YearAnswerFactory(member=cast.bob_member, answer=MISSING, note="一次讲座")
    for person, status in ((cast.bob, 404), (cast.charlie, 404), (cast.frank, 403)):
        client = sign_in(person)
        assert client.post(f"/members/confirmations/{answer.pk}/settle/").status_code == status, person
        asked = client.post("/members/confirmations/north/2024/ask/").status_code
        assert asked == (403 if person == cast.bob else status), person
    answer.refresh_from_db()
    assert answer.is_to_mend
    assert not Notice.objects.exists()


# ---------------------------------------------------------------- pages
def test_what_is_missing_is_wanted_in_words(cast, sign_in):
    client = sign_in(cast.bob)
    refused = client.post(page_of(cast.bob_member), {"answer": MISSING, "note": " ", "version": "0"})
    assert refused.status_code == 200
    assert refused.context["question"]["form"].errors["note"]
    assert "<details open>" in refused.content.decode()
    given = client.post(page_of(cast.bob_member), {"answer": MISSING, "note": "一次讲座", "version": "0"})
    assert given.url == "/me/?window=2024"
    assert "一次讲座" in client.get(given.url).content.decode()


def test_an_answer_changed_meanwhile_is_shown(cast, sign_in):
    client = sign_in(cast.alice)
    answer_year(cast.bob_member, 2024, MISSING, "一次讲座", by=cast.bob)
    said = client.post(page_of(cast.bob_member), {"answer": NOTHING, "version": "0"}).content.decode()
    assert "刚才有人改过这个答复" in said
    assert "一次讲座" in said
    client.post(page_of(cast.bob_member), {"answer": NOTHING, "version": "1"})
    assert YearAnswer.objects.get().answer == NOTHING


@pytest.mark.parametrize("year", [1899, today().year + 1, 99999999999999999999])
def test_a_year_that_is_not_there_has_no_page(cast, sign_in, year):
    client = sign_in(cast.bob)
    assert client.get(page_of(cast.bob_member, year)).status_code == 404


def test_the_list_names_who_said_what_by_pinyin(cast, sign_in):
    client = sign_in(cast.alice)
    for name, pinyin in (("周明", "zhou ming"), ("安宁", "an ning")):
        MemberFactory(organisation=cast.north, name=name, name_pinyin=pinyin)
    MemberFactory(organisation=cast.north, name="已转出", transferred_out="2023-05")
    MemberFactory(organisation=cast.north, name="后来的", transferred_in="2025-03")
    answer_year(cast.bob_member, 2024, MISSING, "一次讲座", by=cast.alice)
    page = client.get(LIST)
    names = [member.name for member in page.context["list"].rows]
    assert names[0] == "安宁"
    assert names[-1] == "周明"
    assert set(names) == {"安宁", "周明", "艾丽", "鲍勃"}
    assert [tab["label"] for tab in page.context["list"].tabs] == [
        "全部",
        "还没确认",
        "有遗漏待处理",
        "已答复",
    ]
    assert {tab["number"] for tab in page.context["list"].tabs} == {None}  # no counters of persons
    said = page.content.decode()
    assert "一次讲座" in said
    assert "艾丽代为登记" in said
    call = page.context["call"]
    assert "安宁、" in call
    assert "鲍勃" not in call
    assert "确认 2024 年度台账：" in call
    assert "/me/?window=2024" in call
    for state, found in (
        ("waiting", {"安宁", "周明", "艾丽"}),
        ("to_mend", {"鲍勃"}),
        ("answered", {"鲍勃"}),
    ):
        rows = client.get(f"{LIST}&state={state}").context["list"].rows
        assert {member.name for member in rows} == found, state


def test_nobody_registers_on_behalf_of_oneself(cast, sign_in):
    said = sign_in(cast.alice).get(LIST).content.decode()
    assert 'aria-label="艾丽：确认"' in said
    assert 'aria-label="鲍勃：代为登记"' in said


def test_a_committee_chooses_a_branch_before_it_writes_to_a_group(cast, sign_in):
    client = sign_in(cast.diana)
    both = client.get(LIST)
    assert {member.organisation for member in both.context["list"].rows} == {cast.north, cast.south}
    assert "call" not in both.context
    assert "查理" in client.get(f"{LIST}&branch=south").context["call"]


def test_the_list_settles_and_asks(cast, sign_in):
    client = sign_in(cast.alice)
    answer = answer_year(cast.alice_member, 2024, MISSING, "一次讲座", by=cast.diana)
    client.post(f"/members/confirmations/{answer.pk}/settle/", {"version": "1"})
    answer.refresh_from_db()
    assert not answer.is_to_mend
    asked = client.post("/members/confirmations/north/2024/ask/", follow=True)
    assert "已通知：鲍勃" in asked.content.decode()


def test_nobody_is_asked_about_a_year_ahead(cast, sign_in):
    page = sign_in(cast.alice).get(f"/members/confirmations/?window={today().year + 1}")
    assert "年还没有到" in page.content.decode()
    assert "call" not in page.context

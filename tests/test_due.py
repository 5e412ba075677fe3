"""What waits on home: it is there while it must be, one press leads to what mends it, and then it is gone."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.duty import Meeting, duty
from activities.models import Activity
from activities.services import create_activity, trash_activity, update_activity
from branch.models import Certification
from branch.services import return_certification, trash_certification, verify_certification
from core.dates import Window
from core.links import record_url
from core.models import Notice
from core.notices import mark_read
from outcomes.models import Outcome
from outcomes.services import trash_outcome, update_outcome
from partnerships.services import (
    cancel_plan_item,
    renew_agreement,
    trash_agreement,
    trash_partner,
    trash_plan_item,
    update_plan_item,
)
from tests import factories as make
from tests.test_editing import as_shown
from workbench.due import ANY_TIME, OVERDUE, SOON, cell_url, due_list

pytestmark = pytest.mark.django_db

YEAR, DAY = Window.year(2024), dt.date(2024, 11, 20)
COMMITTEE = ("committee_meeting", "支部委员会会议", 1, "month")


def waiting(user, *places, rows=(), day=DAY):
    """What waits in the places on the day, by title; all but the confirmations of the year."""
    found = due_list(user, list(rows), [place.pk for place in places], YEAR, day)
    return {due.title: due for due in found if "没有确认" not in due.title}


@pytest.fixture
def north(cast):
    """north(): what waits for North's secretary, by title."""
    return lambda: waiting(cast.alice, cast.north)


@pytest.fixture
def agreement(cast):
    """An agreement whose partner was met of late, with its proof."""
    partner = make.PartnerFactory(organisation=cast.north, name="望江社区", since="2023")
    agreement = make.AgreementFactory(organisation=cast.north, partners=[partner], name="共建协议")
    make.AttachmentFactory(record=agreement)
    met = make.ActivityFactory(organisation=cast.north, agreement=agreement, starts_on=dt.date(2024, 11, 1))
    make.AttachmentFactory(record=met)
    return agreement


def held_for(item, by):
    return create_activity(
        item.organisation,
        kind_id="lecture",
        lines=["joint_building"],
        theme=item.theme,
        starts_on=dt.date(2024, 11, 3),
        status="held",
        agreement=item.agreement,
        plan_item=item,
        by=by,
    )


# ---------------------------------------------------------------- plans, agreements, partners
@pytest.mark.parametrize(
    "mend",
    [
        held_for,
        lambda item, by: update_plan_item(item, planned_on="2024-12", by=by),
        lambda item, by: cancel_plan_item(item, "对方有事", by=by),
        lambda item, by: trash_plan_item(item, by=by),
    ],
)
def test_a_plan_row_waits_until_it_is_held_moved_or_cancelled(cast, agreement, north, mend):
    item = make.PlanItemFactory(agreement=agreement, number=6, theme="中期座谈", planned_on="2024-10")
    (due,) = north().values()
    assert (due.group, due.title) == (OVERDUE, "联建计划第 6 项：中期座谈")
    assert due.mend == ("记活动", f"/activities/new/?plan_item={item.pk}")
    assert [way.word for way in due.others] == ["改期", "取消"]
    mend(item, cast.alice)
    assert due.title not in north()


@pytest.mark.parametrize(
    ("end", "title", "group"),
    [
        ("2025-01-15", "共建协议将到期", SOON),
        ("2024-11-19", "共建协议已到期", OVERDUE),
        ("2025-03-01", None, None),
    ],
)
def test_an_agreement_waits_from_60_days_before_its_end_until_it_is_renewed(
    cast, agreement, north, end, title, group
):
    agreement.expires_on = end
    agreement.save()
    if not title:
        assert north() == {}
        return
    due = north()[title]
    assert (due.group, due.mend) == (group, ("续签", f"/partnerships/agreements/{agreement.pk}/renew/"))
    later = renew_agreement(
        agreement,
        name="共建协议（续签）",
        status="signed",
        signed_on="2024-11-20",
        expires_on="2026-11",
        partners=list(agreement.partners.all()),
        by=cast.alice,
    )
    assert list(north()) == ["1 份协议缺佐证"]
    assert north()["1 份协议缺佐证"].mend.url == f"{record_url(later)}?add=agreement#proof"


def test_a_partner_waits_when_nothing_was_held_for_90_days_under_an_agreement(cast, agreement, north):
    partner, met = agreement.partners.get(), Activity.objects.get()
    title = "望江社区：90 天没有活动"
    assert title not in north()
    met = update_activity(met, starts_on=dt.date(2024, 8, 1), by=cast.alice)
    due = north()[title]
    assert (due.group, due.note, due.url) == (SOON, "上次 2024-08-01", record_url(partner))
    named = make.ActivityFactory(organisation=cast.north, partners=[partner], starts_on=dt.date(2024, 11, 2))
    assert title not in north()
    trash_activity(named, by=cast.alice)
    assert title in north()
    update_activity(met, agreement=None, by=cast.alice)
    assert north()[title].note == "还没有活动记录"
    trash_agreement(agreement, by=cast.alice)  # nobody waits for a unit with which nothing is agreed
    assert title not in north()


def test_a_partner_signed_with_of_late_or_in_the_trash_does_not_wait(cast, north):
    partner = make.PartnerFactory(organisation=cast.north, since="2023")
    young = make.AgreementFactory(organisation=cast.north, partners=[partner], signed_on="2024-10-01")
    make.AttachmentFactory(record=young)
    assert north() == {}
    young.signed_on = "2024-03-01"
    young.save()
    assert list(north()) == [f"{partner}：90 天没有活动"]
    young.delete()
    trash_partner(partner, by=cast.alice)
    assert north() == {}


def test_what_is_logged_of_a_partner_begins_with_its_name(cast, north, sign_in):
    partner = make.PartnerFactory(organisation=cast.north, name="望江社区", since="2023")
    make.AttachmentFactory(record=make.AgreementFactory(organisation=cast.north, partners=[partner]))
    (due,) = north().values()
    form = sign_in(cast.alice).get(due.mend.url).context["form"]
    assert form.initial["partners"] == [partner.pk]


# ---------------------------------------------------------------- certificates
def test_a_certificate_that_ends_waits_until_a_later_one_is_verified(cast, north):
    of_bob = {"member": cast.bob_member, "direction": "Cloud"}
    old = make.CertificationFactory(**of_bob, passed_on="2022-01-05", valid_until="2025-01-05")
    make.AttachmentFactory(record=old)
    (due,) = north().values()
    assert (due.title, due.mend) == ("鲍勃的 HCIP-Cloud 证书 2025年1月5日到期", ("查看", record_url(old)))
    new = make.CertificationFactory(**of_bob, passed_on="2024-11-01", status="pending")
    assert north()[due.title].mend == ("审核", f"/certifications/inbox/{new.pk}/")
    assert "新证书已交" in north()[due.title].note
    returned = return_certification(new, "看不清", by=cast.alice)
    assert north()[due.title].mend.word == "查看"
    returned.status = "pending"
    returned.save()
    verify_certification(returned, by=cast.alice)
    assert list(north()) == ["1 份证书缺佐证"]


def test_certificates_wait_for_review_the_first_one_first(cast, north):
    first, second = make.CertificationFactory.create_batch(2, member=cast.bob_member, status="pending")
    assert north()["2 份证书待审核"].mend == ("审核", "/certifications/inbox/")
    assert Certification.objects.waiting().first() == first
    verify_certification(first, by=cast.alice)
    assert "1 份证书待审核" in north()
    assert Certification.objects.waiting().first() == second
    trash_certification(second, by=cast.alice)
    assert "待审核" not in " ".join(north())


# ---------------------------------------------------------------- proof and dates
def test_what_lacks_proof_waits_and_the_press_leads_to_the_latest(cast, north, sign_in):
    make.ActivityFactory(organisation=cast.north, starts_on=dt.date(2024, 5, 1))
    latest = make.ActivityFactory(organisation=cast.north, starts_on=dt.date(2024, 6, 1))
    make.ActivityFactory(organisation=cast.north, status="planned")
    make.ActivityFactory(organisation=cast.north, starts_on=dt.date(2023, 6, 1))
    due = north()["2 场活动缺佐证"]
    assert (due.group, due.mend) == (ANY_TIME, ("补充", f"{record_url(latest)}?add=#proof"))
    assert due.note == "2024年度 · 先补 佐证"
    assert sign_in(cast.alice).get(due.url).context["list"].count == 2
    assert 'id="proof"' in sign_in(cast.alice).get(record_url(latest)).text
    make.AttachmentFactory(record=latest)
    assert "1 场活动缺佐证" in north()


def test_an_outcome_without_date_or_proof_waits(cast, north):
    outcome = make.OutcomeFactory(organisation=cast.north, date=None)
    assert list(north()) == ["1 项成果没有日期"]
    update_outcome(outcome, date="2024-05", by=cast.alice)
    assert north()["1 项成果缺佐证"].mend.url == f"{record_url(outcome)}?add=#proof"
    make.AttachmentFactory(record=outcome)
    assert north() == {}


# ---------------------------------------------------------------- who is told what
def everything(place, member):
    """One of each that waits."""
    partner = make.PartnerFactory(organisation=place, since="2023")
    agreement = make.AgreementFactory(organisation=place, partners=[partner], expires_on="2024-12-01")
    make.PlanItemFactory(agreement=agreement)
    make.ActivityFactory(organisation=place)
    make.OutcomeFactory(organisation=place)
    make.OutcomeFactory(organisation=place, date=None)
    make.CertificationFactory(member=member, valid_until="2024-12-24")
    make.CertificationFactory(member=member, status="pending")
    return agreement


def test_every_way_leads_somewhere_for_the_secretary(cast, north, sign_in):
    everything(cast.north, cast.bob_member)
    make.NoticeFactory(user=cast.alice)
    client, found = sign_in(cast.alice), north().values()
    assert len(found) == 11
    for due in found:
        assert due.mend, due.title
        for url in (due.url, due.mend.url, *(way.url for way in due.others)):
            assert client.get(url).status_code == 200, url


def test_whoever_only_reads_is_offered_nothing_to_mend(cast, sign_in):
    everything(cast.north, cast.bob_member)
    client, found = sign_in(cast.frank), waiting(cast.frank, cast.north).values()
    assert len(found) == 10
    for due in found:
        assert (due.mend, due.others) == (None, ())
        assert client.get(due.url).status_code == 200, due.url
    home = client.get("/?window=2024&branch=north").text.partition("<main")[2].partition("</main>")[0]
    assert reverse("activities:activity_new") not in home
    assert reverse("activities:quick_log") not in home


def test_nothing_waits_of_other_branches_or_of_what_lies_in_the_trash(cast, north):
    agreement = everything(cast.south, cast.charlie_member)
    assert north() == {}
    assert len(waiting(cast.charlie, cast.south)) == 10
    south = {"organisation": cast.south}
    for activity in Activity.objects.filter(**south):
        trash_activity(activity, by=cast.charlie)
    for outcome in Outcome.objects.filter(**south):
        trash_outcome(outcome, by=cast.charlie)
    for certification in Certification.objects.filter(**south):
        trash_certification(certification, by=cast.charlie)
    trash_agreement(agreement, by=cast.charlie)
    assert waiting(cast.charlie, cast.south) == {}


def test_ones_own_unread_notices_wait_until_they_are_read(cast, north):
    make.NoticeFactory.create_batch(2, user=cast.alice)
    make.NoticeFactory(user=cast.bob)
    assert north()["2 条通知未读"].url == reverse("core:notice_list")
    mark_read(Notice.objects.visible_to(cast.alice))
    assert north() == {}


def test_more_than_three_of_a_sort_are_one_line_with_a_link(cast, north, agreement, sign_in):
    for _ in range(4):
        make.PlanItemFactory(agreement=agreement, planned_on="2024-10")
    *three, rest = north().values()
    assert len(three) == 3
    assert (rest.title, rest.mend.word) == ("还有别的联建计划已过期", "全部")
    assert sign_in(cast.alice).get(rest.url).context["list"].count == 4


# ---------------------------------------------------------------- branch life
def rows_of(meetings, day=DAY):
    return duty([COMMITTEE], meetings, YEAR, day)


def committee(month, day=8, **what):
    return Meeting("committee_meeting", dt.date(2024, month, day), **({"held": True} | what))


def test_a_missed_meeting_waits_until_it_is_entered_or_its_reason_written_down(cast, sign_in):
    client = sign_in(cast.alice)
    for month in (1, *range(3, 13)):
        kind = {"organisation": cast.north, "kind_id": "committee_meeting"}
        make.ActivityFactory(**kind, starts_on=dt.date(2024, month, 8))

    def found():
        home = client.get("/?window=2024").context
        row, cells = next(row for row in home["duty"] if row[0].code == "committee_meeting")
        due = next((due for due in home["due"] if due.title == "支部委员会会议：2月没有记录"), None)
        return due, row, cells[1]

    due, row, (cell, url) = found()
    assert due.mend == ("补记", "/activities/new/?kind=committee_meeting&starts_on=2024-02-01")
    assert (cell.words, url) == ("缺", due.mend.url)
    new = client.get(due.mend.url).context["form"].initial
    assert (new["kind"], str(new["starts_on"]), new["status"]) == ("committee_meeting", "2024-02-01", "held")

    # Not held: without a reason it goes on waiting, with one the table says so, and still says 缺.
    (why_not,) = due.others
    shown = as_shown(client.get(why_not.url))
    assert (shown["status"], shown["theme"]) == ("cancelled", "2月支部委员会会议没有召开")
    assert client.post(why_not.url, shown).status_code == 302
    assert found()[0]
    noted = Activity.objects.get(status="cancelled")
    assert not noted.participations.exists()
    update_activity(noted, summary="寒假，并入三月", by=cast.alice)
    due, row, (cell, url) = found()
    assert (due, row.done, cell.words, cell.title) == (None, 11, "缺", "没有开，原因已写明")
    assert url == record_url(noted)
    trash_activity(noted, by=cast.alice)
    assert found()[0]

    make.ActivityFactory(organisation=cast.north, kind_id="committee_meeting", starts_on=dt.date(2024, 2, 20))
    due, row, (cell, _) = found()
    assert (due, row.done, cell.words) == (None, 12, "20")


def test_of_several_missed_the_first_is_mended_first(cast):
    (row,) = rows_of([committee(month) for month in range(5, 12)])
    due = waiting(cast.alice, cast.north, rows=[row])["支部委员会会议：1—4月没有记录"]
    assert (due.note, due.mend.url[-10:]) == ("2024年度，先补1月的", "2024-01-01")


def test_this_months_meeting_may_be_copied_from_the_last(cast):
    (row,) = rows_of([committee(month, pk=month) for month in range(1, 11)])
    (due,) = waiting(cast.alice, cast.north, rows=[row]).values()
    assert (due.group, due.title) == (SOON, "支部委员会会议本期待开")
    assert (due.note, due.mend) == (
        "到 11月30日 · 可照 10月8日 的抄一份",
        ("照上次", "/activities/new/?copy=10"),
    )
    (row,) = duty([("party_lecture", "党课", 1, "year")], [], YEAR, DAY)
    (due,) = waiting(cast.alice, cast.north, rows=[row]).values()
    assert due.mend == ("记一场", "/activities/new/?kind=party_lecture")
    spring = dt.date(2024, 3, 1)
    (row,) = duty([("party_lecture", "党课", 1, "year")], [], YEAR, spring)
    assert row.due
    assert waiting(cast.alice, cast.north, rows=[row], day=spring) == {}  # there is time


def test_a_planned_or_a_cancelled_meeting_does_not_stand_for_one_held():
    (row,) = rows_of([committee(11, 25, held=False)])
    assert row.cells[10].state == "plan"
    (row,) = rows_of([committee(11, 25, held=False, why_not=True)])
    assert (row.cells[10].state, row.cells[10].reason) == ("soon", None)
    (row,) = rows_of([committee(3, held=False, why_not=True)])
    assert (len(row.missed), len(row.unexplained), row.done) == (10, 9, 0)


def test_where_a_period_leads(cast):
    (row,) = rows_of([committee(1, pk=7), committee(2, pk=8), committee(2, 9, pk=9)])
    listed = "/activities/?kind=committee_meeting&window=2024"
    new = "/activities/new/?kind=committee_meeting"
    edits, reads = ([cell_url(row, cell, YEAR, may) for cell in row.cells] for may in (True, False))
    assert edits[:3] == ["/activities/7/", listed, f"{new}&starts_on=2024-03-01"]
    assert edits[10] == new
    assert reads == ["/activities/7/", *[listed] * 11]

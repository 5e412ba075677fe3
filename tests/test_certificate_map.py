"""The map of certificates and the outlook: each cell says what a certificate is worth on the day, each foot is the
figure of that day, and nobody reads of others what is not theirs to read."""

import datetime as dt

import pytest
from django.urls import reverse

from branch import services
from branch.holding import map_on, outlook, report_days, shares_of_branches
from branch.models import Certification
from core.dates import Window, today
from core.links import record_url
from reports.figures import compute
from tests.factories import (
    CertificationFactory,
    CertificationTypeFactory,
    MemberFactory,
    OrganisationFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db
MAP = reverse("branch:certification_map")
DAY = dt.date(2026, 11, 26)


def marks(found, member):
    """{type: the words of its marks} of one member, types without any left out."""
    row = next(row for row in found.rows if row.member == member)
    return {str(kind): [str(mark.standing.label) for mark in cell] for kind, cell in row.cells if cell}


def certificate(member, passed_on, valid_until, direction="Cloud", **fields):
    return CertificationFactory(
        member=member, direction=direction, passed_on=passed_on, valid_until=valid_until, **fields
    )


# ---------------------------------------------------------------- states
@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"valid_until": "2027-11-26"}, "已核验"),
        ({"valid_until": ""}, "已核验"),
        ({"valid_until": "2027-02-25"}, "已核验"),
        ({"valid_until": "2027-02-24"}, "即将到期"),
        ({"valid_until": "2026-11-26"}, "即将到期"),
        ({"valid_until": "2026-11"}, "即将到期"),
        ({"valid_until": "2026-11-25"}, "已过期"),
        ({"valid_until": "2026-10"}, "已过期"),
        ({"valid_until": "2026-11-25", "status": "pending"}, "待审核"),
        ({"valid_until": "2027-11-26", "status": "returned"}, "已退回"),
    ],
)
def test_a_certificate_is_worth_on_a_day_what_its_state_and_end_say(cast, fields, word):
    CertificationFactory(member=cast.bob_member, passed_on="2024", **fields)
    assert marks(map_on(DAY, [cast.north.pk], cast.alice), cast.bob_member) == {"HCIP": [word]}


def test_what_was_renewed_says_so_whether_it_has_ended_or_not(cast):
    certificate(cast.bob_member, "2023-01-01", "2025-12-31")
    new = certificate(cast.bob_member, "2025-12-01", "2028-11-30")

    def on(year, month, day):
        return marks(map_on(dt.date(year, month, day), [cast.north.pk], cast.alice), cast.bob_member)

    assert on(2025, 11, 30) == {"HCIP": ["即将到期"]}  # the new one was not passed yet
    assert on(2025, 12, 1) == {"HCIP": ["已核验", "已换证"]}
    assert on(2026, 6, 1) == {"HCIP": ["已核验", "已换证"]}
    services.return_certification(new, "看不清", by=None)
    assert on(2026, 6, 1) == {"HCIP": ["已退回", "已过期"]}
    assert on(2025, 12, 1) == {"HCIP": ["即将到期", "已退回"]}


def test_what_was_not_passed_by_the_day_is_not_in_it_and_neither_is_who_had_left(cast):
    certificate(cast.bob_member, "2024-06", "2027")
    assert map_on(dt.date(2024, 5, 31), [cast.north.pk], cast.alice).types == []
    assert map_on(dt.date(2024, 6, 1), [cast.north.pk], cast.alice).types
    services.transfer_out(cast.bob_member, "2026-01-01", by=None)
    assert [row.member.name for row in map_on(DAY, [cast.north.pk], cast.alice).rows] == ["艾丽"]


def test_trash_and_what_is_not_for_reports_is_left_out_as_the_figure_leaves_it_out(cast):
    for change in ({"in_reports": False}, {"deleted_at": "2026-01-01T00:00Z"}):
        certification = certificate(cast.bob_member, "2024", "2027", direction=str(change))
        Certification.objects.filter(pk=certification.pk).update(**change)
    assert map_on(DAY, [cast.north.pk], cast.alice).types == []


# ---------------------------------------------------------------- the same figure as the report
def figures_on(day, place):
    window = Window(dt.date(day.year, 1, 1), day)
    found = compute([place.pk], window)[place.pk]
    return {
        key.partition(":")[2]: figure.display
        for key, figure in found.items()
        if key.startswith("certifications.ratio:")
    }


def a_branch_of_all_sorts(cast):
    """Members who came and left, certificates of every state, dates half known."""
    north = cast.north
    for number in range(12):
        member = MemberFactory(
            organisation=north,
            transferred_in=["", "2024-06", "2025"][number % 3],
            transferred_out=["", "", "", "2026-12-01", "2027"][number % 5],
            in_reports=number != 7,
        )
        for at, (passed, until) in enumerate(
            [("2023", "2026"), ("2024-02", "2027-01"), ("2025-12-31", "2026-12-31"), ("2024", "")]
        ):
            if (number + at) % 2:
                CertificationFactory(
                    member=member,
                    type=CertificationTypeFactory(name=["HCIP", "HCIE", "软考 高级"][(number + at) % 3]),
                    passed_on=passed,
                    valid_until=until,
                    status=["verified", "verified", "pending", "returned"][(number * at) % 4],
                )


@pytest.mark.parametrize(
    "day", [dt.date(2024, 6, 15), dt.date(2026, 11, 26), dt.date(2026, 12, 31), dt.date(2027, 12, 31)]
)
def test_the_foot_of_each_column_is_the_figure_of_the_day(cast, day):
    a_branch_of_all_sorts(cast)
    asked = figures_on(day, cast.north)
    found = map_on(day, [cast.north.pk], cast.alice)
    assert {str(share.type): share.display for share in found.shares} == {
        name: text for name, text in asked.items() if name in map(str, found.types)
    }
    assert found.shares
    _, ((branch, shares),) = shares_of_branches(day, [cast.north])
    assert branch == cast.north
    assert {str(share.type): share.display for share in shares}.items() <= asked.items()


def test_the_outlook_is_the_figure_of_todays_and_of_both_reports_days(cast):
    a_branch_of_all_sorts(cast)
    rows = outlook(DAY, [cast.north.pk])
    assert report_days(DAY) == [dt.date(2026, 12, 31), dt.date(2027, 12, 31)]
    assert rows
    for row in rows:
        for share in (row.now, *(later.share for later in row.later)):
            assert share.display == figures_on(share.day, cast.north)[str(row.type)]
        before = row.now.holders
        for later in row.later:  # nobody passes an exam in days to come
            assert before - len(later.losses) == later.share.holders
            before = later.share.holders


def test_the_outlook_names_whom_a_type_loses_and_when(cast):
    ends = certificate(cast.bob_member, "2024-01-01", "2026-12-15")
    certificate(cast.alice_member, "2024-01-01", "2027-06")
    waiting = certificate(cast.bob_member, "2026-11-01", "2029", status="pending")
    leaver = MemberFactory(organisation=cast.north, name="离开", transferred_out="2027-03-01")
    certificate(leaver, "2024", "")
    (row,) = outlook(DAY, [cast.north.pk])
    first, second = row.later
    assert [(loss.certification, loss.end) for loss in first.losses] == [(ends, dt.date(2026, 12, 15))]
    assert first.losses[0].renewal_waiting == waiting.pk
    assert [(loss.certification.member.name, loss.end) for loss in second.losses] == [
        ("艾丽", dt.date(2027, 6, 30)),
        ("离开", None),
    ]
    services.verify_certification(waiting, by=None)
    (row,) = outlook(DAY, [cast.north.pk])
    assert row.later[0].losses == []


def test_of_several_of_one_type_the_last_to_end_decides(cast):
    certificate(cast.bob_member, "2024", "2026-12-01", direction="A")
    certificate(cast.bob_member, "2024", "2027-05-01", direction="B")
    (row,) = outlook(DAY, [cast.north.pk])
    assert [len(later.losses) for later in row.later] == [0, 1]
    assert row.later[1].losses[0].certification.direction == "B"


def test_on_the_last_day_of_the_year_that_days_report_is_todays(cast):
    assert report_days(dt.date(2026, 12, 31)) == [dt.date(2027, 12, 31)]


# ---------------------------------------------------------------- pages
def test_the_map_shows_each_member_and_each_mark_leads_to_its_certificate(cast, sign_in):
    own = certificate(cast.bob_member, "2024", "2027")
    page = sign_in(cast.alice).get(f"{MAP}?on=2026-12-31").text
    assert "2026年12月31日" in page
    assert f'href="{record_url(own)}"' in page
    assert "1/2(50.0%)" in page
    assert "没有认证" in page  # of alice, on the phone
    assert page.count("无</span>") == 1


def test_the_foot_leads_to_the_holders_and_the_list_has_as_many(cast, sign_in):
    certificate(cast.bob_member, "2024", "2027")
    client = sign_in(cast.alice)
    (share,) = client.get(f"{MAP}?on=2026-12-31").context["map"].shares
    assert client.get(share.url).context["list"].count == 1


@pytest.mark.parametrize("asked", ["", "?on=", "?on=2026-13-01", "?on=1800-01-01", "?on=x%00"])
def test_a_day_that_cannot_be_read_is_today(cast, sign_in, asked):
    assert sign_in(cast.alice).get(MAP + asked).context["day"] == today()


def test_a_member_sees_the_own_row_and_no_share(cast, sign_in):
    certificate(cast.bob_member, "2024", "2027", direction="自己的")
    certificate(cast.alice_member, "2024", "2027", direction="别人的")
    answer = sign_in(cast.bob).get(MAP)
    assert [row.member for row in answer.context["map"].rows] == [cast.bob_member]
    assert "自己的" in answer.text
    assert "别人的" not in answer.text
    assert "%)" not in answer.text
    listed = sign_in(cast.bob).get(reverse("branch:certification_list"))
    assert "到期预告" not in listed.text


def test_a_committee_sees_its_branches_and_goes_into_one(cast, sign_in):
    certificate(cast.bob_member, "2024", "2027-06-30")
    certificate(cast.charlie_member, "2024", "2026-06-30")
    client = sign_in(cast.diana)
    page = client.get(f"{MAP}?on=2026-12-31")
    assert [
        (str(branch), [share.display for share in shares]) for branch, shares in page.context["branches"]
    ] == [
        ("北楼教师党支部", ["1/2(50.0%)"]),
        ("南楼教师党支部", ["0/1(0.0%)"]),
    ]
    assert "鲍勃" in client.get(f"{MAP}?branch=north&on=2026-12-31").text
    assert "鲍勃" not in client.get(f"{MAP}?branch=south&on=2026-12-31").text


def test_a_committee_pays_the_same_for_two_branches_and_for_ten(cast, sign_in, django_assert_num_queries):
    client = sign_in(cast.diana)
    certificate(cast.bob_member, "2024", "2027")
    for more in (0, 8):
        for _ in range(more):
            place = OrganisationFactory(parent=cast.college)
            certificate(MemberFactory(organisation=place), "2024", "2027")
        client.get(reverse("branch:certification_list"))  # content types are known by now
        with django_assert_num_queries(7):
            assert len(client.get(MAP).context["branches"]) == 2 + more
        with django_assert_num_queries(12):
            assert client.get(reverse("branch:certification_list")).status_code == 200


def test_the_list_tells_the_outlook_until_it_is_narrowed(cast, sign_in):
    soon = dt.date(today().year + 1, 6, 1)
    certificate(cast.bob_member, "2024", str(soon))
    client, url = sign_in(cast.alice), reverse("branch:certification_list")
    page = client.get(url).text
    assert "到期预告" in page
    assert "减 1：" in page
    assert "到期预告" not in client.get(f"{url}?status=pending").text


def test_a_figure_of_holders_and_its_target_tell_the_outlook_of_their_type(cast, sign_in):
    certificate(cast.bob_member, "2024", str(dt.date(today().year + 1, 6, 1)))
    CertificationFactory(
        member=cast.alice_member, type=CertificationTypeFactory(name="HCIE"), passed_on="2024"
    )
    target = TargetFactory(organisation=cast.north, figure="certifications.ratio:HCIP", value="0.9")
    client = sign_in(cast.alice)
    pages = [
        "/reports/figures/certifications.ratio:HCIP/",
        "/reports/figures/certifications.holders:HCIP/",
        record_url(target),
    ]
    for url in pages:
        page = client.get(url)
        assert str(page.context["forecast"].type) == "HCIP", url
        assert "1/2(50.0%)" in page.text
        assert "0/2(0.0%)" in page.text
        assert "鲍勃" in page.text
    other = TargetFactory(organisation=cast.north, figure="outcomes.paper")
    assert "到期预告" not in client.get(record_url(other)).text
    assert "到期预告" not in client.get("/reports/figures/members.total/").text


def test_the_outlook_of_a_stranger_is_of_their_own(cast, sign_in):
    certificate(cast.bob_member, "2024", "2027")
    assert sign_in(cast.charlie).get(reverse("branch:certification_list")).context["outlook"] == []

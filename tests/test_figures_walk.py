"""A walk through all figures: they are there, add up, list what they count, and keep branches apart."""

import datetime as dt
import itertools
import json
import random
from decimal import Decimal

import pytest

from core.dates import Window
from outcomes.models import Outcome, OutcomeKind
from reports import figures
from reports.services import compile_now
from tests import factories, recount
from tests.test_figures_recount import ACADEMIC_YEAR, CALENDAR_YEAR, OWN_OUTCOME_KINDS, SUMS, Dealer, write
from tests.test_figures_recount import two_branches as two_branches

pytestmark = pytest.mark.django_db

YEAR = Window.year(2024)
# Every key without ":", spelled out: outside programs hang on these names.
FIXED = [
    "members.total", "members.full", "members.probationary", "activities.total",
    "branch_life.members_meeting", "branch_life.committee_meeting", "branch_life.group_meeting",
    "branch_life.party_lecture", "branch_life.themed_party_day",
    "branch_life.organisational_life_meeting", "branch_life.member_appraisal",
    "branch_life.heart_to_heart_talk", "outreach.sessions", "outreach.person_times", "outreach.persons",
    "partnerships.partners", "partnerships.agreements_signed", "partnerships.agreements_in_force",
    "partnerships.plan_items", "partnerships.joint_activities", "outcomes.paper", "outcomes.party_paper",
    "outcomes.patent", "outcomes.technology_transfer", "outcomes.software_copyright",
    "outcomes.vertical_project", "outcomes.horizontal_project", "outcomes.teaching_reform_project",
    "outcomes.book", "outcomes.platform", "outcomes.competition_award", "outcomes.student_project",
    "outcomes.honour", "outcomes.advisory_report", "outcomes.publicity", "outcomes.book.contributors",
]  # fmt: skip
# The keys with ":", each with a record that makes it appear.
LEVELS = ["international", "national", "provincial", "municipal", "university", "college"]
ACTIVITY_KINDS = [
    "members_meeting", "committee_meeting", "group_meeting", "party_lecture", "themed_party_day",
    "organisational_life_meeting", "member_appraisal", "heart_to_heart_talk", "lecture", "training",
    "science_outreach", "academic_exchange", "salon", "contest_coaching", "joint_event", "company_visit",
    "volunteering", "field_study", "other",
]  # fmt: skip
PARTNER_KINDS = [
    "government", "company", "bank", "community", "village", "park", "school", "university", "institute",
    "hospital", "association", "military",
]  # fmt: skip


def keys_with_colon():
    yield from ("certifications.holders:HCIP", "certifications.ratio:HCIP")
    yield from (f"activities.kind:{kind}" for kind in ACTIVITY_KINDS)
    yield from (f"activities.line:{line}" for line in recount.LINES)
    yield from ("outreach.person_times:measured", "outreach.person_times:estimated")
    yield from (f"partnerships.partners:{kind}" for kind in PARTNER_KINDS)
    yield from ("partnerships.plan_items:done", "partnerships.plan_items:cancelled")
    yield from (f"outcomes.{kind}:{level}" for kind in recount.OUTCOME_KINDS for level in LEVELS)
    yield from (f"outcomes.patent:{kind}" for kind in ("invention", "utility_model", "design", "applied"))
    yield "outcomes.honour:cultivation"
    for fund in ("vertical", "horizontal_contract", "horizontal_received", "transfer_received"):
        yield f"outcomes.funds:{fund}"


def ask(branch, window=YEAR):
    return figures.compute([branch.pk], window)[branch.pk]


def fill_with_everything(branch):
    """A record for every key there is."""
    at = {"organisation": branch}
    factories.CertificationFactory(member__organisation=branch, passed_on="2024-01")
    for kind in ACTIVITY_KINDS:
        factories.ActivityFactory(
            **at, kind_id=kind, lines=recount.LINES, person_times=1, count_method="sign_in"
        )
    factories.ActivityFactory(**at, person_times=1)
    agreement = factories.AgreementFactory(
        **at, partners=[factories.PartnerFactory(**at, kind_id=kind) for kind in PARTNER_KINDS]
    )
    factories.ActivityFactory(**at, agreement=agreement)
    for status in ("done", "cancelled"):
        factories.PlanItemFactory(agreement=agreement, status=status)
    states = {"paper": "published", "party_paper": "published", "patent": "granted"}
    for kind in recount.OUTCOME_KINDS:
        subtypes = {"patent": ["invention", "utility_model", "design"], "book": ["textbook"]}.get(kind, [""])
        for subtype in subtypes:
            for level in LEVELS:
                factories.OutcomeFactory(
                    **at,
                    kind_id=kind,
                    subtype=subtype,
                    level=level,
                    status=states.get(kind, ""),
                    contract_amount=Decimal("1.10"),
                    received_amount=Decimal("0.20"),
                )
    factories.OutcomeFactory(**at, kind_id="patent", subtype="design", status="filed")
    factories.OutcomeFactory(**at, kind_id="honour", status="cultivating")


# ---------------------------------------------------------------- the keys
def test_every_fixed_key_is_always_there():
    empty = ask(factories.OrganisationFactory())
    assert set(FIXED) <= set(empty)
    assert not [key for key in empty if ":" not in key and key not in FIXED]
    assert all(empty[key].value == 0 for key in FIXED)


def test_every_key_of_the_interface_can_be_reached():
    branch = factories.OrganisationFactory()
    fill_with_everything(branch)
    asked = ask(branch)
    assert set(asked) == {*FIXED, *keys_with_colon()}
    assert not [key for key in keys_with_colon() if not asked[key].value]


def test_every_figure_has_a_label_and_a_known_line():
    branch = factories.OrganisationFactory()
    fill_with_everything(branch)
    asked = ask(branch)
    labels = [figure.label for figure in asked.values()]
    assert all(labels)
    assert len(set(labels)) == len(labels), "a target named by its label must mean one figure"
    assert {figure.line for figure in asked.values()} <= {*recount.LINES, None}
    assert {asked[key].unit for key in ("outcomes.paper", "outcomes.patent", "activities.total")} == {
        "篇",
        "件",
        "场",
    }


def test_certification_keys_follow_the_types_that_the_branch_has():
    branch = factories.OrganisationFactory()
    factories.CertificationFactory(
        member__organisation=branch,
        type=factories.CertificationTypeFactory(name="校内自训"),
        status="returned",
    )
    asked = ask(branch)
    assert {key for key in asked if key.startswith("certifications.")} == {
        "certifications.holders:校内自训",
        "certifications.ratio:校内自训",
    }
    assert asked["certifications.ratio:校内自训"].display == "0/1(0.0%)"


def test_a_type_that_a_target_was_declared_for_is_asked_before_anybody_holds_it():
    member = factories.MemberFactory()
    branch = member.organisation
    factories.TargetFactory(organisation=branch, year=2025, figure="certifications.ratio:HCIE", value="0.5")
    assert ask(branch)["certifications.ratio:HCIE"].display == "0/1(0.0%)"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("year", "told"), [(2024, "HCIE 持证率"), (2025, "HCIE 持证率50%")], ids=["now", "next"]
)
def test_a_report_tells_a_target_for_a_type_that_nobody_recorded(data_dir, year, told):
    branch = factories.MemberFactory().organisation
    factories.TargetFactory(organisation=branch, year=year, figure="certifications.ratio:HCIE", value="0.5")
    compiled = compile_now(branch, YEAR)
    assert told in repr(compiled.document.blocks)


def test_a_kind_of_the_schools_own_is_counted_in_any_state():
    OutcomeKind.objects.create(code="teaching_case", name="教学案例")
    paper = factories.OutcomeFactory(kind_id="teaching_case", status="", level="university")
    asked = ask(paper.organisation)
    assert asked["outcomes.teaching_case"].value == asked["outcomes.teaching_case:university"].value == 1


@pytest.mark.parametrize(("key", "label"), [("outcomes.paper", "学术论文"), ("members.total", "党员")])
def test_figure_is_found_by_key_or_label(key, label):
    assert figures.resolve(key) == figures.resolve(f" {label} ") == key


@pytest.mark.parametrize(
    "text", ["", "outcomes", "outcomes.papers", "certifications.holders:", "没有这个指标"]
)
def test_unknown_figure_is_refused(text):
    with pytest.raises(figures.UnknownFigure):
        figures.resolve(text)
    with pytest.raises(figures.UnknownFigure):
        figures.drill_down(text, [], YEAR)


# ---------------------------------------------------------------- how they are written
@pytest.mark.parametrize(
    ("holders", "members", "display", "value"),
    [
        (16, 17, "16/17(94.1%)", "0.9412"),
        (1, 16, "1/16(6.3%)", "0.0625"),  # 6.25 rounds up
        (1, 8, "1/8(12.5%)", "0.1250"),
        (1, 3, "1/3(33.3%)", "0.3333"),
        (2, 3, "2/3(66.7%)", "0.6667"),
        (3, 3, "3/3(100.0%)", "1.0000"),
    ],
)
def test_ratio_is_printed_with_both_its_parts(holders, members, display, value):
    branch = factories.OrganisationFactory()
    for member in factories.MemberFactory.create_batch(members, organisation=branch)[:holders]:
        factories.CertificationFactory(member=member)
    ratio = ask(branch)["certifications.ratio:HCIP"]
    assert (ratio.display, ratio.value) == (display, Decimal(value))
    (frozen,) = [f for f in figures.freeze(branch, YEAR)["figures"] if f["key"] == ratio.key]
    assert (frozen["numerator"], frozen["denominator"]) == (holders, members)
    assert frozen["value"] == float(value)
    assert len(frozen["records"]) == holders


def test_ratio_over_nobody_has_no_value():
    left = factories.MemberFactory(transferred_out="2024-05-01")
    factories.CertificationFactory(member=left)
    ratio = ask(left.organisation)["certifications.ratio:HCIP"]
    assert (ratio.value, ratio.numerator, ratio.denominator) == (None, 0, 0)


def test_large_numbers_and_money_have_thousands():
    branch = factories.OrganisationFactory()
    factories.ActivityFactory(organisation=branch, person_times=1086)
    for amount in ("123456.70", "0.05"):
        factories.OutcomeFactory(
            organisation=branch, kind_id="vertical_project", status="ongoing", contract_amount=Decimal(amount)
        )
    asked = ask(branch)
    assert asked["outreach.person_times"].display == "1,086"
    assert asked["outcomes.funds:vertical"].display == "123,456.75"
    frozen = {figure["key"]: figure for figure in figures.freeze(branch, YEAR)["figures"]}
    assert frozen["outcomes.funds:vertical"]["value"] == "123456.75"
    assert frozen["outreach.person_times"]["value"] == 1086


def test_frozen_body_is_the_interface():
    branch = factories.OrganisationFactory()
    fill_with_everything(branch)
    body = json.loads(json.dumps(figures.freeze(branch, YEAR)))
    assert set(body) == {"schema", "branch", "window", "as_of", "figures"}
    assert body["schema"] == 1
    assert {"start": "2024-01-01", "end": "2024-12-31"}.items() <= body["window"].items()
    assert set(body["window"]) == {"start", "end", "label"}
    assert body["as_of"] == "2024-12-31"
    assert [figure["key"] for figure in body["figures"]] == list(ask(branch))
    for figure in body["figures"]:
        assert set(figure) >= {
            "key",
            "label",
            "unit",
            "line",
            "value",
            "display",
            "numerator",
            "denominator",
            "records",
        }
        assert all(set(record) == {"type", "id", "title", "date"} for record in figure["records"])
        if not figure["key"].startswith("outcomes.funds") and figure["key"] not in SUMS:
            assert len(figure["records"]) == (figure["numerator"] or figure["value"]), figure["key"]


def test_records_are_told_by_name_and_date_as_entered():
    branch = factories.OrganisationFactory()
    paper = factories.OutcomeFactory(organisation=branch, name="  一种方法 ", date="2024-05")
    holder = factories.CertificationFactory(member__organisation=branch).member
    frozen = {figure["key"]: figure["records"] for figure in figures.freeze(branch, YEAR)["figures"]}
    assert frozen["outcomes.paper"] == [
        {"type": "outcome", "id": paper.pk, "title": "一种方法", "date": "2024-05"}
    ]
    assert [(r["type"], r["title"]) for r in frozen["certifications.holders:HCIP"]] == [
        ("member", holder.name)
    ]


# ---------------------------------------------------------------- sums and partitions, over dealt branches
@pytest.fixture(params=[7, 8, 9])
def dealt(two_branches, request):
    """Two branches with records of every kind and quality."""
    source, ids = random.Random(request.param), iter(range(1_000_000, 2_000_000))
    write([record for pk in two_branches for record in Dealer(source, pk, ids).records])
    return two_branches


WINDOWS = [Window(*CALENDAR_YEAR), Window(*ACADEMIC_YEAR), Window(dt.date(2024, 6, 1), dt.date(2024, 6, 1))]


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_declared_partitions_add_up(dealt, window):
    for branch, asked in figures.compute(dealt, window).items():

        def parts(whole, *names, asked=asked):
            return sum(asked[key].value for key in (f"{whole}:{name}" for name in names) if key in asked)

        assert (
            asked["members.full"].value + asked["members.probationary"].value == asked["members.total"].value
        )
        kinds = [key.removeprefix("activities.kind:") for key in asked if key.startswith("activities.kind:")]
        assert parts("activities.kind", *kinds) == asked["activities.total"].value
        for whole, names in {
            "outreach.person_times": ["measured", "estimated"],
            "partnerships.partners": PARTNER_KINDS,
            "outcomes.patent": ["invention", "utility_model", "design"],
        }.items():
            assert parts(whole, *names) == asked[whole].value, whole
        for kind in [*recount.OUTCOME_KINDS, *OWN_OUTCOME_KINDS]:
            without = figures.drill_down(f"outcomes.{kind}", [branch], window).filter(level="").count()
            assert parts(f"outcomes.{kind}", *LEVELS) + without == asked[f"outcomes.{kind}"].value, kind


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_roll_up_is_the_sum_of_its_branches(dealt, window):
    there, here = figures.compute(dealt, window).values()
    for key in there.keys() & here.keys():
        summed = figures.total([there[key], here[key]])
        if summed.is_ratio:
            assert summed.numerator == there[key].numerator + here[key].numerator
            assert summed.denominator == there["members.total"].value + here["members.total"].value
        else:
            assert summed.value == there[key].value + here[key].value
        rows = figures.drill_down(key, dealt, window)
        if key in SUMS:
            assert sum(getattr(row, SUMS[key]) for row in rows) == summed.value
        else:
            assert len(rows) == (summed.numerator if summed.is_ratio else summed.value), key


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_branch_alone_is_the_branch_among_others(dealt, window):
    together = figures.compute(dealt, window)
    for branch in dealt:
        assert figures.compute([branch], window)[branch] == together[branch]


def test_records_of_another_branch_never_leak():
    empty, full = factories.OrganisationFactory(), factories.OrganisationFactory()
    before = ask(empty)
    fill_with_everything(full)
    assert ask(empty).items() >= before.items()
    assert not [key for key, figure in ask(empty).items() if figure.value]
    for key in ask(full):
        assert not figures.drill_down(key, [empty.pk], YEAR).exists()


def test_trash_and_not_for_reports_never_count():
    branch = factories.OrganisationFactory()
    fill_with_everything(branch)
    assert any(figure.value for figure in ask(branch).values())
    for model in {type(row) for key in ask(branch) for row in figures.drill_down(key, [branch.pk], YEAR)[:1]}:
        model.objects.update(in_reports=False)
    assert not [key for key, figure in ask(branch).items() if figure.value]


@pytest.mark.parametrize("review", ["proposed", "returned"])
def test_what_a_member_proposes_counts_nowhere_until_it_is_accepted(review):
    branch = factories.OrganisationFactory()
    member = factories.MemberFactory(organisation=branch)
    fill_with_everything(branch)
    factories.OutcomeFactory(
        organisation=branch, kind_id="book", subtype="textbook", status="", makers=[member]
    )
    before = ask(branch)
    kept = {key for key in before if key.startswith("outcomes.") and before[key].value}
    assert len(kept) > 100
    Outcome.objects.update(review=review)
    asked = ask(branch)
    frozen = figures.freeze(branch, YEAR)
    assert not [key for key in kept if asked[key].value]
    assert not [key for key in kept if figures.drill_down(key, [branch.pk], YEAR).exists()]
    assert not [
        figure["key"]
        for figure in frozen["figures"]
        if figure["key"].startswith("outcomes.") and figure["records"]
    ]
    assert {key: figure for key, figure in asked.items() if not key.startswith("outcomes.")} == {
        key: figure for key, figure in before.items() if not key.startswith("outcomes.")
    }
    Outcome.objects.update(review="accepted")
    assert ask(branch) == before


# ---------------------------------------------------------------- days at the edges
def test_a_window_of_one_day_holds_that_day():
    activity = factories.ActivityFactory(starts_on=dt.date(2024, 2, 29))
    found = {
        day: ask(activity.organisation, Window(dt.date(2024, *day), dt.date(2024, *day)))[
            "activities.total"
        ].value
        for day in ((2, 28), (2, 29), (3, 1))
    }
    assert found == {(2, 28): 0, (2, 29): 1, (3, 1): 0}


@pytest.mark.parametrize(
    ("date", "window", "counts"),
    [
        ("2024-02", "2024-02-01..2024-02-29", True),
        ("2024-02", "2024-02-01..2024-02-28", False),
        ("2024-02", "2024-02-02..2024-12-31", False),
        ("2024", "2024", True),
        ("2024", "2023-2024", False),
        ("2024-08-31", "2023-2024", True),
        ("2024-09-01", "2023-2024", False),
        ("", "1900-01-01..2100-12-31", False),
    ],
)
def test_partial_date_counts_only_where_all_its_days_lie(date, window, counts):
    paper = factories.OutcomeFactory(date=date)
    assert ask(paper.organisation, Window.parse(window))["outcomes.paper"].value == counts


def test_a_move_on_one_day_counts_once():
    there = factories.MemberFactory(transferred_out="2024-06-01")
    here = factories.MemberFactory(transferred_in="2024-06-01")
    for day in (dt.date(2024, 5, 31), dt.date(2024, 6, 1)):
        asked = figures.compute([there.organisation_id, here.organisation_id], Window(day, day))
        assert sum(own["members.total"].value for own in asked.values()) == 1


def test_a_leaver_still_counts_in_a_past_year():
    leaver = factories.MemberFactory(transferred_out="2025-03")
    assert ask(leaver.organisation)["members.total"].value == 1
    assert ask(leaver.organisation, Window.year(2025))["members.total"].value == 0


def test_one_book_by_three_members_counts_once_and_three_people():
    branch = factories.OrganisationFactory()
    makers = factories.MemberFactory.create_batch(3, organisation=branch)
    for kind in ("textbook", "monograph"):
        factories.OutcomeFactory(organisation=branch, kind_id="book", subtype=kind, status="", makers=makers)
    asked = ask(branch)
    assert (asked["outcomes.book"].value, asked["outcomes.book.contributors"].value) == (2, 3)


# ---------------------------------------------------------------- what it costs
def test_queries_do_not_grow_with_branches_or_records(two_branches, django_assert_num_queries):
    with django_assert_num_queries(3):
        figures.compute(two_branches[:1], YEAR)
    write(
        [r for pk in two_branches for r in Dealer(random.Random(3), pk, itertools.count(pk * 10**6)).records]
    )
    with django_assert_num_queries(3):
        figures.compute(two_branches, YEAR)

"""A college's figures: the sum of its branches, and how much of it is one thing held by two of them."""

import datetime as dt

import pytest

from core.dates import Window
from reports import figures
from tests.factories import (
    ActivityFactory,
    CertificationFactory,
    OrganisationFactory,
    OutcomeFactory,
    PartnerFactory,
)
from tests.test_figures_walk import dealt as dealt
from tests.test_figures_walk import two_branches as two_branches

YEAR = Window.year(2024)


@pytest.fixture
def branches(db):
    """Two branches that share a paper, a patent and a partner."""
    north, south = OrganisationFactory(), OrganisationFactory()
    for branch, doi, number in (
        (north, "10.1/ABC", "ZL 2022 1 0123456.7"),
        (south, "10.1/abc", "zl202210123456.7"),
    ):
        partner = PartnerFactory(organisation=branch, name="望江社区", kind_id="community")
        activity = ActivityFactory(organisation=branch, status="held", starts_on=dt.date(2024, 5, 1))
        activity.partner_links.create(partner=partner)
        paper = {"kind_id": "paper", "status": "published", "date": "2024-03", "organisation": branch}
        OutcomeFactory(**paper, doi=doi)
        OutcomeFactory(**paper, doi=f"10.1/own-{branch.code}")
        OutcomeFactory(**paper)
        OutcomeFactory(
            organisation=branch,
            kind_id="patent",
            subtype="invention",
            status="granted",
            date="2024-04",
            number=number,
        )
    return [north.pk, south.pk]


def test_repeated_counts_what_two_branches_share(branches):
    values = figures.compute(branches, YEAR)
    papers = figures.total(values[pk]["outcomes.paper"] for pk in branches)
    repeated = figures.repeated(branches, YEAR)
    assert (papers.value, papers.value - repeated["outcomes.paper"]) == (6, 5)
    assert repeated["outcomes.patent"] == repeated["outcomes.patent:invention"] == 1
    assert repeated["partnerships.partners"] == repeated["partnerships.partners:community"] == 1
    assert not any(key.startswith("activities.") for key in repeated)


def test_repeated_is_empty_for_one_branch(branches):
    assert figures.repeated(branches[:1], YEAR) == {}


def test_repeated_answers_only_the_keys_asked_for(branches):
    whole = figures.repeated(branches, YEAR)
    for key in whole:
        assert figures.repeated(branches, YEAR, [key]) == {key: whole[key]}
    assert figures.repeated(branches, YEAR, ["activities.total"]) == {}


def test_a_key_asked_for_alone_is_answered_as_among_all(dealt):
    whole = figures.compute(dealt, YEAR)
    for key in {key for answered in whole.values() for key in answered}:
        alone = figures.compute(dealt, YEAR, [key])
        assert [alone[pk].get(key) for pk in dealt] == [whole[pk].get(key) for pk in dealt], key


def test_several_windows_are_answered_as_each_alone(dealt, django_assert_num_queries):
    windows = [YEAR, YEAR.previous(), Window.academic_year(2023), YEAR]
    with django_assert_num_queries(3):
        together = figures.compute_each(dealt, windows)
    assert together == {window: figures.compute(dealt, window) for window in windows}


def test_totals_add_up_what_each_branch_has(branches):
    north, south = branches
    CertificationFactory(member__organisation_id=north, type__name="HCIP", passed_on="2024-01")
    values = figures.compute(branches, YEAR)
    totals = figures.Totals(values.values())
    assert totals["outcomes.paper"] == figures.total([values[pk]["outcomes.paper"] for pk in branches])
    assert "certifications.ratio:HCIP" not in values[south]
    assert totals["certifications.ratio:HCIP"] == values[north]["certifications.ratio:HCIP"]
    assert list(totals)[: len(values[north])] == list(values[north])
    with pytest.raises(KeyError):
        totals["certifications.ratio:none"]

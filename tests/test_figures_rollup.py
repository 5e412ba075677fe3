"""A college's figures: the sum of its branches, and how much of it is one thing held by two of them."""

import datetime as dt

import pytest

from core.dates import Window
from reports import figures
from tests.factories import ActivityFactory, OrganisationFactory, OutcomeFactory, PartnerFactory

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

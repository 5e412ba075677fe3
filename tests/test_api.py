"""The API: scoping, masking, filters, paging, figures, schema."""

import pytest
from django.core.management import call_command
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from core.dates import Window
from reports.figures import compute, drill_down
from tests import factories as make
from tests.cast import cast  # noqa: F401
from tests.test_pages import one_of_each

KINDS = [
    "members",
    "certifications",
    "programmes",
    "partners",
    "agreements",
    "plan-items",
    "activities",
    "feedback",
    "outcomes",
    "targets",
]
YEAR = Window.year(2024)


@pytest.fixture
def records(cast):  # noqa: F811
    return one_of_each(cast.north, cast.alice_member)


def as_user(user):
    """A client with this person's token."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=user)[0].key}")
    return client


@pytest.mark.parametrize("kind", KINDS)
def test_list_and_detail_are_scoped(cast, records, kind):  # noqa: F811
    mine = as_user(cast.alice).get(f"/api/v1/{kind}/").json()["results"]
    assert mine
    for row in mine:
        assert as_user(cast.alice).get(f"/api/v1/{kind}/{row['id']}/").json() == row
        assert as_user(cast.charlie).get(f"/api/v1/{kind}/{row['id']}/").status_code == 404
    theirs = as_user(cast.charlie).get(f"/api/v1/{kind}/").json()["results"]
    assert not {row["id"] for row in mine} & {row["id"] for row in theirs}
    assert APIClient().get(f"/api/v1/{kind}/").status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_only_reads(cast, records, method):  # noqa: F811
    for kind in KINDS:
        assert getattr(as_user(cast.alice), method)(f"/api/v1/{kind}/").status_code == 405


def test_phones_are_masked_for_those_who_may_not_edit(cast, records):  # noqa: F811
    partner = records[0]
    url = f"/api/v1/partners/{partner.pk}/"
    assert as_user(cast.alice).get(url).json()["phone"] == "13800001234"
    assert as_user(cast.frank).get(url).json()["phone"] == "*******1234"


def test_an_ordinary_member_reads_the_own_record_only(cast, records):  # noqa: F811
    rows = as_user(cast.bob).get("/api/v1/members/").json()["results"]
    assert [row["name"] for row in rows] == ["鲍勃"]
    assert as_user(cast.bob).get("/api/v1/partners/").json()["results"] == []
    assert as_user(cast.bob).get("/api/v1/figures/").status_code == 404


def test_partial_dates_are_told_as_far_as_they_are_known(cast, records):  # noqa: F811
    agreement = records[1]
    told = as_user(cast.alice).get(f"/api/v1/agreements/{agreement.pk}/").json()
    assert (told["signed_on"], told["expires_on"]) == ("2024-03-01", "2026-03")


def test_filters_and_window(cast, records):  # noqa: F811
    alice = as_user(cast.alice)
    assert len(alice.get("/api/v1/activities/?line=joint_building&window=2024").json()["results"]) == 1
    assert alice.get("/api/v1/activities/?line=technology_empowerment").json()["results"] == []
    assert alice.get("/api/v1/activities/?window=2023").json()["results"] == []
    assert alice.get("/api/v1/activities/?window=tomorrow").status_code == 400
    assert alice.get("/api/v1/activities/?status=nonsense").status_code == 400
    assert alice.get("/api/v1/activities/?branch=south").status_code == 404


def test_pages_by_key(cast):  # noqa: F811
    make.ActivityFactory.create_batch(5, organisation=cast.north)
    alice, url, seen = as_user(cast.alice), "/api/v1/activities/?page_size=2", []
    while url:
        page = alice.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 5


def test_figures_are_those_of_compute_and_open_their_records(cast, records):  # noqa: F811
    alice = as_user(cast.alice)
    told = alice.get("/api/v1/figures/?window=2024").json()
    expected = compute([cast.north.pk], YEAR)[cast.north.pk]
    assert [figure["key"] for figure in told["figures"]] == list(expected)
    for figure in told["figures"]:
        assert figure == expected[figure["key"]].as_json()
        rows = alice.get(f"/api/v1/figures/{figure['key']}/records/?window=2024").json()["results"]
        behind = drill_down(figure["key"], [cast.north.pk], YEAR)
        assert {row["id"] for row in rows} == set(behind.values_list("pk", flat=True)), figure["key"]
    assert alice.get("/api/v1/figures/no.such/records/").status_code == 404
    assert as_user(cast.charlie).get("/api/v1/figures/?branch=north").status_code == 404
    assert as_user(cast.diana).get("/api/v1/figures/").status_code == 400
    assert as_user(cast.diana).get("/api/v1/figures/?branch=north&window=2024").json() == told


def test_schema_is_valid_without_a_warning(db, tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_schema_and_documentation_need_an_account(cast):  # noqa: F811
    assert APIClient().get("/api/schema/").status_code == 401
    assert as_user(cast.alice).get("/api/schema/").status_code == 200
    page = as_user(cast.alice).get("/api/docs/")
    assert page.status_code == 200
    assert "unsafe-inline" in page["Content-Security-Policy"]
    assert "cdn" not in page.content.decode()

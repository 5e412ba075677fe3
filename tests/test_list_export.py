"""A list taken home as an Excel file: what the list shows, in the form that can be imported again."""

import io

import openpyxl
import pytest
from django.utils.http import urlencode

from core.models import Change
from exchange import services
from tests import factories as make

pytestmark = pytest.mark.django_db
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def book(answer):
    """The workbook of an answer."""
    assert (answer.status_code, answer["Content-Type"]) == (200, EXCEL)
    assert answer["Cache-Control"] == "private, no-store"
    return openpyxl.load_workbook(io.BytesIO(answer.getvalue()))


@pytest.fixture
def themes(cast):
    """Sixty talks and a training at North, one talk at South."""
    for number in range(60):
        make.ActivityFactory(organisation=cast.north, theme=f"讲座 {number}")
    make.ActivityFactory(organisation=cast.north, theme="培训")
    make.ActivityFactory(organisation=cast.south, theme="讲座 在南")
    return cast


def test_all_of_the_list_and_nothing_else(themes, client):
    client.force_login(themes.alice)
    page = client.get("/activities/", {"q": "讲座", "all": 1})
    taken = book(client.get("/activities/" + page.context["export_url"]))
    assert [sheet.title for sheet in taken if sheet.sheet_state == "visible"] == ["说明", "活动"]
    head, *rows = taken["活动"].iter_rows(values_only=True)
    assert {row[head.index("主题")] for row in rows} == {f"讲座 {number}" for number in range(60)}
    assert "涉密内容不得" in taken["说明"]["A2"].value


def test_what_was_taken_can_be_imported_and_changes_nothing(themes, client):
    client.force_login(themes.alice)
    answer = client.get("/activities/", {"all": 1, "format": "xlsx"})
    plan = services.plan_import(themes.north, answer.getvalue())
    assert (plan.faults, plan.is_empty) == ([], True)


def test_the_history_says_who_took_what(themes, client):
    client.force_login(themes.alice)
    client.get("/activities/", {"q": "讲座", "all": 1, "format": "xlsx"})
    change = Change.objects.get(verb=Change.Verb.EXPORT)
    assert (change.actor, change.object_name) == (themes.alice, "北楼教师党支部活动60条（Excel）")


@pytest.mark.parametrize(
    "path",
    [
        "/members/",
        "/certifications/",
        "/partnerships/",
        "/partnerships/agreements/",
        "/partnerships/plan/",
        "/activities/",
        "/activities/feedback/",
        "/outcomes/",
        "/targets/",
    ],
)
def test_every_kind_with_a_sheet_can_be_taken_by_those_who_edit_the_branch(themes, client, path):
    query = urlencode({"format": "xlsx"})
    client.force_login(themes.alice)
    assert client.get(path).context["export_url"]
    assert len(book(client.get(f"{path}?{query}")).worksheets) >= 2
    client.force_login(themes.frank)  # reads the branch, edits nothing
    assert not client.get(path).context["export_url"]
    assert client.get(f"{path}?{query}").status_code == 403
    client.force_login(themes.bob)  # an ordinary member
    assert client.get(f"{path}?{query}").status_code == 403
    assert Change.objects.filter(verb=Change.Verb.EXPORT).count() == 1


def test_a_committee_takes_the_list_of_one_branch_at_a_time(themes, client):
    client.force_login(themes.diana)
    assert not client.get("/activities/", {"all": 1}).context["export_url"]
    assert client.get("/activities/", {"all": 1, "format": "xlsx"}).status_code == 403
    page = client.get("/activities/", {"all": 1, "branch": themes.south.code})
    taken = book(client.get("/activities/" + page.context["export_url"]))
    assert taken["活动"].max_row == 2


def test_a_list_without_a_sheet_is_not_offered(themes, client):
    client.force_login(themes.alice)
    assert not client.get("/programmes/").context["export_url"]
    assert client.get("/programmes/", {"format": "xlsx"}).status_code == 403

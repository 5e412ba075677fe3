"""Targets, written through their pages: one by one, and a year's at once."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.models import Change
from reports.models import Target
from reports.targets import create_target, set_target, trash_target, update_target
from tests import factories
from tests.test_editing import as_shown

pytestmark = pytest.mark.django_db
NEW, YEAR = "/targets/new/?window=2024", "/targets/edit/?window=2024"


@pytest.fixture
def alice(cast, sign_in):
    return sign_in(cast.alice)


@pytest.fixture
def target(cast):
    return set_target(cast.north, 2024, "outcomes.paper", Decimal(8), by=cast.alice)


def page_of(target, page):
    return reverse(f"workbench:target_{page}", args=[target.pk])


def values(place, year=2024):
    return {
        target.figure: target.value for target in Target.objects.live().filter(organisation=place, year=year)
    }


# ---------------------------------------------------------------- one
def test_a_target_is_declared_for_a_figure_chosen_by_its_label(alice, cast):
    factories.CertificationFactory(member=cast.bob_member)
    shown = alice.get(NEW)
    groups = dict(shown.context["form"].fields["figure"].choices[1:])
    assert ("outcomes.paper", "学术论文（篇）") in groups["科技赋能"]
    assert ("certifications.ratio:HCIP", "HCIP 持证率") in groups["科技赋能"]
    assert (
        "状态为已发表的学术论文；多人合作只算一篇" in shown.text
    )  # the definition, to be shown once it is chosen
    answer = alice.post(NEW, as_shown(shown) | {"figure": "outcomes.paper", "value": "10"})
    target = Target.objects.get()
    assert answer.url == page_of(target, "detail")
    assert (target.organisation, target.year, target.value) == (cast.north, 2024, 10)
    page = alice.get(answer.url).text
    assert "已录入“2024 年 学术论文（篇）”" in page
    assert "状态为已发表的学术论文" in page


def test_a_second_target_of_one_figure_is_told_beside_it(alice, target):
    shown = as_shown(alice.get(NEW)) | {"figure": "outcomes.paper", "value": "9"}
    answer = alice.post(NEW, shown)
    assert "2024 年的这个指标已有目标" in answer.context["form"].errors["figure"][0]
    assert alice.post(NEW, shown | {"year": "2025"}).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": "1899"}, "year"),
        ({"year": "2999"}, "year"),
        ({"year": "今年"}, "year"),
        ({"figure": "outcomes.nonsense"}, "figure"),
        ({"figure": ""}, "figure"),
        ({"value": "-1"}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": "1e99"}, "value"),
        ({"value": "0.00001"}, "value"),
        ({"value": ""}, "value"),
        ({"value": "\x00"}, "value"),
    ],
)
def test_what_cannot_be_saved_is_told_beside_its_field(alice, changes, field):
    answer = alice.post(NEW, as_shown(alice.get(NEW)) | {"figure": "outcomes.paper", "value": "9"} | changes)
    assert answer.status_code == 200
    assert answer.context["form"].errors[field]
    assert not Target.objects.exists()


def test_a_target_is_changed_and_told_without_noise(alice, target):
    edit = page_of(target, "edit")
    shown = as_shown(alice.get(edit))
    assert shown["value"] == "8"
    alice.post(edit, shown)
    assert Change.objects.about(target).count() == 1  # nothing changed, nothing told
    alice.post(edit, shown | {"value": "12.5"})
    target.refresh_from_db()
    assert target.value == Decimal("12.5")
    assert Change.objects.about(target).first().changes == {"目标值": ["8.0000", "12.5000"]}


def test_two_editors_of_a_target_meet(alice, cast, target):
    edit = page_of(target, "edit")
    mine = as_shown(alice.get(edit))
    update_target(target, value=Decimal(9), by=cast.diana)
    assert "9" in alice.post(edit, mine | {"value": "11"}).context["form"].conflicts["value"].text
    untouched = alice.post(edit, mine | {"in_reports": ""})
    assert untouched.context["form"].adopted == ["目标值"]


def test_a_target_of_a_figure_that_is_no_more_can_still_be_changed(alice, cast):
    target = create_target(cast.north, year=2024, figure="certifications.ratio:没了", value=90, by=cast.alice)
    edit = page_of(target, "edit")
    alice.post(edit, as_shown(alice.get(edit)) | {"value": "80"})
    target.refresh_from_db()
    assert (target.figure, target.value) == ("certifications.ratio:没了", 80)


def test_a_copy_is_for_the_year_in_view(alice, target):
    form = alice.get(f"/targets/new/?window=2025&copy={target.pk}").context["form"]
    assert (form["year"].value(), form["figure"].value(), form["value"].value()) == (
        2025,
        "outcomes.paper",
        "8",
    )


def test_trash_and_back_unless_there_is_another(alice, cast, target):
    alice.post(page_of(target, "trash"), {"version": target.version})
    assert values(cast.north) == {}
    another = set_target(cast.north, 2024, "outcomes.paper", 5, by=None)
    assert "这一年的这个指标已有目标" in alice.post(page_of(target, "restore"), follow=True).text
    trash_target(another, by=None)
    alice.post(page_of(target, "restore"))
    assert values(cast.north) == {"outcomes.paper": 8}


# ---------------------------------------------------------------- a year's at once
def posted(answer):
    """The table as the browser would post it back."""
    form = answer.context["form"]
    return {field.html_name: str(field.field.prepare_value(field.value()) or "") for field in form}


def test_a_years_targets_are_set_changed_and_taken_back_at_once(alice, cast, target):
    set_target(cast.north, 2023, "outreach.person_times", 300, by=None)
    set_target(cast.north, 2024, "activities.total", 20, by=None)
    shown = posted(alice.get(YEAR))
    assert shown["value-outcomes.paper"] == "8"
    assert shown["value-outreach.person_times"] == ""
    changes = {
        "value-outcomes.paper": "9",
        "value-activities.total": "",
        "value-outreach.person_times": "400",
    }
    answer = alice.post(YEAR, shown | changes)
    assert answer.url == "/targets/?window=2024"
    assert values(cast.north) == {"outcomes.paper": 9, "outreach.person_times": 400}
    assert values(cast.north, 2023) == {"outreach.person_times": 300}
    assert Target.objects.trashed().get().figure == "activities.total"
    assert "改动 3 项" in alice.get(answer.url).text


def test_last_years_targets_are_copied_into_what_is_empty_and_seen_before_they_are_saved(alice, cast, target):
    set_target(cast.north, 2023, "outreach.person_times", 300, by=None)
    set_target(cast.north, 2023, "outcomes.paper", 5, by=None)
    shown = alice.post(YEAR, posted(alice.get(YEAR)) | {"copy": "1"})
    assert values(cast.north) == {"outcomes.paper": 8}
    alice.post(YEAR, posted(shown))
    assert values(cast.north) == {"outcomes.paper": 8, "outreach.person_times": 300}


def test_a_target_changed_meanwhile_is_not_overwritten_unseen(alice, cast, target):
    set_target(cast.north, 2024, "activities.total", 20, by=None)
    shown = posted(alice.get(YEAR)) | {"value-outcomes.paper": "9", "value-activities.total": "30"}
    update_target(target, value=Decimal(11), by=cast.diana)
    answer = alice.post(YEAR, shown)
    assert "刚才被别人改过" in answer.text
    assert values(cast.north) == {"outcomes.paper": 11, "activities.total": 20}
    alice.post(YEAR, posted(answer))
    assert values(cast.north) == {"outcomes.paper": 9, "activities.total": 30}


@pytest.mark.parametrize("value", ["-1", "abc", "1e99", "\x00"])
def test_a_wrong_number_in_the_table_keeps_the_others(alice, cast, target, value):
    set_target(cast.north, 2024, "activities.total", 20, by=None)
    shown = posted(alice.get(YEAR)) | {"value-outcomes.paper": value, "value-activities.total": "30"}
    answer = alice.post(YEAR, shown)
    assert answer.context["form"].errors["value-outcomes.paper"]
    assert 'value="30"' in answer.text
    assert values(cast.north) == {"outcomes.paper": 8, "activities.total": 20}


def test_figures_of_another_branch_cannot_be_set_through_the_table(alice, cast, target):
    alice.post(YEAR, posted(alice.get(YEAR)) | {"value-members.total": "17", "version-members.total": ""})
    assert values(cast.north) == {"outcomes.paper": 8}


def test_a_year_without_targets_leads_to_the_first(alice):
    assert "今年和上年都没有目标" in alice.get(YEAR).text

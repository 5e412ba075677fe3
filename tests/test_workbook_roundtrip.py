"""What goes into a branch comes out of it: nothing is lost but files, and nothing changes twice."""

import pytest
from django.apps import apps

from activities.models import Activity
from branch.models import Certification, Member
from core import records
from core.dates import Window
from core.models import Change, Organisation
from exchange.services import Refused, export_workbook, import_workbook, plan_import
from outcomes.models import Outcome
from outcomes.services import create_outcome
from reports.figures import compute
from tests.workbooks import build, cells, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def branches():
    """Two branches under one college."""
    college = Organisation.objects.add_root(
        {"code": "college", "name": "信息工程学院党委", "kind": "college_committee"}
    )
    return [
        Organisation.objects.add_child(college, {"code": code, "name": f"{code}党支部", "kind": "branch"})
        for code in ("north", "south")
    ]


def state():
    """All rows of all our tables, with their versions."""
    ours = ("core", "branch", "partnerships", "activities", "outcomes", "reports")
    return {
        model._meta.label: list(model.objects.order_by("pk").values())
        for app in ours
        for model in apps.get_app_config(app).get_models()
    }


def test_small_workbook_goes_in(branches):
    plan = import_workbook(branches[0], build(), by=None)
    assert [(name, new) for name, new, _, _ in plan.counts()] == [
        ("党员", 3), ("认证", 1), ("联建单位", 2), ("联建协议", 1), ("联建计划", 1), ("活动", 1), ("成果", 2),
        ("反馈", 1), ("目标", 1),
    ]  # fmt: skip
    activity = Activity.objects.get()
    assert [line.value for line in activity.lines] == ["joint_building", "education_service"]
    assert str(activity.starts_at) == "14:30:00"
    assert [partner.name for partner in activity.partners.all()] == ["赣江社区党委"]
    assert activity.plan_item.number == 1
    present = activity.participations.filter(role="present")
    assert [row.member.staff_number for row in present] == ["1001", "1002"]
    assert [(row.name, row.member_id is None) for row in activity.participations.filter(role="speaker")] == [
        ("林一", False),
        ("校外专家", True),
    ]
    paper = Outcome.objects.get(code="P-1")
    assert paper.doi == "10.1000/x"
    assert paper.details == {"卷": "12"}
    assert [(row.name, row.role) for row in paper.contributions.all()] == [
        ("林一", "leader"),
        ("周二", ""),
        ("外校作者", ""),
    ]


def test_imported_records_are_valid_and_logged_as_the_services_do(branches):
    import_workbook(branches[0], build(), by=None)
    for app in ("branch", "partnerships", "activities", "outcomes", "reports"):
        for model in apps.get_app_config(app).get_models():
            for record in model.objects.all():
                record.full_clean()
    changes = Change.objects.all()
    assert {change.verb for change in changes} == {"import"}
    assert len({change.batch for change in changes}) == 1
    for change in changes:
        record = apps.get_model(change.model).objects.get(pk=change.object_id)
        assert change.changes == records.difference({}, records.values(record)), change
        assert change.object_name == str(record)


def test_second_import_changes_nothing(branches):
    import_workbook(branches[0], build(), by=None)
    before = state()
    plan = import_workbook(branches[0], build(), by=None)
    assert plan.is_empty
    assert state() == before


def test_export_into_an_empty_branch_exports_the_same(branches):
    north, south = branches
    import_workbook(north, build(), by=None)
    first = export_workbook(north)
    import_workbook(south, first, by=None)
    second = export_workbook(south)
    assert cells(second, sheets=None) == cells(first, sheets=None)
    before = state()
    import_workbook(north, first, by=None)
    assert state() == before


def test_what_a_member_proposes_travels_as_such_and_counts_nowhere(branches):
    north, south = branches
    for review in ("proposed", "returned", "accepted"):
        create_outcome(
            north, kind_id="paper", name=review, status="published", date="2024", review=review, by=None
        )
    content = export_workbook(north)
    assert plan_import(north, content).is_empty
    import_workbook(south, content, by=None)
    assert {row.name: row.review for row in Outcome.objects.of([south])} == {
        "proposed": "proposed",
        "returned": "returned",
        "accepted": "accepted",
    }
    for branch in branches:
        assert compute([branch.pk], Window.year(2024))[branch.pk]["outcomes.paper"].value == 1
    assert cells(export_workbook(south), sheets=None) == cells(content, sheets=None)


def test_empty_cell_keeps_what_is_stored(branches):
    import_workbook(branches[0], build(), by=None)
    rows = small()
    rows["活动"] = [
        {key: rows["活动"][0][key] for key in ("编号", "类型", "任务线", "主题", "开始时间")}
        | {"地点": "社区活动室"}
    ]
    plan = import_workbook(branches[0], build(rows), by=None)
    assert [name for name, _, changed, _ in plan.counts() if changed] == ["活动"]
    activity = Activity.objects.get()
    assert activity.place == "社区活动室"
    assert activity.participations.filter(role="present").count() == 2
    assert activity.person_times == 86
    assert activity.version == 2
    assert Change.objects.order_by("pk").last().changes == {"地点": ["", "社区活动室"]}


def test_a_fault_anywhere_writes_nothing(branches):
    rows = small()
    rows["认证"][0]["通过日期"] = "2023-02-29"
    before = state()
    with pytest.raises(Refused) as refused:
        import_workbook(branches[0], build(rows), by=None)
    assert [str(fault) for fault in refused.value.plan.faults] == ["认证!E2: “2023-02-29”这一天不存在"]
    assert state() == before


def test_preview_writes_nothing_and_says_before_and_after(branches):
    import_workbook(branches[0], build(), by=None)
    rows = small()
    rows["党员"][0]["姓名"] = "林一一"
    rows["活动"][0].pop("主讲人")
    rows["活动"][0]["参加党员"] = "林一一"
    rows["成果"][0]["完成人"] = "林一一"
    before = state()
    plan = plan_import(branches[0], build(rows))
    assert not plan.faults
    assert plan.differences(plan.changed("党员")[0]) == [("姓名", "林一", "林一一")]
    assert state() == before


def test_member_and_certification_counts(branches):
    import_workbook(branches[0], build(), by=None)
    assert Member.objects.count() == 3
    assert Certification.objects.get().status == "verified"

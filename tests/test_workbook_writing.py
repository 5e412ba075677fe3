"""How a workbook is written: in a number of statements that does not grow, by one import at a time, all or nothing."""

import threading

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from activities.models import Activity
from activities.services import update_activity
from branch.models import Member
from core.dates import Window
from core.history import seal_changes, verify_history
from core.models import Change
from core.records import VersionConflict
from exchange.services import Outdated, export_workbook, import_workbook, plan_import
from reports.figures import compute
from tests.factories import OrganisationFactory
from tests.workbooks import build, small


def many(count):
    """A workbook with so many rows of everything that refers to something."""
    rows = small()
    for number in range(count):
        rows["党员"].append(
            {"工号": f"2{number:03d}", "姓名": f"新党员{number}", "人员类别": "正式党员", "党内职务": "书记"}
        )
        rows["认证"].append({"工号": f"2{number:03d}", "认证类型": "HCIP", "通过日期": "2024"})
        rows["联建单位"].append({"名称": f"单位{number}", "类型": "企业", "别名": f"别名{number}"})
        rows["联建协议"].append(
            {"编号": f"Y-{number}", "联建单位": f"别名{number}", "名称": "协议", "状态": "执行中"}
            | {"其他信息": "续签自=X-1;承诺=培训|3"}
        )
        rows["联建计划"].append({"协议编号": f"Y-{number}", "序号": 1, "主题": "计划"})
        rows["活动"].append(
            {
                "编号": f"B-{number}",
                "类型": "调研",
                "任务线": "实践育人",
                "主题": f"调研{number}",
                "开始时间": "2024-06-01",
                "联建单位": f"单位{number}",
                "协议编号": f"Y-{number}",
                "计划序号": 1,
                "参加党员": f"新党员{number}、林一",
            }
        )
        rows["成果"].append(
            {"编号": f"Q-{number}", "类型": "荣誉", "名称": "荣誉", "完成人": f"新党员{number}"}
        )
        rows["反馈"].append({"活动编号": f"B-{number}", "内容": "好"})
        rows["目标"].append({"年度": 1950 + number, "指标": "outcomes.paper", "目标值": 1})
    return rows


@pytest.mark.django_db
def test_number_of_queries_does_not_depend_on_the_rows():
    counts = set()
    for count in (1, 3, 30):
        branch, rows = OrganisationFactory(), many(count)
        with CaptureQueriesContext(connection) as previewed:
            plan_import(branch, build(rows))
        with CaptureQueriesContext(connection) as imported:
            import_workbook(branch, build(rows), by=None)
        for line in rows["活动"]:
            line["地点"] = "社区"
        with CaptureQueriesContext(connection) as changed:
            assert len(import_workbook(branch, build(rows), by=None).changed("活动")) == count + 1
        counts.add((len(previewed), len(imported), len(changed)))
    assert len({previewed for previewed, _, _ in counts}) == 1
    if connection.features.max_query_params:  # SQLite takes so many values in a statement, and no more
        assert max(imported for _, imported, _ in counts) < 80
    else:
        assert len(counts) == 1, counts


@pytest.mark.django_db
def test_figures_of_a_copied_branch_are_the_same():
    north, south, window = OrganisationFactory(), OrganisationFactory(), Window.year(2024)
    import_workbook(north, build(many(5)), by=None)
    import_workbook(south, export_workbook(north), by=None)
    figures = compute([north.pk, south.pk], window)
    assert figures[north.pk] == figures[south.pk]
    assert figures[north.pk]["outcomes.paper"].value == 1
    assert figures[north.pk]["outreach.person_times"].value == 86


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_branch_come_one_after_the_other():
    branch, data, plans, start = OrganisationFactory(), build(), [], threading.Barrier(2)

    def work():
        try:
            start.wait()
            plans.append(import_workbook(branch, data, by=None))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(plan.is_empty for plan in plans) == [False, True]
    assert Member.objects.filter(organisation=branch).count() == 3
    assert Change.objects.filter(organisation=branch).count() == 13


@pytest.mark.django_db
def test_a_failure_near_the_end_leaves_nothing():
    branch = OrganisationFactory()

    def disk_full(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "reports_target"'):
            raise OperationalError("disk full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(disk_full), pytest.raises(OperationalError):
        import_workbook(branch, build(), by=None)
    assert not Member.objects.filter(organisation=branch).exists()
    assert not Change.objects.filter(organisation=branch).exists()


@pytest.mark.django_db
def test_a_form_opened_before_an_import_is_outdated():
    branch, rows = OrganisationFactory(), small()
    import_workbook(branch, build(rows), by=None)
    opened = Activity.objects.get(organisation=branch)
    rows["活动"][0]["地点"] = "社区"
    import_workbook(branch, build(rows), by=None)
    with pytest.raises(VersionConflict):
        update_activity(opened, version=opened.version, place="别处", by=None)


@pytest.mark.django_db
def test_imported_history_is_sealed_like_any_other():
    import_workbook(OrganisationFactory(), build(), by=None)
    assert seal_changes() == 13
    assert not verify_history().faults


@pytest.mark.django_db
def test_expected_plan_is_what_is_written():
    branch = OrganisationFactory()
    digest = plan_import(branch, build()).digest()
    Member.objects.create(organisation=branch, staff_number="7", name="别人", category="full")
    with pytest.raises(Outdated):
        import_workbook(branch, build(many(1)), expected=digest, by=None)
    import_workbook(
        branch, build(), expected=digest, by=None
    )  # an unrelated member changes nothing of the plan
    assert Activity.objects.filter(organisation=branch).count() == 1

"""How fast a workbook of 5,000 rows goes in, against bare `executemany` inserts of the same rows."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Iterator

import xlsxwriter
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from activities.models import Activity
from benchmarks import Measure
from core.models import Change, Organisation
from exchange.services import export_workbook, import_workbook, plan_import
from exchange.workbook.sheets import SHEETS
from outcomes.models import Outcome

MEMBERS, PARTNERS, AGREEMENTS = 50, 40, 40
PLAN_ITEMS, CERTIFICATIONS, FEEDBACK, TARGETS = 400, 400, 400, 20
ACTIVITIES = 2_000
OUTCOMES = (
    5_000 - MEMBERS - PARTNERS - AGREEMENTS - PLAN_ITEMS - CERTIFICATIONS - FEEDBACK - TARGETS - ACTIVITIES
)
GOAL = 500  # rows a second on PostgreSQL


def workbook() -> tuple[bytes, int]:
    """A workbook of 5,000 rows over all sheets, and how many they are."""
    names = [f"党员{number:02d}" for number in range(MEMBERS)]
    some = names[:8]
    rows = {
        "党员": [
            {
                "工号": str(1000 + n),
                "姓名": name,
                "性别": "男",
                "人员类别": "正式党员",
                "入党日期": "2010-07-01",
            }
            for n, name in enumerate(names)
        ],
        "认证": [
            {"工号": str(1000 + n % MEMBERS), "认证类型": "HCIP", "方向": f"方向{n}", "通过日期": "2024-03"}
            for n in range(CERTIFICATIONS)
        ],
        "联建单位": [{"名称": f"单位{n}", "别名": f"别名{n}", "类型": "企业"} for n in range(PARTNERS)],
        "联建协议": [
            {
                "编号": f"X-{n}",
                "联建单位": f"单位{n}",
                "名称": f"协议{n}",
                "状态": "执行中",
                "签署日期": "2024",
            }
            for n in range(AGREEMENTS)
        ],
        "联建计划": [
            {
                "协议编号": f"X-{n % AGREEMENTS}",
                "序号": n // AGREEMENTS + 1,
                "主题": f"计划{n}",
                "计划时间": "2024-05",
            }
            for n in range(PLAN_ITEMS)
        ],
        "活动": [
            {
                "编号": f"A-{n}",
                "类型": "科普推广",
                "任务线": "教育服务",
                "主题": f"活动{n}",
                "开始时间": f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d} 14:30",
                "地点": "区科技馆",
                "联建单位": f"别名{n % PARTNERS}",
                "协议编号": f"X-{n % AGREEMENTS}",
                "主讲人": names[n % MEMBERS],
                "参加党员": "、".join(some),
                "服务人次": n % 200,
                "计数方式": "签到",
                "状态": "已举办",
                "摘要": "面向社区居民讲解常见的网络诈骗手法。" * 4,
            }
            for n in range(ACTIVITIES)
        ],
        "成果": [
            {
                "编号": f"P-{n}",
                "类型": "学术论文",
                "名称": f"论文{n}",
                "级别": "校级",
                "日期": "2024-05",
                "状态": "已发表",
                "发表刊物或授予单位": "某大学学报",
                "完成人": "、".join([f"{names[n % MEMBERS]}(主持)", "校外作者"]),
                "其他信息": f"卷={n};DOI=10.1000/{n}",
            }
            for n in range(OUTCOMES)
        ],
        "反馈": [{"活动编号": f"A-{n}", "身份": "居民", "内容": f"讲得明白{n}"} for n in range(FEEDBACK)],
        "目标": [{"年度": 2001 + n, "指标": "outcomes.paper", "目标值": 10} for n in range(TARGETS)],
    }
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for sheet in SHEETS:
        worksheet = book.add_worksheet(sheet.name)
        headers = [*(column.header for column in sheet.columns), "其他信息"]
        worksheet.write_row(0, 0, headers)
        for line, values in enumerate(rows[sheet.name], start=1):
            worksheet.write_row(line, 0, [values.get(header) for header in headers])
    book.close()
    return buffer.getvalue(), sum(map(len, rows.values()))


def run() -> Iterator[Measure]:
    """Import into an empty branch, preview, import again, export; and the bare inserts of the same rows."""
    college = Organisation.objects.add_root(
        {"code": "college", "name": "信息工程学院党委", "kind": "college_committee"}
    )
    branch = Organisation.objects.add_child(
        college, {"code": "north", "name": "北楼党支部", "kind": "branch"}
    )
    data, rows = workbook()
    with CaptureQueriesContext(connection) as asked:
        plan_import(branch, data)
    preview = _seconds(lambda: plan_import(branch, data))
    written = _seconds(lambda: import_workbook(branch, data, by=None))
    assert Activity.objects.count() == ACTIVITIES
    assert Outcome.objects.count() == OUTCOMES
    assert Change.objects.count() == rows
    bare, inserted = _bare_inserts()
    yield Measure(
        f"import of a workbook of {rows:,} rows",
        rows / written,
        "rows/s",
        at_least=GOAL,
        note=f"{written:.1f} s, {written / bare:.1f} × the {bare:.1f} s of bare executemany of {inserted:,} table rows",
    )
    yield Measure("  preview of it", preview, "s", note=f"{len(asked)} queries")
    again = _seconds(lambda: import_workbook(branch, data, by=None))
    assert Change.objects.count() == rows, "the second import changed something"
    yield Measure("  import of it again", again, "s", note="changes nothing")
    yield Measure("  export of it", _seconds(lambda: export_workbook(branch)), "s")


def _seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _bare_inserts() -> tuple[float, int]:
    """Seconds that the same rows take as they stand in the tables, history included, by executemany alone; how many."""
    models = [model for sheet in SHEETS for model in (sheet.model, *sheet.children)] + [Change]
    statements, count = [], 0
    with transaction.atomic(), connection.cursor() as cursor:
        for model in models:
            columns = [field.column for field in model._meta.concrete_fields]
            names, places = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
            cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}" ORDER BY id')
            # sqlite3 reads a time as an object that it does not write
            found = [
                [str(value) if isinstance(value, dt.time) else value for value in row]
                for row in cursor.fetchall()
            ]
            count += len(found)
            statements.append((f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', found))
        for model in reversed(models):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
        began = time.perf_counter()
        for statement, found in statements:
            cursor.executemany(statement, found)
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return seconds, count

"""Builders of workbooks for tests: a small valid one, and whatever is changed about it."""

from __future__ import annotations

import copy
import io
import zipfile

import openpyxl

from exchange.workbook.sheets import SHEETS

HEADERS = {sheet.name: [column.header for column in sheet.columns] for sheet in SHEETS}

# One branch with a little of everything, as a secretary would type it.
SMALL = {
    "党员": [
        {"工号": "1001", "姓名": "林一", "人员类别": "正式党员", "入党日期": "2010-07", "党内职务": "书记"},
        {"工号": "1002", "姓名": "周二", "人员类别": "预备党员", "转正日期": "2025-06-01"},
        {"工号": "1003", "姓名": "周二", "人员类别": "正式党员"},
    ],
    "认证": [
        {"工号": "1001", "认证类型": "HCIP", "方向": "云服务", "通过日期": "2024-03-05", "状态": "已核验"},
    ],
    "联建单位": [
        {"名称": "赣江社区党委", "类型": "社区", "别名": "赣江社区；赣江居委会"},
        {"名称": "第一银行科技部党支部", "类型": "银行"},
    ],
    "联建协议": [
        {"编号": "X-1", "联建单位": "赣江社区、第一银行科技部党支部", "名称": "共建协议", "状态": "执行中",
         "签署日期": "2024-01"},
    ],
    "联建计划": [{"协议编号": "X-1", "序号": 1, "主题": "数字技能进社区", "计划时间": "2024-04"}],
    "活动": [
        {
            "编号": "2024-001",
            "类型": "主题党日",
            "任务线": "党建联建、教育服务",
            "主题": "数字技能进社区",
            "开始时间": "2024-04-18 14:30",
            "结束时间": "2024-04-18 16:00",
            "联建单位": "赣江居委会",
            "协议编号": "X-1",
            "计划序号": 1,
            "主讲人": "林一、校外专家",
            "参加党员": "林一、周二#1002",
            "请假党员": "周二#1003",
            "服务人次": 86,
            "计数方式": "签到",
            "状态": "已举办",
        },
    ],
    "成果": [
        {
            "编号": "P-1",
            "类型": "学术论文",
            "名称": "一篇论文",
            "日期": "2024-05",
            "状态": "已发表",
            "完成人": "林一(主持)、周二#1003、外校作者",
            "其他信息": "卷=12;DOI=10.1000/x",
        },
        {"编号": "P-2", "类型": "横向课题", "名称": "一个课题", "状态": "在研", "合同金额": 120000,
         "到账金额": "50000.50"},
    ],
    "反馈": [{"活动编号": "2024-001", "身份": "居民", "内容": "讲得明白", "同意引用": "是"}],
    "目标": [{"年度": 2024, "指标": "outcomes.paper", "目标值": 10}],
}  # fmt: skip


def small() -> dict:
    """A copy of the small workbook's rows, to be changed."""
    return copy.deepcopy(SMALL)


def build(rows: dict | None = None, change=None) -> bytes:
    """A workbook of these rows (the small one's if none are given).

    Arguments: rows, {sheet: [{header: value}]}; further headers get a column; change, called with the openpyxl
    workbook.
    """
    rows = small() if rows is None else rows
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, headers in HEADERS.items():
        sheet = book.create_sheet(name)
        lines = rows.get(name, [])
        headers = list(dict.fromkeys([*headers, *(header for line in lines for header in line)]))
        sheet.append(headers)
        for line, values in enumerate(lines, start=2):
            for column, header in enumerate(headers, start=1):
                if values.get(header) is not None:
                    sheet.cell(line, column, values[header])
    if change:
        change(book)
    return saved(book)


def saved(book) -> bytes:
    """The bytes of an openpyxl workbook."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(data: bytes, parts: dict[str, bytes | None]) -> bytes:
    """The same archive with some parts replaced, added, or (None) left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return buffer.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of the archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def cells(data: bytes, sheets=tuple(HEADERS)) -> dict:
    """All cells of the nine sheets (None: of every sheet): {sheet: {address: value}}, as openpyxl reads them."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheets = book.sheetnames if sheets is None else sheets
    return {
        name: {cell.coordinate: cell.value for row in book[name].iter_rows() for cell in row if cell.value is not None}
        for name in sheets
    }  # fmt: skip

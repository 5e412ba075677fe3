"""A plan as it is copied out of Excel: lines of cells with tabs between them."""

from __future__ import annotations

import csv
import re

from core.text import match_key, tidy
from partnerships.models import PlanItem

MOST = 200  # lines read from one paste
# The columns of the familiar form, in its order: field → the words that stand over it.
COLUMNS = {
    "number": ("序号", "编号", "项次"),
    "planned_on": ("时间", "计划时间", "日期", "月份"),
    "theme": ("主题", "活动主题", "内容", "活动内容", "项目"),
    "form": ("形式", "活动形式", "方式"),
    "place": ("地点", "活动地点"),
    "lead": ("牵头方", "牵头", "牵头单位"),
    "responsible": ("责任人", "负责人"),
    "participants": ("参加人员", "参加对象", "参与人员"),
    "expected_result": ("预期成果", "预期效果"),
    "result": ("完成情况", "落实情况", "状态"),
}
_FIELD_OF = {word: field for field, words in COLUMNS.items() for word in words}
_STATES = {
    "完成": PlanItem.Status.DONE,
    "已完成": PlanItem.Status.DONE,
    "取消": PlanItem.Status.CANCELLED,
    "已取消": PlanItem.Status.CANCELLED,
    "计划": PlanItem.Status.PLANNED,
    "计划中": PlanItem.Status.PLANNED,
    "未完成": PlanItem.Status.PLANNED,
}
_NUMBER = re.compile(r"\d{1,4}", re.ASCII)


def read_plan(text: str) -> list[dict[str, str]]:
    """The rows of a pasted plan as they would be typed, field by field; without a theme a line is no row.

    Columns go by the heading, if the first line is one; else in the order of the familiar form, with or without 序号.
    """
    lines = [[tidy(cell) for cell in line] for line in csv.reader(_lines(text), delimiter="\t")]
    lines = [line for line in lines if any(line)][: MOST + 1]
    if not lines:
        return []
    columns = [_FIELD_OF.get(match_key(cell), "") for cell in lines[0]]
    if "theme" in columns:
        lines = lines[1:]
    else:
        numbered = all(_NUMBER.fullmatch(line[0]) for line in lines)
        columns = list(COLUMNS)[0 if numbered else 1 :]
    rows = [_row(dict(zip(columns, line, strict=False))) for line in lines[:MOST]]
    return [row for row in rows if row.get("theme")]


def _lines(text: str):
    # A cell of several lines stands in quotes; csv reads on by itself as long as it is given line ends.
    return (f"{line}\n" for line in text.replace("\r\n", "\n").replace("\0", "").split("\n"))


def _row(cells: dict[str, str]) -> dict[str, str]:
    row = {field: value for field, value in cells.items() if field and value}
    if state := _STATES.get(match_key(row.get("result", ""))):
        row["status"] = state.value
        del row["result"]
    if not _NUMBER.fullmatch(row.get("number", "1")):
        del row["number"]
    return row

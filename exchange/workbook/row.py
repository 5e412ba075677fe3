"""One row of a sheet while it is read: its cells, the keys of its 其他信息, and what is wrong with them."""

from __future__ import annotations

import re
from collections import defaultdict

from django.core.exceptions import ValidationError

from core.text import refuse_control_characters
from exchange.workbook import xlsx
from exchange.workbook.links import Several
from exchange.workbook.plan import Remark
from exchange.workbook.sheets import EXTRA
from exchange.workbook.text import split_pairs

EXTRA_COLUMN = re.compile(rf"{EXTRA}(\d*)")


class Row:
    """One row of a sheet while it is read."""

    def __init__(self, planner, sheet, number, columns, cells):
        self.planner, self.sheet, self.number, self.columns = planner, sheet, number, columns
        self.cells = {header: cells[place] for header, place in columns.items() if place in cells}
        self.given, self.pairs, self.late, self.draft = {}, {}, [], None
        self.texts: dict[str, list[str]] = defaultdict(list)  # keys of 其他信息 that are fields
        self.is_faulty = False

    def address(self, *headers: str) -> str:
        """The cell of the first of these columns that this row fills; a key stands in its 其他信息."""
        for header in headers:
            if header in self.cells:
                return xlsx.address(self.columns[header], self.number)
            if header in self.texts or header == EXTRA:
                place = min(place for name, place in self.columns.items() if EXTRA_COLUMN.fullmatch(name))
                return xlsx.address(place, self.number)
        place = self.columns.get(headers[0]) or self.columns.get(self.sheet.identifying, 1)
        return xlsx.address(place, self.number)

    def fault(self, header: str, reason: str, *or_at: str) -> None:
        """Refuse a cell. Arguments: or_at, other columns that may be meant if this one is empty here."""
        self.is_faulty = True
        self.planner.plan.faults.append(Remark(self.sheet.name, self.address(header, *or_at), reason))

    def remind(self, header: str, reason: str) -> None:
        """Say what is strange about a cell, and accept it."""
        self.planner.plan.reminders.append(Remark(self.sheet.name, self.address(header), reason))

    def look_up(self, header: str, what: str, key):
        """A record referred to; None and a fault if there is none."""
        try:
            return self.planner.find(what, key)
        except ValidationError as error:
            self.fault(header, error.messages[0])
            return None

    # ---------------------------------------------------------------- reading
    def read(self) -> None:
        """Read every cell of which the meaning is known by now."""
        self._read_pairs()
        for column in self.sheet.by_header.values():
            cell = self.cells.get(column.header)
            if cell is None and column.header not in self.texts:
                if column.required and column.header in self.columns:
                    self.fault(column.header, f"{column.header}不能为空")
                continue
            if cell is not None and column.header in self.texts:
                self.fault(EXTRA, f"“{column.header}”在列里和其他信息里各写了一次")
            elif column.late:
                self.late.append((column, cell))
            else:
                self._read(column, cell)

    def read_late(self) -> None:
        """Read what refers to records of this sheet."""
        for column, cell in self.late:
            self._read(column, cell)

    def _read(self, column, cell):
        try:
            if isinstance(column.kind, Several):
                self.given[column.field] = column.kind.read_all(self.texts[column.header], self.planner)
                return
            if cell is None:
                cell = xlsx.Cell("text", self.texts[column.header][0])
            if cell.kind == "formula":
                raise ValidationError("公式不予导入，请改为数值或文字（复制后“选择性粘贴—数值”）")
            if cell.kind == "error":
                raise ValidationError(f"这个单元格是错误值 {cell.value}")
            value = column.kind.read(cell, self.planner)
            if value != () and value != "":
                self.given[column.field] = value
            elif column.required:
                raise ValidationError(f"{column.header}不能为空")
        except ValidationError as error:
            self.fault(column.header, error.messages[0])

    def _read_pairs(self):
        cells = [
            (place, self.cells.pop(header))
            for header, place in sorted(self.columns.items(), key=lambda item: item[1])
            if EXTRA_COLUMN.fullmatch(header) and header in self.cells
        ]
        text = ""
        for place, cell in cells:
            if cell.kind != "text":
                self.is_faulty = True
                where = xlsx.address(place, self.number)
                self.planner.plan.faults.append(
                    Remark(self.sheet.name, where, "其他信息要写成文字：键=值;键=值")
                )
                return
            text += cell.value
        try:
            for key, value in split_pairs(text):
                if not value:
                    continue
                column = self.sheet.by_header.get(key)
                if (column is None and key in self.pairs) or (
                    column is not None and key in self.texts and not isinstance(column.kind, Several)
                ):
                    raise ValidationError(f"“{key[:30]}”写了两次")
                refuse_control_characters(key + value)
                if column is None:
                    self.pairs[key] = value
                else:
                    self.texts[key].append(value)
        except ValidationError as error:
            self.fault(EXTRA, error.messages[0])

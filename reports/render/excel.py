"""The report as a workbook: a sheet a table, where each figure comes from, and every file of the evidence.

A figure leads to its records in 数据溯源, an evidence number to its files in 佐证. Subheadings of a table become a
column, so that filters and sorting keep a row together with what it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from reports.document import (
    NOTHING,
    Cell,
    Column,
    Document,
    Evidence,
    Figure,
    Group,
    Mark,
    NewPage,
    PageOf,
    Table,
    Text,
    cell_text,
)
from reports.figures.definitions import definition
from reports.render.evidence import MISSING, NO_CONSENT, RECORD_COLUMNS, record_cells
from reports.render.workbook import MONEY, WHOLE, Book, Entry, place_of
from reports.tracing import Tracer

GUIDE, FIGURES, TRACE, EVIDENCE = "说明", "数字一览", "数据溯源", "佐证"
RECORD_TYPES = {
    "member": "党员",
    "activity": "活动",
    "partner": "联建单位",
    "agreement": "联建协议",
    "plan_item": "联学联建计划",
    "outcome": "成果",
}
_TRACE = (
    Column("指标", 24),
    Column("代码", 24),
    Column("数值", 12, "number"),
    Column("单位", 6),
    Column("记录类型", 12),
    Column("记录", 40),
    Column("记录日期", 12, "date"),
    Column("佐证编号", 10),
    Column("佐证文件", 40),
    Column("口径", 40),
    Column("统计时点", 12, "date"),
)
_CLIPPED = (9,)  # the definition: in full in 数字一览; here it would make every row four lines tall
_FIGURES = (
    Column("指标", 24),
    Column("代码", 24),
    Column("数值", 12, "number"),
    Column("单位", 6),
    Column("记录数", 8, "number"),
    Column("口径", 90),
)
_EVIDENCE = (
    *RECORD_COLUMNS,
    Column("材料", 10),
    Column("原文件名", 24),
    Column("在佐证包中的位置", 72),
    Column("大小（字节）", 12, "number"),
)
_CARE = "本表含个人信息，请妥善保管，仅用于工作；涉密内容不得填入。"


def write(compiled, stream) -> None:
    """Write the workbook of a compiled report."""
    document = compiled.document
    book = Book(title=document.title.replace("\n", ""), author=document.author, day=document.day)
    _Writer(compiled, book).write()
    stream.write(book.finish())


class _Writer:
    def __init__(self, compiled, book: Book):
        self.compiled, self.book, self.document = compiled, book, compiled.document
        self.figures = compiled.frozen.figures
        self.sheets = [sheet for sheet in _sheets(self.document) if not _is_index(sheet.table)]

    def write(self) -> None:
        """Name the sheets, find the rows that links lead to, then write."""
        book = self.book
        # Ours are named before a table can take their names.
        self.guide, self.overview = book.claim(GUIDE), book.claim(FIGURES)
        self.trace, self.evidence = book.claim(TRACE), book.claim(EVIDENCE)
        names = [book.claim(sheet.table.name) for sheet in self.sheets]
        self.numbers, evidence = self._evidence_rows()
        self.keys, trace = self._trace_rows()
        self._guide(names, trace, evidence)
        for name, sheet in zip(names, self.sheets, strict=True):
            self.compiled.tick()
            columns, rows = self._table(sheet.table)
            book.fill(name, columns, rows, title=sheet.title, landscape=sheet.landscape)
        self.compiled.tick()
        book.fill(self.overview, _FIGURES, self._figure_rows(), title=FIGURES)
        book.fill(self.trace, _TRACE, trace, title=TRACE, clipped=_CLIPPED)
        self.compiled.tick()
        book.fill(self.evidence, _EVIDENCE, evidence, title="佐证材料目录")
        self.compiled.tick()

    # ---------------------------------------------------------------- sheets of our own
    def _guide(self, names, trace, evidence):
        figures, document = self.figures, self.document
        window, branch = figures["window"], figures["branch"]
        lines = [
            ("支部", branch["name"]),
            ("上级党组织", branch.get("committee") or NOTHING),
            ("统计区间", f"{window['start']} 至 {window['end']}（{window['label']}）"),
            ("统计时点", figures["as_of"]),
            ("校验码", figures["digest"]),
            ("", ""),
            ("工作表", ""),
        ]
        for name, sheet in zip(names, self.sheets, strict=True):
            count = sum(not isinstance(row, Group) for row in sheet.table.rows)
            lines.append((self._leading_to(name), f"{sheet.title}，{count:,}行。{sheet.note}"))
        count = len(self.figures["figures"])
        lines += [
            (self._leading_to(self.overview), f"定格的{count:,}个数字和各自的统计口径，一个数字一行。"),
            (
                self._leading_to(self.trace),
                f"每个数字由哪些记录得来，{len(trace):,}行：一个数字、一条记录一行；没有记录的数字也有一行。",
            ),
            (
                self._leading_to(self.evidence),
                f"每条记录的佐证文件和它在佐证包中的位置，{len(evidence):,}行。",
            ),
            ("", ""),
            ("怎样用", ""),
            ("数字", f"带下划线的数字，点开就是“{self.trace}”里它的第一条记录；那里可以按指标筛选。"),
            ("佐证编号", f"点开就是“{self.evidence}”里的文件；“{MISSING}”表示这条记录还没有佐证。"),
            ("文件", "文件本身在 evidence.zip 里，解压后按“在佐证包中的位置”查找。"),
            ("日期", "只写到年、月的日期是文字，不补日。"),
            ("校验码", "与 figures.json 里的 digest 相同，说明两份文件出自同一次定格的数据。"),
            ("提醒", _CARE),
        ]
        self.book.tell(self.guide, lines, title=document.title.replace("\n", ""))

    def _leading_to(self, name):
        return Entry(name, place_of(name, 0))

    def _evidence_rows(self):
        """The line of each evidence number, and the rows of 佐证: one a file, one for a record without any."""
        lines, rows = {}, []
        for item in self.document.evidence:
            lines[item.number] = len(rows) + 1
            head = record_cells(item)
            rows += [
                (*head, file.kind, file.name, NO_CONSENT if file.lacks_consent else file.path, file.size)
                for file in item.files
            ]
            if not item.files:
                rows.append((*head, MISSING, None, None, None))
        return lines, rows

    def _figure_rows(self):
        """The rows of 数字一览: one a figure, leading to its records."""
        for figure in self.figures["figures"]:
            key = figure["key"]
            label = Entry(figure["label"], place_of(self.trace, self.keys[key]))
            unit = figure["unit"] or NOTHING
            yield label, key, _number_of(figure), unit, len(figure["records"]), definition(key)

    def _trace_rows(self):
        """The first line of each figure, and the rows of 数据溯源: one a figure and record."""
        lines, rows = {}, []
        as_of = self.figures["as_of"]
        tracer = Tracer(self.document, self.compiled.frozen.material, as_of)
        for figure in self.figures["figures"]:
            lines[figure["key"]] = len(rows) + 1
            head = (figure["label"], figure["key"], _number_of(figure), figure["unit"] or NOTHING)
            how, proofs = definition(figure["key"]), tracer.evidence_of(figure)
            for record in figure["records"]:
                items = proofs.get(record["id"], ())
                rows.append(
                    (
                        *head,
                        RECORD_TYPES.get(record["type"], record["type"]),
                        record["title"],
                        record["date"],
                        self._number(items[0].number, "、".join(item.number for item in items))
                        if items
                        else None,
                        "\n".join(_files_of(item) for item in items),
                        how,
                        as_of,
                    )
                )
            if not figure["records"]:
                rows.append((*head, None, "没有记录", None, None, None, how, as_of))
        return lines, rows

    # ---------------------------------------------------------------- tables of the report
    def _table(self, table: Table):
        """Columns and rows of a table: without page numbers, with its subheadings as a column of their own."""
        places = [place for place, column in enumerate(table.columns) if not column.paged]
        columns = [table.columns[place] for place in places]
        grouped = any(isinstance(row, Group) for row in table.rows)
        if grouped:
            taken = {column.head for column in columns}
            columns.insert(
                0, Column(next(head for head in ("类别", "分组", "小标题") if head not in taken), 10)
            )
        rows, group = [], None
        for row in table.rows:
            if isinstance(row, Group):
                group = row.text
                continue
            cells = [self._cell(row[place]) for place in places]
            rows.append([group, *cells] if grouped else cells)
        return columns, rows

    def _cell(self, cell: Cell):
        if isinstance(cell, tuple):
            spans = [span for span in cell if span != ""]
            if len(spans) == 1:
                return self._cell(spans[0])
            mark = next((span for span in spans if isinstance(span, Mark)), None)
            return self._number(mark.number, cell_text(cell)) if mark else cell_text(cell)
        if isinstance(cell, Figure):
            value, pattern = _number_and_pattern(cell)
            line = self.keys.get(cell.key)
            return Entry(value, place_of(self.trace, line) if line else "", pattern)
        if isinstance(cell, Mark):
            return self._number(cell.number)
        return cell if isinstance(cell, int | Decimal) else cell_text(cell)

    def _number(self, number, text=""):
        """An evidence number, leading to its files."""
        line = self.numbers.get(number)
        return Entry(text or number, place_of(self.evidence, line) if line else "")


@dataclass
class _Sheet:
    """A table with what stands around it. title: of its section or appendix, and its own; note: what stands below."""

    table: Table
    title: str
    landscape: bool
    note: str = ""


def _sheets(document: Document) -> list[_Sheet]:
    """The tables of a report in order."""
    sheets, appendix, title, caption, landscape = [], "", "", "", False  # title: of the section or appendix
    below = None  # the table whose notes come next
    for block in document.blocks:
        match block:
            case NewPage():
                landscape, below, caption = block.landscape, None, ""
            case Text(role="appendix"):
                appendix = block.text
            case Text(role="appendix_title" | "heading1"):
                title, below, caption = block.text, None, ""
            case Text(role="caption"):
                caption, below = block.text, None
            case Text(role="note") if below:
                below.note += block.text
            case Table():
                parts = (appendix, title, caption or ("" if appendix else block.name))
                around = " ".join(part.replace("\n", "") for part in parts if part)
                below = _Sheet(block, around, landscape)
                sheets.append(below)
    return sheets


def _is_index(table: Table) -> bool:
    """Whether it is the index of evidence, known by the pages it names: our own sheet of it says more."""
    return any(isinstance(cell, PageOf) for row in table.rows if isinstance(row, tuple) for cell in row)


def _files_of(item: Evidence) -> str:
    """The names of a record's files in the pack."""
    names = "\n".join(file.path.rpartition("/")[2] for file in item.shown)
    return names or (NO_CONSENT if item.files else MISSING)


def _number_of(figure):
    """The number of a frozen figure, as a number where it is one."""
    value = figure["value"]
    if figure["denominator"] is not None or value is None:
        return figure["display"]
    return Entry(Decimal(value), "", MONEY) if isinstance(value, str) else Entry(value, "", WHOLE)


def _number_and_pattern(figure: Figure):
    """The number of a figure and the format that shows it as it is printed: 17 as 17名. No number: its text."""
    value = figure.value
    if value is None:
        return figure.text, ""
    pattern = MONEY if isinstance(value, Decimal) else WHOLE
    for plain, shown in ((f"{value:,.2f}" if pattern is MONEY else f"{value:,}", pattern), (f"{value}", "0")):
        before, found, after = figure.text.partition(plain)
        if found and '"' not in before + after:
            return value, "".join(part for part in (_quoted(before), shown, _quoted(after)) if part)
    return value, pattern


def _quoted(text):
    return f'"{text}"' if text else ""

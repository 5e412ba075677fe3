"""Records → a workbook, and the empty form. The same records give the same bytes, whatever their ids."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Collection, Mapping

import xlsxwriter

from branch.models import CertificationType
from exchange.workbook import cells, links
from exchange.workbook.plan import cells_of
from exchange.workbook.planning import GUIDE
from exchange.workbook.sheets import EXTRA, SHEETS
from exchange.workbook.text import join_pairs
from outcomes.fields import DETAILS
from outcomes.models import OutcomeKind
from reports.figures.families import FAMILIES, Vocabulary

LONGEST_CELL = 32_000  # Excel holds 32,767 UTF-16 units; what is longer goes on in 其他信息2, 其他信息3, …
_LISTED_ROWS = 5_000  # rows with drop-downs
_WORDS = "词表"  # hidden: vocabularies too long for a drop-down of their own
_LONGEST_LIST = 255
_EXTRA_WIDTH, _GUIDE_WIDTH = 30, 100
_LINE, _TALLEST = 15, 6  # the height of a line; the most lines a row is made tall for
_CREATED = dt.datetime(2024, 7, 1)  # fixed, so that equal records give equal files
_FONT = {"font_name": "宋体", "font_size": 11}

_GUIDE = [
    ("怎样填写", None),
    ("每张工作表是一类记录，第一行是表头，从第二行起一行一条。列的顺序随意，选填列可以删去，不能添加别的列。", ""),
    ("深红底的表头必填，灰底的选填。空着表示不知道；导入时空格不会清掉系统里已有的内容。", ""),
    ("同一份文件可以反复导入：没有改动的记录保持原样。按下列各项认出同一条记录：", ""),
    ("　党员按工号；认证按工号、认证类型、方向、通过日期；联建单位按名称；协议、活动、成果按编号；", ""),
    ("　计划按协议编号、序号；反馈按活动编号、身份、内容；目标按年度、指标。", ""),
    ("全部正确才会写入；有一处错误就什么都不写，并逐格指出错在哪里。", ""),
    ("各种内容怎样写", None),
    ("日期", "2024-06-01；不知道日写 2024-06，不知道月写 2024。"),
    ("时间", "2024-06-01 14:30；不知道时刻只写日期。"),
    ("多个名称", "用“、”或“;”隔开。名称里本来就有顿号、分号的，在它前面加一个反斜杠：甲\\、乙。"),
    ("人员", "写姓名。重名的写 姓名#工号，例如 张三#1001；与党员重名的外单位人员写 张三#。"),
    ("完成人", "按顺序写，可以带角色：张三(主持)。角色有：主持、参与、牵头、通讯、主编、副主编、参编、指导。"),
    ("联建单位", "可以写正式名称或别名，导出时都写正式名称。"),
    ("金额", "单位是元，最多两位小数。人数、人次、序号是整数。"),
    ("长数字", "工号、证书编号、专利号等都是文本格式；Excel 只能记住 15 位数字，请不要改成数值格式。"),
    ("公式", "不予导入，请改为数值或文字。合并的单元格请先取消合并。"),
    ("其他信息", "没有单独一列的内容写成 键=值，多个用“;”隔开，例如 应到=17;实到=16。"),
    ("", "值里的分号前面加反斜杠，换行写 \\n。可以用的键列在下面；写别的键也会原样保存。竖线分开一个值的几个部分。"),
]  # fmt: skip
_SECRET = "涉密内容不得填入本表。表中含个人信息，请妥善保管，用后删除。"


def render(planner, *, empty: bool = False, chosen: dict[str, set[int]] | None = None) -> bytes:
    """The workbook of the planner's branch. Arguments: empty, without the records; chosen, of these sheets these
    records alone, by id, the others hidden and empty: an import wants all sheets to be there."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "@",
        },
    )
    name = planner.organisation.name
    book.set_properties({"title": f"{name}台账", "author": name, "created": _CREATED})
    if chosen is None:
        chosen = {sheet.name: () if empty else planner.known[sheet.name] for sheet in SHEETS}
    _Writer(book, planner).write(chosen)
    book.close()
    return buffer.getvalue()


class _Writer:
    def __init__(self, book, planner):
        self.book, self.planner = book, planner
        wrapped = {**_FONT, "valign": "top", "text_wrap": True}
        self.text = book.add_format({**wrapped, "num_format": "@"})
        self.whole = book.add_format({**wrapped, "num_format": "0"})
        self.amount = book.add_format({**wrapped, "num_format": "0.00"})
        self.number = book.add_format({**wrapped, "num_format": "General"})
        head = {
            **_FONT,
            "bold": True,
            "valign": "vcenter",
            "border": 1,
            "border_color": "#D9D4CC",
            "text_wrap": True,
        }
        self.required = book.add_format({**head, "font_color": "#FFFFFF", "bg_color": "#9B1C1C"})
        self.optional = book.add_format({**head, "font_color": "#333333", "bg_color": "#EDEAE4"})
        self.title = book.add_format({**_FONT, "font_size": 16, "bold": True, "font_color": "#9B1C1C"})
        self.heading = book.add_format(
            {**_FONT, "font_size": 12, "bold": True, "top": 1, "top_color": "#D9D4CC"}
        )
        self.plain = book.add_format(wrapped)
        self.warning = book.add_format({**_FONT, "bold": True, "font_color": "#9B1C1C"})

    def write(self, chosen: Mapping[str, Collection[int]]) -> None:
        guide = self.book.add_worksheet(GUIDE)
        worksheets = [self.book.add_worksheet(sheet.name) for sheet in SHEETS]
        self.words = self.book.add_worksheet(_WORDS)
        self.words.hide()
        self.lists: dict[tuple[str, ...], str] = {}
        self._guide(guide)
        for sheet, worksheet in zip(SHEETS, worksheets, strict=True):
            self._sheet(sheet, worksheet, _records(sheet, self.planner, chosen.get(sheet.name, ())))
            if sheet.name not in chosen:
                worksheet.hide()
        first = next(place for place, sheet in enumerate(SHEETS) if sheet.name in chosen)
        worksheets[first].activate()

    # ---------------------------------------------------------------- sheets
    def _sheet(self, sheet, worksheet, records) -> None:
        rows = [_fitted(sheet, *cells_of(sheet, data, self.planner)) for data in records]
        extras = max([len(chunks) for _, chunks in rows], default=0) or 1
        formats = [self._format(column.kind) for column in sheet.columns]
        for place, column in enumerate(sheet.columns):
            worksheet.set_column(
                place, place, max(column.kind.width, _width(column.header) + 2), formats[place]
            )
            worksheet.write_string(
                0, place, column.header, self.required if column.required else self.optional
            )
            if column.note:
                worksheet.write_comment(0, place, column.note, {"author": "", "x_scale": 1.6, "y_scale": 0.8})
            self._drop_down(worksheet, place, column)
        for number in range(extras):
            place = len(sheet.columns) + number
            worksheet.set_column(place, place, _EXTRA_WIDTH, self.text)
            worksheet.write_string(0, place, EXTRA + (str(number + 1) if number else ""), self.optional)
        for line, (row, chunks) in enumerate(rows, start=1):
            lines = max(
                [_lines(value, column.kind.width) for value, column in zip(row, sheet.columns, strict=True)]
                + [_lines(chunk, _EXTRA_WIDTH) for chunk in chunks]
            )
            if lines > 1:  # Excel would find the height by itself, LibreOffice would not
                worksheet.set_row(line, _LINE * min(lines, _TALLEST))
            for place, value in enumerate(row):
                if value is None:
                    continue
                if isinstance(value, str):
                    worksheet.write_string(line, place, value, formats[place])
                else:
                    worksheet.write_number(line, place, value, formats[place])
            for number, chunk in enumerate(chunks):
                worksheet.write_string(line, len(sheet.columns) + number, chunk, self.text)
        worksheet.freeze_panes(1, 1)
        worksheet.set_row(0, 24)
        worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.fit_to_pages(1, 0)
        worksheet.repeat_rows(0)

    def _format(self, kind):
        if kind.is_text:
            return self.text
        if isinstance(kind, cells.Amount):
            return self.amount if kind.decimals == 2 else self.number
        return self.whole

    def _drop_down(self, worksheet, place, column) -> None:
        kind, strict = column.kind, True
        if isinstance(kind, cells.Choice):
            words, strict = list(self.planner.words(kind)), not isinstance(kind, cells.Choices)
        elif isinstance(kind, cells.Flag):
            words = ["是", "否"]
        elif column.field == "type_name":
            words, strict = self._types(), False
        elif isinstance(kind, links.FigureKey):
            words, strict = [question.key for question in self._questions()], False
        else:
            return
        if words:
            worksheet.data_validation(
                1,
                place,
                _LISTED_ROWS,
                place,
                {
                    "validate": "list",
                    "source": self._source(tuple(words)),
                    "show_error": strict,
                    "error_title": column.header,
                    "error_message": "请从下拉列表中选择",
                },
            )

    def _source(self, words: tuple[str, ...]):
        if len(",".join(words)) <= _LONGEST_LIST and not any("," in word for word in words):
            return list(words)
        if words not in self.lists:
            place = len(self.lists)
            for line, word in enumerate(words):
                self.words.write_string(line, place, word)
            letter = xlsxwriter.utility.xl_col_to_name(place)
            self.lists[words] = f"={_WORDS}!${letter}$1:${letter}${len(words)}"
        return self.lists[words]

    # ---------------------------------------------------------------- the guide
    def _guide(self, worksheet) -> None:
        worksheet.set_column(0, 0, 24)
        worksheet.set_column(1, 1, _GUIDE_WIDTH)
        worksheet.hide_gridlines(2)
        worksheet.write_string(
            0, 0, "支部台账", self.title
        )  # no branch's name: another's export of the same is equal
        worksheet.set_row(0, 30)
        worksheet.write_string(1, 0, _SECRET, self.warning)
        line = 2
        for left, right in _GUIDE:
            if right is None:
                line += 1
                worksheet.write_string(line, 0, left, self.heading)
                worksheet.write_blank(line, 1, None, self.heading)
            elif right == "":
                worksheet.write_string(line, 0, left)
            else:
                self._pair(worksheet, line, left, right)
            line += 1
        for sheet in SHEETS:
            keys = "；".join(f"{key.header}（{key.note}）" if key.note else key.header for key in sheet.keys)
            self._pair(worksheet, line, sheet.name, keys)
            line += 1
            for kind in OutcomeKind.objects.all() if sheet.name == "成果" else ():
                if own := DETAILS.get(kind.code):
                    self._pair(worksheet, line, f"　{kind.name}", "；".join(own))
                    line += 1
        line += 1
        worksheet.write_string(line, 0, "“目标”表可以用的指标", self.heading)
        worksheet.write_blank(line, 1, None, self.heading)
        for question in self._questions():
            line += 1
            self._pair(worksheet, line, question.label, question.key)
        worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.fit_to_pages(1, 0)

    def _pair(self, worksheet, line, left, right) -> None:
        worksheet.write_string(line, 0, left, self.plain)
        worksheet.write_string(line, 1, right, self.plain)
        worksheet.set_row(line, _LINE * _lines(right, _GUIDE_WIDTH))

    def _types(self) -> list[str]:
        """The certification types the branch may see."""
        known = CertificationType.objects.known_to([self.planner.organisation])
        return list(known.values_list("name", flat=True))

    def _questions(self):
        vocabulary = Vocabulary(self._types())
        return [question for family in FAMILIES for question in family.questions(vocabulary)]


def _records(sheet, planner, chosen) -> list[dict]:
    known = planner.known[sheet.name]
    return sorted((known[pk].data for pk in chosen if pk in known), key=sheet.order)


def _fitted(sheet, row: list, pairs: list) -> tuple[list, list[str]]:
    """A row with its 其他信息 in pieces; what is too long for its own cell stands there under the column's name."""
    row = list(row)
    for place, value in enumerate(row):
        if isinstance(value, str) and _units(value) > LONGEST_CELL:
            pairs, row[place] = [*pairs, (sheet.columns[place].header, value)], None
    return row, _pieces(join_pairs(pairs))


def _pieces(text: str) -> list[str]:
    pieces, start = [], 0
    while start < len(text):
        end = start + LONGEST_CELL
        while _units(text[start:end]) > LONGEST_CELL:
            end -= max(1, (_units(text[start:end]) - LONGEST_CELL + 1) // 2)
        pieces.append(text[start:end])
        start = end
    return pieces


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _lines(value, width: int) -> int:
    """How many lines a value takes in a column of this width."""
    if not isinstance(value, str):
        return 1
    return sum(-(-_width(line) // width) or 1 for line in value.split("\n"))


def _width(text: str) -> int:
    """In columns of a spreadsheet: a Chinese character is two wide."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)

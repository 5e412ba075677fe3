import dataclasses
import datetime as dt
import io
import json
import re
import time
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openxml_audit import OpenXmlValidator

from reports.document import Column, Document, Evidence, Figure, File, Group, Mark, PageOf, Table
from reports.figures.definitions import definition
from reports.render import OUTPUTS, excel
from reports.render.workbook import legal
from tests.documents import sample

pytestmark = pytest.mark.pure


def rendered(compiled) -> bytes:
    """The bytes of the workbook."""
    stream = io.BytesIO()
    excel.write(compiled, stream)
    return stream.getvalue()


def opened(compiled):
    """The workbook, opened again."""
    return openpyxl.load_workbook(io.BytesIO(rendered(compiled)), rich_text=False)


def with_tables(*tables, evidence=(), figures=()):
    """A report of these tables."""
    compiled = sample()
    document = Document(compiled.document.title, compiled.document.author, compiled.document.day)
    document.blocks += tables
    document.evidence = list(evidence)
    compiled.frozen.figures["figures"] = list(figures)
    return dataclasses.replace(compiled, document=document)


def cells_of(sheet):
    """Its rows as values."""
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def link_of(cell):
    """The place a cell leads to."""
    return cell.hyperlink.location if cell.hyperlink else None


def cell_at(book, location):
    """The cell a link leads to: of a sheet that is there."""
    sheet, cell = re.fullmatch(r"'(.+)'!(A\d+)", location).groups()
    return book[sheet.replace("''", "'")][cell]


@pytest.fixture(scope="module")
def book():
    return opened(sample())


def test_it_is_offered_after_word_and_before_the_figures():
    names = [output.name for output in OUTPUTS]
    assert [name for name in names if name != "report.pdf"] == [
        "report.docx",
        "report.xlsx",
        "evidence.zip",
        "figures.json",
    ]
    assert {output.name: output.label for output in OUTPUTS}["report.xlsx"] == "数字对照表"


# ---------------------------------------------------------------- sheets
def test_each_table_is_a_sheet_between_the_guide_and_where_the_numbers_come_from(book):
    assert book.sheetnames == ["说明", "指标", "活动", "数字一览", "数据溯源", "佐证"]
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((None, 0), (1, 0))
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.oddFooter.center.text == "— 第 &P 页 —"
    assert book["活动"].page_setup.orientation == "landscape"
    assert book["指标"].page_setup.orientation in (None, "portrait", "default")
    assert book["活动"].oddHeader.center.text == "附件2 活动一览"


def test_the_guide_says_whose_report_it_is_and_leads_to_every_sheet(book):
    guide = book["说明"]
    rows = {row[0].value: row for row in reversed(list(guide.iter_rows())) if row[0].value}
    assert guide["A1"].value == "教师第一党支部2024年度“强国行”专项行动进展报告"
    assert rows["支部"][1].value == "教师第一党支部"
    assert rows["统计区间"][1].value == "2024-01-01 至 2024-12-31（2024年度）"
    assert rows["统计时点"][1].value == "2024-12-31"
    assert rows["校验码"][1].value == "0" * 64
    for name in book.sheetnames[1:]:
        assert cell_at(book, link_of(rows[name][0])).parent.title == name
    assert "各任务线场次之和可大于活动总数" in rows["指标"][1].value


def test_sheet_names_are_legal_and_unlike_each_other():
    columns = (Column("甲", 1),)
    names = [
        "活动",
        "活动",
        "a/b[1]:*?\\",
        "'引号'",
        "",
        "History",
        "党" * 40,
        "党" * 40,
        "𠮷" * 20,
        "数据溯源",
        "ABC",
        "abc",
    ]
    book = opened(with_tables(*(Table(name, columns, (("一",),)) for name in names)))
    assert len({name.casefold() for name in book.sheetnames}) == len(names) + 4
    for name in book.sheetnames:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set("[]:*?/\\") & set(name)
        assert name.strip("'") == name
    assert book.sheetnames[1:3] == ["活动", "活动(2)"]
    assert "数据溯源(2)" in book.sheetnames


# ---------------------------------------------------------------- cells
def test_groups_become_a_column_so_that_filters_keep_them(book):
    rows = cells_of(book["指标"])
    assert rows[0] == ["类别", "指标", "单位", "目标", "完成", "完成率", "上年"]
    assert [row[:2] for row in rows[1:]] == [
        ["综合", "活动"],
        ["科技赋能", "HCIP 持证率"],
        ["科技赋能", "纵向课题经费"],
    ]


def test_cells_have_the_type_of_what_they_hold(book):
    sheet = book["指标"]
    first, ratio, funds = list(sheet.iter_rows(min_row=2))
    assert (first[4].value, first[4].number_format) == (59, "#,##0")
    assert (first[3].value, first[3].number_format) == (10, "#,##0.00")
    assert first[5].value == "590.0%"
    assert ratio[4].value == "16/17(94.1%)"
    assert (funds[4].value, funds[4].number_format) == (120000, "#,##0.00")
    assert (funds[6].value, funds[6].number_format) == (0.5, "#,##0.00")
    assert funds[3].value == "—"
    activity = list(book["活动"].iter_rows(min_row=2))[4]
    assert activity[0].value == 5
    assert (activity[1].value, activity[1].number_format) == (dt.datetime(2024, 6, 5), "yyyy-mm-dd")
    assert (activity[3].value, activity[3].data_type) == (185, "n")
    assert activity[4].value == "2-05"


def test_a_figure_is_a_number_that_looks_as_it_is_printed():
    shown = [
        (Figure("k", "17名", 17), 17, '#,##0"名"'),
        (Figure("k", "1120人次", 1120), 1120, '0"人次"'),
        (Figure("k", "1,120", 1120), 1120, "#,##0"),
        (Figure("k", "12万元", Decimal("120000.00")), 120000, "#,##0.00"),
        (Figure("k", "120,000.00元", Decimal("120000.00")), 120000, '#,##0.00"元"'),
        (Figure("k", '"17', 17), 17, "#,##0"),
    ]
    rows = tuple((figure,) for figure, *_ in shown)
    sheet = opened(with_tables(Table("表", (Column("数", 1, "number"),), rows)))["表"]
    assert [(row[0].value, row[0].number_format) for row in sheet.iter_rows(min_row=2)] == [
        (value, pattern) for _, value, pattern in shown
    ]


def test_partial_dates_and_numbers_of_things_stay_text():
    columns = (Column("日期", 1, "date"), Column("号码", 1), Column("数", 1, "number"))
    rows = (
        ("2024-06", "202210123456", 999_999_999_999_999),
        ("2024", "0012", 1_000_000_000_000_000),
        ("2024年6月1日", "=1+1", Decimal("12345678901234.56")),
        ("1900-01-01", "'x", Decimal("-0.10")),
        ("2024-02-29", "@SUM(A1)", 0),
        ("2023-02-29", "12345678901234567890", 1),
        ("1899-12-31", "1e5", 2),
    )
    sheet = opened(with_tables(Table("表", columns, rows)))["表"]
    found = cells_of(sheet)[1:]
    assert [row[0] for row in found[:3]] == ["2024-06", "2024", "2024年6月1日"]
    assert found[4][0] == dt.datetime(2024, 2, 29)
    assert [row[0] for row in found[5:]] == ["2023-02-29", "1899-12-31"]
    assert [row[1] for row in found[:5]] == ["202210123456", "0012", "=1+1", "'x", "@SUM(A1)"]
    assert [row[1] for row in found[5:]] == ["12345678901234567890", "1e5"]
    assert all(row[1].data_type == "s" for row in sheet.iter_rows(min_row=2))
    assert [row[2] for row in found] == [
        999_999_999_999_999,
        "1,000,000,000,000,000",
        "12,345,678,901,234.56",
        -0.1,
        0,
        1,
        2,
    ]


@given(st.lists(st.text(st.characters(), max_size=40), min_size=1, max_size=5))
@example(["\x1f"])
@example(['&&P&"宋体"24'])
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_as_it_was_but_for_what_xml_cannot_hold(texts):
    rows = tuple((text, text) for text in texts)
    compiled = with_tables(Table(texts[0], (Column(texts[0], 1), Column("日期", 1, "date")), rows))
    sheet = opened(compiled).worksheets[1]
    found = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert [unescape(text) for text in found] == [legal(text) or "—" for text in texts]


def test_nothing_is_a_formula_or_an_address_outside():
    hostile = [
        "=1+1",
        "+1",
        "-1",
        "@x",
        '=HYPERLINK("http://x")',
        "http://example.org/",
        "file:///etc/passwd",
        "a@b.cn",
    ]
    compiled = with_tables(
        Table(
            "=表", tuple(Column(text, 1) for text in hostile), (tuple(hostile), Group("=2+2"), tuple(hostile))
        )
    )
    with zipfile.ZipFile(io.BytesIO(rendered(compiled))) as package:
        for name in package.namelist():
            body = package.read(name).decode()
            assert "<f>" not in body
            assert 'TargetMode="External"' not in body
    assert cells_of(opened(compiled)["=表"])[1][1:] == hostile


def test_text_that_no_file_may_hold_is_cleaned_and_cut():
    texts = [
        "a\x00b\x0b\ufffe\uffffc",
        "一\ud800二",
        "行一\n行二\t尾",
        "党" * 40_000,
        "𠮷" * 20_000,
        "_x000D_",
    ]
    sheet = opened(with_tables(Table("表\x01", (Column("列\x02", 1),), tuple((text,) for text in texts))))[
        "表"
    ]
    found = [row[0] for row in cells_of(sheet)]
    assert found[:4] == ["列", "abc", "一二", "行一\n行二\t尾"]
    assert found[4] == "党" * 32_766 + "…"
    assert found[5] == "𠮷" * 16_383 + "…"
    with zipfile.ZipFile(
        io.BytesIO(rendered(with_tables(Table("表", (Column("列", 1),), ((texts[5],),)))))
    ) as package:
        assert "_x005F_x000D_" in package.read("xl/sharedStrings.xml").decode()


def test_page_numbers_are_left_out():
    table = Table("表", (Column("甲", 1), Column("页", 1, "number", paged=True)), (("一", None),))
    assert cells_of(opened(with_tables(table))["表"]) == [["甲"], ["一"]]


def test_a_table_without_rows_has_its_head():
    sheet = opened(with_tables(Table("表", (Column("甲", 1),), ())))["表"]
    assert cells_of(sheet) == [["甲"]]
    assert sheet.auto_filter.ref is None


def test_columns_are_as_wide_as_chinese_needs_and_long_text_makes_tall_rows():
    rows = (("十个字的标题就是这样", "短"), ("长" * 60, "短"))
    sheet = opened(with_tables(Table("表", (Column("标题", 1), Column("备注", 1)), rows)))["表"]
    assert 20 <= sheet.column_dimensions["A"].width <= 50
    assert sheet.row_dimensions[3].height >= 3 * 15
    assert sheet.row_dimensions[2].height is None
    assert sheet["A3"].alignment.wrap_text


# ---------------------------------------------------------------- links
def test_every_figure_leads_to_its_first_record(book):
    trace = book["数据溯源"]
    cell = book["指标"]["E2"]
    target = cell_at(book, link_of(cell))
    assert target.parent is trace
    assert trace.cell(target.row, 2).value == "activities.total"
    assert trace.cell(target.row - 1, 2).value == "members.total"
    labels = {row[1].value: row[0] for row in book["数字一览"].iter_rows(min_row=2)}
    for key, label in labels.items():
        assert trace.cell(cell_at(book, link_of(label)).row, 2).value == key


def test_every_evidence_number_leads_to_its_files(book):
    for sheet, place in (("活动", 4), ("数据溯源", 7)):
        linked = [row[place] for row in book[sheet].iter_rows(min_row=2) if row[place].hyperlink]
        assert linked
        for cell in linked:
            assert cell_at(book, link_of(cell)).value == cell.value


def test_a_sheet_never_has_more_links_than_excel_opens():
    count = 65_600
    evidence = [Evidence("activity:1", "1-01", 1, "党建联建", "事", "", ())]
    table = Table("表", (Column("佐证", 1),), ((Mark("1-01"),),) * count)
    with zipfile.ZipFile(io.BytesIO(rendered(with_tables(table, evidence=evidence)))) as package:
        sheet = package.read("xl/worksheets/sheet2.xml")
    assert sheet.count(b"<row ") == count + 1
    assert 60_000 < sheet.count(b"<hyperlink ") <= 65_530


# ---------------------------------------------------------------- where numbers come from
def test_trace_has_a_row_for_each_figure_and_record(book):
    compiled = sample()
    rows = cells_of(book["数据溯源"])
    head, rows = rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert head == [
        "指标",
        "代码",
        "数值",
        "单位",
        "记录类型",
        "记录",
        "记录日期",
        "佐证编号",
        "佐证文件",
        "口径",
        "统计时点",
    ]
    figures = {figure["key"]: figure for figure in compiled.frozen.figures["figures"]}
    assert {row["代码"] for row in rows} == set(figures)
    assert len(rows) == sum(len(figure["records"]) or 1 for figure in figures.values())
    for row in rows:
        assert row["口径"] == definition(row["代码"])
        assert row["统计时点"] == dt.datetime(2024, 12, 31)
    activities = [row for row in rows if row["代码"] == "activities.total"]
    assert activities[0]["数值"] == 59
    assert activities[0]["记录类型"] == "活动"
    assert activities[0]["记录日期"] == dt.datetime(2024, 2, 5)
    assert (activities[0]["佐证编号"], activities[0]["佐证文件"]) == ("2-01", "2-01-1_照片.jpg")
    assert (activities[3]["佐证编号"], activities[3]["佐证文件"]) == ("2-04", "缺")
    by_key = {row["代码"]: row for row in rows}
    assert by_key["members.total"]["佐证编号"] == "—"
    assert by_key["outcomes.paper"]["记录"] == "=HYPERLINK(1)"
    assert by_key["outcomes.paper"]["记录日期"] == "2024-06"
    assert (by_key["outcomes.platform"]["数值"], by_key["outcomes.platform"]["记录"]) == (0, "没有记录")
    assert by_key["outcomes.funds:vertical"]["数值"] == 120000
    assert by_key["certifications.ratio:HCIP"]["数值"] == "16/17(94.1%)"


def test_a_holder_is_proved_by_the_certificates_that_are_in_force():
    compiled = sample()
    figure = next(
        row for row in compiled.frozen.figures["figures"] if row["key"] == "certifications.ratio:HCIP"
    )
    figure["records"] = [{"type": "member", "id": number, "title": "某人", "date": None} for number in (1, 2)]
    ends = {"first": "2024-12-31", "last": "2024-12-31"}
    known = [
        (1, 1, "HCIP", "verified", {"first": "2024-12-30", "last": "2024-12-30"}),
        (2, 1, "HCIP", "verified", ends),
        (3, 1, "HCIP", "verified", None),
        (4, 1, "HCIA", "verified", None),
        (5, 1, "HCIP", "submitted", None),
        (6, 2, "HCIA", "verified", None),
    ]
    fields = ("id", "member", "type", "status", "valid_until")
    compiled.frozen.material["certifications"] = {
        "rows": [dict(zip(fields, row, strict=True)) for row in known]
    }
    compiled.document.evidence = [
        Evidence(f"certification:{number}", f"3-0{number}", 3, "科技赋能", "证书", "2024", ())
        for number in range(1, 7)
    ]
    book = opened(compiled)
    rows = [row for row in book["数据溯源"].iter_rows() if row[1].value == "certifications.ratio:HCIP"]
    assert [(row[7].value, row[8].value) for row in rows] == [("3-02、3-03", "缺\n缺"), ("—", "—")]
    assert link_of(rows[0][7]) == "'佐证'!A3"


def test_a_table_in_the_text_is_told_with_its_section():
    document = Document("题", "支部", "2024-12-31")
    document.add("heading1", "一、党建联建")
    document.blocks.append(Table("承诺兑现", (Column("甲", 1),), (("一",),)))
    document.add("caption", "表2 另一张")
    document.blocks.append(Table("乙", (Column("甲", 1),), (("一",),)))
    book = opened(dataclasses.replace(sample(), document=document))
    assert book["承诺兑现"].oddHeader.center.text == "一、党建联建 承诺兑现"
    assert book["乙"].oddHeader.center.text == "一、党建联建 表2 另一张"


def test_evidence_has_a_row_for_each_file_and_one_for_what_is_missing(book):
    rows = cells_of(book["佐证"])
    assert rows[0] == ["编号", "章节", "记录", "日期", "材料", "原文件名", "在佐证包中的位置", "大小（字节）"]
    assert len(rows) == 61
    assert rows[1][:3] == ["2-01", "2 教育服务", "第1场活动"]
    assert rows[1][6] == "2_教育服务/2-01_第1场活动/2-01-1_照片.jpg"
    assert rows[4] == ["2-04", "2 教育服务", "第4场活动", dt.datetime(2024, 5, 5), "缺", "—", "—", "—"]


def test_a_record_with_several_files_has_several_rows():
    files = tuple(
        File("0" * 64, 1, "image/png", "照片", f"{n}.png", "", f"1_党建联建/1-01_事/1-01-{n}_照片.png")
        for n in (1, 2)
    )
    evidence = [
        Evidence("activity:1", "1-01", 1, "党建联建", "事", "", files),
        Evidence("activity:2", "1-02", 1, "党建联建", "另一件", "2024-05", files[:1]),
    ]
    table = Table(
        "表",
        (Column("佐证", 1),),
        ((Mark("1-02"),), ((Mark("1-01"), "、", Mark("1-02")),), ((Mark("1-01"),),)),
    )
    book = opened(with_tables(table, evidence=evidence))
    assert [row[0] for row in cells_of(book["佐证"])[1:]] == ["1-01", "1-01", "1-02"]
    assert [link_of(row[0]) for row in book["表"].iter_rows(min_row=2)] == [
        "'佐证'!A4",
        "'佐证'!A2",
        "'佐证'!A2",
    ]
    assert [row[0] for row in cells_of(book["表"])[1:]] == ["1-02", "1-01、1-02", "1-01"]


def test_only_the_index_of_evidence_is_replaced_by_ours():
    index = Table("佐证", (Column("编号", 1), Column("页", 1, paged=True)), ((Mark("1-01"), PageOf("1-01")),))
    other = Table("佐证", (Column("编号", 1),), (("别的",),))
    assert opened(with_tables(index, other)).sheetnames == ["说明", "佐证(2)", "数字一览", "数据溯源", "佐证"]


# ---------------------------------------------------------------- the file
def test_same_report_same_bytes():
    assert rendered(sample()) == rendered(sample())


def test_properties_are_the_branch_and_the_last_day(book):
    about = book.properties
    assert (about.creator, about.title) == (
        "教师第一党支部",
        "教师第一党支部2024年度“强国行”专项行动进展报告",
    )
    assert about.created == about.modified == dt.datetime(2024, 12, 31)


def test_an_audit_finds_nothing_that_an_empty_workbook_has_not(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "empty.xlsx") as empty:
        empty.add_worksheet("一")
    (tmp_path / "report.xlsx").write_bytes(rendered(sample()))
    assert _faults(tmp_path / "report.xlsx") <= _faults(tmp_path / "empty.xlsx")


def _faults(path):
    result = OpenXmlValidator(max_errors=100_000).validate(path)
    return {(error.id, re.sub(r"\d+", "", error.description)) for error in result.errors}


def test_work_can_be_stopped():
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rendered(dataclasses.replace(sample(), tick=stop))


def test_thousands_of_rows_are_quick():
    compiled = sample()
    records = [
        {"type": "activity", "id": n, "title": f"第{n}场活动", "date": "2024-05-11"} for n in range(1_000)
    ]
    figure = compiled.frozen.figures["figures"][1]
    figures = [{**figure, "key": f"activities.kind:{n}", "records": records} for n in range(8)]
    compiled.frozen.figures["figures"][:] = json.loads(json.dumps(figures))
    begun = time.process_time()
    content = rendered(compiled)
    assert time.process_time() - begun < 10
    assert openpyxl.load_workbook(io.BytesIO(content), read_only=True)["数据溯源"].max_row == 8_001

"""What a cell means: dates in every dress, numbers, texts, people; and how the XML says it."""

import datetime as dt
import io

import openpyxl
import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from branch.models import Member
from core.dates import PartialDate
from exchange.services import export_workbook, import_workbook, plan_import
from exchange.workbook import cells, xlsx
from exchange.workbook.xlsx import Cell
from outcomes.models import Outcome
from tests.factories import OrganisationFactory
from tests.workbooks import build, part, repacked, saved, small


def read_one(write):
    """The cell A1 of a sheet after write(sheet)."""
    book = openpyxl.Workbook()
    write(book.active)
    (sheet,) = xlsx.read(saved(book), {"Sheet"})
    return sheet.rows.get(1, {}).get(1)


def dated(value, number_format):
    def write(sheet):
        sheet["A1"] = value
        sheet["A1"].number_format = number_format

    return read_one(write)


# ---------------------------------------------------------------- true dates
@pytest.mark.parametrize(
    ("number_format", "meaning"),
    [
        ("yyyy-mm-dd", "2024-06-01"),
        ("mm-dd-yy", "2024-06-01"),
        ('yyyy"年"m"月"d"日"', "2024-06-01"),
        ("[$-804]yyyy/m/d dddd", "2024-06-01"),
        ('m"月"d"日"', "2024-06-01"),
        ("yyyy-mm", "2024-06"),
        ('yyyy"年"m"月"', "2024-06"),
        ('[DBNum1][$-804]yyyy"年"m"月";@', "2024-06"),
        ("mmm-yy", "2024-06"),
        ("yyyy", "2024-06"),
    ],
)
def test_true_date_is_a_month_where_its_format_shows_no_day(number_format, meaning):
    assert str(cells.Date().read(dated(dt.date(2024, 6, 1), number_format), None)) == meaning


@pytest.mark.parametrize(
    ("identifier", "shows_day"), [(14, True), (31, True), (57, False), (27, False), (58, True)]
)
def test_date_formats_that_chinese_excel_stores_by_number(identifier, shows_day):
    data = build()
    styles = part(data, "xl/styles.xml").replace(b'numFmtId="0"', b'numFmtId="%d"' % identifier)
    sheet = part(data, "xl/worksheets/sheet1.xml").replace(
        b"</sheetData>", b'<row r="9"><c r="G9" s="0"><v>45444</v></c></row></sheetData>'
    )
    found = xlsx.read(repacked(data, {"xl/styles.xml": styles, "xl/worksheets/sheet1.xml": sheet}), {"党员"})
    assert found[0].rows[9][7] == Cell("date", dt.datetime(2024, 6, 1), shows_day)


def test_dates_counted_from_1904():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A1"] = dt.date(2024, 6, 1)
    (sheet,) = xlsx.read(saved(book), {"Sheet"})
    assert sheet.rows[1][1].value == dt.datetime(2024, 6, 1)


def test_duration_is_no_date():
    cell = dated(dt.timedelta(hours=30), "[h]:mm")
    with pytest.raises(ValidationError, match="这里要填日期"):
        cells.Date().read(cell, None)


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        (dt.datetime(2024, 6, 1, 14, 30), (dt.date(2024, 6, 1), dt.time(14, 30))),
        (dt.datetime(2024, 6, 1), (dt.date(2024, 6, 1), None)),
    ],
)
def test_true_date_as_a_time(value, meaning):
    assert cells.Moment().read(dated(value, "yyyy-mm-dd hh:mm"), None) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("2024-06-01 14:30", "2024-06-01 14:30"),
        ("2024-6-1 9:05", "2024-06-01 09:05"),
        ("2024-06-01", "2024-06-01"),
        ("2024-06-01 00:00", "2024-06-01 00:00"),
        ("2024-06-01 14:30:15", "2024-06-01 14:30:15"),
        ("２０２４－０６－０１　１４：３０", "2024-06-01 14:30"),
    ],
)
def test_time_as_text_comes_back(text, meaning):
    assert cells.Moment().show(cells.Moment().read(Cell("text", text), None), None) == meaning


@pytest.mark.parametrize(
    ("year", "right"), [(1900, True), (2100, True), (1899, False), (2101, False), (2024.5, False)]
)
def test_bare_number_is_a_year_or_refused(year, right):
    if right:
        assert cells.Date().read(Cell("number", float(year)), None) == PartialDate.of_year(int(year))
    else:
        with pytest.raises(ValidationError):
            cells.Date().read(Cell("number", float(year)), None)


# ---------------------------------------------------------------- numbers and texts
@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1001.0, "1001"),
        (1.5, "1.5"),
        (13800000000.0, "13800000000"),
        (0.1 + 0.2, "0.3"),
        (1e14, "1" + "0" * 14),
    ],
)
def test_number_as_text_is_its_digits(number, text):
    assert cells.text_of(Cell("number", number)) == text


def test_whole_float_is_a_count_and_digits_are_too():
    assert cells.Count().read(Cell("number", 120.0), None) == 120
    assert cells.Count().read(Cell("text", " 120 "), None) == 120
    assert str(cells.Amount().read(Cell("number", 0.1 + 0.2), None)) == "0.30"


@pytest.mark.parametrize("text", ["1,200", "一百", "1e3", "12人", "＋5"])
def test_words_are_no_numbers(text):
    with pytest.raises(ValidationError):
        cells.Count().read(Cell("text", text), None)


def test_text_that_begins_with_an_equals_sign_is_text():
    def write(sheet):
        sheet["A1"] = "=1+1"
        sheet["A1"].data_type = "s"

    assert read_one(write) == Cell("text", "=1+1")
    assert read_one(lambda sheet: sheet.__setitem__("A1", "=1+1")).kind == "formula"


def test_rich_text_is_its_text():
    rich = CellRichText("红", TextBlock(InlineFont(b=True), "色"), "之旅")
    assert read_one(lambda sheet: sheet.__setitem__("A1", rich)).value == "红色之旅"


def test_line_ends_and_escapes():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("Sheet")
    for row, text in enumerate(["一\r\n二", "_x000D_", "x005F_"]):
        sheet.write_string(row, 0, text)
    book.close()
    (found,) = xlsx.read(buffer.getvalue(), {"Sheet"})
    assert [cells.text_of(found.rows[row][1]) for row in (1, 2, 3)] == ["一\n二", "_x000D_", "x005F_"]


def test_nul_is_refused():
    with pytest.raises(ValidationError, match="控制字符"):
        cells.text_of(Cell("text", "甲\0乙"))


def test_inline_strings_of_other_programs_and_cells_without_addresses():
    data = build({})
    sheet = part(data, "xl/worksheets/sheet1.xml")
    start = sheet.index(b"</row>") + len(b"</row>")
    row = '<row><c t="inlineStr"><is><t>1001</t></is></c><c t="str"><v>林一</v></c></row>'.encode()
    found = xlsx.read(
        repacked(data, {"xl/worksheets/sheet1.xml": sheet[:start] + row + sheet[start:]}), {"党员"}
    )
    assert found[0].rows[2] == {1: Cell("text", "1001"), 2: Cell("text", "林一")}


def test_strict_workbooks_are_read():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    book.add_worksheet("党员").write_row(0, 0, ["工号", "姓名", 3, "甲\n乙"])
    book.close()
    data = buffer.getvalue()
    transitional = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    names = ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"]
    strict = {
        n: part(data, n).replace(transitional, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        for n in names
    }
    found = xlsx.read(repacked(data, strict), {"党员"})[0].rows
    assert found == xlsx.read(data, {"党员"})[0].rows
    assert len(found[1]) == 4


# ---------------------------------------------------------------- in a branch
@pytest.fixture
def branch(db):
    """An empty branch."""
    return OrganisationFactory(code="north", name="北楼教师党支部")


def test_staff_number_that_excel_made_a_number(branch):
    rows = small()
    for line in [*rows["党员"], *rows["认证"]]:
        line["工号"] = int(line["工号"])
    import_workbook(branch, build(rows), by=None)
    assert sorted(Member.objects.values_list("staff_number", flat=True)) == ["1001", "1002", "1003"]


def test_names_are_compared_by_width_and_space_and_kept_as_typed(branch):
    rows = small()
    rows["成果"][0]["完成人"] = " 林　一（主持）； Ｂｏｂ、张三（大）"
    import_workbook(branch, build(rows), by=None)
    people = Outcome.objects.get(code="P-1").contributions.all()
    assert [(p.name, p.member and p.member.staff_number, p.role) for p in people] == [
        ("林　一", "1001", "leader"),
        ("Ｂｏｂ", None, ""),
        ("张三（大）", None, ""),
    ]


def test_stranger_with_a_member_s_name(branch):
    rows = small()
    rows["成果"][0]["完成人"] = "林一#、林一#1001"
    import_workbook(branch, build(rows), by=None)
    people = Outcome.objects.get(code="P-1").contributions.all()
    assert [person.member_id is None for person in people] == [True, False]
    assert plan_import(branch, export_workbook(branch)).is_empty


def test_unknown_keys_are_kept_and_come_back(branch):
    rows = small()
    rows["党员"][0]["其他信息"] = "导师=王\\;五；籍贯=江西\n备考=a=b\\n第二行"
    import_workbook(branch, build(rows), by=None)
    member = Member.objects.get(staff_number="1001")
    assert member.extra == {"导师": "王;五", "籍贯": "江西", "备考": "a=b\n第二行"}
    assert plan_import(branch, export_workbook(branch)).is_empty


def test_texts_longer_than_a_cell_come_back(branch):
    rows = small()
    rows["活动"][0]["其他信息"] = "议题=短"
    import_workbook(branch, build(rows), by=None)
    from activities.models import Activity
    from activities.services import update_activity

    update_activity(Activity.objects.get(), summary="长，" * 20_000, speeches="言😀" * 30_000, by=None)
    other = OrganisationFactory(code="south")
    data = export_workbook(branch)
    import_workbook(other, data, by=None)
    copy = Activity.objects.get(organisation=other)
    assert copy.summary == "长，" * 20_000
    assert copy.speeches == "言😀" * 30_000
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert all(
        len(str(cell.value or "").encode("utf-16-le")) // 2 <= 32_767 for row in book["活动"] for cell in row
    )


def test_export_writes_text_as_text_and_marks_what_is_required(branch):
    rows = small()
    rows["成果"][0]["名称"] = "=SUM(A1:A2)"
    data = build(rows, change=lambda book: setattr(book["成果"]["C2"], "data_type", "s"))
    import_workbook(branch, data, by=None)
    book = openpyxl.load_workbook(io.BytesIO(export_workbook(branch)))
    assert (book["成果"]["C2"].value, book["成果"]["C2"].data_type) == ("=SUM(A1:A2)", "s")
    assert book["党员"]["A2"].value == "1001"
    assert book["党员"]["A2"].number_format == "@"
    assert book["党员"].column_dimensions["G"].width >= 10
    assert book["活动"]["Q2"].value == 86
    assert book["成果"]["M3"].value == 50000.5
    assert book["党员"].freeze_panes == "B2"
    assert book["党员"]["A1"].fill.start_color.rgb != book["党员"]["C1"].fill.start_color.rgb
    lists = {str(rule.sqref): rule.formula1 for rule in book["党员"].data_validations.dataValidation}
    assert lists["F2:F5001"] == '"正式党员,预备党员"'
    assert book["词表"].sheet_state == "hidden"
    assert book.properties.creator == branch.name


def test_same_records_give_the_same_bytes(branch):
    import_workbook(branch, build(), by=None)
    assert export_workbook(branch) == export_workbook(branch)


def test_figure_of_a_certification_type_that_the_file_brings(branch):
    rows = small()
    rows["认证"][0]["认证类型"] = "全新认证"
    rows["目标"] = [{"年度": 2024, "指标": "全新认证 持证党员", "目标值": 5}]
    plan = import_workbook(branch, build(rows), by=None)
    assert [draft.data["figure"] for draft in plan.created("目标")] == ["certifications.holders:全新认证"]


def test_record_in_the_trash_is_not_matched(branch):
    from outcomes.services import trash_outcome

    import_workbook(branch, build(), by=None)
    trash_outcome(Outcome.objects.get(code="P-1"), by=None)
    plan = import_workbook(branch, build(), by=None)
    assert [draft.data["code"] for draft in plan.created("成果")] == ["P-1"]
    assert Outcome.objects.filter(code="P-1").count() == 2
    assert Outcome.objects.live().filter(code="P-1").count() == 1

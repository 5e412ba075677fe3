"""report.pdf: opened again, read and measured. Pictures and odd text are in test_render_pdf_content.py."""

import hashlib
import io
import re
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest

from reports.document import (
    Column,
    Group,
    Mark,
    NewPage,
    PageOf,
    See,
    Table,
    Text,
)
from tests.documents import sample
from tests.pdfs import LEFT, MM, RIGHT, flat, lines_of, links_of, report_of, written

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def content():
    return written(sample())


# ---------------------------------------------------------------- the file
def test_same_report_gives_same_bytes_in_another_process_too(content):
    assert written(sample()) == content
    program = (
        "import django, hashlib, io; django.setup()\n"
        "from reports.render import pdf; from tests.documents import sample\n"
        "stream = io.BytesIO(); pdf.write(sample(), stream)\n"
        "print(hashlib.sha256(stream.getvalue()).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == hashlib.sha256(content).hexdigest()


def test_file_is_archival_accessible_and_says_what_it_is(content):
    with pikepdf.open(io.BytesIO(content)) as file:
        meta = file.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("2", "A", "1")
        assert meta["dc:title"] == "教师第一党支部2024年度“强国行”专项行动进展报告"
        assert meta["dc:creator"] == ["教师第一党支部"]
        assert file.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert file.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in file.Root
        assert str(file.Root.Lang) == "zh-CN"
        assert str(file.docinfo.CreationDate).startswith("D:20241231")


def test_fonts_are_embedded_and_only_what_is_used_of_them(content):
    with pikepdf.open(io.BytesIO(content)) as file:
        fonts = [
            thing for thing in file.objects if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing
        ]
        assert {str(font.FontName).partition("+")[2] for font in fonts} == {
            "NotoSerifSC-Regular",
            "NotoSerifSC-Bold",
            "NotoSansSC-Regular",
        }
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
    assert len(content) < 400_000


def test_bookmarks_are_headings_and_appendices(content):
    with pypdfium2.PdfDocument(content) as file:
        entries = [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in file.get_toc()]
    assert entries == [
        (0, "一、党建联建", 0),
        (1, "（一）总体情况", 0),
        (0, "二、教育服务", 0),
        (1, "（二）重点工作", 0),
        (0, "附件1 指标完成情况", 2),
        (0, "附件2 活动一览", 3),
        (0, "附件6 佐证材料目录", 7),
    ]


# ---------------------------------------------------------------- the page
def test_page_holds_22_lines_of_28_characters():
    said = "春" * (28 * 22 * 2 - 2)
    pages = pypdfium2.PdfDocument(report_of(Text("body", (said,))))
    assert len(pages) == 2
    for page in pages:
        lines = lines_of(page)[:-1]  # the page number
        assert len(lines) == 22
        pitches = {round(above[0] - below[0], 1) for above, below in pairwise(lines)}
        assert pitches == {28.0}
        for _, left, right, text in lines[1:]:
            assert len(text) == 28
            assert (left, right) == (pytest.approx(LEFT, abs=0.5), pytest.approx(RIGHT, abs=0.5))
        assert lines[0][0] < (297 - 37) * MM
        assert lines[-1][0] > 35 * MM
    first = lines_of(pages[0])[0]
    assert len(first[3]) == 26
    assert first[1] == pytest.approx(LEFT + 2 * 15.78, abs=0.5)


def test_marks_do_not_push_lines_apart():
    spans = []
    for number in range(1, 60):
        spans += [
            "服务居民八十六人次" + "多" * (number % 5) + "）" * (number % 2),
            Mark(f"2-{number:02}"),
            "；，。："[number % 4],
        ]
    lines = lines_of(pypdfium2.PdfDocument(report_of(Text("body", tuple(spans))))[0])
    body = [line for line in lines[:-1] if "服务" in line[3] or "居民" in line[3]]
    pitches = {round(above[0] - below[0], 1) for above, below in pairwise(body)}
    assert pitches == {28.0}
    assert not any(line[3].startswith(tuple("；，。：）（")) for line in body)


def test_signs_around_marks_are_as_wide_as_elsewhere():
    def starts(*spans):
        page = pypdfium2.PdfDocument(report_of(Text("body", spans)))[0].get_textpage()
        return [page.get_charbox(page.search(said).get_next()[0], loose=True)[0] for said in "甲乙丙"]

    first, second, third = starts("甲", "；乙；丙")
    marked = starts("甲", Mark("1-01"), "；乙", "；丙")
    assert third - second == pytest.approx(2 * 15.78, abs=0.1)
    assert marked[2] - marked[1] == pytest.approx(2 * 15.78, abs=0.1)
    mark_alone = starts("甲", Mark("1-01"), "乙；丙")
    assert marked[1] - mark_alone[1] == pytest.approx(15.78, abs=0.3)
    assert second - first == pytest.approx(2 * 15.78, abs=0.1)


def test_first_paragraph_after_a_heading_is_indented_too(content):
    lines = {line[3]: line for line in lines_of(pypdfium2.PdfDocument(content)[0])}
    heading, first = lines["（一）总体情况"], lines["本年度无记录。"]
    assert first[1] == pytest.approx(LEFT + 2 * 15.78, abs=0.5)
    assert heading[0] - first[0] == pytest.approx(28, abs=0.6)


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(content):
    for number, page in enumerate(pypdfium2.PdfDocument(content), 1):
        _, left, right, text = lines_of(page)[-1]
        assert text == f"—{number}—"
        width = page.get_width()
        landscape = width > 700
        if number % 2:
            assert right == pytest.approx(width - (37 if landscape else 26) * MM - 14, abs=3)
        else:
            assert left == pytest.approx((35 if landscape else 28) * MM + 14, abs=1)


def test_appendices_begin_pages_and_wide_ones_lie(content):
    pages = list(pypdfium2.PdfDocument(content))
    assert {tuple(round(side / MM) for side in page.get_size()) for page in pages} == {(210, 297), (297, 210)}
    for number, title, margin in ((2, "附件1", 28), (3, "附件2", 35), (7, "附件6", 28)):
        _, left, _, text = lines_of(pages[number])[0]
        assert text == title
        assert left == pytest.approx(margin * MM, abs=1)
    assert pages[3].get_width() > pages[3].get_height()
    assert pages[7].get_width() < pages[7].get_height()


def test_section_of_nothing_leaves_no_empty_page():
    pages = pypdfium2.PdfDocument(report_of(NewPage(), Text("body", ("一",)), NewPage(True), NewPage()))
    assert len(pages) == 1


def test_long_word_stays_on_the_page():
    address = "https://example.com/" + "a" * 200
    table = Table("", (Column("网址", 1), Column("说明", 9)), ((address, address), ("1", "2")))
    for line in lines_of(pypdfium2.PdfDocument(report_of(Text("body", (address,)), table))[0]):
        assert line[1] > LEFT - 1
        assert line[2] < RIGHT + 1
    assert flat(report_of(Text("body", (address,)))).startswith(address)


# ---------------------------------------------------------------- what it says
def test_text_is_read_back(content):
    text = flat(content)
    assert "支部共有党员17名，持证率为16/17(94.1%)。" in text
    assert "教师第一党支部2024年度“强国行”专项行动进展报告统计区间：2024年1月1日至12月31日" in text
    assert "照片文件缺失" in text
    assert "<b>&\"'#$*_`@\\=1+1" in text
    assert "纵向课题经费元—120,000.00—0.50" in text


def test_nothing_of_a_record_is_read_as_markup():
    said = '#panic("x") $x^2$ *a* _b_ `c` <d> @e = f // g /* h */ \\u{41} [i] {j} "k" ~ ---'
    table = Table("", (Column(said, 1),), (Group(said), (said,)))
    text = flat(report_of(Text("title", (said,)), Text("heading1", (said,)), Text("body", (said,)), table))
    assert text.count(said.replace(" ", "")) == 6


# ---------------------------------------------------------------- links
def test_marks_lead_to_the_index_and_back_with_true_pages():
    index = (
        Column("编号", 1),
        Column("记录", 3),
        Column("页", 1, "number", paged=True),
    )
    content = report_of(
        Text("body", ("甲",)),
        NewPage(),
        Text(
            "body", ("乙", Mark("1-01"), "，又见", See("附件6", "appendix-6"), "、", See("图9", "figure-9"))
        ),
        Text("body", ("再一次", Mark("1-01"))),
        NewPage(),
        Text("appendix", ("附件6",), "appendix-6"),
        Text("appendix_title", ("佐证材料目录",)),
        Table(
            "佐证",
            index,
            ((Mark("1-01"), "一", PageOf("1-01")), (Mark("1-02"), "二", PageOf("1-02"))),
        ),
    )
    # two marks and one reference to the index; its number and its page back to the first mention; 图9 is not there
    assert sorted(links_of(content)) == [(2, 3), (2, 3), (2, 3), (3, 2), (3, 2)]
    text = flat(content)
    assert "1-01一2" in text
    assert "1-02二—" in text
    assert "乙（佐证1-01），又见附件6、图9" in text


def test_pages_of_the_index_are_where_the_marks_are(content):
    pages = [re.sub(r"\s", "", p.get_textpage().get_text_range()) for p in pypdfium2.PdfDocument(content)]
    index = "".join(pages[7:])
    for number in range(2, 61):
        page = int(re.search(rf"2-{number:02}第{number}场活动\D+?(\d)", index)[1])
        assert f"2-{number:02}" in pages[page - 1]
        assert 4 <= page <= 7


def test_links_lead_to_the_line_and_not_only_to_the_page():
    numbers = [f"1-{number:02}" for number in range(1, 8)]
    index = (Column("编号", 1), Column("记录", 3), Column("页", 1, "number", paged=True))
    content = report_of(
        *(Text("body", ("文" * 30, Mark(number))) for number in numbers),
        NewPage(),
        Table("佐证", index, tuple((Mark(number), "记录", PageOf(number)) for number in numbers)),
    )
    with pikepdf.open(io.BytesIO(content)) as file:
        ends = [[float(note.Dest[3]) for note in page.Annots] for page in file.pages]
    text, table = (
        [line for line in lines_of(page) if "1-0" in line[3]] for page in pypdfium2.PdfDocument(content)
    )
    assert len(text) == len(table) == len(numbers)
    for number, (mark, entry) in enumerate(zip(text, table, strict=True)):
        assert 0 < ends[0][number] - entry[0] < 28
        assert 0 < ends[1][2 * number] - mark[0] < 42  # a mark is raised
        assert ends[1][2 * number] == ends[1][2 * number + 1]


# ---------------------------------------------------------------- tables
def test_head_of_a_table_is_repeated_and_rows_stay_whole(content):
    for page in list(pypdfium2.PdfDocument(content))[3:7]:
        text = re.sub(r"\s", "", page.get_textpage().get_text_range())
        assert "序号日期主题服务人次佐证" in text


def test_row_of_several_lines_is_not_broken_across_pages():
    rows = tuple((str(number), f"始{'文字' * 40}终") for number in range(1, 40))
    pages = pypdfium2.PdfDocument(report_of(Table("", (Column("号", 1), Column("文", 5)), rows)))
    assert len(pages) > 2
    for page in pages:
        text = page.get_textpage().get_text_range()
        assert text.count("始") == text.count("终") > 0


def test_row_higher_than_a_page_is_broken_rather_than_lost():
    said = "文" * 6000 + "终"
    content = report_of(Table("", (Column("号", 1), Column("文", 2)), (("1", said),)))
    assert flat(content).count("文") >= 6000
    assert "终" in flat(content)


def test_subheading_of_a_table_stays_with_its_rows():
    for before in range(27, 33):
        rows = [(str(number),) for number in range(before)] + [Group("小标题"), ("下一行",)]
        pages = pypdfium2.PdfDocument(report_of(Table("", (Column("号", 1),), tuple(rows))))
        texts = [page.get_textpage().get_text_range() for page in pages]
        assert ["小标题" in text for text in texts] == ["下一行" in text for text in texts], before


def test_numbers_stand_right_and_with_dates_on_one_line():
    columns = (
        Column("主题", 90),
        Column("日期", 1, "date"),
        Column("金额", 1, "money"),
        Column("率", 1, "percent"),
    )
    rows = (
        ("甲", "2024-12-31", Decimal("1234567.80"), "16/17(94.1%)"),
        ("乙" * 60, "2024-12", Decimal("0.50"), None),
    )
    lines = lines_of(pypdfium2.PdfDocument(report_of(Table("", columns, rows)))[0])
    assert any(line[3] == "甲2024-12-311,234,567.8016/17(94.1%)" for line in lines)
    page = pypdfium2.PdfDocument(report_of(Table("", columns, rows)))[0].get_textpage()
    ends = []
    for said in ("1,234,567.80", "0.50"):
        at, count = page.search(said).get_next()
        ends.append(page.get_charbox(at + count - 1, loose=True)[2])
    assert ends[0] == pytest.approx(ends[1], abs=0.5)

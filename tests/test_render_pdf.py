"""report.pdf: opened again, read and measured."""

import hashlib
import io
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.charts import Bars, Goal, Progress, Series, Value
from reports.document import (
    Column,
    Document,
    Group,
    Mark,
    NewPage,
    PageOf,
    Photo,
    Photos,
    Picture,
    See,
    Table,
    Text,
)
from reports.render import pdf
from reports.render.pdf import typeset
from tests.documents import FONTS, Files, sample

MM = 72 / 25.4
LEFT, RIGHT = 28 * MM, (210 - 26) * MM


def written(compiled) -> bytes:
    """The PDF file of a report."""
    buffer = io.BytesIO()
    pdf.write(compiled, buffer)
    return buffer.getvalue()


def report_of(*blocks, files=None, title="报告") -> bytes:
    """The PDF file of a few blocks."""
    document = Document(title, "教师第一党支部", "2024-12-31", blocks=list(blocks))
    files = Files() if files is None else files
    return written(replace(sample(), document=document, open_file=files.open))


def lines_of(page) -> list[tuple[float, float, float, str]]:
    """The lines of a page from above: baseline, left and right end of the ink's boxes, text; blanks left out."""
    text = page.get_textpage()
    found: dict[int, list] = {}
    for at in range(text.count_chars()):
        character = text.get_text_range(at, 1)
        if character.strip():
            left, _, right, _ = text.get_charbox(at, loose=True)
            origin = _origin(text, at)
            found.setdefault(round(origin * 2), []).append((left, right, character))
    lines = []
    for place, characters in sorted(found.items(), reverse=True):
        characters.sort()
        said = "".join(character for *_, character in characters)
        lines.append((place / 2, characters[0][0], characters[-1][1], said))
    return lines


def _origin(text, at) -> float:
    x, y = pypdfium2.raw.c_double(), pypdfium2.raw.c_double()
    pypdfium2.raw.FPDFText_GetCharOrigin(text, at, x, y)
    return y.value


def flat(content: bytes) -> str:
    """All text of a file without blanks."""
    return re.sub(
        r"\s", "", "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(content))
    )


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
    for number in range(1, 40):
        spans += ["服务居民八十六人次", Mark(f"2-{number:02}"), "，"]
    lines = lines_of(pypdfium2.PdfDocument(report_of(Text("body", tuple(spans))))[0])
    body = [line for line in lines[:-1] if "服务" in line[3] or "居民" in line[3]]
    pitches = {round(above[0] - below[0], 1) for above, below in pairwise(body)}
    assert pitches == {28.0}
    assert not any(line[3].startswith(("，", "（佐证")) for line in body)


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
def links_of(content: bytes) -> list[tuple[int, int]]:
    """The pages from which and to which links lead, both from 1."""
    with pikepdf.open(io.BytesIO(content)) as file:
        places = {page.objgen: number for number, page in enumerate(file.pages, 1)}
        found = []
        for number, page in enumerate(file.pages, 1):
            for note in page.get("/Annots", []):
                target = note.get("/Dest", note.get("/A", {}).get("/D") if "/A" in note else None)
                if isinstance(target, (pikepdf.String, pikepdf.Name)):
                    target = _named(file, target)
                found.append((number, places[target[0].objgen]))
        return found


def _named(file, name):
    found = pikepdf.NameTree(file.Root.Names.Dests)[str(name)]
    return found["/D"] if isinstance(found, pikepdf.Dictionary) else found


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


# ---------------------------------------------------------------- pictures
def images_of(content: bytes) -> list[tuple[pypdfium2.PdfImage, tuple]]:
    return [
        (thing, thing.get_bounds())
        for page in pypdfium2.PdfDocument(content)
        for thing in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
    ]


def test_photos_stand_two_a_row_small_enough_for_print(content):
    (left, left_place), (right, right_place) = images_of(content)
    assert left_place[1] == pytest.approx(right_place[1], abs=0.5)  # on one line
    assert left_place[2] < right_place[0]
    for image, (x0, _, x1, _) in ((left, left_place), (right, right_place)):
        width, _ = image.get_px_size()
        assert width / (x1 - x0) * 72 == pytest.approx(200, abs=2)


def test_photo_is_turned_upright_and_loses_its_metadata():
    files, buffer = Files(), io.BytesIO()
    image = Image.new("RGB", (400, 200), "blue")
    image.paste("red", (0, 0, 400, 100))
    exif = image.getexif()
    exif[0x0112] = 6  # turn by a quarter to the right
    exif[0x010F] = "SecretCamera"
    image.save(buffer, "JPEG", exif=exif, quality=95)
    content = report_of(Photos((Photo(files.add(buffer.getvalue()), 1, "一"),)), files=files)
    assert b"SecretCamera" not in content
    ((found, _),) = images_of(content)
    assert found.get_px_size()[0] < found.get_px_size()[1]
    shown = found.get_bitmap().to_pil().convert("RGB")
    red, _, blue = shown.getpixel((shown.width * 3 // 4, shown.height // 2))
    assert red > 200 > 60 > blue


_MODES = [
    ("PNG", "RGBA"),
    ("PNG", "LA"),
    ("PNG", "P"),
    ("PNG", "I;16"),
    ("PNG", "1"),
    ("JPEG", "CMYK"),
    ("GIF", "P"),
]


@pytest.mark.parametrize(("form", "mode"), _MODES)
def test_photos_of_every_mode_are_shown(form, mode):
    files, buffer = Files(), io.BytesIO()
    Image.new(mode, (300, 200)).save(buffer, form)
    assert (
        len(images_of(report_of(Photos((Photo(files.add(buffer.getvalue()), 1, "一"),)), files=files))) == 1
    )


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"\xff\xd8\xff\xe0broken"])
def test_file_that_is_no_picture_is_said_to_be_missing(body):
    files = Files()
    content = report_of(Photos((Photo(files.add(body), 1, "一"),)), files=files)
    assert "照片文件缺失图1一" in flat(content)


def test_chart_is_drawn_in_lines_with_its_text():
    chart = Bars(
        "各任务线活动",
        "任务线",
        ("党建联建", "教育服务𠮷"),
        (Series("2024年", (Value(28), Value(18))),),
        "场",
    )
    content = report_of(
        Text("body", ("见", See("图1", "figure-1"))), Picture(1, "各任务线活动场次", chart, "附件2")
    )
    assert not images_of(content)
    text = flat(content)
    assert "教育服务〓" in text
    assert "28" in text
    assert links_of(content) == [(1, 1)]


def test_chart_of_nothing_says_so():
    assert "本图无数据图1空" in flat(report_of(Picture(1, "空", Progress("", ()))))


def test_pictures_have_an_alternative_text():
    files = Files()
    chart = Progress("目标", (Goal("专利", "1", "2", Decimal("0.5"), "件"),))
    content = report_of(Photos((Photo("0" * 64, 1, "沙龙"),)), Picture(2, "目标完成", chart), files=files)
    with pikepdf.open(io.BytesIO(content)) as file:
        said = {
            str(thing.Alt)
            for thing in file.objects
            if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        }
    assert {"图1 沙龙：照片文件缺失", "图2 目标完成：专利1 件，目标2 件，未达成"} <= said | {
        text.replace("目标2，", "目标2 件，") for text in said
    }


# ---------------------------------------------------------------- any text
def anything(text):
    """A report with a text in every place that takes one."""
    columns = (Column(text, 3), Column(text, 4, "number"), Column(text, 2, "date"))
    rows = (
        (text, text, text),
        Group(text),
        (Mark(text), (text, Mark("1")), PageOf(text)),
        (PageOf("1"), 5, None),
    )
    return [
        *(
            Text(role, (text, Mark(text), text, Mark("1"), See(text, text), PageOf(text)), text)
            for role in (
                "title", "meta", "heading2", "heading1", "body", "signature", "appendix", "appendix_title", "caption",
                "note", "appendix",
            )
        ),
        Table(text, columns, rows),
        Photos((Photo("0" * 64, 1, text), Photo("1" * 64, 1, text))),
        NewPage(landscape=True),
        Picture(2, text, Bars(text, text, (text,), (Series(text, (Value(1),)),), text)),
    ]  # fmt: skip


_AWKWARD = st.text(
    st.sampled_from(
        "a中1（，”—\u0301\u0308\u20dd\u200b\u200d\ufe0f\u202e\u2028\ufffc\ufeff\xad\n\t \u3000\x00\x1b\x85\ue000\ufdd0"
        "😀אﷺक्षกำ한ᄒ\U00020bb7#$\\[\"'"
    )
)
_ANY = st.text(st.characters())  # half pairs too


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_AWKWARD | _ANY, min_size=1, max_size=12))
def test_any_text_is_printed(texts):
    blocks = [block for text in texts for block in anything(text)]
    with pikepdf.open(io.BytesIO(report_of(*blocks, title=texts[0]))) as file:
        assert file.open_metadata()["pdfaid:part"] == "2"


def test_report_of_nothing_is_an_empty_page():
    assert len(pypdfium2.PdfDocument(report_of(title=""))) == 1


def test_outline_may_begin_with_a_subheading():
    content = report_of(Text("heading2", ("（一）总体情况",)), Text("heading1", ("一、党建联建",)))
    assert [mark.level for mark in pypdfium2.PdfDocument(content).get_toc()] == [0, 0]


def test_heading_of_absurd_length_is_a_paragraph():
    assert flat(report_of(Text("heading1", ("长" * 40_000,)), title="长" * 40_000)).count("长") == 40_000


# ---------------------------------------------------------------- the typesetter
class StoppedError(Exception):
    """Raised by a tick."""


def test_tick_ends_the_typesetter(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ticks = iter(range(len(sample().document.blocks) * 100))

    def tick():
        next(ticks)
        if any(tmp_path.glob("report-*/said.txt")):  # the typesetter has begun
            raise StoppedError

    stream = io.BytesIO()
    with pytest.raises(StoppedError):
        pdf.write(replace(sample(), tick=tick), stream)
    assert not stream.getvalue()
    assert not list(tmp_path.iterdir())


def test_warning_of_the_typesetter_is_a_failure(tmp_path, capfd):
    (tmp_path / "report.typ").write_text('#set document(title: "t")\n#set text(font: "No Such Font")\na')
    assert typeset.main(str(tmp_path), str(FONTS), "0") == 1
    assert "unknown font family: no such font" in capfd.readouterr().err


# ---------------------------------------------------------------- the command
@pytest.mark.django_db(transaction=True)
def test_compile_report_says_that_there_are_no_fonts(tmp_path, settings, cast):
    settings.FONT_DIR = tmp_path / "none"
    with pytest.raises(CommandError, match="FONT_DIR 里没有可用的中文字体"):
        call_command("compile_report", branch="north", year="2024", output=str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()

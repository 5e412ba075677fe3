"""The Word file: layout after the standard, links, fields, tables, pictures; read back, validated, opened."""

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest
from docx import Document as open_docx
from docx.oxml.ns import qn
from docx.shared import Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openxml_audit import OpenXmlValidator
from PIL import Image

from core.charts import Bars, Series, Value
from reports.document import (
    Column,
    Document,
    FactTable,
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
    cell_text,
)
from reports.render import word
from reports.render.word.styles import UPRIGHT
from tests.documents import FONTS, Files, picture, sample

pytestmark = pytest.mark.pure

needs_office = pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice on PATH (soffice)")


def _written(compiled) -> bytes:
    stream = io.BytesIO()
    word.write(compiled, stream)
    return stream.getvalue()


def _opened(content: bytes):
    return open_docx(io.BytesIO(content))


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _body(content: bytes):
    return etree.fromstring(_parts(content)["word/document.xml"])


def _all(root, tag):
    return root.iter(qn(tag))


def _document(*blocks) -> Document:
    document = Document("标题", "支部", "2024-12-31")
    document.blocks.extend(blocks)
    return document


@pytest.fixture(scope="module")
def written():
    return _written(sample())


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Word file → the PDF that LibreOffice makes of it."""

    def convert(content: bytes):
        place = tmp_path_factory.mktemp("office")
        (place / "report.docx").write_bytes(content)
        home = f"-env:UserInstallation={(tmp_path_factory.getbasetemp() / 'office-home').as_uri()}"
        command = ["soffice", "--headless", home, "--convert-to", "pdf", "--outdir", str(place)]
        subprocess.run([*command, str(place / "report.docx")], check=True, capture_output=True, timeout=120)
        return place / "report.pdf"

    return convert


@pytest.fixture(scope="module")
def converted(written, office):
    """The sample as LibreOffice shows it."""
    return office(written)


def _pages(pdf) -> list[list[str]]:
    """The lines of each page, without blanks around them."""
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, timeout=120
    )
    pages = text.stdout.decode().split("\f")[:-1]
    return [[line.strip() for line in page.splitlines() if line.strip()] for page in pages]


# ---------------------------------------------------------------- the standard
def test_pages_follow_the_standard(written):
    document = _opened(written)
    page = document.sections[0]
    sides = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    assert [round(side.mm) for side in (page.page_width, page.page_height, *sides)] == [
        210,
        297,
        37,
        35,
        28,
        26,
    ]
    assert [section.orientation for section in document.sections] == [0, 1, 0]
    assert document.settings.odd_and_even_pages_header_footer
    for section in document.sections:
        for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
            xml = footer._element.xml
            assert "PAGE" in xml
            assert f'<w:jc w:val="{side}"/>' in xml
            assert f'w:{side}Chars="100"' in xml
            assert ("textDirection" in xml) == (section.orientation == 1)


@needs_office
def test_page_numbers_stand_in_one_place_of_the_bound_report_also_on_turned_pages(converted):
    with pypdfium2.PdfDocument(converted) as pdf:
        for number, page in enumerate(pdf, 1):
            words, (width, height) = page.get_textpage(), page.get_size()
            dashes = []
            for place in range(words.count_chars()):
                if words.get_text_range(place, 1) == "—":
                    left, bottom, right, top = (side / 72 * 25.4 for side in words.get_charbox(place))
                    # A turned page is bound with its left edge below.
                    box = (left, right, bottom) if width < height else (210 - top, 210 - bottom, left)
                    if box[2] < 30:
                        dashes.append(box)
            assert len(dashes) == 2
            assert [round(box[2]) for box in dashes] == [27, 27]  # 35 - 7, and half the thickness of a line
            if number % 2:
                assert max(box[1] for box in dashes) == pytest.approx(210 - 26 - 5, abs=1)
            else:
                assert min(box[0] for box in dashes) == pytest.approx(28 + 5, abs=1)


def test_every_run_names_its_east_asian_font_and_says_so(written):
    runs = list(_all(_body(written), "w:r"))
    assert len(runs) > 500
    for run in runs:
        if run.find(qn("w:drawing")) is None:
            fonts = run.find(qn("w:rPr")).find(qn("w:rFonts"))
            assert fonts.get(qn("w:hint")) == "eastAsia"
            assert {fonts.get(qn(f"w:{slot}")) for slot in ("ascii", "hAnsi", "cs")} == {"Times New Roman"}
            assert fonts.get(qn("w:eastAsia")) in ("方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312")


def test_headings_have_the_styles_and_levels_of_word(written):
    document = _opened(written)
    named = {paragraph.text: paragraph.style.name for paragraph in document.paragraphs}
    assert named["一、党建联建"] == "Heading 1"
    assert named["（一）总体情况"] == "Heading 2"
    assert named["教师第一党支部\n2024年度“强国行”专项行动进展报告"] == "Title"
    assert named["图3 文件已不在的照片（2024年6月1日）"] == "Caption"
    levels = {style.name: style.element.find(f".//{qn('w:outlineLvl')}") for style in document.styles}
    assert {name: int(level.get(qn("w:val"))) for name, level in levels.items() if level is not None} == {
        "Heading 1": 0,
        "Heading 2": 1,
        "Heading 3": 2,
        "附件号": 0,
        "附件标题": 1,
        "表题": 2,
    }


def test_a_paragraph_of_every_role_is_written():
    document = _document()
    roles = [
        "title",
        "meta",
        "heading1",
        "heading2",
        "body",
        "signature",
        "appendix",
        "appendix_title",
        "caption",
        "note",
    ]
    for role in roles:
        document.add(role, f"文字 {role}")
    assert [paragraph.text for paragraph in _opened(word.render_document(document)).paragraphs] == [
        f"文字 {role}" for role in roles
    ]


def test_its_properties_are_those_of_the_branch(written):
    about = _opened(written).core_properties
    assert (about.author, about.last_modified_by) == ("教师第一党支部",) * 2
    assert about.title == "教师第一党支部2024年度“强国行”专项行动进展报告"
    assert about.language == "zh-CN"
    assert {str(about.created)[:10], str(about.modified)[:10]} == {"2024-12-31"}
    assert {about.comments, about.keywords, about.subject, about.category} == {""}
    languages = {value for tag in _all(etree.fromstring(_parts(written)["word/styles.xml"]), "w:lang")
                 for value in tag.attrib.values()}  # fmt: skip
    assert languages == {"zh-CN", "en-US"}  # Chinese, and Latin words by their own rules


def test_the_same_report_gives_the_same_bytes(written):
    assert _written(sample()) == written
    entries = zipfile.ZipFile(io.BytesIO(written)).infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_word_says_what_the_document_says():
    compiled = sample()
    document, opened = compiled.document, _opened(_written(compiled))
    said = [block.text for block in document.blocks if isinstance(block, Text)]
    paragraphs = [paragraph.text for paragraph in opened.paragraphs if paragraph.text]
    assert [line for line in paragraphs if line in said] == said
    assert set(paragraphs) - set(said) == {"照片文件缺失", "图3 文件已不在的照片（2024年6月1日）"}
    tables = [table for table in opened.tables if table.style.name == "Table Grid"]
    for table, block in zip(tables, document.tables, strict=True):
        rows = [[column.head for column in block.columns]]
        for row in block.rows:
            heading = [row.text] * len(block.columns) if isinstance(row, Group) else None
            rows.append(heading or [cell_text(cell) or "—" for cell in row])
        assert [[cell.text for cell in row.cells] for row in table.rows] == rows


@settings(max_examples=60, deadline=None)
@given(words=st.text(max_size=40), number=st.text(max_size=8))
def test_any_text_gives_a_file_that_can_be_read(words, number):
    document = Document(words, words, "2024-12-31")
    document.add("body", "始", words, Mark(number), See(words, number), "终", anchor=number)
    table = Table(words, (Column(words, 1), Column("页", 1)), ((Mark(number), PageOf(number)), (words, None)))
    document.blocks += [table, Photos((Photo("0" * 64, 1, words),))]
    opened = _opened(word.render_document(document))
    assert opened.paragraphs[0].text.startswith("始")
    assert opened.paragraphs[0].text.endswith("终")


def test_a_character_that_xml_cannot_hold_is_left_out():
    document = _document()
    document.add("body", "前\x00\x0b\ufffe后\t完")
    assert _opened(word.render_document(document)).paragraphs[0].text == "前后 完"


# ---------------------------------------------------------------- links and fields
def _bookmarks(body):
    return [mark.get(qn("w:name")) for mark in _all(body, "w:bookmarkStart")]


def test_links_lead_to_bookmarks_that_are_there_once(written):
    body = _body(written)
    names = _bookmarks(body)
    assert len(names) == len(set(names))
    ids = [mark.get(qn("w:id")) for mark in _all(body, "w:bookmarkStart")]
    assert len(ids) == len(set(ids))
    assert ids == [mark.get(qn("w:id")) for mark in _all(body, "w:bookmarkEnd")]
    anchors = {link.get(qn("w:anchor")) for link in _all(body, "w:hyperlink")}
    assert anchors <= set(names)
    assert {"_evidence_2_01", "_anchor_figure_1", "_anchor_appendix_2"} <= anchors
    fields = {code.text.split()[1] for code in _all(body, "w:instrText")}
    assert fields <= set(names)
    assert len(fields) == 60
    assert all(len(name) <= 40 for name in names)


def test_a_mark_is_raised_in_text_and_plain_in_a_table(written):
    body = _body(written)
    raised = [run for run in _all(body, "w:r") if run.find(f".//{qn('w:rStyle')}") is not None]
    assert ["".join(run.itertext()) for run in raised] == ["（佐证2-01）"]
    [mention] = [mark for mark in _all(body, "w:bookmarkStart") if mark.get(qn("w:name")) == "_mention_2_01"]
    assert mention.getparent().tag == qn("w:p")
    assert mention.getnext().get(qn("w:anchor")) == "_evidence_2_01"
    document = _opened(written)
    assert document.tables[2].rows[1].cells[4].text == "2-01"


def test_what_leads_nowhere_is_plain_text():
    document = _document()
    document.add("body", "甲", Mark("1-01"), "（见", See("图9", "figure-9"), "）")
    table = Table("表", (Column("编号", 1), Column("页", 1)), ((Mark("3-07"), PageOf("3-07")),))
    document.blocks.append(table)
    content = word.render_document(document)
    body = _body(content)
    assert not list(_all(body, "w:hyperlink"))
    assert not list(_all(body, "w:instrText"))
    opened = _opened(content)
    assert opened.paragraphs[0].text == "甲（佐证1-01）（见图9）"
    assert [cell.text for cell in opened.tables[0].rows[1].cells] == ["3-07", "—"]


@needs_office
def test_the_index_says_the_page_of_the_first_mention(converted):
    pages = _pages(converted)
    rows = {}
    for page in pages:
        for line in page:
            words = line.split()
            if words[0].startswith("2-") and words[-1].isdigit():
                rows[words[0]] = int(words[-1])
    assert len(rows) == 60
    for number, page in rows.items():
        first = next(place for place, lines in enumerate(pages, 1) if any(number in line for line in lines))
        assert page == first, number
    assert rows["2-01"] == 1


# ---------------------------------------------------------------- tables
def test_tables_repeat_their_head_and_keep_rows_whole(written):
    for table in _opened(written).tables[1:]:
        rows = [row._tr for row in table.rows]
        assert [row.find(f".//{qn('w:tblHeader')}") is not None for row in rows] == [True] + [False] * (
            len(rows) - 1
        )
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)
    group = _opened(written).tables[1].rows[1]._tr
    assert group.find(f".//{qn('w:keepNext')}") is not None
    assert group.find(f".//{qn('w:gridSpan')}").get(qn("w:val")) == "6"


def test_columns_stand_as_their_kind_asks():
    kinds = ("text", "number", "money", "percent", "date")
    columns = tuple(Column(kind, 20, kind) for kind in kinds)
    row = ("甲", 1120, Decimal("120000"), "94.1%", "2024-04-18")
    [table] = _opened(word.render_document(_document(Table("表", columns, (row,))))).tables
    cells = table.rows[1].cells
    assert [cell.text for cell in cells] == ["甲", "1,120", "120,000.00", "94.1%", "2024-04-18"]
    aligned = [cell.paragraphs[0]._p.find(f".//{qn('w:jc')}").get(qn("w:val")) for cell in cells]
    assert aligned == ["left", "right", "right", "right", "center"]
    assert table._tbl.find(f".//{qn('w:tblCaption')}").get(qn("w:val")) == "表"


@needs_office
def test_an_english_word_is_not_broken(office):
    title = "Federated Prompt Tuning for Campus Assistants with Compact Attention Networks" * 2
    table = Table("表", (Column("名称", 1), Column("其他", 2)), ((title, "长" * 40),))
    [page] = _pages(office(word.render_document(_document(table))))
    words = {part for line in page for part in line.replace("长", "").split()} - {"名称", "其他", "—1—"}
    assert words <= {*title.split(), "NetworksFederated"}


@needs_office
def test_numbers_dates_and_marks_do_not_wrap_however_small_their_share(office):
    columns = (
        Column("主题", 200),
        Column("日期", 1, "date"),
        Column("金额", 1, "money"),
        Column("持证率", 1, "percent"),
        Column("佐证", 1),
        Column("专利号", 1),
    )
    row = (
        "长" * 60,
        "2024-04-18",
        Decimal("1234567890.12"),
        "16/17(94.1%)",
        Mark("2-103"),
        "ZL202210123456.7",
    )
    content = word.render_document(_document(Table("表", columns, (row,) * 3)))
    [table] = _opened(content).tables
    width = sum(column.width.twips for column in table.columns)
    assert width == UPRIGHT.text_width
    [page] = _pages(office(content))
    text = "\n".join(page)
    for cell in ("2024-04-18", "1,234,567,890.12", "16/17(94.1%)", "2-103", "ZL202210123456.7"):
        assert text.count(cell) == 3, cell


def test_two_tables_in_a_row_stay_two_and_none_is_the_last_thing():
    one = Table("表", (Column("头", 1),), (("甲",), Group("组"), ("乙",)))
    content = word.render_document(_document(one, one, NewPage(landscape=True), one))
    body = _body(content)[0]
    assert [child.tag.rpartition("}")[2] for child in body] == ["tbl", "p", "tbl", "p", "tbl", "p", "sectPr"]
    assert len(_opened(content).sections) == 2


def test_text_below_a_table_keeps_off_it():
    document = _document(Table("表", (Column("头", 1),), (("甲",),)))
    document.add("body", "第一段")
    document.add("body", "第二段")
    first, second = _opened(word.render_document(document)).paragraphs
    assert (first.paragraph_format.space_before, second.paragraph_format.space_before) == (Pt(8), None)


def test_a_row_higher_than_a_page_may_be_split():
    table = Table("表", (Column("头", 1),), (("短",), ("长" * 3000,)))
    rows = _opened(word.render_document(_document(table))).tables[0].rows
    assert [row._tr.find(f".//{qn('w:cantSplit')}") is None for row in rows] == [False, False, True]


# ---------------------------------------------------------------- new pages
@needs_office
def test_new_pages_make_no_empty_ones(office):
    document = _document(NewPage())
    document.add("body", "第一页")
    document.blocks += [NewPage(), NewPage(landscape=True)]
    document.add("body", "横页")
    document.blocks += [Table("表", (Column("头", 1),), (("甲",),)), NewPage()]
    document.add("appendix", "附件1")
    document.blocks += [NewPage()]
    document.add("appendix", "附件2")
    document.blocks += [NewPage()]
    pages = [
        [line.replace(" ", "") for line in page] for page in _pages(office(word.render_document(document)))
    ]
    assert [page[0] for page in pages] == ["第一页", "横页", "附件1", "附件2"]
    assert all(f"—{number}—" in page for number, page in enumerate(pages, 1))


# ---------------------------------------------------------------- photos
def _media(content: bytes) -> list[bytes]:
    return [body for name, body in _parts(content).items() if name.startswith("word/media/")]


def _photo_of(content: bytes, *numbers):
    files = Files()
    key = files.add(content)
    photos = Photos(tuple(Photo(key, number, '照片<&">') for number in numbers))
    return word.render_document(_document(photos), files.open)


def test_a_photo_is_turned_shrunk_and_stripped():
    image = Image.new("RGB", (3000, 2000), "blue")
    image.paste("red", (0, 0, 1500, 2000))  # the left half becomes the upper one
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretCamera"
    saved = io.BytesIO()
    image.save(saved, "JPEG", exif=exif, comment=b"SecretPlace")
    content = _photo_of(saved.getvalue(), 1)
    [media] = _media(content)
    assert b"Secret" not in media
    with Image.open(io.BytesIO(media)) as shown:
        assert not shown.getexif()
        assert shown.height > shown.width
        assert shown.getpixel((shown.width // 2, 10))[0] > 200
        [extent] = _all(_body(content), "wp:extent")
        inches = int(extent.get("cy")) / 914400
        assert shown.height / inches == pytest.approx(220, abs=2)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "CMYK", "I;16", "1"])
def test_photos_of_every_mode_are_taken(mode):
    saved = io.BytesIO()
    Image.new(mode, (40, 30)).save(saved, "JPEG" if mode == "CMYK" else "PNG")
    [media] = _media(_photo_of(saved.getvalue(), 1))
    with Image.open(io.BytesIO(media)) as shown:
        assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (40, 30))
        if mode in ("RGBA", "LA"):
            assert shown.getpixel((5, 5)) == (255, 255, 255)


def test_a_small_photo_is_not_blown_up_beyond_72_dpi():
    [extent] = _all(_body(_photo_of(picture("red", (40, 30)), 1)), "wp:extent")
    assert [int(extent.get(side)) / 12700 for side in ("cx", "cy")] == pytest.approx([40, 30], abs=0.01)


def test_a_photo_has_its_caption_in_words_for_those_who_do_not_see_it():
    body = _body(_photo_of(picture("red"), 1, 2))
    assert [about.get("descr") for about in _all(body, "wp:docPr")] == ['图1 照片<&">', '图2 照片<&">']
    assert [about.get("id") for about in _all(body, "wp:docPr")] == ["1", "2"]


def test_the_same_photo_twice_is_stored_once():
    assert len(_media(_photo_of(picture("red"), 1, 2))) == 1


@pytest.mark.parametrize(
    "content", [b"", b"no picture", picture("red")[:900], b"\x89PNG\r\n\x1a\n" + b"\0" * 50]
)
def test_a_photo_that_cannot_be_read_is_said_to_be_missing(content):
    written = _photo_of(content, 4)
    assert [paragraph.text for paragraph in _opened(written).paragraphs] == ["照片文件缺失", '图4 照片<&">']
    assert not _media(written)


def test_a_photo_whose_file_is_gone_does_not_stop_the_report(written):
    texts = [paragraph.text for paragraph in _opened(written).paragraphs]
    assert texts[texts.index("照片文件缺失") + 1] == "图3 文件已不在的照片（2024年6月1日）"


def _bars():
    values = tuple(Value(number) for number in (12, 18, 5))
    return Bars(
        "各任务线活动", "任务线", ("党建联建", "教育服务", "科技赋能"), (Series("2024年", values),), "场"
    )


def test_a_chart_is_a_picture_of_300_dpi_with_its_caption():
    content = word.render_document(_document(Picture(1, "各任务线活动", _bars(), "附件2")), fonts=FONTS)
    [media] = _media(content)
    [extent] = _all(_body(content), "wp:extent")
    with Image.open(io.BytesIO(media)) as shown:
        inches = int(extent.get("cx")) / 914400
        assert shown.format == "PNG"
        assert inches * 25.4 == pytest.approx(156, abs=0.2)
        assert shown.width / inches == pytest.approx(300, abs=1)
        assert shown.height / shown.width == pytest.approx(
            int(extent.get("cy")) / int(extent.get("cx")), abs=0.001
        )
    assert _opened(content).paragraphs[-1].text == "图1 各任务线活动"


def test_a_chart_without_fonts_or_numbers_is_said_to_be_missing():
    empty = Bars("无", "任务线", ("党建联建",), (Series("2024年", (Value(0),)),))
    for chart, fonts in ((_bars(), None), (empty, FONTS)):
        content = word.render_document(_document(Picture(1, "图", chart)), fonts=fonts)
        assert [paragraph.text for paragraph in _opened(content).paragraphs] == ["图表未能生成", "图1 图"]


def test_a_tick_that_raises_stops_the_work():
    class Lost(Exception):
        pass

    def tick():
        raise Lost

    with pytest.raises(Lost):
        _written(replace(sample(), tick=tick))


# ---------------------------------------------------------------- opened by others
def _faults(content: bytes, place) -> set[str]:
    place.write_bytes(content)
    found = OpenXmlValidator().validate(str(place))
    return {f"{fault.part_uri} {fault.description}" for fault in found.errors}


def test_the_validator_finds_nothing_that_it_does_not_find_in_an_empty_document(written, tmp_path):
    empty = io.BytesIO()
    open_docx().save(empty)
    assert _faults(written, tmp_path / "a.docx") <= _faults(empty.getvalue(), tmp_path / "b.docx")
    assert _faults(written.replace(b"PK", b"XX"), tmp_path / "c.docx")  # it does find faults


def test_a_table_without_heads_is_valid_and_a_lone_pair_takes_its_row(tmp_path):
    document = Document("表", "支部", "2024-09-21")
    rows = ((("地点", ("<甲>&\n二楼",)),), (("应到", ("9人",)), ("实到", ("7人",))))
    document.blocks.append(FactTable("会议情况", rows))
    content = word.render_document(document)
    empty = io.BytesIO()
    open_docx().save(empty)
    assert _faults(content, tmp_path / "a.docx") <= _faults(empty.getvalue(), tmp_path / "b.docx")
    table = _opened(content).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["地点", *["<甲>&\n二楼"] * 3],
        ["应到", "9人", "实到", "7人"],
    ]
    grid = [column.width for column in table.columns]
    assert grid[0] == grid[2] < grid[1]


@needs_office
def test_a_page_holds_22_lines_of_28_characters_in_libreoffice(office):
    document = _document()
    document.add("body", "国" * 28 * 50)
    lines = [line for line in _pages(office(word.render_document(document)))[0] if "国" in line]
    assert [len(line) for line in lines] == [26] + [28] * 21  # the first is indented by two


@needs_office
def test_a_rare_character_is_kept(converted):
    assert any("𠮷镕堃" in line for line in _pages(converted)[0])

"""What is in report.pdf besides text in lines: pictures, odd characters; and the typesetter."""

import io
import json
import shutil
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

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
from reports.render.fonts import load
from reports.render.pdf import typeset
from reports.render.pdf.content import data_of
from tests.documents import FONTS, Files, sample
from tests.pdfs import flat, images_of, links_of, report_of, written


# ---------------------------------------------------------------- pictures
def test_photos_stand_two_a_row_small_enough_for_print():
    (left, left_place), (right, right_place) = images_of(written(sample()))
    assert left_place[1] == pytest.approx(right_place[1], abs=0.5)  # on one line
    assert left_place[2] < right_place[0]
    for image, (x0, _, x1, _) in ((left, left_place), (right, right_place)):
        width, _ = image.get_px_size()
        assert width / (x1 - x0) * 72 == pytest.approx(220, abs=2)


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
    ("WEBP", "RGB"),
    ("HEIF", "RGB"),
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
    assert typeset.main(str(tmp_path), str(FONTS), "0", "report.pdf") == 1
    assert "unknown font family: no such font" in capfd.readouterr().err


def test_ends_of_links_that_have_moved_are_a_failure(tmp_path, capfd):
    compiled = sample()
    data = data_of(compiled.document, load(FONTS), compiled.open_file, tmp_path, compiled.tick)
    (tmp_path / "report.json").write_text(json.dumps(data))
    shutil.copyfile(Path(pdf.__file__).parent / "report.typ", tmp_path / "report.typ")
    places = tmp_path / "places.json"
    places.write_text("{}")
    assert typeset.main(str(tmp_path), str(FONTS), "0", "places.json") == 0
    found = json.loads(places.read_text())
    assert typeset.main(str(tmp_path), str(FONTS), "0", "report.pdf") == 0
    found[min(found)][0] += 1
    places.write_text(json.dumps(found))
    assert typeset.main(str(tmp_path), str(FONTS), "0", "report.pdf") == 1
    assert "the ends of links have moved" in capfd.readouterr().err


# ---------------------------------------------------------------- the command
@pytest.mark.django_db(transaction=True)
def test_compile_report_says_that_there_are_no_fonts(tmp_path, settings, cast):
    settings.FONT_DIR = tmp_path / "none"
    with pytest.raises(CommandError, match="FONT_DIR 里没有可用的中文字体"):
        call_command("compile_report", branch="north", year="2024", output=str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()

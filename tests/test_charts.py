"""Charts: what they show is what they were given, for every reader and on every medium."""

import io
import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.charts import Bars, Columns, Goal, Progress, Series, Stacked, Value, canvas, rows_of, svg
from reports.render.characters import GETA
from reports.render.fonts import load
from reports.render.pictures import PictureError, png_of, readable

pytestmark = pytest.mark.pure

FONTS = Path(django_settings.BASE_DIR) / "fonts"
SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = [240, 300, 440, 567, 720]
HOSTILE = '<script>alert("1")</script>&\x00\x0b\ud800\ufffe😀𠮷]]>'
LINES = ("党建联建", "教育服务", "科技赋能", "实践育人", "支部建设")


def series(name, *amounts, url=""):
    return Series(name, tuple(Value(amount, url) for amount in amounts))


def bars(name=LINES[0], url=""):
    return Bars(
        name,
        "任务线",
        (name, *LINES[1:]),
        (series("2023年度", 6, 14, 9, 0, 26), series("2024年度", 8, 18, 10, 7, 28, url=url)),
        "次",
    )


def columns(name="2024年1月", url=""):
    months = (name, *(f"2024年{month}月" for month in range(2, 13)))
    short = tuple(f"{month}月" for month in range(1, 13))
    counts = series("已举办", 2, 3, 7, 5, 0, 4, 6, 2, 5, 7, 7, 4, url=url)
    return Columns(name, "月份", months, (counts,), "次", short=short)


def stacked(name="学科竞赛", url=""):
    levels = [
        series("国际", 0, 0, 0),
        series("国家级", 29, 0, 1),
        series("省部级", 16, 0, 2),
        series("校级", 17, 0, 0, url=url),
        series("未定级", 0, 10, 1),
    ]
    wholes = (url, "", "") if url else ()
    return Stacked(
        name, "类型", (name, "学术论文", "荣誉"), tuple(levels), "项", rest="未定级", wholes=wholes
    )


def progress(name="发明专利授权", url=""):
    goals = [
        Goal("学术论文", "10", "8", Decimal("1.25"), "篇"),
        Goal("主题党日", "11", "12", Decimal(11) / 12, "次"),
        Goal(name, "1", "2", Decimal("0.5"), "件", url),
        Goal("没有这个数字", "—", "3", None),
        Goal("HCIP 持证率", "94.1%", "90%", Decimal("1.0456")),
    ]
    return Progress(name, tuple(goals))


CHARTS = [bars, columns, stacked, progress]


def read(chart, width=567):
    return ElementTree.fromstring(svg(chart, width=width))


def texts(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def numbers(chart, width):
    """The numbers at the bars, in reading order (they are smaller than the names below)."""
    small = [text for text in read(chart, width).iter(f"{SVG}text") if text.get("font-size") == "11"]
    return [int(text.text) for text in small if text.text.isdigit()]


# ---------------------------------------------------------------- what it says
@pytest.mark.parametrize("width", WIDTHS)
def test_every_number_is_written_at_its_bar(width):
    assert numbers(bars(), width) == [6, 8, 14, 18, 9, 10, 0, 7, 26, 28]
    assert numbers(columns(), width) == [2, 3, 7, 5, 0, 4, 6, 2, 5, 7, 7, 4]
    assert {"62", "10", "4", "29", "16", "17"} <= set(texts(read(stacked(), width)))
    shown = texts(read(progress(), width))
    assert {"1 / 2 件", "50.0% 未达成", "10 / 8 篇", "125.0% 已达成", "94.1% / 90%"} <= set(shown)


def test_bars_are_as_long_as_their_numbers():
    heights = []
    for link in read(columns(url="/activities/")).iter(f"{SVG}a"):
        heights += [float(bar.get("height")) + 1 for bar in link.iter(f"{SVG}rect") if bar.get("stroke")]
    amounts = [2, 3, 7, 5, 4, 6, 2, 5, 7, 7, 4]  # none for zero
    assert [round(height / max(heights) * 7, 1) for height in heights] == amounts


def test_segments_of_a_row_add_up_to_its_length():
    root = read(stacked())
    widths = {}
    for group in root.iter(f"{SVG}g"):
        name = group.find(f"{SVG}title").text
        widths[name] = float(group.find(f"{SVG}rect").get("width"))
    assert widths["学术论文 未定级：10 项"] == pytest.approx(
        widths["学科竞赛 国家级：29 项"] / 29 * 10, abs=1.5
    )
    assert not any("：0 " in name for name in widths)
    assert "国际" not in texts(root)  # a level nobody has is not explained


def test_progress_is_capped_and_those_not_reached_come_first():
    assert [goal.label for goal in progress().ordered] == [
        "没有这个数字",
        "发明专利授权",
        "主题党日",
        "学术论文",
        "HCIP 持证率",
    ]
    root = read(progress())
    tracks = [float(bar.get("width")) for bar in root.iter(f"{SVG}rect") if bar.get("fill") == canvas.TRACK]
    done = [float(bar.get("width")) for bar in root.iter(f"{SVG}rect") if bar.get("fill") == canvas.INK[2]]
    assert len(set(tracks)) == 1
    assert done == tracks[:2]


def test_zero_shows_0_and_has_no_bar():
    root = read(Bars("", "", ("有", "无"), (series("", 3, 0),)))
    assert texts(root) == ["3", "有", "0", "无"]
    assert len([bar for bar in root.iter(f"{SVG}rect") if bar.get("stroke")]) == 1


def test_the_last_series_is_the_strongest():
    for number in range(1, 7):
        chart = Bars("", "", ("甲",), tuple(series(str(year), 1) for year in range(number)))
        fills = [luminance(bar.get("fill")) for bar in read(chart).findall(f"{SVG}g/{SVG}rect[@stroke]")]
        assert len(set(fills)) == number
        assert fills == sorted(fills, reverse=True)


def test_a_name_wider_than_its_column_stays_on_the_picture():
    months = tuple(f"{month}月" for month in range(24))
    short = tuple(f"{month}月\n2024" for month in range(24))
    root = read(Columns("", "", months, (series("", *range(24)),), short=short), 290)
    for text in root.iter(f"{SVG}text"):
        if text.get("text-anchor") == "middle":
            assert float(text.get("x")) >= canvas.width_of(text.text, float(text.get("font-size"))) / 2 - 0.1


def test_a_small_number_beside_a_huge_one_is_still_seen():
    for chart in (
        Bars("", "", ("甲", "乙"), (series("", 1, 5_000_000),)),
        Stacked("", "", ("甲", "乙"), (series("国家级", 1, 5_000_000),)),
    ):
        bars_ = [bar for bar in read(chart).iter(f"{SVG}rect") if bar.get("stroke")]
        assert all(float(bar.get("height")) >= 0.5 and float(bar.get("width")) >= 0.5 for bar in bars_)
        assert {"1", "5,000,000"} <= set(texts(read(chart)))


@pytest.mark.parametrize(
    "chart",
    [
        Bars("", "", (), ()),
        Bars("", "", ("甲",), (series("", 0),)),
        Columns("", "", (), ()),
        Stacked("", "", ("甲",), (series("国家级", 0),)),
        Progress("", ()),
    ],
)
def test_nothing_to_draw_is_no_picture(chart):
    assert chart.is_empty
    assert svg(chart) is None


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(ValueError, match="no amount"):
        Value(amount)


def test_a_series_must_fit_its_categories():
    with pytest.raises(ValueError, match="one value for each"):
        Bars("", "", ("甲", "乙"), (series("", 1),))
    with pytest.raises(ValueError, match="one short name for each"):
        Columns("", "", ("甲", "乙"), (series("", 1, 2),), short=("甲",))
    with pytest.raises(ValueError, match="more than six"):
        Bars("", "", ("甲",), tuple(series(str(year), 1) for year in range(7)))
    with pytest.raises(ValueError, match="one address for each"):
        Stacked("", "", ("甲", "乙"), (series("", 1, 2),), wholes=("/",))


def test_decimals_are_printed_plainly():
    assert [Value(amount).text for amount in (1234567, Decimal("12.50"), Decimal("100"), 0.5)] == [
        "1,234,567",
        "12.5",
        "100",
        "0.5",
    ]


# ---------------------------------------------------------------- its table
def test_the_table_holds_the_same_numbers_and_adds_up():
    heads, rows = rows_of(stacked(url="/outcomes/"))
    assert heads == ("类型", "国家级", "省部级", "校级", "未定级", "合计")
    assert [[cell.text for cell in row] for row in rows] == [
        ["学科竞赛", "29", "16", "17", "0", "62"],
        ["学术论文", "0", "0", "0", "10", "10"],
        ["荣誉", "1", "2", "0", "1", "4"],
        ["合计", "30", "18", "17", "11", "76"],
    ]
    assert rows[0][3].url == rows[0][5].url == "/outcomes/"
    assert rows_of(columns())[1][-1][1].text == "52"
    assert [row[0].text for row in rows_of(bars())[1]] == list(LINES)  # task lines overlap: no sum
    assert [cell.text for cell in rows_of(progress())[1][1]] == [
        "发明专利授权",
        "1 件",
        "2 件",
        "50.0%",
        "未达成",
    ]


# ---------------------------------------------------------------- for every reader
@pytest.mark.parametrize("make", CHARTS)
def test_a_chart_without_links_is_an_image_with_a_text(make):
    root = read(make())
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text
    assert not list(root.iter(f"{SVG}a"))


@pytest.mark.parametrize("make", CHARTS)
def test_bars_with_an_address_are_links_with_a_name(make):
    root = read(make(url="/activities/?month=2024-03&status=held"))
    links = list(root.iter(f"{SVG}a"))
    assert root.get("role") == "group"
    assert links
    for link in links:
        assert link.get("href") == "/activities/?month=2024-03&status=held"
        assert link.get("aria-label") == link.find(f"{SVG}title").text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//elsewhere", "data:text/html,x", " /a"])
def test_only_addresses_of_pages_are_linked(url):
    with pytest.raises(ValueError, match="not an address"):
        Value(1, url)
    with pytest.raises(ValueError, match="not an address"):
        Goal("", "", "", None, url=url)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("make", CHARTS)
def test_hostile_words_stay_words(make, width):
    drawn = svg(make(HOSTILE, "/?q=%3C&a=\"'"), width=width)
    root = ElementTree.fromstring(drawn)
    assert not re.search("<script|style|onload", drawn)
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names <= {"svg", "title", "desc", "g", "a", "rect", "line", "text"}
    assert '<script>alert("1")</script>&😀𠮷]]>' in root.find(f"{SVG}title").text


words = st.sampled_from([HOSTILE, "", " ", "国家级", "很长很长很长很长很长的名称" * 3, "W" * 30]) | st.text(
    max_size=8
)
amounts = st.integers(0, 10**12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(
    title=words,
    categories=st.lists(st.tuples(words, amounts, amounts), min_size=1, max_size=14),
    width=st.integers(1, 900),
)
def test_any_numbers_and_words_give_well_formed_pictures_within_their_width(title, categories, width):
    names = tuple(name for name, *_ in categories)
    pair = tuple(series(word, *(row[at] for row in categories)) for at, word in ((1, "2023"), (2, "2024")))
    charts = [
        Bars(title, "", names, pair),
        Columns(title, "", names, pair[:1]),
        Stacked(title, "", names, pair),
        Progress(
            title, tuple(Goal(name, f"{a:,}", f"{b:,}", a / b if b else 1) for name, a, b in categories)
        ),
    ]
    for chart in charts:
        drawn = svg(chart, width=width)
        assert (drawn is None) == chart.is_empty
        if drawn is None:
            continue
        root = ElementTree.fromstring(drawn)
        *_, wide, high = (float(part) for part in root.get("viewBox").split())
        for bar in root.iter(f"{SVG}rect"):
            x, y, width_, height = (float(bar.get(name)) for name in ("x", "y", "width", "height"))
            assert min(width_, height) >= 0
            assert -1 <= x <= x + width_ <= wide + 1
            assert -1 <= y <= y + height <= high + 1


# ---------------------------------------------------------------- colours
def test_colours_are_the_tokens_of_the_pages():
    tokens = dict(
        re.findall(
            r"--([a-z]+-\d+): (#[0-9a-f]{6})", (django_settings.BASE_DIR / "static/app.css").read_text()
        )
    )
    for colour in (canvas.TEXT, canvas.TEXT_2, canvas.TEXT_3, canvas.RULE, canvas.TRACK, canvas.PAPER):
        assert colour in {value for name, value in tokens.items() if name.startswith("grey")}
    assert {*canvas.INK} == {value for name, value in tokens.items() if name.startswith("ink")}
    assert tokens["warn-500"] == canvas.WARN
    assert tokens["warn-700"] == canvas.WARN_TEXT


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("make", CHARTS)
def test_bars_stand_out_from_the_paper_and_numbers_from_their_bars(make):
    root = read(make(url="/"))
    for element in root.iter():
        if element.get("stroke"):
            assert contrast(element.get("stroke"), canvas.PAPER) >= 3
    for text in root.iter(f"{SVG}text"):
        if text.get("fill") != canvas.PAPER:
            assert contrast(text.get("fill"), canvas.PAPER) >= 4.5
    for link in root.iter(f"{SVG}a"):
        bar = [rect for rect in link.iter(f"{SVG}rect") if rect.get("stroke")]
        number = link.find(f"{SVG}text")
        if isinstance(make(), Stacked) and bar and number is not None:
            assert contrast(number.get("fill"), bar[0].get("fill")) >= 4.5


def test_levels_differ_in_grey():
    steps = [luminance(rect.get("fill")) for rect in read(stacked()).findall(f"{SVG}rect")]
    assert len(steps) == 4
    assert all(lighter - darker > 0.05 for darker, lighter in pairwise(steps))


# ---------------------------------------------------------------- as PNG
@pytest.mark.parametrize("make", CHARTS)
def test_a_png_is_as_wide_as_asked_and_the_same_twice(make):
    drawn = svg(make())
    png = png_of(drawn, fonts=FONTS, width_mm=150)
    assert png == png_of(drawn, fonts=FONTS, width_mm=150)
    picture = Image.open(io.BytesIO(png))
    assert picture.width == pytest.approx(150 / 25.4 * 300, abs=1)
    root = ElementTree.fromstring(drawn)
    assert picture.height / picture.width == pytest.approx(
        float(root.get("height")) / float(root.get("width")), rel=0.01
    )
    assert picture.convert("L").getextrema()[0] < 100  # something is drawn


def test_text_is_drawn_in_the_font_given():
    def dark(chart):
        picture = Image.open(io.BytesIO(png_of(svg(chart), fonts=FONTS, width_mm=150, dpi=96))).convert("L")
        return sum(pixel < 128 for pixel in picture.get_flattened_data())

    assert dark(bars("党建联建")) > dark(bars(" ")) + 50


def test_a_missing_character_prints_as_a_sign_and_is_no_error():
    drawn = svg(bars("𠮷😀镕"))
    shown = readable(drawn, load(FONTS))
    assert f"{GETA}{GETA}镕" in shown
    assert png_of(drawn, fonts=FONTS, width_mm=150, dpi=96) == png_of(
        shown, fonts=FONTS, width_mm=150, dpi=96
    )
    hidden = readable(svg(bars("甲\u200d乙\ufe0f")), load(FONTS))
    assert "甲乙" in hidden


def test_a_font_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ValidationError, match="没有可用的中文字体"):
        png_of(svg(bars()), fonts=tmp_path, width_mm=150)


def test_what_is_no_picture_is_an_error():
    with pytest.raises(PictureError):
        png_of("<html></html>", fonts=FONTS, width_mm=150)
    with pytest.raises(PictureError):
        png_of('<svg viewBox="0 0 1 1"><rect', fonts=FONTS, width_mm=150)

"""Which fonts a report is set in, and what becomes of characters that they do not have."""

import functools
import hashlib
import io
import shutil
from dataclasses import replace

import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from fontTools import subset
from fontTools.ttLib import TTFont

from reports.document import Column, Document, Figure, Group, Photo, Photos, Table, Text
from reports.render import pdf
from reports.render.characters import printable, unprintable, visible
from reports.render.fonts import fonts_digest, load
from tests.documents import FONTS, sample

pytestmark = pytest.mark.pure

SERIF, SANS = "NotoSerifSC_400Regular.ttf", "NotoSansSC_400Regular.ttf"
ENOUGH = "支部党员活动佐证附件一二三图页0123456789—（）“”，。、：；·〓abc 吉𠂇"  # the last is beyond 16 bits


@functools.cache
def _few(text) -> bytes:
    """Noto Serif SC with a few characters."""
    file = TTFont(FONTS / SERIF)
    subsetter = subset.Subsetter(subset.Options(name_IDs=["*"], name_languages=["*"]))
    subsetter.populate(text=text)
    subsetter.subset(file)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def font(path, family, text=ENOUGH, extra=()):
    """A small font of another name. extra: characters that it has under other codes too."""
    file = TTFont(io.BytesIO(_few(text)))
    for table in file["cmap"].tables:
        if table.format == 12:
            table.cmap |= {code: table.cmap[ord(like)] for code, like in extra}
    for record in list(file["name"].names):
        if record.nameID in (1, 4, 16):
            file["name"].setName(family, record.nameID, record.platformID, record.platEncID, record.langID)
    file.save(path)


@pytest.fixture(scope="module")
def fonts():
    return load(FONTS)


def first(fonts) -> dict[str, str]:
    """The family of each role."""
    return {role: found.families[0] for role, found in fonts.roles.items()}


# ---------------------------------------------------------------- which fonts
def test_free_fonts_stand_in_for_the_official_ones(fonts):
    assert first(fonts) == {
        "title": "Noto Serif SC",
        "body": "Noto Serif SC",
        "hei": "Noto Sans SC",
        "kai": "Noto Serif SC",
        "song": "Noto Serif SC",
    }
    assert fonts.roles["title"].weight == 700
    assert fonts.roles["body"].weight == 400


@pytest.mark.parametrize(
    ("role", "family", "name"),
    [
        ("title", "FZXiaoBiaoSong-B05S", "a.ttf"),
        ("title", "方正小标宋简体", "a.ttf"),
        ("title", "Whatever", "FZXBSJW.ttf"),
        ("body", "FangSong_GB2312", "a.ttf"),
        ("body", "仿宋", "a.ttf"),
        ("body", "Whatever", "simfang.ttf"),
        ("hei", "SimHei", "a.ttf"),
        ("hei", "黑体", "a.ttf"),
        ("kai", "KaiTi_GB2312", "a.ttf"),
        ("kai", "楷体", "a.ttf"),
        ("song", "SimSun", "a.ttf"),
        ("song", "宋体", "a.ttf"),
    ],
)
def test_fonts_of_the_school_take_their_roles(tmp_path, role, family, name):
    for path in (SERIF, SANS):
        (tmp_path / path).symlink_to(FONTS / path)
    font(tmp_path / name, family)
    found = load(tmp_path)
    assert first(found)[role] == family
    assert {other for of, other in first(found).items() if of != role} <= {"Noto Serif SC", "Noto Sans SC"}
    assert "Noto Serif SC" in found.roles[role].families  # for what it lacks


def test_one_usable_font_is_enough(tmp_path):
    font(tmp_path / "only.otf", "Our Own")
    assert set(first(load(tmp_path)).values()) == {"Our Own"}


def test_font_without_chinese_is_only_a_reserve(tmp_path):
    font(tmp_path / "a.ttf", "SimHei", "abc")
    (tmp_path / SERIF).symlink_to(FONTS / SERIF)
    found = load(tmp_path)
    assert first(found)["hei"] == "Noto Serif SC"
    assert found.roles["hei"].families == ("Noto Serif SC", "SimHei")


@pytest.mark.parametrize("make", [
    lambda path: None,
    lambda path: path.mkdir(),
    lambda path: (path.mkdir(), (path / "a.ttf").write_bytes(b"no font")),
    lambda path: (path.mkdir(), font(path / "a.ttf", "Latin", "abc")),
    lambda path: path.write_text("a file"),
], ids=["missing", "empty", "broken", "latin", "file"])  # fmt: skip
def test_directory_without_a_usable_font_is_said_in_a_sentence(tmp_path, make):
    make(tmp_path / "fonts")
    with pytest.raises(ValidationError, match="FONT_DIR 里没有可用的中文字体"):
        load(tmp_path / "fonts")


def test_fonts_are_read_once_until_they_change(tmp_path):
    shutil.copy(FONTS / SERIF, tmp_path / "a.ttf")
    before = load(tmp_path)
    assert load(tmp_path) is before
    font(tmp_path / "b.ttf", "SimHei")
    assert first(load(tmp_path))["hei"] == "SimHei"


def test_digest_names_each_font_file(tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "b.ttf").write_bytes(b"one")
    (tmp_path / "more" / "a.OTF").write_bytes(b"two")
    (tmp_path / "LICENSE.txt").write_bytes(b"three")
    assert fonts_digest(tmp_path) == {
        "b.ttf": hashlib.sha256(b"one").hexdigest(),
        "more/a.OTF": hashlib.sha256(b"two").hexdigest(),
    }


# ---------------------------------------------------------------- which characters
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("支部共有党员17名，持证率94.1%。", "支部共有党员17名，持证率94.1%。"),
        ("𠮷镕堃", "〓镕堃"),
        ("a\tb\u00a0c\u2003d", "a b c d"),
        ("一\r\n二\u2028三\v四", "一\n二\n三\n四"),
        ("\x00\x07\x1b[31m", "[31m"),
        ("葛\U000e0100城\ufe0f", "葛城"),
        ("\u200b\u200d\u200e\u202e\ufeff\xad名", "名"),
        ("e\u0301", "é"),
        ("x\u0301", "x\u0301"),  # one font has both
        ("x\u0489", "x〓"),
        ("\u0301", "〓"),
        (" \u0301", " 〓"),
        ("😀", "〓"),
        ("שלום", "〓〓〓〓"),
        ("\ufffc\ue000\ufdd0\U000eeeee", "〓〓〓〓"),
        ("\ud842", "〓"),
        ("全\u3000角", "全\u3000角"),
    ],
)
def test_text_is_made_printable(fonts, text, shown):
    assert printable(text, fonts) == shown


def test_rare_character_is_printed_by_any_font_that_has_it(tmp_path):
    (tmp_path / SERIF).symlink_to(FONTS / SERIF)
    assert printable("𠮷", load(tmp_path)) == "〓"
    font(tmp_path / "rare.ttf", "Rare Names", extra=[(0x20BB7, "吉")])
    assert printable("𠮷", load(tmp_path)) == "𠮷"
    stream = io.BytesIO()
    pdf.write(replace(sample(), fonts=tmp_path), stream)
    with pypdfium2.PdfDocument(stream.getvalue()) as file:
        assert "𠮷镕堃同志" in file[0].get_textpage().get_text_range()


def test_what_cannot_be_printed_is_told_with_its_places(fonts):
    table = Table("", (Column("列", 1),), (Group("甲😀"), (Figure("x", "𠮷"),), ("乙\u200b",)))
    blocks = [Text("body", ("𠮷镕堃同志", "和𠮷")), table, Photos((Photo("0" * 64, 1, "😀"),))]
    document = Document("题", "支部", "2024-12-31", blocks=blocks)
    assert unprintable(document, fonts) == {"𠮷": ["𠮷镕堃同志和𠮷", "𠮷"], "😀": ["甲😀", "图1 😀"]}


def test_visible_keeps_what_no_font_has():
    assert visible("𠮷\u200b名") == "𠮷名"

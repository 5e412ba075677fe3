import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.evidence_names import path_of, safe_name, unused_name

pytestmark = pytest.mark.pure

FORBIDDEN = set('<>:"/\\|?*')
DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"
}
HARD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from('<>:"/\\|?* ..\t\n\x00\u200b\u202e\u2066\ufeff\ufe0f\u3164éÉ签𠮷conCONaux1'),
    ),
    max_size=300,
)


def units(text):
    return len(text.encode("utf-16-le")) // 2


def assert_safe(name, limit=80):
    assert name
    assert name == name.strip(" .")
    assert not FORBIDDEN & set(name)
    assert not {"Cc", "Cf", "Cs", "Co"} & {unicodedata.category(sign) for sign in name}
    assert name == unicodedata.normalize("NFC", name)
    assert units(name) <= limit
    assert len(name.encode()) <= 255
    assert name.split(".")[0].strip(" ").casefold() not in DEVICES


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("信息素养周末沙龙第一期", "信息素养周末沙龙第一期"),
        ("“数字技能进社区”主题党日：第一场", "“数字技能进社区”主题党日：第一场"),
        ('AI/大数据\\云 <1>: "?*|', "AI_大数据_云 _1_ _"),
        ("  ..前后.. ", "前后"),
        ("..", "_"),
        ("", "_"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("aux .docx", "_aux .docx"),
        ("lpt¹", "_lpt¹"),
        ("COM0", "_COM0"),
        ("CONTENT", "CONTENT"),
        ("C\u200bON", "_CON"),
        ("照片\u202egpj.exe", "照片gpj.exe"),
        ("一\u3000二\n三", "一 二 三"),
        ("cafe\u0301", "caf\u00e9"),
        ("㐂\ufe00", "㐂"),
        ("𠮷镕堃", "𠮷镕堃"),
        (".htaccess", "htaccess"),
    ],
)
def test_a_name_is_what_file_systems_accept(text, name):
    assert safe_name(text) == name


def test_a_name_is_cut_between_characters():
    assert safe_name("党" * 100) == "党" * 80
    assert safe_name("𠮷" * 100) == "𠮷" * 40
    assert safe_name("a" + "𠮷" * 100, 80) == "a" + "𠮷" * 39
    assert safe_name("党" * 100, 200) == "党" * 85  # 255 bytes
    assert safe_name("a" * 79 + ". b") == "a" * 79


@given(HARD, st.integers(min_value=3, max_value=200))
@example("a" * 79 + ".", 80)
@example("CON\u0301", 80)
@example("e\u200b\u0301", 80)
@example("COM1" + "." * 80 + "x", 80)
@example("_CON", 80)
@example("CON  x", 4)
def test_any_text_becomes_a_safe_name(text, limit):
    name = safe_name(text, limit)
    assert_safe(name, limit)
    assert safe_name(name, limit) == name


@given(
    st.lists(
        st.sampled_from(["照片.jpg", "照片.JPG", "A", "a", "É", "é", "e\u0301", "x" * 90, "x" * 90 + "y"])
    )
)
def test_no_two_names_of_a_folder_are_alike(texts):
    taken = set()
    names = [unused_name(text, taken) for text in texts]
    for name in names:
        assert_safe(name)
    assert len({name.casefold() for name in names}) == len(texts)


def test_the_second_of_a_name_is_counted_before_its_ending():
    taken = set()
    assert [unused_name("照片.jpg", taken) for _ in range(3)] == ["照片.jpg", "照片(2).jpg", "照片(3).jpg"]


@pytest.mark.parametrize(
    ("kind", "name", "last"),
    [
        ("签到表", "IMG_0001.JPG", "2-03-1_签到表.jpg"),
        ("", "关于开展活动的通知.pdf", "2-03-1_关于开展活动的通知.pdf"),
        ("其他", "三方说明.docx", "2-03-1_三方说明.docx"),
        ("其他", ".pdf", "2-03-1_.pdf"),
        ("照片", "没有后缀", "2-03-1_照片"),
        ("照片", "第3.5版", "2-03-1_照片"),
        ("照片", "a.jpg ", "2-03-1_照片.jpg"),
        ("照片", "a.j/../g", "2-03-1_照片"),
        ("照片", "", "2-03-1_照片"),
        ("", "", "2-03-1_其他"),
    ],
)
def test_a_file_is_named_by_its_kind_and_keeps_its_ending(kind, name, last):
    path = path_of("2-03", 2, "教育服务", "信息素养周末沙龙第一期", 1, kind, name)
    assert path == f"2_教育服务/2-03_信息素养周末沙龙第一期/{last}"


@given(st.integers(1, 99), st.integers(1, 9999), st.integers(1, 999), HARD, HARD, HARD, HARD)
@example(9, 9999, 999, "党" * 300, "𠮷" * 300, "签" * 300, "a." + "x" * 9)
def test_any_path_is_short_and_safe(section, record, position, heading, title, kind, name):
    number = f"{section}-{record:02}"
    path = path_of(number, section, heading, title, position, kind, name)
    folders = path.split("/")
    assert len(folders) == 3
    assert units(path) <= 180
    for part in folders:
        assert_safe(part)
    assert folders[0].startswith(f"{section}_")
    assert folders[1].startswith(number)
    assert folders[2].startswith(f"{number}-{position}")
    other = path_of(number, section, heading, title, position + 1, kind, name)
    assert other.casefold() != path.casefold()

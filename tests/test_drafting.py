"""Patterns, templates, evidence numbers and references: what the text of a report is drafted with."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core.dates import PartialDate
from outcomes.citations import citation
from reports.checks import possible_ratio
from reports.document import Figure, Mark
from reports.drafting.evidence import Register
from reports.drafting.patterns import clause, parse, sentence
from reports.drafting.records import patent_number
from reports.drafting.template import builtin_text, read

pytestmark = pytest.mark.pure


def say(pattern: str, **fields: str) -> str:
    """The sentence a pattern makes of these fields."""
    told = sentence(parse(pattern), lambda name: (fields[name],) if fields.get(name) else ())
    return "".join(str(span) for span in told)


# ---------------------------------------------------------------- patterns
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"论文": "10篇", "其中": "其中国家级2篇", "比": "较上年增加3篇"},
            "发表10篇，其中国家级2篇；合计较上年增加3篇。",
        ),
        ({"论文": "10篇", "比": "较上年增加3篇"}, "发表10篇，较上年增加3篇。"),
        (
            {"论文": "1篇", "其中": "为国家级", "比": "与上年持平"},
            "发表1篇，为国家级，与上年持平。",
        ),
        ({"论文": "10篇"}, "发表10篇。"),
        ({"比": "较上年增加3篇"}, ""),
        ({}, ""),
    ],
)
def test_clauses_without_anything_to_tell_are_left_out(fields, told):
    assert say("发表{论文} | {其中} || {比}", **fields) == told


def test_brackets_are_left_out_as_a_whole():
    pattern = "{日期}，[在{地点}][与{单位}联合]开展{内容}"
    assert say(pattern, 日期="4月18日", 单位="社区", 内容="活动") == "4月18日，与社区联合开展活动。"
    assert say(pattern, 日期="4月18日", 地点="学校") == ""
    assert say("[（{甲}[、{乙}]）]完", 乙="二") == "完。"


def test_the_lead_opens_whichever_clause_comes_first():
    assert say("2024年，支部 :: 举办{甲} | 服务{乙}", 乙="5人次") == "2024年，支部服务5人次。"
    assert say("2024年，支部 :: 举办{甲} | 服务{乙}") == ""


def test_signs_can_be_escaped():
    assert say(r"\[{甲}\]\|\{乙\}", 甲="一") == "[一]|{乙}。"


@pytest.mark.parametrize(
    "pattern", ["[没有合上", "多一个]", "{", "}", "{}", "甲 || 乙 || 丙", "甲 | 乙 :: 丙", "[甲 | 乙]"]
)
def test_a_faulty_pattern_is_refused_with_a_sentence(pattern):
    with pytest.raises(ValidationError):
        parse(pattern)


@given(st.text(max_size=60))
def test_any_text_is_a_pattern_or_refused(text):
    with contextlib.suppress(ValidationError):
        clause(parse(text), lambda name: (name,))


def test_figures_stay_figures():
    told = sentence(parse("发表{outcomes.paper}论文"), lambda name: (Figure(name, "10篇", 10),))
    assert told == ("发表", Figure("outcomes.paper", "10篇", 10), "论文。")


# ---------------------------------------------------------------- templates
def test_the_built_in_template_reads():
    template = read(builtin_text("yearly"))
    assert [section.heading for section in template.sections] == [
        "",
        "党建联建",
        "教育服务",
        "科技赋能",
        "实践育人",
        "支部建设",
        "存在的不足与下一步计划",
    ]
    assert [appendix.table for appendix in template.appendices] == [
        "指标",
        "活动",
        "联建",
        "成果",
        "认证",
        "佐证",
    ]


def test_each_faulty_line_of_a_template_is_named():
    text = "标题：报告\n- 没有章节\n【甲 moon】\n【乙】\n* 唱歌\n附件 表：星座\n乱写\n- {没合上"
    with pytest.raises(ValidationError) as refused:
        read(text)
    assert [message.partition("：")[0] for message in refused.value.messages] == [
        f"第 {number} 行" for number in (2, 3, 5, 6, 7, 8)
    ]
    with pytest.raises(ValidationError, match="没有“标题：”"):
        read("【甲】")


# ---------------------------------------------------------------- evidence numbers
SECTIONS = {"joint_building": (1, "党建联建"), "education_service": (2, "教育服务")}


def test_numbers_come_in_order_of_first_mention_and_stay():
    register = Register(SECTIONS, {}, {}, {})
    marks = [
        register.mark("activity:7", "education_service", "沙龙", "2024-05-11"),
        register.mark("activity:3", "education_service", "讲座", "2024-06-01"),
        register.mark("activity:7", "joint_building", "沙龙", "2024-05-11"),
        register.mark("agreement:7", "joint_building", "协议", "2024-03"),
        register.mark("outcome:1", "branch_life", "荣誉", "2024"),
    ]
    assert marks == [Mark("2-01"), Mark("2-02"), Mark("2-01"), Mark("1-01"), Mark("3-01")]
    assert [item.number for item in register.index()] == ["1-01", "2-01", "2-02", "3-01"]


def test_a_record_keeps_its_number_and_none_is_given_out_twice():
    before = {"activity:7": "2-05", "activity:8": "2-01", "agreement:1": "2-02"}
    register = Register(SECTIONS, {}, {}, before)
    assert register.mark("activity:7", "education_service", "", "") == Mark("2-05")
    assert register.mark("activity:9", "education_service", "", "") == Mark("2-03")  # 01 is another's, 02 was
    assert register.mark("agreement:1", "joint_building", "", "") == Mark("1-01")  # told elsewhere now
    assert register.numbers == {
        "activity:7": "2-05",
        "activity:8": "2-01",
        "activity:9": "2-03",
        "agreement:1": "1-01",
    }


def test_more_than_99_records_get_longer_numbers():
    register = Register(SECTIONS, {}, {}, {})
    marks = [register.mark(f"activity:{pk}", "education_service", "", "") for pk in range(120)]
    assert (marks[0], marks[98], marks[119]) == (Mark("2-01"), Mark("2-99"), Mark("2-120"))
    assert [item.number for item in register.index()] == [mark.number for mark in marks]


def test_the_index_says_where_the_files_of_a_record_lie():
    file = {
        "sha256": "0" * 64,
        "size": 3,
        "media_type": "image/png",
        "kind_name": "签到表",
        "name": "扫描.PNG",
        "caption": "",
    }
    register = Register(SECTIONS, {"activity:7": [file, file]}, {}, {})
    register.mark("activity:7", "education_service", "信息素养周末沙龙第一期", "2024-05-11")
    [item] = register.index()
    assert [found.path for found in item.files] == [
        f"2_教育服务/2-01_信息素养周末沙龙第一期/2-01-{number}_签到表.png" for number in (1, 2)
    ]
    assert item.folder == "2_教育服务/2-01_信息素养周末沙龙第一期"


# ---------------------------------------------------------------- references
def cite(**about) -> str:
    day = about.pop("date", "2024-04-20")
    given_ = {
        "kind": "paper",
        "name": "题名",
        "authors": ["张三"],
        "venue": "学报",
        "doi": "",
        "details": {},
    } | about
    return citation(date=PartialDate.parse(day) if day else None, **given_)


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (
            {"details": {"卷": "9", "期": "4", "页码": "402—411"}, "doi": "https://doi.org/10.1000/x.1"},
            "张三. 题名[J]. 学报, 2024, 9(4): 402-411. DOI: 10.1000/x.1.",
        ),
        ({"details": {"期": "第2期"}, "venue": "《学报》"}, "张三. 题名[J]. 学报, 2024(2)."),
        ({"authors": ["甲", "乙", "丙", "丁"], "date": "2024"}, "甲, 乙, 丙, 等. 题名[J]. 学报, 2024."),
        (
            {"authors": ["A. Li", "B. Wu", "C. He", "D. Ma"], "venue": "Proc. Workshop on Maps"},
            "A. Li, B. Wu, C. He, et al. 题名[C]//Proc. Workshop on Maps. 2024.",
        ),
        (
            {
                "kind": "book",
                "name": "《云计算》",
                "details": {"出版社": "某出版社", "版次": "2版"},
                "date": "2024-08",
            },
            "张三. 云计算[M]. 2版. 某出版社, 2024.",
        ),
        ({"authors": [], "venue": "", "date": None}, "题名[J]."),
    ],
)
def test_references_follow_the_standard_as_far_as_is_known(about, expected):
    assert cite(**about) == expected


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("ZL202210031748.2", "ZL 2022 1 0031748.2"),
        ("zl 2023 2 1604512.x", "ZL 2023 2 1604512.X"),
        ("CN202410615240.6", "CN 2024 1 0615240.6"),
        ("2024SR0310274", "2024SR0310274"),
        ("", ""),
    ],
)
def test_patent_numbers_are_printed_in_groups(written, printed):
    assert patent_number(written) == printed


# ---------------------------------------------------------------- checks
def test_a_percentage_no_whole_number_gives_is_found():
    assert not possible_ratio("90", 17)
    assert possible_ratio("94.1", 17)
    assert possible_ratio("94", 17)
    assert not possible_ratio("94.0", 17)
    assert possible_ratio("100", 17)

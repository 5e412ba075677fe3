"""Names that are probably the same unit's, and plans as they come out of Excel."""

import pytest

from partnerships.near import near
from partnerships.pasting import MOST, read_plan


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("澄湖农商银行科技部党支部", "澄湖农商银行技术部"),  # once reported under both names
        ("农商行科技部", "农商行技术部"),
        ("望江社区", "望江社区党委"),
        ("中共澄湖区望江社区总支部委员会", "澄湖区望江社区"),
        ("华为", "华为技术有限公司"),
        ("澄湖农商银行城东支行", "澄湖农商银行城东"),
        ("澄湖区科协", "澄湖区科学技术协会"),
        ("澄湖区科技局", "澄湖区科学技术局"),
        ("望江社区服务中心", "望江杜区服务中心"),  # a slip of the pen
        ("ＡＢＣ 公司", "abc有限公司"),
        ("党委", "党委"),
    ],
)
def test_the_same_unit_written_differently_is_near(one, other):
    assert near(one, {"there": [other]}) == ["there"]
    assert near(other, {"there": [one]}) == ["there"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第一社区", "第二社区党委"),
        ("信息工程学院第1党支部", "信息工程学院第2党支部"),
        ("澄湖区科学技术局", "澄湖区科学技术协会"),
        ("望江社区", "望海社区"),
        ("澄湖中学", "澄湖小学"),
        ("澄湖农商银行城东支行", "澄湖农商银行城西支行"),
        ("党支部", "党委"),
        ("局", "澄湖区科学技术局"),
        ("", "望江社区"),
        ("", ""),
    ],
)
def test_different_units_are_not(one, other):
    assert near(one, {"there": [other]}) == []
    assert near(other, {"there": [one]}) == []


def test_aliases_count_and_the_order_is_kept():
    known = {3: ["澄湖区科学技术局"], 1: ["某公司", "望江社区居委会"], 2: ["望江社区"]}
    assert near("望江社区党委", known) == [1, 2]


# ---------------------------------------------------------------- pasting
def test_columns_go_by_their_heading():
    pasted = "主题\t计划时间\t状态\t备注\n走进机房\t2026-03\t已完成\t早上\n党课\t2026年5月\t\t\n"
    assert read_plan(pasted) == [
        {"theme": "走进机房", "planned_on": "2026-03", "status": "done"},
        {"theme": "党课", "planned_on": "2026年5月"},
    ]


def test_without_a_heading_they_are_those_of_the_familiar_form():
    row = "2026-03\t走进机房\t参观\t机房\t银行\t秦叔平\t全体党员\t清单 1 份\t未完成"
    expected = {
        "planned_on": "2026-03",
        "theme": "走进机房",
        "form": "参观",
        "place": "机房",
        "lead": "银行",
        "responsible": "秦叔平",
        "participants": "全体党员",
        "expected_result": "清单 1 份",
        "status": "planned",
    }
    assert read_plan(row) == [expected]
    assert read_plan(f"1\t{row}\n2\t{row}") == [
        {"number": "1"} | expected,
        {"number": "2"} | expected,
    ]


def test_a_cell_of_several_lines_is_one_cell():
    pasted = '序号\t主题\t预期成果\r\n一\t党课\t"清单 1 份\n报告 ""一"" 份"\r\n'
    assert read_plan(pasted) == [{"theme": "党课", "expected_result": '清单 1 份\n报告 "一" 份'}]


def test_what_is_no_state_is_what_became_of_it():
    assert read_plan("主题\t完成情况\n党课\t双方商定不办") == [{"theme": "党课", "result": "双方商定不办"}]


@pytest.mark.parametrize("nothing", ["", "\n\t\n", "随便一句话", "序号\t主题\n1\t\n", "\0\0"])
def test_where_there_is_no_theme_there_is_no_row(nothing):
    assert read_plan(nothing) == []


def test_a_whole_book_is_cut_off():
    assert len(read_plan("主题\n" + "党课\n" * 1000)) == MOST
    assert len(read_plan("党课\t\n".join(["2026\t"] * 1000))) <= MOST

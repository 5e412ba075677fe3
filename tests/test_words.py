"""Windows, periods, targets in words."""

import datetime as dt
from decimal import Decimal

import pytest

from activities.duty import Cell, in_words
from core.dates import Window
from reports.drafting.facts import goal_in_prose, in_prose, money_text
from reports.goals import rate_text

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window.year(2024), "2024年度"),
        (Window.academic_year(2023), "2023—2024学年"),
        (Window(dt.date(2024, 3, 1), dt.date(2024, 6, 30)), "2024年3月1日至6月30日"),
        (Window(dt.date(2023, 6, 15), dt.date(2025, 2, 28)), "2023年6月15日至2025年2月28日"),
    ],
)
def test_a_window_reads_in_a_title(window, words):
    assert window.in_words == words


def missed(*periods):
    """Cells of periods that are over, each from one month of a year to another."""
    return [
        Cell(
            "miss", dt.date(*first, 1), dt.date(*last, 28), (last[0] - first[0]) * 12 + last[1] - first[1] + 1
        )
        for first, last in periods
    ]


@pytest.mark.parametrize(
    ("periods", "words"),
    [
        ([((2024, 2), (2024, 2))], "2月"),
        ([((2024, month), (2024, month)) for month in (2, 5, 6, 7)], "2月、5—7月"),
        ([((2024, 1), (2024, 3)), ((2024, 4), (2024, 6))], "1—3月、4—6月"),
        # An academic year begins inside a quarter and ends inside one.
        ([((2023, 9), (2023, 9)), ((2023, 10), (2023, 12)), ((2024, 7), (2024, 8))], "9月、10—12月、7—8月"),
        ([((2023 + month // 12, month % 12 + 1),) * 2 for month in range(8, 20)], "2023年9月—2024年8月"),
        ([((2024, 1), (2024, 12))], "本期"),
    ],
)
def test_missed_periods_read_as_people_say_them(periods, words):
    assert in_words(missed(*periods)) == words


def figure(value, unit="项"):
    return {"value": value, "unit": unit, "denominator": None, "display": "?"}


def test_numbers_in_sentences_have_no_commas():
    assert in_prose(figure(1120, "人次")) == "1120人次"
    assert in_prose(figure("215000.00", "元")) == "21.5万元"
    assert goal_in_prose(figure(0, "人次"), "12000") == "12000人次"
    assert goal_in_prose(figure("0.00", "元"), "200000") == "20万元"
    assert goal_in_prose(figure(1, "") | {"denominator": 17}, "0.9") == "90%"
    assert [money_text(amount) for amount in map(Decimal, ("0.00", "100.00", "150.00", "99999.99"))] == [
        "0元",
        "0.01万元",
        "150元",
        "99999.99元",
    ]


@pytest.mark.parametrize(
    ("value", "goal", "rate"), [(1, "16", "6.3%"), (5, "6", "83.3%"), (3, "2", "150.0%"), (1, "0", "—")]
)
def test_rates_are_rounded_half_up(value, goal, rate):
    assert rate_text(figure(value), goal) == rate

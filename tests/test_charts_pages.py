"""Charts on the pages and in the report: the same records as the list and the figures beside them, one press away."""

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from activities.charts import by_month, count_by_month
from activities.models import Activity
from core.charts import rows_of
from core.dates import Window
from outcomes.charts import by_level, count_by_level
from outcomes.models import Outcome
from reports.charts import of_report
from reports.figures import compute
from reports.freezing import freeze
from tests import factories as make
from tests.cast import cast, sign_in  # noqa: F401
from tests.pages import faults_of

YEAR = Window.year(2024)
SVG = re.compile(r'<svg xmlns="http://www.w3.org/2000/svg" class="chart-svg".*?</svg>', re.DOTALL)


def fill(place):
    """Two years of activities and results: held and planned, on several lines, of several levels and of none."""
    for month, day, line in (
        (1, 1, "branch_life"),
        (1, 31, "joint_building"),
        (2, 29, "education_service"),
        (12, 31, "branch_life"),
    ):
        make.ActivityFactory(organisation=place, starts_on=dt.date(2024, month, day), lines=[line])
    make.ActivityFactory(
        organisation=place, starts_on=dt.date(2024, 3, 8), lines=["joint_building", "education_service"]
    )
    make.ActivityFactory(organisation=place, starts_on=dt.date(2024, 3, 9), status="planned")
    make.ActivityFactory(organisation=place, starts_on=dt.date(2023, 12, 31), lines=["joint_building"])
    make.ActivityFactory(organisation=place, starts_on=dt.date(2024, 8, 1), in_reports=False)
    for kind, level, number in (
        ("competition_award", "national", 3),
        ("competition_award", "university", 2),
        ("competition_award", "", 1),
        ("honour", "provincial", 1),
        ("paper", "", 2),
    ):
        status = "published" if kind == "paper" else ""
        for _ in range(number):
            make.OutcomeFactory(organisation=place, kind_id=kind, level=level, status=status)
    make.OutcomeFactory(organisation=place, status="accepted")
    make.TargetFactory(organisation=place, figure="activities.total", value=4)
    make.TargetFactory(organisation=place, figure="outcomes.paper", value=3)


def frozen_of(place):
    template = {"name": "yearly", "text": ""}
    return freeze(
        place, YEAR, template=template, fonts={}, compiled_at=dt.datetime(2025, 1, 2, tzinfo=dt.UTC)
    )


def links_of(answer):
    """The bars of a page's charts that lead somewhere: (chart, what it says, number, address), each once."""
    found = set()
    for drawn in SVG.findall(answer.content.decode()):
        root = ElementTree.fromstring(drawn)
        for link in root.iter("{http://www.w3.org/2000/svg}a"):
            says = link.get("aria-label")
            number = re.search(r"：([\d,]+)", says) or re.search(r" (\d+) /", says)
            found.add((root.get("aria-label"), says, int(number[1].replace(",", "")), link.get("href")))
    return sorted(found)


@pytest.mark.parametrize(
    "path", ["/", "/activities/", "/activities/?line=joint_building", "/outcomes/?q=成果"]
)
def test_every_bar_leads_to_as_many_records_as_it_says(cast, sign_in, path):  # noqa: F811
    fill(cast.north)
    fill(cast.south)
    client = sign_in(cast.alice)
    answer = client.get(
        path, {**{k: v[0] for k, v in parse_qs(urlsplit(path).query).items()}, "window": "2024"}
    )
    links = links_of(answer)
    assert len(links) >= 2
    for chart, says, number, url in links:
        target = client.get(url if url.startswith("/") else f"{urlsplit(path).path}{url}")
        assert target.context["list"].count == number, (chart, says, url)
        client.get("/", {"window": "2024"})  # a bar of last year moved the window


def test_charts_of_home_are_its_figures(cast, sign_in):  # noqa: F811
    fill(cast.north)
    context = sign_in(cast.alice).get("/", {"window": "2024"}).context
    now, before = (compute([cast.north.pk], window)[cast.north.pk] for window in (YEAR, YEAR.previous()))
    chart = context["lines_chart"]
    for series, figures in zip(chart.series, (before, now), strict=True):
        lines = [figure.value for key, figure in figures.items() if key.startswith("activities.line:")]
        assert [value.amount for value in series.values] == lines
    sums = dict(zip(context["levels_chart"].categories, context["levels_chart"].sums, strict=True))
    assert {name: value.amount for name, value in sums.items()} == {"学科竞赛": 6, "荣誉": 1}
    goals = context["targets_chart"].ordered
    assert [(goal.actual, goal.target, goal.is_met) for goal in goals] == [
        ("2", "3", False),
        ("5", "4", True),
    ]


def test_chart_of_a_list_adds_up_to_the_list(cast, sign_in):  # noqa: F811
    fill(cast.north)
    client = sign_in(cast.alice)
    context = client.get("/outcomes/", {"window": "2024"}).context
    assert sum(value.amount for value in context["chart"].sums) == context["list"].count == 10
    context = client.get("/activities/", {"window": "2024"}).context
    held = sum(value.amount for value in context["chart"].series[0].values)
    assert held == context["list"].totals["held"] == 6
    # Behind a figure the picture is the figure's.
    context = client.get("/activities/", {"window": "2024", "figure": "activities.total"}).context
    assert sum(value.amount for value in context["chart"].series[0].values) == 5
    # Over all years, or where there is nothing, there is none.
    assert client.get("/activities/", {"all": "1"}).context["chart"] is None
    assert b"chart-svg" not in client.get("/activities/", {"window": "2020"}).content


@pytest.mark.django_db
def test_months_are_those_of_the_window():
    place = make.OrganisationFactory()
    for day in ("2023-09-01", "2024-08-31", "2024-08-31", "2024-09-01"):
        make.ActivityFactory(organisation=place, starts_on=dt.date.fromisoformat(day))
    window = Window.academic_year(2023)
    chart = by_month(count_by_month(Activity.objects.held_in(window)), window)
    assert chart.categories[0] == "2023年9月"
    assert chart.short[:5] == ("9月\n2023", "10月", "11月", "12月", "1月\n2024")
    assert [value.amount for value in chart.series[0].values] == [1, *[0] * 10, 2]
    odd = by_month({dt.date(2024, 3, 1): 2}, Window.parse("2024-03-15..2024-04-02"))
    assert rows_of(odd)[1][0][0].text == "2024年3月"
    assert odd.short == ("3月", "4月")
    assert by_month({}, Window.parse("2020-01-01..2024-12-31")) is None


@pytest.mark.django_db
def test_levels_are_in_their_order_and_only_of_kinds_there_are():
    place = make.OrganisationFactory()
    for level in ("college", "international", ""):
        make.OutcomeFactory(organisation=place, kind_id="honour", level=level, status="awarded")
    chart = by_level(count_by_level(Outcome.objects.all()), [("paper", "学术论文"), ("honour", "荣誉")], "")
    assert chart.categories == ("荣誉",)
    used = [series.name for series in chart.series if series.values[0].amount]
    assert used == ["国际", "院级", "未定级"]


def test_charts_of_a_report_are_the_frozen_figures(transactional_db):
    place = make.OrganisationFactory()
    fill(place)
    frozen = frozen_of(place)
    charts = of_report(frozen)
    figures = {figure["key"]: figure["value"] for figure in frozen.figures["figures"]}
    assert list(charts) == ["lines", "months", "levels", "targets"]
    assert [value.amount for value in charts["lines"].series[1].values] == [
        figures.get(f"activities.line:{line}", 0)
        for line in (
            "joint_building",
            "education_service",
            "technology_empowerment",
            "practice_education",
            "branch_life",
        )
    ]
    assert [value.amount for value in charts["lines"].series[0].values] == [1, 0, 0, 0, 0]
    assert sum(value.amount for value in charts["months"].series[0].values) == figures["activities.total"]
    assert [value.amount for value in charts["levels"].sums] == [
        figures["outcomes.competition_award"],
        figures["outcomes.honour"],
    ]
    assert [(goal.actual, goal.target, goal.percent) for goal in charts["targets"].ordered] == [
        ("2", "3", "66.7%"),
        ("5", "4", "125.0%"),
    ]
    assert not any(cell.url for chart in charts.values() for row in rows_of(chart)[1] for cell in row)
    assert of_report(frozen_of(make.OrganisationFactory())) == {}


# ---------------------------------------------------------------- in the browser
_SMALLEST = """() => Math.min(...[...document.querySelectorAll(".chart-svg text")].filter((text) =>
  text.getClientRects().length).map((text) => parseFloat(text.getAttribute("font-size")) *
  text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width))"""
_BEYOND = """() => [...document.querySelectorAll(".chart-svg text")].filter((text) => {
  const box = text.getBoundingClientRect(), sheet = text.ownerSVGElement.getBoundingClientRect();
  return box.width && (box.left < sheet.left - 2 || box.right > sheet.right + 2 || box.bottom > sheet.bottom + 2
    || box.top < sheet.top - 2);
}).map((text) => text.textContent)"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [True, False])
def test_charts_read_well_on_both_sizes(cast, browse, phone):  # noqa: F811
    fill(cast.north)
    page = browse(cast.alice, phone=phone)
    for url in (
        "/?window=2024",
        "/activities/",
        "/outcomes/",
        "/activities/?window=2023-2024",
        "/settings/styleguide/",
    ):
        page.goto(url)
        folds = "[data-phone-fold] > summary, " if phone else ""
        for fold in page.locator(f"{folds}.chart-fold > summary, .chart-table > summary").all():
            fold.click()
        expect(page.locator(".chart-svg:visible").first).to_be_visible()
        assert page.locator(".chart-wide:visible").count() + page.locator(
            ".chart-narrow:visible"
        ).count() == (page.locator(".chart").count()), url
        assert faults_of(page) == [], url
        assert page.evaluate(_SMALLEST) >= 11, url
        assert page.evaluate(_BEYOND) == [], url


@pytest.mark.django_db(transaction=True)
def test_a_bar_opens_its_records_without_javascript(cast, browse):  # noqa: F811
    fill(cast.north)
    page = browse(cast.alice, javascript=False)
    page.goto("/activities/?window=2024")
    page.get_by_text("按月看").click()
    page.get_by_role("link", name="2024年1月：2 场").click()
    expect(page.locator(".list-cards tbody tr")).to_have_count(2)
    expect(page.locator(".filter.is-on", has_text="月份")).to_contain_text("2024-01")
    page.locator(".filter.is-on", has_text="月份").click()
    expect(page.locator(".list-cards tbody tr")).to_have_count(6)


@pytest.mark.django_db(transaction=True)
def test_charts_are_printed(cast, browse):  # noqa: F811
    fill(cast.north)
    page = browse(cast.alice)
    page.goto("/?window=2024")
    page.emulate_media(media="print")
    expect(page.get_by_role("group", name="2024年度各任务线活动与上年比较")).to_be_visible()

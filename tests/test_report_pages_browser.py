"""The pages of reports as a browser shows them: wide and phone, with and without JavaScript."""

import io

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from activities.models import Activity
from core.dates import Window
from core.files import attach
from core.models import Change
from reports import services
from reports.models import Compilation
from tests import factories as make
from tests.cast import make_cast
from tests.documents import picture
from tests.pages import faults_of
from tests.test_compile import _fill

YEAR = Window.year(2024)


@pytest.fixture
def compiled(transactional_db, data_dir):
    """The cast, North's report of 2024 compiled, with two photos in its text."""
    cast = make_cast()
    _fill(cast.north)
    for number, activity in enumerate(Activity.objects.of([cast.north])):
        attach(
            activity,
            io.BytesIO(picture(f"#{number}{number}8899")),
            "photo",
            f"现场{number}.jpg",
            by=cast.alice,
        )
    cast.report = services.ensure_report(cast.north, YEAR, by=cast.alice)
    cast.done = services.request_compilation(cast.report, by=cast.alice)
    services.perform(cast.done.pk)
    cast.done.refresh_from_db()
    return cast


def _url(cast):
    return reverse("reports:report_detail", args=[cast.report.pk])


def _preview(cast):
    return reverse("reports:compilation_preview", args=[cast.done.pk])


@pytest.mark.parametrize("phone", [True, False])
def test_every_state_of_every_page_reads_well(compiled, browse, phone):
    page = browse(compiled.diana, phone=phone)
    figure = reverse("reports:compilation_figure", args=[compiled.done.pk, "outreach.person_times"])
    for url in (_url(compiled), _preview(compiled), figure, "/reports/?window=2024"):
        assert page.goto(url).status == 200
        assert faults_of(page) == [], url
    make.OutcomeFactory(organisation=compiled.north)
    job = services.request_compilation(compiled.report, by=compiled.alice)
    services.claim(job.pk)
    for url in (_url(compiled), _preview(compiled), "/reports/?window=2024"):
        page.goto(url)
        assert faults_of(page) == [], url
    Compilation.objects.filter(pk=job.pk).update(status="failed", token=None, error="服务器磁盘空间不足")
    page.goto(_url(compiled))
    expect(page.get_by_role("alert")).to_contain_text("服务器磁盘空间不足")
    expect(page.get_by_role("button", name="重试")).to_be_visible()
    assert faults_of(page) == []


def test_a_double_click_makes_one_job_and_the_progress_ends_by_itself(compiled, browse):
    page = browse(compiled.alice)
    page.goto(_url(compiled))
    page.get_by_role("button", name="重新编译").dblclick()
    expect(page.locator("#job .badge")).to_contain_text("等待中")
    job = Compilation.objects.unfinished().get()
    services.perform(job.pk)
    expect(page.locator("#job .badge")).to_contain_text("已完成")
    expect(page.get_by_role("heading", name="第 2 版下载")).to_be_visible()
    expect(page.locator("#job[hx-trigger]")).to_have_count(0)
    assert Compilation.objects.count() == 2


def test_a_figure_opens_beside_the_text_and_the_focus_comes_back(compiled, browse):
    page = browse(compiled.frank)
    page.goto(_preview(compiled))
    figure = page.locator(".paper .fig", has_text="1120人次").first
    figure.click()
    panel = page.locator("#panel .panel")
    expect(panel.locator(".bignum")).to_contain_text("1,120")
    expect(panel.get_by_role("heading", level=3)).to_contain_text(["数字", "怎么算的", "记录 2 条", "佐证"])
    expect(panel.get_by_role("link", name="数字技能进社区")).to_be_visible()
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    assert faults_of(page) == []
    panel.get_by_role("link", name="服务人次（估计）").click()
    expect(panel.locator(".bignum")).to_contain_text("34")
    page.get_by_role("button", name="关闭").click()
    expect(panel).to_have_count(0)
    expect(figure).to_be_focused()
    figure.press("Enter")
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_photos_and_charts_are_drawn(compiled, browse):
    page = browse(compiled.alice)
    page.goto(_preview(compiled))
    photo = page.locator(".paper .photos img").first
    photo.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=photo.element_handle())
    expect(page.locator(".paper .chart svg:visible").first).to_be_visible()


def test_a_mark_leads_to_its_row_in_the_index(compiled, browse):
    page = browse(compiled.alice)
    page.goto(_preview(compiled))
    mark = page.locator(".paper .mark a").first
    number = mark.inner_text()
    mark.click()
    row = page.locator(f"tr#evidence-{number}")
    expect(row).to_be_in_viewport()
    expect(row.locator("td").first).to_have_text(number)


def test_a_table_is_scrolled_inside_its_own_region(compiled, browse):
    page = browse(compiled.alice, phone=True)
    page.goto(_preview(compiled))
    region = page.get_by_role("region", name="表：活动").first
    region.focus()
    assert region.evaluate("element => element.scrollWidth > element.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(region).to_be_focused()


def test_all_of_it_works_without_javascript(compiled, browse):
    page = browse(compiled.alice, javascript=False)
    page.goto(_preview(compiled))
    page.locator(".paper .fig", has_text="1120人次").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("服务人次")
    page.get_by_role("link", name="回到预览").click()
    page.goto(_url(compiled))
    page.get_by_role("button", name="重新编译").click()
    expect(page.get_by_text("等待中").first).to_be_visible()
    job = Compilation.objects.unfinished().get()
    services.perform(job.pk)
    expect(page.get_by_role("heading", name="第 2 版下载")).to_be_visible()  # the page asks again by itself


def test_the_committee_compiles_what_is_missing_and_takes_all_home(compiled, browse, tmp_path):
    page = browse(compiled.diana)
    page.goto("/reports/?window=2024")
    page.get_by_role("button", name="编译缺少的 1 个").dblclick()
    expect(page.locator("#standing")).to_contain_text("1 个正在编译")
    services.perform(Compilation.objects.unfinished().get().pk)
    expect(page.locator("#standing")).to_contain_text("2 个支部，2 个有报告")
    expect(page.locator("#standing[hx-trigger]")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="全部导出").click()
    assert download.value.suggested_filename == "信息工程学院党委2024年度报告.zip"
    assert Change.objects.filter(verb="export").count() == 2


def test_a_file_is_saved_under_its_chinese_name_and_a_look_at_its_size_is_no_download(compiled, browse):
    page = browse(compiled.alice)
    page.goto(_url(compiled))
    link = page.locator("#downloads a.download").first
    assert page.request.head(link.get_attribute("href")).status == 200
    assert not Change.objects.filter(verb="download").exists()
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == f"{compiled.report.title_text}.docx"
    assert Change.objects.filter(verb="download").count() == 1

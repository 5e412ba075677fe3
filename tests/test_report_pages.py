"""The pages of reports: steps and versions, the check, the preview with what is behind each figure, the committee's
table, and all files as one ZIP."""

import datetime as dt
import io
import re
import threading
import zipfile
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.html import parse_html
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from core.dates import Window
from core.files import accept, blob_path, store_file
from core.models import Change, Notice
from core.templatetags.ui import SECRECY
from outcomes.models import Outcome
from reports import services
from reports.document import Document, Evidence, Figure, File, Finding, Mark
from reports.figures import freeze
from reports.models import Compilation, Report
from reports.progress import changed_since, changed_today, finding_counts, findings_in_words
from reports.render import OUTPUTS
from reports.render.page import Links, page_of
from reports.standing import standings
from reports.tracing import Tracer, kinds_of
from tests import factories as make
from tests.documents import material_of, sample
from tests.test_compile import _fill
from tests.uploads import photo

pytestmark = pytest.mark.django_db
YEAR = Window.year(2024)
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN"
)


def _report(place, by=None):
    return services.ensure_report(place, YEAR, by=by)


def _version(report, files=("report.docx", "figures.json"), **fields):
    """A finished compilation of today's records, as a worker would have written it."""
    body = freeze(report.organisation, report.window)
    body |= {"compiled_at": "2025-01-06T09:30:00+08:00", "digest": "d" * 64}
    stored = {}
    for name in files:
        blob = store_file(f"{report.pk} {name}".encode(), "application/octet-stream")
        stored[name] = {"sha256": blob.sha256, "size": blob.size}
    displays = {figure["key"]: figure["display"] for figure in body["figures"]}
    defaults = {
        "status": "done",
        "progress": 100,
        "compiled_at": timezone.now(),
        "figures": body,
        "material": material_of(report.organisation, report.window),
        "digest": "d" * 64,
        "summary": {"displays": displays, "records": 9, "findings": {}, "photos": [], "steps": []},
        "files": stored,
    }
    return make.CompilationFactory(report=report, **{**defaults, **fields})


@pytest.fixture
def north(cast, data_dir):
    """The cast, with a year of records in North and its report of 2024."""
    _fill(cast.north)
    cast.report = _report(cast.north)
    return cast


def _text(answer):
    return answer.content.decode()


# ---------------------------------------------------------------- what a compile says of itself
@pytest.mark.django_db(transaction=True)
def test_each_step_says_what_it_did(data_dir):
    branch = _fill(make.OrganisationFactory(code="demo", name="信息工程学院教师第一党支部"))
    job = services.request_compilation(_report(branch), by=None)
    services.perform(job.pk)
    job.refresh_from_db()
    steps = {step["name"]: step["said"] for step in job.summary["steps"]}
    figures = [figure for figure in job.figures["figures"] if figure["records"]]
    assert steps["定格数据"] == f"{len(figures)} 个数字、{job.summary['records']} 条记录"
    assert [*steps] == ["定格数据", "起草与体检", *(output.step for output in OUTPUTS)]
    assert "KB" in steps["生成 Word 文稿"]
    assert job.summary["displays"]["outcomes.paper"] == "5"


def test_figures_changed_between_versions_and_since(north):
    version = _version(north.report)
    displays = version.summary["displays"]
    [standing] = standings([north.report], YEAR)
    assert (standing.changed, standing.is_wanting, standing.versions) == ([], False, 1)
    make.OutcomeFactory(organisation=north.north)
    [standing] = standings([north.report], YEAR)
    assert standing.changed == ["outcomes.paper"]
    assert standing.is_wanting
    assert changed_since(displays, displays | {"outcomes.paper": "6"}) == ["outcomes.paper"]
    assert changed_since(
        displays, {key: text for key, text in displays.items() if key != "members.total"}
    ) == ["members.total"]
    assert changed_today({"gone": "1"}, {}) == ["gone"]


def test_findings_are_counted_by_level_the_gravest_first():
    document = Document("", "", "")
    document.findings = [Finding("hint", "x"), Finding("fault", "y"), Finding("hint", "z")]
    assert finding_counts(document) == {"fault": 1, "hint": 2}
    assert findings_in_words(finding_counts(document)) == "1 项必须改，2 项提示"
    assert findings_in_words({}) == "没有发现问题"


@pytest.mark.django_db(transaction=True)
def test_who_asked_is_told_that_it_failed(data_dir, monkeypatch, caplog):
    alice = make.UserFactory()
    report = _report(make.OrganisationFactory(name="北楼教师党支部"))
    monkeypatch.setattr(services, "OUTPUTS", [])
    monkeypatch.setattr(services, "MAX_ATTEMPTS", 1)
    monkeypatch.setattr(services, "compiled_of", lambda frozen: 1 / 0)
    services.perform(services.request_compilation(report, by=alice).pk)
    notice = Notice.objects.get(user=alice)
    assert notice.text.endswith("没有编成，原因写在报告页")
    assert notice.url == reverse("reports:report_detail", args=[report.pk])


def test_who_asked_is_told_that_the_worker_was_lost_for_good(north):
    job = services.request_compilation(north.report, by=north.alice)
    for _ in range(services.MAX_ATTEMPTS):
        services.claim(job.pk)
        services.sweep(timezone.now() + services.LEASE * 2)
    services.sweep(timezone.now() + services.LEASE * 2)
    assert Notice.objects.get(user=north.alice).key == f"failed:{job.pk}"


# ---------------------------------------------------------------- the page of a report
def test_the_page_says_what_each_version_changed_and_offers_its_files(north, sign_in):
    first = _version(north.report, summary={"displays": {"outcomes.paper": "4"}, "findings": {"doubt": 3}})
    second = _version(north.report, summary={"displays": {"outcomes.paper": "5"}, "findings": {}})
    page = sign_in(north.alice).get(reverse("reports:report_detail", args=[north.report.pk]))
    versions = page.context["versions"]
    assert [(row["number"], row["changed"], row["in_words"]) for row in versions] == [
        (2, 1, "没有发现问题"),
        (1, None, "3 项待看"),
    ]
    for version in (first, second):
        for name in version.files:
            assert reverse("reports:compilation_download", args=[version.pk, name]) in _text(page)
    assert SECRECY in _text(page)
    assert "校验码" in _text(page)


def test_a_version_from_before_there_were_summaries_is_shown(north, sign_in):
    _version(north.report, summary={})
    client = sign_in(north.diana)
    for url in (reverse("reports:report_detail", args=[north.report.pk]), "/reports/?window=2024"):
        assert client.get(url).status_code == 200


def test_while_one_is_under_way_the_files_of_the_last_are_offered(north, sign_in):
    version = _version(north.report)
    job = services.request_compilation(north.report, by=north.alice)
    services.claim(job.pk)
    Compilation.objects.filter(pk=job.pk).update(
        step="起草与体检",
        summary={"steps": [{"name": "定格数据", "said": "46 个数字、214 条记录", "at": "14:33:02"}]},
    )
    text = _text(sign_in(north.alice).get(reverse("reports:report_detail", args=[north.report.pk])))
    assert "定格数据：46 个数字、214 条记录" in text
    assert "14:33:02" in text
    assert '<noscript><meta http-equiv="refresh"' in text
    assert reverse("reports:compilation_download", args=[version.pk, "report.docx"]) in text
    Compilation.objects.filter(pk=job.pk).update(status="failed", error="磁盘满了", token=None)
    text = _text(sign_in(north.alice).get(reverse("reports:report_detail", args=[north.report.pk])))
    assert "磁盘满了" in text
    assert "重试" in text
    assert "http-equiv" not in text
    assert 'hx-trigger="every' not in text


def test_wechat_is_told_where_files_can_be_saved(north, sign_in):
    _version(north.report)
    client = sign_in(north.alice)
    for url in (reverse("reports:report_detail", args=[north.report.pk]), "/reports/?window=2024"):
        assert "选“在浏览器打开”" in _text(client.get(url, headers={"User-Agent": WECHAT}))
        assert "在浏览器打开" not in _text(client.get(url))


@pytest.mark.parametrize("name", ["report.docx", "report.pdf", "report.xlsx", "evidence.zip", "figures.json"])
def test_a_file_is_called_as_the_report_and_its_download_is_noted(north, sign_in, name):
    version = _version(north.report, files=[name])
    client, url = sign_in(north.frank), reverse("reports:compilation_download", args=[version.pk, name])
    answer = client.get(url)
    ending = name.partition(".")[2]
    assert unquote(answer["Content-Disposition"]).endswith(f"{north.report.title_text}.{ending}")
    assert b"".join(answer) == f"{north.report.pk} {name}".encode()
    change = Change.objects.get(verb="download")
    assert (change.actor, change.changes) == (north.frank, {"文件": ["", name]})


# ---------------------------------------------------------------- the report as a page
def _links(**more):
    return Links(lambda key: f"/f/{key}" if key != "x" else "", lambda sha256: f"/p/{sha256[:4]}", **more)


def test_the_page_holds_every_block_and_every_link_leads_somewhere():
    document = sample().document
    page = page_of(document, _links())
    body = str(page.body)
    parse_html(body)
    ids = re.findall(r' id="([^"]+)"', body)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', body)) <= set(ids)
    assert {heading.anchor for heading in page.outline} <= set(ids)
    assert '<a class="fig" href="/f/members.total" hx-get="/f/members.total">17名</a>' in body
    assert "16/17(94.1%)。" in body  # a figure of no known key is plain text
    assert "&lt;b&gt;&amp;&quot;&#x27;#$*_`@\\" in body
    assert "style=" not in body
    assert [heading.text for heading in page.outline][-1] == "附件6　佐证材料目录"


def test_an_evidence_number_leads_to_its_row_in_the_index():
    body = str(page_of(sample().document, _links()).body)
    assert '<sup class="mark"><a href="#evidence-2-01" aria-label="佐证2-01">2-01</a></sup>' in body
    row = body.index('<tr id="evidence-2-01">')
    assert row > body.index("佐证材料目录")


def test_columns_for_paper_only_are_left_out():
    assert ">页<" not in str(page_of(sample().document, _links()).body)


def test_a_photo_whose_file_is_gone_says_so():
    body = str(page_of(sample().document, Links(lambda key: "", lambda sha256: "")).body)
    assert "<img" not in body
    assert body.count("这张照片的文件不在") == 3
    assert "fig" not in str(page_of(_with_figure(), Links(lambda key: "", lambda sha256: "")).body)


def _with_figure():
    document = Document("题", "支部", "2024-12-31")
    document.add("body", Figure("members.total", "17名", 17), Mark("1-01"))
    return document


def test_a_figure_that_changed_since_is_marked():
    body = str(page_of(_with_figure(), _links(changed=frozenset({"members.total"}))).body)
    assert 'class="fig is-changed"' in body
    assert '<sup class="mark">1-01</sup>' in body  # no index: no link to nowhere


def test_the_preview_is_drawn_from_what_was_frozen(north, sign_in):
    version = _version(north.report)
    make.OutcomeFactory(organisation=north.north, name="编译之后的论文")
    page = sign_in(north.frank).get(reverse("reports:compilation_preview", args=[version.pk]))
    text = _text(page)
    assert "数字技能进社区" in text
    assert "编译之后的论文" not in text
    assert "自这一版编译以来有数字变化" in text
    unfinished = make.CompilationFactory(report=north.report, status="failed")
    answer = sign_in(north.frank).get(reverse("reports:compilation_preview", args=[unfinished.pk]))
    assert answer.status_code == 404


def test_a_figure_opens_its_frozen_records_and_says_what_is_different_today(north, sign_in):
    version = _version(north.report)
    gone = Outcome.objects.get(organisation=north.north, name="论文0")
    gone.in_reports = False
    gone.save()
    make.OutcomeFactory(organisation=north.north, name="后来的论文")
    make.OutcomeFactory(organisation=north.north, name="再后来的论文")
    url = reverse("reports:compilation_figure", args=[version.pk, "outcomes.paper"])
    client = sign_in(north.alice)
    panel = _text(client.get(url, headers={"HX-Request": "true"}))
    page = _text(client.get(url))
    assert "<html" not in panel
    assert "<html" in page
    for text in (panel, page):
        assert "论文0" in text
        assert "不再计入" in text
        assert "现在是 6" in text
        assert "之后又有 2 条计入" in text
        assert "后来的论文" in text
        assert "多人合作只算一篇" in text
    assert (
        client.get(reverse("reports:compilation_figure", args=[version.pk, "outcomes.no"])).status_code == 404
    )


def test_a_long_list_of_records_goes_on_page_by_page(north, sign_in):
    for number in range(60):
        make.OutcomeFactory(organisation=north.north, name=f"篇{number:02}", date="2024-06")
    version = _version(north.report)
    url = reverse("reports:compilation_figure", args=[version.pk, "outcomes.paper"])
    client = sign_in(north.alice)
    panel = client.get(url, headers={"HX-Request": "true"})
    assert f'<a href="{url}">还有 53 条</a>' in _text(panel)
    assert "第 1 页，共 2 页" in _text(client.get(url))
    assert len(client.get(f"{url}?page=2").context["records"]) == 15


def test_a_record_is_proved_by_its_evidence_and_a_holder_by_the_certificates():
    files = (File("a" * 64, 1, "image/png", "签到表", "签到.png", "", "x"),)
    document = Document("", "", "")
    document.evidence = [
        Evidence("activity:7", "2-03", 2, "教育服务", "沙龙", "2024-05-11", files),
        Evidence("certification:5", "3-01", 3, "科技赋能", "HCIP", "2024-05-11", files * 2),
        Evidence("planitem:9", "1-01", 1, "党建联建", "联学", "2024-05-11", ()),
    ]
    held = {"id": 5, "member": 3, "type": "HCIP", "status": "verified", "valid_until": None}
    lapsed = {**held, "id": 6, "valid_until": {"first": "2024-01-01", "last": "2024-01-01"}}
    document.evidence.append(Evidence("certification:6", "3-02", 3, "科技赋能", "HCIP", "2021", files))
    material = {"certifications": {"rows": [held, lapsed, {**lapsed, "status": "pending"}]}}

    def numbers(key, *records):
        records = [{"type": word, "id": pk} for word, pk in records]
        found = Tracer(document, material, "2024-12-31").evidence_of({"key": key, "records": records})
        return {pk: [item.number for item in items] for pk, items in found.items()}

    assert numbers("activities.total", ("activity", 7), ("activity", 8)) == {7: ["2-03"]}
    assert numbers("certifications.holders:HCIP", ("member", 3), ("member", 4)) == {3: ["3-01"]}
    assert numbers("certifications.holders:HCIA", ("member", 3)) == {}
    assert numbers("partnerships.plan_items", ("plan_item", 9)) == {9: ["1-01"]}
    assert kinds_of(document.evidence) == [("签到表", 4)]


def test_a_photo_is_shown_only_of_the_own_report(north, sign_in):
    ours, other, gone = (accept(io.BytesIO(photo(colour=name)), "a.jpg") for name in ("red", "blue", "tan"))
    version = _version(north.report, summary={"photos": [ours.sha256, gone.sha256]})

    def ask(person, blob):
        url = reverse("reports:compilation_photo", args=[version.pk, blob.sha256])
        answer = sign_in(person).get(url)
        if answer.streaming:
            with Image.open(io.BytesIO(answer.getvalue())) as image:
                assert image.getpixel((0, 0))[0] > 250
        return answer.status_code

    assert ask(north.alice, ours) == 200
    assert ask(north.alice, other) == 404
    assert ask(north.charlie, ours) == 404
    assert ask(north.bob, ours) == 404
    blob_path(gone.sha256).unlink()
    assert ask(north.alice, gone) == 404


# ---------------------------------------------------------------- all branches of a committee
def test_the_committee_sees_every_branch_in_one_table(north, sign_in):
    _version(
        north.report, summary={"displays": {"outcomes.paper": "4"}, "findings": {"fault": 1, "doubt": 2}}
    )
    page = sign_in(north.diana).get("/reports/?window=2024")
    rows = {row["branch"]: row for row in page.context["rows"]}
    assert set(rows) == {north.north, north.south}
    assert rows[north.north]["findings"] == "1 项必须改，2 项待看"
    assert rows[north.north]["changed"] > 0
    assert rows[north.south]["standing"] is None
    assert "编译缺少的 2 个" in _text(page)
    assert "2 个支部，1 个有报告" in _text(page)


def test_those_that_are_missing_or_out_of_date_are_compiled_and_twice_is_once(north, sign_in):
    current = make.OrganisationFactory(parent=north.college, name="东楼教师党支部")
    _version(_report(current))
    _version(north.report, summary={"displays": {"outcomes.paper": "4"}})
    client = sign_in(north.diana)
    for _ in range(2):
        assert client.post("/reports/missing/?window=2024").status_code == 302
    jobs = Compilation.objects.unfinished().select_related("report__organisation")
    assert {job.report.organisation for job in jobs} == {north.north, north.south}
    assert {job.requested_by for job in jobs} == {north.diana}
    assert Change.objects.filter(verb="compile", actor=north.diana).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_make_one_each(data_dir):
    branches = [make.OrganisationFactory(name=f"第{number}教师党支部") for number in "一二三"]
    together, made = threading.Barrier(2), []

    def press():
        try:
            together.wait(10)
            made.extend(services.request_missing(branches, YEAR, by=None))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(made) == len(set(made)) == Compilation.objects.count() == 3
    assert Change.objects.filter(verb="compile").count() == 3


def test_nobody_compiles_what_is_not_theirs(north, sign_in):
    sign_in(north.charlie).post("/reports/missing/?window=2024")
    assert {report.organisation for report in Report.objects.filter(compilations__isnull=False)} == {
        north.south
    }
    assert sign_in(north.frank).post("/reports/missing/?window=2024").status_code == 403


def test_the_table_asks_again_only_while_something_is_under_way(north, sign_in):
    client, htmx = sign_in(north.diana), {"HX-Request": "true"}
    assert 'hx-trigger="every' not in _text(client.get("/reports/?window=2024"))
    job = services.request_compilation(north.report, by=north.diana)
    page = _text(client.get("/reports/?window=2024"))
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    fragment = client.get("/reports/?window=2024", headers=htmx)
    assert "<html" not in _text(fragment)
    assert "HX-Request" in fragment["Vary"]
    services.cancel_compilation(job, by=north.diana)
    assert 'hx-trigger="every' not in _text(client.get("/reports/?window=2024", headers=htmx))


def _zip(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer)))


def test_all_reports_leave_as_one_zip(north, sign_in):
    names = ["report.docx", "report.pdf", "report.xlsx", "evidence.zip", "figures.json"]
    version = _version(north.report, files=names)
    answer = sign_in(north.diana).get("/reports/export/?window=2024")
    assert answer.streaming
    archive = _zip(answer)
    assert archive.testzip() is None
    title = north.report.title_text
    endings = ["docx", "pdf", "xlsx", "zip", "json"]
    names = archive.namelist()
    assert names[0].endswith(".docx")
    assert set(names[:-1]) == {f"北楼教师党支部/{title}.{ending}" for ending in endings}
    assert names[-1] == "说明.txt"
    assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    assert archive.read(f"北楼教师党支部/{title}.pdf") == f"{north.report.pk} report.pdf".encode()
    told = archive.read("说明.txt").decode("utf-8-sig")
    assert "还没有编成报告的支部，1 个：\r\n南楼教师党支部" in told
    at = timezone.localtime(version.compiled_at)
    assert f"北楼教师党支部：第 1 版，{at:%Y-%m-%d %H:%M} 编成" in told
    change = Change.objects.get(verb="export")
    assert (change.organisation, change.object_id) == (north.north, north.report.pk)


def test_an_export_says_which_files_are_gone(north, sign_in):
    version = _version(north.report)
    blob_path(version.files["report.docx"]["sha256"]).unlink()
    archive = _zip(sign_in(north.diana).get("/reports/export/?window=2024"))
    assert len(archive.namelist()) == 2
    assert "文件已不在服务器上" in archive.read("说明.txt").decode("utf-8-sig")


def test_an_export_holds_only_what_one_may_read(north, sign_in):
    _version(north.report)
    _version(_report(north.south))
    archive = _zip(sign_in(north.charlie).get("/reports/export/?window=2024"))
    assert {name.partition("/")[0] for name in archive.namelist()} == {"南楼教师党支部", "说明.txt"}
    assert sign_in(north.bob).get("/reports/export/?window=2024").status_code == 404
    assert sign_in(north.diana).head("/reports/export/?window=2024").status_code == 200
    assert Change.objects.filter(verb="export").count() == 1


def test_the_committees_pages_cost_the_same_for_many_branches(north, sign_in, django_assert_num_queries):
    client = sign_in(north.diana)

    def cost(url):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(url)
            if answer.streaming:
                list(answer)
        return len(asked)

    _version(north.report)
    urls = ("/reports/?window=2024", "/reports/export/?window=2024")
    few = [cost(url) for url in urls]
    for number in range(30):
        branch = make.OrganisationFactory(parent=north.college, name=f"第{number}教师党支部")
        for _ in range(2):
            _version(_report(branch))
    assert [cost(url) for url in urls] == few


def test_a_preview_costs_the_same_for_many_records(north, sign_in):
    client = sign_in(north.alice)

    def cost():
        version, found = _version(north.report), []
        for url in (
            reverse("reports:compilation_preview", args=[version.pk]),
            reverse("reports:compilation_figure", args=[version.pk, "activities.total"]),
            reverse("reports:report_detail", args=[north.report.pk]),
        ):
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            found.append(len(asked))
        return found

    make.AttachmentFactory(record=make.ActivityFactory(organisation=north.north))
    _version(north.report)
    few = cost()
    for _ in range(30):
        make.AttachmentFactory(record=make.ActivityFactory(organisation=north.north))
        make.OutcomeFactory(organisation=north.north)
    assert cost() == few


def test_a_year_of_no_reports_exports_only_the_list(north, sign_in):
    archive = _zip(sign_in(north.diana).get("/reports/export/?window=1999"))
    assert archive.namelist() == ["说明.txt"]
    assert dt.date(*archive.infolist()[0].date_time[:3]) >= dt.date(2024, 1, 1)

"""Compiling a report: frozen figures, the drafted text, the Word file, the job row, the pages around it."""

import datetime as dt
import hashlib
import io
import json
import threading
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from docx import Document as open_docx

from core.dates import Window
from core.files import blob_path
from core.models import Change, Notice
from core.registry import usages_of
from reports import services
from reports.document import Mark, Table, Text
from reports.drafting import draft
from reports.figures import compute
from reports.figures.definitions import definition
from reports.freezing import Frozen, canonical, digest_of, freeze
from reports.links import figure_url
from reports.models import Compilation, Report, ReportUse
from reports.render import OUTPUTS, Output, word
from reports.templates import template_text
from tests import factories as make

# Every test, also the pure ones: pytest-django makes a test database only for tests marked so, and the frozen report
# of this module would otherwise be made in the developer's own.
pytestmark = pytest.mark.django_db
YEAR = Window.year(2024)
NOW = dt.datetime(2025, 1, 6, 9, 30, tzinfo=dt.UTC)


def _branch():
    college = make.CommitteeFactory(name="信息工程学院党委")
    return make.OrganisationFactory(parent=college, code="demo", name="信息工程学院教师第一党支部")


def _fill(branch):
    """A year with something of everything the text tells."""
    members = [make.MemberFactory(organisation=branch, name=f"李{name}") for name in "明华强𠮷"]
    make.CertificationFactory(member=members[0])
    bank = make.PartnerFactory(organisation=branch, name="江城农商银行科技部党支部", kind_id="bank")
    agreement = make.AgreementFactory(
        organisation=branch, name="党建联建协议", partners=[bank], signed_on="2024-03"
    )
    make.CommitmentFactory(agreement=agreement, promised=4, delivered=3)
    make.PlanItemFactory(agreement=agreement, theme="联学第一讲")
    event = make.ActivityFactory(
        organisation=branch,
        theme="数字技能进社区",
        lines=["joint_building", "education_service"],
        starts_on=dt.date(2024, 4, 18),
        person_times=1086,
        count_method="roster",
        partners=[bank],
        present=14,
    )
    make.ActivityFactory(
        organisation=branch, kind_id="salon", lines=["education_service"], theme="信息素养", person_times=34
    )
    make.FeedbackFactory(activity=event, content="孩子还想再来", may_quote=True)
    make.FeedbackFactory(activity=event, content="请勿引用这一句")
    for number in range(5):
        make.OutcomeFactory(organisation=branch, name=f"论文{number}", makers=[members[0]], venue="学报")
    for number, level in enumerate(["national", "national", "university", ""]):
        make.OutcomeFactory(
            organisation=branch, kind_id="competition_award", status="", level=level, name=f"竞赛{number}"
        )
    make.OutcomeFactory(
        organisation=branch, kind_id="horizontal_project", status="ongoing", contract_amount="126500.50"
    )
    make.OutcomeFactory(organisation=branch, name="旧论文", date="2023-05")
    make.TargetFactory(organisation=branch, value=8)
    return branch


@pytest.fixture
def branch(transactional_db, data_dir):
    """A branch with a year of records; snapshots need a database outside a transaction."""
    return _fill(_branch())


def _frozen(branch, window=YEAR, compiled_at=NOW) -> Frozen:
    template = {"name": "yearly", "text": template_text("yearly")}
    return freeze(branch, window, template=template, fonts={}, compiled_at=compiled_at)


@pytest.fixture(scope="module")
def frozen(django_db_setup, django_db_blocker):
    """The branch's 2024, frozen once for all tests of pure functions; the database is empty again afterwards."""
    with django_db_blocker.unblock():
        kept = _frozen(_fill(_branch()))
        call_command("flush", interactive=False, verbosity=0)
        connection.close()
    return kept


def _prose(frozen) -> str:
    """The text without its evidence marks."""
    return "\n".join(
        "".join(str(span) for span in block.spans if not isinstance(span, Mark))
        for block in draft(frozen).blocks
        if isinstance(block, Text)
    )


def _words(content: bytes) -> str:
    document = open_docx(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


# ---------------------------------------------------------------- figures.json
def test_canonical_json_has_sorted_keys_no_blanks_and_plain_chinese():
    assert canonical({"b": [1, None], "a": "党员"}) == '{"a":"党员","b":[1,null]}'.encode()


def test_the_digest_covers_all_but_itself_and_the_time(branch):
    body = _frozen(branch).figures
    expected = {key: value for key, value in body.items() if key not in ("digest", "compiled_at")}
    text = json.dumps(expected, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert body["digest"] == hashlib.sha256(text.encode()).hexdigest()
    later = _frozen(branch, compiled_at=NOW + dt.timedelta(days=1)).figures
    assert (later["digest"], later["compiled_at"] != body["compiled_at"]) == (body["digest"], True)
    make.MemberFactory(organisation=branch)
    assert _frozen(branch).figures["digest"] != body["digest"]


def test_figures_json_says_branch_window_and_moment(branch):
    body = _frozen(branch).figures
    assert list(body) == ["schema", "branch", "window", "as_of", "compiled_at", "digest", "figures"]
    assert body["branch"] == {
        "code": "demo",
        "name": "信息工程学院教师第一党支部",
        "committee": "信息工程学院党委",
    }
    assert body["window"] == {"start": "2024-01-01", "end": "2024-12-31", "label": "2024年度"}
    assert (body["as_of"], body["compiled_at"]) == ("2024-12-31", "2025-01-06T09:30:00+00:00")


def test_frozen_figures_equal_those_of_the_pages(branch):
    live = compute([branch.pk], YEAR)[branch.pk]
    for figure in _frozen(branch).figures["figures"]:
        assert figure["display"] == live[figure["key"]].display


def test_freezing_costs_the_same_for_many_records(branch, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    _frozen(branch)  # content types are known by now
    with CaptureQueriesContext(connection) as few:
        _frozen(branch)
    for _ in range(20):
        make.OutcomeFactory(organisation=branch, makers=["甲", "乙"])
        make.ActivityFactory(organisation=branch, partners=[make.PartnerFactory(organisation=branch)])
        make.AgreementFactory(organisation=branch, partners=[make.PartnerFactory(organisation=branch)])
    with django_assert_num_queries(len(few)):
        _frozen(branch)


# ---------------------------------------------------------------- the text
def test_the_text_tells_what_was_recorded(frozen):
    text = _prose(frozen)
    for sentence in (
        "截至2024年12月31日，支部共有党员4名，均为正式党员。",
        "共服务1120人次，其中签到、名单和主办方证明计数1086人次，估计34人次。",
        "4月18日，与江城农商银行科技部党支部联合开展“数字技能进社区”主题党日活动，支部党员14名参加，服务1086人次。",
        "3月，与江城农商银行科技部党支部签订《党建联建协议》（2024年3月—2026年3月），约定员工培训4场（已兑现3场）。",
        "发表学术论文5篇，较上年增加4篇。",
        "指导学生获学科竞赛奖4项，其中国家级2项、校级1项、未定级1项。",
        "合同金额126500.50元。",
        "截至12月31日，党员持证率HCIP为1/4(25.0%)。",
        "学术论文目标8篇，实际完成5篇。",
        "；其余见附件4。",
        "参加活动的一位家长表示：“孩子还想再来。”",
    ):
        assert sentence in text, sentence
    assert "请勿引用" not in text
    assert text.count("数字技能进社区") == 1  # it serves two lines and is told once
    assert not any(
        scar in text for scar in ("None", "{", "，，", "，。", "。。", "、、", "（）", "0项", "0篇")
    )


def test_a_year_without_records_says_so_section_by_section(transactional_db):
    frozen = _frozen(_branch())
    text = _prose(frozen)
    # Opening, sections, appendices 1–6 (two in 3); what is missing are the meetings.
    assert text.count("本年度无记录。") == 1 + 5 + 6 + 1
    assert "支部党员大会在1—3月、4—6月、7—9月、10—12月的记录未达到规定次数。" in text
    assert not [block for block in draft(frozen).blocks if isinstance(block, Table)]
    assert "党员0" not in text


def test_a_target_for_which_nothing_was_done_is_told(branch):
    make.TargetFactory(organisation=branch, figure="outcomes.patent:invention", value=2)
    text = _prose(_frozen(branch))
    assert "发明专利授权目标2件，实际完成0件。" in text


def test_what_people_said_stands_in_one_line_with_quotation_marks_of_its_own_made_single(branch):
    activity = make.ActivityFactory(organisation=branch, lines=["practice_education"])
    for words in ("孩子“很喜欢”，问了5次", "讲得好！", "第一行\n第二行。"):
        make.FeedbackFactory(activity=activity, content=words, identity="教师", may_quote=True)
    text = _prose(_frozen(branch))
    assert "参加活动的一位教师表示：“孩子‘很喜欢’，问了5次。”" in text
    assert "另一位教师表示：“讲得好！”" in text
    assert "“讲得好！。" not in text


def test_a_quote_about_an_activity_of_two_lines_is_told_once(branch):
    activity = make.ActivityFactory(organisation=branch, lines=["education_service", "practice_education"])
    make.FeedbackFactory(activity=activity, content="下次还来。", may_quote=True)
    assert _prose(_frozen(branch)).count("下次还来。") == 1


def test_numbers_of_targets_stand_in_the_text_without_commas(branch):
    for year in (2024, 2025):
        for key, value in (("outreach.person_times", 12000), ("outcomes.funds:vertical", 200000)):
            make.TargetFactory(organisation=branch, year=year, figure=key, value=value)
    text = _prose(_frozen(branch))
    assert "服务人次目标12000人次，实际完成1120人次。" in text
    assert "纵向课题经费目标20万元，实际完成" in text
    assert "2025年目标：" in text
    assert "纵向课题经费20万元" in text
    assert "服务12000人次" in text


def test_an_agreement_without_a_partner_is_told_and_numbered_where_it_is_told(branch):
    make.AgreementFactory(organisation=branch, name="无名协议", signed_on="2024-05", expires_on="2025-03")
    text = _prose(_frozen(branch))
    assert "5月，签订《无名协议》（2024年5月—2025年3月）" in text
    assert "《无名协议》将于2025年3月到期。" in text


def test_plan_rows_with_a_date_behind_each_are_parted(branch):
    agreement = make.AgreementFactory(organisation=branch)
    for theme, month in (("甲", "2025-03"), ("乙", "2025-04")):
        make.PlanItemFactory(agreement=agreement, theme=theme, planned_on=month)
    assert "联学联建计划安排：“甲”（2025年3月）、“乙”（2025年4月）。" in _prose(_frozen(branch))


def test_certificates_are_numbered_as_their_table_is_read(branch):
    first, second = (make.MemberFactory(organisation=branch, name_pinyin=f"{n}") for n in "01")
    for member, name in ((second, "HCIA"), (first, "HCIP"), (first, "HCIA")):
        make.CertificationFactory(member=member, type=make.CertificationTypeFactory(name=name))
    document = draft(_frozen(branch))
    [table] = [table for table in document.tables if table.name == "认证"]
    numbers = [span.number for row in table.rows for span in row[-1] or () if isinstance(span, Mark)]
    assert numbers == sorted(numbers)


def test_another_window_is_not_called_a_year(branch):
    academic = _frozen(branch, Window.parse("2023-2024"))
    assert "2023—2024学年“强国行”专项行动进展报告" in _prose(academic)
    odd = _prose(_frozen(branch, Window.parse("2024-03-01..2025-02-28")))
    assert "统计区间：2024年3月1日至2025年2月28日" in odd
    assert "2024年3月1日至2025年2月28日“强国行”专项行动进展报告" in odd
    assert "本年度" not in odd
    assert "2024年4月18日，与江城农商银行" in odd


# ---------------------------------------------------------------- Word
def test_every_figure_stands_in_word_as_its_display(frozen):
    words = _words(word.render_document(draft(frozen))).split("\n")
    for figure in frozen.figures["figures"]:
        if figure["records"]:
            assert figure["display"] in words, figure["key"]


def test_the_same_frozen_report_gives_the_same_bytes(frozen):
    assert word.render_document(draft(frozen)) == word.render_document(draft(frozen))
    moments = {
        entry.date_time
        for entry in zipfile.ZipFile(io.BytesIO(word.render_document(draft(frozen)))).infolist()
    }
    assert moments == {(1980, 1, 1, 0, 0, 0)}


# ---------------------------------------------------------------- the command
def _compile(output, **options):
    call_command(
        "compile_report",
        branch="demo",
        output=str(output),
        **{"year": "2024"} | options,
        stdout=io.StringIO(),
    )


def test_the_command_writes_the_files(branch, tmp_path):
    output = tmp_path / "新 目录" / "2024"
    _compile(output)
    assert sorted(path.name for path in output.iterdir()) == sorted(output.name for output in OUTPUTS)
    body = json.loads((output / "figures.json").read_text("utf-8"))
    assert body["digest"] == digest_of(body)
    assert "信息工程学院教师第一党支部" in _words((output / "report.docx").read_bytes())
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"branch": "nobody"}, "没有代码为“nobody”的支部"),
        ({"year": "24"}, "不是年度"),
        ({"year": "1024"}, "年份"),
        ({"year": "2023-2024"}, "不是年度"),
        ({"year": None, "window": "2024-05-01..2024-04-01"}, "早于"),
        ({"template": "monthly"}, "没有名为“monthly”的报告模板"),
        ({"branch": "college"}, "不是党支部"),
    ],
)
def test_an_error_of_the_command_is_one_sentence_and_nothing_is_written(branch, tmp_path, options, sentence):
    make.CommitteeFactory(code="college")
    options = {"year": "2024", "branch": "demo", "output": str(tmp_path / "out")} | options
    with pytest.raises(CommandError, match=sentence) as raised:
        call_command("compile_report", **{key: value for key, value in options.items() if value})
    assert raised.value.returncode == 1
    assert not (tmp_path / "out").exists()


def test_the_command_leaves_no_half_of_a_report(branch, tmp_path):
    output = tmp_path / "out"
    (output / "figures.json").mkdir(parents=True)  # in the way of the second file
    with pytest.raises(CommandError, match="不能写入"):
        _compile(output)
    assert [path.name for path in output.iterdir()] == ["figures.json"]


# ---------------------------------------------------------------- the job row
@pytest.fixture
def report(branch):
    """The branch's report of 2024."""
    return services.ensure_report(branch, YEAR, by=None)


def _row(compilation):
    return Compilation.objects.get(pk=compilation.pk)


def test_there_is_one_report_a_window(report, branch):
    assert report.title_text == "信息工程学院教师第一党支部2024年度“强国行”专项行动进展报告"
    assert services.ensure_report(branch, YEAR, by=None) == report
    with pytest.raises(ValidationError, match="只有党支部"):
        services.ensure_report(make.CommitteeFactory(), YEAR, by=None)


def test_a_compilation_ends_with_files_and_figures(report, branch):
    alice = make.UserFactory()
    compilation = services.request_compilation(report, by=alice)
    services.perform(compilation.pk)
    done = _row(compilation)
    assert (done.status, done.progress, done.attempts, done.token) == ("done", 100, 1, None)
    assert set(done.files) == {output.name for output in OUTPUTS}
    stored = json.loads(blob_path(done.files["figures.json"]["sha256"]).read_text("utf-8"))
    assert stored == done.figures
    assert done.digest == digest_of(done.figures)
    # What is stored renders to the very same files.
    compiled = services.compiled_of(Frozen(done.figures, done.material))
    for output in OUTPUTS:
        again = io.BytesIO()
        output.write(compiled, again)
        assert hashlib.sha256(again.getvalue()).hexdigest() == done.files[output.name]["sha256"], output.name
    assert Notice.objects.get(user=alice).url == reverse("reports:report_detail", args=[report.pk])
    assert Change.objects.about(report).first().verb == Change.Verb.COMPILE


def test_a_double_press_makes_one_row(report):
    first = services.request_compilation(report, by=None)
    assert services.request_compilation(report, by=None) == first
    assert Compilation.objects.count() == 1


def test_two_presses_at_the_same_moment_make_one_row(report):
    together, made = threading.Barrier(2), []

    def press():
        try:
            together.wait(10)
            made.append(services.request_compilation(report, by=None).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert made == [made[0]] * 2
    assert Compilation.objects.count() == 1


def test_a_second_delivery_finds_nothing_to_do(report):
    compilation = services.request_compilation(report, by=None)
    assert services.claim(compilation.pk)
    assert services.claim(compilation.pk) is None
    services.perform(compilation.pk)
    assert _row(compilation).status == "running"


def test_a_worker_that_lost_its_lease_changes_nothing(report):
    compilation = services.request_compilation(report, by=None)
    slow = services.claim(compilation.pk)
    services.sweep(timezone.now() + services.LEASE * 2)
    services.perform(compilation.pk)
    finished = _row(compilation)
    assert (finished.status, finished.attempts) == ("done", 2)
    with pytest.raises(services.LeaseLost):
        services._renew(slow, "生成", 50)
    with pytest.raises(services.LeaseLost):
        services._publish(slow, services.compiled_of(_frozen(report.organisation)), {}, timezone.now())
    services._give_up(slow, RuntimeError())
    assert _row(compilation).files == finished.files


def test_the_sweep_leaves_a_live_worker_alone(report):
    compilation = services.request_compilation(report, by=None)
    services.claim(compilation.pk)
    services.sweep()
    assert _row(compilation).status == "running"


def test_three_lost_workers_are_enough(report):
    compilation = services.request_compilation(report, by=None)
    for _ in range(services.MAX_ATTEMPTS):
        assert services.claim(compilation.pk)
        services.sweep(timezone.now() + services.LEASE * 2)
    failed = _row(compilation)
    assert failed.status == "failed"
    assert "退出了 3 次" in failed.error
    assert services.claim(compilation.pk) is None


def test_a_renderer_that_fails_is_tried_three_times_and_says_why(report, monkeypatch, caplog):
    def broken(compiled, stream):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(services, "OUTPUTS", [*OUTPUTS, Output("x.bin", "某文件", "", "x/x", broken)])
    compilation = services.request_compilation(report, by=None)
    for attempt in range(1, services.MAX_ATTEMPTS + 1):
        services.perform(compilation.pk)
        row = _row(compilation)
        assert (row.attempts, row.status) == (attempt, "queued" if attempt < 3 else "failed")
    assert row.error == "服务器磁盘空间不足，文件没有写成；请联系管理员清理后重试"
    assert not ReportUse.objects.exists()
    assert "No space left" in caplog.text
    assert services.request_compilation(report, by=None) != compilation  # the button works again


def test_a_cancelled_compilation_stays_cancelled(report):
    compilation = services.request_compilation(report, by=None)
    worker = services.claim(compilation.pk)
    assert services.cancel_compilation(compilation, by=None)
    assert not services.cancel_compilation(compilation, by=None)
    with pytest.raises(services.LeaseLost):
        services._publish(worker, services.compiled_of(_frozen(report.organisation)), {}, timezone.now())
    services.perform(compilation.pk)
    assert _row(compilation).status == "cancelled"


def test_a_broker_that_does_not_answer_is_no_error(report, monkeypatch):
    from celery import current_app

    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(current_app, "_pool", None)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    compilation = services.request_compilation(report, by=None)
    assert _row(compilation).status == "queued"


# ---------------------------------------------------------------- in which reports a record was used
def test_a_record_says_which_reports_it_was_used_in(report, branch):
    from activities.models import Activity

    alice = make.UserFactory()
    make.AppointmentFactory(user=alice, organisation=branch)
    activity = Activity.objects.get(theme="数字技能进社区")
    assert usages_of(activity, alice) == []
    services.perform(services.request_compilation(report, by=alice).pk)
    [usage] = usages_of(activity, alice)
    assert (usage.title, usage.url) == (report.title_text, reverse("reports:report_detail", args=[report.pk]))
    assert "服务人次" in usage.note.split("、")
    assert usages_of(activity, make.UserFactory()) == []
    activity.status = "cancelled"
    activity.save()
    services.perform(services.request_compilation(report, by=alice).pk)
    assert usages_of(activity, alice) == []


# ---------------------------------------------------------------- how it is counted
def test_every_figure_says_how_it_is_counted(frozen):
    for figure in frozen.figures["figures"]:
        assert not definition(figure["key"]).startswith("回收站"), figure["key"]


# ---------------------------------------------------------------- pages
@pytest.fixture
def filled(cast, data_dir):
    """The cast, with a report of North's that is done (made by hand: no snapshot inside a test's transaction)."""
    _fill(cast.north)
    cast.report = services.ensure_report(cast.north, YEAR, by=cast.alice)
    return cast


@pytest.fixture
def compiled(transactional_db, data_dir, client):
    """The cast with North's report of 2024 compiled, outside a transaction."""
    from tests.cast import make_cast

    cast = make_cast()
    _fill(cast.north)
    cast.report = services.ensure_report(cast.north, YEAR, by=cast.alice)
    cast.compilation = services.request_compilation(cast.report, by=cast.alice)
    services.perform(cast.compilation.pk)
    return cast


def test_the_button_makes_report_and_job(cast, sign_in, data_dir):
    client = sign_in(cast.alice)
    client.get("/reports/?window=2024")
    answer = client.post("/reports/new/", {"branch": "north", "window": "2024"})
    report = Report.objects.get()
    assert answer["Location"] == reverse("reports:report_detail", args=[report.pk])
    assert report.compilations.get().status == "queued"
    page = client.get(answer["Location"]).content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert "刷新" in page


def test_only_editors_compile(filled, sign_in):
    url = reverse("reports:report_compile", args=[filled.report.pk])
    answers = {
        name: sign_in(getattr(filled, name)).post(url).status_code
        for name in ("frank", "bob", "charlie", "grace", "eve", "alice", "diana")
    }
    assert answers == {
        "frank": 403,
        "bob": 404,
        "charlie": 404,
        "grace": 404,
        "eve": 302,
        "alice": 302,
        "diana": 302,
    }
    assert Compilation.objects.count() == 1
    sign_in(filled.charlie).post("/reports/new/", {"branch": "north", "window": "2024"})
    assert Report.objects.count() == 1


def test_progress_is_asked_for_only_while_there_is_some(filled, sign_in):
    client, report = sign_in(filled.alice), filled.report
    url = reverse("reports:report_job", args=[report.pk])
    answer = client.post(reverse("reports:report_compile", args=[report.pk]), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in answer.content.decode()
    compilation = report.compilations.get()
    services.claim(compilation.pk)
    running = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "编译中" in running
    assert "<html" not in running
    Compilation.objects.update(status="failed", error="磁盘满了", token=None)
    assert client.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = client.get(reverse("reports:report_detail", args=[report.pk])).content.decode()
    assert 'hx-trigger="every' not in page
    assert "磁盘满了" in page
    assert "重试" in page


def test_cancel_and_again(filled, sign_in):
    client, report = sign_in(filled.alice), filled.report
    client.post(reverse("reports:report_compile", args=[report.pk]))
    client.post(reverse("reports:report_cancel", args=[report.pk]))
    client.post(reverse("reports:report_cancel", args=[report.pk]))
    assert [row.status for row in report.compilations.all()] == ["cancelled"]
    client.post(reverse("reports:report_compile", args=[report.pk]))
    assert [row.status for row in report.compilations.all()] == ["queued", "cancelled"]


def test_files_are_downloaded_by_those_who_read_the_report_and_it_is_logged(compiled, client):
    url = reverse("reports:compilation_download", args=[compiled.compilation.pk, "report.docx"])
    for name, expected in (("alice", 200), ("frank", 200), ("bob", 404), ("charlie", 404)):
        client.force_login(getattr(compiled, name))
        answer = client.get(url)
        assert answer.status_code == expected, name
        if expected == 200:
            assert "北楼教师党支部" in _words(b"".join(answer.streaming_content))
            assert "filename*=utf-8''%E5%8C%97" in answer["Content-Disposition"]
    logged = Change.objects.filter(verb=Change.Verb.DOWNLOAD).order_by("pk")
    assert [change.actor_name for change in logged] == ["艾丽", "傅兰"]
    client.force_login(compiled.alice)
    assert client.get(url.replace("report.docx", "secret.txt")).status_code == 404


def test_the_page_shows_figures_and_what_changed_since(compiled, client):
    client.force_login(compiled.alice)
    url = reverse("reports:report_detail", args=[compiled.report.pk])
    page = client.get(url).content.decode()
    link = figure_url("outreach.person_times", YEAR, compiled.north).replace("&", "&amp;")
    assert f'<a href="{link}">1,120</a>' in page
    assert "自上次编译以来" not in page
    make.OutcomeFactory(organisation=compiled.north)
    page = client.get(url).content.decode()
    assert "自上次编译以来" in page
    assert '<del class="text-3">5</del> → <b>6</b>' in page


@pytest.mark.parametrize(
    ("key", "value", "records"),
    [
        ("outreach.person_times", "1,120", 2),
        ("outcomes.paper", "5", 5),
        ("members.total", "6", 6),
        ("certifications.ratio:HCIP", "1/6(16.7%)", 1),
        ("outcomes.funds:horizontal_contract", "126,500.50", 1),
        ("outcomes.patent", "0", 0),
    ],
)
def test_the_page_of_a_figure_lists_what_it_is_made_of(filled, sign_in, key, value, records):
    answer = sign_in(filled.alice).get(figure_url(key, YEAR, filled.north))
    assert answer.context["figure"].display == value
    assert len(answer.context["records"]) == records
    assert definition(key) in answer.content.decode()


def test_the_page_of_a_figure_adds_up_the_branches_of_a_committee(filled, sign_in):
    make.OutcomeFactory(organisation=filled.south)
    answer = sign_in(filled.diana).get(figure_url("outcomes.paper", YEAR, filled.college))
    assert answer.context["figure"].value == 6
    assert [row.value for _, row, _ in answer.context["by_branch"]] == [5, 1]
    assert answer.context["distinct"] == 6
    shared = {"doi": "10.1000/shared", "date": "2024-08"}
    for place in (filled.north, filled.south):
        make.OutcomeFactory(organisation=place, **shared)
    page = sign_in(filled.diana).get(figure_url("outcomes.paper", YEAR, filled.college)).content.decode()
    assert "合计 8，去重后 7" in page
    # A part of the college is not shown as the college.
    assert sign_in(filled.alice).get(figure_url("outcomes.paper", YEAR, filled.college)).status_code == 404
    alone = sign_in(filled.alice).get(figure_url("outcomes.paper", YEAR, filled.north))
    assert alone.context["figure"].value == 6


def test_figures_are_for_those_who_read_the_branch(filled, sign_in):
    url = figure_url("outcomes.paper", YEAR, filled.north)
    answers = {
        name: sign_in(getattr(filled, name)).get(url).status_code
        for name in ("alice", "diana", "frank", "bob", "charlie", "grace", "eve")
    }
    assert answers == {
        "alice": 200,
        "diana": 200,
        "frank": 200,
        "bob": 404,
        "charlie": 404,
        "grace": 404,
        "eve": 302,
    }
    assert sign_in(filled.alice).get(figure_url("outcomes.nothing", YEAR, filled.north)).status_code == 404


def test_pages_cost_the_same_for_many_records(filled, sign_in, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    client, url = sign_in(filled.diana), figure_url("outcomes.paper", YEAR, filled.college)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(30):
        make.OutcomeFactory(organisation=filled.south)
    with django_assert_num_queries(len(few)):
        client.get(url)

"""Every number of the compiled report, in Word, PDF and Excel, read back and accounted for over 50 made-up branches.

The branches are compiled once for the whole module, outside of a transaction: a compilation reads one snapshot.
"""

import collections
import hashlib
import html
import io
import itertools
import json
import re
import zipfile
from types import SimpleNamespace

import openpyxl
import pytest
from django.test import Client, override_settings
from django.urls import reverse

from core.dates import Window
from core.files import open_file
from core.models import Organisation, User
from exchange.demo import load
from reports.freezing import Frozen
from reports.models import Compilation
from reports.render import OUTPUTS
from reports.services import compile_now, compiled_of, ensure_report, perform, request_compilation
from tests import branches, factories, recount
from tests.auditor import audit
from tests.auditor.prose import CLAIMS
from tests.auditor.reading import Line, bare, read_excel, read_pdf, read_word
from tests.installation import Installation
from tests.test_demo import PUBLISHED

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 50
YEAR = Window.year(2024)


# ---------------------------------------------------------------- compiling
def files_of(compiled) -> dict[str, bytes]:
    """Every file of a compiled report."""
    found = {}
    for output in OUTPUTS:
        stream = io.BytesIO()
        output.write(compiled, stream)
        found[output.name] = stream.getvalue()
    return found


def report_of(organisation, window=YEAR, **more):
    """A branch's report: what was frozen (through JSON, as it is stored), its findings, its files."""
    compiled = compile_now(organisation, window)
    frozen = json.loads(
        json.dumps({"figures": compiled.frozen.figures, "material": compiled.frozen.material})
    )
    findings = compiled.document.findings
    return SimpleNamespace(**frozen, findings=findings, files=files_of(compiled), window=window, **more)


def faults_of(report, **how):
    """What the auditor says of it."""
    return audit(report.files, json.loads(report.files["figures.json"]), report.material, **how)


def prose_of(report) -> str:
    """The text of the Word file before the appendices."""
    lines = itertools.takewhile(
        lambda part: not isinstance(part, Line) or part.style != "AppendixNumber",
        read_word(report.files["report.docx"]),
    )
    return "\n".join(line.text for line in lines if isinstance(line, Line))


@pytest.fixture(scope="module")
def apart(django_db_setup, django_db_blocker, tmp_path_factory):
    """The database without a transaction, and files that last as long as this module."""
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    with files, django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def fifty(apart):
    """The reports of fifty branches, with the records that were dealt."""
    ids = itertools.count(1_000_000)
    dealers = [branches.deal(seed, place.pk, ids) for seed, place in enumerate(branches.make_places(COUNT))]
    for seed, dealer in enumerate(dealers):
        branches.tell(dealer, with_files=seed % 4 == 0)
    windows = itertools.cycle(branches.WINDOWS)
    return [
        report_of(Organisation.objects.get(pk=dealer.branch), window, dealer=dealer)
        for dealer, window in zip(dealers, windows, strict=False)
    ]


# ---------------------------------------------------------------- fifty branches
def test_every_number_of_fifty_branches_is_accounted_for(fifty):
    seen, faults = collections.Counter(), []
    for number, report in enumerate(fifty):
        faults += [f"branch {number}: {fault}" for fault in faults_of(report, seen=seen)]
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:60])
    # Nothing above holds only because nobody told it.
    told = {
        *CLAIMS.values(),
        "activity",
        "agreement",
        "outcome",
        "_part",
        "_all_of_it",
        "_change",
        "_fund",
        "_ratio",
    }
    told |= {
        "programme",
        "honours held",
        "quote",
        "chart",
        "target missed",
        "plan not done",
        "meetings missed",
    }
    told |= {"agreement ends", "certificates end", "next targets", "next plans", "as of", "period"}
    told |= {"chart of lines", "chart of months", "chart of levels"}
    assert not {name for name in told if not seen[name]}


def test_what_is_told_is_what_was_dealt(fifty):
    """The auditor believes the frozen records: here they are held against those that were dealt."""
    for report in fifty:
        window, dealt = report.window, report.dealer.dealt
        figures = {figure["key"]: figure for figure in report.figures["figures"]}
        counted = recount.recount(
            report.dealer.records,
            report.dealer.branch,
            window.start,
            window.end,
            outcome_kinds=branches.OWN_OUTCOME_KINDS,
        )
        before = window.previous()
        last = recount.recount(report.dealer.records, report.dealer.branch, before.start, before.end)
        for key, figure in figures.items():
            of = counted["members.total"].value if key.startswith("certifications.ratio:") else None
            tally = counted.get(key) or recount.Tally(of=of)  # declared, and nobody holds it
            assert str(figure["value"]) == str(
                tally.value if tally.of is None or tally.value is None else float(tally.value)
            ), key
        for key, told in report.material["last_year"].items():
            if key in last:
                assert float(told["value"]) == float(last[key].value), key
        activities = {row.id: row for row in dealt["activity"]}
        assert {row["id"] for row in report.material["activities"]} == {*counted["activities.total"].ids}
        for row in report.material["activities"]:
            one = activities[row["id"]]
            assert (row["date"], row["theme"], row["person_times"]) == (one.day, one.theme, one.person_times)
            assert row["members"] == (len(one.members) or one.present)
            assert row["place"] == one.place
            assert row["lines"] == [line for line in recount.LINES if line in one.lines]
        outcomes = {row.id: row for row in dealt["outcome"]}
        for row in report.material["outcomes"]:
            one = outcomes[row["id"]]
            assert (row["name"], row["level"], row["venue"]) == (one.name, one.level, one.venue)
            assert (row["number"], row["grade"]) == (one.number, one.grade)
            assert [row["date"]["first"], row["date"]["last"]] == [str(day) for day in recount.span(one.date)]
        agreements = {row.id: row for row in dealt["agreement"]}
        for row in report.material["agreements"]:
            one = agreements[row["id"]]
            assert row["name"] == one.name
            assert [row["signed_on"]["first"], row["signed_on"]["last"]] == [
                str(day) for day in recount.span(one.signed)
            ]
            assert [part["promised"] for part in row["commitments"]] == [
                part.promised for part in one.commitments
            ]
            assert [part["delivered"] for part in row["commitments"]] == [
                part.delivered for part in one.commitments
            ]
        quotable = {quote.content for one in dealt["activity"] for quote in one.quotes if quote.may_quote}
        assert {row["content"] for row in report.material["quotes"]} <= quotable


# ---------------------------------------------------------------- the auditor itself
def changed(content: bytes, name: str, change) -> bytes:
    """A ZIP file with one of its parts changed; it must change."""
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(saved, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part == name:
                data = change(data.decode()).encode()
                assert data != old.read(part)
            new.writestr(part, data)
    return saved.getvalue()


def in_word(pattern, replacement, count=1):
    """Change the Word file's body."""
    return lambda files: (
        files
        | {
            "report.docx": changed(
                files["report.docx"],
                "word/document.xml",
                lambda xml: re.sub(pattern, replacement, xml, count=count),
            )
        }
    )


def in_excel(sheet, change):
    """Change a sheet of the workbook."""

    def planted(files):
        book, saved = openpyxl.load_workbook(io.BytesIO(files["report.xlsx"])), io.BytesIO()
        change(book[sheet])
        book.save(saved)
        return files | {"report.xlsx": saved.getvalue()}

    return planted


def swap(sheet):
    """Two cells of a column change places."""
    sheet["C2"].value, sheet["C3"].value = sheet["C3"].value, sheet["C2"].value


def raise_a_number(sheet):
    """One more than there was."""
    sheet["C2"].value += 1


def another_report(files, fifty):
    """The PDF file of another compilation."""
    return files | {"report.pdf": fifty[12].files["report.pdf"]}


PLANTED = {
    "a wrong number in a sentence": (
        in_word(r"(举办各类活动</w:t>.*?>)(\d+)场", r"\g<1>1\2场"),
        "activities.total is",
    ),
    "a wrong person-times": (in_word(r"服务(\d+)人次<", r"服务\g<1>0人次<"), "does not say what the record"),
    "a wrong date": (in_word(r"，在区科技馆", "，在区科技宫"), "does not say what the record"),
    "a split that does not add up": (in_word(r"其中", "其中国家级1项、"), ""),
    "a number of nobody's": (in_word(r"截至", "约37次，截至"), "unaccounted number"),
    "an empty place": (in_word(r"截至", "截至，，"), "template scar"),
    "a mark that is not in the index": (in_word(r"（佐证1-01）", "（佐证1-77）"), "1-77"),
    "a cell of another row": (in_excel("活动", swap), "should be"),
    "a wrong figure in Excel": (in_excel("数字一览", raise_a_number), "should be"),
    "a row less in the index": (
        in_word(r'<w:tr>(?:(?!<w:tr>).)*?w:name="_evidence_1_01"(?:(?!<w:tr>).)*?</w:tr>', ""),
        "1-01 is not in the index",
    ),
    "a figure that is left out": (
        in_word(r"(附件1</w:t>.*?)<w:tr>(?:(?!<w:tr>).)*?>活动</w:t>.*?</w:tr>", r"\1"),
        "does not stand in report.docx",
    ),
    "another PDF": (None, "report.pdf does not say"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_the_auditor_sees(fifty, name):
    plant, said = PLANTED[name]
    report = fifty[8]
    assert not faults_of(report)
    files = plant(report.files) if plant else another_report(report.files, fifty)
    faults = faults_of(SimpleNamespace(files=files, material=report.material))
    assert faults
    assert any(said in f"{fault.rpartition(': ')[2]} {fault.rpartition(': ')[0]}" for fault in faults), (
        faults[:5]
    )


def test_the_auditor_sees_a_figure_that_changed(fifty):
    report = fifty[8]
    figures = json.loads(report.files["figures.json"])
    next(row for row in figures["figures"] if row["key"] == "outreach.person_times")["value"] += 1
    assert any("outreach.person_times is" in fault for fault in audit(report.files, figures, report.material))


# ---------------------------------------------------------------- small and large
def test_a_year_without_records_says_so_section_by_section(apart):
    report = report_of(factories.OrganisationFactory(name="新成立的教师党支部"))
    assert not faults_of(report)
    said = prose_of(report)
    assert said.count("本年度无记录。") == 1 + 5  # the opening and the sections
    for number, heading in zip(
        "一二三四五", ("党建联建", "教育服务", "科技赋能", "实践育人", "支部建设"), strict=True
    ):
        assert f"{number}、{heading}\n本年度无记录。" in said
        assert any(f"“{heading}”一节没有记录" in finding.text for finding in report.findings)
    tables = [
        part.text
        for part in read_word(report.files["report.docx"])
        if isinstance(part, Line) and part.style == "Note"
    ]
    assert tables.count("本年度无记录。") >= 5
    assert read_pdf(report.files["report.pdf"])


@pytest.mark.parametrize("members", [1, 50])
def test_a_branch_of_any_size_with_rare_names_and_no_partner_compiles(apart, members):
    place = factories.OrganisationFactory(name=f"𠮷镕堃研究所教师党支部（{members}）")
    people = [
        factories.MemberFactory(organisation=place, name="𠮷镕堃" if number == 0 else f"龘靐齉{number}")
        for number in range(members)
    ]
    for number, person in enumerate(people):
        factories.CertificationFactory(member=person, valid_until="2025-03" if number % 2 else "")
    activity = factories.ActivityFactory(
        organisation=place, theme="𠮷镕堃讲5G", person_times=12, lines=["education_service"]
    )
    for person in people:
        factories.ParticipationFactory(activity=activity, member=person)
    factories.OutcomeFactory(organisation=place, makers=people, venue="学报")
    report = report_of(place)
    assert not faults_of(report)
    assert f"支部共有党员{members}名，{'均' if members > 1 else ''}为正式党员。" in prose_of(report)
    assert "联建单位" not in prose_of(report)
    assert "〓镕堃" not in "".join(str(part) for part in read_word(report.files["report.docx"]))


# ---------------------------------------------------------------- again
def test_evidence_numbers_stay_when_records_are_added(apart):
    place = factories.OrganisationFactory()
    first = [factories.ActivityFactory(organisation=place, theme=f"第{number}次活动") for number in (1, 2, 3)]
    factories.OutcomeFactory(organisation=place)
    report = ensure_report(place, YEAR, by=None)

    def compiled():
        compilation = request_compilation(report, by=None)
        perform(compilation.pk)
        compilation.refresh_from_db()
        assert compilation.status == Compilation.Status.DONE, compilation.error
        return compilation

    before = compiled()
    factories.ActivityFactory(organisation=place, theme="更早的活动", starts_on="2024-01-02")
    factories.OutcomeFactory(organisation=place, name="更早的成果", date="2024-01")
    after = compiled()
    assert len(before.numbers) == 4
    assert before.numbers.items() <= after.numbers.items()
    assert len({*after.numbers.values()}) == len(after.numbers) == 6
    stored = SimpleNamespace(files=stored_files(after), material=after.material)
    assert not faults_of(stored, is_first=False)
    assert any("to be mentioned" in fault for fault in faults_of(stored))
    assert str(first[0].pk) in str(after.numbers)


def stored_files(compilation) -> dict[str, bytes]:
    """The published files of a compilation."""
    found = {}
    for name, file in compilation.files.items():
        with open_file(file["sha256"]) as stream:
            found[name] = stream.read()
    return found


def populate_and_compile():
    """In a process of its own: a branch with hostile names and photos, compiled as a worker does it."""
    [place] = branches.make_places(1)
    branches.tell(branches.deal(8, place.pk, itertools.count(1_000_000)), with_files=True)
    perform(request_compilation(ensure_report(place, YEAR, by=None), by=None).pk)
    print_digests()


def print_digests():
    """What was published, and what comes of the frozen report of the stored row now."""
    row = Compilation.objects.get(status="done")
    again = files_of(compiled_of(Frozen(row.figures, row.material)))
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in again.items()}
    assert digests == {name: file["sha256"] for name, file in row.files.items()}
    print(json.dumps(digests, sort_keys=True))


def test_a_frozen_report_gives_the_same_bytes_in_any_process_and_after_a_restore(tmp_path):
    archive = tmp_path / "ledger.zip"
    with Installation("sqlite", tmp_path / "a") as old, Installation("sqlite", tmp_path / "b") as new:
        old.env["PYTHONHASHSEED"], new.env["PYTHONHASHSEED"] = "1", "2"
        said = old.do(populate_and_compile).splitlines()[-1]
        assert len(json.loads(said)) == len(OUTPUTS) == 5
        old.manage("backup", archive)
        new.manage("restore", archive)
        assert new.do(print_digests).splitlines()[-1] == said


# ---------------------------------------------------------------- the demo
@pytest.fixture(scope="module")
def demo(apart):
    """The demo's report of 2024, compiled as a worker does it, and its page."""
    load.load()
    secretary = User.objects.get(username="demo-secretary")
    report = ensure_report(Organisation.objects.get(code="demo"), YEAR, by=secretary)
    compilation = request_compilation(report, by=secretary)
    perform(compilation.pk)
    compilation.refresh_from_db()
    client = Client()
    client.force_login(secretary)
    page = client.get(reverse("reports:compilation_preview", args=[compilation.pk])).content.decode()
    return SimpleNamespace(files=stored_files(compilation), material=compilation.material, page=page)


def without_brackets(text) -> str:
    """A bare text without what sets off an evidence mark."""
    return re.sub(r"\(?(?:佐证)?(\d-\d{2,})\)?", r"\1", bare(text))


def test_the_demo_says_the_published_figures_alike_in_every_file(demo):
    assert not faults_of(demo)
    figures = {row["key"]: row for row in json.loads(demo.files["figures.json"])["figures"]}
    assert {key: figures[key]["value"] for key in PUBLISHED} == PUBLISHED
    said, pdf = prose_of(demo), "".join(read_pdf(demo.files["report.pdf"]))
    for sentence in (
        "支部共有党员17名",
        "HCIP为16/17(94.1%)",
        "4名党员参与编写",
        "发表学术论文10篇、党建论文3篇",
        "获专利授权3件，其中发明专利1件、实用新型专利2件",
        "取得软件著作权4项",
        "承担纵向课题5项，其中省部级3项、市厅级2项",
        "承担教改课题4项，其中省部级2项、校级2项",
        "获学科竞赛奖62项，其中国家级29项、省部级16项、校级17项",
        "获批科研平台2个，其中省部级1个、市厅级1个",
        "服务1086人次",
        "与5家单位开展联建",
        "开展师生项目2项",
    ):
        assert sentence in said
        assert sentence.replace("，", ",") in pdf
    overview = {row[1].text: row[2].text for row in read_excel(demo.files["report.xlsx"])["数字一览"]}
    for key in PUBLISHED:
        assert overview[key] == figures[key]["display"]
    # The page, block by block; its marks have no brackets around them.
    page = without_brackets(html.unescape(re.sub(r"<[^>]*>", "", demo.page)))
    for part in read_word(demo.files["report.docx"]):
        if isinstance(part, Line):
            assert without_brackets(part.text) in page
        else:
            width = len(part.head) - (part.head[-1] == "页")  # a page has no pages
            assert not [row for row in part.rows if without_brackets("".join(row[:width])) not in page]
    for name in ("信创现代产业学院", "云计算与大数据市级重点实验室"):
        assert name in said
        assert name in pdf

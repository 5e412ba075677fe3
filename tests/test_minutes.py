"""The record of a meeting: what follows from what is known, the template a school edits, the page and the Word file."""

import io
import re
from urllib.parse import unquote

import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from docx import Document as open_docx

from activities.minutes import FIELDS, attendance, by_role, minutes_of
from core.dates import Window
from core.models import Attachment, Change
from reports import minutes, services, templates
from reports.document import FactTable, Text
from reports.minutes.sample import SAMPLE
from reports.minutes.template import builtin_text, read
from reports.models import ReportTemplate
from reports.render import word
from tests import factories as make
from tests.pages import faults_of

PAGE = "/reports/template/minutes/"
OWN = builtin_text().replace("【议题】", "【会议议题】")
EMPTY = dict.fromkeys(FIELDS, "")


def meeting(**fields):
    activity = make.ActivityFactory(kind_id="members_meeting", **fields)
    activity.refresh_from_db()
    return activity


def part(activity, role, name, *, since="2015-07-01", **fields):
    """A named person; since: when the member became a full one."""
    member = make.MemberFactory(
        organisation=activity.organisation, name=name, joined_party="2014-07-01", full_member_since=since
    )
    return make.ParticipationFactory(activity=activity, role=role, member=member, name=name, **fields)


def values(activity):
    return minutes_of(activity).values


def document(template=None, **known):
    return minutes.draft(template or builtin_text(), EMPTY | known, "2024-09-21")


def texts(drafted, role):
    return [block.text for block in drafted.blocks if isinstance(block, Text) and block.role == role]


def items(drafted):
    """What the table says, by label."""
    tables = [block for block in drafted.blocks if isinstance(block, FactTable)]
    return {label: "".join(map(str, spans)) for table in tables for row in table.rows for label, spans in row}


@pytest.fixture
def admin(db):
    """The admin of the root organisation."""
    root = make.CommitteeFactory(code="school", name="学校党委")
    return make.AppointmentFactory(organisation=root, role="admin").user


# ---------------------------------------------------------------- what is known
def test_every_field_is_there_even_where_nothing_is_known(db):
    told = minutes_of(meeting())
    assert tuple(told.values) == FIELDS == tuple(SAMPLE)
    assert {
        told.values[name] for name in ("应到", "实到", "有表决权应到", "请假", "缺席", "表决", "附件")
    } == {""}
    assert told.doubts == ()


def test_numbers_follow_from_names_and_probationary_members_have_no_vote(db):
    activity = meeting(starts_on="2024-09-21")
    part(activity, "present", "张三")
    part(activity, "present", "李四", since="2024-09-22")  # a full member one day later
    part(activity, "on_leave", "王五", remark="出差")
    part(activity, "absent", "赵六")
    make.ParticipationFactory(
        activity=activity, role="observer", member=None, name="钱七", remark="学院组织员"
    )
    told = minutes_of(activity)
    assert {
        name: told.values[name] for name in ("应到", "实到", "有表决权应到", "有表决权实到", "列席人数")
    } == {
        "应到": "4",
        "实到": "2",
        "有表决权应到": "3",
        "有表决权实到": "1",
        "列席人数": "1",
    }
    assert told.values["请假"] == "王五（出差）"
    assert told.values["缺席"] == "赵六（原因未记）"
    assert told.values["列席"] == "钱七（学院组织员）"
    assert told.doubts == ("没有写请假或缺席的原因：赵六。",)


def test_what_was_minuted_stands_and_few_names_make_no_number(db):
    activity = meeting(present=12)
    part(activity, "present", "张三")
    part(activity, "on_leave", "王五", remark="病假")
    told = values(activity)
    assert (told["实到"], told["应到"], told["有表决权应到"], told["有表决权实到"]) == ("12", "", "", "")
    activity.expected, activity.voters_expected, activity.voters_present = 15, 14, 11
    told = values(activity)
    assert (told["应到"], told["有表决权应到"], told["有表决权实到"]) == ("15", "14", "11")


@pytest.mark.parametrize(
    ("fields", "away", "said"),
    [
        ({"expected": 20, "present": 17}, 0, "应到20人、实到17人，没有请假、缺席人员名单。"),
        ({"expected": 20, "present": 17}, 1, "应到20人、实到17人，请假、缺席名单还少2人。"),
        ({"expected": 20, "present": 17}, 3, ""),
        ({"expected": 20, "present": 20}, 0, ""),
        ({"expected": 20}, 0, ""),
        ({"present": 17}, 0, ""),
    ],
)
def test_a_missing_list_of_those_away_is_said(db, fields, away, said):
    activity = meeting(**fields)
    for number in range(away):
        part(activity, "on_leave", f"王{number}", remark="出差")
    assert attendance(activity, by_role(activity.participations.all())).doubt == said
    assert minutes_of(activity).doubts == ((said,) if said else ())


def test_nobody_away_is_said_only_where_the_numbers_say_so(db):
    assert values(meeting(expected=5, present=5))["请假"] == "无"
    assert values(meeting(present=5))["请假"] == ""
    activity = meeting(expected=5, present=4)
    assert values(activity)["缺席"] == ""
    part(activity, "on_leave", "王五", remark="病假")
    assert values(activity)["缺席"] == "无"


def test_votes_are_a_sentence_and_more_votes_than_voters_a_doubt(db):
    activity = meeting(
        expected=9,
        present=9,
        voters_expected=8,
        voters_present=8,
        votes_for=8,
        votes_against=0,
        votes_abstaining=1,
    )
    told = minutes_of(activity)
    assert told.values["表决"] == "赞成8票，反对0票，弃权1票"
    assert told.doubts == ("赞成、反对、弃权共9票，多于有表决权实到的8人。",)
    assert minutes_of(meeting(present=3, votes_for=3)).doubts == ()
    assert minutes_of(meeting(present=3, votes_for=4)).doubts == ("赞成、反对、弃权共4票，多于实到的3人。",)
    assert minutes_of(meeting(votes_for=4)).values["表决"] == "赞成4票"


def test_time_partners_and_files_are_told(db):
    activity = meeting(
        starts_on="2024-09-21", starts_at="14:30", ends_on="2024-09-21", ends_at="16:00",
        partners=[make.PartnerFactory(name="某银行党支部")],
    )  # fmt: skip
    for kind, name in (
        (Attachment.Kind.SIGN_IN_SHEET, "签到表.pdf"),
        *[(Attachment.Kind.PHOTO, "a.jpg")] * 2,
    ):
        make.AttachmentFactory(record=activity, kind=kind, name=name)
    told = values(activity)
    assert told["时间"] == "2024年9月21日14:30—16:00"
    assert told["联建单位"] == "某银行党支部"
    assert told["附件"] == "签到表：签到表.pdf\n照片2张"
    later = meeting(starts_on="2024-09-21", ends_on="2024-09-22")
    assert values(later)["时间"] == "2024年9月21日—2024年9月22日"


def test_the_number_of_queries_does_not_depend_on_who_came(secretary, django_assert_num_queries):
    activity = meeting(organisation=secretary.branch)
    address = reverse("reports:activity_minutes", args=[activity.pk])
    minutes_of(activity)
    for number in range(30):
        part(activity, "present", f"党员{number}")
        with django_assert_num_queries(4):
            minutes_of(activity)
    secretary.get(address)
    with django_assert_num_queries(9):
        secretary.get(address)


# ---------------------------------------------------------------- the template
def test_what_is_not_known_is_said_and_brackets_are_left_out():
    drafted = document(支部="北楼党支部", 类型="支部党员大会", 应到="5")
    assert drafted.title == "支部党员大会记录"
    told = items(drafted)
    assert (told["应到"], told["实到"], told["请假（原因）"]) == ("5人", "未记", "未记")
    assert "列席" not in told
    assert texts(drafted, "heading1") == ["议题", "发言", "决议"]
    assert texts(drafted, "body") == ["未记"] * 3


def test_the_built_in_text_lists_all_there_is_to_write():
    notes = [line for line in builtin_text().splitlines() if line.startswith("//")]
    assert re.findall(r"{([^…]+?)}", "".join(notes)) == list(FIELDS)


def test_halves_share_a_row_and_lines_are_paragraphs():
    drafted = document(议题="一、甲\n\n二、乙", 表决="赞成4票")
    table = next(block for block in drafted.blocks if isinstance(block, FactTable))
    assert [len(row) for row in table.rows] == [1, 1, 1, 2, 2, 2, 1, 1]
    assert texts(drafted, "body")[:2] == ["一、甲", "二、乙"]
    assert texts(drafted, "heading1")[-1] == "表决"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("- {天气}", "第 1 行：没有“{天气}”这一项"),
        ("- [没合上", "第 1 行：少了一个“]”"),
        ("乱写一行", "第 1 行：看不懂“乱写一行”"),
        ("项 时间", "第 1 行：看不懂“项 时间”"),
        ("项 一个比十二个字还要长的名称：{时间}", "第 1 行：“一个比十二个字还要长的名称”太长"),
        ("落款：", "第 1 行：“：”后面是空的"),
        ("标题：再来一个", "“标题：”要有一行，也只能有一行"),
    ],
)
def test_a_faulty_line_is_refused_with_its_number(line, said):
    with pytest.raises(ValidationError) as refused:
        read(f"{line}\n{builtin_text()}")
    assert any(said in message for message in refused.value.messages)


def test_a_template_without_a_title_is_refused():
    with pytest.raises(ValidationError, match="“标题：”要有一行"):
        read("- {议题}")


def test_no_report_is_made_by_the_template_of_meetings(db):
    templates.save_template("minutes", OWN, by=None, version=0)
    assert templates.template_names() == ["yearly"]
    with pytest.raises(ValidationError, match="没有名为“minutes”的报告模板"):
        services.ensure_report(make.OrganisationFactory(), Window.year(2024), template="minutes", by=None)


def test_the_page_of_the_template_shows_refuses_saves_and_resets(client, admin):
    client.force_login(admin)
    page = client.get(PAGE).content.decode()
    assert "第三季度支部党员大会" in page  # the invented meeting
    assert PAGE in client.get("/reports/template/").content.decode()
    answer = client.post(PAGE, {"text": OWN + "乱写一行\n", "version": 0}).content.decode()
    assert "看不懂“乱写一行”" in answer
    looked = client.post(PAGE, {"text": OWN, "version": 0, "preview": "1"}).content.decode()
    assert ">会议议题</h2>" in looked
    assert not ReportTemplate.objects.exists()
    assert client.post(PAGE, {"text": OWN, "version": 0}).status_code == 302
    assert Change.objects.get().object_name == "会议记录模板 minutes"
    stale = client.post(PAGE, {"text": builtin_text(), "version": 0}).content.decode()
    assert "刚才有人改过模板" in stale
    client.force_login(admin)
    shown = client.get(reverse("reports:activity_minutes", args=[meeting(organisation=_branch(admin)).pk]))
    assert ">会议议题</h2>" in shown.content.decode()
    assert client.post(reverse("reports:minutes_template_reset")).status_code == 302
    assert not ReportTemplate.objects.exists()


def _branch(admin):
    return make.OrganisationFactory(parent=admin.appointments.get().organisation)


# ---------------------------------------------------------------- the page and the Word file
@pytest.fixture
def secretary(client, db):
    """A client signed in as the secretary of a branch; `.branch`."""
    appointment = make.AppointmentFactory(organisation=make.OrganisationFactory(), role="secretary")
    client.force_login(appointment.user)
    client.branch = appointment.organisation
    return client


def opened(response):
    return open_docx(io.BytesIO(response.content))


def read_back(docx):
    """All its text: that of the table cells, then that of the paragraphs."""
    cells = [cell.text for table in docx.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(paragraph.text for paragraph in docx.paragraphs)])


def test_the_page_says_what_is_missing_and_the_word_file_is_in_the_history(secretary):
    activity = meeting(
        organisation=secretary.branch, starts_on="2024-09-21", theme="九月/党员大会", expected=9, present=7,
        agenda="一、甲", resolution="同意。", votes_for=7,
    )  # fmt: skip
    page = secretary.get(reverse("reports:activity_minutes", args=[activity.pk])).content.decode()
    assert "应到9人、实到7人，没有请假、缺席人员名单。" in page
    assert "data-print" in page
    assert not Change.objects.filter(verb=Change.Verb.EXPORT).exists()
    answer = secretary.get(reverse("reports:activity_minutes_word", args=[activity.pk]))
    assert "会议记录 2024-09-21 九月_党员大会.docx" in unquote(answer["Content-Disposition"])
    docx = opened(answer)
    told = read_back(docx)
    for words in ("支部党员大会记录", "九月/党员大会", "9人", "一、甲", "同意。", "赞成7票"):
        assert words in told
    assert [row.cells[0].text for row in docx.tables[0].rows][:3] == ["会议名称", "时间", "地点"]
    change = Change.objects.get(verb=Change.Verb.EXPORT)
    assert (change.object_id, change.changes) == (activity.pk, {"文件": ["", "会议记录（Word）"]})
    assert "没有请假、缺席人员名单" in secretary.get(f"/activities/{activity.pk}/").content.decode()


def test_text_meant_to_break_the_files_does_not(secretary):
    hostile = "<w:p>&amp;]]>\"'{议题}[甲]|乙||丙::丁\\\u2028𠮷😀<script>alert(1)</script>"
    activity = meeting(
        organisation=secretary.branch,
        theme=hostile[:60],
        place=hostile[:80],
        agenda=hostile,
        speeches=hostile,
    )
    make.ParticipationFactory(activity=activity, role="observer", member=None, name="<b>钱七", remark='"&<')
    page = secretary.get(reverse("reports:activity_minutes", args=[activity.pk])).content.decode()
    assert "<script>alert" not in page
    assert "<b>钱七" not in page
    docx = opened(secretary.get(reverse("reports:activity_minutes_word", args=[activity.pk])))
    assert [paragraph.text for paragraph in docx.paragraphs].count(hostile) == 2
    assert '<b>钱七（"&<）' in read_back(docx)


def test_a_long_agenda_keeps_every_character(secretary):
    agenda = "\n".join(f"第{number}条，" + "议" * 90 for number in range(200))
    assert len(agenda) > 19_000
    activity = meeting(organisation=secretary.branch, agenda=agenda, speeches="发" * 20_000)
    told = read_back(opened(secretary.get(reverse("reports:activity_minutes_word", args=[activity.pk]))))
    assert agenda in told
    assert "发" * 20_000 in told


def test_a_long_text_in_the_table_may_run_over_pages():
    drafted = document("标题：记录\n项 议题：{议题}\n项 地点：{地点}", 议题="议\n" * 5000, 地点="甲")
    docx = open_docx(io.BytesIO(word.render_document(drafted)))
    assert docx.tables[0].rows[0].cells[1].text.count("议") == 5000
    assert "cantSplit" not in docx.tables[0]._tbl.xml


def test_the_same_meeting_gives_the_same_bytes():
    drafted = minutes.draft(builtin_text(), SAMPLE, "2024-09-21")
    assert word.render_document(drafted) == word.render_document(drafted)


def test_it_is_offered_for_branch_life_and_for_what_was_minuted(secretary):
    def offered(**fields):
        activity = make.ActivityFactory(organisation=secretary.branch, **fields)
        address = reverse("reports:activity_minutes", args=[activity.pk])
        return address in secretary.get(f"/activities/{activity.pk}/").content.decode()

    assert offered(kind_id="members_meeting")
    assert offered(kind_id="members_meeting", status="planned")
    assert offered(kind_id="lecture", agenda="一、甲")
    assert offered(kind_id="lecture", resolution="同意。")
    assert not offered(kind_id="lecture")
    assert not offered(kind_id="members_meeting", status="cancelled")


def test_who_only_reads_the_activity_is_offered_it_too(client, db):
    appointment = make.AppointmentFactory(organisation=make.OrganisationFactory(), role="member")
    client.force_login(appointment.user)
    activity = meeting(organisation=appointment.organisation)
    assert "会议记录" in client.get(f"/activities/{activity.pk}/").content.decode()
    assert client.get(reverse("reports:activity_minutes", args=[activity.pk])).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_check_of_a_report_finds_meetings_without_the_list(data_dir):
    activity = meeting(theme="九月党员大会", starts_on="2024-09-21", expected=9, present=7)
    compiled = services.compile_now(activity.organisation, Window.year(2024))
    found = [item for item in compiled.document.findings if item.record == f"activity:{activity.pk}"]
    assert "“九月党员大会”应到9人、实到7人，没有请假、缺席人员名单。" in [item.text for item in found]


# ---------------------------------------------------------------- in a browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [True, False])
def test_it_reads_well_and_prints_on_a4(browse, phone):
    appointment = make.AppointmentFactory(organisation=make.CommitteeFactory(), role="admin")
    branch = make.OrganisationFactory(parent=appointment.organisation)
    activity = meeting(organisation=branch, expected=9, present=7, agenda="一、" + "很长的议题" * 40)
    page = browse(appointment.user, phone=phone)
    page.goto(PAGE)
    page.get_by_role("textbox", name="模板").fill(OWN)
    page.get_by_role("button", name="看看样子").click()
    page.get_by_role("heading", name="会议议题").wait_for()
    assert faults_of(page) == []
    page.goto(f"/activities/{activity.pk}/")
    page.get_by_role("link", name="会议记录").click()
    page.get_by_role("heading", name="支部党员大会记录").wait_for()
    assert faults_of(page) == []
    assert page.get_by_role("cell", name="未记", exact=True).first.bounding_box()["width"] > 150
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, format="A4")) as pdf:
        assert pdf[0].get_size() == pytest.approx((595, 842), abs=2)
        lines = pdf[0].get_textpage().get_text_range().splitlines()
    assert lines[0] == "支部党员大会记录"  # neither the rail nor the buttons
    page.emulate_media(media="print")
    # 应到 and 实到 side by side on paper, whatever the screen.
    tops = [
        page.get_by_role("rowheader", name=name, exact=True).bounding_box()["y"] for name in ("应到", "实到")
    ]
    assert tops[0] == tops[1]

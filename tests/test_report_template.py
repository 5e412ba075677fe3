"""A school's own wording of a report: who may change it, what is refused, what it does to the next compile."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.dates import Window
from core.models import Change
from core.records import VersionConflict
from reports import services, templates
from reports.document import Text
from reports.drafting import records
from reports.drafting.template import builtin_text
from reports.models import ReportTemplate
from tests import factories as make

PAGE = "/reports/template/"
OWN = builtin_text("yearly").replace("【教育服务 education_service】", "【服务社会 education_service】")


@pytest.fixture
def admin(db):
    """The admin of the root organisation."""
    root = make.CommitteeFactory(code="school", name="学校党委")
    return make.AppointmentFactory(organisation=root, role="admin").user


def headings(branch):
    """The headings of a report compiled now."""
    blocks = services.compile_now(branch, Window.year(2024)).document.blocks
    return [block.text for block in blocks if isinstance(block, Text) and block.role == "heading1"]


def test_the_built_in_template_passes_its_own_check(db):
    templates.check_template(builtin_text("yearly"))


def test_fields_of_records_are_those_the_code_gives():
    outcome = dict.fromkeys(
        ["name", "word", "level", "status", "venue", "number", "indexing", "grade"], ""
    ) | {"date": {"first": "2024-01-01", "last": "2024-01-01"}, "details": {}, "makers": []}
    assert set(records.outcome_fields(outcome, 2024)) == records.OUTCOME_FIELDS
    activity = dict.fromkeys(["place", "kind", "theme", "kind_name"], "") | {
        "date": "2024-01-01", "partners": [], "members": 0, "person_times": 0, "is_measured": False,
    }  # fmt: skip
    assert set(records.activity_fields(activity, 2024)) == records.FIELDS["活动"]
    agreement = {"name": "", "signed_on": None, "expires_on": None, "partners": [], "commitments": []}
    assert set(records.agreement_fields(agreement, 2024)) == records.FIELDS["协议"]
    assert records.FIELDS["协议到期"] == records.FIELDS["协议"] | {"到期日期"}
    quote = {"identity": "", "content": "", "received_on": None}
    assert set(records.quote_fields(quote, 2024, another=False)) == records.FIELDS["反馈"]
    programme = {"level": "", "document_number": "", "starts_on": "2024-01-01", "ends_on": "2024-01-01"}
    assert set(records.programme_fields(programme, 2024)) == records.FIELDS["项目"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("- {outcomes.papers}", "不是指标"),
        ("- {其中:outcomes.paper outcomes.paper:galactic=银河级}", "不是指标"),
        ("- {天气}", "没有“{天气}”这一项"),
        ("记录 活动：{名称}", "记录“活动”没有“名称”"),
        ("记录 学术论文：{地点}", "记录“学术论文”没有“地点”"),
        ("- [没合上", "少了一个"),
        ("- 甲\n记录 校刊：{日期}\n记录 校刊：{日期}", "写了两次"),
    ],
)
def test_a_template_that_speaks_of_what_is_not_there_is_refused(db, line, said):
    record, colon, _ = line.partition("：")
    lines = [old for old in builtin_text("yearly").splitlines() if not (colon and old.startswith(record))]
    lines.insert(lines.index("附件 指标完成情况：指标"), line)
    with pytest.raises(ValidationError) as refused:
        templates.check_template("\n".join(lines))
    assert any(said in message for message in refused.value.messages)


@pytest.mark.django_db(transaction=True)
def test_own_wording_is_used_from_the_next_compile_on_and_can_be_taken_back(data_dir):
    branch = make.OrganisationFactory()
    before = services.compile_now(branch, Window.year(2024))
    assert "二、教育服务" in headings(branch)
    templates.save_template("yearly", OWN, by=None, version=0)
    assert "二、服务社会" in headings(branch)
    again = services.compiled_of(before.frozen)  # what was frozen keeps its wording
    assert "二、教育服务" in [block.text for block in again.document.blocks if isinstance(block, Text)]
    templates.reset_template("yearly", by=None)
    assert "二、教育服务" in headings(branch)
    assert Change.objects.filter(model="reports.reporttemplate").count() == 2


def test_the_second_of_two_editors_is_told(db):
    templates.save_template("yearly", OWN, by=None, version=0)
    with pytest.raises(VersionConflict):
        templates.save_template("yearly", OWN.replace("服务社会", "社会服务"), by=None, version=0)
    assert "服务社会" in templates.template_text("yearly")


def test_saving_without_a_change_makes_nothing(db):
    templates.save_template("yearly", builtin_text("yearly"), by=None, version=0)
    assert not ReportTemplate.objects.exists()


def test_the_page_saves_refuses_and_keeps_what_was_typed(client, admin):
    client.force_login(admin)
    page = client.get(PAGE).content.decode()
    assert "【教育服务 education_service】" in page
    assert PAGE in client.get("/settings/").content.decode()
    faulty = OWN + "乱写一行\n"
    answer = client.post(PAGE, {"text": faulty, "version": 0})
    assert "看不懂“乱写一行”" in answer.content.decode()
    assert "【服务社会 education_service】" in answer.content.decode()
    assert client.post(PAGE, {"text": OWN, "version": 0}).status_code == 302
    stale = client.post(PAGE, {"text": OWN.replace("服务社会", "社会服务"), "version": 0}).content.decode()
    assert "刚才有人改过模板" in stale
    assert "【社会服务 education_service】" in stale
    assert client.post(reverse("reports:template_reset")).status_code == 302
    assert not ReportTemplate.objects.exists()


def test_only_the_admin_of_the_installation_sees_it(client, db):
    college = make.CommitteeFactory(parent=make.CommitteeFactory())
    for person in (
        make.AppointmentFactory(organisation=college, role="admin").user,
        make.AppointmentFactory(organisation=make.OrganisationFactory(parent=college), role="secretary").user,
    ):
        client.force_login(person)
        assert client.get(PAGE).status_code == 404
        assert client.post(reverse("reports:template_reset")).status_code == 404
        assert PAGE not in client.get("/settings/").content.decode()

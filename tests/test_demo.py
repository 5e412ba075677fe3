"""The demo: the published year to the unit, plausible in its details, loaded once."""

import datetime as dt
import io
import re
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from PIL import Image

from activities.models import Activity, Feedback
from branch.models import Certification, Member
from core.checklists import checklists
from core.dates import Window
from core.files import open_blob
from core.models import Appointment, Attachment, Blob, Change, Organisation, User
from core.organisations import create_organisation
from exchange.demo import load
from exchange.demo.pictures import draw
from outcomes.models import Outcome
from partnerships.models import Agreement, Partner, PlanItem
from reports.figures import compute, freeze
from reports.models import Target
from reports.source import records_url
from tests.test_pages import shown_total

# Statutory holidays of the three years: nobody holds a meeting then.
HOLIDAYS = [
    *(dt.date(2023, month, day) for month, day in ((1, 2), (4, 5), (5, 1), (5, 2), (5, 3), (6, 22), (6, 23), (9, 29))),
    *(dt.date(2024, month, day) for month, day in ((1, 1), (4, 4), (4, 5), (5, 1), (5, 2), (5, 3), (6, 10), (9, 16))),
    *(dt.date(2025, month, day) for month, day in ((1, 1), (4, 4), (5, 1), (5, 2), (5, 5), (6, 2), (10, 8))),
    *(dt.date(year, 10, day) for year in (2023, 2024, 2025) for day in range(1, 8)),
    *(dt.date(2023, 1, day) for day in range(21, 28)),
    *(dt.date(2024, 2, day) for day in range(10, 18)),
    *(dt.date(2025, 1, day) for day in range(28, 32)),
]  # fmt: skip


# ---------------------------------------------------------------- into an empty installation, so before `loaded`
def test_command_prints_accounts_that_work(db, data_dir):
    said = StringIO()
    call_command("load_demo", stdout=said)
    for username, name, role, code, _ in load.ACCOUNTS:
        assert username in said.getvalue()
        assert name in said.getvalue()
        user = authenticate(username=username, password=load.PASSWORD)
        assert user.appointments.get(role=role, organisation__code=code)
    assert load.PASSWORD in said.getvalue()
    member = Member.objects.get(user__username="demo-member")
    assert (member.name, member.staff_number) == ("唐婉宁", "1007")


def test_demo_accounts_never_administer_somebody_elses_installation(db, data_dir):
    school = create_organisation("school", "某大学党委", "university_committee", by=None)
    load.load()
    assert not User.objects.get(username="demo-admin").scope.administers_root
    assert Organisation.objects.get(code="demo-college").path.startswith(school.path)


def test_a_failure_half_way_leaves_nothing(db, data_dir):
    create_organisation("demo-second", "别人的支部", "branch", by=None)
    with pytest.raises(Exception, match="没有载入样例支部"):
        call_command("load_demo", stdout=StringIO())
    assert not Organisation.objects.filter(code__in=["demo", "demo-college"]).exists()
    assert not User.objects.exists()


# ---------------------------------------------------------------- loaded
@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo, loaded once for this module in a transaction that is rolled back at its end."""
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("demo"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        load.load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db):
    """The branch; what a test changes is rolled back to it."""
    return Organisation.objects.get(code="demo")


def figures(branch, year=2024):
    return compute([branch.pk], Window.year(year))[branch.pk]


def test_year_2024_is_the_published_one(demo):
    """domain.md §9, literally."""
    found = figures(demo)
    assert {key: found[key].value for key in PUBLISHED} == PUBLISHED
    assert found["certifications.ratio:HCIP"].display == "16/17(94.1%)"
    provincial, municipal = (
        found[f"outcomes.vertical_project:{level}"].value for level in ("provincial", "municipal")
    )
    assert provincial + municipal == 5
    assert found["outreach.person_times"].value > 1000


PUBLISHED = {
    "members.total": 17,
    "certifications.holders:HCIP": 16,
    "outcomes.book.contributors": 4,
    "outcomes.paper": 10,
    "outcomes.party_paper": 3,
    "outcomes.patent:invention": 1,
    "outcomes.patent:utility_model": 2,
    "outcomes.software_copyright": 4,
    "outcomes.vertical_project": 5,
    "outcomes.teaching_reform_project:provincial": 2,
    "outcomes.teaching_reform_project:university": 2,
    "outcomes.competition_award:national": 29,
    "outcomes.competition_award:provincial": 16,
    "outcomes.competition_award:university": 17,
    "outcomes.platform:provincial": 1,
    "outcomes.platform:municipal": 1,
    "outcomes.student_project": 2,
    "partnerships.partners": 5,
    "partnerships.partners:company": 1,
    "partnerships.partners:bank": 1,
    "partnerships.partners:community": 1,
    "partnerships.partners:association": 1,
    "partnerships.partners:government": 1,
}


def test_year_2024_looks_as_it_was_drawn(demo):
    found = figures(demo)
    drawn = {
        "members.full": 16,
        "members.probationary": 1,
        "activities.total": 59,
        "activities.line:joint_building": 8,
        "activities.line:education_service": 18,
        "activities.line:technology_empowerment": 10,
        "activities.line:practice_education": 7,
        "activities.line:branch_life": 28,
        "branch_life.committee_meeting": 11,
        "branch_life.themed_party_day": 11,
        "outreach.sessions": 18,
        "outreach.person_times": 1086,
        "outreach.person_times:measured": 846,
        "outreach.person_times:estimated": 240,
        "outcomes.patent:applied": 3,
        "partnerships.agreements_signed": 2,
        "partnerships.agreements_in_force": 4,
        "partnerships.plan_items": 8,
        "partnerships.plan_items:done": 5,
        "partnerships.plan_items:cancelled": 1,
    }
    assert {key: found[key].value for key in drawn} == drawn


def test_joint_work_and_outreach_of_the_published_year_are_there(demo):
    held = Activity.objects.of([demo]).held_in(Window.year(2024))
    bank = Partner.objects.of([demo]).called("澄湖农商银行技术部党支部").get()
    assert bank.name == "澄湖农商银行科技部党支部"
    assert held.filter(partners=bank, kind="training").count() == 2
    assert held.filter(partners=bank, theme__contains="创新孵化中心").exists()
    assert held.filter(partners__kind="community", kind="themed_party_day").exists()
    assert held.filter(kind="lecture", theme__contains="人工智能").exists()
    assert held.filter(theme__contains="量子计算").exists()
    assert held.filter(kind="salon").count() == 8
    assert held.filter(kind="salon", theme__contains="创意编程").exists()
    assert Feedback.objects.quotable().filter(activity__in=held, identity="家长").count() >= 5
    assert Agreement.objects.of([demo]).in_force_on(dt.date(2024, 12, 31)).count() == 4


def test_targets_of_2024_are_eight_and_five_are_reached(demo):
    found = figures(demo)
    targets = Target.objects.of([demo]).filter(year=2024)
    reached = [target for target in targets if (found[target.figure].value or 0) >= target.value]
    assert (len(targets), len(reached)) == (8, 5)
    assert found["certifications.ratio:HCIP"].value >= Decimal("0.9")


@pytest.mark.parametrize("year", [2023, 2025])
def test_other_years_are_lighter_but_not_empty(demo, year):
    found, reference = figures(demo, year), figures(demo)
    for key in ("activities.total", "outreach.person_times", "outcomes.paper", "outcomes.competition_award"):
        assert 0 < found[key].value < reference[key].value
    assert found["members.total"].value in (16, 17)


def test_second_run_changes_nothing_and_repairs_nothing(demo):
    from activities.services import trash_activity
    from branch.services import update_member

    by = User.objects.get(username="demo-secretary")
    update_member(Member.objects.of([demo]).get(name="唐婉宁"), duty="教研室副主任", by=by)
    trash_activity(Activity.objects.of([demo]).held().first(), by=by)
    models = (Change, User, Appointment, Organisation, Member, Activity, Outcome, Feedback, PlanItem)
    before = [model.objects.count() for model in models]
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert [model.objects.count() for model in models] == before
    assert Member.objects.of([demo]).get(name="唐婉宁").duty == "教研室副主任"
    assert "未作改动" in said.getvalue()


def test_activities_are_held_on_plausible_days(demo):
    """Meetings on working days; salons, outreach and visits to the community at weekends too; nothing on holidays."""
    at_weekends = {"salon", "science_outreach", "volunteering", "contest_coaching"}
    for activity in Activity.objects.held():
        assert activity.starts_on not in HOLIDAYS, activity
        if activity.starts_on.weekday() >= 5:
            assert activity.kind_id in at_weekends or activity.education_service, activity
        if activity.kind_id == "salon":
            assert activity.starts_on.weekday() >= 5, activity


def test_only_members_of_the_day_take_part_and_only_full_ones_vote(demo):
    for activity in Activity.objects.prefetch_related("participations__member"):
        people = activity.participations.all()
        seen = [person.member_id for person in people if person.role in ("present", "on_leave")]
        assert len(seen) == len(set(seen)), activity
        members = set(Member.objects.on(activity.starts_on).values_list("pk", flat=True))
        assert set(seen) <= members, activity
        assert all(person.remark for person in people if person.role == "on_leave"), activity
        if activity.votes_for is not None and activity.voters_present is not None:
            votes = activity.votes_for + activity.votes_against + activity.votes_abstaining
            assert votes == activity.voters_present, activity.starts_on
            assert activity.present <= activity.expected


def test_secretary_changed_and_history_keeps_both(demo):
    held = {
        (str(post), member.name)
        for member in Member.objects.of([demo])
        for post in member.posts.filter(name="书记")
    }
    assert held == {("书记（2020-06-19—2023-06-29）", "贺长青"), ("书记（2023-06-30—）", "沈明远")}


def test_there_is_something_to_review(demo):
    states = set(Certification.objects.of([demo]).values_list("type__name", "status"))
    assert {("HCIP", "pending"), ("HCIE", "returned"), ("HCIE", "verified"), ("HCIA", "verified")} <= states


def test_personal_data_could_not_be_anybodys(demo):
    phones = [
        *Member.objects.values_list("phone", flat=True),
        *Partner.objects.values_list("phone", flat=True),
    ]
    assert phones
    assert all(re.fullmatch(r"000-0000-\d{4}", phone) for phone in phones if phone)
    assert all(email.endswith("@example.edu.cn") for email in Member.objects.values_list("email", flat=True))
    texts = str(list(Member.objects.values())) + str(list(Partner.objects.values()))
    assert not re.search(r"\b1[3-9]\d{9}\b|\b\d{17}[\dX]\b", texts)


def test_college_has_two_branches_that_share_a_paper(demo):
    branches = Organisation.objects.branches().order_by("code")
    assert [branch.code for branch in branches] == ["demo", "demo-second"]
    shared = Outcome.objects.filter(doi="10.00000/demo.2024.0103").values_list(
        "organisation__code", flat=True
    )
    assert sorted(shared) == ["demo", "demo-second"]


def test_frozen_figures_have_their_records(demo):
    for figure in freeze(demo, Window.year(2024))["figures"]:
        if figure["unit"] not in ("人次", "人", "元", ""):
            assert len(figure["records"]) == figure["value"], figure["key"]


def test_evidence_is_there_and_can_be_opened(demo):
    """Every file decodes; what has no proof in 2024 has none on purpose."""
    attachments = Attachment.objects.select_related("blob")
    assert attachments.count() > 300
    for blob in Blob.objects.all():
        with open_blob(blob) as file:
            data = file.read()
        assert len(data) == blob.size < 20_000
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            assert f"image/{picture.format.lower()}" == blob.media_type
    window = Window.year(2024)
    bare = Activity.objects.of([demo]).held_in(window).filter(attachments=None)
    assert sorted(bare.values_list("theme", flat=True)) == sorted(
        [
            "支部委员会会议（第3次）",
            "“走近量子计算”科普讲座",
            "主题党日：学习全会精神，谈专业建设",
            "组织生活会会前谈心谈话",
        ]
    )
    # The built-in rules ask for no more than that.
    of_activities, of_outcomes = checklists(Activity, Outcome)
    assert set(Activity.objects.of([demo]).held_in(window).filter(of_activities.lacks)) == set(bare)
    bare = Outcome.objects.of([demo]).within(window).filter(attachments=None)
    assert set(Outcome.objects.of([demo]).within(window).filter(of_outcomes.lacks)) == set(bare)
    assert set(bare.values_list("name", flat=True)) == {
        "面向边缘网络的轻量入侵检测方法",
        "面向社区服务的劳动教育课程设计",
    }


def test_pictures_are_the_same_each_time():
    for kind in ("photo", "certificate", "cover", "sign_in_sheet", "notice"):
        assert draw(kind, "seed") == draw(kind, "seed")
        assert draw(kind, "seed") != draw(kind, "another seed")


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_home_lists_api_and_figures_json_agree_on_every_figure(demo, client, year):
    client.force_login(User.objects.get(username="demo-secretary"))
    window = Window.year(year)
    home = client.get("/", {"window": str(window)})
    shown = dict(re.findall(r'data-figure="([^"]+)"><b>([^<]*)</b>', home.content.decode()))
    told = {figure["key"]: figure for figure in freeze(demo, window)["figures"]}
    assert {key: figure["display"] for key, figure in told.items()} == shown
    api = client.get("/api/v1/figures/", {"window": str(window)}).json()["figures"]
    values = {figure["key"]: figure["value"] for figure in api if figure["key"] in told}
    assert values == {key: figure["value"] for key, figure in told.items()}
    for key in told:
        figure = home.context["figures"][key]
        listing = client.get(records_url(key, window)).context["list"]
        expected = figure.numerator if figure.is_ratio else figure.value
        assert shown_total(listing, figure) == expected, key

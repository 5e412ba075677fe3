"""Each constraint refuses what it must, in the database itself and in words a reader understands.

The unique ones are walked generically: whatever two rows may not share, a second row is made to share. A check
constraint needs a row of CHECKS; a test fails for one that has none.
"""

import datetime as dt
import re
import uuid
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from activities.models import ActivityKind, TaskLine
from branch.models import Member
from core.dates import Window
from core.models import Kind, Record
from outcomes.models import Contribution, Outcome, OutcomeKind
from outcomes.rules import patent_check_digit
from partnerships.models import PartnerKind
from tests import factories
from tests.test_layers import APPS

pytestmark = pytest.mark.django_db

MODELS = [model for app in APPS if app != "config" for model in apps.get_app_config(app).get_models()]
FACTORIES = {
    factory._meta.model: factory
    for factory in vars(factories).values()
    if isinstance(factory, type)
    and issubclass(factory, factories.DjangoModelFactory)
    and not factory._meta.abstract
    and factory is not factories.CommitteeFactory
}
RECORDS = [model for model in MODELS if issubclass(model, Record)]
CHINESE = re.compile(r"[\u4e00-\u9fff]")

UNIQUE = {
    c.name: (m, c) for m in MODELS for c in m._meta.constraints if isinstance(c, models.UniqueConstraint)
}
CHECK = {c.name: (m, c) for m in MODELS for c in m._meta.constraints if isinstance(c, models.CheckConstraint)}
# What the first row needs for the constraint to apply to it.
GIVEN = {
    "core_notice_once": {"key": "k"},
    "branch_member_one_account": lambda: {"user": factories.UserFactory()},
}
# Columns that a model derives, and from what.
SOURCES = {"name_key": ["name"], "content_key": ["identity", "content"]}
LATE, EARLY = dt.date(2024, 6, 2), dt.date(2024, 6, 1)
# Check constraint → what breaks it in a row that was well. (Those of partial dates have a test of their own.)
CHECKS = {
    "core_organisation_known_kind": {"kind": "club"},
    "core_appointment_known_role": {"role": "king"},
    "core_appointment_ends_after_start": {"starts_on": LATE, "ends_on": EARLY},
    "branch_member_known_category": {"category": "guest"},
    "core_proofrule_known_demand": {"demand": "perhaps"},
    "core_proofrule_plausible_minimum": {"minimum": 0},
    "branch_member_known_gender": {"gender": "x"},
    "branch_member_transferred_out_not_before_transferred_in": {
        "transferred_in": "2024-06-02",
        "transferred_out": "2024-06-01",
    },
    "branch_post_ends_on_not_before_starts_on": {"starts_on": "2024-06", "ends_on": "2024-05"},
    "branch_programme_ends_after_start": {"starts_on": LATE, "ends_on": EARLY},
    "branch_programme_known_level": {"level": "university"},
    "branch_certification_has_date": {"passed_on": ""},
    "branch_certification_known_status": {"status": "lost"},
    "partnerships_agreement_known_status": {"status": "lost"},
    "partnerships_agreement_expires_on_not_before_signed_on": {"signed_on": "2024", "expires_on": "2023"},
    "partnerships_planitem_known_status": {"status": "lost"},
    "activities_activity_has_line": {"lines": []},
    "activities_activity_known_status": {"status": "lost"},
    "activities_activity_known_method": {"count_method": "guess"},
    "activities_activity_ends_after_start": {"starts_on": LATE, "ends_on": EARLY},
    "activities_activity_end_has_day": {"ends_at": dt.time(9)},
    "activities_activity_plan_has_agreement": lambda: {"plan_item": factories.PlanItemFactory()},
    "activities_participation_known_role": {"role": "cook"},
    "activities_participation_members_only": {"member": None},
    "outcomes_outcome_known_level": {"level": "global"},
    "outcomes_outcome_known_review": {"review": "lost"},
    "outcomes_outcome_subtype_of_kind": {"kind_id": "patent", "subtype": "textbook"},
    "outcomes_outcome_amounts_not_negative": {"contract_amount": Decimal("-0.01")},
    "outcomes_contribution_known_role": {"role": "king"},
    "reports_target_plausible_year": {"year": 1899},
    "reports_target_not_negative": {"value": Decimal("-1")},
    "reports_report_window_in_order": {"window_start": LATE, "window_end": EARLY},
    "reports_compilation_progress_is_percent": {"progress": 101},
    "workbench_yearanswer_known_answer": {"answer": "perhaps"},
    "workbench_yearanswer_missing_says_what": {"answer": "missing"},
    "workbench_yearanswer_only_missing_is_settled": {"settled_at": timezone.now()},
    "workbench_yearanswer_plausible_year": {"year": 1899},
}


def given(name):
    needs = GIVEN.get(name, {"entry_key": uuid.uuid4()} if name.endswith("_one_entry") else {})
    return needs() if callable(needs) else needs


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def write(row):
    """The row as it is, past everything but the database."""
    type(row)._base_manager.filter(pk=row.pk).update(**columns(row))


def assert_refused(row, constraint):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write(row)
    # SQLite names the columns of a unique index rather than the index.
    assert constraint.name in str(refusal.value) or "UNIQUE constraint failed" in str(refusal.value)


def assert_said(row, constraint):
    """`full_clean` says it in Chinese: in the constraint's words, or in Django's where a choice is unknown."""
    message = constraint.violation_error_message
    if message == constraint.default_violation_error_message:
        return  # out of a reader's reach: positions and links that services number themselves
    with pytest.raises(ValidationError) as said:
        row.full_clean()
    assert all(CHINESE.search(sentence) for sentence in [message, *said.value.messages])
    assert message in said.value.messages or "_known_" in constraint.name


def make_alike(second, first, constraint):
    names = [*constraint.fields, *(name for field in constraint.fields for name in SOURCES.get(field, ()))]
    fill(second, {name: getattr(first, name) for name in names})


def fill(row, values):
    for name, value in values.items():
        setattr(row, name, value)


# ---------------------------------------------------------------- constraints
def test_every_model_has_a_factory():
    without = {
        "core.Seal",
        "activities.ActivityPartner",
        "partnerships.AgreementParty",
        "reports.ReportUse",
    }
    kinds = {model for model in MODELS if issubclass(model, Kind)}
    assert {m._meta.label for m in MODELS if m not in FACTORIES and m not in kinds} == without


@pytest.mark.parametrize("name", [name for name in UNIQUE if UNIQUE[name][0] in FACTORIES])
def test_unique_constraint_refuses_the_second(name):
    model, constraint = UNIQUE[name]
    first, second = FACTORIES[model](**given(name)), FACTORIES[model]()
    make_alike(second, first, constraint)
    assert_refused(second, constraint)
    assert_said(second, constraint)


@pytest.mark.parametrize("name", [name for name in UNIQUE if "deleted_at" in str(UNIQUE[name][1].condition)])
def test_trash_frees_what_was_taken(name):
    model, constraint = UNIQUE[name]
    first, second = FACTORIES[model](**given(name)), FACTORIES[model]()
    make_alike(second, first, constraint)
    first.deleted_at = timezone.now()
    write(first)
    write(second)


def test_the_same_numbers_may_stand_in_another_branch():
    here = factories.ActivityFactory(code="2024-01")
    assert factories.ActivityFactory(code="2024-01").organisation != here.organisation
    factories.MemberFactory(staff_number="1001")
    factories.MemberFactory(staff_number="1001")


def test_every_check_constraint_is_tried():
    assert {name for name in CHECK if not name.endswith("_in_order") or name in CHECKS} == set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_check_constraint_refuses(name):
    model, constraint = CHECK[name]
    row, values = FACTORIES[model](), CHECKS[name]
    fill(row, values() if callable(values) else values)
    assert_refused(row, constraint)
    assert_said(row, constraint)


PARTIAL = [(model, name) for model in MODELS for name in getattr(model, "partial_dates", {})]


@pytest.mark.parametrize(("model", "name"), PARTIAL)
@pytest.mark.parametrize(("first", "last"), [(LATE, EARLY), (None, EARLY), (LATE, None)])
def test_partial_date_has_both_ends_in_order_or_none(model, name, first, last):
    row = FACTORIES[model]()
    fill(row, {f"{name}_first": first, f"{name}_last": last})
    with pytest.raises(IntegrityError), transaction.atomic():
        write(row)


@pytest.mark.parametrize(
    "fields",
    [
        {"transferred_in": "2024-06", "transferred_out": "2024-06-01"},  # perhaps before, perhaps not
        {"transferred_in": "2024", "transferred_out": "2024"},
        {"transferred_in": "2024-06-01", "transferred_out": "2024-06-01"},
        {"joined_party": "2024-06", "full_member_since": "2020"},  # doubtful, and accepted
    ],
)
def test_an_end_that_is_not_certainly_before_its_beginning_is_accepted(fields):
    factories.MemberFactory(**fields).full_clean()


@pytest.mark.parametrize(("ends_at", "allowed"), [(13, False), (14, True), (None, True)])
def test_activity_of_one_day_ends_no_earlier_than_it_starts(ends_at, allowed):
    activity = factories.ActivityFactory(starts_at=dt.time(14))
    fill(activity, {"ends_on": activity.starts_on, "ends_at": ends_at and dt.time(ends_at)})
    if allowed:
        write(activity)
    else:
        assert_refused(activity, CHECK["activities_activity_ends_after_start"][1])


# ---------------------------------------------------------------- partial dates in a record
@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-02-29", dt.date(2024, 2, 29), dt.date(2024, 2, 29)),
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("2024", dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    ],
)
def test_partial_date_is_kept_as_its_first_and_last_day(text, first, last):
    outcome = Outcome.objects.get(pk=factories.OutcomeFactory(date=text).pk)
    assert (outcome.date_first, outcome.date_last, str(outcome.date)) == (first, last, text)


@pytest.mark.parametrize("text", ["2023-02-29", "2024-13", "24", "2024-6-1-1", "1899", "六月", "2024-00"])
def test_partial_date_refuses_what_is_no_day(text):
    with pytest.raises(ValidationError) as said:
        Outcome(date=text)
    assert CHINESE.search(said.value.messages[0])


def test_unknown_date_stays_unknown():
    assert factories.OutcomeFactory(date="").date is None


# ---------------------------------------------------------------- records
@pytest.mark.parametrize("model", RECORDS)
def test_trash_hides_and_reports_leave_out(model):
    kept, trashed, hidden = (FACTORIES[model]() for _ in range(3))
    model.objects.filter(pk=trashed.pk).update(deleted_at=timezone.now())
    model.objects.filter(pk=hidden.pk).update(in_reports=False)
    made = model.objects.filter(
        pk__in=[kept.pk, trashed.pk, hidden.pk]
    )  # some bring others of their own kind
    assert set(made.live()) == {kept, hidden}
    assert set(made.trashed()) == {trashed}
    assert set(made.reportable()) == {kept}


def test_names_are_compared_alike_however_typed():
    member = factories.MemberFactory(name="李 明")
    member.name = "李　明"
    member.full_clean()
    assert member.name_key == "李明"


def test_control_characters_are_refused():
    member = factories.MemberFactory()
    member.name = "李\0明"
    with pytest.raises(ValidationError, match="控制字符"):
        member.full_clean()


def test_too_long_text_is_refused_before_the_database():
    activity = factories.ActivityFactory()
    activity.theme = "长" * 301
    with pytest.raises(ValidationError) as said:
        activity.full_clean()
    assert set(said.value.message_dict) == {"theme"}


def test_activity_lines_are_read_and_written_in_official_order():
    activity = factories.ActivityFactory(lines=["branch_life", "joint_building"])
    activity.refresh_from_db()
    assert activity.lines == [TaskLine.JOINT_BUILDING, TaskLine.BRANCH_LIFE]


def test_kinds_are_seeded_and_complete():
    assert ActivityKind.objects.count() == 19
    assert ActivityKind.objects.filter(is_branch_life=True).count() == 8
    assert PartnerKind.objects.count() == 12
    assert OutcomeKind.objects.count() == 15


@pytest.mark.parametrize("code", ["Paper", "2paper", "论文", "pa-per", "paper\n", ""])
def test_kind_code_is_plain(code):
    with pytest.raises(ValidationError):
        OutcomeKind(code=code, name="新类型").full_clean()


# ---------------------------------------------------------------- outcomes
@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        ("paper", {"accepted", "published"}),
        ("party_paper", {"accepted", "published"}),
        ("patent", {"filed", "disclosed", "granted", "lapsed"}),
        ("vertical_project", {"approved", "ongoing", "completed"}),
        ("horizontal_project", {"approved", "ongoing", "completed"}),
        ("teaching_reform_project", {"approved", "ongoing", "completed"}),
        ("honour", {"cultivating", "passed", "awarded"}),
        ("software_copyright", set()),
        ("competition_award", set()),
    ],
)
def test_outcome_states_belong_to_the_kind(kind, allowed):
    outcome = factories.OutcomeFactory(kind_id=kind, subtype="design" if kind == "patent" else "", status="")
    outcome = Outcome.objects.get(pk=outcome.pk)
    accepted, said = set(), []
    for status in Outcome.Status.values:
        outcome.status = status
        try:
            outcome.full_clean()
            accepted.add(status)
        except ValidationError as refusal:
            said += refusal.message_dict["status"]
    assert accepted == allowed
    assert all("状态只能是" in sentence for sentence in said)


def number(twelve):
    return f"ZL{twelve}.{patent_check_digit(twelve)}"


@pytest.mark.parametrize(
    ("twelve", "digit"),
    [
        ("200310123456", "9"),  # 4+0+0+15+6+0+8+18+6+12+20+30 = 119 = 10·11 + 9
        ("202210000001", "0"),  # 4+0+8+10+6+5 = 33 = 3·11
        ("202210000003", "X"),  # 4+0+8+10+6+15 = 43 = 3·11 + 10
    ],
)
def test_patent_check_digit_is_the_standards(twelve, digit):
    assert patent_check_digit(twelve) == digit


@pytest.mark.parametrize(
    ("digit", "subtype"),
    [("1", "invention"), ("8", "invention"), ("2", "utility_model"), ("9", "utility_model"), ("3", "design")],
)
def test_patent_number_tells_the_type(digit, subtype):
    written = number(f"2022{digit}0000001")
    for other in ("invention", "utility_model", "design"):
        patent = Outcome.objects.get(
            pk=factories.OutcomeFactory(kind_id="patent", subtype=other, status="granted").pk
        )
        patent.number = written
        if other == subtype:
            patent.full_clean()
        else:
            with pytest.raises(ValidationError, match="与类型不符"):
                patent.full_clean()


@pytest.mark.parametrize("form", ["{}", "ZL{}", "ZL {}", "zl{}", "ＺＬ{}", "ZL{}　"])
def test_patent_number_with_a_wrong_check_digit_is_refused(form):
    patent = Outcome.objects.get(
        pk=factories.OutcomeFactory(kind_id="patent", subtype="invention", status="granted").pk
    )
    patent.number = form.format("202210000001.0")
    patent.full_clean()
    patent.number = form.format("202210000001.1")
    with pytest.raises(ValidationError, match="校验位"):
        patent.full_clean()


@pytest.mark.parametrize("written", ["ZL{}", "zl {}", "ＺＬ{}", "ｚｌ{}", "{}"])
def test_lapsed_patent_was_granted_if_its_number_says_so(written):
    factories.OutcomeFactory(
        kind_id="patent",
        subtype="invention",
        status="lapsed",
        date="2024",
        number=written.format("202210000001.0"),
    )
    assert Outcome.objects.counted_in(Window.year(2024)).count() == (written != "{}")


def test_credit_is_kept_in_order_and_apart_from_the_count():
    first, second = factories.MemberFactory(), factories.MemberFactory()
    paper = factories.OutcomeFactory(makers=[second, "外单位作者", first])
    assert [c.name for c in paper.contributions.all()] == [second.name, "外单位作者", first.name]
    assert (
        Contribution.objects.filter(member=first).count()
        == Contribution.objects.filter(member=second).count()
    )


# ---------------------------------------------------------------- membership
def test_membership_is_dated():
    member = factories.MemberFactory(transferred_in="2024-03", transferred_out="2024-09-01")
    on = lambda *day: Member.objects.on(dt.date(*day)).filter(pk=member.pk).exists()  # noqa: E731
    assert not on(2024, 2, 29)
    assert on(2024, 3, 1)
    assert on(2024, 8, 31)
    assert not on(2024, 9, 1)

"""Who sees and who edits which record: every kind of record × the cast, and the roles behind it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from activities.models import Activity, Feedback
from branch.models import Certification, CertificationType, Member
from core.dates import today
from core.models import Appointment, Change, Notice, Organisation, User
from core.permissions import get_editable, get_visible
from outcomes.models import Outcome
from partnerships.models import Partner
from reports.models import Compilation
from tests import factories
from tests.cast import PEOPLE
from tests.test_models import FACTORIES, RECORDS

# Kinds of records that ordinary members of the branch read, and what of the rest is a member's own.
MEMBERS_READ = {Activity, Feedback}
OWN = {
    Member: lambda cast: cast.bob_member,
    Certification: lambda cast: factories.CertificationFactory(member=cast.bob_member),
    Outcome: lambda cast: factories.OutcomeFactory(organisation=cast.north, makers=["外人", cast.bob_member]),
}
DAY = dt.timedelta(days=1)


def record_at(model, place):
    """One record of the kind, with all it hangs on, at this place."""
    if model is Certification:
        return factories.CertificationFactory(member__organisation=place)
    if model is Feedback:
        return factories.FeedbackFactory(activity__organisation=place)
    if model._meta.model_name == "planitem":
        return factories.PlanItemFactory(agreement__organisation=place)
    return FACTORIES[model](organisation=place)


def sees(record, user):
    return type(record).objects.visible_to(user).filter(pk=record.pk).exists()


def edits(record, user):
    return type(record).objects.editable_by(user).filter(pk=record.pk).exists()


# ---------------------------------------------------------------- records
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("model", RECORDS)
def test_record_of_north(model, person, cast):
    record, user = record_at(model, cast.north), getattr(cast, person)
    readers = {"alice", "diana", "frank"} | ({"bob"} if model in MEMBERS_READ else set())
    assert sees(record, user) == (person in readers)
    assert edits(record, user) == (person in {"alice", "diana"})


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("model", OWN)
def test_own_record_is_seen_and_not_edited(model, person, cast):
    record, user = OWN[model](cast), getattr(cast, person)
    assert sees(record, user) == (person in {"alice", "bob", "diana", "frank"})
    assert edits(record, user) == (person in {"alice", "diana"})


@pytest.mark.parametrize("model", RECORDS)
def test_trash_is_seen_by_nobody_and_restored_by_editors(model, cast):
    record = record_at(model, cast.north)
    model.objects.filter(pk=record.pk).update(deleted_at=timezone.now())
    for person in PEOPLE:
        user = getattr(cast, person)
        assert not sees(record, user)
        assert not edits(record, user)
        restorable = model.objects.restorable_by(user).filter(pk=record.pk).exists()
        assert restorable == (person in {"alice", "diana"})


@pytest.mark.parametrize("model", OWN)
def test_own_record_in_the_trash_is_not_seen(model, cast):
    record = OWN[model](cast)
    model.objects.filter(pk=record.pk).update(deleted_at=timezone.now())
    assert not sees(record, cast.bob)


@pytest.mark.parametrize(
    ("model", "person", "outcome"),
    [
        (Partner, "alice", None),
        (Partner, "diana", None),
        (Partner, "frank", PermissionDenied),
        (Partner, "bob", Http404),
        (Partner, "charlie", Http404),
        (Partner, "grace", Http404),
        (Partner, "eve", Http404),
        (Activity, "bob", PermissionDenied),
        (Activity, "charlie", Http404),
    ],
)
def test_get_editable_says_not_yours_or_read_only(model, person, outcome, cast):
    record, user = record_at(model, cast.north), getattr(cast, person)
    if outcome is None:
        assert get_editable(model.objects, user, pk=record.pk) == record
    else:
        with pytest.raises(outcome):
            get_editable(model.objects, user, pk=record.pk)


def test_get_visible_gives_the_record_or_404(cast):
    record = record_at(Activity, cast.north)
    assert get_visible(Activity.objects, cast.bob, pk=record.pk) == record
    with pytest.raises(Http404):
        get_visible(Activity.objects, cast.charlie, pk=record.pk)


def test_members_see_colleagues_by_name_only(cast):
    assert set(Member.objects.named_to(cast.bob)) == {cast.alice_member, cast.bob_member}
    assert set(Member.objects.visible_to(cast.bob)) == {cast.bob_member}


# ---------------------------------------------------------------- roles and their dates
@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        (None, None, True),
        (0, 0, True),
        (-10, 0, True),
        (0, 10, True),
        (-10, -1, False),
        (1, None, False),
        (None, -1, False),
    ],
)
def test_a_role_holds_from_its_first_day_through_its_last(starts, ends, holds, cast):
    user = factories.UserFactory()
    factories.AppointmentFactory(
        user=user,
        organisation=cast.north,
        starts_on=None if starts is None else today() + starts * DAY,
        ends_on=None if ends is None else today() + ends * DAY,
    )
    assert sees(record_at(Partner, cast.north), user) == holds


def test_committee_member_edits_and_does_not_administer(cast):
    user = factories.UserFactory()
    factories.AppointmentFactory(user=user, organisation=cast.north, role=Appointment.Role.COMMITTEE_MEMBER)
    assert edits(record_at(Partner, cast.north), user)
    assert user.scope.administer == frozenset()
    assert cast.alice.scope.administer == {cast.north.pk}


def test_one_account_with_two_roles_has_both(cast):
    factories.AppointmentFactory(user=cast.bob, organisation=cast.south, role=Appointment.Role.SECRETARY)
    assert edits(record_at(Partner, cast.south), cast.bob)
    assert sees(record_at(Activity, cast.north), cast.bob)
    assert not sees(record_at(Partner, cast.north), cast.bob)


def test_disabled_account_sees_nothing_even_of_its_own(cast):
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    bob = User.objects.get(pk=cast.bob.pk)
    assert not sees(cast.bob_member, bob)
    assert not Organisation.objects.visible_to(bob).exists()


def test_account_without_a_role_sees_nothing(cast):
    user = factories.UserFactory(is_staff=True, is_superuser=True)  # an operator is not a reader of records
    for model in RECORDS:
        assert not sees(record_at(model, cast.north), user)


def test_admin_and_auditor_reach_the_whole_subtree_and_no_neighbour(cast):
    university = factories.CommitteeFactory(kind=Organisation.Kind.UNIVERSITY_COMMITTEE)
    college = factories.CommitteeFactory(parent=university)
    neighbour = factories.CommitteeFactory(parent=university)
    below = factories.OrganisationFactory(parent=college)
    general = factories.CommitteeFactory(parent=college, kind=Organisation.Kind.GENERAL_BRANCH)
    deeper = factories.OrganisationFactory(parent=general)
    beside = factories.OrganisationFactory(parent=neighbour)
    admin, auditor = factories.UserFactory(), factories.UserFactory()
    factories.AppointmentFactory(user=admin, organisation=college, role=Appointment.Role.ADMIN)
    factories.AppointmentFactory(user=auditor, organisation=college, role=Appointment.Role.AUDITOR)
    reached = {college.pk, below.pk, general.pk, deeper.pk}
    assert admin.scope.read == admin.scope.edit == admin.scope.administer == reached
    assert auditor.scope.read == reached
    assert not auditor.scope.edit
    assert not sees(record_at(Partner, beside), admin)
    assert not sees(record_at(Partner, cast.north), admin)
    assert edits(record_at(Partner, deeper), admin)


def test_only_the_admin_of_the_root_looks_after_the_installation(cast):
    university = factories.CommitteeFactory(kind=Organisation.Kind.UNIVERSITY_COMMITTEE)
    college = factories.CommitteeFactory(parent=university)
    of_root, of_college, root_auditor = (factories.UserFactory() for _ in range(3))
    factories.AppointmentFactory(user=of_root, organisation=university, role=Appointment.Role.ADMIN)
    factories.AppointmentFactory(user=of_college, organisation=college, role=Appointment.Role.ADMIN)
    factories.AppointmentFactory(user=root_auditor, organisation=university, role=Appointment.Role.AUDITOR)
    assert of_root.scope.administers_root
    assert not of_college.scope.administers_root
    assert not root_auditor.scope.administers_root


def test_scope_costs_two_queries_at_most(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        User(pk=cast.diana.pk, is_active=True).scope  # noqa: B018
    with django_assert_max_num_queries(0):
        assert list(Partner.objects.visible_to(cast.eve)) == []


# ---------------------------------------------------------------- what is no record but hangs on one
@pytest.mark.parametrize("person", PEOPLE)
def test_places_history_notices_and_compilations(person, cast):
    user = getattr(cast, person)
    compilation = factories.CompilationFactory(report__organisation=cast.north)
    change = factories.ChangeFactory(organisation=cast.north)
    nowhere = factories.ChangeFactory(organisation=None)
    notice = factories.NoticeFactory(user=cast.alice)

    assert Compilation.objects.visible_to(user).filter(pk=compilation.pk).exists() == (
        person in {"alice", "diana", "frank"}
    )
    assert Compilation.objects.editable_by(user).filter(pk=compilation.pk).exists() == (
        person in {"alice", "diana"}
    )
    changes = Change.objects.visible_to(user)
    assert changes.filter(pk=change.pk).exists() == (person in {"alice", "diana", "frank"})
    assert not changes.filter(pk=nowhere.pk).exists()
    assert Notice.objects.visible_to(user).filter(pk=notice.pk).exists() == (person == "alice")


def test_compilation_of_a_report_in_the_trash_is_not_seen(cast):
    compilation = factories.CompilationFactory(
        report__organisation=cast.north, report__deleted_at=timezone.now()
    )
    assert not Compilation.objects.visible_to(cast.alice).filter(pk=compilation.pk).exists()


@pytest.mark.parametrize(
    ("person", "visible", "editable"),
    [
        ("alice", {"north"}, {"north"}),
        ("bob", {"north"}, set()),
        ("charlie", {"south"}, {"south"}),
        ("diana", {"college", "north", "south"}, {"college", "north", "south"}),
        ("frank", {"college", "north", "south"}, set()),
        ("grace", set(), set()),
        ("eve", set(), set()),
    ],
)
def test_places_in_sight(person, visible, editable, cast):
    user = getattr(cast, person)
    assert {place.code for place in Organisation.objects.visible_to(user)} == visible
    assert {place.code for place in Organisation.objects.editable_by(user)} == editable


def test_a_certification_type_of_another_branch_is_not_told(cast, sign_in):
    """A type that only South wrote shows neither in North's filter nor in North's workbook."""
    own = factories.CertificationFactory(member=cast.alice_member, type__name="北楼认证")
    factories.CertificationFactory(member=cast.charlie_member, type__name="南楼认证")
    known = CertificationType.objects.known_to([cast.north.pk]).values_list("name", flat=True)
    assert set(known) == {"HCIA", "HCIP", "HCIE", own.type.name}
    page = sign_in(cast.alice).get("/certifications/").content.decode()
    assert "北楼认证" in page
    assert "南楼认证" not in page

"""The cast: the people every test of permission asks about.

alice is secretary of North, bob a member of North, charlie secretary of South, diana admin of the college above both,
frank its auditor, grace North's former secretary, eve has no account at all.
"""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from core.dates import today
from core.models import Appointment
from tests.factories import (
    AppointmentFactory,
    CommitteeFactory,
    MemberFactory,
    OrganisationFactory,
    UserFactory,
)

PEOPLE = ("alice", "bob", "charlie", "diana", "frank", "grace", "eve")


def make_cast() -> SimpleNamespace:
    """The places (college, north, south), the people by name, and the members behind alice, bob and charlie."""
    college = CommitteeFactory(code="college", name="信息工程学院党委")
    north = OrganisationFactory(parent=college, code="north", name="北楼教师党支部")
    south = OrganisationFactory(parent=college, code="south", name="南楼教师党支部")
    role, yesterday = Appointment.Role, today() - dt.timedelta(days=1)
    cast = SimpleNamespace(college=college, north=north, south=south, eve=AnonymousUser())
    for name, chinese, place, its_role, ended in (
        ("alice", "艾丽", north, role.SECRETARY, None),
        ("bob", "鲍勃", north, role.MEMBER, None),
        ("charlie", "查理", south, role.SECRETARY, None),
        ("diana", "戴娜", college, role.ADMIN, None),
        ("frank", "傅兰", college, role.AUDITOR, None),
        ("grace", "葛瑞", north, role.SECRETARY, yesterday),
    ):
        user = UserFactory(username=name, name=chinese)
        AppointmentFactory(user=user, organisation=place, role=its_role, ends_on=ended)
        setattr(cast, name, user)
    cast.alice_member = MemberFactory(organisation=north, name="艾丽", user=cast.alice)
    cast.bob_member = MemberFactory(organisation=north, name="鲍勃", user=cast.bob)
    cast.charlie_member = MemberFactory(organisation=south, name="查理", user=cast.charlie)
    return cast


@pytest.fixture
def cast(db):
    """The cast, made anew for the test."""
    return make_cast()


@pytest.fixture
def sign_in(client):
    """sign_in(user): a test client that is this person (eve: nobody)."""

    def as_person(user):
        client.logout()
        if user.is_authenticated:
            client.force_login(user)
        return client

    return as_person

"""Writing records: what belongs to them goes along in few queries, and the database's refusals become sentences."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from activities.models import Activity, Participation
from activities.services import create_activity, update_activity
from branch.models import Member
from branch.services import create_member
from core.models import Change
from tests.factories import MemberFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def people(*members, role="present"):
    return [Participation(role=role, member=member, name=member.name) for member in members]


def meeting(organisation, members, **fields):
    fields = {"kind_id": "members_meeting", "lines": ["branch_life"], "theme": "支部党员大会", **fields}
    return create_activity(
        organisation, starts_on=dt.date(2024, 3, 1), people=people(*members), by=None, **fields
    )


def test_a_person_twice_in_one_role_is_a_sentence_and_nothing_is_written():
    branch = OrganisationFactory()
    member = MemberFactory(organisation=branch)
    with pytest.raises(ValidationError, match="同一名党员在同一栏里出现了两次"):
        meeting(branch, [member, member])
    assert not Activity.objects.exists()
    assert not Change.objects.filter(model="activities.activity").exists()


def test_a_stranger_among_the_present_is_a_sentence():
    branch = OrganisationFactory()
    activity = meeting(branch, [MemberFactory(organisation=branch)])
    with pytest.raises(ValidationError, match="参加、请假、缺席只能是本支部党员"):
        update_activity(activity, people=[Participation(role="present", name="路人")], by=None)
    assert activity.participations.count() == 1


@pytest.mark.parametrize("size", [1, 3, 30])
def test_entering_an_activity_takes_the_same_queries_however_many_came(size, django_assert_num_queries):
    branch = OrganisationFactory()
    members = MemberFactory.create_batch(size, organisation=branch)
    with django_assert_num_queries(15):
        meeting(branch, members, code=f"会-{size}")


def test_what_the_database_refuses_is_told_next_to_its_field():
    branch = OrganisationFactory()
    create_member(branch, staff_number="1001", name="张三", category="full", by=None)
    with pytest.raises(ValidationError, match="支部里已有这个工号的党员"):
        create_member(branch, staff_number="1001", name="李四", category="full", by=None)
    with pytest.raises(ValidationError, match="结束时间早于开始时间"):
        meeting(branch, [], ends_on=dt.date(2024, 2, 1))
    assert Member.objects.count() == 1


def test_rows_that_are_there_already_are_left_alone():
    branch = OrganisationFactory()
    members = MemberFactory.create_batch(2, organisation=branch)
    activity = meeting(branch, members)
    before = list(activity.participations.values_list("pk", flat=True))
    update_activity(activity, people=people(*members), by=None)
    assert list(activity.participations.values_list("pk", flat=True)) == before
    update_activity(activity, people=people(*reversed(members)), by=None)
    assert [person.member for person in activity.participations.all()] == members[::-1]
    assert activity.version == 1  # the history tells of the activity as it was entered

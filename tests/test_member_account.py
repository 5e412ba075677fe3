"""Which account is a member's."""

import pytest
from django.core.exceptions import ValidationError

from branch.services import bind_account
from core.models import Change
from tests.factories import AppointmentFactory, MemberFactory
from tests.pages import faults_of


@pytest.fixture
def newcomer(cast):
    """A member of North without an account, and an account of North without a member."""
    member = MemberFactory(organisation=cast.north, name="新来的")
    user = AppointmentFactory(organisation=cast.north, role="member").user
    return member, user


def test_account_opens_the_own_record(cast, newcomer, client):
    member, user = newcomer
    client.force_login(cast.alice)
    path = f"/members/{member.pk}/account/"
    offered = client.get(path).context["form"].fields["user"].queryset
    assert [choice.pk for choice in offered] == [user.pk]
    client.post(path, {"user": user.pk, "version": member.version})
    member.refresh_from_db()
    assert member.user == user
    change = Change.objects.about(member).first()
    assert (change.actor, change.changes) == (cast.alice, {"账号": ["", str(user)]})
    client.force_login(user)
    assert "新来的" in client.get("/me/").content.decode()


def test_only_accounts_of_the_branch_and_only_one_member_each(cast, newcomer):
    member, user = newcomer
    for stranger in (cast.charlie, cast.grace):
        with pytest.raises(ValidationError, match="没有角色"):
            bind_account(member, stranger, by=cast.alice)
    with pytest.raises(ValidationError, match="另一名党员"):
        bind_account(member, cast.bob, by=cast.alice)
    bind_account(member, user, by=cast.alice)
    member.refresh_from_db()
    bind_account(member, None, by=cast.alice)
    member.refresh_from_db()
    assert member.user is None


def test_only_editors_of_the_branch_and_only_what_they_saw(cast, newcomer, client):
    member, user = newcomer
    for person, status in ((cast.bob, 404), (cast.charlie, 404), (cast.frank, 403), (cast.diana, 302)):
        client.force_login(person)
        got = client.post(f"/members/{member.pk}/account/", {"user": user.pk, "version": 1})
        assert got.status_code == status, person
    stale = client.post(f"/members/{member.pk}/account/", {"user": "", "version": 1})
    assert "刚才被别人改过" in stale.content.decode()
    member.refresh_from_db()
    assert member.user == user


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [True, False])
def test_pages_read_well(cast, newcomer, browse, phone):
    member, _ = newcomer
    page = browse(cast.alice, phone=phone)
    for path in (f"/members/{member.pk}/", f"/members/{member.pk}/account/"):
        page.goto(path)
        assert faults_of(page) == [], path
    admin = browse(cast.diana, phone=phone)
    admin.goto("/")
    assert faults_of(admin) == []

"""The shell around every page: links, window, branch, components."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from core import navigation
from core.context import Frame
from core.dates import Window
from core.models import Appointment, Organisation, User


def _account(username, role=None, organisation=None):
    user = User.objects.create_user(username, password="long-enough-77", name=username.title())
    if role:
        Appointment.objects.create(user=user, organisation=organisation, role=role)
    return user


@pytest.fixture
def tree(db):
    """A college committee with two branches."""
    college = Organisation.objects.add_root(
        {"code": "college", "name": "信息工程学院党委", "kind": "college_committee"}
    )
    north = Organisation.objects.add_child(college, {"code": "north", "name": "第一党支部", "kind": "branch"})
    south = Organisation.objects.add_child(college, {"code": "south", "name": "第二党支部", "kind": "branch"})
    return {"college": college, "north": north, "south": south}


def _frame(user, session=None, **query):
    request = RequestFactory().get("/", query)
    request.user, request.session = user, {} if session is None else session
    return Frame(request)


# ---------------------------------------------------------------- links
def test_every_link_of_the_navigation_leads_to_a_page(tree, client):
    for username, role, place in (
        ("alice", "secretary", "north"),
        ("bob", "member", "north"),
        ("diana", "admin", "college"),
        ("frank", "auditor", "college"),
        ("harry", None, None),
    ):
        user = _account(username, role, tree.get(place))
        client.force_login(user)
        offered = navigation.navigation(user)
        for item in {
            *offered.rail,
            *offered.bar,
            *offered.more,
            *([offered.action] if offered.action else []),
        }:
            page = client.get(item.path, follow=True)
            assert page.status_code == 200, (username, item)


def test_a_page_that_does_not_exist_is_not_offered():
    missing = navigation.Item("无", "/no-such-page/", "home")
    assert navigation.existing(missing) == []


# ---------------------------------------------------------------- window and branch
def test_window_is_read_from_the_address_and_remembered(tree):
    user, session = _account("alice", "secretary", tree["north"]), {}
    assert str(_frame(user, session, window="2024").window) == "2024"
    assert str(_frame(user, session).window) == "2024"
    assert (
        str(_frame(user, session, **{"from": "2024-03-01", "to": "2024-05-31"}).window)
        == "2024-03-01..2024-05-31"
    )


def test_window_that_cannot_be_read_is_as_good_as_none(tree):
    user = _account("alice", "secretary", tree["north"])
    this_year = _frame(user).window
    assert this_year == Window.year(this_year.start.year)
    assert _frame(user, window="../../etc").window == this_year


def test_branch_switch_offers_only_what_one_may_read(tree):
    secretary, admin = (
        _account("alice", "secretary", tree["north"]),
        _account("diana", "admin", tree["college"]),
    )
    assert _frame(secretary, branch="south").branch == tree["north"]
    Organisation.objects.add_root({"code": "foreign", "name": "别处的党支部", "kind": "branch"})
    session = {}
    assert _frame(admin, session, branch="foreign").branch is None
    assert _frame(admin, session).places == {tree["north"].pk, tree["south"].pk}
    assert _frame(admin, session, branch="south").branch == tree["south"]
    assert _frame(admin, session).places == {tree["south"].pk}
    assert _frame(admin, session, branch="").branch is None
    assert _frame(admin, session).branch is None


def test_shell_costs_the_same_however_many_branches(tree, client, django_assert_num_queries):
    admin = _account("diana", "admin", tree["college"])
    client.force_login(admin)
    for number in range(1, 31):
        if number in (1, 3, 30):
            with django_assert_num_queries(6):
                client.get("/settings/styleguide/")
        Organisation.objects.add_child(
            tree["college"], {"code": f"b{number}", "name": f"支部{number}", "kind": "branch"}
        )


# ---------------------------------------------------------------- components
def _drawn(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def test_values_in_components_are_escaped():
    for source in (
        "{% badge value %}",
        "{% stat value value %}",
        "{% fact value value %}",
        "{% page_header value sub=value %}{% end_page_header %}",
        "{% card value %}{{ value }}{% end_card %}",
        "{% banner title=value %}{{ value }}{% end_banner %}",
        "{% empty value %}{{ value }}{% end_empty %}",
        "{% filter_chip value value '/' %}",
        "{% icon value value value %}",
    ):
        assert "<b>x" not in _drawn(source, value="<b>x"), source


def test_bodies_of_components_stay_markup():
    for start, end in (
        ("page_header 'x'", "page_header"),
        ("card 'x'", "card"),
        ("banner", "banner"),
        ("empty 'x'", "empty"),
        ("menu 'x'", "menu"),
    ):
        assert "<i>x</i>" in _drawn(f"{{% {start} %}} <i>x</i> {{% end_{end} %}}"), start


def test_fact_without_a_value_says_so():
    assert "未填" in _drawn('{% fact "地点" "" %}')
    assert ">0<" in _drawn('{% fact "人次" 0 %}')

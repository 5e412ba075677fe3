"""The shell around every page: links, window, branch, components."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from playwright.sync_api import expect

from core import navigation
from core.context import Frame
from core.dates import Window
from core.models import Change
from tests.factories import OrganisationFactory
from tests.pages import faults_of


def _frame(user, session=None, **query):
    request = RequestFactory().get("/", query)
    request.user, request.session = user, {} if session is None else session
    return Frame(request)


# ---------------------------------------------------------------- links
@pytest.mark.parametrize("person", ["alice", "bob", "diana", "frank", "grace"])
def test_every_link_of_the_navigation_leads_to_a_page(cast, client, person):
    user = getattr(cast, person)
    client.force_login(user)
    offered = navigation.navigation(user)
    for item in {*offered.rail, *offered.bar, *offered.more, *([offered.action] if offered.action else [])}:
        assert client.get(item.path, follow=True).status_code == 200, item


def test_a_page_that_does_not_exist_is_not_offered():
    missing = navigation.Item("无", "/no-such-page/", "home")
    assert navigation.existing(missing) == []


def test_settings_lead_to_import_for_those_who_edit(cast, client):
    for person, offered in ((cast.alice, True), (cast.frank, False), (cast.bob, False)):
        client.force_login(person)
        assert (navigation.DATA.path in client.get("/settings/").content.decode()) == offered


# ---------------------------------------------------------------- window and branch
def test_window_is_read_from_the_address_and_remembered(cast):
    user, session = cast.alice, {}
    assert str(_frame(user, session, window="2024").window) == "2024"
    assert str(_frame(user, session).window) == "2024"
    assert (
        str(_frame(user, session, **{"from": "2024-03-01", "to": "2024-05-31"}).window)
        == "2024-03-01..2024-05-31"
    )


def test_window_that_cannot_be_read_is_as_good_as_none(cast):
    user = cast.alice
    this_year = _frame(user).window
    assert this_year == Window.year(this_year.start.year)
    assert _frame(user, window="../../etc").window == this_year


def test_branch_switch_offers_only_what_one_may_read(cast):
    secretary, admin = cast.alice, cast.diana
    assert _frame(secretary, branch="south").branch == cast.north
    OrganisationFactory(code="foreign")
    session = {}
    assert _frame(admin, session, branch="foreign").branch is None
    assert _frame(admin, session).places == {cast.north.pk, cast.south.pk}
    assert _frame(admin, session, branch="south").branch == cast.south
    assert _frame(admin, session).places == {cast.south.pk}
    assert _frame(admin, session, branch="").branch is None
    assert _frame(admin, session).branch is None


def test_shell_costs_the_same_however_many_branches(cast, client, django_assert_num_queries):
    admin = cast.diana
    client.force_login(admin)
    for number in range(1, 31):
        if number in (1, 3, 30):
            with django_assert_num_queries(4):
                client.get("/settings/styleguide/")
        OrganisationFactory(parent=cast.college)


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


@pytest.mark.parametrize(
    ("verb", "changes", "sentence"),
    [
        (
            "update",
            {"服务人次": ["80", "86"], "地点": ["", "社区"]},
            "把服务人次从 <del>80</del> 改为 <ins>86</ins>；地点 <ins>社区</ins>",
        ),
        ("update", {"地点": ["社区", ""]}, "删去地点 <del>社区</del>"),
        ("create", {"主题": ["", "沙龙"]}, "录入了沙龙"),
        ("trash", {}, "移入回收站了沙龙"),
        ("update", {"主题": ["<b>", "x"]}, "把主题从 <del>&lt;b&gt;</del> 改为 <ins>x</ins>"),
    ],
)
def test_history_is_told_in_words(verb, changes, sentence):
    change = Change(verb=verb, changes=changes, object_name="沙龙")
    assert _drawn("{{ change|in_words }}", change=change) == sentence


# ---------------------------------------------------------------- what everybody must be able to read
def _tokens():
    text = Path(settings.BASE_DIR, "static/app.css").read_text()
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", text))


def _contrast(first, second):
    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "grounds", "least"),
    [
        ("grey-500", ["grey-0", "grey-25", "grey-50"], 4.5),
        ("grey-600", ["grey-0", "grey-50", "grey-100"], 4.5),
        ("grey-700", ["grey-200"], 4.5),
        ("red-700", ["grey-0", "grey-50"], 4.5),
        ("grey-0", ["red-600", "red-700", "ink-600", "grey-800"], 4.5),
        ("ink-600", ["grey-0", "grey-50", "ink-50"], 4.5),
        ("ok-700", ["ok-50", "grey-0"], 4.5),
        ("warn-700", ["warn-50", "grey-0"], 4.5),
        ("bad-700", ["bad-50", "grey-0"], 4.5),
        ("gold-700", ["gold-50"], 4.5),
        ("grey-400", ["grey-0"], 3),  # the border of a field
        ("ink-500", ["grey-100"], 3),  # a bar on its track
        ("ok-500", ["grey-100"], 3),
        ("warn-500", ["grey-100"], 3),
    ],
)
def test_contrast_of_text_and_of_borders(text, grounds, least):
    tokens = _tokens()
    for ground in grounds:
        assert _contrast(tokens[text], tokens[ground]) >= least, (text, ground)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [True, False])
def test_pages_of_the_frame_read_well_on_both_sizes(cast, browse, phone):
    admin = cast.diana
    bob = cast.bob
    page = browse(admin, phone=phone)
    for path in (
        "/settings/",
        "/settings/styleguide/",
        "/settings/accounts/",
        "/settings/accounts/new/",
        f"/settings/accounts/{bob.pk}/",
        f"/settings/accounts/{bob.pk}/roles/new/",
        f"/settings/accounts/{bob.pk}/roles/{bob.appointments.get().pk}/end/",
        "/settings/organisations/new/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/no-such-page/",
    ):
        page.goto(path)
        assert faults_of(page) == [], path
    stranger = browse(phone=phone)
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/link/x/y/"):
        stranger.goto(path)
        assert faults_of(stranger) == [], path


def test_the_look_at_a_page_finds_what_is_wrong(browser):
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.set_content(
        "<html><title>x</title><h1>a</h1><h1 id=a></h1><p id=a><input><a href='#'></a><img src=x><nav></nav>"
        "<input aria-label=b aria-describedby=none><div style='width:900px'>wide</div><button>.</button></html>"
    )
    found = " ".join(faults_of(page))
    page.close()
    for fault in (
        "wider than", "no language", "title", "2 h1", "not one main", "id twice", "no label", "no name", "no alt",
        "described by nothing", "style attribute", "dead link", "smaller than 24",
    ):  # fmt: skip
        assert fault in found, fault


@pytest.mark.django_db(transaction=True)
def test_keyboard_alone_is_enough(cast, browse):
    page = browse(cast.diana)
    page.goto("/settings/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    window = page.locator(".topbar summary").last
    window.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="2023年度")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="2023年度")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.get_by_role("link", name="2023年度").press("Enter")
    page.wait_for_url("**/settings/?window=2023")
    page.goto("/settings/")
    expect(page.locator(".topbar")).to_contain_text("2023年度")


def test_error_pages_need_nothing_around_them(rf):
    from django.template.loader import render_to_string

    for code in ("400", "403", "404", "429", "500", "403_csrf"):
        assert "回到工作台" in render_to_string(f"{code}.html"), code

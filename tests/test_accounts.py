"""Accounts: who may give what to whom, links without e-mail, the way in, the first run."""

import datetime as dt
import io
import threading

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from playwright.sync_api import expect

from core import accounts
from core.dates import today
from core.models import Appointment, Change, Organisation, User
from core.organisations import create_organisation
from tests.pages import faults_of

PASSWORD = "Correct-horse-77"


@pytest.fixture
def tree(db):
    """University → college → North, South; and another college with West."""
    university = create_organisation("school", "江城职业技术大学党委", "university_committee", by=None)
    college = create_organisation("college", "信息工程学院党委", "college_committee", university, by=None)
    other = create_organisation("other", "经济管理学院党委", "college_committee", university, by=None)
    places = {"school": university, "college": college, "other": other}
    for code, above in (("north", college), ("south", college), ("west", other)):
        places[code] = create_organisation(code, f"{code} 党支部", "branch", above, by=None)
    return places


@pytest.fixture
def people(tree):
    """The cast, with Olga, admin of the whole installation, and Wendy, secretary in the other college."""

    def person(username, role, place):
        return accounts.create_account(
            username, username.title(), role, tree[place], password=PASSWORD, by=None
        )

    return {
        "alice": person("alice", "secretary", "north"),
        "bob": person("bob", "member", "north"),
        "charlie": person("charlie", "secretary", "south"),
        "diana": person("diana", "admin", "college"),
        "frank": person("frank", "auditor", "college"),
        "wendy": person("wendy", "secretary", "west"),
        "olga": person("olga", "admin", "school"),
    }


def _fresh(user):
    """The account as another request sees it."""
    return User.objects.get(pk=user.pk)


# ---------------------------------------------------------------- who may give what
@pytest.mark.parametrize(
    ("giver", "place", "may"),
    [
        ("alice", "north", {"committee_member", "member"}),
        ("alice", "south", set()),
        ("alice", "college", set()),
        ("bob", "north", set()),
        ("frank", "north", set()),
        ("diana", "north", {"secretary", "committee_member", "member", "auditor"}),
        ("diana", "college", {"admin", "auditor"}),
        ("diana", "west", set()),
        ("diana", "school", set()),
        ("olga", "west", {"secretary", "committee_member", "member", "auditor"}),
        ("olga", "school", {"admin", "auditor"}),
    ],
)
def test_nobody_grants_beyond_their_own_place(people, tree, giver, place, may):
    giver = people[giver]
    for role in Appointment.Role.values:
        try:
            user = accounts.create_account(f"new-{role}", "新人", role, tree[place], by=giver)
        except (PermissionDenied, ValidationError):
            assert role not in may
            assert not User.objects.filter(username=f"new-{role}").exists(), (
                "the account must not stay without its role"
            )
        else:
            assert role in may
            assert user.appointments.get().starts_on == today()


def test_a_role_is_not_given_to_somebody_elses_person(people, tree):
    with pytest.raises(PermissionDenied):
        accounts.grant_role(people["wendy"], tree["north"], "member", today(), by=people["alice"])
    accounts.grant_role(people["wendy"], tree["north"], "member", today(), by=people["olga"])


@pytest.mark.parametrize(
    ("manager", "may"),
    [
        ("alice", {"bob"}),
        ("bob", set()),
        ("frank", set()),
        ("diana", {"alice", "bob", "charlie", "frank"}),
        ("olga", {"alice", "bob", "charlie", "diana", "frank", "wendy"}),
    ],
)
def test_reset_links_are_made_only_for_those_whose_every_role_one_could_give(people, manager, may):
    made = set()
    for name, person in people.items():
        try:
            accounts.reset_link(person, by=people[manager])
            made.add(name)
        except PermissionDenied:
            pass
    assert made == may


def test_one_role_outside_ones_place_is_enough_to_refuse(people, tree):
    accounts.grant_role(people["bob"], tree["college"], "auditor", today() + dt.timedelta(days=9), by=None)
    with pytest.raises(PermissionDenied):
        accounts.reset_link(people["bob"], by=people["alice"])
    with pytest.raises(PermissionDenied):
        accounts.disable_account(people["bob"], by=people["alice"])
    with pytest.raises(PermissionDenied):
        accounts.remove_second_factor(people["bob"], by=people["alice"])
    # A role that is over binds nobody any more.
    accounts.grant_role(people["charlie"], tree["north"], "member", today() - dt.timedelta(days=9), by=None)
    accounts.end_role(
        people["charlie"].appointments.get(role="secretary"), today() - dt.timedelta(days=-0), by=None
    )
    with pytest.raises(PermissionDenied):  # still held today
        accounts.reset_link(people["charlie"], by=people["alice"])
    Appointment.objects.filter(user=people["charlie"], role="secretary").update(
        starts_on=today() - dt.timedelta(days=9), ends_on=today() - dt.timedelta(days=1)
    )
    accounts.reset_link(people["charlie"], by=people["alice"])


def test_ending_a_role(people):
    bobs = people["bob"].appointments.get()
    with pytest.raises(PermissionDenied):
        accounts.end_role(bobs, today(), by=people["charlie"])
    with pytest.raises(ValidationError, match="早于开始"):
        accounts.end_role(bobs, today() - dt.timedelta(days=1), by=people["alice"])
    accounts.end_role(bobs, today(), by=people["alice"])
    assert _fresh(people["bob"]).scope.belong, "the last day still holds"
    with pytest.raises(PermissionDenied):
        accounts.end_role(people["alice"].appointments.get(), today(), by=people["alice"])
    change = Change.objects.filter(verb="revoke").get()
    assert (change.actor, change.changes) == (people["alice"], {"党员": ["在任", f"至{today()}"]})


def test_last_admin_of_the_installation_stays(people):
    with pytest.raises(ValidationError, match="最后一位管理员"):
        accounts.end_role(people["olga"].appointments.get(), today(), by=people["olga"])
    accounts.create_account(
        "otto", "另一位", "admin", Organisation.objects.get(code="school"), by=people["olga"]
    )
    accounts.end_role(people["olga"].appointments.get(), today(), by=people["olga"])


def test_disabled_account_is_thrown_out_at_once(people, client):
    client.force_login(people["bob"])
    assert client.get("/settings/").status_code == 200
    accounts.disable_account(people["bob"], by=people["alice"])
    assert client.get("/settings/").status_code == 302
    with pytest.raises(ValidationError, match="停用"):
        accounts.reset_link(_fresh(people["bob"]), by=people["alice"])


@pytest.mark.parametrize("username", ["ALICE", "a b", "", "a" * 151])
def test_username_taken_or_malformed_is_refused(people, tree, username):
    with pytest.raises(ValidationError):
        accounts.create_account(username, "重名", "member", tree["north"], by=people["alice"])


def test_every_step_is_in_the_history_and_no_password_or_link_is(people, tree):
    user = accounts.create_account("newbie", "新人", "member", tree["north"], by=people["alice"])
    link = accounts.invitation_link(user, by=people["alice"])
    accounts.set_password(user, "Another-horse-88", by=user)
    accounts.disable_account(user, by=people["alice"])
    changes = Change.objects.filter(model="core.user", object_id=user.pk).order_by("pk")
    assert [(change.verb, change.actor_name) for change in changes] == [
        ("create", "Alice"),
        ("grant", "Alice"),
        ("update", "Alice"),
        ("update", "新人"),
        ("update", "Alice"),
    ]
    assert {change.organisation for change in changes} == {tree["north"]}
    written = str(list(changes.values()))
    assert "horse" not in written
    assert link.rsplit("/", 2)[1] not in written


# ---------------------------------------------------------------- organisations
@pytest.mark.parametrize(
    ("kind", "above", "allowed"),
    [
        ("branch", "college", True),
        ("general_branch", "college", True),
        ("college_committee", "school", True),
        ("college_committee", "college", False),
        ("university_committee", "school", False),
        ("branch", "north", False),
        ("general_branch", "north", False),
        ("group", "college", False),
    ],
)
def test_what_may_stand_under_what(tree, kind, above, allowed):
    if allowed:
        place = create_organisation("new", "新组织", kind, tree[above], by=None)
        assert Organisation.objects.get_parent(Organisation.objects.get(pk=place.pk)) == tree[above]
    else:
        with pytest.raises(ValidationError):
            create_organisation("new", "新组织", kind, tree[above], by=None)
        assert not Organisation.objects.filter(code="new").exists()


def test_who_may_add_a_place(people, tree):
    create_organisation("n1", "新支部", "branch", tree["college"], by=people["diana"])
    for person, above in (("diana", "other"), ("diana", None), ("alice", "college"), ("alice", "north")):
        with pytest.raises(PermissionDenied):
            create_organisation("n2", "新支部", "branch", tree[above] if above else None, by=people[person])


def test_commands_make_places_and_accounts(db, monkeypatch):
    out = io.StringIO()
    call_command("create_organisation", "c", "某学院党委", kind="college_committee", stdout=out)
    call_command("create_organisation", "b", "第一党支部", kind="branch", parent="c", stdout=out)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command(
        "create_account",
        "zhang",
        role="secretary",
        organisation="b",
        full_name="张三",
        password_stdin=True,
        stdout=out,
    )
    user = User.objects.get(username="zhang")
    assert user.check_password(PASSWORD)
    assert user.name == "张三"
    assert _fresh(user).scope.edit == {Organisation.objects.get(code="b").pk}


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        (
            ["create_organisation", "b2", "支部"],
            {"kind": "branch", "parent": "nowhere"},
            "没有代码为 nowhere",
        ),
        (["create_organisation", "B 2", "支部"], {"kind": "branch"}, "小写字母"),
        (["create_organisation", "north", "支部"], {"kind": "branch"}, "代码"),
        (["create_organisation", "b2", "支部"], {"kind": "club"}, "club"),
        (["create_account", "z"], {"role": "secretary", "organisation": "nowhere"}, "没有代码为 nowhere"),
        (["create_account", "z"], {"role": "king", "organisation": "north"}, "没有这种角色"),
        (["create_account", "z"], {"role": "admin", "organisation": "north"}, "没有这种角色"),
        (["create_account", "alice"], {"role": "member", "organisation": "north"}, "已经有人用了"),
        (["create_account", "weak"], {"role": "member", "organisation": "north", "stdin": "12345\n"}, "密码"),
        (
            ["create_account", "none"],
            {"role": "member", "organisation": "north", "stdin": ""},
            "没有输入密码",
        ),
    ],
)
def test_commands_say_what_is_wrong_and_exit_1(people, monkeypatch, command, options, sentence):
    monkeypatch.setattr("sys.stdin", io.StringIO(options.pop("stdin", f"{PASSWORD}\n")))
    if command[0] == "create_account":
        options["password_stdin"] = True
    before = User.objects.count(), Organisation.objects.count()
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command(*command, **options)
    assert refused.value.returncode == 1
    assert (User.objects.count(), Organisation.objects.count()) == before


# ---------------------------------------------------------------- links
def _path(link, settings):
    assert link.startswith(f"{settings.PUBLIC_URL}/accounts/link/")
    return link.removeprefix(settings.PUBLIC_URL)


def test_link_works_once_and_not_for_ever(people, tree, client, settings):
    user = accounts.create_account("newbie", "新人", "member", tree["north"], by=people["alice"])
    path = _path(accounts.invitation_link(user, by=people["alice"]), settings)
    for _ in range(2):  # a preview by a chat program does not use it up
        assert client.get(path).status_code == 200
    weak = client.post(path, {"password": "1234567890", "again": "1234567890"})
    assert weak.status_code == 200
    assert "_auth_user_id" not in client.session
    done = client.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert done["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get(path).status_code == 410
    assert client.post(path, {"password": "Other-horse-99", "again": "Other-horse-99"}).status_code == 410
    assert _fresh(user).check_password(PASSWORD)


def test_link_runs_out(people, client, settings, monkeypatch):
    from django.contrib.auth.tokens import default_token_generator

    path = _path(accounts.reset_link(people["bob"], by=people["alice"]), settings)
    later = dt.datetime.now() + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)
    assert client.get(path).status_code == 410


def test_broken_links_are_refused(people, client):
    for path in ("x/y", "MQ/abc-def", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5/abc-def", "_/_"):
        assert client.get(f"/accounts/link/{path}/").status_code == 410, path


def test_reset_link_asks_for_the_second_factor(people, client, settings):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(people["bob"], generate_totp_secret())
    path = _path(accounts.reset_link(people["bob"], by=people["alice"]), settings)
    answer = client.post(path, {"password": "Other-horse-99", "again": "Other-horse-99"})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/settings/").status_code == 302
    accounts.remove_second_factor(people["bob"], by=people["alice"])
    assert not people["bob"].authenticator_set.exists()


# ---------------------------------------------------------------- pages
def test_pages_of_accounts_show_only_ones_own(people, client):
    client.force_login(people["alice"])
    listed = client.get("/settings/accounts/").content.decode()
    assert "bob" in listed
    assert "charlie" not in listed
    assert "diana" not in listed
    assert client.get(f"/settings/accounts/{people['charlie'].pk}/").status_code == 404
    assert client.post(f"/settings/accounts/{people['charlie'].pk}/link/").status_code == 404
    assert client.post(f"/settings/accounts/{people['alice'].pk}/link/").status_code == 403
    client.force_login(people["bob"])
    for path in ("", "new/", f"{people['bob'].pk}/"):
        assert client.get(f"/settings/accounts/{path}").status_code == 404, path


def test_account_list_costs_the_same_for_any_number(people, tree, client, django_assert_num_queries):
    client.force_login(people["diana"])
    made = 0
    for rows in (1, 3, 30):
        for number in range(made, rows):
            accounts.create_account(f"m{number:02}", f"党员{number}", "member", tree["north"], by=None)
        made = rows
        with django_assert_num_queries(6):
            client.get("/settings/accounts/")


def test_account_list_pages_by_key(people, tree, client, monkeypatch):
    monkeypatch.setattr("core.views._ACCOUNTS_A_PAGE", 2)
    client.force_login(people["diana"])
    seen, path = [], "/settings/accounts/"
    for _ in range(3):
        context = client.get(path).context
        seen += [account.username for account in context["accounts"]]
        path = f"/settings/accounts/?after={context['next_after']}"
    assert seen == ["alice", "bob", "charlie", "diana", "frank"]
    assert context["next_after"] == ""


def test_password_is_changed_with_the_old_one_and_logged(people, client):
    client.force_login(people["bob"])
    wrong = {"oldpassword": "not-this", "password1": "Other-horse-99", "password2": "Other-horse-99"}
    assert client.post("/accounts/password/change/", wrong).status_code == 200
    assert (
        client.post("/accounts/password/change/", wrong | {"oldpassword": PASSWORD})["Location"]
        == "/settings/"
    )
    assert _fresh(people["bob"]).check_password("Other-horse-99")
    assert client.get("/settings/").status_code == 200, "one's own session goes on"
    assert Change.objects.filter(object_id=people["bob"].pk, changes={"密码": ["原密码", "新密码"]}).exists()


def test_pages_about_email_do_not_exist(people, client):
    client.force_login(people["bob"])
    for path in ("email/", "password/reset/", "password/set/", "confirm-email/"):
        assert client.get(f"/accounts/{path}").status_code == 404, path


# ---------------------------------------------------------------- log-in, in a real browser
@pytest.mark.django_db(transaction=True)
def test_lockout_is_shared_through_the_database(people, browse, client):
    page = browse()
    for attempt in range(6):
        page.goto("/accounts/login/")
        page.get_by_label("用户名").fill("alice")
        page.get_by_label("密码").fill("wrong" if attempt < 5 else PASSWORD)
        with page.expect_navigation():
            page.get_by_role("button", name="登录").click()
        page.get_by_role("alert").wait_for()
    expect(page.get_by_role("alert")).to_contain_text("输错次数太多")
    # Another process would ask the same table, and does not care about the spelling or the address of the page.
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM core_cache WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone()[0] >= 1
    other = browse()
    other.goto("/accounts/login/")
    other.get_by_label("用户名").fill("ALICE")
    other.get_by_label("密码").fill(PASSWORD)
    other.get_by_role("button", name="登录").click()
    expect(other.get_by_role("alert")).to_contain_text("输错次数太多")
    cache.clear()
    other.get_by_label("密码").fill(PASSWORD)
    other.get_by_role("button", name="登录").click()
    other.wait_for_url(lambda url: "login" not in url)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("javascript", [True, False])
def test_invitation_from_hand_to_hand(people, browse, settings, live_server, javascript):
    settings.PUBLIC_URL = live_server.url
    page = browse(people["alice"], javascript=javascript)
    page.goto("/settings/")
    page.get_by_role("link", name="开通账号").click()
    page.get_by_label("姓名").fill("新来的")
    page.get_by_label("用户名").fill("1042")
    page.get_by_label("角色").select_option(label="党员")
    page.get_by_role("button", name="开通并生成链接").click()
    link = page.get_by_label("一次性链接").input_value()
    guest = browse(phone=True, javascript=javascript)
    guest.goto(link)
    guest.get_by_label("密码", exact=True).fill("Fresh-horse-2024")
    guest.get_by_label("再输一遍").fill("Fresh-horse-2024")
    guest.get_by_role("button", name="设置并登录").click()
    guest.wait_for_url(f"{live_server.url}/me/")
    guest.goto("/settings/")
    expect(guest.get_by_role("main")).to_contain_text("1042")
    guest.goto(link)
    expect(guest.get_by_role("main")).to_contain_text("链接已失效")


@pytest.mark.django_db(transaction=True)
def test_second_factor_from_set_up_to_recovery_code(people, browse, live_server):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    def log_in(page):
        page.goto("/accounts/login/")
        page.get_by_label("用户名").fill("bob")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    page = browse(phone=True)
    log_in(page)
    page.goto("/accounts/2fa/totp/activate/")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    page.wait_for_url("**/totp/activate/")
    assert faults_of(page) == []
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("验证码").fill(
        format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    )
    page.get_by_role("button", name="开启").click()
    page.wait_for_url("**/recovery-codes/")
    assert faults_of(page) == []
    code = page.locator(".codes li").first.inner_text()
    for path in ("", "recovery-codes/generate/", "totp/deactivate/"):
        page.goto(f"/accounts/2fa/{path}")
        assert faults_of(page) == [], path
    other = browse(javascript=False)
    log_in(other)
    other.get_by_label("验证码").fill("000000")
    other.get_by_role("button", name="登录").click()
    expect(other.get_by_role("main")).to_contain_text("验证码不对或已过期")
    other.get_by_label("验证码").fill(code)
    other.get_by_role("button", name="登录").click()
    other.wait_for_url(f"{live_server.url}/me/")


# ---------------------------------------------------------------- first run
FIRST = {
    "branch_name": "信息工程学院教师第一党支部",
    "committee_name": "信息工程学院党委",
    "branch_code": "branch",
    "name": "沈明远",
    "username": "shen",
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.mark.django_db(transaction=True)
def test_first_run_in_the_browser(page, live_server):
    page.goto("/settings/")
    page.wait_for_url(f"{live_server.url}/welcome/")
    for label, name in (
        ("支部全称", "branch_name"),
        ("上级党组织", "committee_name"),
        ("书记姓名", "name"),
        ("用户名", "username"),
        ("再输一遍", "again"),
    ):
        page.get_by_label(label).fill(FIRST[name])
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="建立并登录").click()
    page.wait_for_url(f"{live_server.url}/")
    user = User.objects.get()
    assert user.scope.administers_root
    assert {place.code for place in Organisation.objects.editable_by(user)} == {"committee", "branch"}
    assert page.goto("/welcome/").status == 404


def test_first_run_without_a_committee(client, db):
    assert client.get("/accounts/login/")["Location"] == "/welcome/"
    assert client.post("/welcome/", FIRST | {"committee_name": ""})["Location"] == "/"
    user = User.objects.get()
    assert user.scope.administers_root
    assert {held.role for held in user.appointments.all()} == {"secretary", "admin"}
    assert client.post("/welcome/", FIRST | {"username": "second"}).status_code == 404
    assert User.objects.count() == 1


def test_first_run_refuses_with_sentences_and_writes_nothing(client, db):
    for wrong in (
        {"branch_code": "Bad Code"},
        {"branch_name": ""},
        {"username": "a b"},
        {"again": "different"},
        {"password": "short", "again": "short"},
    ):
        page = client.post("/welcome/", FIRST | wrong)
        assert page.status_code == 200
        assert page.context["form"].errors
        assert not User.objects.exists()
        assert not Organisation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_runs_at_one_moment_make_one(live_server):
    """Both have passed the first look before either has written: the barrier stands in between."""
    barrier, made, trouble = threading.Barrier(2), [], []
    fields = {name: value for name, value in FIRST.items() if name != "again"}

    def submit(number):
        try:
            assert accounts.nobody_yet()
            barrier.wait(timeout=20)
            made.append(
                accounts.first_run(
                    **fields | {"username": f"first{number}", "branch_code": f"branch{number}"}
                )
            )
        except Exception as error:  # reported below, in the main thread
            trouble.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not trouble
    assert sorted(user is None for user in made) == [False, True]
    assert User.objects.count() == 1
    assert Organisation.objects.branches().count() == 1

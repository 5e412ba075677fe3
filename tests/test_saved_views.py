"""Views of lists that somebody saved: named, shown as tabs, one's own, forgotten."""

import pytest
from playwright.sync_api import expect

from core.models import User
from core.saved_views import MOST
from tests import factories as make
from tests.pages import faults_of

pytestmark = pytest.mark.django_db


def save(client, name, query="q=%E8%AE%B2%E5%BA%A7&status=held", path="/activities/"):
    return client.post("/views/save/", {"path": path, "name": name, "query": query}, follow=True)


def shown(client, path="/activities/"):
    return {view["name"]: view["is_here"] for view in client.get(path).context["list"].saved_views}


def test_a_view_is_saved_shown_and_forgotten(cast, client):
    make.ActivityFactory(organisation=cast.north, theme="讲座")
    client.force_login(cast.alice)
    page = save(client, " 已办的讲座 ")
    assert page.request["QUERY_STRING"] == "q=%E8%AE%B2%E5%BA%A7&status=held"
    assert [view["is_here"] for view in page.context["list"].saved_views] == [True]
    assert not page.context["list"].may_save_view
    assert shown(client) == {"已办的讲座": False}
    assert shown(client, "/outcomes/") == {}
    client.post("/views/remove/", {"path": "/activities/", "name": "已办的讲座"})
    assert shown(client) == {}
    assert User.objects.get(pk=cast.alice.pk).saved_views == {}


def test_views_are_ones_own(cast, client):
    client.force_login(cast.alice)
    save(client, "讲座")
    client.force_login(cast.frank)
    assert shown(client) == {}
    client.post("/views/remove/", {"path": "/activities/", "name": "讲座"})
    client.force_login(cast.alice)
    assert shown(client) == {"讲座": False}


def test_the_same_name_again_replaces(cast, client):
    client.force_login(cast.alice)
    save(client, "常看")
    save(client, "常看", "status=planned")
    [view] = client.get("/activities/").context["list"].saved_views
    assert view["url"] == "/activities/?status=planned"


@pytest.mark.parametrize(
    ("name", "query", "path", "said"),
    [
        ("", "status=held", "/activities/", "起个名字"),
        ("字" * 21, "status=held", "/activities/", "最多 20 个字"),
        ("好", "", "/activities/", "不能存为视图"),
        ("好", "q=" + "a" * 2000, "/activities/", "不能存为视图"),
        ("好", "status=held", "/no/such/page/", "不能存为视图"),
        ("好", "status=held", "https://example.com/", "不能存为视图"),
        ("好\0", "status=held", "/activities/", "控制字符"),
    ],
)
def test_what_cannot_be_saved_is_said(cast, client, name, query, path, said):
    client.force_login(cast.alice)
    page = save(client, name, query, path)
    assert said in "".join(str(message) for message in page.context["messages"])
    assert page.redirect_chain[0][0].startswith(("/activities/", "/"))
    assert "example.com" not in page.redirect_chain[0][0]
    assert User.objects.get(pk=cast.alice.pk).saved_views == {}


def test_there_is_an_end_to_them(cast, client):
    client.force_login(cast.alice)
    for number in range(MOST):
        save(client, f"视图{number}")
    page = save(client, "还有一个")
    assert "请先删去" in "".join(str(message) for message in page.context["messages"])
    assert len(shown(client)) == MOST


@pytest.mark.django_db(transaction=True)
def test_saved_and_used_on_the_phone(cast, browse):
    make.ActivityFactory(organisation=cast.north, theme="数字助老进社区")
    page = browse(cast.alice, phone=True)
    page.goto("/activities/?q=助老&all=1")
    page.get_by_text("存为视图").click()
    page.get_by_label("名称").fill("助老")
    page.get_by_role("button", name="保存").click()
    view = page.get_by_role("navigation", name="常用视图").get_by_role("link", name="助老")
    expect(view).to_have_attribute("aria-current", "true")
    assert faults_of(page) == []
    page.goto("/activities/")
    view.click()
    expect(page.get_by_role("link", name="数字助老进社区")).to_be_visible()
    page.get_by_role("button", name="不要这个视图").click()
    expect(view).to_have_count(0)

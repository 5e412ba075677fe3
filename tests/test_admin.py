"""The operators' pages at /admin/: every table of ours to look at, nothing to touch, nobody else inside."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import User
from tests import factories
from tests.test_backup import populate

OURS = ("core", "branch", "partnerships", "activities", "outcomes", "reports", "workbench", "exchange")
MODELS = [model for label in OURS for model in apps.get_app_config(label).get_models()]


@pytest.fixture
def operator(client, db):
    """A client that is an operator."""
    client.force_login(User.objects.create_superuser("root", password="a-Right-One-77", name="运维"))
    return client


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_all_tables_of_ours_and_no_others_are_there():
    admin.autodiscover()
    assert set(admin.site._registry) == set(MODELS)


def test_every_list_and_page_opens_and_nothing_can_be_touched(operator, data_dir):
    populate()
    for model in MODELS:
        record = model._base_manager.order_by("pk").last()
        assert record is not None, model
        assert operator.get(url(model, "changelist")).status_code == 200
        assert operator.get(url(model, "changelist"), {"q": "某"}).status_code == 200
        assert operator.get(url(model, "change", record.pk)).status_code == 200
        for page, args in (("add", ()), ("delete", (record.pk,))):
            assert operator.get(url(model, page, *args)).status_code == 403, (model, page)
            assert operator.post(url(model, page, *args), {"post": "yes"}).status_code == 403, (model, page)
        assert operator.post(url(model, "change", record.pk), {"name": "x"}).status_code == 403
        operator.post(url(model, "changelist"), {"action": "delete_selected", "_selected_action": record.pk})
        assert model._base_manager.filter(pk=record.pk).exists()


def test_secrets_are_not_shown(operator, data_dir):
    populate()
    alice = User.objects.get(username="alice")
    page = operator.get(url(User, "change", alice.pk)).content.decode()
    assert "alice" in page
    assert alice.password not in page


@pytest.mark.parametrize(
    "factory",
    [
        factories.ActivityFactory,
        factories.ParticipationFactory,
        factories.MemberFactory,
        factories.CertificationFactory,
        factories.AttachmentFactory,
        factories.AppointmentFactory,
        factories.ChangeFactory,
        factories.OutcomeFactory,
        factories.ReportFactory,
    ],
)
def test_list_asks_the_same_number_of_queries_however_long(operator, factory):
    counts, made = [], 0
    page = url(factory._meta.model, "changelist")
    operator.get(page)
    for rows in (1, 3, 30):
        factory.create_batch(rows - made)
        made = rows
        with CaptureQueriesContext(connection) as asked:
            assert operator.get(page).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2] <= 6


@pytest.mark.parametrize("flags", [{}, {"is_staff": True}, {"is_superuser": True}])
def test_others_stay_outside(client, db, flags):
    client.force_login(User.objects.create_user("alice", name="艾丽", **flags))
    assert client.get(reverse("admin:index"), follow=True).status_code == 403
    assert client.get(url(User, "changelist"), follow=True).status_code == 403


def test_way_in_is_the_usual_one_with_its_lock_out(client, db):
    User.objects.create_superuser("root", password="a-Right-One-77", name="运维")
    for start in ("/admin/", "/admin/login/?next=/admin/"):
        assert client.get(start, follow=True).redirect_chain[-1][0] == "/accounts/login/?next=/admin/"
    client.post("/admin/login/", {"username": "root", "password": "a-Right-One-77"})
    assert "_auth_user_id" not in client.session


def test_own_password_is_changed_on_the_usual_page(operator):
    assert operator.get("/admin/password_change/").url == reverse("account_change_password")


@pytest.mark.django_db(transaction=True)
def test_pages_need_nothing_that_the_security_policy_forbids(browse):
    root = User.objects.create_superuser("root", password="a-Right-One-77", name="运维")
    page = browse(root)
    for path in ("/admin/", "/admin/core/user/", f"/admin/core/user/{root.pk}/change/"):
        assert page.goto(path).status == 200

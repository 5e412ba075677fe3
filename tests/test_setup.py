"""How it is set up: settings, the way in, the files around the code."""

import json
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


# ---------------------------------------------------------------- health, the way in
@pytest.mark.django_db
def test_healthz_tells_database_and_worker_to_anybody(client):
    from core.tasks import note_worker_alive

    assert client.get("/healthz").json() == {"status": "ok", "database": True, "worker": False}
    note_worker_alive()
    assert client.get("/healthz").json()["worker"] is True


@pytest.mark.django_db
def test_signup_is_closed(client, django_user_model):
    page = client.post(
        "/accounts/signup/",
        {"username": "mallory", "password1": "a-Long-One-77", "password2": "a-Long-One-77"},
    )
    assert page.status_code == 200
    assert not django_user_model.objects.exists()


@pytest.mark.django_db
def test_lockout_after_wrong_passwords_is_in_the_database(client, django_user_model):
    django_user_model.objects.create_user("alice", password="a-Right-One-77", name="甲")
    login = {"login": "alice", "password": "wrong"}
    for _ in range(5):
        client.post("/accounts/login/", login)
    client.post("/accounts/login/", login | {"password": "a-Right-One-77"})
    assert "_auth_user_id" not in client.session
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


@pytest.mark.django_db(transaction=True)
def test_browser_reaches_the_live_server(page):
    assert json.loads(page.goto("/healthz").text())["status"] == "ok"

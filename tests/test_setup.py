"""How it is set up: settings, the way in, the files around the code."""

import ast
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command, get_commands

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


@pytest.mark.django_db
def test_pages_carry_a_strict_policy_and_no_cookie_for_scripts(client, django_user_model):
    django_user_model.objects.create_user(
        "alice", name="甲"
    )  # before any account, the first-run page stands here
    page = client.get("/accounts/login/")
    policy = page["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert page.cookies["csrftoken"]["httponly"]
    assert page["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_a_page_asks_for_an_account_unless_it_says_otherwise(client):
    assert client.get("/settings/")["Location"].startswith("/accounts/login/")


# ---------------------------------------------------------------- the first start
def prepare(*arguments):
    told = StringIO()
    call_command("prepare", *arguments, stdout=told)
    return told.getvalue()


@pytest.fixture
def new_installation(data_dir, settings):
    """An installation on its first start; everything it keeps is in the test's own directory."""
    settings.STATIC_ROOT = data_dir / "static"
    settings.DEMO = None
    return settings


@pytest.mark.django_db(transaction=True)
def test_first_start_loads_the_demo_once_and_says_where_things_are(new_installation, data_dir, client):
    told = prepare("--demo")
    report = data_dir / "demo-report-2024"
    assert {"figures.json", "report.docx"} <= {file.name for file in report.iterdir()}
    assert all(str(file) in told for file in report.iterdir())
    account, password = "demo-secretary", re.search("密码都是 (\\S+?)）", told).group(1)
    assert account in told
    assert client.login(username=account, password=password)
    (report / "figures.json").write_text("mine")
    assert "已在，未作改动" in prepare("--demo")
    assert (report / "figures.json").read_text() == "mine"


@pytest.mark.django_db
@pytest.mark.parametrize(("demo", "arguments"), [(False, ["--demo"]), (None, [])])
def test_no_demo_where_it_was_refused_or_not_asked_for(new_installation, django_user_model, demo, arguments):
    new_installation.DEMO = demo
    assert prepare(*arguments) == ""
    assert not django_user_model.objects.exists()


@pytest.mark.django_db
def test_no_demo_among_somebodys_own_records(new_installation, cast, django_user_model):
    before = django_user_model.objects.count()
    assert prepare("--demo") == ""
    assert django_user_model.objects.count() == before


# ---------------------------------------------------------------- settings from the environment
ENVIRONMENT = (
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "PUBLIC_URL",
    "MEDIA_ROOT",
    "EMAIL_URL",
    "ALLOWED_HOSTS",
)
SHOW = """
import json, sys
from django.conf import settings
print(json.dumps([getattr(settings, name, None) for name in sys.argv[1:]], default=str))
"""


def setting(*names, data_dir, **environment):
    """What the settings are in a process of its own; a text if it refuses to start."""
    env = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    env |= {name: "" for name in ENVIRONMENT if name != "ALLOWED_HOSTS"}
    env |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(data_dir),
        "DEBUG": "0",
    } | environment
    done = subprocess.run(
        [sys.executable, "-c", SHOW, *names], env=env, cwd=ROOT, capture_output=True, text=True
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def test_embedded_installation_makes_one_secret_key_readable_by_its_owner(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(setting, "SECRET_KEY", data_dir=tmp_path) for _ in range(4)]
    keys = {one.result()[0] for one in asked}
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret_key"]


def test_embedded_data_are_for_their_owner_only(tmp_path):
    setting("SECRET_KEY", data_dir=tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_secret_key_is_required_with_a_database_server(tmp_path):
    refusal = setting("SECRET_KEY", data_dir=tmp_path, DATABASE_URL="postgres://ledger@127.0.0.1/ledger")
    assert "SECRET_KEY is required" in refusal
    assert not (tmp_path / "secret_key").exists()


def test_public_url_turns_https_on(tmp_path):
    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "CSRF_TRUSTED_ORIGINS",
        "ALLOWED_HOSTS",
    )
    plain = setting(*names, data_dir=tmp_path)
    assert plain[:3] == [False, False, False]
    secure = setting(*names, data_dir=tmp_path, PUBLIC_URL="https://ledger.example:8443/")
    assert secure[:4] == [True, True, True, ["https://ledger.example:8443"]]
    assert "ledger.example" in secure[4]


@pytest.mark.parametrize("address", ["ledger.example", "https://ledger.example/sub", "ftp://ledger.example"])
def test_public_url_that_cannot_work_is_refused(tmp_path, address):
    assert "PUBLIC_URL must look like" in setting("PUBLIC_URL", data_dir=tmp_path, PUBLIC_URL=address)


def test_a_message_returns_later_than_a_task_may_last(tmp_path):
    options, limit = setting(
        "CELERY_BROKER_TRANSPORT_OPTIONS",
        "CELERY_TASK_TIME_LIMIT",
        data_dir=tmp_path,
        REDIS_URL="redis://127.0.0.1/0",
    )
    assert options["visibility_timeout"] > limit


def environment_read(path):
    """The names that a settings file asks the environment for."""
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env")), args=[ast.Constant(value=str(name)), *_]
            ):
                yield name


def test_every_setting_stands_in_env_example():
    read = {*environment_read("config/settings.py"), *environment_read("config/gunicorn.py")}
    told = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    assert read == told
    assert len(read) > 20


# ---------------------------------------------------------------- files around the code
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-node.lock", "package-lock.json"]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_files_hold_hashes_and_no_addresses(lock):
    text = (ROOT / lock).read_text("utf-8")
    assert "//" not in text.replace("//n", "")
    if lock == "package-lock.json":
        packages = [package for name, package in json.loads(text)["packages"].items() if name]
        assert packages
        assert all(package["integrity"].startswith("sha512-") for package in packages)
    else:
        pinned = re.findall(r"^\S+==\S+[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^\S+==", text, re.MULTILINE)) > 0


def test_nothing_fetched_or_made_is_committed():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    kept_out = ("node_modules/", "static/vendor/", "fonts/", "staticfiles/", "data/", ".venv", ".env")
    assert not [path for path in listed if path.startswith(kept_out) and path != ".env.example"]


def test_compose_file_is_whole():
    """What docker compose would refuse, as far as it can be told without it; and it is asked where it is there."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    services = compose["services"]
    assert set(services) == {"prepare", "web", "worker", "ocr", "beat", "nginx", "postgres", "redis"}
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        assert service["image"] == "branch-ledger" or service["image"].startswith("${IMAGE_PREFIX:-}")
        for volume in service.get("volumes", []):
            source = re.sub(r"^\$\{\w+:-(.*?)\}", r"\1", volume).split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists()
    known = {*environment_read("config/settings.py"), *environment_read("config/gunicorn.py")}
    assert set(services["web"]["environment"]) <= known
    for command in (["docker", "compose"], ["docker-compose"]):
        if (
            shutil.which(command[0])
            and not subprocess.run([*command, "version"], capture_output=True).returncode
        ):
            asked = subprocess.run([*command, "config", "-q"], cwd=ROOT, capture_output=True, text=True)
            assert asked.returncode == 0, asked.stderr
            break


# ---------------------------------------------------------------- README
READMES = ["README.md", "README.zh-CN.md"]


@pytest.mark.parametrize("readme", READMES)
def test_each_command_of_the_readme_is_there(readme):
    text = (ROOT / readme).read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", re.sub(r"git and make \S+|and make \(", "", text))) <= targets
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert {"up", "prepare", "load_demo", "compile_report"} <= commands <= set(get_commands())
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert "//" in link or (ROOT / link).exists(), link


@pytest.mark.django_db(transaction=True)
def test_the_commands_of_the_readme_run(data_dir, monkeypatch, tmp_path):
    """Each as it is written, with names and places filled in, in an order that gives each what it needs."""
    text = (ROOT / "README.md").read_text("utf-8")
    told = re.findall(r"^\.venv/bin/python manage\.py (.+)|`manage\.py ([^`]+)`", text, re.MULTILINE)
    told = list(dict.fromkeys(block or cell for block, cell in told))
    first = ("create_organisation first", "create_account zhang", "load_demo", "export", "")
    told.sort(key=lambda line: next(place for place, begin in enumerate(first) if line.startswith(begin)))
    filled = {
        "create_organisation CODE": "create_organisation second-branch",
        "--parent CODE": "--parent demo-college",
        "CODE": "demo",
        "NAME": "readme",
        "FILE.xlsx": f"{tmp_path}/year.xlsx",
        "FILE": f"{tmp_path}/all.zip",
        "DIR": f"{tmp_path}/report",
        "[--empty]": "",
        "[": "",
        "]": "",
    }
    ran = []
    for line in told:
        for word, value in filled.items():
            line = line.replace(word, value)
        name, *arguments = shlex.split(line)
        if name in ("up", "prepare", "restore"):  # in test_runner.py, above, in test_backup.py
            continue
        if name == "create_account":
            arguments.append("--password-stdin")
            monkeypatch.setattr(sys, "stdin", StringIO("a-Long-One-77\n"))
        call_command(name, *arguments, stdout=StringIO())
        ran.append(name)
    assert len(ran) == 11
    assert {"report", "year.xlsx", "all.zip"} <= {path.name for path in tmp_path.iterdir()}


def test_both_readmes_tell_the_same_commands():
    def told(name):
        command = r"^(?:\| `)?((?:make|docker|export|\S*manage\.py) [^`\n]*)"
        return re.findall(command, (ROOT / name).read_text("utf-8"), re.MULTILINE)

    assert told(READMES[0]) == told(READMES[1])
    assert len(told(READMES[0])) > 20

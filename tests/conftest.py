"""What every test may ask for: directories, the browser. The people and their records are in tests/cast.py."""

import os

import pytest

from tests.cast import cast, sign_in  # noqa: F401
from tests.chromium import FLAGS, chromium_path
from tests.compiling import broker, gate, press, redis_server, reporting, start_worker  # noqa: F401


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items):
    """Tests that use a browser are marked so."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """With CI=true a skipped test is a failed run: there everything is installed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        os.environ.get("CI") == "true"
        and reporter
        and reporter.stats.get("skipped")
        and not session.exitstatus
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def data_dir(tmp_path, settings):
    """A DATA_DIR of this test's own, where services put files."""
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "files"
    settings.MEDIA_ROOT.mkdir(parents=True)
    return settings.DATA_DIR


# ---------------------------------------------------------------- browser
@pytest.fixture(scope="session")
def browser():
    """A real Chromium. `make test` says it plainly when there is none; with CI=true that is a failure."""
    path = chromium_path()
    if not path:
        pytest.skip("no Chromium on PATH (or in CHROMIUM)")
    from playwright.sync_api import expect, sync_playwright

    # Playwright's sync API keeps an event loop in this thread, which Django takes for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        expect.set_options(timeout=10_000)
        yield chromium
        chromium.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def browse(browser, live_server):
    """browse(user=None, phone=False, javascript=True, …): a new page on the live server, signed in as the user; further
    arguments as for a browser context of Playwright.

    At the end of the test, an error in a script, a breach of the content security policy or a static file that
    is not there fails it. `page.goto("/activities/")` takes paths.
    """
    contexts, trouble = [], []

    def open_page(user=None, *, phone=False, javascript=True, **more):
        usual = {
            "base_url": live_server.url,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "java_script_enabled": javascript,
            "viewport": {"width": 360, "height": 740} if phone else {"width": 1280, "height": 900},
            "has_touch": phone,
            "is_mobile": phone,
            "reduced_motion": "reduce",
        }
        context = browser.new_context(**(usual | more))
        contexts.append(context)
        if user is not None:
            context.add_cookies([_session_cookie(user, live_server.url)])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: trouble.append(f"script error: {error}"))
        page.on("console", lambda said: "Content Security Policy" in said.text and trouble.append(said.text))
        page.on(
            "response",
            lambda got: (
                "/static/" in got.url and got.status >= 400 and trouble.append(f"{got.status} {got.url}")
            ),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not trouble, "\n".join(trouble)


@pytest.fixture
def page(browse):
    """A page on the live server for somebody without an account."""
    return browse()


def _session_cookie(user, url):
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}

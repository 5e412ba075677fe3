"""`make screenshots`: a PNG of every page of the demo, wide and phone, into screenshots/.

The pages are found as a visitor finds them: from what the rail offers each person, following the links of the page, one
page for each view of the site map. Arguments: parts of paths to take (none: all).
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.chromium import FLAGS, chromium_path  # noqa: E402

SIZES = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
PEOPLE = ("demo-secretary", "demo-member", "demo-admin")
PUBLIC = ["/accounts/login/"]
# What a link leads to that is no page to look at.
NO_PAGE = re.compile(
    r"^/(files|admin|api|static|accounts/logout)/|\.(xlsx|docx|pdf|zip|json|ics)$|/download/|/photos/|/reports/export/"
)
PASSWORD = "ledger-demo-2024"
OUTPUT = ROOT / "screenshots"


def shape(url: str) -> str:
    """Pages of one shape are one page: /activities/17/ stands for every activity."""
    path = urlsplit(url).path
    return re.sub(r"/figures/[^/]+/", "/figures/-/", re.sub(r"/\d+(?=/|$)", "/1", path))


def file_name(url: str) -> str:
    """A page's path as the name of a file."""
    return re.sub(r"[^\w-]+", "_", shape(url)).strip("_") or "home"


def walk(page, base: str, seen: dict[str, str]):
    """Visit one page of each shape that can be reached from home; yields path and address."""
    waiting = ["/?window=2024"]
    while waiting:
        url = waiting.pop(0)
        if shape(url) in seen:
            continue
        seen[shape(url)] = url
        response = page.goto(base + url)
        if response is None or "text/html" not in response.headers.get("content-type", ""):
            continue
        yield url
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        waiting += [
            link for link in links if link.startswith("/") and not NO_PAGE.search(urlsplit(link).path)
        ]


def sign_in(page, base: str, person: str) -> None:
    """Through the form, like anybody."""
    page.goto(base + "/accounts/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_load_state()


def compile_report(browser, base: str) -> None:
    """Press the button once, so that there is a finished report to look at."""
    page = browser.new_page(locale="zh-CN")
    sign_in(page, base, PEOPLE[0])
    page.goto(base + "/reports/?window=2024")
    page.get_by_role("button", name="编译报告").click()
    page.locator("#job .badge-ok").wait_for(timeout=120_000)
    page.context.close()


def shoot(browser, base: str, only: list[str]) -> int:
    """All pages of all people in both sizes; returns how many pictures."""
    taken = 0
    for size, viewport in SIZES.items():
        for person in PEOPLE:
            context = browser.new_context(viewport=viewport, locale="zh-CN", reduced_motion="reduce")
            page = context.new_page()
            for url in PUBLIC if person == PEOPLE[0] else ():
                page.goto(base + url)
                page.screenshot(path=OUTPUT / f"public-{file_name(url)}-{size}.png", full_page=True)
                taken += 1
            sign_in(page, base, person)
            for url in walk(page, base, {}):
                if not only or any(part in url for part in only):
                    name = f"{person.removeprefix('demo-')}-{file_name(url)}-{size}.png"
                    page.screenshot(path=OUTPUT / name, full_page=True)
                    taken += 1
            context.close()
    return taken


def main() -> int:
    """Set up the demo in a scratch directory, serve it, and take the pictures."""
    if not (chromium := chromium_path()):
        print("make screenshots needs Chromium on PATH or in CHROMIUM")
        return 1
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir()
    with tempfile.TemporaryDirectory() as directory:
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        env |= {"DATA_DIR": directory, "DEMO": "1"}
        manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*manage, "prepare", "--demo"], env=env, check=True, stdout=subprocess.DEVNULL)
        stack = subprocess.Popen([*manage, "up", "--port", "0"], env=env, stdout=subprocess.PIPE, text=True)
        try:
            base = next(found[0] for line in stack.stdout if (found := re.search(r"http://[\d.:]+", line)))
            threading.Thread(
                target=stack.stdout.read, daemon=True
            ).start()  # a full pipe would stop the stack
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                compile_report(browser, base)
                print(f"{shoot(browser, base, sys.argv[1:])} pictures in {OUTPUT.name}/")
                browser.close()
        finally:
            stack.send_signal(signal.SIGINT)
            stack.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Where the browser is, for the tests and for `make test`, which says so when there is none."""

import os
import shutil

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def chromium_path() -> str | None:
    """The program: CHROMIUM, else the first of the usual names on PATH."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)

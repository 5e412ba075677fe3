"""PDF files are opened by a program of their own (core/pdf_program.py) that has little memory and little time: what a
hostile file does to it, it does to nobody else. It starts in a tenth of a second.

No database, no settings: the intake, the copies on the pages and the reader of certificates all open PDF files here.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from PIL import Image

from core import pdf_program as program

logger = logging.getLogger(__name__)
MEMORY = 512 * 2**20  # bytes; a page scanned with 600 dpi in colour takes some 200 MB
SECONDS = 20  # of CPU
PATIENCE = 60  # seconds in all
_PROGRAM = Path(program.__file__)
_PREVIEW = 200  # pixels a side
_CHUNK = 1 << 20
_ONE_AT_A_TIME = threading.Lock()  # a process: else each of its threads might need MEMORY


class UnreadablePdf(Exception):
    """A PDF file that cannot be opened or drawn."""


class NeedsPassword(UnreadablePdf):
    """Nothing of it can be seen without a password."""


class TooMuch(UnreadablePdf):
    """It took more memory or time than a file may."""


class TooManyPages(UnreadablePdf):
    """More pages than a file may have; `pages` of them."""

    def __init__(self, pages: int):
        super().__init__(pages)
        self.pages = pages


class ActivePdf(UnreadablePdf):
    """It holds scripts, starts programs, or carries other files along."""


class NoSuchPage(UnreadablePdf):
    """It has fewer pages."""


_MEANINGS = {
    program.PASSWORD: NeedsPassword,
    program.ACTIVE: ActivePdf,
    program.NO_SUCH_PAGE: NoSuchPage,
    program.TOO_MUCH: TooMuch,
}


def examine(file, max_pages: int) -> None:
    """Read a PDF file (a binary stream) whole and draw its first page.

    Raises NeedsPassword, ActivePdf, TooManyPages, TooMuch, or UnreadablePdf for what is damaged.
    """
    _asked(file, "examine", max_pages, _PREVIEW)


def page_of(file, number: int, width: int, height: int) -> Image.Image:
    """Page `number` (from 1) of a PDF file (a binary stream) as a picture of at most `width` × `height` pixels.

    Raises NoSuchPage, TooMuch, or another UnreadablePdf.
    """
    said = _asked(file, "draw", number, width, height, most=3 * width * height + 100)
    with Image.open(io.BytesIO(said), formats=("PPM",)) as image:
        image.load()
        return image.convert("RGB")


def pages_of(file) -> int:
    """How many pages a PDF file (a binary stream) has. Raises an UnreadablePdf."""
    return int(_asked(file, "count"))


def text_of(file, pages: int) -> list[dict]:
    """The text layer of the first pages of a PDF file (a binary stream): `size` (width, height) in points, and `lines`,
    each its text and its box (left, bottom, right, top). Raises as `page_of`."""
    return json.loads(_asked(file, "text", pages, most=16 * 2**20))


def _asked(file, *what, most: int = 100) -> bytes:
    """What the program answers, `most` bytes of it. Raises UnreadablePdf."""
    file.seek(0)
    command = [sys.executable, "-I", str(_PROGRAM), *map(str, (SECONDS, MEMORY, *what))]
    # Nothing of our environment, which holds secrets.
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "env": {}}
    with _ONE_AT_A_TIME, subprocess.Popen(command, **pipes) as child:
        watchdog = threading.Timer(PATIENCE, child.kill)
        watchdog.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # it died; its status says of what
                shutil.copyfileobj(file, child.stdin, _CHUNK)
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
            said = child.stdout.read(most)
            child.stdout.close()
            status = child.wait()
        finally:
            watchdog.cancel()
            child.kill()
    if status == program.TOO_MANY_PAGES:
        raise TooManyPages(int(said))
    if status < 0:  # a signal: its time was over, or it ran out of memory where nothing could be said
        logger.warning("a PDF file took too much: %s ended by signal %s", what[0], -status)
        raise TooMuch
    if status:
        raise _MEANINGS.get(status, UnreadablePdf)
    return said

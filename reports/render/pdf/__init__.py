"""The report as a PDF file, laid out after GB/T 9704-2012 by typst: PDF/A-2a, PDF/UA-1, with bookmarks and links.

report.typ is a fixed program; the report comes to it as data. Fonts come from FONT_DIR only and are embedded. The same
report, files and fonts give the same bytes: no clock, no names of temporary files in it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from reports.render.fonts import load
from reports.render.pdf.content import data_of

_HERE = Path(__file__).parent
_ZONE = dt.timezone(dt.timedelta(hours=8))
_OS_ERROR = 100  # as in typeset.py, which is a program of its own and not to be imported
_BEAT = 1.0  # seconds between two ticks while the typesetter works


class TypesettingError(RuntimeError):
    """The typesetter failed, or warned: what it made is not to be trusted."""


def write(compiled, stream) -> None:
    """Write the PDF file of a compiled report.

    Raises ValidationError if no font in the directory can print Chinese, TypesettingError if the typesetter fails or
    warns, OSError if a file cannot be written. What `tick` raises ends the typesetter too.
    """
    fonts = load(compiled.fonts)
    with tempfile.TemporaryDirectory(prefix="report-") as name:
        directory = Path(name)
        data = data_of(compiled.document, fonts, compiled.open_file, directory, compiled.tick)
        shutil.copyfile(_HERE / "report.typ", directory / "report.typ")
        with open(directory / "report.json", "w", encoding="utf-8", errors="xmlcharrefreplace") as file:
            json.dump(data, file, ensure_ascii=False)
        (directory / "places.json").write_text("{}")
        # First where the ends of links are, then the file with links to there; why in two passes, report.typ tells.
        _typeset(directory, compiled, "places.json")
        _typeset(directory, compiled, "report.pdf")
        with open(directory / "report.pdf", "rb") as file:
            shutil.copyfileobj(file, stream)


def _typeset(directory: Path, compiled, file: str) -> None:
    day = dt.datetime.combine(dt.date.fromisoformat(compiled.document.day), dt.time(), _ZONE)
    arguments = [directory, compiled.fonts, int(day.timestamp()), file]
    with open(directory / "said.txt", "w+b") as said:
        program = [sys.executable, "-I", str(_HERE / "typeset.py"), *map(str, arguments)]
        typesetter = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            while True:
                compiled.tick()
                try:
                    status = typesetter.wait(_BEAT)
                    break
                except subprocess.TimeoutExpired:
                    continue
        finally:
            typesetter.kill()
            typesetter.wait()
        if status >= _OS_ERROR:
            raise OSError(status - _OS_ERROR, os.strerror(status - _OS_ERROR))
        if status:
            said.seek(0)
            raise TypesettingError(f"status {status}: {said.read().decode(errors='replace').strip()[-2000:]}")

"""The compile of a report: the demo from press to files, and a large year against what the libraries alone need.

The large year: 1,000 activities, 500 outcomes, 300 attachments (90 MB). The libraries' share is measured in the same
run, on the same content: python-docx, typst and xlsxwriter write its paragraphs and tables, zipfile its files.
"""

from __future__ import annotations

import io
import os
import resource
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from activities.models import Activity
from benchmarks import Measure, worker
from benchmarks.bench_figures import fill_branch, make_branches
from core.dates import Window
from core.files import open_file, store_file
from core.models import Attachment, Organisation
from outcomes.models import Outcome
from reports import services
from reports.document import Photos, Table, Text, cell_text
from reports.models import Compilation
from reports.render import OUTPUTS
from reports.render.fonts import load

YEAR = Window.year(2024)
FILES, FILE_SIZE = 300, 300_000
PATIENCE = 60  # seconds


def run() -> Iterator[Measure]:
    """The demo, then the large year."""
    yield from _demo()
    call_command("flush", interactive=False, verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    yield from _large_year()


# ---------------------------------------------------------------- the demo, by a real worker
def _demo() -> Iterator[Measure]:
    call_command("load_demo", verbosity=0, stdout=io.StringIO())
    branch = Organisation.objects.get(code="demo")
    report = services.ensure_report(branch, YEAR, by=None)
    with worker(1):
        times = [_press(report) for _ in range(4)]
    yield Measure(
        "demo report, press to all files",
        statistics.median(times[1:]),
        "s",
        at_most=3,
        note=f"the worker's first: {times[0]:.1f} s; {len(OUTPUTS)} files",
    )
    with CaptureQueriesContext(connection) as asked:
        services.compile_now(branch, YEAR)
    yield Measure("  queries to freeze it", len(asked), "")


def _press(report) -> float:
    """Seconds from the request to the last file."""
    begun = time.perf_counter()
    compilation = services.request_compilation(report, by=None)
    while time.perf_counter() - begun < PATIENCE:
        row = Compilation.objects.light().get(pk=compilation.pk)
        if not row.is_unfinished:
            assert (row.status, len(row.files)) == ("done", len(OUTPUTS)), row.error
            return time.perf_counter() - begun
        time.sleep(0.02)
    raise AssertionError("the worker did not finish")


# ---------------------------------------------------------------- a large year
def _large_year() -> Iterator[Measure]:
    branch = Organisation.objects.get(pk=make_branches(1)[0])
    fill_branch(branch.pk, 1)
    _prove(branch)
    with CaptureQueriesContext(connection) as asked:
        compiled = services.compile_now(branch, YEAR)
    assert len(compiled.frozen.material["outcomes"]) >= 400
    report = services.ensure_report(branch, YEAR, by=None)
    ours = [_perform(report) for _ in range(3)]
    bare = [_libraries(compiled) for _ in range(3)]
    yield Measure(
        "large year: 1,000 activities, 500 outcomes, 300 files (90 MB)",
        statistics.median(ours),
        "s",
        at_most=2 * statistics.median(bare),
        bare=statistics.median(bare),
        note="“to bare” is python-docx + typst + xlsxwriter + zipfile on the same content; at most 2 ×",
    )
    yield Measure("  queries to freeze it", len(asked), "")
    ours, bare = _memory("ours"), _memory("libraries")
    yield Measure(
        "  more memory than the libraries",
        ours - bare,
        "MB",
        at_most=150,
        note=f"{ours:.0f} MB above what was loaded, the typesetter's own process included; libraries {bare:.0f} MB",
    )


def _perform(report) -> float:
    begun = time.perf_counter()
    compilation = services.request_compilation(report, by=None)
    services.perform(compilation.pk)
    row = Compilation.objects.light().get(pk=compilation.pk)
    assert row.status == "done", row.error
    return time.perf_counter() - begun


def _memory(which: str) -> float:
    """MB by which a compile, or the libraries, lift the memory of a process that has everything loaded, the largest
    of the processes it starts added. In a process of its own: typst's threads do not live through a fork."""
    code = (
        f"import django; django.setup(); from benchmarks import bench_compile as b; b.tell_memory({which!r})"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return int(told) / 1024


def tell_memory(which: str) -> None:
    """Print the memory in KiB that `ours` or the `libraries` need for the only branch there is."""
    branch = Organisation.objects.get(kind="branch")
    report = services.ensure_report(branch, YEAR, by=None)
    compiled = services.compile_now(branch, YEAR) if which == "libraries" else None
    load(settings.FONT_DIR)
    Path("/proc/self/clear_refs").write_text("5")  # begin the high-water mark anew
    before = _status("VmRSS")
    _libraries(compiled) if compiled else _perform(report)
    started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(_status("VmHWM") - before + started)


def _status(name: str) -> int:
    """A line of /proc/self/status in KiB."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name)]
    return int(line.split()[1])


def _prove(branch) -> None:
    """300 pictures of 300 KB, a record each; half of them at activities of the year."""
    activities = list(Activity.objects.of([branch]).held_in(YEAR).order_by("pk")[: FILES // 2])
    outcomes = list(Outcome.objects.of([branch]).order_by("pk")[: FILES - len(activities)])
    rows = []
    for number, record in enumerate([*activities, *outcomes]):
        blob = store_file(_picture(number), "image/jpeg")
        rows.append(
            Attachment(
                organisation=branch,
                content_type=ContentType.objects.get_for_model(record),
                object_id=record.pk,
                blob=blob,
                kind="photo",
                name=f"照片{number}.jpg",
            )
        )
    Attachment.objects.bulk_create(rows)


def _picture(number: int) -> bytes:
    """A JPEG of noise, filled up to the size by what decoders ignore."""
    noise = Image.frombytes("RGB", (320, 240), os.urandom(320 * 240 * 3))
    saved = io.BytesIO()
    noise.resize((1280, 960)).save(saved, "JPEG", quality=60)
    return saved.getvalue().ljust(FILE_SIZE, b"\0")


# ---------------------------------------------------------------- the libraries alone
def _libraries(compiled) -> float:
    """Seconds that the libraries need for the content of a report, used as their manuals show."""
    begun = time.perf_counter()
    blocks = compiled.document.blocks
    for write in (_docx, _typst, _xlsx):
        assert write(blocks, compiled)
    assert _zip(compiled)
    return time.perf_counter() - begun


def _docx(blocks, compiled) -> int:
    from docx import Document
    from docx.shared import Mm

    document = Document()
    for block in blocks:
        if isinstance(block, Text):
            document.add_paragraph(block.text)
        elif isinstance(block, Table):
            rows = _rows(block)
            table = document.add_table(rows=len(rows), cols=len(block.columns))
            cells = table._cells
            for place, text in enumerate(text for row in rows for text in row):
                cells[place].text = text
        elif isinstance(block, Photos):
            for photo in block.photos:
                document.add_picture(open_file(photo.sha256), width=Mm(75))
    saved = io.BytesIO()
    document.save(saved)
    return saved.tell()


def _rows(block) -> list[list[str]]:
    """A table as text, its head first, subheadings as rows."""
    rows = [[column.head for column in block.columns]]
    for row in block.rows:
        texts = [cell_text(cell) for cell in row] if isinstance(row, tuple) else [row.text]
        rows.append([*texts, *[""] * (len(block.columns) - len(texts))])
    return rows


def _typst(blocks, compiled) -> int:
    import typst

    def quoted(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'

    parts = ['#set text(font: "Noto Serif SC", size: 16pt)\n#set par(leading: 12pt)\n']
    for block in blocks:
        if isinstance(block, Text):
            parts.append(f"#par(text({quoted(block.text)}))\n")
        elif isinstance(block, Table):
            cells = ", ".join(f"text({quoted(text)})" for row in _rows(block) for text in row)
            parts.append(f"#text(size: 10pt, table(columns: {len(block.columns)}, {cells}))\n")
    compiler = typst.Compiler(
        "".join(parts).encode(), ignore_system_fonts=True, font_paths=[str(settings.FONT_DIR)]
    )
    return len(compiler.compile(format="pdf", pdf_standards=["a-2b"]))


def _xlsx(blocks, compiled) -> int:
    import xlsxwriter

    saved = io.BytesIO()
    book = xlsxwriter.Workbook(saved, {"constant_memory": True})
    for number, block in enumerate(block for block in blocks if isinstance(block, Table)):
        sheet = book.add_worksheet(f"表{number}")
        for line, row in enumerate(_rows(block)):
            for column, text in enumerate(row):
                sheet.write_string(line, column, text)
    sheet = book.add_worksheet("溯源")
    line = 0
    for figure in compiled.frozen.figures["figures"]:
        for record in figure["records"]:
            for column, text in enumerate(
                (figure["label"], figure["key"], figure["display"], figure["unit"], record["type"],
                 record["title"], record["date"] or "")
            ):  # fmt: skip
                sheet.write_string(line, column, text)
            line += 1
    book.close()
    return saved.tell()


def _zip(compiled) -> int:
    target = Path(settings.DATA_DIR) / "bench.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as pack:
        for item in compiled.document.evidence:
            for file in item.files:
                with open_file(file.sha256) as source, pack.open(file.path, "w") as entry:
                    while chunk := source.read(1 << 20):
                        entry.write(chunk)
    size = target.stat().st_size
    target.unlink()
    return size

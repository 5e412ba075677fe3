"""Photos that come in: what an upload costs beyond writing the file and making its copy, and a whole branch at once.

The real thing: `manage.py up` on a port of 127.0.0.1, requests as a browser sends them. Bounded: each photo once, each
request at most PATIENCE.
"""

from __future__ import annotations

import datetime as dt
import functools
import http.client
import io
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image

from activities.models import Activity
from benchmarks import Measure, program
from benchmarks.bench_figures import make_branches
from branch.models import HandInFile, Member
from core.integrity import verify_files
from core.models import Appointment, Attachment, Organisation, User
from core.pictures import SIZES
from tests.uploads import pdf

MEMBERS, PATIENCE = 17, 120
SIZE = (4000, 3000)
_TOKEN = "x" * 32


def run() -> Iterator[Measure]:
    """One after the other beside the bare work, then all at one moment."""
    branch = Organisation.objects.get(pk=make_branches(1)[0])
    activity = Activity.objects.create(
        organisation=branch, code="photos", theme="拍照", kind_id="salon", starts_on=dt.date(2024, 5, 1),
        status="held", education_service=True,
    )  # fmt: skip
    secretary, members = _person(branch, 0, "secretary"), [_member(branch, n) for n in range(1, MEMBERS + 1)]
    with _stack() as (port, root):
        _send(port, secretary, activity, photo("warm up"))
        yield from _one_by_one(port, secretary, activity)
        yield from _all_at_once(port, root, members)
    verdict = verify_files()
    assert (verdict.faults, verdict.orphans) == ([], []), verdict


def _one_by_one(port, person, activity):
    bare, thumbs, pages, sent = [], [], [], []
    for number in range(MEMBERS):
        content = photo(f"one by one {number}")
        bare.append(_seconds(lambda: _bare(content)))  # noqa: B023
        begun = time.perf_counter()
        pk = _send(port, person, activity, content)
        sent.append(time.perf_counter() - begun)
        for size, times in (("thumb", thumbs), ("page", pages)):
            address = reverse("core:attachment_picture", args=[pk], query={"size": size})
            assert _ask(port, person, address)[0] == 200
            times.append(time.perf_counter() - begun)
    median = {name: statistics.median(times) * 1000 for name, times in
              {"bare": bare, "sent": sent, "thumb": thumbs, "page": pages}.items()}  # fmt: skip
    yield Measure(
        "a photo uploaded and its small picture shown, to saving and re-encoding alone",
        statistics.median(done / least for done, least in zip(thumbs, bare, strict=True)),
        "×",
        at_most=1.5,
        note=f"{len(content) / 2**20:.0f} MB, {SIZE[0] * SIZE[1] / 1e6:.0f} MP: {median['thumb']:.0f} ms to "
        f"{median['bare']:.0f}, of which the upload {median['sent']:.0f}; opened large too: {median['page']:.0f}",
    )
    documents = [pdf(number) for number in range(1, MEMBERS + 1)]
    times = [_seconds(lambda: _send(port, person, activity, one, "pdf")) for one in documents]  # noqa: B023
    yield Measure(
        "  a PDF uploaded, opened by its own program",
        statistics.median(times) * 1000,
        "ms",
        note="1 to 17 pages",
    )


def _seconds(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _bare(content) -> None:
    """What there is to do at the least: the file on the disk, and its copy."""
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as name:
        path = Path(name, "photo")
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with Image.open(path) as image:
            image.thumbnail((SIZES["page"],) * 2, reducing_gap=2.0)
            image.save(Path(name, "copy"), "JPEG", quality=85)


def _all_at_once(port, root, members):
    """Each member hands in the own certificate; its reader runs, too."""
    photos = [photo(f"all at once {number}") for number in range(MEMBERS)]
    times, errors = [0.0] * MEMBERS, []
    start = threading.Barrier(MEMBERS)

    def send(number):
        start.wait()
        begun = time.perf_counter()
        try:
            person, address = members[number]
            _post(port, person, address, photos[number], f"{number}.jpg")
        except Exception as error:
            errors.append(error)
        times[number] = time.perf_counter() - begun

    threads = [threading.Thread(target=send, args=[number]) for number in range(MEMBERS)]
    with _peak(root) as peak:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not errors, errors
    stored = HandInFile.objects.values("blob").distinct().count()
    assert stored == HandInFile.objects.count() == MEMBERS, f"{stored} stored"
    yield Measure(
        f"{MEMBERS} certificates of {len(photos[0]) / 2**20:.0f} MB handed in at once, p95",
        statistics.quantiles(times, n=20)[18],
        "s",
        note=f"no error, {stored} stored, median {statistics.median(times):.1f} s, longest {max(times):.1f} s",
    )
    yield Measure(
        "  memory of the web server meanwhile",
        peak[1] / 2**20,
        "MB",
        at_most=1024,
        note=f"with workers, scheduler, supervisor and broker {peak[0] / 2**20:,.0f} MB",
    )


# ---------------------------------------------------------------- what is sent
@functools.cache
def _pixels() -> bytes:
    buffer = io.BytesIO()
    noise = Image.effect_noise(SIZE, 70)
    Image.merge("RGB", [noise, noise.rotate(90).resize(SIZE), noise.rotate(180)]).save(
        buffer, "JPEG", quality=95
    )
    return buffer.getvalue()


def photo(name: str) -> bytes:
    """A photo of some 12 MB whose bytes no other has: its name is a comment in it."""
    comment = name.encode()
    return (
        b"\xff\xd8\xff\xfe"
        + (len(comment) + 2).to_bytes(2, "big")
        + comment
        + _pixels().removeprefix(b"\xff\xd8")
    )


def _log_in(branch, number, role) -> tuple[User, Client]:
    user = User.objects.create(username=f"person{number}", name=f"党员{number}")
    Appointment.objects.create(user=user, organisation=branch, role=role, starts_on=dt.date(2020, 1, 1))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return user, client


def _cookies(client) -> str:
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_TOKEN}"


def _person(branch, number, role) -> str:
    """Somebody with this role; returns the cookies of a session."""
    return _cookies(_log_in(branch, number, role)[1])


def _member(branch, number) -> tuple[str, str]:
    """A member who is about to hand in a certificate; returns the cookies, and where its files go."""
    user, client = _log_in(branch, number, "member")
    Member.objects.create(
        organisation=branch, staff_number=f"H{number}", name=user.name, category="full", user=user
    )
    page = client.get(reverse("branch:hand_in_own")).url
    return _cookies(client), f"{page}files/"


def _send(port, person, activity, content, ending="jpg") -> int:
    """Attach a file to an activity; returns its attachment."""
    name = f"{uuid.uuid4().hex}.{ending}"
    address = reverse("core:evidence_add", args=["activities.activity", activity.pk])
    _post(port, person, address, content, name)
    return Attachment.objects.get(name=name).pk


def _post(port, person, address, content, name) -> None:
    """Upload a file as the page's script does."""
    mark = uuid.uuid4().hex
    body = (
        f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode() + content + f"\r\n--{mark}--\r\n".encode()  # fmt: skip
    headers = {
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "X-CSRFToken": _TOKEN,
        "Accept": "application/json",
    }
    status, said = _ask(port, person, address, body, headers)
    assert status == 200, (status, said[:300])


def _ask(port, person, address, body=None, headers=None) -> tuple[int, bytes]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    link.request("POST" if body else "GET", address, body, {"Cookie": person} | (headers or {}))
    answer = link.getresponse()
    said = answer.read()
    link.close()
    return answer.status, said


# ---------------------------------------------------------------- the stack
@contextmanager
def _stack():
    """`manage.py up`; yields its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"HOST": "127.0.0.1", "ALLOWED_HOSTS": "127.0.0.1", "LOG_LEVEL": "ERROR"}
    with tempfile.TemporaryDirectory(prefix="ledger-static-") as static:
        env["STATIC_ROOT"] = static
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "collectstatic", "--noinput", "-v0"], env=env, check=True)
        with program([*manage, "up", "--port", str(port)], env) as process:
            deadline = time.monotonic() + PATIENCE
            while True:
                with suppress(OSError):
                    if _ask(port, "", "/healthz")[0] == 200:
                        break
                assert time.monotonic() < deadline, "the web server did not start"
                time.sleep(0.1)
            yield port, process.pid


@contextmanager
def _peak(root: int):
    """The largest memory of a process and all that it started, while the block runs: [all of them, the web alone]."""
    peak, over = [0, 0], threading.Event()

    def watch():
        while not over.wait(0.05):
            every = _memory(_tree(root))
            peak[0] = max(peak[0], sum(every.values()))
            web = [size for pid, size in every.items() if _is_web(pid)]
            peak[1] = max(peak[1], sum(web))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _tree(root: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    below: dict[int, list[int]] = {}
    for line in listed.splitlines():
        pid, parent = map(int, line.split())
        below.setdefault(parent, []).append(pid)
    found = [root]
    for pid in found:
        found += below.get(pid, [])
    return found


def _memory(pids) -> dict[int, int]:
    """Bytes that each process holds; what several share is shared out among them."""
    found = {}
    for pid in pids:
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            found[pid] = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return found


def _is_web(pid) -> bool:
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"gunicorn" in command or b"pdf_program" in command
    return False

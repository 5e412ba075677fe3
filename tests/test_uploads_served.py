"""Uploads to the real web server: cut off anywhere, on a full disk, killed between file and row. What is left of them
is nothing, or goes with the sweep; and the server goes on."""

import contextlib
import http.client
import io
import json
import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from core.files import ABANDONED, remove_half_written
from core.integrity import verify_files
from core.models import Attachment, Blob
from core.unclaimed import UNCLAIMED, remove_unclaimed
from tests import factories
from tests.cast import make_cast
from tests.compiling import ROOT, database_url, half_written
from tests.servers import PATIENCE, end_group, free_port, wait_until

STEP = 64 * 2**10
TOKEN, MARK = "x" * 32, "a-mark-between-parts"


@pytest.fixture
def serve(transactional_db, data_dir, tmp_path):
    """serve(code=""): gunicorn as the product starts it, on the test's database; `code` is run in it first."""
    started = []

    def start(code=""):
        port, log = free_port(), tmp_path / f"{len(started)}.log"
        env = os.environ | {
            "DATABASE_URL": database_url(),
            "DATA_DIR": str(settings.DATA_DIR),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "WEB_WORKERS": "1",
            "TMPDIR": str(tmp_path / "tmp"),
        }
        (tmp_path / "tmp").mkdir(exist_ok=True)
        arguments = ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
        program = f"{code}\nimport sys\nfrom gunicorn.app.wsgiapp import run; sys.argv = {arguments}; run()"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", program], cwd=ROOT, env=env, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        started.append((process, log))

        def answers():
            with contextlib.suppress(OSError):
                return _ask(port, "GET", "/healthz")[0]

        wait_until(answers, "the web server to answer")
        return port

    yield start
    for process, log in started:
        end_group(process)
        print(log.read_text("utf-8", "replace"))  # pytest shows it where a test fails


@pytest.fixture
def uploading(serve):
    """Somebody who may add proof to an activity: its address, and the headers of a request of theirs."""
    cast = make_cast()
    activity = factories.ActivityFactory(organisation=cast.north)
    client = Client()
    client.force_login(cast.alice, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    return SimpleNamespace(
        address=reverse("core:evidence_add", args=["activities.activity", activity.pk]),
        headers={
            "Cookie": cookies,
            "X-CSRFToken": TOKEN,
            "Accept": "application/json",
            "Content-Type": f"multipart/form-data; boundary={MARK}",
        },
    )


def _photo(megapixels=1.0) -> bytes:
    """A photo of noise, about a megabyte for each megapixel."""
    side, buffer = int((megapixels * 1e6) ** 0.5), io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def _body(content) -> bytes:
    head = f'--{MARK}\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
    return head.encode() + content + f"\r\n--{MARK}--\r\n".encode()


def _ask(port, method, address, body=None, headers=None):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as link:
        link.request(method, address, body, headers or {})
        answer = link.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")


def _cut_off(port, uploading, body, at):
    """Send the first `at` bytes of a request and hang up, then wait until the server has noticed."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in uploading.headers.items())
    head = f"POST {uploading.address} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as link:
        link.sendall(head.encode() + body[:at])
        link.shutdown(socket.SHUT_WR)
        while link.recv(STEP):  # what it answers, until it hangs up too
            pass


def _nothing_is_left():
    wait_until(
        lambda: not half_written(), "the half of an upload to be gone"
    )  # the server may come to it later
    assert not Attachment.objects.exists()
    assert not Blob.objects.exists()
    verdict = verify_files()
    assert (verdict.faults, verdict.orphans) == ([], [])


def test_an_upload_cut_off_anywhere_leaves_nothing_and_the_same_goes_through_again(
    serve, uploading, tmp_path
):
    # Behind the picture stands a film, as some phones write it: what was cut off there is a picture all the same.
    port, content = serve(), _photo() + bytes(STEP * 4)
    body = _body(content)
    assert len(body) > 14 * STEP
    for at in [0, 50, *range(STEP, len(body), STEP), len(body) - 1]:
        _cut_off(port, uploading, body, at)
        _nothing_is_left()
    assert list((tmp_path / "tmp").iterdir()) == []
    status, said = _ask(port, "POST", uploading.address, body, uploading.headers)
    assert (status, said) == (200, '{"notes": []}')
    assert Blob.objects.get().size == len(content)
    assert (verify_files().faults, half_written()) == ([], [])


# In the server: the disk is full after so many bytes of a file, while an upload comes in or while it is stored.
FULL_DISK = """
import config.wsgi, os, resource
from pathlib import Path
from core import evidence, receiving

def limited(name, work):
    def limited(*args, **kwargs):
        where, size = Path(os.environ["TMPDIR"], "plan").read_text().split()
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        if where == name:
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), before[1]))
        try:
            return work(*args, **kwargs)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    return limited

evidence.attach = limited("storing", evidence.attach)
handler = receiving.IncomingFileHandler
for name in ("receive_data_chunk", "file_complete"):
    setattr(handler, name, limited("coming", getattr(handler, name)))
"""


def test_a_full_disk_is_said_and_leaves_nothing(serve, uploading, tmp_path):
    """At each step of writing: as the upload comes in, and as it is stored. The kernel refuses the write."""
    content, port = _photo(4), serve(FULL_DISK)
    assert len(content) > 2.5 * 2**20  # else it comes in through memory
    for where in ("coming", "storing"):
        for most in (0, STEP, len(content) // 2, len(content) - 1):
            (tmp_path / "tmp" / "plan").write_text(f"{where} {most}")
            status, said = _ask(port, "POST", uploading.address, _body(content), uploading.headers)
            assert (status, "磁盘空间不足" in json.loads(said)["error"]) == (507, True), said[:500]
            _nothing_is_left()
    (tmp_path / "tmp" / "plan").write_text("nowhere 0")
    assert _ask(port, "POST", uploading.address, _body(content), uploading.headers)[0] == 200


def test_a_server_killed_between_file_and_row_leaves_what_the_sweep_clears(serve, uploading):
    code = (
        "import config.wsgi, os, signal\nfrom core import files\n"
        "files._blob = lambda *a: os.killpg(os.getpgrp(), signal.SIGKILL)"
    )
    port = serve(code)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        _ask(port, "POST", uploading.address, _body(_photo(4)), uploading.headers)
    assert not Blob.objects.exists()
    left = verify_files().orphans
    assert {str(path).startswith("incoming/") for path in left} == {True, False}  # the upload, and the file
    assert remove_half_written(timezone.now() + ABANDONED * 1.1) == 1
    assert remove_unclaimed(timezone.now() + UNCLAIMED * 1.1) == (0, 1)
    _nothing_is_left()
    status, _ = _ask(serve(), "POST", uploading.address, _body(_photo()), uploading.headers)
    assert status == 200

"""The virus scanner: asked by clamd's protocol over a real socket; no answer is no permission."""

import io
import socketserver
import threading

import pytest
from django.core.exceptions import ValidationError

from core.files import accept
from core.models import Blob
from tests import uploads

pytestmark = pytest.mark.django_db


class _Clamd(socketserver.StreamRequestHandler):
    """Speaks INSTREAM: finds a virus in what holds the word."""

    def handle(self):
        if self.rfile.read(10) != b"zINSTREAM\0":
            return
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
        self.server.seen.append(content)
        found = b"stream: Test-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"
        self.wfile.write(self.server.broken or found)


@pytest.fixture(params=["tcp", "unix"])
def clamd(request, tmp_path, settings):
    """A scanner on a port or a path."""
    if request.param == "tcp":
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Clamd)
        settings.CLAMD_SOCKET = f"127.0.0.1:{server.server_address[1]}"
    else:
        settings.CLAMD_SOCKET = str(tmp_path / "clamd.ctl")
        server = socketserver.ThreadingUnixStreamServer(settings.CLAMD_SOCKET, _Clamd)
    server.seen, server.broken = [], b""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_clean_file_is_seen_whole_and_stored(clamd, data_dir):
    content = uploads.photo() + b"0" * 200_000
    assert accept(io.BytesIO(content), "a.jpg").size == len(content)
    assert clamd.seen == [content]


def test_what_the_scanner_finds_is_refused(clamd, data_dir):
    with pytest.raises(ValidationError, match="没有通过"):
        accept(io.BytesIO(uploads.photo() + b"EICAR"), "a.jpg")
    assert not Blob.objects.exists()


def test_an_answer_that_is_none_refuses(clamd, data_dir):
    clamd.broken = b"INSTREAM size limit exceeded. ERROR\0"
    with pytest.raises(ValidationError, match="暂时不可用"):
        accept(io.BytesIO(uploads.photo()), "a.jpg")
    assert not Blob.objects.exists()


def test_a_scanner_that_cannot_be_reached_refuses(data_dir, settings, tmp_path):
    for address in (str(tmp_path / "nobody"), "127.0.0.1:1"):
        settings.CLAMD_SOCKET = address
        with pytest.raises(ValidationError, match="暂时不可用"):
            accept(io.BytesIO(uploads.photo()), "a.jpg")
    assert not Blob.objects.exists()

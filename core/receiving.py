"""How uploads come in: whole or not at all, and beside the files they become.

They are not written to the machine's /tmp, which may be small, or memory. What a killed process leaves is swept
(core/files.py).
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager, suppress

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from core.files import incoming_directory


class IncomingFile(TemporaryUploadedFile):
    """An upload in MEDIA_ROOT/incoming; it is gone when the request is over."""

    def __init__(self, name, content_type, size, charset, content_type_extra=None):
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=incoming_directory())  # noqa: SIM115
        UploadedFile.__init__(self, file, name, content_type, size, charset, content_type_extra)


class IncomingFileHandler(TemporaryFileUploadHandler):
    """Django's, but for the place; what cannot be written to its end is gone at once."""

    def new_file(self, *args, **kwargs):
        """Open a file for what comes next."""
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        self.file = IncomingFile(self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data, start):
        """Write a piece. Raises OSError (disk full …)."""
        with self._gone_if_it_fails():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size):
        """Write what is left; returns the file. Raises OSError."""
        with self._gone_if_it_fails():
            return super().file_complete(file_size)

    @contextmanager
    def _gone_if_it_fails(self):
        try:
            yield
        except OSError:
            with suppress(OSError):  # what it still holds cannot be written either
                self.file.close()
            raise


class WholeBody:
    """The body of a request, as WSGI gives it: where the connection breaks off it says so.

    A web server may end a body that was cut off as it ends any other (gunicorn does), and a file without its end would
    be taken for a whole one. Django makes an UnreadablePostError of it.
    """

    def __init__(self, stream, length: int):
        self._stream, self._left = stream, length

    def read(self, size: int) -> bytes:
        """At most `size` bytes. Raises ConnectionResetError if there are to be more and none come."""
        return self._checked(self._stream.read(size), size)

    def readline(self, size: int) -> bytes:
        """At most `size` bytes of a line. Raises as `read`."""
        return self._checked(self._stream.readline(size), size)

    def _checked(self, data, size):
        self._left -= len(data)
        if size and not data and self._left > 0:
            raise ConnectionResetError(f"{self._left} bytes of the request did not come")
        return data


def whole_bodies(application):
    """A WSGI application that gets the body of a request whole, or an error."""

    def wrapped(environ, start_response):
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdigit():
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return wrapped

"""Where uploads are written while they come in: beside the files they become, never in the machine's /tmp, which may be
small or memory. What a killed process leaves there is swept (core/files.py)."""

from __future__ import annotations

import tempfile

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from core.files import incoming_directory


class IncomingFile(TemporaryUploadedFile):
    """An upload in MEDIA_ROOT/incoming; it is gone when the request is over."""

    def __init__(self, name, content_type, size, charset, content_type_extra=None):
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=incoming_directory())  # noqa: SIM115
        UploadedFile.__init__(self, file, name, content_type, size, charset, content_type_extra)


class IncomingFileHandler(TemporaryFileUploadHandler):
    """Django's, but for the place."""

    def new_file(self, *args, **kwargs):
        """Open a file for what comes next."""
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        self.file = IncomingFile(self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

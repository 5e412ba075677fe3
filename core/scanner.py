"""An optional virus scanner: clamd, asked over its socket (CLAMD_SOCKET) before a file is stored.

The protocol is clamd(8), INSTREAM: chunks, each after its length in four bytes, an empty one at the end; one line comes
back. What cannot be asked refuses the file: no answer is not a good answer.
"""

from __future__ import annotations

import logging
import socket

from django.conf import settings
from django.core.exceptions import ValidationError

logger = logging.getLogger(__name__)
_CHUNK = 1 << 16
_TIMEOUT = 60  # seconds for each step; a scan of a large archive takes some


def scan(file) -> None:
    """Have a binary stream looked at from its start, where a scanner is set up.

    Raises ValidationError if something was found, or if the scanner does not answer.
    """
    if not settings.CLAMD_SOCKET:
        return
    try:
        answer = _ask(file)
    except OSError as error:
        logger.error("the virus scanner at %s cannot be asked: %s", settings.CLAMD_SOCKET, error)
        answer = ""
    if answer.endswith("FOUND"):
        logger.warning("a file was refused by the virus scanner: %s", answer)
        raise ValidationError("病毒扫描没有通过，这个文件不能上传。请在自己的电脑上查杀病毒，再换一份上传")
    if answer != "stream: OK":
        raise ValidationError("病毒扫描暂时不可用，文件没有保存。请稍后再上传；一直不行请告诉管理员")


def _ask(file) -> str:
    file.seek(0)
    with _connected() as connection:
        connection.sendall(b"zINSTREAM\0")
        while chunk := file.read(_CHUNK):
            connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
        connection.sendall(bytes(4))
        with connection.makefile("rb") as answer:
            return answer.read(1000).decode(errors="replace").strip("\0\n ")


def _connected() -> socket.socket:
    """CLAMD_SOCKET is a path, or host:port."""
    host, colon, port = settings.CLAMD_SOCKET.rpartition(":")
    if colon and port.isdigit():
        return socket.create_connection((host.strip("[]"), int(port)), timeout=_TIMEOUT)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_TIMEOUT)
    try:
        connection.connect(settings.CLAMD_SOCKET)
    except OSError:
        connection.close()
        raise
    return connection

"""A workbook between its preview and its confirmation: kept on the server, for one person, one branch, one hour.

The page's address carries a signed token that says which file it is, whose, for which branch, and its digest; so there
is no table to clean up, and a file that was exchanged on the disk is not imported.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing

_SALT = "exchange.uploads"
LIFETIME = 3600


class Gone(Exception):
    """The hour is over, or the file is used up."""


@dataclass(frozen=True)
class Upload:
    """A kept workbook."""

    path: Path
    name: str
    organisation_id: int
    data: bytes


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "imports"


def keep(data: bytes, name: str, *, organisation, user) -> str:
    """Keep a file and return the token for its preview. Files left from earlier previews are removed."""
    remove_old()
    stem = uuid.uuid4().hex
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    (_folder() / stem).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    return signing.dumps([stem, digest, organisation.pk, user.pk, name[:120]], salt=_SALT, compress=True)


def find(token: str, *, user) -> Upload:
    """The kept file of a token. Raises Gone, BadSignature for a token that is not ours or not this user's."""
    try:
        stem, digest, organisation_id, owner, name = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except signing.SignatureExpired as error:
        raise Gone from error
    if owner != user.pk:
        raise signing.BadSignature("another user's")
    path = _folder() / stem
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise Gone from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise Gone
    return Upload(path, name, organisation_id, data)


def remove(upload: Upload) -> None:
    """Forget a file: it was imported, or given up."""
    upload.path.unlink(missing_ok=True)


def remove_old() -> None:
    """Forget the files whose hour is over."""
    for path in _folder().glob("*"):
        try:
            if path.stat().st_mtime < time.time() - LIFETIME:
                path.unlink()
        except FileNotFoundError:  # another process was faster
            continue

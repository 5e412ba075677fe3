"""Files: stored once by their content, attached to records as proof.

The bytes come first, the row last: a file is written under a temporary name, synced and renamed to its SHA-256, and
only then is there a Blob that speaks of it. A crash leaves at most a file that nothing names, never a row without
bytes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import io
import os
import re
import shutil
import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from core.db import lock, through_restart
from core.intake import examine
from core.models import Attachment, Blob, Change
from core.records import difference, log_record
from core.scanner import scan
from core.text import tidy

ABANDONED = dt.timedelta(hours=1)  # longer than any task or request may take
EDITABLE = ("kind", "taken_on", "caption", "place", "shows_minors", "has_consent")  # as a form shows them
_CHUNK = 1 << 20
_INCOMING = "incoming"
COPIES = (
    "copies"  # below MEDIA_ROOT; what lies there is made by core/pictures.py and may be deleted at any time
)
# What does not show in a name and turns it around or hides part of it.
_INVISIBLE = re.compile("[\x00-\x1f\x7f\x80-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


# ---------------------------------------------------------------- bytes
def blob_path(sha256: str) -> Path:
    """Where the bytes of this SHA-256 lie: MEDIA_ROOT/ab/abcdef…"""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def store_file(source, media_type: str) -> Blob:
    """Store bytes, or what a binary stream holds from its start, once by content.

    Raises OSError (disk full …); then nothing is left behind.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    stream.seek(0)
    return store_written(lambda file: shutil.copyfileobj(stream, file, _CHUNK), media_type)


def store_written(write, media_type: str) -> Blob:
    """Store what `write` writes into the open binary file it is given (it may seek), once by content.

    Raises OSError (disk full …), and whatever `write` raises; then nothing is left behind.
    """
    incoming = incoming_directory() / uuid.uuid4().hex
    try:
        with open(incoming, "x+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        path = blob_path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        incoming.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        os.replace(incoming, path)  # the same bytes again: mends a file that was lost or damaged
        _sync_directory(path.parent)
    finally:
        incoming.unlink(missing_ok=True)
    return _blob(digest, size, media_type)


@through_restart
def _blob(sha256, size, media_type) -> Blob:
    blob, is_new = Blob.objects.get_or_create(
        sha256=sha256, defaults={"size": size, "media_type": media_type}
    )
    # Stored again is claimed again (core/unclaimed.py), unless the row was removed at this very moment.
    if is_new or Blob.objects.filter(pk=blob.pk).update(created_at=timezone.now()):
        return blob
    return _blob(sha256, size, media_type)


def incoming_directory() -> Path:
    """Where files are written before they are whole, and the worker's temporary ones: MEDIA_ROOT/incoming."""
    directory = Path(settings.MEDIA_ROOT) / _INCOMING
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def remove_half_written(now: dt.datetime | None = None) -> int:
    """Remove what writers that died left in MEDIA_ROOT/incoming: files nobody has written to for ABANDONED, and
    directories. Returns how many."""
    oldest = ((now or timezone.now()) - ABANDONED).timestamp()
    removed = 0
    for path in incoming_directory().iterdir():
        with contextlib.suppress(FileNotFoundError):  # its writer has finished it
            if path.stat().st_mtime < oldest:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                removed += 1
    return removed


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_is_full(error) -> bool:
    """The disk, a quota or a limit on the size of files; of our files, or of the database's."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    # SQLite's words, and PostgreSQL's code for disk_full.
    return isinstance(error, DatabaseError) and (
        "disk is full" in str(error) or getattr(error.__cause__, "pgcode", "") == "53100"
    )


def open_file(sha256: str):
    """The bytes of a stored file as a binary stream. Raises FileNotFoundError if they are gone from the disk."""
    return open(blob_path(sha256), "rb")


def open_blob(blob: Blob):
    """The bytes of a blob as a binary stream. Raises FileNotFoundError if they are gone from the disk."""
    return open_file(blob.sha256)


def accept(file, name: str) -> Blob:
    """Store an upload (a binary stream) which belongs to no record yet, once it has been examined and scanned.

    Raises ValidationError with a sentence for the reader; OSError (disk full …).
    """
    media_type = examine(file, clean_name(name))
    scan(file)
    return store_file(file, media_type)


# ---------------------------------------------------------------- proof of a record
def attachments_of(record):
    """The live attachments of a record, in order, with their blobs."""
    return attached_to(record).filter(deleted_at__isnull=True)


def attached_to(record):
    """All attachments a record ever had, in order, with their blobs: those in the trash, too."""
    return (
        Attachment.objects.filter(content_type=ContentType.objects.get_for_model(record), object_id=record.pk)
        .select_related("blob")
        .order_by("position", "pk")
    )


def attach(
    record,
    file,
    kind: str,
    name: str,
    *,
    caption: str = "",
    taken_on=None,
    place: str = "",
    shows_minors: bool = False,
    has_consent: bool = False,
    by,
) -> Attachment:
    """Attach a file (a binary stream, such as an upload) to a saved record as its proof.

    Arguments: kind, an Attachment.Kind; name, the file's own; taken_on, a PartialDate or text; place, where a photo
    was taken; shows_minors and has_consent, whether children are on it and their guardians agreed. Raises
    ValidationError with a sentence for the reader: not a file we take (core/intake.py), already there.
    """
    name = clean_name(name)
    said = {
        "caption": caption,
        "taken_on": taken_on,
        "place": place,
        "shows_minors": shows_minors,
        "has_consent": has_consent,
    }
    return attach_blob(record, accept(file, name), kind, name, **said, by=by)


def attach_blob(record, blob: Blob, kind: str, name: str, *, by, **said) -> Attachment:
    """Attach what `accept` has stored to a saved record as its proof. Arguments and errors as for `attach`."""
    with transaction.atomic():
        attachment = Attachment(
            organisation=record.organisation,
            content_type=ContentType.objects.get_for_model(record),
            object_id=record.pk,
            blob=blob,
            kind=kind,
            name=name,
            position=attachments_of(record).count() + 1,
            created_by=by,
        )
        for field, value in said.items():
            setattr(attachment, field, value)
        attachment.full_clean()
        _save(attachment)
        _log(attachment, Change.Verb.ATTACH, "", name, by)
    return attachment


def edit_attachment(attachment: Attachment, *, by, **fields) -> Attachment:
    """Change what is said about an attachment. Arguments: fields, those of EDITABLE. Raises ValidationError."""
    with transaction.atomic():
        current = lock(Attachment.objects.filter(pk=attachment.pk)).get()
        before = _told(current)
        for name in fields.keys() & set(EDITABLE):
            setattr(current, name, fields[name])
        current.full_clean()
        if changes := difference(before, _told(current)):
            current.save()
            about = {f"“{current.name}”的{name}": change for name, change in changes.items()}
            log_record(Change.Verb.EVIDENCE, current.record, by=by, changes=about)
    return current


def _told(attachment) -> dict[str, str]:
    """What a person can say about an attachment, as the history tells it."""
    told = {
        "种类": attachment.get_kind_display(),
        "说明": attachment.caption,
        "佐证日期": str(attachment.taken_on or ""),
        "拍摄地点": attachment.place,
        "有未成年人": "是" if attachment.shows_minors else "",
        "监护人同意": "是" if attachment.has_consent else "",
    }
    return {name: text for name, text in told.items() if text}


def move_attachment(attachment: Attachment, step: int, *, by) -> None:
    """Put an attachment one place further to the front (step -1) or back (1) among the files of its record: reports
    print the first photos. At its end of the row it stays where it is."""
    with transaction.atomic():
        record = attachment.record
        row = list(lock(attachments_of(record).select_related(None)))
        here = row.index(attachment) if attachment in row else -1
        there = here + step
        if here < 0 or not 0 <= there < len(row):
            return
        row[here], row[there] = row[there], row[here]
        for position, moved in enumerate(row, start=1):
            if moved.position != position:
                Attachment.objects.filter(pk=moved.pk).update(position=position)
        about = {f"“{attachment.name}”的顺序": [f"第 {here + 1} 个", f"第 {there + 1} 个"]}
        log_record(Change.Verb.EVIDENCE, record, by=by, changes=about)


def detach(attachment: Attachment, *, by) -> None:
    """Put an attachment into the trash: the record loses it, the bytes stay. Twice is once."""
    with transaction.atomic():
        if Attachment.objects.filter(pk=attachment.pk, deleted_at__isnull=True).update(
            deleted_at=timezone.now()
        ):
            _log(attachment, Change.Verb.EVIDENCE, attachment.name, "", by)


def reattach(attachment: Attachment, *, by) -> None:
    """Bring an attachment back from the trash. Raises ValidationError if the same file was attached again meanwhile."""
    with transaction.atomic():
        attachment.deleted_at = None
        attachment.validate_constraints()
        if Attachment.objects.filter(pk=attachment.pk, deleted_at__isnull=False).update(deleted_at=None):
            _log(attachment, Change.Verb.ATTACH, "", attachment.name, by)


def _save(attachment):
    try:
        with transaction.atomic():
            attachment.save(force_insert=True)
    except IntegrityError as error:  # two people at the same moment: the constraint decides
        raise ValidationError("这份文件已经在这条记录下了") from error


def _log(attachment, verb, before, after, by):
    record = attachment.record
    log_record(verb, record, by=by, changes={"佐证": [before, after]})


def clean_name(name: str) -> str:
    """A file's own name without a path and without what does not show, at most 160 characters, its ending kept."""
    name = tidy(_INVISIBLE.sub("", re.split(r"[/\\]", name)[-1])).strip(". ") or "文件"
    stem, dot, ending = name.rpartition(".")
    if len(name) > 160 and dot and len(ending) <= 10:
        return f"{stem[: 159 - len(ending)]}.{ending}"
    return name[:160]

"""`manage.py backup`: database and files of one moment in one archive, readable by either database.

The archive is a ZIP: `tables/<app.model>.jsonl`, `files/<sha256>`, and last `manifest.json`, which says what belongs in
it. The tables are read inside one snapshot while others go on writing. Files are copied after it: they never change,
they are named by their content, and the bytes are there before the row that speaks of them.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from core.db import snapshot
from core.files import blob_path
from core.integrity import fault_of
from core.models import Blob, Seal
from exchange.dump import Names, Table, tables

FORMAT = 1
MANIFEST = "manifest.json"
_CHUNK = 1 << 20


def backup(target: Path) -> dict:
    """Write the archive and return its manifest; an older file of that name stays until the new one is complete.

    A file that is missing or damaged does not stop it: the manifest lists it under `faults`. Raises OSError
    (disk full, no such directory …); then nothing is left behind.
    """
    target = Path(target).absolute()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)  # mode 0600
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                manifest = _write(archive)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
        directory = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def table_part(label: str) -> str:
    """Where a table lies in the archive."""
    return f"tables/{label}.jsonl"


def file_part(sha256: str) -> str:
    """Where a file lies in the archive."""
    return f"files/{sha256}"


def applied_migrations() -> dict[str, list[str]]:
    """The migrations this database has seen, by app: the shape of its tables."""
    labels = {table.model._meta.app_label for table in tables()}
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        if app in labels:
            found.setdefault(app, []).append(name)
    return found


def _write(archive: zipfile.ZipFile) -> dict:
    with snapshot():
        manifest = {
            "format": FORMAT,
            "created_at": timezone.localtime().isoformat(timespec="seconds"),
            "database": connection.vendor,
            "migrations": applied_migrations(),
            "history_head": Seal.objects.order_by("-id").values_list("digest", flat=True).first() or "",
        }
        names = Names()
        manifest["tables"] = {table.label: _write_table(archive, table, names) for table in tables()}
        blobs = list(Blob.objects.order_by("pk").values_list("sha256", "size"))
    manifest["files"], manifest["faults"] = {}, {}
    for sha256, size in blobs:
        if fault := fault_of(sha256, size):
            manifest["faults"][sha256] = fault
        else:
            _write_file(archive, sha256)
            manifest["files"][sha256] = size
    archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return manifest


def _write_table(archive, table: Table, names: Names) -> dict:
    digest, size, rows = hashlib.sha256(), 0, 0
    with archive.open(table_part(table.label), "w", force_zip64=True) as part:
        for line in table.lines(names):
            part.write(line)
            digest.update(line)
            size += len(line)
            rows += 1
    return {"columns": table.columns, "rows": rows, "size": size, "sha256": digest.hexdigest()}


def _write_file(archive, sha256: str) -> None:
    part = zipfile.ZipInfo(file_part(sha256), timezone.localtime().timetuple()[:6])
    part.compress_type = zipfile.ZIP_STORED  # photos and PDF do not get smaller
    with open(blob_path(sha256), "rb") as file, archive.open(part, "w", force_zip64=True) as to:
        while chunk := file.read(_CHUNK):
            to.write(chunk)

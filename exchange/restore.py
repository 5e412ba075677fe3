"""`manage.py restore`: an archive of `manage.py backup` into an empty installation, all or nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from core.files import blob_path
from exchange.backup import FORMAT, MANIFEST, applied_migrations, file_part, table_part
from exchange.dump import Names, tables

_CHUNK = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


class RestoreError(Exception):
    """Why nothing was restored: a sentence for the operator."""


def restore(source: Path) -> dict:
    """Restore the archive and return its manifest. Raises RestoreError; then nothing was written.

    The whole archive is read and compared with its manifest before the first row is written; files come next,
    under the names of their content, and the tables last, in one transaction.
    """
    with _opened(source) as archive:
        manifest = _manifest(archive)
        _same_shape(manifest)
        _is_empty()
        _as_told(archive, manifest)
        with _files(archive, manifest):
            try:
                with transaction.atomic():
                    _is_empty()
                    _load(archive, manifest)
            except (DatabaseError, KeyError, ValueError, TypeError) as error:
                reason = str(error).strip().split("\n")[0][:300]
                raise RestoreError(f"备份里的数据放不进这个数据库，没有写入任何内容：{reason}") from error
    return manifest


# ---------------------------------------------------------------- before anything is written
@contextlib.contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever a damaged one raises, at whatever moment, becomes one sentence."""
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except FileNotFoundError as error:
        if error.filename != str(source):
            raise
        raise RestoreError(f"没有这个文件：{source}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise RestoreError(f"备份文件已损坏或不完整，没有写入任何内容（{error}）") from error


def _manifest(archive: zipfile.ZipFile) -> dict:
    """What the archive says of itself, if it holds just that."""
    names = archive.namelist()
    try:
        manifest = json.loads(archive.read(MANIFEST))
        if manifest["format"] != FORMAT:
            raise RestoreError(f"不认识的备份格式 {manifest['format']}；请用做这份备份的版本或更新的版本恢复")
        told = {MANIFEST, *map(table_part, manifest["tables"]), *map(file_part, manifest["files"])}
        numbers = [part[name] for part in manifest["tables"].values() for name in ("rows", "size")]
        sizes = [*numbers, *manifest["files"].values()]
        plausible = all(type(size) is int and size >= 0 for size in sizes) and isinstance(
            manifest["migrations"], dict
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise RestoreError("这不是本系统的备份，或目录已损坏；没有写入任何内容") from error
    strange = sorted(set(names) ^ told) or [name for name in manifest["files"] if not _SHA256.fullmatch(name)]
    if strange or len(names) != len(told) or not plausible:
        named = f"：{'、'.join(strange[:3])}" if strange else ""
        raise RestoreError(f"备份里的内容与它的目录不符，没有写入任何内容{named}")
    return manifest


def _same_shape(manifest: dict) -> None:
    """The tables here are those of the archive: same version, all migrations applied."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RestoreError("数据库还没有准备好；请先运行 manage.py prepare")
    here, there = applied_migrations(), manifest["migrations"]
    for app in sorted(here.keys() | there.keys()):
        if here.get(app) != there.get(app):
            last, wanted = (found.get(app, ["无"])[-1] for found in (here, there))
            raise RestoreError(
                f"备份来自另一个版本（{app}：备份为 {wanted}，这里为 {last}）；"
                "请先装好做备份时的版本，恢复后再升级"
            )
    columns = {table.label: table.columns for table in tables()}
    if columns != {label: part.get("columns") for label, part in manifest["tables"].items()}:
        raise RestoreError("备份里的数据表与这个版本不同；请先装好做备份时的版本，恢复后再升级")


def _is_empty() -> None:
    """Nobody has worked here yet: no account, no record; only the built-in vocabularies."""
    for table in tables():
        if count := table.strangers().count():
            name = table.model._meta.verbose_name
            raise RestoreError(
                f"这里已经有数据（{name} {count} 条）；只能恢复到新装的、空的系统，没有写入任何内容"
            )


def _as_told(archive: zipfile.ZipFile, manifest: dict) -> None:
    """Every part has the size and the SHA-256 that the manifest (for files: the name) says."""
    parts = [(table_part(label), part["size"], part["sha256"]) for label, part in manifest["tables"].items()]
    parts += [(file_part(sha256), size, sha256) for sha256, size in manifest["files"].items()]
    for name, size, sha256 in parts:
        if archive.getinfo(name).file_size != size or _digest(archive, name) != sha256:
            raise RestoreError(f"备份里的 {name} 已损坏，没有写入任何内容")


def _digest(archive, name) -> str:
    with archive.open(name) as part:
        return hashlib.file_digest(part, "sha256").hexdigest()


# ---------------------------------------------------------------- writing
@contextlib.contextmanager
def _files(archive: zipfile.ZipFile, manifest: dict):
    """The files of the archive in their places; gone again if what follows fails."""
    written = []
    try:
        for sha256 in manifest["files"]:
            path = blob_path(sha256)
            if not path.exists():
                written.append(path)
            _put(archive, file_part(sha256), path)
        yield
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _put(archive, name: str, path: Path) -> None:
    """Copy one part to its place: temporary name, synced, renamed."""
    incoming = Path(settings.MEDIA_ROOT) / "incoming" / uuid.uuid4().hex
    incoming.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(name) as part, open(incoming, "xb") as file:
            while chunk := part.read(_CHUNK):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        incoming.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        os.replace(incoming, path)
    finally:
        incoming.unlink(missing_ok=True)


def _load(archive: zipfile.ZipFile, manifest: dict) -> None:
    """All rows, inside the caller's transaction; the database looks at foreign keys when it ends."""
    names, found = Names(), tables()
    for table in found:
        table.rows()._raw_delete(connection.alias)  # the built-in kinds: the archive has its own
    for table in found:
        part = manifest["tables"][table.label]
        with archive.open(table_part(table.label)) as lines:
            table.insert(lines, names)
        if (count := table.rows().count()) != part["rows"]:
            raise ValueError(f"{table.label}: {count} rows instead of {part['rows']}")
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in found]):
            cursor.execute(statement)

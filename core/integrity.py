"""Is each stored file still there, byte for byte? Its name is the SHA-256 of what it must hold."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from core.files import COPIES, blob_path
from core.models import Blob

_CHUNK = 1 << 20


def fault_of(sha256: str, size: int) -> str:
    """What is wrong with the bytes of one file, as words for the operator; empty if nothing is."""
    digest, found = hashlib.sha256(), 0
    try:
        with open(blob_path(sha256), "rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                found += len(chunk)
    except FileNotFoundError:
        return "不见了"
    except OSError as error:
        return f"读不出来（{error.strerror}）"
    if found != size:
        return f"大小不对：应为 {size} 字节，实为 {found} 字节"
    return "" if digest.hexdigest() == sha256 else "内容被改动过"


@dataclass
class FileVerdict:
    """What a check of all files found.

    faults: (sha256, what is wrong); orphans: files below MEDIA_ROOT that no row speaks of, which do no harm: an upload
    under way, or one that was broken off.
    """

    files: int = 0
    size: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)
    orphans: list[Path] = field(default_factory=list)


def verify_files() -> FileVerdict:
    """Read every file the database speaks of, and list those it does not."""
    verdict, known = FileVerdict(), set()
    for sha256, size in Blob.objects.order_by("pk").values_list("sha256", "size").iterator():
        known.add(sha256)
        verdict.files += 1
        verdict.size += size
        if fault := fault_of(sha256, size):
            verdict.faults.append((sha256, fault))
    root = Path(settings.MEDIA_ROOT)
    for directory, below, names in os.walk(root):
        if directory == str(root) and COPIES in below:
            below.remove(COPIES)
        for name in names:
            path = Path(directory, name)
            if name not in known or path != blob_path(name):
                verdict.orphans.append(path.relative_to(root))
    verdict.orphans.sort()
    return verdict

"""Files that nothing speaks of any more: uploads nobody went on with, what a killed writer left.

Rows and bytes go apart, each after a week. An upload of the same bytes may come at any moment: it renews the row
(core/files.py) and puts a fresh file in place, and what is fresh stays.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError
from django.utils import timezone

from core.files import COPIES, blob_path, incoming_directory
from core.models import Blob
from core.registry import named_files

UNCLAIMED = dt.timedelta(days=7)  # longer than anybody leaves a form open, or a restore takes
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


def remove_unclaimed(now: dt.datetime | None = None) -> tuple[int, int]:
    """Remove the rows, and the files without a row, that nobody has claimed for UNCLAIMED. Returns how many of each.

    The bytes of a row go once it is gone, not before.
    """
    oldest = (now or timezone.now()) - UNCLAIMED
    return _remove_rows(oldest), _remove_files(oldest.timestamp())


def _unreferenced(oldest):
    """Rows to which no foreign key leads, from whichever app, also from what is in the trash."""
    found = Blob.objects.filter(created_at__lt=oldest)
    for relation in Blob._meta.related_objects:
        pointing = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        found = found.exclude(Exists(pointing))
    return found


def _remove_rows(oldest) -> int:
    candidates = set(_unreferenced(oldest).values_list("sha256", flat=True))
    candidates -= named_files(candidates) if candidates else set()
    removed = 0
    for sha256 in candidates:
        # Asked again under a lock: it may have been uploaded meanwhile, or claimed at this very moment.
        with contextlib.suppress(ProtectedError), transaction.atomic():
            row = _unreferenced(oldest).select_for_update().filter(sha256=sha256).first()
            if row:
                row.delete()
                removed += 1
    return removed


def _remove_files(oldest: float) -> int:
    removed = 0
    for path in Path(settings.MEDIA_ROOT).glob("??/*"):
        if _DIGEST.match(path.name) and path == blob_path(path.name):
            removed += _remove_file(path, oldest)
    return removed


def _remove_file(path, oldest) -> bool:
    with contextlib.suppress(FileNotFoundError):  # another sweep was quicker
        if path.stat().st_mtime >= oldest or Blob.objects.filter(sha256=path.name).exists():
            return False
        # Out of the way first, looked at again, then removed: an upload may have put a fresh one there.
        taken = incoming_directory() / uuid.uuid4().hex
        os.replace(path, taken)
        if taken.stat().st_mtime >= oldest:
            os.replace(taken, path)
            return False
        taken.unlink()
        for copy in (Path(settings.MEDIA_ROOT) / COPIES / path.parent.name).glob(f"{path.name}-*"):
            copy.unlink(missing_ok=True)
        return True
    return False

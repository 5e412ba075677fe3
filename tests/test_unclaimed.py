"""The sweep of files nobody speaks of: what is named, or fresh, stays; what is not, goes with its bytes."""

import io
import os
import resource
import signal
import subprocess
import sys

import pytest
from django.utils import timezone

from core.files import attach, blob_path, detach, store_file
from core.integrity import verify_files
from core.models import Blob
from core.pictures import copy_of
from core.unclaimed import UNCLAIMED, remove_unclaimed
from tests import uploads
from tests.factories import ActivityFactory, CompilationFactory, ReportFactory

pytestmark = pytest.mark.django_db


def _later():
    return timezone.now() + UNCLAIMED * 1.1


def test_what_nobody_went_on_with_goes_with_its_bytes_and_copies(data_dir, settings):
    blob = store_file(uploads.photo(), "image/jpeg")
    copy_of(blob, "thumb")
    assert remove_unclaimed() == (0, 0)
    assert remove_unclaimed(_later()) == (1, 1)
    assert not Blob.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert remove_unclaimed(_later()) == (0, 0)


def test_what_a_record_its_trash_or_a_report_names_stays(cast, data_dir):
    activity = ActivityFactory(organisation=cast.north)
    attach(activity, io.BytesIO(uploads.photo()), "photo", "a.jpg", by=None)
    detach(attach(activity, io.BytesIO(uploads.pdf()), "notice", "a.pdf", by=None), by=None)
    output, shown, frozen = (store_file(name, "application/pdf") for name in (b"output", b"shown", b"frozen"))
    CompilationFactory(
        report=ReportFactory(organisation=cast.north),
        files={"report.pdf": {"sha256": output.sha256, "size": 6}},
        summary={"photos": [shown.sha256]},
        material={"evidence": [{"sha256": frozen.sha256}]},
    )
    assert remove_unclaimed(_later()) == (0, 0)
    assert verify_files().faults == []


def test_what_is_uploaded_again_is_claimed_again(data_dir):
    blob = store_file(b"again", "application/pdf")
    Blob.objects.update(created_at=timezone.now() - UNCLAIMED * 2)
    assert store_file(b"again", "application/pdf") == blob
    assert remove_unclaimed() == (0, 0)


def test_a_fresh_file_without_its_row_stays(data_dir):
    blob = store_file(b"under way", "application/pdf")
    Blob.objects.all().delete()
    assert remove_unclaimed() == (0, 0)
    assert blob_path(blob.sha256).exists()
    long_ago = (timezone.now() - UNCLAIMED * 1.1).timestamp()
    os.utime(blob_path(blob.sha256), (long_ago, long_ago))
    assert remove_unclaimed() == (0, 1)


def test_a_writer_killed_between_file_and_row_leaves_what_the_sweep_clears(data_dir, settings):
    code = """
import os, signal
import django
django.setup()
from django.db import connection
from core.files import store_file
connection.execute_wrappers.append(lambda *args: os.kill(os.getpid(), signal.SIGKILL))
store_file(b"half a deed", "application/pdf")
"""
    # It never comes to its database; one of its own needs no server.
    own = {"DATABASE_URL": "", "DATA_DIR": str(data_dir), "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | own, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(verify_files().orphans) == 1
    assert remove_unclaimed(_later()) == (0, 1)
    assert verify_files().orphans == []


@pytest.mark.parametrize("blocks", range(1, 5))
def test_a_full_disk_leaves_neither_row_nor_file(data_dir, settings, blocks):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (blocks * 2**16, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            store_file(b"x" * (blocks * 2**16 + 1), "application/pdf")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not Blob.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]

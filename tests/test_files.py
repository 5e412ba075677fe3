"""Files: stored once by content, attached to records, sent through the record's permission."""

import io
import os

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from core.files import (
    ABANDONED,
    attach,
    attachments_of,
    blob_path,
    detach,
    reattach,
    remove_half_written,
    store_file,
)
from core.models import Attachment, Blob, Change
from tests import uploads
from tests.factories import ActivityFactory, OutcomeFactory

PNG = uploads.photo("PNG")
PDF = uploads.pdf()


def _attach(record, content=PDF, name="签到表 (第一期).pdf", kind="sign_in_sheet", by=None):
    return attach(record, io.BytesIO(content), kind, name, by=by)


# ---------------------------------------------------------------- bytes
@pytest.mark.django_db
def test_bytes_are_stored_once_under_their_sha256(data_dir, settings):
    first, second = store_file(PDF, "application/pdf"), store_file(io.BytesIO(PDF), "application/pdf")
    assert first == second
    assert Blob.objects.count() == 1
    path = blob_path(first.sha256)
    assert path == settings.MEDIA_ROOT / first.sha256[:2] / first.sha256
    assert path.read_bytes() == PDF
    assert first.size == len(PDF)
    assert not list((settings.MEDIA_ROOT / "incoming").iterdir())


@pytest.mark.django_db
def test_a_stream_that_breaks_leaves_neither_row_nor_file(data_dir, settings):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("the network is gone")

    with pytest.raises(OSError, match="network"):
        store_file(Broken(PDF), "application/pdf")
    assert not Blob.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_storing_again_mends_a_damaged_file(data_dir):
    blob = store_file(PDF, "application/pdf")
    blob_path(blob.sha256).write_bytes(b"damaged")
    store_file(PDF, "application/pdf")
    assert blob_path(blob.sha256).read_bytes() == PDF


# ---------------------------------------------------------------- proof of a record
@pytest.mark.django_db
def test_attaching_and_detaching_is_in_the_history(cast, data_dir):
    activity = ActivityFactory(organisation=cast.north)
    attachment = _attach(activity, by=cast.alice)
    assert list(attachments_of(activity)) == [attachment]
    detach(attachment, by=cast.alice)
    detach(attachment, by=cast.alice)
    assert not attachments_of(activity)
    reattach(attachment, by=cast.alice)
    assert list(attachments_of(activity)) == [attachment]
    name = "签到表 (第一期).pdf"
    told = [(change.verb, change.changes["佐证"]) for change in Change.objects.about(activity)]
    assert told == [("attach", ["", name]), ("evidence", [name, ""]), ("attach", ["", name])]
    assert blob_path(attachment.blob.sha256).exists()


@pytest.mark.django_db
def test_what_cannot_be_attached_is_refused_with_a_sentence(cast, data_dir, settings):
    activity = ActivityFactory(organisation=cast.north)
    _attach(activity)
    with pytest.raises(ValidationError, match="已经在这条记录下"):
        _attach(activity)
    with pytest.raises(ValidationError, match="空的"):
        _attach(activity, b"")
    settings.UPLOAD_MAX_MB = 0
    with pytest.raises(ValidationError, match="超过上限"):
        _attach(activity, PNG)
    assert attachments_of(activity).count() == 1


@pytest.mark.django_db
def test_a_name_loses_its_path_and_keeps_its_ending(cast, data_dir):
    activity = ActivityFactory(organisation=cast.north)
    assert _attach(activity, name=r"C:\签到\一.pdf").name == "一.pdf"
    long = _attach(activity, PNG, name="长" * 200 + ".png").name
    assert (len(long), long[-4:]) == (160, ".png")


# ---------------------------------------------------------------- sending
def _get(sign_in, person, attachment):
    answer = sign_in(person).get(reverse("core:attachment_download", args=[attachment.pk]))
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


@pytest.mark.django_db
def test_a_file_is_for_those_who_may_see_its_record(cast, sign_in, data_dir):
    ours = _attach(OutcomeFactory(organisation=cast.north))
    answers = {
        name: _get(sign_in, getattr(cast, name), ours).status_code
        for name in ("alice", "diana", "frank", "bob", "charlie", "grace", "eve")
    }
    assert answers == {
        "alice": 200,
        "diana": 200,
        "frank": 200,
        "bob": 404,
        "charlie": 404,
        "grace": 404,
        "eve": 302,
    }
    detach(ours, by=cast.alice)
    assert _get(sign_in, cast.alice, ours).status_code == 404


@pytest.mark.django_db
def test_a_file_never_becomes_a_page_of_ours(cast, sign_in, data_dir):
    activity = ActivityFactory(organisation=cast.north)
    answer = _get(sign_in, cast.alice, _attach(activity))
    assert answer.body == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%AD%BE")
    picture = _get(sign_in, cast.alice, _attach(activity, PNG, "照片.png", "photo"))
    assert picture["Content-Disposition"].startswith("inline")


@pytest.mark.django_db
def test_downloads_are_in_the_history_but_pictures_on_a_page_are_not(cast, sign_in, data_dir):
    activity = ActivityFactory(organisation=cast.north)
    for attachment in (_attach(activity), _attach(activity, PNG, "照片.png", Attachment.Kind.PHOTO)):
        _get(sign_in, cast.alice, attachment)
    [change] = Change.objects.filter(verb=Change.Verb.DOWNLOAD)
    assert (change.actor, change.object_id, change.changes) == (
        cast.alice,
        activity.pk,
        {"文件": ["", "签到表 (第一期).pdf"]},
    )


@pytest.mark.django_db
def test_nginx_sends_the_file_where_it_stands_in_front(cast, sign_in, data_dir, settings):
    settings.X_ACCEL_PREFIX = "/internal-files/"
    attachment = _attach(ActivityFactory(organisation=cast.north))
    answer = _get(sign_in, cast.alice, attachment)
    sha256 = attachment.blob.sha256
    assert (answer["X-Accel-Redirect"], answer.content) == (f"/internal-files/{sha256[:2]}/{sha256}", b"")


@pytest.mark.django_db
def test_bytes_that_are_gone_are_not_found(cast, sign_in, data_dir):
    attachment = _attach(ActivityFactory(organisation=cast.north))
    blob_path(attachment.blob.sha256).unlink()
    assert _get(sign_in, cast.alice, attachment).status_code == 404


def test_what_a_dead_writer_left_is_removed_and_nothing_else(settings, data_dir):
    incoming = settings.MEDIA_ROOT / "incoming"
    incoming.mkdir()
    for name in ("dead", "alive"):
        (incoming / name).write_bytes(b"half")
    (incoming / "directory").mkdir()
    (incoming / "directory" / "file").write_bytes(b"half")
    long_ago = (timezone.now() - ABANDONED * 1.1).timestamp()
    for name in ("dead", "directory"):
        os.utime(incoming / name, (long_ago, long_ago))
    assert remove_half_written() == 2
    assert [path.name for path in incoming.iterdir()] == ["alive"]
    assert remove_half_written(timezone.now() + ABANDONED * 1.1) == 1
    assert remove_half_written() == 0

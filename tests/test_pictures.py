"""Pictures on the pages: copies with nothing in them but what is seen, and through the record's permission."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from core.files import attach, blob_path, store_file
from core.integrity import verify_files
from core.models import Change
from core.pictures import NoPicture, copy_of
from tests import uploads
from tests.factories import ActivityFactory

pytestmark = pytest.mark.django_db


def _attach(record, content, name="照片.jpg", kind="photo", by=None):
    return attach(record, io.BytesIO(content), kind, name, by=by)


def _get(client, attachment, view="attachment_picture", headers=None, **query):
    answer = client.get(reverse(f"core:{view}", args=[attachment.pk]), query, headers=headers)
    answer.body = answer.getvalue()
    return answer


@pytest.fixture
def activity(cast, data_dir):
    return ActivityFactory(organisation=cast.north)


# ---------------------------------------------------------------- the copy
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_copy_is_upright_and_says_nothing_of_place_or_device(activity, form):
    endings = {"JPEG": "jpg", "HEIF": "heic"}
    name = f"a.{endings.get(form, form.lower())}"
    blob = _attach(activity, uploads.phone_photo(form), name).blob
    content = copy_of(blob, "thumb").read_bytes()
    assert b"Secret" not in content
    assert b"Exif" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size, len(image.getexif())) == ("JPEG", (40, 80), 0)
        red, blue = image.convert("RGB").getpixel((20, 10)), image.convert("RGB").getpixel((20, 70))
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]


def test_what_stands_behind_the_end_of_a_picture_is_not_in_its_copy(activity):
    blob = _attach(activity, uploads.photo() + b"<script>alert(1)</script>").blob
    assert b"script" not in copy_of(blob, "page").read_bytes()


def test_a_copy_has_its_size_and_is_made_again_when_it_was_deleted(activity):
    blob = _attach(activity, uploads.photo(size=(3000, 1500))).blob
    for size, expected in (("thumb", (480, 240)), ("page", (2000, 1000))):
        path = copy_of(blob, size)
        with Image.open(path) as image:
            assert image.size == expected
        made = path.read_bytes()
        path.unlink()
        assert copy_of(blob, size).read_bytes() == made


def test_a_page_of_a_pdf_has_a_picture(activity):
    blob = _attach(activity, uploads.pdf(2), "a.pdf").blob
    with Image.open(copy_of(blob, "thumb", 2)) as image:
        assert image.size == (320, 480)
    for page in (0, 3):
        with pytest.raises(NoPicture):
            copy_of(blob, "thumb", page)


def test_what_has_no_picture_says_so(activity):
    for blob in (
        _attach(activity, uploads.docx(), "a.docx").blob,
        store_file(b"no picture", "image/jpeg"),
    ):
        with pytest.raises(NoPicture):
            copy_of(blob, "thumb")


def test_copies_are_no_orphans(activity):
    copy_of(_attach(activity, uploads.photo()).blob, "thumb")
    assert verify_files().orphans == []


# ---------------------------------------------------------------- sending
def test_the_picture_is_a_page_of_nobody_and_for_those_who_see_the_record(cast, sign_in, activity):
    photo = _attach(activity, uploads.phone_photo("HEIF"), "a.heic")
    answer = _get(sign_in(cast.frank), photo, size="page")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Content-Disposition"] == 'inline; filename="a.jpg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert _get(sign_in(cast.charlie), photo).status_code == 404
    for query in ({"size": "huge"}, {"page": "2"}, {"page": "x"}, {"size": "page", "page": "-1"}):
        assert _get(sign_in(cast.frank), photo, **query).status_code == 404


def test_the_original_is_for_who_keeps_the_records_or_uploaded_it(cast, sign_in, activity):
    content = uploads.phone_photo()
    photo = _attach(activity, content, by=cast.bob)
    original = {
        name: _get(sign_in(getattr(cast, name)), photo, "attachment_download").body == content
        for name in ("alice", "bob", "diana", "frank")
    }
    assert original == {"alice": True, "bob": True, "diana": True, "frank": False}
    assert b"Secret" not in _get(sign_in(cast.frank), photo, "attachment_download").body


def test_reading_a_sheet_on_its_page_is_in_the_history_and_a_thumb_is_not(cast, sign_in, activity):
    client = sign_in(cast.frank)
    photo = _attach(activity, uploads.photo())
    sheet = _attach(activity, uploads.photo(colour="tan"), "签到表.jpg", "sign_in_sheet")
    for attachment in (photo, sheet):
        for size in ("thumb", "page"):
            assert _get(client, attachment, size=size).status_code == 200
    [change] = Change.objects.filter(verb=Change.Verb.DOWNLOAD)
    assert change.changes == {"文件": ["", "签到表.jpg"]}


def test_nginx_sends_the_copy_where_it_stands_in_front(cast, sign_in, activity, settings):
    settings.X_ACCEL_PREFIX = "/internal-files/"
    photo = _attach(activity, uploads.photo())
    sha256 = photo.blob.sha256
    answer = _get(sign_in(cast.alice), photo)
    assert answer["X-Accel-Redirect"] == f"/internal-files/copies/{sha256[:2]}/{sha256}-thumb-1.jpg"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=10-", 10, None), ("bytes=-7", -7, None), ("bytes=5-999999", 5, None)],
)
def test_a_range_of_the_original_is_sent(cast, sign_in, activity, asked, start, end):
    content = uploads.photo()
    photo = _attach(activity, content)
    answer = _get(sign_in(cast.alice), photo, "attachment_download", {"Range": asked})
    assert (answer.status_code, answer.body) == (206, content[start:end])
    first = start % len(content)
    assert answer["Content-Range"] == f"bytes {first}-{first + len(answer.body) - 1}/{len(content)}"
    assert answer["Content-Length"] == str(len(answer.body))


def test_a_range_beyond_the_end_is_416_and_what_is_no_range_is_the_whole(cast, sign_in, activity):
    content = uploads.photo()
    photo, client = _attach(activity, content), sign_in(cast.alice)
    for asked in (f"bytes={len(content)}-", "bytes=-0"):
        answer = _get(client, photo, "attachment_download", {"Range": asked})
        assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(content)}")
    for asked in ("bytes=-", "bytes=9-3", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b"):
        answer = _get(client, photo, "attachment_download", {"Range": asked})
        assert (answer.status_code, answer.body, answer["Accept-Ranges"]) == (200, content, "bytes")


def test_no_picture_is_made_of_bytes_that_are_gone(cast, sign_in, activity):
    photo = _attach(activity, uploads.photo())
    blob_path(photo.blob.sha256).unlink()
    assert _get(sign_in(cast.alice), photo).status_code == 404

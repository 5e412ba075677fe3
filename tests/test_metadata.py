"""Pictures without what they say beside themselves: the same pixels, the right way up, nothing else."""

import io
import struct

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from core.metadata import NotParsed, parts, written
from tests import uploads

pytestmark = pytest.mark.pure

KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
SECRETS = (b"Secret", b"GPS", b"http", b"mp42", b"<x:")


def _clean(content, form):
    file = io.BytesIO(content)
    return b"".join(written(file, parts(file, KINDS[form])))


def _talkative(form, orientation=6, **more):
    """A picture that says all it can: EXIF with a place, XMP, comments, a colour profile, a film behind its end."""
    image, buffer = Image.effect_noise((60, 40), 90).convert("RGB"), io.BytesIO()
    tags = Image.Exif()
    tags[0x010F], tags[uploads.ORIENTATION] = "SecretPhone", orientation
    tags.get_ifd(uploads.GPS).update({1: "N", 2: (30.0, 15.0, 7.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if form == "JPEG":
        more |= {"comment": b"Secret comment"}
    if form == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Author", "Secret")
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">http://Secret</x:xmpmeta>'
    image.save(buffer, form, exif=tags, icc_profile=profile, xmp=xmp, **more)
    return buffer.getvalue() + (b"" if form == "WEBP" else b"\0\0\0\x18ftypmp42 Secret film")


@pytest.mark.parametrize("orientation", [1, 3, 6])
@pytest.mark.parametrize(
    ("form", "more"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("JPEG", {"subsampling": 0, "restart_marker_blocks": 1}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_the_same_pixels_upright_in_their_colours_and_nothing_else(form, more, orientation):
    content = _talkative(form, orientation, **more)
    cleaned = _clean(content, form)
    assert not [secret for secret in SECRETS if secret in cleaned]
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(cleaned)) as after:
        assert (after.format, after.size, after.tobytes()) == (form, before.size, before.tobytes())
        assert after.info["icc_profile"] == before.info["icc_profile"]
        assert dict(after.getexif()) == ({uploads.ORIENTATION: orientation} if orientation != 1 else {})
        assert not {"xmp", "comment", "Author"} & after.info.keys()
    assert _clean(content, form) == cleaned
    assert _clean(cleaned, form) == cleaned


@pytest.mark.parametrize("form", KINDS)
def test_a_plain_picture_stays_byte_for_byte(form):
    content = uploads.photo(form)
    assert _clean(_clean(content, form), form) == _clean(content, form)
    with Image.open(io.BytesIO(_clean(content, form))) as image:
        assert image.convert("RGB").getpixel((9, 9)) == Image.open(io.BytesIO(content)).getpixel((9, 9))


def test_the_second_picture_of_a_phone_goes_with_its_place():
    buffer = io.BytesIO()
    first, second = Image.new("RGB", (64, 48), "tan"), Image.new("RGB", (32, 24), "red")
    first.save(buffer, "MPO", save_all=True, append_images=[second], exif=b"Exif\0\0II*\0Secret")
    cleaned = _clean(buffer.getvalue(), "JPEG")
    assert b"MPF" in buffer.getvalue()
    assert b"MPF" not in cleaned
    assert cleaned.count(b"\xff\xd8\xff") == 1
    with Image.open(io.BytesIO(cleaned)) as image:
        assert (image.format, image.size) == ("JPEG", (64, 48))


@pytest.mark.parametrize("form", KINDS)
def test_what_is_cut_off_or_no_such_picture_is_refused_before_anything_is_written(form):
    content = _talkative(form)
    whole = len(content.partition(b"\0\0\0\x18ftyp")[0])
    for end in range(0, whole - 2, 7):
        with pytest.raises(NotParsed):
            parts(io.BytesIO(content[:end]), KINDS[form])
    with pytest.raises(NotParsed):
        parts(io.BytesIO(uploads.pdf()), KINDS[form])


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"II*\0",
        b"XX*\0\x08\0\0\0\x01\0",
        b"II*\0" + struct.pack("<I", 2**32 - 1) + b"\0" * 40,
        b"II*\0" + struct.pack("<IH", 8, 65535) + b"\x12\x01" * 30,
        b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 77, 0, 0),
    ],
)
def test_exif_that_makes_no_sense_says_nothing(exif):
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=b"Exif\0\0" + exif)
    with Image.open(io.BytesIO(_clean(buffer.getvalue(), "JPEG"))) as image:
        assert not image.getexif()

"""What may come in: honest files pass, hostile ones are refused with a sentence or cannot do harm."""

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from core import pdfs
from core.files import accept, clean_name
from core.intake import examine
from core.models import Blob
from tests import uploads

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SCRIPT = b"<html><script>alert(1)</script></html>"


def _examine(content, name):
    return examine(io.BytesIO(content), name)


def _refused(content, name, sentence):
    with pytest.raises(ValidationError, match=sentence) as error:
        _examine(content, name)
    [message] = error.value.messages
    assert "请" in message  # it says what to do


# ---------------------------------------------------------------- honest files
@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (uploads.photo(), "IMG_1.JPG", "image/jpeg"),
        (uploads.photo("PNG"), "截图.png", "image/png"),
        (uploads.photo("WEBP"), "a.webp", "image/webp"),
        (uploads.photo("HEIF"), "IMG_2.HEIC", "image/heic"),
        (uploads.photo("HEIF"), "IMG_2.jpg", "image/heic"),  # as phones rename it
        (uploads.photo("PNG"), "a.jpeg", "image/png"),
        (uploads.pdf(3), "签到表.PDF", "application/pdf"),
        (
            uploads.docx(links=[(uploads.link("hyperlink"), "https://example.edu.cn", "External")]),
            "a.docx",
            WORD,
        ),
    ],
)
def test_what_people_upload_is_taken_as_what_it_is(content, name, expected):
    assert _examine(content, name) == expected


def test_a_pdf_that_may_only_be_read_passes_and_one_that_needs_a_password_does_not():
    locked = pikepdf.Encryption(owner="owner", user="", allow=pikepdf.Permissions(extract=False))
    assert _examine(uploads.pdf(encryption=locked), "a.pdf") == "application/pdf"
    closed = pikepdf.Encryption(owner="owner", user="secret")
    _refused(uploads.pdf(encryption=closed), "a.pdf", "密码")


# ---------------------------------------------------------------- not what it says
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.pdf", "空的"),
        (SCRIPT, "a.html", "不能上传这种文件"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "a.svg", "不能上传这种文件"),
        (b"MZ" + b"\0" * 100, "a.exe", "不能上传这种文件"),
        (uploads.docx(), "a.zip", "不能上传这种文件"),
        (uploads.photo(), "无扩展名", "没有扩展名"),
        (uploads.pdf(), "a.jpg", "图片打不开"),
        (SCRIPT, "a.png", "图片打不开"),
        (uploads.photo("GIF"), "a.png", "图片打不开"),
        (uploads.photo(), "a.pdf", "内容却不是 PDF"),
        (SCRIPT, "a.pdf", "内容却不是 PDF"),
        (uploads.photo(), "a.docx", "内容却不是这种文档"),
        (uploads.docx(), "a.xlsx", "内容却不是这种文档"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(content, name, sentence):
    _refused(content, name, sentence)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.heic", "a.pdf", "a.docx"])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_file_that_was_cut_off_is_refused(name, share):
    noise = Image.effect_noise((200, 150), 80).convert("RGB")
    forms = {"a.jpg": "JPEG", "a.png": "PNG", "a.webp": "WEBP", "a.heic": "HEIF"}
    if name in forms:
        buffer = io.BytesIO()
        noise.save(buffer, forms[name])
        content = buffer.getvalue()
    else:
        content = uploads.pdf(5) if name == "a.pdf" else uploads.docx()
    _refused(content[: int(len(content) * share)], name, "打不开|内容却不是")


@pytest.mark.parametrize("tail", [SCRIPT, uploads.pdf(), uploads.docx(), b"MZ" + b"\0" * 500])
def test_a_picture_with_something_behind_its_end_is_only_a_picture(tail):
    assert _examine(uploads.photo() + tail, "a.jpg") == "image/jpeg"
    _refused(uploads.photo() + tail, "a.html", "不能上传")


def test_words_in_the_data_of_a_picture_are_only_words():
    content = uploads.photo(exif={0x010E: SCRIPT.decode()})
    assert _examine(content, "a.jpg") == "image/jpeg"


# ---------------------------------------------------------------- limits, before anything is decoded
def test_what_is_too_large_is_refused(settings):
    _refused(uploads.huge_png(7_800), "a.png", "6000 万像素")
    _refused(uploads.pdf(201), "a.pdf", "201 页")
    _refused(uploads.docx(more=[(f"{n}.xml", "") for n in range(5001)]), "a.docx", "解开以后太大")
    settings.UPLOAD_MAX_MB = 0
    _refused(uploads.photo(), "a.jpg", "超过上限")


@pytest.mark.parametrize("count", [0, 2000])
def test_a_jpeg_that_is_gone_over_again_and_again_is_refused(count):
    content = uploads.jpeg_of_scans(count)
    if count:
        _refused(content, "a.jpg", "打不开")
    else:
        assert _examine(content, "a.jpg") == "image/jpeg"


def test_a_pdf_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(pdfs, "PATIENCE", 0.01)
    _refused(uploads.pdf(), "a.pdf", "太多")


def _zip_bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as part:
            for _ in range(250):
                part.write(b"\0" * 2**20)
    return buffer.getvalue()


# The largest that are taken, and what is far beyond: with the words of the refusal, or none.
HOSTILE = {
    "a.docx": (_zip_bomb, "解开以后太大"),
    "a.png": (uploads.huge_png, "6000 万像素"),
    "a.jpg": (lambda: uploads.photo(size=(8_900, 6_700)), None),
    "a.webp": (lambda: uploads.photo("WEBP", size=(5_600, 4_200)), None),
    "b.webp": (lambda: uploads.photo("WEBP", size=(6_000, 4_200)), "2400 万像素"),
    **{f"{name}.pdf": bomb for name, bomb in uploads.PDF_BOMBS.items()},
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux says how much memory it took")
def test_the_hostile_set_is_refused_or_harmless_in_less_than_a_gigabyte(tmp_path):
    """What the server and the programs it starts take at most, in a process of its own."""
    for name, (make, _) in HOSTILE.items():
        (tmp_path / name).write_bytes(make())
    code = f"""
import json, resource
from pathlib import Path
from django.conf import settings
settings.configure(UPLOAD_MAX_MB=50, USE_I18N=False)
from django.core.exceptions import ValidationError
from core import pdfs
from core.intake import examine
pdfs.SECONDS = 2
said = {{}}
for path in Path({str(tmp_path)!r}).iterdir():
    try:
        with path.open("rb") as file:
            said[path.name] = [None, examine(file, path.name)]
    except ValidationError as error:
        said[path.name] = error.messages
# Not getrusage for the process itself: what started it counts there, too.
own = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
print(json.dumps([said, own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    said, own, of_programs = json.loads(done.stdout)
    for name, (_, words) in HOSTILE.items():
        sentence = said[name][0]
        assert (sentence is None) == (words is None), (name, said[name])
        assert words is None or (re.search(words, sentence) and "请" in sentence), (name, sentence)
    assert own + of_programs < 2**20
    assert of_programs < pdfs.MEMORY / 1024


# ---------------------------------------------------------------- PDF that acts
def _javascript(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _launch(document):
    document.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))


def _named_script(document):
    action = document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"))
    tree = pikepdf.Dictionary(Names=pikepdf.Array(["x", action]))
    document.Root.Names = pikepdf.Dictionary(JavaScript=tree)


def _carried_file(document):
    document.attachments["virus.exe"] = b"MZ"


@pytest.mark.parametrize("change", [_javascript, _launch, _named_script, _carried_file])
def test_a_pdf_that_acts_or_carries_files_is_refused(change):
    _refused(uploads.pdf(change=change), "a.pdf", "脚本")


# ---------------------------------------------------------------- Office files that act
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (uploads.docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"), "宏"),
        (uploads.docx(more=[("word/vbaProject.bin", b"x")]), "宏"),
        (uploads.docx(links=[(uploads.link("attachedTemplate"), "http://evil/t.dotm", "External")]), "外部"),
        (uploads.docx(links=[(uploads.link("image"), "http://evil/i.png", "External")]), "外部"),
    ],
)
def test_an_office_file_with_macros_or_things_from_elsewhere_is_refused(content, sentence):
    _refused(content, "a.docx", sentence)


def test_entities_in_an_office_file_are_not_resolved():
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">]><Relationships>&a;</Relationships>'
    _refused(uploads.docx(more=[("x.rels", laughs)]), "a.docx", "内容却不是")


# ---------------------------------------------------------------- storing
@pytest.mark.django_db
def test_only_what_was_examined_is_stored(data_dir, settings):
    blob = accept(io.BytesIO(uploads.photo("HEIF")), "IMG.jpg")
    assert blob.media_type == "image/heic"
    with pytest.raises(ValidationError):
        accept(io.BytesIO(SCRIPT), "a.png")
    assert list(Blob.objects.all()) == [blob]
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [blob.sha256]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        (r"C:\照片\一.jpg", "一.jpg"),
        ("a.pdf\0.exe", "a.pdf.exe"),
        ("x\u202egpj.exe", "xgpj.exe"),
        ("..", "文件"),
        ("\u200b\r\n", "文件"),
    ],
)
def test_a_name_is_made_harmless(name, expected):
    assert clean_name(name) == expected

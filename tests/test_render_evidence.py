import dataclasses
import datetime as dt
import errno
import hashlib
import io
import subprocess
import tracemalloc
import zipfile

import openpyxl
import pytest
from openxml_audit import OpenXmlValidator
from PIL import Image, ImageOps

from reports.document import Evidence, File
from reports.evidence_names import path_of
from reports.render import OUTPUTS, evidence
from tests import uploads
from tests.documents import Files, sample

pytestmark = pytest.mark.pure

TELLING = ["佐证目录.xlsx", "缺失清单.txt", "说明.txt", "originals-sha256.txt", "manifest-sha256.txt"]


def rendered(compiled) -> bytes:
    """The bytes of the pack."""
    stream = io.BytesIO()
    evidence.write(compiled, stream)
    return stream.getvalue()


def opened(compiled) -> zipfile.ZipFile:
    """The pack, opened again and found whole."""
    pack = zipfile.ZipFile(io.BytesIO(rendered(compiled)))
    assert pack.testzip() is None
    return pack


def with_files(contents, media_type="application/pdf", name="a.jpg", files=None, **said):
    """A report with one record and these files. contents: bytes."""
    files = Files() if files is None else files
    listed = []
    for position, content in enumerate(contents, start=1):
        path = path_of("1-01", 1, "党建联建", "一件事", position, "照片", name)
        digest = files.add(content)
        listed.append(File(digest, len(content), media_type, "照片", name, "", path, **said))
    compiled = sample()
    compiled.document.evidence = [
        Evidence("activity:1", "1-01", 1, "党建联建", "一件事", "2024-05", tuple(listed))
    ]
    return dataclasses.replace(compiled, open_file=files.open)


def index_of(pack):
    """The rows of the index workbook."""
    book = openpyxl.load_workbook(io.BytesIO(pack.read("佐证目录.xlsx")))
    return [[cell.value for cell in row] for row in book["佐证目录"].iter_rows()]


def text_of(pack, name):
    """A text of the pack, as an editor shows it."""
    return pack.read(name).decode("utf-8-sig")


def test_it_is_offered():
    assert {output.name: (output.label, output.note) for output in OUTPUTS}["evidence.zip"] == (
        "佐证包",
        "目录与报告章节一致",
    )


# ---------------------------------------------------------------- what is in it
def test_files_stand_where_the_report_says():
    compiled = sample()
    pack = opened(compiled)
    paths = [file.path for item in compiled.document.evidence for file in item.files]
    assert pack.namelist() == [*paths, *TELLING]
    assert paths[0] == "2_教育服务/2-01_第1场活动/2-01-1_照片.jpg"
    for item in compiled.document.evidence:
        for file in item.files:
            packed = Image.open(io.BytesIO(pack.read(file.path)))
            assert packed.tobytes() == Image.open(compiled.open_file(file.sha256)).tobytes()


def test_checksums_hold_for_every_other_file(tmp_path):
    pack = opened(sample())
    pack.extractall(tmp_path)
    lines = pack.read("manifest-sha256.txt").decode().splitlines()
    assert {line[66:] for line in lines} == set(pack.namelist()) - {"manifest-sha256.txt"}
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "manifest-sha256.txt"],
        cwd=tmp_path,
        capture_output=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_index_has_a_row_for_each_file_and_for_what_is_missing():
    pack = opened(sample())
    rows = index_of(pack)
    assert rows[0] == [
        *("编号", "章节", "记录", "日期", "材料", "状态", "位置", "大小（字节）", "SHA-256", "原件 SHA-256")
    ]
    assert len(rows) == 61
    file = sample().document.evidence[0].files[0]
    packed = pack.read(file.path)
    assert rows[1] == [
        "2-01",
        "2 教育服务",
        "第1场活动",
        dt.datetime(2024, 2, 5),
        "照片",
        "在包内",
        file.path,
        len(packed),
        hashlib.sha256(packed).hexdigest(),
        file.sha256,
    ]
    assert rows[4][:6] == ["2-04", "2 教育服务", "第4场活动", dt.datetime(2024, 5, 5), "—", "缺"]


def test_what_is_missing_is_listed():
    text = text_of(opened(sample()), "缺失清单.txt")
    assert "一、佐证不全的记录（15条）\r\n2-04　第4场活动　2024-05-05　缺佐证\r\n" in text
    assert "没有放入包内的文件" not in text
    assert "没有缺失" in text_of(opened(with_files([b"x"])), "缺失清单.txt")


def test_it_says_what_it_is():
    text = text_of(opened(sample()), "说明.txt")
    for words in (
        "教师第一党支部2024年度“强国行”专项行动进展报告",
        "2024-01-01 至 2024-12-31",
        "0" * 64,
        "记录60条，文件45个",
    ):
        assert words in text


def test_a_report_without_evidence_has_a_pack_too():
    compiled = sample()
    compiled.document.evidence = []
    assert opened(compiled).namelist() == TELLING


# ---------------------------------------------------------------- bytes that are not what they were
def test_a_file_that_is_gone_is_listed_and_the_rest_is_there():
    files = Files()
    compiled = with_files([b"one", b"two"], files=files)
    gone = compiled.document.evidence[0].files[0]
    del files[gone.sha256]
    pack = opened(compiled)
    assert gone.path not in pack.namelist()
    assert len(pack.namelist()) == 1 + len(TELLING)
    assert "1-01　一件事　a.jpg　文件已不在" in text_of(pack, "缺失清单.txt")
    assert [row[5] for row in index_of(pack)[1:]] == ["文件已不在", "在包内"]


@pytest.mark.parametrize("content", [b"", b"tw", b"TWO", b"two and more", b"x" * (3 << 20)])
def test_an_altered_file_is_not_passed_off_as_proof(content):
    files = Files()
    compiled = with_files([b"one", b"two", b"three"], files=files)
    altered = compiled.document.evidence[0].files[1]
    files[altered.sha256] = content
    data = rendered(compiled)
    pack = zipfile.ZipFile(io.BytesIO(data))
    assert pack.testzip() is None
    assert altered.path not in pack.namelist()
    assert len(pack.namelist()) == 2 + len(TELLING)
    assert altered.path not in pack.read("manifest-sha256.txt").decode()
    assert "1-01　一件事　a.jpg　内容与登记时不符，未放入" in text_of(pack, "缺失清单.txt")
    assert [row[5] for row in index_of(pack)[1:]] == ["在包内", "内容与登记时不符，未放入", "在包内"]
    if len(content) > 1000:
        assert len(data) < len(content)


def test_the_same_altered_file_under_two_records_is_left_out_of_both():
    files = Files()
    compiled = with_files([b"one"], files=files)
    first = compiled.document.evidence[0]
    second = dataclasses.replace(
        first,
        number="1-02",
        files=(dataclasses.replace(first.files[0], path="1_党建联建/1-02_另一件/1-02-1_照片.jpg"),),
    )
    compiled.document.evidence.append(second)
    files[first.files[0].sha256] = b"other"
    pack = opened(compiled)
    assert pack.namelist() == TELLING
    assert text_of(pack, "缺失清单.txt").count("内容与登记时不符") == 2


@pytest.mark.parametrize(
    "path",
    [
        "../a.jpg",
        "/a.jpg",
        "a.jpg",
        "a/../b.jpg",
        "a//b.jpg",
        "C:\\a.jpg",
        "a/CON",
        "a/b. ",
        "a/" + "b" * 200,
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path):
    compiled = with_files([b"one"])
    item = compiled.document.evidence[0]
    compiled.document.evidence = [
        dataclasses.replace(item, files=(dataclasses.replace(item.files[0], path=path),))
    ]
    with pytest.raises(ValueError, match="evidence pack"):
        rendered(compiled)


def test_two_files_in_one_place_are_refused():
    compiled = with_files([b"one", b"two"])
    item = compiled.document.evidence[0]
    upper = dataclasses.replace(item.files[1], path=item.files[0].path.replace(".jpg", ".JPG"))
    compiled.document.evidence = [dataclasses.replace(item, files=(item.files[0], upper))]
    with pytest.raises(ValueError, match="evidence pack"):
        rendered(compiled)


# ---------------------------------------------------------------- pictures say nothing but what is seen
@pytest.mark.parametrize(
    ("form", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("HEIF", "image/heic")],
)
def test_a_photo_loses_place_and_device_and_stays_as_it_looks(form, media_type):
    content = uploads.phone_photo(form)
    compiled = with_files([content], media_type)
    file = compiled.document.evidence[0].files[0]
    assert rendered(compiled) == rendered(compiled)
    pack = opened(compiled)
    packed = pack.read(file.path)
    assert b"Secret" in content
    assert b"Secret" not in packed
    with Image.open(io.BytesIO(packed)) as image:
        assert not image.getexif().get_ifd(uploads.GPS)
        seen = ImageOps.exif_transpose(image).convert("RGB")
    assert seen.size == (40, 80)
    top, bottom = seen.getpixel((20, 10)), seen.getpixel((20, 70))
    assert top[0] > 200 > 60 > top[2]
    assert bottom[2] > 200 > 60 > bottom[0]
    digest = hashlib.sha256(packed).hexdigest()
    assert index_of(pack)[1][7:] == [len(packed), digest, file.sha256]
    assert f"{digest}  {file.path}\n" in pack.read("manifest-sha256.txt").decode()
    assert pack.read("originals-sha256.txt").decode() == f"{file.sha256}  {file.path}\n"
    assert pack.infolist()[0].compress_type == zipfile.ZIP_STORED


def test_a_jpeg_with_faults_is_packed_all_the_same_and_what_is_no_picture_is_not():
    photo = uploads.phone_photo()
    compiled = with_files([photo.replace(b"\xff\xdb", b"\0\xff\xdb", 1), b"no picture"], "image/jpeg")
    pack = opened(compiled)
    first, second = compiled.document.evidence[0].files
    assert b"Secret" not in pack.read(first.path)
    assert second.path not in pack.namelist()
    assert "1-01　一件事　a.jpg　图片打不开，未放入" in text_of(pack, "缺失清单.txt")


def test_photos_of_children_without_consent_stay_out_and_are_listed():
    compiled = with_files([uploads.photo()], "image/jpeg", lacks_consent=True)
    pack = opened(compiled)
    assert pack.namelist() == TELLING
    assert "1-01　一件事　a.jpg　有未成年人、未取得监护人同意，未放入" in text_of(pack, "缺失清单.txt")
    [row] = index_of(pack)[1:]
    assert (row[5], row[6]) == ("有未成年人、未取得监护人同意，未放入", "—")


# ---------------------------------------------------------------- the file
def test_same_report_same_bytes_and_no_time_of_ours():
    assert rendered(sample()) == rendered(sample())
    for entry in opened(sample()).infolist():
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.create_system == 3
        assert entry.flag_bits & 0x800 or entry.filename.isascii()
        assert not entry.is_dir()


@pytest.mark.parametrize(
    ("media_type", "how"),
    [
        ("application/pdf", zipfile.ZIP_STORED),
        ("application/zip", zipfile.ZIP_STORED),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", zipfile.ZIP_STORED),
        ("application/octet-stream", zipfile.ZIP_DEFLATED),
        ("text/plain", zipfile.ZIP_DEFLATED),
    ],
)
def test_what_is_dense_already_is_stored(media_type, how):
    assert opened(with_files([b"x" * 5000], media_type)).infolist()[0].compress_type == how


def test_the_index_passes_an_audit(tmp_path):
    (tmp_path / "index.xlsx").write_bytes(opened(sample()).read("佐证目录.xlsx"))
    assert OpenXmlValidator().validate(tmp_path / "index.xlsx").errors == []


def test_files_are_streamed(tmp_path):
    """Forty megabytes, one file of them of thirty, in a few of memory."""
    places = {}

    def stored(number, size):
        place = tmp_path / str(number)
        place.write_bytes(bytes([number]) * size)
        digest = hashlib.sha256(place.read_bytes()).hexdigest()
        places[digest] = place
        path = path_of("1-01", 1, "党建联建", "一件事", number, "照片", "a.jpg")
        return File(digest, size, "application/pdf", "照片", "a.jpg", "", path)

    listed = tuple(stored(number, size) for number, size in enumerate([30 << 20] + [1 << 20] * 10, start=1))
    compiled = sample()
    compiled.document.evidence = [Evidence("activity:1", "1-01", 1, "党建联建", "一件事", "2024-05", listed)]
    compiled = dataclasses.replace(compiled, open_file=lambda sha256: places[sha256].open("rb"))
    with open(tmp_path / "evidence.zip", "x+b") as stream:
        tracemalloc.start()
        evidence.write(compiled, stream)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 << 20
    with zipfile.ZipFile(tmp_path / "evidence.zip") as pack:
        assert pack.testzip() is None


class FullDisk(io.BytesIO):
    """A file on a disk that holds a few bytes."""

    def __init__(self, room):
        super().__init__()
        self.room = room

    def write(self, content):
        if self.tell() + len(content) > self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(content)


@pytest.mark.parametrize(
    "output", [output for output in OUTPUTS if output.name in ("evidence.zip", "report.xlsx")]
)
@pytest.mark.parametrize("share", [0, 0.3, 0.99])
def test_a_full_disk_is_told_as_one(output, share):
    whole = io.BytesIO()
    output.write(sample(), whole)
    with pytest.raises(OSError, match="No space") as caught:
        output.write(sample(), FullDisk(int(len(whole.getvalue()) * share)))
    assert caught.value.errno == errno.ENOSPC


def test_work_can_be_stopped_between_files():
    calls = []

    def tick():
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rendered(dataclasses.replace(sample(), tick=tick))

"""Reading certificates: fields out of lines, pictures through the real recogniser, and the worker behind it."""

import datetime as dt
import io
import os
import random
import signal
import sys

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from branch import reader
from branch.kinds import CERTIFICATION_TYPES
from branch.models import CertificationType, HandIn
from branch.models.handing_in import HandInFile
from branch.reading import (
    LAYOUTS,
    Known,
    Line,
    Page,
    Reading,
    UnreadableFile,
    find_fields,
    is_available,
    load_layouts,
    read,
)
from core.files import store_file
from tests.compiling import children, done
from tests.servers import wait_until

TYPES = tuple(CertificationType(**one) for one in CERTIFICATION_TYPES)
KNOWN = Known("唐婉宁", dt.date(2026, 6, 1), TYPES)
CHINESE = [
    "认证证书",
    "兹证明 唐婉宁 通过考核，获得",
    "HCIP-Cloud Service",
    "华为认证ICT高级工程师",
    "证书编号：CLS-2024-0638172",
    "通过日期：2024年12月11日",
]
needs_ocr = pytest.mark.skipif(not is_available(), reason="requirements-ocr.lock is not installed")


def lines(texts, score=0.99):
    """Lines one below the other."""
    boxes = [(0.1, 0.05 + 0.06 * n, 0.6, 0.08 + 0.06 * n) for n in range(len(texts))]
    return [Line(text, score, box, box) for text, box in zip(texts, boxes, strict=True)]


def fields(texts, again=None, codes=(), known=KNOWN, score=0.99, layouts=LAYOUTS):
    """What is found in these lines, seen twice."""
    page = Page(lines(texts, score), lines(again or texts, score), list(codes))
    return find_fields([page], known, layouts)


def changed(before, after, texts=CHINESE):
    """The lines with one text replaced."""
    assert any(before in text for text in texts)
    return [text.replace(before, after) for text in texts]


# ---------------------------------------------------------------- fields out of lines
def test_a_clear_certificate_is_read_and_sure():
    reading = fields(CHINESE)
    values = {name: field.value for name, field in reading.fields.items()}
    assert values == {
        "type": "HCIP",
        "direction": "Cloud Service",
        "level": "高级工程师",
        "number": "CLS-2024-0638172",
        "name": "唐婉宁",
        "passed_on": "2024-12-11",
        "valid_until": "2027-12-10",
    }
    assert all(field.sure for field in reading.fields.values())
    assert (reading.layout, reading.name_differs) == ("华为", False)


def test_an_end_that_is_not_printed_is_derived_and_says_so():
    end = fields(CHINESE).fields["valid_until"]
    assert (end.source, end.box, end.hint) == ("derived", None, "证书上没读到，按 HCIP 3 年推算")


@pytest.mark.parametrize(
    "written",
    ["2024年12月11日", "2024 年 12 月 11 日", "2024-12-11", "2024.12.11", "Dec 11, 2024", "11 December 2024"],
)
def test_dates_are_read_in_every_form(written):
    assert fields(changed("2024年12月11日", written)).fields["passed_on"].value == "2024-12-11"


def test_a_date_without_a_day_stays_without():
    reading = fields(changed("2024年12月11日", "2024年12月"))
    assert reading.fields["passed_on"].value == "2024-12"
    assert reading.fields["valid_until"].value == "2027-12"


def test_an_english_certificate_with_labels_above_values():
    reading = fields(
        [
            "HUAWEI CERTIFICATE",
            "This is to certify that",
            "TANG WANNING",
            "Huawei Certified ICT Expert",
            "HCIE-Datacom V1.0",
            "Certificate No.",
            "88231907734",
            "Issue Date: Mar 5, 2025",
            "Valid Until",
            "Mar 4, 2028",
        ]
    )
    values = {name: field.value for name, field in reading.fields.items()}
    assert values == {
        "type": "HCIE",
        "direction": "Datacom",
        "level": "专家",
        "number": "88231907734",
        "name": "TANG WANNING",
        "passed_on": "2025-03-05",
        "valid_until": "2028-03-04",
    }
    assert reading.name_differs is False


@pytest.mark.parametrize(
    ("before", "after", "name", "hint"),
    [
        ("0638172", "O638172", "number", "第 10 位像字母 O，也像数字 0，已按数字填"),
        ("12月11日", "2月30日", "passed_on", "没有读到通过日期，请填写"),
        ("2024年12月11日", "2026年12月11日", "passed_on", "这一天还没有到，请核对"),
        ("2024年12月11日", "1994年12月11日", "passed_on", "早于 2000 年，请核对"),
        ("HCIP-Cloud", "HCIE-Cloud", "type", "证书上还写着 HCIP 的等级，请核对"),
        ("唐婉宁", "周启明", "name", "证书上是“周启明”，不是唐婉宁，请核对"),
    ],
)
def test_what_speaks_against_a_field_marks_it(before, after, name, hint):
    texts = changed(before, after)
    if name == "type":
        texts += ["Huawei Certified ICT Professional"]
    field = fields(texts).fields[name]
    assert (field.sure, field.hint) == (False, hint)


def test_two_passes_that_differ_mark_the_field():
    field = fields(CHINESE, again=changed("0638172", "0638177")).fields["number"]
    assert (field.sure, field.hint) == (False, "看了两遍不一样：也像“CLS-2024-0638177”，请核对")


def test_what_only_one_pass_saw_and_what_is_faint_is_marked():
    assert not fields(CHINESE, again=CHINESE[:4]).fields["number"].sure
    assert not any(field.sure for field in fields(CHINESE, score=0.8).fields.values())


def test_an_end_that_does_not_fit_the_type_marks_both_dates():
    reading = fields([*CHINESE, "有效期至：2029年12月11日"])
    assert not reading.fields["passed_on"].sure
    assert not reading.fields["valid_until"].sure
    reading = fields([*CHINESE, "有效期至：2023年12月11日"])
    assert reading.fields["valid_until"].hint == "有效期至不晚于通过日期，请核对"


def test_a_code_confirms_the_number_and_settles_its_characters():
    code = "https://verify.example.com/?no=CLS-2024-0638172"
    field = fields(changed("0638172", "O63817Z"), codes=[code]).fields["number"]
    assert (field.value, field.sure, field.hint) == ("CLS-2024-0638172", True, "与二维码一致")
    assert fields(CHINESE, codes=["https://example.com/?no=CLS-2024-0638173"]).fields["number"].hint == ""


def test_a_type_the_branch_does_not_have_is_marked():
    reading = fields(
        ["职业证书", "姓名：唐婉宁", "认证名称：数据分析师", "证书编号：20240771", "颁证日期：2024-05-06"]
    )
    field = reading.fields["type"]
    assert (reading.layout, field.value, field.sure) == ("通用", "数据分析师", False)
    assert reading.fields["valid_until"].value == ""


def test_a_label_ends_where_its_word_does():
    assert fields(["Certificate No HW8823190"]).fields["number"].value == "HW8823190"
    assert fields(["Certificate Notes2024"]).fields["number"].value == ""


@pytest.mark.parametrize("name", ["TANG WANNING", "Wanning Tang", "wan ning tang", "Tang Wan-Ning"])
def test_a_name_in_latin_letters_is_the_same_in_either_order(name):
    assert fields(["Name: " + name]).name_differs is False


def test_another_name_in_latin_letters_differs():
    assert fields(["Name: ZHOU QIMING"]).name_differs is True
    assert fields(["nothing here"]).name_differs is None
    nobody = Known("", KNOWN.today, TYPES)
    assert fields(["Name: ZHOU QIMING"], known=nobody).name_differs is None


def test_a_day_of_birth_is_no_day_of_passing():
    assert fields([*CHINESE, "Date of Birth: 1990-02-03"]).fields["passed_on"].sure


def test_an_installation_adds_a_layout(tmp_path):
    path = tmp_path / "certificate_layouts.toml"
    assert load_layouts(path) == LAYOUTS
    path.write_text(
        '[[layout]]\nname = "阿里云"\nsigns = ["Alibaba Cloud"]\n[layout.labels]\nnumber = ["Serial"]\n'
        "[layout.patterns]\ntype = ['(?P<type>AC[AP]) (?P<direction>.+)']\n",
        "utf-8",
    )
    reading = fields(["Alibaba Cloud", "ACP Big Data", "Serial: 77120934"], layouts=load_layouts(path))
    assert reading.layout == "阿里云"
    assert [reading.fields[name].value for name in ("type", "direction", "number")] == [
        "ACP",
        "Big Data",
        "77120934",
    ]
    path.write_text('[[layout]]\n[layout.labels]\nnummer = ["Serial"]\n', "utf-8")
    with pytest.raises(ValueError, match="nummer"):
        load_layouts(path)


def test_a_reading_comes_back_from_json():
    reading = fields(CHINESE)
    assert Reading.from_json(reading.to_json()).fields["number"].value == "CLS-2024-0638172"
    assert Reading.from_json({}).found == 0


# ---------------------------------------------------------------- files
def pdf_with_text(texts) -> bytes:
    """A PDF file with a text layer, by typst, as reports are written."""
    import typst
    from django.conf import settings

    source = '#set text(font: "Noto Serif SC")\n' + "\n\n".join(texts)
    return typst.compile(source.encode(), font_paths=[str(settings.FONT_DIR)], ignore_system_fonts=True)


def test_a_text_layer_is_read_without_recognition():
    reading = read([pdf_with_text(CHINESE)], KNOWN)
    assert reading.fields["number"].value == "CLS-2024-0638172"
    assert reading.fields["number"].sure
    assert reading.fields["passed_on"].value == "2024-12-11"


@pytest.mark.parametrize("data", [b"", b"no picture at all", b"%PDF-1.7 broken", b"\xff\xd8\xff\xe0 broken"])
def test_a_file_that_is_no_picture_is_said_to_be_unreadable(data):
    with pytest.raises(UnreadableFile):
        read([data], KNOWN)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_file_that_cannot_be_read_does_not_fail_the_others(place):
    files = [pdf_with_text(CHINESE[:3]), pdf_with_text(CHINESE[3:])]
    files.insert(place, b"%PDF-1.7 broken")
    reading = read(files, KNOWN)
    assert (reading.fields["type"].value, reading.fields["number"].value) == ("HCIP", "CLS-2024-0638172")
    assert reading.unreadable == [place]
    assert Reading.from_json(reading.to_json()).unreadable == [place]
    assert reading.fields["number"].page == (1 if place == 2 else 2)  # of all, the one that is not read too


@needs_ocr
def test_a_scan_and_a_photo_that_lies_on_its_side_are_read_together():
    from tests.certificates import draw, invent

    chance = random.Random(7)
    printed, member = invent(chance, "chinese")
    scan, buffer = draw(printed, "chinese", chance), io.BytesIO()
    scan.convert("RGB").save(buffer, "PDF", resolution=150)
    known = Known(member, dt.date(2026, 6, 1), TYPES)
    of_scan = read([buffer.getvalue()], known)
    tags, side = Image.Exif(), io.BytesIO()
    tags[0x0112] = 6
    scan.convert("RGB").transpose(Image.Transpose.ROTATE_90).save(side, "JPEG", quality=95, exif=tags)
    of_photo = read([b"no picture", side.getvalue()], known)
    for reading in (of_scan, of_photo):
        assert reading.fields["number"].value == printed["number"]
        assert reading.name_differs is False
    left, top, right, bottom = of_photo.fields["number"].box
    assert right - left > bottom - top  # as the picture is shown, the line is level
    assert of_photo.unreadable == [0]


@needs_ocr
@pytest.mark.parametrize(
    ("layout", "severity"), [("english", "clean"), ("chinese", "mild"), ("generic", "severe")]
)
def test_a_photographed_certificate_has_no_wrong_field_unmarked(layout, severity):
    from tests.certificates import make_certificate

    certificate = make_certificate("test-1", layout, severity)
    known = Known(certificate.member, dt.date(2026, 6, 1), TYPES)
    reading = read([certificate.data], known)
    wrong = [
        name
        for name, field in reading.fields.items()
        if field.sure
        and field.source == "read"
        and field.value.replace(" ", "") != certificate.fields[name].replace(" ", "")
    ]
    assert not wrong
    assert reading.name_differs is not True
    if severity != "severe":
        assert reading.fields["number"].value == certificate.fields["number"]
        left, top, right, bottom = reading.fields["number"].box
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1


@needs_ocr
def test_a_code_on_a_picture_confirms_the_number():
    from tests.certificates import draw, invent

    chance = random.Random(5)
    printed, member = invent(chance, "chinese")
    data = io.BytesIO()
    draw(printed, "chinese", chance, code=True).save(data, "PNG")
    number = read([data.getvalue()], Known(member, dt.date(2026, 6, 1), TYPES)).fields["number"]
    assert (number.value, number.hint) == (printed["number"], "与二维码一致")


# ---------------------------------------------------------------- the worker
def handed_in(cast, *files: bytes) -> HandIn:
    """A hand-in of bob's with these files."""
    hand_in = HandIn.objects.create(organisation=cast.north, member=cast.bob_member)
    for position, data in enumerate(files, start=1):
        blob = store_file(ContentFile(data), "application/pdf")
        HandInFile.objects.create(hand_in=hand_in, blob=blob, name=f"{position}.pdf", position=position)
    return hand_in


def state(hand_in):
    """Its row as it is now."""
    hand_in.refresh_from_db()
    return hand_in


def test_without_the_libraries_everything_is_typed(cast, data_dir, monkeypatch):
    waiting = handed_in(cast, b"x")
    HandIn.objects.update(reading=HandIn.Reading.WAITING)
    monkeypatch.setitem(sys.modules, "rapidocr", None)  # as if it were not installed
    assert reader.ask_reading(handed_in(cast, b"y")).reading == HandIn.Reading.NONE
    reader.sweep()
    assert state(waiting).reading == HandIn.Reading.NONE


@needs_ocr
def test_a_hand_in_is_claimed_once_and_read(cast, data_dir):
    hand_in = reader.ask_reading(handed_in(cast, pdf_with_text(changed("唐婉宁", "鲍勃"))))
    assert hand_in.reading == HandIn.Reading.WAITING
    held = reader.claim()
    assert held == hand_in
    assert reader.claim() is None
    HandIn.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    reader.read_waiting()
    assert state(hand_in).reading == HandIn.Reading.DONE
    assert (hand_in.attempts, hand_in.claimed_until) == (2, None)
    assert hand_in.read["name_differs"] is False
    assert hand_in.read["fields"]["number"]["value"] == "CLS-2024-0638172"


@needs_ocr
def test_what_is_no_picture_fails_at_once_and_what_dies_thrice_is_given_up(cast, data_dir):
    broken = reader.ask_reading(handed_in(cast, b"no picture"))
    reader.read_waiting()
    assert (state(broken).reading, broken.attempts) == (HandIn.Reading.FAILED, 1)

    deadly = reader.ask_reading(handed_in(cast, b"again"))
    for _ in range(reader.MAX_ATTEMPTS):
        assert reader.claim() == deadly
        HandIn.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert reader.claim() is None
    reader.sweep()
    assert state(deadly).reading == HandIn.Reading.FAILED


@needs_ocr
@pytest.mark.django_db(transaction=True)
def test_a_reader_that_is_killed_is_followed_by_another(cast, data_dir, start_worker):
    from tests.certificates import make_certificate

    hand_in = handed_in(cast, make_certificate("killed", "chinese", "clean").data)
    worker = start_worker(1, queue="ocr")
    reader.ask_reading(hand_in)
    wait_until(lambda: state(hand_in).attempts, "the reader to begin")
    for child in children(worker.pid):
        os.kill(child, signal.SIGKILL)
    assert state(hand_in).reading == HandIn.Reading.WAITING
    reader.sweep(now=hand_in.claimed_until - dt.timedelta(seconds=1))
    assert state(hand_in).attempts == 1  # nobody takes it before its lease has ended
    HandIn.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    reader.sweep()
    wait_until(lambda: state(hand_in).reading == HandIn.Reading.DONE, "the second attempt")
    assert hand_in.attempts == 2
    assert hand_in.read["fields"]["number"]["value"]


@needs_ocr
def test_fifty_certificates_keep_no_report_waiting(reporting, press, start_worker):
    from tests.certificates import make_certificate

    picture = make_certificate("one of fifty", "chinese", "clean").data
    waiting = [handed_in(reporting, picture) for _ in range(50)]
    start_worker(1, queue="ocr")
    for hand_in in waiting:
        reader.ask_reading(hand_in)
    wait_until(lambda: HandIn.objects.filter(claimed_until__isnull=False).exists(), "the reader to begin")
    start_worker(1)
    press()
    done()
    left = HandIn.objects.filter(reading=HandIn.Reading.WAITING)
    assert left.count() > 25  # the report did not wait until they were read
    assert left.filter(claimed_until__isnull=False).count() <= 1  # one process reads

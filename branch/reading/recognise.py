"""A picture or a PDF file → pages of lines. The only module that knows the libraries of recognition.

They are large and optional (requirements-ocr.lock): loaded at the first use, once a process; models come inside the
wheel, nothing is fetched. A PDF file with a text layer needs none of them.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import math
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps

from core.images import UNREADABLE, open_picture
from core.pdfs import UnreadablePdf, page_of, text_of
from core.text import match_key

LONGEST = 1800  # pixels of the longer side that are recognised
OVERVIEW = 960  # pixels of the longer side in which only the direction of the lines is looked for
SECOND = 0.8  # the second pass sees this much of the first one's size, with its contrast evened out
MARGIN = 0.04  # around the text, as a part of its size
THREADS = 2
PAGES = 4  # of all files together; no certificate has more
LEAST_TEXT = 20  # characters that make a text layer worth reading


class UnreadableFile(Exception):
    """A file that is no picture or PDF file, or a broken one."""


@dataclass(frozen=True)
class Line:
    """One line of text. box: left, top, right, bottom in parts (0–1) of the page as it is shown; at: the same where the
    page stands upright, by which lines are neighbours; score: 0–1."""

    text: str
    score: float
    box: tuple[float, float, float, float]
    at: tuple[float, float, float, float]
    page: int = 0


@dataclass
class Page:
    """A page as it was read twice; codes: what its QR codes say."""

    lines: list[Line]
    again: list[Line]
    codes: list[str] = field(default_factory=list)


def is_available() -> bool:
    """Whether pictures can be read here."""
    return all(importlib.util.find_spec(name) for name in settings.OCR_LIBRARIES)


def recognise(data: bytes) -> list[Page]:
    """The pages of a file. Raises UnreadableFile."""
    if data.startswith(b"%PDF"):
        return _pages_of_pdf(data)
    return [_page_of(_upright_picture(data))]


def _upright_picture(data: bytes) -> Image.Image:
    try:
        with open_picture(io.BytesIO(data)) as picture:
            return ImageOps.exif_transpose(picture).convert("RGB")
    except UNREADABLE as error:
        raise UnreadableFile(str(error)) from error


def _pages_of_pdf(data: bytes) -> list[Page]:
    file = io.BytesIO(data)
    try:
        return [_page_of_pdf(file, number, said) for number, said in enumerate(text_of(file, PAGES), start=1)]
    except (UnreadablePdf, *UNREADABLE) as error:
        raise UnreadableFile(repr(error)) from error


def _page_of_pdf(file, number: int, said: dict) -> Page:
    """A page by its text layer, which needs no recognition; a scan as a picture."""
    lines = _printed_lines(said)
    if sum(len(line.text) for line in lines) >= LEAST_TEXT:
        return Page(lines, lines)
    side = round(min(LONGEST * 1.4, 6 * max(said["size"])))
    return _page_of(page_of(file, number, side, side))


def _printed_lines(said: dict) -> list[Line]:
    width, height = said["size"]
    lines = []
    for text, (left, bottom, right, top) in said["lines"]:
        if words := " ".join(text.split()):
            box = (left / width, 1 - top / height, right / width, 1 - bottom / height)
            lines.append(Line(words, 1.0, box, box))
    return lines


# ---------------------------------------------------------------- recognition
@functools.cache
def _engine():
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "error",
            "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
            "Cls.model_path": str(models / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _page_of(picture: Image.Image) -> Page:
    """Turn the picture upright, cut out the text, read it twice."""
    import cv2
    import numpy as np

    pixels = np.asarray(picture)[:, :, ::-1]
    upright = _upright(pixels)
    if upright is None:
        return Page([], [], _codes(pixels))
    image, back = upright
    grey = cv2.createCLAHE(2.0, (8, 8)).apply(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
    small = cv2.cvtColor(
        cv2.resize(grey, None, fx=SECOND, fy=SECOND, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2BGR
    )
    again = back @ np.diag([1 / SECOND, 1 / SECOND, 1.0])
    size = (picture.width, picture.height)
    return Page(_lines(image, back, size), _lines(small, again, size), _codes(pixels))


def _codes(pixels) -> list[str]:
    import zxingcpp

    return [code.text for code in zxingcpp.read_barcodes(pixels) if code.text]


def _upright(pixels):
    """The part with text, its lines level and the right way up, and the matrix (3 × 3) from its pixels back to those
    given. None where there is no text."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    shrink = min(1.0, OVERVIEW / max(height, width))
    overview = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    boxes = _boxes(overview)
    if boxes is None:
        return None
    boxes = boxes / shrink
    angle = _angle(boxes)
    corners = boxes.reshape(-1, 2) @ np.array(_turn(angle)).T
    low, high = corners.min(axis=0), corners.max(axis=0)
    low, high = low - (high - low) * MARGIN, high + (high - low) * MARGIN
    scale = min(2.0, LONGEST / max(high - low))
    wide, high_ = (math.ceil(side * scale) for side in high - low)
    matrix = np.eye(3)
    matrix[:2, :2] = np.array(_turn(angle)) * scale
    matrix[:2, 2] = -low * scale
    if scale < 1:  # a warp alone would skip pixels
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    warp = matrix @ np.diag([1 / min(scale, 1), 1 / min(scale, 1), 1.0])
    image = cv2.warpAffine(
        pixels, warp[:2], (wide, high_), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    placed = boxes @ matrix[:2, :2].T + matrix[:2, 2]
    if _is_upside_down(image, placed):
        image = cv2.rotate(image, cv2.ROTATE_180)
        matrix = np.array([[-1, 0, wide - 1], [0, -1, high_ - 1], [0, 0, 1.0]]) @ matrix
    return image, np.linalg.inv(matrix)


def _boxes(image):
    """Where the lines are: an array of four corners each, in order around; None for none."""
    import numpy as np

    found = _engine()(image, use_det=True, use_cls=False, use_rec=False).boxes
    return None if found is None or not len(found) else np.array(found, dtype=float)


def _turn(angle: float):
    """The rotation that makes level what runs at this angle (radians)."""
    return ((math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle)))


def _angle(boxes) -> float:
    """The direction in which most of the text runs, radians within half a turn: the weighted median of long edges."""
    import numpy as np

    first, second = boxes[:, 1] - boxes[:, 0], boxes[:, 2] - boxes[:, 1]
    lengths = np.linalg.norm([first, second], axis=2)
    edges = np.where((lengths[0] >= lengths[1])[:, None], first, second)
    weights = np.abs(lengths[0] - lengths[1])  # a square says nothing
    angles = np.arctan2(edges[:, 1], edges[:, 0])
    # Directions half a turn apart are the same: their mean is taken at twice the angle.
    mean = np.arctan2((weights * np.sin(2 * angles)).sum(), (weights * np.cos(2 * angles)).sum()) / 2
    off = (angles - mean + math.pi / 2) % math.pi - math.pi / 2
    order = np.argsort(off)
    middle = np.searchsorted(weights[order].cumsum(), weights.sum() / 2)
    return float(mean + off[order][min(middle, len(order) - 1)])


def _is_upside_down(image, boxes) -> bool:
    """What the classifier says of the longest of these lines, weighed by how sure it is."""
    import cv2
    import numpy as np

    boxes = sorted(boxes, key=lambda box: box[:, 0].min() - box[:, 0].max())[:8]
    votes = 0.0
    for box in boxes:
        (left, top), (right, bottom) = box.min(axis=0).astype(int), box.max(axis=0).astype(int)
        crop = image[max(top, 0) : bottom + 1, max(left, 0) : right + 1]
        if not crop.size:
            continue
        crop = cv2.resize(crop, (max(1, round(crop.shape[1] * 48 / crop.shape[0])), 48))
        seen = _engine()(np.ascontiguousarray(crop), use_det=False, use_cls=True, use_rec=False)
        (label, score) = seen.cls_res[0]
        votes += (1 if label == "180" else -1) * (score - 0.5)
    return votes > 0


def _lines(image, back, size) -> list[Line]:
    """The lines of an upright image; back: the matrix to the picture's own pixels, of this size (width, height)."""
    import numpy as np

    seen = _engine()(image, use_det=True, use_cls=True, use_rec=True)
    if seen.boxes is None or seen.txts is None:
        return []
    height, width = image.shape[:2]
    lines = []
    for box, text, score in zip(seen.boxes, seen.txts, seen.scores, strict=True):
        corners = np.array(box, dtype=float)
        own = (np.c_[corners, np.ones(4)] @ back.T)[:, :2] / size
        if match_key(text):
            lines.append(Line(text, float(score), _around(own), _around(corners / (width, height))))
    return lines


def _around(corners) -> tuple[float, float, float, float]:
    """The upright rectangle around corners, within the page."""
    low, high = corners.min(axis=0).clip(0, 1), corners.max(axis=0).clip(0, 1)
    return tuple(round(float(value), 4) for value in (*low, *high))

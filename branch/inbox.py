"""The certificates that wait for review: the queue, each one's pictures with what was read on them, what speaks against
it, and what accepting it changes."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from branch.marks import ABSENT, CHECK, DERIVED_MARK, DOUBTFUL, MISSED, Mark, Marks
from branch.models import Certification, HandIn, Member
from branch.reading.recognise import PAGES
from core import counting
from core.dates import today
from core.files import attachments_of
from core.links import record_url
from core.models import Attachment
from core.pictures import PICTURED, Looked, NoPicture, look_at
from core.text import match_key

SHOWN = 40  # cards at a time; a press on the last one brings the next
# The fields that a key jumps to, and that are numbered on the picture.
NUMBERED = {"type_name": 1, "number": 2, "passed_on": 3, "valid_until": 4}
_ONE_DAY = dt.timedelta(days=1)


# ---------------------------------------------------------------- the queue
class Queue:
    """What waits in some branches, those that wait longest first.

    cards: the certifications around the chosen one, each with `doubts` (how many fields are to be checked) and
    `is_renewal`; number: how many wait in all; before, after: the ids of its neighbours, None at an end.
    """

    def __init__(self, waiting, chosen: int | None):
        """Arguments: waiting, a QuerySet of CertificationQuerySet.waiting(); chosen, an id (None: the first)."""
        self.ids = list(waiting.values_list("pk", flat=True))
        self.number = len(self.ids)
        self.chosen = chosen if chosen is not None or not self.ids else self.ids[0]
        place = self.ids.index(self.chosen) if self.chosen in self.ids else -1
        self.before = self.ids[place - 1] if place > 0 else None
        self.after = self.ids[place + 1] if place + 1 < self.number else None
        first = max(min(place - SHOWN // 4, self.number - SHOWN), 0)
        self.earlier, self.later = first, max(self.number - first - SHOWN, 0)
        self.cards = self._cards(waiting, self.ids[first : first + SHOWN])

    def next_to(self, pk: int) -> int | None:
        """Which comes after one that was decided: the next, else the first of those that are left."""
        rest = [other for other in self.ids if other != pk]
        if pk in self.ids and (later := self.ids[self.ids.index(pk) + 1 :]):
            return later[0]
        return rest[0] if rest else None

    @staticmethod
    def _cards(waiting, ids):
        cards = waiting.filter(pk__in=ids).select_related("member", "type", "organisation", "hand_in")
        cards = list(cards)
        verified = list(Certification.objects.renewable_by(cards))
        for card in cards:
            card.doubts = doubts_of(card)
            earlier = card.renewable_of(verified)
            card.is_renewal = bool(card.renews_id) or any(map(card.is_of_direction, earlier))
        return cards


def hand_in_of(certification) -> HandIn | None:
    """How it came in; None for what was typed."""
    return getattr(certification, "hand_in", None)


def way_of(certification) -> str:
    """Who handed it in, in a word or two."""
    hand_in, by = hand_in_of(certification), certification.created_by
    if hand_in and hand_in.link_id:
        return "用链接交的"
    if by is None:
        return "交的"
    return "本人交的" if by.pk == certification.member.user_id else f"{by}录入"


# ---------------------------------------------------------------- what was read against what is filled in
def marked(read: dict, filled: dict[str, str]) -> dict[str, Mark]:
    """The fields of a certificate's form, each by how far what is filled in can be trusted.

    Arguments: read, HandIn.read; filled, {field of the form: text}. What was read otherwise than it is filled in is to
    be checked; what was neither read nor derived has no mark.
    """
    found = {}
    for name, mark in Marks(read).fields.items():
        value = filled.get(name, "")
        if mark.state in (ABSENT, MISSED):
            if not value and (mark.hint or mark.state == MISSED):
                found[name] = mark
        elif not value and mark.state == DERIVED_MARK:
            continue  # without an end it does not expire: whoever left it empty may know
        elif match_key(value) == match_key(mark.value):
            found[name] = mark
        elif mark.state != DERIVED_MARK:
            hint = f"照片上读作“{mark.value}”，与填写的不同，请核对"
            found[name] = replace(mark, state=CHECK, hint=hint)
    return found


def filled_in(certification) -> dict[str, str]:
    """The fields as a form shows them at first: as they are saved, and what was left empty as it was read."""
    texts = {name: getattr(certification, name) for name in ("direction", "level", "number")}
    dates = {name: str(getattr(certification, name) or "") for name in certification.partial_dates}
    saved = {"type_name": certification.type.name, **texts, **dates}
    hand_in = hand_in_of(certification)
    marks = Marks(hand_in.read if hand_in else {}).fields.items()
    read = {name: mark.value for name, mark in marks if mark.value and mark.state != DERIVED_MARK}
    return read | {name: text for name, text in saved.items() if text}


def doubts_of(certification) -> int:
    """How many fields are to be checked, the name on the paper among them."""
    hand_in = hand_in_of(certification)
    if hand_in is None or not hand_in.read:
        return 0
    marks = marked(hand_in.read, filled_in(certification)).values()
    return sum(mark.state in DOUBTFUL for mark in marks) + bool(hand_in.read.get("name_differs"))


# ---------------------------------------------------------------- the pictures
@dataclass(frozen=True)
class Sheet:
    """One page to look at. number: from 1; page: within its file; width, height: in units, of which the picture is
    1000 wide."""

    attachment: Attachment
    number: int
    page: int
    looked: Looked

    width = 1000

    @property
    def height(self) -> int:
        """In the same units."""
        return round(self.width * self.looked.height / self.looked.width)

    @property
    def url(self) -> str:
        """Its picture, large enough to read."""
        return reverse(
            "core:attachment_picture", args=[self.attachment.pk], query={"size": "page", "page": self.page}
        )

    @property
    def original_url(self) -> str:
        """Its file."""
        return reverse("core:attachment_download", args=[self.attachment.pk])

    @property
    def about(self) -> str:
        """What it is, in a line."""
        if self.attachment.blob.media_type == "application/pdf":
            return f"PDF · 第 {self.page} 页，共 {self.looked.pages} 页"
        return f"照片 · {self.looked.width} × {self.looked.height}"


@dataclass(frozen=True)
class Proof:
    """What stands behind a certification: the pages that can be looked at, files that cannot be opened, and files that
    are no pictures."""

    attachments: list[Attachment]
    sheets: list[Sheet] = field(default_factory=list)
    broken: list[Attachment] = field(default_factory=list)
    others: list[Attachment] = field(default_factory=list)


def proof_of(certification) -> Proof:
    """Each file opened, so that what is said of it is so."""
    proof = Proof(list(attachments_of(certification)))
    for attachment in proof.attachments:
        if attachment.blob.media_type not in PICTURED:
            proof.others.append(attachment)
            continue
        try:
            looked = look_at(attachment.blob)
        except NoPicture:
            proof.broken.append(attachment)
            continue
        for page in range(1, looked.pages + 1):
            proof.sheets.append(Sheet(attachment, len(proof.sheets) + 1, page, looked))
    return proof


def sheets_read(hand_in: HandIn | None, proof: Proof) -> list[Sheet | None]:
    """The sheets by the number that a reading gives its pages; None for one that is not among the proof any more."""
    found: list[Sheet | None] = []
    for file in hand_in.files.all() if hand_in else ():
        own = [sheet for sheet in proof.sheets if sheet.attachment.blob_id == file.blob_id]
        found += own[:PAGES] or [None]
    return found[:PAGES]


@dataclass(frozen=True)
class Box:
    """Where a field stands on its sheet, in its units; number: as the form numbers it, None for the name."""

    name: str
    number: int | None
    is_doubt: bool
    sheet: Sheet
    left: float
    top: float
    right: float
    bottom: float

    pad = 7

    @property
    def rect(self) -> tuple[float, float, float, float]:
        """x, y, width, height with a little air."""
        return (
            round(self.left - self.pad, 1),
            round(self.top - self.pad, 1),
            round(self.right - self.left + 2 * self.pad, 1),
            round(self.bottom - self.top + 2 * self.pad, 1),
        )

    @property
    def dot(self) -> tuple[float, float]:
        """The middle of its number: before it, or above it at the edge of the paper."""
        if self.left - self.pad >= 44:
            return round(self.left - self.pad - 24, 1), round((self.top + self.bottom) / 2, 1)
        return round(self.left + 12, 1), round(max(self.top - self.pad - 22, 20), 1)

    @property
    def dot_text(self) -> tuple[float, float]:
        """Where the number's own baseline is."""
        x, y = self.dot
        return x, round(y + 7, 1)

    @property
    def crop(self) -> str:
        """The part of the sheet around it, as a viewBox."""
        height = self.bottom - self.top
        air = height * 0.35
        width = max(self.right - self.left + 2 * air, (height + 2 * air) * 10)
        return f"{self.left - air:.1f} {self.top - air:.1f} {width:.1f} {height + 2 * air:.1f}"


def boxes_of(marks: dict[str, Mark], name: Mark | None, pages: list[Sheet | None]) -> dict[str, Box]:
    """The marks that stand on a sheet, by field of the form; the name only where it is to be looked at."""
    found = {}
    for key, mark in {**marks, **({"name": name} if name else {})}.items():
        sheet = pages[mark.page] if mark.box and mark.page < len(pages) else None
        if sheet:
            left, top, right, bottom = mark.box
            found[key] = Box(
                key,
                NUMBERED.get(key),
                mark.state == CHECK or key == "name",
                sheet,
                left * sheet.width,
                top * sheet.height,
                right * sheet.width,
                bottom * sheet.height,
            )
    return found


class Stage:
    """The picture as it is looked at: which sheet, how far turned, what it is zoomed to.

    It is asked for by a text, `2:90:number` (sheet, degrees, field; `in` for the middle): the buttons of the page carry
    such texts, and whatever they say is drawn here, with a script or without.
    """

    def __init__(self, proof: Proof, boxes: dict[str, Box], asked: str = ""):
        number, turn, zoom = (*asked.split(":"), "", "", "")[:3]
        self.sheets = proof.sheets
        by_number = {str(sheet.number): sheet for sheet in self.sheets}
        self.sheet = by_number.get(number) or (self.sheets[0] if self.sheets else None)
        self.turn = int(turn) if turn in ("90", "180", "270") else 0
        self.boxes = {name: box for name, box in boxes.items() if box.sheet is self.sheet}
        self.all_boxes = boxes
        self.zoom = zoom if zoom == "in" or zoom in self.boxes else ""

    @property
    def drawn(self) -> list[Box]:
        """The boxes that are drawn: of the numbered fields, and of a name that is another's."""
        return [box for box in self.boxes.values() if box.number or box.name == "name"]

    @property
    def state(self) -> str:
        """As it was asked for."""
        return self._text()

    def _text(self, **changed) -> str:
        now = {
            "sheet": self.sheet.number if self.sheet else 1,
            "turn": self.turn,
            "zoom": self.zoom,
        } | changed
        return f"{now['sheet']}:{now['turn']}:{now['zoom']}"

    @property
    def turned(self) -> str:
        """A quarter further."""
        return self._text(turn=(self.turn + 90) % 360)

    @property
    def zoomed(self) -> str:
        """Nearer, or back to the whole."""
        return self._text(zoom="" if self.zoom else "in")

    @property
    def zooms(self) -> dict[str, str]:
        """What brings each field before the eye, or the whole back where it is there already; by field."""
        return {name: self._zoomed_to(box) for name, box in self.all_boxes.items()}

    def _zoomed_to(self, box) -> str:
        is_here = box.sheet is self.sheet
        zoom = "" if is_here and self.zoom == box.name else box.name
        return self._text(sheet=box.sheet.number, turn=self.turn if is_here else 0, zoom=zoom)

    @property
    def earlier(self) -> str:
        """The sheet before; "" at the first."""
        return self._other(-1)

    @property
    def later(self) -> str:
        """The sheet after; "" at the last."""
        return self._other(1)

    def _other(self, step) -> str:
        number = self.sheet.number + step if self.sheet else 0
        return self._text(sheet=number, turn=0, zoom="") if 1 <= number <= len(self.sheets) else ""

    # -- geometry: points of the sheet, turned
    @property
    def transform(self) -> str:
        """What turns the sheet."""
        width, height = self.sheet.width, self.sheet.height
        return {
            0: "",
            90: f"translate({height} 0) rotate(90)",
            180: f"translate({width} {height}) rotate(180)",
            270: f"translate(0 {width}) rotate(270)",
        }[self.turn]

    def _turned(self, x, y):
        width, height = self.sheet.width, self.sheet.height
        return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[self.turn]

    @property
    def view_box(self) -> str:
        """The part of the turned sheet that is seen: in the shape of the whole, so that nothing jumps."""
        whole = (self.sheet.width, self.sheet.height)
        if self.turn in (90, 270):
            whole = whole[::-1]
        if not self.zoom:
            return f"0 0 {whole[0]} {whole[1]}"
        if box := self.boxes.get(self.zoom):
            corners = [self._turned(box.left, box.top), self._turned(box.right, box.bottom)]
            (left, right), (top, bottom) = (sorted(edges) for edges in zip(*corners, strict=True))
            part = max((right - left) * 1.25 / whole[0], (bottom - top) * 3 / whole[1], 0.25)
        else:
            (left, right), (top, bottom), part = (0, whole[0]), (0, whole[1]), 0.5
        part = min(part, 1)
        seen = [side * part for side in whole]
        middle = ((left + right) / 2, (top + bottom) / 2)
        start = [
            min(max(mid - size / 2, 0), side - size)
            for mid, size, side in zip(middle, seen, whole, strict=True)
        ]
        return " ".join(f"{number:.1f}" for number in (*start, *seen))


# ---------------------------------------------------------------- what speaks against it
@dataclass(frozen=True)
class Check:
    """Something that was looked at. tone: bad, warn, or "" where all is well; links: (words, address) that end it."""

    tone: str
    icon: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


def checks_of(certification, proof: Proof, marks: Marks, user) -> list[Check]:
    """What whoever decides should know, the worst first."""
    found = [*_of_files(certification, proof, user), *_of_reading(certification, marks)]
    found += _of_number(certification, user)
    end = certification.valid_until
    if end and end.certainly_before(certification.passed_on):
        found.append(Check("warn", "alert", "有效期至早于通过日期，请对照照片"))
    elif end and end.last < today():
        found.append(Check("warn", "clock", f"有效期至 {end}，已经过期，核验后也不计入今天的数字"))
    order = ["bad", "warn", "info", ""]
    return sorted(found, key=lambda check: order.index(check.tone))


def _of_files(certification, proof, user) -> Iterator[Check]:
    if not proof.attachments:
        yield Check("bad", "alert", "没有佐证，只有填写的内容")
        return
    for attachment in proof.broken:
        yield Check(
            "bad", "stop", f"“{attachment.name}”打不开：已损坏，或加了打开密码。可退回，请本人重交", ()
        )
    for attachment in proof.others:
        address = reverse("core:attachment_download", args=[attachment.pk])
        yield Check("info", "file", f"“{attachment.name}”不是照片，", (("下载查看", address),))
    same = same_files(certification, proof.attachments, user)
    if same:
        yield Check("warn", "copy", "同一份文件也是别的记录的佐证：", same)
    elif not proof.broken:
        yield Check("", "shield", "文件检查通过")


def same_files(certification, attachments, user) -> tuple[tuple[str, str], ...]:
    """The other records that the user may see, of any branch, which the same files prove."""
    others = (
        Attachment.objects.filter(
            blob__in={attachment.blob_id for attachment in attachments}, deleted_at__isnull=True
        )
        .exclude(content_type=ContentType.objects.get_for_model(certification), object_id=certification.pk)
        .order_by("pk")
        .values_list("content_type", "object_id")[:20]
    )
    by_type: dict[int, list[int]] = {}
    for content_type, object_id in others:
        by_type.setdefault(content_type, []).append(object_id)
    found = []
    for content_type, ids in by_type.items():
        model = ContentType.objects.get_for_id(content_type).model_class()
        same = model.objects.visible_to(user).filter(pk__in=ids).order_by("pk")
        found += same.select_related("member", "type") if model is Certification else same
    return tuple((str(record), record_url(record)) for record in found)


def _of_reading(certification, marks) -> Iterator[Check]:
    hand_in = hand_in_of(certification)
    if hand_in is None:
        return
    if hand_in.reading == HandIn.Reading.WAITING:
        yield Check("info", "clock", "照片还在识别，可以先自己对照")
    elif hand_in.reading == HandIn.Reading.FAILED:
        yield Check("info", "info", "照片没能识别，请自己对照")
    elif hand_in.reading == HandIn.Reading.DONE:
        if marks.name_differs:
            yield Check(
                "bad", "alert", f"证书上的姓名是“{marks.name.value}”，不是{certification.member.name}"
            )
        elif marks.name_differs is False:
            yield Check("", "check", "姓名与本人一致")
        if not any(marks.fields[name].value for name in ("type_name", "number", "passed_on")):
            yield Check("warn", "alert", "照片里没有读到认证名称、编号和日期，可能不是认证证书")


def _of_number(certification, user) -> Iterator[Check]:
    if not certification.number:
        return
    same = (
        Certification.objects.visible_to(user)
        .filter(number__iexact=certification.number)
        .exclude(pk=certification.pk)
        .select_related("member", "type")
        .order_by("pk")[:5]
    )
    links = tuple((f"{other}（{other.get_status_display()}）", record_url(other)) for other in same)
    if links:
        yield Check("warn", "copy", "证书编号相同：", links)
    else:
        yield Check("", "copy", "没有重复的编号")


# ---------------------------------------------------------------- what accepting it changes
@dataclass(frozen=True)
class Effect:
    """What accepting a certification changes today: how long its member holds the type, and the branch's ratio; each as
    it is and as it would be. note: what happens otherwise, or why nothing changes."""

    kind: str
    own_now: str
    own_then: str
    ratio_now: str
    ratio_then: str
    note: str = ""


def effect_of(certification, typed: dict | None = None) -> Effect | None:
    """What accepting it changes, with what was typed meanwhile; None without a date.

    Arguments: typed, of type_name, passed_on and valid_until those that stand in the form. Figures are asked, never
    counted here (core.counting.supposed): a certificate counts on the days that it covers, once it is verified, past
    days included; until then nobody counts it.
    """
    typed = typed or {}
    accepted = copy.copy(certification)
    for name in certification.partial_dates:
        setattr(accepted, name, typed.get(name, getattr(certification, name)))
    kind = typed.get("type_name") or certification.type.name
    if accepted.passed_on is None:
        return None
    day, place, member = today(), certification.organisation_id, certification.member
    verified = list(
        Certification.objects.reportable()
        .filter(member=member, type__name=kind, status=Certification.Status.VERIFIED)
        .exclude(pk=certification.pk)
    )
    held = [other for other in verified if other.covers(day)]
    end = _latest_end(held)
    days = [day, end + _ONE_DAY] if held and end else [day]
    also = {
        on: [member.pk]
        if accepted.in_reports
        and accepted.covers(on)
        and Member.objects.reportable().of([place]).on(on).filter(pk=member.pk).exists()
        else []
        for on in days
    }
    now, *later = counting.supposed(f"certifications.ratio:{kind}", place, also) or [
        counting.Supposed("", "")
    ]
    own_now = _end_text(held)
    own_then = _end_text([*held, accepted]) if accepted.covers(day) else own_now
    note = ""
    if not accepted.in_reports:
        note = "这份认证标为“不计入报告”，任何数字都不含它"
    elif not accepted.covers(day):
        note = "这份证书今天不在有效期内，核验后今天的数字不变"
    elif not also[day]:
        note = f"{member.name}今天不在册，核验后不计入"
    elif later and later[0].now != later[0].then:
        note = f"不核验，{_day_text(days[1], day)}起为 {later[0].now}"
    elif not held and verified:
        note = _gap(accepted, verified, day)
    return Effect(kind, own_now, own_then, now.now, now.then, note)


def _latest_end(certifications) -> dt.date | None:
    """The last day that any of them covers; None where one does not expire, or there is none."""
    ends = [other.valid_until.last if other.valid_until else None for other in certifications]
    return None if None in ends else max(ends, default=None)


def _end_text(certifications) -> str:
    if not certifications:
        return ""
    end = _latest_end(certifications)
    return f"{end}" if end else "长期有效"


def _gap(accepted, verified, day) -> str:
    """What becomes of the days since the last certificate ended: those that the new one covers count once it is
    verified."""
    ended = [
        other.valid_until.last for other in verified if other.valid_until and other.valid_until.last < day
    ]
    if not ended:
        return ""
    end = max(ended)
    if accepted.passed_on.first <= end + _ONE_DAY:
        return f"原证书 {_day_text(end, day)}到期；核验后从第二天起连着算，不留空档"
    passed = _day_text(accepted.passed_on.first, day)
    return f"原证书 {_day_text(end, day)}到期，新证书 {passed}才通过，中间这段不算持证"


def _day_text(day: dt.date, now: dt.date) -> str:
    year = f"{day.year}年" if day.year != now.year else ""
    return f"{year}{day.month}月{day.day}日"

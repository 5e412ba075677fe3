"""Lines of a certificate → the fields of a certification, and what speaks against each."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import asdict, dataclass, field, replace

from django.core.exceptions import ValidationError

from branch.models import Certification, CertificationType
from branch.reading.layouts import FIELDS, LAYOUTS, Layout
from branch.reading.recognise import Line, Page
from core.dates import PartialDate
from core.text import match_key, pinyin

READ, DERIVED = "read", "derived"
SURE_SCORE = 0.93  # of the recogniser's own; below it a line is to be checked
EARLIEST = 2000  # no certificate is older
MISSING = {
    "type": "没有读到认证名称，请填写",
    "number": "没有读到证书编号，请填写",
    "name": "没有读到姓名",
    "passed_on": "没有读到通过日期，请填写",
}
LETTERS = {"0": "O", "1": "I", "8": "B", "5": "S", "2": "Z"}
ALIKE = {letter: digit for digit, letter in LETTERS.items()} | {
    "o": "0",
    "l": "1",
    "i": "1",
    "s": "5",
    "z": "2",
}

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_DATES = [
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})年(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?",
        r"(?<!\d)(?P<year>\d{4})([-./])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>\d{4})[-./](?P<month>\d{1,2})(?![\d./-])",
        _MONTH + r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[,.，]?(?P<year>\d{4})(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?[-,.]?" + _MONTH + r"[-,]?(?P<year>\d{4})(?!\d)",
        _MONTH + r",?(?P<year>\d{4})(?!\d)",
    )
]
_NUMBER = re.compile(r"[A-Z0-9](?:[A-Z0-9/_.()-]{3,38})[A-Z0-9)]", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Known:
    """What the branch knows: its member's name and how it is read (`tang wan ning`; empty: as pypinyin reads it), its
    certification types, and the day of today."""

    member: str
    today: dt.date
    types: tuple[CertificationType, ...] = ()
    member_pinyin: str = ""


@dataclass(frozen=True)
class Field:
    """One field as it was read.

    value: as a form takes it (dates 2024-12-11, 2024-12 or 2024), empty if nothing was read. sure: whether nothing
    speaks against it. source: "read", or "derived" from other fields (推算). confidence: 0–1. box: left, top, right,
    bottom in parts (0–1) of the picture as it is shown, None if it is not printed; page: which one, from 0. hint: a
    sentence for whoever checks.
    """

    value: str = ""
    sure: bool = False
    source: str = READ
    confidence: float = 0.0
    box: tuple[float, float, float, float] | None = None
    page: int = 0
    hint: str = ""


@dataclass
class Reading:
    """A certificate as it was read: a Field for each name of FIELDS, the layout that fitted, whether the name on it is
    another one than the member's (None: no name was read), and the files that could not be read, from 0.

    As JSON (`HandIn.read`):
    {"layout": "华为", "name_differs": false, "unreadable": [], "fields": {"number": {"value": "CLS-2024-0638172",
     "sure": false, "source": "read", "confidence": 0.98, "box": [0.1, 0.6, 0.4, 0.63], "page": 0, "hint": "…"}, …}}
    """

    layout: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    name_differs: bool | None = None
    unreadable: list[int] = field(default_factory=list)

    def to_json(self) -> dict:
        """As HandIn.read holds it."""
        return asdict(self)

    @classmethod
    def from_json(cls, read: dict) -> Reading:
        """Back again; an empty dict is a reading in which nothing was read."""
        fields = {name: Field(**values) for name, values in read.get("fields", {}).items()}
        return cls(
            read.get("layout", ""),
            {name: fields.get(name, Field()) for name in FIELDS},
            read.get("name_differs"),
            read.get("unreadable", []),
        )

    @property
    def found(self) -> int:
        """How many fields have a value."""
        return sum(bool(one.value) for one in self.fields.values())


def find_fields(pages: list[Page], known: Known, layouts: tuple[Layout, ...] = LAYOUTS) -> Reading:
    """The fields of a certificate's pages. It never fails: what was not found is an empty field."""
    first = [replace(line, page=number) for number, page in enumerate(pages) for line in page.lines]
    again = [replace(line, page=number) for number, page in enumerate(pages) for line in page.again]
    codes = [code for page in pages for code in page.codes]
    layout = _layout_of([*first, *again], layouts)
    one, two = _Pass(first, layout, known), _Pass(again, layout, known)
    fields = {name: _agreed(name, one.found.get(name), two.found.get(name)) for name in FIELDS}
    fields["number"] = _confirmed(_ambiguous(fields["number"]), codes)
    fields["type"] = _known_type(fields["type"], known, one.said_types | two.said_types)
    _check_dates(fields, known)
    differs = _name_differs(fields["name"].value, known)
    if differs:
        fields["name"] = _doubt(
            fields["name"], f"证书上是“{fields['name'].value}”，不是{known.member}，请核对"
        )
    return Reading(layout.name, fields, differs)


def _layout_of(lines: list[Line], layouts) -> Layout:
    text = _key(" ".join(line.text for line in lines))
    return next(
        (
            layout
            for layout in layouts
            if not layout.signs or any(_key(sign) in text for sign in layout.signs)
        ),
        Layout(""),
    )


def _key(text: str) -> str:
    return match_key(text).casefold()


# ---------------------------------------------------------------- one pass
@dataclass(frozen=True)
class _Found:
    value: str
    line: Line
    rivals: tuple[str, ...] = ()  # other values that the paper gives the same field


class _Pass:
    """What one pass of recognition says of each field."""

    def __init__(self, lines: list[Line], layout: Layout, known: Known):
        self.lines = [replace(line, text=unicodedata.normalize("NFKC", line.text).strip()) for line in lines]
        self.layout, self.known = layout, known
        self.labels = sorted(
            ((name, _key(label)) for name, some in layout.labels.items() for label in some),
            key=lambda item: -len(item[1]),
        )
        self.found: dict[str, _Found] = {}
        self.said_types = self._said("type")
        self._by_patterns()
        for line in self.lines:
            self._by_label(line)
        self._by_words()
        self._member()

    def _said(self, name) -> set[str]:
        words = self.layout.words.get(name, {})
        return {
            meaning for line in self.lines for word, meaning in words.items() if _key(word) in _key(line.text)
        }

    def _take(self, name, value, line) -> None:
        value = _cleaned(name, value)
        if not value:
            return
        before = self.found.get(name)
        if before is None:
            self.found[name] = _Found(value, line)
        elif _key(before.value) != _key(value):
            self.found[name] = replace(before, rivals=(*before.rivals, value))

    def _by_patterns(self) -> None:
        for line in self.lines:
            for patterns in self.layout.patterns.values():
                for match in (re.search(pattern, line.text) for pattern in patterns):
                    for name, value in (match.groupdict() if match else {}).items():
                        self._take(name, value or "", line)

    def _by_label(self, line: Line) -> None:
        """The value after a label, else beside it, else below it."""
        label = self._label_of(line)
        if label is None:
            return
        name, rest = label
        if _cleaned(name, rest):
            self._take_named(name, rest, line)
        elif not rest:
            near = self._near(line)
            if near is not None:
                self._take_named(name, near.text, near)

    def _take_named(self, name, value, line) -> None:
        """认证名称 HCIP-Cloud Service names type and direction at once."""
        if name == "type":
            for kind in self.known.types:
                match = re.match(rf"{re.escape(kind.name)}\s*[-–—]\s*(.+)", value, re.IGNORECASE)
                if match:
                    self._take("type", kind.name, line)
                    self._take("direction", match[1], line)
                    return
        self._take(name, value, line)

    def _label_of(self, line: Line) -> tuple[str, str] | None:
        """The field whose label begins the line, and what stands after it."""
        for name, label in self.labels:
            end = _end_of(line.text, label)
            if end is None:
                continue
            rest = line.text[end:]
            seam = line.text[end - 1 : end + 1]
            if rest and seam.isascii() and seam.isalpha():
                continue  # the word goes on: Certificate No in Certificate Notes
            return name, rest.lstrip(" .:：;；|-_")
        return None

    def _near(self, label: Line) -> Line | None:
        """The nearest line on the right, else the nearest below that begins where the label does or covers it."""
        left, top, right, bottom = label.at
        height = bottom - top
        beside, below = [], []
        for line in self.lines:
            if line is label or line.page != label.page or self._label_of(line):
                continue
            x, y, x_end, y_end = line.at
            if abs((y + y_end) - (top + bottom)) < height and x >= right - height:
                beside.append((x - right, line))
            elif 0 < (y + y_end) / 2 - bottom < 3 * height and x < right and x_end > left:
                below.append((y - bottom, line))
        near = min(beside or below, key=lambda item: item[0], default=None)
        return near[1] if near else None

    def _by_words(self) -> None:
        """What a phrase of the issuer means: ICT Professional is 高级工程师."""
        for name, words in self.layout.words.items():
            if name in self.found:
                continue
            for line in self.lines:
                for word in sorted(words, key=len, reverse=True):
                    if _key(word) in _key(line.text):
                        self._take(name, words[word], line)
                        break

    def _member(self) -> None:
        """A line that is the member's name, and no other, where no label says so."""
        if "name" not in self.found:
            for line in self.lines:
                if _name_differs(line.text, self.known) is False:
                    self._take("name", line.text, line)
                    return


def _end_of(text: str, label: str) -> int | None:
    """Where a label ends that begins a text, spaces and case aside; None if it does not begin with it."""
    seen = 0
    for position, character in enumerate(text):
        if character.isspace():
            continue
        if seen == len(label):
            return position
        if character.casefold() != label[seen]:
            return None
        seen += 1
    return len(text) if seen == len(label) else None


def _cleaned(name: str, value: str) -> str:
    """The value of a field out of the words where it stands; empty if they hold none."""
    value = value.strip(" ,，。;；:：·*|")
    if name in ("passed_on", "valid_until"):
        return str(_date_in(value) or "")
    if name == "number":
        match = _NUMBER.fullmatch(re.sub(r"\s", "", value).replace("—", "-").replace("–", "-"))
        return match[0] if match and any(character.isdigit() for character in match[0]) else ""
    if name == "name":
        return value if 2 <= len(value) <= 60 and not re.search(r"\d", value) else ""
    if name == "type":
        value = value.upper() if re.fullmatch(r"(?i)hc[i1l|][ape]", value) else value
        return re.sub(r"^HC[1L|](?=[APE]$)", "HCI", value)[:60]
    if name == "direction":
        return re.sub(r"\s*V\d(?:\.\d)?$", "", value)[:80]
    return value[:40]


def _date_in(text: str) -> PartialDate | None:
    """The first date of a text, whatever its form."""
    text = re.sub(r"\s", "", text)
    for pattern in _DATES:
        if match := pattern.search(text):
            parts = match.groupdict()
            month = parts.get("month") or _MONTHS.index(parts["name"].lower()) + 1
            days = f"-{parts['day']}" if parts.get("day") else ""
            try:
                return PartialDate.parse(f"{parts['year']}-{month}{days}")
            except ValidationError:
                return None
    return None


# ---------------------------------------------------------------- what speaks against a field
def _doubt(one: Field, hint: str) -> Field:
    """The field, to be checked; the first hint is the one that is shown."""
    return replace(one, sure=False, confidence=min(one.confidence, 0.6), hint=one.hint or hint)


def _agreed(name: str, one: _Found | None, two: _Found | None) -> Field:
    """Two passes as one field: sure where both say the same, clearly, and nothing else."""
    best = one or two
    if best is None:
        return Field(hint=MISSING.get(name, ""))
    score = min(found.line.score for found in (one, two) if found)
    agreed = Field(best.value, True, READ, round(score, 3), best.line.box, best.line.page)
    if one is None or two is None:
        return _doubt(agreed, "照片这里不清楚，请核对")
    if match_key(one.value) != match_key(two.value):
        return _doubt(agreed, f"看了两遍不一样：也像“{two.value}”，请核对")
    if rivals := one.rivals + two.rivals:
        return _doubt(agreed, f"证书上还有“{rivals[0]}”，请核对")
    if score < SURE_SCORE:
        return _doubt(agreed, "照片这里不清楚，请核对")
    return agreed


def _ambiguous(number: Field) -> Field:
    """A letter among digits, or a digit among letters, that looks like one of the other kind: filled as its neighbours
    are, and marked."""
    value, hint = list(number.value), ""
    for match in re.finditer(r"[A-Za-z0-9]+", number.value):
        start, run = match.start(), match[0]
        for position, character in enumerate(run):
            around = run[max(position - 1, 0) : position] + run[position + 1 : position + 2]
            place = start + position
            if character in ALIKE and any(other.isdigit() for other in around):
                digit = ALIKE[character]
                as_digit = all(other.isdigit() for other in around)
                value[place] = digit if as_digit else character
                shown = "数字" if as_digit else "字母"
                hint = hint or f"第 {place + 1} 位像字母 {character.upper()}，也像数字 {digit}，已按{shown}填"
            elif character in LETTERS and around and all(other.isalpha() for other in around):
                hint = hint or (
                    f"第 {place + 1} 位像数字 {character}，也像字母 {LETTERS[character]}，已按数字填"
                )
    return _doubt(replace(number, value="".join(value)), hint) if hint else number


def _confirmed(number: Field, codes: list[str]) -> Field:
    """A QR code that holds the number confirms it, and settles which of two characters it is."""
    if not number.value:
        return number
    wanted = _plain(number.value)
    for code in codes:
        for token in re.findall(r"[A-Za-z0-9-]+", code):
            if _plain(token) == wanted and len(token) == len(number.value):
                return replace(number, value=token, sure=True, confidence=1.0, hint="与二维码一致")
    return number


def _plain(text: str) -> str:
    """A number in which characters that look alike are the same."""
    return "".join(ALIKE.get(character, character.upper()) for character in text)


def _known_type(kind: Field, known: Known, said: set[str]) -> Field:
    """A type the branch has, and that the rest of the paper does not speak against."""
    if not kind.value:
        return kind
    names = {_key(one.name): one.name for one in known.types}
    if _key(kind.value) not in names:
        return _doubt(kind, "支部还没有这个认证类型，请核对名称")
    kind = replace(kind, value=names[_key(kind.value)])
    if said - {kind.value}:
        return _doubt(kind, f"证书上还写着 {'、'.join(sorted(said - {kind.value}))} 的等级，请核对")
    return kind


def _check_dates(fields: dict[str, Field], known: Known) -> None:
    """Dates that cannot be, or do not go together; and the end that is not printed."""
    passed, until = (_parsed(fields[name].value) for name in ("passed_on", "valid_until"))
    if passed and passed.first > known.today:
        fields["passed_on"] = _doubt(fields["passed_on"], "这一天还没有到，请核对")
    if passed and passed.first.year < EARLIEST:
        fields["passed_on"] = _doubt(fields["passed_on"], f"早于 {EARLIEST} 年，请核对")
    kind = next((one for one in known.types if one.name == fields["type"].value), None)
    usual = Certification(type=kind, passed_on=passed).usual_end if kind and passed else None
    if passed and until:
        if not passed.certainly_before(until):
            hint = "有效期至不晚于通过日期，请核对"
        elif usual and abs((usual.last - until.last).days) > 31:
            hint = f"与 {kind.name} 通常的 {_span(kind)}有效期不合，请核对"
        else:
            return
        for name in ("passed_on", "valid_until"):
            fields[name] = _doubt(fields[name], hint)
    elif usual and not until:
        fields["valid_until"] = Field(
            str(usual),
            fields["passed_on"].sure and fields["type"].sure,
            DERIVED,
            min(fields["passed_on"].confidence, fields["type"].confidence),
            hint=f"证书上没读到，按 {kind.name} {_span(kind)}推算",
        )


def _span(kind: CertificationType) -> str:
    """A validity as it is said: whole years, else months."""
    years, months = divmod(kind.validity_months, 12)
    return f"{kind.validity_months} 个月" if months else f"{years} 年"


def _parsed(value: str) -> PartialDate | None:
    return PartialDate.parse(value) if value else None


def _name_differs(name: str, known: Known) -> bool | None:
    """Whether this is somebody else's name; in Latin letters any order and spacing of its syllables is the same."""
    if not (name and known.member):
        return None
    if _key(name) == _key(known.member):
        return False
    read = "".join(re.findall(r"[a-z]", _key(name)))
    if not read or re.search(r"[\u4e00-\u9fff]", name):
        return True
    for spelling in {known.member_pinyin, pinyin(known.member)} - {""}:
        parts = spelling.casefold().split()
        # The family name first or last; one of two characters (欧阳) is one of the turns too.
        turns = {"".join(parts[at:] + parts[:at]) for at in range(max(len(parts), 1))}
        if read in turns:
            return False
    return True

"""One line of words → the fields of an activity."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from activities.reading.clock import find_clock
from activities.reading.counts import Counts, find_counts, find_roll
from activities.reading.days import find_days
from activities.reading.kinds import (
    JOINT,
    LINE_ORDER,
    OTHER,
    SPOKEN_NAMES,
    choose_kind,
    find_kind_words,
    named_lines,
    quoted,
    task_lines,
)
from activities.reading.line import BEFORE, Line, one_of
from activities.reading.partners import find_partners, short_forms
from activities.reading.people import find_people
from activities.reading.places import Around, find_place, place_of_partner, shield_names
from activities.reading.theme import LONGEST, find_rest, make_theme, says_little
from activities.reading.typos import mend

READ, GUESSED = "read", "guessed"

_COMING = one_of(
    r"""于 在 到 赴 去 前往 组织 开展 举行 举办 召开 开 搞 办 做 进行 邀请 邀 请 与 和 同 跟 联合 走访 参观 慰问 签 \d
    [一二三四五六七八九十]+月 今 明 后天 下 本周 周 星期 上午 晚上
    元旦 国庆 五一 七一 春节 寒假 暑假 月底 年底 近期 $"""
)
_A_DAY = (
    r"(?:[今明后昨前][天日晚]|[上下本这]|周|星期|礼拜|月底|[\d一二三四五六七八九十]{1,4}\s?[月日号点时:./-])"
)
_MOVED = re.compile(
    rf"(?:(?<![修整更])改|(?:改期?|推迟|延期?|延后|挪|调整?|顺延|提前|变更)[到至在为成])(?={_A_DAY})"
)
# 工作计划 and 年度计划 are no plan of this activity.
_PLAN = re.compile(
    rf"{BEFORE}将:?(?=\s?{_COMING})|[将拟](?=于|在|举|召|开|组织|赴|邀)于?|[定约][于在](?={_A_DAY})"
    rf"|(?:预告|(?<![度作年月个的订定习论])计划|准备|打算|预计|预定|安排在|拟定?于?|将于):?(?=\s?{_COMING})"
)
_NOT_HELD = re.compile(r"取消|延期|改期|推迟|暂停|流会|没开成|未举行|未召开|未开成")


_MEMBERS_CAME = re.compile(r"(?<![给为对向])(?:全体|支部)党员|党员(?:们|都|集体)")


@dataclass(frozen=True)
class Known:
    """The vocabulary of one branch.

    kinds: (code, name, is_branch_life); partners: (id, name, aliases); members: (id, name); places: names, the most
    frequent first; lines_of_kind: the task lines the branch mostly gives a kind.
    """

    kinds: list[tuple[str, str, bool]] = field(default_factory=list)
    partners: list[tuple[int, str, tuple[str, ...]]] = field(default_factory=list)
    members: list[tuple[int, str]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    lines_of_kind: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Reading:
    """What the line says.

    sources: which fields the words say themselves ("read") and which were derived ("guessed"); a field that is in
    neither is empty. rest: the words no rule took. doubts: sentences for the reader.
    """

    theme: str
    starts_on: dt.date
    starts_at: dt.time | None = None
    ends_on: dt.date | None = None
    ends_at: dt.time | None = None
    place: str = ""
    kind: str = OTHER
    lines: list[str] = field(default_factory=list)
    partners: list[int] = field(default_factory=list)
    person_times: int | None = None
    persons: int | None = None
    present: int | None = None
    expected: int | None = None
    count_method: str = ""
    speakers: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    recorders: list[str] = field(default_factory=list)
    status: str = "held"
    rest: str = ""
    sources: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def read(line: str, *, today: dt.date, known: Known) -> Reading:
    """Read one line. It never fails: what it does not understand stays in the theme."""
    words = Line(line)
    reading = Reading(theme="", starts_on=today)
    mend(words, _vocabulary(known), [name for _, name, _ in known.kinds])
    _keep_apart(words, known)
    planned = _take_plan(words)
    roll = find_roll(words)
    _read_days(words, reading, planned)
    _read_clock(words, reading)
    counts = find_counts(words, roll)
    for role, names in find_people(words, [name for _, name in known.members]).items():
        _fill(reading, role, names)
    _read_names(words, reading, known, counts)
    _settle_counts(words, reading, counts, known)
    if reading.starts_on > today or (planned and reading.starts_on == today):
        reading.status = "planned"
    reading.sources["status"] = READ if planned else GUESSED
    if match := _NOT_HELD.search(words.plain):
        reading.doubts.append(f"这一行里有“{match[0]}”，请看一下状态")
    return reading


def _fill(reading: Reading, name: str, value, source: str = READ) -> None:
    """Fill a field that has a value, and say where it comes from."""
    if value not in (None, "", []):
        setattr(reading, name, value)
        reading.sources[name] = source


def _vocabulary(known: Known) -> set[str]:
    """Every name the line may have meant."""
    partners = {
        form for _, own, aliases in known.partners for name in (own, *aliases) for form in short_forms(name)
    }
    # Two characters sound like too much else.
    return {name for name in (*partners, *known.places) if len(name) > 2} | set(SPOKEN_NAMES)


def _keep_apart(words: Line, known: Known) -> None:
    """Quotations are the theme's; numbers in names are neither days nor counts; what was to be before the activity was
    moved is no longer its day."""
    for span in quoted(words.text):
        words.close(span)
    shield_names(words, known.places)
    if match := _MOVED.search(words.words):
        words.shield((0, match.start()))
        words.take(match.span())


def _take_plan(words: Line) -> bool:
    """将于, 计划, 拟: the line speaks of something to come."""
    match = _PLAN.search(words.words)
    if match:
        words.take(match.span())
    return bool(match)


def _read_days(words: Line, reading: Reading, planned: bool) -> None:
    days, doubts = find_days(words, reading.starts_on, planned=planned)
    reading.doubts += doubts
    if days is None:
        reading.sources["starts_on"] = GUESSED
        return
    _fill(reading, "starts_on", days.start, GUESSED if days.vague else READ)
    _fill(reading, "ends_on", days.end)


def _read_clock(words: Line, reading: Reading) -> None:
    clock = find_clock(words)
    if clock is None:
        return
    reading.doubts += clock.doubts
    reading.starts_at, reading.ends_at = clock.start, clock.end
    reading.sources["starts_at"] = GUESSED if clock.guessed else READ
    if clock.end:
        reading.sources["ends_at"] = reading.sources["starts_at"]
        if reading.ends_on is None:  # a time of ending has a day
            _fill(reading, "ends_on", reading.starts_on, GUESSED)


def _read_names(words: Line, reading: Reading, known: Known, counts: Counts) -> None:
    """Partners, place and kind; then the theme, out of what is left."""
    partners = find_partners(words, known.partners)
    _fill(reading, "partners", list(dict.fromkeys(word.partner for word in partners)))
    kind_words = find_kind_words(words, known.kinds)
    spans = [word.span for word in partners]
    around = Around(known.places, spans, [word.span for word in kind_words])
    _fill(reading, "place", find_place(words, around))
    if not reading.place:
        at = next((place for span in spans if (place := place_of_partner(words, span))), "")
        _fill(reading, "place", at, GUESSED)

    chosen = choose_kind(words, kind_words, known.kinds)
    kinds = {code: (name, is_branch_life) for code, name, is_branch_life in known.kinds}
    # A meeting with a partner that says no more is a joint event.
    reading.kind = chosen.code if chosen else JOINT if partners and JOINT in kinds else OTHER
    reading.sources["kind"] = READ if chosen and chosen.is_clear else GUESSED
    name, is_branch_life = kinds.get(reading.kind, ("其他", False))
    _read_lines(words, reading, known, is_branch_life, bool(counts.person_times or counts.persons))

    understood = [word.span for word in kind_words if word.is_name and word.code == reading.kind]
    reading.rest = find_rest(words, spans, understood)
    named = [words.text[slice(*span)] for span in spans]
    little = says_little(reading.rest, [name for _, name in known.members])
    is_aside = bool(chosen and chosen.is_name and little)
    reading.theme = make_theme(reading.rest, name if chosen else "活动", named, is_aside=is_aside)
    reading.sources["theme"] = READ if reading.rest else GUESSED
    if len(reading.rest) > LONGEST:
        reading.doubts.append(f"这一行太长，主题只留下前 {LONGEST} 个字")


def _read_lines(words: Line, reading: Reading, known: Known, is_branch_life: bool, serves: bool) -> None:
    """The lines that are named, beside those of the kind."""
    named = named_lines(words)
    usual = task_lines(reading.kind, is_branch_life, known.lines_of_kind, serves)
    reading.lines = sorted({*usual, *named}, key=LINE_ORDER.index)
    reading.sources["lines"] = READ if set(usual) <= set(named) else GUESSED


def _settle_counts(words: Line, reading: Reading, counts: Counts, known: Known) -> None:
    """Bare 人 are those present at a meeting of branch life or where the members went, and persons served at anything
    else."""
    branch_life = {code for code, _, is_branch_life in known.kinds if is_branch_life}
    for name in ("person_times", "persons", "present", "expected"):
        _fill(reading, name, getattr(counts, name), GUESSED if name in counts.guessed else READ)
    meets = reading.kind in branch_life or (counts.is_roll and reading.kind == OTHER)
    came = meets or (not counts.persons and _MEMBERS_CAME.search(words.plain))
    target = "present" if came else "persons"
    if getattr(reading, target) is None:
        _fill(reading, target, counts.people)
    _fill(reading, "count_method", counts.method)
    reading.doubts += counts.doubts

"""Cells that speak of others: references to records, people, and keys of 其他信息 that may stand several times."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError

from core.text import match_key
from exchange.workbook.cells import Count, Date, Kind, Text, text_of
from exchange.workbook.text import (
    PersonText,
    join_list,
    join_parts,
    join_people,
    split_list,
    split_parts,
    split_people,
)
from exchange.workbook.xlsx import Cell


# ---------------------------------------------------------------- references to other records
@dataclass(frozen=True)
class Reference(Kind):
    """Another record, by what identifies it. to: how the planner calls what is referred to."""

    to: str = ""

    def read(self, cell, planner):
        """The draft of the record. Raises ValidationError if neither the file nor the branch has it."""
        return planner.find(self.to, text_of(cell))

    def show(self, value, planner):
        """What identifies it."""
        return planner.called(self.to, value) if value else None


@dataclass(frozen=True)
class Partners(Kind):
    """Several partners, by name or alias; shown by their canonical names."""

    def read(self, cell, planner):
        """Their drafts in order, each once."""
        return tuple(dict.fromkeys(planner.find("partner", name) for name in split_list(text_of(cell))))

    def show(self, value, planner):
        """Canonical names."""
        return join_list(partner.data["name"] for partner in value) or None


@dataclass(frozen=True)
class FigureKey(Text):
    """A figure, by its key or its label; shown by its key."""

    def read(self, cell, planner):
        """The key."""
        return planner.figure(super().read(cell, planner))


# ---------------------------------------------------------------- people
@dataclass(frozen=True)
class Person:
    """Somebody named in a record: a member's draft, or nobody of the branch; `word` is the role or remark."""

    member: object
    name: str
    word: str = ""

    @property
    def identity(self):
        """What tells one person from another."""
        return self.member or match_key(self.name)


def person_text(person: Person, planner, roles) -> PersonText:
    """A person as written in a cell: with the number only where the name alone would be read otherwise."""
    role = person.word if person.word in roles else ""
    same_name = planner.members_called(person.name)
    if person.member is None:
        return PersonText(person.name, "" if same_name else None, role)
    number = person.member.data["staff_number"]
    return PersonText(person.name, None if same_name == [person.member] else number, role)


@dataclass(frozen=True)
class People(Kind):
    """People in order. members_only: nobody else; roles: the words that brackets may hold; repeats: whether a person
    may stand twice, in two roles."""

    members_only: bool = False
    roles: tuple[str, ...] = ()
    longest: int = 120
    repeats: bool = False

    def read(self, cell, planner):
        """Persons in order."""
        found = tuple(self.person(written, planner) for written in split_people(text_of(cell), self.roles))
        seen = set()
        for person in found:
            mark = (person.identity, person.word if self.repeats else "")
            if mark in seen and person.member:
                raise ValidationError(f"{person.name}在这一栏里出现了两次")
            seen.add(mark)
        return found

    def person(self, written: PersonText, planner) -> Person:
        """One person as written, found among the members where it is one."""
        if len(written.name) > self.longest:
            raise ValidationError(f"“{written.name[:20]}…”太长，最多 {self.longest} 个字")
        member = planner.find_person(written.name, written.number)
        if member is None and self.members_only:
            raise ValidationError(f"支部里没有叫“{written.name[:40]}”的党员")
        return Person(member, written.name, written.role)

    def show(self, value, planner):
        """As it is read."""
        return join_people((person_text(person, planner, self.roles) for person in value), self.roles) or None


# ---------------------------------------------------------------- keys of 其他信息 that may stand several times
@dataclass(frozen=True)
class Several(Kind):
    """A key of 其他信息 that may stand several times; each value has parts between `|`. parts: what they are, for the
    reader and the length of each."""

    parts: tuple[str, ...] = ()

    def read_all(self, texts: list[str], planner) -> tuple:
        """All values of the key."""
        return tuple(self.read_one(split_parts(text, len(self.parts)), planner) for text in texts)

    def show_all(self, value, planner) -> list[str]:
        """As they are read."""
        return [join_parts(self.show_one(item, planner)) for item in value]

    def read_one(self, parts: list[str], planner):
        """One value from its parts."""
        raise NotImplementedError

    def show_one(self, item, planner) -> list[str]:
        """The parts of one value."""
        raise NotImplementedError


def _part(text: str, longest: int, word: str) -> str:
    if len(text) > longest:
        raise ValidationError(f"{word}“{text[:20]}…”太长，最多 {longest} 个字")
    return text


def _needed(text: str, longest: int, word: str) -> str:
    if not text:
        raise ValidationError(f"缺少{word}")
    return _part(text, longest, word)


def _optional(kind: Kind, text: str, planner):
    return kind.read(Cell("text", text), planner) if text else None


@dataclass(frozen=True)
class Terms(Several):
    """Posts with their dates: `书记|2021-03|2024-06`."""

    parts: tuple[str, ...] = ("职务", "任职日期", "免职日期")

    def read_one(self, parts, planner):
        """(post, beginning, end)."""
        starts, ends = _optional(Date(), parts[1], planner), _optional(Date(), parts[2], planner)
        if starts and ends and ends.certainly_before(starts):
            raise ValidationError(f"{parts[0]}的免职日期早于任职日期")
        return _needed(parts[0], 40, "职务"), starts, ends

    def show_one(self, item, planner):
        """As it is read."""
        name, starts, ends = item
        return [name, str(starts or ""), str(ends or "")]


@dataclass(frozen=True)
class Commitments(Several):
    """What an agreement promises: `员工培训|4|场|3`."""

    parts: tuple[str, ...] = ("承诺", "承诺数", "单位", "兑现数")

    def read_one(self, parts, planner):
        """(commitment, promised, unit, delivered)."""
        return (
            _needed(parts[0], 120, "承诺"),
            _optional(Count(), parts[1], planner),
            _part(parts[2], 10, "单位"),
            _optional(Count(), parts[3], planner),
        )

    def show_one(self, item, planner):
        """As it is read."""
        return ["" if part is None else str(part) for part in item]


@dataclass(frozen=True)
class Observers(Several):
    """People who sit in: `王五#1002|校党委`."""

    parts: tuple[str, ...] = ("姓名", "说明")
    roles: tuple[str, ...] = ()

    def read_all(self, texts, planner):
        """Persons, members each once."""
        found = super().read_all(texts, planner)
        members = [person.member for person in found if person.member]
        if len(set(members)) < len(members):
            raise ValidationError("列席里同一名党员出现了两次")
        return found

    def read_one(self, parts, planner):
        """A person with a remark."""
        written = split_people(_needed(parts[0], 200, "姓名"), ())
        if len(written) != 1:
            raise ValidationError("一个“列席=”只写一人，可以写多个“列席=”")
        person = People().person(written[0], planner)
        return Person(person.member, person.name, _part(parts[1], 200, "说明"))

    def show_one(self, item, planner):
        """As it is read."""
        return [join_people([person_text(item, planner, ())], ()), item.word]


@dataclass(frozen=True)
class Remarks(Several):
    """What is said about a person of one of the columns: `请假党员|张三#1001|出差`. columns: {header: field}."""

    parts: tuple[str, ...] = ("栏目", "姓名", "说明")
    columns: tuple[tuple[str, str], ...] = ()

    def read_one(self, parts, planner):
        """(field, person, remark)."""
        field = dict(self.columns).get(parts[0])
        if field is None:
            raise ValidationError(f"说明里没有“{parts[0][:20]}”这一栏")
        written = split_people(_needed(parts[1], 200, "姓名"), ())
        if len(written) != 1:
            raise ValidationError("一个“说明=”只写一人，可以写多个“说明=”")
        return field, People().person(written[0], planner), _part(parts[2], 200, "说明")

    def show_one(self, item, planner):
        """As it is read."""
        field, person, remark = item
        header = next(header for header, known in self.columns if known == field)
        return [header, join_people([person_text(person, planner, ())], ()), remark]

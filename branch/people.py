"""People named in a form: members of the branch by their names, anybody else as written.

Written as in the workbook: several names with 、 between them, `张三#1001` where two members share a name, `张三#` for
somebody else of a member's name, what is said of a person in brackets: `王五（校党委）`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError

from branch.models import Member
from core.permissions import scope_of
from core.text import match_key, tidy

_BETWEEN = re.compile(r"[;；、,，](?![^（(]*[）)])")  # not inside brackets
_PERSON = re.compile(
    r"(?P<name>[^#＃（(]+)(?P<mark>[#＃](?P<number>[^（(]*))?(?:[（(](?P<remark>.*)[）)])?", re.DOTALL
)


@dataclass(frozen=True)
class Named:
    """Somebody named. member: None for whoever is not of the branch; remark: what stood in brackets."""

    member: Member | None
    name: str
    remark: str = ""


class Roster:
    """The members of a branch, by name and staff number. Asked once a form."""

    def __init__(self, organisation):
        self.members = list(Member.objects.live().of([organisation]).order_by("name_pinyin", "pk"))
        self._called: dict[str, list[Member]] = {}
        for member in self.members:
            self._called.setdefault(member.name_key, []).append(member)

    def read(self, text: str) -> list[Named]:
        """People in order. Raises ValidationError with a sentence for a name that could be two members', a number that
        is nobody's, and a person named twice."""
        found = [self.person(part) for part in map(tidy, _BETWEEN.split(text)) if part]
        seen = set()
        for person in found:
            who = person.member.pk if person.member else match_key(person.name)
            if who in seen:
                raise ValidationError(f"{person.name}出现了两次")
            seen.add(who)
        return found

    def person(self, text: str) -> Named:
        """One person. Raises ValidationError with a sentence."""
        match = _PERSON.fullmatch(text)
        if match is None:
            raise ValidationError(f"看不懂“{text[:40]}”，请写成 张三 或 张三（说明）")
        name, number, remark = (tidy(part or "") for part in match.group("name", "number", "remark"))
        called = self._called.get(match_key(name), [])
        if number:
            called = [member for member in called if member.staff_number == number]
            if not called:
                raise ValidationError(f"支部里没有工号 {number} 的{name}")
        elif match["mark"]:
            called = []
        if len(called) > 1:
            numbers = "、".join(f"{name}#{member.staff_number}" for member in called)
            raise ValidationError(f"有 {len(called)} 名党员叫{name}，请写成 {numbers}")
        return Named(called[0] if called else None, name, remark)

    def show(self, people) -> str:
        """As `read` reads it. Arguments: people, anything with member, name and remark."""
        return "、".join(
            self.show_one(person.member, person.name) + (f"（{person.remark}）" if person.remark else "")
            for person in people
        )

    def show_one(self, member, name: str) -> str:
        """One person, without what is said of them."""
        namesakes = len(self._called.get(match_key(name), []))
        if member is None:
            return f"{name}#" if namesakes else name
        return f"{name}#{member.staff_number}" if namesakes > 1 else name

    @property
    def names(self) -> list[str]:
        """Every member, to choose from."""
        return [self.show_one(member, member.name) for member in self.members]


class PeopleField(forms.CharField):
    """Names, as a list of Named. `roster` is set by the form, which knows the branch."""

    roster: Roster

    def __init__(self, label, *, one=False, **kwargs):
        kwargs.setdefault("help_text", "" if one else "几个人用顿号隔开")
        super().__init__(label=label, required=kwargs.pop("required", False), max_length=1000, **kwargs)
        self.one = one

    def clean(self, value):
        """People in order. Raises ValidationError."""
        people = self.roster.read(super().clean(value))
        if self.one and len(people) > 1:
            raise ValidationError("这里只写一个人")
        if any(len(person.name) > 120 or len(person.remark) > 200 for person in people):
            raise ValidationError("姓名或说明太长")
        return people

    def prepare_value(self, value):
        """People as they are typed."""
        return value if isinstance(value, str) else self.roster.show(value or ())


class PersonField(forms.CharField):
    """One person of a row, as Named. `roster` is set by the form, which knows the branch; its page holds the names to
    choose from in a `<datalist id="roster">`."""

    roster: Roster
    widget = forms.TextInput(attrs={"list": "roster", "autocomplete": "off"})

    def clean(self, value):
        """The person. Raises ValidationError."""
        text = super().clean(value)
        if not text:
            return None
        if re.search(r"[;；、]", text):
            raise ValidationError("这里只写一个人，其他人另起一行")
        return self.roster.person(text)

    def prepare_value(self, value):
        """As typed; anything with member and name as it is written."""
        if value is None or isinstance(value, str):
            return value
        return self.roster.show_one(value.member, value.name)


def own_memberships(user):
    """The user's own memberships in branches where the user has a role today, as an ordinary member or as one who keeps
    the records."""
    scope = scope_of(user)
    return Member.objects.live().filter(user_id=user.pk, organisation_id__in=scope.belong | scope.edit)


def may_bring_own_to(user):
    """The branches whose records the user may begin: where the user edits, anybody's; for whoever edits nothing, those
    of which the user is a member, there the own ones."""
    return user.scope.edit or set(Member.objects.of_account(user).values_list("organisation_id", flat=True))

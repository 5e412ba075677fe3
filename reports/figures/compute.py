"""From families to numbers: values, the records behind them, and both frozen together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, Sum

from branch.models import Certification
from core.dates import PartialDate, Window
from core.text import match_key, refuse_control_characters
from reports.figures.families import FAMILIES, Family, Question, Vocabulary


class UnknownFigure(KeyError):
    """No figure has this key or label."""


@dataclass(frozen=True)
class Figure:
    """One answered question.

    value: an int, a Decimal for money, for a ratio a Decimal of four places (None: nothing to divide by).
    """

    key: str
    label: str
    unit: str
    line: str | None
    value: int | Decimal | None
    numerator: int | None = None
    denominator: int | None = None
    is_money: bool = False

    @property
    def is_ratio(self) -> bool:
        """Whether it is a numerator over a denominator."""
        return self.denominator is not None

    @property
    def is_zero(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.numerator if self.is_ratio else self.value)

    @property
    def display(self) -> str:
        """As it is printed: 1,086 · 16/17(94.1%) · 125,000.00."""
        if self.is_ratio:
            return ratio_text(self.numerator, self.denominator)
        return f"{self.value:,.2f}" if self.is_money else f"{self.value:,}"

    def as_json(self) -> dict:
        """As it stands in figures.json: money as a string with two decimals, a ratio's value of four places."""
        value = self.value
        if self.is_money:
            value = f"{value:.2f}"
        elif self.is_ratio and value is not None:
            value = float(value)
        return {
            "key": self.key,
            "label": self.label,
            "unit": self.unit,
            "line": self.line,
            "value": value,
            "display": self.display,
            "numerator": self.numerator,
            "denominator": self.denominator,
        }


def ratio_text(numerator: int, denominator: int) -> str:
    """A ratio with both its parts: `16/17(94.1%)`, one decimal, rounded half up; `0/0` with nothing to divide by."""
    if not denominator:
        return f"{numerator}/{denominator}"
    percent = (Decimal(numerator) * 100 / Decimal(denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{numerator}/{denominator}({percent}%)"


def _ratio(numerator: int, denominator: int) -> Decimal | None:
    return (
        (Decimal(numerator) / Decimal(denominator)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        if denominator
        else None
    )


def _types(organisations: Iterable[int]) -> dict[int, list[str]]:
    """The certification types each organisation has a record of, in any state."""
    found: dict[int, list[str]] = {pk: [] for pk in organisations}
    pairs = Certification.objects.reportable().of(organisations).values_list("organisation_id", "type__name")
    for pk, name in pairs.order_by("type__name").distinct():
        found[pk].append(name)
    return found


def compute(organisations: Iterable[int], window: Window) -> dict[int, dict[str, Figure]]:
    """Every figure of each organisation over the window: {organisation id: {key: Figure in report order}}.

    The number of queries depends neither on how many records nor on how many organisations there are.
    """
    organisations = list(organisations)
    types = _types(organisations)
    vocabulary = Vocabulary(name for names in types.values() for name in names)
    answers: dict[int, dict[str, Figure]] = {pk: {} for pk in organisations}
    for family in FAMILIES:
        questions = family.questions(vocabulary)
        groups = _grouped(family, window, organisations)
        for pk in organisations:
            for question in questions:
                if _exists(family, question, types[pk]):
                    answers[pk][question.key] = _answer(question, groups.get(pk, []), answers[pk])
    return answers


def _exists(family: Family, question: Question, types: list[str]) -> bool:
    return family.name != "certifications" or question.where["type__name"] in types


def _grouped(family: Family, window: Window, organisations: list[int]) -> dict[int, list[dict]]:
    """The family's rows counted and summed by dimension, in one query."""
    rows = (
        family.rows(window, organisations)
        .order_by()
        .values(family.organisation, *family.dimensions)
        .annotate(
            units=Count(family.unit, distinct=True),
            **{f"sum_{column}": Sum(column) for column in family.sums},
        )
    )
    groups: dict[int, list[dict]] = {}
    for row in rows:
        groups.setdefault(row[family.organisation], []).append(row)
    return groups


def _answer(question: Question, groups: list[dict], answered: dict[str, Figure]) -> Figure:
    """One question's number, from its family's groups."""
    column = f"sum_{question.sums}" if question.sums else "units"
    number = sum(group[column] or 0 for group in groups if _matches(question, group))
    parts = {}
    if question.ratio_to:
        denominator = answered[question.ratio_to].value
        parts = {"numerator": number, "denominator": denominator}
        number = _ratio(number, denominator)
    elif question.money:
        number = Decimal(number).quantize(Decimal("0.01"))
    return Figure(
        question.key, question.label, question.unit, question.line, number, is_money=question.money, **parts
    )


def _matches(question: Question, row: dict) -> bool:
    return all(row[column] == value for column, value in question.where.items())


def find(key: str) -> tuple[Family, Question]:
    """The family and question of a key. Raises UnknownFigure."""
    try:
        refuse_control_characters(key)
    except ValidationError:  # no name holds them, and a database cannot even be asked
        raise UnknownFigure(key) from None
    prefix, _, name = key.partition(":")
    types = [name] if prefix in ("certifications.holders", "certifications.ratio") and name.strip() else []
    vocabulary = Vocabulary(types)
    for family in FAMILIES:
        for question in family.questions(vocabulary):
            if question.key == key:
                return family, question
    raise UnknownFigure(key)


def drill_down(key: str, organisations: Iterable[int], window: Window) -> QuerySet:
    """The records behind a figure, as a QuerySet of their model: as many as the value of a count, those with something
    to add for a sum, the numerator's for a ratio. Raises UnknownFigure.

    The caller says which organisations, and so answers for the user's right to see them.
    """
    return records_behind(*find(key), organisations, window)


def records_behind(
    family: Family, question: Question, organisations: Iterable[int], window: Window
) -> QuerySet:
    """The records behind a figure that was found already."""
    rows = family.rows(window, list(organisations)).filter(**question.where)
    if question.sums:
        rows = rows.filter(**{f"{question.sums}__gt": 0})
    if family.unit == "pk":
        return rows
    return family.listed.objects.filter(pk__in=rows.order_by().values(family.unit))


def resolve(text: str, types: Iterable[str] = ()) -> str:
    """The key of a figure written as its key or its label (指标 in a workbook). Raises UnknownFigure.

    Arguments: types, certification types that are about to be made, whose figures have labels too.
    """
    text = text.strip()
    try:
        return find(text)[1].key
    except UnknownFigure:
        pass
    from branch.models import CertificationType

    vocabulary = Vocabulary([*CertificationType.objects.values_list("name", flat=True), *types])
    wanted = match_key(text)
    for family in FAMILIES:
        for question in family.questions(vocabulary):
            if match_key(question.label) == wanted:
                return question.key
    raise UnknownFigure(text)


def total(figures: Iterable[Figure]) -> Figure:
    """The sum of one figure over several organisations (a ratio: numerators and denominators added)."""
    figures = list(figures)
    first = figures[0]
    parts = {}
    value = sum(figure.value or 0 for figure in figures)
    if first.is_ratio:
        numerator = sum(figure.numerator for figure in figures)
        denominator = sum(figure.denominator for figure in figures)
        parts = {"numerator": numerator, "denominator": denominator}
        value = _ratio(numerator, denominator)
    return Figure(first.key, first.label, first.unit, first.line, value, is_money=first.is_money, **parts)


def repeated(organisations: Iterable[int], window: Window) -> dict[str, int]:
    """How many of the units that several branches add up to are one thing held by two or more of them: {key: how many
    too many}, only where there are any. 合计 n，去重后 n minus this.

    Counts only: a sum of money or people is nobody's to divide.
    """
    found: dict[str, int] = {}
    organisations = list(organisations)
    vocabulary = Vocabulary()
    for family in FAMILIES:
        if family.identity is None:
            continue
        rows = (
            family.rows(window, organisations)
            .order_by()
            .annotate(identity=family.identity)
            .exclude(identity="")
        )
        holders: dict[str, list[dict]] = {}
        for row in rows.values("identity", family.organisation, *family.dimensions).distinct():
            holders.setdefault(row["identity"], []).append(row)
        shared = [rows for rows in holders.values() if len({row[family.organisation] for row in rows}) > 1]
        for question in family.questions(vocabulary) if shared else ():
            places = [
                {row[family.organisation] for row in rows if _matches(question, row)} for rows in shared
            ]
            extra = sum(len(branches) - 1 for branches in places if branches)
            if extra and not question.sums:
                found[question.key] = extra
    return found


def freeze(organisation, window: Window, *, keep: Collection[str] = ()) -> dict:
    """Every figure of one branch with the records behind it: the body of figures.json, without compile time and digest.

    keep: figures that are there even when they are zero, such as those with a target. Each family is read once; call it
    inside `core.db.snapshot()` so that all of them see one moment.
    """
    types = _types([organisation.pk])
    vocabulary = Vocabulary(types[organisation.pk])
    answers: dict[str, Figure] = {}
    entries = []
    for family in FAMILIES:
        groups = _listed(family, window, organisation)
        for question in family.questions(vocabulary):
            matching = [group for group in groups if _matches(question, group)]
            figure = _answer(question, matching, answers)
            answers[question.key] = figure
            if figure.is_zero and not question.always and question.key not in keep:
                continue
            records = {
                row["id"]: row["record"]
                for group in matching
                for row in group["rows"]
                if not question.sums or row[question.sums]
            }
            in_order = sorted(records.values(), key=lambda record: (record["date"] or "9999", record["id"]))
            entries.append({**figure.as_json(), "records": in_order})
    return {
        "schema": 1,
        "branch": {"code": organisation.code, "name": organisation.name},
        "window": {"start": str(window.start), "end": str(window.end), "label": window.label},
        "as_of": str(window.as_of),
        "figures": entries,
    }


def _listed(family: Family, window: Window, organisation) -> list[dict]:
    """The family's rows, one by one, gathered by dimension: the same groups as `_grouped`, with their rows."""
    days = {None: (), "starts_on": ("starts_on",)}.get(
        family.date, (f"{family.date}_first", f"{family.date}_last")
    )
    type_name = _record_type(family.listed)
    groups: dict[tuple, dict] = {}
    rows = family.rows(window, [organisation.pk]).order_by()
    for row in rows.values(family.unit, family.title, *days, *family.dimensions, *family.sums).iterator():
        first, last = (row[days[0]], row[days[-1]]) if days else (None, None)
        row["id"] = row[family.unit]
        row["record"] = {
            "type": type_name,
            "id": row["id"],
            "title": row[family.title].strip(),
            "date": str(PartialDate(first, last)) if first else None,
        }
        place = tuple(row[column] for column in family.dimensions)
        group = groups.setdefault(place, {**dict(zip(family.dimensions, place, strict=True)), "rows": []})
        group["rows"].append(row)
    for group in groups.values():
        group["units"] = len({row["id"] for row in group["rows"]})
        for column in family.sums:
            group[f"sum_{column}"] = sum(row[column] or 0 for row in group["rows"])
    return list(groups.values())


def _record_type(model) -> str:
    return "plan_item" if model.__name__ == "PlanItem" else model._meta.model_name

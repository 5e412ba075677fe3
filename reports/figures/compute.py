"""From families to numbers: values, the records behind them, and both frozen together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, Value

from branch.models import Certification
from core.counting import ratio_text
from core.dates import PartialDate, Window
from core.text import match_key, refuse_control_characters
from reports.figures.families import FAMILIES, Family, Question, Vocabulary
from reports.figures.tally import tally
from reports.models import Target

_OF_TYPES = "certifications."  # keys that end in :<a certification type>


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


def _ratio(numerator: int, denominator: int) -> Decimal | None:
    return (
        (Decimal(numerator) / Decimal(denominator)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        if denominator
        else None
    )


def _types(organisations: Iterable[int]) -> dict[int, list[str]]:
    """The certification types each organisation has a record of, in any state, or declared a target for."""
    recorded = Certification.objects.reportable().of(organisations)
    declared = Target.objects.reportable().of(organisations)
    declared = declared.filter(figure__startswith=_OF_TYPES)
    pairs = (
        recorded.order_by()
        .values_list("organisation_id", "type__name", Value(""))
        .union(declared.order_by().values_list("organisation_id", Value(""), "figure"))
    )
    found: dict[int, set[str]] = {pk: set() for pk in organisations}
    for pk, name, key in pairs:
        found[pk].add(name or key.partition(":")[2])
    return {pk: sorted(names) for pk, names in found.items()}


class Figures(Mapping[str, Figure]):
    """The figures of one place over one window, in report order.

    A Figure is made when it is looked at: over a hundred branches most are zeros that nobody looks at.
    """

    def __init__(self, questions: dict[str, Question], numbers: Mapping[str, int | Decimal]):
        self._questions, self._numbers = questions, numbers

    def __getitem__(self, key: str) -> Figure:
        question = self._questions[key]
        number = self._numbers.get(key, 0)
        parts = {}
        if question.ratio_to:
            parts = {"numerator": number, "denominator": self._numbers.get(question.ratio_to, 0)}
            number = _ratio(**parts)
        elif question.money:
            number = Decimal(number).quantize(Decimal("0.01"))
        return Figure(
            key, question.label, question.unit, question.line, number, is_money=question.money, **parts
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._questions)

    def __len__(self) -> int:
        return len(self._questions)

    def __contains__(self, key) -> bool:
        return key in self._questions


def compute(
    organisations: Iterable[int], window: Window, keys: Collection[str] | None = None
) -> dict[int, Figures]:
    """Every figure of each organisation over the window: {organisation id: {key: Figure in report order}}.

    Arguments: keys, the only ones to ask for (with their denominators).
    """
    return compute_each(organisations, [window], keys)[window]


def compute_each(
    organisations: Iterable[int], windows: Iterable[Window], keys: Collection[str] | None = None
) -> dict[Window, dict[int, Figures]]:
    """The same over several windows: {window: {organisation id: {key: Figure in report order}}}.

    Three queries: the number depends neither on how many records, organisations nor windows there are.
    """
    organisations, windows = list(organisations), list(dict.fromkeys(windows))
    types = _types(organisations)
    vocabulary = Vocabulary(name for names in types.values() for name in names)
    asked = _asked(vocabulary, keys)
    questions = {
        pk: {
            question.key: question
            for family, group in asked
            for question in group
            if _exists(family, question, names)
        }
        for pk, names in types.items()
    }
    arms = [(window, family, group) for window in windows for family, group in asked]
    numbers = {window: {pk: Counter() for pk in organisations} for window in windows}
    tallied = tally((family, family.rows(window, organisations)) for window, family, _ in arms)
    for (window, _, group), rows in zip(arms, tallied, strict=True):
        add_up(group, ((numbers[window][row["organisation"]], row) for row in rows))
    return {
        window: {pk: Figures(questions[pk], found[pk]) for pk in organisations}
        for window, found in numbers.items()
    }


def _asked(vocabulary: Vocabulary, keys: Collection[str] | None) -> list[tuple[Family, list[Question]]]:
    """The families with their questions; of only some keys, those questions and their denominators."""
    families = [(family, family.questions(vocabulary)) for family in FAMILIES]
    if keys is None:
        return families
    ratios = {question.ratio_to for _, group in families for question in group if question.key in keys}
    wanted = ratios.union(keys)
    found = [
        (family, [question for question in group if question.key in wanted]) for family, group in families
    ]
    return [(family.narrowed_to(group), group) for family, group in found if group]


def _exists(family: Family, question: Question, types: list[str]) -> bool:
    return family.name != "certifications" or question.where["type__name"] in types


def add_up(questions: Iterable[Question], rows: Iterable[tuple[Counter, dict]]) -> None:
    """Add each group of a family's rows to the numbers of the questions that ask of it.

    Arguments: rows, each with the numbers it belongs to. A row finds its questions by its values, it is not put to each
    of them.
    """
    by_columns: dict[tuple, dict[tuple, list[Question]]] = {}
    for question in questions:
        asked = by_columns.setdefault(tuple(question.where), {})
        asked.setdefault(tuple(question.where.values()), []).append(question)
    for numbers, row in rows:
        for columns, asked in by_columns.items():
            for question in asked.get(tuple(row[column] for column in columns), ()):
                number = row[f"sum_{question.sums}"] if question.sums else row["units"]
                numbers[question.key] += number if question.money else int(number)


def askable(organisation: int) -> list[Question]:
    """Every question a branch can be asked, in report order. Arguments: organisation, its id."""
    vocabulary = Vocabulary(_types([organisation])[organisation])
    return [question for family in FAMILIES for question in family.questions(vocabulary)]


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


class Totals(Mapping[str, Figure]):
    """The figures of several places added up, each when it is looked at.

    A key that only some of them have counts where it is.
    """

    def __init__(self, places: Iterable[Figures]):
        self._places = list(places)
        self._keys = dict.fromkeys(key for figures in self._places for key in figures)

    def __getitem__(self, key: str) -> Figure:
        if key not in self._keys:
            raise KeyError(key)
        return total(figures[key] for figures in self._places if key in figures)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key) -> bool:
        return key in self._keys


def repeated(
    organisations: Iterable[int], window: Window, keys: Collection[str] | None = None
) -> dict[str, int]:
    """How many of the units that several branches add up to are one thing held by two or more of them: {key: how many
    too many}, only where there are any. 合计 n，去重后 n minus this.

    Counts only: a sum of money or people is nobody's to divide. Arguments: keys, the only ones to ask for.
    """
    found: dict[str, int] = {}
    organisations = list(organisations)
    for family, questions in _asked(Vocabulary(), keys):
        if family.identity is None:
            continue
        rows = family.rows(window, organisations).order_by().annotate(identity=family.identity)
        rows = rows.exclude(identity="")
        shared = rows.values("identity").annotate(places=Count(family.organisation, distinct=True))
        rows = rows.filter(identity__in=shared.filter(places__gt=1).values("identity"))
        holders: dict[str, list[dict]] = {}
        for row in rows.values("identity", family.organisation, *family.dimensions).distinct():
            holders.setdefault(row["identity"], []).append(row)
        for question in questions if holders else ():
            places = [
                {row[family.organisation] for row in rows if question.asks_of(row)}
                for rows in holders.values()
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
    numbers: Counter[str] = Counter()
    entries = []
    for family in FAMILIES:
        questions = family.questions(vocabulary)
        groups = _listed(family, window, organisation)
        add_up(questions, ((numbers, group) for group in groups))
        figures = Figures({question.key: question for question in questions}, numbers)
        for question in questions:
            figure = figures[question.key]
            if figure.is_zero and not question.always and question.key not in keep:
                continue
            records = {
                row["id"]: row["record"]
                for group in groups
                if question.asks_of(group)
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
    """The family's rows, one by one, gathered by dimension: the same groups as a tally's, with their rows."""
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

"""Which proof a record must have, and which of it is missing: the one place that says so.

The rules are rows (`ProofRule`). Of those about the same kind of evidence that fit a record, the most definite one
decides: kind and state, then kind, then state, then the one for all. "Any file" is asked only of records of which
nothing more definite is required. What is missing is asked in SQL, so that lists, home, reports, API and the record's
own page can only agree; one question for the rules serves any number of records.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    Case,
    CharField,
    Count,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import GreaterThan

from core.kinds import seed
from core.models import Attachment, ProofRule, Record
from core.models.proofs import pieces

_REQUIRED = ProofRule.Demand.REQUIRED


def provable() -> list[type[Record]]:
    """The kinds of records that may have to be proven, in the order of their apps."""
    models = [model for model in apps.get_models() if issubclass(model, Record)]
    return [model for model in models if model.to_be_proven is not None]


# ---------------------------------------------------------------- of one record
@dataclass(frozen=True)
class Item:
    """One line of a record's checklist: what is asked for, and how many pieces of it are there and missing."""

    kind: str
    there: int
    missing: int

    @property
    def label(self) -> str:
        """What is there."""
        return pieces(self.kind, self.there)

    @property
    def wanted(self) -> str:
        """What is not there."""
        return pieces(self.kind, self.missing)


# ---------------------------------------------------------------- the question
class Checklist:
    """What is asked of one kind of record. Arguments: model, the Record; rules, its rules in order."""

    def __init__(self, model: type[Record], rules: list[ProofRule]):
        self.model = model
        self.kinds = list(dict.fromkeys(rule.kind for rule in rules if rule.kind != ProofRule.ANY))
        self._rules = sorted(rules, key=lambda rule: -rule.weight)  # the first that fits decides
        self.kinds += [ProofRule.ANY] if any(rule.kind == ProofRule.ANY for rule in rules) else []

    def _about(self, kind):
        return [rule for rule in self._rules if rule.kind == kind]

    # ------------------------------------------------------------ in SQL
    @cached_property
    def _needed(self) -> dict:
        """How many pieces of each kind a record needs, as expressions."""
        found = {}
        for kind in self.kinds:
            if any(rule.demand == _REQUIRED for rule in self._about(kind)):
                cases = [When(self._fits(rule), then=Value(_asked(rule))) for rule in self._about(kind)]
                found[kind] = Case(*cases, default=Value(0), output_field=IntegerField())
        if ProofRule.ANY in found:
            anything = found.pop(ProofRule.ANY)
            definite = [When(GreaterThan(needed, 0), then=Value(0)) for needed in found.values()]
            found[ProofRule.ANY] = Case(*definite, default=anything, output_field=IntegerField())
        return found

    def _fits(self, rule) -> Q:
        fits = self.model.to_be_proven
        if rule.sort:
            fits &= Q(**{self.model.proof_sort: rule.sort})
        if rule.state:
            fits &= Q(**{self.model.proof_state: rule.state})
        return fits or Q(pk__isnull=False)

    def _files(self, kind=ProofRule.ANY):
        """How many files of a kind are attached, as an expression."""
        files = Attachment.objects.filter(
            content_type=ContentType.objects.get_for_model(self.model),
            object_id=OuterRef("pk"),
            deleted_at__isnull=True,
        )
        if kind != ProofRule.ANY:
            files = files.filter(kind=kind)
        files = files.order_by().values("object_id").annotate(number=Count("pk")).values("number")
        return Coalesce(Subquery(files), Value(0), output_field=IntegerField())

    def _missing(self, kind) -> Q:
        needed = self._needed[kind]
        return Q(GreaterThan(needed, 0)) & Q(GreaterThan(needed, self._files(kind)))

    @cached_property
    def lacks(self) -> Q:
        """A condition: something required is missing."""
        found = Q()
        for kind in self._needed:
            found |= self._missing(kind)
        return found or Q(pk__in=())

    @cached_property
    def lacking(self):
        """What is missing, as text that `Lacks` reads: empty where nothing is, NULL of what need not be proven."""
        parts = [
            Case(
                When(
                    self._missing(kind),
                    then=Concat(
                        Value(f"{kind}:"),
                        Cast(self._needed[kind] - self._files(kind), CharField()),
                        Value(" "),
                    ),
                ),
                default=Value(""),
                output_field=CharField(),
            )
            for kind in self._needed
        ]
        text = Concat(Value(""), Value(""), *parts, output_field=CharField())
        needs = self.model.to_be_proven or Q(pk__isnull=False)
        return Case(When(needs, then=text), default=Value(None), output_field=CharField())

    def marked(self, records):
        """Annotate `proofs`, how many files are attached; `lacking`, of which `Record.lacks` is made; `may_be_told`,
        whether a report may tell of it if nothing is missing."""
        told = Case(When(self.model.is_tellable, then=Value(True)), default=Value(False))
        return records.annotate(proofs=self._files(), lacking=self.lacking, may_be_told=told)

    # ------------------------------------------------------------ of one record
    def asked_of(self, record) -> list[ProofRule]:
        """The rules that decide about a record, what is required first, then what is wished; of those that fit."""
        sort = getattr(record, self.model.proof_sort) if self.model.proof_sort else ""
        state = getattr(record, self.model.proof_state) if self.model.proof_state else ""
        found = []
        for kind in self.kinds:
            fitting = (rule for rule in self._about(kind) if rule.sort in ("", sort))
            rule = next((rule for rule in fitting if rule.state in ("", state)), None)
            if rule and rule.demand != ProofRule.Demand.NONE:
                found.append(rule)
        definite = any(rule.demand == _REQUIRED and rule.kind != ProofRule.ANY for rule in found)
        found = [rule for rule in found if rule.kind != ProofRule.ANY or not definite]
        return sorted(found, key=lambda rule: rule.demand != _REQUIRED)

    def items_of(self, record, kinds: list[str]) -> list[Item]:
        """A record's checklist. Wants it `marked`. Arguments: kinds, those of the files that are attached."""
        missing = {lack.kind: lack.number for lack in record.lacks}
        return [
            Item(
                rule.kind,
                len(kinds) if rule.kind == ProofRule.ANY else kinds.count(rule.kind),
                missing.get(rule.kind, 0),
            )
            for rule in self.asked_of(record)
        ]


def _asked(rule) -> int:
    return rule.minimum if rule.demand == _REQUIRED else 0


def checklists(*models: type[Record]) -> list[Checklist]:
    """What is asked of these kinds of records, by one question."""
    rules: dict[str, list[ProofRule]] = {model._meta.label_lower: [] for model in models}
    for rule in ProofRule.objects.filter(record__in=rules):
        rules[rule.record].append(rule)
    return [Checklist(model, rules[model._meta.label_lower]) for model in models]


def checklist(model: type[Record]) -> Checklist:
    """What is asked of one kind of record."""
    return checklists(model)[0]


# ---------------------------------------------------------------- the built-in rules
def seed_rules(model: type[Record], rows: list[tuple[str, str, str, str]]) -> None:
    """Create the built-in rules that are missing; those that a school has changed stay as they are.

    Arguments: rows, (sort, state, kind of evidence, demand) in the order in which pages tell them.
    """
    columns = ("sort", "state", "kind", "demand")
    asked = [{"record": model._meta.label_lower, **dict(zip(columns, row, strict=True))} for row in rows]
    seed(ProofRule, asked, "record", "sort", "state", "kind")

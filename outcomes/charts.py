"""Outcomes as pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.db.models import Count

from core.charts import Series, Stacked, Value
from outcomes.models import Level

NO_LEVEL = "未定级"
_LEVELS = [*Level.choices, ("", NO_LEVEL)]

Counts = Mapping[tuple[str, str], int]


def count_by_level(outcomes) -> dict[tuple[str, str], int]:
    """How many of the outcomes each kind has at each level: (kind, level or "") → number. One query."""
    rows = outcomes.order_by().values_list("kind_id", "level").annotate(number=Count("pk"))
    return {(kind, level): number for kind, level, number in rows}


def by_level(
    counts: Counts,
    kinds: Iterable[tuple[str, str]],
    title: str,
    url: Callable[[str, str | None], str] = lambda kind, level: "",
) -> Stacked:
    """The levels of each kind there is anything of.

    Arguments: kinds, (code, name) in the order to draw; url, the list of one kind's outcomes at one level ("": without
    one; None: of the whole kind).
    """
    kinds = [(code, name) for code, name in kinds if any(counts.get((code, level)) for level, _ in _LEVELS)]

    def value(kind, level):
        number = counts.get((kind, level), 0)
        return Value(number, url(kind, level) if number else "")

    return Stacked(
        title,
        "类型",
        tuple(name for _, name in kinds),
        tuple(Series(name, tuple(value(kind, level) for kind, _ in kinds)) for level, name in _LEVELS),
        "",
        rest=NO_LEVEL,
        wholes=tuple(url(kind, None) for kind, _ in kinds),
    )

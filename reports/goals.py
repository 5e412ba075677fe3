"""Targets beside the figures they were declared for: as printed, and how far they are reached. Pure.

A figure is one of figures.json, or anything with its `value` and `denominator`.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def goal_of(figure, target: str) -> Decimal:
    """A target as a number of the figure; a share may be declared as 0.9 or as 90."""
    goal = Decimal(target)
    return goal / 100 if figure["denominator"] is not None and goal > 1 else goal


def is_reached(figure, target: str) -> bool:
    """Whether the figure is what was declared, or more."""
    return Decimal(str(figure["value"] or 0)) >= goal_of(figure, target)


def goal_text(figure, target: str) -> str:
    """A target as it is printed: 1,000 or 90%."""
    goal = goal_of(figure, target)
    return f"{(goal * 100).normalize():f}%" if figure["denominator"] is not None else f"{goal.normalize():,f}"


def rate_of(figure, target: str) -> Decimal | None:
    """How much of a target was reached, 1 for all; None where the target is zero."""
    goal = goal_of(figure, target)
    return Decimal(str(figure["value"] or 0)) / goal if goal else None


def rate_text(figure, target: str) -> str:
    """The same as it is printed: 83.3%, rounded half up."""
    rate = rate_of(figure, target)
    return "—" if rate is None else f"{(rate * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"

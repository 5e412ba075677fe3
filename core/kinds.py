"""Seed the built-in rows of a vocabulary."""

from __future__ import annotations


def seed(model, rows: list[dict], key: str = "code") -> None:
    """Create the built-in rows that are missing; rows that a school has renamed or switched off stay as they are.

    Arguments: model, a Kind; rows, its built-in rows in order, each with `key`.
    """
    known = set(model.objects.values_list(key, flat=True))
    model.objects.bulk_create(
        [
            model(is_builtin=True, position=position, **row)
            for position, row in enumerate(rows, start=1)
            if row[key] not in known
        ],
        ignore_conflicts=True,
    )

"""Seed the built-in rows of a vocabulary."""

from __future__ import annotations


def seed(model, rows: list[dict], *key: str) -> None:
    """Create the built-in rows that are missing; rows that a school has renamed or switched off stay as they are.

    Arguments: model, a Kind, or another with `is_builtin` and `position`; rows, its built-in rows in order; key, the
    columns that tell them apart, `code` if none is named.
    """
    key = key or ("code",)
    known = set(model.objects.values_list(*key))
    model.objects.bulk_create(
        [
            model(is_builtin=True, position=position, **row)
            for position, row in enumerate(rows, start=1)
            if tuple(row[name] for name in key) not in known
        ],
        ignore_conflicts=True,
    )

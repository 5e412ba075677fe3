"""What we ask of the database beyond the ORM."""

from __future__ import annotations

import contextlib

from django.db import connection, transaction


@contextlib.contextmanager
def snapshot():
    """Everything read inside sees one moment of the database, and nothing is locked.

    `transaction.atomic()` is no snapshot on PostgreSQL (READ COMMITTED sees each statement's own moment), and on
    SQLite, where we begin transactions IMMEDIATE, it would lock writers out. So a raw transaction, always rolled back.
    Raises RuntimeError inside a transaction, where no snapshot can begin.
    """
    if connection.in_atomic_block:
        raise RuntimeError("snapshot() cannot begin inside a transaction")
    connection.ensure_connection()
    begin = (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        if connection.vendor == "postgresql"
        else "BEGIN DEFERRED"
    )
    with connection.cursor() as cursor:
        cursor.execute(begin)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def lock(queryset):
    """The rows, locked until the transaction ends (SQLite has locked the whole file already)."""
    assert transaction.get_connection().in_atomic_block, "lock() needs a transaction"
    return queryset.select_for_update() if connection.features.has_select_for_update else queryset


def lock_table(model) -> None:
    """Nobody else writes the table until the transaction ends, for a rule about rows that are not there yet
    (SQLite has locked the whole file already)."""
    assert transaction.get_connection().in_atomic_block, "lock_table() needs a transaction"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} IN SHARE ROW EXCLUSIVE MODE"
            )

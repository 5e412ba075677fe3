"""What we ask of the database beyond the ORM."""

from __future__ import annotations

import contextlib
import functools
import time

from django.db import InterfaceError, OperationalError, connection, transaction

PATIENCE = 30  # seconds; a database server that is restarted is back sooner


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


def through_restart(work):
    """Decorator for work on the database: done again on a new connection if the old one broke, for PATIENCE seconds.

    Only for work that may be done twice: nobody knows whether a statement was carried out whose answer never came.
    Inside a transaction nothing is repeated, since what came before in it is lost.
    """

    @functools.wraps(work)
    def patient(*args, **kwargs):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return work(*args, **kwargs)
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block or connection.is_usable() or time.monotonic() > deadline:
                    raise
                connection.close()
                time.sleep(0.2)

    return patient

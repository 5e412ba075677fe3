"""The history sealed into a hash chain, and the proof that nothing sealed was altered since.

Services write `Change` rows in their own transactions and know nothing of seals. A job seals what is committed, in
batches: each seal is the SHA-256 of the digest before it, of its own time and count, and of each row's content. Which
rows form a batch is of no importance: the rows of a transaction that took long are simply in a later batch.

What it proves: that what was sealed is still there, word for word. What it cannot see by itself: that the newest
batches were cut off as a whole, which a head noted elsewhere shows (each backup notes it; `verify_history --head`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from itertools import groupby

from django.db import connection, transaction
from django.utils import timezone

from core.db import lock
from core.models import Change, Seal

BATCH = 500
# Longer than any transaction of ours takes: a row that claims an earlier time was not written when it says.
SLACK = dt.timedelta(hours=1)
_SEALER = 0x1ED6E4  # the key of the advisory lock; any number nobody else uses

# What a digest is made of. Not the actor's id: it goes with the account, while the name stays.
_CONTENT = (
    "id",
    "at",
    "organisation_id",
    "actor_name",
    "verb",
    "model",
    "object_id",
    "object_name",
    "changes",
    "batch",
)


def seal_changes() -> int:
    """Seal all committed rows that are not sealed yet; returns how many.

    One sealer works at a time, a second one waits and then finds nothing left to do.
    """
    sealed = 0
    while count := _seal_batch():
        sealed += count
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    _only_sealer()
    rows = list(lock(Change.objects.filter(seal__isnull=True)).order_by("id").values("pk", *_CONTENT)[:BATCH])
    if not rows:
        return 0
    last = Seal.objects.order_by("-id").first()
    seal = Seal(count=len(rows), previous=last.digest if last else "", sealed_at=timezone.now())
    seal.digest = _digest(seal, rows)
    seal.save(force_insert=True)
    Change.objects.filter(pk__in=[row["pk"] for row in rows]).update(seal=seal)
    return len(rows)


def _only_sealer():
    """Wait for our turn; it lasts until the transaction ends. (SQLite: the transaction has locked the file.)"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALER])


def _digest(seal: Seal, rows) -> str:
    """The digest of one batch: its rows in the order of their ids."""
    digest = hashlib.sha256()
    digest.update(f"{seal.previous}\n{_moment(seal.sealed_at)}\n{seal.count}\n".encode())
    for row in rows:
        digest.update(_canonical(row))
    return digest.hexdigest()


def _canonical(row: dict) -> bytes:
    """One row as bytes that are the same on every database: sorted keys, times in UTC to the microsecond."""
    content = {name: row[name] for name in _CONTENT}
    content |= {"at": _moment(row["at"]), "batch": str(row["batch"])}
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


@dataclass
class Verdict:
    """What a check of the whole history found.

    head: the newest digest, empty before the first seal; faults: sentences for the operator, none if all is well.
    """

    seals: int = 0
    sealed: int = 0
    unsealed: int = 0
    head: str = ""
    faults: list[str] = field(default_factory=list)


def verify_history(head: str = "") -> Verdict:
    """Recompute every digest. Call it inside `core.db.snapshot()`: sealing may go on meanwhile.

    Arguments: head, a digest noted earlier (in a backup, on paper) that the chain must still hold.
    """
    verdict = Verdict(unsealed=Change.objects.filter(seal__isnull=True).count())
    found = _batches()
    seen, previous_at = set(), None
    number, rows = next(found, (None, []))
    for seal in Seal.objects.order_by("id").iterator():
        verdict.seals += 1
        if seal.previous != verdict.head:
            verdict.faults.append(f"第 {seal.pk} 批与前一批接不上：中间有封存被删除、改动或插入")
        batch = []
        if number == seal.pk:
            batch = rows
            number, rows = next(found, (None, []))
        verdict.sealed += len(batch)
        verdict.faults += _faults_of(seal, batch, previous_at)
        verdict.head, previous_at = seal.digest, seal.sealed_at
        seen.add(seal.digest)
    if head and head not in seen:
        verdict.faults.append(f"链中没有记下的链头 {head[:12]}…：末尾的封存被删除或重写")
    return verdict


def _batches():
    """The sealed rows, batch after batch: (seal id, rows in the order of their ids)."""
    rows = (
        Change.objects.filter(seal__isnull=False).order_by("seal_id", "id").values("seal_id", "pk", *_CONTENT)
    )
    for number, batch in groupby(rows.iterator(chunk_size=BATCH), key=lambda row: row["seal_id"]):
        yield number, list(batch)


def _faults_of(seal: Seal, rows: list[dict], previous_at: dt.datetime | None) -> list[str]:
    """What is wrong with one batch."""
    which = f"第 {seal.pk} 批"
    if rows:
        which += f"（修改记录 {rows[0]['pk']}—{rows[-1]['pk']} 号）"
    faults = []
    if len(rows) < seal.count:
        faults.append(f"{which}应有 {seal.count} 条，缺 {seal.count - len(rows)} 条")
    elif len(rows) > seal.count:
        faults.append(f"{which}应有 {seal.count} 条，多出 {len(rows) - seal.count} 条")
    elif _digest(seal, rows) != seal.digest:
        faults.append(f"{which}内容被改动过")
    for row in rows:
        if row["at"] > seal.sealed_at + SLACK or (previous_at and row["at"] < previous_at - SLACK):
            faults.append(f"修改记录 {row['pk']} 号的时间与封存它的时间不符，可能是事后补写的")
    return faults

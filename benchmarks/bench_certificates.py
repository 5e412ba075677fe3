"""How well photographed certificates are read: 40 of them, clean to bad, none of which the rules were written by."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks import Measure
from branch.kinds import CERTIFICATION_TYPES
from branch.models import CertificationType
from branch.reading import FIELDS, Known, is_available, read
from core.text import match_key

SEED = "held out"
TODAY = dt.date(2026, 6, 1)


def judge(certificate, reading) -> Iterator[tuple[str, str, bool]]:
    """For each field that is printed: its name, right / wrong / empty, and whether it is sure. A field that is not
    printed counts where something was made up for it."""
    for name in FIELDS:
        field, truth = reading.fields[name], certificate.fields[name]
        if field.source == "derived" and not truth:
            continue  # 推算 is what the page calls it, and what it is
        if truth or field.value:
            right = match_key(field.value).casefold() == match_key(truth).casefold()
            state = "right" if right else "wrong" if field.value else "empty"
            yield name, state, field.sure and field.source == "read"


def run(seed: str = SEED) -> Iterator[Measure]:
    """Read the set of the seed; nothing where the libraries are not installed."""
    if not is_available():
        return
    from tests.certificates import SEVERE, certificates

    types = tuple(CertificationType(**one) for one in CERTIFICATION_TYPES)
    seen, easy, times = Counter(), Counter(), []
    for certificate in certificates(seed):
        begun = time.perf_counter()
        reading = read([certificate.data], Known(certificate.member, TODAY, types))
        times.append(time.perf_counter() - begun)
        for name, state, sure in judge(certificate, reading):
            seen[state, sure] += 1
            if certificate.severity != SEVERE:
                easy[state, sure] += 1
            if state != "right":
                field = reading.fields[name]
                print(
                    f"  {certificate.name} {certificate.severity} {certificate.layout} {name}: "
                    f"{certificate.fields[name]!r} read as {field.value!r}{'' if sure else ', marked'}"
                )
    total = seen.total()
    empty = seen["empty", False]
    marked = seen["right", True] + seen["right", False] + seen["wrong", False]
    yield Measure(
        "certificates: fields right or marked", 100 * (marked + empty) / total, "%", at_least=95,
        note=f"{total} fields of {len(times)}: {seen['right', True] + seen['right', False]} right, "
        f"{seen['wrong', False]} wrong and marked, {empty} left empty and marked",
    )  # fmt: skip
    yield Measure("  wrong and not marked", seen["wrong", True] + seen["empty", True], "fields", at_most=0)
    yield Measure(
        "  right and sure, clean and mild", 100 * easy["right", True] / easy.total(), "%", at_least=80
    )
    times.sort()
    yield Measure(
        "  time of one",
        sum(times) / len(times),
        "s",
        note=f"median {times[len(times) // 2]:.1f}, worst {times[-1]:.1f}",
    )
    yield Measure(
        "  memory of the process", _resident() / 1024, "MB", note="the making of the pictures included"
    )


def _resident() -> int:
    """Resident kilobytes."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS"))

"""What a compile says of itself: each step with what it did, and the few numbers that lists and tables show of a
compilation without opening its large columns."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.template.defaultfilters import filesizeformat

from reports.checks import LEVELS
from reports.document import Document, Photos
from reports.freezing import Frozen
from reports.render import OUTPUTS

FREEZING = "定格数据"
DRAFTING = "起草与体检"
PUBLISHING = "发布"


def step_names() -> list[str]:
    """The steps of a compile in order."""
    return [FREEZING, DRAFTING, *(output.step for output in OUTPUTS), PUBLISHING]


def said(name: str, text: str, at: dt.datetime) -> dict:
    """A finished step as the row keeps it. Arguments: text, what it did; at, local time."""
    return {"name": name, "said": text, "at": f"{at:%H:%M:%S}"}


def frozen_in_words(frozen: Frozen) -> str:
    """46 个数字、214 条记录: the figures that are not zero, and the records behind them."""
    figures = sum(1 for figure in frozen.figures["figures"] if figure["records"])
    return f"{figures} 个数字、{len(records_of(frozen.figures))} 条记录"


def findings_in_words(counts: dict[str, int]) -> str:
    """2 项必须改，3 项待看; what the check before export found. Arguments: counts, by level of a Finding."""
    told = "，".join(f"{counts[level]} 项{word}" for level, word in LEVELS.items() if counts.get(level))
    return told or "没有发现问题"


def file_in_words(name: str, size: int, document: Document) -> str:
    """What a finished file holds: its size, and how many tables or files."""
    parts = []
    if name.endswith(".xlsx"):
        parts.append(f"{len(document.tables)} 张表")
    elif name.endswith(".zip"):
        parts.append(f"{sum(len(item.files) for item in document.evidence)} 个文件")
    return "，".join([*parts, size_in_words(size)])


def size_in_words(size: int) -> str:
    """A file's size without a line break in it."""
    return str(filesizeformat(size))


def records_of(figures: dict) -> set[tuple[str, int]]:
    """The records a figures.json counts, each once: (type, id)."""
    return {(record["type"], record["id"]) for figure in figures["figures"] for record in figure["records"]}


def finding_counts(document: Document) -> dict[str, int]:
    """How many findings of each level, the gravest first; levels without any are left out."""
    counts = Counter(finding.level for finding in document.findings)
    return {level: counts[level] for level in LEVELS if counts[level]}


def summary_of(frozen: Frozen, document: Document) -> dict:
    """What pages show of a finished compilation: figures as printed by key, the number of records, findings by level,
    the photos of its text by SHA-256."""
    return {
        "displays": {figure["key"]: figure["display"] for figure in frozen.figures["figures"]},
        "records": len(records_of(frozen.figures)),
        "findings": finding_counts(document),
        "photos": sorted(
            {photo.sha256 for block in document.blocks if isinstance(block, Photos) for photo in block.photos}
        ),
    }


def changed_since(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The keys of the figures that two versions print differently; one that is left out is zero."""
    return [key for key in {**before, **after} if before.get(key) != after.get(key)]


def changed_today(displays: dict[str, str], live: dict) -> list[str]:
    """The keys of the figures that the records answer differently today than a version prints.

    Arguments: displays, of a version; live, {key: reports.figures Figure} of today, zeros included.
    """
    changed = [key for key, text in displays.items() if key not in live or live[key].display != text]
    return changed + [key for key, figure in live.items() if key not in displays and not figure.is_zero]

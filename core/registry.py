"""Where the apps to the left are told of things to their right: filled in `AppConfig.ready()`, asked by pages.

One list a question. core may not import the apps above it, so they come here and say who they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """One place where a record is used: a report it was counted in. note: what it counts as there."""

    title: str
    url: str
    note: str = ""


_usage_sources: list[Callable] = []


def add_usage_source(source: Callable) -> None:
    """Register `source(record, user) -> list[Usage]`: only places that the user may open."""
    if source not in _usage_sources:
        _usage_sources.append(source)


def usages_of(record, user) -> list[Usage]:
    """Where a record is used, as far as the user may see it."""
    return [usage for source in _usage_sources for usage in source(record, user)]


@dataclass(frozen=True)
class Paper:
    """What a record can be printed as: 会议记录."""

    title: str
    url: str


_paper_sources: list[Callable] = []


def add_paper_source(source: Callable) -> None:
    """Register `source(record) -> list[Paper]`, for whoever may see the record."""
    if source not in _paper_sources:
        _paper_sources.append(source)


def papers_of(record) -> list[Paper]:
    """What a record can be printed as."""
    return [paper for source in _paper_sources for paper in source(record)]


_list_exports: dict[type, Callable] = {}


def add_list_export(model: type, export: Callable) -> None:
    """Register `export(request, listing) -> HttpResponse`: lists of this kind of record as a file."""
    _list_exports[model] = export


def list_export_of(model: type) -> Callable | None:
    """What makes a file of a list of this kind, if anything does."""
    return _list_exports.get(model)


_file_sources: list[Callable] = []


def add_file_source(source: Callable) -> None:
    """Register `source(digests) -> set[str]`: which files, by SHA-256, are named where no foreign key leads to them."""
    if source not in _file_sources:
        _file_sources.append(source)


def named_files(digests: set[str]) -> set[str]:
    """Which of these files something names without a foreign key."""
    return set().union(*(source(digests) for source in _file_sources))

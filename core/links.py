"""Where the page of a record is, asked by those who do not know its app."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse

# Kinds whose pages stand in another app than their model.
_ELSEWHERE = {"reports.target": "workbench"}


def record_url(record) -> str:
    """The page of a record (`<app>:<model>_detail`), or "" if its kind has none."""
    return page_of_kind(record, "detail", record.pk)


def page_of_kind(record, page: str, pk: int | None = None) -> str:
    """A page of a record's kind (`<app>:<model>_<page>`), or "" if it has none. Arguments: record, or its model."""
    return _address(record._meta.label_lower, page, pk)


def url_of(label: str, pk: int | None) -> str:
    """The page of a record known by its model (`activities.activity`) and id, as history and figures keep it."""
    return _address(label, "detail", pk) if pk else ""


def _address(label, page, pk):
    return _pattern(label, page, pk is not None, settings.ROOT_URLCONF).replace("/0/", f"/{pk}/")


@lru_cache(maxsize=256)
def _pattern(label: str, page: str, takes_id: bool, urlconf: str) -> str:
    app, _, model = label.partition(".")
    try:
        name = f"{_ELSEWHERE.get(label, app)}:{model}_{page}"
        return reverse(name, args=[0] if takes_id else [], urlconf=urlconf)
    except NoReverseMatch:
        return ""

"""Where the page of a record is, asked by those who do not know its app."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse

# Pages that stand in another app than their model.
_ELSEWHERE = {"reports.target": "workbench:target_detail"}


def page_of_kind(record, page: str, *args) -> str:
    """Another page of a record's kind (`<app>:<model>_<page>`), or "" if there is none."""
    app, _, model = record._meta.label_lower.partition(".")
    app = {"reports": "workbench"}.get(app, app)
    try:
        return reverse(f"{app}:{model}_{page}", args=args)
    except NoReverseMatch:
        return ""


def record_url(record) -> str:
    """The page of a record (`<app>:<model>_detail`), or "" if its kind has none."""
    return url_of(record._meta.label_lower, record.pk)


def url_of(label: str, pk: int | None) -> str:
    """The same for a record known by its model (`activities.activity`) and id, as history and figures keep it."""
    return _pattern(label, settings.ROOT_URLCONF).replace("/0/", f"/{pk}/") if pk else ""


@lru_cache(maxsize=64)
def _pattern(label: str, urlconf: str) -> str:
    app, _, model = label.partition(".")
    try:
        return reverse(_ELSEWHERE.get(label, f"{app}:{model}_detail"), args=[0], urlconf=urlconf)
    except NoReverseMatch:
        return ""

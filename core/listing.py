"""Every list of records: window, filters as chips, the figure it stands for, tabs, totals, pages by keyset.

A view says what is special about its kind, gets one object for its template, and has it shown, as a page or as a file.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce
from django.shortcuts import render
from django.utils.http import urlencode

from core import counting
from core.context import frame_of
from core.dates import PartialDate
from core.registry import list_export_of
from core.text import match_key, refuse_control_characters

PAGE = 50
COUNTED = 1000  # beyond this a list says "1000+": counting on would cost more than the answer is worth
# Parameters of the address that are no filters of the kind.
_OWN = ("window", "from", "to", "branch", "all", "figure", "sort", "cursor", "format")


@dataclass(frozen=True)
class Sort:
    """One way to order a list.

    key: a column, or an expression, that is never null (NULLs sort differently on the two databases); equal keys are
    told apart by the id.
    """

    name: str
    label: str
    key: str | models.Expression
    descending: bool = True


@dataclass(frozen=True)
class Tab:
    """A ready-made set of filters. params: what it writes into the address; where: the same as a condition, for its
    number; tone: warn for what is missing."""

    label: str
    params: dict = field(default_factory=dict)
    where: Q = field(default_factory=Q)
    tone: str = ""


@dataclass(frozen=True)
class Chip:
    """A condition of the list, and the address without it."""

    label: str
    value: str
    remove_url: str


# ---------------------------------------------------------------- filters
class RecordFilter(django_filters.FilterSet):
    """What pages and API filter by. `search` names the columns of free text, `pinyin` those of stored pinyin."""

    search: tuple[str, ...] = ()
    pinyin: tuple[str, ...] = ()

    q = django_filters.CharFilter(label="查找", method="find")

    def find(self, queryset, name, value):
        """Records in which the text occurs; letters are also tried as pinyin or its initials."""
        found = Q()
        for column in self.search:
            found |= Q(**{f"{column}__icontains": match_key(value) if column.endswith("_key") else value})
        for column in self.pinyin:
            found |= _sounds_like(column, value)
        return queryset.filter(found)


class RecordNumber(django_filters.NumberFilter):
    """The id of another record; a number that cannot be one is a condition that makes no sense."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **kwargs)


class MonthField(forms.DateField):
    """A month, 2024-03, as the browser's own field gives it."""

    widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
    input_formats = ("%Y-%m",)

    def to_python(self, value):
        """All days of the month."""
        day = super().to_python(value)
        return day and PartialDate.of_month(day.year, day.month)


class Month(django_filters.Filter):
    """Records of one month. field_name: a date column."""

    field_class = MonthField

    def filter(self, queryset, value):
        """Those whose day lies in it."""
        return (
            queryset.filter(**{f"{self.field_name}__range": (value.first, value.last)}) if value else queryset
        )


def _sounds_like(column: str, text: str) -> Q:
    letters = match_key(text).lower()
    if not re.fullmatch(r"[a-z]{1,40}", letters):
        return Q()
    initials = " ".join(f"{letter}[a-z]*" for letter in letters)
    syllables = " ?".join(letters)
    return Q(**{f"{column}__iregex": f"(^| )({initials}|{syllables})"})


def first_or(column: str, day: dt.date) -> Coalesce:
    """A sort key from a partial date that may be unknown: those without it stand where the day puts them."""
    return Coalesce(f"{column}_first", Value(day))


UNKNOWN_FIRST = dt.date(9999, 12, 31)


# ---------------------------------------------------------------- keyset pages
def _encode(key, pk: int) -> str:
    text = json.dumps([key.isoformat() if isinstance(key, dt.date) else key, pk], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str):
    """[key, id], or None for what is no cursor of ours."""
    try:
        key, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(key, str):
            if re.fullmatch(r"\d{4}-\d\d-\d\d", key, re.ASCII):
                key = dt.date.fromisoformat(key)
            else:
                refuse_control_characters(key)
    except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError):
        return None
    valid = isinstance(key, str | int | dt.date) and isinstance(pk, int) and -(2**63) <= pk < 2**63
    return (key, pk) if valid else None


def keyset(queryset, sort: Sort, cursor: str = "", size: int = PAGE):
    """One page: its rows, and the cursor of the next (or ""). A cursor that cannot be read is the first page.

    Page 1,000 costs what page 1 costs, and rows that arrive meanwhile shift nothing.
    """
    sign, beyond = ("-", "lt") if sort.descending else ("", "gt")
    column = sort.key
    if not isinstance(column, str):
        queryset, column = queryset.annotate(sort_key=column), "sort_key"
    queryset = queryset.order_by(f"{sign}{column}", f"{sign}pk")
    if after := _decode(cursor):
        key, pk = after
        if type(key) is _type_of(queryset, sort):
            queryset = queryset.filter(
                Q(**{f"{column}__{beyond}e": key})
                & (Q(**{f"{column}__{beyond}": key}) | Q(**{f"pk__{beyond}": pk}))
            )
    rows = list(queryset[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return rows, _encode(getattr(rows[-1], column), rows[-1].pk) if more else ""


def _type_of(queryset, sort: Sort) -> type:
    """What a cursor of this order holds; anything else was not made here."""
    if not isinstance(sort.key, str):
        return dt.date  # the expressions are all dates
    column = queryset.model._meta.get_field(sort.key)
    if isinstance(column, models.DateField):
        return dt.date
    return str if isinstance(column, models.CharField) else int


def _at_most(queryset, number: int):
    """Some of the rows, as a QuerySet that can still be aggregated: the database stops when it has enough."""
    return queryset.model.objects.filter(pk__in=queryset.order_by().values("pk")[:number])


# ---------------------------------------------------------------- the list
class Listing:
    """A list as its template needs it: `rows`, `chips`, `tabs`, `sorts`, `totals`, `next_url`, `filters`; and `shown`,
    all records of the list, for a picture of it.

    Arguments: records, what the user may see, before any condition; filters, the RecordFilter of the kind; sorts, the
    first is the default; in_window, (records, window) → records, or None where the window does not matter;
    window_word and window_text, the window's chip; tabs; totals, {name: aggregate}; dress, (records) → records with
    all that a row shows; everywhere, whether the branch in view does not matter.
    """

    def __init__(
        self,
        request,
        records,
        *,
        filters: type[RecordFilter],
        sorts: list[Sort],
        in_window: Callable | None = None,
        window_word: str = "年度",
        window_text: Callable | None = None,
        tabs: list[Tab] | None = None,
        totals: dict | None = None,
        dress: Callable = lambda records: records,
        everywhere: bool = False,
    ):
        self.request, self.query, self.frame = request, request.GET, frame_of(request)
        self.window = self.frame.window
        records = records.of(self.frame.places) if self.frame.branch and not everywhere else records
        self.figure = self._figure(records.model)
        if self.figure:
            records = records.filter(pk__in=self.figure.rows.order_by().values("pk"))
        self.every_year = in_window is not None and self.query.get("all") == "1" and not self.figure
        self.windowed = in_window is not None and not self.every_year and not self.figure
        if self.windowed:
            records = in_window(records, self.window)
        self._window_word = window_word
        self._window_text = (window_text or (lambda window: window.label))(self.window)

        self.filters = filters(self.query, queryset=records, request=request)
        self.filter_form = self.filters.form
        self.is_misread = bool(self.filters.errors)
        self.shown = shown = self.filters.qs
        self.sorts = sorts
        self.sort = next((sort for sort in sorts if sort.name == self.query.get("sort")), sorts[0])
        self.rows, cursor = keyset(dress(shown), self.sort, self.query.get("cursor", ""))
        self.next_url = self.address(cursor=cursor) if cursor else ""
        self.first_url = self.address(cursor=None) if self.query.get("cursor") else ""
        self._count(shown, totals or {})
        self.chips = self._chips()
        self.tabs = self._tabs(records, tabs or []) if not self.figure else []

    # ---------------------------------------------------------------- addresses
    def address(self, **changes) -> str:
        """This list with parameters changed (None: without it); a page further on is never kept by accident."""
        query = self.query.copy()
        if "cursor" not in changes:
            query.pop("cursor", None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        return f"?{query.urlencode()}" if query else self.request.path

    @property
    def export_url(self) -> str:
        """All of this list as a file; "" where there is none to be had: of a kind that has no form for it, and for
        whoever does not edit the one branch in view (as with the whole workbook)."""
        branch = self.frame.branch
        is_offered = branch and branch.pk in self.request.user.scope.edit and list_export_of(self.shown.model)
        return self.address(format="xlsx") if is_offered else ""

    @property
    def clear_url(self) -> str:
        """The list without any condition but its window."""
        return self.request.path

    @property
    def every_year_url(self) -> str:
        """The list over all years."""
        return self.address(all="1", figure=None)

    @property
    def view_query(self) -> str:
        """What a saved view remembers: conditions and order, whatever the year; "" where there are no conditions."""
        kept = {name: self.query[name] for name in ("all", "sort") if self.query.get(name)}
        return urlencode(sorted({**kept, **self.active}.items())) if self.active else ""

    @property
    def saved_views(self) -> list[dict]:
        """The user's own views of this list."""
        here = self.view_query
        return [
            {"name": name, "url": f"{self.request.path}?{query}", "is_here": query == here}
            for name, query in self.request.user.saved_views.get(self.request.path, [])
        ]

    @property
    def may_save_view(self) -> bool:
        """Whether these conditions are worth a name: there are some, and no tab or view stands for them yet."""
        known = any(view["is_here"] for view in (*self.tabs, *self.saved_views))
        return bool(self.view_query) and not self.figure and not known

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the filter form carries along."""
        return [(name, self.query[name]) for name in ("all", "sort", "figure") if self.query.get(name)]

    # ---------------------------------------------------------------- conditions
    @property
    def many_places(self) -> bool:
        """Whether records of several branches may stand together, so that each must say whose it is."""
        return len(self.frame.places) > 1

    def _figure(self, model):
        """The figure asked for. Only for those who read all of the places: what colleagues hold is no business of an
        ordinary member's, and half of the records would not add up to the figure."""
        key = self.query.get("figure", "")
        if not self.frame.places <= self.request.user.scope.read:
            return None
        found = counting.behind(key, self.frame.places, self.window) if key else None
        return found if found and found.rows.model is model else None

    @property
    def active(self) -> dict[str, str]:
        """The filters in force, as they stand in the address."""
        return {
            name: self.query[name]
            for name in self.filters.filters
            if self.query.get(name) and name not in self.filters.errors
        }

    def _chips(self) -> list[Chip]:
        chips = []
        if self.figure:
            chips.append(Chip("数字", self.figure.label, self.address(figure=None)))
        if self.windowed or self.figure:
            remove = self.every_year_url if self.windowed else self.address(figure=None)
            chips.append(Chip(self._window_word, self._window_text, remove))
        for name in self.active:
            chips.append(
                Chip(str(self.filters.filters[name].label), self._words(name), self.address(**{name: None}))
            )
        return chips

    def _words(self, name: str) -> str:
        value = self.filter_form.cleaned_data[name]
        choices = getattr(self.filter_form.fields[name], "choices", None)
        if isinstance(value, str) and choices is not None:
            return str(dict(choices).get(value, value))
        return str(value)

    def _tabs(self, records, tabs):
        """The tabs with their numbers, all from one query (no numbers beyond COUNTED)."""
        if not tabs:
            return []
        numbers = _at_most(records, COUNTED + 1).aggregate(
            **{f"tab_{place}": Count("pk", filter=tab.where) for place, tab in enumerate(tabs)},
            tab_all=Count("pk"),
        )
        known = numbers["tab_all"] <= COUNTED
        gone = dict.fromkeys(self.filters.filters)
        found = []
        for place, tab in enumerate(tabs):
            number = numbers[f"tab_{place}"]
            is_here = self.active == tab.params
            if number or is_here or not tab.params or not known:
                url = self.address(**{**gone, **tab.params})
                found.append(
                    {
                        "label": tab.label,
                        "tone": tab.tone,
                        "number": number if known else None,
                        "url": url,
                        "is_here": is_here,
                    }
                )
        return found

    # ---------------------------------------------------------------- totals
    def _count(self, shown, totals):
        """`count` and `totals` of the whole list, not of the page; beyond COUNTED only that there are more, except
        behind a figure, whose value they are."""
        whole = shown.order_by() if self.figure else _at_most(shown, COUNTED + 1)
        numbers = whole.aggregate(
            total_=Count("pk"), **{f"total_{name}": aggregate for name, aggregate in totals.items()}
        )
        self.count = numbers.pop("total_")
        self.is_many = not self.figure and self.count > COUNTED
        self.totals = (
            {}
            if self.is_many
            else {name.removeprefix("total_"): value or 0 for name, value in numbers.items()}
        )

    @property
    def count_text(self) -> str:
        """The number of records, or "1000+"."""
        return f"{COUNTED}+" if self.is_many else f"{self.count:,}"


def show(request, template: str, listing: Listing, **context):
    """A list as its page, or with `?format=xlsx` all of it as a file. Arguments: context, what the template wants
    besides `list`."""
    if request.GET.get("format") == "xlsx":
        if not listing.export_url:
            raise PermissionDenied
        return list_export_of(listing.shown.model)(request, listing)
    return render(request, template, {"list": listing, "export_url": listing.export_url, **context})

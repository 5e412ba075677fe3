"""Around every page: who is looking, which branch, which window.

`?window=` and `?branch=` choose, and the choice is remembered in the session, so that it holds on the next page too.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.functional import SimpleLazyObject

from core import dates
from core.models import Appointment, Organisation
from core.navigation import CALENDAR, CONFIRMATIONS, MINE, NOTICES, SEARCH, navigation, offered

# Of several roles the one named first is shown under the name.
_RANK = {
    role: position
    for position, role in enumerate(["admin", "secretary", "committee_member", "auditor", "member"])
}
_YEARS_OFFERED = 5


class Frame:
    """What the shell of a page shows, asked only when a page is drawn whole; at most three queries beyond the scope."""

    def __init__(self, request):
        self.request, self.user = request, request.user

    # ---------------------------------------------------------------- who
    @cached_property
    def appointments(self) -> list[Appointment]:
        """Roles held today, the weightiest first."""
        return sorted(self.user.roles, key=lambda held: (_RANK.get(held.role, 99), held.organisation.path))

    @property
    def role(self) -> str:
        """The weightiest role, in words."""
        return self.appointments[0].get_role_display() if self.appointments else "未分配角色"

    @cached_property
    def navigation(self):
        """The links of rail and bottom bar."""
        return navigation(self.user)

    @cached_property
    def search_page(self):
        """The search page, if there is one."""
        return offered(SEARCH)

    @cached_property
    def notices_page(self):
        """The page of notices, if there is one."""
        return offered(NOTICES)

    @cached_property
    def own_page(self):
        """What the ledger holds about the user, if there is such a page."""
        return offered(MINE)

    @cached_property
    def confirmations_page(self):
        """The list of what members say of the year, if there is one."""
        return offered(CONFIRMATIONS)

    @cached_property
    def calendar_page(self):
        """The calendar, if there is one."""
        return offered(CALENDAR)

    # ---------------------------------------------------------------- where
    @cached_property
    def branches(self) -> list[Organisation]:
        """Branches the user reads or belongs to, in the order of the tree."""
        return [place for place in self.user.places if place.is_branch]

    @cached_property
    def branches_read(self) -> list[Organisation]:
        """Those of them whose records the user reads; of the others only what any member may see."""
        return [branch for branch in self.branches if branch.pk in self.user.scope.read]

    @cached_property
    def branch(self) -> Organisation | None:
        """The branch in view; None where a committee looks at all of its branches (or there is none)."""
        if len(self.branches) == 1:
            return self.branches[0]
        code = self.request.GET.get("branch", self.request.session.get("branch", ""))
        chosen = next((branch for branch in self.branches if branch.code == code), None)
        if "branch" in self.request.GET:
            self.request.session["branch"] = chosen.code if chosen else ""
        return chosen

    @cached_property
    def elsewhere(self) -> str:
        """This page at another branch: an address that ends in `branch=`, for its code (none: all branches)."""
        query = self.request.GET.copy()
        for name in ("branch", "cursor", "page"):
            query.pop(name, None)
        return f"?{query.urlencode()}{'&' if query else ''}branch="

    @property
    def places(self) -> frozenset[int]:
        """The ids of the branches in view, for `.of(frame.places)`."""
        return frozenset({self.branch.pk} if self.branch else {branch.pk for branch in self.branches})

    @property
    def place_name(self) -> str:
        """What stands under the product's name."""
        if self.branch:
            return str(self.branch)
        return str(self.appointments[0].organisation) if self.appointments else "尚未加入支部"

    # ---------------------------------------------------------------- when
    @cached_property
    def window(self) -> dates.Window:
        """The window in view: `?window=2024`, or `?from=…&to=…`, or the one chosen last, or this calendar year.
        What cannot be read is treated as not given."""
        query, session = self.request.GET, self.request.session
        asked = query.get("window") or (
            f"{query['from']}..{query['to']}" if query.get("from") and query.get("to") else ""
        )
        for text in (asked, session.get("window", "")):
            try:
                window = dates.Window.parse(text)
            except ValidationError:
                continue
            if text == asked and session.get("window") != str(window):
                session["window"] = str(window)
            return window
        return dates.Window.year(dates.today().year)

    @property
    def windows(self) -> list[dates.Window]:
        """The windows offered in the menu: the last calendar years, then the last two academic years."""
        today = dates.today()
        first = today.year if today >= dt.date(today.year, 9, 1) else today.year - 1
        return [
            *(dates.Window.year(today.year - back) for back in range(_YEARS_OFFERED)),
            *(dates.Window.academic_year(first - back) for back in range(2)),
        ]


def frame_of(request) -> Frame:
    """The frame of a request, made once."""
    if not hasattr(request, "frame"):
        request.frame = Frame(request)
    return request.frame


def frame(request):
    """The context processor: `frame` in every template. Costs nothing where a template does not use it."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"frame": None}
    return {"frame": SimpleLazyObject(lambda: frame_of(request))}

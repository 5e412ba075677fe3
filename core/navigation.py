"""Where one can go: the only place that decides which links the rail, the bottom bar and the top bar draw.

A link is drawn only if its page exists and the account may open it, so there are no dead links. The paths are those
of docs/interfaces (they stay stable), which is why they stand here as text: core may not import the apps to its right.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import is_valid_path


@dataclass(frozen=True)
class Item:
    """One link: its label, its path, its icon, and the other paths under which it is "here"."""

    label: str
    path: str
    icon: str
    also: tuple[str, ...] = ()

    def is_here(self, path: str) -> bool:
        """Whether the page at this path belongs to the link."""
        if self.path == "/":
            return path == "/"
        return path.startswith((self.path, *self.also))


HOME = Item("工作台", "/", "home")
ACTIVITIES = Item("活动", "/activities/", "calendar")
PARTNERSHIPS = Item("联建", "/partnerships/", "link")
OUTCOMES = Item("成果", "/outcomes/", "award")
PEOPLE = Item("党员与认证", "/members/", "people", also=("/certifications/",))
REPORTS = Item("报告", "/reports/", "report")
SETTINGS = Item("设置", "/settings/", "sliders", also=("/accounts/",))
BRANCH_ACTIVITIES = Item("支部活动", "/activities/", "calendar")
MINE = Item("我的台账", "/me/", "user")
NOTICES = Item("通知", "/notices/", "bell")
DATA = Item("导入与导出", "/settings/import/", "upload")
DOWNLOADS = Item("下载记录", "/settings/downloads/", "download")
CERTIFICATION_TYPES = Item("认证类型", "/settings/certification-types/", "card")
TEMPLATE = Item("报告模板", "/reports/template/", "report")
SEARCH = Item("搜索", "/search/", "search")
QUICK_LOG = Item("记一笔", "/activities/log/", "plus")
CALENDAR = Item("日历", "/calendar/", "calendar")
CALENDAR_FEED = Item("日历订阅", "/calendar/feed/", "calendar")
NEW_ACTIVITY = Item("新建活动", "/activities/new/", "plus")
CONFIRMATIONS = Item("年度确认", "/members/confirmations/", "check")
HAND_IN = Item("交证书", "/hand-in/", "camera")


@lru_cache(maxsize=128)
def _exists(path: str, urlconf: str) -> bool:
    return is_valid_path(path, urlconf)


def existing(*items: Item) -> list[Item]:
    """The items whose pages exist, in order."""
    return [item for item in items if _exists(item.path, settings.ROOT_URLCONF)]


def offered(item: Item) -> Item | None:
    """The item, if its page exists."""
    return next(iter(existing(item)), None)


@dataclass(frozen=True)
class Navigation:
    """What one account is offered: the rail, the phone's bottom bar, what hides behind its 更多, and the button in the
    middle of the bar (also on top of the rail), if there is one."""

    rail: list[Item]
    bar: list[Item]
    more: list[Item]
    action: Item | None


def navigation(user) -> Navigation:
    """The links an account is offered.

    Secretaries, committees and auditors see the whole ledger; an ordinary member sees the own record and the branch's
    activities; an account without any role sees home and settings.
    """
    scope = user.scope
    if scope.read:
        rail = existing(HOME, ACTIVITIES, PARTNERSHIPS, OUTCOMES, PEOPLE, REPORTS, SETTINGS)
        bar = existing(HOME, ACTIVITIES, OUTCOMES)
        actions = existing(QUICK_LOG) if scope.edit else []
    elif scope.belong:
        rail = existing(MINE, BRANCH_ACTIVITIES, OUTCOMES, PEOPLE, SETTINGS)
        bar = existing(MINE, BRANCH_ACTIVITIES, NOTICES)
        actions = existing(HAND_IN)
    else:
        rail, bar, actions = existing(HOME, SETTINGS), existing(HOME), []
    more = [item for item in [*rail, *existing(MINE, NOTICES)] if item not in bar]
    return Navigation(rail, bar, more, actions[0] if actions else None)

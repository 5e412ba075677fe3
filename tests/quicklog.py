"""How lines somebody else wrote are scored: a line is right when every field is as its writer meant it.

A row of a set is {"line", "expect": {field: value}, "open": [fields]}. A field that is neither expected nor open must
be empty, except those every activity has. `place_any` allows several places; `theme_has` names words of the theme.
"""

import datetime as dt
import json
from pathlib import Path

from activities.kinds import ACTIVITY_KINDS
from activities.reading import Known, Reading, read

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = dt.date(2024, 12, 20)  # a Friday
BRANCH = Known(
    kinds=[(row["code"], row["name"], row.get("is_branch_life", False)) for row in ACTIVITY_KINDS],
    partners=[
        (1, "望江社区党委", ("望江社区",)),
        (2, "澄湖农商银行科技部党支部", ("澄湖农商行", "农商行科技部")),
        (3, "澄湖区科学技术协会", ("区科协",)),
        (4, "澄湖区科学技术局", ("区科技局",)),
        (5, "华为技术有限公司", ("华为",)),
        (6, "营角上社区", ("营角上社区党总支",)),
        (7, "澄湖区实验小学", ("实验小学",)),
        (8, "云帆软件园党委", ("云帆软件园",)),
    ],
    members=list(enumerate(["沈明远", "周若兰", "韩振东", "秦书瑶", "陆知行", "顾念慈"], 1)),
    places=["会议室318", "党员之家", "望江社区党群服务中心", "图书馆报告厅"],
)
ALWAYS_FILLED = ("starts_on", "status", "kind")
FIELDS = (
    *ALWAYS_FILLED, "starts_at", "ends_on", "ends_at", "partners", "place", "person_times", "persons", "present",
    "expected", "count_method",
)  # fmt: skip


def score(name: str) -> tuple[int, list[str]]:
    """How many lines of a set are wholly right, and the others with what is wrong in them."""
    rows = json.loads((FIXTURES / name).read_text())
    wrong = []
    for row in rows:
        found = read(row["line"], today=TODAY, known=BRANCH)
        if faults := _faults(found, row["expect"], row.get("open", [])):
            wrong.append(f"{row['line']}: {'; '.join(faults)}")
    return len(rows) - len(wrong), wrong


def _faults(found: Reading, expect: dict, unscored: list[str]) -> list[str]:
    faults = []
    for name in FIELDS:
        value, meant = _as_text(getattr(found, name)), expect.get(name)
        if name in unscored:
            continue
        if name == "place" and "place_any" in expect:
            right = value in expect["place_any"]
        elif name == "partners":
            right = set(value) == set(meant or [])
        elif name in expect:
            right = value == meant
        elif name == "ends_on":
            right = value in (None, found.starts_on.isoformat())
        else:
            right = name in ALWAYS_FILLED or not value
        if not right:
            faults.append(f"{name} {value!r}, not {meant!r}")
    lost = [words for words in expect.get("theme_has", []) if words not in found.theme]
    return faults + ([f"theme {found.theme!r} without {lost}"] if lost and "theme" not in unscored else [])


def _as_text(value):
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, dt.date) else value

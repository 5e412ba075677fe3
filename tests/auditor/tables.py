"""What each table of a report must hold, cell by cell, by the figures and the records."""

from __future__ import annotations

import re
from decimal import Decimal

from tests.auditor import words
from tests.auditor.prose import Ledger, goal_of, goal_text
from tests.auditor.words import LEVELS, LINES, patent_number, short

NOTHING = "—"
CITED = ("paper", "party_paper", "book")


class Any:
    """A cell of which only a pattern is known."""

    def __init__(self, pattern: str):
        self.pattern = pattern

    def __eq__(self, other):
        return bool(re.fullmatch(self.pattern, other, re.DOTALL))

    __hash__ = None

    def __repr__(self):
        return f"/{self.pattern}/"


MARK = Any(r"\d+-\d{2,}")


def expected(ledger: Ledger, title: str, caption: str):
    """The rows below the head of the table with this appendix title and caption; None if there must be none."""
    if "指标完成情况" in title:
        return _figures(ledger)
    if title == "活动一览":
        return _activities(ledger)
    if caption.endswith("联建协议"):
        return _agreements(ledger)
    if caption.endswith("联学联建计划"):
        return _plan_items(ledger)
    if title == "成果清单":
        kind = caption.partition("）")[2]
        rows = [row for row in ledger.material["outcomes"] if row["kind_name"] == kind]
        return _citations(rows) if rows and rows[0]["kind"] in CITED else _results(rows)
    if title == "认证情况":
        return _certifications(ledger)
    if caption == "联建承诺兑现情况":
        return _commitments(ledger)
    if caption.endswith("成果分级情况"):
        return _levels(ledger, next(line for line, word in LINES.items() if caption.startswith(word)))
    return None


def _or_nothing(text) -> str:
    return str(text) if text else NOTHING


def _figures(ledger):
    targets, before = ledger.targets, ledger.material["last_year"]
    rows = []
    for line, heading in ((None, "综合"), *LINES.items()):
        group = [
            (key, figure)
            for key, figure in ledger.figures.items()
            if figure["line"] == line and (not words.is_zero(figure) or key in targets or key in before)
        ]
        rows += [[heading]] if group else []
        for key, figure in group:
            goal = targets.get(key)
            row = [figure["label"], _or_nothing(figure["unit"])]
            row += [goal_text(figure, goal) if goal else NOTHING] if targets else []
            row.append(figure["display"])
            if targets:
                wanted = goal_of(figure, goal) if goal else 0
                row.append(words.percent(words.number(figure), wanted) if wanted else NOTHING)
            ratio = figure["denominator"] is not None
            row.append(before[key]["display"] if key in before else NOTHING if ratio else "0")
            rows.append(row)
    return rows


def _activities(ledger):
    return [
        [
            f"{number:,}",
            row["date"],
            row["theme"],
            row["kind_name"],
            "、".join(LINES[line] for line in row["lines"]),
            _or_nothing("、".join(row["partners"])),
            f"{row['members']:,}" if row["members"] else NOTHING,
            f"{row['person_times']:,}" if row["person_times"] else NOTHING,
            (row["count_method"] or "估计") if row["person_times"] else NOTHING,
            MARK,
        ]
        for number, row in enumerate(ledger.material["activities"], start=1)
    ]


def _promise(part) -> str:
    said = part["name"] + (f"{part['promised']}{part['unit']}" if part["promised"] else "")
    return said + (f"，已兑现{part['delivered']}{part['unit']}" if part["delivered"] is not None else "")


def _agreements(ledger):
    return [
        [
            str(number),
            row["name"],
            _or_nothing("、".join(row["partners"])),
            short(row["signed_on"]),
            _or_nothing(short(row["expires_on"])),
            row["status"],
            _or_nothing("；".join(_promise(part) for part in row["commitments"]) or row["promises"]),
            MARK,
        ]
        for number, row in enumerate(ledger.material["agreements"], start=1)
    ]


def _plan_items(ledger):
    return [
        [
            str(number),
            short(row["planned_on"]),
            row["theme"],
            _or_nothing(row["form"]),
            row["agreement"],
            _or_nothing(row["responsible"]),
            "完成" if row["is_done"] else "取消" if row["is_cancelled"] else "未完成",
        ]
        for number, row in enumerate(ledger.material["plan_items"], start=1)
    ]


def _stage(row) -> str:
    return "" if row["standing"] == "counted" else f"（{row['status']}，未计入）"


def _citations(rows):
    """A reference holds nothing but fields of the record."""
    return [
        [
            str(number),
            Any(_reference(row) + re.escape(_stage(row))),
            _or_nothing(row["indexing"]),
            LEVELS[row["level"]][1] if row["level"] else NOTHING,
            short(row["date"]),
            MARK,
        ]
        for number, row in enumerate(rows, start=1)
    ]


def _reference(row) -> str:
    """A pattern: names, title, then source, year, volume, issue, pages, DOI in whatever order the standard has."""
    bare = lambda text: re.sub(r"\A《(.*)》\Z", r"\1", text.strip()).rstrip(".")  # noqa: E731
    details = {key: str(value).replace("—", "-") for key, value in row["details"].items()}
    strip = lambda key, a, b: details.get(key, "").removeprefix(a).removesuffix(b)  # noqa: E731
    makers = [maker["name"].strip().rstrip(".") for maker in row["makers"]]
    parts = [
        bare(row["venue"]), row["date"]["first"][:4], strip("期", "第", "期"), strip("卷", "第", "卷"),
        details.get("页码", ""), details.get("出版社", ""), details.get("版次", ""), row["doi"],
    ]  # fmt: skip
    any_part = "|".join(re.escape(part) for part in sorted(filter(None, parts), key=len, reverse=True))
    people = "(?:(?:" + "|".join(map(re.escape, makers)) + r")(?:, )?)+(?:等|et al)?\.? ?" if makers else ""
    return rf"{people}{re.escape(bare(row['name']))}\[[JCM]\](?:[.,:()/ ]|DOI|{any_part})*"


def _results(rows):
    graded = any(row["grade"] for row in rows)
    found = []
    for number, row in enumerate(rows, start=1):
        cells = [
            str(number),
            row["name"] + (f"（{row['word']}）" if row["subtype"] else "") + _stage(row),
            LEVELS[row["level"]][1] if row["level"] else NOTHING,
            short(row["date"]),
            _or_nothing(row["venue"]),
            _or_nothing(patent_number(row["number"]) if row["kind"] == "patent" else row["number"]),
        ]
        cells += [_or_nothing(row["grade"])] if graded else []
        makers = [m["name"] + (f"（{m['role']}）" if m["role"] else "") for m in row["makers"]]
        found.append([*cells, _or_nothing("、".join(makers)), MARK])
    return found


def _certifications(ledger):
    known = ledger.material["certifications"]
    types = list(dict.fromkeys(row["type"] for row in known["rows"]))
    found = []
    for number, member in enumerate(known["members"], start=1):
        own = [row for row in known["rows"] if row["member"] == member["id"]]
        cells = [_standing(ledger, [row for row in own if row["type"] == name]) for name in types]
        marks = sum(row["status"] == "verified" for row in own)
        marks = Any("、".join([r"\d+-\d{2,}"] * marks)) if marks else NOTHING
        found.append([str(number), member["name"], *cells, marks])
    return found


def _standing(ledger, rows) -> str:
    """A certificate that holds wins over one that is over, this over one that nobody has verified."""
    holds, over, other = [], [], []
    for row in rows:
        ends = row["valid_until"]
        if row["status"] != "verified":
            other.append(row["status_name"])
        elif ends and ends["last"] < ledger.end:
            over.append(f"{short(ends)}已过期")
        else:
            holds.append(short(ends) or "长期有效")
    return max(holds or over or other, default=NOTHING)


def _commitments(ledger):
    return [
        [
            _or_nothing("、".join(row["partners"])),
            part["name"],
            str(part["promised"]),
            NOTHING if part["delivered"] is None else str(part["delivered"]),
            _or_nothing(part["unit"]),
        ]
        for row in ledger.material["agreements"]
        for part in row["commitments"]
        if part["promised"] is not None
    ]


def _levels(ledger, line):
    """Kinds of the line with results of any level; a column for each level that has some."""
    kinds = [
        key
        for key, figure in ledger.figures.items()
        if re.fullmatch(r"outcomes\.\w+", key)
        and figure["line"] == line
        and any(ledger.value(f"{key}:{level}") for level in LEVELS)
    ]
    used = [level for level in LEVELS if any(ledger.value(f"{key}:{level}") for key in kinds)]
    rows = []
    for key in kinds:
        parts = [ledger.value(f"{key}:{level}") for level in used]
        rows.append((key, parts, ledger.value(key) - sum(parts)))
    with_rest = any(rest for _, _, rest in rows)
    return [
        [
            ledger.figures[key]["label"],
            ledger.figures[key]["unit"],
            *(f"{Decimal(part):,f}" for part in (ledger.value(key), *parts)),
            *([f"{rest:,f}"] if with_rest else []),
        ]
        for key, parts, rest in rows
    ]

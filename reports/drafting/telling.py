"""What a template's `* …` lines tell: single records, small tables, charts, and what is missing.

At most three records of a sort are told in prose, the most important first; the rest stand in an appendix.
"""

from __future__ import annotations

import datetime as dt

from core.images import MEDIA_TYPES
from reports import charts
from reports.document import Column, Document, Figure, Photo, Photos, Picture, See, Spans, Table
from reports.drafting import records
from reports.drafting.evidence import Register
from reports.drafting.facts import HEADINGS, Facts, goal_in_prose, in_prose, number_of
from reports.drafting.patterns import clause, joined, sentence
from reports.drafting.template import Template
from reports.drafting.words import (
    LEVELS,
    chinese_date,
    chinese_day,
    listing,
    quoted,
)
from reports.goals import is_reached

TOLD = 3
QUOTES = 2
_ROW = 2  # photos side by side
NO_LEVEL = "未定级"


class Telling:
    """Tells records into a document: an event told in one section is not told again in the next."""

    def __init__(self, document: Document, facts: Facts, template: Template, register: Register):
        self.document, self.facts, self.template, self.register = document, facts, template, register
        self.material, self.year = facts.material, facts.year
        self.line = ""
        self._told_events: set[int] = set()
        self._quoted: list[dict] = []
        self._pictures = 0
        self._charts = charts.of_report(facts.frozen)

    def tell(self, what: str, *arguments: str) -> None:
        """Add what a line of the template asks for; nothing if there is nothing to tell."""
        getattr(self, _TELL[what])(*arguments)

    def _body(self, *spans) -> None:
        self.document.add("body", *joined(spans))

    def _pattern(self, *names: str):
        return next((found for name in names if (found := self.template.records.get(name))), None)

    def _sentence(self, name: str, fields: dict, after: Spans = ()) -> Spans:
        """A record told by its pattern; nothing where the template has none. fields: text or spans."""
        pattern = self._pattern(name)
        return sentence(pattern, lambda field: _words(fields, field), after=after) if pattern else ()

    def appendix(self, table: str) -> Spans:
        """附件4, for the table it holds; nothing where the template leaves it out."""
        for number, appendix in enumerate(self.template.appendices, start=1):
            if appendix.table == table:
                return (See(f"附件{number}", f"appendix-{number}"),)
        return ()

    def _rest(self, table: str) -> Spans:
        """That what was not told stands in an appendix."""
        return self._sentence("其余", {"附件": self.appendix(table)})

    # ------------------------------------------------------------ records
    def programmes(self) -> None:
        """The branch's place in the programme, inside the opening paragraph."""
        for row in self.material["programmes"]:
            self._append(self._sentence("项目", records.programme_fields(row, self.year)))

    def honours(self) -> None:
        """The highest honours held by the as-of date, inside the opening paragraph."""
        rows = [row for row in self.material["honours"] if row["level"]][:TOLD]
        told = listing(
            f"{LEVELS[row['level']]}荣誉{quoted(row['name'])}（{chinese_date(row['date'])}）" for row in rows
        )
        self._append(self._sentence("已获荣誉", {"荣誉": told}))

    def _append(self, spans: Spans) -> None:
        """Sentences behind the paragraph before."""
        last = self.document.blocks[-1] if self.document.blocks else None
        if spans and last is not None and getattr(last, "role", "") == "body":
            self.document.blocks.pop()
            self.document.add("body", *joined([*last.spans, *spans]))
        elif spans:
            self._body(*spans)

    def agreements(self) -> None:
        """The agreements signed in the window, a paragraph each."""
        signed = [row for row in self.material["agreements"] if row["is_new"]]
        for row in signed[:TOLD]:
            self._body(
                *self._sentence(
                    "协议", records.agreement_fields(row, self.year), (self._mark("agreement", row),)
                )
            )
        if len(signed) > TOLD:
            self._append(self._rest("联建"))

    def events(self, which: str) -> None:
        """Activities not told before, those that reached most people, in order of date."""
        rows = [row for row in self.material["activities"] if row["is_joint" if which == "联建" else "lines"]]
        if which != "联建":
            rows = [row for row in rows if which in row["lines"]]
        new = [row for row in rows if row["id"] not in self._told_events]
        most = sorted(new, key=lambda row: (-(row["person_times"] or 0), row["date"], row["id"]))[:TOLD]
        if not most:
            return
        self._told_events |= {row["id"] for row in most}
        most.sort(key=lambda row: (row["date"], row["id"]))
        photos, spans = self._photos(most), []
        for row in most:
            seen = [See(f"图{photo.number}", f"figure-{photo.number}") for photo in photos.get(row["id"], ())]
            after = [self._mark("activity", row), *(["（见", *seen, "）"] if seen else ())]
            spans += self._sentence("活动", records.activity_fields(row, self.year), tuple(after))
        if len(rows) > len(most):
            spans += self._rest("活动")
        self._body(*spans)
        shown = [photo for found in photos.values() for photo in found]
        for place in range(0, len(shown), _ROW):
            self.document.blocks.append(Photos(tuple(shown[place : place + _ROW])))

    def _photos(self, rows) -> dict[int, list[Photo]]:
        """One photo an event, of the first two that have any that may be shown: two a row."""
        found: dict[int, list[Photo]] = {}
        for row in rows:
            files = self.material["files"].get(f"activity:{row['id']}", ())
            photo = next((file for file in files if _may_be_shown(file)), None)
            if photo and len(found) < _ROW:
                about = "，".join(part for part in (chinese_day(row["date"]), row["place"]) if part)
                caption = f"{photo['caption'] or row['theme']}（{about}）"
                found[row["id"]] = [Photo(photo["sha256"], self._number(), caption)]
        return found

    def _number(self) -> int:
        self._pictures += 1
        return self._pictures

    def outcomes(self, kind: str) -> None:
        """At most three results of a kind, highest level first; the rest are sent to the table."""
        rows = [
            row for row in self.material["outcomes"] if row["kind"] == kind and row["standing"] == "counted"
        ]
        if not rows:
            return
        pattern, spans = self._pattern(rows[0]["kind_name"], "成果"), []
        for place, row in enumerate(rows[:TOLD] if pattern else ()):
            fields = records.outcome_fields(row, self.year)
            told = clause(pattern, lambda name, fields=fields: _words(fields, name))
            spans += ["；" if place else "", *told, self._mark("outcome", row)]
        if spans and len(rows) > TOLD:
            spans += ["；", *rest] if (rest := self._rest("成果")) else ["。"]
        elif spans:
            spans.append("。")
        self._body(*spans)

    def quotes(self, line: str) -> None:
        """What was said about the activities of a task line, with consent, where they were not quoted before."""
        ids = {row["id"] for row in self.facts.activities(line)}
        said = [row for row in self.material["quotes"] if row["activity"] in ids]
        said = [row for row in said if row not in self._quoted][:QUOTES]
        self._quoted += said
        before = None
        for row in said:
            fields = records.quote_fields(row, self.year, another=row["identity"] == before)
            if pattern := self._pattern("反馈"):
                self._body(*clause(pattern, lambda name, fields=fields: _words(fields, name)))
            before = row["identity"]

    def _mark(self, kind: str, row: dict):
        """The evidence mark of a record mentioned in this section."""
        return self.register.mark_of(kind, row, self.line)

    # ------------------------------------------------------------ tables and charts
    def table(self, which: str, line: str = "") -> None:
        """A small table inside a section."""
        if which == "承诺":
            self._commitments()
        elif which == "级别":
            self._levels(line)

    def _commitments(self):
        """What the agreements in force promise, and what of it was delivered by the as-of date."""
        rows = [
            (
                listing(row["partners"]),
                part["name"],
                part["promised"],
                part["delivered"],
                part["unit"] or None,
            )
            for row in self.material["agreements"]
            for part in row["commitments"]
            if part["promised"] is not None
        ]
        if not rows:
            return
        columns = (
            Column("联建单位", 40),
            Column("承诺", 26),
            Column("承诺数", 12, "number"),
            Column("已兑现", 12, "number"),
            Column("单位", 10),
        )
        self._add_table("联建承诺兑现情况", columns, rows)

    def _levels(self, line):
        """The results of a task line by kind and level; each row adds up."""
        kinds = self._kinds(line)
        shown = [
            (level, word)
            for level, word in LEVELS.items()
            if any(f"{k}:{level}" in self._counted for k in kinds)
        ]
        if not shown or len(kinds) < 1:
            return
        rows = []
        for key in kinds:
            total = self.facts.value(key)
            parts = [self.facts.value(f"{key}:{level}") for level, _ in shown]
            rows.append(
                (
                    self.facts.figures[key]["label"],
                    self.facts.unit(key),
                    Figure(key, str(total), total),
                    *(
                        Figure(f"{key}:{level}", str(part), part) if part else 0
                        for (level, _), part in zip(shown, parts, strict=True)
                    ),
                    total - sum(parts),
                )
            )
        columns = [Column("类型", 26), Column("单位", 10), Column("合计", 12, "number")]
        columns += [Column(word, 12, "number") for _, word in shown]
        columns.append(Column(NO_LEVEL, 12, "number"))
        if not any(row[-1] for row in rows):
            columns.pop()
            rows = [row[:-1] for row in rows]
        self._add_table(f"{HEADINGS.get(line, '')}成果分级情况", tuple(columns), rows)

    @property
    def _counted(self):
        return {key for key in self.facts.figures if self.facts.value(key)}

    def _kinds(self, line: str) -> list[str]:
        """The figures of kinds of results on a task line that have some and are split by level."""
        return [
            key
            for key in self.facts.figures
            if key.startswith("outcomes.")
            and ":" not in key
            and self.facts.figures[key]["line"] == line
            and any(self.facts.value(f"{key}:{level}") for level in LEVELS)
        ]

    def _add_table(self, name, columns, rows):
        self.document.add("caption", name)
        self.document.blocks.append(Table(name, columns, tuple(rows)))

    def chart(self, which: str) -> None:
        """A chart with the sentence that mentions it; left out where there is nothing to compare."""
        name, table = _CHARTS[which]
        chart = self._charts.get(name)
        if chart is None:
            return
        number, caption, numbers = self._number(), chart.title, self.appendix(table)
        seen = See(f"图{number}", f"figure-{number}")
        self._body(*self._sentence("见图", {"图名": caption, "图": (seen,), "附件": numbers}))
        self.document.blocks.append(Picture(number, caption, chart, str(numbers[0]) if numbers else ""))

    # ------------------------------------------------------------ what is missing, what comes
    def _points(self, found) -> None:
        """Numbered paragraphs."""
        for number, spans in enumerate((spans for spans in found if spans), start=1):
            self._body(f"{number}．", *spans)

    def shortfalls(self) -> None:
        """Facts only: targets not reached, plan rows not done, minimums missed, what ends within a year."""
        found = [
            *self._targets_missed(),
            *self._plan_left(),
            *self._minimums_missed(),
            *self._agreements_ending(),
            *self._certificates_ending(),
        ]
        if found:
            self._points(found)
        elif self.facts.targets or self.material["plan_items"]:
            self._body(*self._sentence("没有不足", {}))

    def _targets_missed(self):
        for key, target in self.facts.targets.items():
            figure = self.facts.figures[key]
            if not is_reached(figure, target):
                fields = {
                    "指标": figure["label"],
                    "目标": goal_in_prose(figure, target),
                    "完成": (Figure(key, in_prose(figure), number_of(figure)),),
                }
                yield self._sentence("未达目标", fields)

    def _plan_left(self):
        left = [row for row in self.material["plan_items"] if not row["is_done"] and not row["is_cancelled"]]
        if left:
            names = "".join(quoted(row["theme"]) for row in left[:TOLD])
            names += "等" if len(left) > TOLD else ""
            yield self._sentence("未完成计划", {"项目": names, "附件": self.appendix("联建")})

    def _minimums_missed(self):
        for row in self.material["missed"]:
            yield self._sentence("会议不足", {"会议": row["name"], "时段": row["when"]})

    def _ends_soon(self, ends) -> bool:
        horizon = self.facts.end + dt.timedelta(days=365)
        return bool(ends) and str(self.facts.end) <= ends["last"] <= str(horizon)

    def _agreements_ending(self):
        for row in self.material["agreements"]:
            if row["is_in_force"] and self._ends_soon(row["expires_on"]):
                fields = records.agreement_fields(row, self.year)
                yield self._sentence("协议到期", fields | {"到期日期": chinese_date(row["expires_on"])})

    def _certificates_ending(self):
        known = self.material["certifications"]
        names = {row["id"]: row["name"] for row in known["members"]}
        rows = [
            row
            for row in known["rows"]
            if row["status"] == "verified" and self._ends_soon(row["valid_until"])
        ]
        rows.sort(key=lambda row: (row["valid_until"]["last"], row["id"]))
        told = listing(
            f"{names[row['member']]}同志的{row['name']}证书（{chinese_date(row['valid_until'])}）"
            for row in rows[:TOLD]
        )
        told += "等" if len(rows) > TOLD else ""
        if rows:
            yield self._sentence("证书到期", {"证书": told, "附件": self.appendix("认证")})

    def next_steps(self) -> None:
        """What is declared and planned for the year after."""
        targets = listing(
            self.facts.declared(key, goal) for key, goal in sorted(self.material["next_targets"].items())
        )
        plans = listing(
            f"{quoted(row['theme'])}（{chinese_date(row['planned_on'])}）"
            for row in self.material["next_plan_items"]
            if not row["is_cancelled"]
        )
        year = str(self.facts.end.year + 1)
        self._points(
            [
                self._sentence("下年目标", {"年度": year, "目标": targets}),
                self._sentence("下年计划", {"年度": year, "项目": plans}),
            ]
        )


# What a template calls a chart → its name, the table of an appendix that holds its numbers.
_CHARTS = {
    "任务线": ("lines", "指标"),
    "级别": ("levels", "成果"),
    "月份": ("months", "活动"),
    "目标": ("targets", "指标"),
}
_TELL = {
    "项目": "programmes",
    "荣誉": "honours",
    "图表": "chart",
    "协议": "agreements",
    "活动": "events",
    "成果": "outcomes",
    "反馈": "quotes",
    "表": "table",
    "不足": "shortfalls",
    "下一步": "next_steps",
}


def _words(fields: dict, name: str) -> Spans:
    """A field of the record told. An unknown one has nothing to tell: patterns are checked when they are saved."""
    told = fields.get(name, "")
    return (told,) if isinstance(told, str) and told else tuple(told)


def _may_be_shown(file) -> bool:
    """A photo, and not one of children whose guardians did not agree (what was frozen earlier does not say)."""
    return (
        file["kind"] == "photo" and file["media_type"] in MEDIA_TYPES and not file.get("lacks_consent", False)
    )

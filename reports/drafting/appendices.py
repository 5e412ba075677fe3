"""The appendices: tables of every figure, activity, agreement, plan row, result, certification and proof."""

from __future__ import annotations

from core.dates import PartialDate
from outcomes.citations import citation
from reports.document import Column, Document, Figure, Group, Mark, NewPage, PageOf, Table
from reports.drafting.evidence import Register
from reports.drafting.facts import HEADINGS, Facts, is_zero, number_of
from reports.drafting.records import patent_number
from reports.drafting.template import Template
from reports.drafting.words import listing, numeral, short_date
from reports.goals import goal_text, rate_text


def add_appendices(document: Document, facts: Facts, template: Template, register: Register) -> None:
    """Each on a new page, wide ones on landscape pages. The index of evidence comes last: the others give numbers."""
    appendices = Appendices(document, facts, register)
    for number, appendix in enumerate(template.appendices, start=1):
        document.blocks.append(NewPage(appendix.landscape))
        document.add("appendix", f"附件{number}", anchor=f"appendix-{number}")
        document.add("appendix_title", appendix.title)
        getattr(appendices, _TABLES[appendix.table])()


class Appendices:
    """Adds tables to a document; a record that has no evidence number yet gets one."""

    def __init__(self, document: Document, facts: Facts, register: Register):
        self.document, self.facts, self.material, self.register = document, facts, facts.material, register

    def _table(self, name, columns, rows) -> None:
        if rows:
            self.document.blocks.append(Table(name, tuple(columns), tuple(rows)))
        else:
            self.document.add("note", self.facts.nothing)

    # ------------------------------------------------------------ 指标
    def figures(self) -> None:
        """Every figure that is not zero, as its display; zeros where there is a target or last year had some."""
        targets, before = self.facts.targets, self.material["last_year"]
        columns = [Column("指标", 36), Column("单位", 9)]
        columns += [Column("目标", 13, "number")] if targets else []
        columns += [Column("完成", 23, "number")]
        columns += [Column("完成率", 16, "percent")] if targets else []
        columns += [Column("上年" if self.facts.is_year else "上年同期", 20, "number")]
        groups: dict[str | None, list] = {None: [], **{line: [] for line in HEADINGS}}
        for key, figure in self.facts.figures.items():
            if not is_zero(figure) or key in targets or key in before:
                groups[figure["line"]].append(figure)
        rows: list = []
        for line, figures in groups.items():
            if figures:
                rows.append(Group(HEADINGS.get(line, "综合")))
            for figure in figures:
                rows.append(tuple(self._figure_row(figure, targets.get(figure["key"]), before)))
        self._table("指标", columns, rows)
        if rows:
            self.document.add(
                "note",
                "注：同一活动可服务多条任务线，各任务线场次之和可大于活动总数。服务人数在各场活动之间未去重。",
            )

    def _figure_row(self, figure, target, before):
        yield figure["label"]
        yield figure["unit"] or None
        if self.facts.targets:
            yield goal_text(figure, target) if target else None
        yield Figure(figure["key"], figure["display"], number_of(figure))
        if self.facts.targets:
            yield rate_text(figure, target) if target else None
        if figure["key"] in before:
            yield before[figure["key"]]["display"]
        else:
            yield None if figure["denominator"] is not None else 0

    # ------------------------------------------------------------ 活动
    def activities(self) -> None:
        """Every activity held in the window."""
        columns = [
            Column("序号", 6, "number"),
            Column("日期", 12, "date"),
            Column("主题", 27),
            Column("类型", 11),
            Column("任务线", 12),
            Column("联建单位", 16),
            Column("参加党员", 7, "number"),
            Column("服务人次", 8, "number"),
            Column("计数方式", 9),
            Column("佐证", 8),
        ]
        rows = [
            (
                number,
                row["date"],
                row["theme"],
                row["kind_name"],
                listing(HEADINGS[line] for line in row["lines"]),
                listing(row["partners"]),
                row["members"] or None,
                row["person_times"] or None,
                (row["count_method"] or "估计") if row["person_times"] else None,
                self.register.mark_of("activity", row, self._first_line(row["lines"])),
            )
            for number, row in enumerate(self.material["activities"], start=1)
        ]
        self._table("活动", columns, rows)

    def _first_line(self, lines) -> str:
        return next((line for line in lines if line in self.register.sections), lines[0])

    # ------------------------------------------------------------ 联建
    def partnerships(self) -> None:
        """Agreements as of the as-of date, and the rows of the joint plan."""
        self.document.add("caption", "（一）联建协议")
        columns = [
            Column("序号", 6, "number"),
            Column("名称", 25),
            Column("联建单位", 22),
            Column("签署", 12, "date"),
            Column("到期", 12, "date"),
            Column("状态", 8),
            Column("承诺与兑现", 22),
            Column("佐证", 8),
        ]
        rows = [
            (
                number,
                row["name"],
                listing(row["partners"]),
                short_date(row["signed_on"]),
                short_date(row["expires_on"]) or None,
                row["status"],
                "；".join(_commitment(part) for part in row["commitments"]) or row["promises"] or None,
                self.register.mark_of("agreement", row, "joint_building"),
            )
            for number, row in enumerate(self.material["agreements"], start=1)
        ]
        self._table("联建协议", columns, rows)
        self.document.add("caption", "（二）联学联建计划")
        columns = [
            Column("序号", 6, "number"),
            Column("计划时间", 12, "date"),
            Column("主题", 30),
            Column("形式", 11),
            Column("协议", 24),
            Column("责任人", 10),
            Column("完成情况", 9),
        ]
        rows = [
            (
                number,
                short_date(row["planned_on"]),
                row["theme"],
                row["form"] or None,
                row["agreement"],
                row["responsible"] or None,
                "完成" if row["is_done"] else "取消" if row["is_cancelled"] else "未完成",
            )
            for number, row in enumerate(self.material["plan_items"], start=1)
        ]
        self._table("联建计划", columns, rows)

    # ------------------------------------------------------------ 成果
    def outcomes(self) -> None:
        """A table for each kind; papers and books as references after GB/T 7714."""
        kinds: dict[str, list] = {}
        for row in self.material["outcomes"]:
            kinds.setdefault(row["kind"], []).append(row)
        if not kinds:
            self.document.add("note", self.facts.nothing)
        for place, rows in enumerate(kinds.values(), start=1):
            self.document.add("caption", f"（{numeral(place)}）{rows[0]['kind_name']}")
            if rows[0]["kind"] in _CITED:
                self._references(rows)
            else:
                self._results(rows)

    def _references(self, rows):
        columns = [
            Column("序号", 6, "number"),
            Column("著录", 66),
            Column("收录", 10),
            Column("级别", 9),
            Column("日期", 12, "date"),
            Column("佐证", 8),
        ]
        told = [
            (
                number,
                _citation(row) + _stage(row),
                row["indexing"] or None,
                row["level_name"] or None,
                short_date(row["date"]),
                self.register.mark_of("outcome", row, row["line"]),
            )
            for number, row in enumerate(rows, start=1)
        ]
        self._table(rows[0]["kind_name"], columns, told)

    def _results(self, rows):
        columns = [
            Column("序号", 6, "number"),
            Column("名称", 30),
            Column("级别", 9),
            Column("日期", 12, "date"),
            Column("授予或发证单位", 18),
            Column("号码", 16),
            Column("等次", 8),
            Column("完成人", 17),
            Column("佐证", 8),
        ]
        graded = any(row["grade"] for row in rows)
        if not graded:
            columns.pop(6)
        told = []
        for number, row in enumerate(rows, start=1):
            word = f"（{row['word']}）" if row["subtype"] else ""
            cells = [
                number,
                f"{row['name']}{word}{_stage(row)}",
                row["level_name"] or None,
                short_date(row["date"]),
                row["venue"] or None,
                (patent_number(row["number"]) if row["kind"] == "patent" else row["number"]) or None,
                row["grade"] or None,
                listing(_maker(maker) for maker in row["makers"]) or None,
                self.register.mark_of("outcome", row, row["line"]),
            ]
            if not graded:
                cells.pop(6)
            told.append(tuple(cells))
        self._table(rows[0]["kind_name"], columns, told)

    # ------------------------------------------------------------ 认证
    def certifications(self) -> None:
        """Members × types as of the as-of date: until when each certificate runs, or what it has come to."""
        known = self.material["certifications"]
        types = list(dict.fromkeys(row["type"] for row in known["rows"]))
        if not known["rows"]:
            self.document.add("note", self.facts.nothing)
            return
        cells: dict[tuple, list] = {}
        for row in known["rows"]:
            cells.setdefault((row["member"], row["type"]), []).append(row)
        columns = [Column("序号", 6, "number"), Column("姓名", 14)]
        columns += [Column(name, 18) for name in types]
        columns.append(Column("佐证", 16))
        rows = [
            (
                number,
                member["name"],
                *(self._held(cells.get((member["id"], name), ())) for name in types),
                _marks(self._certificate_marks(member, known["rows"])),
            )
            for number, member in enumerate(known["members"], start=1)
        ]
        self._table("认证", columns, rows)
        self.document.add(
            "note", "注：日期为证书有效期至；统计时点已过有效期的注明“已过期”，不计入持证人数。"
        )

    def _certificate_marks(self, member, rows) -> list[Mark]:
        """Those of a member's verified certificates. The table is read by member, so numbers are given by member."""
        return [
            self.register.mark(
                f"certification:{row['id']}",
                "technology_empowerment",
                f"{member['name']} {row['name']}",
                short_date(row["passed_on"]),
            )
            for row in rows
            if row["member"] == member["id"] and row["status"] == "verified"
        ]

    def _held(self, rows) -> str | None:
        """The best that can be said of one member and type."""
        day, told = str(self.facts.end), []
        for row in rows:
            ends = row["valid_until"]
            if row["status"] != "verified":
                told.append((2, row["status_name"]))
            elif ends is None:
                told.append((0, "长期有效"))
            elif ends["last"] >= day:
                told.append((0, short_date(ends)))
            else:
                told.append((1, f"{short_date(ends)}已过期"))
        return max(((-rank, text) for rank, text in told), default=(0, None))[1]

    # ------------------------------------------------------------ 佐证
    def evidence(self) -> None:
        """The index of evidence: every number, its record, its files, the page of its first mention."""
        self.document.evidence = self.register.index()
        columns = [
            Column("编号", 10),
            Column("记录", 44),
            Column("日期", 14, "date"),
            Column("材料", 24),
            Column("页", 7, "number", paged=True),
        ]
        rows: list = []
        section = None
        for item in self.document.evidence:
            if item.section != section:
                section = item.section
                rows.append(Group(f"{section} {item.heading}"))
            rows.append(
                (Mark(item.number), item.title, item.date or None, _files(item.files), PageOf(item.number))
            )
        self._table("佐证", columns, rows)


_TABLES = {
    "指标": "figures",
    "活动": "activities",
    "联建": "partnerships",
    "成果": "outcomes",
    "认证": "certifications",
    "佐证": "evidence",
}
_CITED = ("paper", "party_paper", "book")


def _citation(row) -> str:
    first, last = (PartialDate.parse(row["date"][end]).first for end in ("first", "last"))
    return citation(
        kind=row["kind"],
        name=row["name"],
        authors=[maker["name"] for maker in row["makers"]],
        venue=row["venue"],
        date=PartialDate(first, last),
        doi=row["doi"],
        details=row["details"],
    )


def _stage(row) -> str:
    """What a result that does not count yet has come to."""
    return "" if row["standing"] == "counted" else f"（{row['status']}，未计入）"


def _maker(maker) -> str:
    return f"{maker['name']}（{maker['role']}）" if maker["role"] else maker["name"]


def _commitment(part) -> str:
    promised = f"{part['name']}{part['promised'] or ''}{part['unit'] if part['promised'] else ''}"
    return promised + (f"，已兑现{part['delivered']}{part['unit']}" if part["delivered"] is not None else "")


def _marks(marks) -> tuple | None:
    """Several marks in one cell."""
    spans: list = []
    for mark in marks:
        spans += ["、" if spans else "", mark]
    return tuple(span for span in spans if span != "") or None


def _files(files) -> str:
    """签到表、照片3件; 缺 if there is no proof."""
    kinds: dict[str, int] = {}
    for file in files:
        kinds[file.kind] = kinds.get(file.kind, 0) + 1
    return listing(f"{kind}{count}件" if count > 1 else kind for kind, count in kinds.items()) or "缺"

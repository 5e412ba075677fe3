"""The appendices: tables of every figure, activity, agreement, plan row and result."""

from __future__ import annotations

from reports.document import Column, Document, Group, NewPage, Table
from reports.drafting.facts import HEADINGS, Facts, goal_text, is_zero, rate_text
from reports.drafting.words import listing, short_date


def add_appendices(doc: Document, facts: Facts) -> None:
    """附件1—4, each on a new page, wide tables on landscape pages."""
    for number, (title, landscape, add) in enumerate(_APPENDICES, start=1):
        doc.blocks.append(NewPage(landscape))
        doc.add("appendix", f"附件{number}")
        doc.add("appendix_title", title)
        add(doc, facts)


def _table(doc, facts, name, columns, rows):
    if rows:
        cells = (row if isinstance(row, Group) else tuple(row) for row in rows)
        doc.blocks.append(Table(name, tuple(columns), tuple(cells)))
    else:
        doc.add("note", facts.nothing)


def _figure_table(doc, facts):
    """Every figure that is not zero, as its display; zeros where there is a target or last year had some."""
    targets, before = facts.material["targets"], facts.material["last_year"]
    columns = [Column("指标", 36), Column("单位", 9)]
    columns += [Column("目标", 13, "number")] if targets else []
    columns += [Column("完成", 23, "number")]
    columns += [Column("完成率", 16, "number")] if targets else []
    columns += [Column("上年" if facts.is_year else "上年同期", 20, "number")]
    groups: dict[str | None, list] = {None: [], **{line: [] for line in HEADINGS}}
    for key, figure in facts.figures.items():
        if not is_zero(figure) or key in targets or key in before:
            groups[figure["line"]].append(figure)
    rows = []
    for line, figures in groups.items():
        if figures:
            rows.append(Group(HEADINGS.get(line, "综合")))
        for figure in figures:
            target = targets.get(figure["key"])
            rows.append(
                [
                    figure["label"],
                    figure["unit"] or "—",
                    *([goal_text(figure, target) if target else "—"] if targets else []),
                    figure["display"],
                    *([rate_text(figure, target) if target else "—"] if targets else []),
                    before[figure["key"]]["display"] if figure["key"] in before else _nothing(figure),
                ]
            )
    _table(doc, facts, "指标", columns, rows)
    doc.add(
        "note",
        "注：同一活动可服务多条任务线，各任务线场次之和可大于活动总数。服务人数在各场活动之间未去重。",
    )


def _activity_table(doc, facts):
    columns = [
        Column("序号", 6, "number"),
        Column("日期", 13),
        Column("主题", 28),
        Column("类型", 11),
        Column("任务线", 12),
        Column("联建单位", 17),
        Column("参加党员", 8, "number"),
        Column("服务人次", 8, "number"),
        Column("计数方式", 8),
    ]
    rows = [
        [
            str(number),
            row["date"],
            row["theme"],
            row["kind_name"],
            listing(HEADINGS[line] for line in row["lines"]),
            listing(row["partners"]),
            _or_dash(row["members"]),
            _or_dash(row["person_times"]),
            (row["count_method"] or "估计") if row["person_times"] else "—",
        ]
        for number, row in enumerate(facts.material["activities"], start=1)
    ]
    _table(doc, facts, "活动", columns, rows)


def _agreement_tables(doc, facts):
    doc.add("caption", "（一）联建协议")
    columns = [
        Column("序号", 6, "number"),
        Column("名称", 27),
        Column("联建单位", 24),
        Column("签署", 13),
        Column("到期", 13),
        Column("状态", 8),
        Column("承诺与兑现", 22),
    ]
    rows = [
        [
            str(number),
            row["name"],
            listing(row["partners"]),
            short_date(row["signed_on"]),
            short_date(row["expires_on"]) or "—",
            row["status"],
            "；".join(_commitment(part) for part in row["commitments"]) or row["promises"] or "—",
        ]
        for number, row in enumerate(facts.material["agreements"], start=1)
    ]
    _table(doc, facts, "联建协议", columns, rows)
    doc.add("caption", "（二）联学联建计划")
    columns = [
        Column("序号", 6, "number"),
        Column("计划时间", 13),
        Column("主题", 33),
        Column("形式", 11),
        Column("协议", 24),
        Column("责任人", 10),
        Column("完成情况", 9),
    ]
    rows = [
        [
            str(number),
            short_date(row["planned_on"]),
            row["theme"],
            row["form"] or "—",
            row["agreement"],
            row["responsible"] or "—",
            "完成" if row["is_done"] else "取消" if row["is_cancelled"] else "未完成",
        ]
        for number, row in enumerate(facts.material["plan_items"], start=1)
    ]
    _table(doc, facts, "联建计划", columns, rows)


def _outcome_table(doc, facts):
    columns = [
        Column("序号", 6, "number"),
        Column("名称", 30),
        Column("级别", 8),
        Column("日期", 13),
        Column("发表刊物或授予单位", 19),
        Column("号码、收录、等次", 17),
        Column("完成人", 18),
    ]
    rows, kind, number = [], None, 0
    for row in facts.material["outcomes"]:
        if row["kind"] != kind:
            kind, number = row["kind"], 0
            rows.append(Group(row["kind_name"]))
        number += 1
        stage = "" if row["standing"] == "counted" else f"（{row['status']}，未计入）"
        rows.append(
            [
                str(number),
                f"{row['name']}{stage}",
                row["level_name"] or "—",
                short_date(row["date"]),
                row["venue"] or "—",
                listing([row["number"], row["indexing"], row["grade"]]) or "—",
                listing(row["makers"]) or "—",
            ]
        )
    _table(doc, facts, "成果", columns, rows)


_APPENDICES = [
    ("指标完成情况", False, _figure_table),
    ("活动一览", True, _activity_table),
    ("联建协议与联学联建计划完成情况", True, _agreement_tables),
    ("成果清单", True, _outcome_table),
]


def _or_dash(number) -> str:
    return f"{number:,}" if number else "—"


def _commitment(part) -> str:
    promised = f"{part['name']}{part['promised'] or ''}{part['unit'] if part['promised'] else ''}"
    return promised + (f"，已兑现{part['delivered']}{part['unit']}" if part["delivered"] is not None else "")


def _nothing(figure) -> str:
    return "—" if figure["denominator"] is not None else "0"

"""The printed record of a meeting (会议记录): what activities.minutes knows, in the wording of a template. Pure."""

from __future__ import annotations

from reports.document import Document, FactTable, Spans, plain
from reports.drafting.patterns import Pattern, clause, fill
from reports.minutes.template import Heading, Item, read

UNKNOWN = "未记"
NAME = "会议记录"


def draft(template: str, values: dict[str, str], day: str) -> Document:
    """The record as blocks. day: ISO, for the properties of the file. Raises ValidationError for a faulty template."""
    document = Document(NAME, values["支部"], day)
    heading, items = "", []
    for line in read(template):
        if not isinstance(line, Item):
            _end_table(document, items)
        if isinstance(line, Heading):
            heading = line.text
            continue
        told = _told(line.pattern, values)
        if not told:
            continue
        if heading and (isinstance(line, Item) or line.role == "body"):
            document.add("heading1", heading)
            heading = ""
        if isinstance(line, Item):
            items.append((line, told))
        elif line.role == "body":
            for paragraph in plain(told).split("\n"):
                document.add("body", paragraph.strip())
        else:
            document.add(line.role, *told)
            document.title = plain(told) if line.role == "title" else document.title
    _end_table(document, items)
    return document


def _told(pattern: Pattern, values) -> Spans:
    """The pattern filled; 未记 where something outside of brackets is not known, nothing where all is in brackets."""

    def answer(name):
        return (values[name],) if values[name] else ()

    if told := clause(pattern, answer):
        return told
    return (UNKNOWN,) if any(fill(nodes, answer) is None for nodes in pattern.clauses) else ()


def _end_table(document, items) -> None:
    """Put the items into a table; two halves that stand together share a row."""
    rows, room = [], False
    for item, told in items:
        pair = (item.label, told)
        if item.half and room:
            rows[-1] += (pair,)
            room = False
        else:
            rows.append((pair,))
            room = item.half
    items.clear()
    if rows:
        document.blocks.append(FactTable("会议情况", tuple(rows)))

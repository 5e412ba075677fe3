"""The text of a report, drafted from a frozen one: pure, and nothing but recorded facts.

Numbers come from figures or from the record told. Zero is left out, splits add up, estimates are said to be
estimates, a section without records says so. No praise: judgement is the secretary's.
"""

from __future__ import annotations

from reports.document import Document
from reports.drafting.appendices import add_appendices
from reports.drafting.facts import HEADINGS, Facts
from reports.drafting.sections import NUMERALS, Sections
from reports.drafting.words import chinese_day
from reports.freezing import Frozen

__all__ = ["HEADINGS", "TEMPLATES", "draft", "title_of"]

# Templates of a report by name: the pattern of its title, and its sections in order.
TEMPLATES = {
    "yearly": {
        "title": "{branch}{period}“强国行”专项行动进展报告",
        "sections": [
            "joint_building",
            "education_service",
            "technology_empowerment",
            "practice_education",
            "branch_life",
        ],
    },
}
_ONE_LINE = 20  # characters of the title's size


def title_of(branch: str, period: str, template: str) -> str:
    """The title of a report. period: the window's label, such as 2024年度 or 2023-2024学年."""
    if period.endswith("学年"):
        period = period.replace("-", "—")
    return TEMPLATES[template]["title"].format(branch=branch, period=period)


def draft(frozen: Frozen) -> Document:
    """The whole report as blocks."""
    facts = Facts(frozen)
    template = frozen.material["template"]
    doc = Document(title_of(facts.branch, facts.label, template), facts.branch, str(facts.end))
    # A title of more than a line breaks after the branch, not inside “强国行”.
    short = len(doc.title) <= _ONE_LINE
    doc.add("title", doc.title if short else doc.title.replace(facts.branch, f"{facts.branch}\n", 1))
    doc.add("meta", f"统计区间：{chinese_day(str(facts.start))}至{facts.day(facts.end)}")
    doc.add("meta", f"统计时点：{chinese_day(str(facts.end))}")
    sections = Sections(facts)
    for text in sections.opening():
        doc.add("body", text)
    lines = TEMPLATES[template]["sections"]
    for numeral, line in zip(NUMERALS, lines, strict=False):
        doc.add("heading1", f"{numeral}、{HEADINGS[line]}")
        _add_section(doc, sections, line)
    doc.add("heading1", f"{NUMERALS[len(lines)]}、存在的不足与下一步计划")
    for text in sections.shortcomings():
        doc.add("body", text)
    add_appendices(doc, facts)
    return doc


def _add_section(doc, sections, line):
    """The general situation in figures, then what is told of single records; each only if there is something."""
    general, told = sections.of(line)
    if not general and not told:
        doc.add("body", sections.facts.nothing)
        return
    if general and told:
        doc.add("heading2", "（一）总体情况")
    for text in general:
        doc.add("body", text)
    if general and told:
        doc.add("heading2", "（二）重点工作")
    for text in told:
        doc.add("body", text)

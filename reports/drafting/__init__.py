"""The text of a report, drafted from a frozen one by a template: pure, and nothing but recorded facts.

Numbers come from figures or from the record told. Zero is left out, splits add up, estimates are said to be
estimates, a section without records says so. No praise: judgement is the secretary's.
"""

from __future__ import annotations

from core.dates import Window
from reports.document import Document, plain
from reports.drafting.appendices import add_appendices
from reports.drafting.evidence import Register
from reports.drafting.facts import HEADINGS, Facts
from reports.drafting.patterns import clause, sentence
from reports.drafting.telling import Telling
from reports.drafting.template import Section, Tell, Template, read
from reports.drafting.words import numeral
from reports.freezing import Frozen

__all__ = ["HEADINGS", "draft", "title_of"]

_ONE_LINE = 20  # characters of the title's size


def title_of(branch: str, window: Window, template: Template) -> str:
    """The title of a report."""
    words = Facts.words_of_title(branch, window)
    return plain(clause(template.title, lambda name: (words.get(name, ""),)))


def draft(frozen: Frozen) -> Document:
    """The whole report as blocks, with its evidence."""
    facts = Facts(frozen)
    template = read(frozen.material["template"]["text"])
    document = Document(title_of(facts.branch, facts.window, template), facts.branch, str(facts.end))
    # A title of more than a line breaks after the branch, not inside “强国行”.
    short = len(document.title) <= _ONE_LINE
    document.add(
        "title", document.title if short else document.title.replace(facts.branch, f"{facts.branch}\n", 1)
    )
    for pattern in template.meta:
        document.add("meta", *clause(pattern, facts.answer))
    told = [section for section in template.sections if section.line]
    register = Register(
        {section.line: (number, section.heading) for number, section in enumerate(told, start=1)},
        facts.material["files"],
        facts.material.get("lacking", {}),  # what was frozen before there were checklists lacks nothing
        facts.material["numbers"],
    )
    telling = Telling(document, facts, template, register)
    headed = 0
    for section in template.sections:
        if section.heading:
            headed += 1
            document.add("heading1", f"{numeral(headed)}、{section.heading}")
        _add_section(document, facts, telling, section)
    add_appendices(document, facts, template, register)
    document.evidence = document.evidence or register.index()
    document.numbers = register.numbers
    return document


def _add_section(document: Document, facts: Facts, telling: Telling, section: Section) -> None:
    """The subsections that have something to tell; their headings where there are two or more."""
    telling.line = section.line
    begun = len(document.blocks)
    drafted = []
    for part in section.parts:
        start = len(document.blocks)
        for block in part.blocks:
            if isinstance(block, Tell):
                telling.tell(block.what, *block.arguments)
            else:
                document.add("body", *(span for pattern in block for span in sentence(pattern, facts.answer)))
        blocks = document.blocks[start:]
        del document.blocks[start:]
        if blocks:
            drafted.append((part.heading, blocks))
    headed = len([heading for heading, _ in drafted if heading]) > 1
    number = 0
    for heading, blocks in drafted:
        if heading and headed:
            number += 1
            document.add("heading2", f"（{numeral(number)}）{heading}")
        document.blocks += blocks
    if len(document.blocks) == begun:
        document.add("body", facts.nothing)

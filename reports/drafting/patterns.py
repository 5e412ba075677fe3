"""Patterns: sentences as data.

{…}    a placeholder: a figure, a field of the record told, or what the drafting offers (facts.py)
[ … ]  left out as a whole when a placeholder in it has nothing to tell
::     what stands before it opens the sentence, whichever clause comes first
|      between clauses; a clause in which a placeholder has nothing to tell is left out
||     before what is said of the whole after a split
\\      takes the next character as it stands
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from reports.document import Span, Spans

_TOKEN = re.compile(
    r"\\(.)|\{([^{}]*)\}|(\[)|(\])|(\s*::\s*)|(\s*\|\|\s*)|(\s*\|\s*)|([^\\{}\[\]|:]+|:|[{}\\])", re.DOTALL
)
Answer = Callable[[str], Spans]  # the spans of a placeholder; none if there is nothing to tell


@dataclass(frozen=True)
class Placeholder:
    """{name}"""

    name: str


@dataclass(frozen=True)
class Optional:
    """[ … ]"""

    nodes: tuple


@dataclass(frozen=True)
class Pattern:
    """A sentence: what opens it, its clauses, and what is said of the whole."""

    lead: tuple
    clauses: tuple[tuple, ...]
    whole: tuple

    @property
    def placeholders(self) -> list[str]:
        """The names of all of them."""
        return list(_names((*self.lead, *(node for clause in self.clauses for node in clause), *self.whole)))


def _names(nodes):
    for node in nodes:
        if isinstance(node, Placeholder):
            yield node.name
        elif isinstance(node, Optional):
            yield from _names(node.nodes)


def parse(text: str) -> Pattern:
    """Read a pattern. Raises ValidationError with a sentence for whoever wrote it."""
    lead, clauses, whole = (), [[]], None
    stack = [clauses[0]]
    for literal, name, begin, end, opens, wholly, bar, words in _TOKEN.findall(text.strip()):
        if (opens or wholly or bar) and len(stack) > 1:
            raise ValidationError("方括号里不能分句")
        if begin:
            stack.append([])
        elif end:
            if len(stack) == 1:
                raise ValidationError("多了一个“]”")
            nodes = tuple(stack.pop())
            stack[-1].append(Optional(nodes))
        elif opens:
            _trim(clauses[0])
            if lead or len(clauses) > 1 or whole is not None:
                raise ValidationError("“::”只能出现一次，在第一个分句之前")
            lead, clauses[0] = tuple(clauses[0]), []
            stack = [clauses[0]]
        elif wholly or bar:
            if whole is not None:
                raise ValidationError("“||”之后只能有一个分句")
            _trim(stack[0])
            nodes = []
            if wholly:
                whole = nodes
            else:
                clauses.append(nodes)
            stack = [nodes]
        elif words in ("{", "}", "\\"):
            raise ValidationError(f"“{words}”没有配对")
        elif name or (not literal and not words):
            if not name.strip():
                raise ValidationError("“{}”里是空的")
            stack[-1].append(Placeholder(name.strip()))
        else:
            stack[-1].append(literal or words)
    if len(stack) > 1:
        raise ValidationError("少了一个“]”")
    return Pattern(lead, tuple(tuple(clause) for clause in clauses), tuple(whole or ()))


def _trim(nodes) -> None:
    """No blank before a sign that parts clauses."""
    if nodes and isinstance(nodes[-1], str):
        nodes[-1] = nodes[-1].rstrip()


def fill(nodes: tuple, answer: Answer) -> Spans | None:
    """The nodes with their placeholders filled; None if one of them, outside of brackets, has nothing to tell."""
    spans: list[Span] = []
    for node in nodes:
        if isinstance(node, Placeholder):
            told = answer(node.name)
            if not told:
                return None
            spans += told
        elif isinstance(node, Optional):
            spans += fill(node.nodes, answer) or ()
        else:
            spans.append(node)
    return joined(spans)


def clause(pattern: Pattern, answer: Answer) -> Spans:
    """The pattern as one clause without an end; nothing if there is nothing to tell."""
    told = [spans for nodes in pattern.clauses if (spans := fill(nodes, answer))]
    if not told:
        return ()
    spans: list[Span] = [*(fill(pattern.lead, answer) or ())]
    for place, part in enumerate(told):
        spans += ["，", *part] if place else part
    if whole := fill(pattern.whole, answer) if pattern.whole else None:
        is_split = any(str(part[0]).startswith("其中") for part in told[1:])
        spans += ["；合计" if is_split else "，", *whole]
    return joined(spans)


def sentence(pattern: Pattern, answer: Answer, *, after: Spans = ()) -> Spans:
    """The pattern as a sentence; nothing if there is nothing to tell. after: stands before the full stop."""
    told = clause(pattern, answer)
    return joined([*told, *after, "。"]) if told else ()


def joined(spans) -> Spans:
    """Spans with neighbouring pieces of text made one, and empty ones left out."""
    found: list[Span] = []
    for span in spans:
        if isinstance(span, str) and found and isinstance(found[-1], str):
            found[-1] += span
        elif span != "":
            found.append(span)
    return tuple(found)

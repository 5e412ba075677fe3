"""Templates of reports as text: read into sections, sentences, tables and the patterns of records.

The built-in ones lie beside this file, each explaining its own form; a school's own wording is a row of
`reports.models.ReportTemplate` of the same name.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError

from reports.drafting.patterns import Pattern, parse

_HERE = Path(__file__).parent
LINES = (
    "joint_building",
    "education_service",
    "technology_empowerment",
    "practice_education",
    "branch_life",
)
TELLING = ("项目", "荣誉", "图表", "协议", "活动", "成果", "反馈", "表", "不足", "下一步")
TABLES = ("指标", "活动", "联建", "成果", "认证", "佐证")


@dataclass(frozen=True)
class Tell:
    """* what arguments: records told one by one, a table, a chart."""

    what: str
    arguments: tuple[str, ...] = ()


Paragraph = tuple[Pattern, ...]


@dataclass
class Part:
    """A subsection; without a heading what stands before the first. blocks: paragraphs and Tell in order."""

    heading: str = ""
    blocks: list[Paragraph | Tell] = field(default_factory=list)


@dataclass
class Section:
    """A section. line: the task line it tells, if any."""

    heading: str
    line: str = ""
    parts: list[Part] = field(default_factory=lambda: [Part()])


@dataclass(frozen=True)
class Appendix:
    """An appendix: its title, its table, whether on landscape pages."""

    title: str
    table: str
    landscape: bool = False


@dataclass
class Template:
    """A whole template."""

    title: Pattern | None = None
    meta: list[Pattern] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    appendices: list[Appendix] = field(default_factory=list)
    records: dict[str, Pattern] = field(default_factory=dict)

    @property
    def patterns(self) -> list[Pattern]:
        """All sentences that speak of figures (those of records speak of fields)."""
        told = [
            pattern
            for section in self.sections
            for part in section.parts
            for block in part.blocks
            if not isinstance(block, Tell)
            for pattern in block
        ]
        return [*([self.title] if self.title else []), *self.meta, *told]


def builtin_names() -> list[str]:
    """The names of the built-in templates."""
    return sorted(path.stem for path in _HERE.glob("*.txt"))


@functools.cache
def builtin_text(name: str) -> str:
    """The text of a built-in template. Raises KeyError if there is none of this name."""
    if name not in builtin_names():
        raise KeyError(name)
    return (_HERE / f"{name}.txt").read_text("utf-8")


@functools.lru_cache(maxsize=32)
def read(text: str) -> Template:
    """Read a template. Raises ValidationError with a sentence for each faulty line."""
    template, paragraph, faults = Template(), None, []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if line.startswith("//"):
            continue
        if not line.startswith("- "):
            paragraph = None
        try:
            if line.startswith("- "):
                if paragraph is None:
                    paragraph = []
                    _part(template).blocks.append(paragraph)
                paragraph.append(parse(line[2:]))
            elif line:
                _read_line(template, line)
        except ValidationError as error:
            faults.append(f"第 {number} 行：{'；'.join(error.messages)}")
    if template.title is None:
        faults.append("没有“标题：”这一行")
    if faults:
        raise ValidationError(faults)
    for section in template.sections:
        for part in section.parts:
            part.blocks = [tuple(block) if isinstance(block, list) else block for block in part.blocks]
    return template


def _part(template) -> Part:
    if not template.sections:
        raise ValidationError("句子前面要先有章节，例如【党建联建 joint_building】")
    return template.sections[-1].parts[-1]


def _read_line(template, line):
    """Any line but a sentence."""
    if line.startswith("标题："):
        template.title = parse(line.removeprefix("标题："))
    elif line.startswith("副题："):
        template.meta.append(parse(line.removeprefix("副题：")))
    elif match := re.fullmatch(r"【(\S*?)(?:\s+(\w+))?】", line):
        if match[2] and match[2] not in LINES:
            raise ValidationError(f"没有任务线“{match[2]}”，可写：{'、'.join(LINES)}")
        template.sections.append(Section(match[1], match[2] or ""))
    elif match := re.fullmatch(r"（(\S+)）", line):
        _part(template)
        template.sections[-1].parts.append(Part(match[1]))
    elif line.startswith("* "):
        what, *arguments = line[2:].split()
        if what not in TELLING:
            raise ValidationError(f"不能讲述“{what}”，可写：{'、'.join(TELLING)}")
        _part(template).blocks.append(Tell(what, tuple(arguments)))
    elif match := re.fullmatch(r"附件 (\S+?)(（横排）)?：(\S+)", line):
        if match[3] not in TABLES:
            raise ValidationError(f"没有表“{match[3]}”，可写：{'、'.join(TABLES)}")
        template.appendices.append(Appendix(match[1], match[3], bool(match[2])))
    elif match := re.fullmatch(r"记录 (\S+?)：(.+)", line):
        if match[1] in template.records:
            raise ValidationError(f"记录“{match[1]}”写了两次")
        template.records[match[1]] = parse(match[2])
    else:
        raise ValidationError(f"看不懂“{line[:20]}”")

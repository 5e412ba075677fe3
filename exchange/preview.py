"""A plan as the preview page tells it: so many of everything, then the first of each in words."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.workbook.plan import Plan, Remark

_SHOWN = 100  # of each sheet; the counts say how many there are


@dataclass(frozen=True)
class Entry:
    """One record that would be created or changed: its place in the file, its name, what changes."""

    row: int
    title: str
    differences: list[tuple[str, str, str]]


@dataclass(frozen=True)
class SheetPreview:
    """What would happen to one kind of record."""

    name: str
    created: int
    changed: int
    unchanged: int
    new: list[Entry]
    edited: list[Entry]


@dataclass(frozen=True)
class Preview:
    """The whole file."""

    sheets: list[SheetPreview]
    faults: list[Remark]
    reminders: list[Remark]
    created: int
    changed: int
    unchanged: int

    @property
    def may_be_confirmed(self) -> bool:
        """Whether there is something to write, and nothing against it."""
        return not self.faults and bool(self.created or self.changed)


def preview_of(plan: Plan) -> Preview:
    """The plan as the page tells it."""
    sheets = [
        SheetPreview(
            name,
            created,
            changed,
            unchanged,
            [Entry(draft.row.number, draft.title, []) for draft in plan.created(name)[:_SHOWN]],
            [
                Entry(draft.row.number, draft.title, plan.differences(draft))
                for draft in plan.changed(name)[:_SHOWN]
            ],
        )
        for name, created, changed, unchanged in plan.counts()
    ]
    return Preview(
        sheets,
        plan.faults,
        plan.reminders,
        *(sum(getattr(sheet, field) for sheet in sheets) for field in ("created", "changed", "unchanged")),
    )

"""What a file would do to a branch, record by record, and what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from core.models import Organisation
from exchange.workbook.links import Several
from exchange.workbook.sheets import SHEETS, Draft


@dataclass(frozen=True)
class Remark:
    """Something said about one cell: a fault, or a reminder."""

    sheet: str
    cell: str
    reason: str

    def __str__(self):
        return f"{self.sheet}!{self.cell}: {self.reason}"


@dataclass
class Plan:
    """What a file would do to a branch."""

    organisation: Organisation
    drafts: dict[str, list[Draft]] = field(default_factory=dict)
    faults: list[Remark] = field(default_factory=list)
    reminders: list[Remark] = field(default_factory=list)
    planner: object = None  # the Planner that made it

    def created(self, sheet: str) -> list[Draft]:
        """Records that the branch does not have yet."""
        return [draft for draft in self.drafts.get(sheet, ()) if draft.is_new]

    def changed(self, sheet: str) -> list[Draft]:
        """Records that would not stay as they are."""
        return [draft for draft in self.drafts.get(sheet, ()) if draft.is_changed]

    def counts(self) -> list[tuple[str, int, int, int]]:
        """(sheet, created, changed, unchanged) in the order of the sheets."""
        counts = []
        for sheet in SHEETS:
            created, changed = len(self.created(sheet.name)), len(self.changed(sheet.name))
            counts.append(
                (sheet.name, created, changed, len(self.drafts.get(sheet.name, ())) - created - changed)
            )
        return counts

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(created or changed for _, created, changed, _ in self.counts())

    def differences(self, draft: Draft) -> list[tuple[str, str, str]]:
        """What would change of a record: (column, before, after) as in cells; for a new one, what it would hold."""
        before = self._shown(draft.sheet, draft.stored) if draft.stored is not None else {}
        after = self._shown(draft.sheet, draft.data)
        return [
            (header, before.get(header, ""), after.get(header, ""))
            for header in dict.fromkeys((*after, *before))
            if before.get(header, "") != after.get(header, "")
        ]

    def _shown(self, sheet, data) -> dict[str, str]:
        row, pairs = cells_of(sheet, data, self.planner)
        shown = {
            column.header: str(value)
            for column, value in zip(sheet.columns, row, strict=True)
            if value is not None
        }
        for key, value in pairs:
            shown[key] = f"{shown[key]}；{value}" if key in shown else value
        return shown

    def digest(self) -> str:
        """Stands for all that would be done: a confirmed preview must still mean the same."""
        said = [
            [name, draft.is_new, str(sheet_key(draft)), self.differences(draft)]
            for name, drafts in self.drafts.items()
            for draft in drafts
            if draft.is_new or draft.is_changed
        ]
        text = json.dumps([said, [str(fault) for fault in self.faults]], ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sheet_key(draft: Draft) -> str:
    """What identifies a record, as text."""
    return " ".join(
        value.sheet.name + sheet_key(value) if isinstance(value, Draft) else str(value)
        for value in draft.sheet.key(draft.data)
    )


def cells_of(sheet, data: dict, planner) -> tuple[list, list[tuple[str, str]]]:
    """A record as cells: the values of the columns in order, and the pairs of 其他信息."""
    exposed = sheet.exposed(data)
    row = [column.kind.show(exposed[column.field], planner) for column in sheet.columns]
    pairs = []
    for key in sheet.keys:
        value = exposed[key.field]
        if isinstance(key.kind, Several):
            pairs += [(key.header, text) for text in key.kind.show_all(value, planner)]
        elif (text := key.kind.show(value, planner)) is not None:
            pairs.append((key.header, str(text)))
    return row, [*pairs, *sheet.pairs(data)]

"""A file → what would be done: every record created, changed or as it was, every bad cell with its reason.

All rows are read and compared in memory; nothing is written here. The number of queries does not depend on the rows.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from branch.models import CertificationType
from branch.services import certification_type
from core.db import lock
from core.models import Organisation
from core.text import match_key, refuse_control_characters, tidy
from exchange.workbook import xlsx
from exchange.workbook.cells import Several
from exchange.workbook.sheets import BY_NAME, EXTRA, SHEETS, Draft
from exchange.workbook.text import split_pairs
from reports import figures

WORKBOOK = "工作簿"  # stands for the sheet in what is said of the file as a whole
GUIDE = "说明"
_EXTRA_COLUMN = re.compile(rf"{EXTRA}(\d*)")
_MISSING = {
    "member": "支部里没有工号为“{}”的党员",
    "partner": "没有名称或别名为“{}”的联建单位",
    "agreement": "没有编号为“{}”的联建协议",
    "activity": "没有编号为“{}”的活动",
    "plan_item": "这份协议的联建计划里没有序号 {}",
}


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
    planner: Planner | None = None

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


class Row:
    """One row of a sheet while it is read."""

    def __init__(self, planner, sheet, number, columns, cells):
        self.planner, self.sheet, self.number, self.columns = planner, sheet, number, columns
        self.cells = {header: cells[place] for header, place in columns.items() if place in cells}
        self.given, self.pairs, self.late, self.draft = {}, {}, [], None
        self.texts: dict[str, list[str]] = defaultdict(list)  # keys of 其他信息 that are fields
        self.is_faulty = False

    def address(self, *headers: str) -> str:
        """The cell of the first of these columns that this row fills; a key stands in its 其他信息."""
        for header in headers:
            if header in self.cells:
                return xlsx.address(self.columns[header], self.number)
            if header in self.texts or header == EXTRA:
                place = min(place for name, place in self.columns.items() if _EXTRA_COLUMN.fullmatch(name))
                return xlsx.address(place, self.number)
        place = self.columns.get(headers[0]) or self.columns.get(self.sheet.identifying, 1)
        return xlsx.address(place, self.number)

    def fault(self, header: str, reason: str, *or_at: str) -> None:
        """Refuse a cell. Arguments: or_at, other columns that may be meant if this one is empty here."""
        self.is_faulty = True
        self.planner.plan.faults.append(Remark(self.sheet.name, self.address(header, *or_at), reason))

    def remind(self, header: str, reason: str) -> None:
        """Say what is strange about a cell, and accept it."""
        self.planner.plan.reminders.append(Remark(self.sheet.name, self.address(header), reason))

    def look_up(self, header: str, what: str, key):
        """A record referred to; None and a fault if there is none."""
        try:
            return self.planner.find(what, key)
        except ValidationError as error:
            self.fault(header, error.messages[0])
            return None

    # ---------------------------------------------------------------- reading
    def read(self) -> None:
        """Read every cell of which the meaning is known by now."""
        self._read_pairs()
        for column in self.sheet.by_header.values():
            cell = self.cells.get(column.header)
            if cell is None and column.header not in self.texts:
                if column.required and column.header in self.columns:
                    self.fault(column.header, f"{column.header}不能为空")
                continue
            if cell is not None and column.header in self.texts:
                self.fault(EXTRA, f"“{column.header}”在列里和其他信息里各写了一次")
            elif column.late:
                self.late.append((column, cell))
            else:
                self._read(column, cell)

    def read_late(self) -> None:
        """Read what refers to records of this sheet."""
        for column, cell in self.late:
            self._read(column, cell)

    def _read(self, column, cell):
        try:
            if isinstance(column.kind, Several):
                self.given[column.field] = column.kind.read_all(self.texts[column.header], self.planner)
                return
            if cell is None:
                cell = xlsx.Cell("text", self.texts[column.header][0])
            if cell.kind == "formula":
                raise ValidationError("公式不予导入，请改为数值或文字（复制后“选择性粘贴—数值”）")
            if cell.kind == "error":
                raise ValidationError(f"这个单元格是错误值 {cell.value}")
            value = column.kind.read(cell, self.planner)
            if value != () and value != "":
                self.given[column.field] = value
            elif column.required:
                raise ValidationError(f"{column.header}不能为空")
        except ValidationError as error:
            self.fault(column.header, error.messages[0])

    def _read_pairs(self):
        cells = [
            (place, self.cells.pop(header))
            for header, place in sorted(self.columns.items(), key=lambda item: item[1])
            if _EXTRA_COLUMN.fullmatch(header) and header in self.cells
        ]
        text = ""
        for place, cell in cells:
            if cell.kind != "text":
                self.is_faulty = True
                where = xlsx.address(place, self.number)
                self.planner.plan.faults.append(
                    Remark(self.sheet.name, where, "其他信息要写成文字：键=值;键=值")
                )
                return
            text += cell.value
        try:
            for key, value in split_pairs(text):
                if not value:
                    continue
                column = self.sheet.by_header.get(key)
                if (column is None and key in self.pairs) or (
                    column is not None and key in self.texts and not isinstance(column.kind, Several)
                ):
                    raise ValidationError(f"“{key[:30]}”写了两次")
                refuse_control_characters(key + value)
                if column is None:
                    self.pairs[key] = value
                else:
                    self.texts[key].append(value)
        except ValidationError as error:
            self.fault(EXTRA, error.messages[0])


class Planner:
    """Knows the records of the branch and of the file, and answers for references between them."""

    def __init__(self, organisation, *, locked: bool = False):
        """Load the branch. Arguments: locked, inside a transaction: nobody else changes these records until it ends."""
        self.organisation, self.locked = organisation, locked
        self.plan = Plan(organisation, planner=self)
        self.known: dict[str, dict[int, Draft]] = {}  # sheet → {primary key: draft}
        self.by_key: dict[str, dict[tuple, Draft]] = {}  # sheet → {identity: draft}
        self.kinds: dict[type, dict[str, object]] = {}
        self.types: dict[str, CertificationType] = {row.name: row for row in CertificationType.objects.all()}
        self.figure_keys: dict[str, str] = {}
        self._names: dict[str, list[Draft]] | None = None
        self._partners: dict[str, Draft] | None = None
        self._words: dict[object, dict] = {}
        for sheet in SHEETS:
            self._load(sheet)

    # ---------------------------------------------------------------- what is stored
    def _load(self, sheet) -> None:
        of_branch = sheet.model.objects.live().of([self.organisation])
        if self.locked:
            list(lock(of_branch).order_by("pk").values_list("pk", flat=True))
        children: dict[int, dict] = defaultdict(lambda: {model: [] for model in sheet.children})
        for model, (link, _) in sheet.children.items():
            rows = model.objects.filter(
                **{f"{link}__organisation": self.organisation, f"{link}__deleted_at__isnull": True}
            )
            for row in rows.order_by(*model._meta.ordering):
                children[getattr(row, f"{link}_id")][model].append(row)
        records = list(of_branch.select_related(*sheet.select).order_by("pk"))
        drafts = self.known[sheet.name] = {record.pk: Draft(sheet, record, {}) for record in records}
        for record in records:
            draft = drafts[record.pk]
            draft.stored = sheet.state(record, children[record.pk], self)
            draft.data = draft.stored
        self.by_key[sheet.name] = {sheet.key(draft.data): draft for draft in drafts.values()}

    def stored(self, sheet: str, pk) -> Draft | None:
        """The draft of a stored record; None for none, and for one in the trash."""
        return self.known[sheet].get(pk)

    def stored_all(self, sheet: str, pks) -> tuple[Draft, ...]:
        """The drafts of stored records, in order."""
        return tuple(draft for pk in pks if (draft := self.stored(sheet, pk)))

    def kind(self, model, code: str):
        """A row of a vocabulary."""
        if model not in self.kinds:
            self.kinds[model] = {row.code: row for row in model.objects.all()}
        return self.kinds[model][code]

    def words(self, choice) -> dict:
        """The words of a closed vocabulary, {word: value}."""
        if choice not in self._words:
            self._words[choice] = choice.words()
        return self._words[choice]

    def certification_type(self, name: str) -> CertificationType:
        """The type of this name; made if it is new, so only to be asked while writing."""
        if name not in self.types:
            self.types[name] = certification_type(name)
        return self.types[name]

    # ---------------------------------------------------------------- references
    def find(self, what: str, key):
        """The draft of a member (staff number), partner (name or alias), agreement, activity (code) or plan row
        (agreement, number). Raises ValidationError."""
        if what == "partner":
            found = self.partners.get(match_key(key))
        elif what == "plan_item":
            found = self.by_key["联建计划"].get(key)
        else:
            sheet = {"member": "党员", "agreement": "联建协议", "activity": "活动"}[what]
            found = self.by_key[sheet].get((key,))
        if found is None:
            shown = key[1] if what == "plan_item" else str(key)[:60]
            raise ValidationError(_MISSING[what].format(shown))
        return found

    def called(self, what: str, draft: Draft) -> str:
        """As `find` finds it."""
        return draft.data[{"member": "staff_number", "partner": "name"}.get(what, "code")]

    @property
    def partners(self) -> dict[str, Draft]:
        """Partners by every name they go by."""
        if self._partners is None:
            self._partners = {}
            for draft in self.by_key["联建单位"].values():
                for alias in draft.data["aliases"]:
                    self._partners.setdefault(match_key(alias), draft)
            for draft in self.by_key["联建单位"].values():
                self._partners[match_key(draft.data["name"])] = draft
        return self._partners

    def members_called(self, name: str) -> list[Draft]:
        """Members of this name, however it is typed; those who left too."""
        if self._names is None:
            self._names = defaultdict(list)
            for draft in self.by_key["党员"].values():
                self._names[match_key(draft.data["name"])].append(draft)
        return self._names.get(match_key(name), [])

    def find_person(self, name: str, number: str | None) -> Draft | None:
        """The member meant by `姓名#工号` or a name alone; None for nobody of the branch. Raises ValidationError."""
        if number:
            member = self.find("member", number)
            if match_key(member.data["name"]) != match_key(name):
                raise ValidationError(f"工号 {number} 是{member.data['name']}，不是{name}")
            return member
        found = self.members_called(name) if number is None else []
        if len(found) > 1:
            numbers = "、".join(f"{name}#{member.data['staff_number']}" for member in found)
            raise ValidationError(f"有 {len(found)} 名党员叫“{name}”，请写明工号：{numbers}")
        return found[0] if found else None

    def figure(self, text: str) -> str:
        """The key of a figure. Raises ValidationError."""
        if text not in self.figure_keys:
            try:
                types = {draft.data["type_name"] for draft in self.by_key["认证"].values()}
                self.figure_keys[text] = figures.resolve(text, types)
            except KeyError as error:
                raise ValidationError(f"没有“{text[:60]}”这个指标") from error
        return self.figure_keys[text]

    # ---------------------------------------------------------------- the file
    def read(self, data: bytes) -> Plan:
        """What the file would do. Raises nothing: what is wrong with it is among the plan's faults."""
        try:
            found = xlsx.read(data, BY_NAME)
        except xlsx.NotAWorkbook as error:
            self.plan.faults.append(Remark(WORKBOOK, "A1", str(error)))
            return self.plan
        by_name = {sheet.name: sheet for sheet in found}
        for worksheet in found:
            if worksheet.name not in BY_NAME and worksheet.name != GUIDE and not worksheet.is_hidden:
                reason = f"不认识的工作表“{worksheet.name}”，请删去或隐藏它"
                self.plan.faults.append(Remark(worksheet.name, "A1", reason))
        for sheet in SHEETS:
            if sheet.name in by_name:
                self._read_sheet(sheet, by_name[sheet.name])
            else:
                self.plan.faults.append(Remark(sheet.name, "A1", f"缺少工作表“{sheet.name}”"))
        order = {sheet.name: place for place, sheet in enumerate(SHEETS)}
        for remarks in (self.plan.faults, self.plan.reminders):
            remarks.sort(key=lambda remark: (order.get(remark.sheet, -1), *_place(remark.cell)))
            remarks[:] = dict.fromkeys(remarks)
        return self.plan

    def _read_sheet(self, sheet, worksheet) -> None:
        for area in worksheet.merged:
            reason = f"{area} 是合并单元格，请取消合并后逐格填写"
            self.plan.faults.append(Remark(sheet.name, area.split(":")[0], reason))
        columns = self._headers(sheet, worksheet)
        rows = [
            Row(self, sheet, number, columns, cells)
            for number, cells in sorted(worksheet.rows.items())
            if number > 1 and self._has_headers(sheet, number, cells, columns)
        ]
        for row in rows:
            row.read()
            self._identify(row)
        if sheet.name == "联建单位":
            self._refuse_shared_names(rows)
        for row in rows:
            row.read_late()
            self._settle(row)
        self.plan.drafts[sheet.name] = [row.draft for row in rows if row.draft]

    def _headers(self, sheet, worksheet) -> dict[str, int]:
        columns: dict[str, int] = {}
        known = {column.header for column in sheet.columns}
        for place, cell in sorted(worksheet.rows.get(1, {}).items()):
            header = tidy(str(cell.value)) if cell.kind == "text" else ""
            reason = None
            if not header:
                reason = "表头要是文字"
            elif header in columns:
                reason = f"表头“{header}”重复了"
            elif header not in known and not _EXTRA_COLUMN.fullmatch(header):
                reason = f"不认识的列“{header[:40]}”"
            if reason:
                self.plan.faults.append(Remark(sheet.name, xlsx.address(place, 1), reason))
                columns.setdefault(f"\0{place}", place)  # known to be wrong: its cells are not blamed again
            else:
                columns[header] = place
        for column in sheet.columns:
            if column.required and column.header not in columns:
                self.plan.faults.append(Remark(sheet.name, "A1", f"缺少必填的列“{column.header}”"))
        return columns

    def _has_headers(self, sheet, number, cells, columns) -> bool:
        """Whether a row holds anything in known columns; a cell without a header is refused."""
        known = set(columns.values())
        for place in sorted(set(cells) - known):
            self.plan.faults.append(Remark(sheet.name, xlsx.address(place, number), "这一列没有表头"))
        return any(place in known for place in cells)

    def _identify(self, row) -> None:
        """Find the record a row speaks of, or begin a new one."""
        sheet = row.sheet
        wanted = [column for column in sheet.columns if column.field in sheet.identity]
        if any(column.required and column.field not in row.given for column in wanted):
            return
        if any(column.header in row.cells and column.field not in row.given for column in wanted):
            return  # an optional part of the identity cannot be read
        key = sheet.key({**dict.fromkeys(sheet.identity, ""), **row.given})
        draft = self.by_key[sheet.name].get(key)
        if draft is None:
            record = sheet.model(organisation=self.organisation)
            draft = Draft(sheet, record, {**sheet.blank(self), **row.given})
            self.by_key[sheet.name][key] = draft
        elif draft.row is not None:
            row.fault(sheet.identifying, f"与第 {draft.row.number} 行是同一条记录，一个文件里只能写一次")
            return
        draft.row, row.draft = row, draft
        if sheet.name in ("党员", "联建单位"):  # names found from now on are those of the file
            draft.data = {**draft.data, **{f: row.given[f] for f in ("name", "aliases") if f in row.given}}
            self._names = self._partners = None

    def _refuse_shared_names(self, rows) -> None:
        """A name or alias is one partner's only."""
        owners: dict[str, Draft] = {}
        in_file = [row.draft for row in rows if row.draft]
        others = [draft for draft in self.by_key["联建单位"].values() if draft.row is None]
        for draft in others:
            for name in (draft.data["name"], *draft.data["aliases"]):
                owners.setdefault(match_key(name), draft)
        for draft in in_file:
            owners.setdefault(match_key(draft.data["name"]), draft)
        for draft in in_file:
            for header, names in (("名称", [draft.data["name"]]), ("别名", draft.data["aliases"])):
                for name in names:
                    owner = owners.setdefault(match_key(name), draft)
                    if owner is not draft:
                        reason = f"“{name}”已经是“{owner.data['name']}”的名称或别名"
                        draft.row.fault(header, reason, "名称")

    def _settle(self, row) -> None:
        """Join what the row gives with what is stored, and look for contradictions."""
        draft = row.draft
        if draft is None:
            return
        base = draft.stored if draft.stored is not None else row.sheet.blank(self)
        data = row.sheet.settle(dict(row.given), dict(base), row)
        row.sheet.settle_pairs(row.pairs, data, row)
        draft.data = data
        required = [column.field for column in row.sheet.columns if column.required]
        if all(field in row.given for field in required):
            row.sheet.check(row, data, self)


def _place(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :]), xlsx.column_index_from_string(letters)

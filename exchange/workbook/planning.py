"""A file → what would be done: every record created, changed or as it was, every bad cell with its reason.

All rows are read and compared in memory; nothing is written here. The number of queries does not depend on the rows.
"""

from __future__ import annotations

from collections import defaultdict

from django.core.exceptions import ValidationError

from branch.models import CertificationType
from branch.services import certification_type
from core.db import lock
from core.text import match_key, tidy
from exchange.workbook import xlsx
from exchange.workbook.plan import Plan, Remark
from exchange.workbook.row import EXTRA_COLUMN, Row
from exchange.workbook.sheets import BY_NAME, SHEETS, Draft
from reports import figures

WORKBOOK = "工作簿"  # stands for the sheet in what is said of the file as a whole
GUIDE = "说明"
_MISSING = {
    "member": "支部里没有工号为“{}”的党员",
    "partner": "没有名称或别名为“{}”的联建单位",
    "agreement": "没有编号为“{}”的联建协议",
    "activity": "没有编号为“{}”的活动",
    "plan_item": "这份协议的联建计划里没有序号 {}",
}


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
            elif header not in known and not EXTRA_COLUMN.fullmatch(header):
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

"""The plan of an agreement as one table: rows changed, added, moved, taken out, pasted from Excel, saved together."""

from __future__ import annotations

import copy
import uuid

from django import forms

from core import records
from core.editing import PartialDateFormField, RecordForm, RowForm, Rows
from core.editing.form import Conflict, as_posted
from core.forms import SuggestInput
from core.models import Change
from core.text import whole_number
from partnerships.forms import leads
from partnerships.kinds import PLAN_FORMS
from partnerships.models import Agreement, PlanItem
from partnerships.pasting import read_plan
from partnerships.plan import FIELDS

_NAME_OF = {
    PlanItem.partial_dates.get(name) or str(PlanItem._meta.get_field(name).verbose_name): name
    for name in FIELDS
}


class PlanRow(RowForm):
    """One row of the table. Its id and the version seen go along."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    number = forms.IntegerField(label="序号", min_value=1, max_value=9999, required=False)
    planned_on = PartialDateFormField("时间", help_text="")
    theme = forms.CharField(label="主题", max_length=300)
    form = forms.CharField(label="形式", max_length=60, required=False, widget=SuggestInput(PLAN_FORMS))
    place = forms.CharField(label="地点", max_length=120, required=False)
    lead = forms.CharField(label="牵头方", max_length=120, required=False, widget=SuggestInput())
    responsible = forms.CharField(label="责任人", max_length=120, required=False)
    participants = forms.CharField(label="参加人员", max_length=200, required=False)
    expected_result = forms.CharField(label="预期成果", required=False, widget=forms.Textarea)
    result = forms.CharField(label="完成情况", required=False, widget=forms.Textarea)
    status = forms.ChoiceField(
        label="状态", choices=PlanItem.Status.choices, initial=PlanItem.Status.PLANNED.value
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("expected_result", "result"):
            self.fields[name].widget.attrs["rows"] = 2
        for name in (
            "form",
            "responsible",
            "participants",
            "result",
        ):  # second lines, below another one's heading
            self.fields[name].widget.attrs["placeholder"] = self.fields[name].label

    def row(self):
        """The row as typed; of a saved one with the version seen."""
        typed = self.cleaned_data
        item = PlanItem(**{name: typed[name] for name in FIELDS})
        item.pk, item.version = typed["id"], typed["version"] or 1
        return item

    @property
    def key(self) -> tuple[int | None, int | None]:
        """Id and version, which can be read even of a row that is to be taken out as it is."""
        typed = self.cleaned_data
        return typed.get("id"), typed.get("version")

    @classmethod
    def read(cls, item):
        """As saved."""
        return {"id": item.pk, "version": item.version, **{name: getattr(item, name) for name in FIELDS}}


class PlanForm(RecordForm):
    """The rows of an agreement's plan; of the agreement itself nothing is written."""

    rows = {
        "rows": Rows(
            PlanRow, "联学联建计划表", "一项", told_as="联建计划", template="partnerships/_plan_edit.html"
        )
    }
    drawn_elsewhere = ("paste",)

    paste = forms.CharField(
        label="从 Excel 粘贴",
        required=False,
        max_length=100_000,
        help_text="在 Excel 里选中几行复制，粘到这里。带表头的按表头认；不带的按 序号、时间、主题、形式、地点、"
        "牵头方、责任人、参加人员、预期成果、完成情况 的次序。认出的行先列在表里，看过再保存",
        widget=forms.Textarea(attrs={"wrap": "off"}),
    )

    class Meta:
        model = Agreement
        fields: list[str] = []

    # ---------------------------------------------------------------- what is there
    def read(self, agreement):
        """A one-time key: new rows are added once, however often the button is pressed."""
        return {"entry_key": uuid.uuid4()}

    def read_rows(self, agreement, name):
        """The plan in its order."""
        return list(agreement.plan_items.live().order_by("number", "pk"))

    def _formsets(self):
        made = super()._formsets()
        words = leads(self.instance.organisation)
        for form in [*made["rows"].forms]:
            form.fields["lead"].widget.suggestions = words
        return made

    # ---------------------------------------------------------------- what was typed
    def values(self):
        """Rows to write and rows to take out, as `plan.save_plan` wants them."""
        rows, removed = [], []
        for place, form in enumerate(self.formsets["rows"].forms):
            if not (form.has_changed() or form.initial):
                continue
            pk, version = form.key
            if form.cleaned_data.get("DELETE"):
                removed += [PlanItem(pk=pk, version=version or 1)] if pk else []
                continue
            row = form.row()
            if not pk:
                row.entry_key = uuid.uuid5(self.cleaned_data["entry_key"], str(place))
            rows.append(row)
        return {"rows": rows, "removed": removed}

    # ---------------------------------------------------------------- buttons that save nothing
    def more(self, name):
        """Also the rows read from what was pasted."""
        if name != "paste":
            return super().more(name)
        pasted = read_plan(self.data.get("paste", ""))
        if pasted:
            self._append(pasted)
            self.data["paste"] = ""
        form = type(self)(self.data, instance=self.instance).unchecked()
        form.pasted = len(pasted)
        form.pasted_words = f"{len(pasted)} 项。"
        return form

    def _append(self, pasted):
        total = int(self.data.get("rows-TOTAL_FORMS") or 0)
        while total and not any(
            self.data.get(f"rows-{total - 1}-{name}") for name in ("id", "theme", "planned_on")
        ):
            total -= 1  # an empty row at the end is written over
        taken = {self.data.get(f"rows-{place}-number") for place in range(total)}
        if taken & {row.get("number") for row in pasted} - {None}:
            pasted = [{**row, "number": ""} for row in pasted]
        for place, row in enumerate(pasted, start=total):
            for name in FIELDS:
                self.data[f"rows-{place}-{name}"] = row.get(name, "")
            self.data[f"rows-{place}-status"] = row.get("status", PlanItem.Status.PLANNED.value)
        self.data["rows-TOTAL_FORMS"] = str(total + len(pasted))

    def take(self, name):
        """A single row, too, as it stands: `rows-3`."""
        if name in self.rows:
            return super().take(name)
        pk = whole_number(self.data.get(f"{name}-id", ""))
        item = self.instance.plan_items.live().filter(pk=pk).first()
        if item is not None:
            self._put(name, item, FIELDS)
        return type(self)(self.data, instance=self.instance).unchecked()

    def _put(self, prefix, item, names):
        for name in names:
            field = PlanRow.base_fields[name]
            self.data.setlist(f"{prefix}-{name}", as_posted(field, getattr(item, name)))
        self.data[f"{prefix}-version"] = str(item.version)

    # ---------------------------------------------------------------- two editors
    def reconciled(self, current):
        """Row by row as a single record: of a row that only they changed theirs is taken, of a cell that both changed
        both are shown."""
        stored = {item.pk: item for item in current.plan_items.all()}
        adopted, conflicts = [], {}
        for form in self.formsets["rows"].forms:
            pk, version = form.key
            item = stored.get(pk)
            if pk is None or (item and not item.deleted_at and item.version == version):
                continue
            name = f"第 {item.number} 项" if item else "一项"
            if conflict := self._merge(form, item, version or 0):
                conflicts[form.prefix] = conflict
            else:
                adopted.append(name)
        again = type(self)(self.data, instance=current).unchecked()
        again.adopted, again.conflicts = adopted, conflicts
        for form in again.formsets["rows"].forms:
            form.conflict = conflicts.get(form.prefix)
        return again

    def _merge(self, form, item, version) -> Conflict | None:
        prefix, taken_out = form.prefix, form.cleaned_data.get("DELETE")
        if item is None:
            self._forget(prefix, drop=True)
            return None
        since = list(Change.objects.since(item, version))
        stands = records.values(item)
        found = dict(stands)
        for change in since:  # newest first
            found |= {label: before for label, (before, _) in change.changes.items()}
        typed = copy.copy(item)
        for name in FIELDS:
            if name in form.cleaned_data:
                setattr(typed, name, form.cleaned_data[name])
        mine = records.difference(found, records.values(typed))
        theirs = records.difference(found, stands)
        if item.deleted_at:
            self._forget(prefix, drop=not mine)
            return Conflict(since[0], "已移入回收站；再保存会作为新的一项添上") if mine and since else None
        self.data[f"{prefix}-version"] = str(item.version)
        self._put(
            prefix, item, [_NAME_OF[label] for label in theirs if label in _NAME_OF and label not in mine]
        )
        both = [
            label for label in theirs if taken_out or (label in mine and mine[label][1] != theirs[label][1])
        ]
        if not both:
            return None
        return Conflict(since[0], "；".join(f"{label} {stands.get(label) or '空'}" for label in both))

    def _forget(self, prefix, *, drop):
        """A row that is not there any more: to be left out, or added anew."""
        self.data[f"{prefix}-id"] = self.data[f"{prefix}-version"] = ""
        if drop:
            self.data[f"{prefix}-DELETE"] = "on"

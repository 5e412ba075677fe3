"""The forms that write targets. (Conditions of their list: workbench/filters.py.)"""

from __future__ import annotations

from decimal import Decimal

from django import forms

from activities.models import TaskLine
from core.editing import RecordForm, Section
from core.forms import HintedSelect
from reports.figures import askable
from reports.figures.definitions import definition
from reports.models import Target

_PLACES = Decimal("0.0001")
_SHARES = "比例写 90 或 0.9 都行"
_LINES = {"": "全部活动", **{line.value: line.label for line in TaskLine}}


def _plain(value) -> str:
    return f"{value.normalize():f}"


class GoalField(forms.DecimalField):
    """What is to be reached, kept to four places."""

    def __init__(self, label="目标值", **kwargs):
        super().__init__(label=label, min_value=0, max_digits=14, decimal_places=4, **kwargs)

    def prepare_value(self, value):
        """Without zeros that say nothing."""
        return _plain(value) if isinstance(value, Decimal) else value

    def clean(self, value):
        """As the column keeps it."""
        goal = super().clean(value)
        return goal if goal is None else goal.quantize(_PLACES)


class TargetForm(RecordForm):
    """One target: which year, which figure, how much."""

    sections = (
        Section("目标", ("year", "figure", "value")),
        Section("统计", ("in_reports",), folded=True, quiet=True),
    )
    not_copied = ("year",)

    figure = forms.ChoiceField(label="指标", widget=HintedSelect())
    value = GoalField(help_text=f"承诺要达到的数；{_SHARES}")

    class Meta:
        model = Target
        fields = ["year", "in_reports"]
        help_texts = {"year": "如 2024"}

    def read(self, target):
        """The figure and the value."""
        return {**super().read(target), "figure": target.figure, "value": target.value}

    def choose(self, organisation):
        """Every figure the branch can be asked for, by task line."""
        super().choose(organisation)
        groups: dict[str, list] = {line: [] for line in _LINES}
        hints = {}
        for question in askable(organisation.pk):
            unit = f"（{question.unit}）" if question.unit else ""
            groups[question.line or ""].append((question.key, f"{question.label}{unit}"))
            hints[question.key] = definition(question.key)
        stored = self.instance.figure
        if stored and stored not in hints:  # of a kind or certification that is no more
            groups[""].append((stored, stored))
        self._labels_of = {key: text for found in groups.values() for key, text in found}
        field = self.fields["figure"]
        field.widget.hints = hints
        field.choices = [("", ""), *((_LINES[line], found) for line, found in groups.items() if found)]
        chosen = self.data.get("figure") if self.is_bound else self.initial.get("figure")
        field.help_text = hints.get(chosen) or "选好后这里写明它怎么数；可以输入几个字查找"

    def name_of(self, target):
        """The year and the figure in words."""
        return f"{target.year} 年 {self._labels_of.get(target.figure, target.figure)}"


class YearForm(forms.Form):
    """The targets of one year in one table: a value for each figure that has one, or had one the year before.

    Arguments: rows, the figures with `key`, `label`, `target` and `last` (targets of the year and of the year before,
    or None).
    """

    use_required_attribute = False

    def __init__(self, data=None, *, rows):
        super().__init__(data)
        self.rows = rows
        for row in rows:
            name = f"value-{row['key']}"
            now = row["target"]
            self.fields[name] = GoalField(
                label=f"{row['label']}的目标值", required=False, initial=now.value if now else None
            )
            self.fields[name].widget.attrs["inputmode"] = "decimal"
            self.fields[f"version-{row['key']}"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, initial=now.version if now else None
            )
        for row in rows:
            row["field"], row["version"] = self[f"value-{row['key']}"], self[f"version-{row['key']}"]

    @property
    def goals(self) -> dict:
        """What was typed, as the service takes it."""
        typed = self.cleaned_data
        return {
            row["key"]: (typed[f"value-{row['key']}"], typed[f"version-{row['key']}"]) for row in self.rows
        }

    def with_last_year(self) -> YearForm:
        """Itself, with last year's value wherever none is typed; nothing is saved."""
        data = self.data.copy()
        for row in self.rows:
            if row["last"] and not data.get(f"value-{row['key']}"):
                data[f"value-{row['key']}"] = _plain(row["last"].value)
        return YearForm(data, rows=self.rows)

    def seen_anew(self) -> YearForm:
        """Itself after somebody else saved one of them: what was typed stays, with the versions that stand now."""
        data = self.data.copy()
        for row in self.rows:
            data[f"version-{row['key']}"] = str(row["target"].version) if row["target"] else ""
        return YearForm(data, rows=self.rows)

"""What proves a record, edited by the admin of the installation: services, forms and pages.

A change holds at once, for all branches; nothing is stored with the records. Built-in rules are never removed (an
upgrade would bring them back); one that does not fit is set to 不要求.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.checklists import provable
from core.db import lock
from core.forms import report
from core.models import Attachment, Change, ProofRule
from core.models.proofs import MOST
from core.permissions import admins_only
from core.records import log

_CHANGES = 20
_ANY = "any"  # as a form says it: an empty choice would be the first one


# ---------------------------------------------------------------- what a rule is about, in words
class Subject:
    """A kind of record as the rules speak of it. sorts and states: code → name, empty where it has none."""

    def __init__(self, model):
        self.model, self.label, self.name = model, model._meta.label_lower, str(model._meta.verbose_name)
        self.sorts, self.states = {}, {}
        if model.proof_sort:
            sorts = model._meta.get_field(model.proof_sort.removesuffix("_id")).related_model
            self.sorts = {str(sort.pk): str(sort) for sort in sorts.objects.all()}
        if model.proof_state:
            field = model._meta.get_field(model.proof_state)
            self.state_name, self.states = str(field.verbose_name), dict(field.choices)

    def case_of(self, rule) -> str:
        """In which case a rule holds: 专题讲座 · 计数方式：签到."""
        parts = [self.sorts.get(rule.sort, rule.sort)] if rule.sort else []
        if rule.state:
            parts.append(f"{self.state_name}：{self.states.get(rule.state, rule.state)}")
        return " · ".join(parts) or "全部"


def _name_of(rule) -> str:
    subject = next(Subject(model) for model in provable() if model._meta.label_lower == rule.record)
    return f"{subject.name}（{subject.case_of(rule)}）的{rule}"


# ---------------------------------------------------------------- services
def add_rule(record: str, sort: str, state: str, kind: str, demand: str, minimum: int, *, by) -> ProofRule:
    """Ask for one more kind of evidence. Arguments: as the columns of ProofRule. Raises ValidationError."""
    rule = ProofRule(record=record, sort=sort, state=state, kind=kind, demand=demand, minimum=minimum)
    _must_make_sense(rule)
    try:
        with transaction.atomic():
            rule.full_clean()
            rule.save(force_insert=True)
            _log(rule, "", _told(rule), by)
    except IntegrityError as error:  # two people at the same moment
        raise ValidationError("这种情况对这种佐证已有要求，请直接修改那一条") from error
    return rule


def update_rule(rule: ProofRule, *, demand: str, minimum: int, by) -> ProofRule:
    """Ask for more, or for less. Raises ValidationError."""
    with transaction.atomic():
        current = lock(ProofRule.objects.filter(pk=rule.pk)).get()
        before = _told(current)
        current.demand, current.minimum = demand, minimum
        _must_make_sense(current)
        current.full_clean()
        if _told(current) != before:
            current.save()
            _log(current, before, _told(current), by)
    return current


def remove_rule(rule: ProofRule, *, by) -> None:
    """Take back a rule of the school's own. Twice is once. Raises ValidationError for a built-in one."""
    if rule.is_builtin:
        raise ValidationError("内置的要求不能移除，可以改为“不要求”")
    with transaction.atomic():
        if current := lock(ProofRule.objects.filter(pk=rule.pk)).first():
            _log(current, _told(current), "", by)
            current.delete()


def _must_make_sense(rule):
    if rule.kind == ProofRule.ANY and rule.demand == ProofRule.Demand.WISHED:
        raise ValidationError({"demand": "“任意一种”只能是必备或不要求"})


def _told(rule) -> str:
    many = rule.minimum > 1 and rule.demand != ProofRule.Demand.NONE
    return rule.get_demand_display() + (f" {rule.minimum} 件" if many else "")


def _log(rule, before, after, by):
    name = _name_of(rule)
    log(
        Change.Verb.UPDATE,
        by=by,
        organisation=None,
        model=rule._meta.label_lower,
        object_id=rule.pk,
        object_name=name,
        changes={name: [before, after]},
    )


# ---------------------------------------------------------------- forms
class RuleForm(forms.Form):
    """How much is asked for."""

    demand = forms.ChoiceField(label="要求", choices=ProofRule.Demand.choices)
    minimum = forms.IntegerField(label="至少几件", min_value=1, max_value=MOST, initial=1)


class NewRuleForm(RuleForm):
    """What is asked for, and in which case."""

    sort = forms.ChoiceField(label="类型", required=False)
    state = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(label="佐证", choices=[*Attachment.Kind.choices, (_ANY, "任意一种")])

    field_order = ["sort", "state", "kind", "demand", "minimum"]

    def __init__(self, *args, subject: Subject, **kwargs):
        super().__init__(*args, **kwargs)
        self._choose("sort", subject.sorts, "全部类型")
        self._choose("state", subject.states, "不论")
        if subject.states:
            self.fields["state"].label = subject.state_name

    def clean_kind(self):
        """As the rule holds it."""
        kind = self.cleaned_data["kind"]
        return ProofRule.ANY if kind == _ANY else kind

    def _choose(self, name, choices, all_of_them):
        self.fields[name].choices = [("", all_of_them), *choices.items()]
        if not choices:
            self.fields[name].widget = forms.HiddenInput()


# ---------------------------------------------------------------- pages
@require_safe
def proof_rules(request):
    """All rules, by what they are about, and what was changed of them."""
    admins_only(request.user)
    found = {}
    for rule in ProofRule.objects.all():
        found.setdefault(rule.record, []).append(rule)
    subjects = [Subject(model) for model in provable()]
    for subject in subjects:
        rules = sorted(found.get(subject.label, ()), key=lambda rule: (rule.weight, rule.position, rule.pk))
        subject.rules = [(rule, subject.case_of(rule)) for rule in rules]
    changes = Change.objects.filter(model=ProofRule._meta.label_lower).order_by("-pk")[:_CHANGES]
    return render(request, "core/proof_rules.html", {"subjects": subjects, "changes": changes})


@require_http_methods(["GET", "POST"])
def proof_rule_new(request, label):
    """Ask for one more kind of evidence of a kind of record."""
    admins_only(request.user)
    model = next((model for model in provable() if model._meta.label_lower == label), None)
    if model is None:
        raise Http404
    subject = Subject(model)
    form = NewRuleForm(request.POST or None, subject=subject)
    if form.is_valid():
        try:
            rule = add_rule(label, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            report(form, error)
        else:
            messages.success(request, f"已添加：{_name_of(rule)}")
            return redirect("core:proof_rules")
    return render(request, "core/proof_rule.html", {"form": form, "title": f"{subject.name}：添一条要求"})


@require_http_methods(["GET", "POST"])
def proof_rule_edit(request, pk):
    """Ask for more or less of what a rule asks for."""
    admins_only(request.user)
    rule = get_object_or_404(ProofRule, pk=pk)
    form = RuleForm(request.POST or None, initial={"demand": rule.demand, "minimum": rule.minimum})
    if form.is_valid():
        try:
            update_rule(rule, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            report(form, error)
        else:
            messages.success(request, f"已保存：{_name_of(rule)}")
            return redirect("core:proof_rules")
    context = {"form": form, "rule": rule, "title": _name_of(rule)}
    return render(request, "core/proof_rule.html", context)


@require_POST
def proof_rule_remove(request, pk):
    """Take back a rule of the school's own."""
    admins_only(request.user)
    rule = get_object_or_404(ProofRule, pk=pk)
    try:
        remove_rule(rule, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"已移除：{_name_of(rule)}")
    return redirect("core:proof_rules")

"""Pages of outcomes."""

from __future__ import annotations

from functools import partial

from django.db.models import Count, Q, Sum
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branch.models import Member
from branch.people import may_bring_own_to
from core import editing
from core.checklists import checklist
from core.listing import UNKNOWN_FIRST, Listing, Sort, Tab, first_or, show
from core.pages import about
from core.permissions import get_correctable, get_editable, get_visible
from outcomes import services
from outcomes.charts import by_level, count_by_level
from outcomes.fields import GROUPS, LEVEL, PEOPLE, fields_of
from outcomes.filters import OutcomeFilter
from outcomes.forms import OutcomeForm, ProposalForm, ReturnForm
from outcomes.models import Contribution, Outcome, OutcomeKind

_ACCEPTED = Q(review=Outcome.Review.ACCEPTED)


@require_safe
def outcome_list(request):
    """Outcomes of all kinds, those without a date first, then the latest; a tab for each kind there is."""
    kinds, proof = list(OutcomeKind.objects.all()), checklist(Outcome)
    undated = request.GET.get("date") == "missing"
    listing = Listing(
        request,
        Outcome.objects.visible_to(request.user),
        filters=OutcomeFilter,
        sorts=[Sort("date", "日期", first_or("date", UNKNOWN_FIRST)), Sort("entry", "录入先后", "id")],
        # What has no date lies in no year: asked for it, the window does not matter.
        in_window=None if undated else lambda outcomes, window: outcomes.within(window),
        tabs=[
            Tab("全部"),
            Tab("待确认", {"review": "proposed"}, Q(review=Outcome.Review.PROPOSED), "warn"),
            Tab("缺佐证", {"proof": "missing"}, proof.lacks, "warn"),
            *(Tab(kind.name, {"kind": kind.code}, Q(kind=kind.code)) for kind in kinds),
        ],
        totals={
            "national": Count("pk", filter=Q(_ACCEPTED, level="national")),
            "provincial": Count("pk", filter=Q(_ACCEPTED, level="provincial")),
            "contract": Sum("contract_amount", filter=_ACCEPTED),
            "received": Sum("received_amount", filter=_ACCEPTED),
            "waiting": Count("pk", filter=~_ACCEPTED),
        },
        dress=lambda outcomes: (
            proof.marked(outcomes).select_related("kind", "organisation").prefetch_related("contributions")
        ),
    )
    # Sums of money only where they mean something: within one kind, or behind a figure.
    has_money = listing.totals.get("contract") or listing.totals.get("received")
    money = bool(has_money and (listing.figure or "kind" in listing.active))
    return show(
        request,
        "outcomes/outcome_list.html",
        listing,
        money=money,
        chart=_by_level(listing, kinds),
        may_add=bool(may_bring_own_to(request.user)),
    )


def _by_level(listing, kinds):
    """The list as a picture: its kinds with their levels."""
    if listing.is_many:
        return None
    return by_level(
        count_by_level(listing.shown.filter(_ACCEPTED)),
        [(kind.code, kind.name) for kind in kinds],
        "成果的类型与级别",
        lambda kind, level: listing.address(
            kind=kind, review="accepted", **({} if level is None else {"level": level or "none"})
        ),
    )


@require_safe
def outcome_detail(request, pk):
    """One outcome: facts of its kind, the people in order, proof, figures, history."""
    found = Outcome.objects.select_related("kind", "organisation", "created_by", "reviewed_by")
    proof = checklist(Outcome)
    outcome = get_visible(proof.marked(found), request.user, pk=pk)
    context = about(outcome, request, outcome.date, proof=proof)
    context |= {
        "contributions": outcome.contributions.select_related("member"),
        "people_title": PEOPLE.get(outcome.kind_id, "完成人"),
        "facts": _facts(outcome),
    }
    return render(request, "outcomes/outcome_detail.html", context)


_MONO = {"number", "doi"}  # to be compared character by character


def _facts(outcome) -> list[dict]:
    """What the kind asks for, as it calls it, with what the outcome holds."""
    told = {"name", "subtype", "status", "level"}  # they stand in the heading
    columns = {field.name for field in Outcome._meta.concrete_fields}
    holds = {name for name in columns if getattr(outcome, name) not in (None, "")}
    facts = []
    for asked in (*fields_of(outcome.kind_id, holds, outcome.details), *LEVEL):
        if asked.name in told and not asked.is_detail:
            continue
        value = outcome.details.get(asked.name, "") if asked.is_detail else getattr(outcome, asked.name)
        if asked.name == "date" and value:
            value = value.chinese
        elif asked.name.endswith("_amount") and value is not None:
            value = f"{value:,} 元"
        if value or not (asked.is_detail or asked.aside or asked.name == "level_basis"):
            label = asked.label or (asked.name if asked.is_detail else _label(asked.name))
            facts.append({"label": label, "value": value, "mono": asked.name in _MONO, "name": asked.name})
    return facts


def _label(column) -> str:
    return Outcome.partial_dates.get(column) or str(Outcome._meta.get_field(column).verbose_name)


# ---------------------------------------------------------------- writing
@require_http_methods(["GET", "POST"])
@editing.at_a_branch(where=may_bring_own_to)
def outcome_new(request, place):
    """Enter an outcome: first its kind, then its fields (`?kind=paper`; `?copy=<id>` for one like another). Whoever
    does not edit the branch proposes one, of which they are a maker."""
    is_editor = place.pk in request.user.scope.edit
    form = OutcomeForm if is_editor else ProposalForm
    copied = editing.copied_from(request, Outcome.objects, form)
    asked = request.GET.get("kind", "") if copied is None else copied["kind"]
    kind = OutcomeKind.objects.in_use().filter(code=asked).first()
    if kind is None:
        kinds = {kind.code: kind for kind in OutcomeKind.objects.in_use()}
        context = {"groups": _offered(kinds), "title": "登记成果" if is_editor else "提出成果"}
        return render(request, "outcomes/outcome_kinds.html", context)
    start: dict = {"kind": kind.code}
    if not is_editor:
        member = Member.objects.of_account(request.user).get(organisation=place)
        start["people"] = [{"person": Contribution(member=member, name=member.name)}]
    return editing.page(
        request,
        form,
        Outcome(organisation=place, kind=kind),
        partial(services.create_outcome if is_editor else services.propose_outcome, place),
        initial=start if copied is None else copied,
        keep={"kind": kind.code},
        template="outcomes/outcome_form.html",
        title=f"{'登记' if is_editor else '提出'}{kind.name}",
        sub="" if is_editor else "保存后待支部书记确认，确认后才计数",
        crumbs=[
            ("成果", reverse("outcomes:outcome_list")),
            ("换一类", reverse("outcomes:outcome_new")),
            (kind.name, ""),
        ],
    )


def _offered(kinds):
    """The kinds to choose from, in groups: (heading, kinds)."""
    grouped = {code for _, codes in GROUPS for code in codes}
    groups = [(title, [kinds[code] for code in codes if code in kinds]) for title, codes in GROUPS]
    groups.append(("其他", [kind for code, kind in kinds.items() if code not in grouped]))
    return [(title, found) for title, found in groups if found]


@require_http_methods(["GET", "POST"])
def outcome_edit(request, pk):
    """Change an outcome; a proposal its proposer too, until it is accepted."""
    found = Outcome.objects.select_related("organisation", "kind")
    outcome = get_correctable(found, request.user, pk=pk)
    is_editor = outcome.organisation_id in request.user.scope.edit
    return editing.page(
        request,
        OutcomeForm if is_editor else ProposalForm,
        outcome,
        partial(services.update_outcome if is_editor else services.correct_proposal, outcome),
        template="outcomes/outcome_form.html",
        title=f"编辑：{outcome}",
        sub=f"已退回：{outcome.return_reason}" if outcome.return_reason else "",
    )


def _outcome_to_edit(request, pk):
    return get_editable(Outcome.objects.select_related("organisation", "kind"), request.user, pk=pk)


@require_POST
def outcome_accept(request, pk):
    """Take over what a member proposed: from now on it counts."""
    outcome = _outcome_to_edit(request, pk)
    return editing.press(request, outcome, services.accept_outcome, done=f"已确认“{outcome}”，计入支部成果")


@require_http_methods(["GET", "POST"])
def outcome_return(request, pk):
    """Give a proposal back with the reason."""
    outcome = _outcome_to_edit(request, pk)
    return editing.step(
        request,
        ReturnForm(request.POST or None, record=outcome),
        partial(services.return_outcome, outcome),
        title="退回成果",
        sub=outcome.name,
        crumbs=[
            ("成果", reverse("outcomes:outcome_list")),
            (outcome.name, reverse("outcomes:outcome_detail", args=[pk])),
        ],
        button="退回",
        done=f"已退回“{outcome}”",
    )


@require_POST
def outcome_trash(request, pk):
    """Put an outcome into the trash."""
    return editing.trash(request, _outcome_to_edit(request, pk), services.trash_outcome)


@require_POST
def outcome_restore(request, pk):
    """Bring an outcome back."""
    outcome = editing.get_restorable(Outcome.objects, request.user, pk=pk)
    return editing.restore(request, outcome, services.restore_outcome)

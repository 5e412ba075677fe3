"""Pages of partners and agreements. (Of plan rows and the plan table: partnerships/plan_views.py.)"""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import drafts, editing
from core.checklists import checklist, checklists
from core.dates import today
from core.links import record_url
from core.listing import UNKNOWN_FIRST, Listing, Sort, Tab, first_or, show
from core.pages import about
from core.permissions import get_editable, get_visible, phone_for
from core.text import whole_number
from partnerships import services
from partnerships.filters import IDLE_DAYS, AgreementFilter, PartnerFilter, expiring, idle, overrun
from partnerships.forms import (
    AgreementForm,
    DeliveryForm,
    EndForm,
    MergeForm,
    PartnerForm,
    SignForm,
)
from partnerships.models import Agreement, AgreementParty, Partner, PlanItem
from partnerships.standing import ACTIVITY, OPEN_ROWS, plan_of, plan_words, steps_from, way_of

# Activities stand to the right; here they are known as what points at a partner.
_Activity = Partner._meta.get_field("activities").related_model


# ---------------------------------------------------------------- partners
def _with_uses(partners):
    """With the number of agreements, and the day something was last held together."""
    agreements = Agreement.objects.live().filter(parties__partner=OuterRef("pk")).order_by()
    return (
        partners.annotate(agreement_count=_number(agreements.values("parties__partner")))
        .with_last_contact(today())
        .select_related("kind", "organisation")
        .prefetch_related("aliases")
    )


def _number(grouped):
    return Coalesce(Subquery(grouped.annotate(number=Count("pk")).values("number")), Value(0))


@require_safe
def partner_list(request):
    """Partners by name, with their aliases."""
    listing = Listing(
        request,
        Partner.objects.visible_to(request.user).filter(merged_into__isnull=True),
        filters=PartnerFilter,
        sorts=[Sort("name", "名称", "name_pinyin", descending=False)],
        tabs=[
            Tab("全部"),
            Tab(f"{IDLE_DAYS} 天无往来", {"contact": "idle"}, idle(today()), "warn"),
        ],
        dress=_with_uses,
    )
    for partner in listing.rows:
        partner.shown_phone = phone_for(partner, request.user)
    return show(request, "partnerships/partner_list.html", listing)


@require_safe
def partner_detail(request, pk):
    """One partner: names, agreements, latest activities together."""
    found = Partner.objects.with_last_contact(today()).select_related("kind", "organisation")
    partner = get_visible(found, request.user, pk=pk)
    party = AgreementParty.objects.filter(agreement=OuterRef("agreement"), partner=partner)
    activities = (
        _Activity.objects.visible_to(request.user)
        .filter(Q(partner_links__partner=partner) | Q(Exists(party)))
        .select_related("kind")
        .order_by("-starts_on", "-pk")
        .distinct()[:10]
    )
    context = about(partner, request, can_copy=False)
    context |= {
        "aliases": list(partner.aliases.all()),
        "agreements": partner.agreements.live().order_by("-signed_on_first", "-pk"),
        "activities": activities,
        "phone": phone_for(partner, request.user),
    }
    return render(request, "partnerships/partner_detail.html", context)


@require_http_methods(["GET", "POST"])
@editing.at_a_branch
def partner_new(request, place):
    """Enter a partner, unless it turns out to be one that is there."""
    if request.method == "POST" and "same" in request.POST:
        return _one_that_is_there(request, place)
    return editing.page(
        request,
        PartnerForm,
        Partner(organisation=place),
        partial(services.create_partner, place),
        template="partnerships/partner_form.html",
        title="添联建单位",
    )


def _one_that_is_there(request, place):
    """What was typed goes to the partner that it is."""
    partner = get_editable(Partner.objects.of([place]), request.user, pk=whole_number(request.POST["same"]))
    form = PartnerForm(request.POST, instance=Partner(organisation=place))
    form.is_valid()
    fields = {
        name: value
        for name, value in form.cleaned_data.items()
        if name in {"party_organisation", "contact", "phone", "since", "note"}
    }
    try:
        services.complete_partner(partner, form.typed_names(), **fields, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        drafts.drop(request.user, request.POST.get("draft", ""))
        messages.success(request, f"没有另立：写的名字已记作“{partner}”的别名，原来空着的项已补上")
    return redirect(record_url(partner))


def _partner_to_edit(request, pk):
    return get_editable(Partner.objects.select_related("organisation"), request.user, pk=pk)


@require_http_methods(["GET", "POST"])
def partner_edit(request, pk):
    """Change a partner."""
    partner = _partner_to_edit(request, pk)
    return editing.page(
        request,
        PartnerForm,
        partner,
        partial(services.update_partner, partner),
        template="partnerships/partner_form.html",
        title=f"编辑：{partner}",
    )


@require_POST
def partner_trash(request, pk):
    """Put a partner into the trash."""
    return editing.trash(request, _partner_to_edit(request, pk), services.trash_partner)


@require_POST
def partner_restore(request, pk):
    """Bring a partner back."""
    partner = editing.get_restorable(Partner.objects, request.user, pk=pk)
    return editing.restore(request, partner, services.restore_partner)


@require_http_methods(["GET", "POST"])
def partner_merge(request, pk):
    """Make one partner of two: first which, then what will move, then it is done."""
    partner = _partner_to_edit(request, pk)
    form = MergeForm(request.POST or None, record=partner, initial={"into": request.GET.get("into")})
    into = _chosen(request, form)
    if request.method == "POST" and form.is_valid():
        into = form.cleaned_data["into"]
        return editing.press(
            request,
            partner,
            partial(services.merge_partners, into=into),
            done=f"“{partner}”已并入“{into}”，它的名称记作别名",
            then=record_url(into),
        )
    context = {"form": form, "partner": partner, "into": into}
    if into:
        names = [partner.name, *(alias.name for alias in partner.aliases.all())]
        context |= {
            "agreements": partner.agreements.live().count(),
            "activities": partner.activities.live().count(),
            "names": services.new_names(into, names),
        }
    return render(request, "partnerships/partner_merge.html", context)


def _chosen(request, form):
    asked = whole_number(request.GET.get("into", ""))
    return form.fields["into"].queryset.filter(pk=asked).first() if asked else None


# ---------------------------------------------------------------- agreements
@require_safe
def agreement_list(request):
    """Agreements: those not signed yet first, then the latest signed."""
    day, status, proof = today(), Agreement.Status, checklist(Agreement)
    listing = Listing(
        request,
        Agreement.objects.visible_to(request.user),
        filters=AgreementFilter,
        sorts=[
            Sort("date", "签署日期", first_or("signed_on", UNKNOWN_FIRST)),
            Sort("entry", "录入先后", "id"),
        ],
        tabs=[
            Tab("全部"),
            Tab("执行中", {"status": "in_force"}, Q(status=status.IN_FORCE)),
            Tab("即将到期", {"ends": "expiring"}, expiring(day), "warn"),
            Tab("已过期未处理", {"ends": "overrun"}, overrun(day), "bad"),
            Tab("缺佐证", {"proof": "missing"}, proof.lacks, "warn"),
        ],
        dress=lambda found: (
            proof.marked(found)
            .annotate(
                plan_count=_number(
                    PlanItem.objects.live().filter(agreement=OuterRef("pk")).order_by().values("agreement")
                )
            )
            .select_related("organisation")
            .prefetch_related("partners")
        ),
    )
    return show(request, "partnerships/agreement_list.html", listing, day=day)


@require_safe
def agreement_detail(request, pk):
    """One agreement: its way, what was promised and delivered, how its plan stands, what it says."""
    found = Agreement.objects.with_renewal().select_related("organisation", "renews")
    proof, of_activities = checklists(Agreement, ACTIVITY)
    agreement = get_visible(proof.marked(found), request.user, pk=pk)
    day = today()
    plan = plan_of(agreement, day, of_activities)
    context = about(agreement, request, agreement.signed_on, proof=proof)
    context |= way_of(agreement, day)
    context |= {
        "next_steps": steps_from(agreement, day) if context["may_edit"] else [],
        "delivery": DeliveryForm(record=agreement, commitments=context["commitments"])
        if context["may_edit"]
        else None,
        "plan": plan,
        "plan_words": plan_words(plan),
        "open_rows": [item for item in plan if item.state in {"late", "planned"}][:OPEN_ROWS],
    }
    return render(request, "partnerships/agreement_detail.html", context)


@require_http_methods(["GET", "POST"])
@editing.at_a_branch
def agreement_new(request, place):
    """Enter an agreement; with `?copy=<id>` one like an earlier one, with `?partner=<id>` one with that partner."""
    initial = editing.copied_from(request, Agreement.objects, AgreementForm) or _with_partner(request, place)
    return editing.page(
        request,
        AgreementForm,
        Agreement(organisation=place),
        partial(services.create_agreement, place),
        initial=initial,
        title="添联建协议",
    )


def _with_partner(request, place):
    asked = whole_number(request.GET.get("partner", ""))
    if asked is None:
        return None
    found = Partner.objects.visible_to(request.user).of([place]).filter(pk=asked)
    return {"partners": list(found.values_list("pk", flat=True))}


def _agreement_to_edit(request, pk):
    return get_editable(Agreement.objects.select_related("organisation"), request.user, pk=pk)


@require_http_methods(["GET", "POST"])
def agreement_edit(request, pk):
    """Change an agreement."""
    agreement = _agreement_to_edit(request, pk)
    return editing.page(
        request,
        AgreementForm,
        agreement,
        partial(services.update_agreement, agreement),
        title=f"编辑：{agreement}",
    )


@require_POST
def agreement_trash(request, pk):
    """Put an agreement into the trash."""
    return editing.trash(request, _agreement_to_edit(request, pk), services.trash_agreement)


@require_POST
def agreement_restore(request, pk):
    """Bring an agreement back."""
    agreement = editing.get_restorable(Agreement.objects.select_related("organisation"), request.user, pk=pk)
    return editing.restore(request, agreement, services.restore_agreement)


@require_POST
def agreement_status(request, pk, status):
    """One press takes an agreement to its next state; another one takes it back."""
    if status not in Agreement.Status.values:
        raise Http404
    agreement = _agreement_to_edit(request, pk)
    return editing.press(
        request,
        agreement,
        partial(services.update_agreement, status=status),
        done=f"状态改为“{Agreement.Status(status).label}”",
        undo=reverse("partnerships:agreement_status", args=[pk, agreement.status]),
    )


@require_http_methods(["GET", "POST"])
def agreement_sign(request, pk):
    """The day of signing makes a draft an agreement."""
    agreement = _agreement_to_edit(request, pk)
    start = {"signed_on": agreement.signed_on, "expires_on": agreement.expires_on}
    return editing.step(
        request,
        SignForm(request.POST or None, record=agreement, initial=start),
        partial(services.update_agreement, agreement, status=Agreement.Status.SIGNED),
        done="已签署。签好的协议可以作为佐证传上来",
        title="签署",
        sub=str(agreement),
        button="已签署",
    )


@require_http_methods(["GET", "POST"])
def agreement_end(request, pk):
    """The last day of an agreement that ends before its time."""
    agreement = _agreement_to_edit(request, pk)
    return editing.step(
        request,
        EndForm(request.POST or None, record=agreement),
        partial(services.update_agreement, agreement, status=Agreement.Status.TERMINATED),
        done="协议已终止，执行过的时段照旧计数",
        title="提前终止",
        sub=str(agreement),
        button="终止",
    )


@require_http_methods(["GET", "POST"])
def agreement_renew(request, pk):
    """The agreement that goes on with this one, begun from it."""
    agreement = _agreement_to_edit(request, pk)
    return editing.page(
        request,
        AgreementForm,
        Agreement(organisation=agreement.organisation),
        partial(services.renew_agreement, agreement),
        initial=AgreementForm.renewal_of(agreement),
        title="续签",
        once=True,
        sub=f"接着“{agreement}”：单位和承诺照旧，期限往后推一期，都可以改。保存后原协议改为“续签”",
    )


@require_http_methods(["GET", "POST"])
def agreement_delivery(request, pk):
    """How much of what was promised has been delivered."""
    agreement = _agreement_to_edit(request, pk)
    return editing.step(
        request,
        DeliveryForm(request.POST or None, record=agreement),
        partial(services.record_delivery, agreement),
        done="兑现数已保存",
        title="填兑现数",
        sub=str(agreement),
        hint="还不知道的空着",
    )

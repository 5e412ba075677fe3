"""All writing of partners, agreements and plan rows. (A plan written as a whole: partnerships/plan.py.)"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q

from core import records
from core.dates import today
from core.text import match_key
from partnerships.models import Agreement, AgreementParty, Commitment, Partner, PartnerAlias, PlanItem


def create_partner(organisation, *, aliases=(), entry_key=None, by, **fields) -> Partner:
    """Enter a partner under its canonical name.

    Arguments: aliases, other names it goes by. Raises ValidationError, also where a name is already another partner's.
    """
    if entered := records.already_entered(Partner, organisation, entry_key):
        return entered
    partner = Partner(organisation=organisation, entry_key=entry_key)
    records.assign(partner, fields)
    _refuse_taken_names(partner, [partner.name, *aliases])
    with records.creating(partner, by=by):
        records.replace_rows(partner.aliases, [PartnerAlias(name=alias) for alias in aliases])
    return partner


def update_partner(partner, *, aliases=None, version=None, by, **fields) -> Partner:
    """Change a partner; aliases None leaves them as they are. Raises ValidationError, VersionConflict."""
    with records.editing(partner, by=by, version=version) as current:
        renamed = fields.get("name", current.name) != current.name
        if renamed and fields.get("name_pinyin", current.name_pinyin) == current.name_pinyin:
            fields["name_pinyin"] = ""  # derived anew
        records.assign(current, fields)
        names = [alias.name for alias in current.aliases.all()] if aliases is None else list(aliases)
        _refuse_taken_names(current, [current.name, *names])
        if aliases is not None:
            records.replace_rows(current.aliases, [PartnerAlias(name=alias) for alias in names])
    return current


def _refuse_taken_names(partner, names):
    keys = [match_key(name) for name in names]
    if len(set(keys)) < len(keys):
        raise ValidationError("别名与名称或另一个别名重复")
    others = Partner.objects.live().filter(organisation=partner.organisation).exclude(pk=partner.pk)
    found = others.filter(Q(name_key__in=keys) | Q(aliases__name_key__in=keys))
    for key, alias_key, owner in found.values_list("name_key", "aliases__name_key", "name"):
        place = next(place for place, own in enumerate(keys) if own in (key, alias_key))
        sentence = f"“{names[place]}”已经是“{owner}”的名称或别名"
        raise ValidationError({"name": sentence} if place == 0 else sentence)


def complete_partner(partner, names, *, by, **fields) -> Partner:
    """What was typed as another partner is this one: it goes by these names too, and what it lacked is filled in.

    Arguments: names, those it has already are no matter; fields, of which only those that are empty so far are taken.
    Raises ValidationError.
    """
    with transaction.atomic():
        aliases = [alias.name for alias in partner.aliases.all()]
        lacking = {name: value for name, value in fields.items() if value and not getattr(partner, name)}
        return update_partner(partner, aliases=[*aliases, *new_names(partner, names)], **lacking, by=by)


def new_names(partner, names) -> list[str]:
    """Those of the names under which the partner is not known yet, each once."""
    known = {match_key(name) for name in (partner.name, *(alias.name for alias in partner.aliases.all()))}
    return [name for key, name in {match_key(name): name for name in names}.items() if key not in known]


def merge_partners(partner, into, *, version=None, by) -> Partner:
    """Make one partner of two: agreements and activities move, the names become aliases, the merged one is trashed.

    Raises ValidationError if they are of different branches or the same, VersionConflict.
    """
    if partner.pk == into.pk or partner.organisation_id != into.organisation_id:
        raise ValidationError("只能合并同一支部的两家单位")
    with transaction.atomic():
        with records.editing(partner, by=by, version=version) as current:
            current.merged_into = into
        for record in [*Agreement.objects.filter(parties__partner=partner), *partner.activities.all()]:
            links = record.parties if isinstance(record, Agreement) else record.partner_links
            with records.editing(record, by=by):
                if links.filter(partner=into).exists():
                    links.filter(partner=partner).delete()
                else:
                    links.filter(partner=partner).update(partner=into)
        records.trash(partner, by=by)
        return complete_partner(into, [partner.name, *(alias.name for alias in partner.aliases.all())], by=by)


def trash_partner(partner, *, by, version=None) -> Partner:
    """Put a partner into the trash. Raises ValidationError while agreements or activities name it."""
    with transaction.atomic():
        records.refuse_if_used(
            partner,
            {
                "份协议": partner.agreements.filter(deleted_at__isnull=True).count(),
                "场活动": partner.activities.filter(deleted_at__isnull=True).count(),
            },
        )
        return records.trash(partner, by=by, version=version)


def restore_partner(partner, *, by) -> Partner:
    """Bring a partner back, as one of its own if it had been merged. Raises ValidationError if its name is another's
    now."""
    _refuse_taken_names(partner, [partner.name, *(alias.name for alias in partner.aliases.all())])
    with transaction.atomic():
        restored = records.restore(partner, by=by)
        with records.editing(restored, by=by) as current:
            current.merged_into = None
        return current


def create_agreement(organisation, *, partners, commitments=(), entry_key=None, by, **fields) -> Agreement:
    """Enter an agreement with its parties.

    Arguments: partners, at least one, in order; commitments, unsaved Commitment instances; without `code` the next
    number of the year is taken. Raises ValidationError.
    """
    if entered := records.already_entered(Agreement, organisation, entry_key):
        return entered
    agreement = Agreement(organisation=organisation, entry_key=entry_key)
    with transaction.atomic():
        records.assign(agreement, fields)
        if not agreement.code:
            year = agreement.signed_on.first.year if agreement.signed_on else today().year
            agreement.code = records.next_code(Agreement, organisation, year)
        with records.creating(agreement, by=by):
            _set_parties(agreement, partners)
            records.replace_rows(agreement.commitments, list(commitments))
    return agreement


def update_agreement(agreement, *, partners=None, commitments=None, version=None, by, **fields) -> Agreement:
    """Change an agreement; partners or commitments None leaves them. Raises ValidationError, VersionConflict."""
    with records.editing(agreement, by=by, version=version) as current:
        records.assign(current, fields)
        if partners is not None:
            _set_parties(current, partners)
        if commitments is not None:
            records.replace_rows(current.commitments, list(commitments))
    return current


def _set_parties(agreement, partners):
    partners = list(partners)
    if not partners:
        raise ValidationError({"partners": "请至少填写一家联建单位"})
    if any(partner.organisation_id != agreement.organisation_id for partner in partners):
        raise ValidationError({"partners": "联建单位要属于同一支部"})
    records.replace_rows(agreement.parties, [AgreementParty(partner=partner) for partner in partners])


def renew_agreement(agreement, *, entry_key=None, by, **fields) -> Agreement:
    """Enter the agreement that goes on with this one, which is 续签 from now on.

    Arguments: fields, those of the new one, as for `create_agreement`. Raises ValidationError, also where this one was
    never signed or has been renewed already.
    """
    if entered := records.already_entered(Agreement, agreement.organisation, entry_key):
        return entered
    with transaction.atomic():
        with records.editing(agreement, by=by) as current:
            if current.status not in Agreement.SIGNED:
                raise ValidationError("还没有签署的协议不能续签，直接改它就行")
            if later := current.renewals.live().first():
                raise ValidationError(f"这份协议已经续签为“{later}”")
            current.status = Agreement.Status.RENEWED
        return create_agreement(
            agreement.organisation, renews=agreement, entry_key=entry_key, by=by, **fields
        )


def record_delivery(agreement, delivered, *, version=None, by) -> Agreement:
    """Note how much of what was promised has been delivered.

    Arguments: delivered, a number or None for each commitment in order. Raises ValidationError, VersionConflict.
    """
    with records.editing(agreement, by=by, version=version) as current:
        commitments = list(current.commitments.all())
        if len(commitments) != len(delivered):
            raise records.VersionConflict(current)
        for commitment, number in zip(commitments, delivered, strict=True):
            commitment.delivered = number
            commitment.clean_fields(exclude={"agreement"})
        Commitment.objects.bulk_update(commitments, ["delivered"])
    return current


def trash_agreement(agreement, *, by, version=None) -> Agreement:
    """Put an agreement into the trash, its plan rows along. Raises ValidationError while activities refer to it."""
    with transaction.atomic():
        used = agreement.activities.filter(deleted_at__isnull=True).count()
        records.refuse_if_used(agreement, {"场活动": used})
        return records.trash(agreement, *agreement.plan_items.live(), by=by, version=version)


def restore_agreement(agreement, *, by) -> Agreement:
    """Bring an agreement back with the plan rows that went along. Raises ValidationError while a party is in the
    trash."""
    if gone := agreement.partners.trashed().first():
        raise ValidationError(f"“{gone}”在回收站里，请先恢复它")
    return records.restore(agreement, *agreement.plan_items.trashed(), by=by)


def create_plan_item(agreement, *, entry_key=None, by, **fields) -> PlanItem:
    """Add a row to an agreement's plan; without `number` it is the last. Raises ValidationError."""
    if entered := records.already_entered(PlanItem, agreement.organisation, entry_key):
        return entered
    item = PlanItem(organisation=agreement.organisation, agreement=agreement, entry_key=entry_key)
    with transaction.atomic():
        records.assign(item, fields)
        if item.number is None:
            numbers = agreement.plan_items.live().aggregate(last=Max("number"))
            item.number = (numbers["last"] or 0) + 1
        with records.creating(item, by=by):
            return item


def update_plan_item(item, *, version=None, by, **fields) -> PlanItem:
    """Change a plan row. Raises ValidationError, VersionConflict."""
    with records.editing(item, by=by, version=version) as current:
        records.assign(current, fields)
    return current


def cancel_plan_item(item, reason="", *, version=None, by) -> PlanItem:
    """Mark a plan row as 取消; the reason is what became of it. Raises ValidationError, VersionConflict."""
    told = {"result": reason} if reason else {}
    return update_plan_item(item, status=PlanItem.Status.CANCELLED, **told, version=version, by=by)


def trash_plan_item(item, *, by, version=None) -> PlanItem:
    """Put a plan row into the trash. Raises ValidationError while activities refer to it."""
    with transaction.atomic():
        records.refuse_if_used(item, {"场活动": item.activities.filter(deleted_at__isnull=True).count()})
        return records.trash(item, by=by, version=version)


def restore_plan_item(item, *, by) -> PlanItem:
    """Bring a plan row back. Raises ValidationError while its agreement is in the trash."""
    if item.agreement.deleted_at:
        raise ValidationError("这份协议在回收站里，请先恢复协议")
    return records.restore(item, by=by)

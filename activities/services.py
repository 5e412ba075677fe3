"""All writing of activities, who took part in them, and feedback."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from activities.models import Activity, ActivityPartner, Feedback
from branch.services import replace_people
from core import records


def create_activity(organisation, *, partners=(), people=(), entry_key=None, by, **fields) -> Activity:
    """Enter an activity.

    Arguments: partners, in order; people, unsaved Participation instances in order within each role; fields, those of
    Activity, `lines` (task lines) among them; without `code` the
    next number of the year is taken. Raises ValidationError.
    """
    if entered := records.already_entered(Activity, organisation, entry_key):
        return entered
    activity = Activity(organisation=organisation, entry_key=entry_key)
    with transaction.atomic():
        records.assign(activity, fields)
        if not activity.code and activity.starts_on:
            activity.code = records.next_code(Activity, organisation, activity.starts_on.year)
        _check_plan(activity)
        with records.creating(activity, by=by):
            _set_partners(activity, partners)
            replace_people(activity.participations, people)
    return activity


def update_activity(activity, *, partners=None, people=None, version=None, by, **fields) -> Activity:
    """Change an activity; partners or people None leaves them. Raises ValidationError, VersionConflict."""
    with records.editing(activity, by=by, version=version) as current:
        records.assign(current, fields)
        _check_plan(current)
        if partners is not None:
            _set_partners(current, partners)
        if people is not None:
            replace_people(current.participations, people)
    return current


def _check_plan(activity):
    if activity.plan_item and activity.plan_item.agreement_id != activity.agreement_id:
        raise ValidationError({"plan_item": "这一项计划不属于所填的协议"})
    for link in (activity.agreement, activity.plan_item):
        if link and link.organisation_id != activity.organisation_id:
            raise ValidationError("协议和计划要属于同一支部")


def _set_partners(activity, partners):
    partners = list(partners)
    if any(partner.organisation_id != activity.organisation_id for partner in partners):
        raise ValidationError({"partners": "联建单位要属于同一支部"})
    records.replace_rows(activity.partner_links, [ActivityPartner(partner=partner) for partner in partners])


def trash_activity(activity, *, by, version=None) -> Activity:
    """Put an activity into the trash, its feedback along. Raises VersionConflict."""
    return records.trash(activity, *activity.feedback.live(), by=by, version=version)


def restore_activity(activity, *, by) -> Activity:
    """Bring an activity back with the feedback that went along. Raises ValidationError."""
    for link in (activity.agreement, activity.plan_item):
        if link and link.deleted_at:
            raise ValidationError(f"“{link}”在回收站里，请先恢复它")
    return records.restore(activity, *activity.feedback.trashed(), by=by)


def add_feedback(activity, *, entry_key=None, by, **fields) -> Feedback:
    """Enter what somebody said about an activity. Raises ValidationError."""
    if entered := records.already_entered(Feedback, activity.organisation, entry_key):
        return entered
    feedback = Feedback(organisation=activity.organisation, activity=activity, entry_key=entry_key)
    records.assign(feedback, fields)
    with records.creating(feedback, by=by):
        return feedback


def add_feedback_rows(activity, *, said, received_on=None, entry_key=None, by) -> list[Feedback]:
    """Enter what several people said about an activity. Arguments: said, unsaved Feedback instances.

    Raises ValidationError, where it is about one of them with its words; then none is entered.
    """
    if entered := records.already_entered(Feedback, activity.organisation, entry_key):
        return [entered]
    if not said:
        raise ValidationError("还没有填反馈的内容")
    entered = []
    with transaction.atomic():
        for feedback in said:
            feedback.organisation, feedback.activity = activity.organisation, activity
            feedback.received_on = received_on
            feedback.entry_key = None if entered else entry_key  # one key for them all
            try:
                with records.creating(feedback, by=by):
                    entered.append(feedback)
            except ValidationError as error:
                raise ValidationError(f"“{feedback.content[:30]}”：{'；'.join(error.messages)}") from error
    return entered


def update_feedback(feedback, *, version=None, by, **fields) -> Feedback:
    """Change feedback, its consent above all. Raises ValidationError, VersionConflict."""
    with records.editing(feedback, by=by, version=version) as current:
        records.assign(current, fields)
    return current


def trash_feedback(feedback, *, by, version=None) -> Feedback:
    """Put feedback into the trash. Raises VersionConflict."""
    return records.trash(feedback, by=by, version=version)


def restore_feedback(feedback, *, by) -> Feedback:
    """Bring feedback back. Raises ValidationError while its activity is in the trash."""
    if feedback.activity.deleted_at:
        raise ValidationError("这场活动在回收站里，请先恢复活动")
    return records.restore(feedback, by=by)

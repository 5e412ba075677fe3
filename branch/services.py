"""All writing of members, posts, the programme and certifications."""

from __future__ import annotations

import contextlib
import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from branch.models import Certification, CertificationType, Member, Post, Programme
from core import records
from core.dates import PartialDate
from core.db import lock
from core.links import record_url
from core.models import Change
from core.notices import notify
from core.text import tidy


def create_member(organisation, *, posts=(), entry_key=None, by, **fields) -> Member:
    """Enter a member.

    Arguments: posts, unsaved branch.Post instances in order; fields, those of Member. Raises ValidationError.
    """
    if entered := records.already_entered(Member, organisation, entry_key):
        return entered
    member = Member(organisation=organisation, entry_key=entry_key)
    records.assign(member, fields)
    _refuse_taken_number(member)
    with records.creating(member, by=by):
        records.replace_rows(member.posts, list(posts))
    return member


def update_member(member, *, posts=None, version=None, by, **fields) -> Member:
    """Change a member; posts None leaves them as they are. Raises ValidationError, VersionConflict."""
    with records.editing(member, by=by, version=version) as current:
        renamed = fields.get("name", current.name) != current.name
        if renamed and fields.get("name_pinyin", current.name_pinyin) == current.name_pinyin:
            fields["name_pinyin"] = ""  # derived anew
        number = current.staff_number
        records.assign(current, fields)
        if current.staff_number != number:
            _refuse_taken_number(current)
        if posts is not None:
            records.replace_rows(current.posts, list(posts))
    return current


def _refuse_taken_number(member) -> None:
    """The constraint would refuse it too, without saying whose the number is."""
    holder = (
        Member.objects.live()
        .of([member.organisation_id])
        .filter(staff_number=tidy(member.staff_number))
        .exclude(pk=member.pk)
        .first()
    )
    if holder:
        left = f"（{holder.transferred_out} 转出）" if holder.transferred_out else ""
        raise ValidationError({"staff_number": f"支部里已有这个工号的党员：{holder.name}{left}"})


def appoint(member, name: str, starts_on: dt.date, *, version=None, by) -> Member:
    """Give a member a Party post from a day on; whoever held it in the branch holds it no longer.

    A change of secretary so keeps its history: one post ends, another begins. Raises ValidationError, VersionConflict.
    """
    name, eve = tidy(name), PartialDate.of_day(starts_on - dt.timedelta(days=1))
    with transaction.atomic():
        for held in Post.objects.held_in(member.organisation).filter(name=name):
            if held.member == member:
                raise ValidationError({"name": f"{member.name}现在就任{name}"})
            if held.starts_on and eve.certainly_before(held.starts_on):
                since = f"{held.member.name}从 {held.starts_on} 起任{name}"
                raise ValidationError({"starts_on": f"{since}，新的任职日期要在这之后"})
            ended = [_copy(post) for post in held.member.posts.all()]
            for post in ended:
                if post.name == name:
                    post.ends_on = post.ends_on or eve
            update_member(held.member, posts=ended, by=by)
        posts = [_copy(post) for post in member.posts.all()]
        return update_member(
            member, posts=[*posts, Post(name=name, starts_on=str(starts_on))], version=version, by=by
        )


def bind_account(member, user, *, version=None, by) -> Member:
    """Say which account is this member's, so that the person sees the own record; None takes the tie off.

    Raises ValidationError if the account has no role in the member's branch or is another member's there already.
    """
    if user and not user.appointments.current().filter(organisation=member.organisation).exists():
        raise ValidationError({"user": "这个账号在本支部没有角色，请先在设置里开通"})
    return update_member(member, user=user, version=version, by=by)


def _copy(post: Post) -> Post:
    return Post(name=post.name, starts_on=post.starts_on, ends_on=post.ends_on)


def replace_people(related, people) -> None:
    """Make these the people of an activity or an outcome, in order: unsaved rows with `member` or `name`.

    A member is one of the record's own branch and is named if no other name was written. Raises ValidationError.
    """
    people = list(people)
    for person in people:
        if person.member and person.member.organisation_id != related.instance.organisation_id:
            raise ValidationError(f"{person.name}不是本支部的党员")
        person.name = person.name or person.member.name
    records.replace_rows(related, people)


def transfer_out(member, day, *, version=None, by) -> Member:
    """Record that a member left on a (partial) day: the past keeps counting them, and posts still held end.

    Raises ValidationError, VersionConflict.
    """
    posts = [_copy(post) for post in member.posts.all()]
    for post in posts:
        post.ends_on = post.ends_on or day
    return update_member(member, transferred_out=day, posts=posts, version=version, by=by)


def trash_member(member, *, by, version=None) -> Member:
    """Put a member entered by mistake into the trash, certifications along. Who left is transferred out instead.

    Raises ValidationError if activities or outcomes speak of the member.
    """
    with transaction.atomic():
        records.refuse_if_used(
            member,
            {
                "场活动": member.participations.filter(activity__deleted_at__isnull=True).count(),
                "项成果": member.contributions.filter(outcome__deleted_at__isnull=True).count(),
            },
            instead="不能移入回收站；人离开了支部，请办“转出”，以前的年度照样算数",
        )
        return records.trash(member, *member.certifications.live(), by=by, version=version)


def restore_member(member, *, by) -> Member:
    """Bring a member back, with the certifications that went along. Raises ValidationError."""
    return records.restore(member, *member.certifications.trashed(), by=by)


def create_programme(organisation, *, entry_key=None, by, **fields) -> Programme:
    """Enter the branch's place in the programme. Raises ValidationError."""
    if entered := records.already_entered(Programme, organisation, entry_key):
        return entered
    programme = Programme(organisation=organisation, entry_key=entry_key)
    records.assign(programme, fields)
    with records.creating(programme, by=by):
        return programme


def update_programme(programme, *, version=None, by, **fields) -> Programme:
    """Change the programme. Raises ValidationError, VersionConflict."""
    with records.editing(programme, by=by, version=version) as current:
        records.assign(current, fields)
    return current


def trash_programme(programme, *, by, version=None) -> Programme:
    """Put the programme into the trash. Raises VersionConflict."""
    return records.trash(programme, by=by, version=version)


def restore_programme(programme, *, by) -> Programme:
    """Bring the programme back."""
    return records.restore(programme, by=by)


def certification_type(name: str) -> CertificationType:
    """The type of this name, made if it is new: the text people write is its code. Raises ValidationError."""
    found = CertificationType.objects.filter(name=tidy(name)).first()
    if found is None:
        found = CertificationType(name=name)
        found.full_clean()
        found, _ = CertificationType.objects.get_or_create(name=found.name)
    return found


def newest_change(kind) -> int:
    """What stands for the version of a type: the id of its newest line in the history, 0 if there is none."""
    return Change.objects.about(kind).values_list("pk", flat=True).first() or 0


def update_certification_type(kind, *, issuer, validity_months, version=None, by) -> CertificationType:
    """Say who issues a type and how many months it holds (None: without end). What was entered before keeps its end.

    Arguments: version, as `newest_change` gave it to the editor. Raises ValidationError, VersionConflict.
    """
    with transaction.atomic():
        current = lock(CertificationType.objects.filter(pk=kind.pk)).get()
        if version is not None and version != newest_change(current):
            raise records.VersionConflict(current)
        before = _told(current)
        current.issuer, current.validity_months = issuer, validity_months
        records.save(current)
        if changes := records.difference(before, _told(current)):
            records.log(
                Change.Verb.UPDATE,
                by=by,
                organisation=None,
                model=current._meta.label_lower,
                object_id=current.pk,
                object_name=current.name,
                changes=changes,
            )
    return current


def _told(kind) -> dict[str, str]:
    months = f"{kind.validity_months} 个月" if kind.validity_months else "不推算"
    return {"发证机构": kind.issuer, "有效期": months}


def hand_in_certification(member, type_name: str, *, entry_key=None, by, **fields) -> Certification:
    """Enter a certification; it waits for review unless `status` says otherwise. Without an end it gets the one its
    type usually has. Raises ValidationError.

    Arguments: fields, those of Certification, and open_ended, whether the paper says that it does not expire.
    """
    if entered := records.already_entered(Certification, member.organisation, entry_key):
        return entered
    with transaction.atomic():
        certification = Certification(
            organisation=member.organisation,
            member=member,
            type=certification_type(type_name),
            entry_key=entry_key,
        )
        _assign(certification, fields)
        with records.creating(certification, by=by):
            return certification


def _assign(certification, fields) -> None:
    """Set fields of a certification, its type set already. What is printed of its end holds; where nothing is, the
    type's usual validity, unless it is `open_ended`. The only place that says so for what people enter. (An empty cell
    of a workbook means that it does not expire: interfaces, reading 6.)"""
    given = {name: value for name, value in fields.items() if name != "open_ended"}
    records.assign(certification, given)
    if certification.pk and "valid_until" not in given:
        return  # nobody spoke of its end
    if not fields.get("open_ended"):
        certification.valid_until = certification.valid_until or certification.usual_end
    elif certification.valid_until:
        raise ValidationError({"open_ended": "填了有效期至，就不是长期有效，请只留一样"})


def update_certification(certification, *, type_name=None, version=None, by, **fields) -> Certification:
    """Change a certification; of its end as for `hand_in_certification`, where `valid_until` is among the fields.
    Raises ValidationError, VersionConflict."""
    with records.editing(certification, by=by, version=version) as current:
        _put_right(current, type_name, fields)
    return current


def _put_right(current, type_name, fields) -> None:
    """What a form says of a certification that is being edited."""
    if type_name is not None:
        current.type = certification_type(type_name)
    _assign(current, fields)
    if current.member.organisation_id != current.organisation_id:
        raise ValidationError({"member": "这不是本支部的党员"})


def correct_certification(certification, *, version=None, by, **fields) -> Certification:
    """Change a certification as its holder: it waits for review again. Raises ValidationError once it is verified,
    VersionConflict."""
    with transaction.atomic():
        stands = lock(Certification.objects.filter(pk=certification.pk)).get()
        if stands.is_verified:
            raise ValidationError("这项认证已经核验，不能再改；有错请告诉支部书记")
        afresh = {
            # What waits already keeps its place in the queue.
            "submitted_at": stands.submitted_at if stands.is_pending else timezone.now(),
            "status": Certification.Status.PENDING,
            "return_reason": "",
            "reviewed_by": None,
            "reviewed_at": None,
        }
        return update_certification(certification, version=version, by=by, **afresh, **fields)


def verify_certification(certification, *, type_name=None, version=None, by, **fields) -> Certification:
    """Accept a certification after comparing it with its proof, and save what was put right in it, all or nothing.

    Arguments: type_name and fields, as for `update_certification`. Raises ValidationError, VersionConflict.
    """
    with _reviewing(certification, Certification.Status.VERIFIED, "", version, by) as current:
        _put_right(current, type_name, fields)
    return current


def return_certification(certification, reason: str, *, version=None, by) -> Certification:
    """Give a certification back with the reason, which its holder reads. Raises ValidationError without one,
    VersionConflict."""
    if not tidy(reason):
        raise ValidationError({"return_reason": "请写明退回的原因"})
    with _reviewing(certification, Certification.Status.RETURNED, reason, version, by) as current:
        return current


def reopen_certification(certification, *, version=None, by) -> Certification:
    """Take a decision back: the certification waits for review again, at the place in the queue that it had.

    Raises ValidationError if it waits already, VersionConflict.
    """
    with _reviewing(certification, Certification.Status.PENDING, "", version, by) as current:
        return current


_TOLD = {
    Certification.Status.VERIFIED: "已核验",
    Certification.Status.RETURNED: "已退回",
    Certification.Status.PENDING: "的审核已撤回，重新待审核",
}


@contextlib.contextmanager
def _reviewing(certification, status, reason, version, by):
    """Decide about a certification: yield it as it stands, to be put right; its holder is told."""
    with records.editing(certification, by=by, version=version, verb=Change.Verb.REVIEW) as current:
        is_decided = status != Certification.Status.PENDING
        if not is_decided and current.is_pending:
            raise ValidationError("这项认证正在待审核，不用撤回")
        yield current
        current.status, current.return_reason = status, reason
        current.reviewed_by = by if is_decided else None
        current.reviewed_at = timezone.now() if is_decided else None
        if current.member.user_id and current.member.user_id != getattr(by, "pk", None):
            notify(
                current.member.user_id,
                f"{current.name} {_TOLD[status]}{'：' if reason else ''}{reason}",
                organisation=current.organisation,
                url=record_url(current),
            )


def trash_certification(certification, *, by, version=None) -> Certification:
    """Put a certification into the trash. Raises VersionConflict."""
    return records.trash(certification, by=by, version=version)


def restore_certification(certification, *, by) -> Certification:
    """Bring a certification back. Raises ValidationError while its member is in the trash."""
    if certification.member.deleted_at:
        raise ValidationError("这名党员在回收站里，请先恢复党员")
    return records.restore(certification, by=by)

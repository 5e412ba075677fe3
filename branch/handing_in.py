"""Handing in certificates: the links by which it is done without an account, the files as they come, and sending them
to the branch.

Nothing of a certificate is in the ledger before it is sent; what is never sent is removed after some days.
"""

from __future__ import annotations

import datetime as dt
from pathlib import PurePath

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from branch.models import Certification, HandIn, HandInFile, HandInLink, Member
from branch.reader import ask_reading
from branch.services import certification_type, correct_certification, hand_in_certification
from core.dates import today
from core.db import lock
from core.files import accept, attach_blob, attachments_of, clean_name
from core.intake import PICTURES
from core.models import Appointment, Attachment, Change
from core.notices import notify
from core.records import log, log_record
from core.text import tidy

UNSENT = dt.timedelta(days=3)  # longer than anybody leaves a certificate half handed in
MAX_FILES = 10  # pages of one certificate
# By a link, so that a stranger who has one fills no disk: a file, what comes in a day, what is sent in a day.
PUBLIC_MAX_MB, LINK_MB_A_DAY, LINK_SENT_A_DAY = 20, 1000, 200
LIFETIMES = {
    "hour": ("1 小时", dt.timedelta(hours=1)),
    "day": ("1 天", dt.timedelta(days=1)),
    "week": ("7 天", dt.timedelta(days=7)),
    "month": ("30 天", dt.timedelta(days=30)),
}
SENT_ALREADY = "这张证书已经交了，不能再改"
TOO_MUCH = "今天用这个链接交的太多了，请明天再来，或者请支部书记另给一个链接"
_Status = Certification.Status


# ---------------------------------------------------------------- links
def make_link(organisation, *, member=None, lifetime: str, by) -> HandInLink:
    """A new link for whoever of the branch chooses the own name, or for one member. Arguments: lifetime, a key of
    LIFETIMES. Raises ValidationError."""
    if lifetime not in LIFETIMES:
        raise ValidationError({"lifetime": "请选择有效时间"})
    if member and member.organisation_id != organisation.pk:
        raise ValidationError({"member": "这不是本支部的党员"})
    words, span = LIFETIMES[lifetime]
    with transaction.atomic():
        link = HandInLink.objects.create(
            organisation=organisation, member=member, expires_at=timezone.now() + span, created_by=by
        )
        _log_link(link, Change.Verb.CREATE, {"有效时间": ["", words]}, by)
    return link


def revoke_link(link: HandInLink, *, by) -> None:
    """Nothing can be handed in by it any more. Twice is once."""
    with transaction.atomic():
        if HandInLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
            _log_link(link, Change.Verb.UPDATE, {"状态": ["有效", "已作废"]}, by)


def _log_link(link, verb, changes, by):
    log(
        verb,
        by=by,
        organisation=link.organisation,
        model="branch.handinlink",
        object_id=link.pk,
        object_name=link,
        changes=changes,
    )


# ---------------------------------------------------------------- what is not sent yet
def begin(key, member: Member, *, link: HandInLink | None, by) -> HandIn:
    """The hand-in with this one-time key, made by the first file that comes."""
    hand_in, _ = HandIn.objects.get_or_create(
        key=key,
        defaults={
            "organisation_id": member.organisation_id,
            "member": member,
            "link": link,
            "created_by": by,
        },
    )
    return hand_in


def add_file(hand_in: HandIn, file, name: str) -> HandInFile:
    """Add a page (a binary stream, such as an upload) and have all of them read anew; one that is there already stays
    the one it is, so that whoever lost the connection may send it again. Raises ValidationError with a sentence."""
    name = clean_name(name)
    _refuse_unfit(hand_in, file, name)
    blob = accept(file, name)
    with transaction.atomic():
        held = _unsent(hand_in)
        pages = list(held.files.all())
        same = next((page for page in pages if page.blob_id == blob.pk), None)
        if same:
            return same
        _refuse_more(len(pages))
        page = HandInFile.objects.create(
            hand_in=held, blob=blob, name=name, position=max((page.position for page in pages), default=0) + 1
        )
    ask_reading(hand_in)
    return page


def _refuse_unfit(hand_in, file, name):
    """What need not be looked at to be refused."""
    if hand_in.sent_at:
        raise ValidationError(SENT_ALREADY)
    if PurePath(name).suffix.lower() not in (*PICTURES, ".pdf"):
        raise ValidationError("请上传证书的照片（JPG、PNG、WebP、HEIC）或 PDF")
    if hand_in.link_id:
        if file.size > PUBLIC_MAX_MB * 2**20:
            raise ValidationError(f"文件超过 {PUBLIC_MAX_MB} MB，请把照片尺寸调小一点再传")
        if _spent_today(hand_in.link_id, -(-file.size // 2**20)) > LINK_MB_A_DAY:
            raise ValidationError(TOO_MUCH)


def _spent_today(link_pk, megabytes) -> int:
    """Megabytes that came by a link today, these included: also of files that were removed again. (Two at the very same
    moment may count as one: it is a dam, no account book.)"""
    key = f"hand-in:{link_pk}:{today()}"
    cache.add(key, 0, 2 * 24 * 3600)
    try:
        return cache.incr(key, megabytes)
    except ValueError:  # thrown out of the cache at this moment
        return megabytes


def _refuse_more(count):
    if count >= MAX_FILES:
        raise ValidationError(f"一张证书最多 {MAX_FILES} 个文件；另一张证书请分开交")


def _unsent(hand_in) -> HandIn:
    """The row, locked. Raises ValidationError if it was sent."""
    held = lock(HandIn.objects.filter(pk=hand_in.pk)).get()
    if held.sent_at:
        raise ValidationError(SENT_ALREADY)
    return held


def remove_file(hand_in: HandIn, file_pk: int) -> None:
    """Take a page away again, and have the others read anew. Raises ValidationError if it was sent."""
    with transaction.atomic():
        removed, _ = _unsent(hand_in).files.filter(pk=file_pk).delete()
    if removed:
        ask_reading(hand_in)


def remove_unsent(now: dt.datetime | None = None) -> int:
    """Remove what was begun and not sent for UNSENT; the files themselves follow (core/unclaimed.py). Returns how
    many. Idempotent."""
    oldest = (now or timezone.now()) - UNSENT
    _, removed = HandIn.objects.filter(sent_at__isnull=True, created_at__lt=oldest).delete()
    return removed.get(HandIn._meta.label, 0)


# ---------------------------------------------------------------- said before it is sent
def handed_in_before(member: Member, blobs) -> Certification | None:
    """A certification of this member, not given back, that one of these files proves already. Arguments: blobs, ids."""
    own = member.certifications.live().exclude(status=_Status.RETURNED)
    return own.filter(_proved_by(blobs)).select_related("type").order_by("pk").first()


def same_number(member: Member, number: str) -> Certification | None:
    """A certification of this member, not given back, with this number."""
    own = member.certifications.live().exclude(status=_Status.RETURNED)
    found = own.filter(number__iexact=number) if (number := tidy(number)) else own.none()
    return found.select_related("type").order_by("pk").first()


def doubles_of(certification: Certification) -> list[Certification]:
    """Other certifications of the branch with the same file or the same number, whoever's they are: for those who
    review."""
    others = (
        Certification.objects.live().of([certification.organisation_id]).exclude(pk=certification.pk)
    ).select_related("member", "type")
    blobs = attachments_of(certification).values("blob")
    found = {other.pk: other for other in others.filter(_proved_by(blobs)).order_by("pk")}
    if certification.number:
        found |= {other.pk: other for other in others.filter(number__iexact=certification.number)}
    return list(found.values())


def _proved_by(blobs):
    return Exists(
        Attachment.objects.filter(
            content_type=ContentType.objects.get_for_model(Certification),
            object_id=OuterRef("pk"),
            blob__in=blobs,
            deleted_at__isnull=True,
        )
    )


# ---------------------------------------------------------------- sending
def send(hand_in: HandIn, *, type_name: str, by, **fields) -> Certification:
    """Hand a certificate in to the branch: the certification with its files, those who review are told. Pressed twice
    it is one.

    A certificate that was returned is handed in again: its certification waits once more, with these fields and files
    added. Arguments: fields, those of Certification. Raises ValidationError with sentences for the reader; then
    nothing is written.
    """
    with transaction.atomic():
        held = lock(HandIn.objects.filter(pk=hand_in.pk)).get()
        if held.certification_id:
            return held.certification
        pages = list(held.files.select_related("blob"))
        if not pages:
            raise ValidationError("请先拍下证书，再交给支部")
        _use_up(held)
        if returned := _returned(held.member, type_name, fields):
            certification = correct_certification(returned, type_name=type_name, **fields, by=by)
            HandIn.objects.filter(certification=certification).delete()  # what it was read from before
        else:
            certification = hand_in_certification(held.member, type_name, entry_key=held.key, by=by, **fields)
        _attach(certification, pages, by)
        if held.link_id:
            said = {"交证书": ["", f"通过链接，由自称{held.member.name}的人上交"]}
            log_record(Change.Verb.ATTACH, certification, by=by, changes=said)
        held.certification, held.sent_at = certification, timezone.now()
        held.save(update_fields=["certification", "sent_at"])
        _tell(certification, held, by)
    return certification


def _use_up(hand_in) -> None:
    """The link is used now; a member's is so ended. Raises ValidationError if it is open no more, or was used too often
    today."""
    if not hand_in.link_id:
        return
    link = lock(HandInLink.objects.open().filter(pk=hand_in.link_id)).first()
    if link is None:
        raise ValidationError("链接已经失效，证书还没有交上。请让支部书记再给一个链接")
    day = timezone.now() - dt.timedelta(days=1)
    if HandIn.objects.filter(link=link, sent_at__gte=day).count() >= LINK_SENT_A_DAY:
        raise ValidationError(TOO_MUCH)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])


def _returned(member, type_name, fields) -> Certification | None:
    """The returned certification that is handed in again: of the same number, or the one the same fields make."""
    own = member.certifications.live().filter(status=_Status.RETURNED).select_related("member", "type")
    number = tidy(fields.get("number") or "")
    if number and (found := own.filter(number__iexact=number).order_by("pk").first()):
        return found
    draft = Certification(passed_on=fields.get("passed_on"))
    return own.filter(
        type=certification_type(type_name),
        direction=tidy(fields.get("direction") or ""),
        passed_on_first=draft.passed_on_first,
        passed_on_last=draft.passed_on_last,
    ).first()


def _attach(certification, pages, by):
    there = set(attachments_of(certification).values_list("blob", flat=True))
    for page in pages:
        if page.blob_id not in there:
            attach_blob(certification, page.blob, Attachment.Kind.CERTIFICATE, page.name, by=by)


def _tell(certification, hand_in, by) -> None:
    """Tell those who keep the branch's records, once; also what only they may know."""
    text = f"{certification.member.name}交来证书：{certification.name}，等待审核"
    if others := doubles_of(certification):
        text += (
            f"；与{'、'.join(sorted({other.member.name for other in others}))}的认证文件或编号相同，请核对"
        )
    roles = [Appointment.Role.SECRETARY, Appointment.Role.COMMITTEE_MEMBER]
    keepers = Appointment.objects.current().filter(
        organisation=certification.organisation_id, role__in=roles, user__is_active=True
    )
    for user_id in set(keepers.values_list("user", flat=True)) - {getattr(by, "pk", None)}:
        notify(
            user_id,
            text,
            organisation=certification.organisation,
            url=reverse("branch:certification_review", args=[certification.pk]),
            key=f"hand-in:{hand_in.key}",
        )

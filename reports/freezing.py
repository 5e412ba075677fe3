"""One moment of a branch, frozen: every figure with its records, and what else the report tells.

What comes out is plain JSON. Everything after it (drafting, rendering) is a pure function of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from django.db.models import F

from activities.duty import Meeting, duty, in_words, kinds_asked
from activities.minutes import attendance, by_role
from activities.models import Activity, Feedback, Participation, plan_items_done
from branch.models import Certification, Member, Programme
from core.checklists import checklists, provable
from core.dates import PartialDate, Window
from core.db import snapshot
from core.models import Attachment, Organisation
from core.models.proofs import Lacks
from outcomes.kinds import SUBTYPES
from outcomes.models import Level, Outcome
from partnerships.models import Agreement, PartnerAlias, PlanItem
from reports import figures
from reports.models import Report, Target

_UNSIGNED = ("compiled_at", "digest")
_LEVELS = [level.value for level in Level]
_INDEXES = ["SCI", "SSCI", "EI", "CSSCI", "CSCD", "核心"]  # as papers are usually told; 普刊 last
_SUBTYPES = list(SUBTYPES)


@dataclass(frozen=True)
class Frozen:
    """figures: the body of figures.json; material: records as the text and the tables tell them, targets, last year."""

    figures: dict
    material: dict


def canonical(data) -> bytes:
    """Canonical JSON: sorted keys, no blanks between tokens, non-ASCII characters as themselves, UTF-8."""
    return json.dumps(
        data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest_of(body: dict) -> str:
    """The SHA-256 of a figures.json without its `compiled_at` and `digest`."""
    return hashlib.sha256(canonical({key: body[key] for key in body if key not in _UNSIGNED})).hexdigest()


def freeze(
    organisation, window: Window, *, template: dict, fonts: dict[str, str], compiled_at: dt.datetime
) -> Frozen:
    """Ask everything once, in one snapshot. Raises RuntimeError inside a transaction, where no snapshot can begin.

    Arguments: template, its `name` and `text`; fonts, the SHA-256 of each font file that PDF files are set in. Both are
    frozen along: what was compiled can be made again after they changed. The number of queries does not depend on the
    number of records.
    """
    with snapshot():
        material = _material(organisation, window, template["name"], compiled_at.date())
        body = figures.freeze(organisation, window, keep=material["targets"])
        parent = Organisation.objects.get_parent(organisation)
    material |= {"template": template, "fonts": fonts}
    body["branch"]["committee"] = parent.name if parent else ""
    digest = digest_of(body)
    order = ("schema", "branch", "window", "as_of", "compiled_at", "digest", "figures")
    body |= {"compiled_at": compiled_at.isoformat(timespec="seconds"), "digest": digest}
    return Frozen({key: body[key] for key in order}, material)


def _material(organisation, window, template, today) -> dict:
    last_year = figures.compute([organisation.pk], window.previous())[organisation.pk]
    targets = _targets(organisation, window)
    after = Window.year(window.end.year + 1) if window == Window.year(window.start.year) else None
    next_targets = _targets(organisation, after) if after else {}
    return {
        "last_year": {
            key: {"value": str(figure.value), "display": figure.display}
            for key, figure in last_year.items()
            if not figure.is_zero
        },
        "targets": targets,
        "next_targets": next_targets,
        "labels": {
            key: {"label": figure.label, "unit": figure.unit, "denominator": figure.denominator}
            for key, figure in last_year.items()
            if key in targets or key in next_targets
        },
        "programmes": _programmes(organisation, window),
        "honours": _honours(organisation, window),
        "activities": _activities(organisation, window),
        "outcomes": _outcomes(organisation, window),
        "undated": _undated(organisation),
        "agreements": _agreements(organisation, window),
        "plan_items": _plan_items(organisation, window, window.as_of),
        "next_plan_items": _plan_items(organisation, after, window.as_of) if after else [],
        "certifications": _certifications(organisation, window),
        "missed": _missed(organisation, window, today),
        "quotes": _quotes(organisation, window),
        "aliases": _aliases(organisation),
        "files": _files(organisation),
        "lacking": _lacking(organisation),
        "numbers": _numbers(organisation, window, template),
    }


def _targets(organisation, window) -> dict[str, str]:
    """What was declared for a calendar year, by figure; other windows have no targets."""
    if window != Window.year(window.start.year):
        return {}
    rows = Target.objects.reportable().of([organisation]).filter(year=window.start.year).order_by("figure")
    return {row.figure: str(row.value.normalize().__format__("f")) for row in rows}


def _numbers(organisation, window, template) -> dict[str, str]:
    """The evidence numbers of the newest finished compilation, which the same records keep."""
    report = Report.objects.live().of([organisation])
    report = report.filter(window_start=window.start, window_end=window.end, template=template)
    newest = report.filter(compilations__status="done").order_by("-compilations__pk")
    return newest.values_list("compilations__numbers", flat=True).first() or {}


def _lacking(organisation) -> dict[str, str]:
    """What of the proof of each record is missing, in words: {"activity:12": "签到表、通知"}."""
    found = {}
    for proof in checklists(*provable()):
        records = proof.model.objects.live().of([organisation]).filter(proof.lacks).order_by("pk")
        for pk, lacking in records.values_list("pk", proof.lacking):
            found[f"{proof.model._meta.model_name}:{pk}"] = Lacks.read(lacking).names
    return found


def _files(organisation) -> dict[str, list[dict]]:
    """The proofs of each record: {"activity:12": files in order}."""
    rows = (
        Attachment.objects.filter(organisation=organisation, deleted_at__isnull=True)
        .select_related("blob")
        .order_by("content_type__model", "object_id", "position", "pk")
        .annotate(model=F("content_type__model"))
    )
    found: dict[str, list[dict]] = {}
    for row in rows.iterator():
        found.setdefault(f"{row.model}:{row.object_id}", []).append(
            {
                "sha256": row.blob.sha256,
                "size": row.blob.size,
                "media_type": row.blob.media_type,
                "kind": row.kind,
                "kind_name": row.get_kind_display(),
                "name": row.name,
                "caption": row.caption,
                "lacks_consent": row.lacks_consent,
                "taken_on": _date(row.taken_on),
            }
        )
    return found


def _aliases(organisation) -> dict[str, str]:
    """Other names of partners: {alias: canonical name}."""
    rows = PartnerAlias.objects.filter(
        partner__organisation=organisation, partner__deleted_at__isnull=True
    ).select_related("partner")
    return {row.name: row.partner.name for row in rows.order_by("name", "pk")}


def _honours(organisation, window) -> list[dict]:
    """Honours given by the as-of date, highest first."""
    rows = (
        Outcome.objects.reportable()
        .of([organisation])
        .filter(kind="honour", date_last__lte=window.as_of, status__in=["awarded", "passed"])
    )
    told = [
        {"name": row.name, "level": row.level, "date": _date(row.date), "venue": row.venue, "id": row.pk}
        for row in rows
    ]
    return sorted(told, key=lambda row: (_level_rank(row), row["date"]["first"], row["id"]))


def _undated(organisation) -> list[dict]:
    """Results without a date, which belong to no year."""
    rows = Outcome.objects.reportable().of([organisation]).filter(date_first__isnull=True)
    return [
        {"id": row.pk, "name": row.name, "kind_name": row.kind_name} for row in rows.select_related("kind")
    ]


def _certifications(organisation, window) -> dict:
    """The members on the as-of date by name, and what each has of each type."""
    members = Member.objects.reportable().of([organisation]).on(window.as_of).order_by("name_pinyin", "pk")
    rows = (
        Certification.objects.reportable()
        .of([organisation])
        .of_members_on(window.as_of, [organisation])
        .select_related("type")
        .order_by("type__position", "type__name", "member__name_pinyin", "member_id", "passed_on_first", "pk")
    )
    return {
        "members": [{"id": member.pk, "name": member.name} for member in members],
        "rows": [
            {
                "id": row.pk,
                "member": row.member_id,
                "type": row.type.name,
                "name": row.name,
                "number": row.number,
                "passed_on": _date(row.passed_on),
                "valid_until": _date(row.valid_until),
                "status": row.status,
                "status_name": row.get_status_display(),
            }
            for row in rows
        ],
    }


def _missed(organisation, window, today) -> list[dict]:
    """The periods of the window that were over by its end, and by today, with too few meetings of branch life."""
    held = Activity.objects.reportable().of([organisation]).held_in(window).filter(kind__is_branch_life=True)
    meetings = [
        Meeting(kind, day, True, pk) for kind, day, pk in held.values_list("kind_id", "starts_on", "pk")
    ]
    end = min(today, window.end + dt.timedelta(days=1))
    return [
        {
            "kind": row.code,
            "name": row.name,
            "when": in_words(row.missed),
        }
        for row in duty(kinds_asked([organisation.pk], window), meetings, window, end)
        if row.missed
    ]


def _date(value: PartialDate | None) -> dict | None:
    return {"first": str(value.first), "last": str(value.last)} if value else None


def _programmes(organisation, window):
    running = (
        Programme.objects.reportable()
        .of([organisation])
        .filter(starts_on__lte=window.end, ends_on__gte=window.start)
    )
    return [
        {
            "name": row.name,
            "level": row.get_level_display(),
            "document_number": row.document_number,
            "starts_on": str(row.starts_on),
            "ends_on": str(row.ends_on),
        }
        for row in running.order_by("starts_on", "pk")
    ]


def _activities(organisation, window):
    rows = (
        Activity.objects.reportable()
        .of([organisation])
        .held_in(window)
        .with_service()
        .select_related("kind")
        .prefetch_related("partner_links__partner", "agreement__parties__partner", "participations")
        .order_by("starts_on", "pk")
    )
    told = []
    for row in rows:
        links = list(row.partner_links.all()) + (list(row.agreement.parties.all()) if row.agreement else [])
        people = by_role(row.participations.all())
        present = people[Participation.Role.PRESENT]
        told.append(
            {
                "id": row.pk,
                "date": str(row.starts_on),
                "theme": row.theme,
                "kind": row.kind_id,
                "kind_name": row.kind.name,
                "lines": [line.value for line in row.lines],
                "place": row.place,
                "partners": list(dict.fromkeys(link.partner.name for link in links)),
                "members": len(present) or row.present,
                "person_times": row.person_times,
                "count_method": row.get_count_method_display(),
                "is_measured": row.is_measured_count,
                "is_joint": row.is_joint,
                "serves_people": row.serves_people,
                "summary": row.summary,
                "attendance_doubt": attendance(row, people).doubt,
            }
        )
    return told


def _outcomes(organisation, window):
    rows = (
        Outcome.objects.reportable()
        .of([organisation])
        .within(window)
        .with_standing()
        .exclude(standing="")
        .select_related("kind")
        .prefetch_related("contributions")
    )
    told = [
        {
            "id": row.pk,
            "date": _date(row.date),
            "kind": row.kind_id,
            "kind_name": row.kind.name,
            "position": row.kind.position,
            "subtype": row.subtype,
            "word": row.kind_name,
            "standing": row.standing,
            "name": row.name,
            "level": row.level,
            "level_name": row.get_level_display(),
            "status": row.get_status_display(),
            "venue": row.venue,
            "number": row.number,
            "indexing": row.indexing,
            "grade": row.grade,
            "note": row.note,
            "doi": row.doi,
            "details": row.details,
            "line": row.kind.line,
            "makers": [
                {"name": maker.name, "role": maker.get_role_display()} for maker in row.contributions.all()
            ],
        }
        for row in rows
    ]
    return sorted(told, key=_highest_first)


def _level_rank(row) -> int:
    return _LEVELS.index(row["level"]) if row["level"] else len(_LEVELS)


def _highest_first(row):
    """By kind, then level, indexing (papers) or type (patents), then date."""
    level = _level_rank(row)
    rank = next(
        (place for place, word in enumerate(_INDEXES) if word in row["indexing"].upper()), len(_INDEXES)
    )
    subtype = _SUBTYPES.index(row["subtype"]) if row["subtype"] else len(_SUBTYPES)
    return row["position"], row["kind"], level, rank, subtype, row["date"]["first"], row["id"]


def _agreements(organisation, window):
    all_of_branch = Agreement.objects.reportable().of([organisation])
    signed = all_of_branch.signed_in(window).values_list("pk", flat=True)
    in_force = all_of_branch.in_force_on(window.as_of).values_list("pk", flat=True)
    signed, in_force = set(signed), set(in_force)
    rows = (
        all_of_branch.filter(pk__in=signed | in_force)
        .prefetch_related("parties__partner", "commitments")
        .order_by("signed_on_first", "pk")
    )
    return [
        {
            "id": row.pk,
            "code": row.code,
            "name": row.name,
            "partners": [party.partner.name for party in row.parties.all()],
            "signed_on": _date(row.signed_on),
            "expires_on": _date(row.expires_on),
            "status": _status_on(row, window.as_of, row.pk in in_force),
            "promises": row.promises,
            "is_new": row.pk in signed,
            "is_in_force": row.pk in in_force,
            "commitments": [
                {
                    "name": part.name,
                    "promised": part.promised,
                    "delivered": part.delivered,
                    "unit": part.unit,
                }
                for part in row.commitments.all()
            ],
        }
        for row in rows
    ]


def _status_on(agreement, day, is_in_force) -> str:
    """What an agreement that was signed by then had come to on a day; its state of today may be a later one."""
    status = Agreement.Status
    if is_in_force:
        return status.IN_FORCE.label
    if agreement.status == status.TERMINATED:
        return status.TERMINATED.label
    if agreement.expires_on and agreement.expires_on.last < day:
        return status.RENEWED.label if agreement.status == status.RENEWED else status.EXPIRED.label
    return agreement.get_status_display()


def _plan_items(organisation, window, as_of):
    rows = PlanItem.objects.reportable().of([organisation]).within(window, "planned_on")
    done = set(plan_items_done(rows, as_of).values_list("pk", flat=True))
    return [
        {
            "id": row.pk,
            "agreement": row.agreement.name,
            "number": row.number,
            "planned_on": _date(row.planned_on),
            "theme": row.theme,
            "form": row.form,
            "place": row.place,
            "lead": row.lead,
            "responsible": row.responsible,
            "participants": row.participants,
            "expected_result": row.expected_result,
            "is_done": row.pk in done,
            "is_cancelled": row.status == PlanItem.Status.CANCELLED,
        }
        for row in rows.select_related("agreement").order_by("planned_on_first", "agreement", "number")
    ]


def _quotes(organisation, window):
    held = Activity.objects.reportable().of([organisation]).held_in(window)
    rows = Feedback.objects.reportable().of([organisation]).quotable().filter(activity__in=held)
    return [
        {
            "activity": row.activity_id,
            "identity": row.identity,
            "content": row.content,
            "received_on": str(row.received_on) if row.received_on else None,
        }
        for row in rows.order_by("received_on", "pk")
    ]

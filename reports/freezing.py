"""One moment of a branch, frozen: every figure with its records, and what else the report tells.

What comes out is plain JSON. Everything after it (drafting, rendering) is a pure function of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from activities.models import Activity, Feedback, Participation, plan_items_done
from branch.models import Programme
from core.dates import PartialDate, Window
from core.db import snapshot
from core.models import Organisation
from outcomes.kinds import SUBTYPES
from outcomes.models import Level, Outcome
from partnerships.models import Agreement, PlanItem
from reports import figures
from reports.models import Target

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


def freeze(organisation, window: Window, *, template: str, compiled_at: dt.datetime) -> Frozen:
    """Ask everything once, in one snapshot. Raises RuntimeError inside a transaction, where no snapshot can begin.

    The number of queries does not depend on the number of records.
    """
    with snapshot():
        body = figures.freeze(organisation, window)
        parent = Organisation.objects.get_parent(organisation)
        material = {"template": template, **_material(organisation, window)}
    body["branch"]["committee"] = parent.name if parent else ""
    digest = digest_of(body)
    order = ("schema", "branch", "window", "as_of", "compiled_at", "digest", "figures")
    body |= {"compiled_at": compiled_at.isoformat(timespec="seconds"), "digest": digest}
    return Frozen({key: body[key] for key in order}, material)


def _material(organisation, window) -> dict:
    last_year = figures.compute([organisation.pk], window.previous())[organisation.pk]
    whole_year = window == Window.year(window.start.year)
    targets = Target.objects.reportable().of([organisation]).filter(year=window.start.year).order_by("figure")
    return {
        "last_year": {
            key: {"value": str(figure.value), "display": figure.display}
            for key, figure in last_year.items()
            if not figure.is_zero
        },
        "targets": {row.figure: str(row.value.normalize().__format__("f")) for row in targets}
        if whole_year
        else {},
        "programmes": _programmes(organisation, window),
        "activities": _activities(organisation, window),
        "outcomes": _outcomes(organisation, window),
        "agreements": _agreements(organisation, window),
        "plan_items": _plan_items(organisation, window),
        "quotes": _quotes(organisation, window),
    }


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
        present = [part for part in row.participations.all() if part.role == Participation.Role.PRESENT]
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
            "makers": [str(maker) for maker in row.contributions.all()],
        }
        for row in rows
    ]
    return sorted(told, key=_highest_first)


def _highest_first(row):
    """By kind, then level, indexing (papers) or type (patents), then date."""
    level = _LEVELS.index(row["level"]) if row["level"] else len(_LEVELS)
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
            "status": row.get_status_display(),
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


def _plan_items(organisation, window):
    rows = PlanItem.objects.reportable().of([organisation]).within(window, "planned_on")
    done = set(plan_items_done(rows, window.as_of).values_list("pk", flat=True))
    return [
        {
            "id": row.pk,
            "agreement": row.agreement.name,
            "number": row.number,
            "planned_on": _date(row.planned_on),
            "theme": row.theme,
            "form": row.form,
            "responsible": row.responsible,
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

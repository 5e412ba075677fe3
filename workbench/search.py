"""Global search: one line, asked of every kind of record.

Each kind is asked by the filter of its own list, so that a list and the search never differ in what they find.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from activities.filters import ActivityFilter, FeedbackFilter
from activities.models import Activity
from branch.filters import CertificationFilter, MemberFilter, ProgrammeFilter
from core.context import frame_of
from core.links import page_of_kind, record_url
from core.listing import RecordFilter
from core.models import Record
from outcomes.filters import OutcomeFilter
from partnerships.filters import AgreementFilter, PartnerFilter, PlanItemFilter

SHOWN = 6  # of a kind; its list shows the rest
GLIMPSED = 3  # of a kind while one still types
LONGEST = 100  # letters; no name that people look for is longer


@dataclass(frozen=True)
class Subject:
    """One kind of record. filters: those of its list; order: which come first; title and note: what a line says of a
    record; related: what these need besides the record."""

    icon: str
    filters: type[RecordFilter]
    order: tuple[str, ...]
    title: Callable
    note: Callable
    related: tuple[str, ...] = ()

    @property
    def model(self) -> type[Record]:
        """The kind of record."""
        return self.filters.Meta.model

    @property
    def label(self) -> str:
        """What the kind is called."""
        return str(self.model._meta.verbose_name)

    def list_url(self, text: str) -> str:
        """Its list with the same question, over all years."""
        return f"{page_of_kind(self.model, 'list')}?{urlencode({'q': text, 'all': 1})}"


SUBJECTS = (
    Subject(
        "people",
        MemberFilter,
        ("name_pinyin", "pk"),
        lambda member: member.name,
        lambda member: (f"工号 {member.staff_number}", member.academic_title, member.duty),
    ),
    Subject(
        "calendar",
        ActivityFilter,
        ("-starts_on", "-pk"),
        lambda activity: activity.theme,
        lambda activity: (activity.starts_on, activity.kind, activity.place, _unless_held(activity)),
        ("kind",),
    ),
    Subject(
        "link",
        PartnerFilter,
        ("name_pinyin", "pk"),
        lambda partner: partner.name,
        lambda partner: (partner.kind, partner.party_organisation),
        ("kind",),
    ),
    Subject(
        "file",
        AgreementFilter,
        ("-pk",),
        lambda agreement: agreement.name,
        lambda agreement: (agreement.code, agreement.get_status_display()),
    ),
    Subject(
        "table",
        PlanItemFilter,
        ("-pk",),
        lambda item: item.theme,
        lambda item: (item.agreement, f"第 {item.number} 项", item.get_status_display()),
        ("agreement",),
    ),
    Subject(
        "award",
        OutcomeFilter,
        ("-pk",),
        lambda outcome: outcome.name,
        lambda outcome: (outcome.kind_name, outcome.venue, outcome.date),
        ("kind",),
    ),
    Subject(
        "card",
        CertificationFilter,
        ("-passed_on_first", "-pk"),
        lambda certification: certification.name,
        lambda certification: (
            certification.member,
            certification.number,
            certification.get_status_display(),
        ),
        ("member", "type"),
    ),
    Subject(
        "mail",
        FeedbackFilter,
        ("-pk",),
        lambda feedback: feedback.content,
        lambda feedback: (feedback.identity, feedback.activity),
        ("activity",),
    ),
    Subject(
        "flag",
        ProgrammeFilter,
        ("-starts_on", "-pk"),
        lambda programme: programme.name,
        lambda programme: (programme.get_level_display(), programme.document_number),
    ),
)


def _unless_held(activity):
    return "" if activity.status == Activity.Status.HELD else activity.get_status_display()


@dataclass(frozen=True)
class Found:
    """A record that was found, as its line says it."""

    title: str
    notes: list[str]
    url: str


@dataclass(frozen=True)
class Finding:
    """What was found of one kind: the first records, and its list with the same question where there are more."""

    subject: Subject
    records: list[Found]
    more_url: str


def search(request, text: str, most: int = SHOWN) -> list[Finding]:
    """What the user may see in which the text occurs, in any year, at the branch in view; one query a kind.

    Arguments: text, as typed: Chinese, numbers, or for names and titles pinyin or its initials; most, how many of a
    kind.
    """
    findings = []
    many = len(frame_of(request).places) > 1
    for subject in SUBJECTS:
        records = _asked(request, subject, text).order_by(*subject.order)
        rows = list(records.select_related(*subject.related, "organisation")[: most + 1])
        if rows:
            found = [_line(subject, record, many) for record in rows[:most]]
            findings.append(Finding(subject, found, subject.list_url(text) if rows[most:] else ""))
    return findings


def _asked(request, subject, text):
    frame = frame_of(request)
    records = subject.model.objects.visible_to(request.user)
    records = records.of(frame.places) if frame.branch else records
    asked = subject.filters({"q": text}, queryset=records, request=request)
    return asked.qs if asked.is_valid() else records.none()


def _line(subject, record, many):
    notes = [str(note) for note in subject.note(record) if note]
    return Found(
        subject.title(record), [*notes, str(record.organisation)] if many else notes, record_url(record)
    )


@require_safe
def search_page(request):
    """The results; while one types (htmx) the first few of each kind, without the page around them."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    is_glimpse = bool(request.htmx)
    findings = search(request, text, GLIMPSED if is_glimpse else SHOWN) if text else []
    template = "workbench/_found.html" if is_glimpse else "workbench/search.html"
    response = render(request, template, {"text": text, "findings": findings, "is_glimpse": is_glimpse})
    patch_vary_headers(response, ["HX-Request"])
    return response

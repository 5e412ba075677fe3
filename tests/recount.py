"""Every figure counted again by hand: plain Python over plain records, written apart from the product.

Written from docs/figures.md's sources alone (the key list and its readings), it imports nothing of ours and knows no
database. Where product and recount differ, one of the two misreads the rules. Numbers in comments are those of the
readings.

A record is an object with the fields named below, dates as people write them ("2024-06-01", "2024-06", "2024" or ""
for unknown), other records as their ids. All have: type, id, branch, trashed, in_reports.

    member          category joined full_since moved_in moved_out
    certification   member kind passed valid_until status
    partner         kind
    agreement       partners signed expires status
    plan_item       agreement planned status
    activity        kind lines day status partners agreement plan_item person_times persons method
    outcome         kind subtype level date status number contract received makers review

What a member proposed (review "proposed" or "returned") is no outcome of the branch until it is accepted.
"""

import calendar
import datetime as dt
import unicodedata
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

LINES = [
    "joint_building",
    "education_service",
    "technology_empowerment",
    "practice_education",
    "branch_life",
]
BRANCH_LIFE = [
    "members_meeting",
    "committee_meeting",
    "group_meeting",
    "party_lecture",
    "themed_party_day",
    "organisational_life_meeting",
    "member_appraisal",
    "heart_to_heart_talk",
]
OUTCOME_KINDS = [
    "paper",
    "party_paper",
    "patent",
    "technology_transfer",
    "software_copyright",
    "vertical_project",
    "horizontal_project",
    "teaching_reform_project",
    "book",
    "platform",
    "competition_award",
    "student_project",
    "honour",
    "advisory_report",
    "publicity",
]


@dataclass
class Tally:
    """One figure: the records behind it, and its value where that is not their number."""

    records: list = field(default_factory=list)
    amount: Decimal | int | None = None
    of: int | None = None  # a ratio's denominator

    @property
    def value(self):
        """A count, a sum, or a ratio rounded half up to four places (None where nothing is divided by)."""
        if self.of is not None:
            return half_up(Fraction(len(self.records), self.of), 4) if self.of else None
        return len(self.records) if self.amount is None else self.amount

    @property
    def ids(self):
        return sorted(record.id for record in self.records)


# ---------------------------------------------------------------- dates (1)
def span(text):
    """The first and the last day that a date may be."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return dt.date(parts[0], 1, 1), dt.date(parts[0], 12, 31)
    if len(parts) == 2:
        return dt.date(*parts, 1), dt.date(*parts, calendar.monthrange(*parts)[1])
    return dt.date(*parts), dt.date(*parts)


def first(text):
    return span(text)[0]


def last(text):
    return span(text)[1]


def lies_in(text, start, end):
    return bool(text) and start <= first(text) and last(text) <= end


# ---------------------------------------------------------------- rounding (7)
def half_up(exact, places):
    """A fraction as a decimal, rounded half up from the exact value."""
    scaled = exact * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    return Decimal(whole + (2 * rest >= scaled.denominator)).scaleb(-places)


def ratio_display(part, whole):
    return f"{part}/{whole}({half_up(Fraction(100 * part, whole), 1)}%)"


def money_display_amounts(amount):
    """The ways in which an amount may be written: in 元 or in 万元."""
    cents = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {f"{cents:,}", f"{cents}", f"{cents.normalize():f}", f"{(cents / 10_000).normalize():f}"}


# ---------------------------------------------------------------- members (3, 4)
def belongs_on(member, day):
    begins = member.moved_in or member.joined
    if begins and day < first(begins):
        return False
    return not (member.moved_out and day >= last(member.moved_out))


def belongs_during(member, start, end):
    begins = member.moved_in or member.joined
    day = max(start, first(begins)) if begins else start
    return day <= end and belongs_on(member, day)


def is_full_on(member, day):
    if member.full_since:
        return first(member.full_since) <= day
    return member.category == "full"


# ---------------------------------------------------------------- agreements (12), outcomes (14, 15)
def was_signed(agreement):
    return agreement.status not in ("negotiating", "drafting") and bool(agreement.signed)


def in_force_on(agreement, day):
    if not was_signed(agreement) or day < first(agreement.signed):
        return False
    if agreement.expires:
        return day <= last(agreement.expires)
    return agreement.status not in ("expired", "terminated")


def has_come_to_be(outcome):
    if outcome.kind in ("paper", "party_paper"):
        return outcome.status == "published"
    if outcome.kind == "patent":
        once_granted = unicodedata.normalize("NFKC", outcome.number).upper().startswith("ZL")
        return outcome.status == "granted" or (outcome.status == "lapsed" and once_granted)
    if outcome.kind == "honour":
        return outcome.status != "cultivating"
    return True


# ---------------------------------------------------------------- all figures of one branch over one window
def recount(records, branch, start, end, *, outcome_kinds=()):
    """{key: Tally} for the branch; keys that would be zero may be there.

    Arguments: records, those of all branches; outcome_kinds, what the school added to the built-in ones.
    """
    as_of = end  # 22
    records = [r for r in records if r.branch == branch and not r.trashed and r.in_reports]
    records = [r for r in records if r.type != "outcome" or r.review == "accepted"]
    by_type = {}
    for record in records:
        by_type.setdefault(record.type, []).append(record)
    of = lambda kind: by_type.get(kind, [])  # noqa: E731
    found = {record.id: record for record in records}
    figures = {}

    def tally(key, chosen, **more):
        figures[key] = Tally(list(chosen), **more)

    # Members.
    members = [m for m in of("member") if belongs_on(m, as_of)]
    tally("members.total", members)
    tally("members.full", [m for m in members if is_full_on(m, as_of)])
    tally("members.probationary", [m for m in members if not is_full_on(m, as_of)])

    # Certifications (5, 6, 7).
    for kind in {c.kind for c in of("certification")}:
        valid = {
            c.member
            for c in of("certification")
            if c.kind == kind
            and c.status == "verified"
            and first(c.passed) <= as_of
            and (not c.valid_until or as_of <= last(c.valid_until))
        }
        holders = [m for m in members if m.id in valid]
        tally(f"certifications.holders:{kind}", holders)
        tally(f"certifications.ratio:{kind}", holders, of=len(members))

    # Activities (8, 9).
    held = [a for a in of("activity") if a.status == "held" and lies_in(a.day, start, end)]
    tally("activities.total", held)
    for kind in {a.kind for a in held}:
        tally(f"activities.kind:{kind}", [a for a in held if a.kind == kind])
    for line in LINES:
        tally(f"activities.line:{line}", [a for a in held if line in a.lines])
    for kind in BRANCH_LIFE:
        tally(f"branch_life.{kind}", [a for a in held if a.kind == kind])

    # Outreach (10).
    serving = [a for a in held if a.person_times or a.persons]
    tally("outreach.sessions", serving)

    def person_times(key, chosen):
        tally(key, chosen, amount=sum(a.person_times or 0 for a in chosen))

    measured = ("sign_in", "roster", "host_proof")
    person_times("outreach.person_times", [a for a in held if a.person_times])
    person_times(
        "outreach.person_times:measured", [a for a in held if a.person_times and a.method in measured]
    )
    person_times(
        "outreach.person_times:estimated", [a for a in held if a.person_times and a.method not in measured]
    )
    counted = [a for a in held if a.persons]
    tally("outreach.persons", counted, amount=sum(a.persons for a in counted))

    # Partnerships (11, 12, 13).
    def partners_of(activity):
        agreement = found.get(activity.agreement)
        named = [*activity.partners, *(agreement.partners if agreement else ())]
        return {partner for partner in named if partner in found}

    joint = [a for a in held if partners_of(a)]
    partners = [found[p] for p in sorted(set().union(*(partners_of(a) for a in joint)))]
    tally("partnerships.partners", partners)
    for kind in {p.kind for p in partners}:
        tally(f"partnerships.partners:{kind}", [p for p in partners if p.kind == kind])
    tally("partnerships.joint_activities", joint)
    agreements = of("agreement")
    tally(
        "partnerships.agreements_signed",
        [a for a in agreements if was_signed(a) and lies_in(a.signed, start, end)],
    )
    tally("partnerships.agreements_in_force", [a for a in agreements if in_force_on(a, as_of)])
    items = [i for i in of("plan_item") if lies_in(i.planned, start, end)]
    happened = {a.plan_item for a in of("activity") if a.status == "held" and first(a.day) <= as_of}
    tally("partnerships.plan_items", items)
    tally("partnerships.plan_items:done", [i for i in items if i.status == "done" or i.id in happened])
    tally("partnerships.plan_items:cancelled", [i for i in items if i.status == "cancelled"])

    # Outcomes (14, 15, 16).
    dated = [o for o in of("outcome") if lies_in(o.date, start, end)]
    outcomes = [o for o in dated if has_come_to_be(o)]
    for kind in [*OUTCOME_KINDS, *outcome_kinds]:
        chosen = [o for o in outcomes if o.kind == kind]
        tally(f"outcomes.{kind}", chosen)
        for level in {o.level for o in chosen} - {""}:
            tally(f"outcomes.{kind}:{level}", [o for o in chosen if o.level == level])
    patents = [o for o in outcomes if o.kind == "patent"]
    for subtype in ("invention", "utility_model", "design"):
        tally(f"outcomes.patent:{subtype}", [o for o in patents if o.subtype == subtype])
    tally(
        "outcomes.patent:applied",
        [o for o in dated if o.kind == "patent" and o.status in ("filed", "disclosed")],
    )
    tally(
        "outcomes.honour:cultivation", [o for o in dated if o.kind == "honour" and o.status == "cultivating"]
    )

    # Makers of books (17).
    makers = {maker for o in outcomes if o.kind == "book" for maker in o.makers}
    tally(
        "outcomes.book.contributors",
        [m for m in of("member") if m.id in makers and belongs_during(m, start, end)],
    )

    # Funds (18).
    for key, kind, column in (
        ("vertical", "vertical_project", "contract"),
        ("horizontal_contract", "horizontal_project", "contract"),
        ("horizontal_received", "horizontal_project", "received"),
        ("transfer_received", "technology_transfer", "received"),
    ):
        paid = [o for o in outcomes if o.kind == kind and getattr(o, column)]
        tally(f"outcomes.funds:{key}", paid, amount=sum((getattr(o, column) for o in paid), Decimal("0.00")))
    return figures

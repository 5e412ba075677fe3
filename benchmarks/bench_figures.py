"""All figures of one branch-year, with 100,000 activities in 100 branches and everything else in proportion.

Twice: ten years of a hundred activities each, as a branch really is; and all thousand in the one year asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.kinds import ACTIVITY_KINDS
from activities.models import Activity, ActivityPartner
from benchmarks import Measure, median_ms
from branch.models import Certification, CertificationType, Member
from core.dates import Window
from core.models import Organisation
from outcomes.kinds import OUTCOME_KINDS
from outcomes.models import Contribution, Outcome
from partnerships.kinds import PARTNER_KINDS
from partnerships.models import Agreement, AgreementParty, Partner, PlanItem
from reports.figures import compute

BRANCHES, ACTIVITIES, YEAR = 100, 1000, 2024
LEVELS = ["", "national", "provincial", "municipal", "university", "college"]
STATES = {"paper": "published", "patent": "granted", "project": "ongoing", "honour": "awarded", "": ""}


def run() -> Iterator[Measure]:
    """One branch-year and all branches at once, on both shapes of data."""
    for years, name in ((10, "100 a year for 10 years"), (1, "1,000 in the year")):
        branches = fill(years)
        yield from _measured(branches, name)
        empty()


def _measured(branches: list[int], name: str) -> Iterator[Measure]:
    window = Window.year(YEAR)
    branch = branches[len(branches) // 2]
    with CaptureQueriesContext(connection) as asked:
        figures = compute([branch], window)[branch]
    _plausible(figures, bare(branch))
    told = sum(not figure.is_zero for figure in figures.values())
    yield Measure(
        f"figures of a branch-year, {name}",
        median_ms(lambda: compute([branch], window)),
        "ms",
        at_most=100,
        bare=median_ms(lambda: bare(branch)),
        note=f"{told} of {len(figures)} figures not zero; activities.total {figures['activities.total'].value}",
    )
    yield Measure("  queries", len(asked), "", at_most=12)
    yield Measure(
        "  100 branches at once",
        median_ms(lambda: compute(branches, window), 3),
        "ms",
        bare=median_ms(lambda: [bare(pk) for pk in branches], 3),
    )


def _plausible(figures, counted: dict) -> None:
    """A benchmark must not time an error: the figures equal what the bare SQL counts, and are not zero."""
    for key, number in counted.items():
        assert figures[key].value == number, (key, figures[key].value, number)
        assert number > 0, key


# ---------------------------------------------------------------- the same in bare SQL
_BARE = [
    """SELECT count(*) FILTER (WHERE full_member_since_first <= %(end)s),
              count(*) FILTER (WHERE full_member_since_first > %(end)s)
       FROM branch_member WHERE organisation_id = %(branch)s AND deleted_at IS NULL AND in_reports
       AND joined_party_first <= %(end)s AND (transferred_out_last > %(end)s OR transferred_out_last IS NULL)""",
    """SELECT count(DISTINCT member_id) FROM branch_certification
       WHERE organisation_id = %(branch)s AND deleted_at IS NULL AND in_reports AND status = 'verified'
       AND passed_on_first <= %(end)s AND (valid_until_last >= %(end)s OR valid_until_last IS NULL)""",
    """SELECT kind_id, joint_building, education_service, technology_empowerment, practice_education, branch_life,
              count(*), sum(person_times), sum(persons), count(*) FILTER (WHERE person_times > 0 OR persons > 0),
              sum(person_times) FILTER (WHERE count_method IN ('sign_in', 'roster', 'host_proof'))
       FROM activities_activity WHERE organisation_id = %(branch)s AND deleted_at IS NULL AND in_reports
       AND status = 'held' AND starts_on BETWEEN %(start)s AND %(end)s GROUP BY 1, 2, 3, 4, 5, 6""",
    """WITH held AS (SELECT id, agreement_id FROM activities_activity
                     WHERE organisation_id = %(branch)s AND deleted_at IS NULL AND in_reports AND status = 'held'
                     AND starts_on BETWEEN %(start)s AND %(end)s)
       SELECT kind_id, count(*) FROM partnerships_partner
       WHERE organisation_id = %(branch)s AND deleted_at IS NULL AND in_reports AND id IN (
         SELECT partner_id FROM activities_activitypartner JOIN held ON held.id = activity_id UNION
         SELECT partner_id FROM partnerships_agreementparty p JOIN held ON held.agreement_id = p.agreement_id)
       GROUP BY 1""",
    """SELECT count(*) FILTER (WHERE signed_on_first >= %(start)s AND signed_on_last <= %(end)s),
              count(*) FILTER (WHERE signed_on_first <= %(end)s AND expires_on_last >= %(end)s)
       FROM partnerships_agreement WHERE organisation_id = %(branch)s AND deleted_at IS NULL AND in_reports
       AND status IN ('signed', 'in_force', 'expired', 'renewed', 'terminated')""",
    """SELECT status, count(*) FROM partnerships_planitem WHERE organisation_id = %(branch)s AND deleted_at IS NULL
       AND in_reports AND planned_on_first >= %(start)s AND planned_on_last <= %(end)s GROUP BY 1""",
    """SELECT kind_id, subtype, level, status, count(*), sum(contract_amount), sum(received_amount)
       FROM outcomes_outcome WHERE organisation_id = %(branch)s AND deleted_at IS NULL AND in_reports
       AND review = 'accepted' AND date_first >= %(start)s AND date_last <= %(end)s GROUP BY 1, 2, 3, 4""",
    """SELECT count(DISTINCT c.member_id) FROM outcomes_contribution c JOIN outcomes_outcome o ON o.id = c.outcome_id
       WHERE o.organisation_id = %(branch)s AND o.deleted_at IS NULL AND o.in_reports
       AND o.review = 'accepted' AND o.kind_id = 'book' AND o.date_first >= %(start)s AND o.date_last <= %(end)s""",
]


def bare(branch: int) -> dict[str, int]:
    """What somebody who knows this data would write by hand: one statement a table."""
    window = Window.year(YEAR)
    answers = []
    with connection.cursor() as cursor:
        for statement in _BARE:
            cursor.execute(statement, {"branch": branch, "start": window.start, "end": window.end})
            answers.append(cursor.fetchall())
    members, holders, activities, partners, agreements, plan, outcomes, editors = answers
    return {
        "members.full": members[0][0],
        "members.probationary": members[0][1],
        "certifications.holders:HCIP": holders[0][0],
        "activities.total": sum(row[6] for row in activities),
        "outreach.person_times": sum(row[7] or 0 for row in activities),
        "outreach.sessions": sum(row[9] for row in activities),
        "outreach.person_times:measured": sum(row[10] or 0 for row in activities),
        "partnerships.partners": sum(row[1] for row in partners),
        "partnerships.agreements_signed": agreements[0][0],
        "partnerships.agreements_in_force": agreements[0][1],
        "partnerships.plan_items": sum(row[1] for row in plan),
        "outcomes.paper": sum(row[4] for row in outcomes if row[0] == "paper"),
        "outcomes.competition_award": sum(row[4] for row in outcomes if row[0] == "competition_award"),
        "outcomes.book.contributors": editors[0][0],
    }


# ---------------------------------------------------------------- the data
def fill(years: int) -> list[int]:
    """100 branches with 1,000 activities each over so many years up to YEAR; returns the branches' ids."""
    branches = make_branches(BRANCHES)
    for branch in branches:
        fill_branch(branch, years)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return branches


def make_branches(count: int) -> list[int]:
    """So many empty branches of one school; returns their ids."""
    root = Organisation.objects.add_root({"code": "school", "name": "学校", "kind": "university_committee"})
    named = ({"code": f"b{n}", "name": f"第{n}支部", "kind": "branch"} for n in range(count))
    return [Organisation.objects.add_child(root, values).pk for values in named]


def fill_branch(branch: int, years: int) -> None:
    """1,000 activities, and all else in proportion, over so many years up to YEAR."""
    hcip = CertificationType.objects.get(name="HCIP")

    def day(number: int, out_of: int) -> dt.date:
        """Spread evenly over the years."""
        return dt.date(YEAR - number // 3 % years, 1, 1) + dt.timedelta(days=number * 365 // out_of)

    def put(model, number, values):
        return model.objects.bulk_create([model(**values(index)) for index in range(number)], batch_size=500)

    def partial(name, date):
        return {f"{name}_first": date, f"{name}_last": date}

    members = put(Member, 30, lambda n: {
        "organisation_id": branch, "staff_number": str(n), "name": f"党员{n}", "name_key": f"党员{n}",
        "category": "full", **partial("joined_party", dt.date(2010, 1, 1)),
        **partial("full_member_since", dt.date(2011 if n % 10 else YEAR + 1, 1, 1)),
    })  # fmt: skip
    put(Certification, 20, lambda n: {
        "organisation_id": branch, "member": members[n], "type": hcip, "status": "verified",
        **partial("passed_on", dt.date(YEAR - 1, 1, 1)), **partial("valid_until", dt.date(YEAR + 1, 1, 1)),
    })  # fmt: skip
    partners = put(Partner, 20, lambda n: {
        "organisation_id": branch, "name": f"单位{n}", "name_key": f"单位{n}",
        "kind_id": PARTNER_KINDS[n % len(PARTNER_KINDS)]["code"],
    })  # fmt: skip
    agreements = put(Agreement, 20, lambda n: {
        "organisation_id": branch, "code": str(n), "name": f"协议{n}", "status": "in_force",
        **partial("signed_on", day(n, 20)), **partial("expires_on", dt.date(YEAR + 1, 1, 1)),
    })  # fmt: skip
    put(AgreementParty, 20, lambda n: {"agreement": agreements[n], "partner": partners[n]})
    plan = put(PlanItem, 100, lambda n: {
        "organisation_id": branch, "agreement": agreements[n % 20], "number": n, "theme": f"计划{n}",
        **partial("planned_on", day(n, 100)), "status": "cancelled" if n % 9 == 0 else "planned",
    })  # fmt: skip
    activities = put(Activity, ACTIVITIES, lambda n: {
        "organisation_id": branch, "code": str(n), "theme": f"活动{n}", "starts_on": day(n, ACTIVITIES),
        "kind_id": ACTIVITY_KINDS[n // 10 % len(ACTIVITY_KINDS)]["code"], "branch_life": n % 2 == 0,
        "education_service": n % 2 == 1 or n % 3 == 0, "status": "planned" if n % 25 == 0 else "held",
        "person_times": n % 50 or None, "count_method": ["sign_in", "estimate", ""][n % 3],
        "agreement": agreements[n % 20] if n % 10 == 3 else None,
        "plan_item": plan[n // 10] if n % 10 == 3 else None,
    })  # fmt: skip
    put(
        ActivityPartner,
        ACTIVITIES // 5,
        lambda n: {"activity": activities[n * 5 + n % 5], "partner": partners[n % 20]},
    )
    outcomes = put(Outcome, 500, lambda n: {
        "organisation_id": branch, "code": str(n), "name": f"成果{n}", "level": LEVELS[n % len(LEVELS)],
        "kind_id": (kind := OUTCOME_KINDS[n // 7 % len(OUTCOME_KINDS)])["code"],
        "status": STATES[kind.get("states", "")],
        "subtype": {"patent": "invention", "book": "textbook"}.get(kind["code"], ""),
        "contract_amount": 10_000, **partial("date", day(n, 500)),
    })  # fmt: skip
    put(Contribution, 1000, lambda n: {
        "outcome": outcomes[n // 2], "position": n % 2, "member": members[n % 30], "name": "某",
    })  # fmt: skip


def empty() -> None:
    """Take everything away again, so that the next shape begins from nothing."""
    models = [Contribution, Outcome, ActivityPartner, Activity, PlanItem, AgreementParty, Agreement, Partner]
    for model in [*models, Certification, Member, Organisation]:
        model.objects.all()._raw_delete(connection.alias)

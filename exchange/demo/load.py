"""Everything of the demo into the database, through the services, in one transaction."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from activities.models import Activity, Participation
from activities.services import add_feedback, create_activity
from branch.models import Member, Post
from branch.services import create_member, create_programme, hand_in_certification
from core.accounts import create_account
from core.files import attach
from core.models import Organisation
from core.organisations import create_organisation
from exchange.demo import outcomes_2024, partners, people, second, year_2023, year_2024, year_2025
from exchange.demo.pictures import draw
from exchange.demo.rows import LEVELS, LINES, METHODS, ROLES, moment
from outcomes.models import Contribution
from outcomes.rules import patent_check_digit
from outcomes.services import create_outcome
from partnerships.models import Commitment
from partnerships.services import create_agreement, create_partner, create_plan_item
from reports.targets import set_target

CODE, COLLEGE, SECOND = "demo", "demo-college", "demo-second"
PASSWORD = "ledger-demo-2024"  # known to everybody: these accounts exist only where the demo was asked for

# 用户名, 姓名, 角色, 组织代码, 做什么
ACCOUNTS = [
    ("demo-secretary", "沈明远", "secretary", CODE, "支部书记"),
    ("demo-committee", "韩振东", "committee_member", CODE, "支部委员，审核证书"),
    ("demo-member", "唐婉宁", "member", CODE, "普通党员"),
    ("demo-second", "裴文渊", "secretary", SECOND, "教师第二党支部书记"),
    ("demo-admin", "温静仪", "admin", COLLEGE, "学院党委组织员，管理全院"),
    ("demo-auditor", "阮知行", "auditor", COLLEGE, "学院党委查阅人，只读"),
]

# What a file of each kind of evidence is called.
WORDS = {
    "photo": "现场照片",
    "sign_in_sheet": "签到表",
    "notice": "通知",
    "agreement": "协议文本",
    "certificate": "证书",
    "cover": "封面",
    "contents": "目录",
    "indexing_proof": "检索证明",
    "host_proof": "主办方证明",
    "other": "证明材料",
}


def is_loaded() -> bool:
    """Whether the demo is here, whatever was made of it since."""
    return Organisation.objects.filter(code=CODE).exists()


@transaction.atomic
def load() -> None:
    """The college, its two branches, the accounts, and three years of records.

    Where an installation has a university committee already, the demo's college stands below it: the demo's accounts,
    whose password everybody knows, must not administer somebody's installation.
    """
    root = Organisation.objects.order_by("path").first()
    parent = root if root and root.kind == Organisation.Kind.UNIVERSITY_COMMITTEE else None
    college = create_organisation(
        COLLEGE, "信息工程学院党委", Organisation.Kind.COLLEGE_COMMITTEE, parent, by=None
    )
    branch = create_organisation(
        CODE,
        "信息工程学院教师第一党支部",
        Organisation.Kind.BRANCH,
        college,
        short_name="教师第一党支部",
        by=None,
    )
    other = create_organisation(
        SECOND,
        "信息工程学院教师第二党支部",
        Organisation.Kind.BRANCH,
        college,
        short_name="教师第二党支部",
        by=None,
    )
    places = {place.code: place for place in (college, branch, other)}
    accounts = {
        name: create_account(username, name, role, places[code], password=PASSWORD, by=None)
        for username, name, role, code, _ in ACCOUNTS
    }

    first = Loader(branch, accounts, "沈明远", people.COMMITTEE)
    first.members(people.MEMBERS, people.POSTS)
    first.certifications(people.CERTIFICATIONS)
    first.partners(partners.PARTNERS)
    first.agreements(partners.AGREEMENTS, partners.PLAN)
    first.activities([*year_2023.ACTIVITIES, *year_2024.ACTIVITIES, *year_2025.ACTIVITIES])
    first.outcomes([*year_2023.OUTCOMES, *outcomes_2024.OUTCOMES, *year_2025.OUTCOMES])
    for year, targets in (
        (2023, year_2023.TARGETS),
        (2024, year_2024.TARGETS),
        (2025, year_2025.TARGETS),
    ):
        for figure, value in targets.items():
            set_target(branch, year, figure, value, by=first.by)
    create_programme(
        branch,
        name="“双带头人”教师党支部书记“强国行”专项行动团队",
        level="provincial",
        document_number="省教工委函〔2024〕演示1号",
        starts_on=dt.date(2024, 10, 1),
        ends_on=dt.date(2027, 9, 30),
        by=first.by,
    )

    neighbour = Loader(other, accounts, "裴文渊", second.COMMITTEE)
    neighbour.members(second.MEMBERS, second.POSTS)
    neighbour.certifications(second.CERTIFICATIONS)
    neighbour.partners(second.PARTNERS)
    neighbour.activities(second.ACTIVITIES)
    neighbour.outcomes(second.OUTCOMES)


@dataclass
class Loader:
    """Writes the rows of one branch, as its secretary."""

    branch: Organisation
    accounts: dict
    secretary: str
    committee: list[str]

    def __post_init__(self):
        self.by = self.accounts[self.secretary]
        self.member: dict[str, Member] = {}
        self.partner, self.agreement, self.plan_item = {}, {}, {}

    # ---------------------------------------------------------------- people
    def members(self, table, posts):
        for cells in people.rows(table):
            number, name, gender, born, joined, full, came, left, education, degree, title, duty, *group = (
                cells
            )
            self.member[name] = create_member(
                self.branch,
                staff_number=number,
                name=name,
                gender="male" if gender == "男" else "female",
                ethnicity="汉族",
                born=born,
                category="probationary" if full > "2024-12-31" else "full",
                joined_party=joined,
                full_member_since=full,
                transferred_in=came,
                transferred_out=left,
                education=education,
                degree=degree,
                academic_title=title,
                duty=duty,
                group=group[0] if group else "",
                phone=f"000-0000-{number}",
                email=f"{number}@example.edu.cn",
                user=self.accounts.get(name),
                posts=[
                    Post(name=post, starts_on=since, ends_on=until or "")
                    for post, since, until in posts.get(name, [])
                ],
                by=self.by,
            )

    def certifications(self, table):
        reviewer = self.accounts.get("韩振东") if "韩振东" in self.member else self.by
        for place, (name, type_name, direction, passed, until, status) in enumerate(
            people.rows(table), start=1
        ):
            reviewed = status != "pending"
            certification = hand_in_certification(
                self.member[name],
                type_name,
                direction=direction.replace("-", " "),
                number=f"DEMO-{type_name}-{int(passed[:4])}-{place:04d}",
                passed_on=passed,
                valid_until=until,
                status=status,
                return_reason=people.RETURNED_BECAUSE if status == "returned" else "",
                reviewed_by=reviewer if reviewed else None,
                reviewed_at=timezone.now() if reviewed else None,
                by=self.accounts.get(name, self.by),
            )
            self.prove(certification, ["certificate"], passed)

    # ---------------------------------------------------------------- partners
    def partners(self, table):
        for key, fields in table.items():
            kind = fields["kind"]
            self.partner[key] = create_partner(
                self.branch, **{**fields, "kind": None}, kind_id=kind, by=self.by
            )

    def agreements(self, table, plan):
        for row in table:
            fields = {
                name: value
                for name, value in row.items()
                if name not in ("partners", "commitments", "renews")
            }
            agreement = create_agreement(
                self.branch,
                partners=[self.partner[key] for key in row["partners"]],
                commitments=[
                    Commitment(name=name, promised=promised, unit=unit, delivered=delivered)
                    for name, promised, unit, delivered in row["commitments"]
                ],
                renews=self.agreement.get(row.get("renews")),
                **fields,
                by=self.by,
            )
            self.agreement[row["code"]] = agreement
            if row["signed_on"]:
                self.prove(agreement, ["agreement"], row["signed_on"])
        columns = (
            "number",
            "planned_on",
            "theme",
            "form",
            "place",
            "lead",
            "responsible",
            "expected_result",
            "status",
        )
        for code, rows in plan.items():
            for row in rows:
                fields = dict(zip(columns, row, strict=True))
                self.plan_item[code, row[0]] = create_plan_item(self.agreement[code], **fields, by=self.by)

    # ---------------------------------------------------------------- activities
    def activities(self, rows):
        numbers: dict[int, int] = {}
        for row in sorted(rows, key=lambda row: row["when"]):
            year = int(row["when"][:4])
            numbers[year] = numbers.get(year, 0) + 1
            activity = self._activity(row, f"{year}-{numbers[year]:03d}")
            for place, (who, words, consent) in enumerate(row.get("quotes", ())):
                received = activity.starts_on + dt.timedelta(days=place)
                add_feedback(
                    activity, identity=who, content=words, may_quote=consent, received_on=received, by=self.by
                )
            photos, *papers = row.get("proof", (0,))
            self.prove(activity, ["photo"] * photos + papers, str(activity.starts_on))

    def _activity(self, row, code) -> Activity:
        day = moment(row["when"])["starts_on"]
        people = self._people(row, day)
        served, method, *persons = row.get("served", (None, ""))
        counts = self._attendance(row, people, day) if row.get("present") in ("全体", "支委") else {}
        votes = row.get("votes", (None, None, None))
        agreement = row.get("agreement")
        return create_activity(
            self.branch,
            code=code,
            kind_id=row["kind"],
            lines=[LINES[word] for word in row["lines"].split()],
            theme=row["theme"],
            **moment(row["when"]),
            place=row.get("place", ""),
            status=row.get("status", "held"),
            partners=[self.partner[key] for key in row.get("partners", "").split()],
            agreement=self.agreement[agreement] if agreement else None,
            plan_item=self.plan_item[agreement, row["plan"]] if "plan" in row else None,
            people=people,
            person_times=served,
            persons=persons[0] if persons else None,
            count_method=METHODS.get(method, ""),
            votes_for=votes[0],
            votes_against=votes[1],
            votes_abstaining=votes[2],
            **counts,
            **{name: row[name] for name in ("summary", "agenda", "speeches", "resolution") if name in row},
            by=self.by,
        )

    def _people(self, row, day) -> list[Participation]:
        found = []
        for role in ("host", "recorder", "speaker", "observer"):
            for who in row.get(role, "").split(";"):
                name, _, remark = who.partition(":")
                if name:
                    found.append(
                        Participation(role=role, member=self.member.get(name), name=name, remark=remark)
                    )
        away = dict(who.split(":") for who in row.get("leave", "").split(";") if who)
        named = row.get("present", "")
        if named == "全体":
            names = [name for name, member in self.member.items() if _belongs(member, day)]
        else:
            names = self.committee if named == "支委" else named.split()
        for name in names:
            if name not in away:
                found.append(Participation(role="present", member=self.member[name], name=name))
        for name, reason in away.items():
            found.append(Participation(role="on_leave", member=self.member[name], name=name, remark=reason))
        return found

    def _attendance(self, row, people, day) -> dict[str, int]:
        """应到 and 实到; where there is something to vote on, also of those who may vote."""
        present = [person.member for person in people if person.role == "present"]
        expected = present + [person.member for person in people if person.role == "on_leave"]
        counts = {"expected": len(expected), "present": len(present)}
        if "resolution" in row:
            counts["voters_expected"] = sum(_may_vote(member, day) for member in expected)
            counts["voters_present"] = sum(_may_vote(member, day) for member in present)
        return counts

    # ---------------------------------------------------------------- outcomes
    def outcomes(self, rows):
        numbers: dict[str, int] = {}
        for row in sorted(rows, key=lambda row: row["date"]):
            year = row["date"][:4] or "2024"
            numbers[year] = numbers.get(year, 0) + 1
            kind, _, subtype = row["kind"].partition(":")
            number = row.get("number", "")
            if kind == "patent":
                number += f".{patent_check_digit(number[2:])}"
            outcome = create_outcome(
                self.branch,
                code=f"CG-{year}-{numbers[year]:03d}",
                kind_id=kind,
                subtype=row.get("subtype", subtype),
                name=row["name"],
                level=LEVELS.get(row.get("level"), ""),
                date=row["date"],
                status=row.get("status", "published" if kind in ("paper", "party_paper") else ""),
                number=number,
                contract_amount=row.get("contract"),
                received_amount=row.get("received"),
                details=row.get("details", {}),
                people=[self._contribution(who) for who in row["people"].split()],
                **{
                    name: row[name]
                    for name in ("venue", "doi", "indexing", "grade", "role", "note")
                    if name in row
                },
                by=self.by,
            )
            self.prove(outcome, row.get("proof", []), row["date"])

    def _contribution(self, who) -> Contribution:
        name, _, role = who.rstrip(")").partition("(")
        return Contribution(member=self.member.get(name), name=name, role=ROLES.get(role, ""))

    # ---------------------------------------------------------------- evidence
    def prove(self, record, kinds, day) -> None:
        """Attach a drawn picture for each of these kinds of evidence."""
        outdoors = any(word in getattr(record, "place", "") for word in ("广场", "步道", "陵园", "软件园"))
        for place, kind in enumerate(kinds, start=1):
            word = WORDS[kind]
            if kinds.count(kind) > 1:
                word += str(place)
            picture, ending = draw(
                kind, f"{record._meta.model_name} {record} {day} {place}", outdoors=outdoors
            )
            attach(record, io.BytesIO(picture), kind, f"{word}.{ending}", taken_on=day, by=self.by)


def _belongs(member, day) -> bool:
    since, until = member.transferred_in or member.joined_party, member.transferred_out
    return since.first <= day and not (until and until.last <= day)


def _may_vote(member, day) -> bool:
    """A probationary member does not vote."""
    return member.full_member_since.first <= day

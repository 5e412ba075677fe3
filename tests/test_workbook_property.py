"""Whatever a branch holds, it comes back: generated branches with every field, names and texts full of separators."""

import datetime as dt
import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from activities.models import Activity, ActivityKind, Participation, TaskLine
from activities.services import add_feedback, create_activity
from branch.models import Certification, Member, Post
from branch.services import create_member, hand_in_certification
from core.dates import PartialDate
from core.models import Change
from core.text import match_key, tidy
from exchange.services import export_workbook, import_workbook
from exchange.workbook.sheets import SHEETS
from exchange.workbook.text import (
    PersonText,
    join_list,
    join_pairs,
    join_parts,
    join_people,
    split_list,
    split_pairs,
    split_parts,
    split_people,
)
from outcomes.kinds import SUBTYPES
from outcomes.models import Contribution, Level, Outcome, OutcomeKind
from outcomes.services import create_outcome
from partnerships.models import Agreement, Commitment, PartnerKind, PlanItem
from partnerships.services import create_agreement, create_partner, create_plan_item
from reports.targets import set_target
from tests.factories import OrganisationFactory
from tests.workbooks import cells

PIECES = [
    *("甲", "乙", "王", "a", "B", "7", " ", "；", ";", "、", "#", "＃", "(", ")", "（", "）", "(主持)", "=", "＝"),
    *("|", "｜", "\\", "\\n", "\n", "_x000D_", "_x005F_", "😀", "é", "e\u0301", "[", "其他信息.", "专有信息."),
    *("'", '"', "<&>", "\t"),
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=9).map("".join).map(tidy)
words = texts.filter(lambda text: match_key(text) and len(text) < 40)
dates = st.one_of(
    st.none(),
    st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31)).map(PartialDate.of_day),
    st.tuples(st.integers(1990, 2030), st.integers(1, 12)).map(lambda pair: PartialDate.of_month(*pair)),
    st.integers(1990, 2030).map(PartialDate.of_year),
)
counts = st.none() | st.integers(0, 2_147_483_647)
amounts = st.none() | st.decimals(0, 10**9, places=2)
extras = st.dictionaries(words, words, max_size=3)
ROLE_WORDS = [str(label) for label in Contribution.Role.labels]


@given(st.lists(words))
def test_lists_of_names_survive(names):
    assert split_list(join_list(names)) == names


@given(
    st.lists(
        st.builds(PersonText, words, st.none() | words | st.just(""), st.sampled_from(["", *ROLE_WORDS]))
    )
)
def test_people_survive(people):
    assert split_people(join_people(people, ROLE_WORDS), ROLE_WORDS) == people


@given(st.lists(st.tuples(words, texts)))
def test_pairs_survive(pairs):
    assert split_pairs(join_pairs(pairs)) == pairs


@given(st.lists(texts, min_size=1, max_size=4))
def test_parts_survive_inside_a_pair(parts):
    ((_, value),) = split_pairs(join_pairs([("键", join_parts(parts) or "空")]))
    assert split_parts(value, 4) == (parts + [""] * (4 - len(parts)) if any(parts) else ["空", "", "", ""])


class Maker:
    """Draws a branch and writes it through the services."""

    def __init__(self, draw, organisation):
        self.draw, self.organisation = draw, organisation

    def some(self, strategy, most=3):
        return self.draw(st.lists(strategy, max_size=most))

    def fields(self, **strategies):
        return {name: self.draw(strategy) for name, strategy in strategies.items()}

    def record(self):
        return self.fields(extra=extras, in_reports=st.booleans())

    def make(self):
        draw = self.draw
        names = draw(st.lists(words, min_size=1, max_size=3))
        self.members = [
            self.member(number, draw(st.sampled_from(names))) for number in range(draw(st.integers(0, 4)))
        ]
        for member in self.members:
            self.certifications(member)
        self.partners = self.make_partners()
        self.agreements = self.make_agreements() if self.partners else []
        self.items = [item for agreement in self.agreements for item in self.plan_items(agreement)]
        for number in range(draw(st.integers(0, 3))):
            self.activity(number)
        for number in range(draw(st.integers(0, 4))):
            self.outcome(number)
        for figure in self.some(
            st.sampled_from(["outcomes.paper", "members.total", "certifications.ratio:HC;、IP"])
        ):
            set_target(
                self.organisation,
                draw(st.integers(1900, 2100)),
                figure,
                draw(st.decimals(0, 999, places=4)),
                by=None,
            )

    def member(self, number, name):
        posts = [
            Post(
                name=post, starts_on=start, ends_on=None if start and end and end.last < start.first else end
            )
            for post, start, end in self.some(st.tuples(words, dates, dates))
        ]
        fields = self.fields(
            gender=st.sampled_from(["", *Member.Gender.values]),
            ethnicity=words.filter(lambda text: len(text) <= 20) | st.just(""),
            born=dates,
            category=st.sampled_from(Member.Category.values),
            joined_party=dates,
            full_member_since=dates,
            education=words,
            duty=words,
            phone=words,
            transferred_in=dates,
            name_pinyin=st.just("") | st.just("xie jiu"),
        )
        return create_member(
            self.organisation, staff_number=f"{self.draw(words)[:20]}{number}", name=name, posts=posts, by=None,
            **fields, **self.record(),
        )  # fmt: skip

    def certifications(self, member):
        taken = set()
        for passed, direction in self.some(st.tuples(dates.filter(bool), words | st.just(""))):
            if (passed, direction) not in taken:
                taken.add((passed, direction))
                fields = self.fields(
                    number=words, level=words, valid_until=dates, return_reason=words,
                    status=st.sampled_from(Certification.Status.values),
                )  # fmt: skip
                type_name = self.draw(st.sampled_from(["HCIP", "HC;、IP"]))
                hand_in_certification(
                    member, type_name, direction=direction, passed_on=passed, by=None, **fields, **self.record()
                )  # fmt: skip

    def make_partners(self):
        names = self.draw(st.lists(words, max_size=6, unique_by=match_key))
        kinds = st.sampled_from(list(PartnerKind.objects.all()))
        partners = []
        while names:
            name, aliases, names = names[0], names[1:3], names[3:]
            fields = self.fields(
                kind=kinds, contact=words, since=dates, note=texts, name_pinyin=st.just("") | st.just("x")
            )
            partners.append(
                create_partner(
                    self.organisation, name=name, aliases=aliases, by=None, **fields, **self.record()
                )
            )
        return partners

    def chosen(self, things):
        return self.draw(st.lists(st.sampled_from(things), unique=True)) if things else []

    def make_agreements(self):
        made = []
        for number in range(self.draw(st.integers(0, 3))):
            commitments = [
                Commitment(name=name, promised=promised, unit=unit[:10], delivered=delivered)
                for name, promised, unit, delivered in self.some(st.tuples(words, counts, texts, counts))
            ]
            fields = self.fields(
                name=words, signed_on=dates, content=texts, promises=texts, purpose=texts, own_duties=texts,
                partner_duties=texts, liaison=words, status=st.sampled_from(Agreement.Status.values),
            )  # fmt: skip
            made.append(
                create_agreement(
                    self.organisation,
                    code=f"{self.draw(words)[:30]}-{number}",
                    commitments=commitments,
                    by=None,
                    partners=self.chosen(self.partners) or self.partners[:1],
                    renews=self.draw(st.none() | st.sampled_from(made)) if made else None,
                    **fields,
                    **self.record(),
                )
            )
        return made

    def plan_items(self, agreement):
        return [
            create_plan_item(
                agreement, number=number, by=None, **self.record(),
                **self.fields(
                    theme=words, planned_on=dates, form=words, place=words, lead=words, responsible=words,
                    participants=words, expected_result=texts, status=st.sampled_from(PlanItem.Status.values),
                ),
            )
            for number in self.draw(st.lists(st.integers(0, 99), unique=True, max_size=2))
        ]  # fmt: skip

    def people(self):
        people = []
        remarks = st.just("") | words | st.sampled_from(ROLE_WORDS)
        for role in Participation.Role:
            for member in self.chosen(self.members):
                people.append(
                    Participation(role=role, member=member, name=member.name, remark=self.draw(remarks))
                )
            if role not in Participation.MEMBERS_ONLY:
                for name in self.some(words | st.sampled_from([m.name for m in self.members] or ["甲"])):
                    people.append(Participation(role=role, name=name, remark=self.draw(remarks)))
        away = {person.member for person in people if person.role == "present"}
        return [
            person
            for person in people
            if person.role not in ("on_leave", "absent") or person.member not in away
        ]

    def activity(self, number):
        item = self.draw(st.none() | st.sampled_from(self.items)) if self.items else None
        agreement = (
            item.agreement
            if item
            else self.draw(st.none() | st.sampled_from(self.agreements))
            if self.agreements
            else None
        )
        numbers = ["person_times", "persons", "expected", "present", "voters_expected", "voters_present", "votes_for",
                   "votes_against", "votes_abstaining"]  # fmt: skip
        people = self.people()
        kept, seen = [], set()
        for person in people:  # nobody both on leave and absent
            mark = (person.member_id, person.role in ("on_leave", "absent"))
            if not (person.member_id and mark[1] and mark in seen):
                kept.append(person)
            seen.add(mark)
        activity = create_activity(
            self.organisation, code=f"{self.draw(words)[:30]}-{number}", by=None,
            partners=self.chosen(self.partners), people=kept,
            agreement=agreement, plan_item=item, starts_on=dt.date(2024, 5, 1),
            ends_on=self.draw(st.none() | st.dates(dt.date(2024, 5, 2), dt.date(2024, 6, 1))),
            lines=self.draw(st.lists(st.sampled_from(list(TaskLine)), min_size=1)), **self.record(),
            **self.fields(
                kind=st.sampled_from(list(ActivityKind.objects.all())), theme=words, starts_at=st.none() | st.times(),
                place=words, summary=texts, agenda=texts, speeches=texts, resolution=texts,
                status=st.sampled_from(Activity.Status.values),
                count_method=st.sampled_from(["", *Activity.CountMethod.values]),
                **dict.fromkeys(numbers, counts),
            ),
        )  # fmt: skip
        said = self.draw(st.lists(st.tuples(words, words), unique=True, max_size=2))
        for identity, content in said:
            received = self.draw(st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)))
            add_feedback(
                activity, identity=identity, content=content, may_quote=self.draw(st.booleans()),
                received_on=received, by=None, **self.record(),
            )  # fmt: skip

    def outcome(self, number):
        kind = self.draw(st.sampled_from(list(OutcomeKind.objects.all())))
        subtypes = [subtype for subtype, (code, _) in SUBTYPES.items() if code == kind.code]
        people, taken = [], set()
        makers = st.sampled_from([None, *self.members])
        roles = st.sampled_from(["", *Contribution.Role.values])
        for member, name, role in self.some(st.tuples(makers, words, roles), 5):
            if member is None or (member.pk, role) not in taken:
                taken.add((member and member.pk, role))
                people.append(Contribution(member=member, name=member.name if member else name, role=role))
        states = st.sampled_from(["", *(state.value for state in Outcome.STATES[kind.states])])
        create_outcome(
            self.organisation, code=f"{self.draw(words)[:30]}-{number}", kind=kind, people=people, by=None,
            subtype=self.draw(st.sampled_from(subtypes)) if subtypes else "", **self.record(),
            **self.fields(
                name=words, level=st.sampled_from(["", *Level.values]), level_basis=words, date=dates, status=states,
                venue=words, number=words, doi=words, indexing=words, grade=words, role=words, note=texts,
                contract_amount=amounts, received_amount=amounts,
                review=st.sampled_from(["accepted", "accepted", "proposed", "returned"]), return_reason=words,
                details=st.dictionaries(st.sampled_from(["ISSN", "卷", "学生", "页码"]) | words, words, max_size=3),
            ),
        )  # fmt: skip


def stored(organisation):
    """Every record of the branch but for ids and times."""
    left_out = {"id", "organisation_id", "created_at", "updated_at", "submitted_at", "version"}
    left_out |= {"created_by_id", "entry_key"}
    found = {}
    for sheet in SHEETS:
        relations = {field.attname for field in sheet.model._meta.concrete_fields if field.is_relation}
        found[sheet.name] = sorted(
            json.dumps(
                {name: value for name, value in row.items() if name not in left_out | relations},
                default=str,
                sort_keys=True,
                ensure_ascii=False,
            )
            for row in sheet.model.objects.live().of([organisation]).values()
        )
    return found


@pytest.mark.django_db
@settings(
    max_examples=25,
    derandomize=True,  # the same branches in every run
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a branch is large: to shrink one takes minutes
)
@given(st.data())
def test_any_branch_comes_back(data):
    with transaction.atomic():
        north, south = OrganisationFactory(), OrganisationFactory()
        Maker(data.draw, north).make()
        first = export_workbook(north)
        changes = Change.objects.count()
        plan = import_workbook(north, first, by=None)
        assert plan.is_empty, [
            plan.differences(draft) for sheet in SHEETS for draft in plan.changed(sheet.name)
        ]
        assert Change.objects.count() == changes
        import_workbook(south, first, by=None)
        assert cells(export_workbook(south)) == cells(first)
        assert stored(south) == stored(north)
        transaction.set_rollback(True)

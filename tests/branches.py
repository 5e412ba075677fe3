"""Made-up branches as hostile as records may be: names with digits, brackets and rare characters, dates half known,
amounts, promises, quotes, targets, proofs. The same branches in every run.

The records are dealt by test_figures_recount; here each gets all that a report tells of it.
"""

import datetime as dt
import hashlib
import random
from decimal import Decimal
from types import SimpleNamespace

from django.db import transaction

from activities.models import Activity, ActivityKind, Feedback, Participation
from branch.models import Certification, Member, Programme
from core.dates import Window
from core.files import store_file
from core.models import Attachment
from core.text import match_key
from outcomes.models import Contribution, Outcome, OutcomeKind
from partnerships.models import Agreement, Commitment, Partner, PartnerAlias, PlanItem
from reports.models import Target
from tests.documents import picture
from tests.factories import CommitteeFactory, OrganisationFactory
from tests.test_figures_recount import OWN_ACTIVITY_KIND, OWN_OUTCOME_KINDS, Dealer, write

PEOPLE = [
    "𠮷镕堃", "王芳", "李明", "张5G", "赵(2024)", "=1+1", "欧阳〇〇", "阿卜杜拉·买买提", "陈[甲]{乙}", "刘100%",
    "O'Brien, P. 3",
]  # fmt: skip
THEMES = [
    "数字技能进社区", "第3期", "5G", "2024", "=1+1", "服务50人次的志愿者培训", "100%满意的讲座（第2场）",
    "“根技术”进课堂", "《条例》学习", "AI+X [2024] {试点}", "主题党日", "3月12日植树", "金额3.5万元的项目",
    "𠮷镕堃事迹报告会", "a<b>&\"c'",
]  # fmt: skip
PLACES = ["", "区科技馆", "3号楼 201", "社区 5G 体验厅", "线上（腾讯会议 123-456-789）", "2024室"]
VENUES = [
    "",
    "学报",
    "《党建研究》",
    "Journal of 5G, 2024",
    "Proc. Workshop on Maps 3",
    "省教育厅",
    "第14届组委会（2024）",
]
GRADES = ["", "一等奖", "优秀奖", "第3名", "前10%"]
INDEXES = ["", "SCI 2区", "EI", "CSSCI", "北大核心", "普刊"]
IDENTITIES = ["家长", "银行员工", "", "3年级学生"]
WORDS = [
    "学会了3个技巧",
    "100%满意。",
    "讲得好！",
    "孩子“很喜欢”，问了5次",
    "2024年最好的一次",
    "第一行\n第二行",
]
PROMISES = ["员工培训", "2024年讲座", "创新孵化中心", "实习岗位（3个月）"]
UNITS = ["场", "个", "", "人次"]
TARGETS = {
    "activities.total": ["1", "10", "1000"],
    "outcomes.paper": ["0", "3", "20"],
    "outreach.person_times": ["1200", "5"],
    "outcomes.funds:vertical": ["200000", "35000.50"],
    "certifications.ratio:HCIP": ["0.9", "90", "1"],
    "partnerships.agreements_signed": ["2"],
    "branch_life.party_lecture": ["4"],
    "outcomes.patent:invention": ["2"],
    "members.total": ["17"],
}
WINDOWS = [
    Window.year(2024),
    Window.academic_year(2023),
    Window(dt.date(2024, 3, 1), dt.date(2024, 6, 30)),
    Window.year(2024),
    Window(dt.date(2023, 6, 15), dt.date(2025, 2, 28)),
]


class Storyteller(Dealer):
    """Deals records with all that a report tells of them."""

    def __init__(self, seed, branch, ids):
        super().__init__(random.Random(seed), branch, ids)

    def name(self, pool):
        """A name of the pool; sometimes with a number of its own, or as long as names get."""
        name = self.random.choice(pool)
        if self.once_in(3):
            name += self.random.choice([f"（第{self.random.randint(1, 12)}期）", " 3", "，" + "长" * 60])
        return name

    def member(self):
        return super().member() | {"name": self.random.choice(PEOPLE)}

    def partner(self):
        number = self.random.randrange(10**6)
        return super().partner() | {
            "name": f"{self.random.choice(['第3', '某5G', '赣江（2024）', ''])}社区党委{number}"
        }

    def agreement(self):
        parts = [
            SimpleNamespace(
                name=name,
                promised=self.random.choice([None, 0, 3, 12]),
                unit=self.random.choice(UNITS),
                delivered=self.random.choice([None, 0, 2, 15]),
            )
            for name in self.random.sample(PROMISES, self.random.randint(0, 3))
        ]
        return super().agreement() | {
            "name": f"{self.name(THEMES)}协议",
            "commitments": parts,
            "promises": self.random.choice(["", "每年2次，共4场"]),
        }

    def plan_item(self):
        return (fields := super().plan_item()) and fields | {
            "theme": self.name(THEMES),
            "form": self.random.choice(["", "党课", "项目对接3"]),
            "responsible": self.random.choice(["", *PEOPLE]),
        }

    def activity(self):
        fields = super().activity() | {
            "theme": self.name(THEMES),
            "place": self.random.choice(PLACES),
            "present": self.random.choice([None, 0, 7]),
            "members": self.some("member", most=6),
            "summary": self.random.choice(["", "支部90%的党员参加，成效显著"]),
            "quotes": [
                SimpleNamespace(
                    identity=self.random.choice(IDENTITIES),
                    content=words,
                    may_quote=self.once_in(2),
                    received_on=self.random.choice([None, self.day()]),
                )
                for words in self.random.sample(WORDS, self.random.choice([0, 0, 1, 3]))
            ],
        }
        if self.once_in(5):
            fields["person_times"] = self.random.choice([1120, 12345])
        return fields

    def outcome(self):
        fields = super().outcome()
        if fields["kind"] == "patent" and self.once_in(2):
            fields["number"] = self.random.choice(["ZL202210031748.2", "zl 2023 2 1604512.x"])
        makers = [
            (maker, self.random.choice(["", "leader", "corresponding", "adviser"]))
            for maker in fields["makers"]
        ]
        makers += [(name, "") for name in self.random.sample(PEOPLE, self.random.choice([0, 0, 1, 3]))]
        return fields | {
            "name": self.name(THEMES),
            "venue": self.random.choice(VENUES),
            "grade": self.random.choice(GRADES),
            "indexing": self.random.choice(INDEXES) if "paper" in fields["kind"] else "",
            "level": self.random.choice(
                ["", "", "international", "national", "provincial", "municipal", "college"]
            ),
            "details": self.random.choice(
                [{}, {"期": "3", "卷": "15", "页码": "1—9"}, {"期": "第4期", "出版社": "出版社2"}]
            ),
            "doi": self.random.choice(["", "10.1000/x.2024"]),
            "people": makers,
        }


def deal(seed, branch, ids):
    """The records of one branch."""
    return Storyteller(seed, branch, ids)


def tell(dealer, *, with_files=False):
    """Write the records of a dealer, and what they tell."""
    of = dealer.dealt
    names = {member.id: member.name for member in of["member"]}
    with transaction.atomic():
        write(dealer.records)
        _set(
            Member,
            of["member"],
            lambda r: {"name": r.name, "name_key": match_key(r.name), "name_pinyin": r.name},
        )
        _set(Partner, of["partner"], lambda r: {"name": r.name, "name_key": match_key(r.name)})
        _set(Agreement, of["agreement"], lambda r: {"name": r.name, "promises": r.promises})
        _set(
            PlanItem,
            of["plan_item"],
            lambda r: {"theme": r.theme, "form": r.form, "responsible": r.responsible},
        )
        fields = ("theme", "place", "present", "summary")
        _set(Activity, of["activity"], lambda r: {name: getattr(r, name) for name in fields})
        fields = ("name", "venue", "grade", "indexing", "level", "details", "doi")
        _set(Outcome, of["outcome"], lambda r: {name: getattr(r, name) for name in fields})
        _set(Certification, of["certification"], lambda r: {})
        Contribution.objects.filter(outcome__organisation_id=dealer.branch).delete()
        Contribution.objects.bulk_create(
            Contribution(
                outcome_id=r.id,
                position=place,
                role=role,
                **({"member_id": who, "name": names[who]} if who in names else {"name": who}),
            )
            for r in of["outcome"]
            for place, (who, role) in enumerate(r.people, start=1)
        )
        Commitment.objects.bulk_create(
            Commitment(agreement_id=r.id, position=place, **vars(part))
            for r in of["agreement"]
            for place, part in enumerate(r.commitments, start=1)
        )
        Participation.objects.bulk_create(
            Participation(activity_id=r.id, member_id=member, name=names[member], role="present")
            for r in of["activity"]
            for member in r.members
        )
        Feedback.objects.bulk_create(
            Feedback(
                organisation_id=dealer.branch,
                activity_id=r.id,
                content_key=hashlib.sha256(quote.content.encode()).hexdigest(),
                **vars(quote),
            )
            for r in of["activity"]
            for quote in r.quotes
        )
        _around(dealer)
        if with_files:
            _files(dealer)


def _set(model, records, values):
    rows = []
    for record in records:
        row = model(pk=record.id)
        for name, value in values(record).items():
            setattr(row, name, value)
        rows.append(row)
    if rows and (names := list(values(records[0]))):
        model.objects.bulk_update(rows, names)


def _around(dealer):
    """Targets, the programme, another name of a partner."""
    pick = dealer.random
    for year in (2024, 2025):
        for key in pick.sample(sorted(TARGETS), pick.randint(0, 4)):
            value = Decimal(pick.choice(TARGETS[key]))
            Target.objects.create(organisation_id=dealer.branch, year=year, figure=key, value=value)
    if pick.random() < 0.5:
        Programme.objects.create(
            organisation_id=dealer.branch, name="强国行专项行动", level=pick.choice(["national", "provincial"]),
            document_number=pick.choice(["", "教思政厅函〔2024〕15号"]),
            starts_on=dt.date(2024, 10, 1), ends_on=dt.date(2027, 9, 30),
        )  # fmt: skip
    for partner in dealer.dealt["partner"][:1]:
        PartnerAlias.objects.create(
            partner_id=partner.id, name=f"别名{partner.id}", name_key=f"别名{partner.id}"
        )


def _files(dealer):
    """Proofs for two records of three: a photo and a sheet, the same picture for all."""
    photo = store_file(picture("steelblue", (320, 240)), "image/jpeg")
    sheet = store_file(b"1001,1002\n", "text/csv")
    for kind, model in (("activity", Activity), ("outcome", Outcome), ("agreement", Agreement)):
        for record in dealer.dealt[kind]:
            if dealer.random.random() < 0.66:
                about = {"record": model(pk=record.id), "organisation_id": dealer.branch}
                Attachment.objects.create(
                    **about,
                    blob=photo,
                    kind="photo",
                    name="IMG_2024.JPG",
                    caption=dealer.random.choice(["", "合影5人"]),
                )
                Attachment.objects.create(
                    **about, blob=sheet, kind="sign_in", name="签到 2024.csv", position=2
                )


def make_places(count):
    """A college and its branches. Their names hold digits and a rare character."""
    ActivityKind.objects.get_or_create(code=OWN_ACTIVITY_KIND, defaults={"name": "读书会"})
    OutcomeKind.objects.get_or_create(code=OWN_OUTCOME_KINDS[0], defaults={"name": "教学案例"})
    OutcomeKind.objects.get_or_create(
        code=OWN_OUTCOME_KINDS[1], defaults={"name": "校本项目", "states": "project"}
    )
    college = CommitteeFactory(code="college", name="信息工程学院党委")
    names = ["教师第{}党支部", "5G研究所教师党支部{}", "镕堃𠮷教师党支部{}"]
    return [
        OrganisationFactory(parent=college, code=f"branch-{number}", name=names[number % 3].format(number))
        for number in range(1, count + 1)
    ]


__all__ = ["OWN_OUTCOME_KINDS", "WINDOWS", "deal", "make_places", "tell"]

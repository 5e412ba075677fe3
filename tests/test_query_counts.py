"""Every list, page or API, at 1, 3 and 30 rows costs one literal number of queries; so does every page of a record
with 1, 3 and 30 of whatever hangs on it. The numbers are written out: whoever makes a page dearer changes them here."""

import datetime as dt

import pytest
from django.urls import reverse

from tests import factories
from tests.test_editing import as_shown
from tests.test_figures_walk import FIXED
from tests.test_matrix import OURS

pytestmark = pytest.mark.django_db

# List → queries for one page of it, as the secretary of one branch asks.
LISTS = {
    "branch:member_list": 7,
    "branch:certification_list": 11,  # three of them for the outlook
    "branch:programme_list": 5,
    "partnerships:partner_list": 8,
    "partnerships:agreement_list": 8,
    "partnerships:planitem_list": 8,
    "activities:activity_list": 9,
    "activities:feedback_list": 6,
    "outcomes:outcome_list": 11,
    "workbench:target_list": 8,  # each with where it stands: the figures are asked once for all
    "reports:report_list": 7,
    "workbench:answer_list": 8,  # one of them for the text to the group
    "workbench:download_list": 6,
    "core:notice_list": 4,
    "core:accounts": 5,
    "api:member-list": 5,
    "api:certification-list": 5,
    "api:programme-list": 4,
    "api:partner-list": 5,
    "api:agreement-list": 7,
    "api:planitem-list": 4,
    "api:activity-list": 7,
    "api:feedback-list": 4,
    "api:outcome-list": 6,
    "api:target-list": 4,
}
# Page of one record → queries for it, whatever hangs on the record.
PAGES = {
    "branch:member_detail": 10,
    "branch:certification_detail": 10,
    "branch:programme_detail": 7,
    "partnerships:partner_detail": 12,
    "partnerships:agreement_detail": 13,
    "partnerships:planitem_detail": 11,
    "activities:activity_detail": 13,
    "activities:feedback_detail": 7,
    "outcomes:outcome_detail": 11,
    "workbench:target_detail": 10,
    "reports:report_detail": 7,
    "core:account": 8,
    "api:member-detail": 5,
    "api:certification-detail": 5,
    "api:programme-detail": 4,
    "api:partner-detail": 5,
    "api:agreement-detail": 7,
    "api:planitem-detail": 4,
    "api:activity-detail": 7,
    "api:feedback-detail": 4,
    "api:outcome-detail": 6,
    "api:target-detail": 4,
}
# Pages of numbers, lists with a picture of their window among them.
FIGURES = {
    "/activities/?window=2024": 10,
    "/outcomes/?window=2024": 11,
    "/?window=2024": 18,
    "/me/?window=2024": 9,
    "/me/downloads/": 5,
    "/reports/figures/outcomes.paper/?window=2024": 11,
    "/certifications/map/?on=2026-12-31": 5,
    "/api/v1/figures/?window=2024": 7,
    "/calendar/?month=2024-06": 9,
    "/api/v1/figures/outcomes.paper/records/?window=2024": 6,
}
# Form → queries for looking at it.
FORMS = {
    "branch:member_new": 5,
    "branch:member_edit": 7,
    "branch:member_appoint": 5,
    "branch:member_transfer_out": 4,
    "branch:certification_new": 7,
    "branch:certification_edit": 8,
    "branch:certification_return": 4,
    "branch:programme_new": 4,
    "activities:feedback_new": 5,
    "activities:feedback_edit": 5,
    "workbench:target_new": 6,
    "workbench:target_edit": 7,
    "workbench:target_year": 7,
    "outcomes:outcome_new": 7,
    "outcomes:outcome_edit": 8,
    "outcomes:outcome_return": 4,
    "branch:programme_edit": 5,
    "partnerships:partner_new": 5,
    "partnerships:partner_edit": 7,
    "partnerships:partner_merge": 5,
    "partnerships:agreement_new": 5,
    "partnerships:agreement_edit": 8,
    "partnerships:agreement_renew": 9,
    "partnerships:agreement_delivery": 5,
    "partnerships:planitem_new": 6,
    "partnerships:planitem_edit": 6,
    "partnerships:plan_edit": 7,
    "partnerships:plan_table": 11,
    "partnerships:plan_print": 9,
}
# What a form's address asks for besides.
ASKED = {"outcomes:outcome_new": "?kind=paper", "workbench:target_year": "?window=2024"}
# Forms whose address holds not their own record.
OF_ANOTHER = {
    "activities:feedback_new": lambda ledger: [ledger.activity.pk],
    "workbench:target_year": lambda ledger: [],
}
# Form → queries for saving it.
WRITES = {
    "branch:member_new": 19,
    "branch:member_edit": 22,
    "branch:certification_new": 22,
    "branch:certification_edit": 21,
    "branch:programme_new": 14,
    "activities:feedback_new": 18,
    "activities:feedback_edit": 16,
    "workbench:target_new": 17,
    "workbench:target_edit": 18,
    "outcomes:outcome_new": 24,
    "outcomes:outcome_edit": 23,
    "branch:programme_edit": 15,
    "partnerships:partner_new": 21,
    "partnerships:partner_edit": 23,
    "partnerships:agreement_new": 24,
    "partnerships:agreement_edit": 24,
    "partnerships:planitem_new": 21,
    "partnerships:planitem_edit": 17,
    "partnerships:plan_edit": 21,
}
# Form → what is typed into it, beyond what it shows: the ledger and a number → values.
TYPED = {
    "branch:member_new": lambda ledger, number: {
        "name": f"新党员{number}",
        "staff_number": f"新{number}",
        "category": "full",
        "posts-0-name": "书记",
    },
    "branch:member_edit": lambda ledger, number: {"name": f"鲍勃{number}", "staff_number": f"改{number}"},
    "branch:certification_new": lambda ledger, number: {
        "member": ledger.member.pk,
        "type_name": "HCIP",
        "passed_on": f"{2000 + number}",
    },
    "branch:certification_edit": lambda ledger, number: {"number": f"第{number}号"},
    "activities:feedback_new": lambda ledger, number: {
        "said-0-content": f"第 {number} 句",
        "said-0-identity": "家长",
    },
    "activities:feedback_edit": lambda ledger, number: {"content": f"改成第 {number} 句", "may_quote": "on"},
    "workbench:target_new": lambda ledger, number: {
        "year": 2050 + number,
        "figure": "outcomes.paper",
        "value": "10",
    },
    "workbench:target_edit": lambda ledger, number: {"value": str(number)},
    "outcomes:outcome_new": lambda ledger, number: {
        "name": f"新论文{number}",
        "doi": f"10.1000/{number}",
        "people-0-person": ledger.member.name,
    },
    "outcomes:outcome_edit": lambda ledger, number: {"name": f"改名{number}", "people-0-role": "leader"},
    "branch:programme_new": lambda ledger, number: {
        "name": f"第{number}期",
        "level": "national",
        "starts_on": "2024-10-01",
        "ends_on": "2027-09-30",
    },
    "branch:programme_edit": lambda ledger, number: {"name": f"改名第{number}次"},
    "partnerships:partner_new": lambda ledger, number: {"name": f"某{number}单位", "kind": "bank"},
    "partnerships:partner_edit": lambda ledger, number: {"contact": f"联系人{number}"},
    "partnerships:agreement_new": lambda ledger, number: {
        "name": f"新协议{number}",
        "partners": [ledger.partner.pk],
        "status": "signed",
        "signed_on": "2024-03",
        "commitments-0-name": "员工培训",
    },
    "partnerships:agreement_edit": lambda ledger, number: {"content": f"内容{number}"},
    "partnerships:planitem_new": lambda ledger, number: {
        "agreement": ledger.agreement.pk,
        "theme": f"新计划{number}",
    },
    "partnerships:planitem_edit": lambda ledger, number: {"place": f"地点{number}"},
    # Every row moves, and there is a new one.
    "partnerships:plan_edit": lambda ledger, number: {
        f"rows-{ledger.agreement.plan_items.count()}-theme": "插进来的",
        f"rows-{ledger.agreement.plan_items.count()}-number": ledger.plan_item.number,
    },
}


class Ledger:
    """North's records: one tangle of every kind, and as many more of each as wanted."""

    def __init__(self, cast):
        self.place, self.years, self.keys = cast.north, iter(range(1990, 2100)), iter(FIXED)
        self.member, self.partner = cast.bob_member, factories.PartnerFactory(organisation=cast.north)
        self.agreement = factories.AgreementFactory(organisation=cast.north, partners=[self.partner])
        self.plan_item = factories.PlanItemFactory(agreement=self.agreement)
        self.certification = factories.CertificationFactory(member=self.member)
        self.programme = factories.ProgrammeFactory(organisation=cast.north)
        self.activity = factories.ActivityFactory(
            organisation=cast.north,
            agreement=self.agreement,
            plan_item=self.plan_item,
            partners=[self.partner],
        )
        self.feedback = factories.FeedbackFactory(activity=self.activity)
        self.outcome = factories.OutcomeFactory(organisation=cast.north, makers=[self.member])
        self.target = factories.TargetFactory(organisation=cast.north, figure=next(self.keys))
        self.report = factories.ReportFactory(organisation=cast.north)
        self.account, self.reader = cast.bob, cast.alice
        self.planitem, self.plan = self.plan_item, self.agreement  # as the addresses call them

    def grow(self, number):
        """So many more of every kind, each hanging on the first ones, with people, proof and history of its own."""
        for _ in range(number):
            at, year = {"organisation": self.place}, next(self.years)
            member = factories.MemberFactory(**at)
            factories.PostFactory(member=member)
            factories.PostFactory(member=self.member)
            partner = factories.PartnerFactory(**at)
            factories.PartnerAliasFactory(partner=partner)
            factories.PartnerAliasFactory(partner=self.partner)
            agreement = factories.AgreementFactory(**at, partners=[partner, self.partner])
            factories.CommitmentFactory(agreement=agreement)
            factories.CommitmentFactory(agreement=self.agreement)
            item = factories.PlanItemFactory(agreement=agreement)
            factories.PlanItemFactory(agreement=self.agreement)
            activity = factories.ActivityFactory(
                **at, agreement=agreement, plan_item=item, partners=[partner], person_times=9
            )
            factories.ActivityFactory(
                **at, agreement=self.agreement, plan_item=self.plan_item, partners=[self.partner]
            )
            outcome = factories.OutcomeFactory(**at, makers=[member, self.member, "外单位作者"])
            factories.ContributionFactory(outcome=self.outcome, member=member, position=year)
            records = [
                member,
                partner,
                agreement,
                item,
                activity,
                outcome,
                factories.CertificationFactory(member=member),
                factories.CertificationFactory(member=self.member),
                factories.FeedbackFactory(activity=activity),
                factories.FeedbackFactory(activity=self.activity),
                factories.ProgrammeFactory(**at),
                factories.TargetFactory(**at, figure=next(self.keys)),
            ]
            for about in (self.activity, activity):
                factories.ParticipationFactory(activity=about, member=member)
            for record in [*records, *self.first]:
                factories.AttachmentFactory(record=record)
                factories.ChangeFactory(**at, model=record._meta.label_lower, object_id=record.pk)
            report = factories.ReportFactory(
                **at, window_start=dt.date(year, 1, 1), window_end=dt.date(year, 12, 31)
            )
            for about in (report, self.report):
                factories.CompilationFactory(report=about, status="failed")
            factories.YearAnswerFactory(member=member)
            factories.YearAnswerFactory(member=self.member, year=year)
            factories.NoticeFactory(user=self.reader)
            about = self.certification
            factories.ChangeFactory(**at, verb="download", model="branch.certification", object_id=about.pk)
            account = factories.UserFactory()
            factories.AppointmentFactory(**at, user=account, role="member")
            factories.AppointmentFactory(
                **at, user=self.account, role="committee_member", ends_on=dt.date(year, 1, 1)
            )

    @property
    def first(self):
        return [
            self.member,
            self.partner,
            self.agreement,
            self.plan_item,
            self.certification,
            self.programme,
            self.activity,
            self.feedback,
            self.outcome,
            self.target,
        ]


def rows_of(answer):
    """The rows a list shows, page or API."""
    if answer["Content-Type"].startswith("application/json"):
        return answer.json()["results"]
    context = answer.context
    for name in ("accounts", "notices", "others", "records"):
        if name in context:
            return context[name]
    return context["list"].rows


@pytest.fixture
def ledger(cast):
    return Ledger(cast)


def test_every_list_and_every_page_of_a_record_has_its_number():
    assert {url for url in OURS if url.endswith("list")} <= set(LISTS)
    assert {url for url in OURS if url.endswith("detail")} <= set(PAGES)


def test_lists_cost_the_same_at_1_3_and_30_rows(ledger, cast, sign_in, subtests, django_assert_num_queries):
    client, rows = sign_in(cast.alice), {}
    for more in (1, 2, 27):
        ledger.grow(more)
        for url, count in LISTS.items():
            address = f"{reverse(url)}?all=1&page_size=100"
            client.get(address)  # content types and the like are known by now
            with subtests.test(url, rows=more):
                with django_assert_num_queries(count):
                    answer = client.get(address)
                shown = len(rows_of(answer))
                assert shown >= min(rows.get(url, 0) + more, 50)
                rows[url] = shown


def test_pages_cost_the_same_with_1_3_and_30_of_everything(
    ledger, cast, sign_in, subtests, django_assert_num_queries
):
    client = sign_in(cast.alice)
    client.get("/?window=2024")  # where the records are; the choice holds on every page
    for more in (1, 2, 27):
        ledger.grow(more)
        for url, count in PAGES.items():
            name = url.partition(":")[2].replace("-", "_").removesuffix("_detail")
            address = reverse(url, args=[getattr(ledger, name).pk])
            client.get(address)
            with subtests.test(url, hanging=more), django_assert_num_queries(count):
                assert client.get(address).status_code == 200
        for address, count in FIGURES.items():
            client.get(address)
            with subtests.test(address, rows=more), django_assert_num_queries(count):
                assert client.get(address).status_code == 200


def _form_address(url, ledger):
    name = url.partition(":")[2]
    if url in OF_ANOTHER:
        arguments = OF_ANOTHER[url](ledger)
    else:
        arguments = [] if name.endswith("_new") else [getattr(ledger, name.partition("_")[0]).pk]
    return reverse(url, args=arguments) + ASKED.get(url, "")


def test_forms_cost_the_same_with_1_3_and_30_of_everything(
    ledger, cast, sign_in, subtests, django_assert_num_queries
):
    client = sign_in(cast.alice)
    for more in (1, 2, 27):
        ledger.grow(more)
        for url, count in FORMS.items():
            address = _form_address(url, ledger)
            client.get(address)
            with subtests.test(url, hanging=more), django_assert_num_queries(count):
                shown = client.get(address)
            if url in WRITES:
                posted = as_shown(shown) | TYPED[url](ledger, more)
                with subtests.test(f"saving {url}", hanging=more), django_assert_num_queries(WRITES[url]):
                    assert client.post(address, posted).status_code == 302

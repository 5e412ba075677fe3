"""Lists and record pages: who sees what, filters, totals, pages by keyset."""

import base64
import datetime as dt
import itertools
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities.models import Activity
from core.counting import counted_in
from core.dates import Window, today
from core.links import record_url
from core.listing import UNKNOWN_FIRST, Sort, first_or, keyset
from outcomes.models import Outcome
from reports.figures import Totals, compute, drill_down
from reports.source import records_url
from tests import factories as make
from tests.cast import cast, sign_in  # noqa: F401

YEAR = Window.year(2024)
FIGURES = (
    f"outcomes.{number}" for number in itertools.count()
)  # a target for each: one figure has one a year
LISTS = [
    "activities:activity_list",
    "activities:feedback_list",
    "branch:member_list",
    "branch:certification_list",
    "branch:programme_list",
    "partnerships:partner_list",
    "partnerships:agreement_list",
    "partnerships:planitem_list",
    "outcomes:outcome_list",
    "workbench:target_list",
]


def one_of_each(place, member, figure="outcomes.paper"):
    """A record of every kind, hanging together."""
    partner = make.PartnerFactory(organisation=place, phone="13800001234")
    make.PartnerAliasFactory(partner=partner)
    agreement = make.AgreementFactory(organisation=place, partners=[partner])
    make.CommitmentFactory(agreement=agreement, delivered=3)
    item = make.PlanItemFactory(agreement=agreement)
    activity = make.ActivityFactory(
        organisation=place,
        partners=[partner],
        agreement=agreement,
        plan_item=item,
        person_times=42,
        count_method="sign_in",
        lines=("joint_building", "education_service"),
    )
    make.ParticipationFactory(activity=activity, member=member)
    outcome = make.OutcomeFactory(organisation=place, makers=[member, "外单位作者"])
    return [
        partner,
        agreement,
        item,
        activity,
        make.FeedbackFactory(activity=activity),
        outcome,
        make.CertificationFactory(member=member),
        make.ProgrammeFactory(organisation=place),
        make.TargetFactory(organisation=place, figure=figure),
        member,
    ]


@pytest.fixture
def records(cast):  # noqa: F811
    return one_of_each(cast.north, cast.alice_member)


# ---------------------------------------------------------------- who sees what
def test_every_record_has_a_page_for_those_who_may_see_it_and_404_for_others(cast, records, sign_in):  # noqa: F811
    for record in records:
        url = record_url(record)
        assert url, record
        for person, status in (
            ("alice", 200),
            ("diana", 200),
            ("frank", 200),
            ("charlie", 404),
            ("grace", 404),
        ):
            answer = sign_in(getattr(cast, person)).get(url)
            assert answer.status_code == status, (person, url)
        assert sign_in(cast.eve).get(url).status_code == 302


@pytest.mark.parametrize("name", LISTS)
def test_every_list_shows_what_may_be_seen_and_nothing_else(cast, records, sign_in, name):  # noqa: F811
    url = reverse(name)
    mine = sign_in(cast.alice).get(url, {"all": "1"})
    assert mine.status_code == 200
    assert len(mine.context["list"].rows) >= 1
    theirs = sign_in(cast.charlie).get(url, {"all": "1"})
    north = {row.pk for row in mine.context["list"].rows}
    assert not north & {row.pk for row in theirs.context["list"].rows}
    assert sign_in(cast.eve).get(url).status_code == 302


def test_home(cast, records, sign_in):  # noqa: F811
    for person in ("alice", "charlie", "diana", "frank"):
        assert sign_in(getattr(cast, person)).get("/", {"window": "2024"}).status_code == 200
    assert sign_in(cast.bob).get("/").url == "/me/"
    assert sign_in(cast.bob).get("/me/").status_code == 200
    assert sign_in(cast.grace).get("/").status_code == 200


def test_an_ordinary_member_sees_names_of_colleagues_and_nothing_else(cast, records, sign_in):  # noqa: F811
    make.MemberFactory(organisation=cast.north, name="欧阳某", phone="13900005678", staff_number="7788")
    page = sign_in(cast.bob).get("/members/")
    text = page.content.decode()
    assert "欧阳某" in text
    assert "5678" not in text
    assert "7788" not in text
    assert "艾丽" in text
    assert sign_in(cast.bob).get(record_url(cast.alice_member)).status_code == 404
    assert sign_in(cast.bob).get(record_url(cast.bob_member)).status_code == 200
    # No way round through conditions: they are not offered, so they are not obeyed.
    assert len(sign_in(cast.bob).get("/members/", {"q": "7788"}).context["list"].rows) == 0
    assert (
        len(
            sign_in(cast.bob).get("/members/", {"figure": "certifications.holders:HCIP"}).context["list"].rows
        )
        > 1
    )


def test_phones_are_whole_for_editors_only(cast, records, sign_in):  # noqa: F811
    url = record_url(records[0])
    assert "13800001234" in sign_in(cast.alice).get(url).content.decode()
    for person in (cast.frank,):
        text = sign_in(person).get(url).content.decode()
        assert "13800001234" not in text
        assert "*******1234" in text


def test_members_see_no_history(cast, records, sign_in):  # noqa: F811
    activity = records[3]
    assert "修改记录" in sign_in(cast.alice).get(record_url(activity)).content.decode()
    assert "修改记录" not in sign_in(cast.bob).get(record_url(activity)).content.decode()


# ---------------------------------------------------------------- figures
FILLED = [
    "members.total",
    "certifications.holders:HCIP",
    "activities.total",
    "activities.line:joint_building",
    "branch_life.themed_party_day",
    "outreach.sessions",
    "outreach.person_times",
    "outreach.person_times:measured",
    "partnerships.partners",
    "partnerships.agreements_signed",
    "partnerships.agreements_in_force",
    "partnerships.plan_items",
    "partnerships.plan_items:done",
    "partnerships.joint_activities",
    "outcomes.paper",
]


def shown_total(listing, figure):
    """The figure as the total row of a list tells it."""
    if figure.unit == "人次":
        return listing.totals["person_times"]
    if figure.unit == "人":
        return listing.totals["persons"]
    if figure.key == "outcomes.funds:vertical" or figure.key.endswith("_contract"):
        return listing.totals["contract"]
    if figure.is_money:
        return listing.totals["received"]
    return listing.count


def test_every_figure_of_home_is_the_total_of_the_list_it_opens(cast, records, sign_in):  # noqa: F811
    make.OutcomeFactory(
        organisation=cast.north, kind_id="vertical_project", status="ongoing", contract_amount="12.50"
    )
    make.OutcomeFactory(
        organisation=cast.north, kind_id="horizontal_project", status="", contract_amount=9, received_amount=4
    )
    make.OutcomeFactory(
        organisation=cast.north, kind_id="book", subtype="textbook", status="", makers=[cast.bob_member]
    )
    make.ActivityFactory(organisation=cast.north, person_times=7, persons=3)
    client = sign_in(cast.alice)
    figures = compute([cast.north.pk], YEAR)[cast.north.pk]
    assert [key for key in FILLED if figures[key].is_zero] == []
    home = client.get("/", {"window": "2024"}).content.decode()
    for key, figure in figures.items():
        listing = client.get(records_url(key, YEAR)).context["list"]
        assert listing.figure.key == key
        expected = figure.numerator if figure.is_ratio else figure.value
        assert shown_total(listing, figure) == expected, key
        if not figure.is_zero:
            shown = re.search(rf'data-figure="{re.escape(key)}"><b>([^<]*)</b>', home)
            assert shown, key
            assert shown[1] == figure.display, key


def test_a_record_says_in_which_figures_it_counts(cast, records):  # noqa: F811
    figures = compute([cast.north.pk], YEAR)[cast.north.pk]
    for record in records:
        told = {counted.key for counted in counted_in(record, YEAR)}
        behind = {
            key
            for key in figures
            if (rows := drill_down(key, [cast.north.pk], YEAR)).model is type(record)
            and rows.filter(pk=record.pk).exists()
        }
        if record._meta.model_name == "certification":
            assert told == {"certifications.holders:HCIP", "certifications.ratio:HCIP"}
        else:
            assert told == behind, record


# ---------------------------------------------------------------- lists
def test_filters_are_chips_that_can_be_removed(cast, records, sign_in):  # noqa: F811
    make.ActivityFactory(
        organisation=cast.north, kind_id="lecture", lines=["practice_education"], theme="量子计算讲座"
    )
    client = sign_in(cast.alice)
    listing = client.get(
        "/activities/", {"window": "2024", "line": "practice_education", "q": "量子"}
    ).context["list"]
    assert [row.theme for row in listing.rows] == ["量子计算讲座"]
    assert [(chip.label, chip.value) for chip in listing.chips] == [
        ("年度", "2024年度"),
        ("查找", "量子"),
        ("任务线", "实践育人"),
    ]
    assert "line" not in listing.chips[2].remove_url
    assert "q=" in listing.chips[2].remove_url
    nothing = client.get("/activities/", {"window": "2023"})
    assert nothing.context["list"].rows == []
    assert "看全部年份" in nothing.content.decode()
    assert len(client.get("/activities/", {"all": "1"}).context["list"].rows) == 2


def test_a_condition_that_makes_no_sense_is_left_out_and_told(cast, records, sign_in):  # noqa: F811
    page = sign_in(cast.alice).get(
        "/activities/", {"window": "2024", "status": "nonsense", "cursor": "§§", "kind": "x"}
    )
    assert page.status_code == 200
    assert page.context["list"].is_misread
    assert len(page.context["list"].rows) == 1


@pytest.mark.parametrize("text", ["欧阳", "ouyang", "oyc", "ouyangchun"])
def test_members_are_found_by_character_pinyin_and_initials(cast, sign_in, text):  # noqa: F811
    make.MemberFactory(organisation=cast.north, name="欧阳春", name_pinyin="ou yang chun")
    rows = sign_in(cast.alice).get("/members/", {"q": text}).context["list"].rows
    assert [row.name for row in rows] == ["欧阳春"]


def test_partial_dates_are_shown_as_they_are_known(cast, sign_in):  # noqa: F811
    for code, date in (("CG-A", "2024"), ("CG-B", "2024-05"), ("CG-C", "2024-05-07")):
        make.OutcomeFactory(organisation=cast.north, code=code, date=date)
    text = sign_in(cast.alice).get("/outcomes/", {"window": "2024"}).content.decode()
    for date in ("2024", "2024-05", "2024-05-07"):
        assert f'<td class="nowrap at-a">{date}</td>' in text


def test_outcomes_without_a_date_are_in_no_year_and_can_be_found(cast, sign_in):  # noqa: F811
    make.OutcomeFactory(organisation=cast.north, date=None)
    client = sign_in(cast.alice)
    assert client.get("/outcomes/", {"window": "2024"}).context["list"].rows == []
    assert len(client.get("/outcomes/", {"date": "missing"}).context["list"].rows) == 1


@pytest.mark.parametrize("descending", [True, False])
def test_pages_by_key_are_stable_with_equal_keys(cast, descending):  # noqa: F811
    same = dt.date(2024, 6, 1)
    make.ActivityFactory.create_batch(7, organisation=cast.north, starts_on=same)
    make.ActivityFactory.create_batch(3, organisation=cast.north, starts_on=dt.date(2024, 7, 1))
    sort = Sort("date", "日期", "starts_on", descending)
    seen, cursor = [], ""
    while True:
        rows, cursor = keyset(Activity.objects.all(), sort, cursor, size=2)
        seen += [row.pk for row in rows]
        if len(seen) == 4:  # a row that arrives on a page already seen shifts nothing
            make.ActivityFactory(organisation=cast.north, starts_on=dt.date(2024, 12 if descending else 1, 1))
        if not cursor:
            break
    expected = sorted(
        Activity.objects.exclude(starts_on__in=[dt.date(2024, 12, 1), dt.date(2024, 1, 1)]).values_list(
            "starts_on", "pk"
        ),
        reverse=descending,
    )
    assert seen == [pk for _, pk in expected]


def test_rows_without_a_date_page_too(cast):  # noqa: F811
    for date in (None, "2024", None, "2023", None):
        make.OutcomeFactory(organisation=cast.north, date=date)
    sort = Sort("date", "日期", first_or("date", UNKNOWN_FIRST))
    seen, cursor = [], ""
    while True:
        rows, cursor = keyset(Outcome.objects.all(), sort, cursor, size=1)
        seen += rows
        if not cursor:
            break
    assert [str(row.date) for row in seen] == ["None", "None", "None", "2024", "2023"]
    assert len({row.pk for row in seen}) == 5


def test_a_long_list_says_that_there_are_more_instead_of_counting(cast, sign_in, monkeypatch):  # noqa: F811
    monkeypatch.setattr("core.listing.COUNTED", 3)
    make.ActivityFactory.create_batch(5, organisation=cast.north, person_times=1)
    client = sign_in(cast.alice)
    listing = client.get("/activities/", {"window": "2024"}).context["list"]
    assert listing.count_text == "3+"
    assert listing.totals == {}
    whole = client.get(records_url("outreach.sessions", YEAR)).context["list"]
    assert (whole.count, whole.totals["person_times"]) == (5, 5)


# ---------------------------------------------------------------- cost
@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_however_long(cast, sign_in, name):  # noqa: F811
    client, counts = sign_in(cast.alice), []
    client.get(reverse(name), {"window": "2024"})
    for more in (1, 2, 27):
        for _ in range(more):
            one_of_each(cast.north, make.MemberFactory(organisation=cast.north), figure=next(FIGURES))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(name), {"all": "1"})
        counts.append(len(asked))
    # Targets stand beside their figures, which are all of them asked at once.
    limit = 18 if name == "workbench:target_list" else 12
    assert counts[0] == counts[1] == counts[2] <= limit, counts


def test_pages_of_records_cost_the_same_however_much_hangs_on_them(cast, sign_in):  # noqa: F811
    client = sign_in(cast.alice)
    records = one_of_each(cast.north, cast.alice_member)
    partner, agreement, item, activity, _, outcome, *_ = records
    before = {}
    for record in records:
        client.get(record_url(record))
        with CaptureQueriesContext(connection) as asked:
            client.get(record_url(record))
        before[record] = len(asked)
    for number in range(3):
        member = make.MemberFactory(organisation=cast.north)
        make.ParticipationFactory(activity=activity, member=member)
        make.FeedbackFactory(activity=activity)
        make.ContributionFactory(outcome=outcome, member=member, name=member.name, position=10 + number)
        make.ActivityFactory(organisation=cast.north, agreement=agreement, plan_item=item, partners=[partner])
        make.AgreementFactory(organisation=cast.north, partners=[partner])
        make.PlanItemFactory(agreement=agreement)
        for record in records:
            make.ChangeFactory(organisation=cast.north, model=record._meta.label_lower, object_id=record.pk)
            make.AttachmentFactory(record=record)
    for record in records:
        with CaptureQueriesContext(connection) as asked:
            client.get(record_url(record))
        assert len(asked) == before[record], record
        assert len(asked) <= (20 if record._meta.model_name == "target" else 15), (record, len(asked))


# ---------------------------------------------------------------- home
def test_home_opens_the_latest_year_with_activities_and_says_so(cast, records, sign_in):  # noqa: F811
    client = sign_in(cast.alice)
    page = client.get("/")
    assert page.context["frame"].window == YEAR
    assert f"{today().year}年度还没有已举办的活动" in page.content.decode()
    assert client.get("/activities/").context["list"].window == YEAR
    chosen = client.get("/", {"window": str(today().year)})
    assert chosen.context["frame"].window == Window.year(today().year)


def test_home_of_a_committee_adds_up(cast, records, sign_in):  # noqa: F811
    make.ActivityFactory.create_batch(2, organisation=cast.south)
    page = sign_in(cast.diana).get("/", {"window": "2024"})
    cells = ([figure.value for _, figure, _ in row["cells"]] for row in page.context["rows"])
    columns = list(zip(*cells, strict=True))
    assert [sum(column) for column in columns] == [figure.value for _, figure, _ in page.context["sums"]]
    for _, _, url in page.context["sums"]:
        assert sign_in(cast.diana).get(url).status_code == 200
    inside = sign_in(cast.diana).get("/", {"branch": "north", "window": "2024"})
    assert "工作台" in inside.content.decode()


def test_home_of_a_committee_pages_its_table_at_one_cost(cast, sign_in, django_assert_num_queries):  # noqa: F811
    client = sign_in(cast.diana)
    client.get("/", {"window": "2024"})
    for more in (1, 2, 40):
        for branch in make.OrganisationFactory.create_batch(more, parent=cast.college):
            make.ActivityFactory(organisation=branch)
        with django_assert_num_queries(17):
            page = client.get("/")
    assert len(page.context["rows"]) == 40
    rest = client.get("/", {"page": "2"})
    assert [row["branch"] for row in rest.context["rows"]] == page.context["frame"].branches[40:]
    assert rest.context["sums"] == page.context["sums"]
    assert {label: figure.value for label, figure, _ in page.context["sums"]}["活动"] == 43
    assert len(page.content) < 84_000


def test_home_of_a_committee_shows_the_branches_that_lack_something(cast, sign_in):  # noqa: F811
    make.CertificationFactory(member=cast.charlie_member, status="pending")
    make.CompilationFactory(report=make.ReportFactory(organisation=cast.north), status="done")
    client = sign_in(cast.diana)

    def shown(**query):
        page = client.get("/", {"window": "2024", **query})
        return [row["branch"] for row in page.context["rows"]], page

    every, page = shown()
    assert every == [cast.north, cast.south]
    assert [(view.label, view.number) for view in page.context["views"]] == [
        ("全部", 2), ("年报未编译", 1), ("组织生活有缺", 2), ("待审核", 1),
    ]  # fmt: skip
    assert [row["report"][:2] for row in page.context["rows"]] == [("已编译", "ok"), ("未编译", "outline")]
    assert shown(lacking="report")[0] == shown(lacking="review")[0] == [cast.south]
    assert shown(lacking="nonsense")[0] == every
    nobody, page = shown(lacking="proof")
    assert not nobody
    assert "没有这样的支部" in page.content.decode()


def test_all_figures_of_a_committee_are_those_of_its_branches_together(cast, records, sign_in):  # noqa: F811
    make.ActivityFactory.create_batch(2, organisation=cast.south)
    places = [cast.north.pk, cast.south.pk]
    totals = Totals(compute(places, YEAR).values())
    page = sign_in(cast.diana).get("/figures/", {"window": "2024"}).content.decode()
    shown = dict(re.findall(r'data-figure="([^"]+)"><b>([^<]*)</b>', page))
    told = {key: figure.display for key, figure in totals.items() if not (figure.is_zero and ":" in key)}
    assert shown == told
    assert "/figures/?window=2024" in sign_in(cast.diana).get("/", {"window": "2024"}).content.decode()


def test_home_costs_the_same_however_much_there_is(cast, sign_in):  # noqa: F811
    client, counts = sign_in(cast.alice), []
    client.get("/", {"window": "2024"})
    for more in (1, 2, 10):
        for _ in range(more):
            one_of_each(cast.north, make.MemberFactory(organisation=cast.north), figure=next(FIGURES))
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2], counts


def test_every_link_of_home_and_lists_leads_somewhere(cast, records, sign_in):  # noqa: F811
    client = sign_in(cast.alice)
    pages = [
        "/?window=2024",
        *(f"{reverse(name)}?all=1" for name in LISTS),
        *(record_url(record) for record in records),
    ]
    followed = set()
    for page in pages:
        path = page.partition("?")[0]
        for link in re.findall(r'href="([^"]+)"', client.get(page).content.decode()):
            url = link.replace("&amp;", "&")
            if url.startswith(("/static/", "#")):
                continue
            url = f"{path}{url}" if url.startswith("?") else url
            if url.partition("#")[0] not in followed:
                followed.add(url.partition("#")[0])
                assert client.get(url, follow=True).status_code == 200, (page, url)
    assert len(followed) > 60


# ---------------------------------------------------------------- what anybody can type into the address
def cursor_of(*parts):
    return "cursor=" + base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


NONSENSE = [
    *("q=%00", "q=%25", "q=[", "q=(((", "kind=%00", "type=99999999999999999999", "branch=%00", "cursor=%00"),
    *("partner=1e99", "partner=99999999999999999999", "agreement=1e99", "activity=NaN", "year=1e99"),
    *("window=9999", "window=2024..2023", "window=2024-05-01..2024-04-01", "window=1900-01-01..2100-12-31"),
    *("from=2024-01-01&to=2023-01-01", "from=x&to=y", "sort=nope", "cursor=!!!"),
    *("figure=%00", "figure=nothing", "figure=certifications.holders:%00", "figure=certifications.holders:x"),
    *(cursor_of("abc", 1), cursor_of(1, 2), cursor_of("2024-01-01", 2**62), cursor_of(True, True)),
    *(cursor_of("\0", 1), cursor_of(10**30, 1), f"sort=entry&{cursor_of('abc', 1)}"),
]
API = ["activities", "targets", "figures", "figures/certifications.holders:%00/records"]


def test_nonsense_in_the_address_is_never_a_crash(cast, records, sign_in):  # noqa: F811
    client = sign_in(cast.alice)
    for query in NONSENSE:
        for path in ("/", *(reverse(name) for name in LISTS)):
            assert client.get(f"{path}?{query}").status_code == 200, (path, query)
        for path in API:
            assert client.get(f"/api/v1/{path}/?{query}").status_code in (200, 400, 404), (path, query)


def test_an_admin_elsewhere_sees_no_figures_of_a_branch_where_he_is_a_member_only(cast, sign_in):  # noqa: F811
    west = make.OrganisationFactory(code="west", name="西楼教师党支部")
    make.AppointmentFactory(user=cast.diana, organisation=west, role="member")
    make.ActivityFactory(organisation=west, theme="西楼活动", person_times=777)
    client = sign_in(cast.diana)
    assert client.get("/?window=2024&branch=west").url.startswith("/me/")
    everywhere = client.get("/?window=2024&branch=").text.partition("<main")[2].partition("</main>")[0]
    assert "北楼教师党支部" in everywhere
    assert "777" not in everywhere
    assert "西楼教师党支部" not in everywhere

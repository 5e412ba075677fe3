"""Partners, agreements and plans written through their pages."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.urls import reverse

from activities.models import Activity
from core.dates import today
from core.models import Change
from exchange.services import export_workbook, import_workbook
from partnerships import services
from partnerships.models import Agreement, Commitment, Partner, PlanItem
from partnerships.plan import save_plan
from tests import factories as make
from tests.test_editing import as_shown

pytestmark = pytest.mark.django_db
NEW = "/partnerships/new/"
NEW_AGREEMENT = "/partnerships/agreements/new/"


def page(name, record, *more):
    return reverse(f"partnerships:{name}", args=[record.pk, *more])


def partner_typed(**changes):
    return {
        "name": "澄湖农商银行科技部党支部",
        "kind": "bank",
        "in_reports": "on",
        "entry_key": str(uuid.uuid4()),
    } | changes


def agreement_typed(partners, *commitments, **changes):
    """Arguments: commitments, (name, promised, unit, delivered)."""
    typed = {
        "name": "校银党建联建协议",
        "partners": [partner.pk for partner in partners],
        "status": "signed",
        "signed_on": "2024-03-01",
        "expires_on": "2026-02",
        "in_reports": "on",
        "entry_key": str(uuid.uuid4()),
        "commitments-TOTAL_FORMS": str(len(commitments)),
        "commitments-INITIAL_FORMS": "0",
    }
    for place, values in enumerate(commitments):
        for name, value in zip(("name", "promised", "unit", "delivered"), values, strict=True):
            typed[f"commitments-{place}-{name}"] = value
    return typed | changes


def promised(agreement):
    return [(row.name, row.promised, row.unit, row.delivered) for row in agreement.commitments.all()]


def history_of(record):
    return [change.changes for change in Change.objects.about(record)]


@pytest.fixture
def alice(cast, sign_in):
    return sign_in(cast.alice)


@pytest.fixture
def partner(cast):
    return services.create_partner(
        cast.north,
        name="澄湖农商银行科技部党支部",
        kind_id="bank",
        aliases=["澄湖农商银行"],
        contact="秦叔平",
        by=cast.alice,
    )


@pytest.fixture
def agreement(cast, partner):
    return services.create_agreement(
        cast.north,
        name="校银党建联建协议",
        partners=[partner],
        status="in_force",
        signed_on="2023-11-08",
        expires_on="2025-11-07",
        commitments=[Commitment(name="员工培训", promised=2, unit="期", delivered=1)],
        by=cast.alice,
    )


# ---------------------------------------------------------------- partners
def test_a_partner_is_entered_with_its_aliases_and_changed(alice, cast):
    alice.post(NEW, partner_typed(aliases="农商行科技部；农商行", since="2023-11", phone="000-0000-0102"))
    partner = Partner.objects.get()
    assert [alias.name for alias in partner.aliases.all()] == ["农商行科技部", "农商行"]
    assert (str(partner.since), partner.created_by) == ("2023-11", cast.alice)
    shown = as_shown(alice.get(page("partner_edit", partner)))
    assert shown["aliases"] == "农商行科技部、农商行"
    answer = alice.post(page("partner_edit", partner), shown | {"aliases": "农商行", "contact": "秦叔平"})
    assert answer.url == page("partner_detail", partner)
    assert history_of(partner)[0] == {"联系人": ["", "秦叔平"], "别名": ["农商行科技部；农商行", "农商行"]}


def test_a_new_name_is_sorted_by_its_own_sound(alice, partner):
    shown = as_shown(alice.get(page("partner_edit", partner)))
    alice.post(page("partner_edit", partner), shown | {"name": "望江社区党委"})
    partner.refresh_from_db()
    assert partner.name_pinyin.startswith("wang jiang")


def test_a_near_name_is_asked_about_once(alice, partner):
    typed = partner_typed(name="澄湖农商银行技术部", phone="000-0000-0102")
    asked = alice.post(NEW, typed)
    assert "已有相近的单位" in asked.text
    assert asked.context["form"].similar == [partner]
    assert Partner.objects.count() == 1
    again = alice.post(NEW, typed | {"distinct": asked.context["form"].similar_ids, "kind": ""})
    assert "已有相近的单位" not in again.text
    assert f'name="distinct" value="{partner.pk}"' in again.text  # the answer goes along
    alice.post(NEW, typed | {"distinct": asked.context["form"].similar_ids})
    assert Partner.objects.count() == 2


def test_an_answer_about_one_unit_is_none_about_another(alice, cast, partner):
    other = make.PartnerFactory(organisation=cast.north, name="望江社区党委")
    asked = alice.post(NEW, partner_typed(name="望江社区", distinct=str(partner.pk)))
    assert asked.context["form"].similar == [other]


def test_the_one_that_is_there_takes_the_name_and_what_it_lacked(alice, partner):
    typed = partner_typed(
        name="澄湖农商银行技术部",
        aliases="农商行技术部",
        phone="000-1",
        contact="别人",
        kind="",
        same=partner.pk,
    )
    answer = alice.post(NEW, typed)
    assert answer.url == page("partner_detail", partner)
    partner.refresh_from_db()
    aliases = [alias.name for alias in partner.aliases.all()]
    assert aliases == ["澄湖农商银行", "澄湖农商银行技术部", "农商行技术部"]
    assert (partner.phone, partner.contact) == ("000-1", "秦叔平")
    assert Partner.objects.count() == 1
    alice.post(NEW, typed)
    assert partner.aliases.count() == 3


def test_another_branchs_partner_is_neither_near_nor_there(cast, sign_in, partner):
    charlie = sign_in(cast.charlie)
    assert charlie.post(NEW, partner_typed(same=partner.pk)).status_code == 404
    charlie.post(NEW, partner_typed())
    assert Partner.objects.filter(organisation=cast.south).count() == 1


def test_an_alias_typed_later_is_asked_about_with_a_way_to_merge(alice, cast, partner):
    other = make.PartnerFactory(organisation=cast.north, name="望江社区党委")
    shown = as_shown(alice.get(page("partner_edit", partner)))
    asked = alice.post(page("partner_edit", partner), shown | {"aliases": "澄湖农商银行、望江社区"})
    assert f"{page('partner_merge', partner)}?into={other.pk}" in asked.text
    kept = alice.post(page("partner_edit", partner), shown | {"contact": "许竹君"})
    assert kept.status_code == 302  # its own names are near nobody's


def test_a_name_that_is_anothers_is_refused_by_name(alice, partner):
    said = alice.post(NEW, partner_typed(name="澄湖农商银行", distinct=str(partner.pk))).text
    assert "“澄湖农商银行”已经是“澄湖农商银行科技部党支部”的名称或别名" in said


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "单" * 5000, "单" * 5000),
        ("aliases", "别" * 301, "名称至多 300 个字"),
        ("since", "1899-12", "1900—2100"),
        ("since", "2999", "1900—2100"),
        ("since", "3月", "“3月”不是日期"),
        ("name", "银\0行", "空字符串"),
        ("kind", "no-such", "kind"),
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_is_lost(alice, field, value, said):
    answer = alice.post(NEW, partner_typed(contact="秦叔平") | {field: value})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert said in answer.text
    assert 'value="秦叔平"' in answer.text
    assert not Partner.objects.exists()


def test_markup_emoji_and_rare_characters_come_back_as_typed(alice):
    name = "<b>𠮷镕堃</b>🎉公司"
    alice.post(NEW, partner_typed(name=name))
    partner = Partner.objects.get()
    assert partner.name == name
    assert "<b>𠮷" not in alice.get(page("partner_detail", partner)).text


def test_a_partner_in_use_stays_and_says_why(alice, partner, agreement):
    said = alice.post(page("partner_trash", partner), {"version": partner.version}, follow=True).text
    assert "还有1 份协议用着" in said
    services.trash_agreement(agreement, by=None)
    alice.post(page("partner_trash", partner), {"version": partner.version})
    partner.refresh_from_db()
    assert partner.deleted_at
    said = alice.post(page("agreement_restore", agreement), follow=True).text
    assert "在回收站里，请先恢复它" in said
    alice.post(page("partner_restore", partner))
    alice.post(page("agreement_restore", agreement))
    agreement.refresh_from_db()
    assert agreement.deleted_at is None


# ---------------------------------------------------------------- merging
def test_merging_says_what_moves_and_moves_it(alice, cast, partner, agreement):
    into = make.PartnerFactory(organisation=cast.north, name="澄湖农商银行技术部")
    activity = make.ActivityFactory(organisation=cast.north, partners=[partner])
    url = page("partner_merge", partner)
    said = alice.get(f"{url}?into={into.pk}").text
    assert "<b>1 份</b>" in said
    assert "<b>1 场</b>" in said
    assert "澄湖农商银行科技部党支部、澄湖农商银行" in said
    assert "合并不能一键撤销" in said
    answer = alice.post(url, {"into": into.pk, "version": partner.version})
    assert answer.url == page("partner_detail", into)
    partner.refresh_from_db()
    assert (partner.merged_into, bool(partner.deleted_at)) == (into, True)
    assert list(agreement.partners.all()) == list(activity.partners.all()) == [into]
    assert [alias.name for alias in into.aliases.all()] == ["澄湖农商银行科技部党支部", "澄湖农商银行"]


def test_a_partner_changed_meanwhile_is_not_merged_unseen(alice, cast, partner):
    into = make.PartnerFactory(organisation=cast.north)
    services.update_partner(partner, contact="新联系人", by=cast.diana)
    said = alice.post(
        page("partner_merge", partner), {"into": into.pk, "version": partner.version}, follow=True
    )
    assert "刚才被别人改过" in said.text
    partner.refresh_from_db()
    assert partner.merged_into is None


def test_a_partner_of_another_branch_is_not_offered(alice, cast, partner):
    foreign = make.PartnerFactory(organisation=cast.south)
    url = page("partner_merge", partner)
    assert alice.get(f"{url}?into={foreign.pk}").context["into"] is None
    alice.post(url, {"into": foreign.pk, "version": partner.version})
    partner.refresh_from_db()
    assert partner.deleted_at is None


def test_a_merged_partner_comes_back_as_one_of_its_own(alice, cast, partner):
    into = make.PartnerFactory(organisation=cast.north, name="望江社区党委")
    services.merge_partners(partner, into, by=cast.alice)
    assert (
        "已经是“望江社区党委”的名称或别名" in alice.post(page("partner_restore", partner), follow=True).text
    )
    services.update_partner(into, aliases=[], by=cast.alice)
    alice.post(page("partner_restore", partner))
    assert partner.name in alice.get("/partnerships/").text


# ---------------------------------------------------------------- contact
def test_partners_without_contact_for_ninety_days_are_listed(alice, cast):
    day = today()
    at = {"organisation": cast.north, "since": "2020"}
    silent = make.PartnerFactory(**at, name="久无往来的单位")
    named, party = (
        make.PartnerFactory(**at, name="直接写明的单位"),
        make.PartnerFactory(**at, name="按协议的单位"),
    )
    make.PartnerFactory(organisation=cast.north, name="刚建立的单位", since=str(day))
    agreement = make.AgreementFactory(organisation=cast.north, partners=[party, silent])
    recent = day - dt.timedelta(days=89)
    make.ActivityFactory(organisation=cast.north, partners=[named], starts_on=day - dt.timedelta(days=400))
    make.ActivityFactory(organisation=cast.north, partners=[named], starts_on=recent)
    make.ActivityFactory(organisation=cast.north, partners=[silent], starts_on=recent, status="planned")
    make.ActivityFactory(organisation=cast.north, partners=[silent], starts_on=day - dt.timedelta(days=91))
    agreement.parties.filter(partner=silent).delete()
    make.ActivityFactory(organisation=cast.north, agreement=agreement, starts_on=recent)
    listed = alice.get("/partnerships/?contact=idle").context["list"]
    assert [row.name for row in listed.rows] == ["久无往来的单位"]
    assert next(tab for tab in listed.tabs if tab["is_here"])["number"] == 1
    assert listed.rows[0].last_contact == day - dt.timedelta(days=91)
    assert set(Partner.objects.idle_since(day - dt.timedelta(days=90))) == {silent}
    assert set(Partner.objects.idle_since(day - dt.timedelta(days=88))) == {silent, named, party}


# ---------------------------------------------------------------- agreements
def test_an_agreement_is_entered_with_parties_in_order_and_commitments(alice, cast, partner):
    other = make.PartnerFactory(organisation=cast.north, name="望江社区党委")
    rows = [("员工培训", "2", "期", ""), ("专题讲座", "4", "场", "1")]
    alice.post(NEW_AGREEMENT, agreement_typed([other, partner], *rows))
    agreement = Agreement.objects.get()
    assert (agreement.code, str(agreement.expires_on)) == ("2024-001", "2026-02")
    assert [party.partner for party in agreement.parties.all()] == [other, partner]
    assert promised(agreement) == [("员工培训", 2, "期", None), ("专题讲座", 4, "场", 1)]


def test_commitments_are_changed_added_and_taken_out(alice, agreement):
    url = page("agreement_edit", agreement)
    shown = as_shown(alice.get(url))
    more = alice.post(url, shown | {"more": "commitments"})
    assert more.context["form"].formsets["commitments"].total_form_count() == 3
    added = {"commitments-1-name": "实习岗位", "commitments-1-promised": "10", "commitments-1-unit": "个"}
    alice.post(url, shown | added | {"commitments-0-delivered": "2"})
    assert promised(agreement) == [("员工培训", 2, "期", 2), ("实习岗位", 10, "个", None)]
    assert history_of(agreement)[0]["承诺"] == [
        "员工培训2期（兑现 1）",
        "员工培训2期（兑现 2）；实习岗位10个",
    ]
    shown = as_shown(alice.get(url))
    alice.post(url, shown | {"commitments-0-DELETE": "on"})
    assert promised(agreement) == [("实习岗位", 10, "个", None)]


def test_a_commitment_added_by_another_editor_is_kept(alice, cast, agreement):
    url = page("agreement_edit", agreement)
    mine = as_shown(alice.get(url))
    rows = [Commitment(name="员工培训", promised=2, unit="期", delivered=1), Commitment(name="实习岗位")]
    services.update_agreement(agreement, commitments=rows, by=cast.diana)
    answer = alice.post(url, mine | {"name": "新名称"})
    assert answer.context["form"].adopted == ["承诺与兑现"]
    alice.post(url, as_shown(answer))
    agreement.refresh_from_db()
    assert agreement.name == "新名称"
    assert [row.name for row in agreement.commitments.all()] == ["员工培训", "实习岗位"]


def test_commitments_that_both_changed_are_shown_twice(alice, cast, agreement):
    url = page("agreement_edit", agreement)
    mine = as_shown(alice.get(url)) | {"commitments-0-delivered": "9"}
    services.record_delivery(agreement, [5], by=cast.diana)
    answer = alice.post(url, mine)
    assert "员工培训2期（兑现 5）" in answer.text
    assert promised(agreement)[0][3] == 5
    alice.post(url, as_shown(answer))
    assert promised(agreement)[0][3] == 9


def test_what_a_workbook_changed_meanwhile_is_seen_too(alice, cast, agreement):
    url = page("agreement_edit", agreement)
    mine = as_shown(alice.get(url))
    book = openpyxl.load_workbook(io.BytesIO(export_workbook(cast.north)))
    sheet = book["联建协议"]
    column = next(cell.column for cell in sheet[1] if (cell.value or "").startswith("内容"))
    sheet.cell(2, column).value = "工作簿里的内容"
    changed = io.BytesIO()
    book.save(changed)
    import_workbook(cast.north, changed.getvalue(), by=cast.diana)
    answer = alice.post(url, mine | {"name": "新名称"})
    assert answer.context["form"]["content"].value() == "工作簿里的内容"
    assert answer.context["form"].adopted == ["内容"]


def test_an_agreement_needs_a_partner_and_an_end_after_its_beginning(alice, partner):
    answer = alice.post(NEW_AGREEMENT, agreement_typed([]))
    assert "partners" in answer.context["form"].errors
    answer = alice.post(NEW_AGREEMENT, agreement_typed([partner], expires_on="2023"))
    assert answer.context["form"].errors["expires_on"] == ["到期日期早于签署日期"]
    assert not Agreement.objects.exists()


def test_a_copy_promises_anew(alice, agreement):
    form = alice.get(f"{NEW_AGREEMENT}?copy={agreement.pk}").context["form"]
    assert not form["code"].value()
    assert not form["signed_on"].value()
    row = form.formsets["commitments"].forms[0]
    assert (row["name"].value(), row["promised"].value(), row["delivered"].value()) == ("员工培训", 2, None)


def test_an_agreement_begins_with_the_partner_one_came_from(alice, partner):
    form = alice.get(f"{NEW_AGREEMENT}?partner={partner.pk}").context["form"]
    assert form["partners"].value() == [partner.pk]


# ---------------------------------------------------------------- the way of an agreement
def test_an_agreement_goes_its_way_by_single_presses(alice, cast, partner):
    agreement = services.create_agreement(
        cast.north, name="新协议", partners=[partner], status="negotiating", by=cast.alice
    )
    detail = page("agreement_detail", agreement)

    def offered():
        agreement.refresh_from_db()
        return [step["label"] for step in alice.get(detail).context["next_steps"]]

    assert offered() == ["开始起草", "签署"]
    url = page("agreement_status", agreement, "drafting")
    answer = alice.post(url, {"version": agreement.version}, follow=True)
    assert page("agreement_status", agreement, "negotiating") in answer.text  # the way back
    assert offered() == ["签署"]
    sign = page("agreement_sign", agreement)
    assert (
        "signed_on"
        in alice.post(sign, as_shown_step(alice.get(sign)) | {"signed_on": ""}).context["form"].errors
    )
    alice.post(sign, as_shown_step(alice.get(sign)) | {"signed_on": "2024-03", "expires_on": "2030"})
    assert offered() == ["开始执行", "续签", "提前终止"]
    assert str(agreement.signed_on) == "2024-03"
    alice.post(page("agreement_status", agreement, "in_force"), {"version": agreement.version})
    assert offered() == ["续签", "提前终止"]
    end = page("agreement_end", agreement)
    alice.post(end, as_shown_step(alice.get(end)) | {"expires_on": "2025-06-30"})
    assert offered() == []
    assert (agreement.status, str(agreement.expires_on)) == ("terminated", "2025-06-30")


def as_shown_step(answer):
    """The form of a step as the browser would post it back."""
    return {
        field.html_name: field.field.prepare_value(field.value()) or "" for field in answer.context["form"]
    }


def test_an_agreement_past_its_end_can_be_called_expired(alice, agreement):
    steps = alice.get(page("agreement_detail", agreement)).context["next_steps"]
    assert [step["label"] for step in steps] == ["已到期", "续签", "提前终止"]


def test_a_state_that_does_not_exist_is_no_page(alice, agreement):
    assert alice.post(page("agreement_status", agreement, "eternal")).status_code == 404


def test_a_press_on_an_old_page_changes_nothing(alice, cast, agreement):
    services.update_agreement(agreement, content="别人刚写的", by=cast.diana)
    said = alice.post(
        page("agreement_status", agreement, "expired"), {"version": agreement.version}, follow=True
    )
    assert "刚才被别人改过" in said.text
    agreement.refresh_from_db()
    assert agreement.status == "in_force"


def test_renewing_begins_from_the_old_one_and_keeps_the_chain(alice, agreement):
    url = page("agreement_renew", agreement)
    answer = alice.get(url)
    shown = as_shown(answer)
    assert (shown["signed_on"], shown["expires_on"]) == ("2025-11-08", "2027-11-07")
    assert shown["commitments-0-promised"] == "2"
    assert "commitments-0-delivered" not in shown
    assert "保存，再记一条" not in answer.text
    first, again = alice.post(url, shown), alice.post(url, shown)
    later = Agreement.objects.exclude(pk=agreement.pk).get()
    assert first.url == again.url == page("agreement_detail", later)
    agreement.refresh_from_db()
    assert (agreement.status, later.status, later.renews) == ("renewed", "drafting", agreement)
    assert page("agreement_detail", agreement) in alice.get(first.url).text
    assert first.url in alice.get(page("agreement_detail", agreement)).text
    refused = alice.post(url, shown | {"entry_key": str(uuid.uuid4()), "code": "X-2"})
    assert "这份协议已经续签为" in refused.text


def test_a_renewal_that_fails_leaves_the_old_one_alone(alice, agreement):
    url = page("agreement_renew", agreement)
    alice.post(url, as_shown(alice.get(url)) | {"code": agreement.code})
    agreement.refresh_from_db()
    assert agreement.status == "in_force"
    assert Agreement.objects.count() == 1


def test_a_draft_is_not_renewed(cast, agreement):
    services.update_agreement(agreement, status="drafting", by=cast.alice)
    with pytest.raises(Exception, match="还没有签署的协议不能续签"):
        services.renew_agreement(agreement, name="再来", partners=[], by=cast.alice)


def test_delivery_is_noted_on_the_agreements_own_page(alice, agreement):
    detail = alice.get(page("agreement_detail", agreement))
    form = detail.context["delivery"]
    typed = {"version": form["version"].value(), "delivered_1": "2"}
    url = page("agreement_delivery", agreement)
    assert url in detail.text
    alice.post(url, typed)
    assert promised(agreement) == [("员工培训", 2, "期", 2)]
    assert history_of(agreement)[0] == {"承诺": ["员工培训2期（兑现 1）", "员工培训2期（兑现 2）"]}
    assert "刚才被别人改过" in alice.post(url, typed | {"delivered_1": "7"}).text
    assert promised(agreement)[0][3] == 2


@pytest.mark.parametrize("number", ["-1", "两", "9999999999"])
def test_a_delivery_that_is_no_number_is_told_beside_its_field(alice, agreement, number):
    url = page("agreement_delivery", agreement)
    version = agreement.version
    answer = alice.post(url, {"version": version, "delivered_1": number})
    assert "delivered_1" in answer.context["form"].errors
    assert promised(agreement)[0][3] == 1


# ---------------------------------------------------------------- a plan row
def item_typed(agreement, **changes):
    return {
        "agreement": agreement.pk,
        "theme": "走进银行机房",
        "planned_on": "2024年3月",
        "status": "planned",
        "in_reports": "on",
        "entry_key": str(uuid.uuid4()),
    } | changes


def test_a_plan_row_is_added_last_and_changed(alice, cast, agreement):
    make.PlanItemFactory(agreement=agreement, number=4)
    alice.post(f"/partnerships/plan/new/?agreement={agreement.pk}", item_typed(agreement, form="参观"))
    item = PlanItem.objects.get(theme="走进银行机房")
    assert (item.number, str(item.planned_on), item.organisation) == (5, "2024-03", cast.north)
    url = page("planitem_edit", item)
    shown = as_shown(alice.get(url))
    assert "agreement" not in shown
    answer = alice.post(url, shown | {"number": "4"})
    assert "这份协议的计划里已有这个序号" in answer.text
    alice.post(f"{url}?back={page('plan_table', agreement)}", shown | {"result": "清单 1 份"})
    item.refresh_from_db()
    assert item.result == "清单 1 份"


def test_a_plan_row_belongs_to_an_agreement_of_the_branch(alice, cast):
    foreign = make.AgreementFactory(organisation=cast.south)
    assert "agreement" in alice.post("/partnerships/plan/new/", item_typed(foreign)).context["form"].errors
    form = alice.get("/partnerships/plan/new/?agreement=x<script>").context["form"]
    assert form.is_new


def test_a_plan_row_is_marked_by_a_press_and_cancelled_with_a_reason(alice, agreement):
    item = make.PlanItemFactory(agreement=agreement)
    answer = alice.post(page("planitem_status", item, "done"), {"version": item.version}, follow=True)
    assert page("planitem_status", item, "planned") in answer.text
    alice.post(page("planitem_status", item, "planned"))
    url = page("planitem_cancel", item)
    alice.post(url, as_shown_step(alice.get(url)) | {"reason": "双方商定不办"})
    item.refresh_from_db()
    assert (item.status, item.result) == ("cancelled", "双方商定不办")
    assert alice.post(page("planitem_status", item, "held")).status_code == 404


def test_the_page_of_a_plan_row_shows_what_came_of_it(alice, agreement):
    item = make.PlanItemFactory(agreement=agreement, result="网点客流预测", planned_on="2024-06")
    assert f"/activities/new/?plan_item={item.pk}" in alice.get(page("planitem_detail", item)).text
    activity = make.ActivityFactory(
        organisation=agreement.organisation,
        agreement=agreement,
        plan_item=item,
        theme="机房参观",
        person_times=13,
    )
    make.AttachmentFactory(record=activity, name="签到表.jpg")
    said = alice.get(page("planitem_detail", item)).text
    for word in ("机房参观", "13 人次", "签到表.jpg", "网点客流预测"):
        assert word in said
    assert "标为完成" not in said  # it is, by what was held


def test_a_plan_row_in_use_stays_and_says_why(alice, agreement):
    item = make.PlanItemFactory(agreement=agreement)
    make.ActivityFactory(organisation=agreement.organisation, agreement=agreement, plan_item=item)
    said = alice.post(page("planitem_trash", item), {"version": item.version}, follow=True).text
    assert "还有1 场活动用着" in said
    Activity.objects.all().delete()
    alice.post(page("planitem_trash", item), {"version": item.version})
    alice.post(page("planitem_restore", item))
    item.refresh_from_db()
    assert item.deleted_at is None


# ---------------------------------------------------------------- the plan as a table
@pytest.fixture
def plan(agreement):
    return [
        make.PlanItemFactory(agreement=agreement, number=number, theme=theme, planned_on="2024-06")
        for number, theme in enumerate(["第一项", "第二项", "第三项"], start=1)
    ]


def told(agreement):
    return [(item.number, item.theme) for item in agreement.plan_items.live().order_by("number")]


def edit_table(alice, agreement, **changes):
    url = page("plan_edit", agreement)
    return alice.post(
        url, as_shown(alice.get(url)) | {f"rows-{name}": value for name, value in changes.items()}
    )


def test_a_changed_row_is_told_in_its_history_and_no_other(alice, cast, agreement, plan):
    answer = edit_table(
        alice,
        agreement,
        **{"1-theme": "改过的第二项", "1-place": "机房", "3-theme": "新的一项", "3-planned_on": "2024.7"},
    )
    assert answer.status_code == 302
    assert told(agreement) == [(1, "第一项"), (2, "改过的第二项"), (3, "第三项"), (4, "新的一项")]
    assert history_of(plan[1]) == [{"主题": ["第二项", "改过的第二项"], "地点": ["", "机房"]}]
    assert history_of(plan[0]) == history_of(plan[2]) == []
    added = agreement.plan_items.get(number=4)
    assert (added.organisation, added.created_by, str(added.planned_on)) == (
        cast.north,
        cast.alice,
        "2024-07",
    )
    assert Change.objects.about(added).get().verb == "create"
    assert (
        len(
            set(Change.objects.about(added).values_list("batch"))
            | set(Change.objects.about(plan[1]).values_list("batch"))
        )
        == 1
    )
    for item in plan:
        before, item.version = item.version, None
        item.refresh_from_db()
        assert item.version == before + (item == plan[1])


def test_a_row_that_is_moved_makes_the_others_give_way(alice, agreement, plan):
    edit_table(alice, agreement, **{"2-number": "1"})
    assert told(agreement) == [(1, "第三项"), (2, "第一项"), (3, "第二项")]
    edit_table(alice, agreement, **{"3-number": "2", "3-theme": "插进来的"})
    assert told(agreement) == [(1, "第三项"), (2, "插进来的"), (3, "第一项"), (4, "第二项")]


def test_two_rows_can_change_places(alice, agreement, plan):
    edit_table(alice, agreement, **{"0-number": "3", "2-number": "1"})
    assert told(agreement) == [(1, "第三项"), (2, "第二项"), (3, "第一项")]
    assert history_of(plan[0]) == [{"序号": ["1", "3"]}]


def test_rows_are_taken_out_unless_activities_speak_of_them(alice, agreement, plan):
    edit_table(alice, agreement, **{"0-DELETE": "on"})
    assert told(agreement) == [(2, "第二项"), (3, "第三项")]
    plan[0].refresh_from_db()
    assert plan[0].deleted_at
    make.ActivityFactory(organisation=agreement.organisation, agreement=agreement, plan_item=plan[1])
    answer = edit_table(alice, agreement, **{"0-DELETE": "on", "1-theme": "不该存下"})
    assert "第 2 项“第二项”已有 1 场活动，不能删去" in answer.text
    assert told(agreement) == [(2, "第二项"), (3, "第三项")]


def test_one_bad_row_and_nothing_is_written(alice, agreement, plan):
    answer = edit_table(alice, agreement, **{"0-theme": "改了", "1-planned_on": "2024-13", "2-theme": ""})
    form = answer.context["form"]
    assert [bool(row.errors) for row in form.formsets["rows"].forms][:3] == [False, True, True]
    assert 'value="改了"' in answer.text
    assert told(agreement)[0] == (1, "第一项")


@pytest.mark.parametrize("theme", ["字" * 5000, "主\0题"])
def test_hostile_words_in_a_row_are_told_beside_it(alice, agreement, plan, theme):
    answer = edit_table(alice, agreement, **{"0-theme": theme})
    assert "theme" in answer.context["form"].formsets["rows"].forms[0].errors
    assert told(agreement)[0] == (1, "第一项")


def test_the_same_press_twice_adds_a_row_once(alice, agreement, plan):
    url = page("plan_edit", agreement)
    typed = as_shown(alice.get(url)) | {"rows-3-theme": "新的一项"}
    alice.post(url, typed)
    alice.post(url, typed)
    assert len(told(agreement)) == 4


def test_two_editors_of_different_rows_both_get_their_way(alice, cast, agreement, plan):
    url = page("plan_edit", agreement)
    mine = as_shown(alice.get(url)) | {"rows-0-theme": "我的第一项", "rows-1-place": "机房"}
    services.update_plan_item(plan[2], theme="别人的第三项", by=cast.diana)
    services.update_plan_item(plan[1], lead="银行", by=cast.diana)
    answer = alice.post(url, mine)
    form = answer.context["form"]
    assert (form.adopted, form.conflicts) == (["第 2 项", "第 3 项"], {})
    assert "别人的第三项" in answer.text
    assert told(agreement)[0] == (1, "第一项")  # nothing before it was seen
    alice.post(url, as_shown(answer))
    assert told(agreement) == [(1, "我的第一项"), (2, "第二项"), (3, "别人的第三项")]
    plan[1].refresh_from_db()
    assert (plan[1].place, plan[1].lead) == ("机房", "银行")


def test_of_a_cell_that_both_changed_both_are_shown(alice, cast, agreement, plan):
    url = page("plan_edit", agreement)
    mine = as_shown(alice.get(url)) | {"rows-0-theme": "我的第一项"}
    services.update_plan_item(plan[0], theme="别人的第一项", by=cast.diana)
    answer = alice.post(url, mine)
    assert "戴娜存的是：主题 别人的第一项" in answer.text
    seen = as_shown(answer)
    taken = alice.post(url, seen | {"take": "rows-0"}).context["form"].formsets["rows"].forms[0]
    assert taken["theme"].value() == "别人的第一项"
    alice.post(url, seen)
    assert told(agreement)[0] == (1, "我的第一项")


def test_a_row_taken_out_by_the_other_editor(alice, cast, agreement, plan):
    url = page("plan_edit", agreement)
    mine = as_shown(alice.get(url)) | {"rows-0-theme": "我的第一项"}
    services.trash_plan_item(plan[0], by=cast.diana)
    services.trash_plan_item(plan[1], by=cast.diana)
    answer = alice.post(url, mine)
    assert "已移入回收站；再保存会作为新的一项添上" in answer.text
    alice.post(url, as_shown(answer))
    assert told(agreement) == [(1, "我的第一项"), (3, "第三项")]
    plan[0].refresh_from_db()
    assert plan[0].deleted_at


def test_a_row_added_by_the_other_editor_stays(alice, cast, agreement, plan):
    url = page("plan_edit", agreement)
    mine = as_shown(alice.get(url)) | {"rows-3-theme": "我的新项", "rows-3-number": "4"}
    services.create_plan_item(agreement, theme="别人的新项", by=cast.diana)
    assert alice.post(url, mine).status_code == 302
    assert told(agreement)[3:] == [(4, "我的新项"), (5, "别人的新项")]


def test_a_row_changed_by_the_other_is_not_taken_out_unseen(alice, cast, agreement, plan):
    url = page("plan_edit", agreement)
    mine = as_shown(alice.get(url)) | {"rows-0-DELETE": "on"}
    services.update_plan_item(plan[0], theme="别人的第一项", by=cast.diana)
    answer = alice.post(url, mine)
    assert "戴娜存的是：主题 别人的第一项" in answer.text
    alice.post(url, as_shown(answer))
    assert told(agreement) == [(2, "第二项"), (3, "第三项")]


def test_a_row_of_another_agreement_cannot_be_smuggled_in(alice, cast, agreement, plan):
    foreign = make.PlanItemFactory(agreement=make.AgreementFactory(organisation=cast.south), theme="南楼的")
    answer = edit_table(alice, agreement, **{"0-id": foreign.pk, "0-version": "1", "0-theme": "改成我的"})
    assert answer.status_code == 200
    foreign.refresh_from_db()
    assert foreign.theme == "南楼的"


def test_pasted_rows_are_shown_before_they_are_saved(alice, agreement, plan):
    url = page("plan_edit", agreement)
    typed = as_shown(alice.get(url)) | {
        "paste": "序号\t时间\t主题\t完成情况\n1\t2024-09\t党课\t取消\n2\t2024年10月\t座谈\t报告 1 份\n",
        "more": "paste",
    }
    answer = alice.post(url, typed)
    assert "认出 2 项。" in answer.text
    assert len(told(agreement)) == 3
    alice.post(url, as_shown(answer))
    assert told(agreement)[3:] == [(4, "党课"), (5, "座谈")]
    rows = agreement.plan_items.filter(number__gte=4).order_by("number")
    assert [(row.status, row.result, str(row.planned_on)) for row in rows] == [
        ("cancelled", "", "2024-09"),
        ("planned", "报告 1 份", "2024-10"),
    ]


def test_what_cannot_be_read_as_a_plan_stays_in_its_field(alice, agreement):
    url = page("plan_edit", agreement)
    answer = alice.post(url, as_shown(alice.get(url)) | {"paste": "随便一句话", "more": "paste"})
    assert "没有认出一行有主题的计划" in answer.text
    assert "随便一句话" in answer.text


def test_saving_a_plan_without_a_change_changes_nothing(cast, agreement, plan):
    save_plan(agreement, list(agreement.plan_items.order_by("number")), by=cast.alice)
    assert not Change.objects.filter(model="partnerships.planitem").exists()


# ---------------------------------------------------------------- the plan to look at
def test_the_plan_table_says_what_became_of_each_row(alice, agreement, plan):
    agreement.plan_items.filter(pk=plan[2].pk).update(status="cancelled", result="双方商定不办")
    make.ActivityFactory(
        organisation=agreement.organisation, agreement=agreement, plan_item=plan[0], theme="机房参观"
    )
    make.ActivityFactory(organisation=agreement.organisation, agreement=agreement)
    said = alice.get(page("plan_table", agreement)).text
    assert "3 项：完成 1 · 已过期 1 · 取消 1" in said
    assert "本表 1 项已完成，另有 1 次计划外活动" in said
    assert "双方商定不办" in said
    assert f"/activities/new/?plan_item={plan[1].pk}" in said
    assert f"/activities/new/?plan_item={plan[0].pk}" not in said


def test_the_plan_table_can_be_looked_at_by_year(alice, agreement, plan):
    make.PlanItemFactory(agreement=agreement, number=9, theme="明年的", planned_on="2025-01")
    make.PlanItemFactory(agreement=agreement, number=10, theme="时间未定的", planned_on=None)
    url = page("plan_table", agreement)
    assert [item.number for item in alice.get(f"{url}?year=2025").context["plan"]] == [9, 10]
    assert len(alice.get(f"{url}?year=1066").context["plan"]) == 5


def test_who_only_reads_is_offered_nothing_to_write(cast, sign_in, agreement, plan):
    frank = sign_in(cast.frank)
    for name in ("plan_table", "agreement_detail"):
        said = frank.get(page(name, agreement)).text
        assert "/edit/" not in said
        assert "plan_item=" not in said
        assert 'method="post" action="/partnerships' not in said


def test_the_plan_is_printed_in_its_familiar_form(alice, agreement, plan):
    said = alice.get(page("plan_print", agreement)).text
    heads = ["序号", "时间", "主题", "形式", "地点", "牵头方", "责任人", "参加人员", "预期成果", "完成情况"]
    assert "".join(f'<th scope="col">{head}</th>' for head in heads) in said
    assert "2024年6月" in said


def test_the_phone_of_a_contact_is_masked_for_who_only_reads(cast, sign_in, partner):
    services.update_partner(partner, phone="00000000102", by=cast.alice)
    url = page("partner_detail", partner)
    assert "00000000102" not in sign_in(cast.frank).get(url).text
    assert "00000000102" in sign_in(cast.alice).get(url).text

"""The sheets of partners, agreements and plan rows."""

from __future__ import annotations

from core.text import match_key, pinyin
from exchange.workbook import cells, links
from exchange.workbook.sheets.base import (
    Column,
    Sheet,
    choices,
    kind_words,
    line,
    name_pinyin,
    natural,
)
from partnerships.models import (
    Agreement,
    AgreementParty,
    Commitment,
    Partner,
    PartnerAlias,
    PartnerKind,
    PlanItem,
)


class PartnerSheet(Sheet):
    """联建单位."""

    name, model = "联建单位", Partner
    identity, identifying = ("name",), "名称"
    virtual = frozenset({"aliases"})
    children = {PartnerAlias: ("partner", ["aliases"])}
    select = ("kind", "merged_into")
    columns = [
        Column("名称", "name", cells.Name(width=28, longest=300), True, "正式名称，全支部统一使用"),
        Column("别名", "aliases", cells.Names(width=24), note="曾用名、简称，多个用“、”隔开"),
        Column("类型", "kind_id", cells.Choice(words=kind_words(PartnerKind)), True),
        Column("对方党组织", "party_organisation", line(Partner, "party_organisation", 28)),
        Column("联系人", "contact", line(Partner, "contact")),
        Column("联系电话", "phone", line(Partner, "phone", 16)),
        Column("建立日期", "since", cells.Date()),
    ]
    keys = [
        Column("拼音", "name_pinyin", line(Partner, "name_pinyin"), note="与自动注音不同时填写"),
        Column("备注", "note", cells.Text()),
        Column("已并入", "merged_into", links.Reference(to="partner"), late=True),
    ]

    def blank(self, planner):
        """No aliases."""
        return {**super().blank(planner), "kind_id": None, "aliases": ()}

    def key(self, data):
        """Names are compared by their key."""
        return (match_key(data["name"]),)

    def state(self, record, children, planner):
        """With aliases."""
        return {
            **super().state(record, children, planner),
            "kind_id": record.kind_id,
            "aliases": tuple(alias.name for alias in children[PartnerAlias]),
            "merged_into": planner.stored("联建单位", record.merged_into_id),
        }

    def settle(self, given, data, row):
        """Pinyin follows the name."""
        data = dict(data)
        name_pinyin(given, data)
        return {**data, **given}

    def exposed(self, data):
        """Pinyin only where it says something."""
        said = "" if data["name_pinyin"] == pinyin(data["name"]) else data["name_pinyin"]
        return {**data, "name_pinyin": said}

    def check(self, row, data, planner):
        """A name or alias belongs to one partner, once."""
        seen = {match_key(data["name"])}
        for alias in data["aliases"]:
            if match_key(alias) in seen:
                row.fault("别名", f"“{alias}”与名称或另一个别名重复")
            seen.add(match_key(alias))
        if data["merged_into"] is row.draft:
            row.fault("已并入", "不能并入自己")

    def put(self, draft, planner):
        """Kind by its code."""
        merged = draft.record.merged_into if draft.data["merged_into"] is None else None
        super().put(draft, planner)
        if merged is not None:  # into a partner in the trash, of which a file cannot speak
            draft.record.merged_into = merged
        draft.record.kind = planner.kind(PartnerKind, draft.data["kind_id"])

    def rows_of(self, draft, model):
        """Aliases."""
        rows = [PartnerAlias(name=name) for name in draft.data["aliases"]]
        for row in rows:
            row.clean()
        return rows

    def related(self, data):
        """Aliases."""
        return {"别名": "；".join(data["aliases"])}

    def order(self, data):
        """By pinyin, then by name."""
        return data["name_pinyin"], match_key(data["name"]), data["name"]


class AgreementSheet(Sheet):
    """联建协议."""

    name, model = "联建协议", Agreement
    identity, identifying = ("code",), "编号"
    virtual = frozenset({"parties", "commitments"})
    children = {AgreementParty: ("agreement", ["parties"]), Commitment: ("agreement", ["commitments"])}
    select = ("renews",)
    columns = [
        Column("编号", "code", line(Agreement, "code"), True),
        Column("联建单位", "parties", links.Partners(width=28), True, "名称或别名，多个用“、”隔开"),
        Column("名称", "name", line(Agreement, "name", 32), True),
        Column("签署日期", "signed_on", cells.Date()),
        Column("到期日期", "expires_on", cells.Date()),
        Column("状态", "status", choices(Agreement.Status), True),
        Column("内容", "content", cells.Text(width=32)),
        Column("承诺事项", "promises", cells.Text(width=32)),
    ]
    keys = [
        Column("目的", "purpose", cells.Text()),
        Column("我方职责", "own_duties", cells.Text()),
        Column("对方职责", "partner_duties", cells.Text()),
        Column("联络人", "liaison", line(Agreement, "liaison")),
        Column("续签自", "renews", links.Reference(to="agreement"), note="原协议的编号", late=True),
        Column("承诺", "commitments", links.Commitments(), note="承诺|承诺数|单位|兑现数，可写多个"),
    ]

    def blank(self, planner):
        """No parties."""
        return {**super().blank(planner), "parties": (), "commitments": ()}

    def state(self, record, children, planner):
        """With parties and commitments."""
        return {
            **super().state(record, children, planner),
            "renews": planner.stored("联建协议", record.renews_id),
            "parties": planner.stored_all("联建单位", [row.partner_id for row in children[AgreementParty]]),
            "commitments": tuple(
                (row.name, row.promised, row.unit, row.delivered) for row in children[Commitment]
            ),
        }

    def check(self, row, data, planner):
        """Expiry before signing is refused."""
        signed, expires = data["signed_on"], data["expires_on"]
        if signed and expires and expires.certainly_before(signed):
            row.fault("到期日期", f"到期日期 {expires} 早于签署日期 {signed}", "签署日期")
        if data["renews"] is row.draft:
            row.fault("续签自", "不能续签自己")

    def put(self, draft, planner):
        """An agreement in the trash, of which a file cannot speak, stays the one renewed."""
        renews = draft.record.renews if draft.data["renews"] is None else None
        super().put(draft, planner)
        if renews is not None:
            draft.record.renews = renews

    def rows_of(self, draft, model):
        """Parties or commitments."""
        if model is AgreementParty:
            return [AgreementParty(partner=partner.record) for partner in draft.data["parties"]]
        return [
            Commitment(name=name, promised=promised, unit=unit, delivered=delivered)
            for name, promised, unit, delivered in draft.data["commitments"]
        ]

    def related(self, data):
        """Parties and commitments."""
        promised = [Commitment(name=n, promised=p, unit=u, delivered=d) for n, p, u, d in data["commitments"]]
        return {
            "联建单位": "；".join(partner.data["name"] for partner in data["parties"]),
            "承诺": "；".join(map(str, promised)),
        }

    def order(self, data):
        """By code."""
        return natural(data["code"])


class PlanItemSheet(Sheet):
    """联建计划."""

    name, model = "联建计划", PlanItem
    identity, identifying = ("agreement", "number"), "序号"
    defaults = {"status": PlanItem.Status.PLANNED.value}
    select = ("agreement",)
    columns = [
        Column("协议编号", "agreement", links.Reference(to="agreement"), True),
        Column("序号", "number", cells.Count(width=8), True),
        Column("计划时间", "planned_on", cells.Date()),
        Column("主题", "theme", line(PlanItem, "theme", 32), True),
        Column("形式", "form", line(PlanItem, "form")),
        Column("地点", "place", line(PlanItem, "place", 20)),
        Column("牵头方", "lead", line(PlanItem, "lead", 20)),
        Column("责任人", "responsible", line(PlanItem, "responsible")),
        Column("预期成果", "expected_result", cells.Text(width=28)),
        Column("状态", "status", choices(PlanItem.Status), note="空着表示计划"),
    ]
    keys = [
        Column("参加人员", "participants", line(PlanItem, "participants")),
        Column("完成情况", "result", cells.Text()),
    ]

    def state(self, record, children, planner):
        """With the agreement's draft."""
        agreement = planner.stored("联建协议", record.agreement_id)
        return {**super().state(record, children, planner), "agreement": agreement}

    def order(self, data):
        """By agreement and number."""
        return natural(data["agreement"].data["code"]), data["number"]

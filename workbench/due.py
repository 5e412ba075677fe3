"""What waits for somebody, and the page that mends it: only what can be read off the records today, overdue before
due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.text import Truncator

from activities.duty import Cell, Row, in_words
from activities.models import Activity
from branch.filters import expiring as certificates_expiring
from branch.models import EXPIRING_DAYS, Certification, Member
from core.checklists import Checklist, checklists
from core.dates import Window
from core.evidence import add_url
from core.links import page_of_kind, url_of
from core.models import Notice, User
from core.models.proofs import Lacks
from outcomes.models import Outcome
from partnerships.filters import EXPIRING_DAYS as ENDING_DAYS
from partnerships.filters import IDLE_DAYS, idle, late, overrun
from partnerships.filters import expiring as agreements_expiring
from partnerships.models import Agreement, Partner, PlanItem
from workbench.models import YearAnswer, has_answered
from workbench.season import deadline, year_in_season
from workbench.services import asking_key

OVERDUE, SOON, ANY_TIME = "已过期", "近期要办", "随时可办"
_SHOWN = 3  # of one sort; the rest is one line with a link


class Way(NamedTuple):
    """A word to press and the page it leads to."""

    word: str
    url: str


@dataclass(frozen=True)
class Due:
    """One thing to do. tone: bad, warn or ink; url: where it can be looked at; mend: how it is done with one press;
    others: what else can be done about it."""

    group: str
    tone: str
    icon: str
    title: str
    note: str
    url: str
    mend: Way | None = None
    others: tuple[Way, ...] = ()


def due_list(user, rows: list[Row], places: list[int], window: Window, today: dt.date) -> list[Due]:
    """All that waits in these places, in the order of the groups. Whoever only reads there is told what waits, and
    offered no way to mend it.

    Arguments: rows, the branch life of the window (activities.duty); places, ids of branches the user reads.
    """
    found = [*_branch_life(rows, window, today), *_plan(places, today), *_agreements(places, today)]
    found += [*_certificates(places, today), *_partners(places, today), *_piles(user, places, window)]
    found += _year_answers(places, window, today)
    if not user.scope.edit.issuperset(places):
        found = [replace(due, mend=None, others=()) for due in found]
    order = [OVERDUE, SOON, ANY_TIME]
    return sorted(found, key=lambda due: order.index(due.group))


# ---------------------------------------------------------------- branch life
def _branch_life(rows, window, today):
    soon = today + dt.timedelta(days=ENDING_DAYS)
    for row in rows:
        url = _meetings_url(row, window)
        if missed := row.unexplained:
            first = in_words(missed[:1])
            note = f"{window.label}，先补{first}的" if len(missed) > 1 else window.label
            why_not = reverse(
                "activities:activity_new",
                query={
                    "kind": row.code,
                    "starts_on": missed[0].start,
                    "status": Activity.Status.CANCELLED.value,
                    "theme": f"{first}{row.name}没有召开",
                },
            )
            yield Due(
                OVERDUE,
                "bad",
                "stop",
                f"{row.name}：{in_words(missed)}没有记录",
                note,
                url,
                Way("补记", _meeting_url(row, missed[0])),
                (Way("写明未开的原因", why_not),),
            )
        if waiting := [cell for cell in row.due if cell.end <= soon]:
            note, last = f"到 {waiting[0].end.month}月{waiting[0].end.day}日", row.last_held
            mend = Way("记一场", _meeting_url(row, waiting[0]))
            if last:
                note += f" · 可照 {last.day.month}月{last.day.day}日 的抄一份"
                mend = Way("照上次", reverse("activities:activity_new", query={"copy": last.pk}))
            yield Due(SOON, "warn", "calendar", f"{row.name}本期待开", note, url, mend)


def _meetings_url(row: Row, window: Window) -> str:
    return reverse("activities:activity_list", query={"kind": row.code, "window": window})


def _meeting_url(row: Row, cell: Cell) -> str:
    """A new meeting of the kind; of a period that is over it begins with the period's first day."""
    query = {"kind": row.code} | ({"starts_on": cell.start} if cell.state == "miss" else {})
    return reverse("activities:activity_new", query=query)


def cell_url(row: Row, cell: Cell, window: Window, edits: bool) -> str:
    """Where a period of the table of branch life leads: to its only meeting, to the reason why there was none, to a new
    one for whoever may enter it, else to the list."""
    if cell.reason:
        return url_of("activities.activity", cell.reason.pk)
    if edits and cell.state in {"miss", "soon"}:
        return _meeting_url(row, cell)
    if len(cell.meetings) == 1:
        return url_of("activities.activity", cell.meetings[0].pk)
    return _meetings_url(row, window)


# ---------------------------------------------------------------- records that await their day, each on a line
def _lines(found, tell, rest: Due):
    """The first few told one by one; that there are more, in one line. Wants one more than are told."""
    found = list(found[: _SHOWN + 1])
    yield from (tell(item) for item in found[:_SHOWN])
    if len(found) > _SHOWN:
        yield replace(rest, mend=Way("全部", rest.url))


def _plan(places, today):
    def tell(item):
        return Due(
            OVERDUE,
            "bad",
            "link",
            f"联建计划第 {item.number} 项：{item.theme}",
            f"原定 {item.planned_on}" + (f" · 责任人 {item.responsible}" if item.responsible else ""),
            reverse("partnerships:planitem_detail", args=[item.pk]),
            Way("记活动", reverse("activities:activity_new", query={"plan_item": item.pk})),
            (
                Way("改期", reverse("partnerships:planitem_edit", args=[item.pk])),
                Way("取消", reverse("partnerships:planitem_cancel", args=[item.pk])),
            ),
        )

    url = reverse("partnerships:planitem_list", query={"open": "late", "all": 1})
    found = PlanItem.objects.live().of(places).filter(late(today)).order_by("planned_on_last", "pk")
    rest = Due(OVERDUE, "bad", "link", "还有别的联建计划已过期", "计划时间已过，没有活动记录", url)
    return _lines(found, tell, rest)


def _agreements(places, today):
    def tell(item):
        page, end = reverse("partnerships:agreement_detail", args=[item.pk]), item.expires_on
        renew = Way("续签", reverse("partnerships:agreement_renew", args=[item.pk]))
        if item.expires_on_last < today:
            note = f"{end.chinese}到期，状态还是“{item.get_status_display()}”"
            return Due(
                OVERDUE,
                "bad",
                "link",
                f"{item.name}已到期",
                note,
                page,
                renew,
                (Way("不续签，标为到期", page),),
            )
        note = f"{end.chinese} · 到期前 {(item.expires_on_last - today).days} 天"
        return Due(SOON, "warn", "link", f"{item.name}将到期", note, page, renew)

    found = Agreement.objects.live().of(places).filter(agreements_expiring(today) | overrun(today))
    url = reverse("partnerships:agreement_list", query={"all": 1})
    rest = Due(SOON, "warn", "link", "还有别的协议到期或将到期", f"{ENDING_DAYS} 天内", url)
    return _lines(found.order_by("expires_on_last", "pk"), tell, rest)


def _certificates(places, today):
    """Those that end soon, unless a renewal has taken their place."""

    def tell(item):
        page = reverse("branch:certification_detail", args=[item.pk])
        note, mend = f"还有 {(item.valid_until_last - today).days} 天", Way("查看", page)
        if item.renewal_waiting:
            note = f"{note} · 新证书已交，待审核"
            mend = Way("审核", reverse("branch:certification_review", args=[item.renewal_waiting]))
        title = f"{item.member.name}的 {item.name} 证书 {item.valid_until.chinese}到期"
        return Due(SOON, "warn", "card", title, note, page, mend)

    found = (
        Certification.objects.live()
        .of(places)
        .with_renewal(today)
        .filter(certificates_expiring(today), is_renewed=False)
        .select_related("member", "type")
        .order_by("valid_until_last", "pk")
    )
    url = reverse("branch:certification_list", query={"validity": "expiring"})
    return _lines(found, tell, Due(SOON, "warn", "card", "还有别的证书将到期", f"{EXPIRING_DAYS} 天内", url))


def _partners(places, today):
    """Those under an agreement all the while, with whom nothing was held."""
    since = today - dt.timedelta(days=IDLE_DAYS)
    agreed = Agreement.objects.live().in_force_on(since).in_force_on(today)

    def tell(item):
        title = f"{item}：{IDLE_DAYS} 天没有活动"
        note = f"上次 {item.last_contact:%Y-%m-%d}" if item.last_contact else "还没有活动记录"
        page = reverse("partnerships:partner_detail", args=[item.pk])
        log = reverse("activities:quick_log", query={"line": f"{item} "})
        return Due(SOON, "warn", "link", title, note, page, Way("记一笔", log))

    found = (
        Partner.objects.live()
        .of(places)
        .filter(idle(today), Exists(agreed.filter(parties__partner=OuterRef("pk"))))
        .with_last_contact(today)
        .order_by(F("last_contact").asc(nulls_first=True), "pk")
    )
    url = reverse("partnerships:partner_list", query={"contact": "idle"})
    return _lines(found, tell, Due(SOON, "warn", "link", "还有别的单位没有往来", f"{IDLE_DAYS} 天", url))


# ---------------------------------------------------------------- what only its number is told of
@dataclass(frozen=True)
class _Pile:
    """Records that lack the same. records: in the order in which they are mended; title: with {number} in it; word: on
    the button, which leads to the first of them: page(its id); proof: the checklist by which they lack something, else
    None."""

    records: QuerySet
    icon: str
    title: str
    note: str
    url: str
    word: str
    page: Callable[[int], str]
    proof: Checklist | None = None


def _piles(user, places, window):
    piles = _piles_of(user, places, window)
    # All of them in one question, which hangs on the row of whoever asks.
    asked = {}
    for place, pile in enumerate(piles):
        count = Func("pk", function="COUNT", output_field=IntegerField())
        asked[f"number_{place}"] = Subquery(
            pile.records.order_by().annotate(how_many=count).values("how_many")
        )
        asked[f"first_{place}"] = Subquery(pile.records.values("pk")[:1])
        if pile.proof:
            asked[f"lacking_{place}"] = Subquery(
                pile.records.annotate(lacking=pile.proof.lacking).values("lacking")[:1]
            )
    answers = User.objects.filter(pk=user.pk).values(**asked).get()
    for place, pile in enumerate(piles):
        if number := answers[f"number_{place}"]:
            page, note = pile.page(answers[f"first_{place}"]), pile.note
            if pile.proof:
                lacks = Lacks.read(answers[f"lacking_{place}"])
                page, note = add_url(page, lacks[0].kind), f"{note} · {'先' * (number > 1)}补 {lacks.names}"
            title = pile.title.format(number=number)
            yield Due(ANY_TIME, "ink", pile.icon, title, note, pile.url, Way(pile.word, page))


def _piles_of(user, places, window) -> list[_Pile]:
    held = Activity.objects.live().of(places).held_in(window)
    proposed = Outcome.objects.live().of(places).filter(review=Outcome.Review.PROPOSED)
    outcomes = Outcome.objects.live().of(places).accepted()
    agreements = Agreement.objects.live().of(places)
    certificates = Certification.objects.live().of(places)
    status = Certification.Status
    notices = reverse("core:notice_list")
    inbox = reverse("branch:certification_inbox")
    if not user.scope.edit.issuperset(places):  # whoever only reads sees the list
        inbox = reverse("branch:certification_list", query={"status": "pending"})

    def bare(proof, records, title, note, **query):
        page = partial(url_of, proof.model._meta.label_lower)
        url = f"{page_of_kind(proof.model, 'list')}?{urlencode({'proof': 'missing', **query})}"
        return _Pile(records.filter(proof.lacks), "paperclip", title, note, url, "补充", page, proof)

    asked = checklists(Activity, Outcome, Agreement, Certification)
    of_activities, of_outcomes, of_agreements, of_certificates = asked

    return [
        _Pile(
            Notice.objects.visible_to(user).unread().order_by("pk"),
            "bell",
            "{number} 条通知未读",
            "发给我的",
            notices,
            "查看",
            lambda pk: notices,
        ),
        _Pile(
            certificates.waiting(),
            "card",
            "{number} 份证书待审核",
            "先交的先审",
            inbox,
            "审核",
            lambda pk: inbox,
        ),
        _Pile(
            proposed.order_by("pk"),
            "award",
            "{number} 项成果待确认",
            "党员自己提出，确认后才计数",
            reverse("outcomes:outcome_list", query={"review": "proposed", "all": 1}),
            "确认",
            lambda pk: url_of("outcomes.outcome", pk),
        ),
        bare(
            of_activities,
            held.order_by("-starts_on", "-pk"),
            "{number} 场活动缺佐证",
            window.label,
            status="held",
            window=window,
        ),
        bare(
            of_outcomes,
            outcomes.within(window).order_by("-date_first", "-pk"),
            "{number} 项成果缺佐证",
            window.label,
            window=window,
        ),
        bare(
            of_agreements,
            agreements.signed().order_by("-signed_on_first", "-pk"),
            "{number} 份协议缺佐证",
            "签署的文本",
            all=1,
        ),
        bare(
            of_certificates,
            certificates.filter(status=status.VERIFIED).order_by("-passed_on_first", "-pk"),
            "{number} 份证书缺佐证",
            "已核验，没有证书照片",
        ),
        _Pile(
            outcomes.filter(date_first__isnull=True).order_by("-pk"),
            "calendar",
            "{number} 项成果没有日期",
            "没有日期就不属于任何年度",
            reverse("outcomes:outcome_list", query={"date": "missing"}),
            "补填",
            lambda pk: page_of_kind(Outcome, "edit", pk) or url_of("outcomes.outcome", pk),
        ),
    ]


# ---------------------------------------------------------------- members' answers
def _year_answers(places, window, today):
    """What members say is missing, until it is settled; and that some have not answered: while the season lasts, else
    where somebody asked for answers about the year in view."""
    page = reverse("workbench:answer_list")
    missing = YearAnswer.objects.to_mend().of(places).select_related("member").order_by("answered_at", "pk")
    missing = list(missing[: _SHOWN + 1])
    for answer in missing[:_SHOWN]:
        title = f"{answer.member}说 {answer.year} 年度有遗漏"
        url = f"{page}?window={answer.year}&state=to_mend"
        note = Truncator(answer.note).chars(40)
        yield Due(SOON, "warn", "flag", title, note, url, Way("处理", url))
    if len(missing) > _SHOWN:
        url = f"{page}?window={missing[_SHOWN].year}&state=to_mend"
        note = f"{missing[_SHOWN].year} 年度"
        yield Due(SOON, "warn", "flag", "还有别人说的遗漏没有处理", note, url, Way("全部", url))
    season = year_in_season(today)
    year = season or window.start.year
    asked = Notice.objects.filter(organisation=OuterRef("organisation"), key__startswith=asking_key(year))
    waiting = Member.objects.live().of(places).during(Window.year(year)).filter(~has_answered(year))
    number = waiting.count() if season else waiting.filter(Exists(asked)).count()
    if number:
        last = deadline(year, today)
        note = f"{last.month}月{last.day}日前" if last else "已发过通知"
        url = f"{page}?window={year}&state=waiting"
        title = f"还有 {number} 人没有确认 {year} 年度"
        group, tone = (SOON, "warn") if season else (ANY_TIME, "ink")
        yield Due(group, tone, "user", title, note, url, Way("查看", url))

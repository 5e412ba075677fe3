"""What waits for somebody: only what can be read off the records today, overdue before due."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils.text import Truncator

from activities.duty import in_words
from activities.models import Activity
from branch.filters import EXPIRING_DAYS
from branch.filters import expiring as certificates_expiring
from branch.models import Certification, Member
from core.dates import Window
from core.listing import without_proof
from core.models import Notice
from outcomes.models import Outcome
from partnerships.filters import expiring as agreements_expiring
from partnerships.filters import late, overrun
from partnerships.models import Agreement, PlanItem
from workbench.models import YearAnswer, has_answered
from workbench.season import deadline, year_in_season
from workbench.services import asking_key

OVERDUE, SOON, ANY_TIME = "已过期", "近期要办", "随时可办"
_SHOWN = 3  # of one sort; the rest is one line with a link


@dataclass(frozen=True)
class Due:
    """One thing to do. tone: bad, warn or ink; action: the word on its button."""

    group: str
    tone: str
    icon: str
    title: str
    note: str
    url: str
    action: str


def due_list(rows, places, window: Window, today: dt.date) -> list[Due]:
    """All that waits in these places, in the order of the groups.

    Arguments: rows, the branch life of the window (activities.duty); places, ids of branches the user reads.
    """
    found = [*_branch_life(rows, window), *_plan(places, today), *_agreements(places, today)]
    found += [*_certificates(places, today), *_reviews(places), *_missing(places, window)]
    found += _year_answers(places, window, today)
    order = [OVERDUE, SOON, ANY_TIME]
    return sorted(found, key=lambda due: order.index(due.group))


def _branch_life(rows, window):
    for row in rows:
        url = f"{reverse('activities:activity_list')}?kind={row.code}&window={window}"
        if missed := row.missed:
            title = f"{row.name}：{in_words(missed)}没有记录"
            yield Due(OVERDUE, "bad", "stop", title, f"{window.label} · 补录，或写明未开的原因", url, "查看")
        elif waiting := row.due:
            note = f"到 {waiting[0].end.month}月{waiting[0].end.day}日"
            yield Due(SOON, "warn", "calendar", f"{row.name}本期待开", note, url, "查看")


def _plan(places, today):
    url = f"{reverse('partnerships:planitem_list')}?open=late&all=1"
    found = list(
        PlanItem.objects.live()
        .of(places)
        .filter(late(today))
        .order_by("planned_on_last", "pk")
        .select_related("agreement")[: _SHOWN + 1]
    )
    for item in found[:_SHOWN]:
        note = f"原定 {item.planned_on}" + (f" · 责任人 {item.responsible}" if item.responsible else "")
        page = reverse("partnerships:planitem_detail", args=[item.pk])
        yield Due(OVERDUE, "bad", "link", f"联建计划第 {item.number} 项：{item.theme}", note, page, "处理")
    if len(found) > _SHOWN:
        yield Due(OVERDUE, "bad", "link", "还有别的联建计划已过期", "计划时间已过，没有活动记录", url, "全部")


def _agreements(places, today):
    found = (
        Agreement.objects.live()
        .of(places)
        .filter(agreements_expiring(today) | overrun(today))
        .order_by("expires_on_last", "pk")[:_SHOWN]
    )
    for item in found:
        over = item.expires_on_last < today
        days = abs((item.expires_on_last - today).days)
        words = (
            f"{item.expires_on.chinese}到期，状态还是“{item.get_status_display()}”"
            if over
            else f"{item.expires_on.chinese} · 到期前 {days} 天"
        )
        yield Due(
            OVERDUE if over else SOON,
            "bad" if over else "warn",
            "link",
            f"{item.name}{'已到期' if over else '将到期'}",
            words,
            reverse("partnerships:agreement_detail", args=[item.pk]),
            "处理",
        )


def _certificates(places, today):
    found = list(
        Certification.objects.live()
        .of(places)
        .filter(certificates_expiring(today))
        .select_related("member", "type")
        .order_by("valid_until_last", "pk")[: _SHOWN + 1]
    )
    for item in found[:_SHOWN]:
        title = f"{item.member.name}的 {item.name} 证书将到期"
        days = (item.valid_until_last - today).days
        note = f"{item.valid_until.chinese} · 还有 {days} 天"
        page = reverse("branch:certification_detail", args=[item.pk])
        yield Due(SOON, "warn", "card", title, note, page, "查看")
    if len(found) > _SHOWN:
        url = f"{reverse('branch:certification_list')}?validity=expiring"
        yield Due(SOON, "warn", "card", "还有别的证书将到期", f"{EXPIRING_DAYS} 天内", url, "全部")


def _reviews(places):
    waiting = (
        Certification.objects.live()
        .of(places)
        .filter(status=Certification.Status.PENDING)
        .aggregate(number=Count("pk"), first=Min("created_at"))
    )
    if waiting["number"]:
        url = f"{reverse('branch:certification_list')}?status=pending"
        note = f"最早一份 {waiting['first'].astimezone():%Y-%m-%d} 录入"
        yield Due(ANY_TIME, "ink", "card", f"{waiting['number']} 份证书待审核", note, url, "审核")


def _missing(places, window):
    held = Activity.objects.live().of(places).held_in(window)
    outcomes = Outcome.objects.live().of(places)
    bare = held.filter(without_proof(Activity)).count()
    results = outcomes.aggregate(
        bare=Count("pk", filter=Q(without_proof(Outcome), _within(window))),
        undated=Count("pk", filter=Q(date_first__isnull=True)),
    )
    if bare:
        url = f"{reverse('activities:activity_list')}?proof=missing&status=held&window={window}"
        yield Due(ANY_TIME, "ink", "paperclip", f"{bare} 场活动缺佐证", window.label, url, "补充")
    if results["bare"]:
        url = f"{reverse('outcomes:outcome_list')}?proof=missing&window={window}"
        yield Due(ANY_TIME, "ink", "paperclip", f"{results['bare']} 项成果缺佐证", window.label, url, "补充")
    if results["undated"]:
        url = f"{reverse('outcomes:outcome_list')}?date=missing"
        note = "没有日期就不属于任何年度"
        yield Due(ANY_TIME, "ink", "calendar", f"{results['undated']} 项成果没有日期", note, url, "补填")


def _within(window) -> Q:
    return Q(date_first__gte=window.start, date_last__lte=window.end)


def _year_answers(places, window, today):
    """What members say is missing, until it is settled; and that some have not answered: while the season lasts, else
    where somebody asked for answers about the year in view."""
    page = reverse("workbench:answer_list")
    missing = YearAnswer.objects.to_mend().of(places).select_related("member").order_by("answered_at", "pk")
    missing = list(missing[: _SHOWN + 1])
    for answer in missing[:_SHOWN]:
        title = f"{answer.member}说 {answer.year} 年度有遗漏"
        url = f"{page}?window={answer.year}&state=to_mend"
        yield Due(SOON, "warn", "flag", title, Truncator(answer.note).chars(40), url, "处理")
    if len(missing) > _SHOWN:
        url = f"{page}?window={missing[_SHOWN].year}&state=to_mend"
        yield Due(
            SOON, "warn", "flag", "还有别人说的遗漏没有处理", f"{missing[_SHOWN].year} 年度", url, "全部"
        )
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
        yield Due(SOON if season else ANY_TIME, "warn" if season else "ink", "user", title, note, url, "查看")

"""年度确认: what each member says of the year, and the secretary's list of what was said and by whom not yet.

By name and in the order of pinyin; there are no counts of persons, no shares and no ranking.
"""

from __future__ import annotations

import django_filters
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branch.filters import NameFilter
from branch.models import Member
from core.context import frame_of
from core.dates import EARLIEST_YEAR, Window, today
from core.forms import report
from core.listing import Listing, Sort, Tab
from core.models import Change, Organisation
from core.permissions import get_editable, get_visible
from core.records import VersionConflict
from core.text import whole_number
from workbench.models import YearAnswer, has_answered, has_note_to_mend
from workbench.season import deadline
from workbench.services import answer_year, ask_for_answers, settle_missing

_CHANGES = 20


class AnswerForm(forms.Form):
    """What a member says of the year; what is missing is wanted only with that answer."""

    answer = forms.ChoiceField(choices=YearAnswer.Answer.choices, widget=forms.HiddenInput)
    note = forms.CharField(
        label="少了什么",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写个大概就行，例如：9月去社区讲过一次课；还有一篇论文没有记",
    )
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, auto_id=f"answer-{member.pk}-%s", **kwargs)
        if self.is_bound and self.data.get("answer") != YearAnswer.Answer.MISSING:
            self.fields["note"].required = False


# ---------------------------------------------------------------- one answer
def question(member, year: int, answer: YearAnswer | None, form: AnswerForm | None = None) -> dict:
    """What a member is asked about a year, as workbench/_answer.html wants it. Arguments: answer, the one there is."""
    note = answer.note if answer and answer.is_to_mend else ""
    return {
        "member": member,
        "year": year,
        "answer": answer,
        "version": answer.version if answer else 0,
        "form": form or AnswerForm(member=member, initial={"note": note}),
        "deadline": deadline(year, today()),
    }


@require_http_methods(["GET", "POST"])
def answer_edit(request, pk, year):
    """Answer for oneself, or, as somebody who edits the branch, on behalf of a member who does not log in."""
    member = get_visible(Member.objects.select_related("organisation"), request.user, pk=pk)
    is_own = member.user_id == request.user.pk
    if not is_own and member.organisation_id not in request.user.scope.edit:
        raise PermissionDenied
    if not EARLIEST_YEAR <= year <= today().year:
        raise Http404
    form = AnswerForm(request.POST, member=member) if request.method == "POST" else None
    if form and form.is_valid():
        try:
            answer_year(member, year, **form.cleaned_data, by=request.user)
        except VersionConflict:
            form.add_error(None, "刚才有人改过这个答复，请看过再点")
        except ValidationError as error:
            report(form, error)
        else:
            messages.success(request, "已记下，谢谢" if is_own else f"已为{member}登记")
            page = "workbench:mine" if is_own else "workbench:answer_list"
            return redirect(reverse(page, query={"window": year}))
    answer = (
        YearAnswer.objects.filter(member=member, year=year)
        .select_related("answered_by", "settled_by")
        .first()
    )
    context = {
        "question": question(member, year, answer, form),
        "is_own": is_own,
        "changes": Change.objects.about(answer)[:_CHANGES] if answer else [],
        "list_url": reverse("workbench:answer_list", query={"window": year}),
    }
    return render(request, "workbench/answer_edit.html", context)


# ---------------------------------------------------------------- the secretary's list
class AnswerFilter(NameFilter):
    """Members by what they said of the year in view."""

    state = django_filters.ChoiceFilter(
        label="答复",
        choices=[("waiting", "还没确认"), ("to_mend", "有遗漏待处理"), ("answered", "已答复")],
        method="by_state",
    )

    def by_state(self, queryset, name, value):
        """As the tabs ask."""
        return queryset.filter(_states(_year_of(self.request))[value])


def _year_of(request) -> int:
    """Members confirm calendar years; of another window the one it begins in."""
    return frame_of(request).window.start.year


def _states(year) -> dict[str, Q]:
    return {
        "waiting": Q(~has_answered(year)),
        "to_mend": Q(has_note_to_mend(year)),
        "answered": Q(has_answered(year)),
    }


@require_safe
def answer_list(request):
    """The members of the year, by name, with what each said; a text for the group of those who said nothing yet."""
    frame, scope, year = frame_of(request), request.user.scope, _year_of(request)
    if not frame.places & scope.read:
        raise Http404
    members = Member.objects.live().of(scope.read).during(Window.year(year))
    states = _states(year)
    answers = YearAnswer.objects.filter(year=year).select_related("answered_by", "settled_by")
    listing = Listing(
        request,
        members,
        filters=AnswerFilter,
        sorts=[Sort("name", "姓名", "name_pinyin", descending=False)],
        tabs=[
            Tab("全部"),
            Tab("还没确认", {"state": "waiting"}, states["waiting"], "warn"),
            Tab("有遗漏待处理", {"state": "to_mend"}, states["to_mend"], "bad"),
            Tab("已答复", {"state": "answered"}, states["answered"]),
        ],
        dress=lambda found: found.select_related("organisation").prefetch_related(
            Prefetch("year_answers", answers, to_attr="answers")
        ),
    )
    for tab in listing.tabs:
        tab["number"] = None  # who has not answered is asked by name, nobody is a number
    for member in listing.rows:
        member.answer = next(iter(member.answers), None)
        member.may_edit = member.organisation_id in scope.edit
    context = {"list": listing, "year": year, "is_ahead": year > today().year}
    if frame.branch and not context["is_ahead"]:
        waiting = members.of([frame.branch]).filter(states["waiting"]).order_by("name_pinyin", "pk")
        names = [member.name for member in waiting]
        context |= {
            "call": _call(names, year) if names else "",
            "may_ask": bool(names) and frame.branch.pk in scope.edit,
        }
    return render(request, "workbench/answer_list.html", context)


def _call(names, year) -> str:
    """What the secretary pastes into the group."""
    page = f"{settings.PUBLIC_URL}{reverse('workbench:mine', query={'window': year})}"
    last = deadline(year, today())
    until = f"在 {last.month}月{last.day}日前" if last else "抽空"
    return (
        f"以下同志请{until}确认 {year} 年度台账：{'、'.join(names)}。"
        f"打开 {page} 看一看，没有遗漏点确认，少了什么写一句，本年没有也请点一下。"
    )


@require_POST
def answer_settle(request, pk):
    """What a member missed is seen to."""
    found = YearAnswer.objects.select_related("member", "organisation")
    answer = get_editable(found, request.user, pk=pk)
    try:
        settle_missing(answer, version=whole_number(request.POST.get("version", "")), by=request.user)
    except VersionConflict:
        messages.error(request, f"{answer.member}刚才又改了答复，请看过再处理")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"已处理，{answer.member}会收到通知" if answer.member.user_id else "已处理")
    return redirect(reverse("workbench:answer_list", query={"window": answer.year}))


@require_POST
def answer_ask(request, code, year):
    """Send a notice to those of a branch who have an account and have not answered."""
    branch = get_editable(Organisation.objects.branches(), request.user, code=code)
    try:
        asked = ask_for_answers(branch, year, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        names = "、".join(member.name for member in asked)
        messages.success(request, f"已通知：{names}" if names else "还没确认的人都没有账号，请发到群里")
    return redirect(reverse("workbench:answer_list", query={"window": year}))

"""Feedback, written through its pages: several pieces at once, consent, trash."""

import datetime as dt

import pytest
from django.urls import reverse

from activities import services
from activities.models import Feedback
from core.models import Change
from tests import factories
from tests.test_editing import as_shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast, sign_in):
    return sign_in(cast.alice)


@pytest.fixture
def activity(cast):
    return factories.ActivityFactory(organisation=cast.north, theme="科普讲座")


@pytest.fixture
def feedback(cast, activity):
    return services.add_feedback(activity, identity="家长", content="孩子听得入神", by=cast.alice)


def new(activity):
    return reverse("activities:feedback_new", args=[activity.pk])


def page_of(feedback, page):
    return reverse(f"activities:feedback_{page}", args=[feedback.pk])


def said(answer, *rows, **more):
    """The shown form with these rows typed: (identity, content, consent)."""
    posted = as_shown(answer) | more
    for place, (identity, content, may_quote) in enumerate(rows):
        posted |= {f"said-{place}-identity": identity, f"said-{place}-content": content}
        posted |= {f"said-{place}-may_quote": "on"} if may_quote else {}
    return posted


def test_several_pieces_are_entered_at_once(alice, cast, activity):
    page = reverse("activities:activity_detail", args=[activity.pk])
    assert f'href="{new(activity)}"' in alice.get(page).text
    rows = [("家长", "孩子听得入神", True), ("", "讲得太快", False)]
    answer = alice.post(new(activity), said(alice.get(new(activity)), *rows, received_on="2024-06-03"))
    assert answer.url == f"{page}#feedback"
    found = [
        (item.identity, item.content, item.may_quote, item.received_on)
        for item in Feedback.objects.order_by("pk")
    ]
    day = dt.date(2024, 6, 3)
    assert found == [("家长", "孩子听得入神", True, day), ("", "讲得太快", False, day)]
    assert {item.organisation for item in Feedback.objects.all()} == {cast.north}
    assert Change.objects.filter(model="activities.feedback", verb="create").count() == 2
    shown = alice.get(page).text
    assert "等 2 条" in shown
    assert "讲得太快" in shown


def test_pressed_twice_it_is_entered_once(alice, activity):
    posted = said(alice.get(new(activity)), ("家长", "好", True), ("学生", "很好", False))
    alice.post(new(activity), posted)
    alice.post(new(activity), posted)
    assert Feedback.objects.count() == 2


def test_nothing_typed_is_told(alice, activity):
    assert "还没有填反馈的内容" in alice.post(new(activity), as_shown(alice.get(new(activity)))).text


def test_a_repetition_is_told_with_its_words_and_nothing_is_half_entered(alice, activity, feedback):
    rows = [("学生", "新的一句", True), ("家长", "孩子听得入神", True)]
    answer = alice.post(new(activity), said(alice.get(new(activity)), *rows))
    assert "“孩子听得入神”：这条反馈已经录过了" in answer.text
    assert "新的一句" in answer.text
    assert Feedback.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "more"),
    [
        (("字" * 61, "好", False), {}),
        (("家长", "", False), {}),
        (("家长", "a\x00b", False), {}),
        (("家长", "好", False), {"received_on": "1899-12-31"}),
        (("家长", "好", False), {"received_on": "2999-01-01"}),
        (("家长", "好", False), {"received_on": "2024-02-30"}),
    ],
)
def test_what_cannot_be_saved_keeps_every_word(alice, activity, row, more):
    answer = alice.post(
        new(activity), said(alice.get(new(activity)), ("学生", "留着的话", True), row, **more)
    )
    assert answer.status_code == 200
    assert "form-error" in answer.text or "banner bad" in answer.text
    assert "留着的话" in answer.text
    assert not Feedback.objects.exists()


def test_markup_and_long_words_come_back_as_typed(alice, activity):
    words = "<b>𠮷</b> 🎉 " + "长" * 5000
    alice.post(new(activity), said(alice.get(new(activity)), ("家长", words, True)))
    feedback = Feedback.objects.get()
    assert feedback.content == words
    assert "<b>𠮷" not in alice.get(page_of(feedback, "detail")).text


def test_consent_is_changed_and_told(alice, feedback):
    edit = page_of(feedback, "edit")
    alice.post(edit, as_shown(alice.get(edit)) | {"may_quote": "on"})
    feedback.refresh_from_db()
    assert feedback.may_quote
    assert Change.objects.about(feedback).first().changes == {"同意引用": ["", "是"]}


def test_two_editors_meet(alice, cast, feedback):
    edit = page_of(feedback, "edit")
    mine = as_shown(alice.get(edit))
    services.update_feedback(feedback, content="黛安改的", by=cast.diana)
    answer = alice.post(edit, mine | {"content": "我改的"})
    assert "黛安改的" in answer.text
    assert "content" in answer.context["form"].conflicts


def test_trash_and_back(alice, feedback, activity):
    alice.post(page_of(feedback, "trash"), {"version": feedback.version})
    feedback.refresh_from_db()
    assert feedback.deleted_at
    services.trash_activity(activity, by=None)
    assert "请先恢复活动" in alice.post(page_of(feedback, "restore"), follow=True).text
    services.restore_activity(activity, by=None)
    alice.post(page_of(feedback, "restore"))
    feedback.refresh_from_db()
    assert feedback.deleted_at is None

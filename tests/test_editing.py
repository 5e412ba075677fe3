"""Writing a record through its page: once, with its words kept, against a second editor, into the trash and back."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from activities import services
from activities.models import Activity, ActivityKind, Participation
from core.models import Change, Draft
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "/activities/new/"


def typed(**changes):
    """What the browser posts for a small activity."""
    return {
        "theme": "数字助老进社区",
        "kind": ActivityKind.objects.get(code="themed_party_day").pk,
        "lines": ["branch_life"],
        "status": "held",
        "starts_on": "2024-09-21",
        "person_times": "86",
        "count_method": "sign_in",
        "in_reports": "on",
        "entry_key": str(uuid.uuid4()),
        "attendance-TOTAL_FORMS": "0",
        "attendance-INITIAL_FORMS": "0",
    } | changes


def as_shown(answer):
    """The form of a page as the browser would post it back."""
    form = answer.context["form"]
    parts = [form]
    for formset in form.formsets.values():
        parts += [formset.management_form, *formset.forms]
    posted = {"draft": answer.context.get("draft_name", ""), "sure": form.sure}
    for field in (field for part in parts for field in part):
        value = field.value()
        if value is None or value is False:
            continue
        posted[field.html_name] = (
            [str(item) for item in value]
            if isinstance(value, list) and field.name in ("lines", "partners")
            else "on"
            if value is True
            else str(field.field.prepare_value(value))
        )
    return posted


@pytest.fixture
def alice(cast, sign_in):
    return sign_in(cast.alice)


@pytest.fixture
def activity(cast):
    fields = {
        "kind": ActivityKind.objects.get(code="lecture"),
        "lines": ["education_service"],
        "status": "held",
    }
    return services.create_activity(
        cast.north, theme="科普讲座", starts_on=dt.date(2024, 5, 6), place="报告厅", by=cast.alice, **fields
    )


def edit_url(activity):
    return reverse("activities:activity_edit", args=[activity.pk])


# ---------------------------------------------------------------- new
def test_a_new_record_is_saved_and_shown(alice, cast):
    answer = alice.post(NEW, typed())
    activity = Activity.objects.get()
    assert answer.url == reverse("activities:activity_detail", args=[activity.pk])
    assert (activity.organisation, activity.code, activity.person_times) == (cast.north, "2024-001", 86)
    assert Change.objects.about(activity).get().actor == cast.alice
    assert "已录入“数字助老进社区”" in alice.get(answer.url).text


def test_the_same_button_pressed_twice_makes_one_record(alice):
    data = typed()
    first, second = alice.post(NEW, data), alice.post(NEW, data)
    assert first.url == second.url
    assert Activity.objects.count() == 1


def test_what_cannot_be_saved_keeps_every_word_and_says_why_beside_the_field(alice):
    answer = alice.post(NEW, typed(theme="字" * 5000, starts_on="2024-02-30", place="望江社区"))
    form = answer.context["form"]
    assert answer.status_code == 200
    assert {"theme", "starts_on"} <= set(form.errors)
    assert 'value="望江社区"' in answer.text
    assert "字" * 5000 in answer.text
    assert "2024-02-30" in answer.text
    assert not Activity.objects.exists()


def test_a_rule_of_the_service_is_told_beside_its_field(alice):
    answer = alice.post(NEW, typed(ends_on="2024-09-20"))
    assert "结束时间早于开始时间" in answer.text
    assert not Activity.objects.exists()


def test_markup_emoji_and_rare_characters_come_back_as_typed(alice):
    theme = "<b>𠮷镕堃</b> 🎉 & “引号”"
    alice.post(NEW, typed(theme=theme))
    activity = Activity.objects.get()
    assert activity.theme == theme
    page = alice.get(reverse("activities:activity_detail", args=[activity.pk])).text
    assert "<b>𠮷" not in page
    assert "&lt;b&gt;𠮷镕堃&lt;/b&gt; 🎉" in page


@pytest.mark.parametrize("day", ["1899-12-31", "2999-01-01"])
def test_a_day_nobody_lives_in_is_refused_in_words(alice, day):
    answer = alice.post(NEW, typed(starts_on=day))
    assert answer.status_code == 200
    assert not Activity.objects.exists()
    assert "1900—2100" in answer.text


def test_a_copy_begins_with_everything_but_the_day_and_the_counts(alice, activity):
    services.update_activity(activity, person_times=40, by=None)
    form = alice.get(f"{NEW}?copy={activity.pk}").context["form"]
    assert (form["theme"].value(), form["place"].value()) == ("科普讲座", "报告厅")
    assert not form["starts_on"].value()
    assert not form["person_times"].value()
    assert not form["code"].value()


def test_only_ones_own_records_can_be_copied(cast, sign_in, activity):
    assert sign_in(cast.charlie).get(f"{NEW}?copy={activity.pk}").status_code == 404


def test_whoever_edits_several_branches_is_asked_which(cast, sign_in):
    client = sign_in(cast.diana)
    assert "记在哪个支部" in client.get(NEW).text
    client.post(f"{NEW}?branch=south", typed())
    assert Activity.objects.get().organisation == cast.south


# ---------------------------------------------------------------- two editors
def test_two_editors_of_different_fields_both_get_their_way(alice, cast, activity):
    mine = as_shown(alice.get(edit_url(activity)))
    services.update_activity(activity, place="图书馆", by=cast.diana)
    answer = alice.post(edit_url(activity), mine | {"theme": "新主题"})
    form = answer.context["form"]
    assert (form["place"].value(), form["theme"].value()) == ("图书馆", "新主题")
    assert form.adopted == ["地点"]
    assert not form.conflicts
    activity.refresh_from_db()
    assert activity.theme == "科普讲座"  # nothing before it was seen
    alice.post(edit_url(activity), as_shown(answer))
    activity.refresh_from_db()
    assert (activity.place, activity.theme) == ("图书馆", "新主题")


def test_of_a_field_that_both_changed_the_later_one_sees_both_and_chooses(alice, cast, activity):
    mine = as_shown(alice.get(edit_url(activity)))
    services.update_activity(activity, theme="黛安的主题", by=cast.diana)
    answer = alice.post(edit_url(activity), mine | {"theme": "我的主题"})
    assert "黛安的主题" in answer.text
    assert "我的主题" in answer.text
    assert str(cast.diana) in answer.text
    seen = as_shown(answer)
    taken = alice.post(edit_url(activity), seen | {"take": "theme"})
    assert taken.context["form"]["theme"].value() == "黛安的主题"
    alice.post(edit_url(activity), seen)
    activity.refresh_from_db()
    assert activity.theme == "我的主题"


def test_partners_changed_by_the_other_editor_are_kept_too(alice, cast, activity):
    partner = factories.PartnerFactory(organisation=cast.north)
    mine = as_shown(alice.get(edit_url(activity)))
    services.update_activity(activity, partners=[partner], by=cast.diana)
    answer = alice.post(edit_url(activity), mine | {"theme": "新主题"})
    assert answer.context["form"]["partners"].value() == [str(partner.pk)]


def test_a_roll_call_changed_by_the_other_editor_is_kept_too(alice, cast, activity):
    mine = as_shown(alice.get(edit_url(activity)))
    bob = Participation(role="on_leave", member=cast.bob_member, name="鲍勃", remark="出差")
    services.update_activity(activity, people=[bob], by=cast.diana)
    answer = alice.post(edit_url(activity), mine | {"theme": "新主题"})
    rows = {
        row["member"].value(): row["state"].value() for row in answer.context["form"].formsets["attendance"]
    }
    assert rows[str(cast.bob_member.pk)] == "on_leave"
    alice.post(edit_url(activity), as_shown(answer))
    assert str(activity.participations.get(role="on_leave")) == "鲍勃（出差）"


# ---------------------------------------------------------------- the roll call
def test_a_roll_call_notes_all_as_present_but_those_marked(alice, cast, activity):
    url = reverse("activities:activity_attendance", args=[activity.pk])
    shown = as_shown(alice.get(url))
    place = next(
        key for key, value in shown.items() if key.endswith("-member") and value == str(cast.bob_member.pk)
    )
    row = place.removesuffix("-member")
    alice.post(
        url, shown | {"roll": "on", f"{row}-state": "on_leave", f"{row}-remark": "外出授课", "host": "艾丽"}
    )
    people = {(person.role, str(person)) for person in activity.participations.all()}
    assert people == {("host", "艾丽"), ("present", "艾丽"), ("on_leave", "鲍勃（外出授课）")}
    assert activity.participations.get(role="host").member == cast.alice_member


def test_whoever_was_not_on_the_list_stays_off_it(alice, cast, activity):
    services.update_activity(
        activity, people=[Participation(role="absent", member=cast.bob_member)], by=cast.alice
    )
    url = reverse("activities:activity_attendance", args=[activity.pk])
    alice.post(url, as_shown(alice.get(url)) | {"host": "艾丽"})
    assert {person.role for person in activity.participations.all()} == {"absent", "host"}
    copy = alice.get(f"{NEW}?copy={activity.pk}").context["form"].formsets["attendance"]
    assert {row["member"].value(): row["state"].value() for row in copy} == {
        cast.bob_member.pk: "present",
        cast.alice_member.pk: "",
    }


def test_without_a_roll_call_nobody_is_noted(alice, activity):
    url = reverse("activities:activity_attendance", args=[activity.pk])
    alice.post(url, as_shown(alice.get(url)) | {"present": "12"})
    activity.refresh_from_db()
    assert activity.present == 12
    assert not activity.participations.exists()


def test_a_member_of_another_branch_cannot_be_noted(alice, cast, activity):
    url = reverse("activities:activity_attendance", args=[activity.pk])
    shown = as_shown(alice.get(url)) | {"roll": "on", "attendance-0-member": str(cast.charlie_member.pk)}
    assert "这不是本支部的党员" in alice.post(url, shown).text
    assert not activity.participations.exists()


@pytest.mark.parametrize(
    ("typed_names", "said"),
    [("查理，查理", "查理出现了两次"), ("鲍勃#9999", "没有工号 9999 的鲍勃"), ("（校党委）", "看不懂")],
)
def test_names_that_cannot_be_right_are_told(alice, activity, typed_names, said):
    url = reverse("activities:activity_attendance", args=[activity.pk])
    assert said in alice.post(url, as_shown(alice.get(url)) | {"observers": typed_names}).text


def test_a_name_of_two_members_asks_which(alice, cast, activity):
    other = factories.MemberFactory(organisation=cast.north, name="鲍勃")
    url = reverse("activities:activity_attendance", args=[activity.pk])
    shown = as_shown(alice.get(url))
    assert f"鲍勃#{other.staff_number}" in alice.post(url, shown | {"host": "鲍勃"}).text
    alice.post(url, shown | {"host": f"鲍勃#{other.staff_number}"})
    assert activity.participations.get(role="host").member == other


# ---------------------------------------------------------------- drafts
def keep_draft(client, user, name=f"{NEW}?branch=north", **words):
    return client.post("/drafts/", typed(**words) | {"draft": name, "typist": user.pk})


def test_a_form_left_alone_is_there_again(alice, cast):
    assert keep_draft(alice, cast.alice, theme="写到一半", starts_on="").status_code == 204
    answer = alice.get(NEW)
    assert answer.context["form"]["theme"].value() == "写到一半"
    assert "接着上次没保存的内容" in answer.text
    assert "form-error" not in answer.text
    alice.post(NEW, as_shown(answer) | {"starts_on": "2024-09-21"})
    assert Activity.objects.get().theme == "写到一半"
    assert not Draft.objects.exists()


def test_a_draft_can_be_thrown_away(alice, cast):
    keep_draft(alice, cast.alice, theme="不要了")
    answer = alice.post(
        "/drafts/", {"draft": f"{NEW}?branch=north", "typist": cast.alice.pk, "drop": "1"}, follow=True
    )
    assert "不要了" not in answer.text


def test_a_draft_is_nobody_elses(cast, sign_in):
    keep_draft(sign_in(cast.alice), cast.alice, theme="艾丽的草稿")
    client = sign_in(cast.diana)
    assert "艾丽的草稿" not in client.get(f"{NEW}?branch=north").text
    assert keep_draft(client, cast.alice, theme="冒名").status_code == 409


def test_a_session_that_ended_in_mid_form_loses_nothing(cast, client):
    posted = typed(theme="写了很久") | {"draft": f"{NEW}?branch=north", "typist": cast.alice.pk}
    answer = client.post(NEW, posted)
    assert answer.url.startswith("/accounts/login/?next=/activities/new/")
    cast.alice.set_password("a-good-password-1")
    cast.alice.save()
    login = {"login": "alice", "password": "a-good-password-1", "next": NEW}
    back = client.post("/accounts/login/", login, follow=True)
    assert back.context["form"]["theme"].value() == "写了很久"


def test_what_waits_for_a_login_is_not_shown_to_somebody_else(cast, client):
    client.post(NEW, typed(theme="艾丽写的") | {"draft": f"{NEW}?branch=north", "typist": cast.alice.pk})
    session = client.session
    client.force_login(cast.diana)
    assert "艾丽写的" not in client.get(f"{NEW}?branch=north").text
    assert session  # it was there


def test_a_page_open_through_another_login_keeps_what_was_typed(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.alice)
    posted = typed(theme="旧页面") | {"draft": f"{NEW}?branch=north", "typist": cast.alice.pk}
    stale = client.post(NEW, posted, headers={"Origin": "http://testserver"}, follow=True)
    assert stale.context["form"]["theme"].value() == "旧页面"
    assert not Activity.objects.exists()
    foreign = client.post(NEW, posted | {"theme": "外站"}, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert Draft.objects.get().data["theme"] == ["旧页面"]


# ---------------------------------------------------------------- trash
def test_a_record_goes_into_the_trash_and_comes_back_by_one_press(alice, activity):
    url = reverse("activities:activity_trash", args=[activity.pk])
    answer = alice.post(url, {"version": activity.version}, follow=True)
    undo = re.search(r'action="([^"]*restore[^"]*)"', answer.text)[1]
    assert "已移入回收站" in answer.text
    assert "科普讲座" in alice.get("/settings/trash/").text
    alice.post(undo)
    activity.refresh_from_db()
    assert activity.deleted_at is None
    assert "科普讲座" not in alice.get("/settings/trash/").context["thrown"]


def test_the_trash_shows_only_what_one_may_bring_back(cast, sign_in, activity):
    services.trash_activity(activity, by=cast.alice)
    assert "科普讲座" not in sign_in(cast.charlie).get("/settings/trash/").text
    assert sign_in(cast.bob).get("/settings/trash/").status_code == 403


def test_a_record_changed_meanwhile_is_not_thrown_away_unseen(alice, cast, activity):
    seen = activity.version
    services.update_activity(activity, place="图书馆", by=cast.diana)
    alice.post(reverse("activities:activity_trash", args=[activity.pk]), {"version": seen})
    activity.refresh_from_db()
    assert activity.deleted_at is None


# ---------------------------------------------------------------- addresses nobody was given
ENDLESS = "1" * 5000


def test_a_number_without_end_is_no_record(alice, cast, activity):
    assert alice.get(f"{NEW}?copy={ENDLESS}").status_code == 404
    assert alice.get(f"{NEW}?plan_item={ENDLESS}").status_code == 200
    assert alice.post("/partnerships/new/", {"name": "社区", "same": ENDLESS}).status_code == 404
    assert alice.get(f"/partnerships/agreements/new/?partner={ENDLESS}").status_code == 200
    url = reverse("activities:activity_trash", args=[activity.pk])
    assert alice.post(url, {"version": ENDLESS}).status_code == 302


def test_what_was_typed_on_a_record_thrown_away_meanwhile_is_there_after_it_comes_back(
    cast, sign_in, alice, activity
):
    posted = as_shown(alice.get(edit_url(activity))) | {
        "theme": "改了一半的题目",
        "typist": str(cast.alice.pk),
    }
    services.trash_activity(activity, by=cast.diana)
    answer = alice.post(edit_url(activity), posted)
    assert answer.status_code == 404
    assert "这条记录在回收站里" in answer.text
    assert "刚才填的内容存成了草稿" in answer.text
    assert "刚才填的" not in alice.get(edit_url(activity)).text
    activity.refresh_from_db()
    services.restore_activity(activity, by=cast.alice)
    assert "改了一半的题目" in alice.get(edit_url(activity)).text


def test_that_a_record_is_in_the_trash_is_told_to_nobody_else(cast, sign_in, activity):
    services.trash_activity(activity, by=cast.alice)
    for stranger in (cast.bob, cast.charlie):
        answer = sign_in(stranger).get(edit_url(activity))
        assert answer.status_code == 404
        assert "回收站" not in answer.text

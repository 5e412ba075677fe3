"""What proves a record: the rules one by one, edited, and every place that says what is missing."""

import io
import random
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities.models import Activity
from branch.models import Certification
from core.checklists import checklist, checklists, provable, seed_rules
from core.dates import Window
from core.evidence import usual_kind
from core.files import attach, attachments_of, detach, move_attachment
from core.links import page_of_kind, record_url
from core.models import Attachment, Change, ProofRule
from core.proof_rules import add_rule, remove_rule, update_rule
from outcomes.models import Outcome
from partnerships.models import Agreement
from reports.services import compile_now
from tests import factories, uploads
from tests.documents import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]


def lacks(record):
    """What is missing of a record, in words; None where it need not be proven."""
    model = type(record)
    found = checklist(model).marked(model.objects.filter(pk=record.pk)).get()
    return None if found.lacking is None else str(found.lacks)


def outcome_of(cast, kind, status):
    subtype = {"patent": "invention", "book": "textbook"}.get(kind, "")
    return factories.OutcomeFactory(organisation=cast.north, kind_id=kind, status=status, subtype=subtype)


def prove(record, *kinds):
    return [factories.AttachmentFactory(record=record, kind=kind) for kind in kinds]


@pytest.fixture
def activity(cast):
    return factories.ActivityFactory(organisation=cast.north)


# ---------------------------------------------------------------- the built-in rules
@pytest.mark.parametrize(
    ("made", "proven", "missing"),
    [
        ({}, [], "缺 1 件：佐证"),
        ({}, ["other"], ""),  # a paper that somebody scanned is as good as a photo
        ({"person_times": 30}, ["photo"], ""),
        ({"person_times": 30, "count_method": "estimate"}, ["photo"], ""),
        ({"person_times": 30, "count_method": "sign_in"}, [], "缺 1 件：签到表"),
        ({"person_times": 30, "count_method": "roster"}, ["photo", "notice"], "缺 1 件：签到表"),
        ({"person_times": 30, "count_method": "sign_in"}, ["sign_in_sheet"], ""),
        ({"person_times": 30, "count_method": "host_proof"}, ["sign_in_sheet"], "缺 1 件：主办方证明"),
        ({"status": "planned"}, [], None),
        ({"status": "cancelled"}, [], None),
    ],
)
def test_an_activity_is_proven_by_what_its_people_were_counted_by(cast, made, proven, missing):
    activity = factories.ActivityFactory(organisation=cast.north, **made)
    prove(activity, *proven)
    assert lacks(activity) == missing


@pytest.mark.parametrize(
    ("kind", "status", "proven", "missing"),
    [
        ("paper", "published", [], "缺 1 件：佐证"),
        ("paper", "published", ["cover"], ""),
        ("patent", "filed", ["notice"], ""),
        ("patent", "granted", ["notice"], "缺 1 件：证书"),
        ("patent", "granted", ["certificate"], ""),
        ("software_copyright", "", ["photo"], "缺 1 件：证书"),
        ("competition_award", "", ["certificate"], ""),
        ("vertical_project", "ongoing", ["certificate"], "缺 1 件：通知"),
        ("horizontal_project", "ongoing", ["agreement"], ""),
        ("book", "", [], "缺 1 件：封面"),
        ("honour", "cultivating", ["notice"], ""),
        ("publicity", "", ["other"], ""),
    ],
)
def test_an_outcome_is_proven_by_the_paper_of_its_kind(cast, kind, status, proven, missing):
    outcome = outcome_of(cast, kind, status)
    prove(outcome, *proven)
    assert lacks(outcome) == missing


def test_agreements_once_they_are_signed_and_certifications(cast):
    draft = factories.AgreementFactory(organisation=cast.north, status="drafting", signed_on=None)
    signed = factories.AgreementFactory(organisation=cast.north)
    certification = factories.CertificationFactory(member=cast.bob_member)
    assert [lacks(draft), lacks(signed), lacks(certification)] == [None, "缺 1 件：协议", "缺 1 件：证书"]
    prove(signed, "agreement")
    prove(certification, "certificate")
    assert [lacks(signed), lacks(certification)] == ["", ""]


def test_what_lies_in_the_trash_proves_nothing(activity, cast):
    (file,) = prove(activity, "photo")
    assert lacks(activity) == ""
    detach(file, by=cast.alice)
    assert lacks(activity) == "缺 1 件：佐证"


# ---------------------------------------------------------------- rules decide
def rule(demand="required", minimum=1, **about):
    about = {"record": "activities.activity", "sort": "", "state": "", "kind": "photo"} | about
    ProofRule.objects.update_or_create(**about, defaults={"demand": demand, "minimum": minimum})


def test_the_more_definite_rule_decides(cast):
    lecture = factories.ActivityFactory(organisation=cast.north, kind_id="lecture", count_method="sign_in")
    salon = factories.ActivityFactory(organisation=cast.north, kind_id="salon")
    prove(lecture, "sign_in_sheet")
    rule(kind="photo", minimum=2)
    assert [lacks(lecture), lacks(salon)] == ["缺 2 件：照片 2 张", "缺 2 件：照片 2 张"]
    rule(kind="photo", state="sign_in", minimum=3)
    assert [lacks(lecture), lacks(salon)] == ["缺 3 件：照片 3 张", "缺 2 件：照片 2 张"]
    rule(kind="photo", sort="lecture", demand="wished")
    assert [lacks(lecture), lacks(salon)] == ["", "缺 2 件：照片 2 张"]
    rule(kind="photo", sort="lecture", state="sign_in")
    assert lacks(lecture) == "缺 1 件：照片"


def test_several_kinds_are_missing_at_once_and_each_file_mends_its_own(cast, activity):
    rule(kind="notice")
    rule(kind="photo", minimum=2)
    assert lacks(activity) == "缺 3 件：通知、照片 2 张"
    prove(activity, "photo", "other")
    assert lacks(activity) == "缺 2 件：通知、照片"
    prove(activity, "notice", "photo")
    assert lacks(activity) == ""


def test_any_file_is_asked_only_of_what_nothing_else_is_asked_of(cast, activity):
    rule(kind="", minimum=2)
    assert lacks(activity) == "缺 2 件：佐证 2 件"
    rule(kind="photo")
    assert lacks(activity) == "缺 1 件：照片"
    rule(kind="photo", sort=activity.kind_id, demand="wished")
    assert lacks(activity) == "缺 2 件：佐证 2 件"
    rule(kind="", sort=activity.kind_id, demand="none")
    assert lacks(activity) == ""


def test_without_any_rule_nothing_is_missing(activity):
    ProofRule.objects.all().delete()
    assert lacks(activity) == ""
    assert not Activity.objects.filter(checklist(Activity).lacks).exists()


def test_an_upgrade_leaves_alone_what_a_school_has_changed():
    ProofRule.objects.filter(record="partnerships.agreement").update(demand="none", minimum=2)
    number = ProofRule.objects.count()
    seed_rules(Agreement, [("", "", "agreement", "required"), ("", "", "photo", "wished")])
    assert ProofRule.objects.count() == number + 1
    kept = ProofRule.objects.get(record="partnerships.agreement", kind="agreement")
    assert (kept.demand, kept.minimum) == ("none", 2)


# ---------------------------------------------------------------- rules are edited
def test_a_changed_rule_holds_at_once_and_stands_in_the_history(cast, activity, sign_in):
    diana, page = sign_in(cast.diana), reverse("core:proof_rules")
    new = reverse("core:proof_rule_new", args=["activities.activity"])
    asked = {"sort": activity.kind_id, "state": "", "kind": "notice", "demand": "required", "minimum": 2}
    answer = diana.post(new, asked, follow=True)
    made = ProofRule.objects.get(is_builtin=False)
    assert lacks(activity) == "缺 2 件：通知 2 件"
    assert f"活动（{activity.kind}）的通知" in answer.text
    diana.post(reverse("core:proof_rule_edit", args=[made.pk]), {"demand": "wished", "minimum": 1})
    assert lacks(activity) == "缺 1 件：佐证"
    diana.post(reverse("core:proof_rule_remove", args=[made.pk]))
    assert not ProofRule.objects.filter(is_builtin=False).exists()
    changes = Change.objects.filter(model="core.proofrule").order_by("pk")
    name = f"活动（{activity.kind}）的通知"
    assert [change.changes for change in changes] == [
        {name: ["", "必备 2 件"]},
        {name: ["必备 2 件", "建议"]},
        {name: ["建议", ""]},
    ]
    assert name in diana.get(page).text  # in what was changed


def test_what_makes_no_sense_is_said_beside_its_field(cast, sign_in):
    diana = sign_in(cast.diana)
    new = reverse("core:proof_rule_new", args=["activities.activity"])
    twice = {"sort": "", "state": "", "kind": "photo", "demand": "required", "minimum": 1}
    assert "这种情况对这种佐证已有要求" in diana.post(new, twice).text
    vague = {"sort": "lecture", "state": "", "kind": "any", "demand": "wished", "minimum": 1}
    form = diana.post(new, vague).context["form"]
    assert form.errors == {"demand": ["“任意一种”只能是必备或不要求"]}
    form = diana.post(new, vague | {"sort": "nonsense", "kind": "x", "minimum": 0}).context["form"]
    assert set(form.errors) == {"sort", "kind", "minimum"}
    assert not ProofRule.objects.filter(is_builtin=False).exists()
    for label in ("branch.member", "core.user", "x", "activities.nothing"):
        assert diana.get(reverse("core:proof_rule_new", args=[label])).status_code == 404


def test_a_built_in_rule_is_switched_off_and_never_removed(cast):
    built_in = ProofRule.objects.filter(is_builtin=True).first()
    with pytest.raises(ValidationError, match="内置的要求不能移除"):
        remove_rule(built_in, by=cast.diana)
    assert update_rule(built_in, demand="none", minimum=1, by=cast.diana).demand == "none"
    number = Change.objects.count()
    update_rule(built_in, demand="none", minimum=1, by=cast.diana)
    assert Change.objects.count() == number


def test_a_rule_is_there_once_also_for_two_at_the_same_moment(cast):
    add_rule("activities.activity", "lecture", "", "notice", "required", 1, by=cast.diana)
    with pytest.raises(ValidationError, match="已有要求"):
        add_rule("activities.activity", "lecture", "", "notice", "wished", 1, by=cast.diana)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.ProofRuleFactory(sort="lecture")


# ---------------------------------------------------------------- everybody says the same
def generated(cast, seed):
    """Records of every provable kind in many states, with files by chance."""
    chance, at = random.Random(seed), {"organisation": cast.north}
    kinds = [*Attachment.Kind.values, "sign_in_sheet", "certificate", "notice"]
    records = []
    for _ in range(25):
        records.append(
            factories.ActivityFactory(
                **at,
                kind_id=chance.choice(["lecture", "salon", "committee_meeting"]),
                status=chance.choice(["held", "held", "held", "planned", "cancelled"]),
                count_method=chance.choice(["", *Activity.CountMethod.values]),
            )
        )
        kind, status = chance.choice(
            [
                ("paper", "published"),
                ("patent", "granted"),
                ("patent", "filed"),
                ("book", ""),
                ("honour", "awarded"),
                ("vertical_project", "ongoing"),
            ]
        )
        records.append(outcome_of(cast, kind, status))
    for _ in range(6):
        status = chance.choice(["in_force", "signed", "drafting"])
        records.append(factories.AgreementFactory(**at, status=status))
        records.append(factories.CertificationFactory(member=factories.MemberFactory(**at)))
    for record in records:
        prove(record, *chance.sample(kinds, chance.choice([0, 0, 1, 2, 3])))
    return records


def expected(record, rules) -> dict | None:
    """What a record lacks, counted by hand: {kind: pieces}."""
    needed = {
        Activity: lambda: record.status == "held",
        Agreement: lambda: record.status in Agreement.SIGNED,
    }.get(type(record), lambda: True)()
    if not needed:
        return None
    sort = getattr(record, "kind_id", "")
    state = {Activity: "count_method", Outcome: "status"}.get(type(record))
    state = getattr(record, state) if state else ""
    decided = {}
    for sort_of, state_of in (
        ("", ""),
        ("", state),
        (sort, ""),
        (sort, state),
    ):  # the last one written decides
        for one in rules:
            if (one.record, one.sort, one.state) == (record._meta.label_lower, sort_of, state_of):
                decided[one.kind] = one.minimum if one.demand == "required" else 0
    if any(number for kind, number in decided.items() if kind):
        decided.pop("", None)
    files = list(attachments_of(record).values_list("kind", flat=True))
    there = {kind: files.count(kind) if kind else len(files) for kind in decided}
    return {kind: number - there[kind] for kind, number in decided.items() if number > there[kind]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2])
def test_list_record_home_report_and_api_say_the_same(cast, sign_in, seed):
    if seed == 2:  # a school's own rules
        rule(kind="photo", sort="lecture", minimum=2)
        rule(kind="", sort="committee_meeting", demand="none")
        rule(record="outcomes.outcome", kind="contents", sort="paper", state="published")
    records, rules = generated(cast, seed), list(ProofRule.objects.all())
    by_hand = {record: expected(record, rules) for record in records}
    lacking = {record for record in records if by_hand[record]}
    assert 10 < len(lacking) < len(records) - 10
    alice = sign_in(cast.alice)

    for proof in checklists(*provable()):  # lists: the tab, the mark in each row; and the API
        model, own = proof.model, {record for record in records if type(record) is proof.model}
        listed = alice.get(f"{page_of_kind(model, 'list')}?all=1&proof=missing").context["list"]
        assert set(listed.rows) == lacking & own
        whole = alice.get(f"{page_of_kind(model, 'list')}?all=1").context["list"]
        assert {row for row in whole.rows if row.lacks} == lacking & own
        (tab,) = [tab for tab in whole.tabs if tab["label"] == "缺佐证"]
        assert tab["number"] == len(lacking & own)
        name = model._meta.model_name
        told = alice.get(f"/api/v1/{name.replace('activity', 'activitie')}s/?page_size=100").json()["results"]
        assert {row["id"]: row["lacks"] for row in told} == {record.pk: by_hand[record] for record in own}

    for record in records:  # its own page
        text = alice.get(record_url(record)).text
        assert ("可入报告" in text) == (by_hand[record] == {}), record
        number = re.search(r"缺 (\d+) 件", text)
        assert int(number[1] if number else 0) == sum((by_hand[record] or {}).values())

    titles = {due.title for due in alice.get("/?window=2024").context["due"]}  # home
    for model, title in (
        (Activity, "{} 场活动缺佐证"),
        (Outcome, "{} 项成果缺佐证"),
        (Agreement, "{} 份协议缺佐证"),
        (Certification, "{} 份证书缺佐证"),
    ):
        assert title.format(sum(type(record) is model for record in lacking)) in titles

    compiled = compile_now(cast.north, Window.year(2024))  # the report's check, of what the report tells
    findings = [finding for finding in compiled.document.findings if "佐证" in finding.text]
    found = {finding.record for finding in findings if finding.record}
    told = {item.record for item in compiled.document.evidence}
    names = {f"{record._meta.model_name}:{record.pk}" for record in lacking} & told
    assert found < names
    assert f"另有{len(names - found)}条记录佐证不全，见佐证包里的缺失清单。" in {
        finding.text for finding in findings
    }


# ---------------------------------------------------------------- the page of a record
def test_only_what_counts_may_go_into_a_report(cast, sign_in):
    alice = sign_in(cast.alice)
    undated = factories.OutcomeFactory(organisation=cast.north, date=None)
    proposed = factories.OutcomeFactory(organisation=cast.north, review="proposed")
    hidden = factories.ActivityFactory(organisation=cast.north, in_reports=False)
    pending = factories.CertificationFactory(member=cast.bob_member, status="pending")
    for record in (undated, proposed, hidden, pending):
        prove(record, "certificate")
        text = alice.get(record_url(record)).text
        assert "可入报告" not in text
        assert "缺 " not in text


def test_what_is_missing_leads_to_the_form_with_the_kind_chosen(cast, sign_in):
    activity = factories.ActivityFactory(organisation=cast.north, count_method="sign_in", person_times=3)
    alice, page = sign_in(cast.alice), record_url(activity)
    assert 'href="?add=sign_in_sheet#proof"' in alice.get(page).text
    form = alice.get(f"{page}?add=sign_in_sheet").context["evidence_form"]
    assert form["kind"].value() == "sign_in_sheet"
    assert '<details class="evidence-new" open>' in alice.get(f"{page}?add=").text
    assert '<details class="evidence-new">' in alice.get(page).text
    for nonsense in ("x", "'\"><b>"):
        assert not alice.get(page, {"add": nonsense}).context["evidence_form"]["kind"].value()
    address = reverse("core:evidence_add", args=["activities.activity", activity.pk])
    alice.post(address, {"files": [SimpleUploadedFile("a.pdf", uploads.pdf())], "kind": "sign_in_sheet"})
    assert "可入报告" in alice.get(page).text


def test_whoever_only_reads_is_told_what_is_missing_and_offered_nothing(cast, sign_in):
    activity = factories.ActivityFactory(organisation=cast.north)
    for person in (cast.bob, cast.frank):
        text = sign_in(person).get(f"{record_url(activity)}?add=photo").text
        assert "缺 1 件：佐证" in text
        assert "data-add" not in text
        assert "evidence-new" not in text


@pytest.mark.parametrize(
    ("kind", "status", "name", "guessed"),
    [
        ("competition_award", "", "IMG_1.JPG", "certificate"),
        ("vertical_project", "ongoing", "扫描件.pdf", "notice"),
        ("vertical_project", "ongoing", "封面.jpg", "cover"),
        ("paper", "published", "IMG_1.JPG", "photo"),
        ("patent", "filed", "a.pdf", "other"),
    ],
)
def test_a_file_is_taken_for_what_the_record_has_to_be_proven_by(cast, kind, status, name, guessed):
    assert usual_kind(outcome_of(cast, kind, status), name) == guessed


# ---------------------------------------------------------------- files in the trash, and in order
def test_files_in_the_trash_stand_on_the_record_and_come_back(cast, activity, sign_in):
    content = picture("blue", (300, 200))
    file = attach(activity, io.BytesIO(content), "photo", "合影北楼.png", by=cast.alice)
    detach(file, by=cast.alice)
    page = record_url(activity)
    assert "已删除的文件（1）" in sign_in(cast.alice).get(page).text
    for reader in (cast.bob, cast.frank):
        assert "合影北楼" not in re.sub("修改记录.*", "", sign_in(reader).get(page).text, flags=re.DOTALL)
    alice = sign_in(cast.alice)
    alice.post(reverse("core:attachment_restore", args=[file.pk]))
    assert "已删除的文件" not in alice.get(page).text
    assert list(attachments_of(activity)) == [file]
    told = Change.objects.about(activity).values_list("changes", flat=True)
    assert list(told[:2]) == [{"佐证": ["", "合影北楼.png"]}, {"佐证": ["合影北楼.png", ""]}]


def test_a_file_added_again_meanwhile_is_not_restored_twice(cast, activity, sign_in):
    first = attach(activity, io.BytesIO(uploads.pdf()), "notice", "一.pdf", by=cast.alice)
    detach(first, by=cast.alice)
    second = attach(activity, io.BytesIO(uploads.pdf()), "notice", "二.pdf", by=cast.alice)
    answer = sign_in(cast.alice).post(reverse("core:attachment_restore", args=[first.pk]), follow=True)
    assert "这份文件已经在这条记录下了" in answer.text
    assert list(attachments_of(activity)) == [second]


def test_files_move_one_place_at_a_time(cast, activity, sign_in):
    first, second, third = prove(activity, "photo", "photo", "photo")
    alice = sign_in(cast.alice)
    alice.post(reverse("core:attachment_move", args=[third.pk]), {"to": "front"})
    assert list(attachments_of(activity)) == [first, third, second]
    alice.post(reverse("core:attachment_move", args=[first.pk]), {"to": "back"})
    assert list(attachments_of(activity)) == [third, first, second]
    changes = Change.objects.about(activity).filter(verb="evidence")
    assert changes[0].changes == {f"“{first.name}”的顺序": ["第 1 个", "第 2 个"]}
    move_attachment(third, -1, by=cast.alice)
    detach(first, by=cast.alice)
    move_attachment(first, 1, by=cast.alice)
    assert list(attachments_of(activity)) == [third, second]
    assert changes.count() == 3  # two moves and one into the trash
    text = alice.get(reverse("core:attachment_edit", args=[second.pk])).text
    assert "第 2 个，共 2 个" in text
    assert ("往前移" in text, "往后移" in text) == (True, False)

"""Who took what out of the system, read off the history that downloads and exports write: for those who read the
place, and for each of what is their own."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from core.dates import today
from core.files import accept
from core.models import Attachment, Change
from core.templatetags.ui import SECRECY
from reports.figures import freeze
from reports.models import Compilation
from tests import factories
from tests.documents import material_of
from tests.uploads import photo

pytestmark = pytest.mark.django_db
LOG, OWN = reverse("workbench:download_list"), reverse("workbench:own_downloads")


def attached(record, name="证书.jpg", kind=Attachment.Kind.CERTIFICATE):
    return factories.AttachmentFactory(
        record=record, blob=accept(io.BytesIO(photo()), name), kind=kind, name=name
    )


def take(client, name, *at):
    """Download something to its end."""
    answer = client.get(reverse(name, args=at))
    assert answer.status_code == 200
    return answer.getvalue()


def rows(client, url=LOG):
    """(who, of what, which file) as the page lists them, the latest first."""
    return [(row.actor_name, row.object_name, row.file) for row in client.get(url).context["list"].rows]


@pytest.fixture
def taken(cast, sign_in, data_dir):
    """Bob's certificate was opened by alice and by himself, a photo by alice; alice exported the branch."""
    certification = factories.CertificationFactory(member=cast.bob_member, direction="Cloud")
    file = attached(certification)
    seen = attached(factories.ActivityFactory(organisation=cast.north), "合影.jpg", Attachment.Kind.PHOTO)
    for person, of in ((cast.alice, file), (cast.bob, file), (cast.alice, seen)):
        take(sign_in(person), "core:attachment_download", of.pk)
    take(sign_in(cast.alice), "exchange:export", "north")
    return certification


def test_the_secretary_sees_who_took_what(cast, sign_in, taken):
    assert rows(sign_in(cast.alice)) == [
        ("艾丽", "北楼教师党支部台账（Excel）", ""),
        ("鲍勃", "鲍勃 HCIP-Cloud", "证书.jpg"),
        ("艾丽", "鲍勃 HCIP-Cloud", "证书.jpg"),
    ]
    page = sign_in(cast.alice).get(LOG).text
    assert reverse("branch:certification_detail", args=[taken.pk]) in page
    assert LOG in sign_in(cast.alice).get(reverse("core:settings")).text


def test_those_above_see_it_and_strangers_do_not(cast, sign_in, taken):
    assert len(rows(sign_in(cast.diana))) == 3
    assert len(rows(sign_in(cast.frank))) == 3
    assert rows(sign_in(cast.charlie)) == []
    assert sign_in(cast.bob).get(LOG).status_code == 403


def test_a_member_sees_who_took_what_is_their_own(cast, sign_in, taken):
    other = attached(factories.CertificationFactory(member=cast.alice_member), "别人的证书.jpg")
    client = sign_in(cast.alice)
    take(client, "core:attachment_download", other.pk)
    client = sign_in(cast.bob)
    assert rows(client, OWN) == [
        ("艾丽", "北楼教师党支部台账（Excel）", ""),
        ("鲍勃", "鲍勃 HCIP-Cloud", "证书.jpg"),
        ("艾丽", "鲍勃 HCIP-Cloud", "证书.jpg"),
    ]
    page = client.get(OWN).text
    assert "别人的证书" not in page
    assert ">本人<" in page
    assert OWN in client.get(reverse("workbench:mine")).text
    assert [who for who, *_ in rows(sign_in(cast.charlie), OWN)] == []
    assert rows(sign_in(cast.frank), OWN) == []


def test_who_moved_on_still_sees_who_takes_what_is_theirs_in_the_branch_they_left(cast, sign_in, taken):
    cast.bob.appointments.update(ends_on=today() - dt.timedelta(days=1))
    factories.AppointmentFactory(user=cast.bob, organisation=cast.south, role="member")
    factories.MemberFactory(organisation=cast.south, user=cast.bob)
    assert len(rows(sign_in(cast.bob), OWN)) == 3


def test_activities_and_outcomes_that_name_me_are_mine(cast, sign_in, data_dir):
    activity = factories.ActivityFactory(organisation=cast.north, theme="党课")
    factories.ParticipationFactory(activity=activity, member=cast.bob_member)
    outcome = factories.OutcomeFactory(organisation=cast.north, name="论文", makers=[cast.bob_member])
    stranger = factories.OutcomeFactory(organisation=cast.north, name="别人的论文")
    client = sign_in(cast.alice)
    for record in (activity, outcome, stranger):
        file = attached(record, "签到表.jpg", Attachment.Kind.SIGN_IN_SHEET)
        take(client, "core:attachment_download", file.pk)
    assert [name for _, name, _ in rows(sign_in(cast.bob), OWN)] == ["论文", "党课"]


def test_reports_and_meeting_records_are_in_it(cast, sign_in, data_dir):
    activity = factories.ActivityFactory(organisation=cast.north, theme="支委会")
    report = factories.ReportFactory(organisation=cast.north, title_text="年度报告")
    blob = accept(io.BytesIO(photo()), "x.jpg")
    done = factories.CompilationFactory(
        report=report,
        status=Compilation.Status.DONE,
        compiled_at=timezone.now(),
        files={"evidence.zip": {"sha256": blob.sha256, "size": blob.size}},
    )
    client = sign_in(cast.alice)
    take(client, "reports:activity_minutes_word", activity.pk)
    take(client, "reports:compilation_download", done.pk, "evidence.zip")
    found = {name: file for _, name, file in rows(client)}
    assert found["年度报告"] == "evidence.zip"
    assert "（Word）" in found["支委会"]
    assert [name for _, name, _ in rows(client, f"{LOG}?kind=report")] == ["年度报告"]
    assert [name for _, name, _ in rows(client, f"{LOG}?kind=minutes")] == ["支委会"]
    assert [name for _, name, _ in rows(sign_in(cast.bob), OWN)] == ["年度报告"]


def test_filters_by_person_kind_days_and_words(cast, sign_in, taken):
    old = factories.ChangeFactory(
        organisation=cast.north, verb="download", object_name="旧的", actor=cast.alice, actor_name="艾丽"
    )
    Change.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(days=31))
    client = sign_in(cast.alice)
    assert len(rows(client)) == 4
    assert {who for who, *_ in rows(client, f"{LOG}?actor={cast.bob.pk}")} == {"鲍勃"}
    assert [name for _, name, _ in rows(client, f"{LOG}?kind=workbook")] == ["北楼教师党支部台账（Excel）"]
    assert len(rows(client, f"{LOG}?days=30")) == 3
    assert len(rows(client, f"{LOG}?days=90")) == 4
    assert len(rows(client, f"{LOG}?kind=file&actor={cast.alice.pk}&days=30")) == 1
    assert len(rows(client, f"{LOG}?q=HCIP")) == 2
    # Who may be chosen took something here: charlie, who did not, is no choice.
    assert len(rows(client, f"{LOG}?actor={cast.charlie.pk}")) == 4


def test_pages_go_on_where_the_last_one_ended(cast, sign_in):
    factories.ChangeFactory.create_batch(120, organisation=cast.north, verb="export")
    client, url, seen = sign_in(cast.alice), LOG, []
    while url:
        listing = client.get(url).context["list"]
        seen += [row.pk for row in listing.rows]
        url = f"{LOG}{listing.next_url}" if listing.next_url else ""
    assert (len(seen), len(set(seen))) == (120, 120)
    assert seen == sorted(seen, reverse=True)


def test_an_export_at_the_command_line_is_in_it_too(cast, sign_in, tmp_path):
    call_command("export_workbook", str(tmp_path / "a.xlsx"), branch="north")
    call_command("export_workbook", str(tmp_path / "b.xlsx"), branch="north", empty=True)
    assert rows(sign_in(cast.alice)) == [("系统", "北楼教师党支部台账（Excel）", "")]


# ---------------------------------------------------------------- the reminder
def test_the_reminder_stands_wherever_files_come_in_or_personal_data_goes_out(cast, sign_in, data_dir):
    certification = factories.CertificationFactory(member=cast.bob_member)
    activity = factories.ActivityFactory(organisation=cast.north)
    report = factories.ReportFactory(organisation=cast.north)
    factories.CompilationFactory(
        report=report,
        status=Compilation.Status.DONE,
        compiled_at=timezone.now(),
        figures=freeze(cast.north, report.window),
        material=material_of(cast.north, report.window),
    )
    client = sign_in(cast.alice)
    pages = [
        reverse("branch:certification_detail", args=[certification.pk]),
        reverse("exchange:import"),
        reverse("workbench:home"),
        "/reports/?window=2024",
        reverse("reports:report_detail", args=[report.pk]),
        reverse("reports:activity_minutes", args=[activity.pk]),
        reverse("core:evidence_add", args=["branch.certification", certification.pk]),
    ]
    for url in pages:
        assert SECRECY in client.get(url).text, url
    attached(certification)
    frank = sign_in(cast.frank)  # who only reads downloads, too
    assert SECRECY in frank.get(pages[0]).text

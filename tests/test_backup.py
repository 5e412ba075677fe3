"""Backup and restore: all of one moment, on either database, into an empty installation or not at all."""

import datetime as dt
import hashlib
import json
import select
import sys
import threading
import uuid
import zipfile
from decimal import Decimal

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.authtoken.models import Token

from activities.models import Activity, ActivityKind
from core import records
from core.dates import Window
from core.db import snapshot
from core.files import blob_path, store_file
from core.history import seal_changes, verify_history
from core.integrity import verify_files
from core.models import Attachment, Blob, Change, Organisation, User
from exchange import backup as exchange_backup
from exchange.dump import tables
from outcomes.models import Outcome
from partnerships.models import Partner
from reports.figures import freeze
from reports.models import Compilation, ReportUse
from tests.cast import make_cast
from tests.factories import (
    ActivityFactory,
    AgreementFactory,
    AttachmentFactory,
    CalendarFeedFactory,
    CertificationFactory,
    CommitmentFactory,
    DraftFactory,
    ExpiryReminderFactory,
    FeedbackFactory,
    HandInFactory,
    HandInFileFactory,
    HandInLinkFactory,
    NoticeFactory,
    OutcomeFactory,
    ParticipationFactory,
    PartnerAliasFactory,
    PartnerFactory,
    PlanItemFactory,
    PostFactory,
    ProgrammeFactory,
    ProofRuleFactory,
    ReportFactory,
    ReportTemplateFactory,
    SectionFactory,
    TargetFactory,
    YearAnswerFactory,
)
from tests.installation import Installation, databases

MOMENT = dt.datetime(2024, 12, 31, 15, 59, 59, 123456, tzinfo=dt.UTC)
HARD = "第一行\n第二行\t“引号” 'é' 😀\\ \u2028 末"


PAIRS = (
    [("sqlite", "sqlite")]
    if databases() == ["sqlite"]
    else [("sqlite", "postgresql"), ("postgresql", "sqlite")]
)


def store(data: bytes) -> Blob:
    """Bytes as the service stores them."""
    return store_file(data, "text/plain")


# ---------------------------------------------------------------- what the installations are made to do
def populate():
    """Something in every table, with everything in it that is hard to carry over."""
    cast = make_cast()
    north = cast.north
    PostFactory(member=cast.alice_member)
    ProgrammeFactory(organisation=north)
    ProofRuleFactory(demand="none")
    certification = CertificationFactory(member=cast.alice_member)
    ExpiryReminderFactory(certification=certification)
    hand_in = HandInFactory(
        member=cast.alice_member, link=HandInLinkFactory(organisation=north), certification=certification
    )
    HandInFileFactory(hand_in=hand_in, blob=store(b"paper"))
    bank = PartnerFactory(organisation=north, name="某银行科技部党支部", kind_id="bank")
    PartnerAliasFactory(partner=bank)
    agreement = AgreementFactory(organisation=north, partners=[bank])
    CommitmentFactory(agreement=agreement)
    item = PlanItemFactory(agreement=agreement)
    kind = ActivityKind.objects.create(code="reading_circle", name="读书会")  # the school's own
    ActivityKind.objects.filter(code="salon").update(
        name="周末信息沙龙", is_active=False
    )  # renamed by the school
    for number in range(1, 6):
        activity = ActivityFactory(
            organisation=north, partners=[bank], kind_id=kind.code if number == 1 else "lecture",
            agreement=agreement, plan_item=item, person_times=number * 7, extra={"天气": "晴", "n": number},
            summary=HARD,
        )  # fmt: skip
        ParticipationFactory(activity=activity, member=cast.alice_member)
    ActivityFactory(organisation=north, deleted_at=MOMENT)
    FeedbackFactory(activity=activity)
    for data, record in ((b"photo", activity), (b"seal", agreement)):
        AttachmentFactory(record=record, blob=store(data * 100))
    OutcomeFactory(
        organisation=north, makers=[cast.alice_member, "外校人"], contract_amount=Decimal("1234567.80")
    )
    TargetFactory(organisation=north, value=Decimal("0.9412"))
    report = ReportFactory(organisation=north)
    SectionFactory(report=report, position=1)
    ReportTemplateFactory()
    Compilation.objects.create(report=report, status="done", figures={"figures": [1, "一"]}, digest="0" * 64)
    ReportUse.objects.create(report=report, model="activities.activity", object_id=activity.pk, figures={})
    Compilation.objects.create(
        report=report,
        status="running",
        token=uuid.uuid4(),
        lease_until=timezone.now(),
        attempts=2,
        progress=40,
    )
    DraftFactory(user=cast.alice)
    NoticeFactory(user=cast.alice)
    YearAnswerFactory(member=cast.bob_member, answer="missing", note=HARD, answered_by=cast.alice)
    CalendarFeedFactory(user=cast.alice)
    # A row that points to one after it, and tables behind many-to-many fields.
    first = PartnerFactory(organisation=north)
    Partner.objects.filter(pk=first.pk).update(merged_into=PartnerFactory(organisation=north))
    group = Group.objects.create(name="操作员")
    group.permissions.add(Permission.objects.get(codename="view_activity"))
    cast.alice.groups.add(group)
    cast.alice.user_permissions.add(Permission.objects.get(codename="view_blob"))
    Token.objects.create(user=cast.alice)
    Authenticator.objects.create(user=cast.alice, type=Authenticator.Type.TOTP, data={"secret": "x"})
    cast.alice.set_password("a-Right-One-77")
    cast.alice.save()
    write_history(cast.alice, north)
    seal_changes()
    write_history(cast.bob, north)


def populate_and_print_figures():
    """A process of its own for each would take the time of starting it."""
    populate()
    print_figures()


def inspect(archive):
    """All that must hold in a restored installation; prints North's figures first."""
    print_figures()
    call_command("verify_history")
    call_command("verify_files")
    call_command("backup", archive)
    sign_in_and_add()
    call_command("verify_history")


def write_history(by, organisation):
    """A line as services write it."""
    records.log(
        Change.Verb.UPDATE,
        by=by,
        organisation=organisation,
        model="branch.member",
        object_id=1,
        object_name="王芳",
        changes={"职称": ["讲师", "副教授"], "B": ["", "1"], "a": ["", "“x”"]},
    )


def write_until_told():
    """Write to the other branch, with history and files, sealing now and then, until standard input ends."""
    south, charlie = Organisation.objects.get(code="south"), User.objects.get(username="charlie")
    number = 0
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        with transaction.atomic():
            activity = ActivityFactory(organisation=south, code=f"W-{number}")
            blob = store(f"file {number}".encode())
            AttachmentFactory(record=activity, blob=blob)
            write_history(charlie, south)
        if number % 10 == 9:
            seal_changes()
        number += 1
        if number == 5:
            print("writing", flush=True)
    print(number, flush=True)


def print_figures():
    """What figures.json of North is made of."""
    with snapshot():
        print(json.dumps(freeze(Organisation.objects.get(code="north"), Window.year(2024))))


def sign_in_and_add():
    """What a restored installation must be able to do: sign in, and write new rows in every place."""
    from django.test import Client

    assert Client().login(username="alice", password="a-Right-One-77")
    north = Organisation.objects.get(code="north")
    ActivityFactory(organisation=north, code="after")
    Organisation.objects.add_child(north.get_parent(), {"code": "west", "name": "西", "kind": "branch"})
    zoe = User.objects.create_user("zoe", name="佐伊")
    write_history(zoe, north)
    assert seal_changes() >= 1
    attached = Attachment.objects.order_by("pk").first()
    assert isinstance(attached.record, Activity)


def as_archived(path):
    """The tables of an archive: {name: rows}. In JSON columns PostgreSQL keeps no order of keys, nor does this."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        found = {}
        for name, part in manifest["tables"].items():
            found[name] = [json.loads(line) for line in archive.read(f"tables/{name}.jsonl").splitlines()]
            assert len(found[name]) == part["rows"]
    return found


# ---------------------------------------------------------------- between installations
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_backup_taken_while_writing_restores_on_either_database(source, target, tmp_path):
    archive, again = tmp_path / "ledger.zip", tmp_path / "again.zip"
    with Installation(source, tmp_path / "a") as old, Installation(target, tmp_path / "b") as new:
        figures = old.do(populate_and_print_figures)
        writer = old.start(write_until_told)
        assert writer.stdout.readline() == "writing\n"
        old.manage("backup", archive)
        written = int(writer.communicate("stop")[0])
        assert "校验通过" in new.manage("restore", archive)
        assert new.do(inspect, str(again)).startswith(figures)
        assert as_archived(again) == as_archived(archive)
        blobs = len(as_archived(archive)["core.blob"])
        assert 5 <= blobs - 2 <= written


# ---------------------------------------------------------------- one installation
@pytest.fixture
def archive(transactional_db, data_dir, tmp_path):
    """A backup of everything; the installation itself is empty again."""
    populate()
    path = tmp_path / "ledger.zip"
    call_command("backup", path)
    call_command("flush", interactive=False, verbosity=0)
    for file in sorted(data_dir.rglob("*")):
        if file.is_file():
            file.unlink()
    return path


def rewritten(path, change):
    """The archive with `change(name, data)` for each part: new data, or None to leave it out."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            if (data := change(name, data)) is not None:
                new.writestr(name, data)


def nothing_written(data_dir):
    strangers = {table.label: table.strangers().count() for table in tables()}
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    return not any(strangers.values()) and not files


def test_every_table_is_in_the_backup_and_in_this_test(archive):
    """A table that a later version adds is in the backup by itself; what is left out is left out on purpose."""
    found = as_archived(archive)
    assert [name for name, rows in found.items() if not rows] == [
        "admin.logentry",
        "account.emailaddress",
    ]
    assert not {"sessions.session", "auth.permission", "contenttypes.contenttype"} & found.keys()


def test_running_compilation_is_restored_as_waiting(archive):
    call_command("restore", archive)
    waiting = Compilation.objects.get(status="queued")
    assert (waiting.token, waiting.lease_until, waiting.attempts, waiting.progress) == (None, None, 0, 0)
    with zipfile.ZipFile(archive) as opened:
        assert b"running" not in opened.read("tables/reports.compilation.jsonl")


def test_content_types_and_permissions_are_found_by_name(archive):
    """Another installation numbers them otherwise."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE django_content_type SET id = id + 1000")
        cursor.execute("UPDATE auth_permission SET content_type_id = content_type_id + 1000, id = id + 5000")
    ContentType.objects.clear_cache()
    try:
        call_command("restore", archive)
        kinds = {type(attached.record).__name__ for attached in Attachment.objects.all()}
        alice = User.objects.get(username="alice")
        assert kinds == {"Activity", "Agreement"}
        assert alice.user_permissions.get().codename == "view_blob"
        assert alice.groups.get().permissions.get().codename == "view_activity"
    finally:
        ContentType.objects.clear_cache()


def test_vocabulary_of_the_school_replaces_the_built_in_one(archive):
    call_command("restore", archive)
    assert ActivityKind.objects.get(code="reading_circle").name == "读书会"
    assert ActivityKind.objects.get(code="salon").is_active is False


def test_history_and_files_are_whole_after_restoring(archive):
    call_command("restore", archive)
    with snapshot():
        verdict = verify_history()
    assert (verdict.seals, verdict.unsealed, verdict.faults) == (1, 1, [])
    assert verify_files().faults == verify_files().orphans == []


def test_values_are_exact(archive):
    call_command("restore", archive)
    assert Outcome.objects.get().contract_amount == Decimal("1234567.80")
    assert Activity.objects.trashed().get().deleted_at == MOMENT
    last = Activity.objects.live().order_by("pk").last()
    assert (last.summary, last.extra) == (HARD, {"天气": "晴", "n": 5})
    assert Partner.objects.get(merged_into__isnull=False).pk < Partner.objects.latest("pk").pk


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_truncated_archive_is_refused(archive, data_dir, keep):
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(CommandError, match="已损坏或不完整，没有写入"):
        call_command("restore", archive)
    assert nothing_written(data_dir)


def test_flipped_byte_anywhere_is_refused(archive, data_dir):
    whole = archive.read_bytes()
    for place in range(60, len(whole), len(whole) // 25):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            call_command("restore", archive)
        except CommandError:
            assert nothing_written(data_dir)
        else:  # the byte was one of the ZIP's own that carry no data: then all must be there
            assert verify_files().faults == []
            assert Change.objects.count() == 2
            call_command("flush", interactive=False, verbosity=0)
            for file in [path for path in data_dir.rglob("*") if path.is_file()]:
                file.unlink()


@pytest.mark.parametrize(
    "change",
    [
        lambda name, data: data + b"\n" if name == "tables/core.user.jsonl" else data,
        lambda name, data: data.replace(b"alice", b"malle") if name == "tables/core.user.jsonl" else data,
        lambda name, data: b"other" * 100 if name.startswith("files/") else data,
        lambda name, data: None if name.startswith("files/") else data,
        lambda name, data: None if name == "tables/core.change.jsonl" else data,
        lambda name, data: None if name == "manifest.json" else data,
        lambda name, data: b"{}" if name == "manifest.json" else data,
        lambda name, data: data.replace(b'"format": 1', b'"format": 2'),
        lambda name, data: data.replace(b"0001_initial", b"0002_later") if name == "manifest.json" else data,
        lambda name, data: data.replace(b'"is_superuser"', b'"is_root"') if name == "manifest.json" else data,
    ],
)
def test_archive_that_is_not_as_told_is_refused(archive, data_dir, change):
    rewritten(archive, change)
    with pytest.raises(CommandError, match="备份"):
        call_command("restore", archive)
    assert nothing_written(data_dir)


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/evil", "files/../../evil", "notes.txt", "files/" + "A" * 64]
)
def test_foreign_names_in_the_archive_are_refused(archive, data_dir, name):
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(name, b"evil")
    with pytest.raises(CommandError, match="与它的目录不符"):
        call_command("restore", archive)
    assert nothing_written(data_dir)


def test_path_as_a_files_name_is_refused_even_where_the_manifest_tells_it(archive, data_dir):
    def tell(name, data):
        if name != "manifest.json":
            return data
        manifest = json.loads(data)
        manifest["files"]["../../evil"] = 4
        return json.dumps(manifest)

    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("files/../../evil", b"evil")
    rewritten(archive, tell)
    with pytest.raises(CommandError, match="与它的目录不符"):
        call_command("restore", archive)
    assert nothing_written(data_dir)


def test_rows_that_break_a_rule_are_refused_as_a_whole(archive, data_dir):
    """Somebody edited a table and its digest: the database has the last word, and the files go again."""
    broken = {}

    def point_nowhere(name, data):
        if name == "tables/activities.participation.jsonl":
            rows = [json.loads(line) for line in data.splitlines()]
            rows[0][1] = 999_999  # activity_id
            data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
            broken["size"], broken["sha256"] = len(data), hashlib.sha256(data).hexdigest()
        elif name == "manifest.json":
            manifest = json.loads(data)
            manifest["tables"]["activities.participation"] |= broken
            data = json.dumps(manifest)
        return data

    rewritten(archive, point_nowhere)
    with pytest.raises(CommandError, match="放不进这个数据库，没有写入"):
        call_command("restore", archive)
    assert nothing_written(data_dir)


def test_installation_in_use_is_refused(archive):
    User.objects.create_user("somebody", name="某人")
    with pytest.raises(CommandError, match="这里已经有数据（账号 1 条）"):
        call_command("restore", archive)
    assert User.objects.count() == 1


def test_missing_archive_is_a_sentence(transactional_db, tmp_path):
    with pytest.raises(CommandError, match="没有这个文件"):
        call_command("restore", tmp_path / "none.zip")


def test_backup_is_private_and_leaves_the_old_one_until_it_is_complete(
    transactional_db, data_dir, tmp_path, monkeypatch
):
    path = tmp_path / "ledger.zip"
    call_command("backup", path)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CommandError, match="没有做成备份"):
        call_command("backup", path)
    assert path.read_bytes() == before
    assert list(tmp_path.glob(".*.part")) == []


def test_damaged_file_does_not_stop_the_backup_but_is_told(transactional_db, data_dir, tmp_path, capsys):
    good, lost, altered = (store(data) for data in (b"good", b"lost", b"altered"))
    blob_path(lost.sha256).unlink()
    blob_path(altered.sha256).write_bytes(b"ALTERED")
    with pytest.raises(SystemExit) as left:
        call_command("backup", tmp_path / "ledger.zip")
    assert left.value.code == 1
    assert f"{lost.sha256} 不见了" in capsys.readouterr().err
    with zipfile.ZipFile(tmp_path / "ledger.zip") as archive:
        assert [name for name in archive.namelist() if name.startswith("files/")] == [f"files/{good.sha256}"]


def test_backup_inside_sees_one_moment(transactional_db, data_dir, tmp_path, monkeypatch):
    """A row written after the first table was read is in no table of the archive."""
    make_cast()
    read = exchange_backup._write_table

    def write_behind(archive, table, names):
        part = read(archive, table, names)
        if table.label == "core.organisation":

            def work():
                ActivityFactory()
                connection.close()

            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        return part

    monkeypatch.setattr(exchange_backup, "_write_table", write_behind)
    manifest = exchange_backup.backup(tmp_path / "ledger.zip")
    assert Activity.objects.count() == 1
    assert manifest["tables"]["activities.activity"]["rows"] == 0


# ---------------------------------------------------------------- verify_files
def test_verify_files_finds_what_is_missing_altered_or_nobodys(transactional_db, data_dir, capsys):
    good, lost, altered, cut = (store(data) for data in (b"good", b"lost", b"altered", b"cut"))
    call_command("verify_files")
    assert "4 个" in capsys.readouterr().out
    blob_path(lost.sha256).unlink()
    blob_path(altered.sha256).write_bytes(b"ALTERED")
    blob_path(cut.sha256).write_bytes(b"c")
    (data_dir / "files" / "stray.jpg").write_bytes(b"stray")
    with pytest.raises(SystemExit) as left:
        call_command("verify_files")
    assert left.value.code == 1
    said = capsys.readouterr()
    assert "stray.jpg" in said.out
    assert f"{lost.sha256} 不见了" in said.err
    assert f"{altered.sha256} 内容被改动过" in said.err
    assert f"{cut.sha256} 大小不对" in said.err
    assert good.sha256 not in said.err
    assert Blob.objects.count() == 4

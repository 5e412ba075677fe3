"""The history: sealed once, by one sealer at a time; whatever is done to it behind its back is found."""

import datetime as dt
import threading
import uuid

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from core import history
from core.history import seal_changes
from core.models import Change, Organisation, Seal, User
from core.tasks import seal_history

pytestmark = pytest.mark.django_db


def write(number=1, **values):
    """Lines of history as services write them."""
    defaults = {
        "at": timezone.now(),
        "actor_name": "李明",
        "verb": Change.Verb.UPDATE,
        "model": "branch.member",
        "object_id": 1,
        "object_name": "王芳",
        "changes": {"职称": ["讲师", "副教授"], "电话": ["", "0791-0000"]},
        "batch": uuid.uuid4(),
    }
    return Change.objects.bulk_create([Change(**{**defaults, **values}) for _ in range(number)])


def verdict(head=""):
    return history.verify_history(head)


@pytest.fixture
def chain():
    """Three batches of five."""
    for _ in range(3):
        write(5)
        assert seal_changes() == 5


def test_sealing_takes_each_line_once_and_verifies():
    write(7)
    assert verdict().unsealed == 7
    assert seal_changes() == 7
    assert seal_changes() == 0
    found = verdict()
    assert (found.seals, found.sealed, found.unsealed, found.faults) == (1, 7, 0, [])
    assert found.head == Seal.objects.get().digest


def test_more_lines_than_one_batch_become_several_links(monkeypatch):
    monkeypatch.setattr(history, "BATCH", 3)
    write(8)
    assert seal_changes() == 8
    assert list(Seal.objects.order_by("id").values_list("count", flat=True)) == [3, 3, 2]
    assert verdict().faults == []


def test_line_of_a_late_transaction_is_in_a_later_batch():
    early, late = write(2)
    Change.objects.filter(pk=early.pk).delete()  # as if its transaction had not committed yet
    seal_changes()
    early.save(force_insert=True)
    assert seal_changes() == 1
    assert verdict().faults == []
    late.refresh_from_db()
    early.refresh_from_db()
    assert late.seal_id < early.seal_id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor_name", "赵强"),
        ("object_name", "王芳芳"),
        ("changes", {"职称": ["讲师", "教授"], "电话": ["", "0791-0000"]}),
        ("verb", "create"),
        ("object_id", 2),
        ("model", "branch.post"),
        ("batch", uuid.UUID(int=7)),
        ("at", dt.datetime(2024, 6, 1, tzinfo=dt.UTC)),
    ],
)
def test_altered_line_is_found(chain, field, value):
    row = Change.objects.order_by("id")[7]
    Change.objects.filter(pk=row.pk).update(**{field: value})
    faults = verdict().faults
    assert f"第 {row.seal_id} 批" in faults[0]
    assert "内容被改动过" in faults[0]


def test_moved_place_is_found(chain):
    place = Organisation.objects.add_root({"code": "north", "name": "北", "kind": "branch"})
    Change.objects.filter(pk=Change.objects.first().pk).update(organisation=place)
    assert "内容被改动过" in verdict().faults[0]


def test_missing_line_is_found(chain):
    Change.objects.order_by("id")[7].delete()
    assert ["应有 5 条，缺 1 条" in fault for fault in verdict().faults] == [True]


def test_whole_batch_of_lines_missing_is_found(chain):
    middle = Seal.objects.order_by("id")[1]
    middle.changes.all().delete()
    assert ["应有 5 条，缺 5 条" in fault for fault in verdict().faults] == [True]


def test_line_slipped_into_a_batch_is_found(chain):
    write(seal=Seal.objects.first())
    assert any("多出 1 条" in fault for fault in verdict().faults)


def test_line_exchanged_for_another_is_found(chain):
    row = Change.objects.order_by("id")[7]
    seal = row.seal
    row.delete()
    write(seal=seal)
    assert any("内容被改动过" in fault for fault in verdict().faults)


def test_line_written_later_with_an_early_time_is_found(chain):
    write(at=timezone.now() - dt.timedelta(days=30))
    seal_changes()
    assert any("事后补写" in fault for fault in verdict().faults)


def test_removed_link_is_found(chain):
    middle = Seal.objects.order_by("id")[1]
    middle.changes.all().delete()
    middle.delete()
    assert any("接不上" in fault for fault in verdict().faults)


def test_link_sealed_anew_after_altering_is_found(chain):
    """Whoever recomputes the digest of the batch that was altered breaks the next link."""
    middle = Seal.objects.order_by("id")[1]
    middle.changes.update(actor_name="赵强")
    rows = list(middle.changes.order_by("id").values("pk", *history._CONTENT))
    middle.digest = history._digest(middle, rows)
    middle.save()
    faults = verdict().faults
    assert len(faults) == 1
    assert "接不上" in faults[0]


def test_cut_off_end_is_found_with_a_head_noted_earlier(chain):
    noted = verdict().head
    last = Seal.objects.order_by("-id").first()
    last.changes.all().delete()
    last.delete()
    assert verdict().faults == []
    assert any("链头" in fault for fault in verdict(noted).faults)


def test_deleted_account_leaves_the_chain_whole():
    user = User.objects.create_user("grace", name="周敏")
    write(2, actor=user, actor_name=str(user))
    seal_changes()
    user.delete()
    assert Change.objects.filter(actor=None, actor_name="周敏").count() == 2
    assert verdict().faults == []


@pytest.mark.django_db(transaction=True)
def test_command_tells_in_chinese_and_by_its_exit_code(chain, capsys):
    write(2)
    call_command("verify_history")
    said = capsys.readouterr().out
    assert "已封存 15 条，共 3 批；待封存 2 条" in said
    assert Seal.objects.order_by("-id").first().digest in said
    Change.objects.filter(pk=Change.objects.first().pk).update(actor_name="赵强")
    with pytest.raises(SystemExit) as left:
        call_command("verify_history")
    assert left.value.code == 1
    assert "内容被改动过" in capsys.readouterr().err


def test_job_seals():
    write(3)
    seal_history()
    assert verdict().unsealed == 0


@pytest.mark.django_db(transaction=True)
def test_second_sealer_waits_for_the_first(monkeypatch):
    """Its rows are others: a late transaction brought them. Without waiting both links would follow the same one."""
    monkeypatch.setattr(history, "BATCH", 1)
    early, _ = write(2)
    Change.objects.filter(pk=early.pk).delete()
    errors = []

    def second():
        try:
            early.save(force_insert=True)
            seal_changes()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        assert history._seal_batch() == 1
        thread.start()
        while connection.vendor == "postgresql" and thread.is_alive() and not _somebody_waits():
            thread.join(0.05)
    thread.join()
    assert errors == []
    assert (verdict().sealed, verdict().faults) == (2, [])


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot()"
        )  # else a transaction sees the same moment again and again
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


@pytest.mark.django_db(transaction=True)
def test_chain_holds_while_several_write_and_several_seal():
    """Writers keep transactions open across sealings; two sealers work against each other."""
    written, done, errors = [], threading.Event(), []

    def writer(name):
        for _ in range(15):
            with transaction.atomic():
                written.append(write(actor_name=name)[0].pk)
                written.append(write(actor_name=name)[0].pk)

    def sealer():
        while not done.is_set():
            seal_changes()

    def run(work, *args):
        try:
            work(*args)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=run, args=(writer, name)) for name in ("甲", "乙", "丙")]
    sealers = [threading.Thread(target=run, args=(sealer,)) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    seal_changes()
    found = verdict()
    assert errors == []
    assert found.faults == []
    assert (found.sealed, found.unsealed) == (len(written), 0) == (90, 0)

"""Background work that belongs to no domain; config/settings.py says when each runs."""

from celery import shared_task
from celery.signals import worker_ready
from django.core.cache import cache
from django.core.management import call_command

from core import drafts
from core.files import remove_half_written
from core.history import seal_changes
from core.unclaimed import remove_unclaimed

WORKER_SEEN = "worker-seen"


@shared_task
def note_worker_alive():
    """Leave a mark for a minute; /healthz says whether it is there."""
    cache.set(WORKER_SEEN, True, 60)


@worker_ready.connect
def note_at_once(sender, **kwargs):
    """A worker that has just started need not wait for the scheduler to be noticed."""
    note_worker_alive.delay()


@shared_task
def clear_expired_sessions():
    """Sessions that have run out are of no use to anybody."""
    call_command("clearsessions")


@shared_task
def seal_history():
    """Seal what was written to the history since the last time; two at once do no harm."""
    seal_changes()


@shared_task
def remove_half_written_files():
    """What a process that was killed left behind."""
    remove_half_written()


@shared_task
def remove_unclaimed_files():
    """Files that no record and no report speaks of."""
    remove_unclaimed()


@shared_task
def remove_old_drafts():
    """Forms that were begun and never saved."""
    drafts.remove_old()

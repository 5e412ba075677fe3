"""The queue: `celery -A config worker`, `celery -A config beat`. Tasks live in each app's tasks.py."""

import os
import tempfile
from pathlib import Path

from celery import Celery
from celery.signals import worker_process_init
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Our own of each kind; core/broker.py says why.
TRANSPORT_ALIASES |= {
    "directory": "core.broker:DirectoryTransport",
    "redis": "core.broker:RedisTransport",
    "rediss": "core.broker:RedisTransport",
}
app = Celery("ledger")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def make_directories(sender, **kwargs):
    """The scheduler does not make its own directory."""
    Path(sender.conf.beat_schedule_filename).parent.mkdir(parents=True, exist_ok=True)


@worker_process_init.connect
def keep_temporary_files_at_home(**kwargs):
    """What a child that is killed leaves behind then lies where it is removed, and where nobody else reads it."""
    from core.files import incoming_directory  # not before Django is ready

    tempfile.tempdir = str(incoming_directory())


@worker_process_init.connect
def let_pages_go_first(**kwargs):
    """A compile may take a second longer; a page that somebody waits for may not."""
    os.nice(10)

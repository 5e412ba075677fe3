"""The queue: `celery -A config worker`, `celery -A config beat`. Tasks live in each app's tasks.py."""

import os
from pathlib import Path

from celery import Celery
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

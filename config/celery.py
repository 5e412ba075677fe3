"""The queue: `celery -A config worker`, `celery -A config beat`. Tasks live in each app's tasks.py."""

import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ledger")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def make_directories(sender, **kwargs):
    """Neither the file broker nor the scheduler makes its own directories."""
    options = sender.conf.broker_transport_options or {}
    for directory in (options.get("data_folder_in"), options.get("control_folder")):
        if directory:
            Path(directory).mkdir(parents=True, exist_ok=True)
    Path(sender.conf.beat_schedule_filename).parent.mkdir(parents=True, exist_ok=True)

"""The queue's way in: thin, the work is in branch/reader.py and branch/reminders.py."""

from celery import shared_task

from branch import handing_in, reader, reminders


@shared_task
def read_certificates():
    """A hint that certificates wait; on the queue `ocr`, which one process serves (config/settings.py)."""
    reader.read_waiting()


@shared_task
def sweep_readings():
    """Bring back what a lost worker or a lost message left behind."""
    reader.sweep()


@shared_task
def remind_of_expiry():
    """Tell of certificates that end soon; what was told is not told again."""
    reminders.remind()


@shared_task
def remove_unsent_certificates():
    """What was photographed and never sent."""
    handing_in.remove_unsent()

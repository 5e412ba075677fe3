"""The queue's way in to the reader of certificates: thin, all work is in branch/reader.py."""

from celery import shared_task

from branch import reader


@shared_task
def read_certificates():
    """A hint that certificates wait; on the queue `ocr`, which one process serves (config/settings.py)."""
    reader.read_waiting()


@shared_task
def sweep_readings():
    """Bring back what a lost worker or a lost message left behind."""
    reader.sweep()

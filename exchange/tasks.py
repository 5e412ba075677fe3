"""Background work of what goes in and out in bulk; config/settings.py says when it runs."""

from celery import shared_task

from exchange import uploads


@shared_task
def remove_old_uploads():
    """Workbooks hold personal data: those nobody confirmed within the hour are removed."""
    uploads.remove_old()

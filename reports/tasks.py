"""The queue's way in to the compile: thin, all work is in services."""

from celery import shared_task

from reports import services


@shared_task
def compile_report(compilation_id: int):
    """A hint that a compilation waits; whoever claims it first does it, everybody else finds nothing to do."""
    services.perform(compilation_id)


@shared_task
def sweep():
    """Bring back what a lost worker or a lost message left behind (config/settings.py says how often)."""
    services.sweep()

"""How it runs: settings, the site map, the queue."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

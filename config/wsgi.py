"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from core.receiving import whole_bodies  # noqa: E402  (once Django is ready)

application = whole_bodies(_django)

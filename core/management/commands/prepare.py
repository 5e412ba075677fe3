"""`manage.py prepare`: what stands between an update of the code and its first page."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring the database, the cache table and the static files up to date; with --demo, the demo too."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--demo", action="store_true", help="load the demo on the first start, unless DEMO=0"
        )

    def handle(self, *, demo, **options):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)

"""`manage.py prepare`: what stands between an update of the code and its first page."""

from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from core.models import Organisation

DEMO, YEAR = "demo", 2024


class Command(BaseCommand):
    help = "Bring the database, the cache table and the static files up to date; load the demo where it is wanted."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--demo", action="store_true", help="load the demo into an empty installation unless DEMO=0"
        )

    def handle(self, *, demo, **options):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        loaded = Organisation.objects.filter(code=DEMO).exists()
        wanted = demo and (
            loaded or not Organisation.objects.exists()
        )  # never among somebody's own records, unasked
        if settings.DEMO or (wanted and settings.DEMO is None):
            self._demo()

    def _demo(self):
        """The demo branch and its report: made once, then only told where they are."""
        call_command("load_demo", stdout=self.stdout)
        report = settings.DATA_DIR / f"demo-report-{YEAR}"
        if not report.exists():
            self.stdout.write(f"编写样例支部 {YEAR} 年的总结…")
            arguments = ["--branch", DEMO, "--year", str(YEAR), "--output", str(report)]
            call_command("compile_report", *arguments, stdout=StringIO())
        self.stdout.write(f"{YEAR} 年的总结和数字：")
        for file in sorted(report.iterdir()):
            self.stdout.write(f"  {file}")

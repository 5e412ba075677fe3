"""`manage.py prepare`: what stands between an update of the code and its first page."""

from django.conf import settings
from django.core.management import call_command, get_commands
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
        if (settings.DEMO or (demo and settings.DEMO is None)) and "load_demo" in get_commands():
            self._demo()

    def _demo(self):
        """The demo branch with its report; never among somebody's own records, and each made once only."""
        if not Organisation.objects.exists():
            self.stdout.write("载入样例支部…")
            call_command("load_demo", stdout=self.stdout)
        elif not Organisation.objects.filter(code=DEMO).exists():
            return
        report = settings.DATA_DIR / f"demo-report-{YEAR}"
        if not report.exists():
            self.stdout.write(f"编写样例支部 {YEAR} 年的总结…")
            call_command("compile_report", branch=DEMO, year=YEAR, output=str(report), stdout=self.stdout)
        self.stdout.write("样例总结：")
        for file in sorted(report.iterdir()):
            self.stdout.write(f"  {file}")

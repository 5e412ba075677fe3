"""`manage.py import_workbook FILE.xlsx --branch CODE [--dry-run]`."""

from django.core.management.base import BaseCommand, CommandError

from exchange.files import branch_called, contents
from exchange.services import Outdated, Refused, import_workbook, plan_import


class Command(BaseCommand):
    help = "Import a workbook into a branch: all or nothing; every bad cell is listed as sheet!cell: reason."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--branch", required=True, metavar="CODE")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")

    def handle(self, *, file, branch, dry_run, **options):
        organisation, data = branch_called(branch), contents(file)
        try:
            if dry_run:
                plan = plan_import(organisation, data)
                if plan.faults:
                    raise Refused(plan)
            else:
                plan = import_workbook(organisation, data, by=None)
        except Refused as error:
            for fault in error.plan.faults:
                self.stderr.write(str(fault))
            raise CommandError(str(error)) from None
        except Outdated as error:
            raise CommandError("导入时有人正在修改同样的记录，没有写入任何内容，请再试一次") from error
        for reminder in plan.reminders:
            self.stdout.write(f"提醒 {reminder}")
        for sheet, created, changed, unchanged in plan.counts():
            self.stdout.write(f"{sheet}：新增 {created}，修改 {changed}，不变 {unchanged}")
        if dry_run:
            self.stdout.write("以上是预览，没有写入任何内容")
        elif plan.is_empty:
            self.stdout.write("没有需要写入的内容")

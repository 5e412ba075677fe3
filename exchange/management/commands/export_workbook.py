"""`manage.py export_workbook FILE.xlsx --branch CODE [--empty]`."""

import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from exchange.files import branch_called
from exchange.services import export_workbook, log_export


class Command(BaseCommand):
    help = "Write all records of a branch to a workbook; --empty: the form to fill in."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--branch", required=True, metavar="CODE")
        parser.add_argument("--empty", action="store_true", help="without records, with drop-downs and notes")

    def handle(self, *, file, branch, empty, **options):
        place = branch_called(branch)
        data = export_workbook(place, empty=empty)
        target = Path(file)
        try:
            handle, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=".", suffix=".xlsx")
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.replace(name, target)
        except OSError as error:
            raise CommandError(f"写不了文件 {file}：{error.strerror}") from error
        if not empty:
            log_export(place, by=None)
        self.stdout.write(f"已写入 {file}")

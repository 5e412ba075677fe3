"""`manage.py compile_report`: a report as files in a directory, without queue or job row."""

import logging
import os
import re
import uuid
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from core.dates import Window
from core.models import Organisation
from reports import services
from reports.render import OUTPUTS

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Compile a branch's report at once and write its files; on any error nothing is written."

    def add_arguments(self, parser):
        parser.add_argument("--branch", required=True, metavar="CODE", help="code of the branch")
        when = parser.add_mutually_exclusive_group(required=True)
        when.add_argument("--year", help="calendar year, such as 2024")
        when.add_argument(
            "--window", metavar="START..END", help="both days included, or 2024-2025 (academic year)"
        )
        parser.add_argument(
            "--output", required=True, metavar="DIR", help="directory for the files; made if missing"
        )
        parser.add_argument("--template", default="yearly", metavar="NAME", help="report template (yearly)")

    def handle(self, *, branch, year, window, output, template, **options):
        try:
            if year and not re.fullmatch(r"\d{4}", str(year), re.ASCII):
                raise ValidationError(f"“{year}”不是年度，请写成 2024；别的区间用 --window")
            days = Window.parse(str(year or window))
            organisation = Organisation.objects.filter(code=branch).first()
            if organisation is None:
                raise ValidationError(f"没有代码为“{branch}”的支部")
            written = _write(Path(output), services.compile_now(organisation, days, template=template))
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from None
        except OSError as error:
            raise CommandError(f"不能写入 {output}：{error.strerror or error}") from None
        except Exception as error:
            logger.exception("compiling %s failed", branch)
            raise CommandError("编译出错，什么都没有写；详情见上面的日志") from error
        for path in written:
            self.stdout.write(str(path))


def _write(directory: Path, compiled) -> list[Path]:
    """Write all files or none: under temporary names first, then renamed."""
    made = [path for path in (directory, *directory.parents) if not path.exists()]
    waiting = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for output in OUTPUTS:
            path = directory / f".{output.name}.{uuid.uuid4().hex}"
            waiting.append((path, directory / output.name))
            with open(path, "x+b") as file:
                output.write(compiled, file)
                file.flush()
                os.fsync(file.fileno())
        for _, place in waiting:
            if place.is_dir():
                raise IsADirectoryError(0, f"{place.name} 是一个目录")
        for path, place in waiting:
            path.replace(place)
    except BaseException:
        for path, _ in waiting:
            path.unlink(missing_ok=True)
        for path in made:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        raise
    return [place for _, place in waiting]

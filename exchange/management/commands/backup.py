"""`manage.py backup FILE`."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from exchange.backup import backup


class Command(BaseCommand):
    help = "Put database and files of this moment into one archive; others may go on writing meanwhile."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the archive to write (.zip)")

    def handle(self, *, file, **options):
        try:
            manifest = backup(file)
        except OSError as error:
            raise CommandError(f"没有做成备份：{error.strerror}（{file}）") from error
        rows = sum(part["rows"] for part in manifest["tables"].values())
        size = filesizeformat(file.stat().st_size)
        self.stdout.write(f"备份完成：{file}（{size}），数据 {rows} 行，文件 {len(manifest['files'])} 个。")
        self.stdout.write(f"修改记录的链头：{manifest['history_head'] or '（还没有封存）'}")
        self.stdout.write("备份里有个人信息和口令摘要，请加密后再存到别处。")
        if manifest["faults"]:
            for sha256, fault in manifest["faults"].items():
                self.stderr.write(f"✗ {sha256} {fault}")
            self.stderr.write(f"{len(manifest['faults'])} 个文件有问题，没有收进备份；其余的都在。")
            sys.exit(1)

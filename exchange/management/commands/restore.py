"""`manage.py restore FILE`."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.db import snapshot
from core.history import verify_history
from exchange.restore import RestoreError, restore


class Command(BaseCommand):
    help = "Restore an archive of `backup` into an empty installation: all of it, or nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the archive to read")

    def handle(self, *, file, **options):
        try:
            manifest = restore(file)
        except RestoreError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"没有恢复：{error.strerror}（{error.filename or file}）") from error
        rows = sum(part["rows"] for part in manifest["tables"].values())
        self.stdout.write(
            f"恢复完成：{manifest['created_at']} 的备份，数据 {rows} 行，文件 {len(manifest['files'])} 个。"
        )
        with snapshot():
            verdict = verify_history(manifest["history_head"])
        for fault in verdict.faults:
            self.stderr.write(f"✗ {fault}")
        for sha256, fault in manifest["faults"].items():
            self.stderr.write(f"✗ {sha256} 备份时就{fault}")
        if verdict.faults or manifest["faults"]:
            self.stderr.write("以上问题在备份时就有，已照原样恢复。")
            sys.exit(1)
        self.stdout.write("校验通过：修改记录完整，文件齐全。")

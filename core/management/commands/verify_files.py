"""`manage.py verify_files`: is every file still there, byte for byte?"""

import sys

from django.core.management.base import BaseCommand
from django.template.defaultfilters import filesizeformat

from core.integrity import verify_files


class Command(BaseCommand):
    help = "Read every stored file and compare it with its SHA-256; exit 1 if one is missing or altered."

    def handle(self, **options):
        verdict = verify_files()
        self.stdout.write(f"文件：{verdict.files} 个，共 {filesizeformat(verdict.size)}。")
        if verdict.orphans:
            self.stdout.write(f"没有登记的文件 {len(verdict.orphans)} 个（中断的上传，不影响使用）：")
            for path in verdict.orphans:
                self.stdout.write(f"  {path}")
        if verdict.faults:
            for sha256, fault in verdict.faults:
                self.stderr.write(f"✗ {sha256} {fault}")
            self.stderr.write(f"发现 {len(verdict.faults)} 个文件有问题；请从备份中找回。")
            sys.exit(1)
        self.stdout.write("校验通过：文件都在，内容没有被改动。")

"""`manage.py verify_history`: is every sealed line of the history still what it was?"""

import sys

from django.core.management.base import BaseCommand

from core.db import snapshot
from core.history import verify_history


class Command(BaseCommand):
    help = "Recompute the hash chain of the history; exit 1 if anything was altered, removed or slipped in."

    def add_arguments(self, parser):
        parser.add_argument(
            "--head", default="", help="a digest noted earlier that the chain must still hold"
        )

    def handle(self, *, head, **options):
        with snapshot():
            verdict = verify_history(head)
        self.stdout.write(
            f"修改记录：已封存 {verdict.sealed} 条，共 {verdict.seals} 批；待封存 {verdict.unsealed} 条。"
        )
        self.stdout.write(f"链头：{verdict.head or '（还没有封存）'}")
        if verdict.faults:
            for fault in verdict.faults:
                self.stderr.write(f"✗ {fault}")
            self.stderr.write(f"发现 {len(verdict.faults)} 处问题。")
            sys.exit(1)
        self.stdout.write("校验通过：封存过的内容没有被改动。")

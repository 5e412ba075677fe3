"""manage.py create_account: an account with its first role."""

import getpass
import sys

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from core.accounts import create_account
from core.models import Appointment, Organisation


class Command(BaseCommand):
    help = "新建一个账号，并给它一个角色"

    def add_arguments(self, parser):
        """NAME --role ROLE --organisation CODE [--full-name NAME] [--password-stdin]."""
        parser.add_argument("name", metavar="NAME", help="用户名，登录时用")
        parser.add_argument(
            "--role", required=True, help="、".join(f"{role}（{role.label}）" for role in Appointment.Role)
        )
        parser.add_argument("--organisation", required=True, metavar="CODE", help="组织的代码")
        parser.add_argument("--full-name", default="", help="姓名；不写则同用户名")
        parser.add_argument("--password-stdin", action="store_true", help="从标准输入读密码（第一行）")

    def handle(self, *, name, role, organisation, full_name, password_stdin, **options):
        """Raises CommandError (exit 1) with a sentence."""
        place = Organisation.objects.filter(code=organisation).first()
        if place is None:
            raise CommandError(f"没有代码为 {organisation} 的组织")
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else self._ask()
        if not password:
            raise CommandError("没有输入密码")
        try:
            user = create_account(name, full_name or name, role, place, password=password, by=None)
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        self.stdout.write(f"已新建账号 {user.username}（{user.name}），{place}")

    def _ask(self) -> str:
        try:
            first, second = getpass.getpass("密码："), getpass.getpass("再输一遍：")
        except (EOFError, KeyboardInterrupt) as error:
            raise CommandError("没有输入密码") from error
        if first != second:
            raise CommandError("两次输入的密码不一样")
        return first

"""`manage.py load_demo`: an invented branch to look at, with accounts to look with."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from exchange.demo import load


class Command(BaseCommand):
    help = "Load the demo branch (years 2023 to 2025) and its accounts; where it is loaded already, change nothing."

    def handle(self, **options):
        if load.is_loaded():
            self.stdout.write("样例支部已在，未作改动。")
        else:
            try:
                load.load()
            except ValidationError as error:
                raise CommandError(f"没有载入样例支部：{'；'.join(error.messages)}") from None
            self.stdout.write(
                "已载入样例支部 demo（信息工程学院教师第一党支部，2023—2025 年；单位和人物均为虚构）。"
            )
        self.stdout.write(f"样例账号（密码都是 {load.PASSWORD}）：")
        for username, name, _, _, what in load.ACCOUNTS:
            self.stdout.write(f"  {username:<16}{name}  {what}")
        self.stdout.write(f"登录：{settings.PUBLIC_URL}")

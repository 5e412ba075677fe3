"""manage.py create_organisation: a place in the tree."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from core.models import Organisation
from core.organisations import create_organisation


class Command(BaseCommand):
    help = "新建一个组织：学校党委、学院党委、党总支或党支部"

    def add_arguments(self, parser):
        """CODE NAME --kind KIND [--parent CODE]."""
        parser.add_argument("code", metavar="CODE", help="代码，只用小写字母、数字和连字符，以后不变")
        parser.add_argument("name", metavar="NAME", help="全称")
        parser.add_argument(
            "--kind", required=True, help="、".join(f"{kind}（{kind.label}）" for kind in Organisation.Kind)
        )
        parser.add_argument("--parent", metavar="CODE", help="上级组织的代码；不写则在最上层")
        parser.add_argument("--short-name", default="", help="简称")

    def handle(self, *, code, name, kind, parent, short_name, **options):
        """Raises CommandError (exit 1) with a sentence."""
        above = None
        if parent:
            above = Organisation.objects.filter(code=parent).first()
            if above is None:
                raise CommandError(f"没有代码为 {parent} 的组织")
        try:
            place = create_organisation(code, name, kind, above, short_name=short_name, by=None)
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        self.stdout.write(f"已新建{place.get_kind_display()}：{place.name}（{place.code}）")

"""Joint building: partners, agreements, plans."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed(sender, **kwargs):
    from core.kinds import seed
    from partnerships.kinds import PARTNER_KINDS
    from partnerships.models import PartnerKind

    seed(PartnerKind, PARTNER_KINDS)


class PartnershipsConfig(AppConfig):
    """Partners, agreements with commitments, the plan table."""

    name = "partnerships"
    verbose_name = "联建"

    def ready(self):
        """Seed the built-in kinds after each migration."""
        post_migrate.connect(_seed, sender=self)

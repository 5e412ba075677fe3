"""Joint building: partners, agreements, plans."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed(sender, **kwargs):
    from core.checklists import seed_rules
    from core.kinds import seed
    from partnerships.kinds import PARTNER_KINDS, PROOFS
    from partnerships.models import Agreement, PartnerKind

    seed(PartnerKind, PARTNER_KINDS)
    seed_rules(Agreement, PROOFS)


class PartnershipsConfig(AppConfig):
    """Partners, agreements with commitments, the plan table."""

    name = "partnerships"
    verbose_name = "联建"

    def ready(self):
        """Seed the built-in kinds after each migration."""
        post_migrate.connect(_seed, sender=self)

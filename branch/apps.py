"""The people of a branch and their certificates."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed(sender, **kwargs):
    from branch.kinds import CERTIFICATION_TYPES, PROOFS
    from branch.models import Certification, CertificationType
    from core.checklists import seed_rules
    from core.kinds import seed

    seed(CertificationType, CERTIFICATION_TYPES, "name")
    seed_rules(Certification, PROOFS)


class BranchConfig(AppConfig):
    """Members, posts, the programme, certifications."""

    name = "branch"
    verbose_name = "党员与认证"

    def ready(self):
        """Seed the built-in certification types after each migration."""
        post_migrate.connect(_seed, sender=self)

"""Results: papers, patents, projects, awards, books, honours."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed(sender, **kwargs):
    from core.checklists import seed_rules
    from core.kinds import seed
    from outcomes.kinds import OUTCOME_KINDS, PROOFS
    from outcomes.models import Outcome, OutcomeKind

    seed(OutcomeKind, OUTCOME_KINDS)
    seed_rules(Outcome, PROOFS)


class OutcomesConfig(AppConfig):
    """Outcomes of every kind with ordered contributions."""

    name = "outcomes"
    verbose_name = "成果"

    def ready(self):
        """Seed the built-in kinds after each migration."""
        post_migrate.connect(_seed, sender=self)

"""What the branch did: meetings of branch life, outreach, joint events."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed(sender, **kwargs):
    from activities.kinds import ACTIVITY_KINDS, PROOFS
    from activities.models import Activity, ActivityKind
    from core.checklists import seed_rules
    from core.kinds import seed

    seed(ActivityKind, ACTIVITY_KINDS)
    seed_rules(Activity, PROOFS)


class ActivitiesConfig(AppConfig):
    """Activities with participation, counts and feedback."""

    name = "activities"
    verbose_name = "活动"

    def ready(self):
        """Seed the built-in kinds after each migration."""
        post_migrate.connect(_seed, sender=self)

"""What the branch already has, asked once for each line read: five queries."""

from __future__ import annotations

from collections import Counter, defaultdict

from activities.models import Activity, ActivityKind, TaskLine
from activities.reading.reading import Known
from branch.models import Member
from core.dates import today
from partnerships.models import Partner

RECENT = 200  # activities that tell the habits of the branch


def known(organisation) -> Known:
    """Ask for what the branch has."""
    partners = Partner.objects.live().of([organisation]).prefetch_related("aliases")
    members = Member.objects.live().of([organisation]).on(today())
    recent = list(
        Activity.objects.live()
        .of([organisation])
        .order_by("-starts_on", "-id")
        .only("kind", "place", *TaskLine.values)[:RECENT]
    )
    lines: dict[str, Counter] = defaultdict(Counter)
    for activity in recent:
        lines[activity.kind_id][tuple(line.value for line in activity.lines)] += 1
    places = Counter(activity.place for activity in recent if activity.place)
    return Known(
        kinds=list(ActivityKind.objects.in_use().values_list("code", "name", "is_branch_life")),
        partners=[
            (partner.pk, partner.name, tuple(alias.name for alias in partner.aliases.all()))
            for partner in partners
        ],
        members=list(members.values_list("pk", "name")),
        places=[place for place, _ in places.most_common()],
        lines_of_kind={kind: list(usual.most_common(1)[0][0]) for kind, usual in lines.items()},
    )

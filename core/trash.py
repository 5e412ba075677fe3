"""The trash: what was thrown away and can be brought back. Nothing leaves it by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db.models import CharField, Value

from core.links import page_of_kind
from core.models import Change, Record

SHOWN = 100


@dataclass(frozen=True)
class Thrown:
    """One record in the trash. change: who threw it away, when, and what it was called."""

    kind: str
    change: Change
    restore_url: str


def thrown_away(frame, user) -> list[Thrown]:
    """The records thrown away last in the places in view that the user edits, at most SHOWN."""
    models = {model._meta.label_lower: model for model in apps.get_models() if issubclass(model, Record)}
    parts = [
        model.objects.restorable_by(user)
        .of(frame.places)
        .annotate(label=Value(label, CharField()))
        .order_by()
        .values_list("deleted_at", "label", "pk")
        for label, model in models.items()
    ]
    found = list(parts[0].union(*parts[1:], all=True).order_by("-deleted_at", "-pk")[:SHOWN])
    changes: dict[tuple[str, int], Change] = {}
    for change in Change.objects.filter(
        verb=Change.Verb.TRASH,
        model__in={label for _, label, _ in found},
        object_id__in={pk for _, _, pk in found},
    ).order_by("pk"):
        changes[change.model, change.object_id] = change
    return [
        Thrown(
            models[label]._meta.verbose_name,
            changes[label, pk],
            page_of_kind(models[label], "restore", pk),
        )
        for _, label, pk in found
        if (label, pk) in changes
    ]

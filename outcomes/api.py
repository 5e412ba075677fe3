"""Outcomes in the API."""

from __future__ import annotations

from rest_framework import serializers

from core.api import ProofMixin, RecordSerializer, RecordViewSet
from outcomes.filters import OutcomeFilter
from outcomes.models import Contribution, Outcome


class ContributionSerializer(serializers.ModelSerializer):
    """A person's part in an outcome, in order."""

    class Meta:
        model = Contribution
        fields = ["position", "member", "name", "role"]


class OutcomeSerializer(ProofMixin, RecordSerializer):
    """One outcome with the people who made it."""

    contributions = ContributionSerializer(many=True, read_only=True)

    class Meta:
        model = Outcome
        fields = [
            *RecordSerializer.COMMON,
            "lacks",
            "code",
            "kind",
            "subtype",
            "name",
            "level",
            "level_basis",
            "date",
            "status",
            "review",
            "venue",
            "number",
            "doi",
            "indexing",
            "grade",
            "role",
            "contract_amount",
            "received_amount",
            "note",
            "details",
            "contributions",
        ]


class OutcomeViewSet(RecordViewSet):
    """Outcomes; a window holds those whose date lies wholly in it."""

    queryset = Outcome.objects.select_related("organisation").prefetch_related("contributions")
    serializer_class = OutcomeSerializer
    filterset_class = OutcomeFilter

    def in_window(self, records, window):
        """With a date wholly in the window."""
        return records.within(window)

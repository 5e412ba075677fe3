"""Partners, agreements and plan rows in the API."""

from __future__ import annotations

from rest_framework import serializers

from core.api import PhoneMixin, ProofMixin, RecordSerializer, RecordViewSet
from partnerships.filters import AgreementFilter, PartnerFilter, PlanItemFilter
from partnerships.models import Agreement, Commitment, Partner, PlanItem


class PartnerSerializer(PhoneMixin, RecordSerializer):
    """One partner with its aliases."""

    aliases = serializers.StringRelatedField(many=True, read_only=True)

    class Meta:
        model = Partner
        fields = [
            *RecordSerializer.COMMON,
            "name",
            "aliases",
            "kind",
            "party_organisation",
            "contact",
            "phone",
            "since",
            "note",
            "merged_into",
        ]


class CommitmentSerializer(serializers.ModelSerializer):
    """Promised and delivered."""

    class Meta:
        model = Commitment
        fields = ["name", "promised", "unit", "delivered"]


class AgreementSerializer(ProofMixin, RecordSerializer):
    """One agreement with what it promises."""

    commitments = CommitmentSerializer(many=True, read_only=True)

    class Meta:
        model = Agreement
        fields = [
            *RecordSerializer.COMMON,
            "lacks",
            "code",
            "name",
            "partners",
            "signed_on",
            "expires_on",
            "status",
            "content",
            "promises",
            "purpose",
            "own_duties",
            "partner_duties",
            "liaison",
            "renews",
            "commitments",
        ]


class PlanItemSerializer(RecordSerializer):
    """One row of the plan."""

    class Meta:
        model = PlanItem
        fields = [
            *RecordSerializer.COMMON,
            "agreement",
            "number",
            "planned_on",
            "theme",
            "form",
            "place",
            "lead",
            "responsible",
            "participants",
            "expected_result",
            "result",
            "status",
        ]


class PartnerViewSet(RecordViewSet):
    """Partners."""

    queryset = Partner.objects.select_related("organisation").prefetch_related("aliases")
    serializer_class = PartnerSerializer
    filterset_class = PartnerFilter


class AgreementViewSet(RecordViewSet):
    """Agreements; a window holds those signed in it."""

    queryset = Agreement.objects.select_related("organisation").prefetch_related("partners", "commitments")
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilter

    def in_window(self, records, window):
        """Signed in the window."""
        return records.signed_in(window)


class PlanItemViewSet(RecordViewSet):
    """Plan rows; a window holds those planned for it."""

    queryset = PlanItem.objects.select_related("organisation")
    serializer_class = PlanItemSerializer
    filterset_class = PlanItemFilter

    def in_window(self, records, window):
        """Planned for the window."""
        return records.within(window, "planned_on")

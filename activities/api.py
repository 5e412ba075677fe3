"""Activities and feedback in the API."""

from __future__ import annotations

from rest_framework import serializers

from activities.filters import ActivityFilter, FeedbackFilter
from activities.models import Activity, Feedback, Participation
from core.api import ProofMixin, RecordSerializer, RecordViewSet


class ParticipationSerializer(serializers.ModelSerializer):
    """A person's part in an activity."""

    class Meta:
        model = Participation
        fields = ["role", "member", "name", "remark"]


class ActivitySerializer(ProofMixin, RecordSerializer):
    """One activity with who took part."""

    lines = serializers.ListField(child=serializers.CharField(), read_only=True)
    participations = ParticipationSerializer(many=True, read_only=True)

    class Meta:
        model = Activity
        fields = [
            *RecordSerializer.COMMON,
            "lacks",
            "code",
            "kind",
            "lines",
            "theme",
            "status",
            "starts_on",
            "starts_at",
            "ends_on",
            "ends_at",
            "place",
            "partners",
            "agreement",
            "plan_item",
            "person_times",
            "persons",
            "count_method",
            "is_measured",
            "summary",
            "expected",
            "present",
            "participations",
        ]


class FeedbackSerializer(RecordSerializer):
    """What somebody said about an activity."""

    class Meta:
        model = Feedback
        fields = [*RecordSerializer.COMMON, "activity", "identity", "content", "may_quote", "received_on"]


class ActivityViewSet(RecordViewSet):
    """Activities; a window holds those begun in it."""

    queryset = Activity.objects.select_related("organisation").prefetch_related("partners", "participations")
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter

    def in_window(self, records, window):
        """Begun in the window."""
        return records.begun_in(window)


class FeedbackViewSet(RecordViewSet):
    """Feedback; a window holds that of activities begun in it."""

    queryset = Feedback.objects.select_related("organisation")
    serializer_class = FeedbackSerializer
    filterset_class = FeedbackFilter

    def in_window(self, records, window):
        """About activities begun in the window."""
        return records.filter(activity__starts_on__gte=window.start, activity__starts_on__lte=window.end)

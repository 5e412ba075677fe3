"""Members, certifications and programmes in the API."""

from __future__ import annotations

from rest_framework import serializers

from branch.filters import CertificationFilter, MemberFilter, ProgrammeFilter
from branch.models import Certification, Member, Programme
from core.api import PhoneMixin, ProofMixin, RecordSerializer, RecordViewSet


class MemberSerializer(PhoneMixin, RecordSerializer):
    """One member with the posts held."""

    posts = serializers.StringRelatedField(many=True, read_only=True)

    class Meta:
        model = Member
        fields = [
            *RecordSerializer.COMMON,
            "staff_number",
            "name",
            "gender",
            "ethnicity",
            "born",
            "category",
            "joined_party",
            "full_member_since",
            "education",
            "degree",
            "academic_title",
            "duty",
            "group",
            "phone",
            "email",
            "transferred_in",
            "transferred_out",
            "posts",
        ]


class CertificationSerializer(ProofMixin, RecordSerializer):
    """One certification."""

    type = serializers.SlugRelatedField(slug_field="name", read_only=True)

    class Meta:
        model = Certification
        fields = [
            *RecordSerializer.COMMON,
            "lacks",
            "member",
            "type",
            "direction",
            "level",
            "number",
            "passed_on",
            "valid_until",
            "status",
            "return_reason",
            "submitted_at",
            "renews",
        ]


class ProgrammeSerializer(RecordSerializer):
    """One cycle of the programme."""

    class Meta:
        model = Programme
        fields = [*RecordSerializer.COMMON, "name", "level", "document_number", "starts_on", "ends_on"]


class MemberViewSet(RecordViewSet):
    """Members; a window holds those in the branch on its last day."""

    queryset = Member.objects.select_related("organisation").prefetch_related("posts")
    serializer_class = MemberSerializer
    filterset_class = MemberFilter

    def in_window(self, records, window):
        """In the branch on the last day of the window."""
        return records.on(window.as_of)


class CertificationViewSet(RecordViewSet):
    """Certifications; a window holds those passed in it."""

    queryset = Certification.objects.select_related("organisation", "type")
    serializer_class = CertificationSerializer
    filterset_class = CertificationFilter

    def in_window(self, records, window):
        """Passed in the window."""
        return records.within(window, "passed_on")


class ProgrammeViewSet(RecordViewSet):
    """The branch's places in the programme."""

    queryset = Programme.objects.select_related("organisation")
    serializer_class = ProgrammeSerializer
    filterset_class = ProgrammeFilter

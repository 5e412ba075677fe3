"""The plumbing of the API: read-only, the same permission, filters and words as the pages.

Records that are not yours do not exist (404); phones are masked for those who may not edit the branch.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.filters import BaseFilterBackend

from core.checklists import checklist
from core.dates import Window
from core.links import record_url
from core.models import Organisation
from core.permissions import phone_for
from core.text import mask_phone


def asked_window(request) -> Window | None:
    """`?window=2024`, `2024-2025` or `2024-01-01..2024-12-31`; None where it is not given.

    Raises ValidationError (400).
    """
    text = request.query_params.get("window", "")
    try:
        return Window.parse(text) if text else None
    except DjangoValidationError as error:
        raise serializers.ValidationError({"window": error.messages}) from error


def asked_branch(request) -> Organisation | None:
    """`?branch=code`, among those the user may see; None where it is not given. Raises Http404."""
    code = request.query_params.get("branch", "")
    if not code:
        return None
    branches = Organisation.objects.branches().visible_to(request.user)
    branch = next((branch for branch in branches if branch.code == code), None)
    if branch is None:
        raise Http404
    return branch


class PlaceAndWindow(BaseFilterBackend):
    """`?branch=` and `?window=` of every list. A view says how a window restricts its kind (`in_window`)."""

    def filter_queryset(self, request, queryset, view):
        """Records of the branch, within the window. Raises Http404, ValidationError (400)."""
        if branch := asked_branch(request):
            queryset = queryset.of([branch.pk])
        if window := asked_window(request):
            queryset = view.in_window(queryset, window)
        return queryset

    def get_schema_operation_parameters(self, view):
        """For the schema."""
        names = {
            "branch": "Code of a branch.",
            "window": "2024, 2024-2025 (academic year) or 2024-01-01..2024-12-31.",
        }
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": text,
                "schema": {"type": "string"},
            }
            for name, text in names.items()
        ]


@extend_schema_field(
    serializers.CharField(help_text="2024-06-01, 2024-06 or 2024: unknown parts are left out")
)
class PartialDate(serializers.ReadOnlyField):
    """A date of which only a part may be known, as text."""

    def to_representation(self, value):
        """As `PartialDate.parse` reads it."""
        return str(value)


class RecordSerializer(serializers.ModelSerializer):
    """What every record has; subclasses add their fields to `COMMON`. Partial dates are text, phones masked."""

    organisation = serializers.SlugRelatedField(slug_field="code", read_only=True)
    page = serializers.SerializerMethodField(help_text="Path of the record's page.")

    COMMON = ("id", "page", "organisation", "in_reports", "version", "created_at", "updated_at", "extra")

    def build_property_field(self, field_name, model_class):
        """Partial dates are properties of two columns."""
        if field_name in model_class.partial_dates:
            return PartialDate, {}
        return super().build_property_field(field_name, model_class)

    def get_page(self, record) -> str:
        """The record's page."""
        return record_url(record)


class ProofMixin(serializers.Serializer):
    """What of a record's proof is missing."""

    lacks = serializers.SerializerMethodField(
        help_text="Pieces of required evidence that are missing, by kind (an empty one: any file); "
        "null where the record need not be proven."
    )

    def get_lacks(self, record) -> dict[str, int] | None:
        """From the record's checklist."""
        return None if record.lacking is None else {lack.kind: lack.number for lack in record.lacks}


class PhoneMixin(serializers.Serializer):
    """A phone number as this user may see it."""

    phone = serializers.SerializerMethodField(
        help_text="Only the last four digits unless you may edit the branch."
    )

    def get_phone(self, record) -> str:
        """Whole for editors of the branch."""
        request = self.context.get("request")
        return phone_for(record, request.user) if request else mask_phone(record.phone)


class RecordViewSet(viewsets.ReadOnlyModelViewSet):
    """Records of one kind, newest entry first. Subclasses set queryset, serializer_class, filterset_class."""

    filter_backends = [PlaceAndWindow, *viewsets.ReadOnlyModelViewSet.filter_backends]

    def get_queryset(self):
        """What the user may see; of what has to be proven, with what is missing."""
        records = super().get_queryset().visible_to(self.request.user)
        return records if records.model.to_be_proven is None else checklist(records.model).marked(records)

    def in_window(self, records, window):
        """Records that lie in a window; kinds without a date are not restricted."""
        return records

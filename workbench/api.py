"""Figures and targets in the API, and the map of /api/v1/."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from activities.api import ActivityViewSet, FeedbackViewSet
from branch.api import CertificationViewSet, MemberViewSet, ProgrammeViewSet
from core.api import RecordSerializer, RecordViewSet, asked_branch, asked_window
from core.dates import Window, today
from core.links import record_url
from core.models import Organisation
from outcomes.api import OutcomeViewSet
from partnerships.api import AgreementViewSet, PartnerViewSet, PlanItemViewSet
from reports.figures import UnknownFigure, compute
from reports.figures.compute import find, records_behind
from reports.models import Target
from workbench.filters import TargetFilter


# ---------------------------------------------------------------- targets
class TargetSerializer(RecordSerializer):
    """What was declared for one figure and year."""

    class Meta:
        model = Target
        fields = [*RecordSerializer.COMMON, "year", "figure", "value"]


class TargetViewSet(RecordViewSet):
    """Targets; a window holds those of the year it begins in."""

    queryset = Target.objects.select_related("organisation")
    serializer_class = TargetSerializer
    filterset_class = TargetFilter

    def in_window(self, records, window):
        """Of the year the window begins in."""
        return records.filter(year=window.start.year)


# ---------------------------------------------------------------- figures
class FigureSerializer(serializers.Serializer):
    """One figure, as in figures.json without its records."""

    key = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    line = serializers.CharField(allow_null=True)
    value = serializers.JSONField(
        help_text="A count, money as text with two decimals, a ratio of four places or null."
    )
    display = serializers.CharField()
    numerator = serializers.IntegerField(allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)


class FiguresSerializer(serializers.Serializer):
    """Every figure of one branch over one window, in report order."""

    branch = serializers.CharField()
    window = serializers.CharField()
    as_of = serializers.DateField()
    figures = FigureSerializer(many=True)


class FigureRecordSerializer(serializers.Serializer):
    """One record behind a figure."""

    type = serializers.CharField()
    id = serializers.IntegerField()
    title = serializers.CharField()
    date = serializers.CharField(allow_null=True)
    page = serializers.CharField()

    def to_representation(self, record):
        """As figures.json tells it."""
        family = self.context["view"].family
        model = family.listed._meta.model_name
        date = getattr(record, family.date) if family.date else None
        return {
            "type": "plan_item" if model == "planitem" else model,
            "id": record.pk,
            "title": record.title.strip(),
            "date": str(date) if date else None,
            "page": record_url(record),
        }


_PARAMETERS = [
    OpenApiParameter("branch", str, description="Code of a branch; needed if you see several."),
    OpenApiParameter("window", str, description="2024, 2024-2025 or 2024-01-01..2024-12-31; else this year."),
]


def _readable_branch(request) -> Organisation:
    """The branch asked for, or the only one whose records the user reads. Raises Http404, ValidationError (400)."""
    reads = request.user.scope.read
    if branch := asked_branch(request):
        if branch.pk not in reads:
            raise NotFound
        return branch
    branches = list(Organisation.objects.branches().filter(pk__in=reads)[:2])
    if not branches:
        raise NotFound
    if len(branches) > 1:
        raise serializers.ValidationError({"branch": ["请用 branch= 写明是哪个支部"]})
    return branches[0]


class FigureList(APIView):
    """Every figure of a branch over a window."""

    @extend_schema(parameters=_PARAMETERS, responses=FiguresSerializer)
    def get(self, request):
        """The same numbers as figures.json."""
        branch = _readable_branch(request)
        window = asked_window(request) or Window.year(today().year)
        figures = compute([branch.pk], window)[branch.pk]
        return Response(
            {
                "branch": branch.code,
                "window": str(window),
                "as_of": str(window.as_of),
                "figures": [figure.as_json() for figure in figures.values()],
            }
        )


class FigureRecords(ListAPIView):
    """The records behind one figure."""

    serializer_class = FigureRecordSerializer
    filter_backends: list = []

    def get_queryset(self):
        """Records of the figure's kind. Raises NotFound for a key that does not exist."""
        try:
            self.family, question = find(self.kwargs["key"])
        except UnknownFigure as error:
            raise NotFound from error
        branch = _readable_branch(self.request)
        window = asked_window(self.request) or Window.year(today().year)
        rows = records_behind(self.family, question, [branch.pk], window)
        return self.family.listed.objects.filter(pk__in=rows.order_by().values("pk"))

    @extend_schema(parameters=_PARAMETERS)
    def get(self, request, *args, **kwargs):
        """As many as the figure counts."""
        return super().get(request, *args, **kwargs)


# ---------------------------------------------------------------- the map
router = SimpleRouter()
for name, viewset in (
    ("members", MemberViewSet),
    ("certifications", CertificationViewSet),
    ("programmes", ProgrammeViewSet),
    ("partners", PartnerViewSet),
    ("agreements", AgreementViewSet),
    ("plan-items", PlanItemViewSet),
    ("activities", ActivityViewSet),
    ("feedback", FeedbackViewSet),
    ("outcomes", OutcomeViewSet),
    ("targets", TargetViewSet),
):
    router.register(name, viewset)

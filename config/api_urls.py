"""The map of the API: /api/v1/, its schema, its documentation."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from workbench.api import FigureList, FigureRecords, router

# The documentation's own page: its files are ours (no CDN), but they bring inline styles.
docs = csp_replace({"script-src": [SELF], "style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(url_name="api:schema")
)

app_name = "api"
urlpatterns = [
    path("v1/", include(router.urls)),
    path("v1/figures/", FigureList.as_view(), name="figures"),
    path("v1/figures/<path:key>/records/", FigureRecords.as_view(), name="figure_records"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
]

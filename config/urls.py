"""The site map. Each app's pages stand in its own urls.py."""

from django.contrib import admin
from django.urls import include, path

from core.views import healthz

handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
urlpatterns = [
    path("", include("core.urls")),
    path("", include("reports.urls")),
    path("", include("exchange.urls")),
    path("", include("workbench.urls")),
    path("", include("branch.urls")),
    path("partnerships/", include("partnerships.urls")),
    path("activities/", include("activities.urls")),
    path("outcomes/", include("outcomes.urls")),
    path("accounts/", include("core.account_urls")),
    path("api/", include("config.api_urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]

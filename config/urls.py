"""The site map. Each app's pages stand in its own urls.py."""

from django.contrib import admin
from django.urls import include, path

from core.views import healthz

urlpatterns = [
    path("", include("core.urls")),
    path("reports/", include("reports.urls")),
    path("", include("exchange.urls")),
    path("accounts/", include("core.account_urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]

"""Pages of what goes in and out in bulk."""

from django.urls import path

from exchange import views

app_name = "exchange"
urlpatterns = [
    path("settings/import/", views.workbook_import, name="import"),
    path("settings/import/<str:token>/", views.workbook_preview, name="preview"),
    path("settings/export/<slug:code>/ledger.xlsx", views.workbook_export, name="export"),
    path("settings/export/<slug:code>/form.xlsx", views.workbook_form, name="form"),
]

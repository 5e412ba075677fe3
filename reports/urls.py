"""Pages of reports, their compilations, figures, and what is printed of a record."""

from django.urls import include, path

from reports import views

app_name = "reports"
_pages = [
    path("", views.report_list, name="report_list"),
    path("template/", views.template_edit, name="template_edit"),
    path("template/reset/", views.template_reset, name="template_reset"),
    path("template/minutes/", views.minutes_template_edit, name="minutes_template_edit"),
    path("template/minutes/reset/", views.minutes_template_reset, name="minutes_template_reset"),
    path("new/", views.report_new, name="report_new"),
    path("missing/", views.report_missing, name="report_missing"),
    path("export/", views.report_export, name="report_export"),
    path("<int:pk>/", views.report_detail, name="report_detail"),
    path("<int:pk>/compile/", views.report_compile, name="report_compile"),
    path("<int:pk>/cancel/", views.report_cancel, name="report_cancel"),
    path("<int:pk>/job/", views.report_job, name="report_job"),
    path("files/<int:pk>/preview/", views.compilation_preview, name="compilation_preview"),
    path("files/<int:pk>/figures/<path:key>/", views.compilation_figure, name="compilation_figure"),
    path("files/<int:pk>/photos/<str:sha256>", views.compilation_photo, name="compilation_photo"),
    path("files/<int:pk>/<str:name>", views.compilation_download, name="compilation_download"),
    path("figures/<path:key>/", views.figure, name="figure"),
]
urlpatterns = [
    path("reports/", include(_pages)),
    path("activities/<int:pk>/minutes/", views.activity_minutes, name="activity_minutes"),
    path("activities/<int:pk>/minutes.docx", views.activity_minutes_word, name="activity_minutes_word"),
]

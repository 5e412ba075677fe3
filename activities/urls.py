"""Pages of activities."""

from django.urls import path

from activities import quicklog, views

app_name = "activities"
urlpatterns = [
    path("", views.activity_list, name="activity_list"),
    path("log/", quicklog.quick_log, name="quick_log"),
    path("new/", views.activity_new, name="activity_new"),
    path("<int:pk>/edit/", views.activity_edit, name="activity_edit"),
    path("<int:pk>/attendance/", views.activity_attendance, name="activity_attendance"),
    path("<int:pk>/trash/", views.activity_trash, name="activity_trash"),
    path("<int:pk>/restore/", views.activity_restore, name="activity_restore"),
    path("<int:pk>/", views.activity_detail, name="activity_detail"),
    path("feedback/", views.feedback_list, name="feedback_list"),
    path("<int:pk>/feedback/new/", views.feedback_new, name="feedback_new"),
    path("feedback/<int:pk>/", views.feedback_detail, name="feedback_detail"),
    path("feedback/<int:pk>/edit/", views.feedback_edit, name="feedback_edit"),
    path("feedback/<int:pk>/trash/", views.feedback_trash, name="feedback_trash"),
    path("feedback/<int:pk>/restore/", views.feedback_restore, name="feedback_restore"),
]

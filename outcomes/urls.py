"""Pages of outcomes."""

from django.urls import path

from outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("", views.outcome_list, name="outcome_list"),
    path("new/", views.outcome_new, name="outcome_new"),
    path("<int:pk>/", views.outcome_detail, name="outcome_detail"),
    path("<int:pk>/edit/", views.outcome_edit, name="outcome_edit"),
    path("<int:pk>/accept/", views.outcome_accept, name="outcome_accept"),
    path("<int:pk>/return/", views.outcome_return, name="outcome_return"),
    path("<int:pk>/trash/", views.outcome_trash, name="outcome_trash"),
    path("<int:pk>/restore/", views.outcome_restore, name="outcome_restore"),
]

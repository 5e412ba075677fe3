"""Pages of outcomes."""

from django.urls import path

from outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("", views.outcome_list, name="outcome_list"),
    path("<int:pk>/", views.outcome_detail, name="outcome_detail"),
]

"""Pages that belong to no domain."""

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [
    path("settings/styleguide/", views.styleguide, name="styleguide"),
]

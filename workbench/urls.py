"""Home, all figures, the own page, targets."""

from django.urls import path

from workbench import views

app_name = "workbench"
urlpatterns = [
    path("", views.home, name="home"),
    path("figures/", views.figure_table, name="figure_table"),
    path("me/", views.mine, name="mine"),
    path("targets/", views.target_list, name="target_list"),
    path("targets/<int:pk>/", views.target_detail, name="target_detail"),
]

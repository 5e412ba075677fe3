"""Home, all figures, the own page, the calendar, targets."""

from django.urls import path

from workbench import calendar, feed, views

app_name = "workbench"
urlpatterns = [
    path("", views.home, name="home"),
    path("figures/", views.figure_table, name="figure_table"),
    path("me/", views.mine, name="mine"),
    path("calendar/", calendar.calendar_month, name="calendar"),
    path("calendar/feed/", feed.calendar_feed, name="calendar_feed"),
    path("calendar/<str:token>.ics", feed.calendar_ics, name="calendar_ics"),
    path("targets/", views.target_list, name="target_list"),
    path("targets/<int:pk>/", views.target_detail, name="target_detail"),
]

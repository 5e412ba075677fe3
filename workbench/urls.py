"""Home, search, all figures, the own page, what members say of the year, the calendar, targets."""

from django.urls import path

from workbench import answers, calendar, downloads, feed, targets, views
from workbench.mine import mine
from workbench.search import search_page

app_name = "workbench"
urlpatterns = [
    path("", views.home, name="home"),
    path("figures/", views.figure_table, name="figure_table"),
    path("me/", mine, name="mine"),
    path("me/downloads/", downloads.own_downloads, name="own_downloads"),
    path("settings/downloads/", downloads.download_list, name="download_list"),
    path("members/confirmations/", answers.answer_list, name="answer_list"),
    path("members/confirmations/<int:pk>/settle/", answers.answer_settle, name="answer_settle"),
    path("members/confirmations/<str:code>/<int:year>/ask/", answers.answer_ask, name="answer_ask"),
    path("members/<int:pk>/confirmations/<int:year>/", answers.answer_edit, name="answer_edit"),
    path("search/", search_page, name="search"),
    path("calendar/", calendar.calendar_month, name="calendar"),
    path("calendar/feed/", feed.calendar_feed, name="calendar_feed"),
    path("calendar/<str:token>.ics", feed.calendar_ics, name="calendar_ics"),
    path("targets/", targets.target_list, name="target_list"),
    path("targets/new/", targets.target_new, name="target_new"),
    path("targets/edit/", targets.target_year, name="target_year"),
    path("targets/<int:pk>/", targets.target_detail, name="target_detail"),
    path("targets/<int:pk>/edit/", targets.target_edit, name="target_edit"),
    path("targets/<int:pk>/trash/", targets.target_trash, name="target_trash"),
    path("targets/<int:pk>/restore/", targets.target_restore, name="target_restore"),
]

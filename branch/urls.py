"""Pages of members, certifications and programmes."""

from django.urls import path

from branch import views

app_name = "branch"
urlpatterns = [
    path("members/", views.member_list, name="member_list"),
    path("members/<int:pk>/", views.member_detail, name="member_detail"),
    path("members/<int:pk>/account/", views.member_account, name="member_account"),
    path("certifications/", views.certification_list, name="certification_list"),
    path("certifications/<int:pk>/", views.certification_detail, name="certification_detail"),
    path("programmes/", views.programme_list, name="programme_list"),
    path("programmes/<int:pk>/", views.programme_detail, name="programme_detail"),
]

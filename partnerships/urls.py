"""Pages of partners, agreements and the plan table."""

from django.urls import path

from partnerships import views

app_name = "partnerships"
urlpatterns = [
    path("", views.partner_list, name="partner_list"),
    path("<int:pk>/", views.partner_detail, name="partner_detail"),
    path("agreements/", views.agreement_list, name="agreement_list"),
    path("agreements/<int:pk>/", views.agreement_detail, name="agreement_detail"),
    path("plan/", views.planitem_list, name="planitem_list"),
    path("plan/<int:pk>/", views.planitem_detail, name="planitem_detail"),
]

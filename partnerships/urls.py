"""Pages of partners, agreements and the plan table."""

from django.urls import path

from partnerships import plan_views, views

app_name = "partnerships"
urlpatterns = [
    path("", views.partner_list, name="partner_list"),
    path("new/", views.partner_new, name="partner_new"),
    path("<int:pk>/", views.partner_detail, name="partner_detail"),
    path("<int:pk>/edit/", views.partner_edit, name="partner_edit"),
    path("<int:pk>/trash/", views.partner_trash, name="partner_trash"),
    path("<int:pk>/restore/", views.partner_restore, name="partner_restore"),
    path("<int:pk>/merge/", views.partner_merge, name="partner_merge"),
    path("agreements/", views.agreement_list, name="agreement_list"),
    path("agreements/new/", views.agreement_new, name="agreement_new"),
    path("agreements/<int:pk>/", views.agreement_detail, name="agreement_detail"),
    path("agreements/<int:pk>/edit/", views.agreement_edit, name="agreement_edit"),
    path("agreements/<int:pk>/trash/", views.agreement_trash, name="agreement_trash"),
    path("agreements/<int:pk>/restore/", views.agreement_restore, name="agreement_restore"),
    path("agreements/<int:pk>/sign/", views.agreement_sign, name="agreement_sign"),
    path("agreements/<int:pk>/end/", views.agreement_end, name="agreement_end"),
    path("agreements/<int:pk>/renew/", views.agreement_renew, name="agreement_renew"),
    path("agreements/<int:pk>/delivery/", views.agreement_delivery, name="agreement_delivery"),
    path("agreements/<int:pk>/status/<str:status>/", views.agreement_status, name="agreement_status"),
    path("agreements/<int:pk>/plan/", plan_views.plan_table, name="plan_table"),
    path("agreements/<int:pk>/plan/edit/", plan_views.plan_edit, name="plan_edit"),
    path("agreements/<int:pk>/plan/print/", plan_views.plan_print, name="plan_print"),
    path("plan/", plan_views.planitem_list, name="planitem_list"),
    path("plan/new/", plan_views.planitem_new, name="planitem_new"),
    path("plan/<int:pk>/", plan_views.planitem_detail, name="planitem_detail"),
    path("plan/<int:pk>/edit/", plan_views.planitem_edit, name="planitem_edit"),
    path("plan/<int:pk>/trash/", plan_views.planitem_trash, name="planitem_trash"),
    path("plan/<int:pk>/restore/", plan_views.planitem_restore, name="planitem_restore"),
    path("plan/<int:pk>/cancel/", plan_views.planitem_cancel, name="planitem_cancel"),
    path("plan/<int:pk>/status/<str:status>/", plan_views.planitem_status, name="planitem_status"),
]

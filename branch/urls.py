"""Pages of members, certifications and programmes."""

from django.urls import path

from branch import certificate_map, certification_types, hand_in_pages, inbox_pages, views

app_name = "branch"
urlpatterns = [
    path("members/", views.member_list, name="member_list"),
    path("members/new/", views.member_new, name="member_new"),
    path("members/<int:pk>/", views.member_detail, name="member_detail"),
    path("members/<int:pk>/edit/", views.member_edit, name="member_edit"),
    path("members/<int:pk>/account/", views.member_account, name="member_account"),
    path("members/<int:pk>/appoint/", views.member_appoint, name="member_appoint"),
    path("members/<int:pk>/transfer-out/", views.member_transfer_out, name="member_transfer_out"),
    path("members/<int:pk>/trash/", views.member_trash, name="member_trash"),
    path("members/<int:pk>/restore/", views.member_restore, name="member_restore"),
    path("certifications/", views.certification_list, name="certification_list"),
    path("certifications/new/", views.certification_new, name="certification_new"),
    path("certifications/map/", certificate_map.certification_map, name="certification_map"),
    path("certifications/inbox/", inbox_pages.certification_inbox, name="certification_inbox"),
    path("certifications/inbox/<int:pk>/", inbox_pages.certification_review, name="certification_review"),
    path("certifications/<int:pk>/", views.certification_detail, name="certification_detail"),
    path("certifications/<int:pk>/edit/", views.certification_edit, name="certification_edit"),
    path("certifications/<int:pk>/verify/", views.certification_verify, name="certification_verify"),
    path("certifications/<int:pk>/return/", views.certification_return, name="certification_return"),
    path("certifications/<int:pk>/reopen/", inbox_pages.certification_reopen, name="certification_reopen"),
    path("certifications/<int:pk>/trash/", views.certification_trash, name="certification_trash"),
    path("certifications/<int:pk>/restore/", views.certification_restore, name="certification_restore"),
    path(
        "settings/certification-types/",
        certification_types.certification_types,
        name="certification_types",
    ),
    path(
        "settings/certification-types/<int:pk>/",
        certification_types.certification_type,
        name="certification_type",
    ),
    path("hand-in/", hand_in_pages.hand_in_own, name="hand_in_own"),
    path("hand-in/link/<str:token>/", hand_in_pages.hand_in_link, name="hand_in_link"),
    path("hand-in/<uuid:key>/", hand_in_pages.hand_in, name="hand_in"),
    path("hand-in/<uuid:key>/files/", hand_in_pages.hand_in_files, name="hand_in_files"),
    path("hand-in/<uuid:key>/files/<int:pk>/picture/", hand_in_pages.hand_in_picture, name="hand_in_picture"),
    path("hand-in/<uuid:key>/another/", hand_in_pages.hand_in_another, name="hand_in_another"),
    path("hand-in/links/", hand_in_pages.hand_in_links, name="hand_in_links"),
    path("hand-in/links/<int:pk>/", hand_in_pages.hand_in_qr, name="hand_in_qr"),
    path("hand-in/links/<int:pk>/revoke/", hand_in_pages.hand_in_revoke, name="hand_in_revoke"),
    path("programmes/", views.programme_list, name="programme_list"),
    path("programmes/new/", views.programme_new, name="programme_new"),
    path("programmes/<int:pk>/", views.programme_detail, name="programme_detail"),
    path("programmes/<int:pk>/edit/", views.programme_edit, name="programme_edit"),
    path("programmes/<int:pk>/trash/", views.programme_trash, name="programme_trash"),
    path("programmes/<int:pk>/restore/", views.programme_restore, name="programme_restore"),
]

"""Pages that belong to no domain: the way in, settings, accounts."""

from django.urls import path

from core import downloads, evidence, proof_rules, saved_views, views

app_name = "core"
urlpatterns = [
    path("files/<int:pk>/", downloads.attachment_download, name="attachment_download"),
    path("files/<int:pk>/picture/", downloads.attachment_picture, name="attachment_picture"),
    path("files/<int:pk>/edit/", evidence.attachment_edit, name="attachment_edit"),
    path("files/<int:pk>/move/", evidence.attachment_move, name="attachment_move"),
    path("files/<int:pk>/trash/", evidence.attachment_trash, name="attachment_trash"),
    path("files/<int:pk>/restore/", evidence.attachment_restore, name="attachment_restore"),
    path("evidence/<str:label>/<int:pk>/", evidence.evidence_add, name="evidence_add"),
    path("welcome/", views.welcome, name="welcome"),
    path("accounts/link/<str:uid>/<str:token>/", views.password_link, name="password_link"),
    path("drafts/", views.draft, name="draft"),
    path("views/save/", saved_views.view_save, name="view_save"),
    path("views/remove/", saved_views.view_remove, name="view_remove"),
    path("settings/proofs/", proof_rules.proof_rules, name="proof_rules"),
    path("settings/proofs/new/<str:label>/", proof_rules.proof_rule_new, name="proof_rule_new"),
    path("settings/proofs/<int:pk>/", proof_rules.proof_rule_edit, name="proof_rule_edit"),
    path("settings/proofs/<int:pk>/remove/", proof_rules.proof_rule_remove, name="proof_rule_remove"),
    path("settings/trash/", views.trash_list, name="trash"),
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/<int:pk>/", views.notice_open, name="notice_open"),
    path("settings/", views.settings, name="settings"),
    path("settings/styleguide/", views.styleguide, name="styleguide"),
    path("settings/organisations/new/", views.organisation_new, name="organisation_new"),
    path("settings/accounts/", views.account_list, name="accounts"),
    path("settings/accounts/new/", views.account_new, name="account_new"),
    path("settings/accounts/<int:pk>/", views.account_detail, name="account"),
    path("settings/accounts/<int:pk>/link/", views.account_link, name="account_link"),
    path("settings/accounts/<int:pk>/active/", views.account_active, name="account_active"),
    path(
        "settings/accounts/<int:pk>/second-factor/", views.account_second_factor, name="account_second_factor"
    ),
    path("settings/accounts/<int:pk>/roles/new/", views.role_new, name="role_new"),
    path("settings/accounts/<int:pk>/roles/<int:role_pk>/end/", views.role_end, name="role_end"),
]

"""The app at the bottom of the house: nothing here knows a word of the domain."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class CoreConfig(AppConfig):
    """Accounts, organisations, records, files, history."""

    name = "core"
    verbose_name = "基础"


class OperatorAdminConfig(admin.AdminConfig):
    """Django's admin, to look and not to touch."""

    default = False  # of the two here, the app itself is CoreConfig
    default_site = "core.operators.OperatorSite"

"""The app at the bottom of the house: nothing here knows a word of the domain."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Accounts, organisations, records, files, history."""

    name = "core"
    verbose_name = "基础"

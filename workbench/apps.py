"""What stands on top for people."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """Home page, due list, calendar and its feed."""

    name = "workbench"
    verbose_name = "工作台"

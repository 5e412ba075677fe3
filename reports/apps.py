"""What counts the others' records: figures, targets, the yearly report."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Figure families, targets, reports and their compilations."""

    name = "reports"
    verbose_name = "报告"

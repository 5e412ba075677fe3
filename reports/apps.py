"""What counts the others' records: figures, targets, the yearly report."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Figure families, targets, reports and their compilations."""

    name = "reports"
    verbose_name = "报告"

    def ready(self):
        """Tell the pages of records in which reports they were counted."""
        from core.registry import add_usage_source
        from reports.usages import report_usages

        add_usage_source(report_usages)

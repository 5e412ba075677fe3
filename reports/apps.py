"""What counts the others' records: figures, targets, the yearly report."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Figure families, targets, reports and their compilations."""

    name = "reports"
    verbose_name = "报告"

    def ready(self):
        """Tell lists and record pages how to ask about figures, in which reports a record was counted, what of it can
        be printed, and which files are in use."""
        from core import counting
        from core.registry import add_file_source, add_paper_source, add_usage_source
        from reports import source, system_checks  # noqa: F401 - these register themselves
        from reports.papers import papers
        from reports.usages import compiled_files, report_usages

        counting.provide(source)
        add_usage_source(report_usages)
        add_file_source(compiled_files)
        add_paper_source(papers)

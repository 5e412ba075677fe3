"""What goes in and out in bulk."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The workbook; backup and restore."""

    name = "exchange"
    verbose_name = "导入导出"

    def ready(self):
        """Lists of what has a sheet in the workbook can be taken home."""
        from core.registry import add_list_export
        from exchange.views import export_list
        from exchange.workbook.sheets import BY_MODEL

        for model in BY_MODEL:
            add_list_export(model, export_list)

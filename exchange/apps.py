"""What goes in and out in bulk."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The workbook; backup and restore."""

    name = "exchange"
    verbose_name = "导入导出"

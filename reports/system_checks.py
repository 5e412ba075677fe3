"""What `manage.py check` says of reports."""

from django.conf import settings
from django.core.checks import Warning, register

from reports.render.fonts import fonts_in


@register()
def check_fonts(app_configs, **kwargs):
    """Warn where there is no font file at all. Whether one can print Chinese is seen, and said, at the first report:
    reading fonts takes too long for every command."""
    if fonts_in(settings.FONT_DIR):
        return []
    return [
        Warning(
            f"FONT_DIR ({settings.FONT_DIR}) holds no font: reports cannot be compiled.",
            hint="`make run` fetches free ones; or put TTF or OTF files there.",
            id="reports.W001",
        )
    ]

"""Pages of reports: the list, the button and its progress, the files, the preview, and the page behind each figure;
besides, the templates and the record of a meeting.
"""

from reports.views.figure import figure
from reports.views.listing import report_export, report_list, report_missing, report_new
from reports.views.minutes import activity_minutes, activity_minutes_word
from reports.views.preview import compilation_figure, compilation_photo, compilation_preview
from reports.views.report import (
    compilation_download,
    report_cancel,
    report_compile,
    report_detail,
    report_job,
)
from reports.views.template import (
    minutes_template_edit,
    minutes_template_reset,
    template_edit,
    template_reset,
)

__all__ = [
    "activity_minutes",
    "activity_minutes_word",
    "compilation_download",
    "compilation_figure",
    "compilation_photo",
    "compilation_preview",
    "figure",
    "minutes_template_edit",
    "minutes_template_reset",
    "report_cancel",
    "report_compile",
    "report_detail",
    "report_export",
    "report_job",
    "report_list",
    "report_missing",
    "report_new",
    "template_edit",
    "template_reset",
]

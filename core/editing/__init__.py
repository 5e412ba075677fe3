"""Pages that write a record: new, copied, edited, into the trash and back.

`form` is one record as a person types it, `pages` what happens between a request and a service. An app's view stays
three lines: who may, which form, which service.
"""

from core.editing.form import (
    PLUMBING,
    InOrderField,
    PartialDateFormField,
    RecordForm,
    RowForm,
    Rows,
    Section,
    StepForm,
    date_widgets,
)
from core.editing.pages import (
    at_a_branch,
    back_to,
    copied_from,
    draft_name,
    get_restorable,
    page,
    press,
    restore,
    step,
    trash,
)

__all__ = [
    "PLUMBING",
    "InOrderField",
    "PartialDateFormField",
    "RecordForm",
    "RowForm",
    "Rows",
    "Section",
    "StepForm",
    "at_a_branch",
    "back_to",
    "copied_from",
    "date_widgets",
    "draft_name",
    "get_restorable",
    "page",
    "press",
    "restore",
    "step",
    "trash",
]

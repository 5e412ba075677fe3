"""The nine sheets, declared once for both directions: which column or key holds which field of a record."""

from exchange.workbook.sheets.activities import ActivitySheet, FeedbackSheet
from exchange.workbook.sheets.base import EXTRA, Column, Draft, Sheet
from exchange.workbook.sheets.branch import CertificationSheet, MemberSheet
from exchange.workbook.sheets.outcomes import OutcomeSheet, TargetSheet
from exchange.workbook.sheets.partnerships import AgreementSheet, PartnerSheet, PlanItemSheet

__all__ = ["BY_MODEL", "BY_NAME", "EXTRA", "SHEETS", "Column", "Draft", "Sheet"]

SHEETS: list[Sheet] = [
    MemberSheet(),
    CertificationSheet(),
    PartnerSheet(),
    AgreementSheet(),
    PlanItemSheet(),
    ActivitySheet(),
    OutcomeSheet(),
    FeedbackSheet(),
    TargetSheet(),
]
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
BY_MODEL = {sheet.model: sheet for sheet in SHEETS}

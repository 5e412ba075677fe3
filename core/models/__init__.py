"""The tables under every other table."""

from core.models.drafts import Draft
from core.models.files import Attachment, Blob
from core.models.history import Change, Seal
from core.models.kinds import Kind
from core.models.notices import Notice
from core.models.people import Appointment, Organisation, User
from core.models.proofs import ProofRule
from core.models.record import CodedRecord, Record, RecordQuerySet, reportable_through

__all__ = [
    "Appointment",
    "Attachment",
    "Blob",
    "Change",
    "CodedRecord",
    "Draft",
    "Kind",
    "Notice",
    "Organisation",
    "ProofRule",
    "Record",
    "RecordQuerySet",
    "Seal",
    "User",
    "reportable_through",
]

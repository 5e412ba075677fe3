"""Members, certifications, and how certificates come in."""

from branch.models.certifications import (
    EXPIRING_DAYS,
    REMINDED_DAYS,
    Certification,
    CertificationQuerySet,
    CertificationType,
    ExpiryReminder,
    in_force_on,
)
from branch.models.handing_in import HandIn, HandInFile, HandInLink
from branch.models.members import Member, MemberQuerySet, Post, Programme

__all__ = [
    "EXPIRING_DAYS",
    "REMINDED_DAYS",
    "Certification",
    "CertificationQuerySet",
    "CertificationType",
    "ExpiryReminder",
    "HandIn",
    "HandInFile",
    "HandInLink",
    "Member",
    "MemberQuerySet",
    "Post",
    "Programme",
    "in_force_on",
]

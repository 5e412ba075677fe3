"""Members, certifications, and how certificates come in."""

from branch.models.certifications import (
    Certification,
    CertificationQuerySet,
    CertificationType,
    ExpiryReminder,
)
from branch.models.handing_in import HandIn, HandInFile, HandInLink
from branch.models.members import Member, MemberQuerySet, Post, Programme

__all__ = [
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
]

"""What the commands are given: a branch by its code, a file by its path."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandError

from core.models import Organisation
from exchange.workbook.xlsx import UNPACKED_LIMIT


def branch_called(code: str) -> Organisation:
    """The branch of this code. Raises CommandError with a sentence."""
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise CommandError(f"没有代码为 {code} 的支部")
    if not found.is_branch:
        raise CommandError(f"{found.name}不是党支部，台账只能属于党支部")
    return found


def contents(name: str) -> bytes:
    """The bytes of a file; of one that is too large only as many as show it. Raises CommandError with a sentence."""
    try:
        with Path(name).open("rb") as stream:
            return stream.read(UNPACKED_LIMIT + 1)
    except OSError as error:
        raise CommandError(f"读不了文件 {name}：{error.strerror}") from error

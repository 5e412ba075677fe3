"""The files of a compilation as pages offer them."""

from __future__ import annotations

from pathlib import Path

from django.urls import reverse

from reports.progress import size_in_words
from reports.render import OUTPUTS

_SHORT = {".docx": "Word", ".pdf": "PDF", ".xlsx": "Excel", ".zip": "佐证", ".json": "数字"}


def files_of(compilation) -> list[dict]:
    """What can be downloaded of a finished compilation, in the order of OUTPUTS."""
    return [
        {
            "label": output.label,
            "short": _SHORT.get(ending := Path(output.name).suffix, output.label),
            "note": output.note,
            "type": ending[1:].upper(),
            "size": size_in_words(compilation.files[output.name]["size"]),
            "url": reverse("reports:compilation_download", args=[compilation.pk, output.name]),
        }
        for output in OUTPUTS
        if output.name in compilation.files
    ]


def cannot_download(request) -> bool:
    """Whether the page is read inside WeChat, whose browser saves no files."""
    return "MicroMessenger" in request.headers.get("User-Agent", "")

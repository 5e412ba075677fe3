"""References after GB/T 7714-2015 (顺序编码制): papers and books as one line each.

Ours, because the CSL style renders Chinese authors wrongly. What is not known is left out, never made up.
"""

from __future__ import annotations

import re

from core.dates import PartialDate

_NAMED = 3  # authors named before 等
_CONFERENCE = re.compile(
    r"会议|研讨会|论文集|\bconference\b|\bsymposium\b|\bworkshop\b|\bproc(eedings|\.)", re.IGNORECASE
)
_LATIN = re.compile(r"[A-Za-z]")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def citation(
    *, kind: str, name: str, authors: list[str], venue: str, date: PartialDate | None, doi: str, details: dict
) -> str:
    """The reference of one paper or book.

    Arguments: kind, `paper`, `party_paper` or `book`; authors in order; details as in outcomes.fields.DETAILS.
    """
    title, venue = _bare(name), _bare(venue)
    people = _people(authors)
    year = f"{date.first.year}" if date else ""
    if kind == "book":
        edition = _detail(details, "版次")
        edition = "" if edition in ("1", "第1版", "第一版") else edition
        parts = [people, f"{title}[M]", edition, _joined(", ", _detail(details, "出版社") or venue, year)]
    elif _CONFERENCE.search(venue):
        parts = [people, f"{title}[C]//{venue}", _joined(": ", year, _pages(details))]
    else:
        issue = _detail(details, "期").removeprefix("第").removesuffix("期").strip()
        volume = _detail(details, "卷").removeprefix("第").removesuffix("卷").strip()
        issue = f"({issue})" if issue else ""
        number = [year, f"{volume}{issue}"] if volume else [f"{year}{issue}"]
        source = _joined(", ", venue, *number)
        parts = [people, f"{title}[J]", _joined(": ", source, _pages(details))]
    parts.append(f"DOI: {bare_doi(doi)}" if bare_doi(doi) else "")
    return f"{'. '.join(part.rstrip('.') for part in parts if part)}."


def bare_doi(text: str) -> str:
    """A DOI without the address or word before it."""
    return re.sub(r"^(https?://(dx\.)?doi\.org/|doi[:：]?\s*)", "", text.strip(), flags=re.IGNORECASE)


def _people(authors) -> str:
    """The first three, then 等 (et al where they are written in Latin letters)."""
    named = [author.strip() for author in authors if author.strip()]
    if len(named) <= _NAMED:
        return ", ".join(named)
    latin = _LATIN.search(named[0]) and not _HAN.search(named[0])
    return f"{', '.join(named[:_NAMED])}, {'et al' if latin else '等'}"


def _bare(name: str) -> str:
    """A name without the book marks around it."""
    name = name.strip()
    return name[1:-1].strip() if name.startswith("《") and name.endswith("》") else name


def _detail(details, name) -> str:
    return str(details.get(name, "")).strip()


def _pages(details) -> str:
    return _detail(details, "页码").replace("—", "-").replace("–", "-").replace("－", "-")


def _joined(mark: str, *parts: str) -> str:
    return mark.join(part for part in parts if part)

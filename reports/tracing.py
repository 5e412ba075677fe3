"""From a frozen figure to the proof of its records. Pure: a document and what it was drafted from."""

from __future__ import annotations

from collections import Counter

from reports.document import Document, Evidence


def evidence_of(figure: dict, document: Document, material: dict, as_of: str) -> dict[int, list[Evidence]]:
    """The evidence of each record behind a frozen figure, by the record's id; records without are left out.

    A member counted as a holder is proved by the certificates of the type in force on the as-of date (`2024-12-31`).
    """
    by_record = {_plain(item.record): item for item in document.evidence}
    prefix, _, type_name = figure["key"].partition(":")
    proofs = _certificates(material, type_name, as_of) if prefix.startswith("certifications.") else {}
    found = {}
    for record in figure["records"]:
        references = [f"{record['type']}:{record['id']}", *proofs.get(record["id"], [])]
        items = [by_record[name] for name in map(_plain, references) if name in by_record]
        if items:
            found[record["id"]] = items
    return found


def kinds_of(items: list[Evidence]) -> list[tuple[str, int]]:
    """How many files of each kind, most first."""
    return Counter(file.kind for item in items for file in item.files).most_common()


def _certificates(material, type_name, as_of):
    found: dict[int, list[str]] = {}
    for row in material.get("certifications", {}).get("rows", []):
        ends = row["valid_until"]
        in_force = row["status"] == "verified" and (ends is None or ends["last"] >= as_of)
        if row["type"] == type_name and in_force:
            found.setdefault(row["member"], []).append(f"certification:{row['id']}")
    return found


def _plain(reference: str) -> str:
    """A reference as both spellings of a kind have it: plan_item and planitem."""
    return reference.replace("_", "")

"""From a frozen figure to the proof of its records. Pure: a document and what it was drafted from."""

from __future__ import annotations

from collections import Counter

from reports.document import Document, Evidence


class Tracer:
    """Finds the proof of what figures count.

    Arguments: material, what the document was drafted from; as_of, `2024-12-31`: a member counted as a holder is
    proved by the certificates of the type in force on that day.
    """

    def __init__(self, document: Document, material: dict, as_of: str):
        self._by_record = {_plain(item.record): item for item in document.evidence}
        self._certificates: dict[tuple, list[str]] = {}
        for row in material.get("certifications", {}).get("rows", []):
            ends = row["valid_until"]
            if row["status"] == "verified" and (ends is None or ends["last"] >= as_of):
                held = self._certificates.setdefault((row["type"], row["member"]), [])
                held.append(f"certification:{row['id']}")

    def evidence_of(self, figure: dict) -> dict[int, list[Evidence]]:
        """The evidence of each record behind a frozen figure, by the record's id; records without are left out."""
        prefix, _, type_name = figure["key"].partition(":")
        counts_holders = prefix.startswith("certifications.")
        found = {}
        for record in figure["records"]:
            references = [f"{record['type']}:{record['id']}"]
            if counts_holders:
                references += self._certificates.get((type_name, record["id"]), [])
            items = [self._by_record[name] for name in map(_plain, references) if name in self._by_record]
            if items:
                found[record["id"]] = items
        return found


def kinds_of(items: list[Evidence]) -> list[tuple[str, int]]:
    """How many files of each kind, most first."""
    return Counter(file.kind for item in items for file in item.files).most_common()


def _plain(reference: str) -> str:
    """A reference as both spellings of a kind have it: plan_item and planitem."""
    return reference.replace("_", "")

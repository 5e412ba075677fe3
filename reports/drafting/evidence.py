"""Evidence numbers: {section}-{two digits} in order of first mention.

A record keeps its number through the whole report and, as long as it is first mentioned in the same section, through
later compilations; a number is never given out twice.
"""

from __future__ import annotations

from reports.document import Evidence, File, Mark
from reports.drafting.words import short_date
from reports.evidence_names import path_of

_OTHERS = "其他"


class Register:
    """Gives out the numbers while a report is drafted.

    Arguments: sections, the headings of the sections that tell task lines: {line: (number, heading)}; files, the proofs
    of each record; lacking, what of it is missing, in words; before, the numbers of earlier compilations.
    """

    def __init__(
        self,
        sections: dict[str, tuple[int, str]],
        files: dict[str, list[dict]],
        lacking: dict[str, str],
        before: dict[str, str],
    ):
        self.sections, self._files, self._lacking, self._before = sections, files, lacking, before
        self._taken = set(before.values())
        self._next: dict[int, int] = {}
        self._given: dict[str, tuple[str, int, str, dict]] = {}

    def mark(self, record: str, line: str, title: str, date: str) -> Mark:
        """The mark of a record, which gets its number here if it has none.

        Arguments: record, `activity:12`; line, the task line of the section that mentions it (for the first mention).
        """
        if record not in self._given:
            number, heading = self.sections.get(line) or (len(self.sections) + 1, _OTHERS)
            kept = self._before.get(record, "")
            given = kept if kept.partition("-")[0] == str(number) else self._new(number)
            self._given[record] = (given, number, heading, {"title": title, "date": date})
        return Mark(self._given[record][0])

    def mark_of(self, kind: str, row: dict, line: str) -> Mark:
        """The mark of an activity, agreement or outcome as it was frozen. kind: `activity`; line: as for `mark`."""
        date = row["signed_on"] if kind == "agreement" else row["date"]
        return self.mark(
            f"{kind}:{row['id']}",
            line,
            row["theme"] if kind == "activity" else row["name"],
            date if kind == "activity" else short_date(date),
        )

    def _new(self, section: int) -> str:
        while True:
            self._next[section] = self._next.get(section, 0) + 1
            number = f"{section}-{self._next[section]:02}"
            if number not in self._taken:
                self._taken.add(number)
                return number

    def index(self) -> list[Evidence]:
        """All that got a number, in order of number, with their files at their place in the evidence pack."""
        found = [
            Evidence(
                record=record,
                number=number,
                section=section,
                heading=heading,
                files=tuple(
                    File(
                        file["sha256"],
                        file["size"],
                        file["media_type"],
                        file["kind_name"],
                        file["name"],
                        file["caption"],
                        path_of(
                            *(number, section, heading, about["title"], place, file["kind_name"]),
                            _packed_name(file),
                        ),
                        file.get("lacks_consent", False),  # what was frozen earlier does not say
                    )
                    for place, file in enumerate(self._files.get(record, ()), start=1)
                ),
                lacks=self._lacking.get(record, ""),
                **about,
            )
            for record, (number, section, heading, about) in self._given.items()
        ]
        return sorted(found, key=lambda item: (item.section, int(item.number.partition("-")[2])))

    @property
    def numbers(self) -> dict[str, str]:
        """Record → number for the next compilation: given now or before."""
        return self._before | {record: given[0] for record, given in self._given.items()}


def _packed_name(file) -> str:
    """The name of a file with the ending it has in the pack, where HEIC is JPEG (reports/render/evidence.py)."""
    name = file["name"]
    return f"{name.rpartition('.')[0] or name}.jpg" if file["media_type"] == "image/heic" else name

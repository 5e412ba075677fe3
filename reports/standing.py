"""How the reports of several branches stand: newest compilation, newest version, what changed since. One number of
queries for any number of branches and versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q

from core.dates import Window
from reports import figures
from reports.models import Compilation, Report
from reports.progress import changed_today

_DONE = Q(status=Compilation.Status.DONE)


@dataclass(frozen=True)
class Standing:
    """One report. newest: its last compilation, whatever became of it; done: the last that has files; versions: how
    many have; changed: keys of the figures that the records answer differently today (None: not asked or not known)."""

    report: Report
    newest: Compilation | None
    done: Compilation | None
    versions: int
    changed: list[str] | None = None

    @property
    def is_unfinished(self) -> bool:
        """Whether one is waiting or under way."""
        return self.newest is not None and self.newest.is_unfinished

    @property
    def is_wanting(self) -> bool:
        """Whether there is no version, or one that is out of date, and none is being made."""
        return not self.is_unfinished and (self.done is None or bool(self.changed))

    @property
    def finding_count(self) -> int:
        """How many findings the newest version's check had."""
        return sum(self.done.summary.get("findings", {}).values()) if self.done else 0


def yearly_states(places, window: Window) -> dict[int, tuple[int, bool, str]]:
    """The yearly reports over a window in one query: {branch: (report, whether it has a version, status of its last
    compilation or "")}; a branch without one is left out."""
    compiled = Compilation.objects.filter(report=OuterRef("pk"))
    reports = Report.objects.live().of(places).filter(template="yearly")
    reports = reports.filter(window_start=window.start, window_end=window.end)
    rows = reports.order_by().values_list(
        "organisation_id", "pk", Exists(compiled.filter(_DONE)), compiled.order_by("-pk").values("status")[:1]
    )
    return {place: (pk, is_done, status or "") for place, pk, is_done, status in rows}


def standings(reports, window: Window | None = None) -> list[Standing]:
    """How each of the reports stands, in the order given.

    Arguments: window, the one they are all about, to be told what changed since their newest version.
    """
    reports = list(reports)
    last = (
        Compilation.objects.filter(report__in=[report.pk for report in reports])
        .order_by()
        .values("report_id")
        .annotate(newest=Max("pk"), done=Max("pk", filter=_DONE), versions=Count("pk", filter=_DONE))
    )
    numbers = {row["report_id"]: row for row in last}
    wanted = {row[name] for row in numbers.values() for name in ("newest", "done")}
    rows = Compilation.objects.light().select_related("report", "requested_by").in_bulk(wanted - {None})
    places = [row.report.organisation_id for row in rows.values() if window and "displays" in row.summary]
    live = figures.compute(places, window) if places else {}
    found = []
    for report in reports:
        number = numbers.get(report.pk, {"newest": None, "done": None, "versions": 0})
        done = rows.get(number["done"])
        changed = None
        if window and done and "displays" in done.summary:
            changed = changed_today(done.summary["displays"], live[report.organisation_id])
        found.append(Standing(report, rows.get(number["newest"]), done, number["versions"], changed))
    return found

"""记一笔: one line, read, shown, saved. What is saved is what was shown, never what was only guessed out of sight."""

from __future__ import annotations

from functools import partial

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from activities import services
from activities.forms import QuickForm
from activities.models import Activity
from activities.reading import known, read
from core import drafts, editing
from core.dates import today
from core.editing import PLUMBING

_OFFERED = 3  # activities to copy


@require_http_methods(["GET", "POST"])
@editing.at_a_branch
def quick_log(request, place):
    """One line becomes the fields of an activity. The first press, or the script while it is typed, shows them; a press
    on what was shown saves."""
    given = request.POST if request.method == "POST" else request.GET
    line, shown = given.get("line", "").strip(), given.get("shown", "")
    if request.method == "POST" and line == shown and "read" not in request.POST:
        return editing.page(
            request,
            QuickForm,
            Activity(organisation=place),
            partial(services.create_activity, place),
            template="activities/quick_log.html",
            **_around(place, line),
        )
    name = editing.draft_name(request, place)
    if not line and (kept := drafts.found(request, name)):  # typed when the session had ended
        line = kept.data.get("line", [""])[0]
        drafts.drop(request.user, name)
    form, reading = _shown_again(place, line, shown, request.POST)
    template = "activities/quick_log.html"
    context = {"form": form, "reading": reading, "draft_name": name, **_around(place, line)}
    return render(request, f"{template}#read" if request.htmx else template, context)


def _around(place, line) -> dict:
    """What the page shows besides the fields: the line that was read is also the one that was shown; what to copy is
    asked for when the page is drawn."""
    return {"line": line, "lasts": partial(_lasts, place)}


def _shown_again(place, line, shown, posted):
    """The form for a line. A field that somebody changed by hand since the line shown before keeps what they typed."""
    have = known(place)
    activity = Activity(organisation=place)
    reading = read(line, today=today(), known=have)
    form = QuickForm(instance=activity, initial=_fields(reading) if line else {"starts_on": today()})
    if posted and shown:
        before = QuickForm(instance=activity, initial=_fields(read(shown, today=today(), known=have)))
        form = form.keeping(posted, before)
    for name, source in reading.sources.items():
        if name in form.fields and source == "guessed" and line and getattr(reading, name):
            form.fields[name].guessed = True
    return form, reading


def _fields(reading) -> dict:
    """A reading as the form begins with it."""
    return {name: getattr(reading, name) for name in QuickForm.base_fields if name not in PLUMBING}


def _lasts(place):
    """The last activity of each of the kinds held last, to copy."""
    found: dict[int, Activity] = {}
    for activity in (
        Activity.objects.live().of([place]).held().select_related("kind").order_by("-starts_on", "-pk")[:20]
    ):
        found.setdefault(activity.kind_id, activity)
    return list(found.values())[:_OFFERED]

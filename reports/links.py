"""Where a figure's own page is, and that of a record as a report calls it."""

from urllib.parse import urlencode

from django.urls import reverse

from core.links import url_of

# A report calls a record by a short word.
MODELS = {
    "member": "branch.member",
    "certification": "branch.certification",
    "programme": "branch.programme",
    "activity": "activities.activity",
    "feedback": "activities.feedback",
    "partner": "partnerships.partner",
    "agreement": "partnerships.agreement",
    "plan_item": "partnerships.planitem",
    "planitem": "partnerships.planitem",
    "outcome": "outcomes.outcome",
    "target": "reports.target",
}


def figure_url(key: str, window, organisation=None) -> str:
    """The page that says what a figure is, how it is counted and which records it is made of.

    Arguments: window, a core.dates.Window; organisation, a branch or the committee above several (None:
    the one in view).
    """
    query = {"window": str(window)} | ({"branch": organisation.code} if organisation else {})
    return f"{reverse('reports:figure', args=[key])}?{urlencode(query)}"


def reference_url(reference: str) -> str:
    """The page of a record that a report speaks of as `activity:12`; "" if it has none."""
    word, _, pk = reference.partition(":")
    return url_of(MODELS[word], int(pk)) if word in MODELS and pk.isdecimal() else ""

"""Where a figure's own page is."""

from urllib.parse import urlencode

from django.urls import reverse


def figure_url(key: str, window, organisation=None) -> str:
    """The page that says what a figure is, how it is counted and which records it is made of.

    Arguments: window, a core.dates.Window; organisation, a branch or the committee above several (None:
    the one in view).
    """
    query = {"window": str(window)} | ({"branch": organisation.code} if organisation else {})
    return f"{reverse('reports:figure', args=[key])}?{urlencode(query)}"

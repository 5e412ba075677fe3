"""Template tags of reports: `{% load reports %}`."""

from django import template

from reports.links import figure_url

register = template.Library()
register.simple_tag(figure_url)


@register.filter
def short_digest(digest: str) -> str:
    """The beginning of a digest in groups that can be read aloud: 7c1e 49ab 03d2."""
    return " ".join(digest[at : at + 4] for at in range(0, 12, 4))

"""Addresses that nobody of good will types: garbage in parameters is answered, never a server error."""

import base64
import json

import pytest

from core.listing import _decode

GARBAGE = ["\0", "x", "9" * 40, "-1", "'\"<b>", "[" * 2000]


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


# What looks like a cursor of ours: keys of another type, of no type, with NUL, half a character, too deep.
CURSORS = [
    cursor(json.dumps(content))
    for content in (["abc", 1], [5, 5], ["2024-01-01", 1], ["\0", 1], [True, True], [10**30, 1], {"a": 1}, 5)
] + [cursor('["\\ud800", 1]'), cursor("[" * 2000), "é"]
LISTS = ["/activities/", "/members/", "/certifications/", "/partnerships/", "/outcomes/", "/targets/"]
LISTS += ["/settings/downloads/", "/me/downloads/"]


@pytest.mark.parametrize("path", LISTS)
def test_garbage_cursor_is_the_first_page(cast, sign_in, path):
    person = sign_in(cast.diana)
    sorts = [sort.name for sort in person.get(path).context["list"].sorts]
    for sort in sorts:
        for text in CURSORS:
            assert person.get(path, {"cursor": text, "sort": sort, "all": "1"}).status_code == 200, (
                sort,
                text,
            )


def test_cursor_too_deep_to_read_is_none():
    assert _decode(cursor("[" * 100_000)) is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/settings/accounts/", "q"),
        ("/settings/accounts/", "after"),
        ("/activities/", "q"),
        ("/activities/", "window"),
        ("/activities/", "figure"),
        ("/activities/", "month"),
        ("/api/v1/activities/", "month"),
        ("/calendar/", "month"),
        ("/certifications/map/", "on"),
        ("/certifications/map/", "branch"),
        ("/settings/downloads/", "actor"),
        ("/settings/downloads/", "days"),
        ("/settings/downloads/", "kind"),
        ("/activities/", "branch"),
        ("/api/v1/activities/", "branch"),
        ("/api/v1/activities/", "q"),
        ("/api/v1/activities/", "window"),
        ("/api/v1/figures/", "branch"),
        ("/reports/figures/outcomes.paper/", "branch"),
        ("/reports/figures/outcomes.paper/", "page"),
    ],
)
def test_garbage_parameter_is_no_server_error(cast, sign_in, path, name):
    person = sign_in(cast.diana)
    for text in GARBAGE:
        assert person.get(path, {name: text}).status_code in (200, 400, 404), text


@pytest.mark.parametrize("path", ["/reports/figures/{}/", "/api/v1/figures/{}/records/"])
def test_garbage_figure_is_not_found(cast, sign_in, path):
    person = sign_in(cast.alice)
    for key in (
        "certifications.holders:%00",
        "certifications.ratio:%00",
        "%00",
        "x",
        "certifications.holders:",
    ):
        assert person.get(path.format(key)).status_code in (400, 404), key


def test_figure_of_a_place_read_only_in_part_does_not_exist(cast, sign_in):
    """Alice's own number must not stand there as the college's."""
    address = "/reports/figures/members.total/?branch=college"
    assert sign_in(cast.alice).get(address).status_code == 404
    assert sign_in(cast.diana).get(address).status_code == 200

"""Home, lists, API and figures.json say the same of every figure of the demo, in every year."""

import re

from core.dates import Window
from core.models import Organisation, User
from exchange.demo import load
from reports.figures import freeze
from reports.source import records_url
from tests.test_pages import shown_total


def test_home_lists_and_figures_json_agree_on_every_figure(db, data_dir, client):
    load.load()
    demo = Organisation.objects.get(code="demo")
    client.force_login(User.objects.get(username="demo-secretary"))
    for year in (2023, 2024, 2025):
        window = Window.year(year)
        home = client.get("/", {"window": str(window)})
        shown = dict(re.findall(r'data-figure="([^"]+)"><b>([^<]*)</b>', home.content.decode()))
        told = {figure["key"]: figure for figure in freeze(demo, window)["figures"]}
        assert {key: figure["display"] for key, figure in told.items()} == shown
        api = client.get("/api/v1/figures/", {"window": str(window)}).json()["figures"]
        of_api = {figure["key"]: figure["value"] for figure in api if figure["key"] in told}
        assert of_api == {key: figure["value"] for key, figure in told.items()}
        for figure in home.context["figures"].values():
            if figure.key not in told:
                continue
            listing = client.get(records_url(figure.key, window)).context["list"]
            expected = figure.numerator if figure.is_ratio else figure.value
            assert shown_total(listing, figure) == expected, (year, figure.key)

"""The demo's year 2024 through the command, as an operator compiles it. (Apart from test_demo: a compilation reads one
snapshot, which cannot begin inside the transaction that holds the demo there.)"""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from docx import Document

from activities.models import Feedback
from exchange.demo import load
from tests.test_demo import PUBLISHED


@pytest.fixture
def compiled(transactional_db, data_dir, tmp_path):
    """The directory with the compiled report of 2024."""
    load.load()
    out = tmp_path / "report"
    call_command("compile_report", branch="demo", year=2024, output=str(out), stdout=StringIO())
    return out


def test_report_of_2024_holds_the_published_figures_and_only_quotes_with_consent(compiled):
    figures = {row["key"]: row for row in json.loads((compiled / "figures.json").read_text())["figures"]}
    assert {key: figures[key]["value"] for key in PUBLISHED} == PUBLISHED
    assert figures["certifications.ratio:HCIP"]["display"] == "16/17(94.1%)"

    report = Document(compiled / "report.docx")
    cells = [cell.text for table in report.tables for row in table.rows for cell in row.cells]
    text = "\n".join([paragraph.text for paragraph in report.paragraphs] + cells)
    for figure in figures.values():
        if (
            figure["value"]
            and figure.get("in_report", True)
            and not figure["key"].startswith("outcomes.funds")
        ):
            display = figure["display"]
            assert display in text or display.replace(",", "") in text, figure["key"]
    feedback = Feedback.objects.filter(organisation__code="demo")
    assert any(words.content in text for words in feedback.filter(may_quote=True))
    assert feedback.filter(may_quote=False).count() >= 3
    assert not [words.content for words in feedback.filter(may_quote=False) if words.content in text]

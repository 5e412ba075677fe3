"""What docs/ says is so: every figure, every word, every command. (Settings and READMEs: tests/test_setup.py.)"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.db import models

from activities.kinds import ACTIVITY_KINDS
from activities.models import TaskLine
from core.models import Record
from outcomes.kinds import OUTCOME_KINDS, SUBTYPES
from outcomes.models import Level
from partnerships.kinds import PARTNER_KINDS
from tests import factories
from tests.test_figures_walk import FIXED, ask, fill_with_everything
from tests.test_models import CHINESE, MODELS

ROOT = Path(settings.BASE_DIR)
FIGURES = (ROOT / "docs/figures.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs/glossary.md").read_text("utf-8")

# The rows of the tables of docs/figures.md: key → (label, unit).
ROWS = {
    key: (label, unit)
    for key, label, unit in re.findall(r"^\| `([^`]+)` \| ([^|]*?) \| *([^|]*?) *\|", FIGURES, re.MULTILINE)
}


def pattern(key):
    """The row that speaks of a key with a kind, a level, a line or a type in it."""
    for known in ("certifications.holders", "certifications.ratio"):
        if key.startswith(f"{known}:"):
            return f"{known}:<TYPE>"
    if key.startswith("activities.line:"):
        return "activities.line:<line>"
    if re.fullmatch(r"(activities\.kind|partnerships\.partners):\w+", key):
        return f"{key.partition(':')[0]}:<kind>"
    return "outcomes.<kind>:<level>"


# ---------------------------------------------------------------- docs/figures.md
@pytest.mark.django_db
def test_every_figure_is_told_with_its_label_and_unit():
    branch = factories.OrganisationFactory()
    fill_with_everything(branch)
    asked = ask(branch)
    for key, figure in asked.items():
        if key in ROWS:
            assert ROWS[key] == (figure.label, figure.unit), key
        else:
            assert pattern(key) in ROWS, key
    assert set(FIXED) <= set(ROWS)
    assert {key for key in ROWS if "<" not in key} <= set(asked), "a figure that is not"


# ---------------------------------------------------------------- docs/glossary.md
def says(word, chinese):
    return f"`{word}` {chinese}" in GLOSSARY


@pytest.mark.parametrize("model", MODELS)
def test_every_model_field_and_value_has_its_chinese_word(model):
    section = GLOSSARY.partition(f"### `{model.__name__}` {model._meta.verbose_name}\n")[2].partition(
        "\n### "
    )[0]
    assert section, f"no section ### `{model.__name__}` {model._meta.verbose_name}"
    missing = []
    for name, choices in vars(model).items():
        if isinstance(choices, type) and issubclass(choices, models.TextChoices):
            missing += [
                f"`{value}` {label}"
                for value, label in choices.choices
                if value and f"`{value}` {label}" not in section
            ]
            assert f"- `{name}`:" in section
    if model._meta.app_label != "core":
        dates = getattr(model, "partial_dates", {})
        halves = {f"{name}_{end}" for name in dates for end in ("first", "last")}
        common = {field.name for field in Record._meta.fields} if issubclass(model, Record) else set()
        fields = {
            field.name: str(field.verbose_name)
            for field in model._meta.concrete_fields
            if field.name not in halves | common and CHINESE.search(str(field.verbose_name))
        }
        missing += [
            f"`{name}` {label}"
            for name, label in {**fields, **dates}.items()
            if f"`{name}` {label}" not in section
        ]
    assert not missing, "docs/glossary.md lacks " + " · ".join(missing)


def test_every_field_that_all_records_share_is_in_the_glossary():
    assert not [
        field.name
        for field in Record._meta.get_fields()
        if isinstance(field, models.Field) and field.concrete and not says(field.name, field.verbose_name)
    ]


@pytest.mark.parametrize("kinds", [ACTIVITY_KINDS, PARTNER_KINDS, OUTCOME_KINDS])
def test_every_built_in_kind_is_in_the_glossary(kinds):
    assert not [row for row in kinds if not says(row["code"], row["name"])]


def test_lines_levels_and_subtypes_are_in_the_glossary():
    words = [*TaskLine.choices, *Level.choices, *((code, name) for code, (_, name) in SUBTYPES.items())]
    assert not [word for word in words if not says(*word)]


# ---------------------------------------------------------------- commands
PAGES = sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")])


@pytest.mark.parametrize("page", PAGES)
def test_every_command_named_exists(page):
    text = (ROOT / page).read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", text)) <= targets
    named = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert named <= set(get_commands()), f"{sorted(named - set(get_commands()))} in {page}"


@pytest.mark.parametrize("page", PAGES)
def test_links_between_the_docs_lead_somewhere(page):
    text = (ROOT / page).read_text("utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert "://" in link or ((ROOT / page).parent / link).exists(), link


def test_every_command_of_ours_is_in_the_readme():
    ours = {
        name for name, app in get_commands().items() if app in {"core", "reports", "exchange", "workbench"}
    }
    text = (ROOT / "README.md").read_text("utf-8")
    assert not [name for name in sorted(ours) if f"manage.py {name}" not in text]

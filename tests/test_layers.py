"""Who may import whom, and who may write: the rules of architecture.md §2, read from the source itself."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# An app imports from what stands left of it; workbench and exchange stand side by side.
LAYERS = [
    ["core"],
    ["branch"],
    ["partnerships"],
    ["activities"],
    ["outcomes"],
    ["reports"],
    ["workbench", "exchange"],
    ["config"],
]
APPS = [app for layer in LAYERS for app in layer]
RANK = {app: rank for rank, layer in enumerate(LAYERS) for app in layer}
# Inside an app, in this order too: models <- services <- forms, views, api, admin.
INNER = {"models": 0, "services": 1, "forms": 2, "views": 2, "api": 2, "admin": 2}
WRITES = {"save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def modules(app):
    """Each module of the app with its parsed source; migrations name what they need."""
    for path in sorted((ROOT / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree):
    """Every module that is imported anywhere in it, inside functions too: (line, dotted name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide the layer"
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def part(path):
    """models, services, views … of an app's module or package."""
    return path.parts[1].removesuffix(".py")


def test_apps_are_all_in_the_order():
    assert {path.parent.name for path in ROOT.glob("*/apps.py")} <= set(APPS)


@pytest.mark.parametrize("app", APPS)
def test_imports_go_only_to_the_left(app):
    breaches = [
        f"{path}:{line} imports {name}"
        for path, tree in modules(app)
        for line, name in imported(tree)
        if (other := name.split(".")[0]) != app and other in RANK and RANK[other] >= RANK[app]
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("app", APPS)
def test_models_know_no_services_and_services_no_pages(app):
    breaches = [
        f"{path}:{line} imports {name}"
        for path, tree in modules(app)
        for line, name in imported(tree)
        if part(path) in INNER and name.startswith(f"{app}.")
        if INNER.get(name.split(".")[1], -1) > INNER[part(path)]
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("app", APPS)
def test_pages_api_admin_and_commands_write_through_services(app):
    breaches = [
        f"{path}:{node.lineno} calls .{node.func.attr}()"
        for path, tree in modules(app)
        if part(path) in {"forms", "views", "api", "admin", "templatetags", "management", "urls", "context"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
    ]
    assert not breaches, "\n".join(breaches)

"""Files stay under 400 lines, components under 250, functions under 50."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("operational", "pipelines", "dashboards", "ml", "infra", "tests")
FILES = [
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts and "node_modules" not in path.parts
]


def test_files_stay_under_400_lines() -> None:
    assert FILES
    assert [str(p) for p in FILES if len(p.read_text(encoding="utf-8").splitlines()) >= 400] == []


def test_components_stay_under_250_lines() -> None:
    found = list((ROOT / "operational" / "frontend" / "src").rglob("*.tsx"))
    assert found
    assert [str(p) for p in found if len(p.read_text(encoding="utf-8").splitlines()) >= 250] == []


def test_functions_stay_under_50_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
    ]
    assert long == []


def test_the_dbt_folder_does_not_shadow_the_dbt_package() -> None:
    assert not (ROOT / "dbt" / "__init__.py").exists()


def test_the_lock_names_no_registry() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")

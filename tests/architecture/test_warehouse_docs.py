"""What analysts read is described, in words that marts and serving views share."""

import json
from functools import cache
from typing import Any

import pytest

from pipelines.warehouse.project import manifest

LAYERS = ("marts", "serving")


@cache
def project() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(manifest().read_text(encoding="utf-8"))
    return parsed


def models(layer: str) -> dict[str, dict[str, Any]]:
    nodes = project()["nodes"].values()
    found = {node["name"]: node for node in nodes if node["resource_type"] == "model" and node["fqn"][1] == layer}
    assert len(found) > 10
    return found


@pytest.mark.parametrize("layer", LAYERS)
def test_every_model_and_every_column_it_names_is_described(layer: str) -> None:
    for name, model in models(layer).items():
        assert model["description"].strip(), f"{name} has no description"
        assert model["columns"], f"{name} describes no column"
        silent = [column for column, node in model["columns"].items() if not node["description"].strip()]
        assert silent == [], f"{name} names columns without a description"


@pytest.mark.parametrize("layer", LAYERS)
def test_descriptions_go_into_the_database(layer: str) -> None:
    for name, model in models(layer).items():
        assert model["config"]["persist_docs"] == {"relation": True, "columns": True}, name


def test_a_view_of_a_whole_mart_describes_its_columns_in_the_same_words() -> None:
    by_id = {model["unique_id"]: model for model in models("marts").values()}
    for name, view in models("serving").items():
        if not view["raw_code"].startswith("select * from"):
            continue
        (mart,) = (by_id[parent] for parent in view["depends_on"]["nodes"])
        assert _words(view) == _words(mart), f"{name} and {mart['name']} differ"


def _words(model: dict[str, Any]) -> dict[str, str]:
    return {column: node["description"] for column, node in model["columns"].items()}


def test_every_docs_block_is_used() -> None:
    used: set[str] = set()
    for node in (model for layer in LAYERS for model in models(layer).values()):
        used.update(node["doc_blocks"], *(column["doc_blocks"] for column in node["columns"].values()))
    written = {name for name, block in project()["docs"].items() if block["package_name"] == "psa"}
    assert written - used == set()

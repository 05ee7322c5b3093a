"""The wheel: everything built is in it, so that it runs where there is neither Node nor the repository."""

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# what an installed package answers for the desk's start page and its script, and where it finds the dbt project
ASK = """
import json, re
from fastapi.testclient import TestClient
from operational.app import create_app
from operational.core.settings import Settings
from operational.web.site import DIST
from pipelines.warehouse.project import PROJECT
from dashboards.serve import SCRIPT

with TestClient(create_app(Settings.offline(), services=(), web=DIST)) as client:
    page = client.get("/tickets", headers={"Accept": "text/html"})
    script = client.get(re.search(r'src="(/assets/[^"]+)"', page.text)[1])
print(json.dumps({
    "page": page.status_code, "script": [script.status_code, script.headers["content-type"]],
    "models": len(list((PROJECT / "models").rglob("*.sql"))), "dashboards": SCRIPT.is_file(), "where": str(DIST),
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    hatchling = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(hatchling, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


def test_it_holds_what_is_built_and_no_source_of_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "operational/web/dist/index.html" in names
    assert any(name.startswith("operational/web/dist/assets/") and name.endswith(".js") for name in names)
    assert {"pipelines/dbt_project/dbt_project.yml", "operational/openapi.json"} <= set(names)
    unwanted = ("operational/frontend/", "dbt/", "tests/", "pipelines/dbt_project/target/")
    assert [name for name in names if name.startswith(unwanted)] == []


def test_it_serves_the_desk_without_node_and_without_the_repository(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    zipfile.ZipFile(wheel).extractall(site)
    places = [str(site), sysconfig.get_paths()["purelib"]]
    done = subprocess.run(
        # without the site module the repository, installed as editable, is not on the path
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {places!r}\n{ASK}"],
        cwd=tmp_path, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["where"].startswith(str(site))
    assert found["page"] == 200
    assert found["script"] == [200, "text/javascript; charset=utf-8"]
    assert found["models"] > 50
    assert found["dashboards"]

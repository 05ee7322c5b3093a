"""Makes a home with a history in its built warehouse: `python -m tests.make_template TEMPLATES NAME SOURCE`.

In a process of its own, which is not traced for coverage: that takes half as long.
"""

import pickle
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from operational.demo import generate
from operational.imports.history import History
from operational.imports.native import read_native
from operational.imports.servicenow import read_servicenow
from tests.conftest import House, two_tenants
from tests.templates import copy_home, migrated, running


def _small_demo(source: Path) -> History:
    generate(source, seed=3, customers=6, years=1, until=date(2026, 6, 30))
    return read_native(source)


def _real_desk(source: Path) -> History:
    return read_servicenow(source, timezone="Europe/Berlin")


HISTORIES: Mapping[str, Callable[[Path], History]] = {"demo": _small_demo, "real": _real_desk}


def main(templates: Path, name: str, source: Path) -> None:
    """Make it in `templates`; what is to be known of it lies beside it."""
    folder = templates / name
    copy_home(migrated(templates), folder)
    with running(folder) as installation:
        home = installation.home
        house = House(home, "psa", *two_tenants(home.url("owner", "psa")), lambda: "warehouse")
        house.load(HISTORIES[name](source))
        report = house.refresh(folder.with_name(f"{name}-dagster"))
        assert report.problems == ()
    folder.with_name(f"{name}.pickle").write_bytes(pickle.dumps((house.tenant, house.other_tenant, report)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))

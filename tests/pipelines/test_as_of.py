"""A desk on which much was changed after its first batch: that batch, and a pack of its time, can be built again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from operational.vcio.repository import open_serving
from operational.vcio.service.build import BuiltPack
from pipelines.extract.catalog import load_catalog
from pipelines.extract.run import extract
from pipelines.warehouse.as_of import UnknownBatchError, built_batch, warehouse_as_of
from pipelines.warehouse.fingerprint import fingerprints
from tests.conftest import copy_of
from tests.operational.vcio.test_packs import add_forecast, check, make
from tests.tracing import untraced

ANSWERS = "select count(*) filter (where is_satisfied), count(score) from marts{}.fct_satisfaction"
CHANGES = {
    "update tickets.ticket set category = 'moved' where number < 'T0000100'": None,
    "update tickets.ticket set category = null where number like '%7'": None,
    "delete from tickets.time_entry where minutes > 30": None,
    "insert into crm.customer (tenant_id, name) select id, 'new' from auth.tenant where slug = 'main'": 1,
    """update tickets.satisfaction set score = 5, answered_at = asked_at + interval '1 hour'
       where id in (select id from tickets.satisfaction where score is null limit 7)""": 7,
}


@dataclass(frozen=True)
class Changed:
    """The house in its second batch, what was true in the first, and the suffix of its layers built again."""

    house: Any
    suffix: str
    marts: dict[str, str]
    answers: list[tuple[int, int]]
    pack: BuiltPack


@pytest.fixture(scope="module")
def changed(built: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changed]:
    house = copy_of(built.house)
    folder = tmp_path_factory.mktemp("as-of")
    # a copy is another database, which the extraction notices: it reads everything once
    assert extract(house.extractor, house.warehouse, load_catalog()).batch is None
    marts, answers, pack = fingerprints(house.warehouse), house.ask(ANSWERS.format("")), make(house, folder)
    with psycopg.connect(house.owner) as owner:
        for statement, rows in CHANGES.items():
            done = owner.execute(statement)
            assert done.rowcount == rows if rows else done.rowcount > 10, statement
    with untraced():
        assert house.refresh(folder / "dagster").problems == ()
    add_forecast(house, built_batch(house.warehouse))
    with warehouse_as_of(house.settings, 1) as suffix:
        yield Changed(house, suffix, marts, answers, pack)
    assert house.ask("select count(*) from pg_namespace where nspname like '%as_of%'") == [(0,)]
    house.drop()


def test_an_earlier_batch_is_built_again(changed: Changed) -> None:
    assert fingerprints(changed.house.warehouse) != changed.marts
    assert fingerprints(changed.house.warehouse, f"marts{changed.suffix}") == changed.marts


def test_a_batch_that_never_was_is_refused(changed: Changed) -> None:
    with pytest.raises(UnknownBatchError, match="no batch 9"), warehouse_as_of(changed.house.settings, 9):
        pass


def test_an_answer_that_came_later_is_not_in_the_batch_before(changed: Changed) -> None:
    assert changed.house.ask(ANSWERS.format(changed.suffix)) == changed.answers
    ((satisfied, answers),) = changed.answers
    assert changed.house.ask(ANSWERS.format("")) == [(satisfied + 7, answers + 7)]


def test_a_pack_is_verified_as_of_its_batch(changed: Changed) -> None:
    house, pack = changed.house, changed.pack
    assert built_batch(house.warehouse) > pack.batch
    assert check(house, pack.path).mismatches
    assert check(house, pack.path, f"serving{changed.suffix}").mismatches == []
    with open_serving(house.serving, house.tenant, f"serving{changed.suffix}") as serving:
        found = serving.forecast_run("week", built_batch(house.warehouse))[1]
    assert found is not None
    assert found.batch <= pack.batch

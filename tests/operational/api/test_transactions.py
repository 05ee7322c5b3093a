"""Statements that are compiled once, and the connections their transactions run on."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Text, Uuid, func, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from operational.core import connections
from operational.core.access import Reach
from operational.core.db import Database
from operational.core.principal import Principal
from operational.core.statements import TENANT, Statement, among, begins, contains, given, insertion
from operational.crm.models import customer
from operational.tickets.models_desk import outbox

pytestmark = [pytest.mark.anyio, pytest.mark.one_process]
NAMES = Statement(select(customer.c.name).where(customer.c.tenant_id == TENANT).order_by(customer.c.name))
SETTING = Statement(select(func.current_setting(given("named", Text), True)))


@pytest.fixture
async def database(house: Any) -> Any:
    """Two connections at most, one of them kept."""
    made = Database(house.app, pool_size=1)
    yield made
    await made.close()


@pytest.fixture
def party(house: Any) -> Principal:
    return Principal(house.tenant)


async def names(database: Database, party: Principal) -> list[str]:
    async with database.transaction(party) as work:
        return list((await work.read(NAMES)).scalars())


async def backend(work: Any) -> int:
    return int((await work.read(select(func.pg_backend_pid()))).scalar_one())


def test_a_statement_takes_its_parameters_and_no_others() -> None:
    assert NAMES.values(UUID(int=1), {}) == {"tenant_id": UUID(int=1)}
    found = Statement(select(customer.c.id).where(customer.c.id == given("id", Uuid)))
    for wrong in ({}, {"name": "x"}, {"id": 1, "name": "x"}):
        with pytest.raises(KeyError):
            found.values(UUID(int=1), wrong)
    assert insertion(outbox, ("payload",)).values(UUID(int=1), {"payload": {"a": 1}})["payload"].obj == {"a": 1}


def test_what_is_looked_for_is_meant_as_it_is_written() -> None:
    assert (begins("100%_/"), contains("a")) == ("100/%/_//%", "%a%")


async def test_what_is_done_together_is_kept_or_forgotten_together(database: Any, party: Any) -> None:
    async with database.transaction(party) as work:
        await work.add(customer, {"name": "compiled"})
        await work.write(insert(customer).values(tenant_id=party.tenant_id, name="built"))

    async def fail() -> None:
        async with database.transaction(party) as work:
            await work.add(customer, {"name": "lost"})
            await work.write(insert(customer).values(tenant_id=party.tenant_id, name="lost as well"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await names(database, party) == ["built", "compiled"]


async def test_reading_does_not_write(database: Any, party: Any) -> None:
    async with database.transaction(party) as work:
        with pytest.raises(TypeError):
            await work.read(insertion(customer, ("name",)), {"name": "x"})
        assert not work.has_written
        await work.add(customer, {"name": "x"})
        assert work.has_written


async def test_a_list_of_any_length_is_one_statement(database: Any, party: Any) -> None:
    found = Statement(select(customer.c.name).where(customer.c.tenant_id == TENANT, among(customer.c.id, "ids")))
    made = [uuid4() for _ in range(3)]
    async with database.transaction(party) as work:
        for one in made:
            await work.add(customer, {"id": one, "name": "x"})
        for ids in ([], made[:1], made):
            assert len((await work.read(found, {"ids": ids})).all()) == len(ids)


async def test_the_next_party_on_a_connection_is_another_one(database: Any, house: Any) -> None:
    only = uuid4()
    first = Principal(house.tenant, uuid4(), customers=Reach(frozenset({only}), frozenset({only})))
    said = {}
    for party in (first, Principal(house.other_tenant)):
        async with database.transaction(party) as work:
            pid = await backend(work)
            for name in ("tenant_id", "user_id", "customers_only", "customers_never"):
                said[party.tenant_id, name] = (await work.read(SETTING, {"named": f"app.{name}"})).scalar_one()
    one = "{" + str(only) + "}"
    assert list(said.values()) == [str(house.tenant), str(first.user_id), one, one, str(house.other_tenant), "", "", ""]
    # the same connection, with nobody's transaction open
    with psycopg.connect(house.superuser) as superuser:
        row = superuser.execute("select state from pg_stat_activity where pid = %s", (pid,)).fetchone()
    assert row == ("idle",)


async def test_a_failure_nobody_took_notice_of_is_no_success(database: Any, party: Any) -> None:
    async def go_on() -> None:
        async with database.transaction(party) as work:
            await work.add(customer, {"name": "first"})
            with pytest.raises(DBAPIError):
                await work.read(Statement(select(func.to_number(given("x", Text), "9"))), {"x": "none"})

    with pytest.raises(RuntimeError, match="nobody took notice"):
        await go_on()
    assert await names(database, party) == []


async def test_a_lost_connection_is_said_once_and_replaced(database: Any, party: Any, house: Any) -> None:
    async with database.transaction(party) as work:
        pid = await backend(work)
    with psycopg.connect(house.superuser, autocommit=True) as superuser:
        superuser.execute("select pg_terminate_backend(%s, 5000)", (pid,))
    with pytest.raises(DBAPIError) as failed:
        await names(database, party)
    assert isinstance(failed.value.orig, psycopg.OperationalError)
    assert await names(database, party) == []
    assert await database.answers()


async def test_whoever_waits_too_long_for_a_connection_is_told(
    database: Any, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "WAIT_SECONDS", 0.05)
    async with database.transaction(party), database.transaction(party):
        with pytest.raises(PoolTimeout):
            await names(database, party)
    assert await names(database, party) == []


async def test_who_is_interrupted_leaves_nothing_behind(database: Any, party: Any, house: Any) -> None:
    async def slow() -> None:
        async with database.transaction(party) as work:
            await work.add(customer, {"name": "interrupted"})
            await work.read(select(func.pg_sleep(30)))

    task = asyncio.create_task(slow())
    with psycopg.connect(house.superuser, autocommit=True) as superuser:
        sleeping = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = %s"
        while superuser.execute(sleeping, (house.psa,)).fetchone() != (1,):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert superuser.execute(sleeping, (house.psa,)).fetchone() == (0,)
    assert await names(database, party) == []

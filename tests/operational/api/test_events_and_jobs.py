"""Events leave in order and have their effect once; jobs live and die with their transaction."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from operational.core.bus import Envelope, InProcessBus, Subscription
from operational.core.db import Database, UnitOfWork
from operational.core.jobs import Job, JobQueue
from operational.core.outbox import announce
from operational.core.principal import Principal
from operational.core.relay import Relay
from operational.crm.events import CustomerSaved
from operational.crm.models import customer, inbox, outbox
from operational.crm.module import module as crm
from operational.tickets.module import module as tickets
from operational.worker import Worker, make_bus

pytestmark = pytest.mark.anyio
TOPIC = CustomerSaved.TOPIC


class Consumer:
    """Counts what it hears by a row in the database; fails for the aggregates it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[UUID, int]] = []
        self.broken: set[UUID] = set()

    async def __call__(self, work: UnitOfWork, envelope: Envelope) -> None:
        await work.write(insert(customer).values(tenant_id=work.tenant_id, name=f"echo {envelope.aggregate_version}"))
        self.heard.append((envelope.aggregate_id, envelope.aggregate_version))
        if envelope.aggregate_id in self.broken:
            raise RuntimeError("not today")


@pytest.fixture
async def relay_database(api: Any) -> AsyncIterator[Database]:
    database = Database(api.kernel.settings.relay_url, clock=api.clock, pool_size=3)
    yield database
    await database.close()


async def _say(api: Any, aggregate: UUID, *versions: int) -> None:
    for version in versions:
        async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
            await announce(work, outbox, aggregate, version, CustomerSaved(aggregate, ("name",)))
        api.clock.advance(milliseconds=1)


def _bus(api: Any, *consumers: Consumer) -> InProcessBus:
    bus = InProcessBus(api.kernel.database)
    bus.subscribe(inbox, [Subscription(TOPIC, f"crm.test{n}", consumer) for n, consumer in enumerate(consumers)])
    return bus


A, B = UUID(int=1), UUID(int=2)


async def test_events_arrive_in_order_once(api: Any, relay_database: Database) -> None:
    consumer = Consumer()
    relay = Relay(relay_database, outbox, _bus(api, consumer))
    await _say(api, A, 1, 2)
    await _say(api, B, 1)
    async with relay.leading() as connection:
        assert connection is not None
        assert await relay.publish_waiting(connection) == 3
        assert await relay.publish_waiting(connection) == 0
    assert [v for a, v in consumer.heard if a == A] == [1, 2]
    assert len(consumer.heard) == 3


async def test_an_event_delivered_twice_has_its_effect_once(api: Any, relay_database: Database) -> None:
    """The relay dies between the consumers' commit and its own note of it."""
    consumer = Consumer()
    relay = Relay(relay_database, outbox, _bus(api, consumer))
    await _say(api, A, 1)
    async with relay.leading() as connection:
        assert connection is not None
        await relay.publish_waiting(connection)
        api.query_write("update crm.outbox set published_at = null returning id")
        assert await relay.publish_waiting(connection) == 1
    assert len(consumer.heard) == 1
    assert api.query("select name from crm.customer") == [("echo 1",)]


async def test_a_failing_consumer_gets_the_event_again_and_the_others_do_not(
    api: Any, relay_database: Database
) -> None:
    good, bad = Consumer(), Consumer()
    bad.broken = {A}
    relay = Relay(relay_database, outbox, _bus(api, bad, good))
    await _say(api, A, 1)
    async with relay.leading() as connection:
        assert connection is not None
        assert await relay.publish_waiting(connection) == 0
        # what the failed handler wrote is gone
        assert api.query("select name from crm.customer") == [("echo 1",)]
        bad.broken = set()
        assert await relay.publish_waiting(connection) == 0, "the next attempt waits its time"
        api.clock.advance(seconds=3)
        assert await relay.publish_waiting(connection) == 1
    assert (len(good.heard), len(bad.heard)) == (1, 2)
    assert api.query("select attempts, last_error from crm.outbox") == [(1, None)]


async def test_a_dead_letter_parks_its_aggregate_and_no_other(api: Any, relay_database: Database) -> None:
    consumer = Consumer()
    consumer.broken = {A}
    relay = Relay(relay_database, outbox, _bus(api, consumer), max_attempts=2)
    await _say(api, A, 1, 2)
    await _say(api, B, 1, 2)
    async with relay.leading() as connection:
        assert connection is not None
        assert await relay.publish_waiting(connection) == 2
        for _ in range(3):
            api.clock.advance(minutes=10)
            await relay.publish_waiting(connection)
        assert [v for a, v in consumer.heard if a == A] == [1, 1]
        rows = api.query(
            """select aggregate_version, attempts, dead_at is not null from crm.outbox
               where aggregate_id = %s order by 1""",
            A,
        )
        assert rows == [(1, 2, True), (2, 0, False)]
        consumer.broken = set()
        api.query_write(
            "update crm.outbox set dead_at = null, next_attempt_at = null where aggregate_id = %s returning id", A
        )
        assert await relay.publish_waiting(connection) == 2
    assert [v for a, v in consumer.heard if a == A] == [1, 1, 1, 2]


async def test_one_relay_of_a_service_works_at_a_time(api: Any, relay_database: Database) -> None:
    relays = [Relay(relay_database, outbox, _bus(api)) for _ in range(2)]
    async with relays[0].leading() as first, relays[1].leading() as second:
        assert (first is None, second is None) == (False, True)
    async with relays[1].leading() as second:
        assert second is not None


async def test_an_event_of_a_rolled_back_transaction_never_leaves(api: Any) -> None:
    async def broken() -> None:
        async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
            await announce(work, outbox, A, 1, CustomerSaved(A, ()))
            raise RuntimeError("after")

    with pytest.raises(RuntimeError, match="after"):
        await broken()
    assert api.query("select count(*) from crm.outbox") == [(0,)]


async def test_another_service_is_asked_before_the_first_write(api: Any) -> None:
    from operational.crm.contracts import Customers

    async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
        peer = work.peer(Customers)
        assert await peer.customers(work.principal, [A]) == {}
        await announce(work, outbox, A, 1, CustomerSaved(A, ()))
        with pytest.raises(RuntimeError, match="before the first write"):
            await peer.customers(work.principal, [A])


async def _nothing(work: UnitOfWork, **_: str) -> None:
    return None


async def test_a_job_exists_when_its_transaction_commits_and_not_else(api: Any) -> None:
    queue = JobQueue([Job("test.nothing", _nothing)], api.kernel.settings.scheduler_url, api.kernel.database)
    principal = Principal(api.house.tenant)

    async def broken() -> None:
        async with api.kernel.database.transaction(principal) as work:
            await queue.enqueue(work, "test.nothing", ticket_id="1")
            raise RuntimeError("after")

    with pytest.raises(RuntimeError, match="after"):
        await broken()
    assert api.query("select count(*) from jobs.procrastinate_jobs") == [(0,)]
    async with api.kernel.database.transaction(principal) as work:
        await queue.enqueue(work, "test.nothing", ticket_id="1")
        with pytest.raises(KeyError, match="no service has a job"):
            await queue.enqueue(work, "test.unknown")
    assert api.query("select task_name, args from jobs.procrastinate_jobs") == [
        ("test.nothing", {"tenant_id": str(api.house.tenant), "ticket_id": "1"})
    ]


async def test_the_worker_runs_jobs_and_relays_and_stops(api: Any) -> None:
    heard, done = asyncio.Event(), asyncio.Event()

    async def hear(work: UnitOfWork, envelope: Envelope) -> None:
        heard.set()

    async def job(work: UnitOfWork, **ids: str) -> None:
        assert (work.tenant_id, ids) == (api.house.tenant, {"ticket_id": "7"})
        done.set()

    listening = replace(crm, subscribers=(Subscription(TOPIC, "crm.test", hear),), jobs=(Job("test.job", job),))
    worker = Worker(api.kernel.settings, [listening, tickets], clock=api.clock)
    running = asyncio.create_task(worker.run())
    await _say(api, A, 1)
    async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
        await JobQueue([Job("test.job", job)], api.kernel.settings.scheduler_url, api.kernel.database).enqueue(
            work, "test.job", ticket_id="7"
        )
    await asyncio.wait_for(asyncio.gather(heard.wait(), done.wait()), 20)
    worker.stop.set()
    await asyncio.wait_for(running, 20)
    assert api.query("select count(*) from jobs.procrastinate_jobs where status <> 'succeeded'") == [(0,)]


async def test_a_subscriber_needs_an_inbox(api: Any) -> None:
    from operational.vcio.module import module as vcio

    deaf = replace(vcio, subscribers=(Subscription(TOPIC, "vcio.test", Consumer()),))
    with pytest.raises(ValueError, match="no inbox"):
        make_bus(api.kernel, [deaf])

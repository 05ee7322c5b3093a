"""Events leave in order and have their effect once; jobs live and die with their transaction."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from operational.core.bus import Consumer as Listener
from operational.core.bus import Envelope, InProcessBus, Subscription
from operational.core.db import Database, UnitOfWork
from operational.core.jobs import Job, JobQueue
from operational.core.outbox import announce
from operational.core.parking import settle
from operational.core.principal import Principal
from operational.core.receiving import Receiver, Redelivery
from operational.core.relay import Relay
from operational.crm.events import CustomerSaved
from operational.crm.models import customer, inbox, outbox
from operational.crm.module import module as crm
from operational.tickets.module import module as tickets
from operational.worker import Worker, consumers_of

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


def _listening(*consumers: Consumer) -> list[Listener]:
    return [
        Listener("crm", inbox, Subscription(TOPIC, f"crm.test{n}", consumer)) for n, consumer in enumerate(consumers)
    ]


def _bus(api: Any, *consumers: Consumer) -> InProcessBus:
    return InProcessBus(Receiver(api.kernel.database), _listening(*consumers))


def _redelivery(api: Any, relay_database: Database, *consumers: Consumer, max_attempts: int = 3) -> Redelivery:
    receiver = Receiver(api.kernel.database, max_attempts=max_attempts)
    return Redelivery(relay_database, "crm", _listening(*consumers), receiver)


async def _again(api: Any, relay_database: Database, redelivery: Redelivery) -> int:
    """Let time pass, and what is due be tried."""
    api.clock.advance(minutes=10)
    async with relay_database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        return await redelivery.deliver_due(connection)


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
    bad, good = Consumer(), Consumer()
    bad.broken = {A}
    relay, redelivery = Relay(relay_database, outbox, _bus(api, bad, good)), _redelivery(api, relay_database, bad, good)
    await _say(api, A, 1)
    async with relay.leading() as connection:
        assert connection is not None
        assert await relay.publish_waiting(connection) == 1
    # what the failed handler wrote is gone
    assert api.query("select name from crm.customer") == [("echo 1",)]
    assert api.query("select consumer, status, attempts, last_error from core.parked_event") == [
        ("crm.test0", "waiting", 1, "RuntimeError: not today")
    ]
    bad.broken = set()
    async with relay_database.engine.connect() as connection:
        assert await redelivery.deliver_due(connection) == 0, "the next attempt waits its time"
    assert await _again(api, relay_database, redelivery) == 1
    assert (len(good.heard), len(bad.heard)) == (1, 2)
    assert api.query("select count(*) from core.parked_event") == [(0,)]
    assert len(api.query("select 1 from crm.customer")) == 2


async def test_what_is_kept_of_an_error_repeats_no_values_of_a_record(api: Any, relay_database: Database) -> None:
    async def clash(work: UnitOfWork, envelope: Envelope) -> None:
        rows = [{"tenant_id": work.tenant_id, "id": A, "name": "Anna Geheim"}] * 2
        await work.write(insert(customer), rows)

    receiver = Receiver(api.kernel.database)
    event = Envelope(uuid4(), api.house.tenant, TOPIC, "customer", A, 1, api.clock(), {})
    await receiver.deliver(Listener("crm", inbox, Subscription(TOPIC, "crm.clash", clash)), event)
    ((said,),) = api.query("select last_error from core.parked_event")
    assert said.startswith("IntegrityError: (psycopg.errors.UniqueViolation) duplicate key value violates")
    assert not [word for word in ("Geheim", str(A), "DETAIL", "INSERT") if word in said]


async def test_a_parked_event_holds_back_its_aggregate_and_no_other(api: Any, relay_database: Database) -> None:
    consumer = Consumer()
    consumer.broken = {A}
    relay, redelivery = Relay(relay_database, outbox, _bus(api, consumer)), _redelivery(api, relay_database, consumer)
    await _say(api, A, 1, 2)
    await _say(api, B, 1, 2)
    async with relay.leading() as connection:
        assert connection is not None
        assert await relay.publish_waiting(connection) == 4
        assert [v for a, v in consumer.heard if a == B] == [1, 2]
        for _ in range(4):
            await _again(api, relay_database, redelivery)
        # the third attempt was the last; what came after it was never tried
        assert [v for a, v in consumer.heard if a == A] == [1, 1, 1]
        states = "select aggregate_version, status, attempts from core.parked_event order by 1"
        assert api.query(states) == [(1, "dead", 3), (2, "waiting", 0)]
        # events that come later queue up behind them
        consumer.broken = set()
        await _say(api, A, 3)
        assert await relay.publish_waiting(connection) == 1
    assert [v for a, v in consumer.heard if a == A] == [1, 1, 1]
    async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
        (first,) = api.query("select id from core.parked_event where status = 'dead'")
        assert await settle(work, first[0], again=True)
    assert await _again(api, relay_database, redelivery) == 3
    assert [v for a, v in consumer.heard if a == A] == [1, 1, 1, 1, 2, 3]


async def test_what_is_given_up_lets_its_successors_pass_and_never_comes_back(
    api: Any, relay_database: Database
) -> None:
    consumer = Consumer()
    consumer.broken = {A}
    bus = _bus(api, consumer)
    relay, redelivery = Relay(relay_database, outbox, bus), _redelivery(api, relay_database, consumer, max_attempts=1)
    await _say(api, A, 1, 2)
    async with relay.leading() as connection:
        assert connection is not None
        await relay.publish_waiting(connection)
        await _again(api, relay_database, redelivery)
        consumer.broken = set()
        async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
            (dead,) = api.query("select id from core.parked_event where status = 'dead'")
            assert await settle(work, dead[0], again=False)
        assert await _again(api, relay_database, redelivery) == 1
        # the bus may bring it once more
        api.query_write("update crm.outbox set published_at = null returning id")
        await relay.publish_waiting(connection)
    assert [v for a, v in consumer.heard if a == A] == [1, 1, 2]


async def test_an_event_that_comes_after_a_later_one_is_laid_before_somebody(api: Any) -> None:
    consumer = Consumer()
    (listener,), receiver = _listening(consumer), Receiver(api.kernel.database)
    late, later = (
        Envelope(uuid4(), api.house.tenant, TOPIC, "customer", A, version, api.clock(), {}) for version in (1, 2)
    )
    for envelope in (later, late, later):
        await receiver.deliver(listener, envelope)
    assert consumer.heard == [(A, 2)]
    assert api.query("select status, last_error from core.parked_event") == [
        ("dead", "came after version 2 of the same record had been handled")
    ]


async def test_events_wait_while_the_bus_is_away(api: Any, relay_database: Database) -> None:
    class Away:
        async def publish(self, envelopes: Any) -> list[Exception | None]:
            return [OSError("nobody there") for _ in envelopes]

    await _say(api, A, 1, 2)
    async with Relay(relay_database, outbox, Away()).leading() as connection:
        assert connection is not None
        for _ in range(20):
            assert await Relay(relay_database, outbox, Away()).publish_waiting(connection) == 0
            api.clock.advance(minutes=1)
        consumer = Consumer()
        assert await Relay(relay_database, outbox, _bus(api, consumer)).publish_waiting(connection) == 2
    assert consumer.heard == [(A, 1), (A, 2)]
    assert api.query("select attempts, last_error from crm.outbox order by aggregate_version") == [
        (20, None),
        (0, None),
    ]


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

    listening = replace(crm, subscribers=(Subscription(TOPIC, "crm.test", hear),), jobs=(Job("crm.job", job),))
    worker = Worker(api.kernel.settings, [listening, tickets], clock=api.clock)
    running = asyncio.create_task(worker.run())
    await _say(api, A, 1)
    async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
        await JobQueue([Job("crm.job", job)], api.kernel.settings.scheduler_url, api.kernel.database).enqueue(
            work, "crm.job", ticket_id="7"
        )
    await asyncio.wait_for(asyncio.gather(heard.wait(), done.wait()), 20)
    worker.stop.set()
    await asyncio.wait_for(running, 20)
    assert api.query("select count(*) from jobs.procrastinate_jobs where status <> 'succeeded'") == [(0,)]


async def test_a_subscriber_needs_an_inbox(api: Any) -> None:
    from operational.vcio.module import module as vcio

    deaf = replace(vcio, subscribers=(Subscription(TOPIC, "vcio.test", Consumer()),))
    with pytest.raises(ValueError, match="no inbox"):
        consumers_of([deaf])

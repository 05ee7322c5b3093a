"""Events over a real RabbitMQ: in order and once, whatever ends in the middle."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import pytest
from sqlalchemy import insert

from infra.servers.rabbitmq import RabbitMQ
from operational.core.bus import Consumer, Envelope, Subscription
from operational.core.db import Database, UnitOfWork
from operational.core.outbox import announce
from operational.core.principal import Principal
from operational.core.rabbit import MOST_DELIVERIES, BusAwayError, RabbitBus, RabbitConsumer, Topology, encoded
from operational.core.receiving import Receiver
from operational.core.relay import Relay
from operational.crm.events import CustomerSaved
from operational.crm.models import customer, inbox, outbox

pytestmark = pytest.mark.anyio
TOPIC = CustomerSaved.TOPIC
A, B = UUID(int=1), UUID(int=2)


class Heard:
    """A consumer under a name of its own, whose queue nobody else has."""

    def __init__(self, api: Any, url: str) -> None:
        self.api, self.url = api, url
        self.name = f"t{uuid4().hex}"
        self.topology = Topology({self.name: [TOPIC]}, prefix=self.name)
        self.versions: list[tuple[UUID, int]] = []
        self.wanted = 0
        self.all = asyncio.Event()
        self.before: Callable[[], Awaitable[None]] | None = None

    def consumer(self) -> RabbitConsumer:
        mine = Consumer("crm", inbox, Subscription(TOPIC, f"crm.{self.name}", self._handle))
        return RabbitConsumer(self.url, self.topology, self.name, [mine], Receiver(self.api.kernel.database))

    async def _handle(self, work: UnitOfWork, envelope: Envelope) -> None:
        await work.write(insert(customer).values(tenant_id=work.tenant_id, name=self.name))
        if self.before is not None:
            await self.before()
        self.versions.append((envelope.aggregate_id, envelope.aggregate_version))
        if len(self.versions) >= self.wanted:
            self.all.set()

    async def come(self, wanted: int) -> None:
        self.wanted = wanted
        if len(self.versions) < wanted:
            self.all.clear()
            await asyncio.wait_for(self.all.wait(), 30)

    def of(self, aggregate: UUID) -> list[int]:
        return [version for of, version in self.versions if of == aggregate]

    def effects(self) -> int:
        return len(self.api.query("select 1 from crm.customer where name = %s", self.name))


@asynccontextmanager
async def running(*parts: Any) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in parts]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)


@pytest.fixture
def heard(api: Any, rabbitmq: RabbitMQ) -> Heard:
    return Heard(api, rabbitmq.url)


@pytest.fixture
async def relay(api: Any, heard: Heard, rabbitmq: RabbitMQ) -> AsyncIterator[Relay]:
    bus = RabbitBus(rabbitmq.url, heard.topology)
    database = Database(api.kernel.settings.relay_url, pool_size=3)
    yield Relay(database, outbox, bus)
    await bus.close()
    await database.close()


async def _say(api: Any, aggregate: UUID, *versions: int) -> None:
    for version in versions:
        async with api.kernel.database.transaction(Principal(api.house.tenant)) as work:
            await announce(work, outbox, aggregate, version, CustomerSaved(aggregate, ("name",)))
        api.clock.advance(milliseconds=1)


async def test_events_arrive_in_order_once(api: Any, heard: Heard, relay: Relay) -> None:
    await _say(api, A, *range(1, 31))
    await _say(api, B, *range(1, 31))
    # two workers: the broker lets one of them take
    async with running(relay, heard.consumer(), heard.consumer()):
        await heard.come(60)
    assert heard.of(A) == heard.of(B) == list(range(1, 31))
    assert heard.effects() == 60


async def test_an_event_sent_twice_has_its_effect_once(api: Any, heard: Heard, relay: Relay) -> None:
    await _say(api, A, 1, 2)
    async with running(heard.consumer()):
        async with relay.leading() as connection:
            assert connection is not None
            await relay.publish_waiting(connection)
            # the relay ended before it could write that they are safe
            api.query_write("update crm.outbox set published_at = null returning id")
            await relay.publish_waiting(connection)
        await _say(api, B, 1)
        async with relay.leading() as connection:
            assert connection is not None
            await relay.publish_waiting(connection)
        await heard.come(3)
    assert heard.versions == [(A, 1), (A, 2), (B, 1)]


async def test_what_a_worker_had_begun_comes_again_before_what_follows(api: Any, heard: Heard, relay: Relay) -> None:
    began = asyncio.Event()

    async def hang() -> None:
        began.set()
        await asyncio.Event().wait()

    heard.before = hang
    await _say(api, A, 1, 2)
    async with running(relay):
        first = asyncio.create_task(heard.consumer().run(asyncio.Event()))
        await asyncio.wait_for(began.wait(), 20)
        # killed: nothing is acknowledged, the transaction is lost
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        heard.before = None
        async with running(heard.consumer()):
            await heard.come(2)
    assert (heard.of(A), heard.effects()) == ([1, 2], 2)


async def test_a_broker_that_ends_keeps_what_it_has_confirmed(
    api: Any, heard: Heard, relay: Relay, rabbitmq: RabbitMQ
) -> None:
    await _say(api, A, 1, 2, 3)
    async with relay.leading() as connection:
        assert connection is not None
        assert await relay.publish_waiting(connection) == 3
        await asyncio.to_thread(rabbitmq.remember_queues)
        rabbitmq.kill()
        await _say(api, A, 4)
        with pytest.raises(BusAwayError):
            await relay.publish_waiting(connection)
    async with running(heard.consumer(), relay):
        await asyncio.to_thread(rabbitmq.start)
        await heard.come(4)
    assert (heard.of(A), heard.effects()) == ([1, 2, 3, 4], 4)
    assert api.query("select count(*) from crm.outbox where published_at is null") == [(0,)]


async def test_an_event_that_ends_its_worker_again_and_again_is_laid_aside(
    api: Any, heard: Heard, rabbitmq: RabbitMQ
) -> None:
    events = [Envelope(uuid4(), api.house.tenant, TOPIC, "customer", A, n, api.clock(), {}) for n in (1, 2)]
    bus = RabbitBus(rabbitmq.url, heard.topology)
    assert await bus.publish(events) == [None, None]
    await bus.close()
    began = asyncio.Event()

    async def hang() -> None:
        began.set()
        await asyncio.Event().wait()

    heard.before = hang
    for _ in range(MOST_DELIVERIES):
        began.clear()
        killed = asyncio.create_task(heard.consumer().run(asyncio.Event()))
        await asyncio.wait_for(began.wait(), 20)
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
    heard.before = None
    async with running(heard.consumer()):
        for _ in range(200):
            if len(api.query("select 1 from core.parked_event")) == 2:
                break
            await asyncio.sleep(0.05)
    parked = api.query("select aggregate_version, status, last_error from core.parked_event order by 1")
    assert parked == [(1, "dead", "the worker ended again and again in the middle of this event"), (2, "waiting", None)]
    assert heard.versions == []


async def test_what_is_no_event_is_refused_and_stops_nothing(api: Any, heard: Heard, rabbitmq: RabbitMQ) -> None:
    connection = await aio_pika.connect(rabbitmq.url)
    async with connection:
        exchange = await heard.topology.declare(await connection.channel())
        await exchange.publish(aio_pika.Message(b"{}"), TOPIC)
        await exchange.publish(aio_pika.Message(b"\xff"), TOPIC)
        event = Envelope(uuid4(), api.house.tenant, TOPIC, "customer", A, 1, api.clock(), {"a": "ä"})
        await exchange.publish(encoded(event), TOPIC)
    async with running(heard.consumer()):
        await heard.come(1)
    assert heard.versions == [(A, 1)]

"""Events over RabbitMQ: one topic exchange, one quorum queue per listening service, nothing acknowledged too early."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aio_pika
import structlog
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
)
from aio_pika.exceptions import AMQPError
from pamqp.exceptions import PAMQPException
from pydantic import TypeAdapter, ValidationError

from operational.core.bus import Consumer, Envelope
from operational.core.leader import wait_or_stop
from operational.core.receiving import Receiver

CONFIRM_SECONDS = 10
CONNECT_SECONDS = 5
PAUSE_SECONDS = 1.0
SILENCE_SECONDS = 30.0
# a worker that ended this often in the middle of one event gives it up; the broker itself does so later
MOST_DELIVERIES = 5
BROKERS_LIMIT = 20
# what the client raises when the broker or a channel of it is gone
LOST = (AMQPError, PAMQPException, OSError, TimeoutError, RuntimeError)
_EVENT = TypeAdapter(Envelope)
log = structlog.get_logger("psa.rabbit")


class BusAwayError(OSError):
    """RabbitMQ does not answer; nothing was lost, events wait in their outboxes."""


async def _connect(url: str) -> AbstractConnection:
    try:
        return await aio_pika.connect(url, timeout=CONNECT_SECONDS)
    except LOST as error:
        raise BusAwayError(f"RabbitMQ does not answer: {type(error).__name__}: {error}") from error


@dataclass(frozen=True, slots=True)
class Topology:
    """An installation's exchange and queues: `prefix` tells it from others on the broker.

    `topics` are what each listening service listens to, wherever it runs: whoever publishes declares the queues too,
    because an event that comes before its queue would be nobody's.
    """

    topics: Mapping[str, Collection[str]]
    prefix: str = "psa"

    @property
    def exchange(self) -> str:
        """The exchange events are published to."""
        return f"{self.prefix}.events"

    @property
    def dead(self) -> str:
        """The exchange of what the broker itself gives up."""
        return f"{self.prefix}.dead"

    def queue(self, service: str) -> str:
        """The queue of a service's events."""
        return f"{self.prefix}.{service}"

    async def declare(self, channel: AbstractChannel) -> AbstractExchange:
        """Make what is not there yet; returns the exchange to publish to."""
        exchange = await channel.declare_exchange(self.exchange, aio_pika.ExchangeType.TOPIC, durable=True)
        for service in self.topics:
            await self.declare_queues(channel, exchange, service)
        return exchange

    async def declare_queues(
        self, channel: AbstractChannel, exchange: AbstractExchange, service: str
    ) -> tuple[AbstractQueue, AbstractQueue]:
        """The queue of a service's events, and of those the broker gave up, with their bindings."""
        single: dict[str, Any] = {"x-queue-type": "quorum", "x-single-active-consumer": True}
        dead_letters = await channel.declare_exchange(self.dead, aio_pika.ExchangeType.DIRECT, durable=True)
        dead = await channel.declare_queue(f"{self.queue(service)}.dead", durable=True, arguments=single)
        await dead.bind(dead_letters, service)
        given_up: dict[str, Any] = {
            "x-dead-letter-exchange": self.dead,
            "x-dead-letter-routing-key": service,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
            "x-delivery-limit": BROKERS_LIMIT,
        }
        events = await channel.declare_queue(self.queue(service), durable=True, arguments={**single, **given_up})
        for topic in self.topics[service]:
            await events.bind(exchange, topic)
        return events, dead


def encoded(envelope: Envelope) -> aio_pika.Message:
    """An event as a message that outlives the broker."""
    return aio_pika.Message(
        _EVENT.dump_json(envelope),
        content_type="application/json",
        message_id=str(envelope.id),
        type=envelope.topic,
        timestamp=envelope.occurred_at,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


class RabbitBus:
    """Publishes with confirms: an event counts as sent once a majority of the queue's members has written it."""

    def __init__(self, url: str, topology: Topology) -> None:
        self._url = url
        self._topology = topology
        self._connection: AbstractConnection | None = None
        self._exchange: AbstractExchange | None = None
        self._connecting = asyncio.Lock()

    async def publish(self, envelopes: Sequence[Envelope]) -> list[Exception | None]:
        """Send events of different aggregates at once; raises BusAwayError when the broker takes none of them."""
        exchange = await self._ready()
        outcomes = await asyncio.gather(*(self._send(exchange, envelope) for envelope in envelopes))
        lost = [outcome for outcome in outcomes if outcome is not None]
        if lost:
            await self.close()
        if len(lost) == len(outcomes) > 0:
            raise lost[0]
        return list(outcomes)

    async def _send(self, exchange: AbstractExchange, envelope: Envelope) -> BusAwayError | None:
        # a topic nobody listens to is confirmed and dropped
        try:
            await exchange.publish(encoded(envelope), envelope.topic, mandatory=False, timeout=CONFIRM_SECONDS)
        except (*LOST, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise
            return BusAwayError(f"not confirmed: {type(error).__name__}: {error}")
        return None

    async def _ready(self) -> AbstractExchange:
        async with self._connecting:
            if self._exchange is None or self._connection is None or self._connection.is_closed:
                self._connection = await _connect(self._url)
                try:
                    channel = await self._connection.channel(publisher_confirms=True)
                    self._exchange = await self._topology.declare(channel)
                except LOST as error:
                    await self.close()
                    raise BusAwayError(f"RabbitMQ does not answer: {type(error).__name__}: {error}") from error
            return self._exchange

    async def close(self) -> None:
        """Close the connection; the next event opens another one."""
        connection, self._connection, self._exchange = self._connection, None, None
        if connection is not None:
            with suppress(*LOST):
                await connection.close()


def _is_cancelled() -> bool:
    # a lost connection cancels the futures of its confirms, which is not the end of this task
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class RabbitConsumer:
    """Takes one service's events from its queue, one after the other: a part of the worker.

    Single active consumer and a prefetch of one keep the order, also when a worker ends in the middle of an event.
    """

    def __init__(
        self, url: str, topology: Topology, service: str, consumers: Sequence[Consumer], receiver: Receiver
    ) -> None:
        self._url = url
        self._topology = topology
        self._service = service
        self._consumers = consumers
        self._receiver = receiver

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; a lost broker or database is met by trying again."""
        while not stop.is_set():
            try:
                connection = await _connect(self._url)
                try:
                    await self._consume(connection, stop)
                finally:
                    with suppress(*LOST):
                        await connection.close()
            except LOST as error:
                log.warning("consumer_interrupted", service=self._service, error=f"{type(error).__name__}: {error}")
            await wait_or_stop(stop, PAUSE_SECONDS)

    async def _consume(self, connection: AbstractConnection, stop: asyncio.Event) -> None:
        coming: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        queues = await self._declare(connection)
        connection.close_callbacks.add(lambda *_: coming.put_nowait(None))
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: coming.put_nowait(None))
        try:
            for queue in queues:
                await queue.consume(coming.put)
            while not stop.is_set():
                try:
                    message = await asyncio.wait_for(coming.get(), SILENCE_SECONDS)
                except TimeoutError:
                    await self._still_listening(queues[0])
                    continue
                if message is None:
                    return
                await self._settle(message, stop)
        finally:
            stopping.cancel()

    async def _still_listening(self, queue: AbstractQueue) -> None:
        # a queue that was deleted or moved takes its consumer along without a word
        if (await queue.declare()).consumer_count == 0:
            raise BusAwayError(f"nobody listens to {queue.name} any more")

    async def _declare(self, connection: AbstractConnection) -> tuple[AbstractQueue, AbstractQueue]:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=1)
        exchange = await self._topology.declare(channel)
        return await self._topology.declare_queues(channel, exchange, self._service)

    async def _settle(self, message: AbstractIncomingMessage, stop: asyncio.Event) -> None:
        is_dead = message.exchange == self._topology.dead or _deliveries(message) >= MOST_DELIVERIES
        try:
            envelope = _EVENT.validate_json(message.body)
        except ValidationError as error:
            log.error(
                "message_refused", service=self._service, message_id=message.message_id, faults=error.error_count()
            )
            await message.ack()
            return
        # acknowledged only when it is in the database, handled or parked; without one it stays the broker's
        while not await self._taken(envelope, is_dead=is_dead):
            await wait_or_stop(stop, PAUSE_SECONDS)
            if stop.is_set():
                await message.nack(requeue=True)
                return
        await message.ack()

    async def _taken(self, envelope: Envelope, *, is_dead: bool) -> bool:
        try:
            for consumer in self._consumers:
                if consumer.subscription.topic != envelope.topic:
                    continue
                if is_dead:
                    ended = "the worker ended again and again in the middle of this event"
                    await self._receiver.park(consumer, envelope, ended, is_dead=True)
                else:
                    await self._receiver.deliver(consumer, envelope)
        except Exception as error:
            log.warning("database_does_not_take_event", service=self._service, error=f"{type(error).__name__}: {error}")
            return False
        return True


def _deliveries(message: AbstractIncomingMessage) -> int:
    """How often a message was handed out before and came back."""
    count = message.headers.get("x-delivery-count", 0)
    return int(count) if isinstance(count, int) else 0

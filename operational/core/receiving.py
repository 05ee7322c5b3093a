"""The receiving end of events: once per consumer, in order per aggregate, whatever the bus delivers."""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy import and_, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from operational.core import parking
from operational.core.bus import Consumer, Envelope
from operational.core.db import Database, UnitOfWork
from operational.core.errors import in_a_line
from operational.core.leader import leading, wait_or_stop
from operational.core.metrics import HANDLED, PARKED
from operational.core.principal import Principal

BATCH = 100
log = structlog.get_logger("psa.events")


class Receiver:
    """Hands events to consumers, each in a transaction of its own in which the inbox remembers it.

    What a consumer cannot handle is parked, and so is whatever comes after it for the same aggregate: a failure of
    one record keeps neither the other records nor the other consumers waiting.
    """

    def __init__(self, database: Database, *, max_attempts: int = parking.MAX_ATTEMPTS) -> None:
        self._database = database
        self._max_attempts = max_attempts

    async def deliver(self, consumer: Consumer, envelope: Envelope) -> None:
        """Handle or park an event; raises when the database takes neither, so that it must be delivered again."""
        try:
            async with self._database.transaction(Principal(envelope.tenant_id)) as work:
                await self._take(work, consumer, envelope)
        # whatever a handler raises, the event stays, and the next record gets its turn
        except Exception as error:
            PARKED.labels(consumer.name).inc()
            await self.park(consumer, envelope, in_a_line(error), is_dead=False)
            log.warning("event_parked", consumer=consumer.name, event_id=str(envelope.id), error=in_a_line(error))

    async def park(self, consumer: Consumer, envelope: Envelope, error: str, *, is_dead: bool) -> None:
        """Keep an event whose handling has failed."""
        async with self._database.transaction(Principal(envelope.tenant_id)) as work:
            await parking.park(work, consumer.name, envelope, error, is_dead=is_dead)

    async def _take(self, work: UnitOfWork, consumer: Consumer, envelope: Envelope) -> None:
        is_handled, newest = await _position(work, consumer, envelope)
        held = (await work.read(parking.held(consumer.name, envelope))).one()
        if is_handled or held.is_here:
            return
        if held.is_behind:
            await parking.park(work, consumer.name, envelope, None, is_dead=False)
        elif newest is not None and newest > envelope.aggregate_version:
            late = f"came after version {newest} of the same record had been handled"
            await parking.park(work, consumer.name, envelope, late, is_dead=True)
            log.error("event_late", consumer=consumer.name, event_id=str(envelope.id))
        else:
            await _handle(work, consumer, envelope)

    async def try_again(self, consumer: Consumer, row: parking.ParkedRow) -> bool:
        """One more attempt at a parked event; returns whether it was handled."""
        principal = Principal(row.tenant_id)
        try:
            async with self._database.transaction(principal) as work:
                if await parking.take_for_attempt(work, row.id) is None:
                    return False
                await _handle(work, consumer, parking.envelope_of(row))
                await parking.forget(work, row.id)
        except Exception as error:
            PARKED.labels(consumer.name).inc()
            async with self._database.transaction(principal) as work:
                await parking.failed_again(work, row.id, row.attempts + 1, in_a_line(error), self._max_attempts)
            log.warning(
                "event_failed_again", consumer=consumer.name, event_id=str(row.event_id), error=in_a_line(error)
            )
            return False
        return True


async def _position(work: UnitOfWork, consumer: Consumer, envelope: Envelope) -> tuple[bool, int | None]:
    """Whether the consumer has handled the event, and the newest version of the aggregate it has handled."""
    inbox = consumer.inbox
    mine = and_(inbox.c.tenant_id == envelope.tenant_id, inbox.c.consumer == consumer.name)
    newest = select(func.max(inbox.c.aggregate_version)).where(mine, inbox.c.aggregate_id == envelope.aggregate_id)
    query = select(exists().where(mine, inbox.c.event_id == envelope.id), newest.scalar_subquery())
    is_handled, version = (await work.read(query)).one()
    return is_handled, version


async def _handle(work: UnitOfWork, consumer: Consumer, envelope: Envelope) -> None:
    inbox = consumer.inbox
    taken = await work.write(
        insert(inbox)
        .values(
            tenant_id=envelope.tenant_id,
            consumer=consumer.name,
            event_id=envelope.id,
            aggregate_id=envelope.aggregate_id,
            aggregate_version=envelope.aggregate_version,
            handled_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "consumer", "event_id"])
        .returning(inbox.c.id)
    )
    if taken.first() is not None:
        # the handler has written nothing yet, so it may still ask other services
        work.has_written = False
        await consumer.subscription.handler(work, envelope)
        HANDLED.labels(consumer.name).inc()


class Redelivery:
    """Tries parked events again when their time has come: a part of the worker.

    Several may run; an advisory lock per service lets one of them work. `relay` is a database of the relay's role.
    """

    def __init__(self, relay: Database, service: str, consumers: Sequence[Consumer], receiver: Receiver) -> None:
        self._relay = relay
        self._service = service
        # one consumer may listen to several topics, whose events it takes in their common order
        self._consumers = {(consumer.name, consumer.subscription.topic): consumer for consumer in consumers}
        self._receiver = receiver

    async def run(self, stop: asyncio.Event, *, pause: float = 0.5) -> None:
        """Work until `stop` is set; a lost database is met by trying again."""
        while not stop.is_set():
            try:
                async with leading(self._relay, f"psa.redelivery.{self._service}", "AUTOCOMMIT") as connection:
                    while connection is not None and not stop.is_set():
                        await self.deliver_due(connection, stop)
                        await wait_or_stop(stop, pause)
            except (SQLAlchemyError, OSError) as error:
                log.warning("redelivery_interrupted", service=self._service, error=str(error))
            await wait_or_stop(stop, pause * 4)

    async def deliver_due(self, connection: AsyncConnection, stop: asyncio.Event | None = None) -> int:
        """Try everything that is due, and what thereby becomes the first of its aggregate; returns how many went."""
        handled = 0
        while rows := (await connection.execute(parking.due(self._names(), self._relay.clock(), BATCH))).all():
            done = 0
            for row in rows:
                if stop is not None and stop.is_set():
                    return handled + done
                # a topic the consumer listens to no more stays until somebody discards it
                consumer = self._consumers.get((row.consumer, row.topic))
                done += consumer is not None and await self._receiver.try_again(consumer, row)
            handled += done
            if not done:
                break
        return handled

    def _names(self) -> set[str]:
        return {name for name, _ in self._consumers}

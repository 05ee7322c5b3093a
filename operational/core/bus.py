"""Events on their way from the service that says them to those that listen."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from operational.core.db import Database, UnitOfWork
from operational.core.principal import Principal


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event as it travels; `aggregate_version` orders the events of one aggregate."""

    id: UUID
    tenant_id: UUID
    topic: str
    aggregate: str
    aggregate_id: UUID
    aggregate_version: int
    occurred_at: datetime
    payload: Mapping[str, Any]


Handler = Callable[[UnitOfWork, Envelope], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A handler of one topic; `consumer` is its stable name, by which the inbox knows what it has handled."""

    topic: str
    consumer: str
    handler: Handler


class DeliveryError(Exception):
    """At least one consumer did not take the event; it must be delivered again."""


class Bus(Protocol):
    """Carries an event to every consumer of its topic."""

    async def publish(self, envelope: Envelope) -> None:
        """Return when the event is safe with all consumers; raise when it is not."""


class InProcessBus:
    """Calls the consumers here and now, each in a transaction of its own.

    The inbox row and what the handler writes commit together: an event delivered twice has its effect once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._consumers: dict[str, list[tuple[Subscription, Table]]] = defaultdict(list)

    def subscribe(self, inbox: Table, subscriptions: Iterable[Subscription]) -> None:
        """Add the consumers of the service that owns `inbox`."""
        for subscription in subscriptions:
            self._consumers[subscription.topic].append((subscription, inbox))

    async def publish(self, envelope: Envelope) -> None:
        """Deliver to every consumer; one that fails does not keep the event from the others."""
        failures: list[tuple[str, Exception]] = []
        for subscription, inbox in self._consumers[envelope.topic]:
            try:
                await self._deliver(subscription, inbox, envelope)
            except Exception as error:
                failures.append((subscription.consumer, error))
        if failures:
            text = "; ".join(f"{consumer}: {type(error).__name__}: {error}" for consumer, error in failures)
            raise DeliveryError(text) from failures[0][1]

    async def _deliver(self, subscription: Subscription, inbox: Table, envelope: Envelope) -> None:
        async with self._database.transaction(Principal(envelope.tenant_id)) as work:
            taken = await work.write(
                insert(inbox)
                .values(
                    tenant_id=envelope.tenant_id,
                    consumer=subscription.consumer,
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
                await subscription.handler(work, envelope)

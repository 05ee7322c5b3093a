"""Events on their way from the service that says them to those that listen."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Table

from operational.core.db import UnitOfWork


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


@dataclass(frozen=True, slots=True)
class Consumer:
    """A subscription with the service it belongs to and that service's inbox."""

    service: str
    inbox: Table
    subscription: Subscription

    @property
    def name(self) -> str:
        """The consumer's stable name."""
        return self.subscription.consumer


class Bus(Protocol):
    """Brings events to every consumer of their topics."""

    async def publish(self, envelopes: Sequence[Envelope]) -> list[Exception | None]:
        """Send events of different aggregates; for each None once it is safe, else why it has to be sent again."""


class Delivery(Protocol):
    """Hands an event to one consumer."""

    async def deliver(self, consumer: Consumer, envelope: Envelope) -> None:
        """Return when the event is in the consumer's hands for good; raise when it must be delivered again."""


class InProcessBus:
    """Calls the consumers here and now."""

    def __init__(self, delivery: Delivery, consumers: Sequence[Consumer]) -> None:
        self._delivery = delivery
        self._consumers = consumers

    async def publish(self, envelopes: Sequence[Envelope]) -> list[Exception | None]:
        """Deliver each event to every consumer of its topic."""
        return [await self._publish(envelope) for envelope in envelopes]

    async def _publish(self, envelope: Envelope) -> Exception | None:
        failures: list[Exception] = []
        for consumer in self._consumers:
            if consumer.subscription.topic != envelope.topic:
                continue
            # one that cannot take it does not keep the event from the others
            try:
                await self._delivery.deliver(consumer, envelope)
            except Exception as error:
                failures.append(error)
        return failures[0] if failures else None

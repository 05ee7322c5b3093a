"""Events leave a service by rows written in the transaction they tell of."""

from typing import Any, ClassVar, Protocol
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Column, Index, Integer, MetaData, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from operational.core import ddl
from operational.core.db import UnitOfWork
from operational.core.live import NOTIFY, Happening, in_words
from operational.core.tables import instant, local_table


class Event(Protocol):
    """A versioned event payload: a frozen dataclass in a service's `events.py`."""

    TOPIC: ClassVar[str]
    AGGREGATE: ClassVar[str]


def outbox_table(metadata: MetaData) -> Table:
    """The service's events that wait for the relay, and those it has delivered lately."""
    return local_table(
        "outbox",
        metadata,
        Column("topic", Text, nullable=False),
        Column("aggregate", Text, nullable=False),
        Column("aggregate_id", Uuid, nullable=False),
        Column("aggregate_version", Integer, nullable=False),
        Column("payload", JSONB, nullable=False),
        Column("actor_id", Uuid),
        instant("occurred_at", nullable=False),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        instant("next_attempt_at"),
        Column("last_error", Text),
        instant("published_at"),
        UniqueConstraint("tenant_id", "aggregate_id", "aggregate_version"),
        Index("ix_outbox_waiting", "occurred_at", postgresql_where=text("published_at is null")),
    )


def inbox_table(metadata: MetaData) -> Table:
    """What each consumer of the service has handled."""
    return local_table(
        "inbox",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("event_id", Uuid, nullable=False),
        Column("aggregate_id", Uuid, nullable=False),
        Column("aggregate_version", Integer, nullable=False),
        instant("handled_at", nullable=False),
        UniqueConstraint("tenant_id", "consumer", "event_id"),
        # how far a consumer has come with an aggregate
        Index("ix_inbox_position", "tenant_id", "consumer", "aggregate_id", "aggregate_version"),
    )


def protect_events(schema: str) -> str:
    """Row security of a service's outbox and inbox, with the relay's way in."""
    return "".join(
        (
            ddl.protect_local(f"{schema}.outbox", grants="select, insert"),
            ddl.protect_local(f"{schema}.inbox", grants="select, insert, delete"),
            ddl.admit(
                "psa_relay",
                f"{schema}.outbox",
                grants="select, delete, update (attempts, next_attempt_at, last_error, published_at)",
            ),
        )
    )


async def announce(work: UnitOfWork, outbox: Table, aggregate_id: UUID, version: int, event: Event) -> None:
    """Write the event of one version of an aggregate; it leaves when, and only if, the transaction commits.

    Open pages are told at that moment, consumers by the relay.
    """
    payload: Any = to_jsonable_python(event)
    row = {
        "topic": event.TOPIC,
        "aggregate": event.AGGREGATE,
        "aggregate_id": aggregate_id,
        "aggregate_version": version,
        "payload": payload,
        "actor_id": work.principal.user_id,
        "occurred_at": work.now,
    }
    await work.add(outbox, row)
    actor_id = None if work.principal.user_id is None else str(work.principal.user_id)
    told = in_words(work.tenant_id, Happening(event.TOPIC, str(aggregate_id), version, actor_id))
    await work.write(NOTIFY, {"told": told})

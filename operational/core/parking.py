"""Events a consumer could not handle: kept in the database, with what came after them for the same record."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Integer,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from operational.core.bus import Envelope
from operational.core.db import UnitOfWork
from operational.core.pagination import PageRequest, Sort, paged
from operational.core.tables import KERNEL_TABLES, instant

# made by operational.core.ddl.KERNEL
parked_event = Table(
    "parked_event",
    KERNEL_TABLES,
    Column("id", Uuid, primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    Column("consumer", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("aggregate", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("aggregate_version", Integer, nullable=False),
    instant("occurred_at", nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    instant("parked_at", nullable=False),
    instant("next_attempt_at", nullable=False),
    instant("settled_at"),
    Column("settled_by", Uuid),
)
# tried again by itself; given up until somebody says what to do; given up for good
WAITING, DEAD, DISCARDED = "waiting", "dead", "discarded"
MAX_ATTEMPTS = 12
LONGEST_WAIT = timedelta(minutes=5)
KEEP_DISCARDED = timedelta(days=30)
NEWEST = Sort(parked_event.c.parked_at, parked_event.c.id, datetime, key_descends=True)
ParkedRow = Row[Any]
_IDENTITY = ["tenant_id", "consumer", "event_id"]


def _of(consumer: str, envelope: Envelope) -> Any:
    return and_(
        parked_event.c.tenant_id == envelope.tenant_id,
        parked_event.c.consumer == consumer,
        parked_event.c.aggregate_id == envelope.aggregate_id,
    )


def held(consumer: str, envelope: Envelope) -> Select[tuple[bool, bool]]:
    """(is_here, is_behind): whether this very event is parked, and whether an earlier one of its aggregate is."""
    mine = _of(consumer, envelope)
    return select(
        exists().where(mine, parked_event.c.event_id == envelope.id).label("is_here"),
        exists()
        .where(
            mine,
            parked_event.c.aggregate_version < envelope.aggregate_version,
            parked_event.c.status != DISCARDED,
        )
        .label("is_behind"),
    )


async def park(work: UnitOfWork, consumer: str, envelope: Envelope, error: str | None, *, is_dead: bool) -> None:
    """Keep an event: with the error of its first attempt, or without one behind an earlier event of its aggregate."""
    attempts = 0 if error is None else 1
    await work.write(
        insert(parked_event)
        .values(
            id=func.gen_random_uuid(), tenant_id=envelope.tenant_id, consumer=consumer, event_id=envelope.id,
            topic=envelope.topic, aggregate=envelope.aggregate, aggregate_id=envelope.aggregate_id,
            aggregate_version=envelope.aggregate_version, occurred_at=envelope.occurred_at,
            payload=dict(envelope.payload), status=DEAD if is_dead else WAITING, attempts=attempts,
            last_error=error, parked_at=work.now,
            next_attempt_at=work.now + _wait(attempts),
        )
        .on_conflict_do_nothing(index_elements=_IDENTITY)
    )  # fmt: skip


def _wait(attempts: int) -> timedelta:
    return timedelta(0) if attempts == 0 else min(timedelta(seconds=2**attempts), LONGEST_WAIT)


async def failed_again(work: UnitOfWork, parked_id: UUID, attempts: int, error: str, max_attempts: int) -> None:
    """Note another failed attempt; the last one makes the event a dead letter."""
    await work.write(
        update(parked_event)
        .where(parked_event.c.tenant_id == work.tenant_id, parked_event.c.id == parked_id)
        .values(
            attempts=attempts,
            last_error=error,
            status=DEAD if attempts >= max_attempts else WAITING,
            next_attempt_at=work.now + _wait(attempts),
        )
    )


def due(consumers: Iterable[str], now: datetime, limit: int) -> Select[Any]:
    """Parked events to be tried now, the first of each aggregate only; for a role that sees every tenant's."""
    before = parked_event.alias("before")
    first = ~exists().where(
        before.c.tenant_id == parked_event.c.tenant_id,
        before.c.consumer == parked_event.c.consumer,
        before.c.aggregate_id == parked_event.c.aggregate_id,
        before.c.aggregate_version < parked_event.c.aggregate_version,
        before.c.status != DISCARDED,
    )
    return (
        select(parked_event)
        .where(
            parked_event.c.consumer.in_(list(consumers)),
            parked_event.c.status == WAITING,
            parked_event.c.next_attempt_at <= now,
            first,
        )
        .order_by(parked_event.c.next_attempt_at)
        .limit(limit)
    )


def envelope_of(row: ParkedRow) -> Envelope:
    """The event that was parked."""
    return Envelope(
        row.event_id, row.tenant_id, row.topic, row.aggregate, row.aggregate_id, row.aggregate_version,
        row.occurred_at, row.payload,
    )  # fmt: skip


async def take_for_attempt(work: UnitOfWork, parked_id: UUID) -> ParkedRow | None:
    """The event, locked, if it still waits and nobody else tries it."""
    query = select(parked_event).where(
        parked_event.c.tenant_id == work.tenant_id, parked_event.c.id == parked_id, parked_event.c.status == WAITING
    )
    return (await work.read(query.with_for_update(skip_locked=True))).first()


async def forget(work: UnitOfWork, parked_id: UUID) -> None:
    """Drop an event that has been handled."""
    await work.write(
        delete(parked_event).where(parked_event.c.tenant_id == work.tenant_id, parked_event.c.id == parked_id)
    )


async def list_parked(work: UnitOfWork, request: PageRequest) -> Sequence[ParkedRow]:
    """Parked events, one row more than a page; filters: `status`."""
    query = select(parked_event).where(parked_event.c.tenant_id == work.tenant_id)
    if request.filters.get("status"):
        query = query.where(parked_event.c.status == request.filters["status"])
    return (await work.read(paged(query, request))).all()


async def find_parked(work: UnitOfWork, parked_id: UUID) -> ParkedRow | None:
    """One parked event."""
    query = select(parked_event).where(parked_event.c.tenant_id == work.tenant_id, parked_event.c.id == parked_id)
    return (await work.read(query)).first()


async def settle(work: UnitOfWork, parked_id: UUID, *, again: bool) -> bool:
    """Try an event again now, or give it up for good; False where there is none that could be.

    What is given up lets its aggregate's later events pass.
    """
    values: dict[str, object] = {"status": DISCARDED, "settled_at": work.now, "settled_by": work.principal.user_id}
    if again:
        values = {"status": WAITING, "attempts": 0, "next_attempt_at": work.now}
    found = await work.write(
        update(parked_event)
        .where(
            parked_event.c.tenant_id == work.tenant_id,
            parked_event.c.id == parked_id,
            parked_event.c.status.in_((DEAD, WAITING)),
        )
        .values(**values)
    )
    return found.rowcount == 1


async def forget_discarded(work: UnitOfWork) -> None:
    """Drop what was given up long ago."""
    await work.write(
        delete(parked_event).where(
            parked_event.c.tenant_id == work.tenant_id,
            parked_event.c.status == DISCARDED,
            parked_event.c.settled_at < work.now - KEEP_DISCARDED,
        )
    )

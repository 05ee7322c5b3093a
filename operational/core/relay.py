"""Carries a service's outbox to the bus: in order per aggregate, at least once."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, Select, Table, delete, exists, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from operational.core.bus import Bus, Envelope
from operational.core.db import Database
from operational.core.errors import in_a_line
from operational.core.leader import leading, wait_or_stop
from operational.core.metrics import PUBLISHED, WAITING

BATCH = 100
LONGEST_WAIT = timedelta(seconds=30)
KEEP = timedelta(days=7)
PRUNE_EVERY = timedelta(hours=1)
log = structlog.get_logger("psa.relay")


class Relay:
    """The one publisher of one service; several may run, an advisory lock lets one of them work."""

    def __init__(self, database: Database, outbox: Table, bus: Bus) -> None:
        self._database = database
        self._outbox = outbox
        self._bus = bus

    def leading(self) -> AbstractAsyncContextManager[AsyncConnection | None]:
        """A connection that holds the service's relay lock, or None while another one holds it."""
        return leading(self._database, f"psa.relay.{self._outbox.schema}", "AUTOCOMMIT")

    async def publish_waiting(self, connection: AsyncConnection) -> int:
        """Publish everything that may leave now; returns how many events did."""
        published = 0
        while heads := (await connection.execute(self._heads())).all():
            published += await self._publish(connection, heads)
        return published

    async def run(self, stop: asyncio.Event, *, pause: float = 0.5) -> None:
        """Publish until `stop` is set; a lost database is met by trying again."""
        while not stop.is_set():
            try:
                async with self.leading() as connection:
                    if connection is not None:
                        await self._lead(connection, stop, pause)
            except (SQLAlchemyError, OSError) as error:
                log.warning("relay_interrupted", service=self._outbox.schema, error=str(error))
            await wait_or_stop(stop, pause * 4)

    async def _lead(self, connection: AsyncConnection, stop: asyncio.Event, pause: float) -> None:
        pruned_at = None
        while not stop.is_set():
            await self._count(connection)
            now = self._database.clock()
            if pruned_at is None or now - pruned_at > PRUNE_EVERY:
                await self.prune(connection)
                pruned_at = now
            await self.publish_waiting(connection)
            await wait_or_stop(stop, pause)

    async def prune(self, connection: AsyncConnection) -> None:
        """Forget what was delivered a week ago."""
        outbox = self._outbox
        await connection.execute(delete(outbox).where(outbox.c.published_at < self._database.clock() - KEEP))

    async def _count(self, connection: AsyncConnection) -> None:
        waiting = select(func.count()).select_from(self._outbox).where(self._outbox.c.published_at.is_(None))
        WAITING.labels(self._outbox.schema).set((await connection.execute(waiting)).scalar_one())

    def _heads(self) -> Select[Any]:
        """The first unpublished event of each aggregate; one that waits holds back its successors."""
        outbox, before = self._outbox, self._outbox.alias("before")
        return (
            select(outbox)
            .where(
                outbox.c.published_at.is_(None),
                or_(outbox.c.next_attempt_at.is_(None), outbox.c.next_attempt_at <= self._database.clock()),
                ~exists().where(
                    before.c.tenant_id == outbox.c.tenant_id,
                    before.c.aggregate_id == outbox.c.aggregate_id,
                    before.c.aggregate_version < outbox.c.aggregate_version,
                    before.c.published_at.is_(None),
                ),
            )
            .order_by(outbox.c.occurred_at)
            .limit(BATCH)
        )

    async def _publish(self, connection: AsyncConnection, rows: Sequence[Row[Any]]) -> int:
        outcomes = await self._bus.publish([_envelope(row) for row in rows])
        safe = [row.id for row, error in zip(rows, outcomes, strict=True) if error is None]
        PUBLISHED.labels(self._outbox.schema).inc(len(safe))
        if safe:
            await self._note(connection, safe, {"published_at": self._database.clock(), "last_error": None})
        for row, error in zip(rows, outcomes, strict=True):
            if error is not None:
                await self._note(connection, [row.id], self._failed(row.attempts + 1, error))
                log.warning("event_not_delivered", topic=row.topic, event_id=str(row.id), error=str(error))
        return len(safe)

    async def _note(self, connection: AsyncConnection, ids: Sequence[UUID], values: dict[str, object]) -> None:
        await connection.execute(update(self._outbox).where(self._outbox.c.id.in_(ids)).values(**values))

    def _failed(self, attempts: int, error: Exception) -> dict[str, object]:
        # the bus or the database is away, not the event at fault: it is tried until it leaves
        wait = min(timedelta(seconds=2 ** min(attempts, 10)), LONGEST_WAIT)
        return {
            "attempts": attempts,
            "last_error": in_a_line(error),
            "next_attempt_at": self._database.clock() + wait,
        }


def _envelope(row: Row[Any]) -> Envelope:
    return Envelope(
        row.id, row.tenant_id, row.topic, row.aggregate, row.aggregate_id, row.aggregate_version,
        row.occurred_at, row.payload,
    )  # fmt: skip

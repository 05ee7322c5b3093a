"""The warehouse's serving layer: read-only, one snapshot at a time, seen as one tenant."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg import AsyncConnection, IsolationLevel
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from operational.core.db import Clock
from operational.core.errors import Problem
from operational.core.principal import Principal

SCHEMA = "serving"
WAIT_SECONDS = 3
log = structlog.get_logger("psa.warehouse")
# a refresh puts new views in the place of old ones and must not wait for a reader
OPTIONS = "-c timezone=UTC -c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=10000"


class Unavailable(Problem):
    """503: there is no warehouse to read from now."""

    def __init__(self, detail: str) -> None:
        super().__init__(503, "warehouse_unavailable", detail, headers={"Retry-After": "30"})


class NotBuilt(Unavailable):
    """503: the warehouse lacks a view; it was never built, or by an older version."""

    def __init__(self) -> None:
        super().__init__("the warehouse has not been built yet; run `psa pipeline run`")


class Snapshot:
    """The serving layer at one moment, as one tenant sees it; `now` is the reader's present."""

    def __init__(self, connection: AsyncConnection[DictRow], tenant_id: UUID, now: datetime) -> None:
        self._connection = connection
        self.tenant_id = tenant_id
        self.now = now

    async def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[DictRow]:
        """The rows of a query over the views, unqualified; raises NotBuilt where a view is missing."""
        try:
            cursor = await self._connection.execute(query, parameters)
            return await cursor.fetchall()
        except psycopg.errors.UndefinedTable:
            raise NotBuilt from None


class Warehouse:
    """A small pool of connections of the read-only role; opened at the first question."""

    def __init__(self, url: str | None, clock: Clock) -> None:
        self._clock = clock
        self._pool = None if url is None else _pool(url)

    @asynccontextmanager
    async def snapshot(self, principal: Principal) -> AsyncIterator[Snapshot]:
        """One read-only REPEATABLE READ transaction for the party's tenant; raises Unavailable."""
        if self._pool is None:
            raise Unavailable("this installation reads no warehouse; set PSA_SERVING_URL, see docs/api.md")
        try:
            await self._pool.open()
            async with self._pool.connection() as connection:
                await connection.execute(
                    "select set_config('app.tenant_id', %s, true), set_config('search_path', %s, true)",
                    (str(principal.tenant_id), SCHEMA),
                )
                yield Snapshot(connection, principal.tenant_id, self._clock())
        except psycopg.OperationalError as error:
            log.warning("warehouse_does_not_answer", error=str(error))
            raise Unavailable("the warehouse does not answer; try again, or look at `psa status`") from None

    async def close(self) -> None:
        """Close all connections."""
        if self._pool is not None:
            await self._pool.close()


def _pool(url: str) -> AsyncConnectionPool[AsyncConnection[DictRow]]:
    return AsyncConnectionPool(
        url,
        kwargs={"options": OPTIONS, "connect_timeout": WAIT_SECONDS, "row_factory": dict_row},
        connection_class=AsyncConnection[DictRow],
        min_size=0,
        max_size=4,
        timeout=WAIT_SECONDS,
        reconnect_timeout=WAIT_SECONDS,
        configure=_only_reads,
        # the server may have been restarted since
        check=AsyncConnectionPool.check_connection,
        open=False,
    )


async def _only_reads(connection: AsyncConnection[DictRow]) -> None:
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    await connection.set_read_only(True)

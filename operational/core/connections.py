"""Connections that stay open between transactions: SQLAlchemy's hand and the driver's on each of them.

SQLAlchemy's own way from its pool to a transaction and back takes as long as a query. Here a transaction costs one
message to the server at its beginning and one at its end.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from psycopg.pq import TransactionStatus
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

Driver = psycopg.AsyncConnection[Any]
WAIT_SECONDS = 10
log = structlog.get_logger("psa.db")


@dataclass(frozen=True, slots=True)
class Lease:
    """One connection, as SQLAlchemy has it and as the driver does; both share its transaction."""

    connection: AsyncConnection
    driver: Driver


class Connections:
    """At most twice `kept` connections of an engine at once; `kept` of them stay open when nobody needs them."""

    def __init__(self, engine: AsyncEngine, kept: int) -> None:
        self._engine = engine
        self._kept = kept
        self._free: list[Lease] = []
        self._places = asyncio.Semaphore(2 * kept)

    @asynccontextmanager
    async def transaction(self, opening: bytes) -> AsyncIterator[Lease]:
        """A transaction that begins with the statements of `opening`, `begin` among them.

        Committed at the end, rolled back by any exception. Raises SQLAlchemy's TimeoutError where no connection gets
        free in ten seconds, and its DBAPIError for what the driver raises.
        """
        await self._place()
        try:
            lease = self._free.pop() if self._free else await self._open()
            try:
                try:
                    await _run(lease.driver, opening)
                    yield lease
                    _refuse_failed(lease)
                    await _run(lease.driver, b"commit")
                finally:
                    await self._give_back(lease)
            except psycopg.Error as error:
                raise DBAPIError(None, None, error) from error
        finally:
            self._places.release()

    async def close(self) -> None:
        """Close those nobody uses."""
        while self._free:
            await _close(self._free.pop())

    async def _place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            await asyncio.wait_for(self._places.acquire(), WAIT_SECONDS)
        except TimeoutError:
            raise PoolTimeout(f"no connection got free in {WAIT_SECONDS} s") from None

    async def _open(self) -> Lease:
        connection = await self._engine.connect()
        # the transaction is opened by its own statement; SQLAlchemy must not open another
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)
        return Lease(connection, driver)

    async def _give_back(self, lease: Lease) -> None:
        """Keep the connection if it is as good as new; with any doubt it is closed, and the server rolls back."""
        try:
            if lease.connection.in_transaction():
                # only SQLAlchemy's idea of one, which it has from its first statement
                await lease.connection.rollback()
            if lease.driver.info.transaction_status is not TransactionStatus.IDLE:
                await _run(lease.driver, b"rollback")
        except (psycopg.Error, DBAPIError) as error:
            log.warning("connection_lost", error=str(error))
        finally:
            if lease.driver.info.transaction_status is TransactionStatus.IDLE and len(self._free) < self._kept:
                self._free.append(lease)
            else:
                await asyncio.shield(self._close(lease))

    async def _close(self, lease: Lease) -> None:
        if lease.driver.broken:
            # the server is another one now: the others have lost it as well
            lost, self._free = self._free, []
            for other in lost:
                await _close(other)
        await _close(lease)


def _refuse_failed(lease: Lease) -> None:
    # the server answers `commit` after a failed statement with a rollback, and says nothing of it
    if lease.driver.info.transaction_status is TransactionStatus.INERROR:
        raise RuntimeError("a statement of this transaction has failed and nobody took notice; nothing was written")


async def _run(driver: Driver, statements: bytes) -> None:
    # several statements in one message cannot be prepared
    await driver.execute(statements, prepare=False)


async def _close(lease: Lease) -> None:
    await lease.driver.close()
    await lease.connection.invalidate()
    await lease.connection.close()

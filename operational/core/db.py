"""Transactions on behalf of one tenant; only this module commits."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar, overload
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection, sql
from sqlalchemy import Column, CursorResult, Executable, Result, Table, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from operational.core.access import Reach
from operational.core.connections import WAIT_SECONDS, Connections, Driver, Lease
from operational.core.principal import Principal
from operational.core.rights import PrivilegedRoleError, refuse_privileged
from operational.core.statements import Statement, insertion

log = structlog.get_logger("psa.db")
Peer = TypeVar("Peer")
Clock = Callable[[], datetime]
_NOT_A_READ = "a statement that writes goes through UnitOfWork.write"

# procrastinate's SQL is unqualified; everything of ours is qualified
OPTIONS = (
    "-c search_path=public,jobs -c timezone=UTC -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
)


@contextmanager
def tenant_transaction(connection: Connection, tenant_id: UUID) -> Iterator[Connection]:
    """One transaction whose row security lets it see and write this tenant's rows only."""
    with connection.transaction():
        connection.execute("select set_config('app.tenant_id', %s, true)", (str(tenant_id),))
        yield connection


_BEGIN = sql.SQL(
    """begin; select set_config('app.tenant_id', {tenant}, true), set_config('app.user_id', {user}, true),
    set_config('app.customers_only', {only}, true), set_config('app.customers_never', {never}, true)"""
)


@lru_cache(10_000)
def _beginning(tenant_id: UUID, user_id: UUID | None, reach: Reach) -> bytes:
    """What opens a transaction of a party, and tells row security who it is; empty where nothing is said."""
    said = {
        "tenant": str(tenant_id),
        "user": str(user_id or ""),
        "only": "" if reach.only is None else _array(reach.only),
        "never": _array(reach.never) if reach.never else "",
    }
    return _BEGIN.format(**{name: sql.Literal(value) for name, value in said.items()}).as_bytes()


def _array(ids: Collection[UUID]) -> str:
    return "{" + ",".join(sorted(map(str, ids))) + "}"


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


class _ReadsFirst:
    """Another service's facade; a call after the first write is refused, as it would be over the network."""

    def __init__(self, work: "UnitOfWork", facade: Any) -> None:
        self._work = work
        self._facade = facade

    def __getattr__(self, name: str) -> Any:
        if self._work.has_written:
            raise RuntimeError(f"{name} of another service must be called before the first write of the transaction")
        return getattr(self._facade, name)


class UnitOfWork:
    """One open transaction of one acting party; `now` is its single idea of the present."""

    def __init__(
        self,
        lease: Lease,
        principal: Principal,
        now: datetime,
        facades: Mapping[type, "Facade"],
    ) -> None:
        self._connection = lease.connection
        self._driver = lease.driver
        self._facades = facades
        self.principal = principal
        self.tenant_id = principal.tenant_id
        self.now = now
        self.has_written = False

    @overload
    async def read(self, statement: Statement, parameters: Mapping[str, Any] | None = None) -> Result[Any]: ...
    @overload
    async def read(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]: ...

    async def read(self, statement: Statement | Executable, parameters: Any = None) -> Result[Any]:
        """Run a statement that changes nothing; row locks count as reading."""
        if isinstance(statement, Statement):
            if statement.writes:
                raise TypeError(_NOT_A_READ)
            return await self._run(statement, parameters or {})
        if getattr(statement, "is_dml", False):
            raise TypeError(_NOT_A_READ)
        return await self._connection.execute(statement, parameters)

    @overload
    async def write(self, statement: Statement, parameters: Mapping[str, Any] | None = None) -> Result[Any]: ...
    @overload
    async def write(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]: ...

    async def write(self, statement: Statement | Executable, parameters: Any = None) -> Result[Any]:
        """Run a statement that changes rows."""
        self.has_written = True
        if isinstance(statement, Statement):
            return await self._run(statement, parameters or {})
        return await self._connection.execute(statement, parameters)

    async def add(self, table: Table, row: Mapping[str, Any], *returning: Column[Any]) -> Result[Any]:
        """Insert a row of the tenant."""
        return await self.write(insertion(table, tuple(row), returning), row)

    async def _run(self, statement: Statement, parameters: Mapping[str, Any]) -> Result[Any]:
        values = statement.values(self.tenant_id, parameters)
        cursor = await _execute(self._driver, statement.text, values)
        return statement.result(cursor, await cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else ())

    def peer(self, protocol: type[Peer]) -> Peer:
        """The service behind a Protocol of its `contracts`."""
        facade: Peer = _ReadsFirst(self, self._facades[protocol](self))  # type: ignore[assignment]
        return facade

    def driver(self) -> Driver:
        """The psycopg connection of this transaction, for libraries that write in it themselves."""
        self.has_written = True
        return self._driver


Facade = Callable[[UnitOfWork], object]


async def _execute(driver: Driver, text: str, values: Mapping[str, Any]) -> psycopg.AsyncCursor[Any]:
    """Run a text that comes again and again; raises what SQLAlchemy raises."""
    try:
        # of ours alone, whole: nothing in it comes from outside
        return await driver.execute(text, values)
    except psycopg.Error as error:
        raise DBAPIError(text, None, error) from error


def _checked(connection: Any, _record: Any) -> None:
    # every new connection, so that a database that was away at the start is looked at as well
    refuse_privileged(connection)
    connection.rollback()


class Database:
    """A pool of connections of one role."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock = utc_now,
        pool_size: int = 10,
        facades: Mapping[type, Facade] | None = None,
    ) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            # twice as many for transactions of parties (see Connections), and as many for whatever else
            max_overflow=2 * pool_size,
            pool_timeout=WAIT_SECONDS,
            connect_args={"options": OPTIONS, "connect_timeout": 5},
        )
        event.listen(self.engine.sync_engine, "connect", _checked)
        self._connections = Connections(self.engine, pool_size)
        self.clock = clock
        self._facades = facades or {}

    @asynccontextmanager
    async def transaction(self, principal: Principal) -> AsyncIterator[UnitOfWork]:
        """One transaction for the party's tenant: committed at the end, rolled back by any exception."""
        beginning = _beginning(principal.tenant_id, principal.user_id, principal.customers)
        async with self._connections.transaction(beginning) as lease:
            yield UnitOfWork(lease, principal, self.clock(), self._facades)

    @asynccontextmanager
    async def security_fact(self, principal: Principal) -> AsyncIterator[UnitOfWork]:
        """A transaction of its own for what must be kept whatever becomes of the request.

        It must touch no row the request has written: the request waits for it and would wait for ever.
        """
        async with self.transaction(principal) as work:
            yield work

    @asynccontextmanager
    async def across_tenants(self) -> AsyncIterator[AsyncConnection]:
        """A transaction of a role with policies of its own (log-in, relay, scheduler); it has no tenant."""
        async with self.engine.begin() as connection:
            yield connection

    async def answers(self) -> bool:
        """Whether the database takes a query now."""
        try:
            async with self._connections.transaction(b"begin; select 1"):
                pass
        except PrivilegedRoleError:
            raise
        # the pool and the driver fail in several ways, and each of them means no
        except Exception as error:
            log.warning("database_does_not_answer", error=str(error))
            return False
        return True

    async def close(self) -> None:
        """Close all connections."""
        await self._connections.close()
        await self.engine.dispose()

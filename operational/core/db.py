"""Transactions on behalf of one tenant; only this module commits."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection
from sqlalchemy import CursorResult, Executable, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from operational.core.principal import Principal
from operational.core.rights import PrivilegedRoleError, refuse_privileged

log = structlog.get_logger("psa.db")
Peer = TypeVar("Peer")
Clock = Callable[[], datetime]

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


_SET_PARTY = text(
    """select set_config('app.tenant_id', :tenant, true), set_config('app.user_id', :user, true),
              set_config('app.customers_only', :only, true), set_config('app.customers_never', :never, true)"""
)


def _party(principal: Principal) -> dict[str, str]:
    """What row security reads of a party; customers are an array's text, empty where nothing is said."""
    reach = principal.customers
    return {
        "tenant": str(principal.tenant_id),
        "user": str(principal.user_id or ""),
        "only": "" if reach.only is None else _array(reach.only),
        "never": _array(reach.never) if reach.never else "",
    }


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
        self, connection: AsyncConnection, principal: Principal, now: datetime, facades: Mapping[type, "Facade"]
    ) -> None:
        self._connection = connection
        self._facades = facades
        self.principal = principal
        self.tenant_id = principal.tenant_id
        self.now = now
        self.has_written = False

    async def read(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement that changes nothing; row locks count as reading."""
        if getattr(statement, "is_dml", False):
            raise TypeError("a statement that writes goes through UnitOfWork.write")
        return await self._connection.execute(statement, parameters)

    async def write(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement that changes rows."""
        self.has_written = True
        return await self._connection.execute(statement, parameters)

    def peer(self, protocol: type[Peer]) -> Peer:
        """The service behind a Protocol of its `contracts`."""
        facade: Peer = _ReadsFirst(self, self._facades[protocol](self))  # type: ignore[assignment]
        return facade

    async def driver(self) -> psycopg.AsyncConnection[Any]:
        """The psycopg connection of this transaction, for libraries that write in it themselves."""
        self.has_written = True
        raw = await self._connection.get_raw_connection()
        driver = raw.driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)
        return driver


Facade = Callable[[UnitOfWork], object]


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
            max_overflow=pool_size,
            pool_timeout=10,
            connect_args={"options": OPTIONS, "connect_timeout": 5},
        )
        event.listen(self.engine.sync_engine, "connect", _checked)
        self.clock = clock
        self._facades = facades or {}

    @asynccontextmanager
    async def transaction(self, principal: Principal) -> AsyncIterator[UnitOfWork]:
        """One transaction for the party's tenant: committed at the end, rolled back by any exception."""
        async with self.engine.begin() as connection:
            await connection.execute(_SET_PARTY, _party(principal))
            yield UnitOfWork(connection, principal, self.clock(), self._facades)

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
            async with self.engine.connect() as connection:
                await connection.execute(text("select 1"))
        except PrivilegedRoleError:
            raise
        # the pool and the driver fail in several ways, and each of them means no
        except Exception as error:
            log.warning("database_does_not_answer", error=str(error))
            return False
        return True

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()

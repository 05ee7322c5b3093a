"""One of several processes does a piece of work: the one whose database session holds an advisory lock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from operational.core.db import Database

Isolation = Literal["AUTOCOMMIT", "REPEATABLE READ"]


@asynccontextmanager
async def leading(database: Database, name: str, isolation: Isolation) -> AsyncIterator[AsyncConnection | None]:
    """A connection that holds the lock `name`, or None while another session holds it.

    Who works on this connection cannot go on after having lost the lead: the lock ends with the session.
    """
    connection = await database.engine.connect()
    try:
        await connection.execution_options(isolation_level=isolation)
        locked = await connection.scalar(
            text("select pg_try_advisory_lock(hashtextextended(:name, 0))"), {"name": name}
        )
        await connection.commit()
        yield connection if locked else None
    finally:
        # the lock is the session's: a pooled connection would keep it
        await connection.invalidate()
        await connection.close()


async def wait_or_stop(stop: asyncio.Event, seconds: float) -> None:
    """Return after `seconds`, or as soon as `stop` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return

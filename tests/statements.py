"""What SQL a process runs, looked at where all of it comes through: at the driver's cursors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from operational.core.live import CHANNEL
from operational.core.rights import STRONGER

# the ends of transactions; the look at a new connection, which may or may not be needed; what listens beside requests
LEFT_OUT = ("commit", "rollback", STRONGER, f"listen {CHANNEL}")
Change = Callable[[psycopg.AsyncCursor[Any], str], str]


@contextmanager
def statements_seen(change: Change = lambda _cursor, statement: statement) -> Iterator[list[tuple[str, Any]]]:
    """Every statement of asynchronous connections with its parameters, as `change` has made it before it runs."""
    seen: list[tuple[str, Any]] = []
    execute = psycopg.AsyncCursor.execute

    async def noting(self: psycopg.AsyncCursor[Any], query: Any, params: Any = None, **more: Any) -> Any:
        statement = query.decode() if isinstance(query, bytes) else str(query)
        if statement in LEFT_OUT:
            return await execute(self, query, params, **more)
        statement = change(self, statement)
        seen.append((statement, params))
        return await execute(self, statement, params, **more)  # type: ignore[arg-type]

    psycopg.AsyncCursor.execute = noting  # type: ignore[method-assign, assignment]
    try:
        yield seen
    finally:
        psycopg.AsyncCursor.execute = execute  # type: ignore[method-assign]

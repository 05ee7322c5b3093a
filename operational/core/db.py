"""Transactions on behalf of one tenant."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from psycopg import Connection


@contextmanager
def tenant_transaction(connection: Connection, tenant_id: UUID) -> Iterator[Connection]:
    """One transaction whose row security lets it see and write this tenant's rows only."""
    with connection.transaction():
        connection.execute("select set_config('app.tenant_id', %s, true)", (str(tenant_id),))
        yield connection

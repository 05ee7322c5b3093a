"""The serving layer in one read-only snapshot, seen as one tenant."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, IsolationLevel, sql
from psycopg.rows import dict_row

QUERIES = Path(__file__).parents[1] / "queries"
Row = dict[str, Any]
Parameters = Mapping[str, Any]


class NoWarehouse(Exception):
    """The warehouse does not answer, or was never built."""


@dataclass(frozen=True)
class Scope:
    """What an answer may be kept under: nobody else's figures, no earlier batch's, none of a refresh under way."""

    url: str
    tenant_id: UUID
    roles: tuple[str, ...]
    batch: int | None = None
    generation: str = ""


class Serving:
    """An open snapshot."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, query: str, parameters: Parameters, limit: int | None = None) -> list[Row]:
        """A query's rows, the first `limit` of them."""
        statement: sql.SQL | sql.Composed = sql.SQL(rows_sql(query))
        if limit is not None:
            statement = sql.SQL("{}\nlimit {}").format(statement, sql.Literal(limit))
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement, parameters).fetchall()

    def row(self, query: str, parameters: Parameters) -> Row | None:
        """A query's first row."""
        found = self.rows(query, parameters)
        return found[0] if found else None

    def aggregate(self, query: str, by: str, values: Sequence[str], parameters: Parameters) -> list[tuple[Any, ...]]:
        """Aggregates over a query's rows, grouped by an expression over its columns and in its order."""
        statement = sql.SQL("select {} as bucket, {} from ({}) r group by 1 order by 1").format(
            sql.SQL(by), sql.SQL(", ").join(map(sql.SQL, values)), sql.SQL(rows_sql(query))
        )
        return self._connection.execute(statement, parameters).fetchall()


@cache
def rows_sql(query: str) -> str:
    """The text of a query file."""
    return (QUERIES / f"{query}.sql").read_text(encoding="utf-8").strip()


@contextmanager
def snapshot(scope: Scope) -> Iterator[Serving]:
    """One snapshot of `serving` for a tenant; raises NoWarehouse where there is none to read."""
    try:
        with psycopg.connect(scope.url, connect_timeout=5) as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            connection.execute("select set_config('app.tenant_id', %s, true)", (str(scope.tenant_id),))
            connection.execute("set local timezone = 'UTC'")
            connection.execute("set local search_path = serving")
            connection.execute("set local statement_timeout = '30s'")
            yield Serving(connection)
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege) as error:
        raise NoWarehouse(str(error)) from error

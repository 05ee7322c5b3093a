"""All SQL of the review packs: reading `serving` as a read-only role, and the packs' own register."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, IsolationLevel, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from operational.core.db import tenant_transaction

QUERIES = Path(__file__).parent / "queries"


@dataclass(frozen=True)
class Coverage:
    """First and last day the data cover, both inclusive, the batch they come from and when it was read."""

    first_day: date
    last_day: date
    batch: int


@dataclass(frozen=True)
class ForecastRun:
    """The desk's forecast of all tickets: its batch, from which days it was made, for which, and by what model."""

    batch: int
    learned_first: date
    learned_last: date
    made_for_first: date
    made_for_last: date
    model: str


class Serving:
    """The serving layer in one snapshot, seen as one tenant."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self._connection = connection
        self.schema = schema

    def coverage(self) -> Coverage | None:
        """What the data cover; None when there are none."""
        row = self._connection.execute("select min(first_day), max(last_day), max(batch) from desk_coverage").fetchone()
        return Coverage(*row) if row and row[0] else None

    def tenant(self) -> tuple[str, str]:
        """The provider's name and time zone."""
        row = self._connection.execute("select name, timezone from tenants").fetchone()
        if row is None:
            raise LookupError("the warehouse does not know this tenant")
        return row[0], row[1]

    def customers(self) -> list[tuple[UUID, str]]:
        """All customers by name."""
        return self._connection.execute("select customer_id, name from customers order by name, customer_id").fetchall()

    def busiest_quarter(self) -> tuple[str, str] | None:
        """The customer (id) with the most new tickets in the last wholly covered quarter, and that quarter."""
        row = self._connection.execute(
            """with covered as (select min(first_day) as first_day, max(last_day) as last_day from desk_coverage),
               whole as (
                   select d.year_quarter, min(d.day) as first_day, max(d.day) as last_day
                   from calendar_days d group by d.year_quarter
               )
               select t.customer_id::text, w.year_quarter
               from whole w
               inner join covered c on w.first_day >= c.first_day and w.last_day <= c.last_day
               inner join desk_tickets t on t.opened_on between w.first_day and w.last_day
               group by t.customer_id, w.year_quarter
               order by w.year_quarter desc, count(*) desc, t.customer_id limit 1"""
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def has_satisfaction(self) -> bool:
        """Whether anybody was ever asked how it went."""
        row = self._connection.execute("select exists (select from desk_satisfaction)").fetchone()
        return bool(row and row[0])

    def people(self, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str | None]]:
        """Name and role of contacts by id; a contact nobody knows is not among them."""
        rows = self._connection.execute(
            "select contact_id, name, role from contacts where contact_id = any(%s)", (list(ids),)
        ).fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}

    def forecast_run(self, grain: str, batch: int) -> tuple[bool, ForecastRun | None]:
        """Whether the register has an entry up to `batch`, and the newest forecast unless it was refused."""
        row = self._connection.execute(
            """select model is not null, batch, learned_first_day, learned_last_day, made_for_first_day,
                      made_for_last_day, model
               from desk_forecast_runs where grain = %s and series = 'total' and batch <= %s
               order by batch desc limit 1""",
            (grain, batch),
        ).fetchone()
        return row is not None, ForecastRun(*row[1:]) if row and row[0] else None

    def forecast_queues(self, grain: str, forecast_batch: int) -> list[tuple[str, str, str | None]]:
        """Series, scope and queue of each part of a forecast, the largest first."""
        return self._connection.execute(
            """select series, scope, queue from desk_forecasts
               where grain = %s and batch = %s and scope <> 'total'
               group by series, scope, queue order by sum(expected_tickets) desc, series""",
            (grain, forecast_batch),
        ).fetchall()

    def values_of(self, query: str, column: str, parameters: Mapping[str, Any]) -> list[tuple[Any, int]]:
        """The values of a column among a query's rows with their counts, most frequent first."""
        statement = sql.SQL(
            "select {0}, count(*) from ({1}) r group by 1 order by count(*) desc, {0} nulls last"
        ).format(sql.Identifier(column), sql.SQL(rows_sql(query)))
        return self._connection.execute(statement, parameters).fetchall()

    def measure(self, query: str, aggregate: str, parameters: Mapping[str, Any]) -> tuple[Decimal | None, int]:
        """A number over a query's rows, and how many rows there are."""
        statement = sql.SQL("select {}, count(*) from ({}) r").format(sql.SQL(aggregate), sql.SQL(rows_sql(query)))
        row = self._connection.execute(statement, parameters).fetchone()
        assert row is not None
        return (None if row[0] is None else Decimal(str(row[0]))), row[1]

    def rows(self, query: str, parameters: Mapping[str, Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
        """A query's column names and rows."""
        cursor = self._connection.execute(rows_sql(query), parameters)
        return [column.name for column in cursor.description or []], cursor.fetchall()


def rows_sql(query: str) -> str:
    """The text of a query file."""
    return (QUERIES / f"{query}.sql").read_text(encoding="utf-8").strip()


@contextmanager
def open_serving(url: str, tenant_id: UUID, schema: str) -> Iterator[Serving]:
    """One read-only snapshot of the layer; `schema` is `serving` or that of a build as of a batch."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("select set_config('app.tenant_id', %s, true)", (str(tenant_id),))
        connection.execute("set local timezone = 'UTC'")
        connection.execute(sql.SQL("set local search_path = {}").format(sql.Identifier(schema)))
        yield Serving(connection, schema)


@dataclass(frozen=True)
class RegisteredNumber:
    """A number as the register holds it."""

    evidence_id: str
    label: str
    value: Decimal | None
    unit: str
    printed: str
    query: str | None
    aggregate: str | None
    parameters: Mapping[str, Any]
    formula: str | None
    inputs: Sequence[str]
    row_count: int | None


@dataclass(frozen=True)
class RegisteredPack:
    """A pack as the register holds it."""

    id: UUID
    customer_id: UUID
    quarter: str
    language: str
    period_start: date
    period_end: date
    batch: int
    built_at: datetime
    file_sha256: str


PACK = ("id", "customer_id", "quarter", "language", "period_start", "period_end", "batch", "built_at", "file_sha256")
NUMBER = (
    "evidence_id", "label", "value", "unit", "printed", "query", "aggregate", "parameters", "formula", "inputs",
    "row_count",
)  # fmt: skip


def register(
    connection: Connection, tenant_id: UUID, pack: RegisteredPack, numbers: Sequence[RegisteredNumber]
) -> None:
    """Write a pack and its numbers in the caller's transaction."""
    connection.execute(
        sql.SQL("insert into vcio.pack (tenant_id, {}) values ({})").format(
            _names(PACK), sql.SQL(", ").join(sql.Placeholder() * (len(PACK) + 1))
        ),
        (tenant_id, *(getattr(pack, name) for name in PACK)),
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            sql.SQL("insert into vcio.pack_number (tenant_id, pack_id, {}) values ({})").format(
                _names(NUMBER),
                sql.SQL(", ").join(sql.Placeholder() * (len(NUMBER) + 2)),
            ),
            [(tenant_id, pack.id, *_stored(number)) for number in numbers],
        )


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _stored(number: RegisteredNumber) -> Iterator[Any]:
    for name in NUMBER:
        value = getattr(number, name)
        yield Jsonb(value, dumps=_dumps) if name in ("parameters", "inputs") else value


def _dumps(value: Any) -> str:
    return json.dumps(value, default=str)


def find_pack(
    connection: Connection, tenant_id: UUID, pack_id: UUID
) -> tuple[RegisteredPack, list[RegisteredNumber]] | None:
    """A registered pack with its numbers; None when the tenant has no such pack."""
    with tenant_transaction(connection, tenant_id), connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            sql.SQL("select {} from vcio.pack where id = %s").format(_names(PACK)), (pack_id,)
        ).fetchone()
        if row is None:
            return None
        numbers = cursor.execute(
            sql.SQL(
                "select {} from vcio.pack_number where pack_id = %s order by length(evidence_id), evidence_id"
            ).format(_names(NUMBER)),
            (pack_id,),
        ).fetchall()
        return RegisteredPack(**row), [RegisteredNumber(**number) for number in numbers]

"""Reads a tenant's history from the marts, and adds what was forecast from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any
from uuid import UUID

import polars as pl
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from ml.forecast.desk import DeskForecast

TENANTS = "select tenant_id, slug, timezone from marts.dim_tenant order by slug"
# a day's tickets count where the system they come from is complete on that day
COUNTS = """
select t.opened_on as day, t.queue, c.country, c.subdivision, count(*) as tickets
from marts.fct_ticket t
inner join marts.fct_coverage v
    on v.tenant_id = t.tenant_id and v.source_system = t.source_system
    and t.opened_on between v.first_day and v.last_day
left join marts.dim_customer c on c.customer_id = t.customer_id
where t.tenant_id = %s
group by t.opened_on, t.queue, c.country, c.subdivision
order by t.opened_on, t.queue, c.country, c.subdivision
"""
COVERAGE = "select first_day, last_day from marts.fct_coverage where tenant_id = %s order by first_day, last_day"
# the marts' own batch; where no tenant has a covered day they do not name it
BATCH = "select coalesce((select max(batch) from marts.fct_coverage), (select max(batch) from extract.batch))"
NEWEST = """
select batch, input_hash, code_version from models.forecast_run
where tenant_id = %s order by batch desc limit 1
"""
COUNTS_SCHEMA = {
    "day": pl.Date,
    "queue": pl.String,
    "country": pl.String,
    "subdivision": pl.String,
    "tickets": pl.Int64,
}
COVERAGE_SCHEMA = {"first_day": pl.Date, "last_day": pl.Date}


@dataclass(frozen=True)
class Tenant:
    """A tenant as the marts know it."""

    tenant_id: UUID
    slug: str
    timezone: str


@dataclass(frozen=True)
class Newest:
    """The tenant's newest forecast: its batch, and the hash of the input and code version it was made with."""

    batch: int
    input_hash: str
    code_version: str


def tenants(connection: Connection) -> list[Tenant]:
    """All tenants, by slug."""
    return [Tenant(*row) for row in connection.execute(TENANTS).fetchall()]


def built_batch(connection: Connection) -> int | None:
    """The batch the marts were built from; None before the first."""
    row = connection.execute(BATCH).fetchone()
    return row[0] if row else None


def read_input(connection: Connection, tenant: Tenant) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Counts and coverage as `ml.forecast.features.read_history` takes them."""
    counts = connection.execute(COUNTS, (tenant.tenant_id,)).fetchall()
    coverage = connection.execute(COVERAGE, (tenant.tenant_id,)).fetchall()
    return (
        pl.DataFrame(counts, schema=COUNTS_SCHEMA, orient="row"),
        pl.DataFrame(coverage, schema=COVERAGE_SCHEMA, orient="row"),
    )


def newest(connection: Connection, tenant: Tenant) -> Newest | None:
    """The tenant's newest forecast or refusal, None before the first."""
    row = connection.execute(NEWEST, (tenant.tenant_id,)).fetchone()
    return Newest(*row) if row else None


def add(connection: Connection, tenant: Tenant, batch: int, input_hash: str, made: "DeskForecast") -> bool:
    """Add a forecast in one transaction; False where this batch has one already, which then stays as it is."""
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('psa.forecast'))")
        found = newest(connection, tenant)
        if found is not None and found.batch >= batch:
            return False
        _insert(connection, "forecast_run", _runs(tenant, batch, input_hash, made))
        _insert(connection, "forecast", _forecasts(tenant, batch, made))
        _insert(connection, "forecast_backtest", _scores(tenant, batch, made))
    return True


def _runs(tenant: Tenant, batch: int, input_hash: str, made: "DeskForecast") -> Iterable[dict[str, Any]]:
    for row in made.runs:
        yield {
            "tenant_id": tenant.tenant_id, "batch": batch, "input_hash": input_hash, **vars(row),
            "features": Jsonb(dict(row.features)), "metrics": Jsonb(row.metrics_as_plain()),
        }  # fmt: skip


def _forecasts(tenant: Tenant, batch: int, made: "DeskForecast") -> Iterable[dict[str, Any]]:
    return ({"tenant_id": tenant.tenant_id, "batch": batch, **vars(row)} for row in made.forecasts)


def _scores(tenant: Tenant, batch: int, made: "DeskForecast") -> Iterable[dict[str, Any]]:
    for row in made.scores:
        values = {name: _known(value) for name, value in vars(row.score).items()}
        place = {name: value for name, value in vars(row).items() if name != "score"}
        yield {"tenant_id": tenant.tenant_id, "batch": batch, **place, **values}


def _known(value: Any) -> Any:
    """NaN is how numpy says unknown."""
    return None if isinstance(value, float) and isnan(value) else value


def _insert(connection: Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    listed: Sequence[dict[str, Any]] = list(rows)
    if not listed:
        return
    names = list(listed[0])
    statement = sql.SQL("insert into models.{} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(map(sql.Placeholder, names)),
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, listed)

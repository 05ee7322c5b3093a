"""Tenant by tenant: is a forecast due, and what does it say."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

import psycopg

from ml.forecast.calendars import country_of
from ml.forecast.identity import input_hash, version
from pipelines.forecast import store

if TYPE_CHECKING:
    from ml.forecast.desk import DeskForecast


@dataclass(frozen=True)
class TenantResult:
    """What came of one tenant; `made` is None where the newest forecast still holds or the batch has one."""

    slug: str
    batch: int
    made: Optional["DeskForecast"]


def forecast_tenants(warehouse_url: str) -> Iterator[TenantResult]:
    """Forecast each tenant whose covered days or tickets have changed since its newest forecast.

    No transaction is open while models are fitted: one that is holds back the extraction's floor. Nothing is done
    before the first batch.
    """
    with psycopg.connect(warehouse_url, autocommit=True) as connection:
        batch = store.built_batch(connection)
        if batch is None:
            return
        for tenant in store.tenants(connection):
            yield TenantResult(tenant.slug, batch, _forecast(connection, tenant, batch))


def _forecast(connection: psycopg.Connection, tenant: store.Tenant, batch: int) -> Optional["DeskForecast"]:
    counts, coverage = store.read_input(connection, tenant)
    home = country_of(tenant.timezone)
    digest = input_hash(counts, coverage, home)
    newest = store.newest(connection, tenant)
    if newest is not None and (
        newest.batch >= batch or (newest.input_hash, newest.code_version) == (digest, version())
    ):
        return None
    # statsmodels and Prophet cost seconds that only a forecast pays
    from ml.forecast.desk import forecast_desk

    made = forecast_desk(counts, coverage, home)
    return made if store.add(connection, tenant, batch, digest, made) else None

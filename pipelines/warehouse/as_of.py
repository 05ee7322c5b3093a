"""The warehouse as it was after an earlier batch, rebuilt beside the current one from raw's history."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from pipelines.settings import Settings
from pipelines.warehouse.project import run_dbt

SCHEMAS = ("staging", "intermediate", "marts", "serving")


class UnknownBatchError(ValueError):
    """There is no such batch in this warehouse."""


def last_batch(warehouse_url: str) -> int | None:
    """The number of the newest batch, None before the first."""
    with psycopg.connect(warehouse_url) as connection:
        row = connection.execute("select max(batch) from extract.batch").fetchone()
    return row[0] if row else None


def built_batch(warehouse_url: str) -> int | None:
    """The batch the marts were last built from; None where there are none or no coverage."""
    with psycopg.connect(warehouse_url) as connection:
        known = connection.execute("select to_regclass('marts.fct_coverage')").fetchone()
        if not known or known[0] is None:
            return None
        row = connection.execute("select max(batch) from marts.fct_coverage").fetchone()
    return row[0] if row else None


def _was_read(warehouse_url: str, batch: int) -> bool:
    """Whether the warehouse knows the batch; one restored without its history has none of before."""
    with psycopg.connect(warehouse_url) as connection:
        return connection.execute("select from extract.batch where batch = %s", (batch,)).fetchone() is not None


@contextmanager
def warehouse_as_of(settings: Settings, batch: int) -> Iterator[str]:
    """Build all layers as of `batch`, yield the suffix of their schemas' names, and drop them again.

    Raises UnknownBatchError for a batch that was never read, DbtError when a model fails.
    """
    newest = last_batch(settings.warehouse_url)
    if not _was_read(settings.warehouse_url, batch):
        raise UnknownBatchError(f"there is no batch {batch} in this warehouse; its newest is {newest or 'none'}")
    suffix = f"_as_of_{batch}"
    try:
        with tempfile.TemporaryDirectory(prefix="psa-dbt-") as target:
            run_dbt(
                "run", "--vars", f"{{as_of_batch: {batch}}}", environment=settings.environment(), target=Path(target)
            )
        yield suffix
    finally:
        with psycopg.connect(settings.warehouse_url) as connection:
            for schema in SCHEMAS:
                connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema + suffix)))

"""One batch: from the operational database to raw, by transaction id."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import Connection

from pipelines.extract.apply import TableResult, apply_table
from pipelines.extract.catalog import Catalog, ExtractedTable
from pipelines.extract.forget import forget
from pipelines.extract.schema import ensure_raw
from pipelines.extract.snapshot import Snapshot, source_shape, take_snapshot


class ExtractionBusyError(RuntimeError):
    """Another extraction holds the warehouse's lock."""


@dataclass(frozen=True)
class BatchResult:
    """What a batch read and changed; `batch` is None when nothing changed and no number was used."""

    batch: int | None
    tables: tuple[TableResult, ...]

    @property
    def read(self) -> int:
        """Rows and tombstones read, those met before included."""
        return sum(result.read for result in self.tables)

    @property
    def changed(self) -> int:
        """Rows written to or deleted from raw."""
        return sum(result.upserted + result.deleted for result in self.tables)


@dataclass(frozen=True)
class _Watermark:
    floor: int
    incarnation: str


def extract(source_url: str, warehouse_url: str, catalog: Catalog) -> BatchResult:
    """Run one batch and commit it whole.

    `source_url` is the extractor's, `warehouse_url` the warehouse owner's. The snapshot is taken before the first
    warehouse write, so that this batch's own transaction never holds its floor back. Raises ExtractionBusyError when
    another batch is running, ValueError for a table that is missing or whose type changed.
    """
    with open_batch(source_url, warehouse_url) as (snapshot, warehouse):
        return run_batch(snapshot, warehouse, catalog)


@contextmanager
def open_batch(source_url: str, warehouse_url: str) -> Iterator[tuple[Snapshot, Connection]]:
    """The snapshot and the warehouse transaction of one batch; commits at the end, rolls back on an error."""
    with psycopg.connect(warehouse_url, autocommit=True) as warehouse, warehouse.transaction():
        # held until the commit and no longer: a session's lock would outlive the connection for a moment. It gives
        # this transaction no id, so the snapshot does not see it running.
        locked = warehouse.execute("select pg_try_advisory_xact_lock(hashtext('psa.extract'))").fetchone()
        if not locked or not locked[0]:
            raise ExtractionBusyError("another extraction is running; wait for it to end")
        with take_snapshot(source_url) as snapshot:
            warehouse.execute("set local timezone = 'UTC'")
            yield snapshot, warehouse


def run_batch(snapshot: Snapshot, warehouse: Connection, catalog: Catalog) -> BatchResult:
    """Apply one batch inside open transactions; nothing is committed here."""
    mark = _read_watermark(warehouse)
    # a floor above xmin means the database went back in time under an unchanged identity
    trusted = mark is not None and mark.incarnation == snapshot.incarnation and mark.floor <= snapshot.xmin
    floor = mark.floor if mark is not None and trusted else None
    batch = _next_batch(warehouse)
    results = []
    for table in catalog.tables:
        relation_oid, columns = source_shape(snapshot, table)
        ensure_raw(warehouse, table, columns)
        table_floor = floor if _known_shape(warehouse, table, relation_oid, columns) else None
        results.append(apply_table(snapshot, warehouse, table, list(columns), table_floor, batch))
        _remember_shape(warehouse, table, relation_oid, columns)
    forget(snapshot, warehouse, catalog)
    result = BatchResult(batch, tuple(results))
    if result.changed:
        _record(warehouse, snapshot, mark, result)
    else:
        result = BatchResult(None, result.tables)
    if result.read or not trusted:
        _write_watermark(warehouse, snapshot)
    return result


def _read_watermark(warehouse: Connection) -> _Watermark | None:
    row = warehouse.execute("select floor, incarnation from extract.watermark").fetchone()
    return _Watermark(*row) if row else None


def _write_watermark(warehouse: Connection, snapshot: Snapshot) -> None:
    warehouse.execute(
        """insert into extract.watermark (floor, incarnation) values (%s, %s)
           on conflict (only_row) do update set floor = excluded.floor, incarnation = excluded.incarnation""",
        (snapshot.xmin, snapshot.incarnation),
    )


def _next_batch(warehouse: Connection) -> int:
    row = warehouse.execute("select coalesce(max(batch), 0) + 1 from extract.batch").fetchone()
    assert row is not None
    return int(row[0])


def _known_shape(warehouse: Connection, table: ExtractedTable, relation_oid: int, columns: dict[str, str]) -> bool:
    """Whether the table is the very one read last time: neither recreated nor given a new column."""
    row = warehouse.execute(
        "select relation_oid, columns from extract.table_state where table_name = %s", (table.source,)
    ).fetchone()
    return row is not None and row[0] == relation_oid and set(columns) <= set(row[1])


def _remember_shape(warehouse: Connection, table: ExtractedTable, relation_oid: int, columns: dict[str, str]) -> None:
    warehouse.execute(
        """insert into extract.table_state (table_name, relation_oid, columns) values (%s, %s, %s)
           on conflict (table_name) do update set relation_oid = excluded.relation_oid, columns = excluded.columns
           where (table_state.relation_oid, table_state.columns) 
                 is distinct from (excluded.relation_oid, excluded.columns)""",
        (table.source, relation_oid, list(columns)),
    )


def _record(warehouse: Connection, snapshot: Snapshot, mark: _Watermark | None, result: BatchResult) -> None:
    warehouse.execute(
        "insert into extract.batch values (%s, %s, %s, %s, %s, %s, %s)",
        (
            result.batch,
            snapshot.taken_at,
            mark.floor if mark else None,
            snapshot.xmin,
            snapshot.incarnation,
            result.read,
            result.changed,
        ),
    )
    with warehouse.cursor() as cursor:
        cursor.executemany(
            "insert into extract.batch_table values (%s, %s, %s, %s, %s)",
            [(result.batch, r.table.source, r.read, r.upserted, r.deleted) for r in result.tables],
        )

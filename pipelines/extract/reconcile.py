"""Bucket hashes of both sides as of one batch: is raw what the operational database was?"""

from dataclasses import dataclass

from psycopg import Connection, sql

from pipelines.extract.catalog import Catalog, ExtractedTable
from pipelines.extract.run import BatchResult, open_batch, run_batch
from pipelines.extract.schema import qualified
from pipelines.extract.snapshot import source_columns

BUCKETS = 256


@dataclass(frozen=True)
class Difference:
    """A bucket of a table whose content differs; counts are rows on each side."""

    table: str
    bucket: int
    source_rows: int
    raw_rows: int


def reconcile(source_url: str, warehouse_url: str, catalog: Catalog) -> tuple[BatchResult, list[Difference]]:
    """Extract a batch and compare every table, by hash of 256 buckets, with the snapshot it was made from."""
    with open_batch(source_url, warehouse_url) as (snapshot, warehouse):
        result = run_batch(snapshot, warehouse, catalog)
        found = [
            difference for table in catalog.tables for difference in compare(snapshot.connection, warehouse, table)
        ]
        return result, found


def compare(source: Connection, warehouse: Connection, table: ExtractedTable) -> list[Difference]:
    """Buckets of one table that differ between two open transactions."""
    columns = list(source_columns(source, table))
    left = _buckets(source, table.source, columns)
    right = _buckets(warehouse, table.raw, columns)
    return [
        Difference(table.source, bucket, left.get(bucket, (0, ""))[0], right.get(bucket, (0, ""))[0])
        for bucket in sorted(left.keys() | right.keys())
        if left.get(bucket) != right.get(bucket)
    ]


def _buckets(connection: Connection, name: str, columns: list[str]) -> dict[int, tuple[int, str]]:
    rows = connection.execute(
        sql.SQL(
            """select bucket, count(*), md5(string_agg(digest, '' order by id))
               from (select id, get_byte(uuid_send(id), 15) % {buckets} as bucket, md5(row({listed})::text) as digest
                     from {table}) hashed group by bucket"""
        ).format(
            buckets=sql.Literal(BUCKETS),
            listed=sql.SQL(", ").join(map(sql.Identifier, columns)),
            table=qualified(name),
        )
    ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}

"""The operational side of a batch: one REPEATABLE READ snapshot shared by all tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import Connection, IsolationLevel, sql

from pipelines.extract.catalog import ExtractedTable
from pipelines.extract.schema import existing_columns, qualified

# system, timeline and database tell a restored or exchanged database from the one the watermark was made for
IDENTITY = """
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       concat_ws(':', s.system_identifier, c.timeline_id, d.oid, m.marker),
       now()
from pg_control_system() s, pg_control_checkpoint() c, pg_database d, core.incarnation m
where d.datname = current_database()
"""


@dataclass(frozen=True)
class Snapshot:
    """An open snapshot of the operational database.

    `xmin` is the oldest transaction id still running when it was taken: everything below has been seen.
    """

    connection: Connection
    xmin: int
    incarnation: str
    taken_at: datetime


@contextmanager
def take_snapshot(source_url: str) -> Iterator[Snapshot]:
    """Open the snapshot as the extractor; read only, ended without a trace."""
    with psycopg.connect(source_url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("set local timezone = 'UTC'")
        row = connection.execute(IDENTITY).fetchone()
        if row is None:
            raise RuntimeError("core.incarnation is empty; run `psa db upgrade`")
        yield Snapshot(connection, row[0], row[1], row[2])
        connection.rollback()


def source_shape(snapshot: Snapshot, table: ExtractedTable) -> tuple[int, dict[str, str]]:
    """The table's oid and its extracted columns with types; raises ValueError when it does not exist."""
    row = snapshot.connection.execute("select to_regclass(%s)::oid::bigint", (table.source,)).fetchone()
    if row is None or row[0] is None:
        raise ValueError(f"{table.source} is in the catalogue but not in the database; run `psa db upgrade`")
    return row[0], source_columns(snapshot.connection, table)


def source_columns(connection: Connection, table: ExtractedTable) -> dict[str, str]:
    """The columns that are extracted, with their types, in definition order."""
    found = existing_columns(connection, table.source)
    return {name: kind for name, kind in found.items() if name not in table.without}


def rows_query(table: ExtractedTable, columns: list[str], floor: int | None) -> sql.Composed:
    """COPY statement for every visible row from `floor` on, without an upper bound (all rows when None)."""
    listed = sql.SQL(", ").join(
        sql.SQL("row_txid::text::bigint") if name == "row_txid" else sql.Identifier(name) for name in columns
    )
    condition: sql.Composable = sql.SQL("")
    if floor is not None:
        condition = sql.SQL(" where row_txid >= {}::xid8").format(sql.Literal(str(floor)))
    return sql.SQL("copy (select {} from {}{}) to stdout").format(listed, qualified(table.source), condition)


def deleted_keys(snapshot: Snapshot, table: ExtractedTable, floor: int) -> list[str]:
    """Keys with a tombstone from `floor` on and no live row in the snapshot, be it above the floor or below."""
    rows = snapshot.connection.execute(
        sql.SQL(
            """select distinct t.row_id::text from {tombstone} t
               where t.table_name = {name} and t.row_txid >= {floor}::xid8
                 and not exists (select from {live} l where l.id = t.row_id)"""
        ).format(
            tombstone=sql.Identifier(table.schema, "tombstone"),
            name=sql.Literal(table.name),
            floor=sql.Literal(str(floor)),
            live=qualified(table.source),
        )
    ).fetchall()
    return [row[0] for row in rows]

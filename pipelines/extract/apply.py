"""The warehouse side of a batch: the snapshot's state replaces raw's, history keeps what was there."""

from dataclasses import dataclass

from psycopg import Connection, sql

from pipelines.extract.catalog import ExtractedTable
from pipelines.extract.schema import qualified
from pipelines.extract.snapshot import Snapshot, deleted_keys, rows_query

# rows from which on a table's statistics are worth renewing
ANALYZE_FROM = 1000


@dataclass(frozen=True)
class TableResult:
    """What one batch did to one table, in rows."""

    table: ExtractedTable
    read: int
    upserted: int
    deleted: int


def apply_table(
    snapshot: Snapshot,
    warehouse: Connection,
    table: ExtractedTable,
    columns: list[str],
    floor: int | None,
    batch: int,
) -> TableResult:
    """Bring raw to the snapshot's state for every key met since `floor`, or for all keys when it is None."""
    if floor is None and _is_empty(warehouse, table):
        loaded = _first_load(snapshot, warehouse, table, columns, batch)
        return TableResult(table, loaded, loaded, 0)
    read = _stage(snapshot, warehouse, table, columns, floor)
    gone = [] if floor is None else deleted_keys(snapshot, table, floor)
    deleted = _delete_missing(warehouse, table, batch) if floor is None else _delete(warehouse, table, gone, batch)
    upserted = _upsert(warehouse, table, columns, batch) if read else 0
    _analyze(warehouse, table, upserted)
    return TableResult(table, read + len(gone), upserted, deleted)


def _is_empty(warehouse: Connection, table: ExtractedTable) -> bool:
    row = warehouse.execute(sql.SQL("select exists (select from {})").format(qualified(table.raw))).fetchone()
    return row is not None and not row[0]


def _first_load(
    snapshot: Snapshot, warehouse: Connection, table: ExtractedTable, columns: list[str], batch: int
) -> int:
    """Fill an empty raw table without a detour; history gets the same rows."""
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    loaded = _pipe(snapshot, warehouse, qualified(table.raw), table, columns, None)
    if loaded:
        warehouse.execute(
            sql.SQL(
                "insert into {history} ({listed}, _batch, _op) select {listed}, {batch}, 'upsert' from {raw}"
            ).format(
                history=qualified(table.history), raw=qualified(table.raw), listed=listed, batch=sql.Literal(batch)
            )
        )
    _analyze(warehouse, table, loaded)
    return loaded


def _analyze(warehouse: Connection, table: ExtractedTable, written: int) -> None:
    if written >= ANALYZE_FROM:
        # the models are built right after, long before autovacuum comes round
        warehouse.execute(sql.SQL("analyze {}").format(qualified(table.raw)))


def _stage(
    snapshot: Snapshot, warehouse: Connection, table: ExtractedTable, columns: list[str], floor: int | None
) -> int:
    """Pipe the rows into a temporary table `stage`; returns their number."""
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    warehouse.execute("drop table if exists pg_temp.stage")
    warehouse.execute(
        sql.SQL("create temporary table stage on commit drop as select {} from {} with no data").format(
            listed, qualified(table.raw)
        )
    )
    return _pipe(snapshot, warehouse, sql.Identifier("stage"), table, columns, floor)


def _pipe(
    snapshot: Snapshot,
    warehouse: Connection,
    into: sql.Identifier,
    table: ExtractedTable,
    columns: list[str],
    floor: int | None,
) -> int:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    with snapshot.connection.cursor() as source, warehouse.cursor() as target:
        with (
            source.copy(rows_query(table, columns, floor)) as reading,
            target.copy(sql.SQL("copy {} ({}) from stdin").format(into, listed)) as writing,
        ):
            for data in reading:
                writing.write(data)
        return target.rowcount


def _upsert(warehouse: Connection, table: ExtractedTable, columns: list[str], batch: int) -> int:
    """Write the rows whose state differs from raw's to history and raw; a row read again unchanged is left alone."""
    names = dict(
        raw=qualified(table.raw),
        history=qualified(table.history),
        listed=sql.SQL(", ").join(map(sql.Identifier, columns)),
        staged=sql.SQL(", ").join(sql.Identifier("s", name) for name in columns),
        current=sql.SQL(", ").join(sql.Identifier("r", name) for name in columns),
        batch=sql.Literal(batch),
        assign=sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in columns if name != "id"
        ),
    )
    warehouse.execute("create unique index on stage (id)")
    warehouse.execute("analyze stage")
    warehouse.execute(
        sql.SQL(
            """delete from stage s using {raw} r
               where r.id = s.id and ({staged}) is not distinct from ({current})"""
        ).format(**names)
    )
    warehouse.execute(
        sql.SQL("insert into {history} ({listed}, _batch, _op) select {listed}, {batch}, 'upsert' from stage").format(
            **names
        )
    )
    return warehouse.execute(
        sql.SQL(
            """insert into {raw} ({listed}) select {listed} from stage
               on conflict (id) do update set {assign}"""
        ).format(**names)
    ).rowcount


def _delete(warehouse: Connection, table: ExtractedTable, keys: list[str], batch: int) -> int:
    """Remove the keys from raw, leaving a line in history for each that was there."""
    if not keys:
        return 0
    return _move_to_history(warehouse, table, sql.SQL("id = any({}::uuid[])").format(sql.Literal(keys)), batch)


def _delete_missing(warehouse: Connection, table: ExtractedTable, batch: int) -> int:
    """After a full read: remove what raw has and the snapshot has not."""
    return _move_to_history(warehouse, table, sql.SQL("not exists (select from stage s where s.id = r.id)"), batch)


def _move_to_history(warehouse: Connection, table: ExtractedTable, which: sql.Composable, batch: int) -> int:
    return warehouse.execute(
        sql.SQL(
            """with gone as (delete from {raw} r where {which} returning id, tenant_id)
               insert into {history} (id, tenant_id, _batch, _op) select id, tenant_id, {batch}, 'delete' from gone"""
        ).format(raw=qualified(table.raw), history=qualified(table.history), which=which, batch=sql.Literal(batch))
    ).rowcount

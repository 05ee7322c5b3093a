"""Forgets in raw's history what was erased in the operational database (Art. 17 GDPR).

History is only added to, with this one exception: of the rows an erasure names, the columns it names get the value of
the present state in all earlier states. Keys, batches and everything else stay, so every count and sum of an earlier
batch stays what it was. Raw itself needs nothing: it has the snapshot's state.
"""

from psycopg import Connection, sql

from pipelines.extract.catalog import Catalog, ExtractedTable
from pipelines.extract.schema import existing_columns, qualified
from pipelines.extract.snapshot import Snapshot


def forget(snapshot: Snapshot, warehouse: Connection, catalog: Catalog) -> int:
    """Carry out the erasures the warehouse has not heard of; returns how many states were changed.

    Raises ValueError where the operational database is older than this version.
    To be called after the batch's tables were applied, in its transaction.
    """
    done = {row[0] for row in warehouse.execute("select erasure_id from extract.erasure")}
    known = snapshot.connection.execute("select to_regclass('core.erasure') is not null").fetchone()
    if known is None or not known[0]:
        raise ValueError("core.erasure is missing; run `psa db upgrade`")
    asked = snapshot.connection.execute("select id from core.erasure order by erased_at, id").fetchall()
    new = [row[0] for row in asked if row[0] not in done]
    if not new:
        return 0
    by_name = {table.source: table for table in catalog.tables}
    changed = 0
    marks = snapshot.connection.execute(
        """select table_name, columns, array_agg(distinct row_id) from core.erased_row
           where erasure_id = any(%s) group by table_name, columns order by table_name, columns""",
        (new,),
    ).fetchall()
    for name, columns, rows in marks:
        if name in by_name:
            changed += _forget_rows(warehouse, by_name[name], columns, rows)
    with warehouse.cursor() as cursor:
        cursor.executemany("insert into extract.erasure (erasure_id) values (%s)", [(one,) for one in new])
    return changed


def _forget_rows(warehouse: Connection, table: ExtractedTable, columns: list[str], rows: list[object]) -> int:
    names = [name for name in columns if name in existing_columns(warehouse, table.history)]
    if not names:
        return 0
    listed = sql.SQL(", ").join
    return warehouse.execute(
        sql.SQL(
            """update {history} h set {assign}
               from unnest(%s::uuid[]) erased (id) left join {raw} r on r.id = erased.id
               where h.id = erased.id and h._op = 'upsert' and ({old}) is distinct from ({new})"""
        ).format(
            history=qualified(table.history), raw=qualified(table.raw),
            assign=listed([sql.SQL("{0} = r.{0}").format(sql.Identifier(name)) for name in names]),
            old=listed([sql.Identifier("h", name) for name in names]),
            new=listed([sql.Identifier("r", name) for name in names]),
        ),
        (rows,),
    ).rowcount  # fmt: skip

"""Writing many rows at once: COPY into a temporary table, then one merge."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection, sql


@dataclass(frozen=True)
class MergeCount:
    """Rows of a merge: new ones, changed ones, and those that were there already as they are."""

    inserted: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "MergeCount") -> "MergeCount":
        return MergeCount(
            self.inserted + other.inserted, self.changed + other.changed, self.unchanged + other.unchanged
        )


# (transaction of the tenant, tenant, source system, records) -> what was written, by kind of record
Loader = Callable[[Connection, UUID, str, Sequence[Any]], Mapping[str, MergeCount]]


def merge(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    only_where: str | None = None,
) -> MergeCount:
    """Insert or update `rows` of `schema.table` by `id` (the first column); identical rows are not touched.

    `only_where` is a condition on the existing row, spelled `t.<column>`: rows that fail it are left as they are.
    Must run inside a transaction; the ids of `rows` must be distinct.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    stage_name = "merge_" + table.replace(".", "_")
    stage = sql.Identifier("pg_temp", stage_name)
    target = sql.Identifier(*table.split("."))
    connection.execute(sql.SQL("drop table if exists {}").format(stage))
    connection.execute(
        sql.SQL("create temporary table {} on commit drop as select {} from {} with no data").format(
            sql.Identifier(stage_name), names, target
        )
    )
    staged = _copy(connection, stage, names, rows)
    if not staged:
        return MergeCount()
    values = list(columns[1:])
    statement = sql.SQL(
        """with merged as (
               insert into {target} as t ({names}) select {names} from {stage}
               on conflict (id) do update set {assign}
               where ({old}) is distinct from ({new}){extra}
               returning xmax = 0 as is_new)
           select count(*) filter (where is_new), count(*) filter (where not is_new) from merged"""
    ).format(
        target=target,
        names=names,
        stage=stage,
        assign=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(c)) for c in values),
        old=sql.SQL(", ").join(sql.Identifier("t", c) for c in values),
        new=sql.SQL(", ").join(sql.Identifier("excluded", c) for c in values),
        extra=sql.SQL(f" and {only_where}" if only_where else ""),
    )
    row = connection.execute(statement).fetchone()
    assert row is not None
    return MergeCount(row[0], row[1], staged - row[0] - row[1])


def _copy(connection: Connection, stage: sql.Identifier, names: sql.Composable, rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("copy {} ({}) from stdin").format(stage, names)) as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count

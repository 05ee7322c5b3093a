"""The warehouse's own book-keeping of batches, and the raw tables that mirror the operational ones."""

import psycopg
from psycopg import Connection, sql

from pipelines.extract.catalog import ExtractedTable

BOOKS = """
create schema if not exists raw;
create schema if not exists extract;
create table if not exists extract.watermark (
    only_row boolean primary key default true check (only_row),
    floor bigint not null,
    incarnation text not null
);
create table if not exists extract.batch (
    batch bigint primary key,
    snapshot_at timestamptz not null,
    floor_before bigint,
    floor_after bigint not null,
    incarnation text not null,
    rows_read bigint not null,
    rows_changed bigint not null
);
create table if not exists extract.batch_table (
    batch bigint not null references extract.batch,
    table_name text not null,
    rows_read bigint not null,
    rows_upserted bigint not null,
    rows_deleted bigint not null,
    primary key (batch, table_name)
);
create table if not exists extract.table_state (
    table_name text primary key,
    relation_oid bigint not null,
    columns text[] not null
);
-- erasures of the operational database that history has followed
create table if not exists extract.erasure (
    erasure_id uuid primary key,
    followed_at timestamptz not null default now()
);

-- what extractions have seen of some rows of the caller's tenant: who asks what is kept of them is told this as well
create or replace function extract.earlier_states(tables text[], rows uuid[])
returns table (table_name text, batch bigint, state jsonb)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $body$
declare
    ours constant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    source text;
    history regclass;
begin
    foreach source in array tables loop
        history := to_regclass('raw.' || quote_ident(replace(source, '.', '__') || '_history'));
        if history is not null then
            return query execute format(
                'select $1, h._batch, to_jsonb(h) - array[''row_txid'', ''_batch''] from %s h
                 where h.tenant_id = $2 and h.id = any($3)', history
            ) using source, ours, rows;
        end if;
    end loop;
end
$body$;
revoke all on function extract.earlier_states from public;
grant usage on schema extract to wh_serving;
grant execute on function extract.earlier_states to wh_serving;
"""


def ensure(owner_url: str) -> None:
    """Create the book-keeping tables where they are missing; safe to call at every start."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("select pg_advisory_xact_lock(hashtext('psa.warehouse.schema'))")
        connection.execute(BOOKS)


def raw_type(source_type: str) -> str:
    """The warehouse's type for an operational one: xid8 becomes bigint, everything else stays."""
    return "bigint" if source_type == "xid8" else source_type


def qualified(name: str) -> sql.Identifier:
    """`schema.table` as a quoted identifier."""
    return sql.Identifier(*name.split("."))


def ensure_raw(connection: Connection, table: ExtractedTable, columns: dict[str, str]) -> None:
    """Create or widen the raw tables of `table`; `columns` maps names to operational types, `id` among them.

    A column that went away upstream stays, empty for what comes after; a changed type raises ValueError.
    """
    wanted = {name: raw_type(kind) for name, kind in columns.items()}
    for target, extra in ((table.raw, ""), (table.history, ", _batch bigint not null, _op text not null")):
        have = existing_columns(connection, target)
        if not have:
            _create(connection, target, wanted, extra)
            continue
        for name, kind in wanted.items():
            if name not in have:
                connection.execute(
                    sql.SQL("alter table {} add column {} " + kind).format(qualified(target), sql.Identifier(name))
                )
            elif have[name] != kind:
                raise ValueError(
                    f"{table.source}.{name} changed from {have[name]} to {kind}; "
                    f"write a warehouse migration for {target} before extracting again"
                )


def existing_columns(connection: Connection, name: str) -> dict[str, str]:
    """Column names and types of `schema.table` in definition order; empty when it does not exist."""
    rows = connection.execute(
        """select attname, format_type(atttypid, atttypmod) from pg_attribute
           where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum""",
        (name,),
    ).fetchall()
    return dict(rows)


def _create(connection: Connection, target: str, wanted: dict[str, str], extra: str) -> None:
    body = ", ".join(f'"{name}" {kind}' for name, kind in wanted.items())
    key = ", primary key (id)" if not extra else ", primary key (id, _batch)"
    connection.execute(sql.SQL("create table {} (" + body + extra + key + ")").format(qualified(target)))

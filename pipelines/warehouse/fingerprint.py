"""Content hashes of the marts: equal data, equal hash, whatever the order of the rows."""

import psycopg
from psycopg import sql


def fingerprints(warehouse_url: str, schema: str = "marts") -> dict[str, str]:
    """Each table of `schema` with a hash over all its rows."""
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("set timezone = 'UTC'")
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = %s order by tablename", (schema,)
        ).fetchall()
        return {name: _fingerprint(connection, schema, name) for (name,) in tables}


def _fingerprint(connection: psycopg.Connection, schema: str, table: str) -> str:
    row = connection.execute(
        sql.SQL("select md5(coalesce(string_agg(line, ' ' order by line), '')) from "
                "(select md5(t::text) as line from {} t) lines").format(sql.Identifier(schema, table))
    ).fetchone()  # fmt: skip
    assert row is not None
    return str(row[0])

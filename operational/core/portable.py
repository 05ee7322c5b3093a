"""A whole tenant in open formats: CSV (RFC 4180) with a machine-readable description of tables, columns and keys.

The description is a Frictionless Data Package (`datapackage.json`, specs.frictionlessdata.io, version 1).
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any
from uuid import UUID

import psycopg
from psycopg import Connection, IsolationLevel, sql
from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from operational.core.personal.declared import PersonalData

# of no meaning elsewhere: whose rows they are is said once, and transaction ids are this database's own
_INTERNAL = frozenset({"tenant_id", "row_txid"})
_UTC = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
# kind of column, its type in the description, and how it is written
_KINDS: tuple[tuple[type, dict[str, str], str], ...] = (
    (Uuid, {"type": "string", "format": "uuid"}, "{}"),
    (Boolean, {"type": "boolean"}, "{}::text"),
    (DateTime, {"type": "datetime", "format": "any"}, _UTC),
    (Date, {"type": "date"}, "{}"),
    (Integer, {"type": "integer"}, "{}"),
    (Numeric, {"type": "number"}, "{}"),
    (JSONB, {"type": "any", "x-format": "json"}, "{}::text"),
    (ARRAY, {"type": "array"}, "to_json({})::text"),
    (LargeBinary, {"type": "string", "format": "binary"}, "replace(encode({}, 'base64'), E'\\n', '')"),
)
_README = """# {name}

Everything the desk has recorded for this company, as of {when} (one moment for all tables).

- `data/<schema>.<table>.csv`: one file a table. UTF-8, comma, CRLF, quotes doubled (RFC 4180), the first line has the
  names. Days are `2026-01-31`, instants `2026-01-31T09:30:00.000000Z` (ISO 8601, UTC), decimals have a point, truth is
  `true` or `false`, lists and objects are JSON, bytes are base64. Nothing between two commas is no value; `""` is an
  empty text.
- `datapackage.json`: tables, columns, types, keys, number of rows and SHA-256 of every file (Frictionless Data
  Package).

| table | rows | what it is |
|---|---|---|
{tables}

## Left out
Secrets, which would open something or are of no use without this installation:
{secret}

Tables of no meaning elsewhere:
{technical}
Besides: the seal of the audit log and its anchors, background jobs, the register of erasures, review packs (PDF) and
other files, and the warehouse, which is made from these tables and keeps their earlier states.
"""


@dataclass(frozen=True)
class Exported:
    """How many rows of each table were written, by `schema.table`."""

    rows: dict[str, int]


def export_tenant(app_url: str, tenant_id: UUID, data: Sequence[PersonalData], target: IO[bytes]) -> Exported:
    """Write the tenant's rows into a zip, table by table as they come, in one REPEATABLE READ snapshot.

    As the app's role: row security shows the tenant's rows and no others.
    """
    with psycopg.connect(app_url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("select set_config('app.tenant_id', %s, true)", (str(tenant_id),))
        connection.execute("set local timezone = 'UTC'")
        connection.execute("set local datestyle = 'ISO'")
        row = connection.execute("select slug, name from auth.tenant").fetchone()
        if row is None:
            raise LookupError("there is no such tenant")
        resources: list[dict[str, Any]] = []
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for table, service in _tables(data):
                resources.append(_write(connection, archive, table, service))
            _describe(archive, row[0], row[1], resources, data)
    return Exported({resource["name"]: resource["rows"] for resource in resources})


def _tables(data: Sequence[PersonalData]) -> Iterator[tuple[Table, PersonalData]]:
    for service in data:
        for table in service.metadata.sorted_tables:
            if table.name not in service.technical:
                yield table, service


def _columns(table: Table, service: PersonalData) -> list[Column[Any]]:
    secret = {*service.secret.get(table.name, ()), *_INTERNAL}
    return [column for column in table.c if column.name not in secret]


def _kind(column: Column[Any]) -> tuple[dict[str, str], str]:
    return next(
        ((spec, form) for kind, spec, form in _KINDS if isinstance(column.type, kind)), ({"type": "string"}, "{}")
    )


def _write(connection: Connection, archive: zipfile.ZipFile, table: Table, service: PersonalData) -> dict[str, Any]:
    columns = _columns(table, service)
    listed = sql.SQL(", ").join(
        sql.SQL("{} as {}").format(sql.SQL(_kind(column)[1]).format(name), name)
        for column, name in ((column, sql.Identifier(column.name)) for column in columns)
    )
    query = sql.SQL("copy (select {} from {}) to stdout (format csv, header, encoding 'utf8')").format(
        listed, sql.Identifier(str(table.schema), table.name)
    )
    path, count, size, digest = f"data/{table}.csv", -1, 0, hashlib.sha256()
    with archive.open(path, "w", force_zip64=True) as file, connection.cursor() as cursor, cursor.copy(query) as rows:
        # the server sends a message for each row, the names' included, ended by a single LF
        for row in rows:
            line = bytes(row)[:-1] + b"\r\n"
            file.write(line)
            digest.update(line)
            size += len(line)
            count += 1
    return {
        "name": str(table), "path": path, "profile": "tabular-data-resource", "format": "csv", "encoding": "utf-8",
        "mediatype": "text/csv", "description": _about(table, service), "rows": count, "bytes": size,
        "hash": f"sha256:{digest.hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": _schema(table, columns, service),
    }  # fmt: skip


def _about(table: Table, service: PersonalData) -> str:
    declared = service.tables.get(table.name)
    return declared.title.en if declared else service.impersonal.get(table.name, "")


def _schema(table: Table, columns: Sequence[Column[Any]], service: PersonalData) -> dict[str, Any]:
    declared = service.tables.get(table.name)
    fields = []
    for column in columns:
        field: dict[str, Any] = {"name": column.name, **_kind(column)[0]}
        if declared is not None and column.name in declared.fields:
            field["description"] = declared.fields[column.name].en
        if not column.nullable:
            field["constraints"] = {"required": True}
        fields.append(field)
    names = {column.name for column in columns}
    keys = [
        {
            "fields": [key.parent.name],
            "reference": {"resource": str(key.column.table), "fields": [key.column.name]},
        }
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.parent.name in names and key.column.table.name not in service.technical
    ]
    return {"fields": fields, "missingValues": [""], "primaryKey": ["id"], "foreignKeys": keys}


def _describe(
    archive: zipfile.ZipFile, slug: str, name: str, resources: list[dict[str, Any]], data: Sequence[PersonalData]
) -> None:
    when = datetime.now(UTC).isoformat(timespec="seconds")
    package = {
        "profile": "tabular-data-package", "name": slug, "title": name, "created": when, "resources": resources,
    }  # fmt: skip
    archive.writestr("datapackage.json", json.dumps(package, ensure_ascii=False, indent=1))
    secret = [
        f"- `{service.schema}.{table}`: {', '.join(f'`{column}`' for column in columns)}\n"
        for service in data
        for table, columns in service.secret.items()
        if table not in service.technical
    ]
    technical = [
        f"- `{service.schema}.{table}`: {why}\n" for service in data for table, why in service.technical.items()
    ]
    tables = [f"| `{one['name']}` | {one['rows']} | {one['description']} |" for one in resources]
    text = _README.format(
        name=name, when=when, tables="\n".join(tables), secret="".join(secret), technical="".join(technical)
    )
    archive.writestr("README.md", text)

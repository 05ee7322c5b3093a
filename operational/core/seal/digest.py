"""What is sealed of an audit row, as bytes: the one definition that sealer and verifier share (docs/audit.md).

Digests are made here and not by functions of the database: whoever may change the rows may change those too.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Row, Select, Table, Text, Uuid, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from operational.core.module import ServiceModule
from operational.core.tables import Xid8, instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# stands for the incarnation of rows whose transaction belongs to a database this one was restored from
BEFORE_RESTORE = UUID(int=0)

audit_seal = Table(
    "audit_seal",
    MetaData(schema="core"),
    Column("tenant_id", Uuid, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("service", Text, nullable=False),
    Column("row_id", Uuid, nullable=False),
    Column("incarnation", Uuid, nullable=False),
    Column("row_txid", Xid8, nullable=False),
    Column("content_digest", LargeBinary, nullable=False),
    Column("row_digest", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    instant("sealed_at", nullable=False),
)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An audit row as it is digested; instants are microseconds since 1970 in decimal, contents jsonb's own text."""

    service: str
    id: UUID
    tenant_id: UUID
    entity: str
    entity_id: UUID
    actor_id: UUID | None
    occurred_at: str
    before: str | None
    after: str | None
    address: str | None
    request_id: str | None
    salt: bytes | None
    erased_at: str | None
    row_txid: str


@dataclass(frozen=True, slots=True)
class Link:
    """What the chain adds for one row; `sealed_at` in microseconds since 1970."""

    position: int
    service: str
    row_id: UUID
    incarnation: UUID
    row_txid: str
    row_digest: bytes
    sealed_at: str


def audit_tables(services: Iterable[ServiceModule]) -> dict[str, Table]:
    """The audit tables of the services that have one, by the service's name."""
    found = {service.name: service.table("audit") for service in services}
    return {name: table for name, table in found.items() if table is not None}


def microseconds(column: ColumnElement[datetime] | Column[datetime]) -> ColumnElement[str]:
    """SQL of an instant as decimal microseconds since 1970: whatever the session's time zone is, infinite ones too."""
    return cast(func.trunc(func.extract("epoch", column) * 1_000_000), Text)


def as_microseconds(moment: datetime) -> str:
    """An aware datetime as `microseconds` gives it."""
    return str((moment - EPOCH) // timedelta(microseconds=1))


def sealed_columns(service: str, table: Table) -> Select[tuple[object, ...]]:
    """What is read of an audit table, in the order of AuditRow's fields.

    jsonb's text is canonical: keys in one order, none twice, one spelling of every string and number. It is the form
    that dumps carry and has not changed since jsonb came with PostgreSQL 9.4.
    """
    c = table.c
    return select(
        cast(service, Text).label("service"),
        c.id,
        c.tenant_id,
        c.entity,
        c.entity_id,
        c.actor_id,
        microseconds(c.occurred_at).label("occurred_at"),
        cast(c.before, Text).label("before"),
        cast(c.after, Text).label("after"),
        c.address,
        c.request_id,
        c.salt,
        microseconds(c.erased_at).label("erased_at"),
        cast(c.row_txid, Text).label("row_txid"),
    )


def audit_row(row: Row[tuple[object, ...]]) -> AuditRow:
    """A row of `sealed_columns`."""
    return AuditRow(*row)


def content_digest(row: AuditRow) -> bytes:
    """SHA-256 of what may have to be erased, under the row's salt: without the salt nobody can try guesses on it."""
    return _digest("psa-audit-content/1", row.salt, row.before, row.after)


def row_digest(row: AuditRow, content: bytes) -> bytes:
    """SHA-256 of everything an audit row says for good, and of its content's digest."""
    return _digest(
        "psa-audit-row/1",
        row.service,
        row.id,
        row.tenant_id,
        row.entity,
        row.entity_id,
        row.actor_id,
        row.occurred_at,
        row.address,
        row.request_id,
        content,
    )


def genesis(tenant_id: UUID) -> bytes:
    """What stands before the first row of a tenant's chain."""
    return _digest("psa-audit-genesis/1", tenant_id)


def chain(previous: bytes, link: Link) -> bytes:
    """SHA-256 of the chain up to the position before, and of this link."""
    return _digest(
        "psa-audit-chain/1",
        previous,
        link.position,
        link.service,
        link.row_id,
        link.incarnation,
        link.row_txid,
        link.row_digest,
        link.sealed_at,
    )


def _digest(kind: str, *values: object) -> bytes:
    """Of each value: 0 for NULL; else 1, the length in eight bytes, and the bytes or the text in UTF-8."""
    digest = hashlib.sha256()
    for value in (kind, *values):
        if value is None:
            digest.update(b"\x00")
            continue
        data = value if isinstance(value, bytes) else str(value).encode()
        digest.update(b"\x01" + len(data).to_bytes(8, "big") + data)
    return digest.digest()


def grouped(rows: Iterable[AuditRow]) -> Mapping[UUID, list[AuditRow]]:
    """Rows by tenant, each tenant's in the order they come."""
    groups: dict[UUID, list[AuditRow]] = {}
    for row in rows:
        groups.setdefault(row.tenant_id, []).append(row)
    return groups

"""Seals audit rows: chains those that are older than every open transaction, and anchors the chains' heads."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy import Select, Table, Text, Uuid, bindparam, cast, insert, or_, select, text, union_all
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from operational.core.db import Clock, Database
from operational.core.leader import leading, wait_or_stop
from operational.core.module import ServiceModule
from operational.core.seal.anchors import Anchor, Anchors
from operational.core.seal.digest import (
    BEFORE_RESTORE,
    AuditRow,
    Link,
    as_microseconds,
    audit_row,
    audit_seal,
    audit_tables,
    chain,
    content_digest,
    genesis,
    grouped,
    row_digest,
    sealed_columns,
)
from operational.core.settings import Settings
from operational.core.tables import Xid8

BATCH = 1000
PAUSE_SECONDS = 1.0
log = structlog.get_logger("psa.sealer")

# a transaction's id means something in one life of one database only; a restore begins another
INCARNATION = text(
    """select concat_ws(':', s.system_identifier, c.timeline_id, d.oid, m.marker)
       from pg_control_system() s, pg_control_checkpoint() c, pg_database d, core.incarnation m
       where d.datname = current_database()"""
)
_SNAPSHOT = text(
    """select pg_snapshot_xmin(pg_current_snapshot())::text, pg_snapshot_xmax(pg_current_snapshot())::text, now()"""
)
_HEADS_OF = text(
    """select t.tenant_id, head.position, head.chain, head.sealed_at
       from unnest(cast(:tenants as uuid[])) t (tenant_id)
       cross join lateral (select s.position, s.chain, s.sealed_at from core.audit_seal s
                           where s.tenant_id = t.tenant_id order by s.position desc limit 1) head"""
)
_SEALED_OF = text(
    """select s.service, s.row_id
       from unnest(cast(:tenants as uuid[]), cast(:services as text[]), cast(:rows as uuid[])) r (tenant, service, id)
       join core.audit_seal s on s.tenant_id = r.tenant and s.service = r.service and s.row_id = r.id"""
)
# one look-up a tenant, however long the chains are
TENANTS = text(
    """with recursive sealed (tenant_id) as (
           (select s.tenant_id from core.audit_seal s order by s.tenant_id limit 1)
           union all
           select (select s.tenant_id from core.audit_seal s where s.tenant_id > sealed.tenant_id
                   order by s.tenant_id limit 1)
           from sealed where sealed.tenant_id is not null
       )
       select tenant_id from sealed where tenant_id is not null"""
)


def incarnation_id(identity: str) -> UUID:
    """A name of fixed length for what INCARNATION answers."""
    return UUID(bytes=hashlib.sha256(identity.encode()).digest()[:16])


def frontier(service: str, incarnation: UUID) -> Select[tuple[str]]:
    """Asks for the transaction below which every row of the service is sealed; no row where none is."""
    seal = audit_seal.c
    return (
        select(seal.row_txid)
        .where(seal.service == service, seal.incarnation == incarnation)
        .order_by(seal.row_txid.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class _Head:
    position: int
    chain: bytes


FIRST_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A service's rows up to this one, by transaction and id, have been looked at in this term."""

    txid: int
    id: UUID = FIRST_ID


def _page_of(service: str, table: Table, limit: int, *, settled: bool) -> Select[tuple[object, ...]]:
    """The next rows of a service after its cursor; `settled`: those older than every open transaction."""
    c = table.c
    txid = cast(bindparam(f"{service}_txid", type_=Text), Xid8)
    query = sealed_columns(service, table).where(
        c.row_txid >= txid, or_(c.row_txid > txid, c.id > bindparam(f"{service}_id", type_=Uuid))
    )
    if settled:
        query = query.where(c.row_txid < cast(bindparam("xmin", type_=Text), Xid8))
    return query.order_by(c.row_txid, c.id).limit(limit)


def page_of_all(tables: Mapping[str, Table], limit: int) -> Select[tuple[object, ...]]:
    """The next settled rows of all services, in the one order in which they are sealed."""
    pages = [_page_of(name, table, limit, settled=True).subquery().select() for name, table in tables.items()]
    rows = union_all(*pages).subquery()
    return select(rows).order_by(cast(rows.c.row_txid, Xid8), rows.c.service, rows.c.id).limit(limit)


class Sealer:
    """The one writer of the seal; several may run, an advisory lock lets one of them work.

    `tables` are the audit tables by service. Each pass takes at most `batch` rows into memory.
    """

    def __init__(
        self, database: Database, tables: Mapping[str, Table], anchors: Anchors, *, batch: int = BATCH
    ) -> None:
        self.database = database
        self._tables = tables
        self._anchors = anchors
        self._batch = batch

    @asynccontextmanager
    async def leading(self) -> AsyncIterator["Term | None"]:
        """A term of sealing, or None while another sealer has one."""
        # on the lock's own connection: who has lost the lead cannot seal
        async with leading(self.database, "psa.audit.sealer", "REPEATABLE READ") as connection:
            if connection is None:
                yield None
            else:
                yield await Term.begin(connection, self._tables, self._anchors, self._batch)

    async def run(self, stop: asyncio.Event, *, pause: float = PAUSE_SECONDS) -> None:
        """Seal until `stop` is set; a lost database or a folder that takes no anchors is met by trying again."""
        while not stop.is_set():
            try:
                async with self.leading() as term:
                    while term is not None and not stop.is_set():
                        await term.seal_waiting()
                        await wait_or_stop(stop, pause)
            except (SQLAlchemyError, OSError) as error:
                log.warning("sealer_interrupted", error=str(error))
            await wait_or_stop(stop, pause * 4)


class Term:
    """What a sealer does from getting the lead to losing it."""

    def __init__(
        self, connection: AsyncConnection, tables: Mapping[str, Table], anchors: Anchors, batch: int, incarnation: UUID
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._anchors = anchors
        self._batch = batch
        self._incarnation = incarnation
        self._query = page_of_all(tables, batch)
        self._cursors: dict[str, _Cursor] = {}

    @classmethod
    async def begin(
        cls, connection: AsyncConnection, tables: Mapping[str, Table], anchors: Anchors, batch: int
    ) -> "Term":
        """Anchor what an earlier term sealed and did not anchor, and find where sealing goes on."""
        async with connection.begin():
            identity: str = (await connection.execute(INCARNATION)).scalar_one()
        term = cls(connection, tables, anchors, batch, incarnation_id(identity))
        await term._anchor_heads()
        await term._find_cursors()
        return term

    async def seal_waiting(self) -> int:
        """Seal every row whose transaction is older than all open ones; returns how many."""
        sealed, more = 0, True
        while more:
            rows, more = await self._seal_batch()
            sealed += rows
        return sealed

    async def _anchor_heads(self) -> None:
        async with self._connection.begin():
            tenants = list((await self._connection.execute(TENANTS)).scalars())
            heads = (await self._connection.execute(_HEADS_OF, {"tenants": tenants})).all()
        anchored = await asyncio.to_thread(self._anchors.last_positions, tenants)
        for head in heads:
            if head.position < anchored.get(head.tenant_id, 0):
                log.error(
                    "audit_chain_is_shorter_than_its_anchor",
                    tenant_id=str(head.tenant_id),
                    position=head.position,
                    anchored=anchored[head.tenant_id],
                )
        late = [
            Anchor(head.tenant_id, head.position, head.chain, _iso(head.sealed_at))
            for head in heads
            if head.position > anchored.get(head.tenant_id, 0)
        ]
        if late:
            await asyncio.to_thread(self._anchors.append, late)

    async def _find_cursors(self) -> None:
        """A service never sealed in this life of the database is read in full, and what an earlier life left first."""
        for service in self._tables:
            async with self._connection.begin():
                found = (await self._connection.execute(frontier(service, self._incarnation))).scalar()
            if found is None:
                await self._seal_left_over(service)
            # rows of the last transaction may be left
            self._cursors[service] = _Cursor(int(found or 0))

    async def _seal_left_over(self, service: str) -> None:
        """Rows whose transaction id this life of the database has not reached: they came with a restore."""
        query = _page_of(service, self._tables[service], self._batch, settled=False)
        cursor: _Cursor | None = None
        more = True
        while more:
            async with self._connection.begin():
                _, xmax, now = (await self._connection.execute(_SNAPSHOT)).one()
                rows = await self._read(query, {service: cursor or _Cursor(int(xmax))})
                heads = await self._append(await self._without_seal(rows), BEFORE_RESTORE, now)
            await self._anchor(heads)
            more = len(rows) == self._batch
            cursor = _after(rows[-1]) if rows else None

    async def _seal_batch(self) -> tuple[int, bool]:
        """Seal one page; returns how many rows, and whether there may be more."""
        async with self._connection.begin():
            xmin, _, now = (await self._connection.execute(_SNAPSHOT)).one()
            rows = await self._read(self._query, self._cursors, xmin=xmin)
            left = await self._without_seal(rows)
            heads = await self._append(left, self._incarnation, now)
        await self._anchor(heads)
        more = len(rows) == self._batch
        if more:
            self._cursors |= {row.service: _after(row) for row in rows}
        else:
            self._cursors = dict.fromkeys(self._tables, _Cursor(int(xmin)))
        return len(left), more

    async def _read(
        self, query: Select[tuple[object, ...]], cursors: Mapping[str, _Cursor], **more: str
    ) -> list[AuditRow]:
        parameters: dict[str, object] = dict(more)
        for service, cursor in cursors.items():
            parameters |= {f"{service}_txid": str(cursor.txid), f"{service}_id": cursor.id}
        return [audit_row(row) for row in await self._connection.execute(query, parameters)]

    async def _without_seal(self, rows: Sequence[AuditRow]) -> list[AuditRow]:
        """Those that have no place in a chain: an erased row is met again, for it was written again."""
        if not rows:
            return []
        keys = {
            "tenants": [row.tenant_id for row in rows],
            "services": [row.service for row in rows],
            "rows": [row.id for row in rows],
        }
        known = {(row.service, row.row_id) for row in await self._connection.execute(_SEALED_OF, keys)}
        return [row for row in rows if (row.service, row.id) not in known]

    async def _append(self, rows: Sequence[AuditRow], incarnation: UUID, now: datetime) -> list[Anchor]:
        """Write the rows' places in their tenants' chains; returns the new heads."""
        tenants = grouped(rows)
        if not tenants:
            return []
        known = (await self._connection.execute(_HEADS_OF, {"tenants": list(tenants)})).all()
        heads = {head.tenant_id: _Head(head.position, head.chain) for head in known}
        places: list[dict[str, object]] = []
        anchors = []
        for tenant_id, group in tenants.items():
            head = heads.get(tenant_id, _Head(0, genesis(tenant_id)))
            for row in group:
                content = content_digest(row)
                link = Link(
                    head.position + 1,
                    row.service,
                    row.id,
                    incarnation,
                    row.row_txid,
                    row_digest(row, content),
                    as_microseconds(now),
                )
                head = _Head(link.position, chain(head.chain, link))
                places.append(_place(tenant_id, link, content, head.chain, now))
            anchors.append(Anchor(tenant_id, head.position, head.chain, _iso(now)))
        await self._connection.execute(insert(audit_seal), places)
        return anchors

    async def _anchor(self, heads: Sequence[Anchor]) -> None:
        # after the commit: an anchor never names what is not there, and a head left without one is the next term's
        if heads:
            await asyncio.to_thread(self._anchors.append, heads)


def make_sealers(settings: Settings, services: Iterable[ServiceModule], clock: Clock) -> list[Sealer]:
    """The sealer of the services' audit tables; none, which the log tells, where the settings name no place for it."""
    tables = audit_tables(services)
    if not tables:
        return []
    if settings.sealer_url is None or settings.audit_anchor_dir is None:
        log.warning("audit_is_not_sealed", reason="PSA_SEALER_URL and PSA_AUDIT_ANCHOR_DIR are not set")
        return []
    database = Database(settings.sealer_url, clock=clock, pool_size=1)
    return [Sealer(database, tables, Anchors(settings.audit_anchor_dir))]


def _place(tenant_id: UUID, link: Link, content: bytes, linked: bytes, now: datetime) -> dict[str, object]:
    return {
        "tenant_id": tenant_id,
        "position": link.position,
        "service": link.service,
        "row_id": link.row_id,
        "incarnation": link.incarnation,
        "row_txid": link.row_txid,
        "content_digest": content,
        "row_digest": link.row_digest,
        "chain": linked,
        "sealed_at": now,
    }


def _after(row: AuditRow) -> _Cursor:
    return _Cursor(int(row.row_txid), row.id)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()

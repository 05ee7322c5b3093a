"""What the verifier reads of the database, in pages."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Table, Text, case, cast, exists, func, literal, select, text, true
from sqlalchemy.dialects.postgresql import JSONB

from operational.core.audit import ERASURE
from operational.core.seal.chains import Seal
from operational.core.seal.digest import (
    AuditRow,
    Link,
    audit_row,
    audit_seal,
    genesis,
    microseconds,
    sealed_columns,
)
from operational.core.seal.sealer import INCARNATION, TENANTS, frontier, incarnation_id

PAGE = 1000
_XMAX = text("select pg_snapshot_xmax(pg_current_snapshot())::text")
seal = audit_seal.c


class Reader:
    """Reads audit tables (by service) and their seals on an open connection, which must keep to one snapshot."""

    def __init__(self, connection: Connection, tables: Mapping[str, Table]) -> None:
        self._connection = connection
        self._tables = tables

    def tenants(self) -> set[UUID]:
        """Every tenant with a seal or an audit row."""
        found = set(self._connection.execute(TENANTS).scalars())
        for table in self._tables.values():
            found |= set(self._connection.execute(select(table.c.tenant_id).distinct()).scalars())
        return found

    def frontiers(self) -> dict[str, int]:
        """By service, the transaction below which its rows are sealed in this life of the database, where any is."""
        incarnation = incarnation_id(self._connection.execute(INCARNATION).scalar_one())
        found = {name: self._connection.execute(frontier(name, incarnation)).scalar() for name in self._tables}
        return {name: int(txid) for name, txid in found.items() if txid is not None}

    def next_transaction(self) -> int:
        """The first transaction id that had not been given out."""
        return int(self._connection.execute(_XMAX).scalar_one())

    def head(self, tenant_id: UUID) -> tuple[int, bytes]:
        """The last position of a tenant's chain and its value; 0 where nothing has been sealed."""
        query = select(seal.position, seal.chain).where(seal.tenant_id == tenant_id)
        row = self._connection.execute(query.order_by(seal.position.desc()).limit(1)).first()
        return (row.position, row.chain) if row else (0, genesis(tenant_id))

    def chains_at(self, tenant_id: UUID, positions: Collection[int]) -> dict[int, bytes]:
        """The chain's values at these positions, where there are any."""
        query = select(seal.position, seal.chain).where(seal.tenant_id == tenant_id, seal.position.in_(positions))
        return {0: genesis(tenant_id), **{row.position: row.chain for row in self._connection.execute(query)}}

    def seals(self, tenant_id: UUID) -> Iterator[list[tuple[Seal, AuditRow | None]]]:
        """The tenant's seals in the order of their positions, each with the row it speaks of, whosever that is now."""
        query = select(
            seal.position,
            seal.service,
            seal.row_id,
            seal.incarnation,
            cast(seal.row_txid, Text),
            seal.row_digest,
            microseconds(seal.sealed_at),
            seal.content_digest,
            seal.chain,
        ).where(seal.tenant_id == tenant_id)
        page = query
        while rows := self._connection.execute(page.order_by(seal.position).limit(PAGE)).all():
            found = [Seal(Link(*row[:7]), row[7], row[8]) for row in rows]
            spoken_of = self._rows_of(found)
            yield [(each, spoken_of.get((each.link.service, each.link.row_id))) for each in found]
            page = query.where(seal.position > found[-1].link.position)

    def _rows_of(self, seals: Sequence[Seal]) -> dict[tuple[str, UUID], AuditRow]:
        found: dict[tuple[str, UUID], AuditRow] = {}
        for service, table in self._tables.items():
            ids = [each.link.row_id for each in seals if each.link.service == service]
            if ids:
                query = sealed_columns(service, table).where(table.c.id.in_(ids))
                found |= {(service, row.id): row for row in map(audit_row, self._connection.execute(query))}
        return found

    def unsealed(self, tenant_id: UUID) -> Iterator[tuple[str, UUID, str, int]]:
        """Rows without a seal: service, id, when they say to have been written (microseconds), transaction."""
        for service, table in self._tables.items():
            c = table.c
            query = select(c.id, microseconds(c.occurred_at), cast(c.row_txid, Text)).where(
                c.tenant_id == tenant_id,
                ~exists().where(seal.tenant_id == c.tenant_id, seal.service == service, seal.row_id == c.id),
            )
            for row in self._stream(query):
                yield service, row[0], row[1], int(row[2])

    def erased_without_a_record(self, tenant_id: UUID) -> Iterator[tuple[str, UUID, str]]:
        """Erased rows that no record of an erasure of that instant names: service, id, when (microseconds)."""
        for service, table in self._tables.items():
            c, record = table.c, table.alias("record")
            rows = record.c.after["rows"]
            array = case((func.jsonb_typeof(rows) == "array", rows), else_=cast(text("'[]'"), JSONB))
            named = func.jsonb_array_elements_text(array).table_valued("row_id").render_derived().lateral()
            says = exists(
                select(literal(1))
                .select_from(record.join(named, true()))
                .where(
                    record.c.tenant_id == c.tenant_id,
                    record.c.entity == ERASURE,
                    record.c.occurred_at == c.erased_at,
                    named.c.row_id == cast(c.id, Text),
                )
            )
            query = select(c.id, microseconds(c.erased_at)).where(
                c.tenant_id == tenant_id, c.erased_at.is_not(None), ~says
            )
            for row in self._stream(query):
                yield service, row[0], row[1]

    def _stream(self, query: Select[tuple[object, ...]]) -> Iterator[Row[tuple[object, ...]]]:
        yield from self._connection.execute(query, execution_options={"yield_per": PAGE})

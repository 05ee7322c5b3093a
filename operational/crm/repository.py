"""All SQL of the crm service's API."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, Table, func, insert, select, update

from operational.core.db import UnitOfWork
from operational.core.pagination import PageRequest, paged
from operational.core.statements import TENANT, Statement, among
from operational.crm.contracts import BelongingRef, CustomerRef
from operational.crm.models import contact, contact_customer, contract, customer, site


def _customer_ids() -> Any:
    links = (
        select(func.array_agg(contact_customer.c.customer_id))
        .where(contact_customer.c.tenant_id == contact.c.tenant_id, contact_customer.c.contact_id == contact.c.id)
        .scalar_subquery()
    )
    return func.coalesce(links, []).label("customer_ids")


def _refs(table: Table, *columns: Any) -> Statement:
    query = select(table.c.id, table.c.name, *columns)
    return Statement(query.where(table.c.tenant_id == TENANT, among(table.c.id, "ids")))


_CUSTOMER_REFS, _CONTACT_REFS = _refs(customer), _refs(contact, _customer_ids())
_SITE_REFS, _CONTRACT_REFS = (_refs(table, table.c.customer_id) for table in (site, contract))


def _visible(work: UnitOfWork, table: Table) -> Select[Any]:
    columns = [column for column in table.c if column.name not in {"tenant_id", "row_txid"}]
    extra = [_customer_ids()] if table is contact else []
    return select(*columns, *extra).where(table.c.tenant_id == work.tenant_id)


async def find(work: UnitOfWork, table: Table, record_id: UUID) -> Row[Any] | None:
    """One record by id."""
    return (await work.read(_visible(work, table).where(table.c.id == record_id))).first()


async def lock(work: UnitOfWork, table: Table, record_id: UUID) -> Row[Any] | None:
    """One record by id, locked until the end of the transaction."""
    query = _visible(work, table).where(table.c.id == record_id).with_for_update(of=table)
    return (await work.read(query)).first()


async def list_records(work: UnitOfWork, table: Table, request: PageRequest) -> Sequence[Row[Any]]:
    """Records in order, one more than a page; filters are `text` (part of the name) and columns by name."""
    query = _visible(work, table)
    for name, value in request.filters.items():
        if value is None:
            continue
        if name == "text":
            query = query.where(func.lower(table.c.name).contains(value.lower(), autoescape=True))
        elif name == "customer_id" and table is contact:
            linked = select(contact_customer.c.contact_id).where(
                contact_customer.c.tenant_id == work.tenant_id, contact_customer.c.customer_id == value
            )
            query = query.where(contact.c.id.in_(linked))
        else:
            query = query.where(table.c[name] == value)
    return (await work.read(paged(query, request))).all()


async def add(work: UnitOfWork, table: Table, values: Mapping[str, Any]) -> UUID:
    """Insert a record; returns its id."""
    # not by RETURNING: a contact cannot be seen before it belongs to a customer within reach
    record_id = uuid4()
    await work.write(insert(table).values(id=record_id, tenant_id=work.tenant_id, **values))
    return record_id


async def change(work: UnitOfWork, table: Table, record_id: UUID, values: Mapping[str, Any]) -> None:
    """Update a record."""
    await work.write(update(table).where(table.c.tenant_id == work.tenant_id, table.c.id == record_id).values(**values))


async def customer_refs(work: UnitOfWork, ids: Collection[UUID]) -> list[CustomerRef]:
    """Customers by id."""
    return [CustomerRef(row.id, row.name) for row in await _refs_of(work, _CUSTOMER_REFS, ids)]


async def site_refs(work: UnitOfWork, ids: Collection[UUID]) -> list[BelongingRef]:
    """Sites by id."""
    return await _belonging(work, _SITE_REFS, ids)


async def contract_refs(work: UnitOfWork, ids: Collection[UUID]) -> list[BelongingRef]:
    """Contracts by id."""
    return await _belonging(work, _CONTRACT_REFS, ids)


async def contact_refs(work: UnitOfWork, ids: Collection[UUID]) -> list[BelongingRef]:
    """Contacts by id."""
    found = await _refs_of(work, _CONTACT_REFS, ids)
    return [BelongingRef(row.id, row.name, frozenset(row.customer_ids)) for row in found]


async def _refs_of(work: UnitOfWork, refs: Statement, ids: Collection[UUID]) -> Sequence[Row[Any]]:
    return (await work.read(refs, {"ids": list(ids)})).all() if ids else ()


async def _belonging(work: UnitOfWork, refs: Statement, ids: Collection[UUID]) -> list[BelongingRef]:
    found = await _refs_of(work, refs, ids)
    return [BelongingRef(row.id, row.name, frozenset({row.customer_id})) for row in found]

"""Making and changing customers and contacts: row, audit and event in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table

from operational.core.audit import record_change
from operational.core.db import UnitOfWork
from operational.core.errors import not_found, unprocessable
from operational.core.etag import Expected
from operational.core.outbox import Event, announce
from operational.crm import repository
from operational.crm.events import ContactSaved, CustomerSaved
from operational.crm.models import audit, contact, contact_customer, customer, outbox, site


@dataclass(frozen=True)
class Kind:
    """A kind of record with a version, and the event that tells of it."""

    name: str
    table: Table
    event: Callable[[UUID, tuple[str, ...]], Event]


CUSTOMER = Kind("customer", customer, CustomerSaved)
CONTACT = Kind("contact", contact, ContactSaved)


async def create_customer(work: UnitOfWork, values: Mapping[str, Any]) -> Row[Any]:
    """Make a customer."""
    return await _create(work, CUSTOMER, values)


async def create_contact(
    work: UnitOfWork, customer_id: UUID, site_id: UUID | None, values: Mapping[str, Any]
) -> Row[Any]:
    """Make a contact of a customer; raises 422 when customer or site are not there."""
    if await repository.find(work, customer, customer_id) is None:
        raise unprocessable("unknown_customer", "there is no such customer", "customer_id")
    if site_id is not None:
        place = await repository.find(work, site, site_id)
        if place is None or place.customer_id != customer_id:
            raise unprocessable("unknown_site", "the customer has no such site", "site_id")
    record_id = await repository.add(work, contact, {**values, "version": 1})
    link = {"contact_id": record_id, "customer_id": customer_id, "site_id": site_id, "is_primary": False}
    await repository.add(work, contact_customer, link)
    return await _tell(work, CONTACT, record_id, 1, None, {**values, "customer_id": customer_id, "site_id": site_id})


async def change(
    work: UnitOfWork, kind: Kind, record_id: UUID, expected: Expected, values: Mapping[str, Any]
) -> Row[Any]:
    """Change the values that differ; raises 404, 412 or 428. Without a difference nothing is written."""
    row = await repository.lock(work, kind.table, record_id)
    if row is None:
        raise not_found(kind.name)
    expected.check(row.version)
    before = {name: row._mapping[name] for name, value in values.items() if row._mapping[name] != value}
    if not before:
        return row
    after = {name: values[name] for name in before}
    version = row.version + 1
    await repository.change(work, kind.table, record_id, {**after, "version": version})
    return await _tell(work, kind, record_id, version, before, after)


async def _create(work: UnitOfWork, kind: Kind, values: Mapping[str, Any]) -> Row[Any]:
    record_id = await repository.add(work, kind.table, {**values, "version": 1})
    return await _tell(work, kind, record_id, 1, None, values)


async def _tell(
    work: UnitOfWork,
    kind: Kind,
    record_id: UUID,
    version: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> Row[Any]:
    await record_change(work, audit, kind.name, record_id, before=before, after=after)
    await announce(work, outbox, record_id, version, kind.event(record_id, tuple(sorted(after))))
    row = await repository.find(work, kind.table, record_id)
    assert row is not None
    return row

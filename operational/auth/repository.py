"""All SQL of the auth service's API."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from operational.auth.contracts import Person
from operational.auth.models import (
    credential,
    preference,
    security_event,
    tenant,
    user_account,
)
from operational.core.db import UnitOfWork
from operational.core.pagination import PageRequest, paged
from operational.core.statements import TENANT, Statement, among, given

STAFF, PORTAL, SERVICE = "staff", "portal", "service"


async def logins(connection: AsyncConnection, login: str, slug: str | None) -> list[tuple[UUID, UUID]]:
    """(tenant, credential) of every tenant that knows the login; as the log-in role."""
    query = select(credential.c.tenant_id, credential.c.id).where(credential.c.login == login)
    if slug is not None:
        query = query.join(tenant, tenant.c.id == credential.c.tenant_id).where(tenant.c.slug == slug)
    return [(row.tenant_id, row.id) for row in await connection.execute(query)]


async def lock_credential(work: UnitOfWork, credential_id: UUID) -> Row[Any] | None:
    """The credential, locked until the end of the transaction."""
    query = select(credential).where(credential.c.tenant_id == work.tenant_id, credential.c.id == credential_id)
    return (await work.read(query.with_for_update())).first()


async def replace_hash(work: UnitOfWork, credential_id: UUID, password_hash: str) -> None:
    """Store the password's hash made with newer parameters."""
    await work.write(
        update(credential)
        .where(credential.c.tenant_id == work.tenant_id, credential.c.id == credential_id)
        .values(password_hash=password_hash)
    )


async def password_of(work: UnitOfWork, user_id: UUID) -> Row[Any] | None:
    """The credential of a person with words about them: login, name, tenant."""
    query = (
        select(credential.c.id, credential.c.login, user_account.c.name, tenant.c.name.label("tenant"))
        .join(user_account, user_account.c.id == credential.c.user_id)
        .join(tenant, tenant.c.id == credential.c.tenant_id)
        .where(credential.c.tenant_id == work.tenant_id, credential.c.user_id == user_id)
    )
    return (await work.read(query)).first()


async def set_password(work: UnitOfWork, credential_id: UUID, password_hash: str) -> None:
    """Store a new password's hash."""
    await work.write(
        update(credential)
        .where(credential.c.tenant_id == work.tenant_id, credential.c.id == credential_id)
        .values(password_hash=password_hash, changed_at=work.now)
    )


async def account(work: UnitOfWork, user_id: UUID, *more: ColumnElement[Any]) -> Row[Any] | None:
    """A person with their tenant's name and place, whether they have a password, and more columns."""
    has_password = exists().where(credential.c.tenant_id == work.tenant_id, credential.c.user_id == user_id)
    query = (
        select(
            user_account.c.id,
            user_account.c.name,
            user_account.c.email,
            user_account.c.team,
            is_active(work.now.date()).label("is_active"),
            tenant.c.id.label("tenant_id"),
            tenant.c.slug.label("tenant"),
            tenant.c.name.label("tenant_name"),
            tenant.c.timezone,
            tenant.c.locale,
            has_password.label("has_password"),
            *more,
        )
        .join(tenant, tenant.c.id == user_account.c.tenant_id)
        .where(user_account.c.tenant_id == work.tenant_id, user_account.c.id == user_id)
    )
    return (await work.read(query)).first()


def is_active(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether somebody works here on a day."""
    return and_(
        or_(user_account.c.active_from.is_(None), user_account.c.active_from <= day),
        or_(user_account.c.active_to.is_(None), user_account.c.active_to >= day),
    )


_PEOPLE = Statement(
    select(
        user_account.c.id,
        user_account.c.name,
        user_account.c.email,
        is_active(given("day", Date)).label("is_active"),
    ).where(user_account.c.tenant_id == TENANT, among(user_account.c.id, "ids"), user_account.c.kind == STAFF)
)


async def preferences(work: UnitOfWork) -> dict[str, Any]:
    """The acting person's preferences by name."""
    query = select(preference.c.name, preference.c.value).where(
        preference.c.tenant_id == work.tenant_id, preference.c.user_id == work.principal.user_id
    )
    return {row.name: row.value for row in await work.read(query.order_by(preference.c.name))}


async def set_preference(work: UnitOfWork, name: str, value: Any) -> None:
    """Keep or, when None, forget a preference of the acting person."""
    mine = dict(tenant_id=work.tenant_id, user_id=work.principal.user_id, name=name)
    if value is None:
        await work.write(delete(preference).where(*(preference.c[key] == v for key, v in mine.items())))
        return
    statement = upsert(preference).values(**mine, value=value)
    await work.write(
        statement.on_conflict_do_update(index_elements=["tenant_id", "user_id", "name"], set_={"value": value})
    )


async def add_security_event(work: UnitOfWork, kind: str, user_id: UUID | None, request_id: str | None) -> None:
    """Write a line of the security log."""
    await work.write(
        insert(security_event).values(
            tenant_id=work.tenant_id, user_id=user_id, kind=kind, request_id=request_id, occurred_at=work.now
        )
    )


async def people(work: UnitOfWork, ids: Collection[UUID]) -> list[Person]:
    """Staff by id."""
    if not ids:
        return []
    found = await work.read(_PEOPLE, {"ids": list(ids), "day": work.now.date()})
    return [Person(row.id, row.name, row.email, row.is_active) for row in found]


async def list_users(work: UnitOfWork, request: PageRequest) -> Sequence[Row[Any]]:
    """Staff in order, one row more than a page."""
    query = select(
        user_account.c.id,
        user_account.c.name,
        user_account.c.email,
        user_account.c.team,
        is_active(work.now.date()).label("is_active"),
    ).where(user_account.c.tenant_id == work.tenant_id, user_account.c.kind == STAFF)
    if request.filters.get("text"):
        query = query.where(func.lower(user_account.c.name).contains(request.filters["text"].lower(), autoescape=True))
    return (await work.read(paged(query, request))).all()

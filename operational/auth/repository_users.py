"""SQL of people as administrators see and change them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    Text,
    Uuid,
    cast,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from operational.auth.models import (
    credential,
    customer_rule,
    one_time_link,
    portal_membership,
    role,
    user_account,
    user_role,
)
from operational.auth.repository import SERVICE, is_active
from operational.core.db import UnitOfWork


def detail(work: UnitOfWork) -> Select[Any]:
    """People with roles, whether they have a password or an invitation, and what they are a contact of."""
    names = (
        select(func.array_agg(role.c.name))
        .join(user_role, user_role.c.role_id == role.c.id)
        .where(user_role.c.tenant_id == work.tenant_id, user_role.c.user_id == user_account.c.id)
        .scalar_subquery()
    )
    invited_until = (
        select(func.max(one_time_link.c.expires_at))
        .where(
            one_time_link.c.tenant_id == work.tenant_id,
            one_time_link.c.user_id == user_account.c.id,
            one_time_link.c.used_at.is_(None),
        )
        .scalar_subquery()
    )
    has_password = exists().where(credential.c.tenant_id == work.tenant_id, credential.c.user_id == user_account.c.id)
    customers = func.array_agg(aggregate_order_by(portal_membership.c.customer_id, portal_membership.c.position))
    return select(
        user_account.c.id, user_account.c.name, user_account.c.email, user_account.c.team, user_account.c.kind,
        user_account.c.active_from, user_account.c.active_to, user_account.c.version,
        is_active(work.now.date()).label("is_active"), has_password.label("has_password"),
        invited_until.label("invited_until"), func.coalesce(names, []).label("roles"),
        func.coalesce(_of_portal(work, customers), []).label("portal_customers"),
        _of_portal(work, func.min(cast(portal_membership.c.contact_id, Text)).cast(Uuid)).label("contact_id"),
    ).where(user_account.c.tenant_id == work.tenant_id)  # fmt: skip


def _of_portal(work: UnitOfWork, value: ColumnElement[Any]) -> ScalarSelect[Any]:
    return (
        select(value)
        .where(portal_membership.c.tenant_id == work.tenant_id, portal_membership.c.user_id == user_account.c.id)
        .scalar_subquery()
    )


async def find_user(work: UnitOfWork, user_id: UUID) -> Row[Any] | None:
    """A person with roles, and whether they have a password or an invitation."""
    return (await work.read(detail(work).where(user_account.c.id == user_id))).first()


async def lock_user(work: UnitOfWork, user_id: UUID) -> Row[Any] | None:
    """The same, locked until the end of the transaction."""
    query = detail(work).where(user_account.c.id == user_id)
    return (await work.read(query.with_for_update(of=user_account))).first()


async def service_accounts(work: UnitOfWork) -> Sequence[Row[Any]]:
    """The service accounts, by name."""
    query = detail(work).where(user_account.c.kind == SERVICE)
    return (await work.read(query.order_by(user_account.c.name, user_account.c.id))).all()


async def address_taken(work: UnitOfWork, email: str, but: UUID | None = None) -> bool:
    """Whether somebody else has the address already."""
    query = select(user_account.c.id).where(
        user_account.c.tenant_id == work.tenant_id, func.lower(user_account.c.email) == email.strip().lower()
    )
    if but is not None:
        query = query.where(user_account.c.id != but)
    return (await work.read(query.limit(1))).first() is not None


async def add_user(work: UnitOfWork, values: Mapping[str, Any]) -> UUID:
    """Insert a person; returns their id."""
    user_id = uuid4()
    await work.write(
        insert(user_account).values(id=user_id, tenant_id=work.tenant_id, created_at=work.now, version=1, **values)
    )
    return user_id


async def change_user(work: UnitOfWork, user_id: UUID, values: Mapping[str, Any]) -> None:
    """Update a person."""
    await work.write(
        update(user_account)
        .where(user_account.c.tenant_id == work.tenant_id, user_account.c.id == user_id)
        .values(**values)
    )


async def change_login(work: UnitOfWork, user_id: UUID, login: str) -> None:
    """Let a person log in with another address."""
    await work.write(
        update(credential)
        .where(credential.c.tenant_id == work.tenant_id, credential.c.user_id == user_id)
        .values(login=login)
    )


async def set_roles(work: UnitOfWork, user_id: UUID, role_ids: Collection[UUID]) -> None:
    """Give a person these roles and no others."""
    await work.write(delete(user_role).where(user_role.c.tenant_id == work.tenant_id, user_role.c.user_id == user_id))
    if role_ids:
        rows = [{"tenant_id": work.tenant_id, "user_id": user_id, "role_id": role_id} for role_id in role_ids]
        await work.write(insert(user_role), rows)


async def other_holders(work: UnitOfWork, role_name: str, user_id: UUID) -> int:
    """How many active people with a log-in hold a role besides this one."""
    query = (
        select(func.count())
        .select_from(user_role)
        .join(role, role.c.id == user_role.c.role_id)
        .join(user_account, user_account.c.id == user_role.c.user_id)
        .join(credential, credential.c.user_id == user_role.c.user_id)
        .where(
            user_role.c.tenant_id == work.tenant_id,
            role.c.name == role_name,
            user_role.c.user_id != user_id,
            is_active(work.now.date()),
        )
    )
    return int((await work.read(query)).scalar_one())


async def lock_role(work: UnitOfWork, role_name: str) -> None:
    """Let others who change holders of the role wait: two administrators must not each remove the other."""
    query = select(role.c.id).where(role.c.tenant_id == work.tenant_id, role.c.name == role_name)
    await work.read(query.with_for_update())


async def customer_rules(work: UnitOfWork, user_id: UUID) -> dict[str, list[UUID]]:
    """Customers by effect (`only`, `never`)."""
    query = select(customer_rule.c.effect, customer_rule.c.customer_id).where(
        customer_rule.c.tenant_id == work.tenant_id, customer_rule.c.user_id == user_id
    )
    found: dict[str, list[UUID]] = {"only": [], "never": []}
    for row in await work.read(query.order_by(customer_rule.c.customer_id)):
        found[row.effect].append(row.customer_id)
    return found


async def set_customer_rules(work: UnitOfWork, user_id: UUID, rules: Mapping[str, Collection[UUID]]) -> None:
    """Replace a person's customers by effect."""
    await work.write(
        delete(customer_rule).where(customer_rule.c.tenant_id == work.tenant_id, customer_rule.c.user_id == user_id)
    )
    rows = [
        {"tenant_id": work.tenant_id, "user_id": user_id, "customer_id": customer_id, "effect": effect}
        for effect, ids in rules.items()
        for customer_id in ids
    ]
    if rows:
        await work.write(insert(customer_rule), rows)

"""SQL of portal users: contacts of customers who log in themselves."""

from collections.abc import Collection, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, delete, exists, func, insert, or_, select

from operational.auth.models import credential, portal_membership, user_account
from operational.auth.repository import PORTAL, is_active
from operational.auth.repository_users import detail
from operational.core.db import UnitOfWork
from operational.core.pagination import PageRequest, paged

# active: can log in; invited: has set no password yet; former: let go
State = Literal["active", "invited", "former"]


async def list_portal_users(work: UnitOfWork, request: PageRequest) -> Sequence[Row[Any]]:
    """Portal users in order, one more than a page; filters are text (of name or address), state, customer, contact."""
    query = detail(work).where(user_account.c.kind == PORTAL)
    wanted = request.filters
    if wanted.get("text"):
        part = wanted["text"].lower()
        columns = (user_account.c.name, user_account.c.email)
        query = query.where(or_(*(func.lower(column).contains(part, autoescape=True) for column in columns)))
    if wanted.get("state"):
        has_password = exists().where(
            credential.c.tenant_id == work.tenant_id, credential.c.user_id == user_account.c.id
        )
        active = is_active(work.now.date())
        query = query.where(
            {"active": active & has_password, "invited": active & ~has_password, "former": ~active}[wanted["state"]]
        )
    for name in ("customer_id", "contact_id"):
        if wanted.get(name):
            members = select(portal_membership.c.user_id).where(
                portal_membership.c.tenant_id == work.tenant_id, portal_membership.c[name] == wanted[name]
            )
            query = query.where(user_account.c.id.in_(members))
    return (await work.read(paged(query, request))).all()


async def memberships(work: UnitOfWork, user_id: UUID) -> Sequence[Row[Any]]:
    """The customers a portal user belongs to, in order: customer_id, contact_id."""
    query = select(portal_membership.c.customer_id, portal_membership.c.contact_id).where(
        portal_membership.c.tenant_id == work.tenant_id, portal_membership.c.user_id == user_id
    )
    return (await work.read(query.order_by(portal_membership.c.position))).all()


async def has_account(work: UnitOfWork, contact_id: UUID) -> bool:
    """Whether a contact has been let into the portal, whatever became of it."""
    query = exists().where(
        portal_membership.c.tenant_id == work.tenant_id, portal_membership.c.contact_id == contact_id
    )
    return bool((await work.read(select(query))).scalar_one())


async def set_memberships(work: UnitOfWork, user_id: UUID, contact_id: UUID, customer_ids: Collection[UUID]) -> None:
    """Let a portal user belong to these customers and no others; their sessions begin with the first."""
    await work.write(
        delete(portal_membership).where(
            portal_membership.c.tenant_id == work.tenant_id, portal_membership.c.user_id == user_id
        )
    )
    row = {"tenant_id": work.tenant_id, "user_id": user_id, "contact_id": contact_id}
    rows = [{**row, "customer_id": customer_id, "position": n} for n, customer_id in enumerate(customer_ids)]
    await work.write(insert(portal_membership), rows)

"""Administrators let contacts of customers into the portal, and see who is there."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from operational.auth import repository_portal
from operational.auth.api.users import TheUsers, detail_of, shown
from operational.auth.models import idempotency, user_account
from operational.auth.schemas_people import PortalUserCustomersIn, PortalUserIn, UserDetail
from operational.auth.service.portal import PortalUsers
from operational.core.etag import IfMatch, etag
from operational.core.idempotency import Answer, OnceOnly
from operational.core.kernel import Work
from operational.core.pagination import Cursor, Limit, Page, PageRequest, Sort, page_of
from operational.core.payload import Words
from operational.core.routes import ServiceRouter
from operational.core.security import require

router = ServiceRouter(prefix="/api/auth/portal-users", tags=["auth"])
MANAGE = require("auth.user.manage")
BY_NAME = Sort(user_account.c.name, user_account.c.id, str)
# the rules about customers are the staff's
NO_RULES: dict[str, list[UUID]] = {}


@router.get("", dependencies=[MANAGE])
async def list_portal_users(
    work: Work, limit: Limit = 50, cursor: Cursor = None, text: Annotated[Words | None, Query()] = None,
    state: Annotated[repository_portal.State | None, Query()] = None,
    customer_id: Annotated[UUID | None, Query()] = None, contact_id: Annotated[UUID | None, Query()] = None,
) -> Page[UserDetail]:  # fmt: skip
    """Portal users by name; `text` is a part of the name or address.

    `state`: active can log in, invited has set no password yet, former was let go.
    """
    filters = {"text": text, "state": state, "customer_id": customer_id, "contact_id": contact_id}
    request = PageRequest("auth.portal_users", BY_NAME, filters, limit, cursor)
    found = await repository_portal.list_portal_users(work, request)
    rows, next_cursor = page_of(found, request, lambda row: (row.name, row.id))
    return Page[UserDetail](items=[shown(row, NO_RULES) for row in rows], next_cursor=next_cursor)


@router.post("", status_code=201, response_model=UserDetail, dependencies=[MANAGE])
async def create_portal_user(body: PortalUserIn, users: TheUsers, work: Work, once: OnceOnly) -> Response:
    """Let a contact log in for customers they belong to; they get an invitation by mail."""

    async def make() -> Answer:
        row = await PortalUsers(users).add(body.contact_id, body.email, body.customer_ids)
        return Answer(await detail_of(work, row), row.version, f"/api/auth/users/{row.id}")

    return await once.answer(work, idempotency, make)


@router.put("/{user_id}/customers", dependencies=[MANAGE])
async def set_portal_user_customers(
    user_id: UUID, body: PortalUserCustomersIn, expected: IfMatch, users: TheUsers, response: Response
) -> UserDetail:
    """Let a portal user act for these customers of theirs and no others, beginning with the first; at once."""
    row = await PortalUsers(users).set_customers(user_id, expected, body.customer_ids)
    response.headers["ETag"] = etag(row.version)
    return await detail_of(users.work, row)

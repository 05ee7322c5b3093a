"""The administration of people: invitations, roles, customers, and what somebody may do."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from operational.auth import repository_users
from operational.auth.models import idempotency
from operational.auth.schemas_people import (
    CustomersIn,
    ExplanationOut,
    RolesIn,
    UserChange,
    UserDetail,
    UserIn,
)
from operational.auth.service.explain import explain
from operational.auth.service.users import Users
from operational.core.errors import not_found
from operational.core.etag import IfMatch, etag
from operational.core.idempotency import Answer, OnceOnly
from operational.core.kernel import TheKernel, Work
from operational.core.routes import ServiceRouter
from operational.core.security import require

router = ServiceRouter(prefix="/api/auth", tags=["auth"])


async def _users(work: Work, kernel: TheKernel) -> Users:
    return Users(work, kernel.permissions, kernel.parties, kernel.revocations, kernel.settings.public_url)


TheUsers = Annotated[Users, Depends(_users)]


async def detail_of(work: Work, row: Any) -> UserDetail:
    """A person with their customers."""
    return shown(row, await repository_users.customer_rules(work, row.id))


def shown(row: Any, rules: Mapping[str, list[UUID]]) -> UserDetail:
    """A person with the customers (by `only` and `never`) they are confined to or kept from."""
    customers = {f"customers_{effect}": rules.get(effect, []) for effect in ("only", "never")}
    return UserDetail.model_validate({**row._mapping, "roles": sorted(row.roles), **customers})


@router.get("/me/permissions", dependencies=[require("auth.account.use")])
async def list_my_permissions(work: Work, kernel: TheKernel) -> ExplanationOut:
    """What the caller may do, and why, or why not."""
    if work.principal.user_id is None:
        raise not_found("user")
    return ExplanationOut.model_validate(await explain(work, kernel.permissions, work.principal.user_id))


@router.post("/users", status_code=201, response_model=UserDetail, dependencies=[require("auth.user.manage")])
async def create_user(body: UserIn, users: TheUsers, work: Work, once: OnceOnly) -> Response:
    """Add a member of the staff, who gets an invitation by mail."""

    async def make() -> Answer:
        row = await users.add(body.model_dump(exclude={"roles"}), body.roles)
        return Answer(await detail_of(work, row), row.version, f"/api/auth/users/{row.id}")

    return await once.answer(work, idempotency, make)


@router.get("/users/{user_id}", dependencies=[require("auth.user.manage")])
async def get_user(user_id: UUID, work: Work, response: Response) -> UserDetail:
    """A person with roles and customers."""
    row = await repository_users.find_user(work, user_id)
    if row is None:
        raise not_found("user")
    response.headers["ETag"] = etag(row.version)
    return await detail_of(work, row)


@router.patch("/users/{user_id}", dependencies=[require("auth.user.manage")])
async def update_user(
    user_id: UUID, body: UserChange, expected: IfMatch, users: TheUsers, response: Response
) -> UserDetail:
    """Change values of a person."""
    row = await users.change(user_id, expected, body.sent())
    response.headers["ETag"] = etag(row.version)
    return await detail_of(users.work, row)


@router.put("/users/{user_id}/roles", dependencies=[require("auth.user.manage")])
async def set_user_roles(
    user_id: UUID, body: RolesIn, expected: IfMatch, users: TheUsers, response: Response
) -> UserDetail:
    """Give a person these roles and no others; effective at once."""
    row = await users.set_roles(user_id, expected, body.roles)
    response.headers["ETag"] = etag(row.version)
    return await detail_of(users.work, row)


@router.put("/users/{user_id}/customers", dependencies=[require("auth.user.manage")])
async def set_user_customers(
    user_id: UUID, body: CustomersIn, expected: IfMatch, users: TheUsers, response: Response
) -> UserDetail:
    """Confine a person to some customers, or keep them from some; effective at once."""
    row = await users.set_customers(user_id, expected, body.only, body.never)
    response.headers["ETag"] = etag(row.version)
    return await detail_of(users.work, row)


@router.post("/users/{user_id}/invite", status_code=202, dependencies=[require("auth.user.manage")])
async def add_invitation(user_id: UUID, users: TheUsers) -> None:
    """Mail a person a new link to set their password with."""
    await users.invite(user_id)


@router.get("/users/{user_id}/permissions", dependencies=[require("auth.user.manage")])
async def list_user_permissions(user_id: UUID, work: Work, kernel: TheKernel) -> ExplanationOut:
    """What a person may do, and why, or why not."""
    return ExplanationOut.model_validate(await explain(work, kernel.permissions, user_id))

"""Roles and permissions."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from operational.auth.schemas_people import (
    PermissionOut,
    PermissionsOut,
    RoleChange,
    RoleIn,
    RoleOut,
    RolesOut,
)
from operational.auth.service.roles import Roles
from operational.core.etag import IfMatch, etag
from operational.core.kernel import TheKernel, Work
from operational.core.routes import ServiceRouter
from operational.core.security import require

router = ServiceRouter(prefix="/api/auth", tags=["auth"])


async def _roles(work: Work, kernel: TheKernel) -> Roles:
    return Roles(work, kernel.permissions, kernel.parties)


TheRoles = Annotated[Roles, Depends(_roles)]


@router.get("/permissions", dependencies=[require("auth.role.read")])
async def list_permissions(kernel: TheKernel) -> PermissionsOut:
    """Every permission there is."""
    return PermissionsOut(
        items=[
            PermissionOut.model_validate(
                {"name": name, "scopes": declared.scopes, "needs_all_customers": declared.needs_all_customers}
            )
            for name, declared in sorted(kernel.permissions.items())
        ]
    )


@router.get("/roles", dependencies=[require("auth.role.read")])
async def list_roles(roles: TheRoles) -> RolesOut:
    """Every role with what it gives."""
    return RolesOut.model_validate({"items": await roles.all()})


@router.post("/roles", status_code=201, dependencies=[require("auth.role.manage")])
async def create_role(body: RoleIn, roles: TheRoles, response: Response) -> RoleOut:
    """Make a role of one's own."""
    made = RoleOut.model_validate(await roles.create(body.name, body.description, body.permissions))
    response.headers["ETag"] = etag(made.version)
    return made


@router.put("/roles/{role_id}", dependencies=[require("auth.role.manage")])
async def set_role(role_id: UUID, body: RoleChange, expected: IfMatch, roles: TheRoles, response: Response) -> RoleOut:
    """Let a role give exactly this; effective at once for everybody who holds it."""
    values = {"description": body.description, "needs_second_factor": body.needs_second_factor}
    made = RoleOut.model_validate(await roles.set_permissions(role_id, expected, values, body.permissions))
    response.headers["ETag"] = etag(made.version)
    return made


@router.delete("/roles/{role_id}", status_code=204, dependencies=[require("auth.role.manage")])
async def delete_role(role_id: UUID, roles: TheRoles) -> None:
    """Remove a role of one's own that nobody holds."""
    await roles.remove(role_id)

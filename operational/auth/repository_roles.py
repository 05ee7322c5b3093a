"""SQL of roles and what a tenant has changed of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from operational.auth.models import role, role_permission, user_role
from operational.core.db import UnitOfWork


async def ensure_roles(work: UnitOfWork, names: Collection[str]) -> None:
    """Make the roles that are missing."""
    known = {row.name for row in await work.read(select(role.c.name).where(role.c.tenant_id == work.tenant_id))}
    missing = [{"tenant_id": work.tenant_id, "name": name} for name in sorted(set(names) - known)]
    if missing:
        statement = upsert(role).values(missing)
        await work.write(statement.on_conflict_do_nothing(index_elements=["tenant_id", "name"]))


def _roles(work: UnitOfWork) -> Select[Any]:
    exceptions = (
        select(func.jsonb_object_agg(role_permission.c.permission, role_permission.c.scope))
        .where(role_permission.c.tenant_id == work.tenant_id, role_permission.c.role_id == role.c.id)
        .scalar_subquery()
    )
    people = (
        select(func.count())
        .where(user_role.c.tenant_id == work.tenant_id, user_role.c.role_id == role.c.id)
        .scalar_subquery()
    )
    return select(
        role.c.id, role.c.name, role.c.description, role.c.version, role.c.needs_second_factor, people.label("people"),
        func.coalesce(exceptions, func.jsonb_build_object()).label("exceptions"),
    ).where(role.c.tenant_id == work.tenant_id)  # fmt: skip


async def list_roles(work: UnitOfWork) -> Sequence[Row[Any]]:
    """Every role with its exceptions (scope or none by permission) and how many people hold it, by name."""
    return (await work.read(_roles(work).order_by(role.c.name))).all()


async def roles_named(work: UnitOfWork, names: Collection[str]) -> dict[str, Row[Any]]:
    """The roles of these names that there are."""
    return {row.name: row for row in await work.read(_roles(work).where(role.c.name.in_(names)))}


async def find_role(work: UnitOfWork, role_id: UUID) -> Row[Any] | None:
    """One role."""
    return (await work.read(_roles(work).where(role.c.id == role_id))).first()


async def lock_role(work: UnitOfWork, role_id: UUID) -> Row[Any] | None:
    """One role, locked until the end of the transaction."""
    return (await work.read(_roles(work).where(role.c.id == role_id).with_for_update(of=role))).first()


async def add_role(work: UnitOfWork, name: str, description: str | None) -> UUID:
    """Insert a role; returns its id."""
    role_id = uuid4()
    row = {"id": role_id, "tenant_id": work.tenant_id, "name": name, "description": description, "version": 1}
    await work.write(insert(role).values(**row))
    return role_id


async def change_role(
    work: UnitOfWork, role_id: UUID, values: Mapping[str, Any], exceptions: Mapping[str, str]
) -> None:
    """Update a role and replace its exceptions."""
    await work.write(update(role).where(role.c.tenant_id == work.tenant_id, role.c.id == role_id).values(**values))
    await work.write(
        delete(role_permission).where(
            role_permission.c.tenant_id == work.tenant_id, role_permission.c.role_id == role_id
        )
    )
    rows = [
        {"tenant_id": work.tenant_id, "role_id": role_id, "permission": permission, "scope": scope}
        for permission, scope in exceptions.items()
    ]
    if rows:
        await work.write(insert(role_permission), rows)


async def remove_role(work: UnitOfWork, role_id: UUID) -> None:
    """Delete a role with its exceptions."""
    await work.write(
        delete(role_permission).where(
            role_permission.c.tenant_id == work.tenant_id, role_permission.c.role_id == role_id
        )
    )
    await work.write(delete(role).where(role.c.tenant_id == work.tenant_id, role.c.id == role_id))

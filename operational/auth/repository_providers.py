"""SQL of identity providers and their rules about groups."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, any_, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from operational.auth.models import tenant
from operational.auth.models_sso import identity, identity_provider, provider_group_role
from operational.core.db import UnitOfWork

# what the log-in role may see
_SEEN = (
    identity_provider.c.id, identity_provider.c.tenant_id, identity_provider.c.name, identity_provider.c.preset,
    identity_provider.c.issuer, identity_provider.c.client_id,
)  # fmt: skip


async def tenant_of_provider(connection: AsyncConnection, provider_id: UUID) -> UUID | None:
    """Whose an enabled provider is; as the log-in role."""
    query = select(identity_provider.c.tenant_id).where(
        identity_provider.c.id == provider_id, identity_provider.c.is_enabled
    )
    found: UUID | None = (await connection.execute(query)).scalar()
    return found


async def providers_of_client(connection: AsyncConnection, issuer: str, client_ids: Collection[str]) -> list[Row[Any]]:
    """The enabled providers, of whatever tenant, with an issuer and one of these clients; as the log-in role."""
    query = select(*_SEEN).where(
        identity_provider.c.issuer == issuer,
        identity_provider.c.client_id.in_(client_ids),
        identity_provider.c.is_enabled,
    )
    return list(await connection.execute(query))


async def offered(connection: AsyncConnection, slug: str | None, domain: str | None) -> list[Row[Any]]:
    """The enabled providers of a tenant; without one, of the only tenant there is, else those for a domain.

    As the log-in role.
    """
    query = select(*_SEEN).where(identity_provider.c.is_enabled)
    if slug is not None:
        query = query.where(
            identity_provider.c.tenant_id == select(tenant.c.id).where(tenant.c.slug == slug).scalar_subquery()
        )
    else:
        is_alone = select(func.count()).select_from(tenant).scalar_subquery() == 1
        fits = literal(domain) == any_(identity_provider.c.allowed_domains)
        query = query.where(is_alone if domain is None else or_(is_alone, fits))
    return list(await connection.execute(query.order_by(identity_provider.c.name, identity_provider.c.id)))


def _providers(work: UnitOfWork) -> Select[Any]:
    rules = (
        select(
            func.jsonb_agg(
                func.jsonb_build_object(
                    "group", provider_group_role.c.group_name, "role", provider_group_role.c.role_name
                )
            )
        )
        .where(
            provider_group_role.c.tenant_id == work.tenant_id,
            provider_group_role.c.provider_id == identity_provider.c.id,
        )
        .scalar_subquery()
    )
    people = (
        select(func.count())
        .where(identity.c.tenant_id == work.tenant_id, identity.c.provider_id == identity_provider.c.id)
        .scalar_subquery()
    )
    return select(
        identity_provider,
        func.coalesce(rules, func.jsonb_build_array()).label("group_roles"),
        people.label("people"),
    ).where(identity_provider.c.tenant_id == work.tenant_id)


async def list_providers(work: UnitOfWork) -> Sequence[Row[Any]]:
    """Every provider with its rules (`group_roles`: group, role) and how many `people` are linked, by name."""
    return (await work.read(_providers(work).order_by(identity_provider.c.name, identity_provider.c.id))).all()


async def find_provider(work: UnitOfWork, provider_id: UUID) -> Row[Any] | None:
    """One provider with its rules."""
    return (await work.read(_providers(work).where(identity_provider.c.id == provider_id))).first()


async def lock_provider(work: UnitOfWork, provider_id: UUID) -> Row[Any] | None:
    """The same, locked until the end of the transaction."""
    query = _providers(work).where(identity_provider.c.id == provider_id)
    return (await work.read(query.with_for_update(of=identity_provider))).first()


async def is_known(work: UnitOfWork, values: Mapping[str, Any], but: UUID | None = None) -> bool:
    """Whether another provider has the name, or the issuer and client."""
    table = identity_provider.c
    query = select(table.id).where(
        table.tenant_id == work.tenant_id,
        or_(
            table.name == values["name"],
            (table.issuer == values["issuer"]) & (table.client_id == values["client_id"]),
        ),
    )
    if but is not None:
        query = query.where(table.id != but)
    return (await work.read(query.limit(1))).first() is not None


async def add_provider(work: UnitOfWork, values: Mapping[str, Any]) -> UUID:
    """Insert a provider; returns its id."""
    provider_id = uuid4()
    row = {"id": provider_id, "tenant_id": work.tenant_id, "created_at": work.now, **values}
    await work.write(insert(identity_provider).values(**row))
    return provider_id


async def change_provider(work: UnitOfWork, provider_id: UUID, values: Mapping[str, Any]) -> None:
    """Update a provider."""
    await work.write(
        update(identity_provider)
        .where(identity_provider.c.tenant_id == work.tenant_id, identity_provider.c.id == provider_id)
        .values(**values)
    )


async def remove_provider(work: UnitOfWork, provider_id: UUID) -> None:
    """Delete a provider, with its rules, links and log-ins on their way."""
    await work.write(
        delete(identity_provider).where(
            identity_provider.c.tenant_id == work.tenant_id, identity_provider.c.id == provider_id
        )
    )


async def set_rules(work: UnitOfWork, provider_id: UUID, rules: Collection[tuple[str, str]]) -> None:
    """Replace a provider's rules: (group, role)."""
    await work.write(
        delete(provider_group_role).where(
            provider_group_role.c.tenant_id == work.tenant_id, provider_group_role.c.provider_id == provider_id
        )
    )
    rows = [
        {"tenant_id": work.tenant_id, "provider_id": provider_id, "group_name": group, "role_name": role}
        for group, role in sorted(set(rules))
    ]
    if rows:
        await work.write(insert(provider_group_role), rows)


async def names_role(work: UnitOfWork, role_name: str) -> bool:
    """Whether a provider gives a role."""
    by_default = exists().where(
        identity_provider.c.tenant_id == work.tenant_id, literal(role_name) == any_(identity_provider.c.default_roles)
    )
    by_rule = exists().where(
        provider_group_role.c.tenant_id == work.tenant_id, provider_group_role.c.role_name == role_name
    )
    return bool((await work.read(select(or_(by_default, by_rule)))).scalar_one())

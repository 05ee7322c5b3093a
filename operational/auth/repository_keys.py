"""SQL of API keys."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, or_, select, update

from operational.auth.models_factors import api_key
from operational.core.db import UnitOfWork

_SHOWN = tuple(column for column in api_key.c if column.name not in {"tenant_id", "digest"})


async def add_key(work: UnitOfWork, values: Mapping[str, Any]) -> Row[Any]:
    """Keep a new key's digest."""
    statement = insert(api_key).values(tenant_id=work.tenant_id, created_at=work.now, **values).returning(*_SHOWN)
    return (await work.write(statement)).one()


async def keys_of(work: UnitOfWork, user_id: UUID) -> Sequence[Row[Any]]:
    """A person's keys that work, the newest first."""
    query = select(*_SHOWN).where(
        api_key.c.tenant_id == work.tenant_id,
        api_key.c.user_id == user_id,
        api_key.c.ended_at.is_(None),
        or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > work.now),
    )
    return (await work.read(query.order_by(api_key.c.created_at.desc(), api_key.c.id))).all()


async def count_keys(work: UnitOfWork, user_id: UUID) -> int:
    """How many keys of a person work."""
    query = select(func.count()).where(
        api_key.c.tenant_id == work.tenant_id, api_key.c.user_id == user_id, api_key.c.ended_at.is_(None)
    )
    return int((await work.read(query)).scalar_one())


async def end_keys(work: UnitOfWork, user_id: UUID, key_id: UUID | None = None) -> list[UUID]:
    """End a key of a person, or with None all of them; returns which had not ended yet."""
    statement = (
        update(api_key)
        .where(api_key.c.tenant_id == work.tenant_id, api_key.c.user_id == user_id, api_key.c.ended_at.is_(None))
        .values(ended_at=work.now)
        .returning(api_key.c.id)
    )
    if key_id is not None:
        statement = statement.where(api_key.c.id == key_id)
    return list((await work.write(statement)).scalars())

"""SQL of one-time links and of whom they are for."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from operational.auth.models import credential, one_time_link, preference, tenant, user_account
from operational.auth.repository import is_active
from operational.core.db import UnitOfWork


async def addressee(work: UnitOfWork, user_id: UUID) -> Row[Any] | None:
    """A person as mails address them, with `has_password`; None for nobody, without an address or no longer there."""
    language = (
        select(preference.c.value.op("#>>")(literal_column("'{}'::text[]")))
        .where(
            preference.c.tenant_id == work.tenant_id,
            preference.c.user_id == user_account.c.id,
            preference.c.name == "desk.language",
        )
        .scalar_subquery()
    )
    query = (
        select(
            user_account.c.id,
            user_account.c.name,
            user_account.c.email,
            tenant.c.name.label("tenant"),
            tenant.c.timezone,
            func.coalesce(language, tenant.c.locale).label("language"),
            credential.c.id.label("credential_id"),
        )
        .join(tenant, tenant.c.id == user_account.c.tenant_id)
        .outerjoin(credential, credential.c.user_id == user_account.c.id)
        .where(
            user_account.c.tenant_id == work.tenant_id,
            user_account.c.id == user_id,
            user_account.c.email.is_not(None),
            is_active(work.now.date()),
        )
    )
    return (await work.read(query)).first()


async def add_link(work: UnitOfWork, user_id: UUID, purpose: str, digest: str, expires_at: datetime) -> None:
    """Keep the digest of a new link."""
    row = {"user_id": user_id, "purpose": purpose, "digest": digest, "expires_at": expires_at}
    await work.write(insert(one_time_link).values(tenant_id=work.tenant_id, created_at=work.now, **row))


async def made_since(work: UnitOfWork, user_id: UUID, purpose: str, since: datetime) -> int:
    """How many links of a purpose a person got since then."""
    query = select(func.count()).where(
        one_time_link.c.tenant_id == work.tenant_id,
        one_time_link.c.user_id == user_id,
        one_time_link.c.purpose == purpose,
        one_time_link.c.created_at > since,
    )
    return int((await work.read(query)).scalar_one())


async def live_link(work: UnitOfWork, digest: str) -> Row[Any] | None:
    """A link that has neither been used nor expired: user_id, purpose, expires_at."""
    query = select(one_time_link.c.user_id, one_time_link.c.purpose, one_time_link.c.expires_at).where(
        one_time_link.c.tenant_id == work.tenant_id,
        one_time_link.c.digest == digest,
        one_time_link.c.used_at.is_(None),
        one_time_link.c.expires_at > work.now,
    )
    return (await work.read(query)).first()


async def use_link(work: UnitOfWork, digest: str) -> Row[Any] | None:
    """Use a link up, and with it all others of the person; None when somebody was faster, or it has expired."""
    used = await work.write(
        update(one_time_link)
        .where(
            one_time_link.c.tenant_id == work.tenant_id,
            one_time_link.c.digest == digest,
            one_time_link.c.used_at.is_(None),
            one_time_link.c.expires_at > work.now,
        )
        .values(used_at=work.now)
        .returning(one_time_link.c.user_id, one_time_link.c.purpose)
    )
    row = used.first()
    if row is not None:
        await use_up(work, row.user_id)
    return row


async def use_up(work: UnitOfWork, user_id: UUID) -> None:
    """Make every link of a person worthless."""
    await work.write(
        update(one_time_link)
        .where(
            one_time_link.c.tenant_id == work.tenant_id,
            one_time_link.c.user_id == user_id,
            one_time_link.c.used_at.is_(None),
        )
        .values(used_at=work.now)
    )


async def put_password(work: UnitOfWork, user_id: UUID, login: str, password_hash: str) -> UUID:
    """Give a person a log-in, or the one they have another password; returns the credential's id."""
    changed = {"password_hash": password_hash, "changed_at": work.now}
    statement = upsert(credential).values(tenant_id=work.tenant_id, user_id=user_id, login=login, **changed)
    kept = await work.write(
        statement.on_conflict_do_update(index_elements=["tenant_id", "user_id"], set_=changed).returning(
            credential.c.id
        )
    )
    credential_id: UUID = kept.scalar_one()
    return credential_id


async def forget_links(work: UnitOfWork, after: timedelta) -> None:
    """Drop links that expired long ago."""
    await work.write(
        delete(one_time_link).where(
            one_time_link.c.tenant_id == work.tenant_id, one_time_link.c.expires_at < work.now - after
        )
    )

"""SQL of failed attempts at a password."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from operational.auth.models import credential, failed_attempt, session
from operational.core.db import UnitOfWork


async def logged_in_from(work: UnitOfWork, credential_id: UUID, address: str, lately: timedelta) -> bool:
    """Whether the person has been logged in from an address lately."""
    query = (
        select(session.c.id)
        .join(credential, credential.c.user_id == session.c.user_id)
        .where(
            session.c.tenant_id == work.tenant_id,
            credential.c.tenant_id == work.tenant_id,
            credential.c.id == credential_id,
            session.c.address == address,
            session.c.last_used_at > work.now - lately,
        )
    )
    return (await work.read(query.limit(1))).first() is not None


async def attempts_of(work: UnitOfWork, credential_id: UUID, origin: str) -> Row[Any] | None:
    """How often in a row it failed from there, and until when it rests."""
    query = select(failed_attempt.c.attempts, failed_attempt.c.locked_until).where(
        failed_attempt.c.tenant_id == work.tenant_id,
        failed_attempt.c.credential_id == credential_id,
        failed_attempt.c.origin == origin,
    )
    return (await work.read(query)).first()


async def keep_attempts(
    work: UnitOfWork, credential_id: UUID, origin: str, attempts: int, locked_until: datetime | None
) -> None:
    """Store both."""
    changed = {"attempts": attempts, "locked_until": locked_until, "last_at": work.now}
    row = {"tenant_id": work.tenant_id, "credential_id": credential_id, "origin": origin}
    statement = insert(failed_attempt).values(**row, **changed)
    await work.write(
        statement.on_conflict_do_update(index_elements=["tenant_id", "credential_id", "origin"], set_=changed)
    )


async def forgive(work: UnitOfWork, credential_id: UUID, origin: str | None = None) -> None:
    """Forget the failures from there; with None, from everywhere."""
    statement = delete(failed_attempt).where(
        failed_attempt.c.tenant_id == work.tenant_id, failed_attempt.c.credential_id == credential_id
    )
    await work.write(statement if origin is None else statement.where(failed_attempt.c.origin == origin))


async def forget_attempts(work: UnitOfWork, after: timedelta) -> None:
    """Drop what is long past."""
    await work.write(
        delete(failed_attempt).where(
            failed_attempt.c.tenant_id == work.tenant_id, failed_attempt.c.last_at < work.now - after
        )
    )

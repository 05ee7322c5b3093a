"""SQL of sessions and their refresh tokens."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, insert, select, update

from operational.auth.models import refresh_token, session
from operational.core.db import UnitOfWork

# how long a session that is over can still be looked at
REMEMBERED = timedelta(days=30)
# how a session was begun that an identity provider stands for
SSO = "sso"


def _lives(work: UnitOfWork) -> ColumnElement[bool]:
    return and_(session.c.tenant_id == work.tenant_id, session.c.ended_at.is_(None), session.c.expires_at > work.now)


async def add_session(
    work: UnitOfWork, session_id: UUID, user_id: UUID, *, kind: str, user_agent: str | None, address: str | None,
    expires_at: datetime, authenticated_by: str,
) -> None:  # fmt: skip
    """Begin a session; `kind` is browser or program, `authenticated_by` password, a second factor's name, or sso."""
    row = {"kind": kind, "user_agent": user_agent, "address": address, "expires_at": expires_at}
    row["authenticated_by"] = authenticated_by
    await work.write(
        insert(session).values(
            id=session_id, tenant_id=work.tenant_id, user_id=user_id, created_at=work.now, last_used_at=work.now, **row
        )
    )


async def use_session(
    work: UnitOfWork, session_id: UUID, address: str | None, expires_at: datetime, *, longest_sso: timedelta
) -> bool:
    """Note that a session goes on, one begun by single sign-on for so long in all; False when it is over."""
    until = func.least(expires_at, session.c.created_at + longest_sso)
    statement = (
        update(session)
        .where(_lives(work), session.c.id == session_id)
        .values(
            last_used_at=work.now,
            address=address,
            expires_at=case((session.c.authenticated_by == SSO, until), else_=expires_at),
        )
    )
    return (await work.write(statement)).rowcount == 1


async def live_session(work: UnitOfWork, session_id: UUID) -> bool:
    """Whether a session is neither ended nor expired."""
    return (await work.read(select(session.c.id).where(_lives(work), session.c.id == session_id))).first() is not None


async def live_sessions(work: UnitOfWork, user_id: UUID) -> Sequence[Row[Any]]:
    """A person's sessions that go on, the one used last first."""
    query = select(session).where(_lives(work), session.c.user_id == user_id)
    return (await work.read(query.order_by(session.c.last_used_at.desc(), session.c.id))).all()


async def end_sessions(
    work: UnitOfWork, user_id: UUID, because: str, *, only: Collection[UUID] | None = None, but: UUID | None = None
) -> list[UUID]:
    """End a person's sessions, `only` some of them or all `but` one; returns those that had not ended yet."""
    statement = update(session).where(_lives(work), session.c.user_id == user_id)
    if only is not None:
        statement = statement.where(session.c.id.in_(only))
    if but is not None:
        statement = statement.where(session.c.id != but)
    ended = statement.values(ended_at=work.now, ended_because=because).returning(session.c.id)
    return list((await work.write(ended)).scalars())


async def forget_sessions(work: UnitOfWork) -> None:
    """Drop sessions that have been over for a while, with their tokens."""
    await work.write(
        delete(session).where(session.c.tenant_id == work.tenant_id, session.c.expires_at < work.now - REMEMBERED)
    )


async def add_refresh_token(
    work: UnitOfWork, *, session_id: UUID, user_id: UUID, digest: str, expires_at: datetime
) -> None:
    """Store a token's digest; the token itself is never stored."""
    await work.write(
        insert(refresh_token).values(
            tenant_id=work.tenant_id,
            session_id=session_id,
            user_id=user_id,
            digest=digest,
            issued_at=work.now,
            expires_at=expires_at,
        )
    )


async def use_refresh_token(work: UnitOfWork, digest: str) -> Row[Any] | None:
    """Use up a valid token; None when it is unknown, used or expired."""
    statement = (
        update(refresh_token)
        .where(
            refresh_token.c.tenant_id == work.tenant_id,
            refresh_token.c.digest == digest,
            refresh_token.c.used_at.is_(None),
            refresh_token.c.expires_at > work.now,
        )
        .values(used_at=work.now)
        .returning(refresh_token.c.session_id, refresh_token.c.user_id)
    )
    return (await work.write(statement)).first()


async def find_refresh_token(work: UnitOfWork, digest: str) -> Row[Any] | None:
    """A token in whatever state."""
    query = select(refresh_token).where(refresh_token.c.tenant_id == work.tenant_id, refresh_token.c.digest == digest)
    return (await work.read(query)).first()


async def set_customer(work: UnitOfWork, session_id: UUID, customer_id: UUID) -> None:
    """Let a portal user's session act for a customer."""
    await work.write(
        update(session)
        .where(session.c.tenant_id == work.tenant_id, session.c.id == session_id)
        .values(customer_id=customer_id)
    )

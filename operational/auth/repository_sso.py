"""SQL of linked identities, log-ins on their way, and what ends a session begun by single sign-on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, ScalarSelect, case, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from operational.auth.models import session, user_account
from operational.auth.models_sso import identity, identity_provider, logout_token, sso_session, sso_state
from operational.auth.repository import is_active
from operational.auth.repository_sessions import SSO
from operational.core.db import UnitOfWork


async def add_state(
    work: UnitOfWork, provider_id: UUID, *, digest: str, browser_digest: str, nonce: str, verifier: str, next: str,
    expires_at: datetime,
) -> None:  # fmt: skip
    """Keep what a log-in on its way is recognised by, and drop those that never came back."""
    await forget_states(work)
    row = {"digest": digest, "browser_digest": browser_digest, "nonce": nonce, "verifier": verifier, "next": next}
    await work.write(
        insert(sso_state).values(tenant_id=work.tenant_id, provider_id=provider_id, expires_at=expires_at, **row)
    )


async def use_state(work: UnitOfWork, digest: str, browser_digest: str) -> Row[Any] | None:
    """Use a log-in's state up; None for one that is unknown, used, expired, or another browser's."""
    statement = (
        delete(sso_state)
        .where(
            sso_state.c.tenant_id == work.tenant_id,
            sso_state.c.digest == digest,
            sso_state.c.browser_digest == browser_digest,
            sso_state.c.expires_at > work.now,
        )
        .returning(sso_state.c.provider_id, sso_state.c.nonce, sso_state.c.verifier, sso_state.c.next)
    )
    return (await work.write(statement)).first()


async def forget_states(work: UnitOfWork) -> None:
    """Drop log-ins that took too long."""
    await work.write(
        delete(sso_state).where(sso_state.c.tenant_id == work.tenant_id, sso_state.c.expires_at <= work.now)
    )


async def one_at_a_time(work: UnitOfWork) -> None:
    """Let others of the tenant who are about to link or make an account wait until the end of the transaction."""
    await work.read(select(func.pg_advisory_xact_lock(func.hashtextextended(f"auth.identity/{work.tenant_id}", 0))))


async def find_identity(work: UnitOfWork, provider_id: UUID, subject: str) -> Row[Any] | None:
    """Whose a subject of a provider is: id, user_id."""
    query = select(identity.c.id, identity.c.user_id).where(
        identity.c.tenant_id == work.tenant_id, identity.c.provider_id == provider_id, identity.c.subject == subject
    )
    return (await work.read(query)).first()


async def identity_of(work: UnitOfWork, provider_id: UUID, user_id: UUID) -> UUID | None:
    """The identity a person has at a provider already."""
    query = select(identity.c.id).where(
        identity.c.tenant_id == work.tenant_id, identity.c.provider_id == provider_id, identity.c.user_id == user_id
    )
    found: UUID | None = (await work.read(query)).scalar()
    return found


async def identities_of(work: UnitOfWork, user_id: UUID) -> Sequence[Row[Any]]:
    """A person's identities with their providers' names, the oldest first."""
    query = (
        select(identity, identity_provider.c.name.label("provider_name"))
        .join(identity_provider, identity_provider.c.id == identity.c.provider_id)
        .where(identity.c.tenant_id == work.tenant_id, identity.c.user_id == user_id)
    )
    return (await work.read(query.order_by(identity.c.linked_at, identity.c.id))).all()


async def has_identities(work: UnitOfWork, provider_id: UUID) -> bool:
    """Whether somebody is linked to a provider."""
    query = select(exists().where(identity.c.tenant_id == work.tenant_id, identity.c.provider_id == provider_id))
    return bool((await work.read(query)).scalar_one())


async def add_identity(
    work: UnitOfWork, user_id: UUID, provider_id: UUID, *, subject: str, email: str | None, linked_by: str
) -> UUID:
    """Link a subject of a provider to a person; returns the identity's id."""
    identity_id = uuid4()
    row = {"user_id": user_id, "provider_id": provider_id, "subject": subject, "email": email, "linked_by": linked_by}
    await work.write(insert(identity).values(id=identity_id, tenant_id=work.tenant_id, linked_at=work.now, **row))
    return identity_id


async def use_identity(work: UnitOfWork, identity_id: UUID) -> None:
    """Note a use."""
    await work.write(
        update(identity)
        .where(identity.c.tenant_id == work.tenant_id, identity.c.id == identity_id)
        .values(last_used_at=work.now)
    )


async def remove_identity(work: UnitOfWork, user_id: UUID, identity_id: UUID) -> Row[Any] | None:
    """Unlink an identity of a person; returns what it was, None when there is none such."""
    statement = (
        delete(identity)
        .where(identity.c.tenant_id == work.tenant_id, identity.c.user_id == user_id, identity.c.id == identity_id)
        .returning(identity.c.provider_id, identity.c.subject, identity.c.email)
    )
    return (await work.write(statement)).first()


async def people_at(work: UnitOfWork, email: str) -> Sequence[Row[Any]]:
    """Every account with an address, of whatever kind: id, kind, is_active."""
    query = select(user_account.c.id, user_account.c.kind, is_active(work.now.date()).label("is_active")).where(
        user_account.c.tenant_id == work.tenant_id, func.lower(func.btrim(user_account.c.email)) == email
    )
    return (await work.read(query)).all()


async def add_sso_session(
    work: UnitOfWork, session_id: UUID, user_id: UUID, provider_id: UUID, *, subject: str, sid: str | None,
    id_token: str, end_session_endpoint: str | None, authenticated_at: datetime | None,
) -> None:  # fmt: skip
    """Keep what ends a session at both sides, and when the provider had asked who it is; the ID token is encrypted."""
    row = {"subject": subject, "sid": sid, "id_token": id_token, "end_session_endpoint": end_session_endpoint}
    whose = {"session_id": session_id, "user_id": user_id, "provider_id": provider_id}
    await work.write(
        insert(sso_session).values(tenant_id=work.tenant_id, authenticated_at=authenticated_at, **whose, **row)
    )


def provider_of_session(work: UnitOfWork, session_id: UUID | None) -> ScalarSelect[UUID]:
    """The provider a session began at, for a query."""
    return (
        select(sso_session.c.provider_id)
        .where(sso_session.c.tenant_id == work.tenant_id, sso_session.c.session_id == session_id)
        .scalar_subquery()
    )


async def proven_at(work: UnitOfWork, session_id: UUID) -> datetime | None:
    """When whoever has a session last showed who they are: at its beginning, or to the provider that let them in.

    None where the provider does not say.
    """
    by_provider = (
        select(sso_session.c.authenticated_at)
        .where(sso_session.c.tenant_id == work.tenant_id, sso_session.c.session_id == session.c.id)
        .scalar_subquery()
    )
    query = select(case((session.c.authenticated_by == SSO, by_provider), else_=session.c.created_at)).where(
        session.c.tenant_id == work.tenant_id, session.c.id == session_id, session.c.user_id == work.principal.user_id
    )
    found: datetime | None = (await work.read(query)).scalar()
    return found


async def take_sso_session(work: UnitOfWork, session_id: UUID) -> Row[Any] | None:
    """What ends a session at its provider: id_token, end_session_endpoint, client_id; it is kept no longer."""
    statement = (
        delete(sso_session)
        .where(
            sso_session.c.tenant_id == work.tenant_id,
            sso_session.c.session_id == session_id,
            identity_provider.c.tenant_id == work.tenant_id,
            identity_provider.c.id == sso_session.c.provider_id,
        )
        .returning(sso_session.c.id_token, sso_session.c.end_session_endpoint, identity_provider.c.client_id)
    )
    return (await work.write(statement)).first()


async def sso_sessions(
    work: UnitOfWork, provider_id: UUID, *, subject: str | None = None, sid: str | None = None,
    user_id: UUID | None = None,
) -> dict[UUID, list[UUID]]:  # fmt: skip
    """Sessions begun by a provider, by person; narrowed to a subject, to one of its sessions, to a person."""
    query = select(sso_session.c.user_id, func.array_agg(sso_session.c.session_id)).where(
        sso_session.c.tenant_id == work.tenant_id, sso_session.c.provider_id == provider_id
    )
    for column, value in ((sso_session.c.subject, subject), (sso_session.c.sid, sid), (sso_session.c.user_id, user_id)):
        if value is not None:
            query = query.where(column == value)
    return {row[0]: list(row[1]) for row in await work.read(query.group_by(sso_session.c.user_id))}


async def use_logout_token(work: UnitOfWork, provider_id: UUID, digest: str, expires_at: datetime) -> bool:
    """Note that a logout token was taken; False when it had been."""
    statement = upsert(logout_token).values(
        tenant_id=work.tenant_id, provider_id=provider_id, digest=digest, expires_at=expires_at
    )
    once = statement.on_conflict_do_nothing(index_elements=["tenant_id", "provider_id", "digest"])
    return (await work.write(once.returning(logout_token.c.id))).first() is not None


async def forget_sso(work: UnitOfWork) -> None:
    """Drop what has served: states, logout tokens, and ID tokens of sessions that are over."""
    await forget_states(work)
    await work.write(
        delete(logout_token).where(logout_token.c.tenant_id == work.tenant_id, logout_token.c.expires_at <= work.now)
    )
    over = select(session.c.id).where(
        session.c.tenant_id == work.tenant_id, session.c.ended_at.is_not(None) | (session.c.expires_at <= work.now)
    )
    await work.write(
        delete(sso_session).where(sso_session.c.tenant_id == work.tenant_id, sso_session.c.session_id.in_(over))
    )

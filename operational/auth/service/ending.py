"""Sessions as their owner and administrators see and end them."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth import (
    repository,
    repository_attempts,
    repository_factors,
    repository_links,
    repository_sessions,
    repository_sso,
)
from operational.core.db import UnitOfWork
from operational.core.errors import not_found
from operational.core.jobs import Job
from operational.core.mail.queue import forget_mail
from operational.core.parking import forget_discarded
from operational.core.revocations import Revocations, forget_revocations


async def end_sessions(
    work: UnitOfWork, revocations: Revocations, user_id: UUID, because: str, *, only: Collection[UUID] | None = None,
    but: UUID | None = None,
) -> int:  # fmt: skip
    """End a person's sessions and take their access tokens back; returns how many had not ended yet."""
    ended = await repository_sessions.end_sessions(work, user_id, because, only=only, but=but)
    await revocations.revoke(work, *ended)
    return len(ended)


async def sessions_of(work: UnitOfWork, user_id: UUID) -> Sequence[Row[Any]]:
    """A person's sessions that go on, the one used last first; raises 404 for nobody of this tenant."""
    if await repository.account(work, user_id) is None:
        raise not_found("user")
    return await repository_sessions.live_sessions(work, user_id)


async def end_one(
    work: UnitOfWork, revocations: Revocations, user_id: UUID, session_id: UUID, because: str, request_id: str | None
) -> None:
    """End one session of a person; raises 404 when there is none such, or it has ended."""
    if not await end_sessions(work, revocations, user_id, because, only=[session_id]):
        raise not_found("session")
    await repository.add_security_event(work, because, user_id, request_id)


async def end_all(
    work: UnitOfWork,
    revocations: Revocations,
    user_id: UUID,
    because: str,
    request_id: str | None,
    *,
    but: UUID | None = None,
) -> int:
    """End all sessions of a person, `but` one where given; returns how many."""
    ended = await end_sessions(work, revocations, user_id, because, but=but)
    if ended:
        await repository.add_security_event(work, because, user_id, request_id)
    return ended


async def _forget(work: UnitOfWork) -> None:
    await repository_sessions.forget_sessions(work)
    await repository_attempts.forget_attempts(work, FAILURES_LIVE)
    await repository_links.forget_links(work, FAILURES_LIVE)
    await repository_factors.forget_challenges(work, FAILURES_LIVE)
    await repository_sso.forget_sso(work)
    await forget_revocations(work)
    await forget_mail(work)
    await forget_discarded(work)


FAILURES_LIVE = timedelta(days=30)
HOUSEKEEPING = Job("auth.forget_ended", _forget, cron="7 3 * * *")

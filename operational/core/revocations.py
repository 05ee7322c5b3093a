"""Tokens that were taken back before they expire, and who asks for them."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, Table, Uuid, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from operational.core.db import Database, UnitOfWork
from operational.core.errors import Problem
from operational.core.live import Happening, notification
from operational.core.principal import Principal

# what ended is refused everywhere within a second: no process believes what it knows for longer than this
BELIEVED_SECONDS = 0.8
MOST_KNOWN = 10_000
REVOKED = "auth.revoked"

revocation = Table(
    "revocation",
    MetaData(schema="core"),
    # a session, or a person
    Column("subject", Uuid, primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    Column("before", DateTime(timezone=True), nullable=False),
    Column("forget_at", DateTime(timezone=True), nullable=False),
)


async def forget_revocations(work: UnitOfWork) -> None:
    """Drop what concerns tokens that have expired by themselves."""
    await work.write(
        delete(revocation).where(revocation.c.tenant_id == work.tenant_id, revocation.c.forget_at < work.now)
    )


class Revocations:
    """What one process knows of revocations: asked anew when it is older than BELIEVED_SECONDS.

    `tokens_live` is how long an access token lives, and so how long a revocation is of use; `ticks` gives seconds that
    only go forward.
    """

    def __init__(self, database: Database, tokens_live: timedelta, ticks: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._tokens_live = tokens_live
        self._ticks = ticks
        self._known: dict[tuple[UUID, UUID | None], tuple[float, datetime | None]] = {}

    async def revoke(self, work: UnitOfWork, subject: UUID) -> None:
        """Take back every token of a session or a person that was issued until now."""
        row = {"before": work.now, "forget_at": work.now + self._tokens_live}
        statement = insert(revocation).values(subject=subject, tenant_id=work.tenant_id, **row)
        await work.write(statement.on_conflict_do_update(index_elements=["subject"], set_=row))
        # open pages let go at once
        await work.write(notification(work.tenant_id, Happening(REVOKED, str(subject), 0, None)))
        self._known.clear()

    async def refuse_revoked(self, principal: Principal) -> None:
        """Raise 401 when the principal's token was taken back."""
        if principal.user_id is None or principal.issued_at is None:
            return
        key = (principal.user_id, principal.session_id)
        asked_at, before = self._known.get(key, (None, None))
        # the age counts from before the question, not from its answer
        now = self._ticks()
        if asked_at is None or now - asked_at > BELIEVED_SECONDS:
            before = await self._ask(principal)
            self._keep(key, now, before)
        if before is not None and principal.issued_at <= before:
            raise Problem(
                401, "session_ended", "this session has ended; log in again", headers={"WWW-Authenticate": "Bearer"}
            )

    async def _ask(self, principal: Principal) -> datetime | None:
        subjects = [subject for subject in (principal.user_id, principal.session_id) if subject is not None]
        query = select(func.max(revocation.c.before)).where(
            revocation.c.tenant_id == principal.tenant_id, revocation.c.subject.in_(subjects)
        )
        async with self._database.transaction(principal) as work:
            before: datetime | None = (await work.read(query)).scalar()
        return before

    def _keep(self, key: tuple[UUID, UUID | None], now: float, before: datetime | None) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known = {k: v for k, v in self._known.items() if now - v[0] <= BELIEVED_SECONDS}
        self._known[key] = (now, before)

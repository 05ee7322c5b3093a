"""Tokens that were taken back before they expire."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, Table, Uuid, delete, union_all
from sqlalchemy.dialects.postgresql import insert

from operational.core.db import UnitOfWork
from operational.core.live import Happening, notification

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
    """Takes tokens back; `tokens_live` is how long an access token lives, and so how long that is of use.

    `forget` is told that what this process knows of parties is old.
    """

    def __init__(self, tokens_live: timedelta, forget: Callable[[], None]) -> None:
        self._tokens_live = tokens_live
        self._forget = forget

    async def revoke(self, work: UnitOfWork, *subjects: UUID) -> None:
        """Take back every token of these sessions or people that was issued until now."""
        if not subjects:
            return
        changed = {"before": work.now, "forget_at": work.now + self._tokens_live}
        rows = [{"subject": subject, "tenant_id": work.tenant_id, **changed} for subject in subjects]
        statement = insert(revocation).values(rows)
        await work.write(statement.on_conflict_do_update(index_elements=["subject"], set_=changed))
        # open pages let go at once
        told = [notification(work.tenant_id, Happening(REVOKED, str(subject), 0, None)) for subject in subjects]
        await work.write(union_all(*told))
        self._forget()

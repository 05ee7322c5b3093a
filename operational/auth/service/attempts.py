"""Attempts at a password: counted before it is looked at, so that many at once are counted as well."""

from datetime import datetime
from uuid import UUID

from operational.auth import repository
from operational.auth.domain.throttle import locked_until
from operational.core.db import Database
from operational.core.errors import Problem
from operational.core.principal import Principal


async def begin_attempt(database: Database, party: Principal, credential_id: UUID) -> tuple[UUID, str]:
    """Count an attempt; returns user and known hash. Raises 429 while the account rests, 401 when it is gone."""
    async with database.security_fact(party) as work:
        row = await repository.lock_credential(work, credential_id)
        if row is None:
            raise login_refused()
        if row.locked_until is not None and row.locked_until > work.now:
            raise _resting(row.locked_until, work.now)
        attempts = row.failed_attempts + 1
        await repository.note_attempt(work, credential_id, attempts, locked_until(attempts, work.now))
    return row.user_id, row.password_hash


def login_refused() -> Problem:
    """401: address or password is wrong, and which of them is not said."""
    return Problem(
        401,
        "login_refused",
        "the e-mail address or the password is wrong; an address known to several tenants needs `tenant`",
    )


def _resting(until: datetime, now: datetime) -> Problem:
    seconds = max(1, round((until - now).total_seconds()))
    return Problem(
        429, "too_many_attempts", f"too many failed attempts; wait {seconds} s", headers={"Retry-After": str(seconds)}
    )

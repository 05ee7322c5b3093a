"""Attempts at a password: counted before it is looked at, so that many at once are counted as well."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from operational.auth import repository, repository_attempts
from operational.auth.domain.throttle import locked_until
from operational.core.db import Database
from operational.core.errors import Problem
from operational.core.principal import Principal

# from where somebody has been logged in lately, they are not kept out by what strangers try elsewhere
LATELY = timedelta(days=30)
ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted attempt: whose it is, what is known of the password, and where it counts."""

    user_id: UUID
    known_hash: str
    origin: str


async def begin_attempt(
    database: Database, party: Principal, credential_id: UUID, address: str | None, origin: str | None = None
) -> Attempt:
    """Count an attempt, from an address, or as of an `origin` of another kind.

    Raises 429 while attempts from there rest, 401 when the credential is gone.
    """
    async with database.security_fact(party) as work:
        row = await repository.lock_credential(work, credential_id)
        if row is None:
            raise login_refused()
        if origin is None:
            known = address and await repository_attempts.logged_in_from(work, credential_id, address, LATELY)
            origin = str(address) if known else ELSEWHERE
        before = await repository_attempts.attempts_of(work, credential_id, origin)
        if before is not None and before.locked_until is not None and before.locked_until > work.now:
            raise _resting(before.locked_until, work.now)
        attempts = (before.attempts if before else 0) + 1
        await repository_attempts.keep_attempts(work, credential_id, origin, attempts, locked_until(attempts, work.now))
    return Attempt(row.user_id, row.password_hash, origin)


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

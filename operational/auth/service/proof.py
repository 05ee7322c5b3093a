"""Whoever changes how a person logs in shows once more that they are that person."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from operational.auth import repository, repository_attempts, repository_sso
from operational.auth.service.attempts import Attempt, begin_attempt
from operational.auth.service.passwords import verify
from operational.core.db import Database, UnitOfWork
from operational.core.errors import Problem, not_found, unprocessable
from operational.core.principal import Principal

# how long a log-in counts as if somebody without a password had just given it
FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Proven:
    """A person whose password was right; `about` are words a new one must not be made of."""

    user_id: UUID
    credential_id: UUID
    about: list[str]
    attempt: Attempt


@dataclass(frozen=True)
class Proofs:
    """Its steps are transactions of their own: the work of hashing is done outside of them."""

    database: Database
    request_id: str | None
    address: str | None

    async def password(self, principal: Principal, password: str, field: str = "current_password") -> Proven:
        """Check the caller's own password; raises 404 for a party without one, 422 when it is wrong, 429 after many."""
        user_id = person_of(principal)
        async with self.database.transaction(principal) as work:
            found = await repository.password_of(work, user_id)
        if found is None:
            raise not_found("password")
        # who has the page open is somewhere the person is known
        attempt = await begin_attempt(self.database, principal, found.id, self.address)
        fits, _ = await verify(password, attempt.known_hash)
        if not fits:
            async with self.database.security_fact(principal) as work:
                await repository.add_security_event(work, "password_proof_failed", user_id, self.request_id)
            raise unprocessable("wrong_password", "this is not the present password", field)
        async with self.database.transaction(principal) as work:
            await repository_attempts.forgive(work, found.id, attempt.origin)
        return Proven(user_id, found.id, [word for word in (found.login, found.name, found.tenant) if word], attempt)

    async def password_or_login(self, principal: Principal, password: str | None) -> UUID:
        """The caller, whose password is asked for where they have one, else that they have logged in just now.

        Raises like `password`, and 403 for a log-in that is older, or of which the provider does not say how old it is.
        """
        user_id = person_of(principal)
        async with self.database.transaction(principal) as work:
            has_password = await repository.password_of(work, user_id) is not None
            is_fresh = not has_password and await _is_fresh(work)
        if has_password:
            await self.password(principal, password or "")
        elif not is_fresh:
            raise Problem(403, "login_too_old", "log in anew, and do this within ten minutes")
        return user_id


async def _is_fresh(work: UnitOfWork) -> bool:
    session_id = work.principal.session_id
    since = None if session_id is None else await repository_sso.proven_at(work, session_id)
    return since is not None and work.now - since <= FRESH


def person_of(principal: Principal) -> UUID:
    """The person of a session; raises 404 for the system and 403 for an API key."""
    if principal.user_id is None:
        raise not_found("user")
    if principal.key_id is not None:
        raise Problem(403, "no_session", "an API key cannot do this; log in")
    return principal.user_id

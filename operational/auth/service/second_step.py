"""The second step of a log-in: the password was right, the second factor is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from operational.auth import repository, repository_attempts, repository_factors
from operational.auth.domain import recovery, totp
from operational.auth.service.attempts import begin_attempt, login_refused
from operational.auth.service.passkeys import RelyingParty, credential_id_of
from operational.auth.service.sessions import Sessions
from operational.auth.service.tokens import Tokens, digest, read_secret
from operational.auth.vault import unseal
from operational.core.db import UnitOfWork
from operational.core.errors import Problem, unprocessable
from operational.core.principal import Principal

MOST_ATTEMPTS = 5
_ORIGIN = "second factor"


@dataclass(frozen=True)
class SecondStep:
    """Its steps are transactions of their own, as there is no principal yet."""

    sessions: Sessions
    relying_party: RelyingParty
    keys_dir: Path

    async def passkey_options(self, token: str) -> dict[str, Any]:
        """What the browser needs to answer with a passkey of the person who has begun to log in; raises 401."""
        tenant_id, hashed = _read(token)
        async with self.sessions.database.transaction(Principal(tenant_id)) as work:
            # looking counts as an attempt: nobody needs it more often
            user_id = await repository_factors.try_challenge(work, hashed, MOST_ATTEMPTS)
            known = [] if user_id is None else await repository_factors.passkeys_of(work, user_id)
        if not known:
            raise _gone()
        return self.relying_party.use_options([row.credential_id for row in known])

    async def complete(self, token: str, answer: Mapping[str, Any]) -> Tokens:
        """Tokens for a second factor; `answer` has one of `code`, `recovery_code`, `passkey` (state, credential).

        Raises 401 when the log-in is over, 422 for a wrong answer, 429 while the account rests.
        """
        tenant_id, hashed = _read(token)
        system = Principal(tenant_id)
        async with self.sessions.database.security_fact(system) as work:
            user_id = await repository_factors.try_challenge(work, hashed, MOST_ATTEMPTS)
            found = None if user_id is None else await repository.password_of(work, user_id)
        if user_id is None or found is None:
            raise _gone()
        await begin_attempt(self.sessions.database, system, found.id, None, origin=_ORIGIN)
        async with self.sessions.database.transaction(system) as work:
            method = await self._check(work, user_id, answer)
            if method is None:
                raise await self._refuse(system, user_id)
            if not await repository_factors.use_challenge(work, hashed):
                raise _gone()
            await repository_attempts.forgive(work, found.id, _ORIGIN)
            return await self.sessions.begin(work, user_id, method)

    async def by_passkey(self, state: str, credential: Mapping[str, Any]) -> Tokens:
        """Tokens for a passkey alone, which is both factors: one has it, and unlocks it by what one is or knows."""
        sessions = self.sessions
        credential_id = credential_id_of(credential)
        async with sessions.login_database.across_tenants() as connection:
            tenants = await repository_factors.tenants_of_passkey(connection, credential_id)
        if len(tenants) != 1:
            raise login_refused()
        async with sessions.database.transaction(Principal(tenants[0])) as work:
            passkey = await repository_factors.find_passkey(work, credential_id)
            if passkey is None:
                raise login_refused()
            count = self.relying_party.used(state, credential, passkey)
            # an answer that somebody has overheard is worth nothing
            until = work.now + timedelta(days=1)
            if not await repository_factors.add_challenge(work, passkey.user_id, digest(state), until, used=True):
                raise login_refused()
            await repository_factors.use_passkey(work, passkey.id, count)
            return await sessions.begin(work, passkey.user_id, "passkey")

    async def _check(self, work: UnitOfWork, user_id: UUID, answer: Mapping[str, Any]) -> str | None:
        """The method that was right, None for a wrong answer."""
        if answer.get("code") is not None:
            known = await repository_factors.lock_totp(work, user_id)
            if known is None or known.confirmed_at is None:
                return None
            secret = unseal(self.keys_dir, known.secret)
            step = totp.step_of(secret, answer["code"], work.now, known.last_step)
            if step is None:
                return None
            await repository_factors.use_totp(work, user_id, step)
            return "totp"
        if answer.get("recovery_code") is not None:
            fits = await repository_factors.use_code(work, user_id, digest(recovery.plain(answer["recovery_code"])))
            return "recovery_code" if fits else None
        passkey = answer["passkey"]
        found = await repository_factors.find_passkey(work, credential_id_of(passkey["credential"]))
        if found is None or found.user_id != user_id:
            return None
        count = self.relying_party.used(passkey["state"], passkey["credential"], found)
        await repository_factors.use_passkey(work, found.id, count)
        return "passkey"

    async def _refuse(self, system: Principal, user_id: UUID) -> Problem:
        async with self.sessions.database.security_fact(system) as work:
            await repository.add_security_event(work, "second_factor_failed", user_id, self.sessions.request_id)
        return unprocessable("wrong_second_factor", "this does not fit; every code works once", "code")


def _read(token: str) -> tuple[UUID, str]:
    found = read_secret(token)
    if found is None:
        raise _gone()
    return found


def _gone() -> Problem:
    return Problem(401, "login_over", "this log-in has taken too long or too many attempts; begin again")

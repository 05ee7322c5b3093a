"""A person changes their own password."""

from dataclasses import dataclass
from uuid import UUID

from anyio import to_thread

from operational.auth import repository, repository_attempts, repository_links
from operational.auth.domain.password_policy import SENTENCES
from operational.auth.service.attempts import begin_attempt
from operational.auth.service.ending import end_sessions
from operational.auth.service.letters import letter
from operational.auth.service.passwords import WeakPasswordError, hash_password, verify
from operational.core.db import Database
from operational.core.errors import not_found, unprocessable
from operational.core.mail.queue import send_mail
from operational.core.principal import Principal
from operational.core.revocations import Revocations


@dataclass(frozen=True)
class PasswordChange:
    """Its steps are transactions of their own: the work of hashing is done outside of them."""

    database: Database
    revocations: Revocations
    request_id: str | None
    address: str | None
    desk: str

    async def change(self, principal: Principal, current: str, new: str) -> None:
        """Replace the password and end all other sessions of the person.

        Raises 404 for a party without a password, 422 when `current` is wrong or `new` too weak, 429 after many
        wrong ones.
        """
        user_id, credential_id, about = await self._known(principal)
        # who has the page open is somewhere the person is known
        attempt = await begin_attempt(self.database, principal, credential_id, self.address)
        fits, _ = await verify(current, attempt.known_hash)
        if not fits:
            async with self.database.security_fact(principal) as work:
                await repository.add_security_event(work, "password_change_failed", user_id, self.request_id)
            raise unprocessable("wrong_password", "this is not the present password", "current_password")
        try:
            fresh = await to_thread.run_sync(hash_password, new, about)
        except WeakPasswordError as error:
            # the present password was right: what is wrong is no attempt at it
            async with self.database.transaction(principal) as work:
                await repository_attempts.forgive(work, credential_id, attempt.origin)
            raise unprocessable(f"password_{error.reason}", SENTENCES[error.reason], "new_password") from None
        async with self.database.transaction(principal) as work:
            await repository.set_password(work, credential_id, fresh)
            await repository_attempts.forgive(work, credential_id)
            await end_sessions(work, self.revocations, user_id, "password_changed", but=principal.session_id)
            await repository.add_security_event(work, "password_changed", user_id, self.request_id)
            person = await repository_links.addressee(work, user_id)
            if person is not None:
                await send_mail(work, letter("password_changed", person, desk=self.desk, at=work.now))

    async def _known(self, principal: Principal) -> tuple[UUID, UUID, list[str]]:
        async with self.database.transaction(principal) as work:
            found = None if principal.user_id is None else await repository.password_of(work, principal.user_id)
        if found is None or principal.user_id is None:
            raise not_found("password")
        return principal.user_id, found.id, [word for word in (found.login, found.name, found.tenant) if word]

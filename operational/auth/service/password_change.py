"""A person changes their own password."""

from dataclasses import dataclass

from anyio import to_thread

from operational.auth import repository, repository_attempts, repository_links
from operational.auth.domain.password_policy import SENTENCES
from operational.auth.service.ending import end_sessions
from operational.auth.service.letters import letter
from operational.auth.service.passwords import WeakPasswordError, hash_password
from operational.auth.service.proof import Proofs
from operational.core.errors import unprocessable
from operational.core.mail.queue import send_mail
from operational.core.principal import Principal
from operational.core.revocations import Revocations


@dataclass(frozen=True)
class PasswordChange:
    """Its steps are transactions of their own; `desk` is the address of the web UI."""

    proofs: Proofs
    revocations: Revocations
    desk: str

    async def change(self, principal: Principal, current: str, new: str) -> None:
        """Replace the password and end all other sessions of the person.

        Raises 404 for a party without a password, 422 when `current` is wrong or `new` too weak, 429 after many
        wrong ones.
        """
        proven = await self.proofs.password(principal, current)
        try:
            fresh = await to_thread.run_sync(hash_password, new, proven.about)
        except WeakPasswordError as error:
            raise unprocessable(f"password_{error.reason}", SENTENCES[error.reason], "new_password") from None
        user_id = proven.user_id
        async with self.proofs.database.transaction(principal) as work:
            await repository.set_password(work, proven.credential_id, fresh)
            await repository_attempts.forgive(work, proven.credential_id)
            await end_sessions(work, self.revocations, user_id, "password_changed", but=principal.session_id)
            await repository.add_security_event(work, "password_changed", user_id, self.proofs.request_id)
            person = await repository_links.addressee(work, user_id)
            if person is not None:
                await send_mail(work, letter("password_changed", person, desk=self.desk, at=work.now))

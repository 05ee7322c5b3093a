"""A new password by a one-time link."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import anyio
from anyio import to_thread
from sqlalchemy import Row

from operational.auth import repository, repository_attempts, repository_keys, repository_links
from operational.auth.domain.password_policy import SENTENCES
from operational.auth.service.ending import end_sessions
from operational.auth.service.letters import letter
from operational.auth.service.links import RESET, link_gone, mail_link, read_token
from operational.auth.service.passwords import WeakPasswordError, hash_password
from operational.core.db import Database
from operational.core.errors import unprocessable
from operational.core.mail.queue import send_mail
from operational.core.principal import Principal
from operational.core.revocations import Revocations

# nobody's mailbox shall be filled by a stranger
MOST_AN_HOUR = 3
# the answer takes as long for an address nobody knows
ANSWER_SECONDS = 0.25


@dataclass(frozen=True)
class Resets:
    """Its steps are transactions of their own, as there is no principal yet; `desk` is the address of the web UI."""

    database: Database
    login_database: Database
    revocations: Revocations
    desk: str
    request_id: str | None
    ticks: Callable[[], float] = time.monotonic

    async def request(self, email: str, slug: str | None) -> None:
        """Mail a link to the person of this address, in every tenant that knows it; nobody is told whether one does."""
        began = self.ticks()
        async with self.login_database.across_tenants() as connection:
            found = await repository.logins(connection, email.strip().lower(), slug)
        for tenant_id, credential_id in found:
            await self._mail(tenant_id, credential_id)
        await anyio.sleep(max(0.0, ANSWER_SECONDS - (self.ticks() - began)))

    async def _mail(self, tenant_id: UUID, credential_id: UUID) -> None:
        async with self.database.transaction(Principal(tenant_id)) as work:
            # locked, so that many requests at once are counted as well
            row = await repository.lock_credential(work, credential_id)
            if row is None or await repository_links.addressee(work, row.user_id) is None:
                return
            lately = await repository_links.made_since(work, row.user_id, RESET, work.now - timedelta(hours=1))
            if lately < MOST_AN_HOUR:
                await mail_link(work, row.user_id, self.desk)
            kind = "reset_requested" if lately < MOST_AN_HOUR else "reset_withheld"
            await repository.add_security_event(work, kind, row.user_id, self.request_id)

    async def look_at(self, token: str) -> tuple[Row[Any], Row[Any]]:
        """(link, person) of a token that still works; raises 410."""
        tenant_id, hashed = read_token(token)
        async with self.database.transaction(Principal(tenant_id)) as work:
            link = await repository_links.live_link(work, hashed)
            person = None if link is None else await repository_links.addressee(work, link.user_id)
        if link is None or person is None:
            raise link_gone()
        return link, person

    async def complete(self, token: str, password: str) -> None:
        """Set the password and end every session and API key of the person; raises 410, and 422 for a weak password.

        A password that is refused does not use the link up.
        """
        _, person = await self.look_at(token)
        tenant_id, hashed = read_token(token)
        try:
            fresh = await to_thread.run_sync(hash_password, password, [person.email, person.name, person.tenant])
        except WeakPasswordError as error:
            raise unprocessable(f"password_{error.reason}", SENTENCES[error.reason], "new_password") from None
        async with self.database.transaction(Principal(tenant_id)) as work:
            link = await repository_links.use_link(work, hashed)
            if link is None:
                raise link_gone()
            credential_id = await repository_links.put_password(work, person.id, person.email.strip().lower(), fresh)
            await repository_attempts.forgive(work, credential_id)
            await end_sessions(work, self.revocations, person.id, "password_reset")
            await repository_keys.end_keys(work, person.id)
            await repository.add_security_event(work, f"{link.purpose}_used", person.id, self.request_id)
            if link.purpose == RESET:
                await send_mail(work, letter("password_changed", person, desk=self.desk, at=work.now))

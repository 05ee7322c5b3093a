"""Administrators link people to providers, and take links away."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from operational.auth import repository_providers, repository_sso, repository_users
from operational.auth.models import audit
from operational.auth.repository import STAFF
from operational.auth.service.sso_logout import end_sso_sessions
from operational.auth.service.sso_people import BY_ADMINISTRATOR, SsoPeople
from operational.core.audit import record_change
from operational.core.db import UnitOfWork
from operational.core.errors import conflict, not_found, unprocessable


@dataclass(frozen=True)
class Identities:
    """Acts for the caller of the transaction."""

    work: UnitOfWork
    people: SsoPeople
    request_id: str | None

    async def of(self, user_id: UUID) -> list[Row[Any]]:
        """A person's identities; raises 404 for nobody of this tenant."""
        if await repository_users.find_user(self.work, user_id) is None:
            raise not_found("user")
        return list(await repository_sso.identities_of(self.work, user_id))

    async def link(self, user_id: UUID, provider_id: UUID, subject: str) -> Row[Any]:
        """Let a subject of a provider be this member of the staff; raises 404, 409 and 422."""
        work = self.work
        row = await repository_users.lock_user(work, user_id)
        if row is None:
            raise not_found("user")
        if row.kind != STAFF:
            raise conflict("not_staff", "only members of the staff log in by a provider")
        if await repository_providers.find_provider(work, provider_id) is None:
            raise unprocessable("unknown_provider", "there is no such identity provider", "provider_id")
        await repository_sso.one_at_a_time(work)
        if await repository_sso.find_identity(work, provider_id, subject) is not None:
            raise conflict("subject_linked", "somebody is linked to this subject already")
        if await repository_sso.identity_of(work, provider_id, user_id) is not None:
            raise conflict("already_linked", "this person has another subject of the provider; unlink it first")
        identity_id = await self.people.add_identity(work, provider_id, user_id, subject, None, BY_ADMINISTRATOR)
        (made,) = [one for one in await repository_sso.identities_of(work, user_id) if one.id == identity_id]
        return made

    async def unlink(self, user_id: UUID, identity_id: UUID) -> None:
        """Take a link away; sessions begun by it end. Raises 404."""
        work = self.work
        if await repository_users.lock_user(work, user_id) is None:
            raise not_found("user")
        row = await repository_sso.remove_identity(work, user_id, identity_id)
        if row is None:
            raise not_found("identity")
        await end_sso_sessions(
            work, self.people.revocations, row.provider_id, "unlinked", self.request_id, user_id=user_id
        )
        before = {"user_id": user_id, **row._mapping}
        await record_change(work, audit, "identity", identity_id, before=before, after={"user_id": None})

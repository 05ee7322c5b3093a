"""A person's second factors: authenticator app, passkeys, recovery codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import segno

from operational.auth import repository, repository_factors, repository_links
from operational.auth.domain import recovery, totp
from operational.auth.models import audit
from operational.auth.service.letters import letter
from operational.auth.service.passkeys import RelyingParty
from operational.auth.service.proof import Proofs, person_of
from operational.auth.service.tokens import digest
from operational.auth.vault import seal, unseal
from operational.core.audit import record_change
from operational.core.db import UnitOfWork
from operational.core.errors import conflict, not_found, unprocessable
from operational.core.mail.queue import send_mail
from operational.core.parties import Parties
from operational.core.principal import Principal


@dataclass(frozen=True)
class Factors:
    """Acts for the logged-in person; `desk` is the address of the web UI."""

    proofs: Proofs
    parties: Parties
    keys_dir: Path
    relying_party: RelyingParty
    desk: str

    async def begin_totp(self, principal: Principal, password: str | None) -> dict[str, Any]:
        """A new authenticator secret: as text, as an address, and as a QR code (rows of modules, true is dark).

        It counts once a code has confirmed it. Raises 409 while there is a confirmed one.
        """
        user_id = await self.proofs.password_or_login(principal, password)
        secret = totp.new_secret()
        async with self.proofs.database.transaction(principal) as work:
            known = await repository_factors.lock_totp(work, user_id)
            if known is not None and known.confirmed_at is not None:
                raise conflict("totp_exists", "there is an authenticator app already; remove it first")
            person = await repository.account(work, user_id)
            if person is None:
                raise not_found("user")
            await repository_factors.put_totp(work, user_id, seal(self.keys_dir, secret))
        uri = totp.address(secret, person.email or person.name, person.tenant_name)
        matrix = [[bool(module) for module in row] for row in segno.make_qr(uri).matrix]
        return {"secret": secret, "uri": uri, "qr": matrix}

    async def confirm_totp(self, principal: Principal, code: str) -> list[str]:
        """Let the authenticator count from now on; returns recovery codes where the person had none."""
        user_id = person_of(principal)
        async with self.proofs.database.transaction(principal) as work:
            known = await repository_factors.lock_totp(work, user_id)
            if known is None or known.confirmed_at is not None:
                raise conflict("no_totp_begun", "begin with a new secret")
            step = totp.step_of(unseal(self.keys_dir, known.secret), code, work.now, None)
            if step is None:
                raise unprocessable("wrong_code", "this code does not fit; look at the clock of the phone", "code")
            await repository_factors.use_totp(work, user_id, step)
            return await self.added(work, user_id, "totp")

    async def remove_totp(self, principal: Principal, password: str | None) -> None:
        """Forget the authenticator; raises 404 when there is none."""
        user_id = await self.proofs.password_or_login(principal, password)
        async with self.proofs.database.transaction(principal) as work:
            if not await repository_factors.remove_totp(work, user_id):
                raise not_found("authenticator app")
            await self.removed(work, user_id, "totp")

    async def new_codes(self, principal: Principal, password: str | None) -> list[str]:
        """Ten fresh recovery codes; the old ones are worth nothing any more."""
        user_id = await self.proofs.password_or_login(principal, password)
        async with self.proofs.database.transaction(principal) as work:
            codes = await self._codes(work, user_id)
            await self._tell(work, user_id, None, {"recovery_codes": len(codes)})
        return codes

    async def begin_passkey(self, principal: Principal, password: str | None) -> Mapping[str, Any]:
        """What the browser needs to make a passkey, and the state to send back with it."""
        user_id = await self.proofs.password_or_login(principal, password)
        async with self.proofs.database.transaction(principal) as work:
            person = await repository.account(work, user_id)
            known = await repository_factors.passkeys_of(work, user_id)
        if person is None:
            raise not_found("user")
        return self.relying_party.new_options(principal.tenant_id, person, [row.credential_id for row in known])

    async def add_passkey(
        self, principal: Principal, state: str, credential: Mapping[str, Any], name: str
    ) -> list[str]:
        """Keep a passkey the browser has made; returns recovery codes where the person had none. Raises 422."""
        made = self.relying_party.made(principal, state, credential)
        async with self.proofs.database.transaction(principal) as work:
            user_id = person_of(principal)
            if await repository_factors.find_passkey(work, made["credential_id"]) is not None:
                raise conflict("passkey_known", "this passkey is known already")
            await repository_factors.add_passkey(work, user_id, name=name, **made)
            return await self.added(work, user_id, "passkey")

    async def remove_passkey(self, principal: Principal, passkey_id: UUID, password: str | None) -> None:
        """Forget a passkey; raises 404 when there is none such."""
        user_id = await self.proofs.password_or_login(principal, password)
        async with self.proofs.database.transaction(principal) as work:
            if not await repository_factors.remove_passkey(work, user_id, passkey_id):
                raise not_found("passkey")
            await self.removed(work, user_id, "passkey")

    async def remove_all(self, work: UnitOfWork, user_id: UUID) -> None:
        """Forget every factor of a person who has lost them; raises 404 when there are none."""
        found = await repository_factors.factors_of(work, user_id)
        if found["totp_since"] is None and not found["passkeys"]:
            raise not_found("second factor")
        await repository_factors.remove_factors(work, user_id)
        await self._tell(work, user_id, {"factor": "all"}, {"factor": None})

    async def added(self, work: UnitOfWork, user_id: UUID, kind: str) -> list[str]:
        """Tell of a new factor, and give recovery codes to whom has none."""
        left = (await repository_factors.factors_of(work, user_id))["codes_left"]
        codes = [] if left else await self._codes(work, user_id)
        await self._tell(work, user_id, None, {"factor": kind})
        return codes

    async def removed(self, work: UnitOfWork, user_id: UUID, kind: str) -> None:
        """Tell of a factor that is gone; recovery codes go with the last one."""
        left = await repository_factors.factors_of(work, user_id)
        if left["totp_since"] is None and not left["passkeys"]:
            await repository_factors.put_codes(work, user_id, [])
        await self._tell(work, user_id, {"factor": kind}, {"factor": None})

    async def _codes(self, work: UnitOfWork, user_id: UUID) -> list[str]:
        codes = recovery.new_codes()
        await repository_factors.put_codes(work, user_id, [digest(recovery.plain(code)) for code in codes])
        return codes

    async def _tell(
        self, work: UnitOfWork, user_id: UUID, before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> None:
        await record_change(work, audit, "second_factor", user_id, before=before, after=after)
        await repository.add_security_event(work, "second_factor_changed", user_id, self.proofs.request_id)
        person = await repository_links.addressee(work, user_id)
        if person is not None:
            await send_mail(work, letter("factors_changed", person, desk=self.desk, at=work.now))
        self.parties.forget()


async def methods_of(work: UnitOfWork, user_id: UUID) -> Sequence[str]:
    """How a person can show a second factor; none when they have none."""
    found = await repository_factors.factors_of(work, user_id)
    methods = [name for name, there in (("passkey", found["passkeys"]), ("totp", found["totp_since"])) if there]
    return [*methods, "recovery_code"] if methods and found["codes_left"] else methods

"""Who a token speaks for, with what they may do now: asked of the database, believed for less than a second."""

import hashlib
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, func, select, text

from operational.core.access import Permission, Reach, narrowed, scopes
from operational.core.db import Database, UnitOfWork
from operational.core.errors import Problem
from operational.core.principal import Principal
from operational.core.statements import TENANT, Statement, given

# what ended or was taken away is refused everywhere within a second: no process believes what it knows for longer
BELIEVED_SECONDS = 0.8
MOST_KNOWN = 10_000
# all that is left to whom lacks a second factor: enough to make one
OWN_ACCOUNT = "auth.account.use"
KEY_PREFIX = "psa_"
# core.rights_of is made by the auth service, whose tables no other service reads
_QUERY = Statement(
    text(
        """select (select max(before) from core.revocation
                   where tenant_id = :tenant_id and subject = any(array[:person, :session])) as before,
                  core.rights_of(:person, :session, :day) as rights"""
    ).bindparams(TENANT, given("person", Uuid), given("session", Uuid), given("day", Date))
)

_NO_KEY = "this API key works no more, or never did"
# (person, session) or (tenant, digest of a key)
Known = tuple[UUID, UUID | str | None]
# up to when tokens are taken back, and the party; None for nobody
Answer = tuple[datetime | None, Principal | None]


class Parties:
    """What one process knows of parties; `ticks` gives seconds that only go forward."""

    def __init__(
        self,
        database: Database,
        permissions: Mapping[str, Permission],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._permissions = permissions
        self._ticks = ticks
        self._known: dict[Known, tuple[float, Answer]] = {}

    def forget(self) -> None:
        """Ask anew for everybody."""
        self._known.clear()

    async def present(self, proven: Principal) -> Principal:
        """The party a token has proven to be, with their present roles and rights.

        Raises 401 when the token was taken back, or the person is no longer there.
        """
        assert proven.user_id is not None
        before, party = await self._believed((proven.user_id, proven.session_id), lambda: self._ask(proven))
        revoked = before is not None and proven.issued_at is not None and proven.issued_at <= before
        if party is None or revoked:
            raise _unauthorized("session_ended", "this session has ended; log in again")
        return party if party.issued_at == proven.issued_at else replace(party, issued_at=proven.issued_at)

    async def of_key(self, key: str) -> Principal:
        """The party an API key acts as, confined to the key's permissions; raises 401 for one that works no more."""
        tenant, _, secret = key.removeprefix(KEY_PREFIX).partition("_")
        try:
            tenant_id = UUID(tenant)
        except ValueError:
            raise _unauthorized("invalid_key", _NO_KEY) from None
        hashed = hashlib.sha256(secret.encode()).hexdigest()
        _, party = await self._believed((tenant_id, hashed), lambda: self._ask_key(tenant_id, hashed))
        if party is None:
            raise _unauthorized("invalid_key", _NO_KEY)
        return party

    async def _believed(self, key: Known, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        asked_at, answer = self._known.get(key, (None, None))
        # the age counts from before the question, not from its answer
        now = self._ticks()
        if asked_at is None or answer is None or now - asked_at > BELIEVED_SECONDS:
            answer = await ask()
            self._keep(key, now, answer)
        return answer

    async def _ask(self, proven: Principal) -> Answer:
        async with self._database.transaction(Principal(proven.tenant_id)) as work:
            row = await rights_of(work, proven.user_id, proven.session_id)
        party = None if row.rights is None else party_of(proven, row.rights, self._permissions)
        return row.before, None if party is None else replace(party, issued_at=proven.issued_at)

    async def _ask_key(self, tenant_id: UUID, hashed: str) -> Answer:
        async with self._database.transaction(Principal(tenant_id)) as work:
            key = (await work.read(select(func.core.key_of(hashed, work.now)))).scalar()
            if key is None:
                return None, None
            owner = Principal(tenant_id, UUID(key["user_id"]), key_id=UUID(key["id"]))
            rights = (await rights_of(work, owner.user_id, None)).rights
        if rights is None:
            return None, None
        party = party_of(owner, rights, self._permissions)
        confined = party.scopes if key["permissions"] is None else narrowed(party.scopes, key["permissions"])
        return None, replace(party, scopes=confined, key_id=owner.key_id)

    def _keep(self, key: Known, now: float, answer: Answer) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known = {k: v for k, v in self._known.items() if now - v[0] <= BELIEVED_SECONDS}
        self._known[key] = (now, answer)


def _unauthorized(code: str, detail: str) -> Problem:
    return Problem(401, code, detail, headers={"WWW-Authenticate": "Bearer"})


async def rights_of(work: UnitOfWork, user_id: UUID | None, session_id: UUID | None) -> Any:
    """(before, rights): until when tokens are taken back, and what the tenant has given the person; None for nobody."""
    found = {"person": user_id, "session": session_id, "day": work.now.date()}
    return (await work.read(_QUERY, found)).one()


def party_of(proven: Principal, rights: Mapping[str, Any], permissions: Mapping[str, Permission]) -> Principal:
    """The principal of what the database says of a person.

    A portal user has to do with one customer at a time, and with none when they belong to none.
    """
    reach = Reach(
        None if rights["only"] is None else _ids(rights["only"]),
        frozenset() if not rights["never"] else _ids(rights["never"]),
    )
    contact_id = None
    if rights["is_portal"]:
        place = rights["portal"]
        reach = Reach(_ids([place["customer_id"]] if place else []))
        contact_id = UUID(place["contact_id"]) if place else None
    held = scopes(rights["roles"], permissions, is_confined=reach.is_confined)
    return Principal(
        proven.tenant_id,
        proven.user_id,
        roles=frozenset(rights["roles"]),
        scopes=narrowed(held, [OWN_ACCOUNT]) if rights["lacks_factor"] else held,
        lacks_factor=rights["lacks_factor"],
        team=_ids(rights["team"]),
        customers=reach,
        contact_id=contact_id,
        session_id=proven.session_id,
    )


def _ids(values: Collection[str]) -> frozenset[UUID]:
    return frozenset(map(UUID, values))
